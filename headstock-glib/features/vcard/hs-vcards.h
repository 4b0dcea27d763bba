/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-vcard.h"

G_BEGIN_DECLS

#define HS_TYPE_VCARDS (hs_vcards_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsVcards, hs_vcards, HS, VCARDS, GObject)

HS_AVAILABLE_IN_0_2
HsVcards *hs_vcards_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_vcards_get_client (HsVcards *self);

HS_AVAILABLE_IN_0_2
void hs_vcards_fetch_async (HsVcards *self,
                            const char *jid,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_0_2
HsVcard *hs_vcards_fetch_finish (HsVcards *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_vcards_store_async (HsVcards *self,
                            HsVcard *vcard,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_vcards_store_finish (HsVcards *self, GAsyncResult *result, GError **error);

G_END_DECLS
