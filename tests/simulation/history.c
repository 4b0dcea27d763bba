/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history-model.h"

/* history [--seeds=N] [--first=N] [--seed=N] [--verbose] [--directed=NAME] [--list]
 *
 * A program that keeps up with an archive, while everything happens that may: each message that the archive has had
 * since the first start is given exactly once, or lies in a gap that is reported.
 *
 * A seed chooses the archive and what may happen. --directed lets only those things happen that one fault needs to
 * show, and these often. */

#define STEPS 220
#define MAX_SETTLING 4000
#define SECOND G_TIME_SPAN_SECOND
#define MINUTE G_TIME_SPAN_MINUTE
/* What is in an archive stays there for so long at least. */
#define LIFE (5 * MINUTE)

typedef enum
{
  EVENT_EXPIRY = 1 << 0,
  EVENT_DELETION = 1 << 1,
  EVENT_NOT_SENT = 1 << 2, /* archived, but not sent to this device */
  EVENT_OWN = 1 << 3,
  EVENT_BURST = 1 << 4, /* many with one stamp */
  EVENT_DELAY = 1 << 5, /* visible later */
  EVENT_CLOCK = 1 << 6,
  EVENT_CUT = 1 << 7,
  EVENT_RESUME = 1 << 8, /* what was sent is sent again */
  EVENT_CRASH = 1 << 9,
  EVENT_FAILURE = 1 << 10,
  EVENT_FILL = 1 << 11,
  EVENT_HOLE = 1 << 12, /* what is sent does not arrive */
  EVENT_ABSENCE = 1 << 13,
  EVENT_PAGE_LIMIT = 1 << 14,
  EVENT_ALL = (1 << 15) - 1,
  EVENT_ORDER = 1 << 15, /* the program changes the order: a set of its own */
} Events;

typedef struct
{
  const char *name;
  Events events;
} Directed;

static const Directed directed_sets[] = {
  { "contact", EVENT_EXPIRY | EVENT_NOT_SENT | EVENT_PAGE_LIMIT | EVENT_CUT },
  { "settling", EVENT_DELAY | EVENT_EXPIRY | EVENT_NOT_SENT | EVENT_CUT },
  { "bursts", EVENT_BURST | EVENT_DELAY | EVENT_CLOCK | EVENT_EXPIRY | EVENT_PAGE_LIMIT | EVENT_CUT | EVENT_NOT_SENT },
  { "clock", EVENT_CLOCK | EVENT_DELAY | EVENT_PAGE_LIMIT | EVENT_CUT | EVENT_NOT_SENT },
  { "deletion", EVENT_DELETION | EVENT_PAGE_LIMIT | EVENT_CUT | EVENT_NOT_SENT },
  { "resuming", EVENT_RESUME | EVENT_CUT | EVENT_NOT_SENT },
  { "crashes", EVENT_CRASH | EVENT_CUT | EVENT_PAGE_LIMIT },
  { "filling", EVENT_FILL | EVENT_EXPIRY | EVENT_PAGE_LIMIT | EVENT_CUT },
  { "order", EVENT_ORDER | EVENT_CUT | EVENT_NOT_SENT | EVENT_PAGE_LIMIT | EVENT_CRASH | EVENT_DELAY },
  { "all-but-loss", EVENT_ALL & ~(EVENT_EXPIRY | EVENT_DELETION) },
};

typedef struct
{
  HsHistoryQuestion question;
  guint life;
} Asked;

typedef struct
{
  guint64 given, again, gaps, crashes, cuts, filled, runs, expired;
} Figures;

static Figures figures;

