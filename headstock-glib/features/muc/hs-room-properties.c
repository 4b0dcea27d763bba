/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-private.h"

/* The getters of a room's properties. */

/**
 * hs_room_get_client: (get-property client)
 * @self: a room
 *
 * Gets the client that the room's module is registered with.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_room_get_client (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->muc != NULL ? self->muc->client : NULL;
}

/**
 * hs_room_get_jid: (get-property jid)
 * @self: a room
 *
 * Gets the address of the room, a bare JID.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
HsJid *
hs_room_get_jid (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->jid;
}

/**
 * hs_room_get_nick: (get-property nick)
 * @self: a room
 *
 * Gets the account's nickname in the room, or the one for joining.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
const char *
hs_room_get_nick (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->nick;
}

/**
 * hs_room_get_state: (get-property state)
 * @self: a room
 *
 * Gets the state of the account's stay in the room.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsRoomState
hs_room_get_state (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), HS_ROOM_STATE_OUT);

  return self->state;
}

/**
 * hs_room_get_occupants: (get-property occupants)
 * @self: a room
 *
 * Gets the occupants of the room, a list of [class@Occupant].
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
GListModel *
hs_room_get_occupants (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  hs_roster_list_flush (self->occupants);
  return G_LIST_MODEL (self->occupants);
}

/**
 * hs_room_get_own_occupant: (get-property own-occupant)
 * @self: a room
 *
 * Gets the account itself as an occupant, while it is in the room.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsOccupant *
hs_room_get_own_occupant (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->own;
}

/**
 * hs_room_get_subject: (get-property subject)
 * @self: a room
 *
 * Gets the subject: empty if the room has none, %NULL if it is not known.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_room_get_subject (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->subject;
}

/**
 * hs_room_get_subject_author: (get-property subject-author)
 * @self: a room
 *
 * Gets the nickname of the occupant who has set the subject.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_room_get_subject_author (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->subject_author;
}

/**
 * hs_room_get_name: (get-property name)
 * @self: a room
 *
 * Gets the room's name from its service discovery.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_room_get_name (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->name;
}

/**
 * hs_room_get_info: (get-property info)
 * @self: a room
 *
 * Gets the room's service discovery information, if it is known.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_room_get_info (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->info;
}

/**
 * hs_room_get_features: (get-property features)
 * @self: a room
 *
 * Gets the properties and features of the room.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsRoomFeature
hs_room_get_features (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), HS_ROOM_FEATURE_NONE);

  return self->features;
}

/**
 * hs_room_get_password: (get-property password)
 * @self: a room
 *
 * Gets the password for joining.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_room_get_password (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);

  return self->password;
}

/**
 * hs_room_get_history_limit: (get-property history-limit)
 * @self: a room
 *
 * Gets how many earlier messages the room sends at most when the account joins.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
guint
hs_room_get_history_limit (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), 0);

  return self->history_limit;
}

/**
 * hs_room_get_auto_rejoin: (get-property auto-rejoin)
 * @self: a room
 *
 * Gets whether the account rejoins by itself after it was lost.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
gboolean
hs_room_get_auto_rejoin (HsRoom *self)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);

  return self->auto_rejoin;
}

/**
 * hs_room_lookup_occupant:
 * @self: a room
 * @nick: a nickname
 *
 * Finds an occupant by the nickname.
 *
 * ```python
 * occupant = room.lookup_occupant("Juliet")
 * if occupant is not None:
 *     print(occupant.role)
 * ```
 *
 * Returns: (transfer none) (nullable): the occupant, or %NULL if there is none
 *
 * Since: 0.2
 */
HsOccupant *
hs_room_lookup_occupant (HsRoom *self, const char *nick)
{
  g_autoptr (HsJid) jid = NULL;
  const char *resource;

  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (nick != NULL, NULL);

  jid = self->jid != NULL ? hs_jid_with_resource (self->jid, nick, NULL) : NULL;
  resource = jid != NULL ? hs_jid_get_resource (jid) : NULL;
  return resource != NULL ? hs_room_table_lookup (&self->table, resource) : NULL;
}

/**
 * hs_room_lookup_occupant_id:
 * @self: a room
 * @occupant_id: an occupant id (XEP-0421)
 *
 * Finds an occupant by the id that the room has given.
 *
 * Returns: (transfer none) (nullable): the occupant, or %NULL if there is none
 *
 * Since: 0.2
 */
HsOccupant *
hs_room_lookup_occupant_id (HsRoom *self, const char *occupant_id)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (occupant_id != NULL, NULL);

  return hs_room_table_lookup_id (&self->table, occupant_id);
}
