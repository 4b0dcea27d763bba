/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "hs-random.h"

static void
test_alphabet (void)
{
  guint counts[256] = { 0 };

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *id = hs_random_id ();

      g_assert_cmpuint (strlen (id), ==, HS_RANDOM_ID_LENGTH);
      g_assert_cmpuint (strspn (id, "abcdefghijklmnopqrstuvwxyz234567"), ==, HS_RANDOM_ID_LENGTH);
      for (guint j = 0; j + 1 < HS_RANDOM_ID_LENGTH; j++)
        counts[(guchar) id[j]]++;
    }
  /* 7,812 of each are expected: ten standard deviations around it. */
  for (const char *p = "abcdefghijklmnopqrstuvwxyz234567"; *p != '\0'; p++)
    {
      g_assert_cmpuint (counts[(guchar) *p], >, 6900);
      g_assert_cmpuint (counts[(guchar) *p], <, 8700);
    }
}

/* All 128 bits change from one to the next. */
static void
test_bits (void)
{
  guint32 set[HS_RANDOM_ID_LENGTH] = { 0 };
  guint32 clear[HS_RANDOM_ID_LENGTH] = { 0 };

  for (guint i = 0; i < 1000; i++)
    {
      char id[HS_RANDOM_ID_LENGTH + 1];

      hs_random_write_id (id);
      for (guint j = 0; j < HS_RANDOM_ID_LENGTH; j++)
        {
          guint value = id[j] >= 'a' ? id[j] - 'a' : id[j] - '2' + 26;

          set[j] |= value;
          clear[j] |= ~value & 31;
        }
    }
  for (guint j = 0; j + 1 < HS_RANDOM_ID_LENGTH; j++)
    {
      g_assert_cmpuint (set[j], ==, 31);
      g_assert_cmpuint (clear[j], ==, 31);
    }
  /* 26 characters hold two bits more than there are. */
  g_assert_cmpuint (g_bit_storage (set[HS_RANDOM_ID_LENGTH - 1]), >=, 3);
}

static gpointer
collect_thread (gpointer data)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 5000; i++)
    g_ptr_array_add (ids, hs_random_id ());
  return ids;
}

static void
test_threads (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GThread *threads[4];
  GPtrArray *ids[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("collect", collect_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      ids[i] = g_thread_join (threads[i]);
      for (guint j = 0; j < ids[i]->len; j++)
        g_assert_true (g_hash_table_add (seen, g_ptr_array_index (ids[i], j)));
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_ptr_array_unref (ids[i]);
}

/* A child does not give out what its parent will. */
static void
test_fork (void)
{
  char parent[HS_RANDOM_ID_LENGTH + 1];
  char child[HS_RANDOM_ID_LENGTH + 1] = "";
  int fds[2];
  int status = 0;
  pid_t pid = 0;

  hs_random_write_id (parent);
  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      hs_random_write_id (child);
      _exit (write (fds[1], child, sizeof child) == sizeof child ? 0 : 1);
    }
  hs_random_write_id (parent);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (read (fds[0], child, sizeof child), ==, sizeof child);
  g_assert_cmpstr (child, !=, parent);
  close (fds[0]);
  close (fds[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/random/alphabet", test_alphabet);
  g_test_add_func ("/random/bits", test_bits);
  g_test_add_func ("/random/threads", test_threads);
  g_test_add_func ("/random/fork", test_fork);

  return g_test_run ();
}
