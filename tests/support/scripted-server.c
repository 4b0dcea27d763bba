/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scripted-server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "test-certificates.h"

/* A peer that says nothing for so long has failed its script. */
#define PATIENCE_SECONDS 60

struct _ScriptedServer
{
  const ScriptStep *const *scripts;
  GSocketListener *listener;
  guint16 port;
  GThread *thread;
  GCancellable *stop_listening;
  GCancellable *stop;
  GMutex mutex; /* for all below */
  GCond cond;
  GPtrArray *peers;
  GString *received;
  GArray *reads; /* gsize: the length of received after each read */
  char *failure;
  gboolean forgiving;
  guint gates; /* open */
  guint n_connections;
  guint n_ended;
};

struct _ScriptedPeer
{
  ScriptedServer *server;
  GThread *thread;
  const ScriptStep *script;
  GSocketConnection *connection;
  GIOStream *stream;
  GMutex writing; /* a GOutputStream refuses a second writer */
  GString *input; /* not yet used up */
  GString *taken;
  gboolean limited;
  gboolean limit_resets;
  gsize n_left;
};

/* ---- The canned parts ---- */

const ScriptStep script_header[] = { EXPECT ("<stream:stream"), EXPECT (">"), SEND (SAY_HEADER), END };

const ScriptStep script_starttls[] = {
  RUN (script_header),    SEND (SAY_FEATURES_TLS), EXPECT ("xmpp-tls'/>"),
  SEND (SAY_PROCEED), START_TLS,               END
};

const ScriptStep script_plain[] = { SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"),
                                    SEND (SAY_SUCCESS), END };

const ScriptStep script_bind[] = { RUN (script_header), SEND (SAY_FEATURES_BIND),
                                   EXPECT ("</iq>"),
                                   SEND (SAY_BOUND), END };

const ScriptStep script_sign_in[] = { RUN (script_header), RUN (script_plain), RUN (script_bind),
                                      END };

const ScriptStep script_sign_in_tls[] = { RUN (script_starttls), RUN (script_sign_in), END };

const ScriptStep script_session[] = { RUN (script_sign_in), SERVE, END };

const ScriptStep script_session_tls[] = { RUN (script_sign_in_tls), SERVE, END };

/* ---- One connection ---- */

static gboolean G_GNUC_PRINTF (2, 3)
fail (ScriptedPeer *self, const char *format, ...)
{
  ScriptedServer *server = self->server;
  va_list args;

  g_mutex_lock (&server->mutex);
  va_start (args, format);
  if (server->failure == NULL && !server->forgiving && !g_cancellable_is_cancelled (server->stop))
    {
      server->failure = g_strdup_vprintf (format, args);
      g_printerr ("# The script: %s\n", server->failure);
    }
  va_end (args);
  g_mutex_unlock (&server->mutex);
  return FALSE;
}

/* The number of bytes, 0 at the end. */
static gssize
read_some (ScriptedPeer *self, GError **error)
{
  static const gsize size = 65536;
  g_autofree char *buffer = g_malloc (size);
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (self->stream), buffer, size,
                                  self->server->stop, error);

  if (n <= 0)
    return n;
  g_string_append_len (self->input, buffer, n);
  g_mutex_lock (&self->server->mutex);
  g_string_append_len (self->server->received, buffer, n);
  g_array_append_val (self->server->reads, self->server->received->len);
  g_mutex_unlock (&self->server->mutex);
  return n;
}

static gboolean
read_end (ScriptedPeer *self)
{
  g_autoptr (GError) error = NULL;

  while (read_some (self, &error) > 0)
    g_string_truncate (self->input, 0);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return fail (self, "The client did not close the connection");
  return TRUE;
}

static void
close_connection (ScriptedPeer *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  g_autoptr (GError) error = NULL;

  if (G_IS_TLS_CONNECTION (self->stream))
    g_output_stream_close (g_io_stream_get_output_stream (self->stream), self->server->stop, NULL);
  if (!g_socket_is_closed (socket))
    g_socket_shutdown (socket, FALSE, TRUE, NULL);
  while (read_some (self, &error) > 0)
    continue;
  g_io_stream_close (self->stream, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
}

static void
reset_connection (ScriptedPeer *self)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

/* The id of what was expected last. */
static char *
dup_id (ScriptedPeer *self)
{
  const char *id = NULL;

  for (const char *p = self->taken->str; (p = strstr (p, " id=")) != NULL; p += 4)
    id = p + 5;
  return id != NULL ? g_strndup (id, strcspn (id, "'\"")) : g_strdup ("none");
}

static gboolean
write_all (ScriptedPeer *self, GIOStream *stream, const char *bytes, gsize length, GError **error)
{
  gboolean good;

  g_mutex_lock (&self->writing);
  good = g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, length, NULL,
                                    self->server->stop, error);
  g_mutex_unlock (&self->writing);
  return good;
}

