/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-private.h"

#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-stanza-error.h"
#include "hs-upload-name-private.h"
#include "hs-upload-slot-private.h"

/* Slots (XEP-0363, 4 to 6). */

typedef struct
{
  char *name;
  char *media_type;
  gint64 size;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  g_free (wish->name);
  g_free (wish->media_type);
  g_free (wish);
}

static GError *
new_too_large (gint64 size, HsJid *service, gint64 max_size)
{
  if (max_size == 0)
    return g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE, "The file has %" G_GINT64_FORMAT " bytes, which is more than %s takes",
                        size, hs_jid_to_string (service));
  return g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE, "The file has %" G_GINT64_FORMAT " bytes, and %s takes at most %"
                      G_GINT64_FORMAT, size, hs_jid_to_string (service), max_size);
}

/* Returns the error to report if the service found the file too large (XEP-0363, 6), or NULL if @error is another one.
 * The service may tell its limit only here, or tell another one than before. */
static GError *
read_too_large (HsUpload *self, const GError *error, gint64 size)
{
  HsStanza *stanza = error->domain == HS_STANZA_ERROR ? hs_stanza_error_get_stanza (error) : NULL;
  HsElement *element = stanza != NULL ? hs_element_get_child (HS_ELEMENT (stanza), "error", NULL) : NULL;
  const char *text;
  gint64 max_size;

  if (element != NULL)
    element = hs_element_get_child (element, "file-too-large", HS_NS_UPLOAD);
  if (element == NULL)
    return NULL;
  text = hs_element_get_child_text (element, "max-file-size", HS_NS_UPLOAD);
  if (text == NULL || !g_ascii_string_to_signed (text, 10, 1, G_MAXINT64, &max_size, NULL))
    max_size = 0;
  else
    hs_upload_take_max_size (self, max_size);
  return new_too_large (size, self->service, max_size);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsUpload *self = g_task_get_source_object (task);
  Wish *wish = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);
  HsElement *payload = answer != NULL ? hs_iq_get_payload (answer) : NULL;
  GError *too_large = NULL;
  HsUploadSlot *slot = NULL;

  if (answer == NULL)
    too_large = self->service != NULL ? read_too_large (self, error, wish->size) : NULL;
  else if (payload != NULL && hs_element_matches (payload, "slot", HS_NS_UPLOAD))
    slot = hs_upload_slot_new (payload, &error);
  else
    g_set_error_literal (&error, HS_ERROR, HS_ERROR_PROTOCOL, "The answer of the upload service has no slot");
  if (slot != NULL)
    g_task_return_pointer (task, slot, g_object_unref);
  else
    g_task_return_error (task, too_large != NULL ? too_large : g_steal_pointer (&error));
}

static void
add_purpose (HsUpload *self, HsElement *request)
{
  static const char *const names[] = {
    [HS_UPLOAD_PURPOSE_MESSAGE] = NULL, /* XEP-0363, 5.1: the default */
    [HS_UPLOAD_PURPOSE_PROFILE] = "profile",
    [HS_UPLOAD_PURPOSE_EPHEMERAL] = "ephemeral",
    [HS_UPLOAD_PURPOSE_PERMANENT] = "permanent",
  };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) end = g_date_time_add_seconds (now, self->lifetime);
  g_autofree char *text = g_date_time_format (end, "%Y-%m-%dT%H:%M:%SZ");
  HsElement *element;

  if (names[self->purpose] == NULL)
    return;
  element = hs_element_add_child (request, names[self->purpose], HS_NS_UPLOAD_PURPOSE);
  if (self->purpose == HS_UPLOAD_PURPOSE_EPHEMERAL)
    hs_element_set_attribute (element, "expire-before", text);
}

