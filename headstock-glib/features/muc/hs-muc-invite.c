/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-muc-invite-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-invite-private.h"
#include "hs-muc-rooms-private.h"
#include "hs-namespaces.h"

/* Messages about rooms that are not part of a chat: both kinds of invitations, and requests for voice. */

/* Returns the message that @x is a child of, if it may be one of these; NULL if it is inside a copy or an archive's
 * result, is an error, or is a message of the room. */
static HsStanza *
find_message (HsElement *x)
{
  HsElement *parent = hs_element_get_parent (x);
  const char *type;

  if (parent == NULL || !HS_IS_MESSAGE (parent) || hs_element_get_parent (parent) != NULL)
    return NULL;
  type = hs_stanza_get_stanza_type (HS_STANZA (parent));
  return strcmp (type, "error") == 0 || strcmp (type, "groupchat") == 0 ? NULL : HS_STANZA (parent);
}

static HsInvite *
new_invite (HsJid *room, HsJid *inviter, const char *reason, const char *password)
{
  HsInvite *invite = g_object_new (HS_TYPE_INVITE, NULL);

  invite->room = hs_jid_get_bare (room);
  invite->inviter = inviter != NULL ? hs_jid_ref (inviter) : NULL;
  invite->reason = g_strdup (reason);
  invite->password = g_strdup (password);
  return invite;
}

static void
tell (HsMuc *self, HsElement *x, HsInvite *invite)
{
  if (self->messages != NULL)
    hs_messages_claim (self->messages, x);
  g_signal_emit (self, hs_muc_signals[HS_MUC_SIGNAL_INVITED], 0, invite);
}

/* Takes a direct invitation (XEP-0249). The sender is the inviter, and may name any room. */
HsElement *
hs_muc_direct_invite_cb (HsClient *client, HsElement *x, gpointer user_data)
{
  g_autoptr (HsMuc) self = g_object_ref (user_data);
  HsStanza *message = find_message (x);
  const char *jid = hs_element_get_attribute (x, "jid");
  g_autoptr (HsJid) room = jid != NULL ? hs_jid_new (jid, NULL) : NULL;
  g_autoptr (HsJid) from = message != NULL ? hs_stanza_get_from_jid (message) : NULL;
  g_autoptr (HsInvite) invite = NULL;
  HsElement *mediated;

  if (message == NULL || room == NULL || from == NULL || hs_jid_get_local (room) == NULL)
    return NULL;
  /* Some servers add this element to the room's invitation, which also says who the inviter is. */
  mediated = hs_element_get_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER);
  if (mediated != NULL && hs_element_get_child (mediated, "invite", HS_NS_MUC_USER) != NULL)
    return NULL;
  invite = new_invite (room, from, hs_element_get_attribute (x, "reason"), hs_element_get_attribute (x, "password"));
  invite->is_direct = TRUE;
  invite->thread = g_strdup (hs_element_get_attribute (x, "thread"));
  tell (self, x, invite);
  return NULL;
}

static void
take_mediated (HsMuc *self, HsElement *x, HsElement *element, HsJid *room)
{
  const char *from = hs_element_get_attribute (element, "from");
  g_autoptr (HsJid) inviter = from != NULL ? hs_jid_new (from, NULL) : NULL;
  g_autoptr (HsInvite) invite = NULL;

  invite = new_invite (room, inviter, hs_element_get_child_text (element, "reason", HS_NS_MUC_USER),
                       hs_element_get_child_text (x, "password", HS_NS_MUC_USER));
  /* A chat of two people is to go on in the room (XEP-0045, 7.9). */
  invite->thread = g_strdup (hs_element_get_child_attribute (element, "continue", HS_NS_MUC_USER, "thread"));
  tell (self, x, invite);
}

