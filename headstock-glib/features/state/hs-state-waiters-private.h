/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tasks that wait until the jobs that were under way when they were added have ended. */
typedef struct
{
  GPtrArray *waiters;
} HsStateWaiters;

void hs_state_waiters_init (HsStateWaiters *self);
void hs_state_waiters_clear (HsStateWaiters *self);

/* @serial is that of the last job, and @n_jobs how many are under way. A task whose cancellable is cancelled ends
 * at once. */
void hs_state_waiters_add (HsStateWaiters *self, GTask *task, GMainContext *context, guint64 serial, guint n_jobs);
/* A job has ended. Nothing is called: the tasks that have waited for it alone end when the array is freed. */
GPtrArray *hs_state_waiters_note (HsStateWaiters *self, guint64 serial, const GError *error);
/* Ends all tasks. */
void hs_state_waiters_end (HsStateWaiters *self);

G_END_DECLS
