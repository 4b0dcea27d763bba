/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact.h"
#include "hs-element.h"

G_BEGIN_DECLS

/* A roster item (RFC 6121, 2.1.2). It is immutable, and one block of memory apart from its address. */

typedef struct
{
  int ref_count; /* atomic: states are written in a thread */
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
/* Reads an <item/>. Returns NULL if its address is not valid. @is_removal: whether the contact was removed. */
HsRosterItem *hs_roster_item_new_from_element (HsElement *element, gboolean *is_removal);
HsRosterItem *hs_roster_item_ref (HsRosterItem *self);
void hs_roster_item_unref (HsRosterItem *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRosterItem, hs_roster_item_unref)

G_END_DECLS
