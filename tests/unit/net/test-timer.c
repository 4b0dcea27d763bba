/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "net/hs-loop.h"

#define N_TIMERS 100

typedef struct
{
  HsTimer timer;
  gint64 due; /* monotonic */
  guint n_calls;
} Entry;

static HsLoop *loop;
static Entry entries[N_TIMERS];
static guint n_called;
static gint64 last_due;

static void
join_all (HsTimerFunc func)
{
  n_called = 0;
  last_due = 0;
  loop = hs_loop_get (NULL);
  for (guint i = 0; i < N_TIMERS; i++)
    {
      entries[i] = (Entry){ .due = 0 };
      hs_timer_join (&entries[i].timer, &loop->timers, func, &entries[i]);
    }
}

static void
leave_all (void)
{
  for (guint i = 0; i < N_TIMERS; i++)
    hs_timer_leave (&entries[i].timer);
  g_clear_pointer (&loop, hs_loop_unref);
}

static void
set (Entry *entry, gint64 due)
{
  entry->due = due;
  hs_timer_set (&entry->timer, due);
}

static void
count_cb (gpointer user_data)
{
  Entry *entry = user_data;

  g_assert_cmpint (entry->due, <=, g_get_monotonic_time ());
  g_assert_cmpint (entry->due, >=, last_due);
  last_due = entry->due;
  entry->n_calls++;
  n_called++;
}

static void
run_until (guint n)
{
  while (n_called < n)
    g_main_context_iteration (NULL, TRUE);
}

/* In the order of their times, however they were set, set again, and taken back. */
static void
test_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  gint64 now = g_get_monotonic_time ();
  guint n_set = 0;

  join_all (count_cb);
  for (guint i = 0; i < 10 * N_TIMERS; i++)
    {
      Entry *entry = &entries[g_rand_int_range (random, 0, N_TIMERS)];

      set (entry, g_rand_int_range (random, 0, 3) == 0 ? 0 : now + g_rand_int_range (random, 1, 50000));
    }
  for (guint i = 0; i < N_TIMERS; i++)
    n_set += entries[i].due != 0 ? 1 : 0;
  g_assert_cmpuint (n_set, >, N_TIMERS / 3);
  run_until (n_set);
  for (guint i = 0; i < N_TIMERS; i++)
    g_assert_cmpuint (entries[i].n_calls, ==, entries[i].due != 0 ? 1 : 0);
  leave_all ();
  /* Nothing was left behind. */
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

static void
slow_cb (gpointer user_data)
{
  g_usleep (HS_TURN_USEC / 3);
  count_cb (user_data);
}

/* A thousand that are due at once do not make one long turn, and what else there is has its turn. */
static void
test_many (void)
{
  gint64 now = g_get_monotonic_time ();
  guint n_turns = 0;

  join_all (slow_cb);
  for (guint i = 0; i < N_TIMERS; i++)
    set (&entries[i], now);
  while (n_called < N_TIMERS)
    {
      guint before = n_called;

      g_assert_true (g_main_context_iteration (NULL, FALSE));
      g_assert_cmpuint (n_called - before, >=, 1);
      g_assert_cmpuint (n_called - before, <=, 4);
      n_turns++;
    }
  g_assert_cmpuint (n_turns, >=, N_TIMERS / 4);
  leave_all ();
}

static gboolean
use_up_cb (gpointer place)
{
  if (hs_turn_begin (place))
    g_usleep (HS_TURN_USEC);
  return G_SOURCE_REMOVE;
}

/* Who has nothing due any more is not waited for by those who share the turn. */
static void
test_taken_back (void)
{
  HsTurnPlace place = { 0 };

  /* Before the timers' own source, and so called before it in a turn. */
  g_timeout_add (0, use_up_cb, &place);
  join_all (count_cb);
  hs_turn_join (&place, &loop->turn);
  set (&entries[0], g_get_monotonic_time ());
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_called, ==, 0);
  hs_timer_set (&entries[0].timer, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_true (hs_turn_begin (&place));
    }
  hs_turn_leave (&place);
  leave_all ();
}

static void
again_cb (gpointer user_data)
{
  Entry *entry = user_data;

  count_cb (entry);
  if (entry->n_calls < 3)
    set (entry, g_get_monotonic_time ());
  /* The next one never comes to it, and the last leaves itself. */
  if (entry == &entries[1])
    hs_timer_leave (&entries[2].timer);
  if (entry == &entries[3] && entry->n_calls == 3)
    hs_timer_leave (&entry->timer);
}

static void
test_changed_from_within (void)
{
  gint64 now = g_get_monotonic_time ();

  join_all (again_cb);
  for (guint i = 0; i < 4; i++)
    set (&entries[i], now + i);
  run_until (9);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (entries[i].n_calls, ==, i == 2 ? 0 : 3);
  leave_all ();
}

static void
nested_cb (gpointer user_data)
{
  Entry *entry = user_data;
  guint own = entry - entries;

  entry->n_calls++;
  /* All others come while the first is being called, which then leaves. */
  if (own == 0)
    {
      while (n_called < N_TIMERS - 1)
        g_main_context_iteration (NULL, TRUE);
      leave_all ();
    }
  n_called++;
}

static void
test_nested_loop (void)
{
  gint64 now = g_get_monotonic_time ();

  join_all (nested_cb);
  for (guint i = 0; i < N_TIMERS; i++)
    set (&entries[i], now + i);
  run_until (N_TIMERS);
  for (guint i = 0; i < N_TIMERS; i++)
    g_assert_cmpuint (entries[i].n_calls, ==, 1);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/timer/order", test_order);
  g_test_add_func ("/timer/many", test_many);
  g_test_add_func ("/timer/taken-back", test_taken_back);
  g_test_add_func ("/timer/changed-from-within", test_changed_from_within);
  g_test_add_func ("/timer/nested-loop", test_nested_loop);
  return g_test_run ();
}
