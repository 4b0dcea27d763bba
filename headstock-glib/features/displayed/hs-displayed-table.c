/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-displayed-table-private.h"

#include <string.h>

static void
position_free (HsDisplayedPosition *self)
{
  g_free (self->peer);
  g_clear_pointer (&self->archive, hs_jid_unref);
  g_free (self->id);
  g_free (self->published);
  g_free (self);
}

void
hs_displayed_table_init (HsDisplayedTable *self)
{
  self->positions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) position_free);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_queue_init (&self->keys);
  self->next_order = 1;
}

void
hs_displayed_table_clear (HsDisplayedTable *self)
{
  g_queue_clear (&self->keys);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->positions);
}

void
hs_displayed_table_remove_all (HsDisplayedTable *self)
{
  g_queue_clear (&self->keys);
  g_hash_table_remove_all (self->known);
  g_hash_table_remove_all (self->positions);
}

static char *
make_key (HsJid *archive, const char *id)
{
  return g_strconcat (hs_jid_to_string (archive), " ", id, NULL);
}

static gboolean
is_at (const HsDisplayedPosition *self, HsJid *archive, const char *id)
{
  return self != NULL && self->archive != NULL && hs_jid_equal (self->archive, archive) && strcmp (self->id, id) == 0;
}

gboolean
hs_displayed_table_remember (HsDisplayedTable *self, const char *peer, HsJid *archive, const char *id, gint64 time)
{
  HsDisplayedPosition *position = hs_displayed_table_lookup (self, peer);
  g_autofree char *key = make_key (archive, id);
  HsDisplayedPlace *place;

  if (g_hash_table_contains (self->known, key))
    return FALSE;
  place = g_new (HsDisplayedPlace, 1);
  *place = (HsDisplayedPlace){ time, self->next_order++ };
  g_queue_push_tail (&self->keys, key);
  g_hash_table_insert (self->known, g_steal_pointer (&key), place);
  if (self->keys.length > HS_DISPLAYED_MAX_KNOWN)
    g_hash_table_remove (self->known, g_queue_pop_head (&self->keys));
  if (!is_at (position, archive, id) || position->at.time != 0)
    return FALSE;
  position->at = *place;
  return TRUE;
}

HsDisplayedPlace
hs_displayed_table_find_place (HsDisplayedTable *self, HsJid *archive, const char *id, gint64 time)
{
  g_autofree char *key = archive != NULL && id != NULL ? make_key (archive, id) : NULL;
  const HsDisplayedPlace *place = key != NULL ? g_hash_table_lookup (self->known, key) : NULL;

  return place != NULL ? *place : (HsDisplayedPlace){ time, 0 };
}

HsDisplayedPosition *
hs_displayed_table_lookup (HsDisplayedTable *self, const char *peer)
{
  return g_hash_table_lookup (self->positions, peer);
}

HsDisplayedPosition *
hs_displayed_table_ensure (HsDisplayedTable *self, const char *peer)
{
  HsDisplayedPosition *position = hs_displayed_table_lookup (self, peer);

  if (position != NULL)
    return position;
  position = g_new0 (HsDisplayedPosition, 1);
  position->peer = g_strdup (peer);
  g_hash_table_insert (self->positions, position->peer, position);
  return position;
}

static gboolean
is_later (HsDisplayedPlace a, HsDisplayedPlace b)
{
  return a.time != b.time ? a.time > b.time : a.order > b.order;
}

/* The position may be at a message that is not known here, because another device published it. Then all messages that
 * arrived after that news count as later, and all messages of this session if the news is older: the user of this
 * device is looking at them. */
gboolean
hs_displayed_position_is_before (const HsDisplayedPosition *self, HsDisplayedPlace place)
{
  if (self->archive == NULL)
    return TRUE;
  return self->at.time != 0 ? is_later (place, self->at) : place.order > self->at.order;
}

void
hs_displayed_position_move (HsDisplayedPosition *self, HsJid *archive, const char *id, HsDisplayedPlace place)
{
  HsJid *old = self->archive;

  self->archive = hs_jid_ref (archive);
  g_clear_pointer (&old, hs_jid_unref);
  g_free (self->id);
  self->id = g_strdup (id);
  self->at = place;
}

/* Whether the position is behind the one that an earlier run has kept. A position without a time comes from another
 * device. If the earlier run had kept that device's position as published, and another one as its own, its own one is
 * later. */
static gboolean
is_behind_kept (const HsDisplayedPosition *self, const char *id, const char *published, gint64 time)
{
  if (self->archive == NULL)
    return TRUE;
  if (self->at.time != 0)
    return time > self->at.time;
  return strcmp (self->id, id) == 0
         || (g_strcmp0 (self->id, self->published) == 0 && g_strcmp0 (published, self->published) == 0);
}

HsDisplayedPosition *
hs_displayed_table_restore (HsDisplayedTable *self,
                            const char *peer,
                            HsJid *archive,
                            const char *id,
                            const char *published,
                            gint64 time)
{
  HsDisplayedPosition *position = hs_displayed_table_ensure (self, peer);
  gboolean is_new = position->archive == NULL && position->published == NULL;

  if (is_behind_kept (position, id, published, time))
    hs_displayed_position_move (position, archive, id, (HsDisplayedPlace){ time, 0 });
  if (is_new)
    position->published = g_strdup (published);
  return position;
}

gboolean
hs_displayed_position_is_news (const HsDisplayedPosition *self)
{
  return self->archive != NULL && g_strcmp0 (self->id, self->published) != 0;
}

gboolean
hs_displayed_table_take_told (HsDisplayedTable *self,
                              const char *peer,
                              HsJid *archive,
                              const char *id,
                              gboolean is_live)
{
  HsDisplayedPosition *position = hs_displayed_table_ensure (self, peer);
  HsDisplayedPlace place = hs_displayed_table_find_place (self, archive, id, 0);
  gboolean is_repeated = g_strcmp0 (position->published, id) == 0;

  g_free (position->published);
  position->published = g_strdup (id);
  /* The account had published this before: this device may have read on since. */
  if (is_repeated || is_at (position, archive, id))
    return FALSE;
  if (place.time != 0 && !hs_displayed_position_is_before (position, place))
    return FALSE;
  if (place.time == 0 && is_live)
    place.order = self->next_order++;
  hs_displayed_position_move (position, archive, id, place);
  return TRUE;
}
