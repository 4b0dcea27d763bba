/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-transfer-private.h"

#include "hs-upload-name-private.h"

/* Finds out the type and size of the file, requests its slot, and opens the stream that is sent. */

#define ATTRIBUTES \
  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE

static void open_stream (HsTransfer *self);

static void
opened_cb (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsTransfer) self = user_data;
  GError *error = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read_finish (G_FILE (file), result, &error);

  if (stream == NULL || self->is_done)
    {
      hs_transfer_end (self, error);
      return;
    }
  g_set_object (&self->stream, G_INPUT_STREAM (stream));
  hs_transfer_put (self, open_stream);
}

/* Also called again after a redirect. */
static void
open_stream (HsTransfer *self)
{
  GError *error = NULL;

  if (self->file != NULL)
    g_file_read_async (self->file, G_PRIORITY_DEFAULT, self->cancellable, opened_cb, g_object_ref (self));
  else if (self->body == NULL || g_seekable_seek (G_SEEKABLE (self->stream), self->start, G_SEEK_SET, NULL, &error))
    hs_transfer_put (self, open_stream);
  else
    hs_transfer_end (self, error);
}

static void
slot_cb (GObject *upload, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsTransfer) self = user_data;
  GError *error = NULL;
  g_autoptr (HsUploadSlot) slot = hs_upload_request_slot_finish (HS_UPLOAD (upload), result, &error);

  if (slot == NULL || self->is_done)
    {
      hs_transfer_end (self, error);
      return;
    }
  self->slot = g_steal_pointer (&slot);
  open_stream (self);
}

static void
request_slot (HsTransfer *self)
{
  hs_upload_request_slot_async (self->upload, self->name, self->size, self->media_type, self->cancellable, slot_cb,
                                g_object_ref (self));
}

/* Unless the program has set the media type. */
static void
set_media_type (HsTransfer *self, const char *guessed)
{
  if (self->media_type == NULL)
    self->media_type = hs_upload_dup_media_type (guessed, self->name);
}

static void
info_cb (GObject *file, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsTransfer) self = user_data;
  GError *error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (file), result, &error);
  g_autofree char *guessed = NULL;

  if (info != NULL && g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_autofree char *shown = g_file_get_parse_name (G_FILE (file));

      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s is not a regular file", shown);
    }
  if (error != NULL || self->is_done)
    {
      hs_transfer_end (self, error);
      return;
    }
  if (self->media_type == NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE))
    guessed = g_content_type_get_mime_type (g_file_info_get_content_type (info));
  set_media_type (self, guessed);
  hs_transfer_set_size (self, g_file_info_get_size (info));
  /* A handler of the notification may have cancelled the transfer. */
  if (!self->is_done)
    request_slot (self);
}

void
hs_transfer_start_file (HsTransfer *self)
{
  g_file_query_info_async (self->file, ATTRIBUTES, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, self->cancellable,
                           info_cb, g_object_ref (self));
}

void
hs_transfer_start_stream (HsTransfer *self)
{
  if (G_IS_SEEKABLE (self->stream) && g_seekable_can_seek (G_SEEKABLE (self->stream)))
    self->start = g_seekable_tell (G_SEEKABLE (self->stream));
  set_media_type (self, NULL);
  request_slot (self);
}
