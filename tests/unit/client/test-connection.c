/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "client/hs-connection.h"
#include "test-net.h"

/* A connection on a pair of sockets, without a server. */
typedef struct
{
  HsConnection connection;
  HsLoop *loop;
  GSocketConnection *ours;
  GSocketConnection *theirs;
  GString *received;
  gsize take; /* at most so many bytes of each call */
  guint64 written;
  guint n_dropped;
} Fixture;

static gsize
bytes_cb (const char *bytes, gsize length, gpointer owner)
{
  Fixture *f = owner;
  gsize used = MIN (length, f->take);

  g_string_append_len (f->received, bytes, used);
  return used;
}

static void
written_cb (guint64 position, gpointer owner)
{
  ((Fixture *) owner)->written = position;
}

static void
dropped_cb (const GError *error, gpointer owner)
{
  ((Fixture *) owner)->n_dropped++;
}

static const HsConnectionCallbacks callbacks
    = { .bytes = bytes_cb, .written = written_cb, .dropped = dropped_cb };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->loop = hs_loop_get (NULL);
  f->received = g_string_new (NULL);
  f->take = G_MAXSIZE;
  test_socketpair (&f->ours, &f->theirs);
  hs_connection_init (&f->connection, &callbacks, f);
  hs_connection_open (&f->connection, f->loop, G_IO_STREAM (f->ours));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_connection_abandon_attempt (&f->connection);
  hs_connection_close (&f->connection);
  g_assert_null (hs_connection_reset (&f->connection));
  hs_connection_clear (&f->connection);
  hs_loop_unref (f->loop);
  g_string_free (f->received, TRUE);
  test_finalize (f->ours);
  test_finalize (f->theirs);
}

static void
peer_send (Fixture *f, const char *text)
{
  g_assert_cmpint (write (test_get_fd (f->theirs), text, strlen (text)), ==, (gssize) strlen (text));
}

/* Nothing is read while there is a reason not to; all that came is there when the last one is gone. */
static void
test_reasons (Fixture *f, gconstpointer data)
{
  peer_send (f, "one ");
  spin_msec (30);
  g_assert_cmpstr (f->received->str, ==, "");
  hs_connection_start_reading (&f->connection);
  spin_until (f->received->len == 4);
  hs_connection_block (&f->connection, HS_READ_NESTED_LOOP);
  hs_connection_block (&f->connection, HS_READ_TURN_OVER);
  peer_send (f, "two ");
  spin_msec (30);
  hs_connection_unblock (&f->connection, HS_READ_NESTED_LOOP);
  spin_msec (30);
  g_assert_cmpstr (f->received->str, ==, "one ");
  g_assert_true (hs_connection_is_blocked (&f->connection, HS_READ_TURN_OVER));
  hs_connection_unblock (&f->connection, HS_READ_TURN_OVER);
  spin_until (f->received->len == 8);
  g_assert_cmpstr (f->received->str, ==, "one two ");
}

/* What is not used comes again. */
static void
test_rest (Fixture *f, gconstpointer data)
{
  f->take = 3;
  hs_connection_start_reading (&f->connection);
  peer_send (f, "0123456789");
  spin_until (f->received->len == 10);
  g_assert_cmpstr (f->received->str, ==, "0123456789");
}

/* The end is told after what was read has been dispatched. */
static void
test_dropped (Fixture *f, gconstpointer data)
{
  hs_connection_start_reading (&f->connection);
  hs_connection_block (&f->connection, HS_READ_TURN_OVER);
  peer_send (f, "last words");
  g_io_stream_close (G_IO_STREAM (f->theirs), NULL, NULL);
  spin_msec (30);
  g_assert_cmpuint (f->n_dropped, ==, 0);
  hs_connection_unblock (&f->connection, HS_READ_TURN_OVER);
  spin_until (f->n_dropped == 1);
  g_assert_cmpstr (f->received->str, ==, "last words");
}

