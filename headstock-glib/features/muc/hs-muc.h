/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-invite.h"
#include "hs-room.h"

G_BEGIN_DECLS

#define HS_TYPE_MUC (hs_muc_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsMuc, hs_muc, HS, MUC, GObject)

HS_AVAILABLE_IN_0_2
HsMuc *hs_muc_new (void);

HS_AVAILABLE_IN_0_2
void hs_muc_join_async (HsMuc *self,
                        const char *jid,
                        const char *nick,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
HS_AVAILABLE_IN_0_2
HsRoom *hs_muc_join_finish (HsMuc *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
HsRoom *hs_muc_add_room (HsMuc *self, const char *jid, const char *nick);
HS_AVAILABLE_IN_0_2
HsRoom *hs_muc_lookup (HsMuc *self, const char *jid);
HS_AVAILABLE_IN_0_2
void hs_muc_remove_room (HsMuc *self, HsRoom *room);
HS_AVAILABLE_IN_0_2
void hs_muc_decline_async (HsMuc *self,
                           HsInvite *invite,
                           const char *reason,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_muc_decline_finish (HsMuc *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
HsClient *hs_muc_get_client (HsMuc *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_muc_get_rooms (HsMuc *self);

G_END_DECLS
