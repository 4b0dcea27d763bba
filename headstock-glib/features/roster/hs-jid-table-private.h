/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* A hash table by address. Keys and values are borrowed.
 *
 * It grows in parts: one table of 100,000 takes some milliseconds when it doubles, and nothing else is done in that
 * time. Key, value and hash lie side by side, since a large table is in no cache: GHashTable, which has an array of
 * each, waits for the memory three times at each lookup. */

#define HS_JID_TABLE_PARTS 64

typedef struct
{
  HsJid *key; /* NULL: free */
  gpointer value;
  guint hash;
} HsJidTableEntry;

typedef struct
{
  HsJidTableEntry *entries; /* or NULL; a power of two */
  guint size;
  guint n_used;
} HsJidTablePart;

typedef struct
{
  HsJidTablePart parts[HS_JID_TABLE_PARTS];
  guint n_full; /* keys that are not bare: nearly always 0, and then nobody need look for them */
} HsJidTable;

gpointer hs_jid_table_lookup (HsJidTable *self, HsJid *jid);
/* The same for the bare form of @jid, which need not be made for it. */
gpointer hs_jid_table_lookup_bare (HsJidTable *self, HsJid *jid);
/* Replaces the key as well. @value: not NULL. */
void hs_jid_table_insert (HsJidTable *self, HsJid *jid, gpointer value);
void hs_jid_table_remove (HsJidTable *self, HsJid *jid);
/* @destroy: for each value, or NULL. */
void hs_jid_table_clear (HsJidTable *self, GDestroyNotify destroy);

G_END_DECLS
