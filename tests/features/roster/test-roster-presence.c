/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "roster-test.h"

/* What presence says of contacts and of subscriptions. */

#define ITEMS                                                                                      \
  "<item jid='juliet@example.com' name='Juliet' subscription='both'/>"                             \
  "<item jid='romeo@example.org' subscription='none'/>"

static const ScriptStep served[]
    = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS ("", ITEMS)), SERVE, END };

static HsContact *
begin_loaded (RosterTest *f)
{
  static const ScriptStep *const scripts[] = { served, NULL };

  roster_set_up (f, scripts);
  test_client_start_until_ready (f->test);
  test_until (hs_roster_get_is_loaded (f->roster));
  return hs_roster_lookup (f->roster, "juliet@example.com");
}

static void
end (RosterTest *f)
{
  test_client_stop (f->test);
  roster_clear (f);
}

static void
assert_contact (HsContact *contact, guint n, HsShow show, int priority, const char *status)
{
  g_assert_cmpuint (g_list_model_get_n_items (hs_contact_get_resources (contact)), ==, n);
  g_assert_cmpint (hs_contact_get_is_available (contact), ==, n > 0);
  g_assert_cmpint (hs_contact_get_show (contact), ==, show);
  g_assert_cmpint (hs_contact_get_priority (contact), ==, priority);
  g_assert_cmpstr (hs_contact_get_status (contact), ==, status);
}

#define FROM(resource) "<presence from='juliet@example.com/" resource "'"

static void
test_best (void)
{
  RosterTest f;
  HsContact *juliet = begin_loaded (&f);
  g_autoptr (HsResource) resource = NULL;
  g_autoptr (GDateTime) idle = NULL;

  assert_contact (juliet, 0, HS_SHOW_OFFLINE, 0, NULL);
  test_client_say (f.test, FROM ("a") "><priority>-1</priority><show>chat</show><status>a</status></presence>");
  assert_contact (juliet, 1, HS_SHOW_CHAT, -1, "a");
  test_client_say (f.test, FROM ("b") "><show>xa</show><status>b</status></presence>");
  assert_contact (juliet, 2, HS_SHOW_XA, 0, "b");
  test_client_say (f.test, FROM ("c") "><show>away</show><status>c</status></presence>");
  assert_contact (juliet, 3, HS_SHOW_AWAY, 0, "c");
  /* The newest of equals, and it stays the newest. */
  test_client_say (f.test, FROM ("b") "><show>away</show><status>b2</status></presence>");
  assert_contact (juliet, 3, HS_SHOW_AWAY, 0, "b2");
  test_client_say (f.test, FROM ("c") "><show>dnd</show><priority>5</priority>"
                           "<c xmlns='http://jabber.org/protocol/caps' node='urn:program' ver='x' hash='sha-1'/>"
                           "<x xmlns='vcard-temp:x:update'><photo>abc</photo></x>"
                           "<idle xmlns='urn:xmpp:idle:1' since='2026-01-02T03:04:05Z'/></presence>");
  assert_contact (juliet, 3, HS_SHOW_DND, 5, NULL);
  resource = g_list_model_get_item (hs_contact_get_resources (juliet), 2);
  g_assert_cmpstr (hs_resource_get_caps_node (resource), ==, "urn:program");
  g_assert_cmpstr (hs_resource_get_avatar_hash (resource), ==, "abc");
  idle = hs_contact_get_last_active (juliet);
  g_assert_cmpint (g_date_time_to_unix (idle), ==, 1767323045);
  test_client_say (f.test, FROM ("c") "/>");
  g_assert_cmpstr (hs_resource_get_caps_node (resource), ==, "urn:program");
  test_client_say (f.test, FROM ("c") " type='unavailable'/>" FROM ("zz") " type='unavailable'/>");
  assert_contact (juliet, 2, HS_SHOW_AWAY, 0, "b2");
  test_client_say (f.test, "<presence from='juliet@example.com' type='unavailable'/>");
  assert_contact (juliet, 0, HS_SHOW_OFFLINE, 0, NULL);
  end (&f);
}

