/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "upload-server.h"

/* Files and streams that are sent (XEP-0363, 7), over HTTPS on loopback. */

#define BEARER "<header name='Authorization'>Bearer secret</header>"

static void
test_stream (void)
{
  UploadServer f;
  g_autoptr (GBytes) bytes = upload_server_make_bytes (300000);
  g_autoptr (HsElement) request = NULL;
  g_autofree char *url = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  double progress;
  gint64 sent, size;
  gboolean is_done;

  upload_server_set_up (&f);
  upload_server_send (&f, 300000);
  g_assert_false (hs_transfer_get_is_done (f.transfer));
  hs_transfer_wait_async (f.transfer, NULL, iq_test_result_cb, &result);
  request = upload_await_request (&f.upload);
  g_assert_cmpstr (hs_element_get_attribute (request, "size"), ==, "300000");
  upload_server_answer (&f, "<header name='Cookie'>a=1</header><header name='X-Evil'>1</header>" BEARER
                            "<header name='Cookie'>b=2&#13;&#10;X-Evil: 2</header>");
  upload_server_assert_sent (&f, bytes);
  g_assert_cmpstr (f.record->str, ==, "PUT /a 300000 image/jpeg\n");
  g_assert_cmpstr (f.headers->str, ==, "Cookie: a=1\nAuthorization: Bearer secret\nCookie: b=2X-Evil: 2\n");
  g_assert_cmpuint (f.n_progress, >=, 4);
  g_assert_cmpuint (f.n_progress, <=, 8);
  test_until (result != NULL);
  url = hs_transfer_wait_finish (f.transfer, result, NULL);
  g_assert_cmpstr (url, ==, "https://down.example.org/a/cat.jpg");
  g_object_get (f.transfer, "progress", &progress, "bytes-sent", &sent, "size", &size, "is-done", &is_done, NULL);
  g_assert_true (progress >= 1 && is_done && sent == 300000 && size == 300000);
  /* It may be asked any time. */
  g_clear_object (&result);
  g_clear_pointer (&url, g_free);
  hs_transfer_wait_async (f.transfer, NULL, iq_test_result_cb, &result);
  test_until (result != NULL);
  url = hs_transfer_wait_finish (f.transfer, result, NULL);
  g_assert_nonnull (url);
  g_clear_object (&result);
  hs_transfer_cancel (f.transfer);
  g_assert_null (hs_transfer_get_error (f.transfer));
  upload_server_tear_down (&f);
}

/* 200 succeeds as well, and an empty file. */
static void
test_empty (void)
{
  UploadServer f;
  g_autoptr (GBytes) bytes = g_bytes_new (NULL, 0);

  upload_server_set_up (&f);
  f.status = SOUP_STATUS_OK;
  upload_server_send (&f, 0);
  upload_server_answer (&f, "");
  upload_server_assert_sent (&f, bytes);
  g_assert_cmpstr (f.record->str, ==, "PUT /a 0 image/jpeg\n");
  g_assert_cmpfloat (hs_transfer_get_progress (f.transfer), >=, 1);
  upload_server_tear_down (&f);
}

/* From a longer stream, only the promised bytes are sent, and the stream is left open. */
static void
test_promised (void)
{
  UploadServer f;
  g_autoptr (GBytes) bytes = upload_server_make_bytes (200000);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 1000, 150000);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);

  upload_server_set_up (&f);
  g_input_stream_skip (stream, 1000, NULL, NULL);
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, stream, "a/cat.bin", 150000, "application/x-cat"));
  upload_server_answer (&f, "");
  upload_server_assert_sent (&f, part);
  g_assert_cmpstr (f.record->str, ==, "PUT /a 150000 application/x-cat\n");
  g_assert_false (g_input_stream_is_closed (stream));
  upload_server_tear_down (&f);
}

static GFile *
make_file (const char *name, GBytes *bytes)
{
  g_autofree char *folder = g_dir_make_tmp ("upload-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL));
  return g_file_new_for_path (path);
}

static void
remove_file (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);

  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_true (g_file_delete (folder, NULL, NULL));
}

static void
test_file (void)
{
  UploadServer f;
  g_autoptr (GBytes) bytes = upload_server_make_bytes (200000);
  g_autoptr (GFile) file = make_file ("cat.txt", bytes);
  g_autoptr (HsElement) request = NULL;

  upload_server_set_up (&f);
  upload_server_watch (&f, hs_upload_send_file (f.upload.upload, file, "text/plain"));
  request = upload_await_request (&f.upload);
  g_assert_cmpstr (hs_element_get_attribute (request, "filename"), ==, "cat.txt");
  g_assert_cmpstr (hs_element_get_attribute (request, "size"), ==, "200000");
  g_assert_cmpint (hs_transfer_get_size (f.transfer), ==, 200000);
  upload_server_answer (&f, "");
  upload_server_assert_sent (&f, bytes);
  g_assert_cmpstr (f.record->str, ==, "PUT /a 200000 text/plain\n");
  remove_file (file);
  upload_server_tear_down (&f);
}

