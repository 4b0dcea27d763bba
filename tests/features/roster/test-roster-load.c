/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <string.h>

#include "roster-test.h"

/* What a server answers when it is asked for the roster. */

#define JULIET "<item jid='juliet@example.com' name='Juliet' subscription='both'><group>Friends</group></item>"
#define ROMEO "<item jid='romeo@example.org' subscription='none' ask='subscribe'/>"
#define NURSE "<item jid='nurse@example.com' name='Nurse' subscription='from'><group>Staff</group><group>Friends</group></item>"

static gboolean
is_loaded (RosterTest *f)
{
  return hs_roster_get_is_loaded (f->roster);
}

/* A list with groups; the client has left it to us. */
static void
test_first (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ROSTER_ASKED,
                                       SEND (ROSTER_ITEMS (" ver='v1'", JULIET ROMEO NURSE)), SERVE,
                                       END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  HsContact *romeo;
  g_auto (GStrv) groups = NULL;
  g_autofree char *all = NULL;

  roster_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  hs_client_set_initial_roster (f.test->client, TRUE);
  hs_client_register (f.test->client, HS_MODULE (f.roster));
  g_assert_true (hs_roster_get_is_stale (f.roster));
  g_assert_true (hs_roster_get_client (f.roster) == f.test->client);
  g_assert_false (hs_client_get_initial_roster (f.test->client));
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  g_assert_false (hs_roster_get_is_stale (f.roster));
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v1");
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both romeo@example.org=[]none "
                       "nurse@example.com=Nurse[Staff,Friends]from ");
  g_assert_cmpstr (f.changes->str, ==, "0-0+3 ");
  groups = hs_roster_dup_groups (f.roster);
  all = g_strjoinv (",", groups);
  g_assert_cmpstr (all, ==, "Friends,Staff");
  romeo = hs_roster_lookup (f.roster, "ROMEO@example.org/balcony");
  g_assert_nonnull (romeo);
  g_assert_true (hs_contact_get_is_asking (romeo));
  g_assert_true (hs_contact_get_is_in_roster (romeo));
  g_assert_cmpstr (hs_contact_get_display_name (romeo), ==, "romeo@example.org");
  g_assert_null (hs_roster_lookup (f.roster, "tybalt@example.org"));
  g_assert_null (hs_roster_lookup (f.roster, "@@"));
  g_assert_cmpuint (scripted_server_count_received (f.test->server, HS_NS_ROSTER), ==, 1);
  hs_client_unregister (f.test->client, HS_MODULE (f.roster));
  g_assert_true (hs_client_get_initial_roster (f.test->client));
  g_assert_null (hs_roster_get_client (f.roster));
  test_client_stop (f.test);
  roster_clear (&f);
}

