/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* A hash table by address. It grows in parts: a GHashTable of 100,000 takes some milliseconds when it doubles,
 * and nothing else is done in that time. Keys and values are borrowed. */

#define HS_JID_TABLE_PARTS 64

typedef struct
{
  GHashTable *parts[HS_JID_TABLE_PARTS]; /* each NULL while it is empty */
} HsJidTable;

gpointer hs_jid_table_lookup (HsJidTable *self, HsJid *jid);
/* Replaces the key as well. */
void hs_jid_table_insert (HsJidTable *self, HsJid *jid, gpointer value);
void hs_jid_table_remove (HsJidTable *self, HsJid *jid);
/* @destroy: for each value, or NULL. */
void hs_jid_table_clear (HsJidTable *self, GDestroyNotify destroy);

G_END_DECLS
