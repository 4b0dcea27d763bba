/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <libsoup/soup.h>

#include "hs-transfer-body-private.h"
#include "hs-transfer.h"
#include "hs-upload-private.h"
#include "hs-upload-waiters-private.h"

G_BEGIN_DECLS

struct _HsTransfer
{
  GObject parent_instance;

  HsUpload *upload; /* kept until it is done */
  GCancellable *cancellable;
  HsUploadWaiters waiters;

  /* The source: a file or a stream. The stream of a file is opened when there is a slot. */
  GFile *file;
  GInputStream *stream;
  goffset start; /* the position of the stream before the upload */
  char *name;
  char *media_type; /* NULL: not known yet */

  /* While it is sent */
  HsUploadSlot *slot;
  GUri *uri; /* after redirects */
  SoupMessage *message;
  HsTransferBody *body;
  guint n_redirects;
  GSource *stall; /* or NULL */
  gint64 last_progress; /* monotonic */

  /* The properties */
  gint64 size;
  gint64 bytes_sent;
  char *url;
  char *hash; /* SHA-256, in base64 */
  GError *error;
  gboolean is_done;
};

/* hs-transfer.c */
HsTransfer *hs_transfer_new (HsUpload *upload, const char *name, const char *media_type);
void hs_transfer_set_size (HsTransfer *self, gint64 size);
void hs_transfer_set_bytes_sent (HsTransfer *self, gint64 bytes_sent);
/* Ends the transfer, with @error, which it takes over. NULL: the file is at the slot's URL. */
void hs_transfer_end (HsTransfer *self, GError *error);

/* hs-transfer-run.c: the steps before the HTTP request. Each step keeps the transfer alive until it ends. */
void hs_transfer_start_file (HsTransfer *self);
void hs_transfer_start_stream (HsTransfer *self);

/* hs-transfer-put.c: sends the stream, and ends the transfer, or calls @again to get the stream again from its
 * beginning. */
void hs_transfer_put (HsTransfer *self, void (*again) (HsTransfer *self));

G_END_DECLS
