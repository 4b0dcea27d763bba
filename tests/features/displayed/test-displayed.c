/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hs-messages-shared.h"
#include "messages-test.h"
#include "resume-test.h"

#define MDS "urn:xmpp:mds:displayed:0"
#define MARKABLE "<markable xmlns='urn:xmpp:chat-markers:0'/>"
#define MARKER(id) "<displayed xmlns='urn:xmpp:chat-markers:0' id='" id "'/>"
#define MARKS(from, to, id) "<message xmlns='jabber:client' from='" from "' to='" to "' type='chat'>" MARKER (id) "</message>"
#define JULIET "juliet@example.com/balcony"
#define PUBLISH_OPTIONS "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>"
#define ITEM(peer, by, id)                                                                         \
  "<item id='" peer "'><displayed xmlns='" MDS "'>" STANZA_ID (by, id) "</displayed></item>"
#define EVENT(from, items)                                                                         \
  "<message" from " to='user@example.org/res' type='headline'>"                                    \
  "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='" MDS "'>" items "</items></event></message>"
#define OWN " from='user@example.org'"
#define ITEMS(items)                                                                               \
  "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" MDS "'>" items "</items></pubsub>"
#define ERROR(condition)                                                                           \
  "<error type='cancel'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define NO_NODE ERROR ("item-not-found")

typedef struct
{
  MessagesTest m;
  HsDisplayed *displayed;
  GString *log; /* "moved:PEER ARCHIVE ID|" "seen:PEER AUTHOR ID|" */
} Test;

static void
moved_cb (HsDisplayed *displayed, HsJid *peer, HsJid *archive, const char *id, Test *f)
{
  g_string_append_printf (f->log, "moved:%s %s %s|", hs_jid_to_string (peer), hs_jid_to_string (archive), id);
}

static void
seen_by_cb (HsDisplayed *displayed, HsJid *peer, const char *author, const char *id, Test *f)
{
  g_string_append_printf (f->log, "seen:%s %s %s|", hs_jid_to_string (peer), author, id);
}

/* Waits for a request with this text, and answers it. */
static void
answer (Test *f, const char *text, const char *type, const char *payload)
{
  gint64 deadline = test_deadline ();
  g_autofree char *reply = NULL;
  g_autofree char *id = NULL;

  while (id == NULL)
    {
      g_autofree char *sent = scripted_server_dup_received (f->m.test->server);
      char *at = strstr (sent, text);

      test_iterate (deadline, text);
      if (at == NULL || strstr (at, "</iq>") == NULL)
        continue;
      *at = '\0';
      at = g_strrstr (sent, "<iq ");
      g_assert_nonnull (at);
      id = messages_dup_attribute (at, "iq", "id");
    }
  scripted_server_forget_received (f->m.test->server);
  reply = g_strdup_printf ("<iq type='%s' id='%s'>%s</iq>", type, id, payload);
  test_client_say (f->m.test, reply);
}

#define answer_items(f, type, payload) answer (f, "<items node=\"" MDS "\"/>", type, payload)
#define answer_publish(f) answer (f, "<publish node=\"" MDS "\">", "result", "")

static void
listen (Test *f)
{
  f->displayed = hs_displayed_new ();
  f->log = g_string_new (NULL);
  g_signal_connect (f->displayed, "moved", G_CALLBACK (moved_cb), f);
  g_signal_connect (f->displayed, "seen-by", G_CALLBACK (seen_by_cb), f);
}

/* Signed in; the account's items have not arrived yet. */
static void
start (Test *f, const char *features)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };

  messages_set_up (&f->m, scripts);
  listen (f);
  hs_client_register (f->m.test->client, HS_MODULE (f->displayed));
  test_client_start_until_ready (f->m.test);
  messages_answer_account (&f->m, features);
  test_until (hs_roster_get_is_loaded (f->m.roster));
  g_string_truncate (f->m.log, 0);
}

static void
start_caught_up (Test *f, const char *more_features)
{
  g_autofree char *features = g_strconcat (MESSAGES_FEATURES, PUBLISH_OPTIONS, more_features, NULL);

  start (f, features);
  answer_items (f, "error", NO_NODE);
}

