/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "displayed-test.h"
#include "hs-messages-shared.h"

/* What is told of messages that are displayed, to their senders and to the account. */

/* Each gets what they may have. */
static void
test_mark (void)
{
  g_autoptr (HsDelivery) first = NULL;
  g_autofree char *marker = NULL;
  g_autofree char *sent = NULL;
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  first = g_object_ref (displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  displayed_assert_position (&f, "juliet@example.com", NULL);
  displayed_mark (&f, first);
  /* The account's server does not assist: the id does not go with the marker. */
  marker = test_client_dup_sent (f.m.test);
  g_assert_null (strstr (marker, "</displayed></message>"));
  test_client_await_sent (f.m.test, "</publish-options>");
  sent = test_client_dup_sent (f.m.test);
  g_assert_nonnull (strstr (sent, "to=\"juliet@example.com\""));
  g_assert_nonnull (strstr (sent, "<item id=\"juliet@example.com\"><displayed xmlns=\"" MDS "\">"
                                  "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"user@example.org\" id=\"a1\"/>"));
  displayed_expect_sent (&f, "m1", "a1");
  displayed_assert_position (&f, "Juliet@example.com", "a1");
  displayed_assert_position (&f, "@", NULL);
  displayed_mark (&f, first);
  displayed_expect_sent (&f, NULL, NULL);

  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m2", "did not ask", OWN_ID ("a2"))));
  displayed_expect_sent (&f, NULL, "a2");
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m3", "is in no archive", MARKABLE)));
  displayed_expect_sent (&f, "m3", NULL);
  displayed_mark (&f, messages_last (&f.m));
  displayed_expect_sent (&f, NULL, NULL);
  displayed_assert_position (&f, "juliet@example.com", "a2");
  /* A marker is not answered (XEP-0333, 4). */
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m4", "a marker", OWN_ID ("a4") MARKABLE MARKER ("x"))));
  displayed_expect_sent (&f, NULL, "a4");
  displayed_mark (&f, first);
  displayed_expect_sent (&f, NULL, NULL);
  /* Who may not see that the user is there (8). */
  displayed_mark (&f, displayed_hear (&f, CHAT ("paris@example.com/x", "m5", "asks", OWN_ID ("a5") MARKABLE)));
  displayed_expect_sent (&f, NULL, "a5");
  displayed_mark (&f, displayed_hear (&f, CHAT ("stranger@example.net/x", "m6", "asks", OWN_ID ("a6") MARKABLE)));
  displayed_expect_sent (&f, NULL, "a6");
  /* What the account wrote. */
  displayed_mark (&f, displayed_hear (&f, CARBON (OWN, "sent", INNER ("user@example.org/other", "juliet@example.com", "mine",
                                                   OWN_ID ("a7") MARKABLE))));
  displayed_expect_sent (&f, NULL, NULL);
  displayed_assert_position (&f, "juliet@example.com", "a4");
  g_clear_object (&first);
  displayed_stop (&f);
}

static void
test_room (void)
{
  g_autoptr (HsJid) occupant = hs_jid_new ("room@muc.example.org/me", NULL);
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  hs_messages_room_joined (f.m.messages, occupant, NULL, HS_MESSAGES_ROOM_HAS_IDS);
#define ROOM(nick, id, more)                                                                       \
  "<message from='room@muc.example.org/" nick "' to='user@example.org/res' type='groupchat' id='" id "'>" \
  "<body>hello</body>" more "</message>"
  displayed_mark (&f, displayed_hear (&f, ROOM ("a", "m1", STANZA_ID ("room@muc.example.org", "r1"))));
  test_client_await_sent (f.m.test, "to=\"room@muc.example.org\"");
  test_client_await_sent (f.m.test, "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"room@muc.example.org\" id=\"r1\"/>");
  displayed_expect_sent (&f, "r1", "r1");
  /* Without an id of the room's archive a message cannot be named (5). */
  displayed_mark (&f, displayed_hear (&f, ROOM ("a", "m2", MARKABLE)));
  displayed_expect_sent (&f, NULL, NULL);
  /* A private message in it: nobody knows who that is. */
  displayed_mark (&f, displayed_hear (&f, "<message from='room@muc.example.org/a' to='user@example.org/res' type='chat' id='m3'>"
                      "<body>psst</body>" MARKABLE OWN_ID ("p1")
                      "<x xmlns='http://jabber.org/protocol/muc#user'/></message>"));
  displayed_expect_sent (&f, NULL, "p1");
  displayed_assert_position (&f, "room@muc.example.org/a", "p1");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("room@muc.example.org", "room@muc.example.org", "r5")));
  displayed_expect (&f, "moved:room@muc.example.org room@muc.example.org r5|");
  displayed_stop (&f);
}

