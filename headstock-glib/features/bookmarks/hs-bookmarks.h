/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-bookmark.h"
#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_BOOKMARKS (hs_bookmarks_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsBookmarks, hs_bookmarks, HS, BOOKMARKS, GObject)

HS_AVAILABLE_IN_0_2
HsBookmarks *hs_bookmarks_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_bookmarks_get_client (HsBookmarks *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_bookmarks_get_bookmarks (HsBookmarks *self);
HS_AVAILABLE_IN_0_2
gboolean hs_bookmarks_get_is_loaded (HsBookmarks *self);
HS_AVAILABLE_IN_0_2
gboolean hs_bookmarks_get_is_writable (HsBookmarks *self);

HS_AVAILABLE_IN_0_2
gboolean hs_bookmarks_get_keeps_passwords (HsBookmarks *self);
HS_AVAILABLE_IN_0_2
void hs_bookmarks_set_keeps_passwords (HsBookmarks *self, gboolean keeps_passwords);

HS_AVAILABLE_IN_0_2
HsBookmark *hs_bookmarks_lookup (HsBookmarks *self, const char *room);

HS_AVAILABLE_IN_0_2
void hs_bookmarks_store_async (HsBookmarks *self,
                               HsBookmark *bookmark,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_bookmarks_store_finish (HsBookmarks *self, GAsyncResult *result, GError **error);

HS_AVAILABLE_IN_0_2
void hs_bookmarks_remove_async (HsBookmarks *self,
                                const char *room,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_bookmarks_remove_finish (HsBookmarks *self, GAsyncResult *result, GError **error);

G_END_DECLS
