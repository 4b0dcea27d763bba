/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "relay.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE (64 * 1024)
#define SMALL_BUFFER 4096
/* What passes slowly is dealt out so often a second. */
#define TICKS 50
/* One in four is cut before it can have signed in. */
#define SIGN_IN_BYTES 6000
#define SESSION_BYTES 16000
#define CLIENT_FIRST_USEC 100000
#define SERVER_FIRST_USEC 20000

enum
{
  CLIENT,
  SERVER,
  N_SIDES
};

struct _Relay
{
  RelaySettings settings;
  char *host;
  GSocket *listener;
  guint16 port;
  GThread *thread;
  GCancellable *stop_listening;
  GMutex mutex; /* for all below */
  GCond cond;
  GPtrArray *passages; /* of those that have not ended */
  guint rate;
  gboolean holding;
  GRand *random; /* NULL: no cuts are planned */
  guint min, max;
  guint n_wanted;
  gboolean started;
  gsize next_bytes; /* after which the next connection is cut; 0: it is not */
  RelayEnd next_end;
  guint n_cuts;
  guint n_connections;
  guint64 n_bytes;
};

/* One connection, with a thread for each direction. */
typedef struct
{
  Relay *relay;
  GSocketConnection *connections[N_SIDES];
  GIOStream *streams[N_SIDES]; /* TLS, or the same */
  GCancellable *stop;
  /* With the relay's mutex. */
  gboolean planned;
  gboolean to_cut;
  gboolean over; /* nothing passes any more */
  RelayEnd end;
  gsize n_left; /* bytes until it is cut */
} Passage;

/* ---- How much passes ---- */

static void
make_plan (Relay *self, Passage *passage)
{
  passage->planned = TRUE;
  passage->to_cut = self->n_cuts < self->n_wanted;
  if (!passage->to_cut)
    return;
  passage->end = g_rand_int_range (self->random, 0, RELAY_N_ENDS);
  if (self->max > 0)
    passage->n_left = g_rand_int_range (self->random, self->min, self->max + 1);
  else if (g_rand_int_range (self->random, 0, 4) == 0)
    passage->n_left = g_rand_int_range (self->random, 1, SIGN_IN_BYTES);
  else
    passage->n_left = SIGN_IN_BYTES + g_rand_int_range (self->random, 0, SESSION_BYTES);
}

static void
plan_cut (Passage *passage, gsize n_bytes, RelayEnd end)
{
  passage->planned = TRUE;
  passage->to_cut = TRUE;
  passage->end = end;
  passage->n_left = n_bytes;
}

/* How many of the bytes that one side has sent are passed on. */
static gsize
count (Passage *self, guint from, gsize n)
{
  Relay *relay = self->relay;

  g_mutex_lock (&relay->mutex);
  if (relay->started && !self->planned)
    make_plan (relay, self);
  if (self->over || (relay->holding && from == CLIENT))
    n = 0;
  if (self->to_cut)
    {
      n = MIN (n, self->n_left);
      self->n_left -= n;
      if (self->n_left == 0 && !self->over)
        {
          self->over = TRUE;
          relay->n_cuts++;
        }
    }
  relay->n_bytes += n;
  g_mutex_unlock (&relay->mutex);
  return n;
}

static gboolean
is_over (Passage *self)
{
  gboolean over;

  g_mutex_lock (&self->relay->mutex);
  over = self->over;
  g_mutex_unlock (&self->relay->mutex);
  return over;
}

static guint
get_rate (Relay *self)
{
  guint rate;

  g_mutex_lock (&self->mutex);
  rate = self->rate;
  g_mutex_unlock (&self->mutex);
  return rate;
}

static void
wait_while_stopped (Passage *self)
{
  while (get_rate (self->relay) == 0 && !g_cancellable_is_cancelled (self->stop))
    g_usleep (G_USEC_PER_SEC / TICKS);
}