/* The account alone tells how far it has displayed its chats. */
static void
test_forged (void)
{
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  test_client_say (f.m.test, EVENT (" from='juliet@example.com'", ITEM ("juliet@example.com", "user@example.org", "x1"))
                   EVENT (" from='stranger@example.net'", ITEM ("juliet@example.com", "user@example.org", "x2"))
                   EVENT (" from='juliet@example.com/balcony'", ITEM ("juliet@example.com", "user@example.org", "x3"))
                   EVENT (OWN, ITEM ("juliet@example.com", "stranger@example.net", "x4"))
                   EVENT (OWN, ITEM ("juliet@example.com", "user@example.org/res", "x5"))
                   EVENT (OWN, ITEM ("juliet@example.com", "@", "x6"))
                   EVENT (OWN, ITEM ("@", "user@example.org", "x7"))
                   EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", ""))
                   EVENT (OWN, "<item id='juliet@example.com'/>")
                   EVENT (OWN, "<item id='juliet@example.com'><displayed xmlns='" MDS "'/></item>")
                   EVENT (OWN, "<item id='juliet@example.com'><displayed xmlns='urn:x'>" OWN_ID ("x8")
                          "</displayed></item>")
                   EVENT (OWN, "<retract id='juliet@example.com'/>"));
  displayed_expect (&f, "");
  displayed_assert_position (&f, "juliet@example.com", NULL);
  displayed_stop (&f);
}

/* Another device tells; positions only move forward. */
static void
test_moved (void)
{
  g_autoptr (HsDelivery) second = NULL;
  g_autoptr (HsDelivery) third = NULL;
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1")));
  second = g_object_ref (displayed_hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2"))));
  third = g_object_ref (displayed_hear (&f, CHAT (JULIET, "m3", "three", OWN_ID ("a3"))));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a2")));
  displayed_expect (&f, "moved:juliet@example.com user@example.org a2|");
  displayed_mark (&f, second);
  displayed_expect_sent (&f, NULL, NULL);
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a1")));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a2")));
  displayed_expect (&f, "");
  displayed_assert_position (&f, "juliet@example.com", "a2");
  /* One that is not known here is believed; what came before it was told is not later. */
  test_client_say (f.m.test, EVENT ("", ITEM ("juliet@example.com", "user@example.org", "a9")));
  displayed_expect (&f, "moved:juliet@example.com user@example.org a9|");
  displayed_mark (&f, third);
  displayed_expect_sent (&f, NULL, NULL);
  displayed_assert_position (&f, "juliet@example.com", "a9");
  /* It comes: now its place is known. */
  displayed_hear (&f, CHAT (JULIET, "m9", "nine", OWN_ID ("a9")));
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m10", "ten", OWN_ID ("a10"))));
  displayed_expect_sent (&f, NULL, "a10");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a9")));
  displayed_expect (&f, "");
  displayed_assert_position (&f, "juliet@example.com", "a10");
  g_clear_object (&second);
  g_clear_object (&third);
  displayed_stop (&f);
}

/* Ids are no secrets: a marker is believed for what went to whom it is from. */
static void
test_seen_by (void)
{
  g_autoptr (HsSentMessage) sent = NULL;
  g_autofree char *id = NULL;
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  sent = messages_send (&f.m, "juliet@example.com", "Hello");
  id = g_strdup (hs_sent_message_get_id (sent));
  for (guint i = 0; i < 3; i++)
    {
      static const char *const froms[] = { "paris@example.com/x", JULIET, "stranger@example.net" };
      g_autofree char *marker = g_strdup_printf (MARKS ("%s", "user@example.org", "%s"), froms[i], id);
      g_autofree char *expected = g_strdup_printf ("seen:juliet@example.com bare:juliet@example.com %s|", id);

      displayed_hear (&f, marker);
      displayed_expect (&f, i == 1 ? expected : "");
    }
  /* One of another device of ours, and one for a message that this device knows nothing of. */
  displayed_hear (&f, CARBON (OWN, "sent", MARKS ("user@example.org/other", "juliet@example.com", "x")));
  displayed_expect (&f, "");
  displayed_hear (&f, MARKS (JULIET, "user@example.org", "elsewhere"));
  displayed_expect (&f, "seen:juliet@example.com bare:juliet@example.com elsewhere|");
  displayed_stop (&f);
}