gboolean
scripted_peer_send (ScriptedPeer *self, const char *bytes, gssize length)
{
  g_autoptr (GError) error = NULL;
  gsize n = length < 0 ? strlen (bytes) : (gsize) length;

  if (self->limited && n >= self->n_left)
    {
      write_all (self, self->stream, bytes, self->n_left, NULL);
      if (self->limit_resets)
        reset_connection (self);
      else
        close_connection (self);
      return FALSE;
    }
  self->n_left -= n;
  if (write_all (self, self->stream, bytes, n, &error))
    return TRUE;
  /* What the client said before it went. */
  read_end (self);
  return fail (self, "Sending '%.40s' failed: %s", bytes, error->message);
}

static gboolean
send_text (ScriptedPeer *self, const char *text, guint msec)
{
  g_autofree char *id = dup_id (self);
  g_autoptr (GString) string = g_string_new (text);

  g_string_replace (string, "@ID@", id, 0);
  if (msec == 0)
    return scripted_peer_send (self, string->str, string->len);
  for (gsize i = 0; i < string->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!write_all (self, self->stream, string->str + i, 1, &error))
        {
          read_end (self);
          return FALSE;
        }
      g_usleep (msec * 1000);
    }
  return TRUE;
}

gboolean
scripted_peer_expect (ScriptedPeer *self, const char *text)
{
  const char *found;

  while ((found = strstr (self->input->str, text)) == NULL)
    {
      g_autoptr (GError) error = NULL;

      if (strstr (self->input->str, SAY_END) != NULL)
        {
          write_all (self, self->stream, SAY_END, strlen (SAY_END), NULL);
          return fail (self, "The client ended the stream while '%s' was expected", text);
        }
      if (read_some (self, &error) <= 0)
        return fail (self, "%s while '%s' was expected; unused: '%.400s'",
                     error != NULL ? error->message : "The client closed", text,
                     self->input->str);
    }
  found += strlen (text);
  g_string_truncate (self->taken, 0);
  g_string_append_len (self->taken, self->input->str, found - self->input->str);
  g_string_erase (self->input, 0, found - self->input->str);
  return TRUE;
}

gboolean
script_cut (ScriptedPeer *self, gpointer data)
{
  const ScriptCut *cut = data;

  self->limited = TRUE;
  self->limit_resets = cut->reset;
  self->n_left = cut->n_bytes;
  return TRUE;
}

gboolean
script_nothing_follows (ScriptedPeer *self, gpointer data)
{
  GSocket *socket = g_socket_connection_get_socket (self->connection);
  g_autoptr (GError) error = NULL;

  if (self->input->len > 0)
    return fail (self, "'%.100s' came unasked", self->input->str);
  /* Under TLS as well: there are no records without something in them but at the end of the handshake. */
  if (!G_IS_TLS_CONNECTION (self->stream)
      && g_socket_condition_timed_wait (socket, G_IO_IN, 50 * 1000, NULL, &error))
    return fail (self, "Something came unasked");
  return TRUE;
}

GSocketConnection *
scripted_peer_get_connection (ScriptedPeer *self)
{
  return self->connection;
}

const char *
scripted_peer_get_taken (ScriptedPeer *self)
{
  return self->taken->str;
}

const char *
scripted_peer_get_unused (ScriptedPeer *self)
{
  return self->input->str;
}

static gboolean
accept_cb (GTlsConnection *connection, GTlsCertificate *certificate, GTlsCertificateFlags errors)
{
  return TRUE;
}

GTlsCertificate *
scripted_peer_dup_client_certificate (ScriptedPeer *self)
{
  GTlsCertificate *certificate = NULL;

  g_object_get (self->stream, "peer-certificate", &certificate, NULL);
  return certificate;
}

static gboolean
start_tls (ScriptedPeer *self, const char *pem, GTlsAuthenticationMode mode)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GError) error = NULL;

  certificate = g_tls_certificate_new_from_pem (pem != NULL ? pem : TEST_SERVER TEST_KEY, -1,
                                                &error);
  g_assert_no_error (error);
  /* Without the system's authorities: they take four megabytes in each connection, and may not be there. */
  tls = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()), NULL, &error,
                        "base-io-stream", self->stream, "certificate", certificate, "database", NULL,
                        "authentication-mode", mode, NULL);
  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->server->stop, &error))
    {
      g_test_message ("The handshake failed: %s", error->message);
      return FALSE;
    }
  g_mutex_lock (&self->server->mutex);
  g_set_object (&self->stream, tls);
  g_mutex_unlock (&self->server->mutex);
  return TRUE;
}

