/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All that waits for a time in one main context, on one source. GLib asks each source in each turn of the
 * loop whether its time has come, and a source takes 200 bytes; of those that wait here, only the first is
 * looked at. They share the turn's time with the connections (hs-turn.h): where a thousand are due at
 * once, they are called a few at a time, in the order of their times. */

typedef struct _HsTimers HsTimers;
typedef void (*HsTimerFunc) (gpointer user_data);

/* Lies inside of whatever waits. */
typedef struct
{
  HsTimers *timers; /* NULL: waits for nothing */
  gint64 time;      /* monotonic; 0: never */
  guint position;   /* in the heap, where there is a time */
  HsTimerFunc func;
  gpointer user_data;
} HsTimer;

/* From here on @func is called once for each time that is set. It may do anything, leaving and iterating
 * the main loop included. */
void hs_timer_join (HsTimer *self,
                    GMainContext *context,
                    HsTimerFunc func,
                    gpointer user_data);
void hs_timer_leave (HsTimer *self);
/* In place of the time that was set before; nothing without hs_timer_join(). */
void hs_timer_set (HsTimer *self, gint64 time);

G_END_DECLS
