/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "test-net.h"

/* A transport over a stream of the tests' own, which counts the writes and takes as little as it is
 * told to. As GnuTLS, it wants a write that would have blocked to be repeated as it was. */

/* ---- The output stream ---- */

#define TEST_TYPE_OUTPUT (test_output_get_type ())
G_DECLARE_FINAL_TYPE (TestOutput, test_output, TEST, OUTPUT, GOutputStream)

struct _TestOutput
{
  GOutputStream parent_instance;
  GPollableOutputStream *base;
  guint n_writes;
  gsize at_most;     /* 0: all */
  guint block_every; /* n-th write; 0: never */
  gboolean blocked;
  gboolean sink; /* takes everything and keeps nothing */
  GBytes *repeat; /* what has to come again */
  GError *failure;
};

static void test_output_pollable_init (GPollableOutputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestOutput,
                               test_output,
                               G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_OUTPUT_STREAM,
                                                      test_output_pollable_init))

static gssize
test_output_write_nonblocking (GPollableOutputStream *stream,
                               const void *bytes,
                               gsize length,
                               GError **error)
{
  TestOutput *self = TEST_OUTPUT (stream);

  self->n_writes++;
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (self->failure));
      return -1;
    }

  if (self->repeat != NULL)
    {
      gsize expected;
      const void *again = g_bytes_get_data (self->repeat, &expected);

      g_assert_cmpmem (bytes, length, again, expected);
      g_clear_pointer (&self->repeat, g_bytes_unref);
    }
  else if (self->blocked || (self->block_every > 0 && self->n_writes % self->block_every == 0))
    {
      self->repeat = g_bytes_new (bytes, length);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "blocked");
      return -1;
    }

  if (self->at_most > 0)
    length = MIN (length, self->at_most);

  if (self->sink)
    return length;

  return g_pollable_output_stream_write_nonblocking (self->base, bytes, length, NULL, error);
}

static GSource *
test_output_create_source (GPollableOutputStream *stream,
                           GCancellable *cancellable)
{
  GSource *source = g_pollable_source_new (G_OBJECT (stream));
  g_autoptr (GSource) child = g_timeout_source_new (0);

  g_source_set_dummy_callback (child);
  g_source_add_child_source (source, child);

  return source;
}

static gboolean
test_output_is_writable (GPollableOutputStream *stream)
{
  return TRUE;
}

static void
test_output_pollable_init (GPollableOutputStreamInterface *iface)
{
  iface->write_nonblocking = test_output_write_nonblocking;
  iface->create_source = test_output_create_source;
  iface->is_writable = test_output_is_writable;
}

static void
test_output_finalize (GObject *object)
{
  TestOutput *self = TEST_OUTPUT (object);

  g_clear_object (&self->base);
  g_clear_pointer (&self->repeat, g_bytes_unref);
  g_clear_error (&self->failure);
  G_OBJECT_CLASS (test_output_parent_class)->finalize (object);
}

static void
test_output_class_init (TestOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_output_finalize;
}

static void
test_output_init (TestOutput *self)
{
}

/* ---- The tests ---- */

typedef struct
{
  GSocketConnection *base;
  GSocketConnection *theirs;
  TestOutput *output;
  GIOStream *stream;
  TestOwner *owner;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  test_socketpair (&fixture->base, &fixture->theirs);
  fixture->output = g_object_new (TEST_TYPE_OUTPUT, NULL);
  fixture->output->base = G_POLLABLE_OUTPUT_STREAM (
      g_object_ref (g_io_stream_get_output_stream (G_IO_STREAM (fixture->base))));
  fixture->stream = g_simple_io_stream_new (
      g_io_stream_get_input_stream (G_IO_STREAM (fixture->base)),
      G_OUTPUT_STREAM (fixture->output));
  fixture->owner = test_owner_new (fixture->stream);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->owner, test_owner_free);
  g_assert_finalize_object (fixture->stream);
  g_assert_finalize_object (fixture->output);
  g_assert_finalize_object (fixture->base);
  g_assert_finalize_object (fixture->theirs);
}

static gsize
their_read (Fixture *fixture,
            GByteArray *into)
{
  guint8 buffer[8192];
  gssize n = read (test_get_fd (fixture->theirs), buffer, sizeof (buffer));

  if (n > 0)
    g_byte_array_append (into, buffer, n);
  return MAX (n, 0);
}

