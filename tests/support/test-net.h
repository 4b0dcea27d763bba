/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/socket.h>

#include "net/hs-socket-transport.h"
#include "test-certificates.h"

/* What the tests of net/ share. They use the loopback interface only. Waits are short, unless the machine is busy. */

#define TEST_DEADLINE_USEC (60 * G_USEC_PER_SEC)

/* A library with a mutation may never fulfil a condition: tests/attack/mutations.py shortens the wait for it. */
static inline gint64
test_get_patience_usec (void)
{
  const char *seconds = g_getenv ("HS_TEST_PATIENCE");

  return seconds != NULL ? g_ascii_strtoll (seconds, NULL, 10) * G_USEC_PER_SEC : TEST_DEADLINE_USEC;
}

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options (void);

/* What GIO's TLS leaks where it is cancelled is known by the whole of its stack: see tests/lsan.supp. */
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0:malloc_context_size=12";
}
#endif

/* Runs the main loop until the condition holds. */
#define spin_until(condition)                                                                     \
  G_STMT_START                                                                                    \
  {                                                                                               \
    gint64 spin_end_ = g_get_monotonic_time () + test_get_patience_usec ();                        \
    guint spin_tick_ = g_timeout_add (20, test_tick_cb, NULL);                                    \
    while (!(condition))                                                                          \
      {                                                                                           \
        g_assert_cmpint (g_get_monotonic_time (), <, spin_end_);                                  \
        g_main_context_iteration (NULL, TRUE);                                                    \
      }                                                                                           \
    g_source_remove (spin_tick_);                                                                 \
  }                                                                                               \
  G_STMT_END

static inline gboolean
test_tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* As g_assert_finalize_object(), where a thread of GIO's may hold the object a moment longer. */
static inline void
test_finalize (gpointer object)
{
  GWeakRef weak;
  gpointer alive;

  g_weak_ref_init (&weak, object);
  g_object_unref (object);
  spin_until ((alive = g_weak_ref_get (&weak)) == NULL || (g_object_unref (alive), FALSE));
  g_weak_ref_clear (&weak);
}

static inline void
spin_msec (guint msec)
{
  gint64 end = g_get_monotonic_time () + msec * 1000;

  spin_until (g_get_monotonic_time () >= end);
}

/* On a clock that stands (hs_loop_stand()): has all happen that is due in so many milliseconds. */
static inline void
test_pass (HsLoop *loop,
           guint msec)
{
  gint64 end = hs_loop_get_time (loop) + msec * (gint64) 1000;
  gint64 next;

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  while ((next = hs_loop_get_next (loop)) != 0 && next <= end)
    {
      hs_loop_set_time (loop, MAX (next, hs_loop_get_time (loop)));
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  hs_loop_set_time (loop, end);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static inline GSocketConnection *
test_connection_from_fd (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);

  return g_socket_connection_factory_create_connection (socket);
}

static inline void
test_socketpair (GSocketConnection **ours,
                 GSocketConnection **theirs)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *ours = test_connection_from_fd (fds[0]);
  *theirs = test_connection_from_fd (fds[1]);
}

/* Over TCP, for what only TCP does. */
static inline void
test_tcp_pair (GSocketConnection **ours,
               GSocketConnection **theirs)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_socket_client_set_enable_proxy (client, FALSE);
  *ours = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  *theirs = g_socket_listener_accept (listener, NULL, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (g_socket_connection_get_socket (*ours), FALSE);
}

static inline int
test_get_fd (GSocketConnection *connection)
{
  return g_socket_get_fd (g_socket_connection_get_socket (connection));
}

/* Bytes of which each tells where it stands. */
static inline guint8 *
test_pattern (gsize length)
{
  guint8 *bytes = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) ((i * 2654435761u) >> 13);

  return bytes;
}

static inline GTlsCertificate *
test_certificate (const char *pem)
{
  g_autofree char *both = g_strconcat (pem, TEST_KEY, NULL);
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate = g_tls_certificate_new_from_pem (both, -1, &error);

  g_assert_no_error (error);
  return certificate;
}

/* Never freed: it is removed when the process ends. */
static char *test_database_path;

static inline void
test_database_remove (void)
{
  g_unlink (test_database_path);
}

/* The test CA alone is trusted. The file is read again for each connection (glib-networking
 * 2.74). */
static inline GTlsDatabase *
test_database (void)
{
  g_autoptr (GError) error = NULL;
  GTlsDatabase *database;

  if (test_database_path == NULL)
    {
      g_close (g_file_open_tmp ("headstock-ca-XXXXXX", &test_database_path, &error), NULL);
      g_assert_no_error (error);
      atexit (test_database_remove);
      g_file_set_contents (test_database_path, TEST_CA, -1, &error);
      g_assert_no_error (error);
    }

  database = g_tls_file_database_new (test_database_path, &error);
  g_assert_no_error (error);

  return database;
}

/* ---- The owner of a transport ---- */

typedef struct _TestOwner TestOwner;

struct _TestOwner
{
  HsTransportCallbacks callbacks;
  HsTransport *transport;
  GByteArray *received;
  guint n_received;
  guint n_written;
  guint n_closed;
  GError *error;     /* of closed() */
  gsize use_at_most; /* 0: all */
  gboolean inside;   /* a function of the transport is being called */
  void (*on_received) (TestOwner *self);
  void (*on_written) (TestOwner *self);
  void (*on_closed) (TestOwner *self);
  gpointer data;
};

