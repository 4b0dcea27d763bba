/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "messages-test.h"

#include <string.h>

#define SM " xmlns='urn:xmpp:sm:3'"
#define CONTACT "<item jid='juliet@example.com' subscription='both'/><item jid='paris@example.com' subscription='to'/>"
#define ROSTER                                                                                     \
  EXPECT ("<query xmlns=\"jabber:iq:roster\"/></iq>"),                                             \
      SEND ("<iq type='result' id='@ID@'><query xmlns='jabber:iq:roster'>" CONTACT "</query></iq>")

const ScriptStep messages_session[] = { RUN (script_sign_in), ROSTER, SERVE, END };
const ScriptStep messages_managed[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"),
        SEND (SAY_BOUND), EXPECT ("<enable" SM " resume='true'/>"),
        SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"), ROSTER, SERVE, END };

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (type);

  return g_enum_get_value (klass, value)->value_nick;
}

static void
received_cb (HsMessages *messages, HsDelivery *delivery, MessagesTest *f)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  HsMessage *message = hs_chat_message_get_message (chat);
  const char *body = hs_message_get_body (message);

  if (test_is_mark (HS_ELEMENT (message)))
    return;
  g_ptr_array_add (f->deliveries, g_object_ref (delivery));
  g_string_append_printf (f->log, "%s%s%s'%s'", get_nick (HS_TYPE_DELIVERY_SOURCE, hs_delivery_get_source (delivery)),
                          hs_chat_message_get_is_outgoing (chat) ? ">" : "<",
                          hs_jid_to_string (hs_chat_message_get_peer (chat)), body != NULL ? body : "");
  if (hs_chat_message_get_archive_id (chat) != NULL)
    g_string_append_printf (f->log, "#%s", hs_chat_message_get_archive_id (chat));
  if (hs_delivery_get_change (delivery) != HS_CHANGE_KIND_NONE)
    g_string_append_printf (f->log, "@%s:%s", get_nick (HS_TYPE_CHANGE_KIND, hs_delivery_get_change (delivery)),
                            hs_delivery_get_target_id (delivery));
  g_string_append (f->log, hs_delivery_get_is_late (delivery) ? "~late " : " ");
}

static void
learned_cb (HsMessages *messages, const char *origin_id, HsDelivery *delivery, MessagesTest *f)
{
  g_string_append_printf (f->log, "learned:%s#%s ", origin_id,
                          hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)));
}

static void
rejected_cb (HsMessages *messages, HsMessage *message, HsMessageFault fault, MessagesTest *f)
{
  g_assert_true (HS_IS_MESSAGE (message));
  g_string_append_printf (f->log, "rejected:%s ", get_nick (HS_TYPE_MESSAGE_FAULT, fault));
}

static void
state_cb (HsMessages *messages, HsJid *peer, HsJid *sender, HsChatState state, MessagesTest *f)
{
  g_string_append_printf (f->log, "%s/%s ", hs_jid_to_string (peer), get_nick (HS_TYPE_CHAT_STATE, state));
}

static void
message_cb (HsClient *client, HsMessage *message, MessagesTest *f)
{
  const char *body = hs_message_get_body (message);

  if (!test_is_mark (HS_ELEMENT (message)))
    g_string_append_printf (f->log, "message'%s' ", body != NULL ? body : "");
}

void
messages_set_up (MessagesTest *f, const ScriptStep *const *scripts)
{
  f->test = test_client_new (scripts, HS_TLS_MODE_NONE);
  f->messages = hs_messages_new ();
  f->roster = hs_roster_new ();
  f->log = g_string_new (NULL);
  f->deliveries = g_ptr_array_new_with_free_func (g_object_unref);
  hs_messages_set_carbons (f->messages, FALSE);
  hs_client_register (f->test->client, HS_MODULE (f->roster));
  hs_client_register (f->test->client, HS_MODULE (f->messages));
  g_signal_connect (f->messages, "received", G_CALLBACK (received_cb), f);
  g_signal_connect (f->messages, "learned", G_CALLBACK (learned_cb), f);
  g_signal_connect (f->messages, "rejected", G_CALLBACK (rejected_cb), f);
  g_signal_connect (f->messages, "chat-state-changed", G_CALLBACK (state_cb), f);
  g_signal_connect (f->test->client, "message", G_CALLBACK (message_cb), f);
}

