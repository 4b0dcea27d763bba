/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* Finds an address by its JID. A hash table that grows copies all that it has, which takes
 * milliseconds where it is a hundred thousand: these are several, which grow one after the other.
 * There are no references to what is in it. */
typedef struct _HsBlockedTable HsBlockedTable;

HsBlockedTable *hs_blocked_table_new (void);
void hs_blocked_table_free (HsBlockedTable *self);

/* @jid: as it is prepared. */
HsBlockedAddress *hs_blocked_table_lookup (HsBlockedTable *self, const char *jid);
void hs_blocked_table_insert (HsBlockedTable *self, HsBlockedAddress *address);
void hs_blocked_table_remove (HsBlockedTable *self, const char *jid);

G_END_DECLS
