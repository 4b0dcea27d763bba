/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-keeper-private.h"

/* Decides when a run begins. */

/* After this many messages, or after this time with any message, a run moves the mark behind them. */
#define MAX_ARRIVED 256
/* A run gives all again from two minutes before it on: more often, and with much traffic, most of what it requests has
 * been shown by the run before. */
#define BUSY_INTERVAL (2 * G_TIME_SPAN_MINUTE)
#define TRAFFIC_INTERVAL (15 * G_TIME_SPAN_MINUTE)
/* Without available presence the server sends no messages: the archive is asked. */
#define ABSENT_INTERVAL (15 * G_TIME_SPAN_MINUTE)
/* The archive said that its answer may still change (XEP-0313). */
#define UNSTABLE_INTERVAL (5 * G_TIME_SPAN_MINUTE)
/* A message that was sent has its archive id after this time. */
#define OWN_DELAY (30 * G_TIME_SPAN_SECOND)
#define FIRST_RETRY (2 * G_TIME_SPAN_SECOND)
#define MAX_RETRY (5 * G_TIME_SPAN_MINUTE)

static void
tell_changed (HsHistoryKeeper *self)
{
  self->callbacks->changed (self->owner);
}

static void
be_due (HsHistoryKeeper *self, gint64 due)
{
  if (due < self->due)
    self->due = due;
}

/* The time of day, for what is compared with stamps, and with what another run of the program has saved. */
static gint64
get_time_of_day (const HsHistoryKeeper *self)
{
  return self->since_1970 + self->now;
}

/* ---- Questions ---- */

static void
question_free (gpointer data)
{
  HsHistoryQuestion *self = data;

  g_free ((char *) self->after);
  g_free ((char *) self->before);
  g_free (self);
}

static void
ask_cb (const HsHistoryQuestion *question, gpointer owner)
{
  HsHistoryKeeper *self = owner;
  HsHistoryQuestion *copy;

  if (hs_history_log_count_waiting (&self->log) < HS_HISTORY_MAX_UNCONFIRMED)
    {
      self->callbacks->ask (question, self->run.life, self->owner);
      return;
    }
  copy = g_new0 (HsHistoryQuestion, 1);
  *copy = *question;
  copy->after = g_strdup (question->after);
  copy->before = g_strdup (question->before);
  g_queue_push_tail (&self->questions, copy);
}

/* Asks in the order of the questions: the run matches the answers by it. */
static void
ask_waiting (HsHistoryKeeper *self)
{
  while (!g_queue_is_empty (&self->questions)
         && hs_history_log_count_waiting (&self->log) < HS_HISTORY_MAX_UNCONFIRMED)
    {
      HsHistoryQuestion *question = g_queue_pop_head (&self->questions);

      self->callbacks->ask (question, self->run.life, self->owner);
      question_free (question);
    }
}

/* ---- Runs ---- */

static void
stop_run (HsHistoryKeeper *self)
{
  guint serial = self->fill;

  g_queue_clear_full (&self->questions, question_free);
  hs_history_run_stop (&self->run);
  self->fill = 0;
  if (serial != 0)
    self->callbacks->filled (serial, FALSE, self->owner);
}

static void
retry (HsHistoryKeeper *self)
{
  gint64 delay = FIRST_RETRY << MIN (self->n_failures, 10);

  self->n_failures++;
  be_due (self, self->now + MIN (delay, MAX_RETRY));
}

static void
release_all (HsHistoryKeeper *self)
{
  self->callbacks->release (self->owner);
  g_hash_table_remove_all (self->held);
}

static void
catch_up (HsHistoryKeeper *self)
{
  gboolean was_current = self->is_current;

  self->n_failures = 0;
  self->is_current = self->is_available && !self->is_outdated;
  if (!self->is_available)
    be_due (self, self->now + ABSENT_INTERVAL);
  release_all (self);
  if (self->is_current && !was_current)
    self->callbacks->caught_up (self->owner);
}

static void
ended_cb (HsHistoryRunOutcome outcome, gpointer owner)
{
  HsHistoryKeeper *self = owner;
  guint serial = self->fill;

  self->fill = 0;
  if (serial != 0)
    self->callbacks->filled (serial, hs_history_state_find_gap (&self->log.working, serial) == NULL, self->owner);
  else if (outcome == HS_HISTORY_RUN_FAILED)
    retry (self);
  else
    catch_up (self);
  tell_changed (self);
}

static void
give_cb (const HsHistoryEntry *entry, guint leg, gpointer owner)
{
  HsHistoryKeeper *self = owner;

  self->callbacks->give (entry, leg, self->owner);
}

static void
gap_changed_cb (guint serial, gpointer owner)
{
  HsHistoryKeeper *self = owner;

  self->callbacks->gap_changed (serial, self->owner);
}

static const HsHistoryRunCallbacks run_callbacks = {
  .ask = ask_cb,
  .give = give_cb,
  .gap_changed = gap_changed_cb,
  .ended = ended_cb,
};

