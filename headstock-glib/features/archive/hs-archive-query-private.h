/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive-query.h"

G_BEGIN_DECLS

struct _HsArchiveQuery
{
  GObject parent_instance;

  char *archive; /* NULL for the account's archive */
  char *with;
  GDateTime *start;
  GDateTime *end;
  char *before_id;
  char *after_id;
  char **ids;
  char *text;
  guint page_size;
  gboolean is_backwards;
  gboolean is_flipped;
};

/* Returns: (transfer full) */
HsArchiveQuery *hs_archive_query_copy (HsArchiveQuery *self);

G_END_DECLS
