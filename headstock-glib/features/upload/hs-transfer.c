/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-transfer-private.h"

#include "hs-upload-name-private.h"
#include "hs-upload-slot-private.h"

/**
 * HsTransfer:
 *
 * A file that is being uploaded, or has been (XEP-0363, 7).
 *
 * [method@Upload.send_file] and [method@Upload.send_stream] make it. It continues even if the program keeps no
 * reference to it.
 *
 * ```python
 * transfer = upload.send_file(Gio.File.new_for_path("cat.jpg"), None)
 *
 * def progress(transfer, pspec):
 *     print(f"{transfer.props.progress:.0%}")
 *
 * def uploaded(transfer, result):
 *     try:
 *         print("it is at", transfer.wait_finish(result))
 *     except GLib.Error as error:
 *         print("not uploaded:", error.message)
 *
 * transfer.connect("notify::progress", progress)
 * transfer.wait_async(None, uploaded)
 * ```
 *
 * A transfer that fails is not repeated. A program that sends the file again gets another slot.
 *
 * Since: 0.2
 */

enum
{
  PROP_PROGRESS = 1,
  PROP_BYTES_SENT,
  PROP_SIZE,
  PROP_URL,
  PROP_ERROR,
  PROP_IS_DONE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* How many bytes are sent between two notifications. */
#define PIECE (64 * 1024)

G_DEFINE_FINAL_TYPE (HsTransfer, hs_transfer, G_TYPE_OBJECT)

static void
hs_transfer_finalize (GObject *object)
{
  HsTransfer *self = HS_TRANSFER (object);

  hs_upload_waiters_clear (&self->waiters);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->file);
  g_clear_object (&self->stream);
  g_free (self->name);
  g_free (self->media_type);
  g_free (self->url);
  g_free (self->hash);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (hs_transfer_parent_class)->finalize (object);
}

