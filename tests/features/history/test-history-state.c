/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "features/history/hs-history-keeper-private.h"
#include "features/history/hs-history-twins-private.h"

/* What is known of an archive, what of it is confirmed, and when the archive is asked: without a client, and with a
 * time that is a number. */

#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE
#define NO_STAMP HS_HISTORY_NO_STAMP

/* ---- The state ---- */

static void
give (HsHistoryState *state, const char *id, gint64 stamp, guint leg)
{
  hs_history_state_apply (state, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_GIVE,
                                                     .number = leg,
                                                     .flag = leg == 0,
                                                     .a = { (char *) id, stamp } });
}

static void
change (HsHistoryState *state, HsHistoryChangeKind kind, const char *id, gint64 stamp, guint number)
{
  hs_history_state_apply (state, &(HsHistoryChange){ .kind = kind, .number = number, .a = { (char *) id, stamp } });
}

static void
test_contact (void)
{
  HsHistoryState state;
  HsHistoryPoint mark = { (char *) "m", 100 };
  HsHistoryGap *gap;

  hs_history_state_init (&state);
  give (&state, "proven", 90, 1);
  change (&state, HS_HISTORY_CHANGE_PROVE, NULL, 95, 1);
  give (&state, "shown", 90, 1);
  give (&state, "live", NO_STAMP, 0);
  g_assert_true (hs_history_state_is_contact (&state, &mark, NULL, "m", 100));
  g_assert_true (hs_history_state_is_contact (&state, &mark, NULL, "proven", 90));
  /* No run has proven what was before these. */
  g_assert_false (hs_history_state_is_contact (&state, &mark, NULL, "shown", 90));
  g_assert_false (hs_history_state_is_contact (&state, &mark, NULL, "live", 90));
  g_assert_false (hs_history_state_is_contact (&state, &mark, NULL, "proven", 101));
  g_assert_false (hs_history_state_is_contact (&state, &mark, NULL, "other", 90));
  /* What was given inside a gap does not say that nothing is missing before it. */
  hs_history_state_apply (&state, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_GAP_OPEN,
                                                      .number = 1,
                                                      .a = { (char *) "m", 89 },
                                                      .b = { (char *) "n", 200 } });
  gap = hs_history_state_find_gap (&state, 1);
  g_assert_false (hs_history_state_is_contact (&state, &mark, gap, "proven", 90));
  g_assert_true (hs_history_state_knows (&state, "proven"));
  hs_history_state_clear (&state);
}

static void
test_bounds (void)
{
  HsHistoryState state;

  hs_history_state_init (&state);
  for (guint i = 0; i <= HS_HISTORY_MAX_STREAM; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      give (&state, id, i, 0);
      change (&state, HS_HISTORY_CHANGE_OWN_SENT, id, NO_STAMP, 0);
    }
  g_assert_cmpuint (state.stream.length, ==, HS_HISTORY_MAX_STREAM);
  g_assert_false (hs_history_state_is_own (&state, "0"));
  g_assert_true (hs_history_state_is_own (&state, "1"));
  change (&state, HS_HISTORY_CHANGE_OWN_SHOWN, "1", NO_STAMP, 0);
  g_assert_false (hs_history_state_is_own (&state, "1"));
  g_assert_true (hs_history_state_knows (&state, "0"));
  /* A resumption may bring the last thousand again, wherever the mark is. */
  change (&state, HS_HISTORY_CHANGE_MARK, "mark", 10 * MINUTE, 0);
  change (&state, HS_HISTORY_CHANGE_PRUNE, NULL, NO_STAMP, 0);
  g_assert_false (hs_history_state_knows (&state, "0"));
  g_assert_true (hs_history_state_knows (&state, "1"));
  hs_history_state_clear (&state);
}

