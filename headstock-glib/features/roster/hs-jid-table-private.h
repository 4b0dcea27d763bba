/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* A hash table with addresses as keys. It does not own its keys and values.
 *
 * It grows in parts, because a single table of 100,000 entries blocks for some milliseconds when it doubles. Key, value
 * and hash lie side by side, because a large table does not fit into a cache: GHashTable, which has an array of each,
 * waits for the memory three times at each lookup.
 *
 * An entry knows the hash of the one that arrived after it, and a lookup fetches that one into the cache as well.
 * Servers send presences in the order of the roster when a session begins, and programs go through a roster in this
 * order. It is only a guess: no result depends on it. */

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
  guint n_full; /* keys that are not bare JIDs; nearly always 0, which saves a lookup */
  guint newest; /* the hash of the last key that was inserted */
} HsJidTable;

gpointer hs_jid_table_lookup (HsJidTable *self, HsJid *jid);
/* The same for the bare form of @jid, without making it. */
gpointer hs_jid_table_lookup_bare (HsJidTable *self, HsJid *jid);
/* Replaces the key as well. @value: not NULL. */
void hs_jid_table_insert (HsJidTable *self, HsJid *jid, gpointer value);
/* Returns the place of the value of an address, valid until the table changes. For a new address the value is NULL, and
 * @jid is the key; the caller stores a value there. This saves a second search after a lookup. */
gpointer *hs_jid_table_ensure (HsJidTable *self, HsJid *jid);
void hs_jid_table_remove (HsJidTable *self, HsJid *jid);
/* @destroy: for each value, or NULL. */
void hs_jid_table_clear (HsJidTable *self, GDestroyNotify destroy);

G_END_DECLS
