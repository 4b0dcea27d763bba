/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-deadlines.h"

/* On a clock that stands until the test sets it. */

typedef struct
{
  HsLoop *loop;
  HsDeadlines deadlines;
  GString *fired; /* a letter each */
  guint n_woken;
  gboolean again; /* sets the deadline that has fired to now */
} Test;

static const char letters[HS_N_DEADLINES] = {
  [HS_DEADLINE_WORK] = 'w',
  [HS_DEADLINE_PUMP] = 'p',
  [HS_DEADLINE_STAGE] = 's',
  [HS_DEADLINE_RETRY] = 'r',
  [HS_DEADLINE_REQUEST] = 'q',
  [HS_DEADLINE_ASK] = 'a',
};

static void
fired_cb (gpointer owner)
{
  Test *test = owner;
  HsDeadline deadline = hs_deadlines_take (&test->deadlines);

  g_assert_cmpint (deadline, <, HS_N_DEADLINES);
  g_string_append_c (test->fired, letters[deadline]);
  if (test->again)
    hs_deadlines_set (&test->deadlines, deadline, 0);
}

static void
woke_up_cb (gpointer owner)
{
  ((Test *) owner)->n_woken++;
}

static const HsDeadlinesCallbacks callbacks = { .fired = fired_cb, .woke_up = woke_up_cb };

#define START (1000 * G_USEC_PER_SEC)

static void
begin (Test *test)
{
  *test = (Test){ .loop = hs_loop_get (NULL), .fired = g_string_new (NULL) };
  hs_loop_set_time (test->loop, START);
  hs_deadlines_init (&test->deadlines, &callbacks, test);
  hs_deadlines_start (&test->deadlines, test->loop);
}

static void
end (Test *test)
{
  hs_deadlines_stop (&test->deadlines);
  g_assert_cmpuint (hs_timers_get_next (&test->loop->timers), ==, 0);
  hs_loop_set_time (test->loop, 0);
  hs_loop_unref (test->loop);
  g_string_free (test->fired, TRUE);
}

/* What fires by @msec after the start. */
static void
assert_fired (Test *test, guint msec, const char *expected)
{
  hs_loop_set_time (test->loop, START + msec * (gint64) 1000);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpstr (test->fired->str, ==, expected);
  g_string_truncate (test->fired, 0);
}

static void
test_order (void)
{
  Test test;

  begin (&test);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_RETRY, 300);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_STAGE, 200);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_WORK, 500);
  assert_fired (&test, 199, "");
  g_assert_true (hs_deadlines_is_set (&test.deadlines, HS_DEADLINE_STAGE));
  /* The one that was due first comes first. */
  assert_fired (&test, 400, "sr");
  g_assert_false (hs_deadlines_is_set (&test.deadlines, HS_DEADLINE_STAGE));
  assert_fired (&test, 500, "w");
  assert_fired (&test, 100000, "");
  end (&test);
}

static void
test_change (void)
{
  Test test;

  begin (&test);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_STAGE, 200);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_STAGE, 400);
  assert_fired (&test, 399, "");
  hs_deadlines_clear (&test.deadlines, HS_DEADLINE_STAGE);
  assert_fired (&test, 500, "");
  hs_deadlines_bring_forward (&test.deadlines, HS_DEADLINE_ASK, START + 800 * 1000);
  hs_deadlines_bring_forward (&test.deadlines, HS_DEADLINE_ASK, START + 900 * 1000);
  hs_deadlines_bring_forward (&test.deadlines, HS_DEADLINE_ASK, START + 700 * 1000);
  assert_fired (&test, 699, "");
  assert_fired (&test, 700, "a");
  end (&test);
}

/* One that is set to now each time does not keep others from their turn. */
static void
test_flood (void)
{
  Test test;

  begin (&test);
  test.again = TRUE;
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_PUMP, 0);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_REQUEST, 99);
  hs_loop_set_time (test.loop, START + 100 * 1000);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_nonnull (strchr (test.fired->str, 'q'));
  g_assert_nonnull (strchr (test.fired->str, 'p'));
  end (&test);
}

static void
test_restart (void)
{
  Test test;

  begin (&test);
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_STAGE, 100);
  hs_deadlines_stop (&test.deadlines);
  hs_deadlines_stop (&test.deadlines);
  /* Nobody is there to tell the time. */
  hs_deadlines_set (&test.deadlines, HS_DEADLINE_WORK, 0);
  g_assert_cmpint (hs_deadlines_take (&test.deadlines), ==, HS_N_DEADLINES);
  hs_deadlines_start (&test.deadlines, test.loop);
  assert_fired (&test, 1000, "");
  end (&test);
}

/* A clock that is set by less than two seconds was not asleep. */
static void
test_sleep (void)
{
  Test test;

  begin (&test);
  g_assert_false (hs_deadlines_take_sleep (&test.deadlines));
  hs_loop_wake_up (test.loop, G_USEC_PER_SEC);
  g_assert_false (hs_deadlines_take_sleep (&test.deadlines));
  hs_loop_wake_up (test.loop, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (test.n_woken, ==, 2);
  g_assert_true (hs_deadlines_take_sleep (&test.deadlines));
  g_assert_false (hs_deadlines_take_sleep (&test.deadlines));
  end (&test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadlines/order", test_order);
  g_test_add_func ("/deadlines/change", test_change);
  g_test_add_func ("/deadlines/flood", test_flood);
  g_test_add_func ("/deadlines/restart", test_restart);
  g_test_add_func ("/deadlines/sleep", test_sleep);
  return g_test_run ();
}
