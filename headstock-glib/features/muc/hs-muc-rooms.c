/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-muc-rooms-private.h"

#include "hs-muc-text-private.h"
#include "hs-room-stay-private.h"

/* The rooms of an account. */

HsRoom *
hs_muc_find_room (HsMuc *self, HsJid *jid)
{
  g_autoptr (HsJid) bare = NULL;

  if (g_hash_table_size (self->by_jid) == 0)
    return NULL;
  bare = hs_jid_get_bare (jid);
  return g_hash_table_lookup (self->by_jid, hs_jid_to_string (bare));
}

/* (transfer container): a handler may add and remove rooms. */
GPtrArray *
hs_muc_list_rooms (HsMuc *self)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rooms)); i++)
    g_ptr_array_add (rooms, g_list_model_get_item (G_LIST_MODEL (self->rooms), i));
  return rooms;
}

/* An error from a server on the way has the id of the presence, which nobody else knows. */
HsRoom *
hs_muc_find_joining (HsMuc *self, const char *id)
{
  for (guint i = 0; id != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->rooms)); i++)
    {
      g_autoptr (HsRoom) room = g_list_model_get_item (G_LIST_MODEL (self->rooms), i);

      if (g_strcmp0 (room->join_id, id) == 0)
        return room;
    }
  return NULL;
}

/* (transfer full), because a handler of the list may remove the room at once. */
static HsRoom *
find_or_add (HsMuc *self, const char *jid, const char *nick, GError **error)
{
  g_autoptr (HsJid) address = hs_jid_new (jid, error);
  g_autoptr (HsJid) bare = address != NULL ? hs_jid_get_bare (address) : NULL;
  g_autoptr (HsJid) occupant = bare != NULL ? hs_jid_with_resource (bare, nick, error) : NULL;
  g_autoptr (HsRoom) room = NULL;

  if (occupant == NULL)
    return NULL;
  if (g_set_object (&room, hs_muc_find_room (self, bare)))
    {
      if ((room->state == HS_ROOM_STATE_OUT || room->state == HS_ROOM_STATE_LOST)
          && hs_muc_set_string (&room->nick, hs_jid_get_resource (occupant)))
        hs_room_notify (room, HS_ROOM_PROP_NICK);
      return g_steal_pointer (&room);
    }
  room = hs_room_new (self, bare, hs_jid_get_resource (occupant));
  g_hash_table_insert (self->by_jid, (char *) hs_jid_to_string (room->jid), room);
  g_list_store_append (self->rooms, room);
  return g_steal_pointer (&room);
}

/**
 * hs_muc_add_room:
 * @self: a module for rooms
 * @jid: the address of a room
 * @nick: a nickname
 *
 * Adds a room without joining it.
 *
 * There is one object for each room. If the room was added before, it only gets the new nickname, unless the account is
 * in it.
 *
 * An invalid address or nickname is a programming error: it is reported with a critical message, and the function
 * returns %NULL. [method@Muc.join_async] returns an error instead.
 *
 * If a handler of #GListModel::items-changed removes the room at once, the room that is returned is no longer in
 * [property@Muc:rooms], and it cannot be joined.
 *
 * ```python
 * room = muc.add_room("balcony@rooms.example.org", "Romeo")
 * room.password = "secret"
 * await room.join_async()
 * ```
 *
 * Returns: (transfer none) (nullable): the room, or %NULL if @jid or @nick is not valid
 *
 * Since: 0.2
 */
HsRoom *
hs_muc_add_room (HsMuc *self, const char *jid, const char *nick)
{
  g_autoptr (HsMuc) alive G_GNUC_UNUSED = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsRoom) room = NULL;

  g_return_val_if_fail (HS_IS_MUC (self), NULL);
  g_return_val_if_fail (jid != NULL, NULL);
  g_return_val_if_fail (nick != NULL, NULL);

  alive = g_object_ref (self);
  room = find_or_add (self, jid, nick, &error);
  if (room == NULL)
    g_critical ("hs_muc_add_room: %s", error->message);
  /* The returned room is borrowed from the list. If a handler has removed it from there, keep it for the caller. */
  else if (hs_muc_find_room (self, room->jid) != room)
    g_set_object (&self->removed, room);
  return room;
}