static void
refreshed (RosterTest *f)
{
  RosterResult result = { NULL };
  g_autoptr (GError) error = NULL;

  hs_roster_refresh_async (f->roster, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_true (hs_roster_refresh_finish (f->roster, result.result, &error));
  g_assert_no_error (error);
  g_object_unref (result.result);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

/* A complete answer replaces the list by difference; the same objects stay. */
static void
test_difference (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in),
          ROSTER_ASKED,
          SEND (ROSTER_ITEMS (" ver='v1'", JULIET ROMEO NURSE)),
          ROSTER_ASKED,
          SEND (ROSTER_ITEMS (
              " ver='v2'",
              "<item jid='tybalt@example.org'/>"
              "<item jid='nurse@example.com' name='Angelica' subscription='from'>"
              "<group>Staff</group><group>Friends</group></item>"
              "<item jid='romeo@example.org' subscription='both'/>"
              "<item jid='tybalt@example.org' name='Tybalt'/>"
              "<item jid='gone@example.org' subscription='remove'/><item/><item jid='@'/>"
              "<other jid='other@example.org'/>")),
          SERVE,
          END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  guint n_names = 0, n_groups = 0, n_subscriptions = 0;
  g_autoptr (HsContact) juliet = NULL;
  HsContact *nurse, *romeo;

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  juliet = g_object_ref (hs_roster_lookup (f.roster, "juliet@example.com"));
  nurse = hs_roster_lookup (f.roster, "nurse@example.com");
  romeo = hs_roster_lookup (f.roster, "romeo@example.org");
  g_signal_connect_swapped (nurse, "notify::display-name", G_CALLBACK (count_cb), &n_names);
  g_signal_connect_swapped (nurse, "notify::groups", G_CALLBACK (count_cb), &n_groups);
  g_signal_connect_swapped (romeo, "notify::subscription", G_CALLBACK (count_cb), &n_subscriptions);
  g_string_truncate (f.changes, 0);
  refreshed (&f);
  assert_contacts (&f, "romeo@example.org=[]both nurse@example.com=Angelica[Staff,Friends]from "
                       "tybalt@example.org=Tybalt[]none ");
  g_assert_cmpstr (f.changes->str, ==, "0-3+3 ");
  g_assert_true (hs_roster_lookup (f.roster, "nurse@example.com") == nurse);
  g_assert_true (hs_roster_lookup (f.roster, "romeo@example.org") == romeo);
  g_assert_cmpuint (n_names, ==, 1);
  g_assert_cmpuint (n_groups, ==, 0);
  g_assert_cmpuint (n_subscriptions, ==, 1);
  g_assert_false (hs_contact_get_is_in_roster (juliet));
  g_assert_cmpstr (hs_contact_get_name (juliet), ==, "Juliet");
  test_until (hs_contact_get_subscription (juliet) == HS_SUBSCRIPTION_NONE);
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v2");
  test_client_stop (f.test);
  roster_clear (&f);
}

/* A refresh that is cancelled ends at once. Another one waits for the same answer, which counts all the same. */
static void
test_cancelled (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS ("", JULIET)), ROSTER_ASKED,
                                       GATE, SEND (ROSTER_ITEMS ("", ROMEO)), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  RosterResult first = { NULL }, second = { NULL }, late = { NULL };

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  hs_roster_refresh_async (f.roster, cancellable, roster_result_cb, &first);
  hs_roster_refresh_async (f.roster, NULL, roster_result_cb, &second);
  g_cancellable_cancel (cancellable);
  test_until (first.result != NULL);
  g_assert_false (hs_roster_refresh_finish (f.roster, first.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  hs_roster_refresh_async (f.roster, cancellable, roster_result_cb, &late);
  test_until (late.result != NULL);
  g_assert_false (hs_roster_refresh_finish (f.roster, late.result, NULL));
  g_assert_null (second.result);
  scripted_server_open_gate (f.test->server);
  test_until (second.result != NULL);
  g_assert_true (hs_roster_refresh_finish (f.roster, second.result, &error));
  g_assert_no_error (error);
  assert_contacts (&f, "romeo@example.org=[]none ");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<query xmlns=\"jabber:iq:roster\"/>"), ==, 2);
  g_object_unref (first.result);
  g_object_unref (second.result);
  g_object_unref (late.result);
  test_client_stop (f.test);
  roster_clear (&f);
}

#define FEATURES_VERSIONS                                                                          \
  SAY_FEATURES (FEATURE_BIND "<ver xmlns='urn:xmpp:features:rosterver'/>" \
                              "<sub xmlns='urn:xmpp:features:pre-approval'/>")
#define SIGN_IN_WITH_VERSIONS                                                                      \
  RUN (script_header), RUN (script_plain), RUN (script_header), SEND (FEATURES_VERSIONS),          \
      EXPECT ("</iq>"), SEND (SAY_BOUND)