/* The id of the last question about the account. */
static char *
dup_question (MessagesTest *f)
{
  g_autofree char *sent = scripted_server_dup_received (f->test->server);
  char *found = NULL;

  for (char *at = sent; (at = strstr (at, "<iq ")) != NULL; at++)
    {
      char *end = strstr (at, "</iq>");
      g_autofree char *iq = end != NULL ? g_strndup (at, end - at) : NULL;

      if (iq != NULL && strstr (iq, "to=\"user@example.org\"") != NULL && strstr (iq, HS_NS_DISCO_INFO) != NULL)
        {
          g_free (found);
          found = messages_dup_attribute (iq, "iq", "id");
        }
    }
  return found;
}

void
messages_answer_account (MessagesTest *f, const char *features)
{
  g_autofree char *id = NULL;
  g_autofree char *answer = NULL;
  gint64 deadline = test_deadline ();

  while ((id = dup_question (f)) == NULL)
    test_iterate (deadline, "the question about the account");
  answer = g_strdup_printf ("<iq type='result' id='%s' from='user@example.org'><query xmlns='" HS_NS_DISCO_INFO
                            "'>%s</query></iq>",
                            id, features);
  test_client_say (f->test, answer);
}

void
messages_start (MessagesTest *f, const ScriptStep *script, const char *features)
{
  static const ScriptStep *scripts[2];

  scripts[0] = script;
  messages_set_up (f, scripts);
  test_client_start_until_ready (f->test);
  messages_answer_account (f, features);
  test_until (hs_roster_get_is_loaded (f->roster));
  scripted_server_forget_received (f->test->server);
  g_string_truncate (f->log, 0);
}

void
messages_clear (MessagesTest *f)
{
  test_client_free (f->test);
  g_ptr_array_unref (f->deliveries);
  g_assert_finalize_object (f->messages);
  g_assert_finalize_object (f->roster);
  g_string_free (f->log, TRUE);
}

/* The scripted server acknowledges nothing at the end: do not wait long for that. */
void
messages_stop_client (MessagesTest *f)
{
  hs_client_set_connect_timeout (f->test->client, 500);
  test_client_stop (f->test);
}

void
messages_stop (MessagesTest *f)
{
  messages_stop_client (f);
  messages_clear (f);
}

void
messages_expect_log (MessagesTest *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

void
messages_say (MessagesTest *f, const char *text, const char *expected)
{
  test_client_say (f->test, text);
  messages_expect_log (f, expected);
}

HsDelivery *
messages_last (MessagesTest *f)
{
  g_assert_cmpuint (f->deliveries->len, >, 0);
  return g_ptr_array_index (f->deliveries, f->deliveries->len - 1);
}

char *
messages_dup_sent (MessagesTest *f)
{
  char *sent = test_client_dup_sent (f->test);

  scripted_server_forget_received (f->test->server);
  return sent;
}

char *
messages_dup_attribute (const char *text, const char *element, const char *attribute)
{
  g_autofree char *pattern = g_strdup_printf ("<%s [^>]*\\b%s=[\"']([^\"']*)", element, attribute);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, text, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

HsSentMessage *
messages_send (MessagesTest *f, const char *to, const char *body)
{
  g_autoptr (GError) error = NULL;
  HsSentMessage *sent = hs_messages_send_text (f->messages, to, body, &error);

  g_assert_no_error (error);
  g_assert_nonnull (sent);
  return sent;
}
