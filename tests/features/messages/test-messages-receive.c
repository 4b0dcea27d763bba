/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "messages-test.h"

/* Received messages: which are given to the program, and which are not. */

#define JULIET "juliet@example.com/balcony"

static HsChatMessage *
last (MessagesTest *f)
{
  return HS_CHAT_MESSAGE (messages_last (f));
}

static void
test_live (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, CHAT (JULIET, "m1", "hello", OWN_ID ("a1")), "live<juliet@example.com'hello'#a1 ");
  g_assert_cmpstr (hs_chat_message_get_author (last (&f)), ==, "bare:juliet@example.com");
  g_assert_cmpstr (hs_jid_to_string (hs_delivery_get_sender (messages_last (&f))), ==, JULIET);
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_archive (last (&f))), ==, "user@example.org");
  g_assert_cmpint (hs_chat_message_get_kind (last (&f)), ==, HS_CHAT_KIND_PERSON);
  g_assert_false (hs_chat_message_get_is_outgoing (last (&f)));
  g_assert_cmpint (ABS (g_date_time_to_unix (hs_chat_message_get_time (last (&f))) - g_get_real_time () / G_USEC_PER_SEC),
                   <, 60);
  /* The id of a message is its sender's, and comes again. */
  messages_say (&f, CHAT (JULIET, "m1", "hello", OWN_ID ("a2")) CHAT (JULIET, "m1", "hello", ""),
                "live<juliet@example.com'hello'#a2 live<juliet@example.com'hello' ");
  /* What a resumption sends again. */
  messages_say (&f, CHAT (JULIET, "m1", "hello", OWN_ID ("a1") "<delay xmlns='urn:xmpp:delay' from='user@example.org' "
                                                               "stamp='2026-01-02T03:04:05Z'/>"),
                "");
  /* No body, no `from`, and one of another resource of the account. */
  messages_say (&f, "<message from='" JULIET "' type='headline'><subject>News</subject></message>"
                    "<message><body>server</body></message>"
                    "<message from='user@example.org/phone'><body>note</body></message>",
                "live<juliet@example.com'' live<user@example.org'server' live>user@example.org'note' ");
  messages_stop (&f);
}

/* An archive may give one id to messages of two people. A message of either that a resumption sends again is known. */
static void
test_shared_id (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1")) CHAT ("paris@example.com/x", "m1", "one", OWN_ID ("a1")),
                "live<juliet@example.com'one'#a1 live<paris@example.com'one'#a1 ");
  messages_say (&f, CHAT ("paris@example.com/x", "m1", "one", OWN_ID ("a1")) CHAT (JULIET, "m1", "one", OWN_ID ("a1"))
                        CHAT ("juliet@example.com/other", "m1", "one", OWN_ID ("a1")), "");
  /* What the account has sent to one of them. */
  messages_say (&f, CARBON (" from='user@example.org'", "sent",
                            INNER ("user@example.org/phone", JULIET, "mine", OWN_ID ("a1"))), "carbon>juliet@example.com'mine'#a1 ");
  messages_say (&f, CARBON (" from='user@example.org'", "sent",
                            INNER ("user@example.org/phone", JULIET, "mine", OWN_ID ("a1"))), "");
  messages_stop (&f);
}

/* Not part of a chat: left to the client's signal. */
static void
test_left (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, "<message from='" JULIET "' type='error' id='x'><body>back</body></message>"
                    "<message from='pubsub.example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'/></message>"
                    "<message from='room@muc.example.org/nick' type='groupchat'><body>room</body></message>",
                "message'back' message'' message'room' ");
  messages_stop (&f);
}

