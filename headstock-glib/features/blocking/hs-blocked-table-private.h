/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* Finds an address by its JID. A growing hash table copies all its entries, which takes milliseconds for 100,000 of
 * them: this is made of several tables, which grow one after another. The table holds no references to the
 * addresses. */
typedef struct _HsBlockedTable HsBlockedTable;

HsBlockedTable *hs_blocked_table_new (void);
void hs_blocked_table_free (HsBlockedTable *self);

/* @jid: prepared (RFC 7622). */
HsBlockedAddress *hs_blocked_table_lookup (HsBlockedTable *self, const char *jid);
void hs_blocked_table_insert (HsBlockedTable *self, HsBlockedAddress *address);
void hs_blocked_table_remove (HsBlockedTable *self, const char *jid);

G_END_DECLS
