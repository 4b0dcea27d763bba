/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_ARCHIVE_QUERY (hs_archive_query_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsArchiveQuery, hs_archive_query, HS, ARCHIVE_QUERY, GObject)

HS_AVAILABLE_IN_0_2
HsArchiveQuery *hs_archive_query_new (const char *archive);

HS_AVAILABLE_IN_0_2
const char *hs_archive_query_get_archive (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
const char *hs_archive_query_get_with (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_with (HsArchiveQuery *self, const char *with);
HS_AVAILABLE_IN_0_2
GDateTime *hs_archive_query_get_start (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_start (HsArchiveQuery *self, GDateTime *start);
HS_AVAILABLE_IN_0_2
GDateTime *hs_archive_query_get_end (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_end (HsArchiveQuery *self, GDateTime *end);
HS_AVAILABLE_IN_0_2
const char *hs_archive_query_get_before_id (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_before_id (HsArchiveQuery *self, const char *before_id);
HS_AVAILABLE_IN_0_2
const char *hs_archive_query_get_after_id (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_after_id (HsArchiveQuery *self, const char *after_id);
HS_AVAILABLE_IN_0_2
const char * const *hs_archive_query_get_ids (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_ids (HsArchiveQuery *self, const char * const *ids);
HS_AVAILABLE_IN_0_2
const char *hs_archive_query_get_text (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_text (HsArchiveQuery *self, const char *text);
HS_AVAILABLE_IN_0_2
guint hs_archive_query_get_page_size (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_page_size (HsArchiveQuery *self, guint page_size);
HS_AVAILABLE_IN_0_2
gboolean hs_archive_query_get_is_backwards (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_is_backwards (HsArchiveQuery *self, gboolean is_backwards);
HS_AVAILABLE_IN_0_2
gboolean hs_archive_query_get_is_flipped (HsArchiveQuery *self);
HS_AVAILABLE_IN_0_2
void hs_archive_query_set_is_flipped (HsArchiveQuery *self, gboolean is_flipped);

G_END_DECLS