/* Waits until bytes from one side may pass. Returns: how many. A machine with other things to do passes no more in
 * one go for it. */
static gsize
wait_for_turn (Passage *self, guint from)
{
  guint rate;

  if (from == CLIENT && get_rate (self->relay) != RELAY_UNLIMITED)
    g_usleep (G_USEC_PER_SEC / TICKS);
  wait_while_stopped (self);
  rate = get_rate (self->relay);
  return rate == RELAY_UNLIMITED || from == SERVER ? BUFFER_SIZE : CLAMP (rate / TICKS, 1, BUFFER_SIZE);
}

/* ---- One connection ---- */

/* Until that side has ended, or all is over. What cannot be passed on any more is read all the same: a connection
 * that is closed with something unread is reset, and its end could miss what came before. */
static void
pass (Passage *self, guint from)
{
  GInputStream *in = g_io_stream_get_input_stream (self->streams[from]);
  GOutputStream *out = g_io_stream_get_output_stream (self->streams[!from]);
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  gboolean writing = TRUE;
  gssize n;

  while ((n = g_input_stream_read (in, buffer, wait_for_turn (self, from), self->stop, NULL)) > 0)
    {
      gsize length;

      /* What was read before the rate became 0 waits as well. */
      wait_while_stopped (self);
      length = count (self, from, n);
      if (writing && length > 0)
        writing = g_output_stream_write_all (out, buffer, length, NULL, self->stop, NULL);
      if (is_over (self))
        g_cancellable_cancel (self->stop);
    }
  if (is_over (self))
    return;
  if (G_IS_TLS_CONNECTION (self->streams[!from]))
    g_output_stream_close (out, self->stop, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (self->connections[!from]), FALSE, TRUE, NULL);
}

static gpointer
pass_from_server (gpointer passage)
{
  pass (passage, SERVER);
  return NULL;
}

static void
close_side (Passage *self, guint side, gboolean reset)
{
  GSocket *socket = g_socket_connection_get_socket (self->connections[side]);
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  if (reset)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

static void
close_sides (Passage *self)
{
  switch (self->end)
    {
    case RELAY_END_RESET:
      close_side (self, CLIENT, TRUE);
      close_side (self, SERVER, TRUE);
      break;
    case RELAY_END_CLIENT_FIRST:
      close_side (self, CLIENT, TRUE);
      g_usleep (CLIENT_FIRST_USEC);
      close_side (self, SERVER, FALSE);
      break;
    case RELAY_END_SERVER_FIRST:
      close_side (self, SERVER, TRUE);
      g_usleep (SERVER_FIRST_USEC);
      close_side (self, CLIENT, FALSE);
      break;
    case RELAY_END_ORDERLY:
    case RELAY_N_ENDS:
    default:
      close_side (self, CLIENT, FALSE);
      close_side (self, SERVER, FALSE);
    }
}

static gboolean
accept_any_cb (void)
{
  return TRUE;
}

/* FALSE: the other end does not want it. */
static gboolean
secure (Passage *self, guint side)
{
  static const char *const protocols[] = { "xmpp-client", NULL };
  GIOStream *plain = self->streams[side];
  GIOStream *tls;

  if (side == CLIENT)
    tls = g_tls_server_connection_new (plain, self->relay->settings.certificate, NULL);
  else
    tls = g_tls_client_connection_new (plain, NULL, NULL);
  g_assert_nonnull (tls);
  if (side == CLIENT)
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  else
    g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any_cb), NULL);
  self->streams[side] = tls;
  g_object_unref (plain);
  return g_tls_connection_handshake (G_TLS_CONNECTION (tls), self->stop, NULL);
}

