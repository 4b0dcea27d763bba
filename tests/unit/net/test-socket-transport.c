/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "test-net.h"

typedef struct
{
  GSocketConnection *ours;
  GSocketConnection *theirs;
  TestOwner *owner;
} Pair;

static void
pair_set_up (Pair *pair,
             gconstpointer data)
{
  test_socketpair (&pair->ours, &pair->theirs);
  pair->owner = test_owner_new (G_IO_STREAM (pair->ours));
}

static void
pair_tear_down (Pair *pair,
                gconstpointer data)
{
  g_clear_pointer (&pair->owner, test_owner_free);
  g_assert_finalize_object (pair->ours);
  g_assert_finalize_object (pair->theirs);
}

static void
peer_send (Pair *pair,
           const void *bytes,
           gsize length)
{
  g_assert_cmpint (write (test_get_fd (pair->theirs), bytes, length), ==, (gssize) length);
}

static void
peer_close (Pair *pair)
{
  g_assert_true (g_io_stream_close (G_IO_STREAM (pair->theirs), NULL, NULL));
}

/* ---- Reading ---- */

static void
test_any_split (Pair *pair,
                gconstpointer data)
{
  const gsize sizes[] = { 1, 2, 3, 7, 100, 1000, 5000 };
  g_autofree guint8 *bytes = test_pattern (20000);
  gsize sent = 0;

  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  for (guint i = 0; sent < 20000; i++)
    {
      gsize length = MIN (sizes[i % G_N_ELEMENTS (sizes)], 20000 - sent);

      peer_send (pair, bytes + sent, length);
      sent += length;
      if (i % 3 == 0)
        spin_until (pair->owner->received->len == sent);
    }

  spin_until (pair->owner->received->len == sent);
  g_assert_cmpmem (pair->owner->received->data, sent, bytes, sent);
  g_assert_false (hs_transport_has_unread (pair->owner->transport));
}

static gboolean
count_cb (gpointer user_data)
{
  guint *count = user_data;

  (*count)++;
  return G_SOURCE_CONTINUE;
}

/* What was left over comes again in a turn of its own, before anything more is read, and between
 * the turns other sources have theirs. */
static void
test_leftovers (Pair *pair,
                gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (1000);
  g_autoptr (GSource) other = g_idle_source_new ();
  guint n_turns = 0;

  g_source_set_priority (other, G_PRIORITY_DEFAULT);
  g_source_set_callback (other, count_cb, &n_turns, NULL);

  pair->owner->use_at_most = 3;
  peer_send (pair, bytes, 600);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->n_received == 1);
  g_assert_true (hs_transport_has_unread (pair->owner->transport));
  peer_send (pair, bytes + 600, 400);
  g_source_attach (other, NULL);
  spin_until (pair->owner->n_received == 200);
  g_assert_cmpuint (pair->owner->received->len, ==, 600);
  g_assert_cmpuint (n_turns, >=, 198);
  g_source_destroy (other);

  pair->owner->use_at_most = 0;
  spin_until (pair->owner->received->len == 1000);
  g_assert_cmpmem (pair->owner->received->data, 1000, bytes, 1000);
}

static void
test_stop_reading (Pair *pair,
                   gconstpointer data)
{
  pair->owner->use_at_most = 2;
  peer_send (pair, "abcdef", 6);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->n_received == 1);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_STOP);
  spin_msec (30);
  g_assert_cmpuint (pair->owner->n_received, ==, 1);
  g_assert_true (hs_transport_has_unread (pair->owner->transport));
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->received->len == 6);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_STOP);
  peer_send (pair, "g", 1);
  spin_msec (30);
  g_assert_cmpuint (pair->owner->received->len, ==, 6);
}

static void
stop_and_start (TestOwner *owner)
{
  hs_transport_set_reading (owner->transport, HS_READ_MODE_STOP);
  hs_transport_set_reading (owner->transport, HS_READ_MODE_READ);
}

static void
iterate (TestOwner *owner)
{
  stop_and_start (owner);
  spin_msec (20);
}

/* A callee that iterates the main loop: another transport of the thread reads meanwhile, this one
 * does not. */
static void
test_nested_loop (Pair *pair,
                  gconstpointer data)
{
  Pair other;

  pair_set_up (&other, NULL);
  pair->owner->on_received = iterate;
  hs_transport_set_reading (other.owner->transport, HS_READ_MODE_READ);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  pair->owner->use_at_most = 3;
  peer_send (pair, "first", 5);
  peer_send (&other, "other", 5);
  spin_until (pair->owner->received->len == 3);
  g_assert_cmpuint (other.owner->received->len, ==, 5);
  pair->owner->use_at_most = 0;
  spin_until (pair->owner->received->len == 5);
  g_assert_cmpmem (pair->owner->received->data, 5, "first", 5);
  pair_tear_down (&other, NULL);
}