/* Devices are objects only once somebody looks at them: then they are what the presences before have said. */
static void
test_late_list (void)
{
  RosterTest f;
  HsContact *juliet = begin_loaded (&f);
  g_autoptr (HsResource) first = NULL;
  g_autoptr (HsResource) second = NULL;
  GListModel *resources;

  test_client_say (f.test, FROM ("a") "><show>dnd</show><status>a</status></presence>");
  test_client_say (f.test, FROM ("gone") "/>" FROM ("b") "><priority>3</priority>"
                           "<c xmlns='http://jabber.org/protocol/caps' node='urn:program' ver='x' hash='sha-1'/>"
                           "</presence>");
  test_client_say (f.test, FROM ("gone") " type='unavailable'/>" FROM ("a") "><show>xa</show></presence>");
  g_assert_cmpint (hs_contact_get_priority (juliet), ==, 3);
  resources = hs_contact_get_resources (juliet);
  g_assert_cmpuint (g_list_model_get_n_items (resources), ==, 2);
  first = g_list_model_get_item (resources, 0);
  second = g_list_model_get_item (resources, 1);
  g_assert_cmpstr (hs_jid_to_string (hs_resource_get_jid (first)), ==, "juliet@example.com/a");
  g_assert_cmpint (hs_resource_get_show (first), ==, HS_SHOW_XA);
  g_assert_null (hs_resource_get_status (first));
  g_assert_cmpstr (hs_jid_to_string (hs_resource_get_jid (second)), ==, "juliet@example.com/b");
  g_assert_cmpstr (hs_resource_get_caps_node (second), ==, "urn:program");
  g_assert_true (hs_contact_get_resources (juliet) == resources);
  /* One that has left keeps what it said. */
  test_client_say (f.test, FROM ("a") " type='unavailable'/>" FROM ("b") "><status>b</status></presence>");
  g_assert_cmpuint (g_list_model_get_n_items (resources), ==, 1);
  g_assert_cmpint (hs_resource_get_show (first), ==, HS_SHOW_XA);
  g_assert_cmpstr (hs_resource_get_status (second), ==, "b");
  end (&f);
}

static void
told_cb (GObject *object, GParamSpec *pspec, gpointer told)
{
  HsContact *contact = g_object_get_data (object, "contact");

  if (contact == NULL)
    contact = HS_CONTACT (object);
  g_string_append_printf (told, "%s(%d%s) ", pspec->name, hs_contact_get_show (contact),
                          hs_contact_get_is_available (contact) ? "" : ", gone");
}

static void
listed_cb (GListModel *model, guint position, guint removed, guint added, gpointer told)
{
  g_string_append_printf (told, "%u-%u+%u ", position, removed, added);
}

/* Whatever is told, all of the contact has changed by then. */
static void
test_told (void)
{
  RosterTest f;
  HsContact *juliet = begin_loaded (&f);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (HsResource) resource = NULL;

  g_signal_connect (juliet, "notify", G_CALLBACK (told_cb), told);
  g_signal_connect (hs_contact_get_resources (juliet), "items-changed", G_CALLBACK (listed_cb), told);
  test_client_say (f.test, FROM ("a") "><show>dnd</show><status>a</status></presence>");
  g_assert_cmpstr (told->str, ==, "0-0+1 is-available(2) show(2) status(2) ");
  resource = g_list_model_get_item (hs_contact_get_resources (juliet), 0);
  g_object_set_data (G_OBJECT (resource), "contact", juliet);
  g_signal_connect (resource, "notify::show", G_CALLBACK (told_cb), told);
  g_string_truncate (told, 0);
  test_client_say (f.test, FROM ("a") "><show>away</show><status>a</status></presence>");
  g_assert_cmpstr (told->str, ==, "show(3) show(3) ");
  g_string_truncate (told, 0);
  test_client_say (f.test, FROM ("a") " type='unavailable'/>");
  g_assert_cmpstr (told->str, ==, "0-1+0 is-available(0, gone) show(0, gone) status(0, gone) ");
  g_signal_handlers_disconnect_by_data (juliet, told);
  g_signal_handlers_disconnect_by_data (hs_contact_get_resources (juliet), told);
  end (&f);
}

