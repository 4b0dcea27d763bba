/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* Checks whether the account is still in the room (XEP-0410). */

void hs_room_heard (HsRoom *self);
/* @task: NULL if the program does not wait. One question is in flight at a time. */
void hs_room_ping (HsRoom *self, GTask *task);
void hs_room_watch_silence (HsRoom *self);
/* The session was resumed. @missed: how long it was interrupted, in milliseconds. */
void hs_room_resumed (HsRoom *self, gint64 missed);

G_END_DECLS
