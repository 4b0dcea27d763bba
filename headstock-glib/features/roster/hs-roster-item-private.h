/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact.h"
#include "hs-element.h"

G_BEGIN_DECLS

/* What a roster says of one contact (RFC 6121, 2.1.2). Immutable, one block of memory beside its address. */

typedef struct
{
  int ref_count; /* atomic: a thread writes states */
  HsSubscription subscription : 3;
  guint is_asking : 1;
  guint is_approved : 1;
  HsJid *jid;
  const char *name; /* or NULL; never empty */
  const char *groups[]; /* ends with NULL; each once, none empty */
} HsRosterItem;

HsRosterItem *hs_roster_item_new (HsJid *jid,
                                  const char *name,
                                  const char *const *groups,
                                  HsSubscription subscription,
                                  gboolean is_asking,
                                  gboolean is_approved);
/* Of an <item/>; NULL: its address is not valid. @is_removal: it says that there is no such contact any more. */
HsRosterItem *hs_roster_item_new_from_element (HsElement *element, gboolean *is_removal);
HsRosterItem *hs_roster_item_ref (HsRosterItem *self);
void hs_roster_item_unref (HsRosterItem *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRosterItem, hs_roster_item_unref)

G_END_DECLS