/* A file that changes while it waits for its slot is not half of one on the server. */
static void
test_changed_file (void)
{
  static const gsize sizes[] = { 199999, 200001, 300000, 0 };
  g_autoptr (GBytes) bytes = upload_server_make_bytes (200000);

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      UploadServer f;
      g_autoptr (GBytes) changed = upload_server_make_bytes (sizes[i]);
      g_autoptr (GFile) file = make_file ("cat.txt", bytes);
      g_autoptr (HsElement) request = NULL;
      gboolean is_larger = sizes[i] > 200000;

      upload_server_set_up (&f);
      upload_server_watch (&f, hs_upload_send_file (f.upload.upload, file, "text/plain"));
      request = upload_await_request (&f.upload);
      g_assert_true (g_file_set_contents (g_file_peek_path (file), g_bytes_get_data (changed, NULL), sizes[i], NULL));
      upload_server_answer (&f, "");
      upload_server_assert_failed (&f, is_larger ? HS_ERROR : G_IO_ERROR,
                                   is_larger ? HS_ERROR_TOO_LARGE : (int) G_IO_ERROR_PARTIAL_INPUT);
      g_assert_cmpuint (f.n_bodies, ==, 0);
      remove_file (file);
      upload_server_tear_down (&f);
    }
}

/* What is no file. */
static void
test_no_file (void)
{
  UploadServer f;
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GFile) device = g_file_new_for_path ("/dev/zero");
  g_autoptr (GFile) nothing = g_file_get_child (folder, "no-such-file-there");
  GFile *files[] = { folder, device, nothing };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      upload_server_set_up (&f);
      upload_server_watch (&f, hs_upload_send_file (f.upload.upload, files[i], NULL));
      upload_server_assert_failed (&f, G_IO_ERROR, i < 2 ? G_IO_ERROR_NOT_REGULAR_FILE : G_IO_ERROR_NOT_FOUND);
      g_assert_cmpuint (f.n_requests, ==, 0);
      upload_server_tear_down (&f);
    }
}

/* XEP-0447, 3.1; XEP-0446, 2; XEP-0066, 3. */
static void
test_message (void)
{
  static const char *const understood[] = { HS_NS_FILE_SHARING, NULL };
  UploadServer f;
  g_autoptr (GBytes) bytes = g_bytes_new ("hello", 5);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (HsMessage) message = NULL;
  g_autoptr (HsElement) expected = hs_element_new_from_string (
    "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><media-type>text/plain</media-type>"
    "<name>cat &amp; dog.txt</name><size>5</size><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>"
    "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=</hash></file><sources>"
    "<url-data xmlns='http://jabber.org/protocol/url-data' target='https://down.example.org/a/cat.jpg'/></sources>"
    "</file-sharing>", NULL);
  g_autofree char *rest = NULL;

  upload_server_set_up (&f);
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, stream, "/x/cat & dog.txt", 5, "text/plain"));
  upload_server_answer (&f, "");
  upload_server_assert_sent (&f, bytes);
  message = hs_upload_make_message (f.upload.upload, "juliet@example.org", f.transfer);
  g_assert_cmpstr (hs_message_get_body (message), ==, "https://down.example.org/a/cat.jpg");
  g_assert_cmpstr (hs_message_get_oob_url (message), ==, "https://down.example.org/a/cat.jpg");
  g_assert_cmpstr (hs_stanza_get_stanza_type (HS_STANZA (message)), ==, "chat");
  g_assert_cmpstr (hs_jid_to_string (hs_stanza_get_to_jid (HS_STANZA (message))), ==, "juliet@example.org");
  g_assert_true (hs_element_equal (hs_element_get_child (HS_ELEMENT (message), "file-sharing", HS_NS_FILE_SHARING),
                                   expected));
  rest = hs_message_dup_body_without_fallback (message, understood);
  g_assert_cmpstr (rest, ==, NULL);
  upload_server_tear_down (&f);
}

/* Within the server a redirect is followed with all that belongs to the request; it asks for the file once more. */
static void
test_redirect (void)
{
  static const guint statuses[] = { 301, 302, 307, 308 };
  UploadServer f;
  g_autoptr (GBytes) bytes = upload_server_make_bytes (100000);

  for (guint i = 0; i < G_N_ELEMENTS (statuses) * 2; i++)
    {
      g_autoptr (GFile) file = make_file ("cat.jpg", bytes);
      g_autofree char *absolute = NULL;

      upload_server_set_up (&f);
      absolute = g_strdup_printf ("%s/b", f.base);
      f.status = statuses[i / 2];
      f.location = i == 0 ? absolute : "/b";
      if (i % 2 == 0)
        upload_server_send (&f, 100000);
      else
        f.transfer = hs_upload_send_file (f.upload.upload, file, "image/jpeg");
      upload_server_answer (&f, BEARER);
      test_until (f.n_bodies > 0);
      f.status = SOUP_STATUS_CREATED;
      upload_server_await_end (&f);
      g_assert_no_error (hs_transfer_get_error (f.transfer));
      g_assert_cmpstr (f.record->str, ==, "PUT /a 100000 image/jpeg\nPUT /b 100000 image/jpeg\n");
      g_assert_cmpstr (f.headers->str, ==, "Authorization: Bearer secret\nAuthorization: Bearer secret\n");
      g_assert_true (g_bytes_equal (f.body, bytes));
      g_assert_cmpint (hs_transfer_get_bytes_sent (f.transfer), ==, 100000);
      remove_file (file);
      upload_server_tear_down (&f);
    }
}