/* A contact can't make us grow, and strangers are not kept. */
static void
test_bounds (void)
{
  RosterTest f;
  HsContact *juliet = begin_loaded (&f);
  g_autoptr (GString) flood = g_string_new (NULL);
  HsContact *own = hs_roster_get_own_contact (f.roster);

  for (guint i = 0; i < 70; i++)
    g_string_append_printf (flood, FROM ("r%u") "/>", i);
  test_client_say (f.test, flood->str);
  g_assert_cmpuint (g_list_model_get_n_items (hs_contact_get_resources (juliet)), ==, 64);
  test_client_say (f.test, "<presence from='stranger@example.com/x'/><presence from='@'/><presence/>");
  g_assert_null (hs_roster_lookup (f.roster, "stranger@example.com"));
  /* Our other resources, and not this one. */
  test_client_say (f.test, "<presence from='user@example.org/res'/><presence from='user@example.org/phone'/>");
  g_assert_cmpstr (hs_jid_to_string (hs_contact_get_jid (own)), ==, "user@example.org");
  g_assert_cmpuint (g_list_model_get_n_items (hs_contact_get_resources (own)), ==, 1);
  /* The end of the session: nobody is there any more, at once. */
  hs_client_stop (f.test->client);
  test_client_wait_terminated (f.test);
  g_assert_true (hs_roster_get_is_stale (f.roster));
  g_assert_true (hs_roster_get_is_loaded (f.roster));
  assert_contact (juliet, 0, HS_SHOW_OFFLINE, 0, NULL);
  g_assert_false (hs_contact_get_is_available (own));
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (f.roster)), ==, 2);
  roster_clear (&f);
}

static guint
count_requests (RosterTest *f)
{
  return g_list_model_get_n_items (hs_roster_get_requests (f->roster));
}

static void
test_requests (void)
{
  RosterTest f;
  g_autoptr (HsSubscriptionRequest) request = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;

  begin_loaded (&f);
  scripted_server_forget_received (f.test->server);
  test_client_say (f.test, "<presence type='subscribe' from='tybalt@example.org'><status>Let me</status>"
                           "<nick xmlns='http://jabber.org/protocol/nick'>Ty</nick>"
                           "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/></presence>"
                           "<presence type='subscribe' from='tybalt@example.org/x'/>"
                           "<presence type='subscribe' from='user@example.org'/>"
                           "<presence type='subscribe' from='nurse@example.org'/>"
                           "<presence type='subscribed' from='romeo@example.org'/>"
                           "<presence type='unsubscribed' from='juliet@example.com'/>"
                           "<presence type='unsubscribed' from='stranger@example.com'/>");
  g_assert_cmpstr (f.signals->str, ==,
                   "requested(tybalt@example.org) requested(nurse@example.org) ended(juliet@example.com) ");
  g_assert_cmpuint (count_requests (&f), ==, 2);
  request = g_list_model_get_item (hs_roster_get_requests (f.roster), 0);
  g_assert_cmpstr (hs_subscription_request_get_text (request), ==, "Let me");
  g_assert_cmpstr (hs_subscription_request_get_nick (request), ==, "Ty");
  time = hs_subscription_request_get_time (request);
  g_assert_cmpint (g_date_time_to_unix (time), ==, 1767323045);
  /* Nothing has been answered. */
  sent = test_client_dup_sent (f.test);
  g_assert_null (strstr (sent, "<presence"));
  g_assert_true (hs_roster_approve (f.roster, "tybalt@example.org", &error));
  g_assert_no_error (error);
  test_client_await_sent (f.test, "<presence type=\"subscribed\" to=\"tybalt@example.org\"/>");
  g_assert_cmpuint (count_requests (&f), ==, 1);
  test_client_say (f.test, "<presence type='unsubscribe' from='nurse@example.org'/>");
  g_assert_cmpuint (count_requests (&f), ==, 0);
  test_client_say (f.test, "<presence type='subscribe' from='nurse@example.org'/>");
  g_assert_true (hs_roster_deny (f.roster, "nurse@example.org/x", NULL));
  test_client_await_sent (f.test, "<presence type=\"unsubscribed\" to=\"nurse@example.org\"/>");
  g_assert_cmpuint (count_requests (&f), ==, 0);
  /* Answered by another client of ours. */
  test_client_say (f.test, "<presence type='subscribe' from='nurse@example.org'/>"
                           ROSTER_PUSH ("", "<item jid='nurse@example.org' subscription='from'/>"));
  g_assert_cmpuint (count_requests (&f), ==, 0);
  /* In advance, only if the server has it. */
  g_assert_false (hs_roster_approve (f.roster, "paris@example.org", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  g_assert_true (hs_roster_subscribe (f.roster, "paris@example.org/x", "Hello", NULL));
  test_client_await_sent (f.test, "<presence type=\"subscribe\" to=\"paris@example.org\"><status>Hello</status></presence>");
  g_assert_true (hs_roster_unsubscribe (f.roster, "paris@example.org", NULL));
  test_client_await_sent (f.test, "<presence type=\"unsubscribe\" to=\"paris@example.org\"/>");
  end (&f);
}

#define SUBSCRIBE(from) "<presence type='subscribe' from='" from "'/>"
#define PING "<ping xmlns=\"urn:xmpp:ping\"/></iq>"

/* A request that the server does not send again in the next session was withdrawn meanwhile, or has been answered. */
static void
test_withdrawn (void)
{
  static const ScriptStep again[]
      = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS ("", ITEMS)), EXPECT ("<presence/>"),
          SEND (SUBSCRIBE ("nurse@example.org")), EXPECT (PING), GATE,
          SEND ("<iq type='error' id='@ID@'><error type='cancel'>"
                "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"), SERVE, END };
  static const ScriptStep *const scripts[] = { served, again, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (HsSubscriptionRequest) request = NULL;
  RosterTest f;

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_client_say (f.test, SUBSCRIBE ("tybalt@example.org") SUBSCRIBE ("nurse@example.org"));
  test_client_stop (f.test);
  g_assert_cmpuint (count_requests (&f), ==, 2);
  g_assert_false (scripted_server_has_received (f.test->server, "urn:xmpp:ping"));

  hs_client_set_own_presence (f.test->client, presence);
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, PING);
  g_assert_cmpuint (count_requests (&f), ==, 2);
  scripted_server_open_gate (f.test->server);
  test_until (count_requests (&f) == 1);
  request = g_list_model_get_item (hs_roster_get_requests (f.roster), 0);
  g_assert_cmpstr (hs_jid_to_string (hs_subscription_request_get_jid (request)), ==, "nurse@example.org");
  g_assert_cmpstr (f.signals->str, ==, "requested(tybalt@example.org) requested(nurse@example.org) ");
  end (&f);
}

