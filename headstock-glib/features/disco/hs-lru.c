/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-lru.h"

#include <string.h>

typedef struct
{
  GList link; /* in `order`; its data is the entry */
  gpointer value;
  char key[];
} Entry;

void
hs_lru_init (HsLru *self, guint limit, GDestroyNotify free_value)
{
  self->entries = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->order);
  self->limit = limit;
  self->free_value = free_value;
}

static void
drop (HsLru *self, Entry *entry)
{
  g_hash_table_remove (self->entries, entry->key);
  g_queue_unlink (&self->order, &entry->link);
  self->free_value (entry->value);
  g_free (entry);
}

static void
shrink (HsLru *self, guint size)
{
  while (self->order.length > size)
    drop (self, self->order.tail->data);
}

void
hs_lru_clear (HsLru *self)
{
  shrink (self, 0);
  g_clear_pointer (&self->entries, g_hash_table_unref);
}

gpointer
hs_lru_lookup (HsLru *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    return NULL;
  if (self->order.head != &entry->link)
    {
      g_queue_unlink (&self->order, &entry->link);
      g_queue_push_head_link (&self->order, &entry->link);
    }
  return entry->value;
}

void
hs_lru_insert (HsLru *self, const char *key, gpointer value)
{
  gsize length = strlen (key) + 1;
  Entry *entry = g_malloc0 (sizeof (Entry) + length);

  entry->link.data = entry;
  entry->value = value;
  memcpy (entry->key, key, length);
  hs_lru_remove (self, key);
  g_hash_table_insert (self->entries, entry->key, entry);
  g_queue_push_head_link (&self->order, &entry->link);
  shrink (self, self->limit);
}

gboolean
hs_lru_remove (HsLru *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    drop (self, entry);
  return entry != NULL;
}

void
hs_lru_remove_all (HsLru *self)
{
  shrink (self, 0);
}

void
hs_lru_set_limit (HsLru *self, guint limit)
{
  self->limit = limit;
  shrink (self, limit);
}

const char *
hs_lru_get_key (GList *link)
{
  return ((Entry *) link->data)->key;
}

gpointer
hs_lru_get_value (GList *link)
{
  return ((Entry *) link->data)->value;
}
