/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-run-core-private.h"

#include <string.h>

/* Oldest first: pages from a minute before the mark to the end. The mark moves only if the first entry of the pages is
 * still there after the last page: archives lose their oldest entries first, so that nothing after it was lost. */

/* How many entries are asked for to find the first one again: some may have become visible before it. */
#define PROOF_SIZE 4

static gboolean
ask_page (HsHistoryRun *self)
{
  return hs_history_run_ask (self, HS_HISTORY_RUN_PAGING,
                             &(HsHistoryQuestion){ .start = self->start,
                                                   .after = self->last.id,
                                                   .is_wide = hs_history_run_widen (self, &self->last),
                                                   .max = self->settings.page_size });
}

void
hs_history_run_oldest_ask_page (HsHistoryRun *self)
{
  ask_page (self);
}

static gboolean
ask_whether_there (HsHistoryRun *self, HsHistoryRunPhase phase, const HsHistoryPoint *entry, const char *after)
{
  guint max = phase == HS_HISTORY_RUN_LAST ? self->settings.page_size : PROOF_SIZE;

  return hs_history_run_ask (self, phase,
                             &(HsHistoryQuestion){ .start = entry->stamp, .after = after, .max = max });
}

static void
ask (HsHistoryRun *self)
{
  /* Missing entries are inside a gap that has no end yet. */
  self->has_contact = self->from.id == NULL && hs_history_state_find_open_gap (&self->log->working) != NULL;
  if (self->settings.oldest != HS_HISTORY_NO_STAMP && self->start != HS_HISTORY_NO_STAMP
      && self->start < self->settings.oldest)
    self->start = self->settings.oldest;
  if (hs_history_run_ask_newest (self, HS_HISTORY_RUN_LOOKING, 1) && ask_page (self))
    self->phase = HS_HISTORY_RUN_LOOKING;
}

void
hs_history_run_oldest_begin (HsHistoryRun *self)
{
  hs_history_run_begin_leg (self);
  self->first_leg = self->leg;
  self->first_start = self->start;
  ask (self);
}

void
hs_history_run_oldest_again (HsHistoryRun *self)
{
  if (++self->attempts >= HS_HISTORY_MAX_ATTEMPTS)
    {
      hs_history_run_end (self, HS_HISTORY_RUN_FAILED);
      return;
    }
  self->life++;
  hs_history_run_begin_leg (self);
  ask (self);
}

/* ---- Pages ---- */

/* Returns FALSE if the run has ended meanwhile. */
static gboolean
found_gap (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  HsHistoryState *state = &self->log->working;
  HsHistoryGap *gap = hs_history_state_find_gap_after (state, &self->from);
  HsHistoryPoint before = { entry->id, entry->stamp };
  gboolean is_limit = self->from.stamp < self->settings.oldest;

  self->has_contact = TRUE;
  /* An earlier attempt may have found the gap, with an earlier end. */
  if (gap == NULL)
    return hs_history_run_tell_gap (self,
                                    hs_history_run_open_gap (self, &self->from, &before,
                                                             is_limit ? HS_GAP_REASON_LIMIT : HS_GAP_REASON_EXPIRED));
  if (strcmp (entry->id, gap->before.id) == 0)
    return TRUE;
  hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, gap->serial, &before, gap->reason);
  return hs_history_run_tell_gap (self, gap->serial);
}

/* Returns FALSE if the run has ended meanwhile. */
static gboolean
take_entry (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  HsHistoryState *state = &self->log->working;

  if (self->first.id == NULL)
    hs_history_run_point_at (&self->first, entry);
  if (hs_history_run_is_before_start (self, entry))
    return TRUE;
  if (!self->has_contact && hs_history_state_is_contact (state, &self->from, NULL, entry->id, entry->stamp))
    self->has_contact = TRUE;
  if (!self->has_contact && entry->stamp > self->from.stamp && !found_gap (self, entry))
    return FALSE;
  self->newest_shown = MAX (self->newest_shown, entry->stamp);
  return hs_history_run_give (self, entry);
}

/* Asks for the next page in the same write, unless the next leg may begin instead. */
static void
ask_for_proof (HsHistoryRun *self)
{
  self->has_asked_on = self->pages < self->settings.pages_a_leg;
  if (ask_whether_there (self, HS_HISTORY_RUN_PROVING, &self->first, NULL) && self->has_asked_on && ask_page (self))
    self->phase = HS_HISTORY_RUN_PROVING;
}

static void
take_page (HsHistoryRun *self, GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    if (!take_entry (self, entries->pdata[i]))
      return;
  hs_history_run_point_at (&self->last, entries->pdata[entries->len - 1]);
  self->pages++;
  self->unproven_pages++;
  if (self->unproven_pages >= self->settings.pages_a_proof || self->pages == self->settings.pages_a_leg)
    ask_for_proof (self);
  else
    ask_page (self);
}

/* ---- Proofs ---- */

/* Proves the entries up to @until, and moves the mark to the newest of them. Returns FALSE if the run has ended
 * meanwhile. */