static HsIq *
new_request (HsUpload *self, const Wish *wish)
{
  g_autoptr (HsElement) request = hs_element_new ("request", HS_NS_UPLOAD);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, wish->size);

  hs_element_set_attribute (request, "filename", wish->name);
  hs_element_set_attribute (request, "size", size);
  hs_element_set_attribute (request, "content-type", wish->media_type);
  add_purpose (self, request);
  return hs_iq_new ("get", hs_jid_to_string (self->service), request);
}

static void
service_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsUpload *self = HS_UPLOAD (source);
  g_autoptr (GTask) task = user_data;
  Wish *wish = g_task_get_task_data (task);
  GError *error = NULL;

  g_task_propagate_pointer (G_TASK (result), &error);
  if (error == NULL && (self->service == NULL || self->client == NULL))
    g_set_error_literal (&error, HS_ERROR, HS_ERROR_SESSION_LOST, "The session ended before a slot was requested");
  else if (error == NULL && self->max_size > 0 && wish->size > self->max_size)
    error = new_too_large (wish->size, self->service, self->max_size);
  /* A service without the purpose would keep a file that is meant to disappear (XEP-0363, 5.3). */
  else if (error == NULL && self->purpose == HS_UPLOAD_PURPOSE_EPHEMERAL
           && (self->info == NULL || !hs_disco_info_has_feature (self->info, HS_NS_UPLOAD_PURPOSE "#ephemeral")))
    g_set_error (&error, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                 "%s does not remove files after a time that the client sets (%s#ephemeral)",
                 hs_jid_to_string (self->service), HS_NS_UPLOAD_PURPOSE);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    {
      g_autoptr (HsIq) iq = new_request (self, wish);

      hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), answered_cb,
                               g_object_ref (task));
    }
}

/**
 * hs_upload_request_slot_async:
 * @self: the uploads
 * @name: the name of the file; a folder in it is left out
 * @size: how many bytes the file has
 * @media_type: (nullable): the type of the file, such as `image/jpeg`; %NULL: it is guessed from the name
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Requests a slot for a file (XEP-0363, 4), for programs that send the file with an HTTP library of their own.
 *
 * The service is looked for if it is not known yet. Nothing is requested for a file that is larger than
 * [property@Upload:max-size].
 *
 * Call [method@Upload.request_slot_finish] in the callback to get the result.
 *
 * ```python
 * slot = await upload.request_slot_async("ring.jpeg", 12345, "image/jpeg")
 * print(slot.put_url, slot.get_url)
 * ```
 *
 * Since: 0.2
 */
void
hs_upload_request_slot_async (HsUpload *self,
                              const char *name,
                              gint64 size,
                              const char *media_type,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  Wish *wish;

  g_return_if_fail (HS_IS_UPLOAD (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (size >= 0);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_upload_request_slot_async);
  wish = g_new (Wish, 1);
  wish->name = hs_upload_dup_name (name);
  wish->media_type = hs_upload_dup_media_type (media_type, wish->name);
  wish->size = size;
  g_task_set_task_data (task, wish, wish_free);
  hs_upload_await_service (self, g_task_new (self, cancellable, service_cb, task));
}

/**
 * hs_upload_request_slot_finish:
 * @self: the uploads
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Upload.request_slot_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_NOT_SUPPORTED if the server has no service for uploads, or
 * [property@Upload:purpose] is %HS_UPLOAD_PURPOSE_EPHEMERAL and the service does not support it; %HS_ERROR_TOO_LARGE if
 * the service does not take a file of that size; %HS_ERROR_PROTOCOL if the service gives no slot, or URLs that are not
 * `https`; those of [method@Client.request_finish], among them the condition that the service answered with, in
 * %HS_STANZA_ERROR: `resource-constraint` if the account has uploaded too much. The stanza of that error
 * ([func@StanzaError.get_stanza]) often has a `<retry/>` with the time of the next try (XEP-0363, 6).
 *
 * Returns: (transfer full): the slot, or %NULL with an error
 *
 * Since: 0.2
 */
HsUploadSlot *
hs_upload_request_slot_finish (HsUpload *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_upload_request_slot_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
