/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-request-private.h"

#include "hs-error.h"
#include "hs-muc-text-private.h"
#include "hs-namespaces.h"

/* The actions of moderators (XEP-0045, 8; XEP-0425). */

static void
do_change_role (HsRoom *self, GTask *task, HsOccupant *occupant, HsRole role, const char *reason)
{
  g_autoptr (HsElement) query = NULL;
  HsElement *item;

  /* Somebody else may have the nickname now. An object that the program has made itself has none. */
  if (occupant->nick == NULL || hs_room_table_lookup (&self->table, occupant->nick) != occupant)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_FAILED, "%s is not in the room%s%s any more",
                               occupant->nick != NULL ? occupant->nick : "The occupant", self->jid != NULL ? " " : "",
                               self->jid != NULL ? hs_jid_to_string (self->jid) : "");
      return;
    }
  query = hs_element_new ("query", HS_NS_MUC_ADMIN);
  item = hs_element_add_child (query, "item", HS_NS_MUC_ADMIN);
  hs_element_set_attribute (item, "nick", occupant->nick);
  hs_element_set_attribute (item, "role", hs_muc_describe_role (role));
  hs_room_add_reason (item, HS_NS_MUC_ADMIN, reason);
  hs_room_ask (self, task, "set", query, hs_room_read_done);
}

/* A room that only has the earlier version of XEP-0425. */
static gboolean
is_of_old_version (HsRoom *self)
{
  return self->info != NULL && hs_disco_info_has_feature (self->info, HS_NS_MODERATE_0)
         && !hs_disco_info_has_feature (self->info, HS_NS_MODERATE);
}

/* XEP-0425, version 0.2.1, 4. */
static HsElement *
make_old_request (const char *archive_id, const char *reason)
{
  HsElement *apply = hs_element_new ("apply-to", HS_NS_FASTEN);
  HsElement *moderate = hs_element_add_child (apply, "moderate", HS_NS_MODERATE_0);

  hs_element_set_attribute (apply, "id", archive_id);
  hs_element_add_child (moderate, "retract", HS_NS_RETRACT_0);
  hs_room_add_reason (moderate, HS_NS_MODERATE_0, reason);
  return apply;
}

static void
do_moderate (HsRoom *self, GTask *task, const char *archive_id, const char *reason)
{
  g_autoptr (HsElement) moderate = NULL;

  if (is_of_old_version (self))
    {
      moderate = make_old_request (archive_id, reason);
      hs_room_ask (self, task, "set", moderate, hs_room_read_done);
      return;
    }
  moderate = hs_element_new ("moderate", HS_NS_MODERATE);
  hs_element_set_attribute (moderate, "id", archive_id);
  hs_element_add_child (moderate, "retract", HS_NS_RETRACT);
  hs_room_add_reason (moderate, HS_NS_MODERATE, reason);
  hs_room_ask (self, task, "set", moderate, hs_room_read_done);
}

/**
 * hs_room_moderate_async:
 * @self: a room
 * @archive_id: the id of a message in the room's archive
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Retracts a message of somebody else (XEP-0425).
 *
 * Only moderators may do this, in a room that has %HS_ROOM_FEATURE_MODERATION.
 *
 * Call [method@Room.moderate_finish] in the callback to get the result.
 *
 * ```python
 * def remove(room, delivery):
 *     if delivery.archive_id is not None:
 *         room.moderate_async(delivery.archive_id, "Spam")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_moderate_async (HsRoom *self,
                        const char *archive_id,
                        const char *reason,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (archive_id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_moderate_async);
  do_moderate (self, task, archive_id, reason);
}

/**
 * hs_room_moderate_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.moderate_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_moderate_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_moderate_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_kick_async:
 * @self: a room
 * @occupant: an occupant
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Kicks an occupant, who may come back (XEP-0045, 8.2).
 *
 * Only moderators may do this.
 *
 * Call [method@Room.kick_finish] in the callback to get the result.
 *
 * ```python
 * occupant = room.lookup_occupant("Tybalt")
 * if occupant is not None:
 *     await room.kick_async(occupant, "No fighting here")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_kick_async (HsRoom *self,
                    HsOccupant *occupant,
                    const char *reason,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (HS_IS_OCCUPANT (occupant));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_kick_async);
  do_change_role (self, task, occupant, HS_ROLE_NONE, reason);
}

/**
 * hs_room_kick_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.kick_async].
 *
 * Errors: %HS_ERROR_FAILED if the occupant has left; an error of %HS_STANZA_ERROR if the room refuses;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_kick_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_kick_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_change_role_async:
 * @self: a room
 * @occupant: an occupant
 * @role: the role
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Changes what an occupant may do during this stay (XEP-0045, 8.3 to 8.5).
 *
 * It grants or revokes voice, or makes the occupant a moderator. %HS_ROLE_NONE kicks the occupant.
 *
 * Call [method@Room.change_role_finish] in the callback to get the result.
 *
 * ```python
 * occupant = room.lookup_occupant("Juliet")
 * if occupant is not None:
 *     await room.change_role_async(occupant, Headstock.Role.MODERATOR)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_change_role_async (HsRoom *self,
                           HsOccupant *occupant,
                           HsRole role,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (HS_IS_OCCUPANT (occupant));
  g_return_if_fail ((guint) role <= HS_ROLE_MODERATOR);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_change_role_async);
  do_change_role (self, task, occupant, role, reason);
}

/**
 * hs_room_change_role_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.change_role_async].
 *
 * Errors: %HS_ERROR_FAILED if the occupant has left; an error of %HS_STANZA_ERROR if the room refuses;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_change_role_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_change_role_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
