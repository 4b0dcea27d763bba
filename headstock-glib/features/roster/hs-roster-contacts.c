/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-contacts-private.h"

/* Check the clock after so many contacts. They take about a twentieth of a slice. */
#define BETWEEN_LOOKS 64

typedef enum
{
  PHASE_MATCH,   /* find or make the contact of each item */
  PHASE_SORT,    /* separate the contacts that stay from those that leave */
  PHASE_PUBLISH, /* replace the list */
  PHASE_LEAVE,   /* notify of the contacts that left */
  PHASE_FREE,    /* release the old arrays */
  PHASE_END,
} Phase;

struct _HsRosterMerge
{
  HsRosterStaging *staging;
  Phase phase;
  guint position; /* in the array of the phase */
  guint mark;     /* of contacts that stay */
  gboolean is_index_clear;
  gboolean is_published;
  gboolean is_told; /* PUBLISHED has been returned */
  GPtrArray *added;
  GPtrArray *list;
  GPtrArray *gone;
  GPtrArray *old; /* NULL while its replacement is being shown */
};

/* ---- Staging ---- */

static void
clear_item (gpointer item)
{
  if (item != NULL)
    hs_roster_item_unref (item);
}

HsRosterStaging *
hs_roster_staging_new (void)
{
  HsRosterStaging *self = g_new0 (HsRosterStaging, 1);

  self->items = g_ptr_array_new_with_free_func (clear_item);
  return self;
}

void
hs_roster_staging_add (HsRosterStaging *self, HsRosterItem *item)
{
  gpointer *known = hs_jid_table_ensure (&self->index, item->jid);
  g_autoptr (HsRosterItem) old = NULL;
  guint position;

  if (*known == NULL)
    {
      g_ptr_array_add (self->items, item);
      *known = GUINT_TO_POINTER (self->items->len);
      return;
    }
  position = GPOINTER_TO_UINT (*known) - 1;
  old = self->items->pdata[position];
  self->items->pdata[position] = item;
  /* The key belongs to the item. */
  hs_jid_table_insert (&self->index, item->jid, *known);
}

void
hs_roster_staging_free (HsRosterStaging *self)
{
  hs_jid_table_clear (&self->index, NULL);
  g_ptr_array_unref (self->items);
  g_free (self);
}

/* ---- Contacts ---- */

static void
merge_free (HsRosterMerge *self)
{
  g_clear_pointer (&self->staging, hs_roster_staging_free);
  g_ptr_array_unref (self->added);
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_ptr_array_unref (self->gone);
  g_clear_pointer (&self->old, g_ptr_array_unref);
  g_free (self);
}

void
hs_roster_contacts_init (HsRosterContacts *self)
{
  self->list = hs_roster_list_new (HS_TYPE_CONTACT);
  hs_roster_list_collect (self->list);
  self->available = g_ptr_array_new_with_free_func (g_object_unref);
}

void
hs_roster_contacts_clear (HsRosterContacts *self)
{
  g_clear_pointer (&self->merge, merge_free);
  g_clear_object (&self->list);
  g_clear_pointer (&self->available, g_ptr_array_unref);
  hs_jid_table_clear (&self->table, g_object_unref);
}

gboolean
hs_roster_contacts_is_merging (HsRosterContacts *self)
{
  return self->merge != NULL && self->merge->phase <= PHASE_PUBLISH;
}

/* Whether the merge has made the contact, which is not in the list yet. */
static gboolean
is_new (HsRosterContacts *self, HsContact *contact)
{
  return hs_roster_contacts_is_merging (self)
         && hs_contact_get_mark (contact) == self->merge->mark + 1;
}

/* @contact: from the table, or NULL. */
static HsContact *
check_shown (HsRosterContacts *self, HsContact *contact)
{
  return contact != NULL && hs_contact_get_is_in_roster (contact) && !is_new (self, contact) ? contact : NULL;
}

HsContact *
hs_roster_contacts_lookup (HsRosterContacts *self, HsJid *jid)
{
  HsContact *contact = check_shown (self, hs_jid_table_lookup (&self->table, jid));

  if (contact != NULL || hs_jid_is_bare (jid))
    return contact;
  return check_shown (self, hs_jid_table_lookup_bare (&self->table, jid));
}

/* The table owns the reference, and uses the contact's address as the key. */
static HsContact *
make_contact (HsRosterContacts *self, HsRosterItem *item)
{
  HsContact *contact = hs_contact_new (item, TRUE);

  hs_jid_table_insert (&self->table, hs_contact_get_jid (contact), contact);
  return contact;
}

/* @item: of the merge. */
static HsContact *
match_item (HsRosterContacts *self, HsRosterItem *item)
{
  gpointer *known = hs_jid_table_ensure (&self->table, item->jid);

  /* The key is the address in the item. The contact holds a reference to it as well. */
  if (*known == NULL)
    {
      *known = hs_contact_new (item, TRUE);
      hs_contact_set_mark (*known, self->merge->mark + 1);
    }
  return *known;
}

typedef gpointer (*LookupFunc) (HsJidTable *table, HsJid *jid);

