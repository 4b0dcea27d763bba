/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-disco-info.h"
#include "hs-disco-item.h"

G_BEGIN_DECLS

/**
 * HsCapsVersion:
 * @HS_CAPS_VERSION_V1: XEP-0115
 *
 * The ways in which a client advertises its own entity capabilities; 0 for none. Other bits are reserved.
 *
 * Since: 0.2
 */
typedef enum /*< flags >*/
{
  HS_CAPS_VERSION_V1 = 1 << 0,
} HsCapsVersion;

/* A second name, for C only: bindings would call it 1, which is not a name. */
#ifndef __GI_SCANNER__
#define HS_CAPS_VERSION_1 HS_CAPS_VERSION_V1
#endif

#define HS_TYPE_DISCO (hs_disco_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsDisco, hs_disco, HS, DISCO, GObject)

HS_AVAILABLE_IN_0_2
HsDisco *hs_disco_new (void);

/* Asking */

HS_AVAILABLE_IN_0_2
void hs_disco_query_async (HsDisco *self,
                           const char *jid,
                           const char *node,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_query_finish (HsDisco *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_disco_query_items_async (HsDisco *self,
                                 const char *jid,
                                 const char *node,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HS_AVAILABLE_IN_0_2
GPtrArray *hs_disco_query_items_finish (HsDisco *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_disco_query_caps_async (HsDisco *self,
                                const char *full_jid,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_query_caps_finish (HsDisco *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_disco_find_service_async (HsDisco *self,
                                  const char *feature,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
HsJid *hs_disco_find_service_finish (HsDisco *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_peek (HsDisco *self, const char *full_jid);

/* Answering */

HS_AVAILABLE_IN_0_2
void hs_disco_add_identity (HsDisco *self,
                            const char *category,
                            const char *type,
                            const char *name,
                            const char *lang);
HS_AVAILABLE_IN_0_2
void hs_disco_add_feature (HsDisco *self, const char *var);
HS_AVAILABLE_IN_0_2
void hs_disco_add_form (HsDisco *self, HsElement *form);
HS_AVAILABLE_IN_0_2
void hs_disco_answer (HsDisco *self, HsIq *request, HsDiscoInfo *info);
HS_AVAILABLE_IN_0_2
void hs_disco_answer_items (HsDisco *self, HsIq *request, GListModel *items);

/* Properties */

HS_AVAILABLE_IN_0_2
HsClient *hs_disco_get_client (HsDisco *self);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_get_server_info (HsDisco *self);
HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_get_account_info (HsDisco *self);
HS_AVAILABLE_IN_0_2
const char *hs_disco_get_node (HsDisco *self);
HS_AVAILABLE_IN_0_2
void hs_disco_set_node (HsDisco *self, const char *node);
HS_AVAILABLE_IN_0_2
guint hs_disco_get_cache_size (HsDisco *self);
HS_AVAILABLE_IN_0_2
void hs_disco_set_cache_size (HsDisco *self, guint cache_size);
HS_AVAILABLE_IN_0_2
HsCapsVersion hs_disco_get_caps_versions (HsDisco *self);
HS_AVAILABLE_IN_0_2
void hs_disco_set_caps_versions (HsDisco *self, HsCapsVersion caps_versions);

G_END_DECLS
