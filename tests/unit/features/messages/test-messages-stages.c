/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-client.h"
#include "hs-error.h"
#include "hs-messages-private.h"
#include "hs-module.h"

/* The stages that messages pass, with a table of the test's own in place of the library's. */

/* Which stages a message has passed, and which of them drops it, if any. */
static GString *passed;
static const char *dropping;

static HsMessagesPass
pass (const char *stage)
{
  g_string_append_printf (passed, "%s ", stage);
  return g_strcmp0 (stage, dropping) == 0 ? HS_MESSAGES_PASS_DROP : HS_MESSAGES_PASS_ON;
}

/* A cipher that anybody can read. */
static HsMessagesPass
decrypt (HsMessages *self, HsDelivery *delivery)
{
  HsMessage *message = delivery->chat.message;
  g_autofree char *plain = g_utf8_strreverse (hs_message_get_body (message), -1);

  hs_message_set_body (message, plain);
  return pass ("decrypt");
}

static HsMessagesPass
encrypt (HsMessages *self, const HsMessagesOutgoing *outgoing)
{
  g_autofree char *secret = g_utf8_strreverse (hs_message_get_body (outgoing->message), -1);

  /* It comes last, so that all that is to be encrypted is there. */
  g_assert_nonnull (hs_stanza_get_id (HS_STANZA (outgoing->message)));
  g_assert_cmpint (hs_message_get_chat_state (outgoing->message), ==, HS_CHAT_STATE_ACTIVE);
  hs_message_set_body (outgoing->message, secret);
  return pass ("encrypt");
}

static HsMessagesPass
receive_content (HsMessages *self, HsDelivery *delivery)
{
  return pass ("content") == HS_MESSAGES_PASS_ON ? hs_messages_stages[1].receive (self, delivery)
                                                 : HS_MESSAGES_PASS_DROP;
}

static HsMessagesPass
send_content (HsMessages *self, const HsMessagesOutgoing *outgoing)
{
  return pass ("content") == HS_MESSAGES_PASS_ON ? hs_messages_stages[1].send (self, outgoing)
                                                 : HS_MESSAGES_PASS_DROP;
}

static HsMessagesPass
receive_meta (HsMessages *self, HsDelivery *delivery)
{
  return pass ("meta");
}

static HsMessagesPass
send_meta (HsMessages *self, const HsMessagesOutgoing *outgoing)
{
  return pass ("meta") == HS_MESSAGES_PASS_ON ? hs_messages_stages[2].send (self, outgoing) : HS_MESSAGES_PASS_DROP;
}

static const HsMessagesStage stages[HS_MESSAGES_N_STAGES] = {
  { "decrypt", decrypt, encrypt },
  { "content", receive_content, send_content },
  { "meta", receive_meta, send_meta },
};

static void
received_cb (HsMessages *messages, HsDelivery *delivery, char **body)
{
  g_assert_null (*body);
  *body = g_strdup (hs_message_get_body (delivery->chat.message));
}

/* The body as the program gets it, or NULL. */
static char *
receive (const HsMessagesStage *table, const char *body, HsChatState state)
{
  g_autoptr (HsJid) own = hs_jid_new ("romeo@montague.example", NULL);
  g_autoptr (HsMessages) messages = hs_messages_new_reader (own);
  g_autoptr (HsMessage) message = hs_message_new_chat ("romeo@montague.example", body);
  g_autoptr (HsDelivery) delivery = NULL;
  HsMessagesArchived archived = { .archive = own, .archive_id = "1" };
  char *result = NULL;

  messages->stages = table;
  hs_element_set_attribute (HS_ELEMENT (message), "from", "juliet@capulet.example/balcony");
  hs_message_set_chat_state (message, state);
  g_signal_connect (messages, "received", G_CALLBACK (received_cb), &result);
  delivery = hs_messages_read (messages, message, &archived);
  g_assert_cmpint (hs_messages_deliver (messages, delivery), ==,
                   body != NULL && dropping == NULL ? HS_MESSAGES_OUTCOME_DELIVERED : HS_MESSAGES_OUTCOME_IGNORED);
  return result;
}

static void
begin (const char *stage)
{
  g_string_truncate (passed, 0);
  dropping = stage;
}

static void
test_in (void)
{
  g_autofree char *body = NULL;

  begin (NULL);
  body = receive (stages, "oemoR", HS_CHAT_STATE_NONE);
  g_assert_cmpstr (body, ==, "Romeo");
  g_assert_cmpstr (passed->str, ==, "decrypt content meta ");
}

static void
test_dropped_in (void)
{
  static const char *const expected[][2]
      = { { "decrypt", "decrypt " }, { "content", "decrypt content " }, { "meta", "decrypt content meta " } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *body = NULL;

      begin (expected[i][0]);
      body = receive (stages, "oemoR", HS_CHAT_STATE_NONE);
      g_assert_null (body);
      g_assert_cmpstr (passed->str, ==, expected[i][1]);
    }
}

/* The library's own table. */
static void
test_own (void)
{
  static const char *const names[] = { "decrypt", "content", "meta" };
  g_autofree char *body = NULL;
  g_autofree char *none = NULL;

  for (guint i = 0; i < HS_MESSAGES_N_STAGES; i++)
    g_assert_cmpstr (hs_messages_stages[i].name, ==, names[i]);
  begin (NULL);
  body = receive (hs_messages_stages, "Romeo", HS_CHAT_STATE_ACTIVE);
  g_assert_cmpstr (body, ==, "Romeo");
  none = receive (hs_messages_stages, NULL, HS_CHAT_STATE_COMPOSING);
  g_assert_null (none);
  g_assert_cmpstr (passed->str, ==, "");
}

static HsSentMessage *
send_text (HsMessages *messages, GError **error)
{
  return hs_messages_send_text (messages, "juliet@capulet.example", "Juliet", error);
}

static void
test_out (void)
{
  static const char *const expected[][2] = { { "meta", "meta " },
                                             { "content", "meta content " },
                                             { "encrypt", "meta content encrypt " } };
  g_autoptr (HsClient) client = hs_client_new ("romeo@montague.example", "secret");
  g_autoptr (HsMessages) messages = hs_messages_new ();
  g_autoptr (HsSentMessage) sent = NULL;

  messages->stages = stages;
  hs_messages_set_queue_offline (messages, TRUE);
  hs_client_register (client, HS_MODULE (messages));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError) error = NULL;

      begin (expected[i][0]);
      g_assert_null (send_text (messages, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
      g_assert_cmpstr (passed->str, ==, expected[i][1]);
      g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending (messages)), ==, 0);
    }
  begin (NULL);
  sent = send_text (messages, NULL);
  g_assert_cmpstr (passed->str, ==, "meta content encrypt ");
  g_assert_cmpstr (hs_message_get_body (sent->chat.message), ==, "teiluJ");
  g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending (messages)), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  passed = g_string_new (NULL);

  g_test_add_func ("/messages-stages/in", test_in);
  g_test_add_func ("/messages-stages/dropped-in", test_dropped_in);
  g_test_add_func ("/messages-stages/own", test_own);
  g_test_add_func ("/messages-stages/out", test_out);

  return g_test_run ();
}
