/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-run-phase.h"

G_BEGIN_DECLS

/* One run after another: in which phase the run is, the error that ends it, and who waits for its beginning or its
 * end. */

/* Lies inside its owner. Only hs-run.c uses the fields. */
typedef struct
{
  guint8 phase;             /* HsRunPhase */
  guint8 told;              /* HsClientState: what HsClient:state was when its change was told last */
  guint number;             /* of the run, from 1 on */
  GError *error;            /* the first one; kept until the next run begins */
  GPtrArray *connect_tasks; /* or NULL */
  GPtrArray *close_tasks;   /* or NULL */
  gint64 ready_time;        /* since when the session stands on this connection, or 0 */
} HsRun;

void hs_run_clear (HsRun *self);

HsRunPhase hs_run_get_phase (const HsRun *self);
/* The event must be possible in the present phase. START begins the next run. */
void hs_run_enter (HsRun *self, HsRunEvent event);
/* The last reference to the owner is going: the run ends at once, and nobody is told. */
void hs_run_abandon (HsRun *self);
/* TRUE: the change to @state is still to be told. */
gboolean hs_run_take_change (HsRun *self, HsClientState state);

gboolean hs_run_is_running (const HsRun *self);
gboolean hs_run_is_ready (const HsRun *self);
gboolean hs_run_is_ending (const HsRun *self);
/* A handler may iterate the main loop until the run has ended, and begin another one. */
guint hs_run_get_number (const HsRun *self);
gboolean hs_run_is_present (const HsRun *self, guint number);

/* The first error of a run counts. */
void hs_run_fail (HsRun *self, const GError *error);
const GError *hs_run_get_error (const HsRun *self); /* or NULL */

void hs_run_set_ready_time (HsRun *self, gint64 time);
/* For how many milliseconds the session has stood on this connection, or 0. */
guint64 hs_run_get_lasted (const HsRun *self, gint64 now);

/* Takes the task. A cancellable that is to end the wait is watched by @cancelled_cb, which is given the task. */
void hs_run_add_connect (HsRun *self, GTask *task, GSourceFunc cancelled_cb);
void hs_run_add_close (HsRun *self, GTask *task, GSourceFunc cancelled_cb);
/* FALSE: the task waits no more. */
gboolean hs_run_remove_close (HsRun *self, GTask *task);
/* (transfer full) (nullable) */
GPtrArray *hs_run_take_connects (HsRun *self);
GPtrArray *hs_run_take_closes (HsRun *self);
/* @tasks: nullable. @error: NULL: success. */
void hs_run_return_tasks (GPtrArray *tasks, const GError *error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsRun, hs_run_clear)

G_END_DECLS