static void
hs_transfer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsTransfer *self = HS_TRANSFER (object);

  switch (prop_id)
    {
    case PROP_PROGRESS:
      g_value_set_double (value, hs_transfer_get_progress (self));
      break;
    case PROP_BYTES_SENT:
      g_value_set_int64 (value, hs_transfer_get_bytes_sent (self));
      break;
    case PROP_SIZE:
      g_value_set_int64 (value, hs_transfer_get_size (self));
      break;
    case PROP_URL:
      g_value_set_string (value, hs_transfer_get_url (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, hs_transfer_get_error (self));
      break;
    case PROP_IS_DONE:
      g_value_set_boolean (value, hs_transfer_get_is_done (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_transfer_class_init (HsTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_transfer_finalize;
  object_class->get_property = hs_transfer_get_property;

  /**
   * HsTransfer:progress: (getter get_progress)
   *
   * How much of the file has been sent, from 0 to 1. It is 1 only when the server has the whole file.
   *
   * It is notified about every 64 KiB.
   *
   * Since: 0.2
   */
  props[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, ro);

  /**
   * HsTransfer:bytes-sent: (getter get_bytes_sent)
   *
   * How many bytes of the file have been sent. After a redirect, the count begins at 0 again.
   *
   * It is notified about every 64 KiB.
   *
   * Since: 0.2
   */
  props[PROP_BYTES_SENT] = g_param_spec_int64 ("bytes-sent", NULL, NULL, 0, G_MAXINT64, 0, ro);

  /**
   * HsTransfer:size: (getter get_size)
   *
   * How many bytes the file has; 0 until that is known.
   *
   * Since: 0.2
   */
  props[PROP_SIZE] = g_param_spec_int64 ("size", NULL, NULL, 0, G_MAXINT64, 0, ro);

  /**
   * HsTransfer:url: (getter get_url)
   *
   * The `https` URL from which the file can be downloaded; %NULL until it is there.
   *
   * Since: 0.2
   */
  props[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, ro);

  /**
   * HsTransfer:error: (getter get_error)
   *
   * Why the file was not uploaded; %NULL while nothing has failed. See [method@Transfer.wait_finish].
   *
   * Since: 0.2
   */
  props[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, ro);

  /**
   * HsTransfer:is-done: (getter get_is_done)
   *
   * Whether the transfer has ended, with or without an error. From then on either [property@Transfer:url] or
   * [property@Transfer:error] is set.
   *
   * Since: 0.2
   */
  props[PROP_IS_DONE] = g_param_spec_boolean ("is-done", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_transfer_init (HsTransfer *self)
{
  self->cancellable = g_cancellable_new ();
  hs_upload_waiters_init (&self->waiters);
}

HsTransfer *
hs_transfer_new (HsUpload *upload, const char *name, const char *media_type)
{
  HsTransfer *self = g_object_new (HS_TYPE_TRANSFER, NULL);

  self->upload = g_object_ref (upload);
  self->name = hs_upload_dup_name (name);
  if (media_type != NULL)
    self->media_type = hs_upload_dup_media_type (media_type, self->name);
  return self;
}

void
hs_transfer_set_size (HsTransfer *self, gint64 size)
{
  if (self->size == size)
    return;
  self->size = size;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIZE]);
}

void
hs_transfer_set_bytes_sent (HsTransfer *self, gint64 bytes_sent)
{
  gboolean is_told = bytes_sent < self->bytes_sent || bytes_sent / PIECE != self->bytes_sent / PIECE
                     || bytes_sent == self->size;

  if (self->bytes_sent == bytes_sent)
    return;
  self->bytes_sent = bytes_sent;
  if (!is_told)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BYTES_SENT]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
release (HsTransfer *self)
{
  if (self->stall != NULL)
    g_source_destroy (self->stall);
  g_clear_pointer (&self->stall, g_source_unref);
  g_clear_object (&self->stream);
  g_clear_object (&self->slot);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_object (&self->message);
  g_clear_object (&self->body);
  g_clear_object (&self->upload);
}

void
hs_transfer_end (HsTransfer *self, GError *error)
{
  g_autoptr (HsTransfer) kept G_GNUC_UNUSED = g_object_ref (self);

  if (self->is_done)
    {
      g_clear_error (&error);
      return;
    }
  g_object_freeze_notify (G_OBJECT (self));
  self->is_done = TRUE;
  self->error = error;
  if (error == NULL)
    {
      self->url = g_strdup (hs_upload_slot_get_get_url (self->slot));
      self->hash = hs_transfer_body_dup_hash (self->body);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[error == NULL ? PROP_URL : PROP_ERROR]);
  if (error == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROGRESS]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_DONE]);
  release (self);
  /* Ends the steps in flight. */
  g_cancellable_cancel (self->cancellable);
  g_object_thaw_notify (G_OBJECT (self));
  hs_upload_waiters_end (&self->waiters, self->url, self->error);
}

/**
 * hs_transfer_wait_async:
 * @self: a transfer
 * @cancellable: (nullable): stops the waiting, and not the transfer
 * @callback: (scope async): called when the transfer has ended
 * @user_data: data for @callback
 *
 * Waits until the file is on the server, or the transfer has failed.
 *
 * Call [method@Transfer.wait_finish] in the callback to get the result. Any number of callers may wait, also after the
 * end.
 *
 * ```python
 * transfer = upload.send_file(Gio.File.new_for_path("ring.jpeg"))
 * url = await transfer.wait_async()
 * client.send_stanza(upload.make_message("juliet@capulet.example", transfer))
 * ```
 *
 * Since: 0.2
 */
void
hs_transfer_wait_async (HsTransfer *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_TRANSFER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_transfer_wait_async);
  hs_upload_waiters_add (&self->waiters, task);
  if (self->is_done)
    hs_upload_waiters_end (&self->waiters, self->url, self->error);
}

/**
 * hs_transfer_wait_finish:
 * @self: a transfer
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Transfer.wait_async].
 *
 * Errors: those of [method@Upload.request_slot_finish]; %HS_ERROR_TOO_LARGE also if the HTTP server answers with the
 * status 413, or the file has grown since the upload began; %HS_ERROR_TIMED_OUT if the server has neither taken nor
 * sent anything for [property@Client:request-timeout]; %HS_ERROR_PROTOCOL if it redirects to another server;
 * %HS_ERROR_FAILED if it refuses the file, with its status in the message; %G_IO_ERROR_PARTIAL_INPUT if the file has
 * become shorter; %G_IO_ERROR_NOT_REGULAR_FILE if it is a folder or a device; %G_IO_ERROR_CANCELLED after
 * [method@Transfer.cancel]; those of GIO for reading the file, for sockets and for TLS.
 *
 * Returns: (transfer full): the URL from which the file can be downloaded, or %NULL with an error
 *
 * Since: 0.2
 */
char *
hs_transfer_wait_finish (HsTransfer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_transfer_wait_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_transfer_cancel:
 * @self: a transfer
 *
 * Stops the transfer, which ends with %G_IO_ERROR_CANCELLED. Nothing happens if it has ended before.
 *
 * If the last bytes were in flight, the server may still get the file, but its URL is not returned.
 *
 * Since: 0.2
 */
void
hs_transfer_cancel (HsTransfer *self)
{
  g_return_if_fail (HS_IS_TRANSFER (self));

  hs_transfer_end (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The upload was cancelled"));
}

/**
 * hs_transfer_get_progress: (get-property progress)
 * @self: a transfer
 *
 * Gets how much of the file has been sent.
 *
 * Returns: from 0 to 1; 1 only when the server has the whole file
 *
 * Since: 0.2
 */
double
hs_transfer_get_progress (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), 0);

  if (self->url != NULL)
    return 1;
  if (self->size == 0)
    return 0;
  /* 1 means that the server has the whole file, and it has not said so yet. */
  return MIN ((double) self->bytes_sent / self->size, 0.999);
}

/**
 * hs_transfer_get_bytes_sent: (get-property bytes-sent)
 * @self: a transfer
 *
 * Gets how many bytes of the file have been sent.
 *
 * Returns: a number of bytes
 *
 * Since: 0.2
 */
gint64
hs_transfer_get_bytes_sent (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), 0);

  return self->bytes_sent;
}

