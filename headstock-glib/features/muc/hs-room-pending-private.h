/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room-private.h"

G_BEGIN_DECLS

/* The calls of the program that end with a later presence or message from the room. */

typedef enum /*< skip >*/
{
  HS_ROOM_PENDING_JOIN,
  HS_ROOM_PENDING_LEAVE,
  HS_ROOM_PENDING_NICK,
  HS_ROOM_PENDING_SUBJECT,
  HS_ROOM_PENDING_CHECK,
} HsRoomPendingKind;

typedef struct
{
  HsRoom *room; /* borrowed */
  HsRoomPendingKind kind;
  GTask *task;
  char *id;   /* of the stanza, or NULL */
  char *text; /* the nickname or the subject, or NULL */
  gboolean is_done; /* the call succeeds, whatever ends it */
  GSource *cancelled;
  HsFeatureTimer *timeout;
} HsRoomPending;

void hs_room_pending_add (HsRoom *self, HsRoomPendingKind kind, GTask *task, const char *id, const char *text);
/* The stanza was sent later than the call was made. */
void hs_room_pending_set_id (HsRoomPending *pending, const char *id);
/* Finds a change of nickname that waits until the account has entered. */
HsRoomPending *hs_room_pending_find_waiting_nick (HsRoom *self);
/* @id and @text: NULL for any. */
HsRoomPending *hs_room_pending_find (HsRoom *self, HsRoomPendingKind kind, const char *id, const char *text);
/* @error: NULL for TRUE. */
void hs_room_pending_return (HsRoom *self, HsRoomPending *pending, const GError *error);
void hs_room_pending_return_all (HsRoom *self, HsRoomPendingKind kind, const GError *error);

G_END_DECLS
