/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocked-table-private.h"

#define N_PARTS 32

struct _HsBlockedTable
{
  GHashTable *parts[N_PARTS]; /* JID, of the address -> HsBlockedAddress */
};

HsBlockedTable *
hs_blocked_table_new (void)
{
  HsBlockedTable *self = g_new (HsBlockedTable, 1);

  for (guint i = 0; i < N_PARTS; i++)
    self->parts[i] = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
hs_blocked_table_free (HsBlockedTable *self)
{
  for (guint i = 0; i < N_PARTS; i++)
    g_hash_table_unref (self->parts[i]);
  g_free (self);
}

/* The part is chosen by the high bits of a product, because the hash table of each part uses the low bits of the
 * hash. */
static GHashTable *
get_part (HsBlockedTable *self, const char *jid)
{
  guint32 spread = g_str_hash (jid) * 2654435769u;

  return self->parts[(spread >> 16) % N_PARTS];
}

HsBlockedAddress *
hs_blocked_table_lookup (HsBlockedTable *self, const char *jid)
{
  return g_hash_table_lookup (get_part (self, jid), jid);
}

void
hs_blocked_table_insert (HsBlockedTable *self, HsBlockedAddress *address)
{
  const char *jid = hs_jid_to_string (hs_blocked_address_get_jid (address));

  g_hash_table_insert (get_part (self, jid), (char *) jid, address);
}

void
hs_blocked_table_remove (HsBlockedTable *self, const char *jid)
{
  g_hash_table_remove (get_part (self, jid), jid);
}
