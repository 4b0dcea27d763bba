/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include <string.h>

#include "hs-namespaces.h"

/* The list of bookmarks. While a room is in the list, its bookmark is the same object. */

static const char *
get_room (HsBookmark *bookmark)
{
  return hs_jid_to_string (hs_bookmark_get_jid (bookmark));
}

/* Makes the list equal to @wanted. `items-changed` leaves out equal bookmarks at both ends. */
static void
show (HsBookmarks *self, GPtrArray *wanted)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->bookmarks));
  g_autoptr (GPtrArray) shown = g_ptr_array_new_with_free_func (g_object_unref);
  guint first = 0, last = 0;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (shown, g_list_model_get_item (G_LIST_MODEL (self->bookmarks), i));
  while (first < MIN (n, wanted->len) && shown->pdata[first] == wanted->pdata[first])
    first++;
  while (last < MIN (n, wanted->len) - first && shown->pdata[n - last - 1] == wanted->pdata[wanted->len - last - 1])
    last++;
  if (first + last < MAX (n, wanted->len))
    g_list_store_splice (self->bookmarks, first, n - first - last, wanted->pdata + first, wanted->len - first - last);
}

void
hs_bookmarks_replace (HsBookmarks *self, GPtrArray *found)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) previous = g_steal_pointer (&self->table);
  g_autoptr (GHashTable) changes = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer bookmark, change;

  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  for (guint i = 0; i < found->len; i++)
    {
      HsBookmark *same = g_hash_table_lookup (previous, get_room (found->pdata[i]));

      /* The first bookmark of a room counts. */
      if (g_hash_table_contains (self->table, get_room (found->pdata[i])))
        continue;
      if (same != NULL)
        g_hash_table_insert (changes, same, found->pdata[i]);
      else
        same = found->pdata[i];
      g_hash_table_insert (self->table, g_strdup (get_room (same)), g_object_ref (same));
      g_ptr_array_add (wanted, g_object_ref (same));
    }
  show (self, wanted);
  g_hash_table_iter_init (&iter, changes);
  while (g_hash_table_iter_next (&iter, &bookmark, &change))
    hs_bookmark_update (bookmark, change);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

void
hs_bookmarks_apply (HsBookmarks *self, HsBookmark *bookmark)
{
  g_autoptr (HsBookmark) owned G_GNUC_UNUSED = bookmark;
  HsBookmark *same = g_hash_table_lookup (self->table, get_room (bookmark));

  if (same != NULL)
    {
      hs_bookmark_update (same, bookmark);
    }
  else
    {
      g_hash_table_insert (self->table, g_strdup (get_room (bookmark)), g_object_ref (bookmark));
      g_list_store_append (self->bookmarks, bookmark);
    }
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

void
hs_bookmarks_drop (HsBookmarks *self, const char *room)
{
  HsBookmark *bookmark = g_hash_table_lookup (self->table, room);
  guint position;

  if (bookmark == NULL || !g_list_store_find (self->bookmarks, bookmark, &position))
    return;
  g_hash_table_remove (self->table, room);
  g_list_store_remove (self->bookmarks, position);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

HsBookmark *
hs_bookmarks_read_item (HsBookmarks *self, HsPubSubItem *item, gboolean *is_other)
{
  const char *id = hs_pubsub_item_get_id (item);
  HsElement *payload = hs_pubsub_item_get_payload (item);
  HsBookmark *bookmark = NULL;

  if (payload != NULL && hs_element_matches (payload, "conference", HS_NS_BOOKMARKS))
    bookmark = hs_bookmark_new_from_element (id, payload);
  *is_other = bookmark != NULL && strcmp (id, get_room (bookmark)) != 0;
  if (*is_other)
    {
      g_hash_table_replace (self->others, g_strdup (id), g_strdup (get_room (bookmark)));
      g_hash_table_remove (self->retracted, id);
    }
  return bookmark;
}

void
hs_bookmarks_set_loaded (HsBookmarks *self, gboolean is_loaded)
{
  if (self->is_loaded == is_loaded)
    return;
  self->is_loaded = is_loaded;
  g_object_notify (G_OBJECT (self), "is-loaded");
}

void
hs_bookmarks_set_writable (HsBookmarks *self, gboolean is_writable)
{
  if (self->is_writable == is_writable)
    return;
  self->is_writable = is_writable;
  g_object_notify (G_OBJECT (self), "is-writable");
}