static void
test_one_write (Fixture *fixture,
                gconstpointer data)
{
  g_autoptr (GByteArray) arrived = g_byte_array_new ();

  for (guint i = 0; i < 100; i++)
    test_owner_send (fixture->owner, "<r/>", 4);
  g_assert_cmpuint (fixture->output->n_writes, ==, 0);
  spin_until (fixture->owner->n_written == 1);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  g_assert_cmpuint (hs_transport_get_written (fixture->owner->transport), ==, 400);
  g_assert_cmpuint (their_read (fixture, arrived), ==, 400);

  test_owner_send (fixture->owner, "a", 1);
  spin_until (fixture->owner->n_written == 2);
  spin_msec (10);
  g_assert_cmpuint (fixture->output->n_writes, ==, 2);
  g_assert_cmpuint (fixture->owner->n_written, ==, 2);
}

static gboolean
send_cb (gpointer user_data)
{
  Fixture *fixture = user_data;

  test_owner_send (fixture->owner, "b", 1);
  return G_SOURCE_REMOVE;
}

/* What several sources append in one turn is one write too, and it is written before the next. */
static void
test_one_write_of_many_sources (Fixture *fixture,
                                gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    g_idle_add_full (G_PRIORITY_DEFAULT, send_cb, fixture, NULL);

  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), ==, 10);
  g_idle_add_full (G_PRIORITY_DEFAULT, send_cb, fixture, NULL);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), ==, 0);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  spin_until (hs_transport_get_written (fixture->owner->transport) == 11);
}

static void
test_flush (Fixture *fixture,
            gconstpointer data)
{
  test_owner_send (fixture->owner, "abc", 3);
  fixture->owner->inside = TRUE;
  hs_transport_flush (fixture->owner->transport);
  fixture->owner->inside = FALSE;
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  g_assert_cmpuint (hs_transport_get_written (fixture->owner->transport), ==, 3);
  spin_until (fixture->owner->n_written == 1);
  hs_transport_flush (fixture->owner->transport);
  spin_msec (10);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  g_assert_cmpuint (fixture->owner->n_written, ==, 1);
}

static void
test_short_writes (Fixture *fixture,
                   gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (3000);
  g_autoptr (GByteArray) arrived = g_byte_array_new ();

  fixture->output->at_most = 7;
  fixture->output->block_every = 3;
  for (guint i = 0; i < 30; i++)
    {
      test_owner_send (fixture->owner, bytes + 100 * i, 100);
      g_main_context_iteration (NULL, FALSE);
    }

  spin_until (their_read (fixture, arrived) == 0 && arrived->len == 3000);
  g_assert_cmpmem (arrived->data, arrived->len, bytes, 3000);
}

/* While a write is blocked, what is appended waits: the write comes again as it was. */
static void
test_repeated (Fixture *fixture,
               gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (3000000);
  g_autoptr (GByteArray) arrived = g_byte_array_new ();

  fixture->output->blocked = TRUE;
  test_owner_send (fixture->owner, bytes, 1000000);
  hs_transport_flush (fixture->owner->transport);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  test_owner_send (fixture->owner, bytes + 1000000, 2000000);
  hs_transport_flush (fixture->owner->transport);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  fixture->output->blocked = FALSE;
  fixture->output->at_most = 16384;

  while (arrived->len < 3000000)
    {
      g_main_context_iteration (NULL, FALSE);
      their_read (fixture, arrived);
    }
  g_assert_cmpmem (arrived->data, arrived->len, bytes, 3000000);
}

static void
test_failure (Fixture *fixture,
              gconstpointer data)
{
  hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
  fixture->output->failure = g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_MISC, "broken");
  test_owner_send (fixture->owner, "abc", 3);
  hs_transport_flush (fixture->owner->transport);
  g_assert_cmpuint (fixture->owner->n_closed, ==, 0);
  spin_until (fixture->owner->n_closed == 1);
  g_assert_error (fixture->owner->error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  test_owner_send (fixture->owner, "abc", 3);
  spin_msec (10);
  g_assert_cmpuint (fixture->output->n_writes, ==, 1);
  g_assert_cmpuint (fixture->owner->n_written, ==, 0);
}

/* A large queue does not keep the loop: 256 KiB a turn. */
static void
test_budget (Fixture *fixture,
             gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (4000000);

  fixture->output->at_most = 1000;
  fixture->output->sink = TRUE;
  test_owner_send (fixture->owner, bytes, 4000000);
  while (hs_transport_get_queued (fixture->owner->transport) > 0)
    {
      guint before = fixture->output->n_writes;

      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (fixture->output->n_writes - before, <=, 264);
    }
  g_assert_cmpuint (fixture->output->n_writes, ==, 4000);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("/transport-stream/one-write-a-turn", test_one_write);
  ADD ("/transport-stream/one-write-of-many-sources", test_one_write_of_many_sources);
  ADD ("/transport-stream/flush", test_flush);
  ADD ("/transport-stream/short-writes", test_short_writes);
  ADD ("/transport-stream/repeated", test_repeated);
  ADD ("/transport-stream/failure", test_failure);
  ADD ("/transport-stream/budget", test_budget);

  return g_test_run ();
}
