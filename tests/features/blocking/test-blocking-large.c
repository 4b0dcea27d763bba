/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <time.h>

#include "blocking-test.h"

/* A block list of 100,000 addresses with the default limits: how long the main loop stands still.
 */

#define N_ADDRESSES 100000

/* What the server sends after the list. */
static const char *afterwards;

static gboolean
send_answer (ScriptedPeer *peer, gpointer data)
{
  const char *id = strstr (scripted_peer_get_taken (peer), " id=\"");
  g_autoptr (GString) answer = g_string_new (NULL);

  g_assert_nonnull (id);
  g_string_printf (answer, "<iq type='result' id='%.*s'><blocklist " NS ">",
                   (int) strcspn (id + 5, "\""), id + 5);
  for (guint i = 0; i < N_ADDRESSES; i++)
    g_string_append_printf (answer, "<item jid='address%u@example.com'/>", i);
  g_string_append (answer, "</blocklist></iq>");
  g_string_append (answer, afterwards);
  return scripted_peer_send (peer, answer->str, (gssize) answer->len);
}

/* The CPU time of this thread only, in milliseconds: the server has its own thread. */
static double
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1e6;
}

static double longest;
static double total;

static void
iterate (gboolean may_block)
{
  double before = cpu_time ();
  double spent;

  g_main_context_iteration (NULL, may_block);
  spent = cpu_time () - before;
  longest = MAX (longest, spent);
  total += spent;
}

static void
assert_longest (const char *what)
{
  g_test_message ("longest turn while %s: %.2f ms", what, longest);
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    g_assert_cmpfloat (longest, <=, 5.0);
  longest = 0;
}

/* Writes changes down, and looks at nothing: that would be our time. */
static void
changed_cb (GListModel *model, guint position, guint removed, guint added, BlockingTest *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, removed, added);
}

static void
set_up (BlockingTest *f, const char *more)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED, CALL (send_answer, NULL), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };

  afterwards = more;
  longest = 0;
  total = 0;
  blocking_set_up (f, scripts);
  g_signal_handlers_disconnect_by_data (hs_blocking_get_blocked (f->blocking), f);
  g_signal_connect (hs_blocking_get_blocked (f->blocking), "items-changed", G_CALLBACK (changed_cb),
                    f);
  hs_client_start (f->test->client);
}

/* Returns the longest turn. */
static double
load (BlockingTest *f)
{
  double longest_turn;

  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!hs_blocking_get_is_loaded (f->blocking))
    {
      iterate (TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  longest_turn = longest;
  assert_longest ("the list is loaded");
  return longest_turn;
}

static guint
count (BlockingTest *f)
{
  return g_list_model_get_n_items (hs_blocking_get_blocked (f->blocking));
}

/* Until a push has been applied, and all that came of it is done. */
static void
push (BlockingTest *f, const char *text, guint n_left)
{
  scripted_server_send (f->test->server, text);
  while (count (f) != n_left)
    iterate (TRUE);
  for (guint i = 0; i < 200; i++)
    iterate (FALSE);
}

static void
test_load (void)
{
  BlockingTest f;
  double longest_turn;
  gpointer first;

  set_up (&f, "");
  /* On a slow machine as well, the work is divided. */
  longest_turn = load (&f);
  g_assert_cmpfloat (longest_turn * 6, <, total);
  g_assert_cmpstr (f.changes->str, ==, "0-0+100000 ");
  g_assert_cmpuint (count (&f), ==, N_ADDRESSES);
  g_assert_true (hs_blocking_is_blocked (f.blocking, "address0@example.com"));
  g_assert_true (hs_blocking_is_blocked (f.blocking, "address99999@example.com/r"));
  push (&f, PUSH ("block", ITEM ("a@b")), N_ADDRESSES + 1);
  push (&f, PUSH ("unblock", ITEM ("address5@example.com")), N_ADDRESSES);
  assert_longest ("one address changes");
  first = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_object_add_weak_pointer (first, &first);
  g_object_unref (first);
  push (&f, PUSH ("unblock", ""), 0);
  test_until (first == NULL);
  assert_longest ("all are unblocked");
  g_assert_cmpstr (f.changes->str, ==, "0-0+100000 100000-0+1 5-1+0 0-100000+0 ");
  blocking_tear_down (&f);
}

/* What other devices change while the list is put in place is known at once, and stays. */
static void
test_meanwhile (void)
{
  BlockingTest f;

  set_up (&f, PUSH ("block", ITEM ("a@b") ITEM ("c@d") ITEM ("address7@example.com"))
                  PUSH ("unblock", ITEM ("c@d") ITEM ("address99998@example.com"))
                      PUSH ("unblock", ITEM ("address7@example.com") ITEM ("address5@example.com"))
                          PUSH ("block", ITEM ("address5@example.com")));
  test_until (hs_blocking_is_blocked (f.blocking, "a@b"));
  load (&f);
  g_assert_cmpuint (count (&f), ==, N_ADDRESSES - 1);
  g_assert_true (hs_blocking_is_blocked (f.blocking, "a@b"));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "c@d"));
  g_assert_true (hs_blocking_is_blocked (f.blocking, "address5@example.com"));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "address7@example.com"));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "address99998@example.com"));
  for (guint i = 0; i < count (&f); i++)
    {
      g_autoptr (HsBlockedAddress) address
          = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), i);

      g_assert_true (hs_blocking_is_blocked (
          f.blocking, hs_jid_to_string (hs_blocked_address_get_jid (address))));
    }
  blocking_tear_down (&f);
}

/* All of them, while the list is put in place. */
static void
test_emptied_meanwhile (void)
{
  BlockingTest f;

  set_up (&f, PUSH ("unblock", "") PUSH ("block", ITEM ("a@b")));
  load (&f);
  test_until (hs_blocking_is_blocked (f.blocking, "a@b"));
  g_assert_cmpuint (count (&f), ==, 1);
  blocking_assert (&f, "a@b ");
  blocking_tear_down (&f);
}

/* Let go of while the list is put in place. */
static void
test_let_go (void)
{
  g_autoptr (GListModel) blocked = NULL;
  BlockingTest f;

  set_up (&f, PUSH ("block", ITEM ("a@b")));
  blocked = g_object_ref (hs_blocking_get_blocked (f.blocking));
  test_until (hs_blocking_is_blocked (f.blocking, "a@b"));
  hs_client_unregister (f.test->client, HS_MODULE (f.blocking));
  test_spin (300);
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  g_assert_cmpuint (g_list_model_get_n_items (blocked), ==, 1);
  g_assert_cmpstr (f.changes->str, ==, "0-0+1 ");
  blocking_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocking/large/load", test_load);
  g_test_add_func ("/blocking/large/meanwhile", test_meanwhile);
  g_test_add_func ("/blocking/large/emptied-meanwhile", test_emptied_meanwhile);
  g_test_add_func ("/blocking/large/let-go", test_let_go);
  return g_test_run ();
}