static void
answer (TestOwner *owner)
{
  test_owner_send (owner, "answer", 6);
}

static gssize
peer_receive (Pair *pair)
{
  char buffer[64];

  return recv (test_get_fd (pair->theirs), buffer, sizeof buffer, MSG_DONTWAIT);
}

/* What the callee queues leaves when it has returned, in the same turn. */
static void
test_answer (Pair *pair,
             gconstpointer data)
{
  pair->owner->on_received = answer;
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  peer_send (pair, "question", 8);
  while (pair->owner->n_received == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (peer_receive (pair), ==, 6);
  g_assert_cmpuint (pair->owner->n_written, ==, 1);
  spin_msec (5);
  g_assert_cmpuint (pair->owner->n_written, ==, 1);
}

static void
answer_and_iterate (TestOwner *owner)
{
  answer (owner);
  spin_until (owner->n_written == 1);
  answer (owner);
  spin_until (owner->n_written == 2);
  answer (owner);
}

/* A callee that waits in a main loop for what it has asked for does not wait for ever. */
static void
test_answer_in_nested_loop (Pair *pair,
                            gconstpointer data)
{
  pair->owner->on_received = answer_and_iterate;
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  peer_send (pair, "question", 8);
  spin_until (pair->owner->n_written == 3);
  g_assert_cmpint (peer_receive (pair), ==, 18);
}

static void
test_eof (Pair *pair,
          gconstpointer data)
{
  pair->owner->use_at_most = 2;
  peer_send (pair, "</stream:stream>", 16);
  peer_close (pair);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->n_closed == 1);
  g_assert_no_error (pair->owner->error);
  g_assert_cmpuint (pair->owner->received->len, ==, 16);
  spin_msec (20);
}

static void
test_reset (void)
{
  const struct linger abort = { .l_onoff = 1, .l_linger = 0 };
  Pair pair;

  test_tcp_pair (&pair.ours, &pair.theirs);
  pair.owner = test_owner_new (G_IO_STREAM (pair.ours));
  hs_transport_set_reading (pair.owner->transport, HS_READ_MODE_READ);
  g_assert_cmpint (
      setsockopt (test_get_fd (pair.theirs), SOL_SOCKET, SO_LINGER, &abort, sizeof (abort)), ==, 0);
  peer_close (&pair);
  spin_until (pair.owner->n_closed == 1);
  g_assert_error (pair.owner->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  spin_msec (20);
  pair_tear_down (&pair, NULL);
}

/* ---- Dropping and closing in callbacks ---- */

static void
drop (TestOwner *owner)
{
  hs_transport_close (owner->transport);
  hs_transport_close (owner->transport);
  g_clear_pointer (&owner->transport, hs_transport_unref);
}

static void
drop_unclosed (TestOwner *owner)
{
  g_clear_pointer (&owner->transport, hs_transport_unref);
}

static void
test_drop_in_received (Pair *pair,
                       gconstpointer data)
{
  pair->owner->on_received = data;
  pair->owner->use_at_most = 1;
  test_owner_send (pair->owner, "unsent", 6);
  peer_send (pair, "abc", 3);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->transport == NULL);
  peer_close (pair);
  spin_msec (20);
  g_assert_cmpuint (pair->owner->n_received, ==, 1);
}

/* The same for what comes again. */
static void
drop_second (TestOwner *owner)
{
  if (owner->n_received == 2)
    drop (owner);
}

static void
test_drop_in_leftovers (Pair *pair,
                        gconstpointer data)
{
  pair->owner->on_received = drop_second;
  pair->owner->use_at_most = 1;
  peer_send (pair, "abc", 3);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->transport == NULL);
  spin_msec (20);
  g_assert_cmpuint (pair->owner->n_received, ==, 2);
}

static void
test_drop_in_written (Pair *pair,
                      gconstpointer data)
{
  pair->owner->on_written = data;
  test_owner_send (pair->owner, "abc", 3);
  spin_until (pair->owner->transport == NULL);
  spin_msec (20);
  g_assert_cmpuint (pair->owner->n_written, ==, 1);
}

static void
test_drop_in_closed (Pair *pair,
                     gconstpointer data)
{
  pair->owner->on_closed = data;
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  peer_close (pair);
  spin_until (pair->owner->transport == NULL);
  spin_msec (20);
}

