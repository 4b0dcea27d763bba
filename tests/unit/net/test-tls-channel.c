/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "net/hs-tls.h"
#include "test-net.h"

/* What a sign-in is bound to: compared with the other side's, with OpenSSL's, and with what is computed
 * here. */

typedef struct
{
  HsTlsResult *result;
  GError *error;
  gboolean done;
} Handshake;

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Handshake *self = user_data;

  self->result = hs_tls_handshake_finish (result, NULL, &self->error);
  self->done = TRUE;
}

static HsTlsResult *
shake_hands (GIOStream *stream)
{
  g_autoptr (GTlsDatabase) database = test_database ();
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTlsConfig config = { .domain = "example.org", .database = database, .loop = loop, .timeout_msec = 20000 };
  Handshake handshake = { 0 };

  hs_tls_handshake_async (stream, &config, NULL, handshake_cb, &handshake);
  spin_until (handshake.done);
  g_assert_no_error (handshake.error);
  return handshake.result;
}

static char *
to_hex (GBytes *bytes)
{
  GString *text = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02X", data[i]);
  return g_string_free (text, FALSE);
}

static void
test_both_sides (void)
{
  static const char *const types[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
  gboolean new = test_tls_version () == G_TLS_PROTOCOL_VERSION_TLS_1_3;
  g_autoptr (GSocketConnection) ours = NULL;
  g_autoptr (GSocketConnection) theirs = NULL;
  g_autoptr (TestTlsServer) server = NULL;
  g_autoptr (HsTlsResult) tls = NULL;
  g_autoptr (GBytes) unknown = NULL;

  test_socketpair (&ours, &theirs);
  server = test_tls_server_new (G_IO_STREAM (theirs), TEST_SERVER, G_TLS_AUTHENTICATION_NONE);
  tls = shake_hands (G_IO_STREAM (ours));
  spin_until (server->done);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GBytes) mine = hs_tls_get_channel (tls->connection, types[i]);
      g_autoptr (GBytes) other = hs_tls_get_channel (server->connection, types[i]);

      if (new && g_str_equal (types[i], "tls-unique"))
        g_assert_true (mine == NULL && other == NULL);
      else
        g_assert_true (mine != NULL && other != NULL && g_bytes_equal (mine, other));
    }
  unknown = hs_tls_get_channel (tls->connection, "tls-future");
  g_assert_null (unknown);
}

/* RFC 5929, 4.1: the hash of the certificate; SHA-256 here. */
static void
test_end_point (void)
{
  g_autoptr (GSocketConnection) ours = NULL;
  g_autoptr (GSocketConnection) theirs = NULL;
  g_autoptr (TestTlsServer) server = NULL;
  g_autoptr (HsTlsResult) tls = NULL;
  g_autoptr (GTlsCertificate) certificate = test_certificate (TEST_SERVER);
  g_autoptr (GByteArray) der = NULL;
  g_autoptr (GBytes) channel = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *expected = NULL;

  test_socketpair (&ours, &theirs);
  server = test_tls_server_new (G_IO_STREAM (theirs), TEST_SERVER, G_TLS_AUTHENTICATION_NONE);
  tls = shake_hands (G_IO_STREAM (ours));
  channel = hs_tls_get_channel (tls->connection, "tls-server-end-point");
  g_object_get (certificate, "certificate", &der, NULL);
  expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  hex = to_hex (channel);
  g_assert_cmpint (g_ascii_strcasecmp (hex, expected), ==, 0);
}

/* ---- OpenSSL's view ---- */

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return port;
}

static GSocketConnection *
connect_to (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &error);
  g_assert_no_error (error);
  return connection;
}

/* Reads what openssl prints as far as a line with these words. Returns the rest of that line. */
static char *
read_after (GDataInputStream *lines, const char *words)
{
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, NULL);
      const char *found = line != NULL ? strstr (line, words) : NULL;

      if (line == NULL)
        g_error ("openssl s_server has ended before it printed '%s'", words);
      if (found != NULL)
        return g_strdup (found + strlen (words));
    }
}

/* With TLS 1.3 alone: before, an empty context and none are different things (RFC 5705, 4), the first is
 * what RFC 9266, 3 asks for, and the second what this program prints. */
static void
test_openssl (void)
{
  guint16 port = find_port ();
  g_autofree char *number = g_strdup_printf ("%u", port);
  g_autofree char *path = NULL;
  int file = g_file_open_tmp ("headstock-XXXXXX.pem", &path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (HsTlsResult) tls = NULL;
  g_autoptr (GBytes) channel = NULL;
  g_autofree char *hex = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *listens = NULL;

  close (file);
  g_file_set_contents (path, TEST_SERVER TEST_KEY, -1, NULL);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE
                                  | G_SUBPROCESS_FLAGS_STDIN_PIPE,
                              &error, "openssl", "s_server", "-accept", number, "-cert", path,
                              "-key", path, "-keymatexport", "EXPORTER-Channel-Binding",
                              "-keymatexportlen", "32", "-tls1_3", NULL);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  listens = read_after (lines, "ACCEPT");
  connection = connect_to (port);
  tls = shake_hands (G_IO_STREAM (connection));
  channel = hs_tls_get_channel (tls->connection, "tls-exporter");
  g_assert_cmpuint (g_bytes_get_size (channel), ==, 32);
  hex = to_hex (channel);
  /* It is printed once the handshake is done. */
  expected = read_after (lines, "Keying material: ");
  g_assert_cmpstr (hex, ==, expected);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  g_unlink (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-channel/both-sides", test_both_sides);
  g_test_add_func ("/tls-channel/end-point", test_end_point);
  if (test_tls_version () == G_TLS_PROTOCOL_VERSION_TLS_1_3)
    g_test_add_func ("/tls-channel/openssl", test_openssl);
  test_add_again_with_tls_1_2 ("/tls-channel/all-with-tls-1.2", argv[0]);
  return g_test_run ();
}
