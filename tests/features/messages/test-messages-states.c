/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "messages-test.h"

/* Receipts and chat states: who gets them, and how often. */

#define JULIET "juliet@example.com/balcony"
#define ASK "<request xmlns='urn:xmpp:receipts'/>"
#define STATE(state) "<" state " xmlns='http://jabber.org/protocol/chatstates'/>"
#define CHATTING(state) "<" state " xmlns=\"http://jabber.org/protocol/chatstates\"/>"

static const struct
{
  const char *name;
  const char *text;
  const char *receipt; /* the id that is named in what is sent, or NULL */
} rows[] = {
  { "contact", CHAT (JULIET, "m1", "x", ASK), "m1" },
  { "again", CHAT (JULIET, "m1", "x", ASK), NULL },
  { "again, another resource", CHAT ("juliet@example.com/phone", "m1", "x", ASK), NULL },
  { "another id", CHAT (JULIET, "m2", "x", ASK), "m2" },
  { "not asked for", CHAT (JULIET, "m3", "x", ""), NULL },
  { "no id", "<message from='" JULIET "'><body>x</body>" ASK "</message>", NULL },
  { "empty id", "<message from='" JULIET "' id=''><body>x</body>" ASK "</message>", NULL },
  { "stranger", CHAT ("tybalt@example.com/x", "m4", "x", ASK), NULL },
  { "only we see them", CHAT ("paris@example.com/x", "m5", "x", ASK), NULL },
  { "receipt", "<message from='" JULIET "' id='m6'><received xmlns='urn:xmpp:receipts' id='q'/>" ASK "</message>", NULL },
  { "error", "<message from='" JULIET "' id='m7' type='error'>" ASK "</message>", NULL },
  { "another device of ours", CHAT ("user@example.org/phone", "m8", "x", ASK), NULL },
  { "copy of what another device sent",
    CARBON (" from='user@example.org'", "sent", INNER ("user@example.org/phone", "juliet@example.com/x", "x", ASK)), NULL },
  { "copy of what another device got",
    CARBON (" from='user@example.org'", "received", INNER (JULIET, "user@example.org/phone", "x", ASK)), "i1" },
  { "offline",
    CHAT (JULIET, "m9", "x", ASK "<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2026-01-02T03:04:05Z'/>"), "m9" },
  { "private message of a room",
    CHAT ("room@muc.example.org/nick", "m10", "x", ASK "<x xmlns='http://jabber.org/protocol/muc#user'/>"), NULL },
};

static void
test_receipts (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *sent = NULL;
      g_autofree char *named = NULL;

      g_test_message ("%s", rows[i].name);
      test_client_say (f.test, rows[i].text);
      sent = messages_dup_sent (&f);
      named = messages_dup_attribute (sent, "received", "id");
      g_assert_cmpstr (named, ==, rows[i].receipt);
      if (named != NULL)
        {
          /* To the bare JID, to be stored, and not to be answered itself. */
          g_assert_nonnull (strstr (sent, "to=\"juliet@example.com\""));
          g_assert_nonnull (strstr (sent, "<store xmlns=\"urn:xmpp:hints\"/>"));
          g_assert_null (strstr (sent, "<request"));
        }
    }
  hs_messages_set_answer_receipts (f.messages, FALSE);
  test_client_say (f.test, CHAT (JULIET, "m20", "x", ASK));
  {
    g_autofree char *sent = messages_dup_sent (&f);

    g_assert_null (strstr (sent, "<received"));
  }
  messages_stop (&f);
}

/* They come first, or in what has only them; late ones are not told. */
static void
test_theirs (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f,
                "<message from='" JULIET "' type='chat'>" STATE ("composing") "<no-store xmlns='urn:xmpp:hints'/>"
                "<thread>t</thread></message>"
                "<message from='" JULIET "' type='chat'>" STATE ("composing") "</message>" CHAT (JULIET, "m1", "x", STATE ("active")),
                "juliet@example.com/composing juliet@example.com/active live<juliet@example.com'x' ");
  messages_say (&f, CHAT (JULIET, "m2", "x", STATE ("gone") "<delay xmlns='urn:xmpp:delay' from='example.org' "
                                                            "stamp='2026-01-02T03:04:05Z'/>"),
                "offline<juliet@example.com'x' ");
  messages_say (&f,
                CARBON (" from='user@example.org'", "received",
                        "<message xmlns='jabber:client' from='" JULIET "' to='user@example.org/phone' type='chat'>" STATE ("paused") "</message>")
                CARBON (" from='user@example.org'", "sent",
                        "<message xmlns='jabber:client' from='user@example.org/phone' to='" JULIET "' type='chat'>" STATE ("composing") "</message>"),
                "juliet@example.com/paused ");
  /* More than a chat state. */
  messages_say (&f, "<message from='" JULIET "' type='chat'>" STATE ("paused") "<x xmlns='urn:x'/></message>",
                "live<juliet@example.com'' ");
  messages_stop (&f);
}

