/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <glib/gstdio.h>
#include <sys/resource.h>

#include "roster-test.h"

/* The state of a large roster: a folder reads and writes it without holding up the main loop. */

#define N_CONTACTS 100000

typedef struct
{
  char *path;
  HsStateFolder *folder;
  HsRoster *roster;
  double longest; /* milliseconds of CPU in one turn */
  double cpu;
} Fixture;

static double
cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static GVariant *
make_state (const char *account, guint first, guint n_contacts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint i = first; i < n_contacts; i++)
    {
      g_autofree char *jid = g_strdup_printf ("contact%u@example.com", i);
      g_autofree char *name = g_strdup_printf ("Contact %u", i);
      const char *const groups[] = { "Friends", NULL };

      g_variant_builder_add (&builder, "(ssy^as)", jid, name, HS_SUBSCRIPTION_BOTH, groups);
    }
  return g_variant_ref_sink (g_variant_new ("(usmsa(ssyas))", 1, account, "v1", &builder));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GFile) file = NULL;

  f->path = g_dir_make_tmp ("headstock-XXXXXX", NULL);
  file = g_file_new_for_path (f->path);
  f->folder = hs_state_folder_new (file);
  f->roster = hs_roster_new ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->path, "roster", NULL);

  g_clear_object (&f->folder);
  g_assert_finalize_object (f->roster);
  g_unlink (path);
  g_assert_cmpint (g_rmdir (f->path), ==, 0);
  g_free (f->path);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

/* Turns until there is a result; counts what a turn costs. */
static void
spend (Fixture *f, GAsyncResult **result)
{
  double begin = cpu_time ();

  f->longest = 0;
  while (*result == NULL)
    {
      double before = cpu_time ();

      g_main_context_iteration (NULL, TRUE);
      f->longest = MAX (f->longest, (cpu_time () - before) * 1000);
    }
  f->cpu = cpu_time () - begin;
}

static void
check_turns (Fixture *f, const char *what)
{
  g_test_message ("%s: %.3f s CPU in the main context, longest turn %.2f ms", what, f->cpu, f->longest);
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    g_assert_cmpfloat (f->longest, <=, 5.0);
}

static void
flush (Fixture *f)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_state_folder_flush_async (f->folder, NULL, result_cb, &result);
  spend (f, &result);
  hs_state_folder_flush_finish (f->folder, result, &error);
  g_assert_no_error (error);
}

static gboolean
load (Fixture *f, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_state_folder_load_async (f->folder, HS_STATEFUL (f->roster), NULL, result_cb, &result);
  spend (f, &result);
  return hs_state_folder_load_finish (f->folder, result, error);
}

/* Another run of the program. */
static void
begin_anew (Fixture *f)
{
  g_autoptr (GFile) file = g_file_new_for_path (f->path);

  g_assert_finalize_object (f->folder);
  g_assert_finalize_object (f->roster);
  f->folder = hs_state_folder_new (file);
  f->roster = hs_roster_new ();
}

static void
test_large (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = make_state ("user@example.org", 0, N_CONTACTS);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (load (f, &error));
  g_assert_no_error (error);
  g_assert_false (hs_roster_get_is_loaded (f->roster));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f->roster), state, &error));
  hs_stateful_emit_changed (HS_STATEFUL (f->roster));
  flush (f);
  check_turns (f, "written");

  begin_anew (f);
  g_assert_true (load (f, &error));
  g_assert_no_error (error);
  check_turns (f, "read");
  g_assert_true (hs_roster_get_is_loaded (f->roster));
  g_assert_cmpstr (hs_roster_get_version (f->roster), ==, "v1");
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (f->roster)), ==, N_CONTACTS);
  again = hs_stateful_dup_state (HS_STATEFUL (f->roster));
  g_assert_true (g_variant_equal (state, again));
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    {
      double before = cpu_time ();
      g_autoptr (HsRoster) roster = hs_roster_new ();

      g_assert_true (hs_stateful_restore_state (HS_STATEFUL (roster), state, &error));
      g_test_message ("restored at once: %.3f s CPU", cpu_time () - before);
      g_assert_cmpfloat (cpu_time () - before, <=, 0.15);
    }
}

