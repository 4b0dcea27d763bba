/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* Returns the room of an address with or without a resource, or NULL. */
HsRoom *hs_muc_find_room (HsMuc *self, HsJid *jid);
/* Returns the room that the account is joining with a presence of that id, or NULL. */
HsRoom *hs_muc_find_joining (HsMuc *self, const char *id);
/* (transfer container): a handler may add and remove rooms meanwhile. */
GPtrArray *hs_muc_list_rooms (HsMuc *self);

G_END_DECLS
