/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact.h"
#include "hs-presence.h"
#include "hs-roster-item-private.h"

G_BEGIN_DECLS

/* How many resources of one contact are kept at most. */
#define HS_CONTACT_MAX_RESOURCES 64

/* Takes another reference to the item. */
HsContact *hs_contact_new (HsRosterItem *item, gboolean is_in_roster);
HsRosterItem *hs_contact_get_item (HsContact *self);
void hs_contact_set_item (HsContact *self, HsRosterItem *item);
/* The second and third do the same in two steps, change and notification, so that a list can change in between. */
void hs_contact_set_is_in_roster (HsContact *self, gboolean is_in_roster);
void hs_contact_leave_roster (HsContact *self);
void hs_contact_report_left (HsContact *self);

/* Takes a presence from @jid. @serial grows with each presence. */
void hs_contact_set_available (HsContact *self, HsJid *jid, HsPresence *presence, guint64 serial);
/* A bare JID stands for all resources. */
void hs_contact_set_unavailable (HsContact *self, HsJid *jid);
void hs_contact_clear_resources (HsContact *self);

/* For the code that merges lists: a number, 0 at first. */
guint hs_contact_get_mark (HsContact *self);
void hs_contact_set_mark (HsContact *self, guint mark);
/* For the list of available contacts: a number, 0 at first. */
guint hs_contact_get_place (HsContact *self);
void hs_contact_set_place (HsContact *self, guint place);

G_END_DECLS
