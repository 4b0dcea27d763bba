/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* The stay in the room: what changes its state. hs-room-phase.c has the table. */

/* What the program wants. */
void hs_room_begin_join (HsRoom *self, GTask *task);
void hs_room_begin_leave (HsRoom *self, GTask *task, const char *status);

/* What the room says. @own: the account's occupant, in the table of those who are entering. */
void hs_room_enter (HsRoom *self, HsOccupant *own);
void hs_room_refuse (HsRoom *self, const GError *error);
/* Out for good. @x: the room's part of the presence that says so (muc#user), or NULL. */
void hs_room_exit (HsRoom *self, HsLeaveKind kind, HsElement *x);
/* Out for a technical reason. */
void hs_room_drop (HsRoom *self, const GError *error);
/* The room has changed: asks for its disco. */
void hs_room_ask_again (HsRoom *self);

/* What becomes of the session: it is ready, or resumed; or it is lost. @is_over: and the client has stopped. */
void hs_room_ready (HsRoom *self);
void hs_room_session_lost (HsRoom *self, gboolean is_over);

G_END_DECLS
