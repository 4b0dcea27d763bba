/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive.h"

G_BEGIN_DECLS

/* The functions by which other features use HsArchive. Not installed; only features/ includes it. */

/* A result in a page. */
typedef struct
{
  char *id;             /* the archive's */
  GDateTime *stamp;     /* of the archive, or NULL */
  HsDelivery *delivery; /* NULL if it is not a message for the program */
} HsArchiveResult;

/* Like hs_archive_fetch_async(), for the page after an id, or before it if the query is backwards. @id: NULL for the
 * first page. Finished by hs_archive_fetch_finish(). */
void hs_archive_fetch_beyond_async (HsArchive *self,
                                    HsArchiveQuery *query,
                                    const char *id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Returns all results, in the order of the page's deliveries. (transfer none) (element-type HsArchiveResult) */
GPtrArray *hs_archive_page_get_results (HsArchivePage *self);

G_END_DECLS
