/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-delivery.h"
#include "hs-gap.h"

G_BEGIN_DECLS

/**
 * HsHistoryOrder:
 * @HS_HISTORY_ORDER_OLDEST_FIRST: all messages in their order: a message that arrives waits until the older ones were
 *   given
 * @HS_HISTORY_ORDER_NEWEST_FIRST: the newest page first, and then the ones before it
 *
 * The order in which [class@History] gives missed messages.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_HISTORY_ORDER_OLDEST_FIRST,
  HS_HISTORY_ORDER_NEWEST_FIRST,
} HsHistoryOrder;

#define HS_TYPE_HISTORY (hs_history_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsHistory, hs_history, HS, HISTORY, GObject)

HS_AVAILABLE_IN_0_2
HsHistory *hs_history_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_history_get_client (HsHistory *self);
HS_AVAILABLE_IN_0_2
HsHistoryOrder hs_history_get_order (HsHistory *self);
HS_AVAILABLE_IN_0_2
void hs_history_set_order (HsHistory *self, HsHistoryOrder order);
HS_AVAILABLE_IN_0_2
guint hs_history_get_page_size (HsHistory *self);
HS_AVAILABLE_IN_0_2
void hs_history_set_page_size (HsHistory *self, guint page_size);
HS_AVAILABLE_IN_0_2
guint hs_history_get_limit (HsHistory *self);
HS_AVAILABLE_IN_0_2
void hs_history_set_limit (HsHistory *self, guint limit);
HS_AVAILABLE_IN_0_2
guint hs_history_get_max_age (HsHistory *self);
HS_AVAILABLE_IN_0_2
void hs_history_set_max_age (HsHistory *self, guint max_age);
HS_AVAILABLE_IN_0_2
GListModel *hs_history_get_gaps (HsHistory *self);

HS_AVAILABLE_IN_0_2
void hs_history_add_archive (HsHistory *self, const char *room);
HS_AVAILABLE_IN_0_2
void hs_history_remove_archive (HsHistory *self, const char *room);
HS_AVAILABLE_IN_0_2
void hs_history_confirm (HsHistory *self, HsDelivery *delivery);
HS_AVAILABLE_IN_0_2
gboolean hs_history_is_current (HsHistory *self, const char *archive);
HS_AVAILABLE_IN_0_2
void hs_history_fill_async (HsHistory *self,
                            HsGap *gap,
                            guint max,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_history_fill_finish (HsHistory *self, GAsyncResult *result, GError **error);

G_END_DECLS
