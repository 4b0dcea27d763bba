/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scripted-private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "test-certificates.h"
#include "virtual-clock.h"

/* A peer that says nothing for so long has failed its script. */
#define PATIENCE_SECONDS 60

typedef struct
{
  GSocketConnection *connection;
  GIOStream *stream; /* under the server's mutex */
  GMutex writing;    /* a GOutputStream refuses a second writer */
} Line;

typedef struct
{
  GSocketListener *listener;
  GThread *thread;
  GCancellable *stop;
} Listener;

static GSocket *
get_socket (ScriptedPeer *peer)
{
  return g_socket_connection_get_socket (((Line *) peer->line)->connection);
}

/* ---- Bytes ---- */

static gssize
read_line (ScriptedPeer *peer, char *buffer, gsize size, GError **error)
{
  return g_input_stream_read (g_io_stream_get_input_stream (((Line *) peer->line)->stream), buffer, size,
                              peer->server->stop, error);
}

static gboolean
write_to (ScriptedPeer *peer, GIOStream *stream, const char *bytes, gsize length, GError **error)
{
  Line *line = peer->line;
  gboolean good;

  g_mutex_lock (&line->writing);
  good = g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, length, NULL,
                                    peer->server->stop, error);
  g_mutex_unlock (&line->writing);
  return good;
}

static gboolean
write_line (ScriptedPeer *peer, const char *bytes, gsize length, GError **error)
{
  return write_to (peer, ((Line *) peer->line)->stream, bytes, length, error);
}

static void
send_line (ScriptedPeer *peer, const char *text)
{
  g_autoptr (GIOStream) stream = NULL;

  g_mutex_lock (&peer->server->mutex);
  stream = g_object_ref (((Line *) peer->line)->stream);
  g_mutex_unlock (&peer->server->mutex);
  /* The client may be gone meanwhile. */
  write_to (peer, stream, text, strlen (text), NULL);
}

static gboolean
is_silent (ScriptedPeer *peer)
{
  /* Under TLS as well: there are no records without something in them but at the end of the handshake. */
  return G_IS_TLS_CONNECTION (((Line *) peer->line)->stream)
         || !g_socket_condition_timed_wait (get_socket (peer), G_IO_IN, 50 * 1000, NULL, NULL);
}

/* ---- The end ---- */

static void
shut_down (ScriptedPeer *peer)
{
  Line *line = peer->line;

  if (G_IS_TLS_CONNECTION (line->stream))
    g_output_stream_close (g_io_stream_get_output_stream (line->stream), peer->server->stop, NULL);
  if (!g_socket_is_closed (get_socket (peer)))
    g_socket_shutdown (get_socket (peer), FALSE, TRUE, NULL);
}

static void
close_line (ScriptedPeer *peer)
{
  Line *line = peer->line;

  g_io_stream_close (line->stream, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (line->connection), NULL, NULL);
}

static void
reset (ScriptedPeer *peer)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (get_socket (peer)), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (get_socket (peer), NULL);
}

static void
drop (ScriptedPeer *peer)
{
  g_socket_close (get_socket (peer), NULL);
}

static void
free_line (ScriptedPeer *peer)
{
  Line *line = peer->line;

  g_object_unref (line->stream);
  g_object_unref (line->connection);
  g_mutex_clear (&line->writing);
  g_free (line);
}

/* ---- Time ---- */

static void
sleep_msec (ScriptedPeer *peer, guint msec)
{
  gint64 end = virtual_clock_now () + msec * (gint64) 1000;

  while (virtual_clock_now () < end && !scripted_server_is_stopped (peer->server))
    virtual_clock_wait (end);
}

static void
wait_for_change (ScriptedPeer *peer)
{
  g_cond_wait (&peer->server->cond, &peer->server->mutex);
}

/* ---- TLS ---- */

static gboolean
accept_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors)
{
  return TRUE;
}

GTlsCertificate *
scripted_peer_dup_client_certificate (ScriptedPeer *self)
{
  GTlsCertificate *certificate = NULL;

  g_object_get (((Line *) self->line)->stream, "peer-certificate", &certificate, NULL);
  return certificate;
}

static gboolean
start_tls (ScriptedPeer *peer, const char *pem, GTlsAuthenticationMode mode)
{
  Line *line = peer->line;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;

  certificate = g_tls_certificate_new_from_pem (pem != NULL ? pem : TEST_SERVER TEST_KEY, -1,
                                                &error);
  g_assert_no_error (error);
  /* Without the system's authorities: they take four megabytes in each connection, and may not be there. */
  tls = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), NULL, &error,
                        "base-io-stream", line->stream, "certificate", certificate, "database", NULL,
                        "authentication-mode", mode, NULL);
  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), peer->server->stop, &error))
    {
      g_test_message ("The handshake failed: %s", error->message);
      return FALSE;
    }
  g_mutex_lock (&peer->server->mutex);
  g_set_object (&line->stream, tls);
  g_mutex_unlock (&peer->server->mutex);
  return TRUE;
}

GSocketConnection *
scripted_peer_get_connection (ScriptedPeer *self)
{
  return ((Line *) self->line)->connection;
}

/* ---- The server ---- */

static const ScriptLineFuncs funcs = {
  .read = read_line,
  .write = write_line,
  .shut_down = shut_down,
  .close = close_line,
  .reset = reset,
  .drop = drop,
  .sleep = sleep_msec,
  .wait = wait_for_change,
  .is_silent = is_silent,
  .start_tls = start_tls,
  .free = free_line,
  .send = send_line,
};

static gpointer
accept_thread (gpointer data)
{
  ScriptedServer *self = data;
  Listener *listener = self->line;
  guint patience = g_getenv ("HS_TEST_VALGRIND") != NULL ? 10 * PATIENCE_SECONDS : PATIENCE_SECONDS;

  for (;;)
    {
      GSocketConnection *connection = g_socket_listener_accept (listener->listener, NULL, listener->stop, NULL);
      Line *line;

      if (connection == NULL)
        return NULL;
      g_socket_set_timeout (g_socket_connection_get_socket (connection), patience);
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                           NULL);
      g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection), FALSE);
      line = g_new0 (Line, 1);
      line->connection = connection;
      line->stream = g_object_ref (G_IO_STREAM (connection));
      g_mutex_init (&line->writing);
      scripted_server_add_peer (self, &funcs, line);
    }
}

static void
stop_listening (ScriptedServer *self)
{
  Listener *listener = self->line;

  if (listener->thread == NULL)
    return;
  g_cancellable_cancel (listener->stop);
  g_thread_join (g_steal_pointer (&listener->thread));
  g_socket_listener_close (listener->listener);
}

static void
free_listener (ScriptedServer *self)
{
  Listener *listener = self->line;

  g_object_unref (listener->listener);
  g_object_unref (listener->stop);
  g_free (listener);
}

ScriptedServer *
scripted_server_new (const ScriptStep *const *scripts)
{
  return scripted_server_new_at ("127.0.0.1", 0, scripts);
}

ScriptedServer *
scripted_server_new_at (const char *host, guint16 port, const ScriptStep *const *scripts)
{
  ScriptedServer *self = scripted_server_make (scripts);
  Listener *listener = g_new0 (Listener, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->line = listener;
  self->stop_listening = stop_listening;
  self->free_line = free_listener;
  listener->stop = g_cancellable_new ();
  listener->listener = g_socket_listener_new ();
  g_socket_listener_add_address (listener->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  listener->thread = g_thread_new ("server", accept_thread, self);
  return self;
}
