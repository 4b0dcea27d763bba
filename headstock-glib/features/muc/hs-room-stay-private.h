/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* The stay in the room: the functions that change its state. hs-room-phase.c has the table. */

/* For the program. */
void hs_room_begin_join (HsRoom *self, GTask *task);
void hs_room_begin_leave (HsRoom *self, GTask *task, const char *status);

/* For presences of the room. @own: the account's occupant, in the table of HsRoom.entering. */
void hs_room_enter (HsRoom *self, HsOccupant *own);
void hs_room_refuse (HsRoom *self, const GError *error);
/* Ends the stay. @x: the `muc#user` element of the presence that ends it, or NULL. */
void hs_room_exit (HsRoom *self, HsLeaveKind kind, HsElement *x);
/* Ends the stay for a technical reason: the room is lost. */
void hs_room_drop (HsRoom *self, const GError *error);
/* The room has changed: asks for its service discovery again. */
void hs_room_ask_again (HsRoom *self);

/* The session is ready or resumed; the session is lost. @is_over: the client has stopped, too. */
void hs_room_ready (HsRoom *self);
void hs_room_session_lost (HsRoom *self, gboolean is_over);

G_END_DECLS