typedef struct
{
  guint64 seed;
  Chance chance;
  Events events;
  gboolean is_verbose;
  gint64 now;
  Model model;

  HsHistoryKeeper keeper;
  gboolean is_connected;
  gboolean is_ready; /* the session is there, and messages arrive */
  GQueue asked;      /* Asked */
  GQueue held;       /* ModelEntry */
  GPtrArray *sent;   /* ModelEntry: the last ones of the stream, which a resumption may bring again */

  GHashTable *stored;  /* ModelEntry: in the program's store */
  GHashTable *unsaved; /* ModelEntry: stored, but not in the state that is saved */
  GHashTable *lenient; /* ModelEntry: likewise when the program crashed: they may come again */
  GQueue open;         /* ModelEntry: given, not confirmed */
  gboolean is_transactional; /* the state is saved along with the messages */
  HsHistoryState saved;
  gboolean has_saved;
  ModelEntry *first; /* that the first start has shown; NULL: the archive was empty */
  guint n_before;    /* so many had been visible before the first start */
} World;

static void G_GNUC_PRINTF (2, 3)
say (World *w, const char *format, ...)
{
  va_list args;

  if (!w->is_verbose)
    return;
  va_start (args, format);
  printf ("%10.3f  ", w->now / (double) SECOND);
  vprintf (format, args);
  printf ("\n");
  va_end (args);
}

static void G_GNUC_NORETURN
fail (World *w, const char *what, ModelEntry *entry)
{
  printf ("seed %" G_GUINT64_FORMAT ": %s: %s, stamp %.3f, now %.3f\n", w->seed, what, entry != NULL ? entry->id : "-",
          entry != NULL ? entry->stamp / (double) SECOND : 0, w->now / (double) SECOND);
  printf ("again: %s --seed=%" G_GUINT64_FORMAT " --verbose\n", g_get_prgname (), w->seed);
  fflush (stdout);
  exit (1);
}

static gboolean
happens (World *w, Events event, guint percent)
{
  return (w->events & event) != 0 && chance_percent (&w->chance, percent);
}

/* ---- The program ---- */

static void
program_gets (World *w, ModelEntry *entry, gint64 stamp, guint leg)
{
  say (w, "given %s (leg %u)", entry->id, leg);
  figures.given++;
  if (g_queue_find (&w->open, entry) != NULL)
    fail (w, "given twice", entry);
  if (g_hash_table_contains (w->stored, entry))
    {
      if (!g_hash_table_remove (w->lenient, entry))
        fail (w, "given again", entry);
      figures.again++;
    }
  g_queue_push_tail (&w->open, entry);
  hs_history_keeper_given (&w->keeper, entry->id, stamp, leg, w->now);
}

static void
save (World *w)
{
  if (w->has_saved)
    hs_history_state_clear (&w->saved);
  hs_history_state_copy (&w->saved, &w->keeper.log.confirmed);
  w->has_saved = TRUE;
  g_hash_table_remove_all (w->unsaved);
}

static void
program_confirms (World *w, guint n)
{
  ModelEntry *entry = NULL;

  for (; n > 0 && !g_queue_is_empty (&w->open); n--)
    {
      entry = g_queue_pop_head (&w->open);
      g_hash_table_add (w->stored, entry);
      g_hash_table_add (w->unsaved, entry);
    }
  if (entry != NULL && !hs_history_keeper_confirm (&w->keeper, entry->id, w->now))
    fail (w, "not to be confirmed", entry);
  if (w->is_transactional)
    save (w);
}

/* ---- The keeper's owner ---- */

static void
asked_free (gpointer data)
{
  Asked *self = data;

  g_free ((char *) self->question.after);
  g_free ((char *) self->question.before);
  g_free (self);
}

static void
ask_cb (const HsHistoryQuestion *question, guint life, gpointer owner)
{
  World *w = owner;
  Asked *asked = g_new0 (Asked, 1);

  say (w, "asks: start %.3f after %s before %s max %u",
       question->start == HS_HISTORY_NO_STAMP ? -1 : question->start / (double) SECOND, question->after, question->before,
       question->max);
  asked->question = *question;
  asked->question.after = g_strdup (question->after);
  asked->question.before = g_strdup (question->before);
  asked->life = life;
  g_queue_push_tail (&w->asked, asked);
}

