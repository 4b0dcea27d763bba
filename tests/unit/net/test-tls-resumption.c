/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>

#include "net/hs-tls.h"
#include "test-net.h"

/* A certificate that was accepted once is not accepted for ever: glib-networking resumes sessions
 * with their verdict, in any process that has not called g_test_init(). Hence a program of its own,
 * without it, against a server that gives out tickets: openssl's. */

static GError *failure;
static HsTlsResult *outcome;
static gboolean done;

static gboolean
accept_cb (GTlsCertificate *certificate,
           GTlsCertificateFlags errors,
           gpointer user_data)
{
  return user_data != NULL;
}

static void
handshake_cb (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  g_clear_error (&failure);
  outcome = hs_tls_handshake_finish (result, NULL, &failure);
  done = TRUE;
}

/* The server sends its tickets after the handshake. */
static void
exchange (GIOStream *stream)
{
  char answer[64];

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), "GET / HTTP/1.0\r\n\r\n", 18,
                             NULL, NULL, NULL);
  g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (stream), answer,
                                        sizeof (answer), NULL, NULL),
                   >, 0);
}

static gboolean
handshake (guint16 port,
           gboolean accepted)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) base = NULL;
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTlsConfig config = { .domain = "example.org", .accept = accept_cb, .loop = loop, .timeout_msec = 5000 };

  g_socket_client_set_enable_proxy (client, FALSE);
  base = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, &failure);
  g_assert_no_error (failure);
  config.database = test_database ();
  config.accept_data = accepted ? &config : NULL;
  done = FALSE;
  hs_tls_handshake_async (G_IO_STREAM (base), &config, NULL, handshake_cb, NULL);
  spin_until (done);
  g_clear_object (&config.database);
  if (outcome == NULL)
    return FALSE;

  exchange (G_IO_STREAM (outcome->connection));
  g_clear_pointer (&outcome, hs_tls_result_free);
  return TRUE;
}

/* On a port that it chooses and tells. */
static GSubprocess *
start_server (const char *openssl,
              const char *file)
{
  g_autofree char *pem = g_strconcat (TEST_SELF_SIGNED, TEST_KEY, NULL);
  GSubprocess *server;

  g_file_set_contents (file, pem, -1, &failure);
  g_assert_no_error (failure);
  server = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &failure,
                             openssl, "s_server", "-accept", "127.0.0.1:0", "-cert", file,
                             "-key", file, "-tls1_3", "-www", NULL);
  g_assert_no_error (failure);

  return server;
}

static guint16
read_port (GSubprocess *server)
{
  g_autoptr (GDataInputStream) said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (server));
  g_autofree char *line = NULL;

  /* It goes on writing. */
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (said), FALSE);
  while ((line = g_data_input_stream_read_line (said, NULL, NULL, NULL)) != NULL)
    {
      if (g_str_has_prefix (line, "ACCEPT "))
        return atoi (strrchr (line, ':') + 1);
      g_clear_pointer (&line, g_free);
    }

  g_error ("openssl does not listen");
}

int
main (int argc,
      char **argv)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autofree char *file = NULL;
  g_autoptr (GSubprocess) server = NULL;
  guint16 port;
  gboolean first, second;

  g_print ("1..1\n");
  if (openssl == NULL)
    {
      g_print ("ok 1 /tls/resumption # SKIP there is no openssl\n");
      return 0;
    }

  g_close (g_file_open_tmp ("headstock-server-XXXXXX", &file, NULL), NULL);
  server = start_server (openssl, file);
  port = read_port (server);

  first = handshake (port, TRUE);
  second = handshake (port, FALSE);
  g_subprocess_force_exit (server);
  g_unlink (file);
  g_print ("%s 1 /tls/resumption\n", first && !second ? "ok" : "not ok");

  return first && !second ? EXIT_SUCCESS : EXIT_FAILURE;
}
