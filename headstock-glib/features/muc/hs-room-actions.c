/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-muc-text-private.h"
#include "hs-room-announce-private.h"
#include "hs-room-pending-private.h"
#include "hs-room-ping-private.h"
#include "hs-room-stay-private.h"

/* The program's own stay: joining, leaving, nickname, self-ping and subject. */

static void
do_change_nick (HsRoom *self, GTask *task, const char *nick)
{
  GError *error = NULL;
  g_autoptr (HsJid) to = hs_jid_with_resource (self->jid, nick, &error);
  g_autofree char *id = NULL;

  if (to == NULL || hs_jid_get_resource (to) == NULL)
    {
      if (error == NULL)
        error = g_error_new (HS_ERROR, HS_ERROR_INVALID_JID, "'%s' is not a nickname", nick);
      g_task_return_error (task, error);
      return;
    }
  nick = hs_jid_get_resource (to);
  /* The room has been asked for the earlier nickname: the change waits for the answer. */
  if (self->join_id != NULL)
    {
      hs_room_pending_add (self, HS_ROOM_PENDING_NICK, task, NULL, nick);
      return;
    }
  if (self->state != HS_ROOM_STATE_IN)
    {
      if (hs_muc_set_string (&self->nick, nick))
        hs_room_notify (self, HS_ROOM_PROP_NICK);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (strcmp (nick, self->nick) == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  id = hs_feature_random_id ();
  if (hs_room_send_nick (self, nick, id))
    hs_room_pending_add (self, HS_ROOM_PENDING_NICK, task, id, nick);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "The nickname in %s was not changed to '%s': the client has no session. Wait for "
                             "HsClient::ready", hs_jid_to_string (self->jid), nick);
}

static void
do_change_subject (HsRoom *self, GTask *task, const char *subject)
{
  g_autoptr (HsMessage) message = hs_message_new ("groupchat", hs_jid_to_string (self->jid));
  g_autofree char *id = hs_feature_random_id ();
  GError *error = NULL;

  hs_stanza_set_id (HS_STANZA (message), id);
  hs_message_set_subject (message, subject);
  if (self->state != HS_ROOM_STATE_IN || hs_room_find_client (self) == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The account is not in %s",
                             hs_jid_to_string (self->jid));
  else if (!hs_client_send_stanza (hs_room_find_client (self), HS_ELEMENT (message), &error))
    g_task_return_error (task, error);
  else
    hs_room_pending_add (self, HS_ROOM_PENDING_SUBJECT, task, id, subject);
}

/**
 * hs_room_join_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Joins the room (XEP-0045, 7.2).
 *
 * Without a session, the account joins when there is one. If the account is in the room already, the call succeeds at
 * once.
 *
 * Cancelling only ends the waiting; [method@Room.leave_async] ends the attempt.
 *
 * Call [method@Room.join_finish] in the callback to get the result.
 *
 * ```python
 * room = muc.add_room("balcony@rooms.example.org", "Romeo")
 * await room.join_async()
 * for occupant in room.occupants:
 *     print(occupant.nick)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_join_async (HsRoom *self,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_join_async);
  if (!g_task_return_error_if_cancelled (task))
    hs_room_begin_join (self, task);
}

/**
 * hs_room_join_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.join_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses, such as %HS_STANZA_ERROR_CONFLICT if somebody has the
 * nickname (choose another one with [method@Room.change_nick_async]); %HS_ERROR_TIMED_OUT if the room does not answer;
 * %HS_ERROR_NOT_CONNECTED if the client stops, or the room's module is not registered with a client; %HS_ERROR_FAILED
 * if the room removes the account meanwhile (see [signal@Room::left]); %G_IO_ERROR_CANCELLED, also if the program
 * leaves the room meanwhile.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_join_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_join_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_leave_async:
 * @self: a room
 * @status: (nullable): a text for the remaining occupants, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Leaves the room (XEP-0045, 7.14).
 *
 * It also succeeds if the room does not answer, or if the account is not in the room. The account does not rejoin by
 * itself afterwards.
 *
 * Call [method@Room.leave_finish] in the callback to get the result.
 *
 * ```python
 * await room.leave_async("Good night")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_leave_async (HsRoom *self,
                     const char *status,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_leave_async);
  if (!g_task_return_error_if_cancelled (task))
    hs_room_begin_leave (self, task, status);
}

/**
 * hs_room_leave_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.leave_async].
 *
 * Errors: only %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_leave_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_leave_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_change_nick_async:
 * @self: a room
 * @nick: a nickname
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Changes the nickname (XEP-0045, 7.6).
 *
 * While the account is not in the room, it sets the nickname for joining. While the room is asked to let the account
 * join, the change waits for the answer.
 *
 * Call [method@Room.change_nick_finish] in the callback to get the result.
 *
 * ```python
 * await room.change_nick_async("Romeo M.")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_change_nick_async (HsRoom *self,
                           const char *nick,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (nick != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_change_nick_async);
  if (!g_task_return_error_if_cancelled (task))
    do_change_nick (self, task, nick);
}

/**
 * hs_room_change_nick_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.change_nick_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses, such as %HS_STANZA_ERROR_CONFLICT if somebody has the
 * nickname; %HS_ERROR_INVALID_JID if the nickname is not valid; %HS_ERROR_TIMED_OUT; %HS_ERROR_NOT_CONNECTED, also if
 * the stay ends meanwhile; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_change_nick_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_change_nick_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_check_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Asks the room whether the account is still in it (XEP-0410).
 *
 * The library does so by itself after 15 minutes of silence, and after an interrupted session was resumed. If the
 * account is not in the room any more, the state becomes %HS_ROOM_STATE_LOST.
 *
 * Call [method@Room.check_finish] in the callback to get the result.
 *
 * ```python
 * print("The room knows us:", await room.check_async())
 * ```
 *
 * Since: 0.2
 */
void
hs_room_check_async (HsRoom *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_check_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state == HS_ROOM_STATE_IN && hs_room_find_client (self) != NULL)
    hs_room_ping (self, task);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The account is not in %s",
                             hs_jid_to_string (self->jid));
}

/**
 * hs_room_check_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.check_async].
 *
 * Errors: an error of %HS_STANZA_ERROR from the room or a server on the way; %HS_ERROR_NOT_CONNECTED if the account is
 * not in the room; %HS_ERROR_TIMED_OUT; %HS_ERROR_SESSION_LOST; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_check_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_check_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_change_subject_async:
 * @self: a room
 * @subject: the subject; empty to remove it
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Changes the subject (XEP-0045, 8.1).
 *
 * It ends when the room has sent the new subject to everybody.
 *
 * Call [method@Room.change_subject_finish] in the callback to get the result.
 *
 * ```python
 * await room.change_subject_async("Tonight at eight")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_change_subject_async (HsRoom *self,
                              const char *subject,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (subject != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_change_subject_async);
  if (!g_task_return_error_if_cancelled (task))
    do_change_subject (self, task, subject);
}

/**
 * hs_room_change_subject_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.change_subject_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_TIMED_OUT; %HS_ERROR_NOT_CONNECTED, also if the
 * stay ends meanwhile; the others of [method@Client.send_stanza]; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_change_subject_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_change_subject_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