/* Where the mark itself is deleted, one of those before it makes contact. */
static void
test_prune (void)
{
  HsHistoryState state;

  hs_history_state_init (&state);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      give (&state, id, i, 1);
    }
  give (&state, "near", 10 * MINUTE - SECOND, 1);
  change (&state, HS_HISTORY_CHANGE_PROVE, NULL, 10, 1);
  change (&state, HS_HISTORY_CHANGE_MARK, "mark", 10 * MINUTE, 0);
  change (&state, HS_HISTORY_CHANGE_PRUNE, NULL, NO_STAMP, 0);
  g_assert_cmpuint (g_hash_table_size (state.given), ==, HS_HISTORY_N_BEFORE + 1);
  g_assert_true (hs_history_state_knows (&state, "near"));
  g_assert_true (hs_history_state_knows (&state, "9"));
  g_assert_false (hs_history_state_knows (&state, "1"));
  hs_history_state_clear (&state);
}

/* Ids that the state does not know are forgotten: nobody can make the table grow. */
static void
test_twins (void)
{
  HsHistoryTwins twins;
  HsHistoryState state;
  g_autofree char *key = NULL;
  g_autofree char *id = NULL;

  hs_history_state_init (&state);
  hs_history_twins_init (&twins);
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "juliet@example.com"), ==, "a");
  key = g_strdup (hs_history_twins_find_key (&twins, &state, "a", "paris@example.com"));
  g_assert_cmpstr (key, !=, "a");
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "nurse@example.com"), !=, key);
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "juliet@example.com"), ==, "a");
  id = hs_history_twins_dup_id (key);
  g_assert_cmpstr (id, ==, "a");
  g_assert_null (hs_history_twins_dup_id (NULL));
  give (&state, "a", 5, 1);
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *other = g_strdup_printf ("other-%u", i);

      hs_history_twins_find_key (&twins, &state, other, "juliet@example.com");
    }
  g_assert_cmpuint (g_hash_table_size (twins.peers), <, 3000);
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "paris@example.com"), ==, key);
  hs_history_twins_clear (&twins);
  /* In the next run of the program, they may come in the other order. */
  hs_history_twins_init (&twins);
  give (&state, key, 5, 1);
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "paris@example.com"), ==, key);
  g_assert_cmpstr (hs_history_twins_find_key (&twins, &state, "a", "juliet@example.com"), ==, "a");
  hs_history_twins_clear (&twins);
  hs_history_state_clear (&state);
}

/* ---- What is confirmed ---- */

static void
deliver (HsHistoryLog *log, const char *id)
{
  hs_history_log_deliver (log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_GIVE, .number = 1, .a = { (char *) id, 5 } });
}

static void
test_confirm (void)
{
  HsHistoryLog log;
  HsHistoryState copy;

  hs_history_log_init (&log);
  deliver (&log, "a");
  deliver (&log, "b");
  hs_history_log_add (&log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_MARK, .a = { (char *) "b", 5 } });
  deliver (&log, "c");
  g_assert_true (hs_history_state_knows (&log.working, "c"));
  g_assert_false (hs_history_state_knows (&log.confirmed, "a"));
  g_assert_false (hs_history_log_confirm (&log, "d"));
  /* With all before it, and the changes behind it. */
  g_assert_true (hs_history_log_confirm (&log, "b"));
  g_assert_true (hs_history_state_knows (&log.confirmed, "a"));
  g_assert_cmpstr (log.confirmed.mark.id, ==, "b");
  g_assert_false (hs_history_state_knows (&log.confirmed, "c"));
  g_assert_false (hs_history_log_confirm (&log, "a"));
  g_assert_cmpuint (hs_history_log_count_waiting (&log), ==, 1);

  hs_history_state_copy (&copy, &log.confirmed);
  hs_history_log_restore (&log, &copy);
  g_assert_false (hs_history_state_knows (&log.working, "c"));
  g_assert_cmpuint (hs_history_log_count_waiting (&log), ==, 0);
  hs_history_log_clear (&log);
}

/* ---- When an archive is asked ---- */

