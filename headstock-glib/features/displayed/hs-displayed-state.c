/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-displayed-private.h"

#include "hs-error.h"

/* The state that a program saves: its form, the account, and for each chat the peer, the archive, the id in the
 * archive, the id that the account has published, and the time of the message. */

#define FORM 1
#define ENTRY "(ssssx)"
#define TYPE "(usa" ENTRY ")"

static char *
dup_state_name (HsStateful *self)
{
  return g_strdup ("displayed");
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsDisplayed *self = HS_DISPLAYED (stateful);
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  if (self->account == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" ENTRY));
  g_hash_table_iter_init (&iter, self->table.positions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HsDisplayedPosition *position = value;

      if (position->archive == NULL)
        continue;
      g_variant_builder_add (&builder, ENTRY, position->peer, hs_jid_to_string (position->archive), position->id,
                             position->published != NULL ? position->published : "", position->at.time);
      n++;
    }
  if (n == 0)
    {
      g_variant_builder_clear (&builder);
      return NULL;
    }
  return g_variant_ref_sink (g_variant_new (TYPE, FORM, self->account, &builder));
}

static gboolean
is_good (const char *peer, const char *archive, const char *id)
{
  g_autoptr (HsJid) a = hs_jid_new (peer, NULL);
  g_autoptr (HsJid) b = hs_jid_new (archive, NULL);

  return a != NULL && b != NULL && hs_jid_is_bare (b) && *id != '\0';
}

static gboolean
check_entries (GVariant *entries, const char *account, GError **error)
{
  const char *peer, *archive, *id;
  GVariantIter iter;

  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(&s&s&s&sx)", &peer, &archive, &id, NULL, NULL))
    if (!is_good (peer, archive, id))
      {
        g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
                     "The displayed positions of %s are broken: an address or an id is not valid", account);
        return FALSE;
      }
  return TRUE;
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsDisplayed *self = HS_DISPLAYED (stateful);
  g_autoptr (GVariant) entries = NULL;
  const char *account, *peer, *archive, *id, *published;
  GVariantIter iter;
  gint64 time;

  if (!hs_stateful_check_state (stateful, state, TYPE, FORM, self->client, error))
    return FALSE;
  g_variant_get (state, "(u&s@a" ENTRY ")", NULL, &account, &entries);
  if (!check_entries (entries, account, error))
    return FALSE;
  /* A position only moves forward: what this run knows of the same account may be later than what was kept. */
  if (g_strcmp0 (self->account, account) != 0)
    hs_displayed_table_remove_all (&self->table);
  g_free (self->account);
  self->account = g_strdup (account);
  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(&s&s&s&sx)", &peer, &archive, &id, &published, &time))
    {
      g_autoptr (HsJid) jid = hs_jid_new (archive, NULL);
      HsDisplayedPosition *position
          = hs_displayed_table_restore (&self->table, peer, jid, id, *published != '\0' ? published : NULL, time);

      hs_displayed_sync_publish (self, position);
    }
  return TRUE;
}

void
hs_displayed_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

void
hs_displayed_check_account (HsDisplayed *self)
{
  if (self->account == NULL || hs_stateful_check_account (HS_STATEFUL (self), self->account, self->client))
    return;
  g_clear_pointer (&self->account, g_free);
  hs_displayed_table_remove_all (&self->table);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
