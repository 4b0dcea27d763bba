/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact-private.h"
#include "hs-jid-table-private.h"
#include "hs-roster-list-private.h"

G_BEGIN_DECLS

/* The contacts of a roster, by address and as a list, and the items of an answer that replaces them in slices. It knows
 * no client and has no timers. */

/* ---- The items of an answer, until it is complete ---- */

typedef struct
{
  GPtrArray *items;  /* in order of arrival */
  HsJidTable index;  /* position + 1 */
} HsRosterStaging;

HsRosterStaging *hs_roster_staging_new (void);
/* Takes over the item; the last one of an address counts. */
void hs_roster_staging_add (HsRosterStaging *self, HsRosterItem *item);
void hs_roster_staging_free (HsRosterStaging *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRosterStaging, hs_roster_staging_free)

/* ---- The contacts ---- */

typedef struct _HsRosterMerge HsRosterMerge;

typedef struct
{
  HsRosterList *list;
  HsJidTable table;      /* HsContact: those in the list, and those about to be added or removed */
  GPtrArray *available;  /* HsContact: those with a resource; each knows its position */
  guint64 n_presences;
  HsRosterMerge *merge; /* or NULL */
  guint n_merges;
} HsRosterContacts;

typedef enum
{
  HS_ROSTER_STEP_AGAIN,     /* the time is over */
  HS_ROSTER_STEP_PUBLISHED, /* the list has just been replaced; go on */
  HS_ROSTER_STEP_DONE,
} HsRosterStep;

void hs_roster_contacts_init (HsRosterContacts *self);
void hs_roster_contacts_clear (HsRosterContacts *self);

/* Returns the contact with exactly this address, otherwise with its bare JID, or NULL. (transfer none) */
HsContact *hs_roster_contacts_lookup (HsRosterContacts *self, HsJid *jid);
/* The same for presence: also finds a contact that is being merged. */
HsContact *hs_roster_contacts_lookup_early (HsRosterContacts *self, HsJid *jid);
/* Applies one change. Not to be called while hs_roster_contacts_is_merging(). */
void hs_roster_contacts_apply (HsRosterContacts *self, HsRosterItem *item);
void hs_roster_contacts_remove (HsRosterContacts *self, HsJid *jid);

/* Begins to replace the contacts by the staged items. Takes over @staging. Not to be called during a merge. */
void hs_roster_contacts_merge (HsRosterContacts *self, HsRosterStaging *staging);
/* Works until @deadline (monotonic, in microseconds), or to the end where it is G_MAXINT64. */
HsRosterStep hs_roster_contacts_step (HsRosterContacts *self, gint64 deadline);
/* TRUE until the list has been replaced. */
gboolean hs_roster_contacts_is_merging (HsRosterContacts *self);

/* Presence of a contact. A bare JID stands for all resources. */
void hs_roster_contacts_set_available (HsRosterContacts *self,
                                       HsContact *contact,
                                       HsJid *jid,
                                       HsPresence *presence);
void hs_roster_contacts_set_unavailable (HsRosterContacts *self, HsContact *contact, HsJid *jid);
/* Makes all contacts unavailable. */
void hs_roster_contacts_clear_resources (HsRosterContacts *self);

G_END_DECLS
