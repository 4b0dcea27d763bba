/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-turn.h"

G_BEGIN_DECLS

/* Everything in one main context that waits for a time, on one source. GLib asks each source in each turn
 * whether its time has come, and a source takes 200 bytes; of the timers here GLib sees only the first one.
 * Timers share the turn's time with the connections (hs-turn.h): if a thousand are due at once, a few are
 * called in each turn, in the order of their times. */

typedef void (*HsTimerFunc) (gpointer user_data);

/* A part of HsLoop. */
typedef struct
{
  GSource *source;
  gint64 ready_time; /* the source's */
  GPtrArray *heap;   /* of HsTimer with a time: none is due before its parent at (position - 1) / 2 */
  HsTurnPlace turn;
  gint64 standing;   /* the time on a clock that stands until it is set; 0: the system's clock */
} HsTimers;

/* Lies inside the struct that waits. */
typedef struct
{
  HsTimers *timers; /* NULL: not joined */
  gint64 time;      /* as hs_timers_get_time() tells it; 0: never */
  guint position;   /* in the heap, if there is a time */
  HsTimerFunc func;
  gpointer user_data;
} HsTimer;

/* When a timer is due, the source calls @due, which calls hs_timers_call_due(). */
void hs_timers_init (HsTimers *self,
                     GMainContext *context,
                     HsTurn *turn,
                     GSourceFunc due,
                     gpointer user_data);
void hs_timers_clear (HsTimers *self);
/* The caller keeps @self alive during the call. */
void hs_timers_call_due (HsTimers *self);
/* From now on the time is @time until it is set again; 0: the system's clock again. */
void hs_timers_set_time (HsTimers *self, gint64 time);
/* The nearest time for which a timer waits, or 0. */
gint64 hs_timers_get_next (const HsTimers *self);

/* Microseconds on the clock of the timers: the system's monotonic one, unless a test has set another. */
static inline gint64
hs_timers_get_time (const HsTimers *self)
{
  return G_LIKELY (self->standing == 0) ? g_get_monotonic_time () : self->standing;
}

/* From here on @func is called once for each time that is set. It may do anything, including to leave and to
 * iterate the main loop. */
void hs_timer_join (HsTimer *self,
                    HsTimers *timers,
                    HsTimerFunc func,
                    gpointer user_data);
void hs_timer_leave (HsTimer *self);
/* Replaces the time that was set before. Does nothing before hs_timer_join(). */
void hs_timer_set (HsTimer *self, gint64 time);
/* Sets the timer to @msec milliseconds from now. */
void hs_timer_set_after (HsTimer *self, guint msec);

G_END_DECLS
