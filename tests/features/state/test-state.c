/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <headstock-glib/headstock.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCOUNT "user@example.org"

/* A module with a number for a state, and a text to make it large. */
#define TEST_TYPE_THING (test_thing_get_type ())
G_DECLARE_FINAL_TYPE (TestThing, test_thing, TEST, THING, GObject)

struct _TestThing
{
  GObject parent_instance;

  HsClient *client; /* not owned */
  char *name;
  char *account;
  guint version;
  guint number;
  char *padding;
  gboolean is_empty;
  guint n_taken;
};

static char *
dup_name (HsStateful *stateful)
{
  return g_strdup (TEST_THING (stateful)->name);
}

static GVariant *
dup_state (HsStateful *stateful)
{
  TestThing *self = TEST_THING (stateful);

  self->n_taken++;
  if (self->is_empty || self->account == NULL)
    return NULL;
  return g_variant_new ("(usus)", self->version, self->account, self->number, self->padding);
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  TestThing *self = TEST_THING (stateful);

  if (!hs_stateful_check_state (stateful, state, "(usus)", self->version, self->client, error))
    return FALSE;
  g_clear_pointer (&self->account, g_free);
  g_clear_pointer (&self->padding, g_free);
  g_variant_get (state, "(usus)", NULL, &self->account, &self->number, &self->padding);
  hs_stateful_emit_changed (stateful);
  return TRUE;
}

static void
stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

static void
attached (HsModule *module, HsClient *client)
{
  TestThing *self = TEST_THING (module);

  self->client = client;
  if (self->account == NULL || hs_stateful_check_account (HS_STATEFUL (self), self->account, client))
    return;
  self->number = 0;
  g_free (self->account);
  self->account = hs_stateful_dup_account (HS_STATEFUL (self), client);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

static void
detached (HsModule *module, HsClient *client)
{
  TEST_THING (module)->client = NULL;
}

static void
module_init (HsModuleInterface *iface)
{
  iface->attached = attached;
  iface->detached = detached;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestThing, test_thing, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, stateful_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, module_init))

static void
test_thing_finalize (GObject *object)
{
  TestThing *self = TEST_THING (object);

  g_free (self->name);
  g_free (self->account);
  g_free (self->padding);
  G_OBJECT_CLASS (test_thing_parent_class)->finalize (object);
}

static void
test_thing_class_init (TestThingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_thing_finalize;
}

static void
test_thing_init (TestThing *self)
{
  self->name = g_strdup ("thing");
  self->padding = g_strdup ("");
  self->version = 1;
}

static TestThing *
thing_new (void)
{
  return g_object_new (TEST_TYPE_THING, NULL);
}

static void
thing_change (TestThing *self, guint number)
{
  if (self->account == NULL)
    self->account = g_strdup (ACCOUNT);
  self->number = number;
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

typedef struct
{
  char *path;
  char *file; /* of the thing */
  HsStateFolder *folder;
} Fixture;

static void
open_folder (Fixture *fixture)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->path);

  fixture->folder = hs_state_folder_new (file);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *outer = g_dir_make_tmp ("state-XXXXXX", &error);

  g_assert_no_error (error);
  fixture->path = g_build_filename (outer, "deep", "folder", NULL);
  fixture->file = g_build_filename (fixture->path, "thing", NULL);
  open_folder (fixture);
}

/* Nothing but what was expected is left in the folder. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_path_get_dirname (fixture->path);
  g_autofree char *outer = g_path_get_dirname (deep);

  if (fixture->folder != NULL)
    g_assert_finalize_object (fixture->folder);
  g_unlink (fixture->file);
  g_rmdir (fixture->path);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (outer), ==, 0);
  g_free (fixture->file);
  g_free (fixture->path);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
flush (HsStateFolder *folder, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_state_folder_flush_async (folder, NULL, result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return hs_state_folder_flush_finish (folder, result, error);
}

static void
assert_flush (HsStateFolder *folder)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (flush (folder, &error));
  g_assert_no_error (error);
}

static void
spin (guint msec)
{
  gint64 end = g_get_monotonic_time () + msec * 1000;

  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
}

static gboolean
exists (Fixture *fixture)
{
  return g_file_test (fixture->file, G_FILE_TEST_EXISTS);
}

/* What another run of the program would find; 0 for nothing. */
static guint
read_number (Fixture *fixture)
{
  g_autoptr (GFile) file = g_file_new_for_path (fixture->path);
  g_autoptr (HsStateFolder) folder = hs_state_folder_new (file);
  g_autoptr (TestThing) thing = thing_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_state_folder_load (folder, HS_STATEFUL (thing), &error));
  g_assert_no_error (error);
  return thing->number;
}

