/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-run-core-private.h"

#include "hs-history-twins-private.h"

#include <string.h>

/* The common parts of both orders. */

void
hs_history_run_clear (HsHistoryRun *self)
{
  hs_history_point_clear (&self->from);
  hs_history_point_clear (&self->first);
  hs_history_point_clear (&self->last);
  hs_history_point_clear (&self->candidate);
}

void
hs_history_run_begin_leg (HsHistoryRun *self)
{
  HsHistoryState *state = &self->log->working;

  hs_history_run_clear (self);
  self->leg++;
  hs_history_point_set (&self->from, state->mark.id, state->mark.stamp);
  self->start = state->mark.stamp != HS_HISTORY_NO_STAMP ? state->mark.stamp - HS_HISTORY_SLACK : HS_HISTORY_NO_STAMP;
  self->settled = HS_HISTORY_NO_STAMP;
  self->is_empty = FALSE;
  self->has_contact = FALSE;
  self->pages = 0;
  self->unproven_pages = 0;
  self->is_wide = FALSE;
  self->widened = HS_HISTORY_NO_STAMP;
  self->newest_shown = HS_HISTORY_NO_STAMP;
  self->has_marked = FALSE;
  self->gap = 0;
}

void
hs_history_run_stop (HsHistoryRun *self)
{
  self->life++;
  self->phase = HS_HISTORY_RUN_IDLE;
}

gboolean
hs_history_run_is_going (const HsHistoryRun *self)
{
  return self->phase != HS_HISTORY_RUN_IDLE;
}

gboolean
hs_history_run_ask (HsHistoryRun *self, HsHistoryRunPhase phase, const HsHistoryQuestion *question)
{
  guint life = self->life;

  self->phase = phase;
  self->callbacks->ask (question, self->owner);
  return self->life == life;
}

gboolean
hs_history_run_ask_newest (HsHistoryRun *self, HsHistoryRunPhase phase, guint max)
{
  return hs_history_run_ask (self, phase,
                             &(HsHistoryQuestion){ .start = HS_HISTORY_NO_STAMP, .before = "", .max = max });
}

void
hs_history_run_end (HsHistoryRun *self, HsHistoryRunOutcome outcome)
{
  hs_history_run_stop (self);
  self->callbacks->ended (outcome, self->owner);
}

gboolean
hs_history_run_widen (HsHistoryRun *self, const HsHistoryPoint *point)
{
  self->is_wide = point->id != NULL && !self->is_strict && point->stamp != self->widened
                  && hs_history_twins_is_time (point->id, point->stamp);
  if (self->is_wide)
    self->widened = point->stamp;
  return self->is_wide;
}

gboolean
hs_history_run_is_misunderstood (HsHistoryRun *self, GPtrArray *entries, const HsHistoryPoint *point)
{
  gboolean is_back = self->phase == HS_HISTORY_RUN_BACK;

  if (!self->is_wide)
    return FALSE;
  self->is_wide = FALSE;
  for (guint i = 0; i < entries->len; i++)
    {
      gint64 stamp = ((HsHistoryEntry *) entries->pdata[i])->stamp;

      if (is_back ? stamp > point->stamp : stamp < point->stamp)
        return TRUE;
    }
  return entries->len == 0;
}

/* ---- Changes ---- */

void
hs_history_run_mark (HsHistoryRun *self, const HsHistoryPoint *point)
{
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_MARK, .a = *point });
}

void
hs_history_run_prove (HsHistoryRun *self, gint64 until)
{
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_PROVE,
                                                     .number = self->leg,
                                                     .a = { NULL, until } });
}

void
hs_history_run_prune (HsHistoryRun *self)
{
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_PRUNE });
}

guint
hs_history_run_open_gap (HsHistoryRun *self,
                         const HsHistoryPoint *after,
                         const HsHistoryPoint *before,
                         HsGapReason reason)
{
  guint serial = self->log->working.next_serial;

  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_GAP_OPEN,
                                                     .number = serial,
                                                     .a = *after,
                                                     .b = *before,
                                                     .reason = reason });
  return serial;
}

