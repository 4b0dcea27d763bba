/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* NULL: the account has no such room. The resource does not matter. */
HsRoom *hs_muc_find_room (HsMuc *self, HsJid *jid);
/* The room whose entry was asked for with a presence of that id. */
HsRoom *hs_muc_find_joining (HsMuc *self, const char *id);
/* (transfer container): a handler may add and remove rooms meanwhile. */
GPtrArray *hs_muc_list_rooms (HsMuc *self);

G_END_DECLS