static void
test_trust (void)
{
  MessagesTest f = { NULL };

  /* The account's server does not say that it removes others' ids. */
  messages_start (&f, messages_session, "<feature var='urn:xmpp:ping'/>");
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")) CHAT (JULIET, "m2", "2", OWN_ID ("a1")),
                "live<juliet@example.com'1' live<juliet@example.com'2' ");
  messages_stop (&f);

  messages_start (&f, messages_session, "<feature var='urn:xmpp:mam:2'/>");
  /* Another's, one of another resource, two of the same, an empty one, an old form. */
  messages_say (&f, CHAT (JULIET, "m1", "1", STANZA_ID ("example.com", "x"))
                    CHAT (JULIET, "m2", "2", STANZA_ID ("user@example.org/res", "x"))
                    CHAT (JULIET, "m3", "3", OWN_ID ("x") OWN_ID ("y"))
                    CHAT (JULIET, "m4", "4", OWN_ID (""))
                    CHAT (JULIET, "m5", "5", "<archived xmlns='urn:xmpp:mam:tmp' by='user@example.org' id='x'/>")
                    CHAT (JULIET, "m6", "6", STANZA_ID ("example.com", "x") OWN_ID ("z")),
                "live<juliet@example.com'1' live<juliet@example.com'2' live<juliet@example.com'3' "
                "live<juliet@example.com'4' live<juliet@example.com'5' live<juliet@example.com'6'#z ");
  messages_stop (&f);
}

/* The first messages wait until the account's features are known. */
static void
test_wait (void)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };
  MessagesTest f = { NULL };

  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")) CHAT (JULIET, "m2", "2", OWN_ID ("a2")), "");
  messages_answer_account (&f, MESSAGES_FEATURES);
  messages_expect_log (&f, "live<juliet@example.com'1'#a1 live<juliet@example.com'2'#a2 ");
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")), "");
  messages_stop (&f);

  /* There are many of them, as when a session is resumed that was interrupted for long: 10,000 wait, the last one being
   * that of test_client_say(). */
  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 9999; i++)
    {
      g_autofree char *text = g_strdup_printf (CHAT (JULIET, "m", "%u", OWN_ID ("a%u")), i, i);

      scripted_server_send (f.test->server, text);
    }
  test_client_say (f.test, "");
  g_assert_cmpuint (f.deliveries->len, ==, 0);
  messages_answer_account (&f, MESSAGES_FEATURES);
  g_assert_cmpuint (f.deliveries->len, ==, 9999);
  g_assert_cmpstr (hs_chat_message_get_archive_id (g_ptr_array_index (f.deliveries, 9998)), ==, "a9998");
  messages_stop (&f);

  /* More do not wait, and all are given in order. */
  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 10100; i++)
    {
      g_autofree char *text = g_strdup_printf (CHAT (JULIET, "m", "%u", ""), i);

      scripted_server_send (f.test->server, text);
    }
  test_client_say (f.test, "");
  g_assert_cmpuint (f.deliveries->len, ==, 10100);
  for (guint i = 0; i < 10100; i++)
    {
      HsMessage *message = hs_chat_message_get_message (g_ptr_array_index (f.deliveries, i));

      g_assert_cmpint (atoi (hs_message_get_body (message)), ==, i);
    }
  messages_stop (&f);

  /* The server has no answer, and says so. */
  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")), "");
  /* The end lets go what waits. */
  messages_stop_client (&f);
  messages_expect_log (&f, "live<juliet@example.com'1' ");
  messages_clear (&f);
}

/* A server that does not answer is waited for 10 seconds. */
static void
test_silent (void)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };
  MessagesTest f = { NULL };

  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_client_leap (f.test);
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")), "");
  test_spin (9999);
  messages_expect_log (&f, "");
  test_spin (1);
  messages_expect_log (&f, "live<juliet@example.com'1' ");
  /* And from then on, nothing waits. The answer is of use all the same. */
  messages_say (&f, CHAT (JULIET, "m2", "2", OWN_ID ("a2")), "live<juliet@example.com'2' ");
  messages_answer_account (&f, MESSAGES_FEATURES);
  messages_say (&f, CHAT (JULIET, "m3", "3", OWN_ID ("a3")), "live<juliet@example.com'3'#a3 ");
  messages_stop (&f);
}

#define DELAY(from, stamp) "<delay xmlns='urn:xmpp:delay' from='" from "' stamp='" stamp "'/>"

