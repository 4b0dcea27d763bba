/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-recent-ids-private.h"

#include <string.h>

/* Others choose the ids: of a longer one, only the hash is kept. */
#define MAX_LENGTH 128

void
hs_recent_ids_init (HsRecentIds *self, guint limit)
{
  self->keys = g_hash_table_new (g_str_hash, g_str_equal);
  self->ring = g_new0 (char *, limit);
  self->next = 0;
  self->limit = limit;
}

void
hs_recent_ids_clear (HsRecentIds *self)
{
  g_hash_table_unref (self->keys);
  for (guint i = 0; i < self->limit; i++)
    g_free (self->ring[i]);
  g_free (self->ring);
}

/* The parts are separated by a line break, which no address contains. */
static char *
make_key (const char *scope, const char *peer, const char *id)
{
  g_autofree char *hash = NULL;

  if (strlen (id) > MAX_LENGTH)
    id = hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, id, -1);
  return g_strconcat (scope, "\n", peer, "\n", id, NULL);
}

gboolean
hs_recent_ids_add (HsRecentIds *self, const char *scope, const char *peer, const char *id)
{
  g_autofree char *key = make_key (scope, peer, id);
  char *oldest = self->ring[self->next];

  if (g_hash_table_contains (self->keys, key))
    return FALSE;
  if (oldest != NULL)
    g_hash_table_remove (self->keys, oldest);
  g_free (oldest);
  g_hash_table_add (self->keys, key);
  self->ring[self->next] = g_steal_pointer (&key);
  self->next = (self->next + 1) % self->limit;
  return TRUE;
}
