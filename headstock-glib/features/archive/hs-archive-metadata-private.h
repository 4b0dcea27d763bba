/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive-metadata.h"

G_BEGIN_DECLS

struct _HsArchiveMetadata
{
  GObject parent_instance;

  char *first_id;
  GDateTime *first_time;
  char *last_id;
  GDateTime *last_time;
};

HsArchiveMetadata *hs_archive_metadata_new (void);
/* Each of them is called at most once. */
void hs_archive_metadata_set_first (HsArchiveMetadata *self, const char *id, GDateTime *time);
void hs_archive_metadata_set_last (HsArchiveMetadata *self, const char *id, GDateTime *time);

G_END_DECLS