typedef struct
{
  HsHistoryKeeper keeper;
  guint n_asked;
  guint n_released;
  guint n_caught_up;
  GPtrArray *given;
  gint64 now;
} Owner;

static void
ask_cb (const HsHistoryQuestion *question, guint life, gpointer owner)
{
  ((Owner *) owner)->n_asked++;
}

static void
give_cb (const HsHistoryEntry *entry, guint leg, gpointer user_data)
{
  Owner *owner = user_data;

  g_ptr_array_add (owner->given, g_strdup (entry->id));
  hs_history_keeper_given (&owner->keeper, entry->id, entry->stamp, leg, owner->now);
}

static void
release_cb (gpointer owner)
{
  ((Owner *) owner)->n_released++;
}

static void
gap_changed_cb (guint serial, gpointer owner)
{
}

static void
caught_up_cb (gpointer owner)
{
  ((Owner *) owner)->n_caught_up++;
}

static void
filled_cb (guint serial, gboolean is_closed, gpointer owner)
{
}

static void
changed_cb (gpointer owner)
{
}

static const HsHistoryKeeperCallbacks callbacks
    = { ask_cb, give_cb, release_cb, gap_changed_cb, caught_up_cb, filled_cb, changed_cb };

static void
owner_init (Owner *self)
{
  *self = (Owner){ .now = 1000 * MINUTE, .given = g_ptr_array_new_with_free_func (g_free) };
  hs_history_keeper_init (&self->keeper, &callbacks, self);
}

static void
owner_clear (Owner *self)
{
  hs_history_keeper_clear (&self->keeper);
  g_ptr_array_unref (self->given);
}

static void
entry_free (gpointer entry)
{
  g_free (((HsHistoryEntry *) entry)->id);
  g_free (entry);
}

/* A page of @n entries, from number @first on, one a second. */
static void
answer (Owner *self, guint first, guint n, gboolean is_stable)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (entry_free);

  for (guint i = 0; i < n; i++)
    {
      HsHistoryEntry *entry = g_new0 (HsHistoryEntry, 1);

      entry->id = g_strdup_printf ("e%u", first + i);
      entry->stamp = (first + i) * SECOND;
      entry->message = self;
      g_ptr_array_add (page, entry);
    }
  hs_history_keeper_answer (&self->keeper, page, is_stable, self->keeper.run.life, self->now);
}

static void
fail (Owner *self, HsHistoryFailure failure)
{
  hs_history_keeper_fail (&self->keeper, failure, self->keeper.run.life, self->now);
}

static void
assert_due_in (Owner *self, gint64 wait)
{
  g_assert_cmpint (hs_history_keeper_get_due (&self->keeper) - self->now, ==, wait);
}

/* A program that does not confirm is not given more than it can hold. */
static void
test_unconfirmed (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, HS_HISTORY_MAX_UNCONFIRMED, TRUE);
  g_assert_cmpuint (owner.given->len, ==, HS_HISTORY_MAX_UNCONFIRMED);
  g_assert_true (owner.keeper.is_current);
  hs_history_keeper_lost (&owner.keeper);
  owner.n_asked = 0;
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  g_assert_cmpuint (owner.n_asked, ==, 0);
  g_assert_true (hs_history_keeper_confirm (&owner.keeper, "e1", owner.now));
  /* The newest entry and the first page, as it would have asked without that. */
  g_assert_cmpuint (owner.n_asked, ==, 2);
  g_assert_true (hs_history_keeper_confirm (&owner.keeper, "e1000", owner.now));
  answer (&owner, HS_HISTORY_MAX_UNCONFIRMED, 1, TRUE);
  answer (&owner, 880, HS_HISTORY_MAX_UNCONFIRMED - 879, TRUE);
  answer (&owner, 0, 0, TRUE);
  answer (&owner, 880, 1, TRUE);
  answer (&owner, HS_HISTORY_MAX_UNCONFIRMED, 1, TRUE);
  g_assert_cmpuint (owner.n_caught_up, ==, 2);
  g_assert_true (owner.keeper.is_current);
  owner_clear (&owner);
}

