/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-script.h"

#include <string.h>

#include "test-certificates.h"

/* Passwords and tokens are kept from a server that PLAIN would keep them from. */

#define PASSWORD_FORM                                                                              \
  "<iq type='error' id='@ID@'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "         \
  "type='form'><field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>"     \
  "<field type='text-single' var='username'/><field type='text-%s' var='%s'><required/></field></x></query>" \
  "<error type='modify'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

static const ScriptStep plain_register[]
    = { RUN (script_header), FEATURES (REGISTER), ASKED, SEND (QUERY (FIELDS)), READ_END, END };
#define TOKENS "<register xmlns='urn:xmpp:ibr-token:0'/>"
static const ScriptStep plain_token[]
    = { RUN (script_header), FEATURES (REGISTER TOKENS), READ_END, END };

#define EXPIRED                                                                                    \
  RUN (script_header), SEND (SAY_FEATURES_TLS),                                                    \
      EXPECT ("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"), SEND (SAY_PROCEED),          \
      START_TLS_AS (TEST_EXPIRED TEST_KEY), RUN (script_header)
static const ScriptStep expired_register[]
    = { EXPIRED, FEATURES (REGISTER), ASKED, SEND (QUERY (FIELDS)), READ_END, END };
static const ScriptStep expired_token[] = { EXPIRED, FEATURES (REGISTER TOKENS), READ_END, END };

static gboolean
accept_cb (HsClient *client, GTlsCertificate *certificate, GTlsCertificateFlags errors)
{
  return TRUE;
}

static void
forbidden_cb (TestRegistration *self, const GError *refused, HsElement *element, guint *n)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_client_check_secret (self->client, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
  ++*n;
}

/* An account is not made with a password that others read, and an invitation is not shown to them. */
static void
check_not_registered (const ScriptStep *script, HsTlsMode mode, gboolean token)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;
  guint n_asked = 0;

  f.test = test_client_new_on_loopback_for (script, mode);
  f.registration = test_registration_new (f.test->client);
  if (token)
    g_object_set (f.registration, "preauth-token", "t0k3n", NULL);
  g_object_set (f.test->client, "sasl-mechanisms", NULL, NULL);
  g_signal_connect (f.test->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_signal_connect (f.registration, "handle-register-error", G_CALLBACK (forbidden_cb), &n_asked);
  g_assert_false (hs_client_check_secret (f.test->client, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  error = test_run_to_error (f.test->client);
  g_assert_error (error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
  g_assert_cmpuint (n_asked, ==, 1);
  assert_record (f.registration, "error(hs-error-quark 11)");
  sent = scripted_server_dup_received (f.test->server);
  g_assert_null (strstr (sent, "secret"));
  g_assert_null (strstr (sent, "t0k3n"));
  g_assert_false (hs_registration_get_registered (HS_REGISTRATION (f.registration)));
  tear_down (&f);
}

static void
test_register (void)
{
  check_not_registered (plain_register, HS_TLS_MODE_NONE, FALSE);
  check_not_registered (plain_token, HS_TLS_MODE_NONE, TRUE);
  check_not_registered (expired_register, HS_TLS_MODE_STARTTLS, FALSE);
  check_not_registered (expired_token, HS_TLS_MODE_STARTTLS, TRUE);
}

static GError *
change_password (HsRegistration *registration)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  hs_registration_change_password_async (registration, "N3w", NULL, test_done_cb, &result);
  hs_registration_change_password_finish (registration, test_wait_for (&result), &error);
  return error;
}

static GError *
cancel_account (HsRegistration *registration)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  hs_registration_cancel_account_async (registration, NULL, test_done_cb, &result);
  hs_registration_cancel_account_finish (registration, test_wait_for (&result), &error);
  return error;
}

/* A new password goes where PLAIN would go. */
static void
test_change (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep allowed[]
      = { RUN (script_sign_in), EXPECT ("<password>N3w</password></query></iq>"), SEND (RESULT), SERVE, END };
  Fixture f;
  HsRegistration *registration = start_session (&f, script);
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_client_check_secret (f.test->client, &error));
  g_assert_no_error (error);
  g_object_set (f.test->client, "sasl-mechanisms", NULL, NULL);
  error = change_password (registration);
  g_assert_error (error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
  g_assert_false (scripted_server_has_received (f.test->server, "N3w"));
  test_stop (f.test->client);
  tear_down (&f);

  /* It has to leave although the old one must not: there is no other way to set one. */
  registration = start_session (&f, allowed);
  hs_client_set_allow_plain (f.test->client, FALSE);
  g_clear_error (&error);
  error = change_password (registration);
  g_assert_no_error (error);
  test_stop (f.test->client);
  tear_down (&f);
}

static gboolean
type_password (TestRegistration *self, HsDataForm *form)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);
  HsDataField *field = g_ptr_array_index (fields, fields->len - 1);

  return hs_data_field_set_value (field, "secret", NULL);
}

/* The server asks for the old one, after a sign-in that has not shown it, under the name that is meant for it or
 * another one. */
static void
check_asked (const char *name, const char *type, gboolean cancels, gboolean typed)
{
  g_autofree char *form = g_strdup_printf (PASSWORD_FORM, type, name);
  const ScriptStep script[]
      = { RUN (script_sign_in), EXPECT ("</iq>"), SEND (form), SERVE, END };
  Fixture f;
  HsRegistration *registration = start_session (&f, script);
  g_autoptr (GError) error = NULL;

  f.registration->fill = typed ? type_password : NULL;
  hs_client_set_allow_plain (f.test->client, FALSE);
  error = cancels ? cancel_account (registration) : change_password (registration);
  if (typed)
    g_assert_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS);
  else
    g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  test_stop (f.test->client);
  g_assert_false (scripted_server_has_received (f.test->server, ">secret<"));
  tear_down (&f);
}

static void
test_old_password (void)
{
  check_asked ("old_password", "private", FALSE, FALSE);
  check_asked ("old_password", "private", FALSE, TRUE);
  check_asked ("old_password", "single", FALSE, TRUE);
  check_asked ("current", "single", FALSE, TRUE);
  check_asked ("password", "private", TRUE, FALSE);
  check_asked ("password", "private", TRUE, TRUE);
  check_asked ("pw", "single", TRUE, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/secrets/register", test_register);
  g_test_add_func ("/registration/secrets/change", test_change);
  g_test_add_func ("/registration/secrets/old-password", test_old_password);
  return g_test_run ();
}