static gboolean
connect_to_server (Passage *self)
{
  Relay *relay = self->relay;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();

  if (self->connections[SERVER] == NULL)
    {
      g_socket_client_set_enable_proxy (connector, FALSE);
      self->connections[SERVER] = g_socket_client_connect_to_host (connector, relay->host, relay->settings.to_port,
                                                                   self->stop, NULL);
      if (self->connections[SERVER] == NULL)
        return FALSE;
      self->streams[SERVER] = g_object_ref (G_IO_STREAM (self->connections[SERVER]));
      g_socket_set_option (g_socket_connection_get_socket (self->connections[SERVER]), IPPROTO_TCP, TCP_NODELAY, 1,
                           NULL);
    }
  return (relay->settings.certificate == NULL || secure (self, CLIENT))
         && (!relay->settings.to_tls || secure (self, SERVER));
}

static void
passage_free (Passage *self)
{
  for (guint side = 0; side < N_SIDES; side++)
    {
      g_clear_object (&self->streams[side]);
      g_clear_object (&self->connections[side]);
    }
  g_object_unref (self->stop);
  g_free (self);
}

static gpointer
passage_thread (gpointer data)
{
  Passage *self = data;
  Relay *relay = self->relay;

  if (connect_to_server (self))
    {
      GThread *other = g_thread_new ("from-server", pass_from_server, self);

      pass (self, CLIENT);
      g_thread_join (other);
      close_sides (self);
    }
  else
    close_side (self, CLIENT, FALSE);
  g_mutex_lock (&relay->mutex);
  g_ptr_array_remove_fast (relay->passages, self);
  passage_free (self);
  g_cond_broadcast (&relay->cond);
  g_mutex_unlock (&relay->mutex);
  return NULL;
}

/* Takes the connections. */
static void
begin_passage (Relay *self, GSocketConnection *client, GSocketConnection *server)
{
  Passage *passage = g_new0 (Passage, 1);

  passage->relay = self;
  passage->connections[CLIENT] = client;
  passage->streams[CLIENT] = g_object_ref (G_IO_STREAM (client));
  passage->connections[SERVER] = server;
  passage->streams[SERVER] = server != NULL ? g_object_ref (G_IO_STREAM (server)) : NULL;
  passage->stop = g_cancellable_new ();
  g_mutex_lock (&self->mutex);
  self->n_connections++;
  if (self->next_bytes > 0)
    plan_cut (passage, self->next_bytes, self->next_end);
  self->next_bytes = 0;
  g_ptr_array_add (self->passages, passage);
  g_thread_unref (g_thread_new ("relay", passage_thread, passage));
  g_mutex_unlock (&self->mutex);
}

/* ---- The relay ---- */

static gpointer
accept_thread (gpointer data)
{
  Relay *self = data;
  GSocket *socket;

  while ((socket = g_socket_accept (self->listener, self->stop_listening, NULL)) != NULL)
    {
      g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
      begin_passage (self, g_socket_connection_factory_create_connection (socket), NULL);
      g_object_unref (socket);
    }
  return NULL;
}

static gboolean
listen_on_loopback (Relay *self)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", self->settings.port);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  if (self->settings.limited)
    g_socket_set_option (self->listener, SOL_SOCKET, SO_RCVBUF, SMALL_BUFFER, NULL);
  if (!g_socket_bind (self->listener, address, TRUE, &error) || !g_socket_listen (self->listener, &error))
    {
      g_printerr ("relay: %s\n", error->message);
      return FALSE;
    }
  bound = g_socket_get_local_address (self->listener, NULL);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->thread = g_thread_new ("relay-accept", accept_thread, self);
  return TRUE;
}

Relay *
relay_new_full (const RelaySettings *settings)
{
  Relay *self = g_new0 (Relay, 1);

  self->settings = *settings;
  self->host = g_strdup (settings->host != NULL ? settings->host : "127.0.0.1");
  if (settings->certificate != NULL)
    g_object_ref (settings->certificate);
  self->stop_listening = g_cancellable_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->passages = g_ptr_array_new ();
  self->rate = RELAY_UNLIMITED;
  if (settings->to_port != 0 && !listen_on_loopback (self))
    g_clear_pointer (&self, relay_free);
  return self;
}

