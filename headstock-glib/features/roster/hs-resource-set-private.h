/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-resource-info-private.h"
#include "hs-roster-list-private.h"

G_BEGIN_DECLS

/* The available resources of a contact, in order of arrival. The objects and their list are made when the program asks
 * for them. A struct of zeroes is an empty set. */
typedef struct
{
  HsResourceInfo *first; /* each holds the next one */
  HsResourceInfo *best;  /* to reach the contact at, or NULL; borrowed */
  HsRosterList *list;    /* of HsResource, or NULL */
} HsResourceSet;

/* These functions change the whole set before they emit signals. */

/* Takes the content of a presence. Returns FALSE if there are HS_CONTACT_MAX_RESOURCES others. */
gboolean hs_resource_set_put (HsResourceSet *self, HsJid *jid, HsPresence *presence, guint64 serial);
/* Returns FALSE if the resource is not in the set. */
gboolean hs_resource_set_remove (HsResourceSet *self, HsJid *jid);
void hs_resource_set_remove_all (HsResourceSet *self);
/* @contact: the bare JID of the contact. */
HsRosterList *hs_resource_set_ensure_list (HsResourceSet *self, HsJid *contact);
/* Emits no signals. */
void hs_resource_set_clear (HsResourceSet *self);

G_END_DECLS
