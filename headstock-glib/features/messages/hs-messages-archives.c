/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* The archives that have a keeper, and the messages that wait until older ones have arrived. */

/* Messages of two people may have the same id: see judge() in hs-messages-deliver.c. */
static char *
make_key (const char *archive_id, HsJid *peer)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (peer);

  return g_strconcat (hs_jid_to_string (bare), "\n", archive_id, NULL);
}

void
hs_messages_kept_free (gpointer data)
{
  HsMessagesKept *self = data;

  g_queue_clear_full (&self->held, g_object_unref);
  g_hash_table_unref (self->held_ids);
  hs_jid_unref (self->archive);
  g_free (self);
}

void
hs_messages_archives_init (HsMessages *self)
{
  self->kept = hs_messages_new_jid_table (hs_messages_kept_free);
}

HsMessagesKept *
hs_messages_find_kept (HsMessages *self, HsJid *archive)
{
  return g_hash_table_size (self->kept) > 0 ? g_hash_table_lookup (self->kept, archive) : NULL;
}

HsDelivery *
hs_messages_pop_held (HsMessages *self, HsMessagesKept *kept)
{
  HsDelivery *delivery = g_queue_pop_head (&kept->held);
  g_autofree char *key = NULL;

  if (delivery == NULL)
    return NULL;
  key = make_key (delivery->chat.archive_id, delivery->chat.peer);
  g_hash_table_remove (kept->held_ids, key);
  self->n_held--;
  return delivery;
}

void
hs_messages_push_held (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery)
{
  g_autofree char *key = make_key (delivery->chat.archive_id, delivery->chat.peer);

  /* The server has sent it again after a resumption. */
  if (g_hash_table_contains (kept->held_ids, key))
    return;
  g_queue_push_tail (&kept->held, g_object_ref (delivery));
  g_hash_table_insert (kept->held_ids, g_steal_pointer (&key), g_queue_peek_tail_link (&kept->held));
  self->n_held++;
}

void
hs_messages_keep_archive (HsMessages *self, HsJid *archive, const HsMessagesKeeper *keeper, gpointer data)
{
  HsMessagesKept *kept;

  g_return_if_fail (keeper->arrived != NULL);
  g_return_if_fail (hs_messages_find_kept (self, archive) == NULL);

  kept = g_new0 (HsMessagesKept, 1);
  kept->archive = hs_jid_ref (archive);
  kept->keeper = keeper;
  kept->data = data;
  g_queue_init (&kept->held);
  kept->held_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (self->kept, kept->archive, kept);
}

gboolean
hs_messages_drop_held (HsMessages *self, HsJid *archive, const char *archive_id, HsJid *peer)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, archive);
  g_autofree char *key = make_key (archive_id, peer);
  GList *link = kept != NULL ? g_hash_table_lookup (kept->held_ids, key) : NULL;

  if (link == NULL)
    return FALSE;
  g_hash_table_remove (kept->held_ids, key);
  g_object_unref (link->data);
  g_queue_delete_link (&kept->held, link);
  self->n_held--;
  return TRUE;
}

void
hs_messages_tell_joined (HsMessages *self, HsJid *occupant)
{
  g_autoptr (HsJid) room = hs_jid_get_bare (occupant);
  HsMessagesKept *kept = hs_messages_find_kept (self, room);

  if (kept != NULL && kept->keeper->joined != NULL)
    kept->keeper->joined (kept->data);
}

void
hs_messages_tell_left (HsMessages *self, HsJid *room)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, room);

  if (kept != NULL && kept->keeper->left != NULL)
    kept->keeper->left (kept->data);
}

gboolean
hs_messages_has_mark (HsMessages *self, HsJid *room)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, room);

  return kept != NULL && kept->keeper->has_mark != NULL && kept->keeper->has_mark (kept->data);
}

gint64
hs_messages_get_since (HsMessages *self, HsJid *room)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, room);

  return kept != NULL && kept->keeper->get_since != NULL ? kept->keeper->get_since (kept->data) : 0;
}
