/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-test.h"

#include <string.h>

/* Accounts on the server that the environment names. */

#define PASSWORD "Corr3ct-horse&<battery"

static void
free_both (HsClient *client, TestRegistration *registration)
{
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
}

static void
make_account (const char *jid, const char *password)
{
  HsClient *client = test_server_client (jid, password);
  TestRegistration *registration = test_registration_new (client);

  test_start (client);
  assert_record (registration, "success");
  test_stop (client);
  free_both (client, registration);
}

static void
test_new (void)
{
  g_autofree char *jid = test_fresh_jid ("new");
  HsClient *client = test_server_client (jid, PASSWORD);
  TestRegistration *registration = test_registration_new (client);
  g_autoptr (HsJid) bare = NULL;
  g_autofree char *log = NULL;

  test_start (client);
  assert_record (registration, "success");
  bare = hs_jid_get_bare (hs_client_get_bound_jid (client));
  g_assert_cmpstr (hs_jid_to_string (bare), ==, jid);
  test_stop (client);
  /* Made already: this run only signs in. */
  test_start (client);
  assert_record (registration, "success");
  test_stop (client);
  free_both (client, registration);
  log = test_read_log ();
  g_assert_nonnull (strstr (log, "jabber:iq:register"));
  test_assert_not_logged ("Corr3ct");
}

static void
test_conflict (void)
{
  g_autofree char *jid = test_fresh_jid ("conflict");
  HsClient *client;
  TestRegistration *registration;
  g_autoptr (GError) error = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  registration = test_registration_new (client);
  error = test_run_to_error (client);
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  assert_record (registration, "conflict");
  g_assert_cmpstr (hs_stanza_get_stanza_type (HS_STANZA (registration->element)), ==, "error");
  g_assert_false (hs_registration_get_registered (HS_REGISTRATION (registration)));
  free_both (client, registration);
  test_assert_not_logged ("Corr3ct");
}

static void
test_conflict_plain (void)
{
  g_autofree char *jid = test_fresh_jid ("plain");
  HsClient *client;
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GError) error = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  hs_client_set_registration (client, HS_MODULE (registration));
  error = test_run_to_error (client);
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  g_assert_finalize_object (client);
}

static void
check_retry (TestAnswer answer)
{
  g_autofree char *jid = test_fresh_jid ("taken");
  g_autofree char *other = test_fresh_jid ("other");
  g_autofree char *name = g_strndup (other, strcspn (other, "@"));
  HsClient *client;
  TestRegistration *registration;
  g_autoptr (HsJid) bare = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  registration = test_registration_new (client);
  registration->answer = answer;
  registration->name = name;
  test_start (client);
  assert_record (registration, "conflict success");
  bare = hs_jid_get_bare (hs_client_get_bound_jid (client));
  g_assert_cmpstr (hs_jid_to_string (bare), ==, other);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_jid (client)), ==, other);
  test_stop (client);
  test_start (client);
  assert_record (registration, "conflict success");
  test_stop (client);
  free_both (client, registration);
}

static void
test_retry (void)
{
  check_retry (TEST_RETRY);
}

static void
test_retry_later (void)
{
  check_retry (TEST_RETRY_LATER);
}

static void
test_sign_in (void)
{
  g_autofree char *jid = test_fresh_jid ("mine");
  HsClient *client;
  TestRegistration *registration;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  registration = test_registration_new (client);
  registration->answer = TEST_SIGN_IN;
  test_start (client);
  assert_record (registration, "conflict");
  test_stop (client);
  free_both (client, registration);
}

static gboolean
fill_name (TestRegistration *self, HsDataForm *form)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (hs_data_form_get_kind (form), ==, HS_DATA_FORM_KIND_FORM);
  g_assert_nonnull (hs_data_form_get_instructions (form));
  hs_data_form_set_value (form, "username", self->fill_data, &error);
  g_assert_no_error (error);
  hs_data_form_set_value (form, "password", PASSWORD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (hs_data_field_get_field_type (hs_data_form_get_field (form, "password")), ==,
                   HS_DATA_FIELD_TEXT_PRIVATE);
  return TRUE;
}

/* Neither a name nor a password is known beforehand. */
static void
check_form (gboolean later)
{
  g_autofree char *jid = test_fresh_jid ("Formed");
  g_autofree char *name = g_strndup (jid, strcspn (jid, "@"));
  g_autofree char *lower = g_ascii_strdown (name, -1);
  HsClient *client = test_server_client (g_getenv ("HS_TEST_DOMAIN"), NULL);
  TestRegistration *registration = test_registration_new (client);

  registration->fill = fill_name;
  registration->fill_data = name;
  registration->later = later;
  test_start (client);
  assert_record (registration, "form(username,password) success");
  g_assert_cmpstr (hs_jid_get_local (hs_client_get_bound_jid (client)), ==, lower);
  test_stop (client);
  test_start (client);
  test_stop (client);
  free_both (client, registration);
  test_assert_not_logged ("Corr3ct");
}

static void
test_form (void)
{
  check_form (FALSE);
}

static void
test_form_later (void)
{
  check_form (TRUE);
}

static void
test_form_cancelled (void)
{
  HsClient *client = test_server_client (g_getenv ("HS_TEST_DOMAIN"), NULL);
  TestRegistration *registration = test_registration_new (client);
  g_autoptr (GError) error = NULL;

  registration->later = TRUE;
  error = test_run_to_error (client);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_str_has_prefix (registration->record->str, "form(username,password) error("));
  free_both (client, registration);
}

