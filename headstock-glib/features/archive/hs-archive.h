/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-archive-metadata.h"
#include "hs-archive-page.h"
#include "hs-archive-query.h"
#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_ARCHIVE (hs_archive_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsArchive, hs_archive, HS, ARCHIVE, GObject)

HS_AVAILABLE_IN_0_2
HsArchive *hs_archive_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_archive_get_client (HsArchive *self);

HS_AVAILABLE_IN_0_2
void hs_archive_fetch_async (HsArchive *self,
                             HsArchiveQuery *query,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HS_AVAILABLE_IN_0_2
HsArchivePage *hs_archive_fetch_finish (HsArchive *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_archive_fetch_next_async (HsArchive *self,
                                  HsArchivePage *page,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
HsArchivePage *hs_archive_fetch_next_finish (HsArchive *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_archive_query_metadata_async (HsArchive *self,
                                      const char *archive,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
HS_AVAILABLE_IN_0_2
HsArchiveMetadata *hs_archive_query_metadata_finish (HsArchive *self, GAsyncResult *result, GError **error);

G_END_DECLS