static void
give_cb (const HsHistoryEntry *entry, guint leg, gpointer owner)
{
  World *w = owner;
  ModelEntry *shown = entry->message;

  g_queue_remove (&w->held, shown);
  program_gets (w, shown, entry->stamp, leg);
}

static void
release_cb (gpointer owner)
{
  World *w = owner;
  ModelEntry *entry;

  while ((entry = g_queue_pop_head (&w->held)) != NULL)
    if (hs_history_keeper_judge (&w->keeper, entry->id) != HS_HISTORY_VERDICT_DROP)
      program_gets (w, entry, HS_HISTORY_NO_STAMP, 0);
}

static void
gap_changed_cb (guint serial, gpointer owner)
{
  World *w = owner;
  HsHistoryGap *gap = hs_history_state_find_gap (&w->keeper.log.working, serial);

  if (!w->keeper.log.working.is_started && gap != NULL)
    {
      w->first = gap->before.id != NULL ? model_find (&w->model, gap->before.id) : NULL;
      w->n_before = w->model.n_visible;
    }
  if (gap == NULL)
    say (w, "gap %u closed", serial);
  else
    say (w, "gap %u: %s %.3f to %s %.3f, %u", serial, gap->after.id, gap->after.stamp / (double) SECOND, gap->before.id,
         gap->before.stamp / (double) SECOND, gap->reason);
}

static void
caught_up_cb (gpointer owner)
{
  World *w = owner;

  say (w, "caught up; mark %s %.3f", w->keeper.log.working.mark.id, w->keeper.log.working.mark.stamp / (double) SECOND);
  figures.runs++;
}

static void
filled_cb (guint serial, gboolean is_closed, gpointer owner)
{
  figures.filled += is_closed;
}

static void
changed_cb (gpointer owner)
{
}

static const HsHistoryKeeperCallbacks callbacks = {
  .ask = ask_cb,
  .give = give_cb,
  .release = release_cb,
  .gap_changed = gap_changed_cb,
  .caught_up = caught_up_cb,
  .filled = filled_cb,
  .changed = changed_cb,
};

/* ---- What happens ---- */

static void
advance (World *w, gint64 time)
{
  w->now += time;
  model_settle (&w->model, w->now);
  if (w->is_ready)
    hs_history_keeper_poll (&w->keeper, w->now);
}

static void
answer (World *w)
{
  Asked *asked = g_queue_pop_head (&w->asked);
  g_autoptr (GPtrArray) page = NULL;

  if (asked == NULL)
    return;
  model_settle (&w->model, w->now);
  page = model_answer (&w->model, &asked->question);
  say (w, "answer: %d entries", page != NULL ? (int) page->len : -1);
  if (page != NULL)
    hs_history_keeper_answer (&w->keeper, page, TRUE, asked->life, w->now);
  else
    hs_history_keeper_fail (&w->keeper, HS_HISTORY_FAILURE_NOT_FOUND, asked->life, w->now);
  asked_free (asked);
}

static void
fail_asked (World *w)
{
  Asked *asked;

  while ((asked = g_queue_pop_head (&w->asked)) != NULL)
    {
      hs_history_keeper_fail (&w->keeper, HS_HISTORY_FAILURE_OTHER, asked->life, w->now);
      asked_free (asked);
    }
}

static void
arrive (World *w, ModelEntry *entry)
{
  HsHistoryVerdict verdict = hs_history_keeper_judge (&w->keeper, entry->id);

  say (w, "%s arrives: %d", entry->id, verdict);
  g_ptr_array_add (w->sent, entry);
  if (w->sent->len > 20)
    g_ptr_array_remove_index (w->sent, 0);
  if (verdict == HS_HISTORY_VERDICT_GIVE)
    program_gets (w, entry, HS_HISTORY_NO_STAMP, 0);
  else if (verdict == HS_HISTORY_VERDICT_HOLD && g_queue_find (&w->held, entry) == NULL)
    g_queue_push_tail (&w->held, entry);
}

