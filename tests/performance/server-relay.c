/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Two threads a connection, one a direction: the server itself stays as it is. */

#define BUFFER_SIZE (64 * 1024)

typedef struct
{
  GIOStream *outer; /* TLS */
  GIOStream *inner;
} Relay;

static GIOStream *
stream_for_fd (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = NULL;

  fcntl (fd, F_SETFL, fcntl (fd, F_GETFL) & ~O_NONBLOCK);
  socket = g_socket_new_from_fd (fd, &error);
  if (socket == NULL)
    g_error ("%s", error->message);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
copy (GIOStream *from, GIOStream *to)
{
  g_autofree char *buffer = g_malloc (BUFFER_SIZE);
  gssize n;

  while ((n = g_input_stream_read (g_io_stream_get_input_stream (from), buffer, BUFFER_SIZE, NULL,
                                   NULL)) > 0)
    {
      if (!g_output_stream_write_all (g_io_stream_get_output_stream (to), buffer, n, NULL, NULL,
                                      NULL))
        break;
    }
}

static gpointer
copy_out (gpointer data)
{
  Relay *self = data;

  copy (self->inner, self->outer);
  g_io_stream_close (self->outer, NULL, NULL);
  return NULL;
}

static gpointer
run (gpointer data)
{
  Relay *self = data;
  g_autoptr (GError) error = NULL;
  GThread *other;

  if (!g_tls_connection_handshake (G_TLS_CONNECTION (self->outer), NULL, &error))
    g_printerr ("server: the TLS handshake failed: %s\n", error->message);
  other = g_thread_new ("out", copy_out, self);
  copy (self->outer, self->inner);
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->inner)), TRUE, TRUE,
                     NULL);
  g_thread_join (other);
  g_object_unref (self->outer);
  g_object_unref (self->inner);
  g_free (self);
  return NULL;
}

int
relay_start (int fd, const char *certificate, const char *key)
{
  static GTlsCertificate *pair = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) plain = stream_for_fd (fd);
  Relay *self = g_new0 (Relay, 1);
  int ends[2];

  if (pair == NULL)
    pair = g_tls_certificate_new_from_files (certificate, key, &error);
  if (pair == NULL)
    g_error ("%s", error->message);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    g_error ("%s", g_strerror (errno));
  self->inner = stream_for_fd (ends[0]);
  self->outer = g_tls_server_connection_new (plain, pair, &error);
  if (self->outer == NULL)
    g_error ("%s", error->message);
  g_thread_unref (g_thread_new ("relay", run, self));
  fcntl (ends[1], F_SETFL, fcntl (ends[1], F_GETFL) | O_NONBLOCK);
  return ends[1];
}
