/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-upload-http.h"

#include "hs-transfer-private.h"
#include "hs-upload-name-private.h"

/* Uploads of files and streams. */

/**
 * hs_upload_send_file:
 * @self: the uploads
 * @file: a file
 * @media_type: (nullable): the type of the file, such as `image/jpeg`; %NULL: it is guessed
 *
 * Uploads a file. The transfer starts at once.
 *
 * The server learns the file's name without its folder, its size and its type. The file is read in pieces of 64 KiB,
 * and must not change meanwhile.
 *
 * Returns: (transfer full): the transfer, which tells its progress, and ends with the file's URL or an error
 *
 * Since: 0.2
 */
HsTransfer *
hs_upload_send_file (HsUpload *self, GFile *file, const char *media_type)
{
  g_autofree char *name = NULL;
  HsTransfer *transfer;

  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_basename (file);
  transfer = hs_transfer_new (self, name != NULL ? name : "", media_type);
  transfer->file = g_object_ref (file);
  hs_transfer_start_file (transfer);
  return transfer;
}

/**
 * hs_upload_send_stream:
 * @self: the uploads
 * @stream: the stream from which the file is read
 * @name: the name of the file; a folder in it is left out
 * @size: how many bytes to upload
 * @media_type: (nullable): the type of the file, such as `image/jpeg`; %NULL: it is guessed by the name
 *
 * Uploads bytes that are read from a stream. The transfer starts at once.
 *
 * Exactly @size bytes are uploaded. They are read in pieces of 64 KiB, so that up to 64 KiB after them may be read and
 * lost. The stream is not closed. #GMemoryInputStream makes a stream of bytes in memory.
 *
 * Returns: (transfer full): the transfer, which tells its progress, and ends with the file's URL or an error
 *
 * Since: 0.2
 */
HsTransfer *
hs_upload_send_stream (HsUpload *self, GInputStream *stream, const char *name, gint64 size, const char *media_type)
{
  HsTransfer *transfer;

  g_return_val_if_fail (HS_IS_UPLOAD (self), NULL);
  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (size >= 0, NULL);

  transfer = hs_transfer_new (self, name, media_type);
  transfer->stream = g_object_ref (stream);
  hs_transfer_set_size (transfer, size);
  hs_transfer_start_stream (transfer);
  return transfer;
}
