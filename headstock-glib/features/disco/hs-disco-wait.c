/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include "hs-feature.h"

/* Several tasks may wait for one answer. Each can be cancelled alone. */

void
hs_disco_waiters_init (HsDiscoWaiters *self)
{
  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

void
hs_disco_waiters_clear (HsDiscoWaiters *self)
{
  g_assert (self->tasks->len == 0);

  g_ptr_array_unref (self->tasks);
}

void
hs_disco_waiters_add (HsDiscoWaiters *self, GTask *task)
{
  hs_feature_wait (self->tasks, task);
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
      g_ptr_array_add (tasks, g_ptr_array_steal_index (self->tasks, i));
    }
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);

      if (info != NULL)
        g_task_return_pointer (task, g_object_ref (info), g_object_unref);
      else
        g_task_return_error (task, g_error_copy (error));
    }
}
