/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "test-certificates.h"
#include "upload-server.h"

/* HTTP servers that do not do what they are to do, and programs that change their mind. */

/* XEP-0363, 7: only 200 and 201 succeed. */
static void
test_status (void)
{
  static const struct
  {
    guint status;
    int code;
  } examples[] = {
    { 202, HS_ERROR_FAILED }, { 204, HS_ERROR_FAILED }, { 206, HS_ERROR_FAILED },    { 303, HS_ERROR_FAILED },
    { 304, HS_ERROR_FAILED }, { 400, HS_ERROR_FAILED }, { 401, HS_ERROR_FAILED },    { 403, HS_ERROR_FAILED },
    { 407, HS_ERROR_FAILED }, { 409, HS_ERROR_FAILED }, { 413, HS_ERROR_TOO_LARGE }, { 500, HS_ERROR_FAILED },
    { 503, HS_ERROR_FAILED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      UploadServer f;
      g_autofree char *status = g_strdup_printf (" %u ", examples[i].status);

      g_test_message ("%s", status);
      upload_server_set_up (&f);
      f.status = examples[i].status;
      upload_server_send (&f, 1000);
      upload_server_answer (&f, "");
      upload_server_assert_failed (&f, HS_ERROR, examples[i].code);
      g_assert_nonnull (strstr (hs_transfer_get_error (f.transfer)->message, status));
      g_assert_cmpuint (f.n_requests, ==, 1);
      upload_server_tear_down (&f);
    }
}

/* The file, and the slot's secrets, go nowhere else. */
static void
test_redirect (void)
{
  static const char *const locations[] = {
    "https://localhost/b", "//localhost/b",       "https://127.0.0.1/b",  "https://127.0.0.1:1/b", "https://evil.example/b",
    "http:/b",             "http://127.0.0.1/b",  "file:///b",            "https:///b",            "a",
    "https://127.0.0.1.evil.example/b",           "https://127.0.0.1@evil.example/b",
    /* With the port of the server. */
    "https://localhost:%s/b", "http://127.0.0.1:%s/b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      UploadServer f;
      g_auto (GStrv) parts = g_strsplit (locations[i], "%s", 2);
      g_autofree char *location = NULL;

      g_test_message ("%s", locations[i]);
      upload_server_set_up (&f);
      f.status = 307;
      location = g_strjoinv (strrchr (f.base, ':') + 1, parts);
      f.location = location;
      upload_server_send (&f, 1000);
      upload_server_answer (&f, "<header name='Authorization'>Bearer secret</header>");
      upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_PROTOCOL);
      /* One is a circle within the server. */
      g_assert_cmpuint (f.n_requests, ==, strcmp (locations[i], "a") == 0 ? 6 : 1);
      upload_server_tear_down (&f);
    }
}

/* One without a place, one that asks for a GET, and one that would need the stream a second time. */
static void
test_bad_redirect (void)
{
  UploadServer f;
  g_autoptr (GFile) zero = g_file_new_for_path ("/dev/zero");
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (zero, NULL, NULL));
  g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 0));
  g_autoptr (GInputStream) converted = g_converter_input_stream_new (stream, converter);

  upload_server_set_up (&f);
  f.status = 307;
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_PROTOCOL);
  upload_server_tear_down (&f);

  upload_server_set_up (&f);
  f.status = 303;
  f.location = "/b";
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_FAILED);
  g_assert_cmpuint (f.n_requests, ==, 1);
  upload_server_tear_down (&f);

  upload_server_set_up (&f);
  f.status = 307;
  f.location = "/b";
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, converted, "zip", 1000, NULL));
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_cmpuint (f.n_requests, ==, 1);
  upload_server_tear_down (&f);
}

/* A server that reads nothing, and one that has read all and says nothing. */
static void
test_stalls (void)
{
  for (guint i = 0; i < 2; i++)
    {
      UploadServer f;

      upload_server_set_up (&f);
      hs_client_set_request_timeout (f.upload.iq.test->client, 300);
      f.is_deaf = i == 0;
      f.is_silent = i == 1;
      upload_server_send (&f, i == 0 ? 20000000 : 1000);
      upload_server_answer (&f, "");
      upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_TIMED_OUT);
      upload_server_tear_down (&f);
    }
}

typedef struct
{
  GInputStream *stream;
  GOutputStream *end;
} Pipe;

static gboolean
write_cb (gpointer pipe)
{
  g_assert_true (g_output_stream_write_all (((Pipe *) pipe)->end, "b", 1, NULL, NULL, NULL));
  return G_SOURCE_REMOVE;
}