static void
stop (Test *f)
{
  messages_stop_client (&f->m);
  messages_clear (&f->m);
  g_assert_finalize_object (f->displayed);
  g_string_free (f->log, TRUE);
}

static void
expect (Test *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

/* A message comes, which is then the last one. */
static HsDelivery *
hear (Test *f, const char *message)
{
  test_client_say (f->m.test, message);
  g_string_truncate (f->m.log, 0);
  return messages_last (&f->m);
}

static void
mark (Test *f, HsDelivery *delivery)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_displayed_mark (f->displayed, delivery, &error));
  g_assert_no_error (error);
}

static void
assert_position (Test *f, const char *peer, const char *expected)
{
  g_autofree char *position = hs_displayed_dup_position (f->displayed, peer);

  g_assert_cmpstr (position, ==, expected);
}

/* What was sent since it was looked at last: a marker for that id, and a publication of that one; NULL for none. */
static void
expect_sent (Test *f, const char *marker, const char *published)
{
  g_autofree char *sent = NULL;
  g_autofree char *marked = NULL;
  g_autofree char *id = NULL;
  const char *at;

  /* What the account can do is asked for before something is published. */
  if (published != NULL)
    test_client_await_sent (f->m.test, "</publish-options>");
  else
    g_free (test_client_dup_sent (f->m.test));
  sent = test_client_dup_sent (f->m.test);
  marked = messages_dup_attribute (sent, "displayed xmlns=\"urn:xmpp:chat-markers:0\"", "id");
  at = strstr (sent, "<publish node=\"" MDS "\">");
  id = at != NULL ? messages_dup_attribute (at, "stanza-id", "id") : NULL;

  g_assert_cmpstr (marked, ==, marker);
  g_assert_cmpstr (id, ==, published);
  if (published == NULL)
    {
      scripted_server_forget_received (f->m.test->server);
      return;
    }
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#access_model\"><value>whitelist</value></field>"));
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#max_items\"><value>max</value></field>"));
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#send_last_published_item\"><value>never</value></field>"));
  answer_publish (f);
}

/* Nothing is published. What the account can do is known: the answer comes when there is nothing else to do. */
static void
expect_silence (Test *f)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (test_client_dup_sent (f->m.test));
  g_assert_cmpuint (scripted_server_count_received (f->m.test->server, "<publish "), ==, 0);
}

