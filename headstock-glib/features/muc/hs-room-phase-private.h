/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room.h"

G_BEGIN_DECLS

/* Where a stay in a room is (XEP-0045, 7): the public state is the phase, and only these events change it. */

typedef enum /*< skip >*/
{
  HS_ROOM_ON_JOIN,      /* the account is to enter the room */
  HS_ROOM_ON_JOINED,    /* the room has sent the account's own presence */
  HS_ROOM_ON_REFUSED,   /* the room does not let the account in */
  HS_ROOM_ON_POSTPONED, /* no answer, or an error that goes by: another attempt follows */
  HS_ROOM_ON_LEAVE,     /* the program wants to be out, and the room must be told */
  HS_ROOM_ON_GIVE_UP,   /* the program wants to be out, and the room does not know of the account */
  HS_ROOM_ON_LEFT,      /* the account is out for good: left, kicked, banned, or the room is gone */
  HS_ROOM_ON_DROPPED,   /* the account is out for a technical reason */
  HS_ROOM_ON_SESSION_LOST,
  HS_N_ROOM_EVENTS
} HsRoomEvent;

#define HS_N_ROOM_STATES (HS_ROOM_STATE_LOST + 1)

/* FALSE: the event means nothing in this state. */
gboolean hs_room_phase_can (HsRoomState state, HsRoomEvent event);
HsRoomState hs_room_phase_get_next (HsRoomState state, HsRoomEvent event);

/* What an answer to a self-ping says (XEP-0410, 3). */
typedef enum /*< skip >*/
{
  HS_ROOM_PING_IN,
  HS_ROOM_PING_OUT,
  HS_ROOM_PING_REPEAT,  /* the nickname has just changed: ask once more */
  HS_ROOM_PING_LATER,   /* nobody can tell: ask again after a while */
  HS_ROOM_PING_UNKNOWN, /* there is no session to ask in */
} HsRoomPing;

/* @error: NULL for a result. @is_renamed: our nickname changed in the last minute, and this is the first question. */
HsRoomPing hs_room_phase_judge_ping (const GError *error, gboolean is_renamed);

/* Whether an error in answer to an attempt to come back goes by without anybody doing something. */
gboolean hs_room_phase_goes_by (const GError *error);

/* How long to wait before the attempt after @n_failed others, in milliseconds, where @random is from 0 to 1. */
guint hs_room_phase_get_wait (guint n_failed, double random);

G_END_DECLS
