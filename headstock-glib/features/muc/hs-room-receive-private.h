/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* hs-room-presence.c. @from: NULL or foreign for an error that has the id of the account's presence. */
void hs_room_take_presence (HsRoom *self, HsPresence *presence, HsJid *from);

/* hs-room-message.c: what a message says of the room itself, a new subject or a configuration that has changed. */
void hs_room_take_message (HsRoom *self, HsMessage *message);
void hs_room_take_delivery (HsRoom *self, HsDelivery *delivery);

G_END_DECLS