/* Each gets what they may have. */
static void
test_mark (void)
{
  g_autoptr (HsDelivery) first = NULL;
  g_autofree char *marker = NULL;
  g_autofree char *sent = NULL;
  Test f = { 0 };

  start_caught_up (&f, "");
  first = g_object_ref (hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  assert_position (&f, "juliet@example.com", NULL);
  mark (&f, first);
  /* The account's server does not assist: the id does not go with the marker. */
  marker = test_client_dup_sent (f.m.test);
  g_assert_null (strstr (marker, "</displayed></message>"));
  test_client_await_sent (f.m.test, "</publish-options>");
  sent = test_client_dup_sent (f.m.test);
  g_assert_nonnull (strstr (sent, "to=\"juliet@example.com\""));
  g_assert_nonnull (strstr (sent, "<item id=\"juliet@example.com\"><displayed xmlns=\"" MDS "\">"
                                  "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"user@example.org\" id=\"a1\"/>"));
  expect_sent (&f, "m1", "a1");
  assert_position (&f, "Juliet@example.com", "a1");
  assert_position (&f, "@", NULL);
  mark (&f, first);
  expect_sent (&f, NULL, NULL);

  mark (&f, hear (&f, CHAT (JULIET, "m2", "did not ask", OWN_ID ("a2"))));
  expect_sent (&f, NULL, "a2");
  mark (&f, hear (&f, CHAT (JULIET, "m3", "is in no archive", MARKABLE)));
  expect_sent (&f, "m3", NULL);
  mark (&f, messages_last (&f.m));
  expect_sent (&f, NULL, NULL);
  assert_position (&f, "juliet@example.com", "a2");
  /* A marker is not answered (XEP-0333, 4). */
  mark (&f, hear (&f, CHAT (JULIET, "m4", "a marker", OWN_ID ("a4") MARKABLE MARKER ("x"))));
  expect_sent (&f, NULL, "a4");
  mark (&f, first);
  expect_sent (&f, NULL, NULL);
  /* Who may not see that the user is there (8). */
  mark (&f, hear (&f, CHAT ("paris@example.com/x", "m5", "asks", OWN_ID ("a5") MARKABLE)));
  expect_sent (&f, NULL, "a5");
  mark (&f, hear (&f, CHAT ("stranger@example.net/x", "m6", "asks", OWN_ID ("a6") MARKABLE)));
  expect_sent (&f, NULL, "a6");
  /* What the account wrote. */
  mark (&f, hear (&f, CARBON (OWN, "sent", INNER ("user@example.org/other", "juliet@example.com", "mine",
                                                   OWN_ID ("a7") MARKABLE))));
  expect_sent (&f, NULL, NULL);
  assert_position (&f, "juliet@example.com", "a4");
  g_clear_object (&first);
  stop (&f);
}

static void
test_room (void)
{
  g_autoptr (HsJid) occupant = hs_jid_new ("room@muc.example.org/me", NULL);
  Test f = { 0 };

  start_caught_up (&f, "");
  hs_messages_room_joined (f.m.messages, occupant, NULL, HS_MESSAGES_ROOM_HAS_IDS);
#define ROOM(nick, id, more)                                                                       \
  "<message from='room@muc.example.org/" nick "' to='user@example.org/res' type='groupchat' id='" id "'>" \
  "<body>hello</body>" more "</message>"
  mark (&f, hear (&f, ROOM ("a", "m1", STANZA_ID ("room@muc.example.org", "r1"))));
  test_client_await_sent (f.m.test, "to=\"room@muc.example.org\"");
  test_client_await_sent (f.m.test, "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"room@muc.example.org\" id=\"r1\"/>");
  expect_sent (&f, "r1", "r1");
  /* Without an id of the room's archive a message cannot be named (5). */
  mark (&f, hear (&f, ROOM ("a", "m2", MARKABLE)));
  expect_sent (&f, NULL, NULL);
  /* A private message in it: nobody knows who that is. */
  mark (&f, hear (&f, "<message from='room@muc.example.org/a' to='user@example.org/res' type='chat' id='m3'>"
                      "<body>psst</body>" MARKABLE OWN_ID ("p1")
                      "<x xmlns='http://jabber.org/protocol/muc#user'/></message>"));
  expect_sent (&f, NULL, "p1");
  assert_position (&f, "room@muc.example.org/a", "p1");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("room@muc.example.org", "room@muc.example.org", "r5")));
  expect (&f, "moved:room@muc.example.org room@muc.example.org r5|");
  stop (&f);
}

/* The account alone tells how far it has displayed its chats. */
static void
test_forged (void)
{
  Test f = { 0 };

  start_caught_up (&f, "");
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
  expect (&f, "");
  assert_position (&f, "juliet@example.com", NULL);
  stop (&f);
}

/* Another device tells; positions only move forward. */
static void
test_moved (void)
{
  g_autoptr (HsDelivery) second = NULL;
  g_autoptr (HsDelivery) third = NULL;
  Test f = { 0 };

  start_caught_up (&f, "");
  hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1")));
  second = g_object_ref (hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2"))));
  third = g_object_ref (hear (&f, CHAT (JULIET, "m3", "three", OWN_ID ("a3"))));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a2")));
  expect (&f, "moved:juliet@example.com user@example.org a2|");
  mark (&f, second);
  expect_sent (&f, NULL, NULL);
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a1")));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a2")));
  expect (&f, "");
  assert_position (&f, "juliet@example.com", "a2");
  /* One that is not known here is believed; what came before it was told is not later. */
  test_client_say (f.m.test, EVENT ("", ITEM ("juliet@example.com", "user@example.org", "a9")));
  expect (&f, "moved:juliet@example.com user@example.org a9|");
  mark (&f, third);
  expect_sent (&f, NULL, NULL);
  assert_position (&f, "juliet@example.com", "a9");
  /* It comes: now its place is known. */
  hear (&f, CHAT (JULIET, "m9", "nine", OWN_ID ("a9")));
  mark (&f, hear (&f, CHAT (JULIET, "m10", "ten", OWN_ID ("a10"))));
  expect_sent (&f, NULL, "a10");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a9")));
  expect (&f, "");
  assert_position (&f, "juliet@example.com", "a10");
  g_clear_object (&second);
  g_clear_object (&third);
  stop (&f);
}

