/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* A hash table by address. Keys and values are borrowed.
 *
 * It grows in parts: one table of 100,000 takes some milliseconds when it doubles, and nothing else is done in that
 * time. Key, value and hash lie side by side, since a large table is in no cache: GHashTable, which has an array of
 * each, waits for the memory three times at each lookup.
 *
 * An entry knows the hash of the one that arrived after it, and a lookup fetches that one into the cache as well.
 * Servers send presences in the order of the roster when a session begins, and whoever goes through a roster asks in
 * this order. It is no more than a guess: nothing depends on it. */

#define HS_JID_TABLE_PARTS 64

typedef struct
{
  HsJid *key; /* NULL: free */
  gpointer value;
  guint hash;
  guint next; /* the hash of the key that was inserted next, or anything */
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
  guint newest; /* the hash of the last key that was inserted */
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
