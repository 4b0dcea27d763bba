/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "features/state/hs-state-file-private.h"
#include "features/state/hs-state-writer-private.h"
#include "hs-error.h"

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("state-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
remove_folder (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

static GVariant *
make_state (guint32 number)
{
  return g_variant_ref_sink (g_variant_new ("(usut)", 1, "user@example.org", number, G_GUINT64_CONSTANT (7)));
}

static void
test_names (void)
{
  static const char *const good[] = { "roster", "org.example.App-2_b", "A", "0" };
  static const char *const bad[] = { "", ".", "..", ".hidden", "a/b", "../roster", "/etc/passwd", "a\\b", "a b",
                                     "a\nb", "r\303\266ster", "C:", "a\x01" };
  g_autofree char *longest = g_strnfill (64, 'a');
  g_autofree char *longer = g_strnfill (65, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (hs_state_file_is_name (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (hs_state_file_is_name (bad[i]));
  g_assert_true (hs_state_file_is_name (longest));
  g_assert_false (hs_state_file_is_name (longer));
}

static void
assert_refused (const guint8 *data, gsize length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;

  g_assert_null (hs_state_file_unpack (bytes, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
}

static void
test_pack (void)
{
  g_autoptr (GVariant) state = make_state (3);
  g_autoptr (GBytes) packed = hs_state_file_pack (state);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) again = hs_state_file_unpack (packed, &error);
  gsize length;
  const guint8 *data = g_bytes_get_data (packed, &length);
  g_autofree guint8 *changed = g_malloc0 (length + 8);

  g_assert_no_error (error);
  g_assert_true (g_variant_equal (state, again));
  for (gsize n = 0; n < length; n++)
    assert_refused (data, n);
  for (gsize i = 0; i < length * 8; i++)
    {
      memcpy (changed, data, length);
      changed[i / 8] ^= 1 << (i % 8);
      assert_refused (changed, length);
    }
  memcpy (changed, data, length);
  assert_refused (changed, length + 1);
  assert_refused (changed, length + 8);
}

/* A file that is whole need not have a state in it. */
static void
test_other_types (void)
{
  g_autoptr (GVariant) text = g_variant_ref_sink (g_variant_new_string ("hello"));
  g_autoptr (GVariant) tuple = g_variant_ref_sink (g_variant_new ("(su)", "user@example.org", 1));
  GVariant *variants[] = { text, tuple };

  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autoptr (GBytes) packed = hs_state_file_pack (variants[i]);

      assert_refused (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
    }
}

static void
test_replace (void)
{
  char *folder = make_folder ();
  g_autofree char *inner = g_build_filename (folder, "roster", NULL);
  g_autofree char *left = g_build_filename (folder, ".roster.ABCDEF", NULL);
  g_autofree char *others = g_build_filename (folder, ".roster.b.ABCDEF", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) read = NULL;
  g_autoptr (GError) error = NULL;
  GStatBuf buf;

  g_assert_null (hs_state_file_read (inner, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (hs_state_file_replace (folder, "roster", bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (inner, &buf), ==, 0);
  g_assert_cmpint (buf.st_mode & 07777, ==, 0600);
  read = hs_state_file_read (inner, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (read, bytes));

  g_assert_true (g_file_set_contents (left, "x", 1, NULL));
  g_assert_true (g_file_set_contents (others, "x", 1, NULL));
  hs_state_file_sweep (folder, "roster");
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (others, G_FILE_TEST_EXISTS));

  g_assert_true (hs_state_file_delete (folder, "roster", &error));
  g_assert_false (g_file_test (inner, G_FILE_TEST_EXISTS));
  g_assert_true (hs_state_file_delete (folder, "roster", &error));
  g_assert_no_error (error);
  remove_folder (folder);
}

/* A pipe has no end as long as somebody could write into it. */
static void
test_not_a_file (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "roster", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  g_assert_null (hs_state_file_read (path, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_clear_error (&error);
  g_assert_true (hs_state_file_replace (folder, "roster", bytes, &error));
  g_assert_no_error (error);
  g_assert_true (hs_state_file_delete (folder, "roster", &error));

  /* What cannot be replaced leaves nothing behind. */
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_false (hs_state_file_replace (folder, "roster", bytes, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

/* The folder in which another program begins between the making of a file and its lock. */
static const char *swept;

/* In place of the C library's. */
int
flock (int fd, int operation)
{
  const char *folder = g_steal_pointer (&swept);

  if (folder != NULL)
    hs_state_file_sweep (folder, "roster");
  return (int) syscall (SYS_flock, fd, operation);
}

/* Another program that begins takes nothing away from one that writes at that moment. */
static void
test_sweep_while_written (void)
{
  char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "roster", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;

  swept = folder;
  hs_state_file_replace (folder, "roster", bytes, &error);
  g_assert_no_error (error);
  g_assert_null (swept);

  /* Nothing but the state is there. */
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

static guint32
read_number (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "roster", NULL);
  g_autoptr (GBytes) bytes = hs_state_file_read (path, NULL);
  g_autoptr (GVariant) state = hs_state_file_unpack (bytes, NULL);
  guint32 number;

  g_variant_get_child (state, 2, "u", &number);
  return number;
}

/* Threads may come to it in any order. */
static void
test_order (void)
{
  char *folder = make_folder ();
  g_autoptr (HsStateWriter) writer = hs_state_writer_new (folder);
  g_autoptr (GVariant) older = make_state (1);
  g_autoptr (GVariant) newer = make_state (2);
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_state_writer_write (writer, "roster", 2, newer, &error));
  g_assert_true (hs_state_writer_write (writer, "roster", 1, older, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read_number (folder), ==, 2);
  g_assert_true (hs_state_writer_write (writer, "roster", 3, older, &error));
  g_assert_cmpuint (read_number (folder), ==, 1);
  remove_folder (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/state-file/names", test_names);
  g_test_add_func ("/state-file/pack", test_pack);
  g_test_add_func ("/state-file/other-types", test_other_types);
  g_test_add_func ("/state-file/replace", test_replace);
  g_test_add_func ("/state-file/not-a-file", test_not_a_file);
  g_test_add_func ("/state-file/sweep-while-written", test_sweep_while_written);
  g_test_add_func ("/state-file/order", test_order);

  return g_test_run ();
}
