/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* Takes the room's service discovery information. */
void hs_room_set_info (HsRoom *self, HsDiscoInfo *info);
/* The room has sent all of its history (XEP-0045, 7.2.15). */
void hs_room_end_history (HsRoom *self);
/* Which information about occupants can be trusted in presences from this room. */
HsRoomTrust hs_room_get_trust (HsRoom *self);

G_END_DECLS