/* ---- Round trips ---- */

#define N_ENTRIES 10000
#define FIRST 1000 /* of them: in minutes, the time of the first one */

typedef struct
{
  HsHistoryKeeper keeper;
  GQueue asked; /* HsHistoryQuestion, whose `after` is a number */
  gint64 now;
  guint n_entries; /* in the archive, with numbers as ids */
  gint64 interval; /* between them */
  guint n_given;
  guint n_shown;
} Traveller;

static void
traveller_ask_cb (const HsHistoryQuestion *question, guint life, gpointer owner)
{
  HsHistoryQuestion *copy = g_new0 (HsHistoryQuestion, 1);

  *copy = *question;
  copy->after = g_strdup (question->after);
  g_queue_push_tail (&((Traveller *) owner)->asked, copy);
}

static void
traveller_give_cb (const HsHistoryEntry *entry, guint leg, gpointer user_data)
{
  Traveller *self = user_data;

  self->n_given++;
  hs_history_keeper_given (&self->keeper, entry->id, entry->stamp, leg, self->now);
  hs_history_keeper_confirm (&self->keeper, entry->id, self->now);
}

static void
traveller_do_nothing_cb (gpointer owner)
{
}

static const HsHistoryKeeperCallbacks traveller_callbacks
    = { traveller_ask_cb, traveller_give_cb, traveller_do_nothing_cb, gap_changed_cb, traveller_do_nothing_cb, filled_cb, changed_cb };

static gint64
get_stamp (Traveller *self, guint number)
{
  return FIRST * MINUTE + number * self->interval;
}

static void
traveller_answer (Traveller *self, HsHistoryQuestion *question)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func (entry_free);
  guint from = question->after != NULL ? g_ascii_strtoull (question->after, NULL, 10) + 1 : 1;

  if (question->start != NO_STAMP && question->start > get_stamp (self, from))
    from = (question->start - get_stamp (self, 0) + self->interval - 1) / self->interval;
  if (question->before != NULL)
    from = self->n_entries > question->max ? self->n_entries - question->max + 1 : 1;
  for (guint i = from; i <= self->n_entries && page->len < question->max; i++)
    {
      HsHistoryEntry *entry = g_new0 (HsHistoryEntry, 1);

      entry->id = g_strdup_printf ("%u", i);
      entry->stamp = get_stamp (self, i);
      entry->message = self;
      g_ptr_array_add (page, entry);
    }
  self->n_shown += page->len;
  hs_history_keeper_answer (&self->keeper, page, TRUE, self->keeper.run.life, self->now);
}

/* Questions of one write are answered in one write. Returns: the number of round trips. */
static guint
travel (Traveller *self)
{
  guint n;

  for (n = 0; !g_queue_is_empty (&self->asked); n++)
    for (guint i = self->asked.length; i > 0; i--)
      {
        HsHistoryQuestion *question = g_queue_pop_head (&self->asked);

        traveller_answer (self, question);
        g_free ((char *) question->after);
        g_free (question);
      }
  return n;
}

/* A program was away while many messages came. */
static void
test_round_trips (void)
{
  Traveller self = { .now = FIRST * MINUTE, .interval = SECOND };
  guint n_trips;

  g_queue_init (&self.asked);
  hs_history_keeper_init (&self.keeper, &traveller_callbacks, &self);
  self.n_entries = 100;
  hs_history_keeper_begin (&self.keeper, TRUE, self.now);
  g_assert_cmpuint (travel (&self), ==, 1);
  hs_history_keeper_lost (&self.keeper);
  self.n_given = 0;
  self.n_entries += N_ENTRIES;
  self.now = get_stamp (&self, self.n_entries);
  hs_history_keeper_begin (&self.keeper, TRUE, self.now);
  n_trips = travel (&self);
  g_test_message ("%u round trips for %u messages", n_trips, N_ENTRIES);
  g_assert_true (self.keeper.is_current);
  g_assert_cmpuint (self.n_given, ==, N_ENTRIES);
  g_assert_cmpuint (n_trips, <=, 215);
  hs_history_keeper_lost (&self.keeper);
  hs_history_keeper_clear (&self.keeper);
}

