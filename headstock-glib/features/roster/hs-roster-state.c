/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include "hs-error.h"

/* What a program keeps of a roster: form, account, version of the roster, and for each contact address, name,
 * flags and groups. */

#define FORM 1
#define TYPE "(usmsa(ssyas))"

/* The two lowest bits are the subscription. */
#define FLAG_SUBSCRIPTION 3
#define FLAG_ASKING (1 << 2)
#define FLAG_APPROVED (1 << 3)
#define ALL_FLAGS (FLAG_SUBSCRIPTION | FLAG_ASKING | FLAG_APPROVED)

static char *
dup_state_name (HsStateful *self)
{
  return g_strdup ("roster");
}

static void
add_item (GVariantBuilder *builder, HsRosterItem *item)
{
  guint8 flags = (guint8) (item->subscription | (item->is_asking ? FLAG_ASKING : 0)
                           | (item->is_approved ? FLAG_APPROVED : 0));

  g_variant_builder_add (builder, "(ssy^as)", hs_jid_to_string (item->jid),
                         item->name != NULL ? item->name : "", flags, item->groups);
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autofree char *account = self->client != NULL
                                 ? hs_stateful_dup_account (stateful, self->client)
                                 : g_strdup (self->account);
  GVariantBuilder builder;

  if (!self->is_loaded || account == NULL)
    return NULL;
  hs_roster_list_flush (self->contacts.list);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint i = 0; i < hs_roster_list_get_size (self->contacts.list); i++)
    add_item (&builder, hs_contact_get_item (hs_roster_list_peek (self->contacts.list, i)));
  return g_variant_ref_sink (
      g_variant_new ("(usmsa(ssyas))", FORM, account, self->version, &builder));
}

static gboolean
read_item (HsRosterStaging *staging, GVariantIter *iter, gboolean *is_broken)
{
  const char *address, *name;
  g_autofree const char **groups = NULL;
  g_autoptr (HsJid) jid = NULL;
  guint8 flags;

  if (!g_variant_iter_next (iter, "(&s&sy^a&s)", &address, &name, &flags, &groups))
    return FALSE;
  jid = hs_jid_new (address, NULL);
  *is_broken = jid == NULL || (flags & ~ALL_FLAGS) != 0;
  if (*is_broken)
    return FALSE;
  hs_roster_staging_add (staging,
                         hs_roster_item_new (jid, name, groups, flags & FLAG_SUBSCRIPTION,
                                             (flags & FLAG_ASKING) != 0,
                                             (flags & FLAG_APPROVED) != 0));
  return TRUE;
}

/* NULL: it is broken. */
static HsRosterStaging *
read_items (GVariant *items)
{
  g_autoptr (HsRosterStaging) staging = hs_roster_staging_new ();
  gboolean is_broken = FALSE;
  GVariantIter iter;

  g_variant_iter_init (&iter, items);
  while (read_item (staging, &iter, &is_broken))
    ;
  return is_broken ? NULL : g_steal_pointer (&staging);
}

/* All in one turn. */
static void
replace (HsRoster *self, HsRosterStaging *staging, const char *version, gboolean is_loaded)
{
  hs_roster_contacts_merge (&self->contacts, staging);
  while (hs_roster_contacts_step (&self->contacts, G_MAXINT64) != HS_ROSTER_STEP_DONE)
    ;
  hs_roster_set_version (self, version);
  hs_roster_set_loaded (self, is_loaded);
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsRoster *self = HS_ROSTER (stateful);
  g_autoptr (HsRosterStaging) staging = NULL;
  g_autoptr (GVariant) items = NULL;
  const char *account, *version;

  if (!hs_stateful_check_state (stateful, state, TYPE, FORM, self->client, error))
    return FALSE;
  g_variant_get (state, "(u&sm&s@a(ssyas))", NULL, &account, &version, &items);
  staging = read_items (items);
  if (staging == NULL)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
                   "The state of the roster of %s is broken: an address or a flag is not valid",
                   account);
      return FALSE;
    }
  if (self->load.is_asked || self->contacts.merge != NULL)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
                   "The roster of %s has been asked for already: a state is older", account);
      return FALSE;
    }
  g_free (self->account);
  self->account = g_strdup (account);
  replace (self, g_steal_pointer (&staging), version, TRUE);
  return TRUE;
}

void
hs_roster_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

void
hs_roster_check_account (HsRoster *self)
{
  g_autofree char *account = g_steal_pointer (&self->account);

  if (!self->is_loaded
      || hs_stateful_check_account (HS_STATEFUL (self), account, self->client))
    return;
  if (self->contacts.merge == NULL)
    replace (self, hs_roster_staging_new (), NULL, FALSE);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
