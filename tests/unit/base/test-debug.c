/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* posix_openpt() */

#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hs-debug.h"

/* HEADSTOCK_DEBUG: its words, and what is printed. */

#define ALL (HS_DEBUG_XML | HS_DEBUG_STATE | HS_DEBUG_DISPATCH | HS_DEBUG_RETRY)

static void
test_words (void)
{
  static const struct
  {
    const char *list;
    guint topics;
    const char *said;
  } examples[] = {
    { "", 0, "" },
    { "xml", HS_DEBUG_XML, "" },
    { "state,retry", HS_DEBUG_STATE | HS_DEBUG_RETRY, "" },
    { " DISPATCH ;xml:", HS_DEBUG_DISPATCH | HS_DEBUG_XML, "" },
    { "all", ALL, "" },
    { "xml,all", ALL, "" },
    { "xml,wire", HS_DEBUG_XML,
      "HEADSTOCK_DEBUG: 'wire' is unknown; known are xml, state, dispatch, retry, all, help\n" },
    { "\033[31m", 0,
      "HEADSTOCK_DEBUG: '<U+001B>[31m' is unknown; known are xml, state, dispatch, retry, all, help\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GString) said = g_string_new (NULL);

      g_assert_cmpuint (hs_debug_parse (examples[i].list, said), ==, examples[i].topics);
      g_assert_cmpstr (said->str, ==, examples[i].said);
    }
}

static void
test_help (void)
{
  static const char *const words[] = { "xml", "state", "dispatch", "retry", "all", "help" };
  g_autoptr (GString) said = g_string_new (NULL);

  g_assert_cmpuint (hs_debug_parse ("help,state", said), ==, HS_DEBUG_STATE);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *line = g_strdup_printf ("\n  %s ", words[i]);

      g_assert_nonnull (strstr (said->str, line));
    }
}

static void
test_off (void)
{
  if (g_test_subprocess ())
    {
      g_unsetenv ("HEADSTOCK_DEBUG");
      hs_debug_init ();
      g_assert_false (hs_debug_wants (ALL));
      hs_debug_decided (HS_DEBUG_RETRY, "example.org", "nobody sees this");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*sees this*");
}

static void
test_lines (void)
{
  if (g_test_subprocess ())
    {
      g_setenv ("HEADSTOCK_DEBUG", "retry,nonsense", TRUE);
      hs_debug_init ();
      /* Read once. */
      g_setenv ("HEADSTOCK_DEBUG", "all", TRUE);
      hs_debug_init ();
      g_assert_cmpuint (hs_debug_topics, ==, HS_DEBUG_RETRY);
      hs_debug_decided (HS_DEBUG_RETRY, "example.org", "in %u\nms\033[0m", 5u);
      hs_debug_decided (HS_DEBUG_STATE, "example.org", "not wanted");
      hs_debug_print (HS_DEBUG_RETRY, NULL, "nobody's");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*'nonsense' is unknown; known are xml, state*\n"
                             "??:??:??.??? retry example.org: in 5<U+000A>ms<U+001B>?0m\n"
                             "??:??:??.??? retry nobody's\n*");
  g_test_trap_assert_stderr_unmatched ("*not wanted*");
}

/* Prints one line to a terminal, and returns what the terminal got. */
static void
print_to_terminal (char *text, gsize size)
{
  int master = posix_openpt (O_RDWR | O_NOCTTY);
  int slave;
  int saved = dup (STDERR_FILENO);
  gssize length;

  g_assert_cmpint (master, >=, 0);
  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  slave = open (ptsname (master), O_RDWR | O_NOCTTY);
  g_assert_cmpint (slave, >=, 0);
  g_assert_cmpint (dup2 (slave, STDERR_FILENO), ==, STDERR_FILENO);
  hs_debug_init ();
  hs_debug_decided (HS_DEBUG_RETRY, "example.org", "waits");
  g_assert_cmpint (dup2 (saved, STDERR_FILENO), ==, STDERR_FILENO);
  length = read (master, text, size - 1);
  g_assert_cmpint (length, >, 0);
  text[length] = '\0';
  close (saved);
  close (slave);
  close (master);
}

static void
run_on_terminal (const char *path)
{
  g_test_trap_subprocess (path, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

/* On a terminal the words have colours, unless NO_COLOR is set (and not empty). */
static void
test_terminal (void)
{
  run_on_terminal ("/debug/terminal/subprocess/colours");
  run_on_terminal ("/debug/terminal/subprocess/no-colours");
}

static void
test_colours (void)
{
  char text[256];

  g_setenv ("HEADSTOCK_DEBUG", "retry", TRUE);
  g_setenv ("NO_COLOR", "", TRUE);
  print_to_terminal (text, sizeof text);
  g_assert_nonnull (strstr (text, "mretry\033[0m example.org: waits"));
}

static void
test_no_colours (void)
{
  char text[256];

  g_setenv ("HEADSTOCK_DEBUG", "retry", TRUE);
  g_setenv ("NO_COLOR", "1", TRUE);
  print_to_terminal (text, sizeof text);
  g_assert_nonnull (strstr (text, " retry example.org: waits"));
  g_assert_null (strchr (text, '\033'));
}

static int
count (guint *n)
{
  return (int) ++*n;
}

/* The decisions are GLib's debug messages as well, where these are shown. Otherwise nothing is made for them. */
static void
test_decided (void)
{
  guint n = 0;

  g_unsetenv ("G_MESSAGES_DEBUG");
  hs_debug_decided (HS_DEBUG_RETRY, "example.org", "waits for %d ms", count (&n));
  g_assert_cmpuint (n, ==, 0);
  g_log_set_debug_enabled (TRUE);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_DEBUG, "example.org: waits for 1 ms");
  hs_debug_decided (HS_DEBUG_RETRY, "example.org", "waits for %d ms", count (&n));
  g_test_assert_expected_messages ();
  g_log_set_debug_enabled (FALSE);
  g_assert_cmpuint (n, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/debug/words", test_words);
  g_test_add_func ("/debug/help", test_help);
  g_test_add_func ("/debug/off", test_off);
  g_test_add_func ("/debug/lines", test_lines);
  g_test_add_func ("/debug/terminal", test_terminal);
  g_test_add_func ("/debug/terminal/subprocess/colours", test_colours);
  g_test_add_func ("/debug/terminal/subprocess/no-colours", test_no_colours);
  g_test_add_func ("/debug/decided", test_decided);

  return g_test_run ();
}
