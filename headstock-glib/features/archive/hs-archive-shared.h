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
/* Whether an id is the message's time in microseconds, as with ejabberd: then another message may have it, too.
 * @stamp: in microseconds since 1970 */
gboolean hs_archive_id_is_time (const char *id, gint64 stamp);
/* Returns the id for the time of such an id, moved by @usec microseconds. */
char *hs_archive_dup_id_beside (const char *id, int usec);

/* Returns all results, in the order of the page's deliveries. (transfer none) (element-type HsArchiveResult) */
GPtrArray *hs_archive_page_get_results (HsArchivePage *self);

G_END_DECLS