/* The time of day is set back by a day: no wait is longer for it. What is compared with stamps follows it. */
static void
test_time_of_day (void)
{
  const gint64 day = 24 * 60 * MINUTE;
  Owner owner;
  HsHistoryGiven *given;

  owner_init (&owner);
  owner.keeper.max_age = 10 * MINUTE;
  owner.keeper.since_1970 = 20000 * day;
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  g_assert_cmpint (owner.keeper.settings.oldest, ==, 20000 * day + owner.now - 10 * MINUTE);
  fail (&owner, HS_HISTORY_FAILURE_OTHER);
  owner.keeper.since_1970 -= day;
  assert_due_in (&owner, 2 * SECOND);
  owner.now += 2 * SECOND;
  owner.n_asked = 0;
  hs_history_keeper_poll (&owner.keeper, owner.now);
  g_assert_cmpuint (owner.n_asked, ==, 1);
  g_assert_cmpint (owner.keeper.settings.oldest, ==, 19999 * day + owner.now - 10 * MINUTE);
  g_assert_cmpint (owner.keeper.run.began, ==, 19999 * day + owner.now);
  hs_history_keeper_given (&owner.keeper, "live", NO_STAMP, 0, owner.now);
  given = g_hash_table_lookup (owner.keeper.log.working.given, "live");
  g_assert_cmpint (given->when, ==, 19999 * day + owner.now);
  owner_clear (&owner);
}

/* However much traffic there is, each live message is requested about twice more at most. A run requests again what the
 * two minutes before it brought. */
static void
test_busy (void)
{
  Traveller self = { .now = FIRST * MINUTE, .interval = SECOND / 100 };
  guint n_live = 0;

  g_queue_init (&self.asked);
  hs_history_keeper_init (&self.keeper, &traveller_callbacks, &self);
  self.n_entries = 100;
  hs_history_keeper_begin (&self.keeper, TRUE, self.now);
  travel (&self);
  self.n_shown = 0;
  while (n_live < 100 * 600)
    {
      g_autofree char *id = g_strdup_printf ("%u", ++self.n_entries);

      n_live++;
      self.now = get_stamp (&self, self.n_entries);
      g_assert_cmpint (hs_history_keeper_judge (&self.keeper, id), ==, HS_HISTORY_VERDICT_GIVE);
      hs_history_keeper_given (&self.keeper, id, NO_STAMP, 0, self.now);
      hs_history_keeper_confirm (&self.keeper, id, self.now);
      hs_history_keeper_poll (&self.keeper, self.now);
      travel (&self);
    }
  g_test_message ("%u messages requested again for %u live ones", self.n_shown, n_live);
  g_assert_cmpuint (self.n_shown, >, 0);
  g_assert_cmpuint (10 * self.n_shown, <=, 21 * n_live);
  hs_history_keeper_lost (&self.keeper);
  hs_history_keeper_clear (&self.keeper);
}

/* Another order counts from the next run: what arrives does not overtake what is held. */
static void
test_order (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  owner.keeper.settings.newest_first = TRUE;
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "a"), ==, HS_HISTORY_VERDICT_HOLD);
  fail (&owner, HS_HISTORY_FAILURE_OTHER);
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "b"), ==, HS_HISTORY_VERDICT_HOLD);
  owner_clear (&owner);

  owner_init (&owner);
  owner.keeper.settings.newest_first = TRUE;
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "a"), ==, HS_HISTORY_VERDICT_GIVE);
  owner_clear (&owner);
}

