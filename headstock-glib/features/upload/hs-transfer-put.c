/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-transfer-private.h"

#include "hs-error.h"
#include "hs-upload-http.h"
#include "hs-upload-slot-private.h"

/* The PUT request (XEP-0363, 7), and the server's answer. */

#define MAX_REDIRECTS 5
/* Used if there is no client any more. */
#define DEFAULT_TIMEOUT_MSEC 60000

typedef struct
{
  HsTransfer *transfer; /* kept */
  SoupMessage *message; /* kept; if the transfer has another one, this request was given up */
  void (*again) (HsTransfer *self);
} Put;

static void
put_free (Put *put)
{
  g_object_unref (put->transfer);
  g_object_unref (put->message);
  g_free (put);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Put, put_free)

/* ---- A server that does nothing ---- */

static guint
get_timeout (HsTransfer *self)
{
  HsClient *client = self->upload->client;

  return client != NULL ? hs_client_get_request_timeout (client) : DEFAULT_TIMEOUT_MSEC;
}

static void watch (HsTransfer *self, guint msec);

static gboolean
stall_cb (gpointer user_data)
{
  HsTransfer *self = user_data;
  gint64 timeout = get_timeout (self);
  gint64 idle = (g_get_monotonic_time () - self->last_progress) / 1000;

  if (hs_transfer_body_is_reading (self->body))
    self->last_progress = g_get_monotonic_time ();
  else if (idle >= timeout)
    {
      hs_transfer_end (self, g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT,
                                          "%s neither took a byte of the file nor answered for %" G_GINT64_FORMAT
                                          " milliseconds", g_uri_get_host (self->uri), timeout));
      return G_SOURCE_REMOVE;
    }
  watch (self, hs_transfer_body_is_reading (self->body) ? timeout : timeout - idle);
  return G_SOURCE_REMOVE;
}

static void
watch (HsTransfer *self, guint msec)
{
  if (self->stall != NULL)
    g_source_destroy (self->stall);
  g_clear_pointer (&self->stall, g_source_unref);
  self->stall = g_timeout_source_new (msec);
  g_source_set_callback (self->stall, stall_cb, self, NULL);
  g_source_attach (self->stall, g_main_context_get_thread_default ());
}

static void
wrote_cb (SoupMessage *message, guint n_bytes, gpointer user_data)
{
  HsTransfer *self = user_data;

  if (self->message != message)
    return;
  self->last_progress = g_get_monotonic_time ();
  hs_transfer_set_bytes_sent (self, self->bytes_sent + n_bytes);
}

/* ---- The answer ---- */

/* Returns the target of a redirect, if it may be followed. The file and the slot's headers are for one server only. */
static GUri *
resolve_redirect (HsTransfer *self, GError **error)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location");
  g_autoptr (GUri) uri = NULL;
  const char *refusal = NULL;

  if (location != NULL)
    uri = g_uri_parse_relative (self->uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    refusal = "has no valid target";
  else if (g_ascii_strcasecmp (g_uri_get_scheme (uri), "https") != 0)
    refusal = "is not https";
  else if (g_ascii_strcasecmp (g_uri_get_host (uri), g_uri_get_host (self->uri)) != 0
           || g_uri_get_port (uri) != g_uri_get_port (self->uri))
    refusal = "is to another server";
  else if (++self->n_redirects > MAX_REDIRECTS)
    refusal = "is one more than the 5 that are followed";
  else if (self->file == NULL && !(G_IS_SEEKABLE (self->stream) && g_seekable_can_seek (G_SEEKABLE (self->stream))))
    refusal = "cannot be followed, since the stream cannot be read again";
  if (refusal == NULL)
    return g_steal_pointer (&uri);
  g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL, "%s redirected the upload, and the redirect %s",
               g_uri_get_host (self->uri), refusal);
  return NULL;
}

static gboolean
is_redirect (guint status)
{
  /* 303 is not followed: it asks for a GET request. */
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND
         || status == SOUP_STATUS_TEMPORARY_REDIRECT || status == SOUP_STATUS_PERMANENT_REDIRECT;
}

