/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-occupant-private.h"
#include "hs-presence.h"

G_BEGIN_DECLS

/* The occupants of a room, by nickname and by occupant id. */
typedef struct
{
  GHashTable *by_nick; /* nickname, of the occupant -> HsOccupant */
  GHashTable *by_id;   /* occupant id, of the occupant -> HsOccupant, borrowed; or NULL while no occupant has one */
} HsRoomTable;

/* The parts of a presence that can be trusted, because the room controls them. */
typedef enum /*< skip >*/
{
  HS_ROOM_TRUST_OCCUPANT_ID = 1 << 0,
  HS_ROOM_TRUST_HATS = 1 << 1,
} HsRoomTrust;

void hs_room_table_init (HsRoomTable *table);
void hs_room_table_clear (HsRoomTable *table);
void hs_room_table_insert (HsRoomTable *table, HsOccupant *occupant);
void hs_room_table_remove (HsRoomTable *table, HsOccupant *occupant);
/* Changes the address of an occupant in the table, and with it the nickname. */
void hs_room_table_rename (HsRoomTable *table, HsOccupant *occupant, HsJid *jid);
HsOccupant *hs_room_table_lookup (HsRoomTable *table, const char *nick);
HsOccupant *hs_room_table_lookup_id (HsRoomTable *table, const char *occupant_id);
/* The room is now known to give the occupant ids: shows those that were not trusted before. */
void hs_room_table_vouch_for_ids (HsRoomTable *table);
/* Updates an occupant from a presence, and returns which properties have changed: they are not notified. */
HsOccupantChanges hs_room_table_update (HsRoomTable *table,
                                        HsOccupant *occupant,
                                        HsPresence *presence,
                                        HsRoomTrust trust);

G_END_DECLS
