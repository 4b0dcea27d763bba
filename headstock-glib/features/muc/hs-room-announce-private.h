/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* The presences that the account sends to the room. Each function returns FALSE if the presence could not be sent. */

/* Sends the presence that joins the room. @id: of the presence. */
gboolean hs_room_send_entry (HsRoom *self, const char *id);
gboolean hs_room_send_nick (HsRoom *self, const char *nick, const char *id);
/* @status: may be NULL. */
gboolean hs_room_send_farewell (HsRoom *self, const char *status);
/* The account's presence for everybody has changed. */
void hs_room_own_presence_sent (HsRoom *self, HsPresence *own);

G_END_DECLS