static void
test_offline (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, CHAT (JULIET, "m1", "1", DELAY ("example.org", "2026-01-02T03:04:05.5Z")),
                "offline<juliet@example.com'1' ");
  g_assert_cmpint (g_date_time_to_unix (hs_chat_message_get_time (last (&f))), ==, 1767323045);
  g_assert_cmpint (g_date_time_get_microsecond (hs_chat_message_get_time (last (&f))), ==, 500000);
  /* What others say about the time comes second, and is never in the future. */
  messages_say (&f, CHAT (JULIET, "m2", "2", DELAY ("example.com", "2026-01-01T00:00:00Z")
                                                 DELAY ("user@example.org", "2026-01-02T03:04:05Z")),
                "offline<juliet@example.com'2' ");
  g_assert_cmpint (g_date_time_to_unix (hs_chat_message_get_time (last (&f))), ==, 1767323045);
  messages_say (&f, CHAT (JULIET, "m3", "3", DELAY ("example.com", "2026-01-02T03:04:05Z")),
                "live<juliet@example.com'3' ");
  g_assert_cmpint (g_date_time_to_unix (hs_chat_message_get_time (last (&f))), ==, 1767323045);
  messages_say (&f, CHAT (JULIET, "m4", "4", DELAY ("example.com", "2199-01-02T03:04:05Z")
                                                 "<delay xmlns='urn:xmpp:delay'/>"),
                "live<juliet@example.com'4' ");
  g_assert_cmpint (g_date_time_to_unix (hs_chat_message_get_time (last (&f))), <=, g_get_real_time () / G_USEC_PER_SEC);
  messages_stop (&f);
}

static void
test_carbons (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f,
                CARBON (" from='user@example.org'", "received",
                        INNER (JULIET, "user@example.org/phone", "in", OWN_ID ("c1")))
                CARBON (" from='user@example.org'", "sent",
                        INNER ("user@example.org/phone", JULIET, "out", OWN_ID ("c2")))
                CARBON ("", "received", INNER (JULIET, "user@example.org", "in2", "")),
                "carbon<juliet@example.com'in'#c1 carbon>juliet@example.com'out'#c2 carbon<juliet@example.com'in2' ");
  g_assert_cmpstr (hs_chat_message_get_author (g_ptr_array_index (f.deliveries, 1)), ==, "bare:user@example.org");
  /* The same message twice, by carbon and to this client. */
  messages_say (&f, CHAT (JULIET, "i1", "in", OWN_ID ("c1")), "");
  /* Private messages of rooms: those that another client gets are not for this one; those that it sends are. */
  messages_say (&f,
                CARBON (" from='user@example.org'", "received",
                        INNER ("room@muc.example.org/nick", "user@example.org/phone", "pm",
                               "<x xmlns='http://jabber.org/protocol/muc#user'/>"))
                CARBON (" from='user@example.org'", "sent",
                        INNER ("user@example.org/phone", "room@muc.example.org/nick", "pm2",
                               "<x xmlns='http://jabber.org/protocol/muc#user'/>")),
                "carbon>room@muc.example.org/nick'pm2' ");
  g_assert_cmpint (hs_chat_message_get_kind (last (&f)), ==, HS_CHAT_KIND_OCCUPANT);
  messages_stop (&f);
}

/* ---- What one message does to another ---- */

#define ONE(more) "<message from='" JULIET "' type='chat' id='m1'>" more "</message>"

static const struct
{
  const char *text;
  const char *expected;
} changes[] = {
  { ONE ("<body>b</body><replace xmlns='urn:xmpp:message-correct:0' id='t'/>"),
    "live<juliet@example.com'b'@correction:t " },
  { ONE ("<retract xmlns='urn:xmpp:message-retract:1' id='t'/><body>fallback</body>"),
    "live<juliet@example.com'fallback'@retraction:t " },
  { ONE ("<retract xmlns='urn:xmpp:message-retract:1' id='t'><moderated xmlns='urn:xmpp:message-moderate:1'/></retract>"),
    "live<juliet@example.com''@moderation:t " },
  { ONE ("<reactions xmlns='urn:xmpp:reactions:0' id='t'><reaction>x</reaction></reactions>"),
    "live<juliet@example.com''@reaction:t " },
  { ONE ("<received xmlns='urn:xmpp:receipts' id='t'/>"), "live<juliet@example.com''@receipt:t " },
  { ONE ("<displayed xmlns='urn:xmpp:chat-markers:0' id='t'/>"), "live<juliet@example.com''@displayed:t " },
  { ONE ("<body>b</body><reply xmlns='urn:xmpp:reply:0' id='t' to='a@b'/>"), "live<juliet@example.com'b'@reply:t " },
  { ONE ("<body>b</body><received xmlns='urn:xmpp:receipts' id='t'/>"), "live<juliet@example.com'b' " },
  { ONE ("<body>b</body><replace xmlns='urn:xmpp:message-correct:0' id=''/>"), "live<juliet@example.com'b' " },
  { ONE ("<body>b</body><replace xmlns='urn:xmpp:message-correct:0' id='t'/>"
         "<reply xmlns='urn:xmpp:reply:0' id='u' to='a@b'/>"),
    "live<juliet@example.com'b'@correction:t " },
  { ONE ("<apply-to xmlns='urn:xmpp:fasten:0' id='t'><moderated xmlns='urn:xmpp:message-moderate:0'>"
         "<retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>"),
    "live<juliet@example.com''@moderation:t " },
  { ONE ("<apply-to xmlns='urn:xmpp:fasten:0' id='t'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>"),
    "live<juliet@example.com''@retraction:t " },
};