static HsContact *
lookup_early (HsRosterContacts *self, HsJid *jid, LookupFunc lookup)
{
  HsContact *contact = lookup (&self->table, jid);
  guint position;

  if (contact != NULL)
    return hs_contact_get_is_in_roster (contact) ? contact : NULL;
  if (!hs_roster_contacts_is_merging (self) || self->merge->staging == NULL)
    return NULL;
  position = GPOINTER_TO_UINT (lookup (&self->merge->staging->index, jid));
  return position > 0 ? match_item (self, self->merge->staging->items->pdata[position - 1]) : NULL;
}

HsContact *
hs_roster_contacts_lookup_early (HsRosterContacts *self, HsJid *jid)
{
  HsContact *contact = lookup_early (self, jid, hs_jid_table_lookup);

  if (contact != NULL || hs_jid_is_bare (jid))
    return contact;
  return lookup_early (self, jid, hs_jid_table_lookup_bare);
}

static void
add_available (HsRosterContacts *self, HsContact *contact)
{
  if (hs_contact_get_place (contact) > 0)
    return;
  g_ptr_array_add (self->available, g_object_ref (contact));
  hs_contact_set_place (contact, self->available->len);
}

/* The last contact takes its place. */
static void
remove_available (HsRosterContacts *self, HsContact *contact)
{
  guint place = hs_contact_get_place (contact);

  if (place == 0)
    return;
  hs_contact_set_place (self->available->pdata[self->available->len - 1], place);
  hs_contact_set_place (contact, 0);
  g_ptr_array_remove_index_fast (self->available, place - 1);
}

/* Where the account may not see the presence any more, the contact becomes unavailable: not all servers send that. */
static void
set_item (HsRosterContacts *self, HsContact *contact, HsRosterItem *item)
{
  gboolean was_seen = (hs_contact_get_subscription (contact) & HS_SUBSCRIPTION_TO) != 0;

  hs_contact_set_item (contact, item);
  if (!was_seen || (item->subscription & HS_SUBSCRIPTION_TO) != 0)
    return;
  hs_contact_clear_resources (contact);
  remove_available (self, contact);
}

void
hs_roster_contacts_apply (HsRosterContacts *self, HsRosterItem *item)
{
  g_autoptr (HsContact) contact = hs_jid_table_lookup (&self->table, item->jid);

  g_assert (!hs_roster_contacts_is_merging (self));
  if (contact == NULL)
    {
      contact = g_object_ref (make_contact (self, item));
      hs_roster_list_append (self->list, contact);
      return;
    }
  g_object_ref (contact);
  if (hs_contact_get_is_in_roster (contact))
    {
      set_item (self, contact, item);
      return;
    }
  /* The contact has been removed, and the notification of this is under way. */
  g_object_freeze_notify (G_OBJECT (contact));
  hs_contact_set_is_in_roster (contact, TRUE);
  hs_contact_set_item (contact, item);
  hs_roster_list_append (self->list, contact);
  g_object_thaw_notify (G_OBJECT (contact));
}

static void
forget_contact (HsRosterContacts *self, HsContact *contact)
{
  hs_jid_table_remove (&self->table, hs_contact_get_jid (contact));
  hs_contact_clear_resources (contact);
  remove_available (self, contact);
  hs_contact_report_left (contact);
  g_object_unref (contact);
}

void
hs_roster_contacts_remove (HsRosterContacts *self, HsJid *jid)
{
  HsContact *contact = check_shown (self, hs_jid_table_lookup (&self->table, jid));

  g_assert (!hs_roster_contacts_is_merging (self));
  if (contact == NULL)
    return;
  /* A handler of items-changed must not find the contact in the roster any more. */
  hs_jid_table_remove (&self->table, hs_contact_get_jid (contact));
  hs_contact_leave_roster (contact);
  hs_roster_list_remove (self->list, contact);
  hs_contact_clear_resources (contact);
  remove_available (self, contact);
  hs_contact_report_left (contact);
  g_object_unref (contact);
}

void
hs_roster_contacts_set_available (HsRosterContacts *self,
                                  HsContact *contact,
                                  HsJid *jid,
                                  HsPresence *presence)
{
  add_available (self, contact);
  hs_contact_set_available (contact, jid, presence, ++self->n_presences);
}

void
hs_roster_contacts_set_unavailable (HsRosterContacts *self, HsContact *contact, HsJid *jid)
{
  g_autoptr (HsContact) alive G_GNUC_UNUSED = g_object_ref (contact);

  hs_contact_set_unavailable (contact, jid);
  if (!hs_contact_get_is_available (contact))
    remove_available (self, contact);
}

void
hs_roster_contacts_clear_resources (HsRosterContacts *self)
{
  g_autoptr (GPtrArray) available = g_steal_pointer (&self->available);

  /* Handlers may change the new array, but not the one that is gone through here. */
  self->available = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < available->len; i++)
    hs_contact_set_place (available->pdata[i], 0);
  for (guint i = 0; i < available->len; i++)
    hs_contact_clear_resources (available->pdata[i]);
}