/* Ids are no secrets: a marker is believed for what went to whom it is from. */
static void
test_seen_by (void)
{
  g_autoptr (HsSentMessage) sent = NULL;
  g_autofree char *id = NULL;
  Test f = { 0 };

  start_caught_up (&f, "");
  sent = messages_send (&f.m, "juliet@example.com", "Hello");
  id = g_strdup (hs_sent_message_get_id (sent));
  for (guint i = 0; i < 3; i++)
    {
      static const char *const froms[] = { "paris@example.com/x", JULIET, "stranger@example.net" };
      g_autofree char *marker = g_strdup_printf (MARKS ("%s", "user@example.org", "%s"), froms[i], id);
      g_autofree char *expected = g_strdup_printf ("seen:juliet@example.com bare:juliet@example.com %s|", id);

      hear (&f, marker);
      expect (&f, i == 1 ? expected : "");
    }
  /* One of another device of ours, and one for a message that this device knows nothing of. */
  hear (&f, CARBON (OWN, "sent", MARKS ("user@example.org/other", "juliet@example.com", "x")));
  expect (&f, "");
  hear (&f, MARKS (JULIET, "user@example.org", "elsewhere"));
  expect (&f, "seen:juliet@example.com bare:juliet@example.com elsewhere|");
  stop (&f);
}

/* Nothing is published before it is known what the other devices have told. */
static void
test_catch_up (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1"))));
  mark (&f, hear (&f, CHAT ("paris@example.com/x", "m2", "two", OWN_ID ("a2"))));
  expect_silence (&f);
  answer_items (&f, "result", ITEMS (ITEM ("paris@example.com", "user@example.org", "old")
                                     ITEM ("room@muc.example.org", "room@muc.example.org", "r1")));
  expect (&f, "moved:paris@example.com user@example.org old|moved:room@muc.example.org room@muc.example.org r1|");
  expect_sent (&f, NULL, "a1");
  /* What came in this session is later than what was told before it. */
  mark (&f, messages_last (&f.m));
  expect_sent (&f, NULL, "a2");
  stop (&f);
}

#define ASKS(from)                                                                                 \
  "<iq type='get'" from " to='user@example.org/res' id='caps'>"                                    \
  "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define ITEMS_REQUEST "<items node=\"" MDS "\"/>"

/* The account's server, which does not know the client's capabilities yet, asks for them. */
static void
ask_capabilities (Test *f, const char *request)
{
  scripted_server_forget_received (f->m.test->server);
  test_client_say (f->m.test, request);
  test_client_await_sent (f->m.test, "id=\"caps\"");
}

/* Before the server knows the client's capabilities, it sends no events, and the node never sends its last item. */
static void
test_missed (void)
{
  static const char *const askers[] = { ASKS (OWN), ASKS (" from='example.org'"), ASKS (""),
                                        ASKS (" from='user@example.org/res'") };
  static const char *const others[] = { ASKS (" from='" JULIET "'"), ASKS (" from='example.com'"),
                                        ASKS (" from='user@example.org/other'") };
  Test f = { 0 };

  start_caught_up (&f, "");
  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      g_autofree char *items = g_strdup_printf (ITEMS (ITEM ("juliet@example.com", "user@example.org", "a%u")), i);
      g_autofree char *moved = g_strdup_printf ("moved:juliet@example.com user@example.org a%u|", i);
      g_autofree char *sent = NULL;

      ask_capabilities (&f, askers[i]);
      test_client_await_sent (f.m.test, ITEMS_REQUEST);
      sent = scripted_server_dup_received (f.m.test->server);
      g_assert_true (strstr (sent, "id=\"caps\"") < strstr (sent, ITEMS_REQUEST));
      answer_items (&f, "result", items);
      expect (&f, moved);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      ask_capabilities (&f, others[i]);
      expect_silence (&f);
      g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
    }
  stop (&f);
}