/* The version goes along, and an absent query keeps the list while an empty one empties it. */
static void
test_versions (void)
{
  static const ScriptStep script[]
      = { SIGN_IN_WITH_VERSIONS,
          EXPECT ("ver=\"\"/></iq>"),
          SEND (ROSTER_ITEMS (" ver='v1'", JULIET)),
          EXPECT ("ver=\"v1\"/></iq>"),
          SEND ("<iq type='result' id='@ID@'/>"),
          GATE,
          SEND (ROSTER_PUSH (" ver='v2'", ROMEO)),
          EXPECT ("id=\"p1\""),
          EXPECT ("ver=\"v2\"/></iq>"),
          SEND (ROSTER_ITEMS (" ver='v3'", "")),
          EXPECT ("ver=\"v3\"/></iq>"),
          SEND (ROSTER_ITEMS ("", NURSE)),
          EXPECT ("ver=\"\"/></iq>"),
          SEND ("<iq type='error' id='@ID@'><error type='cancel'>"
                "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"),
          SERVE,
          END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  RosterResult result = { NULL };
  g_autoptr (GError) error = NULL;

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  refreshed (&f);
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v1");
  scripted_server_open_gate (f.test->server);
  test_until (g_list_model_get_n_items (hs_roster_get_contacts (f.roster)) == 2);
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v2");
  refreshed (&f);
  assert_contacts (&f, "");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v3");
  refreshed (&f);
  assert_contacts (&f, "nurse@example.com=Nurse[Staff,Friends]from ");
  g_assert_null (hs_roster_get_version (f.roster));
  hs_roster_refresh_async (f.roster, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_false (hs_roster_refresh_finish (f.roster, result.result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  g_object_unref (result.result);
  assert_contacts (&f, "nurse@example.com=Nurse[Staff,Friends]from ");
  test_client_stop (f.test);
  roster_clear (&f);
}

/* A server without versions is told none. */
static void
test_no_versions (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS (" ver='v1'", JULIET)), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  g_assert_false (scripted_server_has_received (f.test->server, "ver="));
  test_client_stop (f.test);
  roster_clear (&f);
}

/* The roster is registered when the session has long begun. */
static void
test_late (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS ("", JULIET)), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;

  roster_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  test_client_start_until_ready (f.test);
  hs_client_register (f.test->client, HS_MODULE (f.roster));
  g_assert_false (hs_roster_get_is_stale (f.roster));
  g_assert_nonnull (hs_roster_get_own_contact (f.roster));
  test_until (is_loaded (&f));
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both ");
  test_client_stop (f.test);
  roster_clear (&f);
}

/* A client only, and one of it. */
static void
test_component (void)
{
  g_autoptr (HsComponent) component = hs_component_new ("component.example.org", "secret");
  g_autoptr (HsRoster) roster = hs_roster_new ();

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*HsRoster*");
  hs_client_register (HS_CLIENT (component), HS_MODULE (roster));
  g_test_assert_expected_messages ();
  g_assert_null (hs_roster_get_client (roster));
}

static void
test_not_connected (void)
{
  g_autoptr (HsRoster) roster = hs_roster_new ();
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GError) error = NULL;
  RosterResult result = { NULL };

  g_assert_false (hs_roster_subscribe (roster, "juliet@example.com", NULL, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_false (hs_roster_deny (roster, "@", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  hs_roster_add_async (roster, "juliet@example.com", NULL, NULL, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_false (hs_roster_add_finish (roster, result.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_clear_object (&result.result);
  hs_roster_refresh_async (roster, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_false (hs_roster_refresh_finish (roster, result.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_clear_object (&result.result);
  /* Registered, and without a session: what the server can do is not the question. */
  hs_client_register (client, HS_MODULE (roster));
  g_assert_false (hs_roster_approve (roster, "juliet@example.com", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

/* The state: the list before there is a connection, the version for the server. */
static void
test_state (void)
{
  static const ScriptStep first[]
      = { SIGN_IN_WITH_VERSIONS, EXPECT ("ver=\"\"/></iq>"),
          SEND (ROSTER_ITEMS (" ver='v1'", JULIET ROMEO NURSE)), SERVE, END };
  static const ScriptStep second[]
      = { SIGN_IN_WITH_VERSIONS, EXPECT ("ver=\"v1\"/></iq>"),
          SEND ("<iq type='result' id='@ID@'/>"), SERVE, END };
  static const ScriptStep *const first_scripts[] = { first, NULL };
  static const ScriptStep *const second_scripts[] = { second, NULL };
  RosterTest f;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GError) error = NULL;

  roster_set_up (&f, first_scripts);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (f.roster)));
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  state = hs_stateful_dup_state (HS_STATEFUL (f.roster));
  test_client_stop (f.test);
  roster_clear (&f);

  roster_watch (&f, test_client_new (second_scripts, HS_TLS_MODE_NONE));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.roster), state, &error));
  g_assert_no_error (error);
  g_assert_true (is_loaded (&f));
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both romeo@example.org=[]none "
                       "nurse@example.com=Nurse[Staff,Friends]from ");
  g_assert_true (hs_contact_get_is_asking (hs_roster_lookup (f.roster, "romeo@example.org")));
  hs_client_register (f.test->client, HS_MODULE (f.roster));
  g_assert_true (is_loaded (&f));
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "ver=\"v1\"");
  test_client_say (f.test, "");
  again = hs_stateful_dup_state (HS_STATEFUL (f.roster));
  g_assert_true (g_variant_equal (state, again));
  test_client_stop (f.test);
  roster_clear (&f);
}

/* The same client with another address: the contacts, their version and the requests are the other account's. */
static void
test_other_account (void)
{
  static const ScriptStep first[] = { SIGN_IN_WITH_VERSIONS, EXPECT ("ver=\"\"/></iq>"),
                                      SEND (ROSTER_ITEMS (" ver='v1'", JULIET)), SERVE, END };
  static const ScriptStep second[]
      = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (FEATURES_VERSIONS), EXPECT ("</iq>"),
          SEND ("<iq type='result' id='@ID@'>" BOUND_TO ("other@example.org/res") "</iq>"), EXPECT ("ver=\"\"/></iq>"),
          GATE, SEND (ROSTER_ITEMS (" ver='v1'", ROMEO)), SERVE, END };
  static const ScriptStep *const scripts[] = { first, second, NULL };
  RosterTest f;
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (is_loaded (&f));
  test_client_say (f.test, "<presence type='subscribe' from='tybalt@example.org'/>");
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_requests (f.roster)), ==, 1);
  test_client_stop (f.test);
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both ");
  g_object_set (f.test->client, "jid", other, NULL);
  {
    g_autoptr (GVariant) state = hs_stateful_dup_state (HS_STATEFUL (f.roster));
    g_autofree char *account = NULL;

    g_variant_get_child (state, 1, "s", &account);
    g_assert_cmpstr (account, ==, "user@example.org");
  }
  test_client_start_until_ready (f.test);
  g_assert_false (is_loaded (&f));
  assert_contacts (&f, "");
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_requests (f.roster)), ==, 0);
  scripted_server_open_gate (f.test->server);
  test_until (is_loaded (&f));
  assert_contacts (&f, "romeo@example.org=[]none ");
  test_client_stop (f.test);
  roster_clear (&f);
}

static void
assert_refused (HsRoster *roster, const char *state)
{
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (state));
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (roster), parsed, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
}