static void
test_failures (void)
{
  static const guint waits[] = { 2, 4, 8, 16, 32, 64, 128, 256, 300, 300 };
  Owner owner;

  owner_init (&owner);
  g_assert_cmpint (hs_history_keeper_get_due (&owner.keeper), ==, G_MAXINT64);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "live"), ==, HS_HISTORY_VERDICT_HOLD);
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      fail (&owner, HS_HISTORY_FAILURE_OTHER);
      assert_due_in (&owner, waits[i] * SECOND);
      owner.now += waits[i] * SECOND;
      hs_history_keeper_poll (&owner.keeper, owner.now);
      g_assert_cmpuint (owner.n_asked, ==, i + 2);
    }
  /* What is not to be asked holds nothing back, until the next session. */
  fail (&owner, HS_HISTORY_FAILURE_FORBIDDEN);
  g_assert_cmpuint (owner.n_released, ==, 1);
  g_assert_cmpuint (owner.n_caught_up, ==, 0);
  g_assert_cmpint (hs_history_keeper_get_due (&owner.keeper), ==, G_MAXINT64);
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "live"), ==, HS_HISTORY_VERDICT_GIVE);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  g_assert_cmpint (hs_history_keeper_judge (&owner.keeper, "live"), ==, HS_HISTORY_VERDICT_HOLD);
  answer (&owner, 1, 3, TRUE);
  g_assert_true (owner.keeper.is_current);
  /* An archive that may not be queried any more is not known to be complete, either. */
  hs_history_keeper_own_acked (&owner.keeper, owner.now);
  owner.now += 30 * SECOND;
  hs_history_keeper_poll (&owner.keeper, owner.now);
  fail (&owner, HS_HISTORY_FAILURE_FORBIDDEN);
  g_assert_false (owner.keeper.is_current);
  owner_clear (&owner);
}

static void
test_times (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, TRUE);
  g_assert_cmpuint (owner.n_caught_up, ==, 1);
  /* Nothing came since. */
  g_assert_cmpint (hs_history_keeper_get_due (&owner.keeper), ==, G_MAXINT64);
  hs_history_keeper_resumed (&owner.keeper, owner.now);
  g_assert_cmpint (hs_history_keeper_get_due (&owner.keeper), ==, G_MAXINT64);
  /* The archive has an id for a message of ours. */
  hs_history_keeper_own_acked (&owner.keeper, owner.now);
  assert_due_in (&owner, 30 * SECOND);
  owner.now += 20 * SECOND;
  hs_history_keeper_given (&owner.keeper, "l0", NO_STAMP, 0, owner.now);
  assert_due_in (&owner, 30 * SECOND);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  hs_history_keeper_lost (&owner.keeper);
  owner_clear (&owner);
}

/* A run that failed with the connection begins again as soon as the session is resumed, however often that happens. */
static void
test_resumed (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, TRUE);
  hs_history_keeper_own_acked (&owner.keeper, owner.now);
  owner.now += 30 * SECOND;
  hs_history_keeper_poll (&owner.keeper, owner.now);
  for (guint i = 0; i < 5; i++)
    {
      guint n_asked = owner.n_asked;

      fail (&owner, HS_HISTORY_FAILURE_OTHER);
      assert_due_in (&owner, 2 * SECOND);
      g_assert_true (owner.keeper.is_current);
      hs_history_keeper_resumed (&owner.keeper, owner.now);
      g_assert_cmpuint (owner.n_asked, >, n_asked);
    }
  owner_clear (&owner);
}

/* What was archived and not sent to this device shows after a while, or after many messages. */
static void
test_traffic (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, FALSE);
  /* The archive said that it may change yet. */
  assert_due_in (&owner, 5 * MINUTE);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  owner_clear (&owner);

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, TRUE);
  for (guint i = 0; i <= 256; i++)
    {
      g_autofree char *id = g_strdup_printf ("l%u", i);

      hs_history_keeper_given (&owner.keeper, id, NO_STAMP, 0, owner.now);
      assert_due_in (&owner, i < 256 ? 15 * MINUTE : 0);
      g_assert_true (hs_history_keeper_confirm (&owner.keeper, id, owner.now));
    }
  owner_clear (&owner);
}

