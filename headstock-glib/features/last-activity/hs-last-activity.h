/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_LAST_ACTIVITY (hs_last_activity_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsLastActivity, hs_last_activity, HS, LAST_ACTIVITY, GObject)

HS_AVAILABLE_IN_0_2
HsLastActivity *hs_last_activity_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_last_activity_get_client (HsLastActivity *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_last_activity_get_last_active (HsLastActivity *self);
HS_AVAILABLE_IN_0_2
void hs_last_activity_set_last_active (HsLastActivity *self, GDateTime *last_active);

HS_AVAILABLE_IN_0_2
void hs_last_activity_query_async (HsLastActivity *self,
                                   const char *jid,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
HS_AVAILABLE_IN_0_2
gint64 hs_last_activity_query_finish (HsLastActivity *self, GAsyncResult *result, GError **error);

G_END_DECLS
