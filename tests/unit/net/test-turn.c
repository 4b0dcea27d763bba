/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/hs-loop.h"

static void
work (gint64 usec)
{
  gint64 end = g_get_monotonic_time () + usec;

  while (g_get_monotonic_time () < end)
    continue;
}

/* All that is ready, once. */
static void
turn (void)
{
  g_main_context_iteration (NULL, FALSE);
}

static void
test_shared (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTurnPlace a = { 0 };
  HsTurnPlace b = { 0 };

  hs_turn_join (&a, &loop->turn);
  hs_turn_join (&b, &loop->turn);
  turn ();
  g_assert_true (hs_turn_begin (&a));
  work (HS_TURN_USEC);
  g_assert_cmpint (hs_turn_get_end (&a), <=, g_get_monotonic_time ());
  g_assert_false (hs_turn_begin (&b));
  g_assert_false (hs_turn_begin (&a));
  turn ();
  hs_turn_leave (&b);
  g_assert_true (hs_turn_begin (&a));
  hs_turn_leave (&a);
}

/* Who has had a share waits for those who have not, and no longer. */
static void
test_fair (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTurnPlace places[3] = { { 0 } };

  for (guint i = 0; i < 3; i++)
    hs_turn_join (&places[i], &loop->turn);
  for (guint round = 0; round < 3; round++)
    {
      guint shares[3] = { 0 };

      /* The first is always the first to ask, and always takes all. */
      for (guint n = 0; n < 3; n++)
        {
          turn ();
          for (guint i = 0; i < 3; i++)
            {
              if (!hs_turn_begin (&places[i]))
                continue;
              shares[i]++;
              work (HS_TURN_USEC);
            }
        }
      for (guint i = 0; i < 3; i++)
        g_assert_cmpuint (shares[i], ==, 1);
    }
  /* Nobody waits for one that has gone, or has nothing to do any more. */
  turn ();
  g_assert_true (hs_turn_begin (&places[0]));
  work (HS_TURN_USEC);
  g_assert_false (hs_turn_begin (&places[1]));
  g_assert_false (hs_turn_begin (&places[2]));
  hs_turn_skip (&places[1]);
  hs_turn_leave (&places[2]);
  turn ();
  g_assert_true (hs_turn_begin (&places[0]));
  hs_turn_leave (&places[0]);
  hs_turn_leave (&places[1]);
}

/* A member that neither begins nor skips does not hold up the others for long. */
static void
test_forgotten (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTurnPlace places[3] = { { 0 } };

  for (guint i = 0; i < 3; i++)
    hs_turn_join (&places[i], &loop->turn);
  for (guint round = 0; round < 3; round++)
    {
      turn ();
      g_assert_true (hs_turn_begin (&places[0]));
      work (HS_TURN_USEC);
      g_assert_false (hs_turn_begin (&places[1]));
      g_assert_false (hs_turn_begin (&places[2]));
      /* One of them does ask. */
      turn ();
      g_assert_false (hs_turn_begin (&places[0]));
      g_assert_true (hs_turn_begin (&places[1]));
      turn ();
      g_assert_false (hs_turn_begin (&places[0]));
      turn ();
      g_assert_true (hs_turn_begin (&places[0]));
      turn ();
      g_assert_true (hs_turn_begin (&places[0]));
      hs_turn_skip (&places[2]);
    }
  for (guint i = 0; i < 3; i++)
    hs_turn_leave (&places[i]);
}

#define N_PAIRS 40

typedef struct
{
  HsLoop *loop;
  HsPollEntry entry;
  int other;
  guint n_calls;
  guint *n_in_turn;
} Pair;

/* Leaves what there is to read: it is always ready. */
static gboolean
ready_cb (gpointer data)
{
  Pair *pair = data;

  pair->n_calls++;
  (*pair->n_in_turn)++;
  work (300);
  return G_SOURCE_CONTINUE;
}

static void
pair_init (Pair *self, guint *n_in_turn, GSourceFunc callback)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  *self = (Pair){ .loop = hs_loop_get (NULL), .other = fds[1], .n_in_turn = n_in_turn };
  self->entry = (HsPollEntry){ .fd = fds[0], .callback = callback, .user_data = self };
  g_assert_true (hs_poll_entry_wait (&self->entry, &self->loop->poller));
  g_assert_cmpint (write (self->other, "x", 1), ==, 1);
}

static void
pair_clear (Pair *self)
{
  hs_poll_entry_stop (&self->entry);
  hs_loop_unref (self->loop);
  close (self->entry.fd);
  close (self->other);
}

