/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "client/hs-connection.h"
#include "headstock-glib-test/hs-test-transport.h"
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
  guint n_secured;
  guint n_failed;
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

/* The connector has no network: the socket comes from the fixture. */
static void
connected_cb (HsAttempt *attempt, GIOStream *io, gpointer owner)
{
  g_assert_null (io);
}

static gboolean
accept_cb (GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer owner)
{
  return FALSE;
}

static void
secured_cb (HsAttempt *attempt, gpointer owner)
{
  ((Fixture *) owner)->n_secured++;
}

static void
failed_cb (const GError *error, gpointer owner)
{
  ((Fixture *) owner)->n_failed++;
}

static const HsConnectionCallbacks callbacks = {
  .connected = connected_cb,
  .accept_certificate = accept_cb,
  .secured = secured_cb,
  .bytes = bytes_cb,
  .written = written_cb,
  .dropped = dropped_cb,
  .failed = failed_cb,
};

/* Without a network. */
static HsConnector *
make_connector (Fixture *f)
{
  HsConnectorConfig config = { .domain = "example.org", .loop = f->loop, .no_network = TRUE };

  return hs_connector_new (&config);
}

static void
start_tls (Fixture *f, HsConnection *connection)
{
  HsTlsConfig config = { .domain = "example.org", .loop = f->loop, .timeout_msec = 10000 };

  hs_connection_start_tls (connection, &config);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->loop = hs_loop_get (NULL);
  f->received = g_string_new (NULL);
  f->take = G_MAXSIZE;
  test_socketpair (&f->ours, &f->theirs);
  hs_connection_init (&f->connection, &callbacks, f);
  hs_connection_connect (&f->connection, make_connector (f));
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

static HsStream *
begin_stream (HsConnection *connection)
{
  g_autoptr (HsJid) jid = hs_jid_new ("user@example.org", NULL);
  HsStreamConfig config = { .jid = jid };

  hs_connection_begin_stream (connection, hs_stream_new (&config, NULL, NULL));
  return hs_connection_get_stream (connection);
}

static void
end_connection (Fixture *f)
{
  g_autoptr (HsStream) stream = NULL;

  hs_connection_abandon_attempt (&f->connection);
  hs_connection_close (&f->connection);
  stream = hs_connection_reset (&f->connection);
}

/* During the handshake nothing is read as bytes of the stream. The peer of this one does not speak TLS. */
static void
test_starttls (Fixture *f, gconstpointer data)
{
  guint8 hello[16] = { 0 };

  hs_connection_start_reading (&f->connection);
  begin_stream (&f->connection);
  start_tls (f, &f->connection);
  while (recv (test_get_fd (f->theirs), hello, sizeof hello, MSG_DONTWAIT) <= 0)
    g_main_context_iteration (NULL, FALSE);
  /* A record of the type handshake (RFC 8446, 5.1). */
  g_assert_cmpuint (hello[0], ==, 22);
  peer_send (f, "hello");
  g_io_stream_close (G_IO_STREAM (f->theirs), NULL, NULL);
  spin_until (f->n_failed == 1);
  g_assert_cmpuint (f->received->len, ==, 0);
  g_assert_cmpuint (f->n_secured + f->n_dropped, ==, 0);
  g_assert_false (hs_connection_is_secure (&f->connection));
  end_connection (f);
}

/* A connection that ends during the handshake tells nothing any more. */
static void
test_starttls_abandoned (Fixture *f, gconstpointer data)
{
  begin_stream (&f->connection);
  start_tls (f, &f->connection);
  end_connection (f);
  spin_until (!G_IS_OBJECT (f->ours) || g_io_stream_is_closed (G_IO_STREAM (f->ours)));
  g_assert_cmpuint (f->n_failed + f->n_secured + f->n_dropped, ==, 0);
}

static void
sent_cb (const char *element, gpointer peer)
{
}

static void
closed_cb (gpointer peer)
{
}

static const HsTestPeerCallbacks peer_callbacks = { .sent = sent_cb, .closed = closed_cb };

static HsTransport *
dial (const HsTransportCallbacks *transport_callbacks, gpointer owner, gpointer user_data, GError **error)
{
  HsTransport *transport = hs_test_transport_new (transport_callbacks, owner, FALSE, &peer_callbacks, user_data);

  hs_test_transport_begin_plain ((HsTestTransport *) transport);
  return transport;
}

/* Another transport than a socket starts TLS as well. What arrived before is not taken for what comes through TLS. */
static void
test_starttls_in_memory (Fixture *f, gconstpointer data)
{
  HsConnection *connection = &f->connection;
  HsTestTransport *transport;

  end_connection (f);
  hs_connection_connect (connection, make_connector (f));
  g_assert_true (hs_connection_dial (connection, dial, f, NULL));
  transport = (HsTestTransport *) hs_connection_get_transport (connection);
  hs_connection_start_reading (connection);
  begin_stream (connection);
  hs_test_transport_feed (transport, "<proceed/>");
  spin_until (f->received->len == 10);
  hs_test_transport_feed (transport, "<injected/>");
  start_tls (f, connection);
  g_assert_false (hs_connection_is_secure (connection));
  spin_until (f->n_secured == 1);
  g_assert_true (hs_connection_is_secure (connection) && hs_connection_is_trusted (connection));
  g_assert_null (hs_transport_get_tls (hs_connection_get_transport (connection)));
  hs_connection_restart_stream (connection);
  hs_connection_start_reading (connection);
  hs_test_transport_feed (transport, "<stream/>");
  spin_until (f->received->len == 19);
  g_assert_cmpstr (f->received->str, ==, "<proceed/><stream/>");
  end_connection (f);
}

/* Each step, as a client goes through them. */
static void
test_phases (Fixture *f, gconstpointer data)
{
  HsConnection *connection = &f->connection;
  HsStream *stream;

  /* There are bytes already, and no stream. */
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_CONNECTING);
  g_assert_false (hs_connection_is_open (connection));
  g_assert_false (hs_connection_has_stream (connection));
  stream = begin_stream (connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_OPEN);
  g_assert_true (hs_connection_is_open_with (connection, stream));
  g_assert_false (hs_connection_is_open_with (connection, NULL));
  start_tls (f, connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_SECURING);
  g_assert_false (hs_connection_is_open_with (connection, stream));
  hs_connection_restart_stream (connection);
  hs_connection_abandon_attempt (connection);
  g_assert_true (hs_connection_is_open (connection));
  hs_connection_close (connection);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_CLOSED);
  g_assert_true (hs_connection_has_stream (connection));
  g_assert_true (hs_connection_reset (connection) == stream);
  g_assert_cmpint (hs_connection_get_phase (connection), ==, HS_CONNECTION_NONE);
  hs_stream_free (stream);
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
  ADD ("starttls-abandoned", test_starttls_abandoned);
  ADD ("starttls-in-memory", test_starttls_in_memory);
  ADD ("phases", test_phases);

  return g_test_run ();
}
