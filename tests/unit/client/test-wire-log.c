/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "client/hs-wire-log.h"

static gboolean listening;
static GString *heard;

static gboolean
is_listening_cb (gpointer owner)
{
  g_assert_cmpstr (owner, ==, "owner");
  return listening;
}

static void
text_cb (HsDirection direction, const char *text, gpointer owner)
{
  g_string_append_printf (heard, "%c:%s|", direction == HS_DIRECTION_IN ? 'I' : 'O', text);
}

static const char *
get_name_cb (gpointer owner)
{
  return owner;
}

static const HsWireLogCallbacks callbacks = { .is_listening = is_listening_cb, .get_name = get_name_cb, .text = text_cb };

static void
begin (HsWireLog *log, gboolean listens)
{
  listening = listens;
  heard = g_string_new (NULL);
  hs_wire_log_init (log, &callbacks, (gpointer) "owner");
  hs_wire_log_restart (log);
}

static void
end (HsWireLog *log, const char *expected)
{
  g_assert_cmpstr (heard->str, ==, expected);
  hs_wire_log_clear (log);
  g_string_free (heard, TRUE);
}

static void
receive (HsWireLog *log, const char *text, gsize again)
{
  hs_wire_log_received (log, text, strlen (text));
  hs_wire_log_expect_again (log, again);
}

static gboolean
sent (HsWireLog *log, const char *waiting, guint64 position)
{
  GByteArray output = { .data = (guint8 *) waiting, .len = strlen (waiting) };

  return hs_wire_log_sent (log, &output, position);
}

/* What was left in the transport's buffer comes again, and is shown once. */
static void
test_in_once (void)
{
  HsWireLog log;

  begin (&log, TRUE);
  receive (&log, "<a/><b/>", 4);
  receive (&log, "<b/>", 0);
  receive (&log, "<c/>", 4);
  receive (&log, "<c/><d/>", 0);
  end (&log, "I:<a/><b/>|I:<c/>|I:<d/>|");
}

static void
test_out_once (void)
{
  HsWireLog log;

  begin (&log, TRUE);
  g_assert_true (sent (&log, "<a/>", 4));
  g_assert_false (sent (&log, "<a/>", 4));
  g_assert_true (sent (&log, "<a/><b/>", 8));
  /* The first two have left. */
  g_assert_true (sent (&log, "<c/>", 12));
  hs_wire_log_restart (&log);
  g_assert_true (sent (&log, "<d/>", 4));
  end (&log, "O:<a/>|O:<b/>|O:<c/>|O:<d/>|");
}

/* A new listener sees everything from then on. */
static void
test_late (void)
{
  HsWireLog log;

  begin (&log, FALSE);
  g_assert_true (sent (&log, "<a/>", 4));
  receive (&log, "<b/>", 0);
  listening = TRUE;
  g_assert_true (sent (&log, "<a/><c/>", 8));
  receive (&log, "<d/>", 0);
  end (&log, "O:<c/>|I:<d/>|");
}

