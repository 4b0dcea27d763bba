/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-avatar.h"
#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_AVATARS (hs_avatars_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsAvatars, hs_avatars, HS, AVATARS, GObject)

HS_AVAILABLE_IN_0_2
HsAvatars *hs_avatars_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_avatars_get_client (HsAvatars *self);
HS_AVAILABLE_IN_0_2
GFile *hs_avatars_get_folder (HsAvatars *self);
HS_AVAILABLE_IN_0_2
void hs_avatars_set_folder (HsAvatars *self, GFile *folder);
HS_AVAILABLE_IN_0_2
guint hs_avatars_get_max_bytes (HsAvatars *self);
HS_AVAILABLE_IN_0_2
void hs_avatars_set_max_bytes (HsAvatars *self, guint max_bytes);

HS_AVAILABLE_IN_0_2
HsAvatar *hs_avatars_lookup (HsAvatars *self, const char *jid);

HS_AVAILABLE_IN_0_2
void hs_avatars_load_async (HsAvatars *self,
                            HsAvatar *avatar,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_0_2
GBytes *hs_avatars_load_finish (HsAvatars *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_avatars_publish_async (HsAvatars *self,
                               GBytes *image,
                               const char *media_type,
                               int width,
                               int height,
                               gboolean is_open,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
HS_AVAILABLE_IN_0_2
char *hs_avatars_publish_finish (HsAvatars *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_avatars_disable_async (HsAvatars *self,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_avatars_disable_finish (HsAvatars *self, GAsyncResult *result, GError **error);

G_END_DECLS
