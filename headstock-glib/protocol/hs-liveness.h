/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the server at the other end of a connection is still there. No sockets and no timers: the caller
 * says what it sees and what time it is, and is told what to do and when to look again. All times are in
 * microseconds of one monotonic clock.
 *
 * There are three questions, each with its own signs of life:
 *
 *  - does the server speak? Input of any kind is an answer, also input that has arrived and that the client has
 *    not read yet. After some silence the server is pinged. The time for the answer begins when the ping has
 *    left this machine, so that a slow uplink with much to send is no dead server
 *  - does it take what it is sent? While anything waits to leave this machine, each byte that leaves is an answer
 *  - does it acknowledge, where it was asked to and stanzas wait for that? After a session was resumed, nothing but an
 *    acknowledgement shows that the server reads what it is sent again: what others send arrives all the same */

typedef enum /*< skip >*/
{
  HS_LIVENESS_QUIET,   /* nothing is waited for */
  HS_LIVENESS_PINGED,  /* any input is waited for */
  HS_LIVENESS_STALLED, /* the server speaks, and an acknowledgement is waited for */
  HS_N_LIVENESS_STATES
} HsLivenessState;

typedef enum /*< skip >*/
{
  HS_LIVENESS_NOTHING,
  HS_LIVENESS_PING, /* ask the server for an answer, then call hs_liveness_pinged() */
  HS_LIVENESS_LOST, /* the connection is of no more use: see hs_liveness_describe() */
} HsLivenessAction;

/* A view of the connection. Positions count the bytes of the connection. */
typedef struct
{
  gint64 now;
  gint64 interval;      /* of silence, after which the server is pinged */
  gint64 timeout;       /* for the answer */
  guint64 end;          /* position of the last byte that was queued */
  guint64 left;         /* position of the last byte that has certainly left this machine */
  gboolean unread;      /* input has arrived, and something other than full output keeps us from reading it */
  gboolean asking;      /* the server was asked to acknowledge stanzas */
  guint32 acknowledged; /* how many it has acknowledged */
  gboolean resumed;     /* ASKING, and the server has acknowledged nothing since this connection resumed the session */
} HsLivenessView;

typedef struct
{
  gint64 last_input;
  guint64 left;         /* when last looked at */
  gint64 moved;         /* when the output made progress last, or something began to wait */
  gint64 pace;          /* the longest time from one progress to the next while something waits */
  guint64 ping_end;     /* PINGED: position of the last byte of the ping */
  gint64 ping_left;     /* PINGED: when the ping had left, or 0 */
  gint64 stalled;       /* since when nothing was acknowledged, or 0 */
  guint64 stalled_end;  /* position of the last byte before the acknowledgement is due */
  guint32 stalled_at;   /* how many stanzas were acknowledged then */
  guint8 state;         /* HsLivenessState */
  guint watching : 1;   /* something waits to leave */
  guint behind : 1;     /* input was unread when last looked at */
  const char *failing;  /* after LOST */
} HsLiveness;

/* A session stands, at @now. */
void hs_liveness_init (HsLiveness *self, gint64 now);
void hs_liveness_clear (HsLiveness *self);

/* Something was read. */
void hs_liveness_input (HsLiveness *self, gint64 now);
gint64 hs_liveness_get_last_input (const HsLiveness *self);
/* Something was queued to be sent, and hs_liveness_is_watching() is false. Returns when to look. */
gint64 hs_liveness_sent (HsLiveness *self, gint64 now, gint64 timeout);
/* The server was asked for an answer, with the last byte at @end; also if hs_liveness_look() has not
 * called for it, as after the machine was asleep. Returns when to look again. */
gint64 hs_liveness_pinged (HsLiveness *self, const HsLivenessView *view);
/* @next is when to look again, unless the action is LOST. */
HsLivenessAction hs_liveness_look (HsLiveness *self, const HsLivenessView *view, gint64 *next);
/* Whether the server has had, for @timeout, all that it was sent and asked to acknowledge, when last looked at. */
gboolean hs_liveness_is_unanswered (const HsLiveness *self, gint64 now, gint64 timeout);
/* After LOST: what the server has failed to do, to follow its name in an error. */
const char *hs_liveness_describe (const HsLiveness *self);

/* Whether output is on its way, for which hs_liveness_look() will be called. Called for each write. */
gboolean hs_liveness_is_watching (const HsLiveness *self);

/* For tests, which print the table. */
typedef enum /*< skip >*/
{
  HS_LIVENESS_ON_INPUT,        /* something was read */
  HS_LIVENESS_ON_SILENCE,      /* nothing was, for the interval */
  HS_LIVENESS_ON_STALL,        /* stanzas are still not acknowledged */
  HS_LIVENESS_ON_ACKNOWLEDGED, /* some were, or none is waited for */
  HS_N_LIVENESS_EVENTS
} HsLivenessEvent;

HsLivenessState hs_liveness_get_next_state (HsLivenessState state, HsLivenessEvent event);

G_END_DECLS
