/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-request-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* The actions of owners: configuring and destroying the room (XEP-0045, 10). */

static void
read_config (HsRoom *self, GTask *task, HsIq *answer)
{
  HsElement *query = hs_iq_get_payload (answer);
  HsElement *x = query != NULL ? hs_element_get_child (query, "x", HS_NS_DATA) : NULL;
  GError *error = NULL;
  HsDataForm *form = NULL;

  if (x != NULL)
    form = hs_data_form_new_from_element (x, &error);
  else
    error = g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "%s has sent no form", hs_jid_to_string (self->jid));
  if (form != NULL)
    g_task_return_pointer (task, form, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
do_query_config (HsRoom *self, GTask *task)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_MUC_OWNER);

  hs_room_ask (self, task, "get", query, read_config);
}

static void
do_store_config (HsRoom *self, GTask *task, HsDataForm *config)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_MUC_OWNER);
  g_autoptr (HsElement) x = NULL;
  GError *error = NULL;

  if (hs_data_form_get_kind (config) == HS_DATA_FORM_KIND_FORM)
    x = hs_data_form_create_submission (config, &error);
  else
    x = hs_data_form_create_element (config);
  if (x == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  hs_element_append (query, x);
  hs_room_ask (self, task, "set", query, hs_room_read_done);
}

static void
do_create_instant (HsRoom *self, GTask *task)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_MUC_OWNER);

  hs_element_set_attribute (hs_element_add_child (query, "x", HS_NS_DATA), "type", "submit");
  hs_room_ask (self, task, "set", query, hs_room_read_done);
}

static void
do_destroy (HsRoom *self, GTask *task, const char *reason, const char *alternative)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_MUC_OWNER);
  HsElement *destroy = hs_element_add_child (query, "destroy", HS_NS_MUC_OWNER);
  GError *error = NULL;
  g_autoptr (HsJid) other = alternative != NULL ? hs_jid_new (alternative, &error) : NULL;

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (other != NULL)
    hs_element_set_attribute (destroy, "jid", hs_jid_to_string (other));
  hs_room_add_reason (destroy, HS_NS_MUC_OWNER, reason);
  hs_room_ask (self, task, "set", query, hs_room_read_done);
}

/**
 * hs_room_query_config_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Asks for the form that configures the room (XEP-0045, 10.2).
 *
 * Only owners may do this. [method@Room.store_config_async] sends the form back.
 *
 * Call [method@Room.query_config_finish] in the callback to get the result.
 *
 * ```python
 * form = await room.query_config_async()
 * form.set_value("muc#roomconfig_roomname", "The balcony")
 * await room.store_config_async(form)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_query_config_async (HsRoom *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_query_config_async);
  do_query_config (self, task);
}

/**
 * hs_room_query_config_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.query_config_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the form, or %NULL with an error
 *
 * Since: 0.2
 */
HsDataForm *
hs_room_query_config_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_query_config_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_room_store_config_async:
 * @self: a room
 * @config: a form from [method@Room.query_config_async] that was filled in, or one of the kind
 *   %HS_DATA_FORM_KIND_SUBMIT
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Configures the room (XEP-0045, 10.2).
 *
 * Only owners may do this.
 *
 * Call [method@Room.store_config_finish] in the callback to get the result.
 *
 * ```python
 * form = await room.query_config_async()
 * form.set_value("muc#roomconfig_persistentroom", "1")
 * await room.store_config_async(form)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_store_config_async (HsRoom *self,
                            HsDataForm *config,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (HS_IS_DATA_FORM (config));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_store_config_async);
  do_store_config (self, task, config);
}

/**
 * hs_room_store_config_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.store_config_async].
 *
 * Errors: those of [method@DataForm.create_submission]; an error of %HS_STANZA_ERROR if the room refuses;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_store_config_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_store_config_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_create_instant_async:
 * @self: a room
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Opens a room that was just created, with the default configuration of the service (XEP-0045, 10.1.2).
 *
 * Before this, or before [method@Room.store_config_async], nobody else can join the room: see [signal@Room::created].
 *
 * Call [method@Room.create_instant_finish] in the callback to get the result.
 *
 * ```python
 * room.connect("created", lambda room: room.create_instant_async())
 * ```
 *
 * Since: 0.2
 */
void
hs_room_create_instant_async (HsRoom *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_create_instant_async);
  do_create_instant (self, task);
}

/**
 * hs_room_create_instant_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.create_instant_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_create_instant_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_create_instant_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_destroy_async:
 * @self: a room
 * @reason: (nullable): the reason, or %NULL
 * @alternative: (nullable): the room to join instead, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Destroys the room (XEP-0045, 10.9).
 *
 * Only owners may do this.
 *
 * Call [method@Room.destroy_finish] in the callback to get the result.
 *
 * ```python
 * await room.destroy_async("We meet in the garden", "garden@rooms.example.org")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_destroy_async (HsRoom *self,
                       const char *reason,
                       const char *alternative,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_destroy_async);
  do_destroy (self, task, reason, alternative);
}

/**
 * hs_room_destroy_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.destroy_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a
 * session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_destroy_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_destroy_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