/* However many are ready, a turn ends in time, and all of them get theirs. */
static void
test_poller (void)
{
  Pair pairs[N_PAIRS];
  guint n_in_turn = 0;
  guint n = 0;
  guint least = G_MAXUINT;

  for (guint i = 0; i < N_PAIRS; i++)
    pair_init (&pairs[i], &n_in_turn, ready_cb);
  while (n < N_PAIRS * 20)
    {
      n_in_turn = 0;
      turn ();
      g_assert_cmpuint (n_in_turn, <=, HS_TURN_USEC / 300 + 1);
      n += n_in_turn;
    }
  for (guint i = 0; i < N_PAIRS; i++)
    least = MIN (least, pairs[i].n_calls);
  g_assert_cmpuint (least, >=, 5);
  for (guint i = 0; i < N_PAIRS; i++)
    pair_clear (&pairs[i]);
}

static gboolean
reading_cb (gpointer data)
{
  Pair *pair = data;
  char byte;

  pair->n_calls++;
  g_assert_cmpint (read (pair->entry.fd, &byte, 1), ==, 1);
  return G_SOURCE_CONTINUE;
}

static void
send_byte (Pair *self)
{
  guint n_calls = self->n_calls;

  g_assert_cmpint (write (self->other, "x", 1), ==, 1);
  turn ();
  g_assert_cmpuint (self->n_calls, ==, n_calls + 1);
  turn ();
  g_assert_cmpuint (self->n_calls, ==, n_calls + 1);
}

/* One socket is waited for itself. Two have a set, which then stays. */
static void
test_one (void)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  Pair one, two;

  pair_init (&one, NULL, reading_cb);
  turn ();
  g_assert_cmpuint (one.n_calls, ==, 1);
  send_byte (&one);
  hs_poll_entry_stop (&one.entry);
  g_assert_cmpint (write (one.other, "x", 1), ==, 1);
  turn ();
  g_assert_cmpuint (one.n_calls, ==, 2);
  g_assert_true (hs_poll_entry_wait (&one.entry, &loop->poller));
  turn ();
  g_assert_cmpuint (one.n_calls, ==, 3);
  g_assert_cmpint (loop->poller.fd, ==, -1);

  pair_init (&two, NULL, reading_cb);
  turn ();
  g_assert_cmpuint (two.n_calls, ==, 1);
  g_assert_cmpint (loop->poller.fd, >=, 0);
  send_byte (&one);
  send_byte (&two);
  pair_clear (&two);
  send_byte (&one);
  pair_clear (&one);
  g_assert_cmpuint (loop->poller.n_waiting, ==, 0);
}

static Pair *all;

/* Stops all others that were reported together with it. */
static gboolean
stopping_cb (gpointer data)
{
  for (guint i = 0; i < 4; i++)
    {
      if (&all[i] != data)
        hs_poll_entry_stop (&all[i].entry);
    }
  ((Pair *) data)->n_calls++;
  return G_SOURCE_CONTINUE;
}

/* Iterates the main loop, in which the others are called. */
static gboolean
nesting_cb (gpointer data)
{
  Pair *self = data;

  self->n_calls++;
  hs_poll_entry_stop (&self->entry);
  turn ();
  return G_SOURCE_CONTINUE;
}

static void
test_stopped (gconstpointer data)
{
  gboolean nesting = GPOINTER_TO_INT (data);
  Pair pairs[4];
  guint n_in_turn = 0;
  guint n = 0;

  all = pairs;
  for (guint i = 0; i < 4; i++)
    pair_init (&pairs[i], &n_in_turn, nesting ? nesting_cb : stopping_cb);
  turn ();
  for (guint i = 0; i < 4; i++)
    n += pairs[i].n_calls;
  g_assert_cmpuint (n, ==, nesting ? 4 : 1);
  for (guint i = 0; i < 4; i++)
    pair_clear (&pairs[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turn/shared", test_shared);
  g_test_add_func ("/turn/fair", test_fair);
  g_test_add_func ("/turn/forgotten", test_forgotten);
  g_test_add_func ("/turn/poller", test_poller);
  g_test_add_func ("/turn/poller-one", test_one);
  g_test_add_data_func ("/turn/poller-stopped", GINT_TO_POINTER (FALSE), test_stopped);
  g_test_add_data_func ("/turn/poller-nested", GINT_TO_POINTER (TRUE), test_stopped);
  return g_test_run ();
}
