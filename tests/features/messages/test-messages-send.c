/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "messages-test.h"

/* What is sent, and what becomes of it. */

#define JULIET "juliet@example.com/balcony"
#define ACK(h) "<a xmlns='urn:xmpp:sm:3' h='" h "'/>"

static void
say_about (MessagesTest *f, const char *format, HsSentMessage *sent)
{
  g_auto (GStrv) parts = g_strsplit (format, "@ID@", -1);
  g_autofree char *text = g_strjoinv (hs_sent_message_get_id (sent), parts);

  test_client_say (f->test, text);
}

#define RECEIPT_OF(from, id) "<message from='" from "' id='r'><received xmlns='urn:xmpp:receipts' id='" id "'/></message>"
#define RECEIPT(from) RECEIPT_OF (from, "@ID@")
#define MARKER(from) "<message from='" from "' id='r'><displayed xmlns='urn:xmpp:chat-markers:0' id='@ID@'/></message>"
#define ERROR(from)                                                                                \
  "<message" from " type='error' id='@ID@'><error type='cancel'>"                                  \
  "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"

/* The roster's question is the first stanza of a session, the two of service discovery are the next. */
static void
test_acknowledged (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *id = NULL;
  g_autofree char *origin_id = NULL;

  messages_start (&f, messages_managed, MESSAGES_FEATURES);
  hs_messages_set_request_receipts (f.messages, TRUE);
  sent = messages_send (&f, "juliet@example.com", "hello");
  assert_state (sent, WAITING);
  assert_n_pending (&f, 1);
  g_assert_true (hs_chat_message_get_is_outgoing (HS_CHAT_MESSAGE (sent)));
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (sent)), ==, "bare:user@example.org");
  xml = messages_dup_sent (&f);
  id = messages_dup_attribute (xml, "message", "id");
  origin_id = messages_dup_attribute (xml, "origin-id", "id");
  g_assert_cmpstr (id, ==, hs_sent_message_get_id (sent));
  g_assert_cmpstr (origin_id, ==, id);
  g_assert_cmpuint (strlen (id), >=, 22);
  g_assert_nonnull (strstr (xml, "<request xmlns=\"urn:xmpp:receipts\"/>"));
  g_assert_nonnull (strstr (xml, "<active xmlns=\"http://jabber.org/protocol/chatstates\"/>"));
  test_spin (50);
  assert_state (sent, WAITING);
  messages_say (&f, ACK ("4"), "");
  test_until (hs_sent_message_get_state (sent) == HS_SENT_STATE_ON_SERVER);
  assert_n_pending (&f, 0);
  /* A receipt of somebody else, of another resource of hers, and a marker. */
  say_about (&f, RECEIPT ("paris@example.com/x"), sent);
  assert_state (sent, ON_SERVER);
  say_about (&f, RECEIPT (JULIET), sent);
  assert_state (sent, DELIVERED);
  say_about (&f, MARKER ("nurse@example.com"), sent);
  assert_state (sent, DELIVERED);
  say_about (&f, MARKER ("juliet@example.com/phone"), sent);
  assert_state (sent, DISPLAYED);
  say_about (&f, RECEIPT (JULIET), sent);
  assert_state (sent, DISPLAYED);
  messages_stop (&f);
}

static void
changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, GString *log)
{
  /* What a handler reads is consistent, and it may ask for the list again. */
  g_assert_nonnull (model);
  g_string_append_printf (log, "%u-%u+%u=%u ", position, n_removed, n_added, g_list_model_get_n_items (model));
}

static void
state_changed_cb (HsStateful *stateful, GString *log)
{
  g_autoptr (GVariant) state = hs_stateful_dup_state (stateful);
  g_autoptr (GVariant) entries = state != NULL ? g_variant_get_child_value (state, 2) : NULL;

  g_string_append_printf (log, "%zu ", entries != NULL ? g_variant_n_children (entries) : 0);
}