/* The items that are on their way may be older than the server's knowledge. */
static void
test_missed_meanwhile (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1")));
  test_client_say (f.m.test, ASKS (OWN));
  answer_items (&f, "error", NO_NODE);
  answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a7")));
  expect (&f, "moved:juliet@example.com user@example.org a7|");
  /* It was published after what had arrived here. */
  mark (&f, messages_last (&f.m));
  expect_sent (&f, NULL, NULL);
  stop (&f);
}

static void
set_presence (Test *f, const char *type)
{
  g_autoptr (HsPresence) presence = hs_presence_new (type);

  hs_client_set_own_presence (f->m.test->client, presence);
}

/* A session that begins with a presence requests the items after it, and once. */
static void
test_once (void)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  Test f = { 0 };

  messages_set_up (&f.m, scripts);
  listen (&f);
  hs_client_set_own_presence (f.m.test->client, presence);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  answer_items (&f, "error", NO_NODE);
  expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  stop (&f);
}

/* A server sends no events to who is not available. */
static void
test_missed_away (void)
{
  Test f = { 0 };

  /* Without a presence so far. */
  start_caught_up (&f, "");
  set_presence (&f, NULL);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  answer_items (&f, "error", NO_NODE);
  set_presence (&f, NULL);
  expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  set_presence (&f, "unavailable");
  expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  scripted_server_forget_received (f.m.test->server);
  set_presence (&f, NULL);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a1")));
  expect (&f, "moved:juliet@example.com user@example.org a1|");
  stop (&f);
}

/* A presence that is set while the session is interrupted leaves when it is resumed. */
static void
test_missed_resumed (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"),
                                      EXPECT (ITEMS_REQUEST),
                                      SEND ("<iq type='error' id='@ID@'>" NO_NODE "</iq>"),
                                      GATE,
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='4'/>"),
                                       SERVE,
                                       END };
  static const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest resume = { NULL };
  g_autofree char *sent = NULL;
  Test f = { 0 };

  messages_set_up (&f.m, scripts);
  listen (&f);
  resume_watch (&resume, f.m.test);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  scripted_server_open_gate (f.m.test->server);
  test_until (f.m.test->n_disconnected == 1);
  set_presence (&f, NULL);
  scripted_server_forget_received (f.m.test->server);
  scripted_server_open_gate (f.m.test->server);
  test_until (resume.n_resumed == 1);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  sent = scripted_server_dup_received (f.m.test->server);
  g_assert_nonnull (strstr (sent, "<presence"));
  g_assert_true (strstr (sent, "<presence") < strstr (sent, ITEMS_REQUEST));
  stop (&f);
  g_string_free (resume.returned, TRUE);
}

/* Where the account cannot say what they have told, this device may be behind. */
static void
test_not_told (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  answer_items (&f, "error", "<error type='wait'><internal-server-error"
                             " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  expect_silence (&f);
  expect_sent (&f, "m1", NULL);
  assert_position (&f, "juliet@example.com", "a1");
  stop (&f);
}

/* While one is published, the user goes on. */
static void
test_in_flight (void)
{
  Test f = { 0 };

  start_caught_up (&f, "");
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1"))));
  mark (&f, hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2"))));
  mark (&f, hear (&f, CHAT (JULIET, "m3", "three", OWN_ID ("a3"))));
  expect_sent (&f, NULL, "a1");
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a1")));
  expect_sent (&f, NULL, "a3");
  expect (&f, "");
  stop (&f);
}

/* One message does both, where the account's server says so (XEP-0490, 3.4). */
static void
test_assist (void)
{
  g_autofree char *sent = NULL;
  Test f = { 0 };

  start_caught_up (&f, "<feature var='urn:xmpp:mds:server-assist:0'/>");
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  sent = test_client_dup_sent (f.m.test);
  g_assert_nonnull (strstr (sent, "<displayed xmlns=\"" MDS "\">"
                                  "<stanza-id xmlns=\"urn:xmpp:sid:0\" by=\"user@example.org\" id=\"a1\"/></displayed>"
                                  "</message>"));
  expect_sent (&f, "m1", NULL);
  assert_position (&f, "juliet@example.com", "a1");
  /* Who may not know gets no message at all. */
  mark (&f, hear (&f, CHAT ("paris@example.com/x", "m2", "two", OWN_ID ("a2") MARKABLE)));
  expect_sent (&f, NULL, "a2");
  stop (&f);
}

/* The server publishes what it is given: nothing is given to it before the other devices were heard. */
static void
test_assist_later (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS "<feature var='urn:xmpp:mds:server-assist:0'/>");
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, "</displayed></message>"), ==, 0);
  answer_items (&f, "error", NO_NODE);
  expect_sent (&f, NULL, "a1");
  stop (&f);
}

