/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* The clock of everything in the default main context: of the library (hs_loop_stand()), and of what the tests
 * themselves wait for. It is the system's clock until it stands; then time passes only when a test says so. */

/* Has the clock stand. If @leaps, test_until() and test_spin() go to the next time for which anything waits as soon as
 * nothing else is left to do: not for tests in which sockets or threads have work to do. */
void virtual_clock_stand (gboolean leaps);
/* The system's clock again. */
void virtual_clock_release (void);
gboolean virtual_clock_stands (void);
gboolean virtual_clock_leaps (void);

/* Microseconds, as g_get_monotonic_time(). Any thread may ask. */
gint64 virtual_clock_now (void);
/* Milliseconds since the clock stands. */
gint64 virtual_clock_get_time (void);
/* Goes to the nearest time for which anything waits. */
void virtual_clock_step (void);
/* Has all happen that is due in so many milliseconds. */
void virtual_clock_advance (guint msec);
/* Lets some milliseconds pass while the program does something else, so that timers fire late. */
void virtual_clock_pass (guint msec);

/* Waits, in another thread, until the clock has come to @time, or a little while. */
void virtual_clock_wait (gint64 time);

/* Lies inside what waits: @func is called once for each time that is set. */
typedef struct
{
  gint64 time; /* 0: it waits for nothing */
  void (*func) (gpointer data);
  gpointer data;
  guint source; /* on the system's clock */
} VirtualAlarm;

void virtual_alarm_set (VirtualAlarm *self, gint64 time);
void virtual_alarm_clear (VirtualAlarm *self);
