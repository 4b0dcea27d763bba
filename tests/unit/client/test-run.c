/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-run.h"

#include "hs-error.h"

typedef struct
{
  HsRun run;
  GObject *source;
  guint n_returned;
  GError *error; /* of the last task */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->source = g_object_new (G_TYPE_OBJECT, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_run_clear (&f->run);
  g_clear_error (&f->error);
  g_assert_finalize_object (f->source);
}

static void
returned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_returned++;
  g_clear_error (&f->error);
  g_task_propagate_boolean (G_TASK (result), &f->error);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  if (hs_run_remove_close (&((Fixture *) g_object_get_data (g_task_get_source_object (task), "f"))->run, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_runs (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) first = g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, "first");
  g_autoptr (GError) second = g_error_new_literal (HS_ERROR, HS_ERROR_CONNECTION_LOST, "second");

  g_assert_false (hs_run_is_running (&f->run));
  hs_run_enter (&f->run, HS_RUN_ON_START);
  g_assert_cmpuint (hs_run_get_number (&f->run), ==, 1);
  g_assert_true (hs_run_is_present (&f->run, 1));
  hs_run_fail (&f->run, first);
  hs_run_fail (&f->run, second);
  g_assert_cmpstr (hs_run_get_error (&f->run)->message, ==, "first");
  hs_run_set_ready_time (&f->run, 5000);
  g_assert_cmpuint (hs_run_get_lasted (&f->run, 7000), ==, 2);
  g_assert_false (hs_run_is_ending (&f->run));
  hs_run_enter (&f->run, HS_RUN_ON_STOP);
  g_assert_true (hs_run_is_ending (&f->run));
  hs_run_enter (&f->run, HS_RUN_ON_END);
  g_assert_false (hs_run_is_present (&f->run, 1));
  g_assert_nonnull (hs_run_get_error (&f->run));
  hs_run_enter (&f->run, HS_RUN_ON_START);
  g_assert_false (hs_run_is_present (&f->run, 1));
  g_assert_true (hs_run_is_present (&f->run, 2));
  g_assert_null (hs_run_get_error (&f->run));
  g_assert_cmpuint (hs_run_get_lasted (&f->run, 7000), ==, 0);
  hs_run_abandon (&f->run);
  g_assert_false (hs_run_is_running (&f->run));
}

static void
test_change (Fixture *f, gconstpointer data)
{
  g_assert_false (hs_run_take_change (&f->run, HS_CLIENT_STATE_DISCONNECTED));
  hs_run_enter (&f->run, HS_RUN_ON_START);
  g_assert_true (hs_run_take_change (&f->run, HS_CLIENT_STATE_CONNECTING));
  g_assert_false (hs_run_take_change (&f->run, HS_CLIENT_STATE_CONNECTING));
  hs_run_abandon (&f->run);
  g_assert_false (hs_run_take_change (&f->run, HS_CLIENT_STATE_DISCONNECTED));
}

static void
test_tasks (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, "late");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) connects = NULL;
  g_autoptr (GPtrArray) closes = NULL;

  g_object_set_data (f->source, "f", f);
  hs_run_return_tasks (NULL, NULL);
  g_assert_null (hs_run_take_connects (&f->run));
  hs_run_add_connect (&f->run, g_task_new (f->source, NULL, returned_cb, f), NULL);
  hs_run_add_close (&f->run, g_task_new (f->source, NULL, returned_cb, f), G_SOURCE_FUNC (cancelled_cb));
  hs_run_add_close (&f->run, g_task_new (f->source, cancellable, returned_cb, f), G_SOURCE_FUNC (cancelled_cb));
  g_cancellable_cancel (cancellable);
  settle ();
  g_assert_cmpuint (f->n_returned, ==, 1);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  connects = hs_run_take_connects (&f->run);
  closes = hs_run_take_closes (&f->run);
  g_assert_cmpuint (connects->len, ==, 1);
  g_assert_cmpuint (closes->len, ==, 1);
  hs_run_return_tasks (connects, error);
  settle ();
  g_assert_error (f->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  hs_run_return_tasks (closes, NULL);
  settle ();
  g_assert_cmpuint (f->n_returned, ==, 3);
  g_assert_no_error (f->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function) g_test_add ("/run/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("runs", test_runs);
  ADD ("change", test_change);
  ADD ("tasks", test_tasks);

  return g_test_run ();
}
