/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-loop.h"

G_BEGIN_DECLS

/* The main loop of a run, and the thread that iterates it. Other threads may ask about both. */

/* Lies inside its owner. Only hs-run-loop.c uses the fields. */
typedef struct
{
  HsLoop *loop;     /* NULL while there is no run */
  GThread *thread;  /* that iterates it; NULL while there is no run */
  gboolean entered; /* the loop has called its owner in that thread */
} HsRunLoop;

/* A run begins in the calling thread. Takes @loop. */
void hs_run_loop_take (HsRunLoop *self, HsLoop *loop);
/* The run is over. */
void hs_run_loop_leave (HsRunLoop *self);
/* The loop runs in the calling thread. */
void hs_run_loop_enter (HsRunLoop *self);

HsLoop *hs_run_loop_get (const HsRunLoop *self); /* or NULL */
/* (transfer full) (nullable) */
GMainContext *hs_run_loop_dup_context (HsRunLoop *self);
/* Whether any thread has iterated the loop since the run began. */
gboolean hs_run_loop_is_entered (HsRunLoop *self);
/* Whether the loop belongs to another thread than the calling one. */
gboolean hs_run_loop_is_foreign (HsRunLoop *self);

/* Monotonic time: the time for which deadlines wait. */
gint64 hs_run_loop_get_time (const HsRunLoop *self);
/* The time on a clock that goes on while the machine sleeps. */
gint64 hs_run_loop_get_boot_time (const HsRunLoop *self);
/* The time of day, in microseconds since 1970. */
gint64 hs_run_loop_get_real_time (const HsRunLoop *self);

G_END_DECLS