/* An override that does nothing, and a form that nobody fills in. */
static void
test_form_ignored (void)
{
  HsClient *client = test_server_client (g_getenv ("HS_TEST_DOMAIN"), NULL);
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GError) error = NULL;

  hs_client_set_registration (client, HS_MODULE (registration));
  error = test_run_to_error (client);
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  g_assert_nonnull (strstr (error->message, "username"));
  g_assert_finalize_object (client);
}

static void
test_invalid_name (void)
{
  g_autofree char *jid = test_fresh_jid ("invalid");
  HsClient *client = test_server_client (jid, PASSWORD);
  TestRegistration *registration = test_registration_new (client);
  g_autoptr (GError) error = NULL;

  hs_registration_set_username (HS_REGISTRATION (registration), "two words");
  error = test_run_to_error (client);
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_assert_nonnull (strstr (error->message, "username"));
  free_both (client, registration);
}

/* The server hashes it as it comes, and sign-in prepares it (RFC 5802, 5.1). */
static void
test_odd_password (void)
{
  g_autofree char *jid = test_fresh_jid ("odd");
  const char *password = "\xe2\x85\xa8 s\xc2\xad"
                         "ecret \xc3\xa4,=<'\"&";

  make_account (jid, password);
}

static void
change_password (HsRegistration *registration, const char *password)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_registration_change_password_async (registration, password, NULL, test_done_cb, &result);
  g_assert_true (hs_registration_change_password_finish (registration, test_wait_for (&result),
                                                         &error));
  g_assert_no_error (error);
}

static void
test_change_password (void)
{
  g_autofree char *jid = test_fresh_jid ("change");
  HsClient *client;
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GError) error = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  hs_client_register (client, HS_MODULE (registration));
  test_start (client);
  change_password (registration, "N3w-secret");
  test_stop (client);
  test_start (client);
  test_stop (client);
  hs_client_set_password (client, PASSWORD);
  error = test_run_to_error (client);
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  hs_client_set_password (client, "N3w-secret");
  test_start (client);
  test_stop (client);
  g_assert_finalize_object (client);
  test_assert_not_logged ("N3w-secret");
  test_assert_not_logged ("Corr3ct");
}

static void
test_change_unready (void)
{
  g_autofree char *jid = test_fresh_jid ("unready");
  HsClient *client = test_server_client (jid, PASSWORD);
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) empty = NULL;
  g_autoptr (GAsyncResult) cancel = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_register (client, HS_MODULE (registration));
  hs_registration_change_password_async (registration, "new", NULL, test_done_cb, &result);
  g_assert_false (hs_registration_change_password_finish (registration, test_wait_for (&result),
                                                          &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  hs_registration_change_password_async (registration, "", NULL, test_done_cb, &empty);
  g_assert_false (hs_registration_change_password_finish (registration, test_wait_for (&empty),
                                                          &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS);
  g_clear_error (&error);
  hs_registration_cancel_account_async (registration, NULL, test_done_cb, &cancel);
  g_assert_false (hs_registration_cancel_account_finish (registration, test_wait_for (&cancel),
                                                         &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_assert_finalize_object (client);
}

static void
ready_cb (HsClient *client, gpointer user_data)
{
  hs_registration_cancel_account_async (user_data, NULL, test_done_cb,
                                        g_object_get_data (G_OBJECT (client), "result"));
}

static void
test_cancel_account (void)
{
  g_autofree char *jid = test_fresh_jid ("gone");
  HsClient *client;
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  hs_client_register (client, HS_MODULE (registration));
  g_object_set_data (G_OBJECT (client), "result", &result);
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), registration);
  /* The server ends the stream with an error, which means success here. */
  g_assert_true (hs_client_run (client, &error));
  g_assert_no_error (error);
  g_assert_true (hs_registration_cancel_account_finish (registration, test_wait_for (&result),
                                                        &error));
  g_assert_no_error (error);
  g_signal_handlers_disconnect_by_func (client, ready_cb, registration);
  error = test_run_to_error (client);
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_finalize_object (client);
  /* And the name is free again. */
  make_account (jid, PASSWORD);
}

static void
test_stopped (void)
{
  g_autofree char *jid = test_fresh_jid ("stopped");
  HsClient *client;
  TestRegistration *registration;
  g_autoptr (GError) error = NULL;

  make_account (jid, PASSWORD);
  client = test_server_client (jid, PASSWORD);
  registration = test_registration_new (client);
  registration->answer = TEST_STOP;
  g_assert_true (hs_client_run (client, &error));
  g_assert_no_error (error);
  assert_record (registration, "conflict");
  free_both (client, registration);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/new", test_new);
  g_test_add_func ("/registration/conflict", test_conflict);
  g_test_add_func ("/registration/conflict/plain", test_conflict_plain);
  g_test_add_func ("/registration/conflict/retry", test_retry);
  g_test_add_func ("/registration/conflict/retry-later", test_retry_later);
  g_test_add_func ("/registration/conflict/sign-in", test_sign_in);
  g_test_add_func ("/registration/conflict/stopped", test_stopped);
  g_test_add_func ("/registration/form", test_form);
  g_test_add_func ("/registration/form/later", test_form_later);
  g_test_add_func ("/registration/form/cancelled", test_form_cancelled);
  g_test_add_func ("/registration/form/ignored", test_form_ignored);
  g_test_add_func ("/registration/invalid-name", test_invalid_name);
  g_test_add_func ("/registration/odd-password", test_odd_password);
  g_test_add_func ("/registration/change-password", test_change_password);
  g_test_add_func ("/registration/change-password/unready", test_change_unready);
  g_test_add_func ("/registration/cancel-account", test_cancel_account);
  return g_test_run ();
}