static void
open_pipe (Pipe *self)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) near = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  g_autoptr (GSocketConnection) far = g_socket_listener_accept (listener, NULL, NULL, NULL);

  g_socket_set_blocking (g_socket_connection_get_socket (near), FALSE);
  self->stream = g_object_ref (g_io_stream_get_input_stream (G_IO_STREAM (near)));
  self->end = g_object_ref (g_io_stream_get_output_stream (G_IO_STREAM (far)));
  g_object_set_data_full (G_OBJECT (self->stream), "connection", g_steal_pointer (&near), g_object_unref);
  g_object_set_data_full (G_OBJECT (self->end), "connection", g_steal_pointer (&far), g_object_unref);
}

/* A source that takes its time is not the server's fault. */
static void
test_slow_source (void)
{
  UploadServer f;
  Pipe pipe;
  g_autoptr (GBytes) bytes = g_bytes_new ("ab", 2);

  open_pipe (&pipe);
  upload_server_set_up (&f);
  hs_client_set_request_timeout (f.upload.iq.test->client, 200);
  g_assert_true (g_output_stream_write_all (pipe.end, "a", 1, NULL, NULL, NULL));
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, pipe.stream, "cat.jpg", 2, NULL));
  upload_server_answer (&f, "");
  g_timeout_add (700, write_cb, &pipe);
  upload_server_assert_sent (&f, bytes);
  g_object_unref (pipe.stream);
  g_object_unref (pipe.end);
  upload_server_tear_down (&f);
}

/* The stream has less than was promised. */
static void
test_short_stream (void)
{
  UploadServer f;
  g_autoptr (GBytes) bytes = upload_server_make_bytes (99999);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  upload_server_set_up (&f);
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, stream, "cat.jpg", 100000, NULL));
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_cmpuint (f.n_bodies, ==, 0);
  upload_server_tear_down (&f);
}

/* The connection ends where an answer is awaited; nobody answers at the port. */
static void
test_cut (void)
{
  UploadServer f;

  upload_server_set_up (&f);
  f.is_cut = TRUE;
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_await_end (&f);
  g_assert_nonnull (hs_transfer_get_error (f.transfer));
  g_assert_cmpuint (f.n_requests, ==, 1);
  upload_server_tear_down (&f);

  upload_server_set_up (&f);
  soup_server_disconnect (f.http);
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  upload_server_tear_down (&f);
}

/* What follows the status is not read to its end. */
static void
test_endless (void)
{
  UploadServer f;

  upload_server_set_up (&f);
  f.is_endless = TRUE;
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_await_end (&f);
  g_assert_no_error (hs_transfer_get_error (f.transfer));
  test_until (f.n_open == 0);
  upload_server_tear_down (&f);
}

/* A server of TLS without HTTP: after a handshake that the client breaks off, SoupServer uses memory that it has
 * freed. */
typedef struct
{
  GSocketService *service;
  GTlsCertificate *certificate;
  guint n_handshakes; /* that have ended */
  guint n_agreed;     /* those of them that the client has agreed to */
} TlsServer;

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TlsServer *self = user_data;

  self->n_handshakes++;
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL))
    self->n_agreed++;
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  TlsServer *self = user_data;
  g_autoptr (GIOStream) stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);

  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, NULL, handshake_cb, self);
  return TRUE;
}

/* The client does not agree to the certificate of a server at @host, and sends it no request. */
static void
try_certificate (const char *host, gboolean is_trusted)
{
  TlsServer server = { .service = g_socket_service_new () };
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server.service), NULL, &error);
  UploadServer f;

  g_assert_no_error (error);
  server.certificate = g_tls_certificate_new_from_pem (TEST_SERVER TEST_KEY, -1, &error);
  g_assert_no_error (error);
  g_signal_connect (server.service, "incoming", G_CALLBACK (incoming_cb), &server);
  upload_server_set_up (&f);
  g_free (f.base);
  f.base = g_strdup_printf ("https://%s:%u", host, port);
  if (!is_trusted)
    hs_upload_set_session (f.upload.upload, NULL);
  upload_server_send (&f, 1000);
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  test_until (server.n_handshakes > 0);
  g_assert_cmpuint (server.n_agreed, ==, 0);
  upload_server_tear_down (&f);
  g_socket_service_stop (server.service);
  g_socket_listener_close (G_SOCKET_LISTENER (server.service));
  g_object_unref (server.service);
  g_object_unref (server.certificate);
}

static void
test_certificate (void)
{
  try_certificate ("127.0.0.1", FALSE);
  /* The name is another one. */
  try_certificate ("localhost", TRUE);
}

static void
cancel_cb (HsTransfer *transfer)
{
  hs_transfer_cancel (transfer);
}

