/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-iq.h"
#include "hs-room-private.h"

G_BEGIN_DECLS

/* Ends @task with the room's answer. */
typedef void (*HsRoomReadFunc) (HsRoom *self, GTask *task, HsIq *answer);

/* For an answer without content. */
void hs_room_read_done (HsRoom *self, GTask *task, HsIq *answer);
/* Sends an iq to the room. @read ends @task; with an error, the function itself ends it. */
void hs_room_ask (HsRoom *self, GTask *task, const char *type, HsElement *payload, HsRoomReadFunc read);
/* @reason: may be NULL. */
void hs_room_add_reason (HsElement *element, const char *namespace_, const char *reason);

G_END_DECLS
