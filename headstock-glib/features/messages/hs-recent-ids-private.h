/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The latest ids of a kind, each with the addresses that it belongs to. */
typedef struct
{
  GHashTable *keys;
  char **ring; /* the same keys in the order of arrival */
  guint next;
  guint limit;
} HsRecentIds;

void hs_recent_ids_init (HsRecentIds *self, guint limit);
void hs_recent_ids_clear (HsRecentIds *self);
/* Returns FALSE if the id was there already. */
gboolean hs_recent_ids_add (HsRecentIds *self, const char *scope, const char *peer, const char *id);

G_END_DECLS
