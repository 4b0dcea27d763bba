/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-request-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Requests that all occupants may make: registering a nickname, and voice (XEP-0045, 7.10 and 7.13). */

static void
read_registration (HsRoom *self, GTask *task, HsIq *answer)
{
  HsElement *query = hs_iq_get_payload (answer);
  HsElement *x = query != NULL ? hs_element_get_child (query, "x", HS_NS_DATA) : NULL;
  g_autoptr (HsElement) reply = hs_element_new ("query", HS_NS_REGISTER);
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (HsElement) submission = NULL;
  GError *error = NULL;

  if (query != NULL && x == NULL && hs_element_get_child (query, "registered", HS_NS_REGISTER) != NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (x == NULL)
    error = g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "%s has sent no form", hs_jid_to_string (self->jid));
  else
    form = hs_data_form_new_from_element (x, &error);
  if (form != NULL && hs_data_form_set_value (form, "muc#register_roomnick", self->nick, &error))
    submission = hs_data_form_create_submission (form, &error);
  if (submission == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  hs_element_append (reply, submission);
  hs_room_ask (self, task, "set", reply, hs_room_read_done);
}

static void
do_register_nick (HsRoom *self, GTask *task)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_REGISTER);

  hs_room_ask (self, task, "get", query, read_registration);
}

static void
do_request_voice (HsRoom *self, GTask *task)
{
  g_autoptr (HsMessage) message = hs_message_new ("normal", self->jid != NULL ? hs_jid_to_string (self->jid) : NULL);
  g_autoptr (HsDataForm) form = hs_data_form_new (HS_DATA_FORM_KIND_SUBMIT);
  g_autoptr (HsElement) x = NULL;
  GError *error = NULL;

  if (self->state != HS_ROOM_STATE_IN)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The account is not in the room");
      return;
    }
  hs_data_form_add_field (form, "FORM_TYPE", HS_DATA_FIELD_HIDDEN, (const char *const[]){ HS_NS_MUC_REQUEST, NULL });
  hs_data_form_add_field (form, "muc#role", HS_DATA_FIELD_LIST_SINGLE, (const char *const[]){ "participant", NULL });
  x = hs_data_form_create_element (form);
  hs_element_append (HS_ELEMENT (message), x);
  if (hs_client_send_stanza (hs_room_find_client (self), HS_ELEMENT (message), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * hs_room_register_nick_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Registers the nickname with the room, which makes the account a member (XEP-0045, 7.10).
 *
 * The nickname is [property@Room:nick].
 *
 * Call [method@Room.register_nick_finish] in the callback to get the result.
 *
 * ```python
 * await room.register_nick_async()
 * ```
 *
 * Since: 0.2
 */
void
hs_room_register_nick_async (HsRoom *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_register_nick_async);
  do_register_nick (self, task);
}

/**
 * hs_room_register_nick_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.register_nick_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_PROTOCOL if the room sends no form; those of
 * [method@DataForm.set_value] and [method@DataForm.create_submission] if the nickname does not fit the form;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_register_nick_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_register_nick_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_request_voice_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the operation has ended
 * @user_data: data for @callback
 *
 * Asks the moderators for voice (XEP-0045, 7.13).
 *
 * It ends when the request was sent. Whether it is granted shows in the role of [property@Room:own-occupant].
 *
 * Call [method@Room.request_voice_finish] in the callback to get the result.
 *
 * ```python
 * await room.request_voice_async()
 * ```
 *
 * Since: 0.2
 */
void
hs_room_request_voice_async (HsRoom *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_request_voice_async);
  if (!g_task_return_error_if_cancelled (task))
    do_request_voice (self, task);
}

/**
 * hs_room_request_voice_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.request_voice_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if the account is not in the room; the others of [method@Client.send_stanza];
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_request_voice_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_request_voice_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
