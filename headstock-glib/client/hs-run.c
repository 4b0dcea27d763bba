/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-run.h"

void
hs_run_clear (HsRun *self)
{
  g_clear_error (&self->error);
  g_clear_pointer (&self->connect_tasks, g_ptr_array_unref);
  g_clear_pointer (&self->close_tasks, g_ptr_array_unref);
}

/* ---- The phase ---- */

HsRunPhase
hs_run_get_phase (const HsRun *self)
{
  return self->phase;
}

void
hs_run_enter (HsRun *self, HsRunEvent event)
{
  self->phase = hs_run_phase_get_next (self->phase, event);
  if (event != HS_RUN_ON_START)
    return;
  self->number++;
  self->ready_time = 0;
  g_clear_error (&self->error);
}

void
hs_run_abandon (HsRun *self)
{
  hs_run_enter (self, HS_RUN_ON_ABANDON);
  self->told = HS_CLIENT_STATE_DISCONNECTED;
}

gboolean
hs_run_take_change (HsRun *self, HsClientState state)
{
  if (self->told == state)
    return FALSE;
  self->told = state;
  return TRUE;
}

gboolean
hs_run_is_running (const HsRun *self)
{
  return self->phase != HS_RUN_IDLE;
}

gboolean
hs_run_is_ready (const HsRun *self)
{
  return self->phase == HS_RUN_READY;
}

gboolean
hs_run_is_ending (const HsRun *self)
{
  return hs_run_phase_is_ending (self->phase);
}

guint
hs_run_get_number (const HsRun *self)
{
  return self->number;
}

gboolean
hs_run_is_present (const HsRun *self, guint number)
{
  return hs_run_is_running (self) && self->number == number;
}

void
hs_run_fail (HsRun *self, const GError *error)
{
  if (self->error == NULL)
    self->error = g_error_copy (error);
}

const GError *
hs_run_get_error (const HsRun *self)
{
  return self->error;
}

void
hs_run_set_ready_time (HsRun *self, gint64 time)
{
  self->ready_time = time;
}

guint64
hs_run_get_lasted (const HsRun *self, gint64 now)
{
  return self->ready_time != 0 ? (now - self->ready_time) / 1000 : 0;
}

/* ---- Who waits ---- */

static void
add_task (GPtrArray **tasks, GTask *task, GSourceFunc cancelled_cb)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      GSource *watch = g_cancellable_source_new (cancellable);

      g_source_set_static_name (watch, "HsClient");
      g_task_attach_source (task, watch, cancelled_cb);
      /* The source ends when the task returns. */
      g_task_set_task_data (task, watch, (GDestroyNotify) g_source_unref);
    }
  if (*tasks == NULL)
    *tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (*tasks, task);
}

void
hs_run_add_connect (HsRun *self, GTask *task, GSourceFunc cancelled_cb)
{
  add_task (&self->connect_tasks, task, cancelled_cb);
}

void
hs_run_add_close (HsRun *self, GTask *task, GSourceFunc cancelled_cb)
{
  add_task (&self->close_tasks, task, cancelled_cb);
}

gboolean
hs_run_remove_close (HsRun *self, GTask *task)
{
  return self->close_tasks != NULL && g_ptr_array_remove (self->close_tasks, task);
}

GPtrArray *
hs_run_take_connects (HsRun *self)
{
  return g_steal_pointer (&self->connect_tasks);
}

GPtrArray *
hs_run_take_closes (HsRun *self)
{
  return g_steal_pointer (&self->close_tasks);
}

void
hs_run_return_tasks (GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; tasks != NULL && i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      GSource *watch = g_task_get_task_data (task);

      if (watch != NULL)
        g_source_destroy (watch);
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}