static void
assert_sent (MessagesTest *f, const char *expected)
{
  g_autofree char *sent = messages_dup_sent (f);

  if (expected == NULL)
    g_assert_null (strstr (sent, "chatstates"));
  else
    g_assert_nonnull (strstr (sent, expected));
}

static void
send_state (MessagesTest *f, HsChatState state)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_messages_send_chat_state (f->messages, "juliet@example.com/balcony", state, &error));
  g_assert_no_error (error);
}

static void
test_ours (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;
  g_autoptr (HsSentMessage) third = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  /* Nobody knows yet whether she knows them: a message asks. */
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  assert_sent (&f, NULL);
  first = messages_send (&f, "juliet@example.com", "hello");
  assert_sent (&f, CHATTING ("active"));
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  assert_sent (&f, NULL);
  test_client_say (f.test, CHAT (JULIET, "m1", "x", STATE ("active")));
  send_state (&f, HS_CHAT_STATE_ACTIVE);
  assert_sent (&f, NULL);
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  {
    g_autofree char *sent = messages_dup_sent (&f);

    g_assert_nonnull (strstr (sent, CHATTING ("composing")));
    g_assert_nonnull (strstr (sent, "to=\"juliet@example.com\""));
    g_assert_nonnull (strstr (sent, "<no-store xmlns=\"urn:xmpp:hints\"/>"));
  }
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  assert_sent (&f, NULL);
  second = messages_send (&f, "juliet@example.com", "hello");
  assert_sent (&f, CHATTING ("active"));
  test_client_leap (f.test);
  /* It was the last one: nothing becomes paused. */
  test_spin (60000);
  assert_sent (&f, NULL);
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  assert_sent (&f, CHATTING ("composing"));
  test_spin (3000);
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  test_spin (4999);
  assert_sent (&f, NULL);
  test_spin (1);
  assert_sent (&f, CHATTING ("paused"));
  /* She answers without one: she does not want any. */
  test_client_say (f.test, CHAT (JULIET, "m2", "x", ""));
  scripted_server_forget_received (f.test->server);
  send_state (&f, HS_CHAT_STATE_GONE);
  third = messages_send (&f, "juliet@example.com", "hello");
  assert_sent (&f, NULL);
  messages_stop (&f);
}

/* Nobody knows what she did while there was no session. */
static void
test_next_session (void)
{
  static const char composing[] = "<message from='" JULIET "' type='chat'>" STATE ("composing") "</message>";
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, composing, "juliet@example.com/composing ");
  messages_say (&f, composing, "");
  test_client_stop (f.test);
  scripted_server_forget_received (f.test->server);
  test_client_start_until_ready (f.test);
  messages_answer_account (&f, MESSAGES_FEATURES);
  messages_say (&f, composing, "juliet@example.com/composing ");
  messages_stop (&f);
}

static void
test_refused (void)
{
  MessagesTest f = { NULL };
  g_autoptr (GError) error = NULL;
  GString *flood = g_string_new (NULL);

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  g_assert_false (hs_messages_send_chat_state (f.messages, "@", HS_CHAT_STATE_ACTIVE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  /* Others cannot make us remember all of them. */
  test_client_say (f.test, CHAT (JULIET, "m1", "x", STATE ("active")));
  for (guint i = 0; i < 1200; i++)
    g_string_append_printf (flood, "<message from='n%u@example.com' type='chat'>" STATE ("composing") "</message>", i);
  test_client_say (f.test, flood->str);
  scripted_server_forget_received (f.test->server);
  send_state (&f, HS_CHAT_STATE_COMPOSING);
  assert_sent (&f, NULL);
  messages_stop_client (&f);
  g_assert_false (hs_messages_send_chat_state (f.messages, "a@b", HS_CHAT_STATE_ACTIVE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_string_free (flood, TRUE);
  messages_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/states/receipts", test_receipts);
  g_test_add_func ("/messages/states/theirs", test_theirs);
  g_test_add_func ("/messages/states/ours", test_ours);
  g_test_add_func ("/messages/states/next-session", test_next_session);
  g_test_add_func ("/messages/states/refused", test_refused);
  return g_test_run ();
}
