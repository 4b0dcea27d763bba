/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-loop.h"

G_BEGIN_DECLS

/* Everything of a client that waits for a time, on one timer. */
typedef enum /*< skip >*/
{
  HS_DEADLINE_WORK,      /* now: the run begins */
  HS_DEADLINE_STOP,      /* now: the run is to end */
  HS_DEADLINE_PUMP,      /* now: events that did not fit into the last turn */
  HS_DEADLINE_STAGE,     /* a stage of the negotiation */
  HS_DEADLINE_CLOSE,     /* the server's end of the stream */
  HS_DEADLINE_RETRY,     /* the next connection */
  HS_DEADLINE_KEEPALIVE, /* silence */
  HS_DEADLINE_IDLE,      /* memory that a silent connection does not need */
  HS_DEADLINE_REQUEST,   /* the nearest pending request */
  HS_DEADLINE_ASK,       /* an acknowledgement is to be asked for */
  HS_DEADLINE_SESSION,   /* the server has forgotten the session that was interrupted */
  HS_N_DEADLINES
} HsDeadline;

typedef struct
{
  /* A deadline has passed: hs_deadlines_take() says which one. */
  void (*fired) (gpointer owner);
  /* The system says that the machine may have been asleep: hs_deadlines_take_sleep() says whether it was. */
  void (*woke_up) (gpointer owner);
} HsDeadlinesCallbacks;

/* Lies inside its owner. Only hs-deadlines.c uses the fields. */
typedef struct
{
  const HsDeadlinesCallbacks *callbacks;
  gpointer owner;
  HsLoop *loop; /* NULL: nothing fires */
  HsTimer timer;
  gint64 times[HS_N_DEADLINES]; /* monotonic, in microseconds; 0: never */
  gint64 slept; /* how much longer the machine was there than it was awake, when it was last looked at */
} HsDeadlines;

void hs_deadlines_init (HsDeadlines *self, const HsDeadlinesCallbacks *callbacks, gpointer owner);

/* From here on deadlines fire, in the thread that iterates the context of @loop; none is set. The caller keeps
 * @loop until hs_deadlines_stop(). */
void hs_deadlines_start (HsDeadlines *self, HsLoop *loop);
/* Nothing fires any more. May be called even if nothing was started. */
void hs_deadlines_stop (HsDeadlines *self);

/* Replaces the time that was set before. */
void hs_deadlines_set (HsDeadlines *self, HsDeadline deadline, guint msec);
void hs_deadlines_set_at (HsDeadlines *self, HsDeadline deadline, gint64 time);
/* Sets the deadline to @time, unless an earlier time is set. */
void hs_deadlines_bring_forward (HsDeadlines *self, HsDeadline deadline, gint64 time);
void hs_deadlines_clear (HsDeadlines *self, HsDeadline deadline);
/* 0: none is set. */
gint64 hs_deadlines_get_time (const HsDeadlines *self, HsDeadline deadline);
gboolean hs_deadlines_is_set (const HsDeadlines *self, HsDeadline deadline);

/* Clears and returns the deadline that passed first; HS_N_DEADLINES if none has passed. One that is set to now in
 * each turn comes after all that were due before. */
HsDeadline hs_deadlines_take (HsDeadlines *self);
/* Whether the machine was asleep since this was called last. */
gboolean hs_deadlines_take_sleep (HsDeadlines *self);

G_END_DECLS
