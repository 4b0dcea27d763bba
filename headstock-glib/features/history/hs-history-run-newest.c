/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-run-core-private.h"

#include <string.h>

/* Newest first: the newest page, then the pages before it. Between the mark and the oldest entry seen is a gap, whose
 * end moves back with each page until an entry that was known before the mark closes it. */

static HsHistoryGap *
get_gap (HsHistoryRun *self)
{
  return hs_history_state_find_gap (&self->log->working, self->gap);
}

/* Returns the point that the pages must reach: the beginning of the gap, or the mark. */
static const HsHistoryPoint *
get_aim (HsHistoryRun *self)
{
  HsHistoryGap *gap = get_gap (self);

  return gap != NULL ? &gap->after : &self->from;
}

void
hs_history_run_newest_ask_back (HsHistoryRun *self, const HsHistoryPoint *before)
{
  hs_history_run_ask (self, HS_HISTORY_RUN_BACK,
                      &(HsHistoryQuestion){ .start = HS_HISTORY_NO_STAMP,
                                            .before = before->id,
                                            .is_wide = hs_history_run_widen (self, before),
                                            .max = self->settings.page_size });
}

void
hs_history_run_newest_take_up (HsHistoryRun *self, guint serial)
{
  HsHistoryGap *gap = hs_history_state_find_gap (&self->log->working, serial);

  self->gap = serial;
  self->has_marked = TRUE;
  if (gap != NULL && gap->before.id != NULL)
    {
      hs_history_point_set (&self->first, gap->before.id, gap->before.stamp);
      hs_history_run_newest_ask_back (self, &gap->before);
    }
  else
    hs_history_run_end (self, HS_HISTORY_RUN_DONE);
}

static void
end (HsHistoryRun *self, HsHistoryRunOutcome outcome)
{
  hs_history_run_prune (self);
  hs_history_run_end (self, outcome);
}

gboolean
hs_history_run_newest_take_up_pending (HsHistoryRun *self)
{
  HsHistoryState *state = &self->log->working;
  guint serial = 0;

  for (guint i = 0; i < state->gaps->len; i++)
    {
      HsHistoryGap *gap = state->gaps->pdata[i];

      if (gap->reason == HS_GAP_REASON_PENDING && gap->before.id != NULL && gap->serial != self->gap)
        serial = gap->serial;
    }
  if (serial == 0)
    return FALSE;
  hs_history_run_begin_leg (self);
  hs_history_run_newest_take_up (self, serial);
  return TRUE;
}

/* One gap is done with. In the other order, the pages after the mark come after those in the gaps. */
static void
take_up_next (HsHistoryRun *self)
{
  if (!self->is_fill && hs_history_run_newest_take_up_pending (self))
    return;
  if (!self->is_fill && !self->settings.newest_first)
    hs_history_run_oldest_begin (self);
  else
    end (self, HS_HISTORY_RUN_DONE);
}

/* ---- Entries ---- */

static gboolean
is_too_old (HsHistoryRun *self, const HsHistoryEntry *entry)
{
  HsHistoryGap *gap = get_gap (self);
  const HsHistoryPoint *aim = get_aim (self);

  if (aim->stamp != HS_HISTORY_NO_STAMP && entry->stamp < aim->stamp - HS_HISTORY_SLACK)
    return TRUE;
  if (gap != NULL && gap->reason == HS_GAP_REASON_START)
    return FALSE;
  return hs_history_run_is_before_start (self, entry);
}

static void
look_for_contact (HsHistoryRun *self, GPtrArray *entries)
{
  const HsHistoryPoint *aim = get_aim (self);

  for (guint i = 0; i < entries->len && !self->has_contact && aim->id != NULL; i++)
    {
      HsHistoryEntry *entry = entries->pdata[i];

      self->has_contact = hs_history_state_is_contact (&self->log->working, aim, get_gap (self), entry->id,
                                                       entry->stamp);
    }
}