Relay *
relay_new (const char *host, guint16 to_port)
{
  Relay *self = relay_new_full (&(RelaySettings){ .host = host, .to_port = to_port });

  g_assert_nonnull (self);
  return self;
}

void
relay_free (Relay *self)
{
  g_cancellable_cancel (self->stop_listening);
  g_clear_pointer (&self->thread, g_thread_join);
  relay_cut (self, RELAY_END_ORDERLY);
  g_clear_object (&self->listener);
  g_clear_object (&self->settings.certificate);
  g_object_unref (self->stop_listening);
  g_ptr_array_unref (self->passages);
  g_clear_pointer (&self->random, g_rand_free);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->host);
  g_free (self);
}

guint16
relay_get_port (Relay *self)
{
  return self->port;
}

int
relay_adopt (Relay *self, int fd)
{
  GSocketConnection *connections[N_SIDES];
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    g_error ("%s", g_strerror (errno));
  for (guint side = 0; side < N_SIDES; side++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_new_from_fd (side == CLIENT ? fd : ends[0], &error);

      if (socket == NULL)
        g_error ("%s", error->message);
      connections[side] = g_socket_connection_factory_create_connection (socket);
    }
  begin_passage (self, connections[CLIENT], connections[SERVER]);
  fcntl (ends[1], F_SETFL, fcntl (ends[1], F_GETFL) | O_NONBLOCK);
  return ends[1];
}

void
relay_set_rate (Relay *self, guint rate)
{
  g_mutex_lock (&self->mutex);
  self->rate = rate;
  g_mutex_unlock (&self->mutex);
}

void
relay_hold (Relay *self)
{
  g_mutex_lock (&self->mutex);
  self->holding = TRUE;
  g_mutex_unlock (&self->mutex);
}

static gboolean
has_passage_that_is_over (Relay *self)
{
  for (guint i = 0; i < self->passages->len; i++)
    {
      if (((Passage *) g_ptr_array_index (self->passages, i))->over)
        return TRUE;
    }
  return FALSE;
}

void
relay_cut (Relay *self, RelayEnd end)
{
  g_mutex_lock (&self->mutex);
  self->holding = FALSE;
  for (guint i = 0; i < self->passages->len; i++)
    {
      Passage *passage = g_ptr_array_index (self->passages, i);

      if (!passage->over)
        passage->end = end;
      passage->over = TRUE;
      g_cancellable_cancel (passage->stop);
    }
  while (has_passage_that_is_over (self))
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

void
relay_plan_cuts (Relay *self, guint n_cuts, guint32 seed, guint min, guint max)
{
  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->random, g_rand_free);
  self->random = g_rand_new_with_seed (seed);
  self->n_wanted = n_cuts;
  self->min = min;
  self->max = max;
  g_mutex_unlock (&self->mutex);
}

void
relay_start_cuts (Relay *self)
{
  g_mutex_lock (&self->mutex);
  self->started = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
relay_cut_after (Relay *self, gsize n_bytes, RelayEnd end)
{
  gboolean is_planned = FALSE;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->passages->len; i++)
    {
      Passage *passage = g_ptr_array_index (self->passages, i);

      if (passage->over)
        continue;
      plan_cut (passage, n_bytes, end);
      is_planned = TRUE;
    }
  self->next_bytes = is_planned ? 0 : n_bytes;
  self->next_end = end;
  g_mutex_unlock (&self->mutex);
}

guint
relay_get_n_cuts (Relay *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_cuts;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
relay_get_n_connections (Relay *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint64
relay_get_n_bytes (Relay *self)
{
  guint64 n;

  g_mutex_lock (&self->mutex);
  n = self->n_bytes;
  g_mutex_unlock (&self->mutex);
  return n;
}
