/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A table of values by string that holds at most `limit` values. If there are more, the value is dropped that was not
 * used for the longest time. */

typedef struct
{
  GHashTable *entries;
  GQueue order; /* the one that was used last is first */
  guint limit;
  GDestroyNotify free_value;
} HsLru;

void hs_lru_init (HsLru *self, guint limit, GDestroyNotify free_value);
void hs_lru_clear (HsLru *self);

/* Counts as a use. */
gpointer hs_lru_lookup (HsLru *self, const char *key);
/* Takes over the value. */
void hs_lru_insert (HsLru *self, const char *key, gpointer value);
gboolean hs_lru_remove (HsLru *self, const char *key);
void hs_lru_remove_all (HsLru *self);
void hs_lru_set_limit (HsLru *self, guint limit);
/* Returns the entry of a link in `order`. */
const char *hs_lru_get_key (GList *link);
gpointer hs_lru_get_value (GList *link);

G_END_DECLS
