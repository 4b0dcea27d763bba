/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-blocked-address.h"
#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_BLOCKING (hs_blocking_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsBlocking, hs_blocking, HS, BLOCKING, GObject)

HS_AVAILABLE_IN_0_2
HsBlocking *hs_blocking_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_blocking_get_client (HsBlocking *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_blocking_get_blocked (HsBlocking *self);
HS_AVAILABLE_IN_0_2
gboolean hs_blocking_get_is_supported (HsBlocking *self);
HS_AVAILABLE_IN_0_2
gboolean hs_blocking_get_is_loaded (HsBlocking *self);

HS_AVAILABLE_IN_0_2
gboolean hs_blocking_is_blocked (HsBlocking *self, const char *jid);

HS_AVAILABLE_IN_0_2
void hs_blocking_block_async (HsBlocking *self,
                              const char *const *jids,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_blocking_block_finish (HsBlocking *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_blocking_unblock_async (HsBlocking *self,
                                const char *const *jids,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_blocking_unblock_finish (HsBlocking *self, GAsyncResult *result, GError **error);

G_END_DECLS