static void
test_nothing_after_close (Pair *pair,
                          gconstpointer data)
{
  char byte;

  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  peer_send (pair, "abc", 3);
  test_owner_send (pair->owner, "abc", 3);
  hs_transport_close (pair->owner->transport);
  g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport), ==, 0);
  test_owner_send (pair->owner, "abc", 3);
  hs_transport_flush (pair->owner->transport);
  g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport), ==, 0);
  spin_msec (20);
  g_assert_cmpuint (pair->owner->n_received + pair->owner->n_written + pair->owner->n_closed, ==,
                    0);
  /* Nothing was written, and the peer sees the end. */
  g_assert_cmpint (read (test_get_fd (pair->theirs), &byte, 1), <=, 0);
}

/* ---- Writing ---- */

static void
test_write_to_the_dead (Pair *pair,
                        gconstpointer data)
{
  gboolean reading = GPOINTER_TO_INT (data);
  g_autofree guint8 *bytes = test_pattern (150000);

  /* More than is read at once. */
  peer_send (pair, bytes, 150000);
  peer_close (pair);
  if (reading)
    hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  pair->owner->use_at_most = 40000;
  test_owner_send (pair->owner, "abc", 3);
  pair->owner->inside = TRUE;
  hs_transport_flush (pair->owner->transport);
  pair->owner->inside = FALSE;
  g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport), ==, 0);
  spin_until (pair->owner->n_closed == 1);
  g_assert_error (pair->owner->error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  /* What the peer said before it went is heard. */
  g_assert_cmpmem (pair->owner->received->data, pair->owner->received->len, bytes,
                   reading ? 150000 : 0);
  spin_msec (20);
}

/* Reads what there is, at most so much at a time. */
static gsize
peer_read (Pair *pair,
           GByteArray *into,
           gsize at_most)
{
  guint8 buffer[4096];
  gsize total = 0;
  gssize n;

  while (total < at_most &&
         (n = read (test_get_fd (pair->theirs), buffer,
                    MIN (sizeof (buffer), at_most - total))) > 0)
    {
      g_byte_array_append (into, buffer, n);
      total += n;
    }

  return total;
}

static void
test_slow_reader (Pair *pair,
                  gconstpointer data)
{
  const gsize size = 16 * 1024 * 1024;
  const gsize chunk = 100 * 1000;
  g_autofree guint8 *bytes = test_pattern (size);
  g_autoptr (GByteArray) arrived = g_byte_array_sized_new (size);
  gint64 begin = g_get_monotonic_time ();

  for (gsize sent = 0; sent < size; sent += chunk)
    {
      test_owner_send (pair->owner, bytes + sent, MIN (chunk, size - sent));
      /* Ten come in for one that goes out. */
      peer_read (pair, arrived, chunk / 10);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport) +
                            hs_transport_get_written (pair->owner->transport),
                        ==, MIN (sent + chunk, size));
    }

  g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport), >, size / 2);
  while (arrived->len < size)
    {
      peer_read (pair, arrived, size);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpint (g_get_monotonic_time () - begin, <, TEST_DEADLINE_USEC);
    }

  g_assert_cmpmem (arrived->data, arrived->len, bytes, size);
  g_assert_cmpuint (hs_transport_get_queued (pair->owner->transport), ==, 0);
  g_assert_cmpuint (hs_transport_get_written (pair->owner->transport), ==, size);
}

/* ---- A flood ---- */

typedef struct
{
  int fd;
  int stop;
} Flood;

static gpointer
flood_thread (gpointer data)
{
  Flood *flood = data;
  g_autofree guint8 *bytes = test_pattern (65536);

  while (!g_atomic_int_get (&flood->stop))
    {
      ssize_t n = send (flood->fd, bytes, 65536, MSG_NOSIGNAL);

      if (n < 0)
        g_usleep (50);
    }

  return NULL;
}

static void
busy_msec (TestOwner *owner)
{
  gint64 end = g_get_monotonic_time () + 1000;

  while (g_get_monotonic_time () < end)
    ;
  g_byte_array_set_size (owner->received, 0);
}

/* In turns of the transport, of which each takes a millisecond: the clock alone would count what other
 * programs do. */
typedef struct
{
  const guint *n_turns;
  guint last;
  guint longest; /* between two */
} Drawing;

static gboolean
draw_cb (gpointer user_data)
{
  Drawing *drawing = user_data;

  drawing->longest = MAX (drawing->longest, *drawing->n_turns - drawing->last);
  drawing->last = *drawing->n_turns;
  return G_SOURCE_CONTINUE;
}

/* GTK draws at a priority below the default: a peer that never pauses must not keep it from that.
 * Both with leftovers (as a client that has used up its time) and without. */