/* The session may be the program's, with a life of its own; the slot alone says what is sent. */
static void
test_own_session (void)
{
  UploadServer f;
  g_autoptr (SoupCookieJar) jar = soup_cookie_jar_new ();
  g_autoptr (GBytes) bytes = upload_server_make_bytes (10);

  upload_server_set_up (&f);
  g_assert_true (hs_upload_get_session (f.upload.upload) == f.session);
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("secret", "jar", "127.0.0.1", "/", -1));
  soup_session_add_feature (f.session, SOUP_SESSION_FEATURE (jar));
  upload_server_send (&f, 10);
  upload_server_answer (&f, "<header name='Cookie'>a=1</header>");
  upload_server_assert_sent (&f, bytes);
  g_assert_cmpstr (f.headers->str, ==, "Cookie: a=1\n");
  /* Another one, and the default. */
  hs_upload_set_session (f.upload.upload, NULL);
  g_assert_true (SOUP_IS_SESSION (hs_upload_get_session (f.upload.upload)));
  g_assert_true (hs_upload_get_session (f.upload.upload) != f.session);
  upload_server_tear_down (&f);
}

/* The file is never in memory, and the main loop never waits for it. */
static void
test_large (void)
{
  const gsize size = 48 * 1024 * 1024;
  UploadServer f;
  g_autofree char *folder = g_dir_make_tmp ("upload-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "large.bin", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileOutputStream) stream = g_file_create (file, G_FILE_CREATE_NONE, NULL, NULL);
  gsize before;

  g_assert_true (g_seekable_truncate (G_SEEKABLE (stream), size, NULL, NULL));
  upload_server_set_up (&f);
  f.throws_away = TRUE;
  before = test_resident ();
  upload_server_watch (&f, hs_upload_send_file (f.upload.upload, file, NULL));
  upload_server_answer (&f, "");
  upload_server_await_end (&f);
  g_assert_no_error (hs_transfer_get_error (f.transfer));
  g_assert_cmpint (hs_transfer_get_bytes_sent (f.transfer), ==, size);
  g_assert_cmpuint (f.n_progress, >=, size / 65536);
  g_assert_cmpuint (f.n_progress, <=, size / 65536 + 3);
  g_test_message ("%" G_GSIZE_FORMAT " KiB more", test_resident () - before);
#ifndef __SANITIZE_ADDRESS__
  /* The sanitizer keeps what was freed. */
  g_assert_cmpuint (test_resident (), <, before + 16 * 1024);
#endif
  remove_file (file);
  upload_server_tear_down (&f);
}

/* More than what 32 bits hold, and than is ever sent here. */
static void
test_huge (void)
{
  UploadServer f;
  g_autoptr (GFile) zero = g_file_new_for_path ("/dev/zero");
  g_autoptr (GFileInputStream) stream = g_file_read (zero, NULL, NULL);

  upload_server_set_up (&f);
  f.throws_away = TRUE;
  upload_server_watch (&f, hs_upload_send_stream (f.upload.upload, G_INPUT_STREAM (stream), "zero", 5000000000, NULL));
  upload_server_answer (&f, "");
  test_until (hs_transfer_get_bytes_sent (f.transfer) > 1000000);
  g_assert_cmpstr (f.record->str, ==, "PUT /a 5000000000 application/octet-stream\n");
  g_assert_cmpfloat (hs_transfer_get_progress (f.transfer), >, 0);
  hs_transfer_cancel (f.transfer);
  upload_server_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_until (f.n_open == 0);
  upload_server_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upload-http/stream", test_stream);
  g_test_add_func ("/upload-http/empty", test_empty);
  g_test_add_func ("/upload-http/promised", test_promised);
  g_test_add_func ("/upload-http/file", test_file);
  g_test_add_func ("/upload-http/changed-file", test_changed_file);
  g_test_add_func ("/upload-http/no-file", test_no_file);
  g_test_add_func ("/upload-http/message", test_message);
  g_test_add_func ("/upload-http/redirect", test_redirect);
  g_test_add_func ("/upload-http/own-session", test_own_session);
  g_test_add_func ("/upload-http/large", test_large);
  g_test_add_func ("/upload-http/huge", test_huge);
  return g_test_run ();
}
