/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* The timer for the next run of an archive. */

/* A keeper waits on the clock of the main loop, because the system's clock may be set. It compares stamps with the
 * system's clock. */
gint64
hs_history_archive_get_now (HsHistoryArchive *archive)
{
  HsClient *client = archive->history != NULL ? archive->history->client : NULL;
  gint64 now = hs_feature_get_time (client);

  archive->keeper.since_1970 = hs_feature_get_real_time (client) - now;
  return now;
}

void
hs_history_stop_timer (HsHistory *self)
{
  g_clear_pointer (&self->timer, hs_feature_timer_free);
}

static void
poll_archive (HsHistoryArchive *archive)
{
  hs_history_keeper_poll (&archive->keeper, hs_history_archive_get_now (archive));
}

static void
timer_cb (gpointer user_data)
{
  g_autoptr (HsHistory) self = g_object_ref (user_data);

  hs_history_for_each (self, poll_archive);
  hs_history_schedule (self);
}

void
hs_history_schedule (HsHistory *self)
{
  gint64 due = G_MAXINT64;

  for (guint i = 0; i < self->archives->len; i++)
    due = MIN (due, hs_history_keeper_get_due (&((HsHistoryArchive *) self->archives->pdata[i])->keeper));
  /* Without a session nothing waits. */
  if (due == G_MAXINT64)
    {
      hs_history_stop_timer (self);
      return;
    }
  if (self->timer == NULL)
    self->timer = hs_feature_timer_new (self->client, timer_cb, self);
  hs_feature_timer_set (self->timer, due);
}

void
hs_history_changed (HsHistory *self)
{
  hs_history_schedule (self);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
