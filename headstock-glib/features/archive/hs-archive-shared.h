/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive.h"

G_BEGIN_DECLS

/* What other features ask of archives. Not installed; only features/ includes it. */

/* One of a page's results. */
typedef struct
{
  char *id;             /* the archive's */
  GDateTime *stamp;     /* the archive's; NULL: it did not say */
  HsDelivery *delivery; /* NULL: it is no message that a program is given */
} HsArchiveResult;

/* As hs_archive_fetch_async(), but for the page after an id, or before it where the query is backwards. NULL: for the
 * first page, or the last. Ends with hs_archive_fetch_finish(). */
void hs_archive_fetch_beyond_async (HsArchive *self,
                                    HsArchiveQuery *query,
                                    const char *id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* HsArchiveResult: all that came, in the order of the page's deliveries. (transfer none) */
GPtrArray *hs_archive_page_get_results (HsArchivePage *self);

G_END_DECLS
