/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* Sends messages for the program: adds what they need, and sends or queues them. */

HsChatKind
hs_messages_find_kind (HsMessages *self, HsMessage *message, HsJid *to)
{
  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (message)), "groupchat") == 0)
    return HS_CHAT_KIND_ROOM;
  if (hs_jid_is_bare (to))
    return HS_CHAT_KIND_PERSON;
  return hs_messages_find_room (self, to) != NULL
                 || hs_element_get_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER) != NULL
             ? HS_CHAT_KIND_OCCUPANT
             : HS_CHAT_KIND_PERSON;
}

/* Makes a copy that can be sent. Returns NULL with an error where the message cannot be sent. */
static HsMessage *
prepare (HsMessages *self, HsMessage *message, HsChatKind *kind, HsJid **to, GError **error)
{
  g_autoptr (HsMessage) copy = NULL;
  const char *address = hs_element_get_attribute (HS_ELEMENT (message), "to");

  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (message)), "error") == 0)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_STANZA,
                           "A message of the type 'error' is not part of a chat: send it with the client");
      return NULL;
    }
  if (address == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, "The message has no 'to'");
      return NULL;
    }
  *to = hs_jid_new (address, error);
  if (*to == NULL)
    return NULL;
  copy = HS_MESSAGE (hs_element_copy (HS_ELEMENT (message)));
  /* The client may have another resource when the message is sent. */
  hs_stanza_set_from_jid (HS_STANZA (copy), NULL);
  *kind = hs_messages_find_kind (self, copy, *to);
  if (!hs_messages_pass_out (self, &(HsMessagesOutgoing){ copy, *kind, *to }, error))
    return NULL;
  return g_steal_pointer (&copy);
}

static void
set_author (HsMessages *self, HsSentMessage *sent)
{
  HsMessagesRoom *room
      = sent->chat.kind != HS_CHAT_KIND_PERSON ? hs_messages_find_room (self, sent->chat.peer) : NULL;

  if (sent->chat.kind != HS_CHAT_KIND_ROOM)
    sent->chat.person = hs_jid_ref (self->own);
  else if (room != NULL)
    sent->chat.author = hs_messages_dup_own_author (self, room);
}

static gboolean
dispatch (HsMessages *self, HsSentMessage *sent, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (hs_messages_must_wait (self, sent))
    {
      hs_messages_queue (self, sent);
      return TRUE;
    }
  if (hs_messages_transmit (self, sent, &reason))
    return TRUE;
  if (self->queue_offline && g_error_matches (reason, HS_ERROR, HS_ERROR_NOT_CONNECTED))
    {
      hs_messages_queue (self, sent);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/**
 * hs_messages_send:
 * @self: the messages of an account
 * @message: a message with a `to`; it is copied
 * @error: return location for an error
 *
 * Sends a message, and tells its delivery status.
 *
 * The copy that is sent gets a random `id`, unless @message has one that was not used yet, and the same origin id
 * (XEP-0359). A message with a body also gets a chat state (XEP-0085), unless the recipient is known not to support it,
 * and asks for a receipt if [property@Messages:request-receipts] is set.
 *
 * With [property@Messages:queue-offline], a message without a session waits for one. All messages for one recipient are
 * sent in the order of the calls.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if there is no client, or no session and no [property@Messages:queue-offline];
 * %HS_ERROR_INVALID_JID if `to` is missing or not valid; %HS_ERROR_INVALID_STANZA if the message is of the type
 * `error`; %HS_ERROR_INVALID_STANZA and %HS_ERROR_TOO_LARGE as for [method@Client.send_stanza]. With an error, nothing
 * is sent.
 *
 * ```python
 * message = Headstock.Message.new_chat("juliet@capulet.example", "Hello")
 * message.subject = "A greeting"
 * sent = messages.send(message)
 * ```
 *
 * Returns: (transfer full): the message with its delivery status, or %NULL with an error
 *
 * Since: 0.2
 */
HsSentMessage *
hs_messages_send (HsMessages *self, HsMessage *message, GError **error)
{
  g_autoptr (HsMessage) copy = NULL;
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (HsJid) to = NULL;
  HsChatKind kind;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (HS_IS_MESSAGE (message), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* The program may have given the client another address. */
  if (self->client != NULL && !self->has_session)
    hs_messages_update_addresses (self);
  if (self->client == NULL || self->own == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "HsMessages is not registered with a client that has a valid address");
      return NULL;
    }
  copy = prepare (self, message, &kind, &to, error);
  if (copy == NULL)
    return NULL;
  sent = hs_sent_message_new (copy, kind, to);
  sent->account = hs_jid_ref (self->own);
  sent->number = self->outbox.next_number++;
  set_author (self, sent);
  if (!dispatch (self, sent, error))
    return NULL;
  hs_messages_put_pending (self, sent);
  hs_messages_remember (self, sent);
  hs_stateful_emit_changed (HS_STATEFUL (self));
  return g_steal_pointer (&sent);
}

/**
 * hs_messages_send_text:
 * @self: the messages of an account
 * @to: an address
 * @body: the text of the message
 * @error: return location for an error
 *
 * Sends a message of the type `chat`, or `groupchat` if @to is a room that the account is in.
 *
 * Errors: those of [method@Messages.send].
 *
 * ```python
 * sent = messages.send_text("juliet@capulet.example", "Hello")
 * sent.connect("notify::state", lambda sent, _spec: print(sent.state))
 * ```
 *
 * Returns: (transfer full): the message with its delivery status, or %NULL with an error
 *
 * Since: 0.2
 */
HsSentMessage *
hs_messages_send_text (HsMessages *self, const char *to, const char *body, GError **error)
{
  g_autoptr (HsMessage) message = NULL;
  g_autoptr (HsJid) jid = NULL;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (to != NULL, NULL);
  g_return_val_if_fail (body != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  message = hs_message_new_chat (to, body);
  jid = hs_jid_new (to, NULL);
  if (jid != NULL && hs_jid_is_bare (jid) && hs_messages_find_room (self, jid) != NULL)
    hs_stanza_set_stanza_type (HS_STANZA (message), "groupchat");
  return hs_messages_send (self, message, error);
}

/**
 * hs_messages_cancel:
 * @self: the messages of an account
 * @sent: a message in [property@Messages:pending]
 *
 * Takes a message out of the list of pending messages.
 *
 * A message that waits for a session is not sent and becomes %HS_SENT_STATE_FAILED, with the error
 * %G_IO_ERROR_CANCELLED. A message with the status %HS_SENT_STATE_UNKNOWN keeps it, and a receipt can still show that
 * it arrived.
 *
 * A message that was given to the client cannot be cancelled.
 *
 * ```python
 * sent = messages.send_text("juliet@capulet.example", "Hello")
 * if messages.cancel(sent):
 *     print("It has not left")
 * ```
 *
 * Returns: true if the message was taken out of the list
 *
 * Since: 0.2
 */
gboolean
hs_messages_cancel (HsMessages *self, HsSentMessage *sent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsSentMessage) alive = NULL;

  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);
  g_return_val_if_fail (HS_IS_SENT_MESSAGE (sent), FALSE);

  alive = g_object_ref (sent);
  if (g_queue_remove (&self->outbox.messages, sent))
    {
      g_object_unref (sent);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The message was cancelled before it was sent");
      hs_sent_message_fail (sent, error);
    }
  else if (!sent->is_pending || sent->state != HS_SENT_STATE_UNKNOWN)
    return FALSE;
  hs_messages_settle (self, sent);
  hs_messages_drop_settled (self);
  return TRUE;
}
