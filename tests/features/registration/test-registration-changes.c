/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-script.h"

#include <string.h>

/* Changing an account where the server has its own ways. */

static void
check_cancel (const ScriptStep *steps, GQuark domain, int code)
{
  Fixture f;
  HsRegistration *registration = start_session (&f, steps);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean cancelled;

  hs_registration_cancel_account_async (registration, NULL, test_done_cb, &result);
  cancelled = hs_registration_cancel_account_finish (registration, test_wait_for (&result), &error);
  if (domain == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, domain, code);
  g_assert_true (cancelled == (domain == 0));
  g_clear_object (&result);
  test_stop (f.test->client);
  tear_down (&f);
}

#define REMOVE EXPECT ("<query xmlns=\"jabber:iq:register\"><remove/></query></iq>")
#define STREAM_ERROR(condition)                                                                    \
  SEND ("<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" \
        SAY_END), READ_END

static void
test_cancel (void)
{
  static const ScriptStep answered[]
      = { RUN (script_sign_in), REMOVE, SEND (RESULT), STREAM_ERROR ("not-authorized"), END };
  static const ScriptStep prosody[]
      = { RUN (script_sign_in), REMOVE, STREAM_ERROR ("not-authorized"), END };
  static const ScriptStep ejabberd[]
      = { RUN (script_sign_in), REMOVE, STREAM_ERROR ("conflict"), END };
  static const ScriptStep other[]
      = { RUN (script_sign_in), REMOVE, STREAM_ERROR ("system-shutdown"), END };
  static const ScriptStep lost[] = { RUN (script_sign_in), REMOVE, CLOSE, END };
  static const ScriptStep refused[] = { RUN (script_sign_in), REMOVE,
                                        SEND (REFUSE ("cancel", "not-allowed")), SERVE, END };

  check_cancel (answered, 0, 0);
  check_cancel (prosody, 0, 0);
  check_cancel (ejabberd, 0, 0);
  check_cancel (other, HS_ERROR, HS_ERROR_SESSION_LOST);
  check_cancel (lost, HS_ERROR, HS_ERROR_SESSION_LOST);
  check_cancel (refused, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ALLOWED);
}

#define CHANGE_FORM                                                                                \
  "<iq type='error' id='@ID@'><query xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "         \
  "type='form'><field type='hidden' var='FORM_TYPE'>"                                              \
  "<value>jabber:iq:register:changepassword</value></field>"                                       \
  "<field type='text-single' var='username'><required/></field>"                                   \
  "<field type='text-private' var='old_password'><required/></field>"                              \
  "<field type='text-private' var='password'><required/></field>"                                  \
  "<field type='text-single' var='x-mmn'><required/></field></x></query>"                          \
  "<error type='modify'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

static const ScriptStep change_with_form[] = {
  RUN (script_sign_in),
  EXPECT ("<username>user</username><password>N3w</password></query></iq>"),
  SEND (CHANGE_FORM),
  EXPECT ("</iq>"),
  SEND (RESULT),
  SERVE,
  END,
};

static gboolean
add_maiden_name (TestRegistration *self, HsDataForm *form)
{
  g_assert_cmpstr (hs_data_form_get_form_type (form), ==, "jabber:iq:register:changepassword");
  return hs_data_form_set_value (form, "x-mmn", "Capulet", NULL);
}

static void
check_change_form (gboolean later)
{
  Fixture f;
  HsRegistration *registration = start_session (&f, change_with_form);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *password = NULL;

  f.registration->fill = add_maiden_name;
  f.registration->later = later;
  hs_registration_change_password_async (registration, "N3w", NULL, test_done_cb, &result);
  hs_registration_change_password_finish (registration, test_wait_for (&result), &error);
  g_assert_no_error (error);
  assert_record (f.registration, "form(x-mmn)");
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (sent, "<field var=\"old_password\" type=\"text-private\">"
                                  "<value>secret</value>"));
  g_assert_nonnull (strstr (sent, "<value>Capulet</value>"));
  password = hs_client_dup_password (f.test->client);
  g_assert_cmpstr (password, ==, "N3w");
  g_clear_object (&result);
  test_stop (f.test->client);
  tear_down (&f);
}

static void
test_change_form (void)
{
  check_change_form (FALSE);
  check_change_form (TRUE);
}

static const ScriptStep change_without_answer[] = {
  RUN (script_sign_in), EXPECT ("</iq>"), SEND (CHANGE_FORM), SERVE, END,
};

/* A form that nobody fills in, that is given up, or whose asker is told to stop waiting. */
static void
test_change_form_unfilled (void)
{
  for (guint i = 0; i < 4; i++)
    {
      Fixture f;
      HsRegistration *registration = start_session (&f, change_without_answer);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      f.registration->later = i == 1;
      f.registration->hold = i > 1;
      hs_registration_change_password_async (registration, "N3w", cancellable, test_done_cb, &result);
      if (i == 2)
        {
          test_until (f.registration->form != NULL);
          g_cancellable_cancel (cancellable);
        }
      else if (i == 3)
        {
          test_until (f.registration->form != NULL);
          hs_client_stop (f.test->client);
        }
      g_assert_false (hs_registration_change_password_finish (registration, test_wait_for (&result),
                                                              &error));
      if (i == 0)
        g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
      else if (i == 3)
        g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_object (&result);
      test_stop (f.test->client);
      tear_down (&f);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/cancel-account", test_cancel);
  g_test_add_func ("/registration/change-password/form", test_change_form);
  g_test_add_func ("/registration/change-password/form-unfilled", test_change_form_unfilled);
  return g_test_run ();
}
