/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_TIME (hs_time_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsTime, hs_time, HS, TIME, GObject)

HS_AVAILABLE_IN_0_2
HsTime *hs_time_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_time_get_client (HsTime *self);

HS_AVAILABLE_IN_0_2
void hs_time_query_async (HsTime *self,
                          const char *jid,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
HS_AVAILABLE_IN_0_2
GDateTime *hs_time_query_finish (HsTime *self, GAsyncResult *result, GError **error);

G_END_DECLS