static void
test_flood (Pair *pair,
            gconstpointer data)
{
  Flood flood = { test_get_fd (pair->theirs), 0 };
  GThread *thread = g_thread_new ("flood", flood_thread, &flood);
  g_autoptr (GSource) source = g_idle_source_new ();
  Drawing drawing = { &pair->owner->n_received, 0, 0 };

  g_source_set_priority (source, G_PRIORITY_HIGH_IDLE + 20);
  g_source_set_callback (source, draw_cb, &drawing, NULL);
  g_source_attach (source, NULL);
  pair->owner->on_received = busy_msec;
  pair->owner->use_at_most = GPOINTER_TO_UINT (data);
  hs_transport_set_reading (pair->owner->transport, HS_READ_MODE_READ);
  spin_until (pair->owner->n_received >= 300);

  draw_cb (&drawing);
  g_test_message ("%u turns, undrawn for %u", pair->owner->n_received, drawing.longest);
  g_assert_cmpuint (drawing.longest, <, 100);
  g_source_destroy (source);
  g_atomic_int_set (&flood.stop, 1);
  g_thread_join (thread);
}

/* What is said last arrives, and the peer sees a clean end after it, although it sent more than was
 * read. */
static gpointer
talk_on (gpointer data)
{
  GSocketConnection *theirs = data;
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (theirs));
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (theirs));
  g_autofree guint8 *bytes = test_pattern (8 * 1024 * 1024);
  g_autofree char *words = g_malloc0 (64);
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_output_stream_write_all (output, bytes, 8 * 1024 * 1024, NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (input, words, 63, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, strlen (words));
  /* Only then it ends its side. */
  g_io_stream_close (G_IO_STREAM (theirs), NULL, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&words);
}

static void
test_last_words (void)
{
  Pair pair = { NULL };
  g_autofree char *words = NULL;
  GThread *peer;

  test_tcp_pair (&pair.ours, &pair.theirs);
  pair.owner = test_owner_new (G_IO_STREAM (pair.ours));
  pair.owner->use_at_most = 1;
  hs_transport_set_reading (pair.owner->transport, HS_READ_MODE_READ);
  peer = g_thread_new ("peer", talk_on, pair.theirs);
  spin_until (pair.owner->n_received > 0);
  hs_transport_set_reading (pair.owner->transport, HS_READ_MODE_STOP);
  spin_until (g_socket_condition_check (g_socket_connection_get_socket (pair.ours), G_IO_IN) != 0);
  g_byte_array_append (hs_transport_get_output (pair.owner->transport),
                       (const guint8 *) "last words", 10);
  hs_transport_queue (pair.owner->transport);
  hs_transport_flush (pair.owner->transport);
  hs_transport_close (pair.owner->transport);
  words = g_thread_join (peer);
  g_assert_cmpstr (words, ==, "last words");
  pair_tear_down (&pair, NULL);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function)                                                                 \
  g_test_add (path, Pair, data, pair_set_up, function, pair_tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("/transport/any-split", NULL, test_any_split);
  ADD ("/transport/leftovers", NULL, test_leftovers);
  ADD ("/transport/stop-reading", NULL, test_stop_reading);
  ADD ("/transport/nested-loop", NULL, test_nested_loop);
  ADD ("/transport/answer", NULL, test_answer);
  ADD ("/transport/answer-in-nested-loop", NULL, test_answer_in_nested_loop);
  ADD ("/transport/eof", NULL, test_eof);
  g_test_add_func ("/transport/reset", test_reset);
  ADD ("/transport/drop-in-received", drop, test_drop_in_received);
  ADD ("/transport/drop-unclosed-in-received", drop_unclosed, test_drop_in_received);
  ADD ("/transport/drop-in-leftovers", NULL, test_drop_in_leftovers);
  ADD ("/transport/drop-in-written", drop, test_drop_in_written);
  ADD ("/transport/drop-unclosed-in-written", drop_unclosed, test_drop_in_written);
  ADD ("/transport/drop-in-closed", drop, test_drop_in_closed);
  ADD ("/transport/drop-unclosed-in-closed", drop_unclosed, test_drop_in_closed);
  ADD ("/transport/nothing-after-close", NULL, test_nothing_after_close);
  ADD ("/transport/write-to-the-dead/reading", GINT_TO_POINTER (TRUE), test_write_to_the_dead);
  ADD ("/transport/write-to-the-dead/not-reading", NULL, test_write_to_the_dead);
  g_test_add_func ("/transport/last-words", test_last_words);
  ADD ("/transport/slow-reader", NULL, test_slow_reader);
  ADD ("/transport/flood/all-used", NULL, test_flood);
  ADD ("/transport/flood/leftovers", GUINT_TO_POINTER (150), test_flood);

  return g_test_run ();
}