/* ---- Merging ---- */

void
hs_roster_contacts_merge (HsRosterContacts *self, HsRosterStaging *staging)
{
  HsRosterMerge *merge = g_new0 (HsRosterMerge, 1);

  g_assert (self->merge == NULL);
  hs_roster_list_flush (self->list);
  merge->staging = staging;
  self->n_merges += 2;
  merge->mark = self->n_merges;
  merge->added = g_ptr_array_new_with_free_func (g_object_unref);
  merge->list = g_ptr_array_new_with_free_func (g_object_unref);
  merge->gone = g_ptr_array_new_with_free_func (g_object_unref);
  self->merge = merge;
}

static void
match_next (HsRosterContacts *self, HsRosterMerge *merge)
{
  HsRosterItem *item = merge->staging->items->pdata[merge->position++];
  HsContact *contact = match_item (self, item);

  if (hs_contact_get_mark (contact) == merge->mark + 1)
    {
      g_ptr_array_add (merge->added, g_object_ref (contact));
      return;
    }
  hs_contact_set_mark (contact, merge->mark);
  g_object_ref (contact);
  set_item (self, contact, item);
  g_object_unref (contact);
}

static void
sort_next (HsRosterContacts *self, HsRosterMerge *merge)
{
  HsContact *contact = hs_roster_list_peek (self->list, merge->position++);

  g_ptr_array_add (hs_contact_get_mark (contact) == merge->mark ? merge->list : merge->gone,
                   g_object_ref (contact));
}

/* Handlers may finish the merge, which is freed then. */
static void
publish (HsRosterContacts *self, HsRosterMerge *merge)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_ref (merge->gone);
  GPtrArray *old;

  for (guint i = 0; i < gone->len; i++)
    {
      hs_contact_leave_roster (gone->pdata[i]);
      if (self->merge != merge)
        return;
    }
  g_ptr_array_extend_and_steal (merge->list, g_steal_pointer (&merge->added));
  merge->added = g_ptr_array_new ();
  merge->phase = PHASE_LEAVE;
  merge->position = 0;
  merge->is_published = TRUE;
  old = hs_roster_list_replace (self->list, g_steal_pointer (&merge->list));
  if (self->merge == merge)
    merge->old = old;
  else
    g_ptr_array_unref (old);
}

static void
leave_next (HsRosterContacts *self, HsRosterMerge *merge)
{
  HsContact *contact = merge->gone->pdata[merge->position++];

  /* A push may have added the contact again. */
  if (!hs_contact_get_is_in_roster (contact))
    forget_contact (self, contact);
}

/* From the end, so that no elements are moved. */
static void
free_next (GPtrArray *array)
{
  g_ptr_array_set_size (array, (int) array->len - 1);
}

static gboolean
free_one (HsRosterMerge *merge)
{
  if (merge->gone->len > 0)
    free_next (merge->gone);
  else if (merge->old != NULL && merge->old->len > 0)
    free_next (merge->old);
  else if (merge->staging->items->len > 0)
    {
      /* The items own the keys of the index. */
      if (!merge->is_index_clear)
        hs_jid_table_clear (&merge->staging->index, NULL);
      merge->is_index_clear = TRUE;
      free_next (merge->staging->items);
    }
  else
    return FALSE;
  return TRUE;
}

/* Returns FALSE when the phase is over. */
static gboolean
do_one (HsRosterContacts *self, HsRosterMerge *merge)
{
  switch (merge->phase)
    {
    case PHASE_MATCH:
      if (merge->position >= merge->staging->items->len)
        return FALSE;
      match_next (self, merge);
      return TRUE;
    case PHASE_SORT:
      if (merge->position >= hs_roster_list_get_size (self->list))
        return FALSE;
      sort_next (self, merge);
      return TRUE;
    case PHASE_LEAVE:
      if (merge->position >= merge->gone->len)
        return FALSE;
      leave_next (self, merge);
      return TRUE;
    case PHASE_FREE:
      return free_one (merge);
    default:
      return FALSE;
    }
}

/* A handler that one step calls may finish the merge by calling this, and may begin another one. */
HsRosterStep
hs_roster_contacts_step (HsRosterContacts *self, gint64 deadline)
{
  HsRosterMerge *merge;

  for (guint n = 1; (merge = self->merge) != NULL; n++)
    {
      if (merge->is_published && !merge->is_told)
        {
          merge->is_told = TRUE;
          return HS_ROSTER_STEP_PUBLISHED;
        }
      if (n % BETWEEN_LOOKS == 0 && deadline != G_MAXINT64 && g_get_monotonic_time () >= deadline)
        return HS_ROSTER_STEP_AGAIN;
      if (do_one (self, merge) || self->merge != merge)
        continue;
      if (merge->phase == PHASE_PUBLISH)
        {
          publish (self, merge);
          continue;
        }
      merge->phase++;
      merge->position = 0;
      if (merge->phase == PHASE_END)
        g_clear_pointer (&self->merge, merge_free);
    }
  return HS_ROSTER_STEP_DONE;
}