/* Without available presence nothing comes by itself: no run makes the archive current. */
static void
test_presence (void)
{
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, FALSE, owner.now);
  answer (&owner, 1, 3, TRUE);
  g_assert_false (owner.keeper.is_current);
  g_assert_cmpuint (owner.n_caught_up, ==, 0);
  assert_due_in (&owner, 15 * MINUTE);
  owner.n_asked = 0;
  hs_history_keeper_set_available (&owner.keeper, TRUE, owner.now);
  g_assert_cmpuint (owner.n_asked, >, 0);
  owner_clear (&owner);

  /* A run that began before the presence went out has not seen all that came before it. */
  owner_init (&owner);
  hs_history_keeper_begin (&owner.keeper, FALSE, owner.now);
  hs_history_keeper_set_available (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, TRUE);
  g_assert_cmpuint (owner.n_caught_up, ==, 0);
  assert_due_in (&owner, 0);
  owner_clear (&owner);
}

/* A clock that was set back gives earlier times to what comes than a run asks for. */
static void
test_clock (void)
{
  HsHistoryGap *gap;
  Owner owner;

  owner_init (&owner);
  hs_history_keeper_compare_clock (&owner.keeper, 0);
  hs_history_keeper_begin (&owner.keeper, TRUE, owner.now);
  answer (&owner, 1, 3, TRUE);
  g_assert_cmpuint (owner.keeper.log.working.gaps->len, ==, 1);
  g_assert_cmpstr (owner.keeper.log.working.mark.id, ==, "e1");
  hs_history_keeper_compare_clock (&owner.keeper, SECOND - HS_HISTORY_SLACK);
  g_assert_cmpuint (owner.keeper.log.working.gaps->len, ==, 1);
  hs_history_keeper_compare_clock (&owner.keeper, SECOND - HS_HISTORY_SLACK - 1);
  hs_history_keeper_compare_clock (&owner.keeper, SECOND - HS_HISTORY_SLACK - 1);
  g_assert_cmpuint (owner.keeper.log.working.gaps->len, ==, 2);
  gap = owner.keeper.log.working.gaps->pdata[1];
  g_assert_cmpint (gap->reason, ==, HS_GAP_REASON_CLOCK);
  g_assert_cmpint (gap->after.stamp, ==, SECOND - HS_HISTORY_SLACK - 1);
  g_assert_cmpstr (gap->before.id, ==, "e1");
  g_assert_false (hs_history_keeper_fill (&owner.keeper, gap->serial, 0, owner.now));
  owner_clear (&owner);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history-state/contact", test_contact);
  g_test_add_func ("/history-state/bounds", test_bounds);
  g_test_add_func ("/history-state/prune", test_prune);
  g_test_add_func ("/history-state/twins", test_twins);
  g_test_add_func ("/history-state/confirm", test_confirm);
  g_test_add_func ("/history-state/unconfirmed", test_unconfirmed);
  g_test_add_func ("/history-state/round-trips", test_round_trips);
  g_test_add_func ("/history-state/time-of-day", test_time_of_day);
  g_test_add_func ("/history-state/busy", test_busy);
  g_test_add_func ("/history-state/order", test_order);
  g_test_add_func ("/history-state/failures", test_failures);
  g_test_add_func ("/history-state/times", test_times);
  g_test_add_func ("/history-state/resumed", test_resumed);
  g_test_add_func ("/history-state/traffic", test_traffic);
  g_test_add_func ("/history-state/presence", test_presence);
  g_test_add_func ("/history-state/clock", test_clock);

  return g_test_run ();
}