static TestThing *
load_thing (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TestThing *thing = thing_new ();

  g_assert_true (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), &error));
  g_assert_no_error (error);
  return thing;
}

static void
store (Fixture *fixture, guint number)
{
  g_autoptr (TestThing) thing = load_thing (fixture);

  thing_change (thing, number);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));
}

static void
assert_refused (Fixture *fixture, TestThing *thing, HsError code)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;
  guint number = thing->number;
  gsize length, again;

  g_assert_true (g_file_get_contents (fixture->file, &before, &length, NULL));
  g_assert_false (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), &error));
  g_assert_error (error, HS_ERROR, (int) code);
  g_assert_cmpuint (thing->number, ==, number);
  assert_flush (fixture->folder);
  g_assert_true (g_file_get_contents (fixture->file, &after, &again, NULL));
  g_assert_cmpmem (before, length, after, again);
}

static void
test_keep (Fixture *fixture, gconstpointer data)
{
  TestThing *thing = load_thing (fixture);
  GStatBuf buf;

  g_assert_cmpuint (thing->number, ==, 0);
  assert_flush (fixture->folder);
  g_assert_false (exists (fixture));
  thing_change (thing, 5);
  assert_flush (fixture->folder);
  g_assert_cmpuint (read_number (fixture), ==, 5);
  g_assert_cmpint (g_stat (fixture->file, &buf), ==, 0);
  g_assert_cmpint (buf.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (fixture->path, &buf), ==, 0);
  g_assert_cmpint (buf.st_mode & 07777, ==, 0700);

  /* Nothing has changed: neither the state nor the file is asked for. */
  thing->n_taken = 0;
  g_unlink (fixture->file);
  assert_flush (fixture->folder);
  g_assert_cmpuint (thing->n_taken, ==, 0);
  g_assert_false (exists (fixture));

  g_clear_object (&fixture->folder);
  g_assert_finalize_object (thing);
}

static void
test_debounce (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = load_thing (fixture);

  hs_state_folder_set_delay (fixture->folder, 300);
  for (guint i = 1; i <= 100; i++)
    thing_change (thing, i);
  spin (100);
  g_assert_cmpuint (thing->n_taken, ==, 0);
  g_assert_false (exists (fixture));
  thing_change (thing, 101);
  while (!exists (fixture))
    g_main_context_iteration (NULL, TRUE);
  spin (400);
  g_assert_cmpuint (thing->n_taken, ==, 1);
  g_assert_cmpuint (read_number (fixture), ==, 101);

  thing_change (thing, 102);
  while (read_number (fixture) != 102)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (thing->n_taken, ==, 2);
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = load_thing (fixture);
  g_autoptr (TestThing) again = NULL;

  g_free (thing->padding);
  thing->padding = g_strnfill (1200 * 1000, 'x');
  hs_state_folder_set_delay (fixture->folder, 50);
  thing_change (thing, 1);
  spin (300);
  g_assert_false (exists (fixture));
  assert_flush (fixture->folder);
  g_assert_true (exists (fixture));
  thing_change (thing, 2);
  thing->n_taken = 0;
  spin (300);
  /* Now that its size is known, its state is not even asked for. */
  g_assert_cmpuint (thing->n_taken, ==, 0);
  g_assert_cmpuint (read_number (fixture), ==, 1);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));
  again = load_thing (fixture);
  g_assert_cmpuint (again->number, ==, 2);
  g_assert_cmpuint (strlen (again->padding), ==, 1200 * 1000);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (again));
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = NULL;

  store (fixture, 1);
  thing = load_thing (fixture);
  g_assert_cmpuint (thing->number, ==, 1);
  thing->is_empty = TRUE;
  hs_stateful_emit_changed (HS_STATEFUL (thing));
  assert_flush (fixture->folder);
  g_assert_false (exists (fixture));
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = thing_new ();
  g_autoptr (HsClient) client = hs_client_new ("other@example.org/home", "secret");
  g_autoptr (HsClient) owner = hs_client_new ("USER@Example.org/home", "secret");
  g_autoptr (HsClient) component = HS_CLIENT (hs_component_new ("example.org", "secret"));

  store (fixture, 4);
  thing->number = 9;
  hs_client_register (client, HS_MODULE (thing));
  assert_refused (fixture, thing, HS_ERROR_INVALID_STATE);
  hs_client_unregister (client, HS_MODULE (thing));
  hs_client_register (component, HS_MODULE (thing));
  assert_refused (fixture, thing, HS_ERROR_INVALID_STATE);
  hs_client_unregister (component, HS_MODULE (thing));

  /* Prepared, the address is the same (RFC 7622, 3.3). */
  hs_client_register (owner, HS_MODULE (thing));
  g_assert_true (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), NULL));
  g_assert_cmpuint (thing->number, ==, 4);
  hs_client_unregister (owner, HS_MODULE (thing));
}