/* At each stage, and from a handler. */
static void
test_cancel (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 6; i++)
    {
      static const char *const signals[] = { [3] = "notify::bytes-sent", [5] = "notify::size" };
      UploadServer f;
      g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/exe");
      g_autoptr (HsElement) request = NULL;

      upload_server_set_up (&f);
      f.is_silent = i == 4;
      f.throws_away = TRUE;
      upload_server_watch (&f, hs_upload_send_file (f.upload.upload, file, NULL));
      if (signals[i] != NULL)
        g_signal_connect (f.transfer, signals[i], G_CALLBACK (cancel_cb), NULL);
      if (i > 0 && i < 5)
        request = upload_await_request (&f.upload);
      if (i > 1 && i < 5)
        upload_server_answer (&f, "");
      if (i == 4)
        test_until (f.n_bodies > 0);
      if (signals[i] == NULL)
        hs_transfer_cancel (f.transfer);
      else
        test_until (hs_transfer_get_is_done (f.transfer));
      g_assert_true (hs_transfer_get_is_done (f.transfer));
      upload_server_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      /* The connection is closed, where the server looks. */
      test_until (f.n_open == 0 || f.is_silent);
      upload_server_tear_down (&f);
    }

  /* Who waits may stop to wait. */
  {
    UploadServer f;

    upload_server_set_up (&f);
    upload_server_send (&f, 1000);
    hs_transfer_wait_async (f.transfer, cancellable, iq_test_result_cb, &stopped);
    hs_transfer_wait_async (f.transfer, NULL, iq_test_result_cb, &result);
    g_cancellable_cancel (cancellable);
    test_until (stopped != NULL);
    g_assert_null (hs_transfer_wait_finish (f.transfer, stopped, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error (&error);
    g_assert_false (hs_transfer_get_is_done (f.transfer));
    hs_transfer_cancel (f.transfer);
    test_until (result != NULL);
    g_assert_null (hs_transfer_wait_finish (f.transfer, result, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_object (&result);
    g_clear_object (&stopped);
    upload_server_tear_down (&f);
  }
}

static void
cancel_again_cb (HsTransfer *transfer)
{
  if (hs_transfer_get_bytes_sent (transfer) == 0)
    hs_transfer_cancel (transfer);
}

/* Just when a redirect begins again. */
static void
test_cancel_redirect (void)
{
  UploadServer f;

  upload_server_set_up (&f);
  f.status = 307;
  f.location = "/b";
  upload_server_send (&f, 1000);
  g_signal_connect (f.transfer, "notify::bytes-sent", G_CALLBACK (cancel_again_cb), NULL);
  upload_server_answer (&f, "");
  upload_server_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (f.n_requests, ==, 1);
  upload_server_tear_down (&f);
}

/* What the service says ends the transfer, and so does a session that is not there. */
static void
test_no_slot (void)
{
  UploadServer f;
  g_autoptr (HsUpload) alone = hs_upload_new ();
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data ("a", 1, NULL);
  g_autoptr (HsTransfer) transfer = hs_upload_send_stream (alone, stream, "a", 1, NULL);

  upload_server_set_up (&f);
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, stream, "a", 10000000001, NULL));
  upload_server_assert_failed (&f, HS_ERROR, HS_ERROR_TOO_LARGE);
  upload_server_tear_down (&f);

  upload_server_set_up (&f);
  upload_server_send (&f, 10);
  upload_answer (&f.upload, "error", "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  upload_server_assert_failed (&f, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  upload_server_tear_down (&f);

  test_until (hs_transfer_get_is_done (transfer));
  g_assert_error (hs_transfer_get_error (transfer), HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

/* The program keeps nothing of it. */
static void
test_forgotten (void)
{
  UploadServer f;

  upload_server_set_up (&f);
  upload_server_send (&f, 1000);
  g_signal_handlers_disconnect_by_data (f.transfer, &f);
  g_clear_object (&f.transfer);
  upload_server_answer (&f, "");
  test_until (f.n_bodies > 0 && f.n_open == 0);
  for (gint64 deadline = test_deadline (); G_OBJECT (f.upload.upload)->ref_count > 2;)
    test_iterate (deadline, "nothing holds it but the client and the test");
  upload_server_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upload-faults/status", test_status);
  g_test_add_func ("/upload-faults/redirect", test_redirect);
  g_test_add_func ("/upload-faults/bad-redirect", test_bad_redirect);
  g_test_add_func ("/upload-faults/stalls", test_stalls);
  g_test_add_func ("/upload-faults/slow-source", test_slow_source);
  g_test_add_func ("/upload-faults/short-stream", test_short_stream);
  g_test_add_func ("/upload-faults/cut", test_cut);
  g_test_add_func ("/upload-faults/endless", test_endless);
  g_test_add_func ("/upload-faults/certificate", test_certificate);
  g_test_add_func ("/upload-faults/cancel", test_cancel);
  g_test_add_func ("/upload-faults/cancel-redirect", test_cancel_redirect);
  g_test_add_func ("/upload-faults/no-slot", test_no_slot);
  g_test_add_func ("/upload-faults/forgotten", test_forgotten);
  return g_test_run ();
}