/* A node that others can read is not written to. */
static void
test_private (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES);
  answer_items (&f, "error", NO_NODE);
  mark (&f, hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  answer (&f, "<configure node=\"" MDS "\"/>", "error", ERROR ("item-not-found"));
  answer (&f, "<create node=\"" MDS "\"/>", "error", ERROR ("feature-not-implemented"));
  mark (&f, hear (&f, CHAT (JULIET, "m2", "two", OWN_ID ("a2") MARKABLE)));
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, "a1"), ==, 0);
  expect_sent (&f, "m2", NULL);
  assert_position (&f, "juliet@example.com", "a2");
  stop (&f);
}

static GVariant *
make_state_at (const char *account, const char *peer, const char *archive, const char *id, gint64 time)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssssx)"));
  g_variant_builder_add (&builder, "(ssssx)", peer, archive, id, "a0", time);
  return g_variant_ref_sink (g_variant_new ("(usa(ssssx))", 1, account, &builder));
}

static GVariant *
make_state (const char *account, const char *peer, const char *archive, const char *id)
{
  return make_state_at (account, peer, archive, id, 1);
}

static void
test_state (void)
{
  static const char *const bad[][4] = { { "user@example.org", "@", "user@example.org", "a1" },
                                        { "user@example.org", "a@b", "@", "a1" },
                                        { "user@example.org", "a@b", "user@example.org/r", "a1" },
                                        { "user@example.org", "a@b", "user@example.org", "" },
                                        { "@", "a@b", "user@example.org", "a1" } };
  g_autoptr (GVariant) good = make_state ("user@example.org", "juliet@example.com", "user@example.org", "a1");
  g_autoptr (GVariant) foreign = make_state ("else@example.org", "juliet@example.com", "user@example.org", "a1");
  g_autoptr (GVariant) kept = NULL;
  GError *error = NULL;
  Test f = { 0 };

  static const ScriptStep *const scripts[] = { messages_session, NULL };
  messages_set_up (&f.m, scripts);
  listen (&f);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (f.displayed)));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) state = make_state (bad[i][0], bad[i][1], bad[i][2], bad[i][3]);

      g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f.displayed), state, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
      g_clear_error (&error);
    }
  /* Somebody else's is dropped when it is known whose client it is. */
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.displayed), foreign, &error));
  assert_position (&f, "juliet@example.com", "a1");
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  assert_position (&f, "juliet@example.com", NULL);
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.displayed), good, &error));
  g_assert_no_error (error);
  kept = hs_stateful_dup_state (HS_STATEFUL (f.displayed));
  g_assert_cmpvariant (kept, good);
  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f.displayed), foreign, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_clear_error (&error);
  /* What had not been published is, although the account still has the old one. */
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a0")));
  expect (&f, "");
  expect_sent (&f, NULL, "a1");
  stop (&f);
}

static void
restore_at (Test *f, const char *peer, const char *id, gint64 time)
{
  g_autoptr (GVariant) state = make_state_at ("user@example.org", peer, "user@example.org", id, time);
  g_autoptr (GError) error = NULL;

  hs_stateful_restore_state (HS_STATEFUL (f->displayed), state, &error);
  g_assert_no_error (error);
}

static void
restore (Test *f, const char *peer, const char *id)
{
  restore_at (f, peer, id, 1);
}

/* The kept state is restored when this session has learned more: no position moves back. For one chat the account still
 * has a0, as the kept state does: there the kept position is the later one. */