/* A text in it is no UTF-8. */
static void
assert_damaged_refused (HsRoster *roster)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (
      g_variant_new_parsed ("(uint32 1, 'user@example.org', just 'v1', [('a@b', '', byte 3, ['WXYZ'])])"));
  gsize size = g_variant_get_size (state);
  g_autofree char *data = g_memdup2 (g_variant_get_data (state), size);
  g_autoptr (GVariant) damaged = NULL;
  g_autoptr (GError) error = NULL;
  char *text = memmem (data, size, "WXYZ", 4);

  text[1] = (char) 0xff;
  damaged = g_variant_ref_sink (
      g_variant_new_from_data (g_variant_get_type (state), data, size, FALSE, NULL, NULL));
  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (roster), damaged, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
}

/* A state of another account, of a later version, or a broken one. */
static void
test_bad_state (void)
{
  static const ScriptStep *const scripts[] = { script_session, NULL };
  RosterTest f;
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (
      "(uint32 1, 'other@example.org', just 'v1', [('juliet@example.com', '', byte 3, ['A'])])"));

  roster_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  assert_refused (f.roster, "(uint32 2, 'user@example.org', just 'v1', @a(ssyas) [])");
  assert_refused (f.roster, "(uint32 1, 'user@example.org', 'v1')");
  assert_refused (f.roster, "(uint32 1, 'user@example.org', just 'v1', [('@', '', byte 3, ['A'])])");
  assert_refused (f.roster, "(uint32 1, 'user@example.org', just 'v1', [('a@b', '', byte 99, ['A'])])");
  assert_damaged_refused (f.roster);
  g_assert_false (is_loaded (&f));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.roster), state, NULL));
  g_assert_true (is_loaded (&f));
  hs_client_register (f.test->client, HS_MODULE (f.roster));
  g_assert_false (is_loaded (&f));
  assert_contacts (&f, "");
  g_assert_null (hs_roster_get_version (f.roster));
  assert_refused (f.roster, "(uint32 1, 'other@example.org', just 'v1', @a(ssyas) [])");
  test_client_start_until_ready (f.test);
  test_client_stop (f.test);
  roster_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/load/first", test_first);
  g_test_add_func ("/roster/load/difference", test_difference);
  g_test_add_func ("/roster/load/cancelled", test_cancelled);
  g_test_add_func ("/roster/load/versions", test_versions);
  g_test_add_func ("/roster/load/no-versions", test_no_versions);
  g_test_add_func ("/roster/load/late", test_late);
  g_test_add_func ("/roster/load/component", test_component);
  g_test_add_func ("/roster/load/not-connected", test_not_connected);
  g_test_add_func ("/roster/load/state", test_state);
  g_test_add_func ("/roster/load/other-account", test_other_account);
  g_test_add_func ("/roster/load/bad-state", test_bad_state);
  return g_test_run ();
}
