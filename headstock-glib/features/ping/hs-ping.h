/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_PING (hs_ping_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsPing, hs_ping, HS, PING, GObject)

HS_AVAILABLE_IN_0_2
HsPing *hs_ping_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_ping_get_client (HsPing *self);

HS_AVAILABLE_IN_0_2
void hs_ping_send_async (HsPing *self,
                         const char *jid,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
HS_AVAILABLE_IN_0_2
gint64 hs_ping_send_finish (HsPing *self, GAsyncResult *result, GError **error);

G_END_DECLS
