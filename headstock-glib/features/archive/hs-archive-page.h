/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-delivery.h"

G_BEGIN_DECLS

#define HS_TYPE_ARCHIVE_PAGE (hs_archive_page_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsArchivePage, hs_archive_page, HS, ARCHIVE_PAGE, GObject)

HS_AVAILABLE_IN_0_2
GPtrArray *hs_archive_page_list_deliveries (HsArchivePage *self);
HS_AVAILABLE_IN_0_2
const char *hs_archive_page_get_first_id (HsArchivePage *self);
HS_AVAILABLE_IN_0_2
const char *hs_archive_page_get_last_id (HsArchivePage *self);
HS_AVAILABLE_IN_0_2
int hs_archive_page_get_count (HsArchivePage *self);
HS_AVAILABLE_IN_0_2
gboolean hs_archive_page_get_is_complete (HsArchivePage *self);
HS_AVAILABLE_IN_0_2
gboolean hs_archive_page_get_is_stable (HsArchivePage *self);

G_END_DECLS
