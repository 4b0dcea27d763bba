/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-resource-info-private.h"
#include "hs-roster-list-private.h"

G_BEGIN_DECLS

/* The available resources of a contact, in order of arrival. Objects and a list of them are there once somebody has
 * asked for them. Zeroes are an empty set. */
typedef struct
{
  HsResourceInfo *first; /* each holds the next one */
  HsResourceInfo *best;  /* to reach the contact at, or NULL; borrowed */
  HsRosterList *list;    /* of HsResource, or NULL */
} HsResourceSet;

/* All of these change the set before they tell anybody. */

/* Takes over what a presence says; FALSE: there are HS_CONTACT_MAX_RESOURCES others. */
gboolean hs_resource_set_put (HsResourceSet *self, HsJid *jid, HsPresence *presence, guint64 serial);
/* FALSE: it is not there. */
gboolean hs_resource_set_remove (HsResourceSet *self, HsJid *jid);
void hs_resource_set_remove_all (HsResourceSet *self);
/* @contact: whose resources they are. */
HsRosterList *hs_resource_set_ensure_list (HsResourceSet *self, HsJid *contact);
/* Nobody is told. */
void hs_resource_set_clear (HsResourceSet *self);

G_END_DECLS
