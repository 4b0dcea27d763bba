/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* What the room's disco says. */
void hs_room_set_info (HsRoom *self, HsDiscoInfo *info);
/* What presences may say of their senders. */
HsRoomTrust hs_room_get_trust (HsRoom *self);

G_END_DECLS