/**
 * hs_transfer_get_size: (get-property size)
 * @self: a transfer
 *
 * Gets how many bytes the file has.
 *
 * Returns: a number of bytes; 0 until that is known
 *
 * Since: 0.2
 */
gint64
hs_transfer_get_size (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), 0);

  return self->size;
}

/**
 * hs_transfer_get_url: (get-property url)
 * @self: a transfer
 *
 * Gets the URL from which the file can be downloaded.
 *
 * Returns: (transfer none) (nullable): the URL; %NULL until the file is there
 *
 * Since: 0.2
 */
const char *
hs_transfer_get_url (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), NULL);

  return self->url;
}

/**
 * hs_transfer_get_error: (get-property error)
 * @self: a transfer
 *
 * Gets why the file was not uploaded. See [method@Transfer.wait_finish].
 *
 * Returns: (transfer none) (nullable): the error, or %NULL
 *
 * Since: 0.2
 */
const GError *
hs_transfer_get_error (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), NULL);

  return self->error;
}

/**
 * hs_transfer_get_is_done: (get-property is-done)
 * @self: a transfer
 *
 * Gets whether the transfer has ended, with or without an error.
 *
 * Returns: %TRUE if it has
 *
 * Since: 0.2
 */
gboolean
hs_transfer_get_is_done (HsTransfer *self)
{
  g_return_val_if_fail (HS_IS_TRANSFER (self), FALSE);

  return self->is_done;
}
