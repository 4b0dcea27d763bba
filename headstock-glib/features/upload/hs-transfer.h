/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_TRANSFER (hs_transfer_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsTransfer, hs_transfer, HS, TRANSFER, GObject)

HS_AVAILABLE_IN_0_2
void hs_transfer_wait_async (HsTransfer *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HS_AVAILABLE_IN_0_2
char *hs_transfer_wait_finish (HsTransfer *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_transfer_cancel (HsTransfer *self);

/* Properties */

HS_AVAILABLE_IN_0_2
double hs_transfer_get_progress (HsTransfer *self);
HS_AVAILABLE_IN_0_2
gint64 hs_transfer_get_bytes_sent (HsTransfer *self);
HS_AVAILABLE_IN_0_2
gint64 hs_transfer_get_size (HsTransfer *self);
HS_AVAILABLE_IN_0_2
const char *hs_transfer_get_url (HsTransfer *self);
HS_AVAILABLE_IN_0_2
const GError *hs_transfer_get_error (HsTransfer *self);
HS_AVAILABLE_IN_0_2
gboolean hs_transfer_get_is_done (HsTransfer *self);

G_END_DECLS