static void
one_message (World *w, gboolean same_stamp)
{
  gint64 delay = happens (w, EVENT_DELAY, 30) ? (gint64) chance_below (&w->chance, 25 * SECOND) : 0;
  ModelEntry *entry = model_add (&w->model, w->now, delay, same_stamp);

  entry->is_own = happens (w, EVENT_OWN, 25);
  entry->is_sent = !entry->is_own && !happens (w, EVENT_NOT_SENT, 20);
  model_settle (&w->model, w->now);
  say (w, "%s is archived, stamp %.3f%s", entry->id, entry->stamp / (double) SECOND, entry->is_sent ? "" : ", not sent");
  if (w->is_ready && entry->is_own)
    hs_history_keeper_own_acked (&w->keeper, w->now);
  if (w->is_ready && w->keeper.is_available && entry->is_sent && !happens (w, EVENT_HOLE, 5))
    arrive (w, entry);
}

static void
messages (World *w)
{
  guint n = happens (w, EVENT_BURST, 10) ? 2 + chance_below (&w->chance, 12) : 1 + chance_below (&w->chance, 3);
  gboolean same_stamp = happens (w, EVENT_BURST, 50);

  for (guint i = 0; i < n; i++)
    {
      one_message (w, i > 0 && same_stamp);
      if (!same_stamp)
        advance (w, 1 + chance_below (&w->chance, 5 * SECOND));
    }
}

static void
connect_session (World *w)
{
  if (happens (w, EVENT_ORDER, 50))
    w->keeper.settings.newest_first = !w->keeper.settings.newest_first;
  say (w, "session, %s first", w->keeper.settings.newest_first ? "newest" : "oldest");
  w->is_connected = w->is_ready = TRUE;
  hs_history_keeper_begin (&w->keeper, !happens (w, EVENT_ABSENCE, 10), w->now);
}

static void
lose_session (World *w)
{
  say (w, "session lost");
  figures.cuts++;
  w->is_connected = w->is_ready = FALSE;
  fail_asked (w);
  hs_history_keeper_lost (&w->keeper);
  g_ptr_array_set_size (w->sent, 0);
}

static void
interrupt (World *w)
{
  say (w, "interrupted");
  figures.cuts++;
  w->is_ready = FALSE;
  fail_asked (w);
}

/* What was not acknowledged comes again. */
static void
resume (World *w)
{
  guint n = w->sent->len > 0 ? chance_below (&w->chance, w->sent->len + 1) : 0;
  g_autoptr (GPtrArray) again = g_ptr_array_new ();

  say (w, "resumed");
  w->is_ready = TRUE;
  for (guint i = w->sent->len - n; i < w->sent->len; i++)
    g_ptr_array_add (again, w->sent->pdata[i]);
  for (guint i = 0; i < again->len; i++)
    arrive (w, again->pdata[i]);
  hs_history_keeper_resumed (&w->keeper, w->now);
}

static void
begin_program (World *w)
{
  guint pages = 1 + chance_below (&w->chance, 3);

  hs_history_keeper_init (&w->keeper, &callbacks, w);
  w->keeper.settings.page_size = 5;
  w->keeper.settings.pages_a_proof = pages;
  w->keeper.settings.pages_a_leg = pages * 2;
  if (w->has_saved)
    {
      HsHistoryState state;

      hs_history_state_copy (&state, &w->saved);
      hs_history_log_restore (&w->keeper.log, &state);
    }
}

