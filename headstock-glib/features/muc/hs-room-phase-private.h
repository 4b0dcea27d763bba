/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-room.h"

G_BEGIN_DECLS

/* The phases of a stay in a room (XEP-0045, 7): the phase is the public state, and only these events change it. */

typedef enum /*< skip >*/
{
  HS_ROOM_ON_JOIN,      /* the account is to join the room */
  HS_ROOM_ON_JOINED,    /* the room has sent the account's own presence */
  HS_ROOM_ON_REFUSED,   /* the room refuses the account */
  HS_ROOM_ON_POSTPONED, /* no answer, or a temporary error: another attempt follows */
  HS_ROOM_ON_LEAVE,     /* the program leaves the room, and the room must be told */
  HS_ROOM_ON_GIVE_UP,   /* the program leaves the room before the room knows of the account */
  HS_ROOM_ON_LEFT,      /* the stay has ended: the account left, was kicked or banned, or the room was destroyed */
  HS_ROOM_ON_DROPPED,   /* the stay has ended for a technical reason */
  HS_ROOM_ON_SESSION_LOST,
  HS_N_ROOM_EVENTS
} HsRoomEvent;

#define HS_N_ROOM_STATES (HS_ROOM_STATE_LOST + 1)

/* Whether an event has a meaning in a state. */
gboolean hs_room_phase_can (HsRoomState state, HsRoomEvent event);
/* The same state, if the event has no meaning in it. */
HsRoomState hs_room_phase_get_next (HsRoomState state, HsRoomEvent event);

/* The meaning of an answer to a self-ping (XEP-0410, 3). */
typedef enum /*< skip >*/
{
  HS_ROOM_PING_IN,
  HS_ROOM_PING_OUT,
  HS_ROOM_PING_REPEAT,  /* the nickname has just changed: ask again */
  HS_ROOM_PING_LATER,   /* not known: ask again later */
  HS_ROOM_PING_UNKNOWN, /* there is no session for the question */
} HsRoomPing;

/* @error: NULL for a result. @is_renamed: the account's nickname changed in the last minute, and this is the first
 *   question since then. */
HsRoomPing hs_room_phase_judge_ping (const GError *error, gboolean is_renamed);

/* Whether an error that answers a message may mean that the account is not in the room any more. */
gboolean hs_room_phase_casts_doubt (const GError *error);

/* Whether an error that answers an attempt to rejoin is temporary. */
gboolean hs_room_phase_goes_by (const GError *error);

/* Returns how long to wait before the next attempt after @n_failed others, in milliseconds. @random: from 0 to 1. */
guint hs_room_phase_get_wait (guint n_failed, double random);

G_END_DECLS
