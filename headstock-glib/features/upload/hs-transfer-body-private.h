/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define HS_TYPE_TRANSFER_BODY (hs_transfer_body_get_type ())

G_DECLARE_FINAL_TYPE (HsTransferBody, hs_transfer_body, HS, TRANSFER_BODY, GInputStream)

/* The body of the PUT request: exactly @size bytes of @source, read in pieces of 64 KiB. If @is_whole is set, it is an
 * error if @source has more bytes. @source is not closed. */
HsTransferBody *hs_transfer_body_new (GInputStream *source, gint64 size, gboolean is_whole);
/* Whether all @size bytes have been read. */
gboolean hs_transfer_body_is_complete (HsTransferBody *self);
/* Whether the body waits for @source. If not, it waits for its reader. */
gboolean hs_transfer_body_is_reading (HsTransferBody *self);
/* Returns why the source has failed, or NULL. */
const GError *hs_transfer_body_get_error (HsTransferBody *self);
/* The SHA-256 of a complete body, in base64. */
char *hs_transfer_body_dup_hash (HsTransferBody *self);

G_END_DECLS