static void
crash (World *w)
{
  gboolean newest_first = w->keeper.settings.newest_first;
  guint limit = w->keeper.settings.limit;
  GHashTableIter iter;
  gpointer entry;

  say (w, "crash");
  figures.crashes++;
  if (w->is_transactional || chance_percent (&w->chance, 50))
    save (w);
  g_hash_table_iter_init (&iter, w->unsaved);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    g_hash_table_add (w->lenient, entry);
  g_hash_table_remove_all (w->unsaved);
  while ((entry = g_queue_pop_head (&w->open)) != NULL)
    if (g_hash_table_contains (w->stored, entry))
      g_hash_table_add (w->lenient, entry);
  g_queue_clear_full (&w->asked, asked_free);
  g_queue_clear (&w->held);
  g_ptr_array_set_size (w->sent, 0);
  w->is_connected = w->is_ready = FALSE;
  hs_history_keeper_clear (&w->keeper);
  begin_program (w);
  w->keeper.settings.newest_first = newest_first;
  w->keeper.settings.limit = limit;
}

static void
expire (World *w)
{
  guint n = chance_percent (&w->chance, 15) ? G_MAXUINT : chance_below (&w->chance, w->model.order->len + 1);
  guint gone = model_expire (&w->model, w->now, LIFE, n);

  figures.expired += gone;
  if (gone > 0)
    say (w, "%u expired", gone);
}

static void
delete_one (World *w)
{
  if (w->model.order->len > 0)
    {
      ModelEntry *entry = w->model.order->pdata[chance_below (&w->chance, w->model.order->len)];

      say (w, "%s deleted", entry->id);
      model_delete (&w->model, entry);
    }
}

static void
fill (World *w)
{
  HsHistoryState *state = &w->keeper.log.working;
  HsHistoryGap *gap = state->gaps->len > 0 ? state->gaps->pdata[chance_below (&w->chance, state->gaps->len)] : NULL;

  if (gap != NULL && w->is_ready
      && hs_history_keeper_fill (&w->keeper, gap->serial, chance_below (&w->chance, 40), w->now))
    say (w, "filling gap %u", gap->serial);
}

static void
pass_time (World *w)
{
  static const gint64 longest[] = { SECOND, 20 * SECOND, 2 * MINUTE, 20 * MINUTE };

  advance (w, 1 + chance_below (&w->chance, longest[chance_below (&w->chance, G_N_ELEMENTS (longest))]));
}

static void
change_connection (World *w)
{
  if (!w->is_connected)
    {
      if (chance_percent (&w->chance, 50))
        connect_session (w);
    }
  else if (!w->is_ready)
    {
      if (chance_percent (&w->chance, 70))
        resume (w);
      else
        lose_session (w);
    }
  else if (happens (w, EVENT_RESUME, 20))
    interrupt (w);
  else if (happens (w, EVENT_CUT, 20))
    lose_session (w);
}

static void
step (World *w)
{
  switch (chance_below (&w->chance, 12))
    {
    case 0:
    case 1:
      messages (w);
      break;
    case 2:
      pass_time (w);
      break;
    case 3:
      change_connection (w);
      break;
    case 4:
      if (happens (w, EVENT_EXPIRY, 40))
        expire (w);
      else if (happens (w, EVENT_DELETION, 20))
        delete_one (w);
      break;
    case 5:
      if (happens (w, EVENT_CLOCK, 15) && w->model.clock_back < 30 * SECOND)
        w->model.clock_back += chance_below (&w->chance, 10 * SECOND);
      else if (happens (w, EVENT_FAILURE, 10) && w->is_ready)
        fail_asked (w);
      else if (happens (w, EVENT_ABSENCE, 10) && w->is_ready)
        hs_history_keeper_set_available (&w->keeper, !w->keeper.is_available, w->now);
      break;
    case 6:
      program_confirms (w, 1 + chance_below (&w->chance, 20));
      if (!w->is_transactional && chance_percent (&w->chance, 60))
        save (w);
      break;
    case 7:
      if (happens (w, EVENT_CRASH, 15))
        crash (w);
      else if (happens (w, EVENT_FILL, 20))
        fill (w);
      break;
    default:
      answer (w);
      if (w->is_ready)
        hs_history_keeper_poll (&w->keeper, w->now);
    }
}