static GError *
check_status (HsTransfer *self, guint status)
{
  const char *host = g_uri_get_host (self->uri);

  if (status != SOUP_STATUS_OK && status != SOUP_STATUS_CREATED)
    return g_error_new (HS_ERROR,
                        status == SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE ? HS_ERROR_TOO_LARGE : HS_ERROR_FAILED,
                        "%s did not take the file: %u %s", host, status, soup_status_get_phrase (status));
  if (!hs_transfer_body_is_complete (self->body))
    return g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "%s says that it has the file before all of it was sent", host);
  return NULL;
}

static void
read_answer (HsTransfer *self, Put *put)
{
  guint status = soup_message_get_status (self->message);
  GError *error = NULL;
  GUri *uri;

  if (!is_redirect (status))
    {
      hs_transfer_end (self, check_status (self, status));
      return;
    }
  uri = resolve_redirect (self, &error);
  if (uri == NULL)
    {
      hs_transfer_end (self, error);
      return;
    }
  g_uri_unref (self->uri);
  self->uri = uri;
  g_clear_object (&self->message);
  hs_transfer_set_bytes_sent (self, 0);
  /* A handler of the notification may have cancelled the transfer. */
  if (!self->is_done)
    put->again (self);
}

static void
closed_cb (GObject *stream, GAsyncResult *result, gpointer user_data)
{
  g_input_stream_close_finish (G_INPUT_STREAM (stream), result, NULL);
}

static void
sent_cb (GObject *session, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Put) put = user_data;
  HsTransfer *self = put->transfer;
  GError *error = NULL;
  g_autoptr (GInputStream) answer = soup_session_send_finish (SOUP_SESSION (session), result, &error);

  g_signal_handlers_disconnect_by_data (put->message, self);
  if (answer != NULL)
    {
      /* The body of the answer is not read: nobody needs it, and it may never end. */
      g_input_stream_close_async (answer, G_PRIORITY_DEFAULT, self->cancellable, closed_cb, NULL);
    }
  if (self->message != put->message)
    {
      g_clear_error (&error);
      return;
    }
  if (answer != NULL)
    {
      read_answer (self, put);
      return;
    }
  if (hs_transfer_body_get_error (self->body) != NULL)
    {
      g_clear_error (&error);
      error = g_error_copy (hs_transfer_body_get_error (self->body));
    }
  hs_transfer_end (self, error);
}

/* ---- The request ---- */

static SoupMessage *
new_message (HsTransfer *self)
{
  SoupMessage *message = soup_message_new_from_uri ("PUT", self->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  const char *name, *value;

  /* A connection that was used before may turn out to be closed when half of the body is gone. */
  soup_message_set_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION
                                     | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  /* The request uses the URL and the headers of the slot. */
  soup_message_disable_feature (message, SOUP_TYPE_COOKIE_JAR);
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
  /* The length is set below: this function takes a gssize, which has 32 bits on some machines. */
  soup_message_set_request_body (message, self->media_type, G_INPUT_STREAM (self->body), -1);
  soup_message_headers_set_content_length (headers, self->size);
  for (guint i = 0; hs_upload_slot_get_header (self->slot, i, &name, &value); i++)
    soup_message_headers_append (headers, name, value);
  return message;
}

void
hs_transfer_put (HsTransfer *self, void (*again) (HsTransfer *self))
{
  Put *put = g_new0 (Put, 1);

  if (self->uri == NULL)
    self->uri = g_uri_parse (hs_upload_slot_get_put_url (self->slot), SOUP_HTTP_URI_FLAGS, NULL);
  g_clear_object (&self->body);
  self->body = hs_transfer_body_new (self->stream, self->size, self->file != NULL);
  self->message = new_message (self);
  g_signal_connect (self->message, "wrote-body-data", G_CALLBACK (wrote_cb), self);
  self->last_progress = g_get_monotonic_time ();
  watch (self, get_timeout (self));
  put->transfer = g_object_ref (self);
  put->message = g_object_ref (self->message);
  put->again = again;
  soup_session_send_async (hs_upload_get_session (self->upload), self->message, G_PRIORITY_DEFAULT, self->cancellable,
                           sent_cb, put);
}
