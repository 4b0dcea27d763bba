/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "throttle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 64
/* What passes is dealt out so often a second. */
#define TICKS 50
#define SMALL_BUFFER 4096

struct _Throttle
{
  GThread *thread;
  int listener;
  guint16 port;
  guint16 to;
  int rate;          /* atomic, as is the rest */
  int ended;
  int n_connections;
  int fds[MAX_CONNECTIONS][2]; /* the client's, the server's; -1: over */
};

static void
set_number (int fd, int level, int option, int number)
{
  g_assert_no_errno (setsockopt (fd, level, option, &number, sizeof number));
}

static int
make_socket (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_no_errno (fd);
  set_number (fd, SOL_SOCKET, SO_RCVBUF, SMALL_BUFFER);
  return fd;
}

static struct sockaddr_in
loopback (guint16 port)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };

  return address;
}

static void
drop (int *pair)
{
  for (guint i = 0; i < 2; i++)
    {
      if (pair[i] >= 0)
        close (pair[i]);
      pair[i] = -1;
    }
}

static void
take_connections (Throttle *self)
{
  struct sockaddr_in address = loopback (self->to);
  int fd = accept (self->listener, NULL, NULL);
  guint n = g_atomic_int_get (&self->n_connections);

  if (fd < 0)
    return;
  g_assert_cmpuint (n, <, MAX_CONNECTIONS);
  self->fds[n][0] = fd;
  self->fds[n][1] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  set_number (self->fds[n][1], IPPROTO_TCP, TCP_NODELAY, 1);
  if (connect (self->fds[n][1], (struct sockaddr *) &address, sizeof address) != 0)
    drop (self->fds[n]);
  g_atomic_int_inc (&self->n_connections);
}

/* Up to so many bytes; FALSE: that direction is over, and so is the other. */
static gboolean
pass_on (int from, int to, gsize n_bytes)
{
  char buffer[16384];
  gssize n = recv (from, buffer, MIN (n_bytes, sizeof buffer), MSG_DONTWAIT);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  return n > 0 && send (to, buffer, n, MSG_NOSIGNAL) == n;
}

static void
pass_tick (Throttle *self, guint rate)
{
  for (int i = 0; i < g_atomic_int_get (&self->n_connections); i++)
    {
      int *pair = self->fds[i];

      if (pair[0] >= 0
          && (!pass_on (pair[0], pair[1], MAX (rate / TICKS, 1)) || !pass_on (pair[1], pair[0], G_MAXSIZE)))
        drop (pair);
    }
}

static gpointer
relay_thread (gpointer data)
{
  Throttle *self = data;
  gint64 next = g_get_monotonic_time ();

  while (!g_atomic_int_get (&self->ended))
    {
      int rate = g_atomic_int_get (&self->rate);
      gint64 now;

      take_connections (self);
      if (rate > 0)
        pass_tick (self, rate);
      next += G_USEC_PER_SEC / TICKS;
      now = g_get_monotonic_time ();
      /* A machine with other things to do passes no more in one go for it. */
      if (next > now)
        g_usleep (next - now);
      else
        next = now;
    }
  for (int i = 0; i < self->n_connections; i++)
    drop (self->fds[i]);
  return NULL;
}

Throttle *
throttle_new (guint16 to, guint rate)
{
  Throttle *self = g_new0 (Throttle, 1);
  struct sockaddr_in address = loopback (0);
  socklen_t length = sizeof address;

  self->to = to;
  self->rate = rate;
  self->listener = make_socket ();
  g_assert_no_errno (bind (self->listener, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (self->listener, 8));
  g_assert_no_errno (getsockname (self->listener, (struct sockaddr *) &address, &length));
  g_assert_no_errno (fcntl (self->listener, F_SETFL, O_NONBLOCK));
  self->port = ntohs (address.sin_port);
  self->thread = g_thread_new ("throttle", relay_thread, self);
  return self;
}

void
throttle_free (Throttle *self)
{
  g_atomic_int_set (&self->ended, TRUE);
  g_thread_join (self->thread);
  close (self->listener);
  g_free (self);
}

guint16
throttle_get_port (Throttle *self)
{
  return self->port;
}

guint
throttle_get_n_connections (Throttle *self)
{
  return g_atomic_int_get (&self->n_connections);
}

void
throttle_set_rate (Throttle *self, guint rate)
{
  g_atomic_int_set (&self->rate, rate);
}