/* ---- At the end ---- */

static void
settle (World *w)
{
  guint n = 0;

  if (w->is_connected && !w->is_ready)
    resume (w);
  if (!w->is_connected)
    connect_session (w);
  hs_history_keeper_set_available (&w->keeper, TRUE, w->now);
  advance (w, 2 * MINUTE);
  /* One that was not archived before the last run began is not to be missed. */
  for (int round = 0; round < 2; round++)
    {
      w->keeper.due = w->now;
      hs_history_keeper_poll (&w->keeper, w->now);
      while (!g_queue_is_empty (&w->asked) || !w->keeper.is_current || !g_queue_is_empty (&w->keeper.questions))
        {
          if (++n > MAX_SETTLING)
            fail (w, "does not catch up", NULL);
          if (!g_queue_is_empty (&w->asked))
            answer (w);
          else
            advance (w, MINUTE);
          program_confirms (w, G_MAXUINT);
        }
      advance (w, 2 * MINUTE);
    }
  program_confirms (w, G_MAXUINT);
}

static gboolean
is_in_gap (World *w, ModelEntry *entry)
{
  HsHistoryState *state = &w->keeper.log.working;

  for (guint i = 0; i < state->gaps->len; i++)
    {
      HsHistoryGap *gap = state->gaps->pdata[i];
      ModelEntry *after = gap->after.id != NULL ? model_find (&w->model, gap->after.id) : NULL;
      ModelEntry *before = gap->before.id != NULL ? model_find (&w->model, gap->before.id) : NULL;
      gboolean is_after = gap->after.stamp == HS_HISTORY_NO_STAMP || entry->stamp >= gap->after.stamp
                          || (after != NULL && model_is_before (&w->model, after, entry));
      gboolean is_before = before == NULL || entry->stamp <= gap->before.stamp
                           || model_is_before (&w->model, entry, before);

      if (is_after && is_before)
        return TRUE;
    }
  return FALSE;
}

/* What the archive still has, and no limit excludes, is given in the end. */
static void
judge (World *w)
{
  gboolean is_whole = (w->events & (EVENT_EXPIRY | EVENT_DELETION)) == 0 && w->keeper.settings.limit == 0;

  for (guint i = 0; i < w->model.all->len; i++)
    {
      ModelEntry *entry = w->model.all->pdata[i];

      if (!entry->was_there || entry->is_deleted || g_hash_table_contains (w->stored, entry))
        continue;
      if (w->first != NULL ? entry->stamp < w->first->stamp || model_is_before (&w->model, entry, w->first)
                           : entry->place < w->n_before)
        continue;
      if (!is_in_gap (w, entry))
        fail (w, "lost", entry);
      if (is_whole)
        fail (w, "left in a gap", entry);
    }
  figures.gaps += w->keeper.log.working.gaps->len;
}