/* A peer that does not read what it asked for is not read. */
static void
test_full (Fixture *f, gconstpointer data)
{
  HsTransport *transport = hs_connection_get_transport (&f->connection);
  g_autofree guint8 *bytes = g_malloc0 (65536);
  gsize length = 0;

  hs_connection_start_reading (&f->connection);
  g_assert_true (hs_connection_has_room (&f->connection));
  while (hs_connection_has_room (&f->connection))
    {
      g_byte_array_append (hs_transport_get_output (transport), bytes, 65536);
      length += 65536;
      g_assert_cmpuint (length, <, 64 * 1024 * 1024);
    }
  g_assert_true (hs_connection_is_blocked (&f->connection, HS_READ_OUTPUT_FULL));
  g_assert_cmpuint (hs_connection_get_end (&f->connection), ==, length);
  hs_transport_queue (transport);
  peer_send (f, "more");
  spin_msec (30);
  g_assert_cmpuint (f->received->len, ==, 0);
  while (f->written < length)
    {
      gssize n = recv (test_get_fd (f->theirs), bytes, 65536, MSG_DONTWAIT);

      g_assert_true (n > 0 || errno == EAGAIN);
      g_main_context_iteration (NULL, FALSE);
    }
  spin_until (f->received->len == 4);
  g_assert_true (hs_connection_has_room (&f->connection));
}

/* For STARTTLS the socket is given back, with what the peer sends from there on. */
static void
test_starttls (Fixture *f, gconstpointer data)
{
  g_autoptr (GIOStream) base = NULL;
  char buffer[16] = { 0 };

  hs_connection_start_reading (&f->connection);
  base = hs_connection_start_tls (&f->connection);
  g_assert_true (base == G_IO_STREAM (f->ours));
  g_assert_null (hs_connection_get_transport (&f->connection));
  peer_send (f, "hello");
  spin_msec (30);
  g_assert_cmpuint (f->received->len, ==, 0);
  g_assert_cmpint (read (test_get_fd (f->ours), buffer, sizeof buffer), ==, 5);
  hs_connection_open (&f->connection, f->loop, base);
  hs_connection_start_reading (&f->connection);
  peer_send (f, "again");
  spin_until (f->received->len == 5);
}

/* Each step, as a client goes through them. */
static void
test_phases (Fixture *f, gconstpointer data)
{
  HsConnection *connection = &f->connection;
  HsConnectorConfig connector = { .domain = "example.org", .no_network = TRUE };
  g_autoptr (HsJid) jid = hs_jid_new ("user@example.org", NULL);
  HsStreamConfig config = { .jid = jid };
  g_autoptr (HsStream) stream = NULL;
  g_autoptr (GIOStream) base = NULL;

  /* There are bytes already, and no stream. */
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_CONNECTING);
  hs_connection_connect (connection, hs_connector_new (&connector));
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_CONNECTING);
  g_assert_false (hs_connection_is_open (connection));
  hs_connection_set_stream (connection, hs_stream_new (&config, NULL, NULL));
  stream = hs_connection_get_stream (connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_OPEN);
  g_assert_true (hs_connection_is_open_with (connection, stream));
  g_assert_false (hs_connection_is_open_with (connection, NULL));
  base = hs_connection_start_tls (connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_SECURING);
  g_assert_false (hs_connection_is_open_with (connection, stream));
  hs_connection_open (connection, f->loop, base);
  hs_connection_end_attempt (connection);
  g_assert_true (hs_connection_is_open (connection));
  hs_connection_close (connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_CLOSED);
  g_assert_true (hs_connection_reset (connection) == stream);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function) \
  g_test_add ("/connection/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("reasons", test_reasons);
  ADD ("rest", test_rest);
  ADD ("dropped", test_dropped);
  ADD ("full", test_full);
  ADD ("starttls", test_starttls);
  ADD ("phases", test_phases);

  return g_test_run ();
}
