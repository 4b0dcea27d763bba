/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-jid-table-private.h"

/* By bits of the hash that a small GHashTable does not use. */
static GHashTable **
find_part (HsJidTable *self, HsJid *jid)
{
  return &self->parts[(hs_jid_hash (jid) >> 24) % HS_JID_TABLE_PARTS];
}

gpointer
hs_jid_table_lookup (HsJidTable *self, HsJid *jid)
{
  GHashTable *part = *find_part (self, jid);

  return part != NULL ? g_hash_table_lookup (part, jid) : NULL;
}

void
hs_jid_table_insert (HsJidTable *self, HsJid *jid, gpointer value)
{
  GHashTable **part = find_part (self, jid);

  if (*part == NULL)
    *part = g_hash_table_new (hs_jid_hash, hs_jid_equal);
  g_hash_table_replace (*part, jid, value);
}

void
hs_jid_table_remove (HsJidTable *self, HsJid *jid)
{
  GHashTable *part = *find_part (self, jid);

  if (part != NULL)
    g_hash_table_remove (part, jid);
}

static void
clear_part (GHashTable *part, GDestroyNotify destroy)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, part);
  while (destroy != NULL && g_hash_table_iter_next (&iter, NULL, &value))
    {
      /* The key may belong to the value. */
      g_hash_table_iter_steal (&iter);
      destroy (value);
    }
  g_hash_table_unref (part);
}

void
hs_jid_table_clear (HsJidTable *self, GDestroyNotify destroy)
{
  for (guint i = 0; i < HS_JID_TABLE_PARTS; i++)
    {
      GHashTable *part = g_steal_pointer (&self->parts[i]);

      if (part != NULL)
        clear_part (part, destroy);
    }
}