static void
one_is_left_cb (HsSentMessage *sent, GParamSpec *pspec, MessagesTest *f)
{
  assert_n_pending (f, 1);
}

/* Whatever is acknowledged in one turn leaves the list of pending messages in one change. */
static void
test_acknowledged_together (void)
{
  MessagesTest f = { NULL };
  g_autoptr (GPtrArray) sent = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) states = g_string_new (NULL);
  g_autofree char *receipts = NULL;
  GListModel *pending;

  messages_start (&f, messages_managed, MESSAGES_FEATURES);
  pending = hs_messages_get_pending (f.messages);
  for (guint i = 0; i < 6; i++)
    g_ptr_array_add (sent, messages_send (&f, "juliet@example.com", "hello"));
  test_client_await_sent (f.test, "<body>hello</body>");
  g_signal_connect (pending, "items-changed", G_CALLBACK (changed_cb), log);
  g_signal_connect (f.messages, "state-changed", G_CALLBACK (state_changed_cb), states);
  /* Some of them, in the next turn at the latest; but the state has no settled message even before that. */
  messages_say (&f, ACK ("6"), "");
  test_until (g_list_model_get_n_items (pending) == 3);
  g_assert_cmpstr (log->str, ==, "0-3+0=3 ");
  g_assert_cmpstr (states->str, ==, "5 4 3 ");
  g_string_truncate (log, 0);
  /* One that still waits is between two that do not. */
  receipts = g_strdup_printf (RECEIPT_OF (JULIET, "%s") RECEIPT_OF (JULIET, "%s"),
                              hs_sent_message_get_id (sent->pdata[5]), hs_sent_message_get_id (sent->pdata[3]));
  test_client_say (f.test, receipts);
  test_until (g_list_model_get_n_items (pending) == 1);
  g_assert_cmpstr (log->str, ==, "0-3+1=1 ");
  g_string_truncate (log, 0);
  g_string_truncate (f.log, 0);
  /* The getter returns the present list in the same turn, and the last message leaves it at once. */
  g_ptr_array_add (sent, messages_send (&f, "juliet@example.com", "more"));
  g_string_truncate (log, 0);
  g_signal_connect (sent->pdata[6], "notify::state", G_CALLBACK (one_is_left_cb), &f);
  messages_say (&f, ACK ("10"), "");
  test_until (hs_sent_message_get_state (sent->pdata[6]) == HS_SENT_STATE_ON_SERVER);
  g_assert_cmpstr (log->str, ==, "0-1+0=1 0-1+0=0 ");
  g_assert_true (g_str_has_suffix (states->str, " 1 0 "));
  messages_stop (&f);
}