static void
run_seed (guint64 seed, Events events, gboolean is_verbose)
{
  World w = { .seed = seed, .is_verbose = is_verbose, .now = 1000000 * MINUTE };
  guint page_limit;

  w.chance.state = seed * 0x9e3779b9 + 77;
  w.events = events;
  if (events == EVENT_ALL)
    w.events = chance_below (&w.chance, EVENT_ALL + 1) | (chance_percent (&w.chance, 30) ? EVENT_ALL : 0);
  if (events == EVENT_ALL && chance_percent (&w.chance, 10))
    w.events = EVENT_ALL & ~EVENT_DELETION;
  page_limit = (w.events & EVENT_PAGE_LIMIT) != 0 ? 2 + chance_below (&w.chance, 2) : 50;
  model_init (&w.model, chance_below (&w.chance, 3), chance_percent (&w.chance, 50), page_limit);
  w.sent = g_ptr_array_new ();
  w.stored = g_hash_table_new (NULL, NULL);
  w.unsaved = g_hash_table_new (NULL, NULL);
  w.lenient = g_hash_table_new (NULL, NULL);
  w.is_transactional = chance_percent (&w.chance, 50);
  begin_program (&w);
  w.keeper.settings.newest_first = chance_percent (&w.chance, 40);
  w.keeper.settings.limit = chance_percent (&w.chance, 30) ? 3 + chance_below (&w.chance, 20) : 0;
  say (&w, "kind %d, %s first, limit %u, events %x", w.model.kind, w.keeper.settings.newest_first ? "newest" : "oldest",
       w.keeper.settings.limit, w.events);
  if (chance_percent (&w.chance, 70))
    for (guint i = chance_below (&w.chance, 15); i > 0; i--)
      {
        model_add (&w.model, w.now, 0, FALSE);
        advance (&w, 1 + chance_below (&w.chance, 5 * MINUTE));
      }
  for (guint i = 0; i < STEPS; i++)
    step (&w);
  settle (&w);
  judge (&w);
  g_queue_clear_full (&w.asked, asked_free);
  g_queue_clear (&w.open);
  g_queue_clear (&w.held);
  g_ptr_array_unref (w.sent);
  g_hash_table_unref (w.stored);
  g_hash_table_unref (w.unsaved);
  g_hash_table_unref (w.lenient);
  if (w.has_saved)
    hs_history_state_clear (&w.saved);
  hs_history_keeper_clear (&w.keeper);
  model_clear (&w.model);
}

static gboolean
find_events (const char *name, Events *events)
{
  for (guint i = 0; i < G_N_ELEMENTS (directed_sets); i++)
    if (strcmp (name, directed_sets[i].name) == 0)
      {
        *events = directed_sets[i].events;
        return TRUE;
      }
  return FALSE;
}

static void
say_figures (gint64 seeds)
{
  printf ("%" G_GINT64_FORMAT " seeds: none lost, none twice\n", seeds);
  printf ("  %" G_GUINT64_FORMAT " given, %" G_GUINT64_FORMAT " again after a crash; %" G_GUINT64_FORMAT
          " gaps left, %" G_GUINT64_FORMAT " filled\n",
          figures.given, figures.again, figures.gaps, figures.filled);
  printf ("  %" G_GUINT64_FORMAT " times caught up; %" G_GUINT64_FORMAT " entries expired, %" G_GUINT64_FORMAT
          " crashes, %" G_GUINT64_FORMAT " cuts\n",
          figures.runs, figures.expired, figures.crashes, figures.cuts);
}

int
main (int argc, char *argv[])
{
  gint64 seeds = 1000, first = 1, one = 0;
  gboolean is_verbose = FALSE, is_list = FALSE;
  g_autofree char *directed = NULL;
  Events events = EVENT_ALL;
  GOptionEntry entries[] = {
    { "seeds", 0, 0, G_OPTION_ARG_INT64, &seeds, "How many", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT64, &first, "The first one", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &one, "Only this one", "N" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &is_verbose, "Say what happens", NULL },
    { "list", 0, 0, G_OPTION_ARG_NONE, &is_list, "The names of the sets of events", NULL },
    { "directed", 0, 0, G_OPTION_ARG_STRING, &directed, "Only what one fault needs", "NAME" },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (is_list)
    {
      for (guint i = 0; i < G_N_ELEMENTS (directed_sets); i++)
        printf ("%s\n", directed_sets[i].name);
      return 0;
    }
  if (directed != NULL && !find_events (directed, &events))
    {
      g_printerr ("There is no set '%s'\n", directed);
      return 2;
    }
  if (one != 0)
    run_seed (one, events, is_verbose);
  else
    for (gint64 seed = first; seed < first + seeds; seed++)
      run_seed (seed, events, FALSE);
  say_figures (one != 0 ? 1 : seeds);
  return 0;
}