/* Returns FALSE if the run has ended meanwhile. */
static gboolean
give_page (HsHistoryRun *self, GPtrArray *entries)
{
  for (guint i = 0; i < entries->len; i++)
    {
      HsHistoryEntry *entry = entries->pdata[i];

      if (is_too_old (self, entry))
        continue;
      if (!hs_history_run_give (self, entry))
        return FALSE;
      if (!self->has_marked)
        hs_history_run_consider (self, entry);
    }
  if (!self->is_fill && self->settled != HS_HISTORY_NO_STAMP)
    hs_history_run_prove (self, self->settled);
  return TRUE;
}

/* Moves the mark once in a run: everything that is not later has been given, or is inside the gap. */
static void
move_mark (HsHistoryRun *self)
{
  HsHistoryPoint *mark = &self->log->working.mark;

  if (self->has_marked || self->candidate.id == NULL)
    return;
  self->has_marked = TRUE;
  if (mark->stamp == HS_HISTORY_NO_STAMP || self->candidate.stamp >= mark->stamp)
    hs_history_run_mark (self, &self->candidate);
}

/* ---- Gaps ---- */

/* The next run takes it up if the session is lost meanwhile. Where the archive was empty at the first start, all that it
 * holds now came later. */
static void
be_pending (HsHistoryRun *self, HsHistoryGap *gap)
{
  gboolean is_before_start
      = gap->reason == HS_GAP_REASON_START && self->log->working.first_stamp != HS_HISTORY_NO_STAMP;

  if (!is_before_start && gap->reason != HS_GAP_REASON_CLOCK && gap->reason != HS_GAP_REASON_PENDING)
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_REASON, gap->serial, NULL, HS_GAP_REASON_PENDING);
}

/* Shows the gap before the program is given the entries after it. Returns FALSE if the run has ended meanwhile. */
static gboolean
find_gap (HsHistoryRun *self, GPtrArray *entries)
{
  HsHistoryEntry *first = entries->pdata[0];
  HsHistoryState *state = &self->log->working;
  HsHistoryGap *gap = hs_history_state_find_gap_after (state, &self->from);
  HsHistoryPoint before = { first->id, first->stamp };

  if (self->from.id == NULL && gap == NULL && (gap = hs_history_state_find_open_gap (state)) != NULL)
    {
      /* The gap gets its end after the page was given. */
      self->gap = gap->serial;
      be_pending (self, gap);
      return hs_history_run_tell_gap (self, self->gap);
    }
  if (gap == NULL)
    {
      self->gap = hs_history_run_open_gap (self, &self->from, &before, HS_GAP_REASON_PENDING);
      return hs_history_run_tell_gap (self, self->gap);
    }
  self->gap = gap->serial;
  if (!hs_history_run_has_entry (entries, gap->before.id))
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, gap->serial, &before, gap->reason);
  be_pending (self, gap);
  return hs_history_run_tell_gap (self, self->gap);
}

static void
give_reason (HsHistoryRun *self, HsGapReason reason)
{
  HsHistoryGap *gap = get_gap (self);

  if (gap != NULL && gap->reason == HS_GAP_REASON_PENDING)
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_REASON, gap->serial, NULL, reason);
}

static void
close_gap (HsHistoryRun *self)
{
  if (get_gap (self) != NULL)
    hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_CLOSE, self->gap, NULL, HS_GAP_REASON_PENDING);
  move_mark (self);
  if (hs_history_run_tell_gap (self, self->gap))
    take_up_next (self);
}

/* The archive does not have the rest of the gap. */
static void
leave_gap (HsHistoryRun *self)
{
  give_reason (self, HS_GAP_REASON_EXPIRED);
  move_mark (self);
  if (hs_history_run_tell_gap (self, self->gap))
    take_up_next (self);
}

/* The pages have reached the beginning of the archive, or an id that it does not know any more. */
static void
take_beginning (HsHistoryRun *self)
{
  HsHistoryGap *gap = get_gap (self);
  gboolean may_close = self->has_contact || gap == NULL || (self->is_fill && gap->reason == HS_GAP_REASON_START);

  if (may_close)
    {
      hs_history_run_ask (self, HS_HISTORY_RUN_FIRST, &(HsHistoryQuestion){ .start = HS_HISTORY_NO_STAMP, .max = 1 });
      return;
    }
  leave_gap (self);
}