/* Takes a request for voice (XEP-0045, 8.6). The form is for moderators, and only the room itself sends it. */
static void
take_voice_request (HsMuc *self, HsElement *x, HsRoom *room)
{
  g_autoptr (HsDataForm) form = hs_data_form_new_from_element (x, NULL);
  const char *nick = form != NULL ? hs_data_form_get_value (form, "muc#roomnick") : NULL;
  HsOccupant *occupant = nick != NULL ? hs_room_lookup_occupant (room, nick) : NULL;

  if (form == NULL || g_strcmp0 (hs_data_form_get_form_type (form), HS_NS_MUC_REQUEST) != 0)
    return;
  if (self->messages != NULL)
    hs_messages_claim (self->messages, x);
  if (occupant != NULL)
    g_signal_emit (room, hs_room_signals[HS_ROOM_SIGNAL_VOICE_REQUESTED], 0, occupant);
}

/* Whether a message from a room's own address is no message of a chat: the answer to an invitation, or news of somebody
 * who is not in the room, such as a new affiliation (XEP-0045, 15.6.2). */
static gboolean
is_notice (HsMuc *self, HsElement *x, HsJid *room)
{
  return hs_element_get_child (x, "decline", HS_NS_MUC_USER) != NULL
         || (hs_muc_find_room (self, room) != NULL
             && hs_element_get_child (hs_element_get_parent (x), "body", HS_NS_CLIENT) == NULL);
}

/* Takes messages from a room's own address. Messages of occupants have a resource, and may contain the same
 * elements. */
HsElement *
hs_muc_mediated_cb (HsClient *client, HsElement *x, gpointer user_data)
{
  g_autoptr (HsMuc) self = g_object_ref (user_data);
  HsStanza *message = find_message (x);
  g_autoptr (HsJid) from = message != NULL ? hs_stanza_get_from_jid (message) : NULL;
  HsElement *element;
  HsRoom *room;

  if (from == NULL || !hs_jid_is_bare (from) || hs_jid_get_local (from) == NULL)
    return NULL;
  if (hs_element_matches (x, "x", HS_NS_DATA))
    {
      room = hs_muc_find_room (self, from);
      if (room != NULL && room->state == HS_ROOM_STATE_IN)
        take_voice_request (self, x, room);
      return NULL;
    }
  element = hs_element_get_child (x, "invite", HS_NS_MUC_USER);
  if (element != NULL)
    take_mediated (self, x, element, from);
  else if (self->messages != NULL && is_notice (self, x, from))
    hs_messages_claim (self->messages, x);
  return NULL;
}

/**
 * hs_muc_decline_async:
 * @self: a module for rooms
 * @invite: an invitation
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the message was sent
 * @user_data: data for @callback
 *
 * Declines an invitation (XEP-0045, 7.8.2).
 *
 * A direct invitation cannot be declined: nothing is sent, and the call succeeds.
 *
 * Call [method@Muc.decline_finish] in the callback to get the result.
 *
 * ```python
 * def invited(muc, invite):
 *     muc.decline_async(invite, "Not tonight")
 *
 * muc.connect("invited", invited)
 * ```
 *
 * Since: 0.2
 */
void
hs_muc_decline_async (HsMuc *self,
                      HsInvite *invite,
                      const char *reason,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsMessage) message = NULL;
  HsElement *decline;
  GError *error = NULL;

  g_return_if_fail (HS_IS_MUC (self));
  g_return_if_fail (HS_IS_INVITE (invite));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_muc_decline_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (invite->is_direct || invite->inviter == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The module is not registered with a client");
      return;
    }
  message = hs_message_new ("normal", hs_jid_to_string (invite->room));
  decline = hs_element_add_child (hs_element_add_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER), "decline",
                                  HS_NS_MUC_USER);
  hs_element_set_attribute (decline, "to", hs_jid_to_string (invite->inviter));
  if (reason != NULL)
    hs_element_add_text_child (decline, "reason", HS_NS_MUC_USER, reason);
  if (hs_client_send_stanza (self->client, HS_ELEMENT (message), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * hs_muc_decline_finish:
 * @self: a module for rooms
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Muc.decline_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED without a session; the others of [method@Client.send_stanza]; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if it was sent, or need not be; %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_muc_decline_finish (HsMuc *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_MUC (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_muc_decline_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
