/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "net/hs-loop.h"

/* Far longer than the test may take. */
#define HOUR (3600 * (gint64) G_USEC_PER_SEC)

static void
count_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* All that is ready. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* One loop a context, for as long as somebody uses it. */
static void
test_one_a_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (HsLoop) a = hs_loop_get (NULL);
  g_autoptr (HsLoop) b = hs_loop_get (g_main_context_default ());
  HsLoop *other = hs_loop_get (context);

  g_assert_true (a == b);
  g_assert_true (a->context == g_main_context_default ());
  g_assert_true (other != a);
  g_assert_true (other->context == context);
  hs_loop_unref (other);
  /* Its sources went with it. */
  g_assert_false (g_main_context_pending (context));
}

static gpointer
use_cb (gpointer context)
{
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (HsLoop) loop = hs_loop_get (context);

      g_assert_true (loop->context == context);
    }
  return NULL;
}

/* A loop that is about to go is not given to a thread that asks for it. */
static void
test_threads (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("user", use_cb, context);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* On a clock that stands, a timer is called when the clock has been set to its time, and not before. */
static void
test_clock_that_stands (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  gint64 begin = hs_loop_get_time (loop);
  HsTimer timers[2] = { { 0 }, { 0 } };
  guint n[2] = { 0, 0 };

  for (guint i = 0; i < 2; i++)
    hs_timer_join (&timers[i], &loop->timers, count_cb, &n[i]);
  hs_loop_set_time (loop, begin);
  g_assert_cmpint (hs_loop_get_time (loop), ==, begin);
  hs_timer_set (&timers[0], begin + HOUR);
  hs_timer_set (&timers[1], begin + 2 * HOUR);
  g_assert_cmpint (hs_timers_get_next (&loop->timers), ==, begin + HOUR);
  settle ();
  hs_loop_set_time (loop, begin + HOUR - 1);
  settle ();
  g_assert_cmpuint (n[0], ==, 0);
  hs_loop_set_time (loop, begin + HOUR);
  settle ();
  g_assert_cmpuint (n[0], ==, 1);
  g_assert_cmpuint (n[1], ==, 0);
  g_assert_cmpint (hs_timers_get_next (&loop->timers), ==, begin + 2 * HOUR);
  hs_loop_set_time (loop, begin + 5 * HOUR);
  /* A time that has passed already. */
  hs_timer_set (&timers[0], begin);
  settle ();
  g_assert_cmpuint (n[0], ==, 2);
  g_assert_cmpuint (n[1], ==, 1);
  g_assert_cmpint (hs_timers_get_next (&loop->timers), ==, 0);
  for (guint i = 0; i < 2; i++)
    hs_timer_leave (&timers[i]);
}

/* The system's clock is back, and with it what was due by it. */
static void
test_clock_that_goes_again (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTimer timer = { 0 };
  guint n = 0;

  hs_loop_set_time (loop, 1);
  hs_timer_join (&timer, &loop->timers, count_cb, &n);
  hs_timer_set (&timer, 2);
  settle ();
  g_assert_cmpuint (n, ==, 0);
  hs_loop_set_time (loop, 0);
  g_assert_cmpint (ABS (hs_loop_get_time (loop) - g_get_monotonic_time ()), <, HOUR);
  settle ();
  g_assert_cmpuint (n, ==, 1);
  hs_timer_leave (&timer);
}

/* The clock that goes on while the machine sleeps stands where the other one does. */
static void
test_boot_time (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  gint64 begin = hs_loop_get_time (loop);
  gint64 difference = hs_loop_get_boot_time (loop) - begin;
  guint n = 0;

  hs_loop_set_time (loop, begin + 7 * HOUR);
  g_assert_cmpint (ABS (hs_loop_get_boot_time (loop) - hs_loop_get_time (loop) - difference), <, G_USEC_PER_SEC);
  hs_wake_add (&loop->wake, count_cb, &n);
  hs_loop_wake_up (loop, HOUR);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (hs_loop_get_time (loop), ==, begin + 7 * HOUR);
  g_assert_cmpint (ABS (hs_loop_get_boot_time (loop) - hs_loop_get_time (loop) - difference - HOUR), <,
                   G_USEC_PER_SEC);
  hs_wake_remove (&loop->wake, &n);
  hs_loop_wake_up (loop, HOUR);
  g_assert_cmpuint (n, ==, 1);
}

static HsLoop *last;
static HsTimer last_timer;

static void
let_go_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
  hs_timer_leave (&last_timer);
  hs_wake_remove (&last->wake, user_data);
  g_clear_pointer (&last, hs_loop_unref);
}

/* The last user goes inside a call from the loop. */
static void
test_let_go_from_within (gconstpointer woken)
{
  guint n = 0;

  last = hs_loop_get (NULL);
  hs_timer_join (&last_timer, &last->timers, let_go_cb, &n);
  if (GPOINTER_TO_INT (woken))
    {
      hs_wake_add (&last->wake, let_go_cb, &n);
      hs_loop_wake_up (last, 0);
    }
  else
    hs_timer_set (&last_timer, 1);
  settle ();
  g_assert_cmpuint (n, ==, 1);
  g_assert_null (last);
}

static guint n_watched[3];

static void
watch_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
  for (guint i = 0; i < 3; i++)
    {
      if (&n_watched[i] != user_data)
        hs_wake_remove (&last->wake, &n_watched[i]);
    }
}

/* A watcher that another one has removed is not called. */
static void
test_wake_removed (void)
{
  last = hs_loop_get (NULL);
  for (guint i = 0; i < 3; i++)
    hs_wake_add (&last->wake, watch_cb, &n_watched[i]);
  hs_loop_wake_up (last, 0);
  g_assert_cmpuint (n_watched[0] + n_watched[1] + n_watched[2], ==, 1);
  for (guint i = 0; i < 3; i++)
    hs_wake_remove (&last->wake, &n_watched[i]);
  g_clear_pointer (&last, hs_loop_unref);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loop/one-a-context", test_one_a_context);
  g_test_add_func ("/loop/threads", test_threads);
  g_test_add_func ("/loop/clock/stands", test_clock_that_stands);
  g_test_add_func ("/loop/clock/goes-again", test_clock_that_goes_again);
  g_test_add_func ("/loop/clock/boot-time", test_boot_time);
  g_test_add_data_func ("/loop/let-go/timer", GINT_TO_POINTER (FALSE), test_let_go_from_within);
  g_test_add_data_func ("/loop/let-go/wake", GINT_TO_POINTER (TRUE), test_let_go_from_within);
  g_test_add_func ("/loop/wake-removed", test_wake_removed);
  return g_test_run ();
}