/**
 * hs_muc_lookup:
 * @self: a module for rooms
 * @jid: an address
 *
 * Finds a room that was added or joined. The resource of the address does not matter.
 *
 * ```python
 * room = muc.lookup("balcony@rooms.example.org")
 * if room is not None:
 *     print(room.subject)
 * ```
 *
 * Returns: (transfer none) (nullable): the room, or %NULL if there is none
 *
 * Since: 0.2
 */
HsRoom *
hs_muc_lookup (HsMuc *self, const char *jid)
{
  g_autoptr (HsJid) address = NULL;

  g_return_val_if_fail (HS_IS_MUC (self), NULL);
  g_return_val_if_fail (jid != NULL, NULL);

  address = hs_jid_new (jid, NULL);
  return address != NULL ? hs_muc_find_room (self, address) : NULL;
}

/**
 * hs_muc_remove_room:
 * @self: a module for rooms
 * @room: a room
 *
 * Removes a room, and leaves it.
 *
 * ```python
 * await room.leave_async()
 * muc.remove_room(room)
 * ```
 *
 * Since: 0.2
 */
void
hs_muc_remove_room (HsMuc *self, HsRoom *room)
{
  g_autoptr (HsRoom) alive = NULL;
  guint position;

  g_return_if_fail (HS_IS_MUC (self));
  g_return_if_fail (HS_IS_ROOM (room));

  if (!g_list_store_find (self->rooms, room, &position))
    return;
  alive = g_object_ref (room);
  /* Removed from the list first, so that a handler that adds a room with this address gets a new object. */
  g_hash_table_remove (self->by_jid, hs_jid_to_string (room->jid));
  g_list_store_remove (self->rooms, position);
  hs_room_leave_async (room, NULL, NULL, NULL, NULL);
  hs_room_exit (room, HS_LEAVE_KIND_LEFT, NULL);
  g_clear_weak_pointer (&room->muc);
}

static void
joined_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (hs_room_join_finish (HS_ROOM (source), result, &error))
    g_task_return_pointer (task, g_object_ref (source), g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * hs_muc_join_async:
 * @self: a module for rooms
 * @jid: the address of a room
 * @nick: a nickname
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the attempt
 * @callback: (scope async) (closure user_data): called when the account has joined the room, or could not
 * @user_data: data for @callback
 *
 * Joins a room (XEP-0045, 7.2), which is created if it does not exist.
 *
 * It can be called at any time: without a session, the account joins in the next one. From now on, the room is in
 * [property@Muc:rooms], even if the account cannot join.
 *
 * Call [method@Muc.join_finish] in the callback to get the result.
 *
 * ```python
 * room = await muc.join_async("balcony@rooms.example.org", "Romeo")
 * room.send("Good evening")
 * ```
 *
 * Since: 0.2
 */
void
hs_muc_join_async (HsMuc *self,
                   const char *jid,
                   const char *nick,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsRoom) room = NULL;
  GError *error = NULL;

  g_return_if_fail (HS_IS_MUC (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (nick != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_muc_join_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  room = find_or_add (self, jid, nick, &error);
  if (room == NULL)
    g_task_return_error (task, error);
  else
    hs_room_join_async (room, cancellable, joined_cb, g_object_ref (task));
}

/**
 * hs_muc_join_finish:
 * @self: a module for rooms
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Muc.join_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; those of [method@Room.join_finish].
 *
 * Returns: (transfer full): the room, or %NULL with an error
 *
 * Since: 0.2
 */
HsRoom *
hs_muc_join_finish (HsMuc *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_MUC (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_muc_join_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
