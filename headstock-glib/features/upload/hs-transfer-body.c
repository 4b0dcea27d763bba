/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-transfer-body-private.h"

#include "hs-error.h"

#define PIECE (64 * 1024)

struct _HsTransferBody
{
  GInputStream parent_instance;

  GBufferedInputStream *source;
  gint64 size;
  gint64 n_read;
  gboolean is_whole;
  gboolean is_reading;
  GChecksum *checksum;
  GError *error;
};

G_DEFINE_FINAL_TYPE (HsTransferBody, hs_transfer_body, G_TYPE_INPUT_STREAM)

typedef struct
{
  gpointer buffer;
  gsize count;
  gsize n_read;
} Read;

static void
hs_transfer_body_finalize (GObject *object)
{
  HsTransferBody *self = HS_TRANSFER_BODY (object);

  g_clear_object (&self->source);
  g_checksum_free (self->checksum);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (hs_transfer_body_parent_class)->finalize (object);
}

/* Takes over @error. */
static void
fail (GTask *task, GError *error)
{
  HsTransferBody *self = g_task_get_source_object (task);

  if (self->error == NULL)
    self->error = g_error_copy (error);
  g_task_return_error (task, error);
}

static void
give (GTask *task)
{
  HsTransferBody *self = g_task_get_source_object (task);
  Read *read = g_task_get_task_data (task);

  self->n_read += read->n_read;
  g_task_return_int (task, read->n_read);
}

static void
fail_grown (GTask *task)
{
  HsTransferBody *self = g_task_get_source_object (task);

  fail (task, g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE,
                           "The file has grown: it had %" G_GINT64_FORMAT " bytes when the upload began", self->size));
}

static void
beyond_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsTransferBody *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n_filled = g_buffered_input_stream_fill_finish (G_BUFFERED_INPUT_STREAM (source), result, &error);

  self->is_reading = FALSE;
  if (error != NULL)
    fail (task, error);
  else if (n_filled > 0)
    fail_grown (task);
  else
    give (task);
}

static void
fill (GTask *task, GAsyncReadyCallback callback)
{
  HsTransferBody *self = g_task_get_source_object (task);

  self->is_reading = TRUE;
  g_buffered_input_stream_fill_async (self->source, PIECE, g_task_get_priority (task), g_task_get_cancellable (task),
                                      callback, g_object_ref (task));
}

/* Reads buffered bytes, which does not block. */
static void
take (GTask *task)
{
  HsTransferBody *self = g_task_get_source_object (task);
  Read *read = g_task_get_task_data (task);

  read->n_read = MIN (read->count, g_buffered_input_stream_get_available (self->source));
  g_input_stream_read (G_INPUT_STREAM (self->source), read->buffer, read->n_read, NULL, NULL);
  g_checksum_update (self->checksum, read->buffer, read->n_read);
  /* The last bytes are held back until it is known that no more follow: the server accepts the file as soon as it has
   * all bytes. */
  if (!self->is_whole || self->n_read + (gint64) read->n_read < self->size)
    give (task);
  else if (g_buffered_input_stream_get_available (self->source) > 0)
    fail_grown (task);
  else
    fill (task, beyond_cb);
}

static void
filled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsTransferBody *self = g_task_get_source_object (task);
  GError *error = NULL;
  gssize n_filled = g_buffered_input_stream_fill_finish (G_BUFFERED_INPUT_STREAM (source), result, &error);

  self->is_reading = FALSE;
  if (n_filled == 0)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 "The file ended after %" G_GINT64_FORMAT " of the %" G_GINT64_FORMAT " bytes that it was to have",
                 self->n_read, self->size);
  if (error != NULL)
    fail (task, error);
  else
    take (task);
}

static void
hs_transfer_body_read_async (GInputStream *stream,
                             void *buffer,
                             gsize count,
                             int priority,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  HsTransferBody *self = HS_TRANSFER_BODY (stream);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  guint64 left = self->size - self->n_read;
  Read *read = g_new0 (Read, 1);

  g_task_set_source_tag (task, hs_transfer_body_read_async);
  g_task_set_priority (task, priority);
  g_task_set_task_data (task, read, g_free);
  read->buffer = buffer;
  read->count = MIN (count, left);
  if (left == 0)
    g_task_return_int (task, 0);
  else if (g_buffered_input_stream_get_available (self->source) > 0)
    take (task);
  else
    fill (task, filled_cb);
}

static gssize
hs_transfer_body_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
hs_transfer_body_class_init (HsTransferBodyClass *klass)
{
  GInputStreamClass *stream_class = G_INPUT_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = hs_transfer_body_finalize;
  /* Synchronous functions are missing on purpose: they would block. */
  stream_class->read_async = hs_transfer_body_read_async;
  stream_class->read_finish = hs_transfer_body_read_finish;
}

static void
hs_transfer_body_init (HsTransferBody *self)
{
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
}

HsTransferBody *
hs_transfer_body_new (GInputStream *source, gint64 size, gboolean is_whole)
{
  HsTransferBody *self = g_object_new (HS_TYPE_TRANSFER_BODY, NULL);

  self->source = G_BUFFERED_INPUT_STREAM (g_buffered_input_stream_new_sized (source, PIECE));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (self->source), FALSE);
  self->size = size;
  self->is_whole = is_whole;
  return self;
}

gboolean
hs_transfer_body_is_complete (HsTransferBody *self)
{
  return self->n_read == self->size;
}

gboolean
hs_transfer_body_is_reading (HsTransferBody *self)
{
  return self->is_reading;
}

const GError *
hs_transfer_body_get_error (HsTransferBody *self)
{
  return self->error;
}

char *
hs_transfer_body_dup_hash (HsTransferBody *self)
{
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_get_digest (self->checksum, digest, &length);
  return g_base64_encode (digest, length);
}