static inline gsize
test_received (HsTransport *transport,
               const guint8 *bytes,
               gsize length,
               gpointer owner)
{
  TestOwner *self = owner;
  gsize used = self->use_at_most > 0 ? MIN (self->use_at_most, length) : length;

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (self->n_closed, ==, 0);
  g_assert_false (self->inside);
  self->n_received++;
  if (self->on_received != NULL)
    self->on_received (self);
  g_byte_array_append (self->received, bytes, used);

  return used;
}

static inline void
test_written (HsTransport *transport,
              gpointer owner)
{
  TestOwner *self = owner;

  g_assert_cmpuint (self->n_closed, ==, 0);
  g_assert_false (self->inside);
  self->n_written++;
  if (self->on_written != NULL)
    self->on_written (self);
}

static inline void
test_closed (HsTransport *transport,
             const GError *error,
             gpointer owner)
{
  TestOwner *self = owner;

  g_assert_cmpuint (self->n_closed, ==, 0);
  g_assert_false (self->inside);
  self->n_closed++;
  if (error != NULL)
    self->error = g_error_copy (error);
  if (self->on_closed != NULL)
    self->on_closed (self);
}

/* @divide: where TLS records may end, or NULL. */
static inline TestOwner *
test_owner_new_divided (GIOStream *stream, HsDivideFunc divide)
{
  g_autoptr (HsLoop) loop = hs_loop_get (g_main_context_get_thread_default ());
  TestOwner *self = g_new0 (TestOwner, 1);

  self->callbacks = (HsTransportCallbacks){
    .received = test_received,
    .written = test_written,
    .closed = test_closed,
    .divide = divide,
  };
  self->received = g_byte_array_new ();
  self->transport = hs_socket_transport_new (loop, stream, &self->callbacks, self);

  return self;
}

static inline TestOwner *
test_owner_new (GIOStream *stream)
{
  return test_owner_new_divided (stream, NULL);
}

static inline void
test_owner_free (TestOwner *self)
{
  if (self->transport != NULL)
    {
      hs_transport_close (self->transport);
      hs_transport_unref (self->transport);
    }
  g_byte_array_unref (self->received);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestOwner, test_owner_free)

static inline void
test_owner_send (TestOwner *self,
                 const void *bytes,
                 gsize length)
{
  self->inside = TRUE;
  g_byte_array_append (hs_transport_get_output (self->transport), bytes, length);
  hs_transport_queue (self->transport);
  self->inside = FALSE;
}

/* ---- The server of a TLS connection ---- */

typedef struct
{
  GTlsConnection *connection;
  gboolean done;
  GError *error;
} TestTlsServer;

static inline void
test_tls_server_cb (GObject *source,
                    GAsyncResult *result,
                    gpointer user_data)
{
  TestTlsServer *self = user_data;

  g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &self->error);
  self->done = TRUE;
}

static inline gboolean
test_tls_server_accept_cb (GTlsConnection *connection,
                           GTlsCertificate *certificate,
                           GTlsCertificateFlags errors,
                           gpointer user_data)
{
  return TRUE;
}

static inline TestTlsServer *
test_tls_server_new (GIOStream *stream,
                     const char *pem,
                     GTlsAuthenticationMode mode)
{
  static const char *const protocols[] = { "xmpp-client", NULL };
  g_autoptr (GTlsCertificate) certificate = test_certificate (pem);
  g_autoptr (GError) error = NULL;
  TestTlsServer *self = g_new0 (TestTlsServer, 1);

  /* Without a database of authorities: one that the system should have, and may not, is loaded otherwise. */
  self->connection = g_initable_new (g_tls_backend_get_server_connection_type (g_tls_backend_get_default ()),
                                     NULL, &error, "base-io-stream", stream, "certificate", certificate,
                                     "database", NULL, NULL);
  g_assert_no_error (error);
  g_object_set (self->connection, "authentication-mode", mode, NULL);
  g_tls_connection_set_advertised_protocols (self->connection, (const char *const *) protocols);
  g_signal_connect (self->connection, "accept-certificate",
                    G_CALLBACK (test_tls_server_accept_cb), NULL);
  g_tls_connection_handshake_async (self->connection, G_PRIORITY_DEFAULT, NULL,
                                    test_tls_server_cb, self);

  return self;
}

static inline void
test_tls_server_free (TestTlsServer *self)
{
  spin_until (self->done);
  test_finalize (self->connection);
  g_clear_error (&self->error);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestTlsServer, test_tls_server_free)

/* ---- Both versions of TLS ---- */

#define TEST_ONLY_TLS_1_2 "NORMAL:-VERS-TLS1.3"

static inline GTlsProtocolVersion
test_tls_version (void)
{
  return g_strcmp0 (g_getenv ("G_TLS_GNUTLS_PRIORITY"), TEST_ONLY_TLS_1_2) == 0
             ? G_TLS_PROTOCOL_VERSION_TLS_1_2
             : G_TLS_PROTOCOL_VERSION_TLS_1_3;
}

/* glib-networking reads the priority once a process: the program runs once more. */
static inline void
test_again_with_tls_1_2 (gconstpointer program)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "G_TLS_GNUTLS_PRIORITY", TEST_ONLY_TLS_1_2, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static inline void
test_add_again_with_tls_1_2 (const char *path,
                             const char *program)
{
  if (test_tls_version () != G_TLS_PROTOCOL_VERSION_TLS_1_2)
    g_test_add_data_func (path, program, test_again_with_tls_1_2);
}