/* While one is published, the user goes on. */
static void
test_in_flight (void)
{
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1"))));
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2"))));
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m3", "three", OWN_ID ("a3"))));
  displayed_expect_sent (&f, NULL, "a1");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a1")));
  displayed_expect_sent (&f, NULL, "a3");
  displayed_expect (&f, "");
  displayed_stop (&f);
}

/* One message does both, where the account's server says so (XEP-0490, 3.4). */
static void
test_assist (void)
{
  g_autofree char *sent = NULL;
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "<feature var='urn:xmpp:mds:server-assist:0'/>");
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  sent = test_client_dup_sent (f.m.test);
  g_assert_nonnull (strstr (sent, "<displayed xmlns=\"" MDS "\">"
                                  "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"user@example.org\" id=\"a1\"/></displayed>"
                                  "</message>"));
  displayed_expect_sent (&f, "m1", NULL);
  displayed_assert_position (&f, "juliet@example.com", "a1");
  /* Who may not know gets no message at all. */
  displayed_mark (&f, displayed_hear (&f, CHAT ("paris@example.com/x", "m2", "two", OWN_ID ("a2") MARKABLE)));
  displayed_expect_sent (&f, NULL, "a2");
  displayed_stop (&f);
}

/* The server publishes what it is given: nothing is given to it before the other devices were heard. */
static void
test_assist_later (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS "<feature var='urn:xmpp:mds:server-assist:0'/>");
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  displayed_expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, "</displayed></message>"), ==, 0);
  displayed_answer_items (&f, "error", NO_NODE);
  displayed_expect_sent (&f, NULL, "a1");
  displayed_stop (&f);
}

/* A node that others can read is not written to. */
static void
test_private (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES);
  displayed_answer_items (&f, "error", NO_NODE);
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  displayed_answer (&f, "<configure node=\"" MDS "\"/>", "error", ERROR ("item-not-found"));
  displayed_answer (&f, "<create node=\"" MDS "\"/>", "error", ERROR ("feature-not-implemented"));
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2") MARKABLE)));
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, "a1"), ==, 0);
  displayed_expect_sent (&f, "m2", NULL);
  displayed_assert_position (&f, "juliet@example.com", "a2");
  displayed_stop (&f);
}

static void
test_session (void)
{
  g_autoptr (HsDelivery) delivery = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  GError *error = NULL;
  DisplayedTest f = { 0 };

  messages_start (&f.m, messages_session, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_listen (&f);
  hs_described_describe (HS_DESCRIBED (f.displayed), info);
  g_assert_true (hs_disco_info_has_feature (info, "urn:xmpp:chat-markers:0"));
  delivery = g_object_ref (displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  g_assert_false (hs_displayed_mark (f.displayed, delivery, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  /* Registered late. */
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  g_assert_true (hs_displayed_get_client (f.displayed) == f.m.test->client);
  displayed_answer_items (&f, "error", NO_NODE);
  displayed_mark (&f, delivery);
  displayed_expect_sent (&f, "m1", "a1");
  hs_client_unregister (f.m.test->client, HS_MODULE (f.displayed));
  g_assert_null (hs_displayed_get_client (f.displayed));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a9")));
  displayed_expect (&f, "");
  g_assert_false (hs_displayed_mark (f.displayed, delivery, NULL));
  messages_stop_client (&f.m);
  g_assert_false (hs_displayed_mark (f.displayed, delivery, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_clear_object (&delivery);
  messages_clear (&f.m);
  g_assert_finalize_object (f.displayed);
  g_string_free (f.log, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/displayed/mark", test_mark);
  g_test_add_func ("/displayed/room", test_room);
  g_test_add_func ("/displayed/forged", test_forged);
  g_test_add_func ("/displayed/moved", test_moved);
  g_test_add_func ("/displayed/seen-by", test_seen_by);
  g_test_add_func ("/displayed/in-flight", test_in_flight);
  g_test_add_func ("/displayed/assist", test_assist);
  g_test_add_func ("/displayed/assist-later", test_assist_later);
  g_test_add_func ("/displayed/private", test_private);
  g_test_add_func ("/displayed/session", test_session);
  return g_test_run ();
}