static gboolean
settle (HsHistoryRun *self, gint64 until)
{
  HsHistoryState *state = &self->log->working;
  HsHistoryGap *open = state->mark.id == NULL ? hs_history_state_find_open_gap (state) : NULL;
  const HsHistoryGiven *newest = NULL;

  self->unproven_pages = 0;
  if (until == HS_HISTORY_NO_STAMP)
    return TRUE;
  hs_history_run_prove (self, until);
  newest = hs_history_state_find_shown (state, self->leg, until);
  if (newest == NULL || (state->mark.stamp != HS_HISTORY_NO_STAMP && newest->stamp < state->mark.stamp))
    return TRUE;
  if (open != NULL)
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, open->serial, &self->first, open->reason);
  /* Only progress allows more attempts: a run without it must end. */
  if (newest->stamp > state->mark.stamp)
    self->attempts = 0;
  hs_history_run_mark (self, &(HsHistoryPoint){ newest->id, newest->stamp });
  return open == NULL || hs_history_run_tell_gap (self, open->serial);
}

/* An archive may be in the order of arrival: until its end, the next pages may have entries with stamps from the last
 * minute that was shown. */
static gint64
get_settled_so_far (HsHistoryRun *self)
{
  if (self->settled == HS_HISTORY_NO_STAMP || self->newest_shown == HS_HISTORY_NO_STAMP)
    return HS_HISTORY_NO_STAMP;
  return MIN (self->settled, self->newest_shown - HS_HISTORY_SLACK - 1);
}

static gboolean
has_moved_on (HsHistoryRun *self)
{
  gint64 mark = self->log->working.mark.stamp;

  if (self->pages < self->settings.pages_a_leg || mark == HS_HISTORY_NO_STAMP)
    return FALSE;
  return self->from.stamp == HS_HISTORY_NO_STAMP || mark > self->from.stamp + HS_HISTORY_SLACK;
}

static void
go_on (HsHistoryRun *self)
{
  if (!settle (self, get_settled_so_far (self)))
    return;
  if (has_moved_on (self))
    {
      hs_history_run_prune (self);
      hs_history_run_begin_leg (self);
      ask (self);
    }
  else if (self->has_asked_on)
    self->phase = HS_HISTORY_RUN_PAGING;
  else
    ask_page (self);
}

static void
finish (HsHistoryRun *self)
{
  if (!settle (self, self->settled))
    return;
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_UNSHOWN,
                                                     .number = self->first_leg,
                                                     .a = { NULL, self->first_start },
                                                     .when = self->began - HS_HISTORY_SLACK });
  hs_history_run_prune (self);
  hs_history_run_end (self, HS_HISTORY_RUN_DONE);
}

/* The entry was not in the page, but others with about the same stamp may come before it. Returns TRUE if the next page
 * was requested. */
static gboolean
look_further (HsHistoryRun *self, const HsHistoryPoint *entry, GPtrArray *entries)
{
  HsHistoryEntry *last = entries->len > 0 ? entries->pdata[entries->len - 1] : NULL;

  if (last == NULL || last->stamp > entry->stamp + HS_HISTORY_SLACK)
    return FALSE;
  ask_whether_there (self, self->phase, entry, last->id);
  return TRUE;
}

static void
take_proof (HsHistoryRun *self, GPtrArray *entries)
{
  const HsHistoryPoint *entry = self->phase == HS_HISTORY_RUN_LAST ? &self->last : &self->first;

  if (!hs_history_run_has_entry (entries, entry->id))
    {
      if (self->phase != HS_HISTORY_RUN_LAST || !look_further (self, entry, entries))
        hs_history_run_oldest_again (self);
    }
  else if (self->phase == HS_HISTORY_RUN_PROVING)
    go_on (self);
  else if (self->phase == HS_HISTORY_RUN_ENDING)
    self->phase = HS_HISTORY_RUN_LAST;
  else
    finish (self);
}

/* ---- Answers ---- */

static void
take_newest (HsHistoryRun *self, GPtrArray *entries)
{
  self->is_empty = entries->len == 0;
  if (!self->is_empty)
    self->settled = ((HsHistoryEntry *) entries->pdata[entries->len - 1])->stamp - HS_HISTORY_SLACK;
  self->phase = HS_HISTORY_RUN_PAGING;
}

/* Asks whether the first entry is still there and, in the same write, whether the last one is. */
static void
ask_for_end (HsHistoryRun *self)
{
  if (ask_whether_there (self, HS_HISTORY_RUN_ENDING, &self->first, NULL)
      && ask_whether_there (self, HS_HISTORY_RUN_LAST, &self->last, NULL))
    self->phase = HS_HISTORY_RUN_ENDING;
}

static void
take_empty_page (HsHistoryRun *self)
{
  if (self->last.id != NULL)
    ask_for_end (self);
  else if (!self->is_empty || hs_history_run_found_empty (self))
    finish (self);
}

void
hs_history_run_oldest_answer (HsHistoryRun *self, GPtrArray *entries)
{
  if (self->phase == HS_HISTORY_RUN_LOOKING)
    take_newest (self, entries);
  else if (self->phase != HS_HISTORY_RUN_PAGING)
    take_proof (self, entries);
  else if (hs_history_run_is_misunderstood (self, entries, &self->last))
    ask_page (self);
  else if (entries->len == 0)
    take_empty_page (self);
  else
    take_page (self, entries);
}