/* Without stream management, the server has what was sent before a request that it answers. */
static void
test_probed (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *id = NULL;
  g_autofree char *answer = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  first = messages_send (&f, "juliet@example.com", "1");
  test_client_await_sent (f.test, "<ping xmlns=\"urn:xmpp:ping\"/></iq>");
  assert_state (first, WAITING);
  xml = messages_dup_sent (&f);
  id = messages_dup_attribute (xml, "iq", "id");
  second = messages_send (&f, "juliet@example.com", "2");
  test_spin (50);
  answer = g_strdup_printf ("<iq type='error' id='%s' from='example.org'><error type='cancel'><service-unavailable "
                            "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                            id);
  messages_say (&f, answer, "");
  test_until (hs_sent_message_get_state (first) == HS_SENT_STATE_ON_SERVER);
  assert_state (second, WAITING);
  /* The second has a question of its own, which nobody answers. */
  test_client_await_sent (f.test, "<ping xmlns=\"urn:xmpp:ping\"/></iq>");
  messages_stop_client (&f);
  assert_state (second, UNKNOWN);
  g_assert_error (hs_sent_message_get_error (second), HS_ERROR, HS_ERROR_SESSION_LOST);
  assert_n_pending (&f, 1);
  g_assert_true (hs_messages_cancel (f.messages, second));
  assert_n_pending (&f, 0);
  assert_state (second, UNKNOWN);
  messages_clear (&f);
}

/* If the module is unregistered before it is known what the server has, the status stays unknown. */
static void
test_unregistered (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  sent = messages_send (&f, "juliet@example.com", "hello");
  hs_client_unregister (f.test->client, HS_MODULE (f.messages));
  assert_state (sent, WAITING);
  test_until (hs_sent_message_get_state (sent) != HS_SENT_STATE_WAITING);
  assert_state (sent, UNKNOWN);
  g_assert_error (hs_sent_message_get_error (sent), HS_ERROR, HS_ERROR_SESSION_LOST);
  messages_stop (&f);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    gboolean counts;
  } rows[] = {
    { ERROR (" from='paris@example.com/x'"), FALSE }, { ERROR (" from='juliet@example.co'"), FALSE },
    { ERROR (" from='other.org'"), FALSE },           { ERROR (" from='@'"), FALSE },
    { ERROR (" from='user@example.org/phone'"), FALSE }, { ERROR (" from='example.com/juliet'"), FALSE },
    { ERROR (" from='juliet@example.com'"), TRUE },   { ERROR (" from='" JULIET "'"), TRUE },
    { ERROR (" from='example.com'"), TRUE },          { ERROR (" from='example.org'"), TRUE },
    { ERROR (" from='user@example.org'"), TRUE },     { ERROR (""), TRUE },
  };
  MessagesTest f = { NULL };

  messages_start (&f, messages_managed, MESSAGES_FEATURES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (HsSentMessage) sent = messages_send (&f, "juliet@example.com", "hello");

      g_test_message ("%s", rows[i].text);
      say_about (&f, rows[i].text, sent);
      /* What counts is dealt with, the rest is left to the client's signal. */
      messages_expect_log (&f, rows[i].counts ? "" : "message'' ");
      if (rows[i].counts)
        {
          assert_state (sent, FAILED);
          g_assert_error (hs_sent_message_get_error (sent), HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
        }
      else
        assert_state (sent, WAITING);
    }
  /* Once it has arrived, an error is about something else. */
  {
    g_autoptr (HsSentMessage) sent = messages_send (&f, "juliet@example.com", "hello");

    say_about (&f, RECEIPT (JULIET), sent);
    say_about (&f, ERROR (" from='juliet@example.com'"), sent);
    assert_state (sent, DELIVERED);
    g_assert_null (hs_sent_message_get_error (sent));
  }
  messages_stop (&f);
}

static void
test_refused (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsMessage) message = hs_message_new (NULL, NULL);
  g_autoptr (HsMessage) error_message = hs_message_new ("error", "a@b");
  g_autoptr (GError) error = NULL;
  g_autoptr (HsMessages) alone = hs_messages_new ();

  g_assert_null (hs_messages_send_text (alone, "a@b", "x", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  messages_start (&f, messages_session, MESSAGES_FEATURES);
  g_assert_null (hs_messages_send_text (f.messages, "@", "x", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  g_assert_null (hs_messages_send (f.messages, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  g_assert_null (hs_messages_send (f.messages, error_message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_clear_error (&error);
  hs_element_set_attribute (HS_ELEMENT (message), "to", "a@b");
  hs_message_set_body (message, "\001");
  g_assert_null (hs_messages_send (f.messages, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_clear_error (&error);
  assert_n_pending (&f, 0);
  messages_stop_client (&f);
  g_assert_null (hs_messages_send_text (f.messages, "a@b", "x", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  assert_n_pending (&f, 0);
  messages_clear (&f);
}

/* The program's own id is kept, unless it was used. The message that was given is not changed. */
static void
test_ids (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsMessage) message = hs_message_new_chat ("juliet@example.com", "hello");
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;

  messages_start (&f, messages_managed, MESSAGES_FEATURES);
  hs_stanza_set_id (HS_STANZA (message), "mine");
  first = hs_messages_send (f.messages, message, NULL);
  second = hs_messages_send (f.messages, message, NULL);
  g_assert_cmpstr (hs_sent_message_get_id (first), ==, "mine");
  g_assert_cmpstr (hs_sent_message_get_id (second), !=, "mine");
  g_assert_null (hs_message_get_origin_id (message));
  messages_stop (&f);
}

/* ---- Sessions that are lost ---- */

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

#define SM " xmlns='urn:xmpp:sm:3'"
#define ROSTER                                                                                     \
  EXPECT ("<query xmlns=\"jabber:iq:roster\"/></iq>"),                                             \
      SEND ("<iq type='result' id='@ID@'><query xmlns='jabber:iq:roster'/></iq>")
#define BEGIN RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED)
#define NEW_SESSION                                                                                \
  EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable" SM " resume='true'/>"),                    \
      SEND ("<enabled" SM " resume='true' id='s2' max='600'/>"), ROSTER

/* Until a message has been sent, and then nothing any more. */
static const ScriptStep until_sent[]
    = { BEGIN, EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable" SM " resume='true'/>"),
        SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"), ROSTER, EXPECT ("</message>"), GATE, RESET, END };
static const ScriptStep resuming[]
    = { BEGIN, EXPECT ("<resume"), SEND ("<resumed" SM " previd='s1' h='3'/>"), EXPECT ("</message>"),
        SEND (ACK ("4")), SERVE, END };
static const ScriptStep refusing[]
    = { BEGIN, EXPECT ("<resume"),
        SEND ("<failed" SM "><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"), NEW_SESSION,
        SERVE, END };

static void
begin_cut (MessagesTest *f, const ScriptStep *const *scripts)
{
  messages_set_up (f, scripts);
  g_object_set (f->test->client, "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (f->test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  test_client_start_until_ready (f->test);
}

/* The session goes on: nothing but the truth. */
static void
test_resumed (void)
{
  static const ScriptStep *const scripts[] = { until_sent, resuming, NULL };
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = NULL;

  begin_cut (&f, scripts);
  sent = messages_send (&f, "juliet@example.com", "hello");
  test_client_await_sent (f.test, "</message>");
  assert_state (sent, WAITING);
  scripted_server_open_gate (f.test->server);
  test_until (hs_sent_message_get_state (sent) != HS_SENT_STATE_WAITING);
  assert_state (sent, ON_SERVER);
  messages_stop (&f);
}

static HsSentMessage *
lose_one (MessagesTest *f)
{
  static const ScriptStep *const scripts[] = { until_sent, refusing, NULL };
  HsSentMessage *sent;

  begin_cut (f, scripts);
  sent = messages_send (f, "juliet@example.com", "hello");
  test_client_await_sent (f->test, "hello");
  scripted_server_forget_received (f->test->server);
  scripted_server_open_gate (f->test->server);
  test_until (hs_sent_message_get_state (sent) != HS_SENT_STATE_WAITING);
  assert_state (sent, UNKNOWN);
  g_assert_error (hs_sent_message_get_error (sent), HS_ERROR, HS_ERROR_SESSION_LOST);
  assert_n_pending (f, 1);
  test_until (f->test->n_ready == 2);
  messages_answer_account (f, MESSAGES_FEATURES);
  g_assert_cmpuint (scripted_server_count_received (f->test->server, "hello"), ==, 0);
  return sent;
}

/* The session is lost, and nobody knows: until somebody tells. */
static void
test_unknown (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = lose_one (&f);

  say_about (&f, RECEIPT ("paris@example.com"), sent);
  assert_state (sent, UNKNOWN);
  say_about (&f, RECEIPT (JULIET), sent);
  assert_state (sent, DELIVERED);
  g_assert_null (hs_sent_message_get_error (sent));
  assert_n_pending (&f, 0);
  messages_stop (&f);
}

/* A copy from the own archive, as a message to oneself shows it. */
static void
test_own_copy (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = lose_one (&f);

  g_string_truncate (f.log, 0);
  say_about (&f,
             CARBON (" from='user@example.org'", "sent",
                     "<message xmlns='jabber:client' from='user@example.org/old' to='juliet@example.com' id='@ID@' "
                     "type='chat'><body>hello</body>" OWN_ID ("a7") "</message>"),
             sent);
  messages_expect_log (&f, "");
  assert_state (sent, ON_SERVER);
  g_assert_cmpstr (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (sent)), ==, "a7");
  /* The same id in another chat is another message. */
  say_about (&f,
             CARBON (" from='user@example.org'", "sent",
                     "<message xmlns='jabber:client' from='user@example.org/old' to='paris@example.com' id='@ID@' "
                     "type='chat'><body>other</body></message>"),
             sent);
  messages_expect_log (&f, "carbon>paris@example.com'other' ");
  messages_stop (&f);
}

/* The server is gone, and says nothing: neither does the status. */
static void
test_dead (void)
{
  static const ScriptStep held[]
      = { BEGIN, EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable" SM " resume='true'/>"),
          SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"), ROSTER, EXPECT ("</message>"), HOLD, END };
  static const ScriptStep *const scripts[] = { held, NULL };
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) sent = NULL;

  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  sent = messages_send (&f, "juliet@example.com", "hello");
  test_spin (300);
  assert_state (sent, WAITING);
  assert_n_pending (&f, 1);
  scripted_server_forgive (f.test->server);
  g_object_set (f.test->client, "connect-timeout", 1, NULL);
  hs_client_stop (f.test->client);
  test_client_wait_terminated (f.test);
  test_until (hs_sent_message_get_state (sent) != HS_SENT_STATE_WAITING);
  assert_state (sent, UNKNOWN);
  messages_clear (&f);
}

/* ---- Without a session ---- */

static void
assert_order (MessagesTest *f, guint n)
{
  g_autofree char *sent = messages_dup_sent (f);
  const char *at = sent;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *body = g_strdup_printf ("<body>%u</body>", i);

      at = strstr (at, body);
      g_assert_nonnull (at);
      g_assert_null (strstr (at + 1, body));
    }
}

static void
test_queue (void)
{
  static const ScriptStep *const scripts[] = { messages_managed, NULL };
  MessagesTest f = { NULL };
  HsSentMessage *sent[5];

  messages_set_up (&f, scripts);
  hs_messages_set_queue_offline (f.messages, TRUE);
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *body = g_strdup_printf ("%u", i);

      sent[i] = messages_send (&f, i == 1 ? "paris@example.com" : "juliet@example.com", body);
      assert_state (sent[i], WAITING);
    }
  sent[4] = messages_send (&f, "juliet@example.com", "never");
  assert_n_pending (&f, 5);
  g_assert_true (hs_messages_cancel (f.messages, sent[4]));
  assert_state (sent[4], FAILED);
  g_assert_error (hs_sent_message_get_error (sent[4]), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_n_pending (&f, 4);
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "<body>3</body>");
  assert_order (&f, 4);
  /* The client has it. */
  g_assert_false (hs_messages_cancel (f.messages, sent[0]));
  messages_say (&f, ACK ("7"), "");
  test_until (hs_sent_message_get_state (sent[3]) == HS_SENT_STATE_ON_SERVER);
  assert_n_pending (&f, 0);
  for (guint i = 0; i < 5; i++)
    g_object_unref (sent[i]);
  messages_stop (&f);
}

/* The program gives the client another address: what was said before is the other account's. */
static void
test_other_account (void)
{
  static const ScriptStep other_account[]
      = { BEGIN, EXPECT ("</iq>"), SEND ("<iq type='result' id='@ID@'>" BOUND_TO ("other@example.org/res") "</iq>"),
          EXPECT ("<enable" SM " resume='true'/>"), SEND ("<enabled" SM "/>"), ROSTER, SERVE, END };
  static const ScriptStep *const scripts[] = { other_account, NULL };
  MessagesTest f = { NULL };
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  g_autoptr (HsSentMessage) before = NULL;
  g_autoptr (HsSentMessage) after = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autofree char *sent = NULL;

  messages_set_up (&f, scripts);
  hs_messages_set_queue_offline (f.messages, TRUE);
  before = messages_send (&f, "juliet@example.com", "before");
  g_object_set (f.test->client, "jid", other, NULL);
  after = messages_send (&f, "juliet@example.com", "after");
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (after)), ==, "bare:other@example.org");
  state = hs_stateful_dup_state (HS_STATEFUL (f.messages));
  {
    g_autoptr (GVariant) entries = g_variant_get_child_value (state, 2);

    g_assert_cmpuint (g_variant_n_children (entries), ==, 1);
  }
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "<body>after</body>");
  assert_state (before, FAILED);
  g_assert_error (hs_sent_message_get_error (before), HS_ERROR, HS_ERROR_INVALID_FROM);
  sent = messages_dup_sent (&f);
  g_assert_null (strstr (sent, "before"));
  assert_n_pending (&f, 1);
  messages_stop (&f);
}

/* Sent before, during and after an interruption, in a session that is lost for good. Those that were on their way may
 * have arrived; the others leave once, in order. */
static void
test_queue_order (void)
{
  static const ScriptStep *const scripts[] = { until_sent, refusing, NULL };
  MessagesTest f = { NULL };
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *sent = NULL;
  const char *at;

  begin_cut (&f, scripts);
  hs_messages_set_queue_offline (f.messages, TRUE);
  g_ptr_array_add (all, messages_send (&f, "juliet@example.com", "0"));
  test_client_await_sent (f.test, "</message>");
  scripted_server_forget_received (f.test->server);
  scripted_server_open_gate (f.test->server);
  test_until (hs_client_get_state (f.test->client) == HS_CLIENT_STATE_INTERRUPTED || f.test->n_disconnected > 0);
  for (guint i = 1; i < 4; i++)
    {
      g_autofree char *body = g_strdup_printf ("%u", i);

      g_ptr_array_add (all, messages_send (&f, "juliet@example.com", body));
    }
  test_until (f.test->n_ready == 2);
  g_ptr_array_add (all, messages_send (&f, "juliet@example.com", "4"));
  test_client_await_sent (f.test, "<body>4</body>");
  sent = messages_dup_sent (&f);
  at = sent;
  for (guint i = 1; i < 5; i++)
    {
      g_autofree char *body = g_strdup_printf ("<body>%u</body>", i);

      at = strstr (at, body);
      g_assert_nonnull (at);
      g_assert_null (strstr (at + 1, body));
    }
  g_assert_null (strstr (sent, "<body>0</body>"));
  assert_state (HS_SENT_MESSAGE (g_ptr_array_index (all, 0)), UNKNOWN);
  messages_stop (&f);
}

/* ---- The outbox as a state ---- */

static GVariant *
dup_state (MessagesTest *f)
{
  return hs_stateful_dup_state (HS_STATEFUL (f->messages));
}

static const char *const bad[]
    = { "(uint32 1, 'user@example.org', [('<message', true, int64 0)])",
        "(uint32 1, 'user@example.org', [('<iq xmlns=\"jabber:client\" id=\"x\" to=\"a@b\"/>', true, int64 0)])",
        "(uint32 1, 'user@example.org', [('<message xmlns=\"jabber:client\" id=\"x\"/>', true, int64 0)])",
        "(uint32 1, 'user@example.org', [('<message xmlns=\"jabber:client\" to=\"a@b\"/>', true, int64 0)])",
        ("(uint32 1, 'user@example.org', [('<message xmlns=\"jabber:client\" id=\"x\" to=\"a@b\"/>', true, int64 0), "
         "('<message xmlns=\"jabber:client\" id=\"x\" to=\"a@b\"/>', true, int64 0)])"),
        "(uint32 2, 'user@example.org', [('', true, int64 0)])",
        "(uint32 1, 'juliet@example.org', @a(sbx) [])" };

static void
assert_broken (MessagesTest *f)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) broken = g_variant_ref_sink (g_variant_new_parsed (bad[i]));
      g_autoptr (GError) error = NULL;

      g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f->messages), broken, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
    }
}

/* One that was loaded before the account was known is dropped if it is another's. */
static void
test_foreign_state (void)
{
  g_autoptr (HsMessages) messages = hs_messages_new ();
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GVariant) foreign = NULL;
  g_autoptr (GError) error = NULL;

  foreign = g_variant_ref_sink (g_variant_new_parsed (
      "(uint32 1, 'other@example.org', [('<message xmlns=\"jabber:client\" id=\"x\" to=\"a@b\"/>', false, int64 0)])"));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (messages), foreign, &error));
  hs_client_register (client, HS_MODULE (messages));
  g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending (messages)), ==, 0);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (messages)));
}

