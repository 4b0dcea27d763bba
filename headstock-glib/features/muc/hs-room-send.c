/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Sending messages to a room, and inviting people to it. */

/**
 * hs_room_send_message:
 * @self: a room
 * @message: a message; it is copied
 * @error: return location for an error
 *
 * Sends a message to everybody in the room (XEP-0045, 7.4), and tells its delivery status.
 *
 * The copy that is sent always has the type `groupchat` and the room's address.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if the account is not in the room; those of [method@Messages.send].
 *
 * ```python
 * message = Headstock.Message(body="Good evening", lang="en")
 * room.send_message(message)
 * ```
 *
 * Returns: (transfer full): the message with its delivery status, or %NULL with an error
 *
 * Since: 0.2
 */
HsSentMessage *
hs_room_send_message (HsRoom *self, HsMessage *message, GError **error)
{
  g_autoptr (HsMessage) copy = NULL;
  HsMessages *messages;

  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (HS_IS_MESSAGE (message), NULL);

  messages = hs_room_find_messages (self);
  if (self->state != HS_ROOM_STATE_IN || messages == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The account is not in the room");
      return NULL;
    }
  copy = HS_MESSAGE (hs_element_copy (HS_ELEMENT (message)));
  hs_stanza_set_stanza_type (HS_STANZA (copy), "groupchat");
  hs_stanza_set_to_jid (HS_STANZA (copy), self->jid);
  return hs_messages_send (messages, copy, error);
}

/**
 * hs_room_send:
 * @self: a room
 * @body: a text
 * @error: return location for an error
 *
 * Sends a text to everybody in the room (XEP-0045, 7.4).
 *
 * [property@SentMessage:state] becomes %HS_SENT_STATE_REFLECTED when the room has sent the message to everybody.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if the account is not in the room; those of [method@Messages.send].
 *
 * ```python
 * room.send("Good evening")
 * ```
 *
 * Returns: (transfer full): the message with its delivery status, or %NULL with an error
 *
 * Since: 0.2
 */
HsSentMessage *
hs_room_send (HsRoom *self, const char *body, GError **error)
{
  g_autoptr (HsMessage) message = NULL;

  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (body != NULL, NULL);

  message = hs_message_new ("groupchat", NULL);
  hs_message_set_body (message, body);
  return hs_room_send_message (self, message, error);
}

static void
add_direct (HsRoom *self, HsMessage *message, const char *reason)
{
  HsElement *x = hs_element_add_child (HS_ELEMENT (message), "x", HS_NS_CONFERENCE);

  hs_element_set_attribute (x, "jid", hs_jid_to_string (self->jid));
  if (reason != NULL)
    hs_element_set_attribute (x, "reason", reason);
  if (self->password != NULL)
    hs_element_set_attribute (x, "password", self->password);
}

static void
add_mediated (HsMessage *message, HsJid *person, const char *reason)
{
  HsElement *x = hs_element_add_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER);
  HsElement *invite = hs_element_add_child (x, "invite", HS_NS_MUC_USER);

  hs_element_set_attribute (invite, "to", hs_jid_to_string (person));
  if (reason != NULL)
    hs_element_add_text_child (invite, "reason", HS_NS_MUC_USER, reason);
}

/**
 * hs_room_invite:
 * @self: a room
 * @jid: the address of a person
 * @reason: (nullable): the reason, or %NULL
 * @is_direct: whether the invitation is sent directly (XEP-0249) and not through the room (XEP-0045, 7.8)
 * @error: return location for an error
 *
 * Invites somebody to the room.
 *
 * An invitation through a members-only room makes the person a member. A direct one also reaches people who block
 * messages from unknown rooms, and contains the room's password if there is one.
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED without a session; the others of [method@Client.send_stanza].
 *
 * ```python
 * room.invite("juliet@capulet.example", "Come down", True)
 * ```
 *
 * Returns: %TRUE if the invitation was sent, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_invite (HsRoom *self, const char *jid, const char *reason, gboolean is_direct, GError **error)
{
  g_autoptr (HsJid) person = NULL;
  g_autoptr (HsMessage) message = NULL;
  HsClient *client;

  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  person = hs_jid_new (jid, error);
  if (person == NULL)
    return FALSE;
  client = hs_room_find_client (self);
  if (client == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The room is not registered with a client");
      return FALSE;
    }
  message = hs_message_new ("normal", hs_jid_to_string (is_direct ? person : self->jid));
  if (is_direct)
    add_direct (self, message, reason);
  else
    add_mediated (message, person, reason);
  return hs_client_send_stanza (client, HS_ELEMENT (message), error);
}
