/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-run-core-private.h"

/* ---- The first start, in either order ---- */

static void
first_start (HsHistoryRun *self, GPtrArray *entries)
{
  HsHistoryState *state = &self->log->working;
  HsHistoryPoint none = { NULL, HS_HISTORY_NO_STAMP };
  HsHistoryEntry *first = entries->len > 0 ? entries->pdata[0] : NULL;
  HsHistoryEntry *newest = first != NULL ? entries->pdata[entries->len - 1] : NULL;
  HsHistoryPoint begin = first != NULL ? (HsHistoryPoint){ first->id, first->stamp } : none;
  HsHistoryGap *gap = state->gaps->len > 0 ? state->gaps->pdata[0] : NULL;

  guint serial = gap != NULL ? gap->serial : 0;

  /* If the program has not confirmed the first start, it is repeated, and its gap exists already. */
  if (gap == NULL)
    serial = hs_history_run_open_gap (self, &none, &begin, HS_GAP_REASON_START);
  else
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, serial, &begin, gap->reason);
  if (!hs_history_run_tell_gap (self, serial))
    return;
  self->settled = newest != NULL ? newest->stamp - HS_HISTORY_SLACK : HS_HISTORY_NO_STAMP;
  for (guint i = 0; i < entries->len; i++)
    {
      if (!hs_history_run_give (self, entries->pdata[i]))
        return;
      hs_history_run_consider (self, entries->pdata[i]);
    }
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_START, .a = begin });
  if (first != NULL)
    {
      hs_history_run_prove (self, self->settled);
      if (self->candidate.id == NULL)
        hs_history_run_point_at (&self->candidate, first);
      hs_history_run_mark (self, &self->candidate);
      hs_history_run_prune (self);
    }
  hs_history_run_end (self, HS_HISTORY_RUN_DONE);
}

/* ---- The run ---- */

void
hs_history_run_init (HsHistoryRun *self, const HsHistoryRunCallbacks *callbacks, gpointer owner, HsHistoryLog *log)
{
  *self = (HsHistoryRun){ .callbacks = callbacks, .owner = owner, .log = log };
}

static void
prepare (HsHistoryRun *self, const HsHistoryRunSettings *settings, gint64 now)
{
  self->life++;
  self->settings = *settings;
  self->now = now;
  self->began = now;
  self->attempts = 0;
  self->n_given = 0;
  self->max_given = 0;
  self->is_fill = FALSE;
  self->is_strict = FALSE;
  hs_history_run_begin_leg (self);
}

void
hs_history_run_begin (HsHistoryRun *self, const HsHistoryRunSettings *settings, gint64 now)
{
  prepare (self, settings, now);
  if (!self->log->working.is_started)
    hs_history_run_ask_newest (self, HS_HISTORY_RUN_STARTING, settings->page_size);
  else if (settings->newest_first)
    {
      self->max_given = settings->limit;
      hs_history_run_ask_newest (self, HS_HISTORY_RUN_NEWEST, settings->page_size);
    }
  /* What is in a gap is older than what is after the mark. */
  else if (!hs_history_run_newest_take_up_pending (self))
    hs_history_run_oldest_begin (self);
}

void
hs_history_run_begin_fill (HsHistoryRun *self, const HsHistoryRunSettings *settings, guint serial, guint max, gint64 now)
{
  prepare (self, settings, now);
  self->is_fill = TRUE;
  self->max_given = max;
  hs_history_run_newest_take_up (self, serial);
}

void
hs_history_run_answer (HsHistoryRun *self, GPtrArray *entries, gint64 now)
{
  self->now = now;
  switch (self->phase)
    {
    case HS_HISTORY_RUN_STARTING:
      first_start (self, entries);
      break;
    case HS_HISTORY_RUN_NEWEST:
    case HS_HISTORY_RUN_BACK:
    case HS_HISTORY_RUN_FIRST:
      hs_history_run_newest_answer (self, entries);
      break;
    case HS_HISTORY_RUN_LOOKING:
    case HS_HISTORY_RUN_PAGING:
    case HS_HISTORY_RUN_PROVING:
    case HS_HISTORY_RUN_ENDING:
    case HS_HISTORY_RUN_LAST:
      hs_history_run_oldest_answer (self, entries);
      break;
    case HS_HISTORY_RUN_IDLE:
    default:
      break;
    }
}

void
hs_history_run_answer_not_found (HsHistoryRun *self, gint64 now)
{
  g_autoptr (GPtrArray) nothing = NULL;

  self->now = now;
  if (self->is_wide && (self->phase == HS_HISTORY_RUN_BACK || self->phase == HS_HISTORY_RUN_PAGING))
    {
      self->is_strict = TRUE;
      if (self->phase == HS_HISTORY_RUN_BACK)
        hs_history_run_newest_ask_back (self, &self->first);
      else
        hs_history_run_oldest_ask_page (self);
    }
  else if (self->phase == HS_HISTORY_RUN_BACK)
    {
      /* If an id has expired, everything before it has expired, too. */
      nothing = g_ptr_array_new ();
      hs_history_run_newest_answer (self, nothing);
    }
  else if (self->phase != HS_HISTORY_RUN_IDLE)
    hs_history_run_oldest_again (self);
}
