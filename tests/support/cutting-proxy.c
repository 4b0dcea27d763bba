/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cutting-proxy.h"

#include <sys/socket.h>

/* One in four is cut before it can have signed in. */
#define SIGN_IN_BYTES 6000
#define SESSION_BYTES 16000

struct _CuttingProxy
{
  GSocketService *service;
  guint16 port;
  guint16 server_port;
  guint n_wanted;
  GMutex mutex; /* for all below */
  GCond cond;
  GRand *random;
  guint n_cuts;
  guint n_connections;
  guint n_running;
  guint64 n_bytes;
  gboolean ending;
  gboolean started;
  guint min_bytes; /* of each connection, or 0 for the default */
  guint max_bytes;
};

typedef enum
{
  CUT_ORDERLY,      /* both ends see the end of the stream of bytes */
  CUT_HARD,         /* both are reset */
  CUT_CLIENT_FIRST, /* the server learns of it later */
  CUT_SERVER_FIRST,
  N_CUTS
} CutKind;

/* What is in store for one connection. */
typedef struct
{
  gsize n_bytes;
  CutKind kind;
  gboolean cut; /* or it lives for as long as it likes */
  gboolean made;
} Plan;

static Plan
make_plan (CuttingProxy *self)
{
  Plan plan = { .n_bytes = G_MAXSIZE };

  g_mutex_lock (&self->mutex);
  if (!self->started)
    {
      g_mutex_unlock (&self->mutex);
      return plan;
    }
  plan.made = TRUE;
  plan.cut = self->n_cuts < self->n_wanted;
  plan.kind = g_rand_int_range (self->random, 0, N_CUTS);
  if (!plan.cut)
    plan.n_bytes = G_MAXSIZE;
  else if (self->max_bytes > 0)
    plan.n_bytes = g_rand_int_range (self->random, self->min_bytes, self->max_bytes + 1);
  else if (g_rand_int_range (self->random, 0, 4) == 0)
    plan.n_bytes = g_rand_int_range (self->random, 1, SIGN_IN_BYTES);
  else
    plan.n_bytes = SIGN_IN_BYTES + g_rand_int_range (self->random, 0, SESSION_BYTES);
  g_mutex_unlock (&self->mutex);
  return plan;
}

/* FALSE at the end of either. */
static gboolean
pass_on (CuttingProxy *self, GSocket *from, GSocket *to, gsize *n_left)
{
  char buffer[8192];
  gssize n = g_socket_receive (from, buffer, MIN (sizeof buffer, *n_left), NULL, NULL);
  gssize sent = 0;

  if (n <= 0)
    return FALSE;
  while (sent < n)
    {
      gssize m = g_socket_send (to, buffer + sent, n - sent, NULL, NULL);

      if (m <= 0)
        return FALSE;
      sent += m;
    }
  *n_left -= n;
  g_mutex_lock (&self->mutex);
  self->n_bytes += n;
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

static void
close_hard (GSocket *socket)
{
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
}

static void
cut (GSocket *client, GSocket *server, CutKind kind)
{
  switch (kind)
    {
    case CUT_HARD:
      close_hard (client);
      close_hard (server);
      break;
    case CUT_CLIENT_FIRST:
      close_hard (client);
      g_usleep (100000);
      g_socket_close (server, NULL);
      break;
    case CUT_SERVER_FIRST:
      close_hard (server);
      g_usleep (20000);
      g_socket_close (client, NULL);
      break;
    case CUT_ORDERLY:
    case N_CUTS:
    default:
      g_socket_close (client, NULL);
      g_socket_close (server, NULL);
      break;
    }
}

static gboolean
is_ending (CuttingProxy *self)
{
  gboolean ending;

  g_mutex_lock (&self->mutex);
  ending = self->ending;
  g_mutex_unlock (&self->mutex);
  return ending;
}

/* TRUE where it is to be cut. */
static gboolean
relay (CuttingProxy *self, GSocket *client, GSocket *server, Plan *plan)
{
  GPollFD polls[2] = { { .fd = g_socket_get_fd (client), .events = G_IO_IN },
                       { .fd = g_socket_get_fd (server), .events = G_IO_IN } };

  while (plan->n_bytes > 0)
    {
      if (!plan->made)
        *plan = make_plan (self);
      if (g_poll (polls, 2, 200) == 0)
        {
          if (is_ending (self))
            return FALSE;
          continue;
        }
      if ((polls[0].revents != 0 && !pass_on (self, client, server, &plan->n_bytes))
          || (polls[1].revents != 0 && plan->n_bytes > 0
              && !pass_on (self, server, client, &plan->n_bytes)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection *connection,
        GObject *source,
        gpointer data)
{
  CuttingProxy *self = data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketConnection) behind = NULL;
  Plan plan;

  g_mutex_lock (&self->mutex);
  self->n_connections++;
  self->n_running++;
  g_mutex_unlock (&self->mutex);
  plan = make_plan (self);
  behind = g_socket_client_connect_to_host (connector, "127.0.0.1", self->server_port, NULL, NULL);
  if (behind != NULL)
    {
      GSocket *client = g_socket_connection_get_socket (connection);
      GSocket *server = g_socket_connection_get_socket (behind);
      gboolean is_cut = relay (self, client, server, &plan);

      g_mutex_lock (&self->mutex);
      self->n_cuts += is_cut;
      g_mutex_unlock (&self->mutex);
      cut (client, server, is_cut ? plan.kind : CUT_ORDERLY);
    }
  g_mutex_lock (&self->mutex);
  self->n_running--;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  return TRUE;
}

CuttingProxy *
cutting_proxy_new (guint16 server_port, guint n_cuts, guint32 seed)
{
  CuttingProxy *self = g_new0 (CuttingProxy, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->server_port = server_port;
  self->n_wanted = n_cuts;
  self->random = g_rand_new_with_seed (seed);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->service = g_threaded_socket_service_new (16);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL))
    g_error ("No port to listen on");
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), self);
  return self;
}

void
cutting_proxy_free (CuttingProxy *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_mutex_lock (&self->mutex);
  self->ending = TRUE;
  while (self->n_running > 0)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
  g_object_unref (self->service);
  g_rand_free (self->random);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
cutting_proxy_set_range (CuttingProxy *self, guint min_bytes, guint max_bytes)
{
  g_mutex_lock (&self->mutex);
  self->min_bytes = min_bytes;
  self->max_bytes = max_bytes;
  g_mutex_unlock (&self->mutex);
}

void
cutting_proxy_start (CuttingProxy *self)
{
  g_mutex_lock (&self->mutex);
  self->started = TRUE;
  g_mutex_unlock (&self->mutex);
}

guint16
cutting_proxy_get_port (CuttingProxy *self)
{
  return self->port;
}

guint
cutting_proxy_get_n_cuts (CuttingProxy *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_cuts;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint
cutting_proxy_get_n_connections (CuttingProxy *self)
{
  guint n;

  g_mutex_lock (&self->mutex);
  n = self->n_connections;
  g_mutex_unlock (&self->mutex);
  return n;
}

guint64
cutting_proxy_get_n_bytes (CuttingProxy *self)
{
  guint64 n;

  g_mutex_lock (&self->mutex);
  n = self->n_bytes;
  g_mutex_unlock (&self->mutex);
  return n;
}
