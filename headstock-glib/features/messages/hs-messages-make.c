/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* Makes messages that refer to another one. They are not sent: the program may change them first. */

static HsMessage *
begin (HsChatMessage *of, const char *body)
{
  HsChatKind kind = hs_chat_message_get_kind (of);
  HsMessage *message = hs_message_new (kind == HS_CHAT_KIND_ROOM ? "groupchat" : "chat",
                                       hs_jid_to_string (hs_chat_message_get_peer (of)));

  hs_message_set_body (message, body);
  return message;
}

/* Returns the writer of a message: in a room the occupant, otherwise the person; NULL if it is not known. A message
 * that the account has sent to a room or an occupant may contain the account's address, which must not be told
 * there. */
static char *
dup_writer (HsMessages *self, HsChatMessage *of)
{
  HsJid *writer = HS_IS_DELIVERY (of) ? hs_delivery_get_sender (HS_DELIVERY (of)) : self->own;
  gboolean is_person = hs_chat_message_get_kind (of) == HS_CHAT_KIND_PERSON;
  g_autoptr (HsJid) bare = NULL;

  if (!is_person && hs_chat_message_get_is_outgoing (of))
    {
      HsMessagesRoom *room = hs_messages_find_room (self, hs_chat_message_get_peer (of));

      writer = room != NULL ? room->occupant : NULL;
    }
  if (writer != NULL && is_person)
    writer = bare = hs_jid_get_bare (writer);
  return writer != NULL ? g_strdup (hs_jid_to_string (writer)) : NULL;
}

/**
 * hs_messages_make_reply:
 * @self: the messages of an account
 * @of: the message to answer
 * @body: the answer
 *
 * Makes a message that answers another one (XEP-0461), for [method@Messages.send].
 *
 * The body of @of is quoted before the answer, for programs that do not support replies, and marked as a quotation
 * (XEP-0428).
 *
 * ```python
 * def received(messages, delivery):
 *     reply = messages.make_reply(delivery, "I think so, too")
 *     if reply is not None:
 *         messages.send(reply)
 *
 * messages.connect("received", received)
 * ```
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if @of has no id to refer to, see
 *   [method@ChatMessage.get_id_for]
 *
 * Since: 0.2
 */
HsMessage *
hs_messages_make_reply (HsMessages *self, HsChatMessage *of, const char *body)
{
  HsMessage *message;
  g_autofree char *writer = NULL;
  const char *id;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (of), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  id = hs_chat_message_get_id_for (of, HS_CHANGE_KIND_REPLY);
  if (id == NULL)
    return NULL;
  message = begin (of, body);
  writer = dup_writer (self, of);
  hs_message_set_thread (message, hs_message_get_thread (hs_chat_message_get_message (of)));
  hs_message_set_reply (message, id, writer, hs_message_get_body (hs_chat_message_get_message (of)));
  return message;
}

/**
 * hs_messages_make_correction:
 * @self: the messages of an account
 * @of: a message of the account
 * @body: the new text
 *
 * Makes a message that replaces another one of the account (XEP-0308), for [method@Messages.send].
 *
 * ```python
 * sent = messages.send_text("juliet@capulet.example", "Good nigth")
 * correction = messages.make_correction(sent, "Good night")
 * if correction is not None:
 *     messages.send(correction)
 * ```
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if @of is not the account's or has no id to refer to, see
 *   [method@ChatMessage.get_id_for]
 *
 * Since: 0.2
 */
HsMessage *
hs_messages_make_correction (HsMessages *self, HsChatMessage *of, const char *body)
{
  HsMessage *message;
  const char *id;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (of), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  id = hs_chat_message_get_id_for (of, HS_CHANGE_KIND_CORRECTION);
  if (id == NULL || !hs_chat_message_get_is_outgoing (of))
    return NULL;
  message = begin (of, body);
  hs_message_set_replace_id (message, id);
  return message;
}

/**
 * hs_messages_make_retraction:
 * @self: the messages of an account
 * @of: a message of the account
 *
 * Makes a message that retracts another one of the account (XEP-0424), for [method@Messages.send].
 *
 * Others may have read it, and programs that do not support retractions go on showing it.
 *
 * ```python
 * sent = messages.send_text("juliet@capulet.example", "For the nurse")
 * retraction = messages.make_retraction(sent)
 * if retraction is not None:
 *     messages.send(retraction)
 * ```
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if @of is not the account's or has no id to refer to, see
 *   [method@ChatMessage.get_id_for]
 *
 * Since: 0.2
 */
HsMessage *
hs_messages_make_retraction (HsMessages *self, HsChatMessage *of)
{
  HsMessage *message;
  const char *id;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (of), NULL);

  id = hs_chat_message_get_id_for (of, HS_CHANGE_KIND_RETRACTION);
  if (id == NULL || !hs_chat_message_get_is_outgoing (of))
    return NULL;
  message = begin (of, NULL);
  hs_message_set_retract_id (message, id);
  return message;
}

/**
 * hs_messages_make_reaction:
 * @self: the messages of an account
 * @of: the message to react to
 * @reactions: (array zero-terminated=1): emoji: all reactions of the account to this message; empty to remove them
 *
 * Makes a message with reactions to another one (XEP-0444), for [method@Messages.send]. They replace the earlier
 * reactions of the account.
 *
 * ```python
 * def received(messages, delivery):
 *     reaction = messages.make_reaction(delivery, ["👍"])
 *     if reaction is not None:
 *         messages.send(reaction)
 *
 * messages.connect("received", received)
 * ```
 *
 * Returns: (transfer full) (nullable): the message, or %NULL if @of has no id to refer to, see
 *   [method@ChatMessage.get_id_for]
 *
 * Since: 0.2
 */
HsMessage *
hs_messages_make_reaction (HsMessages *self, HsChatMessage *of, const char * const *reactions)
{
  HsMessage *message;
  const char *id;

  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (of), NULL);
  g_return_val_if_fail (reactions != NULL, NULL);

  id = hs_chat_message_get_id_for (of, HS_CHANGE_KIND_REACTION);
  if (id == NULL)
    return NULL;
  message = begin (of, NULL);
  hs_message_set_reactions (message, id, reactions);
  return message;
}