static void
test_changes (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    messages_say (&f, changes[i].text, changes[i].expected);
  messages_stop (&f);
}

static void
test_may_change (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, changes[0].text, changes[0].expected);
  g_assert_true (hs_delivery_may_change (messages_last (&f), "bare:juliet@example.com"));
  g_assert_false (hs_delivery_may_change (messages_last (&f), "bare:juliet@example.co"));
  g_assert_false (hs_delivery_may_change (messages_last (&f), NULL));
  messages_say (&f, changes[1].text, changes[1].expected);
  g_assert_true (hs_delivery_may_change (messages_last (&f), "bare:juliet@example.com"));
  g_assert_false (hs_delivery_may_change (messages_last (&f), "bare:user@example.org"));
  /* Not a room: nobody moderates here. */
  messages_say (&f, changes[2].text, changes[2].expected);
  g_assert_false (hs_delivery_may_change (messages_last (&f), "bare:juliet@example.com"));
  messages_say (&f, changes[3].text, changes[3].expected);
  g_assert_true (hs_delivery_may_change (messages_last (&f), "bare:user@example.org"));
  g_assert_false (hs_delivery_may_change (messages_last (&f), NULL));
  messages_say (&f, CHAT (JULIET, "m1", "plain", ""), "live<juliet@example.com'plain' ");
  g_assert_false (hs_delivery_may_change (messages_last (&f), "bare:juliet@example.com"));
  messages_stop (&f);
}

static void
assert_ids (HsChatMessage *of, const char *named, const char *origin, const char *correctable)
{
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_RECEIPT), ==, named);
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_DISPLAYED), ==, named);
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_RETRACTION), ==, named);
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_CORRECTION), ==, correctable);
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_REPLY), ==, origin);
  g_assert_cmpstr (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_REACTION), ==, origin);
  g_assert_null (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_MODERATION));
  g_assert_null (hs_chat_message_get_id_for (of, HS_CHANGE_KIND_NONE));
}

static void
test_ids (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, CHAT (JULIET, "m1", "1", OWN_ID ("a1")), "live<juliet@example.com'1'#a1 ");
  assert_ids (last (&f), "m1", "m1", "m1");
  messages_say (&f, CHAT (JULIET, "m2", "2", "<origin-id xmlns='urn:xmpp:sid:0' id='o2'/>"), "live<juliet@example.com'2' ");
  assert_ids (last (&f), "m2", "o2", "m2");
  messages_say (&f, "<message from='" JULIET "'><body>3</body></message>", "live<juliet@example.com'3' ");
  assert_ids (last (&f), NULL, NULL, NULL);
  messages_say (&f, "<message from='" JULIET "' id=''><body>4</body></message>", "live<juliet@example.com'4' ");
  assert_ids (last (&f), NULL, NULL, NULL);
  /* A correction names what was written first. */
  messages_say (&f, changes[0].text, changes[0].expected);
  assert_ids (last (&f), "m1", "m1", "t");
  messages_stop (&f);
}

