/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "upload-servers.h"

#include <libsoup/soup.h>
#include <string.h>

#include "server-test.h"

/* Files that are uploaded to a real server, and downloaded again. */

#define MAX_SIZE (10 * 1024 * 1024)

typedef struct
{
  TestClient *test;
  HsUpload *upload;
  SoupSession *session;
} Uploader;

static void
begin (Uploader *f, const ServerWay *way)
{
  g_autoptr (GTlsDatabase) database = server_load_database ("CA");

  *f = (Uploader){ server_new_user (1, way), hs_upload_new (),
                   soup_session_new_with_options ("tls-database", database, NULL) };
  hs_upload_set_session (f->upload, f->session);
  hs_client_register (f->test->client, HS_MODULE (f->upload));
  test_client_start_until_ready (f->test);
  test_until (hs_upload_get_max_size (f->upload) != 0);
  g_assert_cmpint (hs_upload_get_max_size (f->upload), ==, MAX_SIZE);
  g_assert_cmpstr (hs_jid_to_string (hs_upload_get_service (f->upload)), ==, server_get ("UPLOAD"));
}

static void
end (Uploader *f)
{
  test_client_stop (f->test);
  test_client_free (f->test);
  g_assert_finalize_object (f->upload);
  soup_session_abort (f->session);
  g_object_unref (f->session);
}

static GBytes *
make_bytes (gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = i * 31 + i / 251;
  return g_bytes_new_take (bytes, size);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

static void
assert_there (Uploader *f, HsTransfer *transfer, GBytes *bytes, const char *media_type)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) downloaded = NULL;

  test_until (hs_transfer_get_is_done (transfer));
  g_assert_no_error (hs_transfer_get_error (transfer));
  message = soup_message_new ("GET", hs_transfer_get_url (transfer));
  soup_session_send_and_read_async (f->session, message, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
  test_until (result != NULL);
  downloaded = soup_session_send_and_read_finish (f->session, result, NULL);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_OK);
  g_assert_true (g_bytes_equal (downloaded, bytes));
  g_assert_cmpstr (soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL), ==,
                   media_type);
}

static void
count_cb (HsTransfer *transfer, GParamSpec *pspec, gpointer n)
{
  ++*(guint *) n;
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer url)
{
  if (hs_message_get_oob_url (message) != NULL)
    *(char **) url = g_strdup (hs_message_get_oob_url (message));
}

/* Somebody else learns of it. */
static void
test_stream (gconstpointer way)
{
  g_autoptr (GBytes) bytes = make_bytes (1000000);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (HsTransfer) transfer = NULL;
  g_autoptr (HsMessage) message = NULL;
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autofree char *got = NULL;
  TestClient *other = server_new_user (2, way);
  guint n_progress = 0;
  Uploader f;

  hs_client_set_own_presence (other->client, presence);
  g_signal_connect (other->client, "message", G_CALLBACK (message_cb), &got);
  test_client_start_until_ready (other);
  begin (&f, way);
  transfer = hs_upload_send_stream (f.upload, stream, "très cool.jpg", 1000000, NULL);
  g_signal_connect (transfer, "notify::progress", G_CALLBACK (count_cb), &n_progress);
  assert_there (&f, transfer, bytes, "image/jpeg");
  g_assert_cmpuint (n_progress, >=, 10);
  g_assert_true (hs_transfer_get_progress (transfer) >= 1);

  message = hs_upload_make_message (f.upload, server_get ("USER2"), transfer);
  g_assert_true (hs_client_send_stanza (f.test->client, HS_ELEMENT (message), NULL));
  test_until (got != NULL);
  g_assert_cmpstr (got, ==, hs_transfer_get_url (transfer));
  test_client_stop (other);
  test_client_free (other);
  end (&f);
}

static void
test_file (gconstpointer way)
{
  g_autoptr (GBytes) bytes = make_bytes (300001);
  g_autofree char *folder = g_dir_make_tmp ("upload-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "cat & dog.txt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) parent = g_file_new_for_path (folder);
  g_autoptr (HsTransfer) transfer = NULL;
  Uploader f;

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL));
  begin (&f, way);
  transfer = hs_upload_send_file (f.upload, file, "text/plain");
  assert_there (&f, transfer, bytes, "text/plain");
  g_assert_true (g_file_delete (file, NULL, NULL) && g_file_delete (parent, NULL, NULL));
  end (&f);
}

/* Known before; and the service itself refuses what is one byte too large. */
static void
test_too_large (gconstpointer way)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
  g_autoptr (HsTransfer) transfer = NULL;
  g_autoptr (HsElement) request = hs_element_new_tree ("request", HS_NS_UPLOAD, "filename", "a", "size", "10485761",
                                                       NULL, NULL, NULL);
  g_autoptr (HsIq) iq = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  HsElement *child;
  Uploader f;

  begin (&f, way);
  transfer = hs_upload_send_stream (f.upload, stream, "large.bin", MAX_SIZE + 1, NULL);
  test_until (hs_transfer_get_is_done (transfer));
  g_assert_error (hs_transfer_get_error (transfer), HS_ERROR, HS_ERROR_TOO_LARGE);
  iq = hs_iq_new ("get", server_get ("UPLOAD"), request);
  hs_client_request_async (f.test->client, HS_ELEMENT (iq), -1, NULL, result_cb, &result);
  test_until (result != NULL);
  g_assert_null (hs_client_request_finish (f.test->client, result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ACCEPTABLE);
  child = hs_element_get_child (HS_ELEMENT (hs_stanza_error_get_stanza (error)), "error", NULL);
  g_assert_nonnull (hs_element_get_child (child, "file-too-large", HS_NS_UPLOAD));
  g_clear_object (&result);
  end (&f);
}

/* Nothing is there of what was cancelled half way; Prosody gives headers with its slots. */
static void
test_cancel (gconstpointer way)
{
  g_autoptr (GBytes) bytes = make_bytes (MAX_SIZE);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (HsTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsUploadSlot) slot = NULL;
  g_autofree char *authorization = NULL;
  Uploader f;

  begin (&f, way);
  transfer = hs_upload_send_stream (f.upload, stream, "large.bin", MAX_SIZE, NULL);
  test_until (hs_transfer_get_bytes_sent (transfer) > 0);
  hs_transfer_cancel (transfer);
  g_assert_error (hs_transfer_get_error (transfer), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (gint64 deadline = test_deadline (); G_OBJECT (transfer)->ref_count > 1;)
    test_iterate (deadline, "the transfer is not used any more");

  hs_upload_request_slot_async (f.upload, "cat.jpg", 5, NULL, NULL, result_cb, &result);
  test_until (result != NULL);
  slot = hs_upload_request_slot_finish (f.upload, result, NULL);
  g_assert_nonnull (slot);
  g_assert_true (g_str_has_prefix (hs_upload_slot_get_put_url (slot), "https://localhost:"));
  authorization = hs_upload_slot_dup_header (slot, "authorization");
  if (strcmp (server_get ("SERVER"), "prosody") == 0)
    g_assert_true (g_str_has_prefix (authorization, "Bearer "));
  g_clear_object (&result);
  end (&f);
}

void
upload_add_server_tests (void)
{
  static const ServerTest tests[] = { { "stream", test_stream },
                                      { "file", test_file },
                                      { "too-large", test_too_large },
                                      { "cancel", test_cancel },
                                      { NULL, NULL } };

  server_add_tests ("upload", tests);
}