static void
test_state_late (void)
{
  Test f = { 0 };

  start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  answer_items (&f, "result", ITEMS (ITEM ("paris@example.com", "user@example.org", "p9")
                                     ITEM ("nurse@example.com", "user@example.org", "a0")));
  mark (&f, hear (&f, CHAT (JULIET, "m5", "five", OWN_ID ("a5"))));
  answer_publish (&f);
  restore (&f, "juliet@example.com", "a1");
  assert_position (&f, "juliet@example.com", "a5");
  restore (&f, "paris@example.com", "p1");
  assert_position (&f, "paris@example.com", "p9");
  expect_silence (&f);
  restore (&f, "nurse@example.com", "n1");
  assert_position (&f, "nurse@example.com", "n1");
  answer (&f, "<item id=\"nurse@example.com\">", "result", "");
  restore (&f, "nurse@example.com", "n0");
  assert_position (&f, "nurse@example.com", "n1");
  restore (&f, "romeo@example.com", "r1");
  assert_position (&f, "romeo@example.com", "r1");
  assert_position (&f, "juliet@example.com", "a5");
  answer (&f, "<item id=\"romeo@example.com\">", "result", "");
  /* Of two messages with a time, the later one counts. */
  restore_at (&f, "juliet@example.com", "a9", G_MAXINT64);
  assert_position (&f, "juliet@example.com", "a9");
  answer (&f, "<item id=\"juliet@example.com\">", "result", "");
  stop (&f);
}

/* The program gives the client another account: what was displayed before is the other one's. */
static void
test_other_account (void)
{
  static const ScriptStep *const scripts[] = { messages_session, messages_session, NULL };
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  g_autoptr (GVariant) kept = NULL;
  Test f = { 0 };

  messages_set_up (&f.m, scripts);
  listen (&f);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a1")));
  assert_position (&f, "juliet@example.com", "a1");
  messages_stop_client (&f.m);
  g_object_set (f.m.test->client, "jid", other, NULL);
  /* They are kept as whose they are. */
  kept = hs_stateful_dup_state (HS_STATEFUL (f.displayed));
  {
    g_autoptr (GVariant) account = g_variant_get_child_value (kept, 1);

    g_assert_cmpstr (g_variant_get_string (account, NULL), ==, "user@example.org");
  }
  test_client_start_until_ready (f.m.test);
  assert_position (&f, "juliet@example.com", NULL);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (f.displayed)));
  stop (&f);
}

static void
test_session (void)
{
  g_autoptr (HsDelivery) delivery = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  GError *error = NULL;
  Test f = { 0 };

  messages_start (&f.m, messages_session, MESSAGES_FEATURES PUBLISH_OPTIONS);
  listen (&f);
  hs_described_describe (HS_DESCRIBED (f.displayed), info);
  g_assert_true (hs_disco_info_has_feature (info, "urn:xmpp:chat-markers:0"));
  delivery = g_object_ref (hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  g_assert_false (hs_displayed_mark (f.displayed, delivery, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  /* Registered late. */
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  g_assert_true (hs_displayed_get_client (f.displayed) == f.m.test->client);
  answer_items (&f, "error", NO_NODE);
  mark (&f, delivery);
  expect_sent (&f, "m1", "a1");
  hs_client_unregister (f.m.test->client, HS_MODULE (f.displayed));
  g_assert_null (hs_displayed_get_client (f.displayed));
  test_client_say (f.m.test, EVENT (OWN, ITEM ("juliet@example.com", "user@example.org", "a9")));
  expect (&f, "");
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
  g_test_add_func ("/displayed/catch-up", test_catch_up);
  g_test_add_func ("/displayed/missed", test_missed);
  g_test_add_func ("/displayed/missed-meanwhile", test_missed_meanwhile);
  g_test_add_func ("/displayed/once", test_once);
  g_test_add_func ("/displayed/missed-away", test_missed_away);
  g_test_add_func ("/displayed/missed-resumed", test_missed_resumed);
  g_test_add_func ("/displayed/not-told", test_not_told);
  g_test_add_func ("/displayed/in-flight", test_in_flight);
  g_test_add_func ("/displayed/assist", test_assist);
  g_test_add_func ("/displayed/assist-later", test_assist_later);
  g_test_add_func ("/displayed/private", test_private);
  g_test_add_func ("/displayed/state", test_state);
  g_test_add_func ("/displayed/state-late", test_state_late);
  g_test_add_func ("/displayed/other-account", test_other_account);
  g_test_add_func ("/displayed/session", test_session);
  return g_test_run ();
}