static void
weak_cb (HsMessages *messages, HsDelivery *delivery, GWeakRef *weak)
{
  if (!test_is_mark (HS_ELEMENT (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)))))
    g_weak_ref_set (weak, delivery);
}

static void G_GNUC_NORETURN
notified_cb (HsDelivery *delivery, GParamSpec *pspec, gpointer data)
{
  g_assert_not_reached ();
}

static void
connect_cb (HsMessages *messages, HsDelivery *delivery, gpointer data)
{
  g_signal_connect (delivery, "notify", G_CALLBACK (notified_cb), NULL);
}

/* An object that nobody has kept may be used again. Nobody can tell: not by a weak reference, a handler or what it
 * says. */
static void
test_used_again (void)
{
  static const ScriptStep script[] = { RUN (script_session), END };
  MessagesTest f = { .test = test_client_new_for (script, HS_TLS_MODE_NONE) };
  g_autoptr (HsMessages) messages = hs_messages_new ();
  GWeakRef weak;

  g_weak_ref_init (&weak, NULL);
  hs_client_register (f.test->client, HS_MODULE (messages));
  test_client_start_until_ready (f.test);
  messages_answer_account (&f, MESSAGES_FEATURES);
  g_signal_connect (messages, "received", G_CALLBACK (connect_cb), NULL);
  test_client_say (f.test, CHAT (JULIET, "m1", "1", OWN_ID ("a1")) CHAT (JULIET, "m1", "2", ""));
  g_signal_connect (messages, "received", G_CALLBACK (weak_cb), &weak);
  test_client_say (f.test, CHAT (JULIET, "m1", "3", ""));
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
  messages_stop_client (&f);
  hs_client_unregister (f.test->client, HS_MODULE (messages));
  test_client_free (f.test);
}

static void
registered_cb (HsMessages *messages, HsDelivery *delivery, guint *n)
{
  if (!test_is_mark (HS_ELEMENT (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)))))
    ++*n;
}

/* Registered when the session stands already, and taken away again. */
static void
test_late (void)
{
  static const ScriptStep script[] = { RUN (script_session), END };
  MessagesTest f = { .test = test_client_new_for (script, HS_TLS_MODE_NONE) };
  g_autoptr (HsMessages) messages = hs_messages_new ();
  guint n = 0;

  test_client_start_until_ready (f.test);
  g_signal_connect (messages, "received", G_CALLBACK (registered_cb), &n);
  g_assert_false (hs_client_get_carbons (f.test->client));
  hs_client_register (f.test->client, HS_MODULE (messages));
  g_assert_true (hs_client_get_carbons (f.test->client));
  test_client_await_sent (f.test, "<enable xmlns=\"urn:xmpp:carbons:2\"/>");
  messages_answer_account (&f, MESSAGES_FEATURES);
  test_client_say (f.test, CHAT (JULIET, "m1", "1", OWN_ID ("a1")));
  g_assert_cmpuint (n, ==, 1);
  hs_messages_set_carbons (messages, FALSE);
  test_client_await_sent (f.test, "<disable xmlns=\"urn:xmpp:carbons:2\"/>");
  hs_client_unregister (f.test->client, HS_MODULE (messages));
  g_assert_null (hs_messages_get_client (messages));
  test_client_say (f.test, CHAT (JULIET, "m1", "2", ""));
  g_assert_cmpuint (n, ==, 1);
  messages_stop_client (&f);
  test_client_free (f.test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/receive/live", test_live);
  g_test_add_func ("/messages/receive/shared-id", test_shared_id);
  g_test_add_func ("/messages/receive/left", test_left);
  g_test_add_func ("/messages/receive/trust", test_trust);
  g_test_add_func ("/messages/receive/wait", test_wait);
  g_test_add_func ("/messages/receive/silent", test_silent);
  g_test_add_func ("/messages/receive/offline", test_offline);
  g_test_add_func ("/messages/receive/carbons", test_carbons);
  g_test_add_func ("/messages/receive/changes", test_changes);
  g_test_add_func ("/messages/receive/may-change", test_may_change);
  g_test_add_func ("/messages/receive/ids", test_ids);
  g_test_add_func ("/messages/receive/used-again", test_used_again);
  g_test_add_func ("/messages/receive/late", test_late);
  return g_test_run ();
}