static void
test_loaded_before_registered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = NULL;
  g_autoptr (HsClient) client = hs_client_new ("other@example.org/home", "secret");
  g_autoptr (HsClient) owner = hs_client_new (ACCOUNT, "secret");

  store (fixture, 4);
  thing = load_thing (fixture);
  g_assert_cmpuint (thing->number, ==, 4);
  hs_client_register (owner, HS_MODULE (thing));
  g_assert_cmpuint (thing->number, ==, 4);
  hs_client_unregister (owner, HS_MODULE (thing));
  thing->n_taken = 0;
  assert_flush (fixture->folder);
  g_assert_cmpuint (thing->n_taken, ==, 0);

  hs_client_register (client, HS_MODULE (thing));
  g_assert_cmpuint (thing->number, ==, 0);
  assert_flush (fixture->folder);
  g_assert_cmpuint (thing->n_taken, ==, 1);
  g_assert_cmpuint (read_number (fixture), ==, 0);
  hs_client_unregister (client, HS_MODULE (thing));
}

static void
test_future (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = load_thing (fixture);

  thing->version = 2;
  thing_change (thing, 3);
  assert_flush (fixture->folder);
  thing->version = 1;
  assert_refused (fixture, thing, HS_ERROR_INVALID_STATE);

  /* Its own next change is kept. */
  thing_change (thing, 4);
  assert_flush (fixture->folder);
  g_assert_cmpuint (read_number (fixture), ==, 4);
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *whole = NULL;
  g_autoptr (TestThing) thing = thing_new ();
  gsize length;

  store (fixture, 7);
  g_assert_true (g_file_get_contents (fixture->file, &whole, &length, NULL));
  thing->number = 1;
  for (gsize n = 0; n < length; n++)
    {
      g_assert_cmpint (g_unlink (fixture->file), ==, 0);
      g_assert_true (g_file_set_contents (fixture->file, whole, n, NULL));
      assert_refused (fixture, thing, HS_ERROR_INVALID_STATE);
    }
  g_assert_true (g_file_set_contents (fixture->file, "Not a state at all, and long enough to be one.\n", -1, NULL));
  assert_refused (fixture, thing, HS_ERROR_INVALID_STATE);
  g_assert_true (g_file_set_contents (fixture->file, whole, length, NULL));
  g_assert_true (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), NULL));
  g_assert_cmpuint (thing->number, ==, 7);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "../thing", "/tmp/thing", "a/b", "..", ".", "", ".thing" };
  g_autoptr (TestThing) first G_GNUC_UNUSED = load_thing (fixture);
  g_autoptr (TestThing) second = thing_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (TestThing) thing = thing_new ();

      g_free (thing->name);
      thing->name = g_strdup (names[i]);
      g_assert_false (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      g_clear_error (&error);
      thing_change (thing, 1);
      assert_flush (fixture->folder);
      g_assert_cmpuint (thing->n_taken, ==, 0);
    }
  g_assert_false (hs_state_folder_load (fixture->folder, HS_STATEFUL (second), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  TestThing *thing = load_thing (fixture);

  thing_change (thing, 1);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));
  g_assert_cmpuint (read_number (fixture), ==, 1);
  thing_change (thing, 2);
  assert_flush (fixture->folder);
  g_assert_cmpuint (thing->n_taken, ==, 1);
  g_assert_cmpuint (read_number (fixture), ==, 1);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));
  g_assert_finalize_object (thing);

  thing = load_thing (fixture);
  g_assert_cmpuint (thing->number, ==, 1);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));
  g_assert_finalize_object (thing);
}

static void
test_dispose (Fixture *fixture, gconstpointer data)
{
  TestThing *thing = load_thing (fixture);

  thing_change (thing, 1);
  g_assert_finalize_object (g_steal_pointer (&fixture->folder));
  g_assert_cmpuint (read_number (fixture), ==, 1);

  /* One is on its way in a thread as well. */
  open_folder (fixture);
  g_assert_true (hs_state_folder_load (fixture->folder, HS_STATEFUL (thing), NULL));
  hs_state_folder_set_delay (fixture->folder, 0);
  for (guint i = 2; i < 30; i++)
    {
      thing_change (thing, i);
      g_main_context_iteration (NULL, TRUE);
    }
  thing_change (thing, 30);
  g_clear_object (&fixture->folder);
  g_assert_cmpuint (read_number (fixture), ==, 30);
  spin (50);
  g_assert_cmpuint (read_number (fixture), ==, 30);
  g_assert_finalize_object (thing);
}