static void
begin_run (HsHistoryKeeper *self)
{
  self->due = G_MAXINT64;
  self->own_due = G_MAXINT64;
  if (self->n_arrived > MAX_ARRIVED)
    self->busy_until = self->now + BUSY_INTERVAL;
  self->n_arrived = 0;
  self->is_outdated = FALSE;
  self->settings.oldest = self->max_age > 0 ? get_time_of_day (self) - self->max_age : HS_HISTORY_NO_STAMP;
  hs_history_run_begin (&self->run, &self->settings, get_time_of_day (self));
}

void
hs_history_keeper_poll (HsHistoryKeeper *self, gint64 now)
{
  self->now = now;
  if (hs_history_keeper_get_due (self) <= now)
    begin_run (self);
}

gint64
hs_history_keeper_get_due (const HsHistoryKeeper *self)
{
  if (!self->is_in_session || self->is_paused || hs_history_run_is_going (&self->run))
    return G_MAXINT64;
  return MIN (self->due, self->own_due);
}

/* ---- The session ---- */

void
hs_history_keeper_begin (HsHistoryKeeper *self, gboolean is_available, gint64 now)
{
  stop_run (self);
  self->now = now;
  self->is_in_session = TRUE;
  self->is_available = is_available;
  self->is_current = FALSE;
  self->is_paused = FALSE;
  self->n_failures = 0;
  self->due = now;
  hs_history_keeper_poll (self, now);
}

void
hs_history_keeper_set_available (HsHistoryKeeper *self, gboolean is_available, gint64 now)
{
  if (self->is_available == is_available || !self->is_in_session)
    return;
  self->now = now;
  self->is_available = is_available;
  self->is_current = FALSE;
  /* Messages from before the presence may be missing in the pages of a run that has begun. */
  self->is_outdated = hs_history_run_is_going (&self->run);
  self->due = is_available ? now : now + ABSENT_INTERVAL;
  hs_history_keeper_poll (self, now);
  tell_changed (self);
}

void
hs_history_keeper_resumed (HsHistoryKeeper *self, gint64 now)
{
  self->now = now;
  /* A run that failed with the connection does not wait until it may be repeated. */
  if ((self->is_current && self->n_failures == 0) || !self->is_in_session)
    return;
  self->n_failures = 0;
  self->due = now;
  hs_history_keeper_poll (self, now);
}

void
hs_history_keeper_lost (HsHistoryKeeper *self)
{
  stop_run (self);
  self->is_in_session = FALSE;
  self->is_current = FALSE;
  self->due = G_MAXINT64;
  self->own_due = G_MAXINT64;
}

/* ---- Messages of the stream ---- */

/* A change of the order applies from the next run on. */
static gboolean
is_newest_first (HsHistoryKeeper *self)
{
  if (self->fill == 0 && hs_history_run_is_going (&self->run))
    return self->run.settings.newest_first;
  return self->settings.newest_first;
}

HsHistoryVerdict
hs_history_keeper_judge (HsHistoryKeeper *self, const char *id)
{
  if (hs_history_state_knows (&self->log.working, id))
    {
      /* A resumption may bring the message again, even when the mark is far behind it: keep its id. */
      hs_history_log_add (&self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_ARRIVE,
                                                          .a = { (char *) id, HS_HISTORY_NO_STAMP },
                                                          .when = get_time_of_day (self) });
      return HS_HISTORY_VERDICT_DROP;
    }
  /* A paused archive is not asked: no older messages will come. */
  if (self->is_current || self->is_paused || (is_newest_first (self) && g_hash_table_size (self->held) == 0))
    return HS_HISTORY_VERDICT_GIVE;
  g_hash_table_add (self->held, g_strdup (id));
  return HS_HISTORY_VERDICT_HOLD;
}

static void
note_arrival (HsHistoryKeeper *self)
{
  self->n_arrived++;
  be_due (self, self->n_arrived > MAX_ARRIVED ? MAX (self->now, self->busy_until) : self->now + TRAFFIC_INTERVAL);
  if (self->own_due != G_MAXINT64)
    self->own_due = self->now + OWN_DELAY;
}

static void
note_given (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gboolean is_shown)
{
  HsHistoryChange change = { .kind = HS_HISTORY_CHANGE_GIVE,
                             .number = leg,
                             .flag = leg == 0 || g_hash_table_contains (self->held, id),
                             .a = { (char *) id, stamp },
                             .when = get_time_of_day (self) };

  if (is_shown)
    hs_history_log_deliver (&self->log, &change);
  else
    hs_history_log_add (&self->log, &change);
  if (leg == 0)
    note_arrival (self);
  tell_changed (self);
}

void
hs_history_keeper_given (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now)
{
  self->now = now;
  note_given (self, id, stamp, leg, TRUE);
}

void
hs_history_keeper_passed (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now)
{
  self->now = now;
  note_given (self, id, stamp, leg, FALSE);
}

