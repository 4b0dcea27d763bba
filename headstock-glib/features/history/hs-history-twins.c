/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-twins-private.h"

#include "hs-archive-shared.h"

#include <string.h>

/* No XML document can contain it, so that no id does. */
#define SEPARATOR "\002"
/* How many ids are kept at least, whether the state knows them or not. */
#define MIN_PEERS 2000

void
hs_history_twins_init (HsHistoryTwins *self)
{
  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->key = NULL;
}

void
hs_history_twins_clear (HsHistoryTwins *self)
{
  g_clear_pointer (&self->peers, g_hash_table_unref);
  g_clear_pointer (&self->key, g_free);
}

static gboolean
is_unknown (gpointer id, gpointer peer, gpointer state)
{
  return !hs_history_state_knows (state, id);
}

static void
remember (HsHistoryTwins *self, const HsHistoryState *state, const char *id, guint peer)
{
  if (g_hash_table_size (self->peers) >= MIN_PEERS + 2 * g_hash_table_size (state->given))
    g_hash_table_foreach_remove (self->peers, is_unknown, (gpointer) state);
  g_hash_table_insert (self->peers, g_strdup (id), GUINT_TO_POINTER (peer));
}

static const char *
make_key (HsHistoryTwins *self, const char *id, const char *side)
{
  g_free (self->key);
  self->key = g_strconcat (id, SEPARATOR, side, NULL);
  return self->key;
}

const char *
hs_history_twins_find_key (HsHistoryTwins *self, const HsHistoryState *state, const char *id, const char *side)
{
  guint hash = g_str_hash (side);
  gpointer known;

  if (g_hash_table_lookup_extended (self->peers, id, NULL, &known))
    return GPOINTER_TO_UINT (known) == hash ? id : make_key (self, id, side);
  /* The state may be from an earlier run of the program. */
  if (hs_history_state_knows (state, make_key (self, id, side)))
    return self->key;
  remember (self, state, id, hash);
  return id;
}

char *
hs_history_twins_dup_id (const char *key)
{
  return key != NULL ? g_strndup (key, strcspn (key, SEPARATOR)) : NULL;
}

gboolean
hs_history_twins_is_time (const char *key, gint64 stamp)
{
  g_autofree char *id = hs_history_twins_dup_id (key);

  return hs_archive_id_is_time (id, stamp);
}

char *
hs_history_twins_dup_beside (const char *key, int usec)
{
  g_autofree char *id = hs_history_twins_dup_id (key);

  return hs_archive_dup_id_beside (id, usec);
}