gboolean
scripted_peer_wait_for_gate (ScriptedPeer *self)
{
  ScriptedServer *server = self->server;
  gboolean opened;

  g_mutex_lock (&server->mutex);
  while (server->gates == 0 && !g_cancellable_is_cancelled (server->stop))
    g_cond_wait (&server->cond, &server->mutex);
  opened = server->gates > 0;
  if (opened)
    server->gates--;
  g_mutex_unlock (&server->mutex);
  return opened;
}

static gboolean
hold (ScriptedPeer *self)
{
  g_mutex_lock (&self->server->mutex);
  while (!g_cancellable_is_cancelled (self->server->stop))
    g_cond_wait (&self->server->cond, &self->server->mutex);
  g_mutex_unlock (&self->server->mutex);
  return TRUE;
}

static gboolean
serve (ScriptedPeer *self)
{
  while (strstr (self->input->str, SAY_END) == NULL)
    {
      if (self->input->len > sizeof SAY_END)
        g_string_erase (self->input, 0, self->input->len - sizeof SAY_END);
      if (read_some (self, NULL) <= 0)
        return FALSE;
    }
  return scripted_peer_send (self, SAY_END, -1);
}

static gboolean run_steps (ScriptedPeer *self, const ScriptStep *steps);

/* FALSE: the connection is over. */
static gboolean
run_step (ScriptedPeer *self, const ScriptStep *step)
{
  switch (step->action)
    {
    case SCRIPT_EXPECT:
      return scripted_peer_expect (self, step->text);
    case SCRIPT_SEND:
    case SCRIPT_DRIP:
      return send_text (self, step->text, step->number);
    case SCRIPT_START_TLS:
      return start_tls (self, step->text, step->number);
    case SCRIPT_SLEEP:
      g_usleep (step->number * 1000);
      return TRUE;
    case SCRIPT_GATE:
      return scripted_peer_wait_for_gate (self);
    case SCRIPT_SERVE:
      return serve (self);
    case SCRIPT_HOLD:
      return hold (self);
    case SCRIPT_READ_END:
      return read_end (self);
    case SCRIPT_CLOSE:
      close_connection (self);
      return FALSE;
    case SCRIPT_RESET:
      reset_connection (self);
      return FALSE;
    case SCRIPT_CALL:
      return step->function (self, step->data);
    case SCRIPT_RUN:
      return run_steps (self, step->steps);
    case SCRIPT_END:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
run_steps (ScriptedPeer *self, const ScriptStep *steps)
{
  for (; steps->action != SCRIPT_END; steps++)
    {
      if (g_cancellable_is_cancelled (self->server->stop) || !run_step (self, steps))
        return FALSE;
    }
  return TRUE;
}

static gpointer
peer_thread (gpointer data)
{
  ScriptedPeer *self = data;

  if (run_steps (self, self->script))
    close_connection (self);
  g_socket_close (g_socket_connection_get_socket (self->connection), NULL);
  g_mutex_lock (&self->server->mutex);
  self->server->n_ended++;
  g_mutex_unlock (&self->server->mutex);
  return NULL;
}

static void
peer_free (gpointer data)
{
  ScriptedPeer *self = data;

  g_thread_join (self->thread);
  g_object_unref (self->stream);
  g_object_unref (self->connection);
  g_string_free (self->input, TRUE);
  g_string_free (self->taken, TRUE);
  g_mutex_clear (&self->writing);
  g_free (self);
}

/* ---- The server ---- */

static gpointer
accept_thread (gpointer data)
{
  ScriptedServer *self = data;
  guint n_scripts = g_strv_length ((char **) self->scripts);
  guint patience = g_getenv ("HS_TEST_VALGRIND") != NULL ? 10 * PATIENCE_SECONDS : PATIENCE_SECONDS;

  for (;;)
    {
      ScriptedPeer *peer;
      GSocketConnection *connection
          = g_socket_listener_accept (self->listener, NULL, self->stop_listening, NULL);

      if (connection == NULL)
        return NULL;
      g_socket_set_timeout (g_socket_connection_get_socket (connection), patience);
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                           NULL);
      g_tcp_connection_set_graceful_disconnect (G_TCP_CONNECTION (connection), FALSE);
      peer = g_new0 (ScriptedPeer, 1);
      peer->server = self;
      peer->connection = connection;
      peer->stream = g_object_ref (G_IO_STREAM (connection));
      peer->input = g_string_new (NULL);
      peer->taken = g_string_new (NULL);
      g_mutex_init (&peer->writing);
      g_mutex_lock (&self->mutex);
      peer->script = self->scripts[MIN (self->n_connections, n_scripts - 1)];
      self->n_connections++;
      g_ptr_array_add (self->peers, peer);
      peer->thread = g_thread_new ("peer", peer_thread, peer);
      g_mutex_unlock (&self->mutex);
    }
}

ScriptedServer *
scripted_server_new (const ScriptStep *const *scripts)
{
  return scripted_server_new_at ("127.0.0.1", 0, scripts);
}

ScriptedServer *
scripted_server_new_at (const char *host, guint16 port, const ScriptStep *const *scripts)
{
  ScriptedServer *self = g_new0 (ScriptedServer, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->scripts = scripts;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->received = g_string_new (NULL);
  self->reads = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->stop = g_cancellable_new ();
  self->stop_listening = g_cancellable_new ();
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  self->thread = g_thread_new ("server", accept_thread, self);
  return self;
}

void
scripted_server_stop_listening (ScriptedServer *self)
{
  if (self->thread == NULL)
    return;
  g_cancellable_cancel (self->stop_listening);
  g_thread_join (g_steal_pointer (&self->thread));
  g_socket_listener_close (self->listener);
}

void
scripted_server_free (ScriptedServer *self)
{
  scripted_server_stop_listening (self);
  g_mutex_lock (&self->mutex);
  g_cancellable_cancel (self->stop);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  g_ptr_array_unref (self->peers);
  g_assert_cmpstr (self->failure, ==, NULL);
  g_object_unref (self->listener);
  g_object_unref (self->stop);
  g_object_unref (self->stop_listening);
  g_string_free (self->received, TRUE);
  g_array_unref (self->reads);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
scripted_server_forgive (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  self->forgiving = TRUE;
  g_mutex_unlock (&self->mutex);
}

guint16
scripted_server_get_port (ScriptedServer *self)
{
  return self->port;
}

static guint
get_locked (ScriptedServer *self, const guint *value)
{
  guint result;

  g_mutex_lock (&self->mutex);
  result = *value;
  g_mutex_unlock (&self->mutex);
  return result;
}

guint
scripted_server_get_n_connections (ScriptedServer *self)
{
  return get_locked (self, &self->n_connections);
}

guint
scripted_server_get_n_ended (ScriptedServer *self)
{
  return get_locked (self, &self->n_ended);
}

char *
scripted_server_dup_received (ScriptedServer *self)
{
  char *received;

  g_mutex_lock (&self->mutex);
  received = g_strdup (self->received->str);
  g_mutex_unlock (&self->mutex);
  return received;
}

GArray *
scripted_server_dup_reads (ScriptedServer *self)
{
  GArray *reads;

  g_mutex_lock (&self->mutex);
  reads = g_array_copy (self->reads);
  g_mutex_unlock (&self->mutex);
  return reads;
}

guint
scripted_server_count_received (ScriptedServer *self, const char *text)
{
  guint n = 0;

  g_mutex_lock (&self->mutex);
  for (const char *p = self->received->str; (p = strstr (p, text)) != NULL; p += strlen (text))
    n++;
  g_mutex_unlock (&self->mutex);
  return n;
}

gboolean
scripted_server_has_received (ScriptedServer *self, const char *text)
{
  return *text == '\0' || scripted_server_count_received (self, text) > 0;
}

void
scripted_server_forget_received (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  g_string_truncate (self->received, 0);
  g_array_set_size (self->reads, 0);
  g_mutex_unlock (&self->mutex);
}

void
scripted_server_open_gate (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  self->gates++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
scripted_server_send (ScriptedServer *self, const char *text)
{
  g_autoptr (GIOStream) stream = NULL;
  ScriptedPeer *peer;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (self->peers->len, >, 0);
  peer = g_ptr_array_index (self->peers, self->peers->len - 1);
  stream = g_object_ref (peer->stream);
  g_mutex_unlock (&self->mutex);
  /* The client may be gone meanwhile. */
  write_all (peer, stream, text, strlen (text), NULL);
}

gboolean
script_send_on (ScriptedPeer *peer, gpointer server)
{
  g_autofree char *text = g_strdup_printf (
      "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
      "127.0.0.1:%u</see-other-host></stream:error></stream:stream>",
      scripted_server_get_port (*(ScriptedServer **) server));

  return scripted_peer_send (peer, text, -1);
}