/* An account that is not available gets no requests. */
static void
test_not_available (void)
{
  static const ScriptStep *const scripts[] = { served, served, NULL };
  RosterTest f;

  roster_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_client_say (f.test, SUBSCRIBE ("tybalt@example.org"));
  test_client_stop (f.test);
  test_client_start_until_ready (f.test);
  test_until (hs_roster_get_is_loaded (f.roster));
  test_client_say (f.test, "");
  g_assert_false (scripted_server_has_received (f.test->server, PING));
  g_assert_cmpuint (count_requests (&f), ==, 1);
  end (&f);
}

static void
test_approval (void)
{
  RosterTest f;

  begin_loaded (&f);
  hs_roster_set_approval (f.roster, HS_APPROVAL_CONTACTS);
  test_client_say (f.test, "<presence type='subscribe' from='romeo@example.org'/>"
                           "<presence type='subscribe' from='tybalt@example.org'/>");
  test_client_await_sent (f.test, "<presence type=\"subscribed\" to=\"romeo@example.org\"/>");
  g_assert_cmpstr (f.signals->str, ==, "requested(tybalt@example.org) ");
  hs_roster_set_approval (f.roster, HS_APPROVAL_ALL);
  test_client_say (f.test, "<presence type='subscribe' from='nurse@example.org'/>");
  test_client_await_sent (f.test, "<presence type=\"subscribed\" to=\"nurse@example.org\"/>");
  g_assert_cmpuint (count_requests (&f), ==, 1);
  /* The server sends what has no answer in each session. */
  test_client_say (f.test, "<presence type='subscribe' from='tybalt@example.org'/>");
  test_client_await_sent (f.test, "<presence type=\"subscribed\" to=\"tybalt@example.org\"/>");
  g_assert_cmpuint (count_requests (&f), ==, 0);
  g_assert_cmpstr (f.signals->str, ==, "requested(tybalt@example.org) ");
  end (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/presence/best", test_best);
  g_test_add_func ("/roster/presence/late-list", test_late_list);
  g_test_add_func ("/roster/presence/told", test_told);
  g_test_add_func ("/roster/presence/bounds", test_bounds);
  g_test_add_func ("/roster/presence/requests", test_requests);
  g_test_add_func ("/roster/presence/withdrawn", test_withdrawn);
  g_test_add_func ("/roster/presence/not-available", test_not_available);
  g_test_add_func ("/roster/presence/approval", test_approval);
  return g_test_run ();
}