static void
test_state (void)
{
  static const ScriptStep *const scripts[] = { messages_managed, NULL };
  MessagesTest f = { NULL };
  g_autoptr (GVariant) state = NULL;
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;
  g_autoptr (GError) error = NULL;

  messages_set_up (&f, scripts);
  g_assert_null (dup_state (&f));
  hs_messages_set_queue_offline (f.messages, TRUE);
  first = messages_send (&f, "juliet@example.com", "0");
  second = messages_send (&f, "juliet@example.com", "1");
  state = dup_state (&f);
  g_assert_nonnull (state);
  assert_broken (&f);
  messages_clear (&f);

  /* Another run of the program. */
  messages_set_up (&f, scripts);
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.messages), state, &error));
  g_assert_no_error (error);
  assert_n_pending (&f, 2);
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "<body>1</body>");
  assert_order (&f, 2);
  /* It ends while both are on their way. */
  g_clear_pointer (&state, g_variant_unref);
  state = dup_state (&f);
  messages_stop (&f);

  messages_set_up (&f, scripts);
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.messages), state, &error));
  assert_n_pending (&f, 2);
  {
    g_autoptr (HsSentMessage) again = g_list_model_get_item (hs_messages_get_pending (f.messages), 0);

    assert_state (again, UNKNOWN);
    g_assert_cmpstr (hs_sent_message_get_id (again), ==, hs_sent_message_get_id (first));
    test_client_start_until_ready (f.test);
    messages_answer_account (&f, MESSAGES_FEATURES);
    g_assert_cmpuint (scripted_server_count_received (f.test->server, "<body>"), ==, 0);
    say_about (&f, RECEIPT (JULIET), again);
    assert_state (again, DELIVERED);
    assert_n_pending (&f, 1);
  }
  messages_stop (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/send/acknowledged", test_acknowledged);
  g_test_add_func ("/messages/send/acknowledged-together", test_acknowledged_together);
  g_test_add_func ("/messages/send/probed", test_probed);
  g_test_add_func ("/messages/send/unregistered", test_unregistered);
  g_test_add_func ("/messages/send/errors", test_errors);
  g_test_add_func ("/messages/send/refused", test_refused);
  g_test_add_func ("/messages/send/ids", test_ids);
  g_test_add_func ("/messages/send/resumed", test_resumed);
  g_test_add_func ("/messages/send/unknown", test_unknown);
  g_test_add_func ("/messages/send/own-copy", test_own_copy);
  g_test_add_func ("/messages/send/dead", test_dead);
  g_test_add_func ("/messages/send/queue", test_queue);
  g_test_add_func ("/messages/send/other-account", test_other_account);
  g_test_add_func ("/messages/send/queue-order", test_queue_order);
  g_test_add_func ("/messages/send/state", test_state);
  g_test_add_func ("/messages/send/foreign-state", test_foreign_state);
  return g_test_run ();
}
