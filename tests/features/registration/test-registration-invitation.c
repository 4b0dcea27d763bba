/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-test.h"

#include <string.h>

/* Accounts by invitation, on a Prosody that makes no others. */

#define NS_COMMANDS "http://jabber.org/protocol/commands"

static HsIq *
request (HsClient *client, HsElement *payload)
{
  g_autoptr (HsIq) iq = hs_iq_new ("set", g_getenv ("HS_TEST_DOMAIN"), payload);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HsIq *answer;

  hs_client_request_async (client, HS_ELEMENT (iq), -1, NULL, test_done_cb, &result);
  answer = hs_client_request_finish (client, test_wait_for (&result), &error);
  g_assert_no_error (error);
  return answer;
}

/* Asks the server for an invitation, as one of its users (XEP-0401, 4.1). */
static HsInvitation *
invite (void)
{
  HsClient *client
      = test_server_client (g_getenv ("HS_TEST_USER1"), g_getenv ("HS_TEST_PASSWORD1"));
  g_autoptr (HsElement) command = hs_element_new ("command", NS_COMMANDS);
  g_autoptr (HsIq) answer = NULL;
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (GError) error = NULL;
  HsInvitation *invitation;

  test_start (client);
  hs_element_set_attribute (command, "node", "urn:xmpp:invite#invite");
  hs_element_set_attribute (command, "action", "execute");
  answer = request (client, command);
  form = hs_data_form_new_from_element (
      hs_element_get_child (hs_iq_get_payload (answer), "x", HS_NS_DATA), &error);
  g_assert_no_error (error);
  /* Prosody 0.12 calls it a form. */
  g_assert_true (hs_data_form_get_kind (form) == HS_DATA_FORM_KIND_RESULT ||
                 hs_data_form_get_kind (form) == HS_DATA_FORM_KIND_FORM);
  invitation = hs_invitation_parse (hs_data_form_get_value (form, "uri"), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_invitation_get_action (invitation), ==, "roster");
  g_assert_true (hs_invitation_get_can_register (invitation));
  g_assert_cmpstr (hs_jid_to_string (hs_invitation_get_jid (invitation)), ==,
                   g_getenv ("HS_TEST_USER1"));
  test_stop (client);
  g_assert_finalize_object (client);
  return invitation;
}

static void
test_invited (void)
{
  g_autoptr (HsInvitation) invitation = invite ();
  g_autofree char *jid = test_fresh_jid ("invited");
  HsClient *client = test_server_client (jid, "s3cret");
  TestRegistration *registration = test_registration_new (client);

  g_object_set (registration, "preauth-token", hs_invitation_get_token (invitation), NULL);
  test_start (client);
  assert_record (registration, "success");
  test_stop (client);
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
}

/* A taken name, and another one with the same token. */
static void
test_invited_conflict (void)
{
  g_autoptr (HsInvitation) invitation = invite ();
  g_autofree char *jid = test_fresh_jid ("second");
  g_autofree char *name = g_strndup (jid, strcspn (jid, "@"));
  HsClient *client = test_server_client (g_getenv ("HS_TEST_USER2"), "s3cret");
  TestRegistration *registration = test_registration_new (client);

  g_object_set (registration, "preauth-token", hs_invitation_get_token (invitation), NULL);
  registration->answer = TEST_RETRY;
  registration->name = name;
  test_start (client);
  assert_record (registration, "conflict success");
  test_stop (client);
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
}

static void
check_refused (const char *token)
{
  g_autofree char *jid = test_fresh_jid ("uninvited");
  HsClient *client = test_server_client (jid, "s3cret");
  TestRegistration *registration = test_registration_new (client);
  g_autoptr (GError) error = NULL;

  g_object_set (registration, "preauth-token", token, NULL);
  error = test_run_to_error (client);
  g_assert_true (error->domain == HS_STANZA_ERROR);
  g_assert_true (g_str_has_prefix (registration->record->str, "error(hs-stanza-error-quark"));
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
}

static void
test_uninvited (void)
{
  check_refused (NULL);
}

static void
test_wrong_token (void)
{
  check_refused ("none-of-yours");
  test_assert_not_logged ("none-of-yours");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/invitation/invited", test_invited);
  g_test_add_func ("/invitation/conflict", test_invited_conflict);
  g_test_add_func ("/invitation/uninvited", test_uninvited);
  g_test_add_func ("/invitation/wrong-token", test_wrong_token);
  return g_test_run ();
}
