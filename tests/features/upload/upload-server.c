/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upload-server.h"

#include <string.h>

#include "test-certificates.h"

static void
record_header (const char *name, const char *value, gpointer server)
{
  static const char *const told[] = { "Authorization", "Cookie", "Expires", "X-Evil", NULL };

  if (g_strv_contains (told, name))
    g_string_append_printf (((UploadServer *) server)->headers, "%s: %s\n", name, value);
}

static void
wrote_chunk_cb (SoupServerMessage *message, gpointer server)
{
  static const char chunk[4096];

  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, chunk, sizeof chunk);
}

static void
answer (SoupServer *http, SoupServerMessage *message, const char *path, GHashTable *query, gpointer server)
{
  UploadServer *f = server;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  g_clear_pointer (&f->body, g_bytes_unref);
  f->n_bodies++;
  if (!f->throws_away)
    f->body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  if (f->is_silent)
    soup_server_message_pause (message);
  else if (f->is_cut)
    {
      g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

      g_io_stream_close (stream, NULL, NULL);
    }
  else if (f->location != NULL && strcmp (path, "/a") == 0)
    {
      soup_server_message_set_status (message, f->status, NULL);
      soup_message_headers_append (headers, "Location", f->location);
    }
  else
    soup_server_message_set_status (message, f->status, NULL);
  if (f->is_endless)
    {
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
      g_signal_connect (message, "wrote-headers", G_CALLBACK (wrote_chunk_cb), f);
      g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), f);
    }
}

static void
got_headers_cb (SoupServerMessage *message, gpointer server)
{
  UploadServer *f = server;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  f->n_requests++;
  g_string_append_printf (f->record, "%s %s %s %s\n", soup_server_message_get_method (message),
                          g_uri_get_path (soup_server_message_get_uri (message)),
                          soup_message_headers_get_one (headers, "Content-Length"),
                          soup_message_headers_get_one (headers, "Content-Type"));
  soup_message_headers_foreach (headers, record_header, f);
  if (f->throws_away)
    soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  if (f->is_deaf)
    soup_server_message_pause (message);
}

static void
started_cb (SoupServer *http, SoupServerMessage *message, gpointer server)
{
  ((UploadServer *) server)->n_open++;
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), server);
}

static void
ended_cb (SoupServer *http, SoupServerMessage *message, gpointer server)
{
  ((UploadServer *) server)->n_open--;
}

static void
start_http (UploadServer *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (TEST_SERVER TEST_KEY, -1, &error);
  GSList *uris;

  g_assert_no_error (error);
  f->http = soup_server_new (NULL, NULL);
  soup_server_set_tls_certificate (f->http, certificate);
  soup_server_add_handler (f->http, NULL, answer, f, NULL);
  g_signal_connect (f->http, "request-started", G_CALLBACK (started_cb), f);
  g_signal_connect (f->http, "request-finished", G_CALLBACK (ended_cb), f);
  g_signal_connect (f->http, "request-aborted", G_CALLBACK (ended_cb), f);
  soup_server_listen_local (f->http, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (f->http);
  f->base = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

void
upload_server_set_up (UploadServer *f)
{
  g_autoptr (HsJid) service = hs_jid_new (UPLOAD_SERVICE, NULL);
  g_autoptr (GTlsDatabase) database = test_tls_database ();

  *f = (UploadServer){ .status = SOUP_STATUS_CREATED, .record = g_string_new (NULL), .headers = g_string_new (NULL) };
  start_http (f);
  f->session = soup_session_new_with_options ("tls-database", database, NULL);
  f->upload.upload = hs_upload_new ();
  hs_upload_set_session (f->upload.upload, f->session);
  hs_upload_set_service (f->upload.upload, service);
  iq_test_start (&f->upload.iq, HS_MODULE (f->upload.upload), NULL);
  iq_test_answer (&f->upload.iq, UPLOAD_SERVICE, HS_NS_DISCO_INFO, "result", UPLOAD_INFO (UPLOAD_LIMIT ("10000000000")));
  test_until (hs_upload_get_max_size (f->upload.upload) != 0);
}

void
upload_server_tear_down (UploadServer *f)
{
  if (f->transfer != NULL)
    {
      test_until (hs_transfer_get_is_done (f->transfer));
      /* What is in flight is given up, and holds nothing then. */
      for (gint64 deadline = test_deadline (); G_OBJECT (f->transfer)->ref_count > 1;)
        test_iterate (deadline, "the transfer is not used any more");
      g_assert_finalize_object (f->transfer);
    }
  upload_tear_down (&f->upload);
  soup_session_abort (f->session);
  g_assert_finalize_object (f->session);
  soup_server_disconnect (f->http);
  g_object_unref (f->http);
  g_free (f->base);
  g_string_free (f->record, TRUE);
  g_string_free (f->headers, TRUE);
  g_clear_pointer (&f->body, g_bytes_unref);
}

void
upload_server_answer (UploadServer *f, const char *headers)
{
  g_autofree char *slot = g_strdup_printf (UPLOAD_SLOT ("<put url='%s/a'>%s</put>", UPLOAD_GET), f->base, headers);

  upload_answer (&f->upload, "result", slot);
}

static void
progress_cb (HsTransfer *transfer, GParamSpec *pspec, gpointer server)
{
  UploadServer *f = server;

  f->n_progress++;
  /* A redirect begins again. */
  if (hs_transfer_get_bytes_sent (transfer) != 0)
    g_assert_cmpint (hs_transfer_get_bytes_sent (transfer), >=, f->last_sent);
  f->last_sent = hs_transfer_get_bytes_sent (transfer);
  g_assert_cmpfloat (hs_transfer_get_progress (transfer), <=, 1);
  g_assert_true ((hs_transfer_get_progress (transfer) >= 1) == (hs_transfer_get_url (transfer) != NULL));
}

void
upload_server_watch (UploadServer *f, HsTransfer *transfer)
{
  f->transfer = transfer;
  g_signal_connect (transfer, "notify::progress", G_CALLBACK (progress_cb), f);
}

GBytes *
upload_server_make_bytes (gsize size)
{
  guint8 *bytes = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    bytes[i] = i * 31 + i / 251;
  return g_bytes_new_take (bytes, size);
}

void
upload_server_send (UploadServer *f, gsize size)
{
  g_autoptr (GBytes) bytes = upload_server_make_bytes (size);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  upload_server_watch (f, hs_upload_send_stream (f->upload.upload, stream, "cat.jpg", size, NULL));
}

void
upload_server_await_end (UploadServer *f)
{
  test_until (hs_transfer_get_is_done (f->transfer));
}

void
upload_server_assert_sent (UploadServer *f, GBytes *bytes)
{
  upload_server_await_end (f);
  g_assert_no_error (hs_transfer_get_error (f->transfer));
  g_assert_cmpstr (hs_transfer_get_url (f->transfer), ==, "https://down.example.org/a/cat.jpg");
  g_assert_cmpint (hs_transfer_get_bytes_sent (f->transfer), ==, hs_transfer_get_size (f->transfer));
  g_assert_true (g_bytes_equal (f->body, bytes));
}

void
upload_server_assert_failed (UploadServer *f, GQuark domain, int code)
{
  upload_server_await_end (f);
  g_assert_error (hs_transfer_get_error (f->transfer), domain, code);
  g_assert_null (hs_transfer_get_url (f->transfer));
  g_assert_cmpfloat (hs_transfer_get_progress (f->transfer), <, 1);
}