static void
write_failed_cb (HsStateFolder *folder, HsStateful *object, GError *error, gpointer n)
{
  g_assert_true (TEST_IS_THING (object));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  ++*(guint *) n;
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = load_thing (fixture);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect (fixture->folder, "write-failed", G_CALLBACK (write_failed_cb), &n);
  hs_state_folder_set_delay (fixture->folder, 1);
  g_assert_cmpint (g_mkdir_with_parents (fixture->file, 0700), ==, 0);
  thing_change (thing, 1);
  g_assert_false (flush (fixture->folder, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (g_rmdir (fixture->file), ==, 0);

  /* Nobody asks for it again. */
  while (!exists (fixture))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (read_number (fixture), ==, 1);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_flush_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TestThing) thing = load_thing (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  thing_change (thing, 1);
  hs_state_folder_flush_async (fixture->folder, cancellable, result_cb, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (hs_state_folder_flush_finish (fixture->folder, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_flush (fixture->folder);
  g_assert_cmpuint (read_number (fixture), ==, 1);
  /* The task holds the folder until it has returned. */
  g_clear_object (&result);
}

static void
test_type (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) remote = g_file_new_for_uri ("nowhere://example.org/folder");
  g_autoptr (HsStateFolder) folder = hs_state_folder_new (remote);
  g_autoptr (TestThing) thing = thing_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  guint delay;

  g_assert_false (hs_state_folder_load (folder, HS_STATEFUL (thing), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  assert_flush (folder);
  g_object_get (folder, "folder", &file, "delay", &delay, NULL);
  g_assert_true (file == remote);
  g_assert_cmpuint (delay, ==, 2000);
}

static gboolean is_child;

/* The library's, too. The child process stops here, between writing and replacing. */
int
rename (const char *from, const char *to)
{
  if (!is_child)
    return renameat (AT_FDCWD, from, AT_FDCWD, to);
  g_assert_cmpint (write (STDOUT_FILENO, "r\n", 2), ==, 2);
  for (;;)
    pause ();
}

static int
run_child (const char *path)
{
  Fixture fixture = { (char *) path, NULL, NULL };
  g_autoptr (TestThing) thing = NULL;

  is_child = TRUE;
  open_folder (&fixture);
  thing = load_thing (&fixture);
  thing_change (thing, 2);
  assert_flush (fixture.folder);
  return 1;
}

static guint
count_files (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static char *program;

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  char text[2];

  store (fixture, 1);
  g_assert_cmpuint (count_files (fixture->path), ==, 1);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", fixture->path, NULL);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (g_subprocess_get_stdout_pipe (child), text, sizeof text, NULL, NULL,
                                          &error));
  g_assert_cmpmem (text, 2, "r\n", 2);
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  g_assert_no_error (error);

  g_assert_cmpuint (count_files (fixture->path), ==, 2);
  g_assert_cmpuint (read_number (fixture), ==, 1);
  g_assert_cmpuint (count_files (fixture->path), ==, 1);
  store (fixture, 3);
  g_assert_cmpuint (read_number (fixture), ==, 3);
}

/* The call ends at once; the thing gets its state all the same, and does not replace it. */
static void
test_load_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (TestThing) thing = thing_new ();
  g_autoptr (TestThing) other = thing_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  store (fixture, 5);
  hs_state_folder_load_async (fixture->folder, HS_STATEFUL (thing), cancellable, result_cb, &result);
  g_cancellable_cancel (cancellable);
  /* In fewer turns than a thread takes to read a file. */
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_nonnull (result);
  g_assert_false (hs_state_folder_load_finish (fixture->folder, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  while (thing->number == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (thing->number, ==, 5);
  hs_state_folder_forget (fixture->folder, HS_STATEFUL (thing));

  /* Nothing is done for a call that was cancelled before. */
  g_clear_object (&result);
  hs_state_folder_load_async (fixture->folder, HS_STATEFUL (other), cancellable, result_cb, &result);
  spin (20);
  g_assert_false (hs_state_folder_load_finish (fixture->folder, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  thing_change (other, 7);
  assert_flush (fixture->folder);
  g_assert_cmpuint (read_number (fixture), ==, 5);
}

#define ADD(name, function) g_test_add ("/state/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  if (argc == 3 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);

  ADD ("keep", test_keep);
  ADD ("debounce", test_debounce);
  ADD ("large", test_large);
  ADD ("empty", test_empty);
  ADD ("foreign", test_foreign);
  ADD ("loaded-before-registered", test_loaded_before_registered);
  ADD ("future", test_future);
  ADD ("broken", test_broken);
  ADD ("names", test_names);
  ADD ("forget", test_forget);
  ADD ("dispose", test_dispose);
  ADD ("failure", test_failure);
  ADD ("flush-cancelled", test_flush_cancelled);
  ADD ("load-cancelled", test_load_cancelled);
  ADD ("type", test_type);
  ADD ("killed", test_killed);

  return g_test_run ();
}
