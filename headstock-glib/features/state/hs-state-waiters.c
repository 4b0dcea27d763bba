/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-waiters-private.h"

typedef struct
{
  HsStateWaiters *waiters;
  GTask *task;
  GSource *cancelled;
  guint64 serial;
  guint n_jobs;
  GError *error; /* the first one */
} Waiter;

static void
waiter_end (Waiter *waiter)
{
  if (waiter->error != NULL)
    g_task_return_error (waiter->task, waiter->error);
  else
    g_task_return_boolean (waiter->task, TRUE);
  if (waiter->cancelled != NULL)
    g_source_destroy (waiter->cancelled);
  g_clear_pointer (&waiter->cancelled, g_source_unref);
  g_object_unref (waiter->task);
  g_free (waiter);
}

void
hs_state_waiters_init (HsStateWaiters *self)
{
  self->waiters = g_ptr_array_new ();
}

void
hs_state_waiters_clear (HsStateWaiters *self)
{
  g_assert (self->waiters->len == 0);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;

  g_ptr_array_remove (waiter->waiters->waiters, waiter);
  /* After it was cancelled, the task returns only that error. */
  g_clear_error (&waiter->error);
  waiter_end (waiter);
  return G_SOURCE_REMOVE;
}

void
hs_state_waiters_add (HsStateWaiters *self, GTask *task, GMainContext *context, guint64 serial, guint n_jobs)
{
  Waiter *waiter = g_new0 (Waiter, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  waiter->waiters = self;
  waiter->task = g_object_ref (task);
  waiter->serial = serial;
  waiter->n_jobs = n_jobs;
  g_ptr_array_add (self->waiters, waiter);
  if (cancellable == NULL)
    return;
  waiter->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (cancelled_cb), waiter, NULL);
  g_source_attach (waiter->cancelled, context);
}

GPtrArray *
hs_state_waiters_note (HsStateWaiters *self, guint64 serial, const GError *error)
{
  GPtrArray *finished = g_ptr_array_new_with_free_func ((GDestroyNotify) waiter_end);
  guint i = 0;

  while (i < self->waiters->len)
    {
      Waiter *waiter = g_ptr_array_index (self->waiters, i);

      /* The job began after the task was added. */
      if (waiter->serial < serial)
        {
          i++;
          continue;
        }
      if (error != NULL && waiter->error == NULL)
        waiter->error = g_error_copy (error);
      if (--waiter->n_jobs == 0)
        g_ptr_array_add (finished, g_ptr_array_steal_index (self->waiters, i));
      else
        i++;
    }
  return finished;
}

void
hs_state_waiters_end (HsStateWaiters *self)
{
  while (self->waiters->len > 0)
    waiter_end (g_ptr_array_steal_index (self->waiters, 0));
}