/* The file is what the roster was at one time, whatever moves while it is collected. */
static void
test_changes (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = make_state ("user@example.org", 0, N_CONTACTS);
  g_autoptr (GVariant) fewer = make_state ("user@example.org", 1, N_CONTACTS);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f->roster), state, &error));
  g_assert_true (load (f, &error));
  hs_stateful_emit_changed (HS_STATEFUL (f->roster));
  hs_state_folder_flush_async (f->folder, NULL, result_cb, &result);
  g_main_context_iteration (NULL, FALSE);
  /* The first contact goes, and all others move. A fast machine may have collected all before. */
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f->roster), fewer, &error));
  spend (f, &result);
  g_clear_object (&result);

  begin_anew (f);
  g_assert_true (hs_state_folder_load (f->folder, HS_STATEFUL (f->roster), &error));
  g_assert_no_error (error);
  again = hs_stateful_dup_state (HS_STATEFUL (f->roster));
  g_assert_true (g_variant_equal (fewer, again) || g_variant_equal (state, again));
}

/* A folder that goes while a state is collected writes it all the same. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = make_state ("user@example.org", 0, 10000);
  g_autoptr (GFile) file = g_file_new_for_path (f->path);
  g_autoptr (GError) error = NULL;

  g_assert_true (load (f, &error));
  hs_state_folder_set_delay (f->folder, 0);
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f->roster), state, &error));
  hs_stateful_emit_changed (HS_STATEFUL (f->roster));
  /* The time is over; the collecting has been begun. */
  g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (f->folder);
  f->folder = hs_state_folder_new (file);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (f->roster);
  f->roster = hs_roster_new ();
  g_assert_true (load (f, &error));
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (f->roster)), ==, 10000);
}

/* A state that is another account's is dropped when the roster is registered, also while it is being restored. */
static void
check_foreign (Fixture *f, guint n_turns)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin_anew (f);
  hs_state_folder_load_async (f->folder, HS_STATEFUL (f->roster), NULL, result_cb, &result);
  for (guint i = 0; i < n_turns && result == NULL; i++)
    g_main_context_iteration (NULL, TRUE);
  hs_client_register (client, HS_MODULE (f->roster));
  spend (f, &result);
  if (!hs_state_folder_load_finish (f->folder, result, &error))
    g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_assert_false (hs_roster_get_is_loaded (f->roster));
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (f->roster)), ==, 0);
  hs_client_unregister (client, HS_MODULE (f->roster));
  hs_state_folder_forget (f->folder, HS_STATEFUL (f->roster));
}

static void
test_foreign (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = make_state ("other@example.org", 0, 20000);
  g_autofree char *path = g_build_filename (f->path, "roster", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_assert_true (load (f, &error));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f->roster), state, &error));
  hs_stateful_emit_changed (HS_STATEFUL (f->roster));
  flush (f);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  /* While the file is read, while the contacts are put in place, and after. */
  for (guint i = 0; i < 12; i++)
    {
      g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
      check_foreign (f, i);
    }
}

static void
test_broken (Fixture *f, gconstpointer data)
{
  g_autofree char *path = g_build_filename (f->path, "roster", NULL);
  g_autoptr (GVariant) state = g_variant_ref_sink (
      g_variant_new_parsed ("(uint32 1, 'user@example.org', @ms 'v', [('@', '', byte 0, @as [])])"));
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "nonsense", -1, NULL));
  g_assert_false (load (f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f->roster), state, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_assert_false (hs_roster_get_is_loaded (f->roster));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/roster/state/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("large", test_large);
  ADD ("changes", test_changes);
  ADD ("dropped", test_dropped);
  ADD ("foreign", test_foreign);
  ADD ("broken", test_broken);
  return g_test_run ();
}
