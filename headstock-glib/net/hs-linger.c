/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* For so long, and so much: nobody is kept busy by a peer that does not end. */
#define LINGER_USEC (2 * G_USEC_PER_SEC)
#define LINGER_BYTES (64 * 1024 * 1024)
#define READ_SIZE (64 * 1024)

struct _HsLinger
{
  int fd; /* of our own: the connection stands until it is closed as well */
};

static void
linger_free (HsLinger *self)
{
  close (self->fd);
  g_free (self);
}

/* Whether there may be more. */
static gboolean
wait_for_more (int fd, gint64 end)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  gint64 left = end - g_get_monotonic_time ();

  if (left <= 0)
    return FALSE;
  return poll (&poll_fd, 1, (int) (left / 1000) + 1) > 0 || errno == EINTR;
}

static gpointer
linger_thread (gpointer data)
{
  HsLinger *self = data;
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  gint64 end = g_get_monotonic_time () + LINGER_USEC;
  gsize n_bytes = 0;

  while (n_bytes < LINGER_BYTES)
    {
      gssize n = recv (self->fd, buffer, READ_SIZE, MSG_DONTWAIT);

      if (n > 0)
        n_bytes += n;
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        break;
      else if (!wait_for_more (self->fd, end))
        break;
      if (g_get_monotonic_time () >= end)
        break;
    }
  linger_free (self);
  return NULL;
}

HsLinger *
hs_linger_prepare (GSocket *socket)
{
  guint8 byte;
  HsLinger *self;
  int fd;

  if (g_socket_is_closed (socket) ||
      recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
    return NULL;
  fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    return NULL;
  self = g_new0 (HsLinger, 1);
  self->fd = fd;
  return self;
}

void
hs_linger_start (HsLinger *self)
{
  GThread *thread;

  if (self == NULL)
    return;
  shutdown (self->fd, SHUT_WR);
  /* Not a task's thread: a task returns in a main context, and who has closed may not run it again. */
  thread = g_thread_try_new ("hs-linger", linger_thread, self, NULL);
  if (thread != NULL)
    g_thread_unref (thread);
  else
    linger_free (self);
}
