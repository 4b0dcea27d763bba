/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-data-form.h"
#include "hs-node-config.h"
#include "hs-pubsub-event.h"
#include "hs-pubsub-item.h"

G_BEGIN_DECLS

#define HS_TYPE_PUBSUB (hs_pubsub_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsPubSub, hs_pubsub, HS, PUBSUB, GObject)

HS_AVAILABLE_IN_0_2
HsPubSub *hs_pubsub_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_pubsub_get_client (HsPubSub *self);

HS_AVAILABLE_IN_0_2
void hs_pubsub_watch (HsPubSub *self, const char *node);
HS_AVAILABLE_IN_0_2
void hs_pubsub_unwatch (HsPubSub *self, const char *node);

HS_AVAILABLE_IN_0_2
void hs_pubsub_publish_async (HsPubSub *self,
                              const char *service,
                              const char *node,
                              const char *id,
                              HsElement *payload,
                              HsNodeConfig *options,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_0_2
char *hs_pubsub_publish_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_retract_async (HsPubSub *self,
                              const char *service,
                              const char *node,
                              const char *id,
                              gboolean notify,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_retract_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_query_items_async (HsPubSub *self,
                                  const char *service,
                                  const char *node,
                                  const char *const *ids,
                                  guint max,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
GPtrArray *hs_pubsub_query_items_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_subscribe_async (HsPubSub *self,
                                const char *service,
                                const char *node,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_subscribe_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_unsubscribe_async (HsPubSub *self,
                                  const char *service,
                                  const char *node,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_unsubscribe_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_create_node_async (HsPubSub *self,
                                  const char *service,
                                  const char *node,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_create_node_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_delete_node_async (HsPubSub *self,
                                  const char *service,
                                  const char *node,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_delete_node_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_purge_node_async (HsPubSub *self,
                                 const char *service,
                                 const char *node,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_purge_node_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_query_config_async (HsPubSub *self,
                                   const char *service,
                                   const char *node,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
HsDataForm *hs_pubsub_query_config_finish (HsPubSub *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_pubsub_store_config_async (HsPubSub *self,
                                   const char *service,
                                   const char *node,
                                   HsDataForm *form,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_store_config_finish (HsPubSub *self, GAsyncResult *result, GError **error);

G_END_DECLS
