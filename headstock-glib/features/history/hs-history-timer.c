/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* The timer for the next run of an archive. */

/* No timer waits longer, because the times are those of the system's clock, which may be set. */
#define MAX_WAIT (10 * G_TIME_SPAN_MINUTE)

void
hs_history_stop_timer (HsHistory *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->due = G_MAXINT64;
}

static void
poll_archive (HsHistoryArchive *archive)
{
  hs_history_keeper_poll (&archive->keeper, g_get_real_time ());
}

static gboolean
timer_cb (gpointer user_data)
{
  g_autoptr (HsHistory) self = g_object_ref (user_data);

  hs_history_stop_timer (self);
  hs_history_for_each (self, poll_archive);
  hs_history_schedule (self);
  return G_SOURCE_REMOVE;
}

void
hs_history_schedule (HsHistory *self)
{
  gint64 due = G_MAXINT64;
  gint64 wait;

  for (guint i = 0; i < self->archives->len; i++)
    due = MIN (due, hs_history_keeper_get_due (&((HsHistoryArchive *) self->archives->pdata[i])->keeper));
  if (due == self->due)
    return;
  hs_history_stop_timer (self);
  if (due == G_MAXINT64)
    return;
  self->due = due;
  wait = CLAMP (due - g_get_real_time (), 0, MAX_WAIT);
  self->timer = g_timeout_source_new ((guint) (wait / G_TIME_SPAN_MILLISECOND) + 1);
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_set_static_name (self->timer, "[headstock] history");
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

void
hs_history_changed (HsHistory *self)
{
  hs_history_schedule (self);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
