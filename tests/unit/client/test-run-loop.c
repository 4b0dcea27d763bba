/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-run-loop.h"

static void
test_run (void)
{
  HsRunLoop run = { 0 };
  HsLoop *loop = hs_loop_get (NULL);
  GMainContext *context;

  g_assert_null (hs_run_loop_get (&run));
  g_assert_null (hs_run_loop_dup_context (&run));
  g_assert_false (hs_run_loop_is_foreign (&run));
  g_assert_cmpint (hs_run_loop_get_time (&run), >, 0);
  hs_loop_set_time (loop, 1000);
  hs_run_loop_take (&run, loop);
  g_assert_true (hs_run_loop_get (&run) == loop);
  g_assert_cmpint (hs_run_loop_get_time (&run), ==, 1000);
  /* The other clocks are set with it. */
  g_assert_cmpint (hs_run_loop_get_real_time (&run), >, 0);
  g_assert_cmpint (hs_run_loop_get_real_time (&run), <=, g_get_real_time () - g_get_monotonic_time () + 2 * G_USEC_PER_SEC);
  context = hs_run_loop_dup_context (&run);
  g_assert_true (context == loop->context);
  g_main_context_unref (context);
  g_assert_false (hs_run_loop_is_entered (&run));
  hs_run_loop_enter (&run);
  g_assert_true (hs_run_loop_is_entered (&run));
  hs_loop_set_time (loop, 0);
  hs_run_loop_leave (&run);
  g_assert_null (hs_run_loop_get (&run));
  g_assert_false (hs_run_loop_is_entered (&run));
  g_assert_cmpint (hs_run_loop_get_boot_time (&run), >, 1000);
  g_assert_cmpint (hs_run_loop_get_real_time (&run), >, g_get_real_time () - G_USEC_PER_SEC);
}

static gpointer
ask_thread (gpointer data)
{
  return GINT_TO_POINTER (hs_run_loop_is_foreign (data));
}

/* Takes the context, and with it the run. */
static gpointer
iterate_thread (gpointer data)
{
  GMainContext *context = hs_run_loop_dup_context (data);
  gboolean foreign;

  g_assert_true (g_main_context_acquire (context));
  foreign = hs_run_loop_is_foreign (data);
  g_main_context_release (context);
  g_main_context_unref (context);
  return GINT_TO_POINTER (foreign);
}

static void
test_threads (void)
{
  HsRunLoop run = { 0 };
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_assert_false (GPOINTER_TO_INT (g_thread_join (g_thread_new ("idle", ask_thread, &run))));
  hs_run_loop_take (&run, hs_loop_get (context));
  g_assert_false (hs_run_loop_is_foreign (&run));
  g_assert_true (GPOINTER_TO_INT (g_thread_join (g_thread_new ("other", ask_thread, &run))));
  g_assert_false (hs_run_loop_is_entered (&run));
  g_assert_false (GPOINTER_TO_INT (g_thread_join (g_thread_new ("owner", iterate_thread, &run))));
  g_assert_true (hs_run_loop_is_entered (&run));
  g_assert_true (hs_run_loop_is_foreign (&run));
  hs_run_loop_leave (&run);
  g_assert_false (hs_run_loop_is_foreign (&run));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-loop/run", test_run);
  g_test_add_func ("/run-loop/threads", test_threads);
  return g_test_run ();
}