void
hs_history_run_change_gap (HsHistoryRun *self,
                           HsHistoryChangeKind kind,
                           guint serial,
                           const HsHistoryPoint *before,
                           HsGapReason reason)
{
  HsHistoryChange change = { .kind = kind, .number = serial, .reason = reason };

  if (before != NULL)
    change.b = *before;
  hs_history_log_add (self->log, &change);
}

gboolean
hs_history_run_tell_gap (HsHistoryRun *self, guint serial)
{
  guint life = self->life;

  self->callbacks->gap_changed (serial, self->owner);
  return self->life == life;
}

/* The archive is empty: it may have lost messages after the mark. */
gboolean
hs_history_run_found_empty (HsHistoryRun *self)
{
  HsHistoryState *state = &self->log->working;
  HsHistoryPoint none = { NULL, HS_HISTORY_NO_STAMP };
  HsHistoryPoint mark = { NULL, state->mark.stamp };
  HsHistoryGap *gap;

  if (state->mark.id != NULL)
    {
      guint serial = hs_history_run_open_gap (self, &state->mark, &none, HS_GAP_REASON_EXPIRED);

      hs_history_run_mark (self, &mark);
      return hs_history_run_tell_gap (self, serial);
    }
  gap = hs_history_state_find_open_gap (state);
  if (gap == NULL)
    gap = hs_history_state_find_gap_after (state, &state->mark);
  if (gap == NULL || (gap->before.id == NULL && gap->reason != HS_GAP_REASON_PENDING))
    return TRUE;
  if (gap->reason == HS_GAP_REASON_PENDING)
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_REASON, gap->serial, NULL, HS_GAP_REASON_EXPIRED);
  /* The archive was empty before, and has lost what came meanwhile: the gap has no end again. */
  hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, gap->serial, &none, gap->reason);
  return hs_history_run_tell_gap (self, gap->serial);
}

/* ---- Entries ---- */

void
hs_history_run_point_at (HsHistoryPoint *point, const HsHistoryEntry *entry)
{
  hs_history_point_set (point, entry->id, entry->stamp);
}

gboolean
hs_history_run_has_entry (GPtrArray *entries, const char *id)
{
  for (guint i = 0; i < entries->len; i++)
    if (strcmp (((HsHistoryEntry *) entries->pdata[i])->id, id) == 0)
      return TRUE;
  return FALSE;
}

/* A new entry from before the first start is inside the gap that the first start has left. In the part of this gap that
 * was filled, an entry is new only if it became visible late. */
gboolean
hs_history_run_is_before_start (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  HsHistoryState *state = &self->log->working;

  if (state->first_stamp == HS_HISTORY_NO_STAMP || entry->stamp >= state->first_stamp
      || hs_history_state_knows (state, entry->id))
    return FALSE;
  for (guint i = 0; i < state->gaps->len; i++)
    {
      HsHistoryGap *gap = state->gaps->pdata[i];

      if (gap->reason == HS_GAP_REASON_START)
        return entry->stamp < gap->before.stamp;
    }
  return entry->stamp < state->first_stamp - HS_HISTORY_SLACK;
}

/* The newest settled entry becomes the mark. */
void
hs_history_run_consider (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  if (self->settled != HS_HISTORY_NO_STAMP && entry->stamp <= self->settled
      && (self->candidate.id == NULL || entry->stamp >= self->candidate.stamp))
    hs_history_run_point_at (&self->candidate, entry);
}

/* Returns FALSE if the run has ended meanwhile. */
gboolean
hs_history_run_give (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  HsHistoryState *state = &self->log->working;
  HsHistoryChange change = { .kind = HS_HISTORY_CHANGE_SHOW,
                             .number = self->leg,
                             .a = { entry->id, entry->stamp },
                             .when = self->now };
  guint life = self->life;

  if (hs_history_state_knows (state, entry->id))
    hs_history_log_add (self->log, &change);
  else
    {
      if (entry->message != NULL)
        {
          self->n_given++;
          self->callbacks->give (entry, self->leg, self->owner);
        }
      if (self->life != life)
        return FALSE;
      /* The owner has not added it to the log: the program was not given it, and need not confirm it. */
      if (!hs_history_state_knows (state, entry->id))
        {
          change.kind = HS_HISTORY_CHANGE_GIVE;
          hs_history_log_add (self->log, &change);
        }
    }
  return TRUE;
}