gboolean
hs_history_keeper_confirm (HsHistoryKeeper *self, const char *id, gint64 now)
{
  self->now = now;
  if (!hs_history_log_confirm (&self->log, id))
    return FALSE;
  ask_waiting (self);
  tell_changed (self);
  return TRUE;
}

void
hs_history_keeper_own_sent (HsHistoryKeeper *self, const char *origin_id)
{
  HsHistoryChange change = { .kind = HS_HISTORY_CHANGE_OWN_SENT, .a = { (char *) origin_id, HS_HISTORY_NO_STAMP } };

  /* Whatever the program has not stored yet: this message has been sent. */
  hs_history_log_add_confirmed (&self->log, &change);
  tell_changed (self);
}

void
hs_history_keeper_own_acked (HsHistoryKeeper *self, gint64 now)
{
  self->now = now;
  self->own_due = now + OWN_DELAY;
  tell_changed (self);
}

/* ---- The archive ---- */

void
hs_history_keeper_answer (HsHistoryKeeper *self, GPtrArray *entries, gboolean is_stable, guint life, gint64 now)
{
  self->now = now;
  if (life != self->run.life)
    return;
  if (!is_stable)
    be_due (self, now + UNSTABLE_INTERVAL);
  hs_history_run_answer (&self->run, entries, get_time_of_day (self));
}

void
hs_history_keeper_fail (HsHistoryKeeper *self, HsHistoryFailure failure, guint life, gint64 now)
{
  self->now = now;
  if (life != self->run.life)
    return;
  if (failure == HS_HISTORY_FAILURE_NOT_FOUND)
    {
      hs_history_run_answer_not_found (&self->run, get_time_of_day (self));
      return;
    }
  stop_run (self);
  if (failure == HS_HISTORY_FAILURE_FORBIDDEN)
    {
      self->is_current = FALSE;
      self->is_paused = TRUE;
      release_all (self);
    }
  else
    retry (self);
  tell_changed (self);
}

static gboolean
has_clock_gap (HsHistoryKeeper *self, const char *before)
{
  GPtrArray *gaps = self->log.working.gaps;

  for (guint i = 0; i < gaps->len; i++)
    {
      HsHistoryGap *gap = gaps->pdata[i];

      if (gap->reason == HS_GAP_REASON_CLOCK && g_strcmp0 (gap->before.id, before) == 0)
        return TRUE;
    }
  return FALSE;
}

/* A run begins HS_HISTORY_SLACK before the mark: a clock that was set back by less does no harm. The slack also covers
 * answers in whole seconds, and a mark that has moved since the question. */
void
hs_history_keeper_compare_clock (HsHistoryKeeper *self, gint64 time)
{
  HsHistoryState *state = &self->log.working;
  HsHistoryChange change = { .kind = HS_HISTORY_CHANGE_GAP_OPEN,
                             .number = state->next_serial,
                             .reason = HS_GAP_REASON_CLOCK,
                             .a = { NULL, time },
                             .b = state->mark };

  if (state->mark.id == NULL || state->mark.stamp - HS_HISTORY_SLACK <= time || has_clock_gap (self, state->mark.id))
    return;
  hs_history_log_add (&self->log, &change);
  self->callbacks->gap_changed (change.number, self->owner);
  tell_changed (self);
}

gboolean
hs_history_keeper_fill (HsHistoryKeeper *self, guint serial, guint max, gint64 now)
{
  HsHistoryGap *gap = hs_history_state_find_gap (&self->log.working, serial);

  if (!self->is_in_session || hs_history_run_is_going (&self->run) || gap == NULL || gap->before.id == NULL
      || hs_history_is_made_up (gap->before.id) || gap->reason == HS_GAP_REASON_CLOCK)
    return FALSE;
  self->now = now;
  self->fill = serial;
  self->settings.oldest = HS_HISTORY_NO_STAMP;
  hs_history_run_begin_fill (&self->run, &self->settings, serial, max, get_time_of_day (self));
  return TRUE;
}

void
hs_history_keeper_stop_fill (HsHistoryKeeper *self)
{
  if (self->fill != 0)
    stop_run (self);
}

/* ---- The object ---- */

void
hs_history_keeper_init (HsHistoryKeeper *self, const HsHistoryKeeperCallbacks *callbacks, gpointer owner)
{
  *self = (HsHistoryKeeper){ .callbacks = callbacks, .owner = owner, .due = G_MAXINT64, .own_due = G_MAXINT64 };
  self->settings = (HsHistoryRunSettings){ .page_size = 50, .pages_a_proof = 10, .pages_a_leg = 100 };
  self->settings.oldest = HS_HISTORY_NO_STAMP;
  self->held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->questions);
  hs_history_log_init (&self->log);
  hs_history_run_init (&self->run, &run_callbacks, self, &self->log);
}

void
hs_history_keeper_clear (HsHistoryKeeper *self)
{
  g_queue_clear_full (&self->questions, question_free);
  g_clear_pointer (&self->held, g_hash_table_unref);
  hs_history_run_clear (&self->run);
  hs_history_log_clear (&self->log);
}
