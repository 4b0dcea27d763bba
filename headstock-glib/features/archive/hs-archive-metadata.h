/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_ARCHIVE_METADATA (hs_archive_metadata_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsArchiveMetadata, hs_archive_metadata, HS, ARCHIVE_METADATA, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_archive_metadata_get_first_id (HsArchiveMetadata *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_archive_metadata_get_first_time (HsArchiveMetadata *self);
HS_AVAILABLE_IN_0_2
const char *hs_archive_metadata_get_last_id (HsArchiveMetadata *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_archive_metadata_get_last_time (HsArchiveMetadata *self);

G_END_DECLS
