/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

/* Several tasks may wait for one answer. Each can be cancelled alone. */

static GQuark
source_quark (void)
{
  return g_quark_from_static_string ("headstock-disco-cancel");
}

void
hs_disco_waiters_init (HsDiscoWaiters *self)
{
  self->tasks = g_ptr_array_new ();
}

void
hs_disco_waiters_clear (HsDiscoWaiters *self)
{
  g_assert (self->tasks->len == 0);

  g_ptr_array_unref (self->tasks);
}

typedef struct
{
  GPtrArray *tasks; /* with a reference: the question may be answered meanwhile */
  GTask *task;      /* not owned: the source goes with the task */
} Cancel;

static void
cancel_free (gpointer data)
{
  Cancel *self = data;

  g_ptr_array_unref (self->tasks);
  g_free (self);
}

static void
destroy_source (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Cancel *cancel = data;

  if (g_ptr_array_remove (cancel->tasks, cancel->task))
    {
      g_autoptr (GTask) task = cancel->task;

      g_task_return_error_if_cancelled (task);
    }
  return G_SOURCE_REMOVE;
}

void
hs_disco_waiters_add (HsDiscoWaiters *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_ptr_array_add (self->tasks, task);
  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);
      Cancel *cancel = g_new (Cancel, 1);

      cancel->tasks = g_ptr_array_ref (self->tasks);
      cancel->task = task;
      g_source_set_callback (source, G_SOURCE_FUNC (cancelled_cb), cancel, cancel_free);
      g_source_attach (source, g_task_get_context (task));
      g_object_set_qdata_full (G_OBJECT (task), source_quark (), source, destroy_source);
    }
}

/* A callback may do anything, such as add a task: all tasks leave the list before the first one returns. */
void
hs_disco_waiters_return (HsDiscoWaiters *self, const char *jid, HsDiscoInfo *info, const GError *error)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->tasks->len;)
    {
      GTask *task = g_ptr_array_index (self->tasks, i);

      if (jid != NULL && g_strcmp0 (g_task_get_task_data (task), jid) != 0)
        {
          i++;
          continue;
        }
      g_ptr_array_add (tasks, task);
      g_ptr_array_remove_index (self->tasks, i);
    }
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);

      g_object_set_qdata (G_OBJECT (task), source_quark (), NULL);
      if (info != NULL)
        g_task_return_pointer (task, g_object_ref (info), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}
