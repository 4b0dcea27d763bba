/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* hs-room-presence.c. @from: for an error with the id of the account's presence, it may be NULL or another address. */
void hs_room_take_presence (HsRoom *self, HsPresence *presence, HsJid *from);

/* hs-room-message.c: takes a new subject, or news of a changed configuration. */
void hs_room_take_message (HsRoom *self, HsMessage *message);
void hs_room_take_delivery (HsRoom *self, HsDelivery *delivery);

G_END_DECLS