/* If the archive was empty at the first start, messages may have come and expired since. */
static gboolean
is_whole (HsHistoryRun *self)
{
  HsHistoryGap *gap = get_gap (self);

  return self->has_contact || gap == NULL || self->log->working.first_stamp != HS_HISTORY_NO_STAMP;
}

/* The pages have reached the beginning: if the archive still begins with the same entry, nothing was lost meanwhile. */
static void
take_first (HsHistoryRun *self, const HsHistoryEntry *first)
{
  HsHistoryGap *gap = get_gap (self);

  if (first != NULL && self->first.id != NULL && strcmp (first->id, self->first.id) == 0 && is_whole (self))
    close_gap (self);
  else if (gap != NULL)
    leave_gap (self);
  else if (++self->attempts >= HS_HISTORY_MAX_ATTEMPTS)
    hs_history_run_end (self, HS_HISTORY_RUN_FAILED);
  else
    {
      self->life++;
      hs_history_run_begin_leg (self);
      hs_history_run_ask_newest (self, HS_HISTORY_RUN_NEWEST, self->settings.page_size);
    }
}

/* ---- Answers ---- */

static gboolean
has_reached (HsHistoryRun *self, const HsHistoryEntry *first)
{
  const HsHistoryPoint *aim = get_aim (self);

  return self->has_contact && aim->stamp != HS_HISTORY_NO_STAMP && first->stamp < aim->stamp - HS_HISTORY_SLACK;
}

static void
go_back (HsHistoryRun *self, const HsHistoryEntry *first)
{
  HsHistoryGap *gap = get_gap (self);
  HsHistoryPoint before = { first->id, first->stamp };
  gboolean is_far = gap != NULL
                    && ((self->max_given > 0 && self->n_given >= self->max_given)
                        || (!self->is_fill && first->stamp < self->settings.oldest));

  if (has_reached (self, first))
    {
      close_gap (self);
      return;
    }
  if (gap != NULL)
    {
      hs_history_run_change_gap (self, HS_HISTORY_CHANGE_GAP_BEFORE, gap->serial, &before, gap->reason);
      move_mark (self);
      hs_history_run_prune (self);
      if (is_far && !self->is_fill)
        give_reason (self, HS_GAP_REASON_LIMIT);
      if (!hs_history_run_tell_gap (self, self->gap))
        return;
    }
  if (is_far && (self->is_fill || self->settings.newest_first))
    end (self, HS_HISTORY_RUN_LIMIT);
  else if (is_far)
    take_up_next (self);
  else
    hs_history_run_newest_ask_back (self, &before);
}

void
hs_history_run_newest_answer (HsHistoryRun *self, GPtrArray *entries)
{
  HsHistoryEntry *first = entries->len > 0 ? entries->pdata[0] : NULL;
  gboolean is_newest = self->phase == HS_HISTORY_RUN_NEWEST;

  if (self->phase == HS_HISTORY_RUN_FIRST)
    {
      take_first (self, first);
      return;
    }
  if (self->phase == HS_HISTORY_RUN_BACK && hs_history_run_is_misunderstood (self, entries, &self->first))
    {
      hs_history_run_newest_ask_back (self, &self->first);
      return;
    }
  if (first == NULL && is_newest)
    {
      if (hs_history_run_found_empty (self))
        end (self, HS_HISTORY_RUN_DONE);
      return;
    }
  if (first == NULL)
    {
      take_beginning (self);
      return;
    }
  if (is_newest)
    self->settled = ((HsHistoryEntry *) entries->pdata[entries->len - 1])->stamp - HS_HISTORY_SLACK;
  hs_history_run_point_at (&self->first, first);
  look_for_contact (self, entries);
  if (is_newest && !self->has_contact && !find_gap (self, entries))
    return;
  if (give_page (self, entries))
    go_back (self, first);
}
