/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-poller.h"
#include "hs-timer.h"
#include "hs-turn.h"
#include "hs-version-macros.h"
#include "hs-wake.h"

G_BEGIN_DECLS

/* The objects that all clients of one main context share, so that a thousand of them cost GLib a few sources and one
 * descriptor. A client takes the loop of its context when a run starts, and hands it down.
 *
 * The loop belongs to the thread that iterates the context. Only hs_loop_get(), hs_loop_ref() and
 * hs_loop_unref() may be called from other threads. */

typedef struct
{
  int n_users; /* atomic */
  GMainContext *context;
  HsTurn turn;
  HsTimers timers;
  HsPoller poller;
  HsWake wake;
  guint n_standing; /* those who want the clock to stand */
  gint64 slept; /* for tests: how much longer than it has the machine seems to have slept, in microseconds */
} HsLoop;

/* The loop of @context (NULL: the default one). Free the reference with hs_loop_unref(). */
_HS_EXTERN HsLoop *hs_loop_get (GMainContext *context);
HsLoop *hs_loop_ref (HsLoop *self);
_HS_EXTERN void hs_loop_unref (HsLoop *self);

/* Monotonic time in microseconds: the time for which timers wait. */
static inline gint64
hs_loop_get_time (const HsLoop *self)
{
  return hs_timers_get_time (&self->timers);
}

/* The time on a clock that goes on while the machine sleeps, if the system has one. */
gint64 hs_loop_get_boot_time (const HsLoop *self);
/* Microseconds since 1970, on the system's clock, which may be set. It stands and is set by tests with the other one. */
gint64 hs_loop_get_real_time (const HsLoop *self);

/* For tests: the clock stands at @time until it is set again; 0: the system's clock again. A test that sets the
 * clock gets what would have taken time without the time. What is measured in order to share the turns stays on
 * the system's clock. */
_HS_EXTERN void hs_loop_set_time (HsLoop *self, gint64 time);
/* For tests: the clock stands where it is until each of those who have asked for that has taken it back. */
_HS_EXTERN void hs_loop_stand (HsLoop *self, gboolean stand);
/* For tests: the nearest time for which anything waits, or 0. */
_HS_EXTERN gint64 hs_loop_get_next (HsLoop *self);
/* For tests: as if the machine had slept for @usec, and been woken up. */
void hs_loop_wake_up (HsLoop *self, gint64 usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsLoop, hs_loop_unref)

G_END_DECLS