/* A secret that began while somebody listened is hidden to its end. */
static void
test_secret_in_parts (void)
{
  HsWireLog log;

  begin (&log, TRUE);
  receive (&log, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>c2Vj", 0);
  listening = FALSE;
  receive (&log, "cmV0", 0);
  listening = TRUE;
  receive (&log, "c2VjcmV0</success>", 0);
  g_assert_null (strstr (heard->str, "c2Vj"));
  g_assert_null (strstr (heard->str, "cmV0"));
  g_assert_nonnull (strstr (heard->str, "</success>"));
  g_string_truncate (heard, 0);
  end (&log, "");
}

static void
test_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hs-wire-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  struct stat info;
  HsWireLog log;

  begin (&log, FALSE);
  g_assert_true (hs_wire_log_open (&log, path, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  receive (&log, "<a>\n</a>", 0);
  /* Where the new file cannot be opened, the log goes on in the old one. */
  g_assert_false (hs_wire_log_open (&log, folder, FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_assert_true (sent (&log, "<b/>", 4));
  g_assert_true (hs_wire_log_open (&log, NULL, FALSE, NULL));
  receive (&log, "<c/>", 0);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (strtok (text, "\n"), " IN  <a><U+000A></a>"));
  g_assert_true (g_str_has_suffix (strtok (NULL, "\n"), " OUT <b/>"));
  g_assert_null (strtok (NULL, "\n"));
  g_string_truncate (heard, 0);
  end (&log, "");
  g_unlink (path);
  g_rmdir (folder);
}

static void
assert_lines (const char *path, const char *first, const char *last)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  n = g_strv_length (lines) - 1;
  g_assert_cmpstr (lines[n], ==, "");
  g_assert_true (g_str_has_suffix (lines[0], first));
  g_assert_true (g_str_has_suffix (lines[n - 1], last));
}

/* Each short line has 27 bytes for its time, 5 for its direction, 4 and its end. */
static void
test_rotates (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hs-wire-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  g_autofree char *old = g_strconcat (path, ".1", NULL);
  g_autofree char *long_text = g_strnfill (200, 'x');
  g_autofree char *element = g_strconcat ("<", long_text, "/>", NULL);
  struct stat info;
  HsWireLog log;

  begin (&log, FALSE);
  g_assert_true (hs_wire_log_set_max_size (&log, 37 * 3));
  g_assert_false (hs_wire_log_set_max_size (&log, 37 * 3));
  g_assert_cmpuint (hs_wire_log_get_max_size (&log), ==, 111);
  g_assert_true (g_file_set_contents (path, "an earlier run's\n", -1, NULL));
  g_assert_true (hs_wire_log_open (&log, path, FALSE, NULL));
  receive (&log, "<a/>", 0);
  receive (&log, "<b/>", 0);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  receive (&log, "<c/>", 0);
  assert_lines (old, "an earlier run's", " IN  <b/>");
  assert_lines (path, " IN  <c/>", " IN  <c/>");
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  /* Of two renamed files, the last one is kept, and a single line may be longer. */
  receive (&log, element, 0);
  assert_lines (old, " IN  <c/>", " IN  <c/>");
  receive (&log, "<d/>", 0);
  g_assert_cmpint (stat (old, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 32 + 203 + 1);
  assert_lines (path, " IN  <d/>", " IN  <d/>");
  /* What cannot be renamed grows on. */
  g_unlink (old);
  g_assert_cmpint (g_mkdir (old, 0700), ==, 0);
  for (guint i = 0; i < 5; i++)
    receive (&log, "<e/>", 0);
  assert_lines (path, " IN  <d/>", " IN  <e/>");
  /* No limit. */
  g_rmdir (old);
  g_assert_true (hs_wire_log_set_max_size (&log, 0));
  receive (&log, element, 0);
  g_assert_false (g_file_test (old, G_FILE_TEST_EXISTS));
  g_string_truncate (heard, 0);
  end (&log, "");
  g_unlink (path);
  g_rmdir (folder);
}

/* What is no file is not renamed, and a file is found from any folder. */
static void
test_rotates_elsewhere (void)
{
  g_autofree char *folder = g_dir_make_tmp ("hs-wire-log-XXXXXX", NULL);
  g_autofree char *before = g_get_current_dir ();
  g_autofree char *old = g_build_filename (folder, "log.1", NULL);
  g_autofree char *path = g_build_filename (folder, "log", NULL);
  HsWireLog log;

  begin (&log, FALSE);
  hs_wire_log_set_max_size (&log, 1);
  g_assert_true (hs_wire_log_open (&log, "/dev/null", FALSE, NULL));
  receive (&log, "<a/>", 0);
  receive (&log, "<b/>", 0);
  g_assert_true (g_file_test ("/dev/null", G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test ("/dev/null.1", G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_chdir (folder), ==, 0);
  g_assert_true (hs_wire_log_open (&log, "log", FALSE, NULL));
  g_assert_cmpint (g_chdir (before), ==, 0);
  receive (&log, "<a/>", 0);
  receive (&log, "<b/>", 0);
  assert_lines (old, " IN  <a/>", " IN  <a/>");
  assert_lines (path, " IN  <b/>", " IN  <b/>");
  g_string_truncate (heard, 0);
  end (&log, "");
  g_unlink (path);
  g_unlink (old);
  g_rmdir (folder);
}

/* What a log has opened is closed, however often it is opened. */
static void
test_descriptors (void)
{
  const struct rlimit few = { 40, 40 };
  struct rlimit before;
  HsWireLog log;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  begin (&log, FALSE);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &(struct rlimit){ few.rlim_cur, before.rlim_max }), ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (hs_wire_log_open (&log, "/dev/null", FALSE, NULL));
      g_assert_false (hs_wire_log_open (&log, "/", FALSE, NULL));
    }
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  end (&log, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire-log/in-once", test_in_once);
  g_test_add_func ("/wire-log/out-once", test_out_once);
  g_test_add_func ("/wire-log/late", test_late);
  g_test_add_func ("/wire-log/secret-in-parts", test_secret_in_parts);
  g_test_add_func ("/wire-log/file", test_file);
  g_test_add_func ("/wire-log/rotates", test_rotates);
  g_test_add_func ("/wire-log/rotates-elsewhere", test_rotates_elsewhere);
  g_test_add_func ("/wire-log/descriptors", test_descriptors);
  return g_test_run ();
}
