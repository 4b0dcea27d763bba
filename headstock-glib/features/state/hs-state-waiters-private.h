/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tasks that wait for the end of all jobs that were running when the task was added. */
typedef struct
{
  GPtrArray *waiters;
} HsStateWaiters;

void hs_state_waiters_init (HsStateWaiters *self);
void hs_state_waiters_clear (HsStateWaiters *self);

/* @serial is that of the last job, and @n_jobs is how many jobs are running. A task whose cancellable is cancelled ends
 * at once. */
void hs_state_waiters_add (HsStateWaiters *self, GTask *task, GMainContext *context, guint64 serial, guint n_jobs);
/* Notes that a job has ended. Returns the tasks that wait for no other job: they end when the caller frees the array,
 * so that no callback runs in this function. */
GPtrArray *hs_state_waiters_note (HsStateWaiters *self, guint64 serial, const GError *error);
/* Ends all tasks. */
void hs_state_waiters_end (HsStateWaiters *self);

G_END_DECLS
