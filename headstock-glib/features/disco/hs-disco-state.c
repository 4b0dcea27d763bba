/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* Verified capabilities from one run to the next: (version, account, sorted by key [(key, query)]). What was
 * restored is searched as it is, and each answer is parsed and verified when it is wanted. */

#define VERSION 1
#define TYPE "(usa(ss))"

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The text of a <query/>, in @stored. */
static const char *
find_stored (HsDisco *self, const char *key)
{
  gsize from = 0, to = self->stored != NULL ? g_variant_n_children (self->stored) : 0;

  while (from < to)
    {
      gsize middle = from + (to - from) / 2;
      const char *other, *text;
      int order;

      g_variant_get_child (self->stored, middle, "(&s&s)", &other, &text);
      order = strcmp (key, other);
      if (order == 0)
        return text;
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }
  return NULL;
}

gboolean
hs_disco_key_matches (const char *key, HsDiscoInfo *info)
{
  const char *space = strchr (key, ' ');
  g_autofree char *algorithm = g_strndup (key, space - key);
  g_autofree char *hash = hs_disco_info_dup_safe_hash (info, algorithm);

  return g_strcmp0 (hash, space + 1) == 0;
}

HsDiscoInfo *
hs_disco_find_hash (HsDisco *self, const char *key)
{
  HsDiscoInfo *known = hs_lru_lookup (&self->hashes, key);
  const char *text;
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsDiscoInfo) info = NULL;

  if (known != NULL || self->cache_size == 0)
    return known;
  text = find_stored (self, key);
  query = text != NULL ? hs_element_new_from_string (text, NULL) : NULL;
  info = query != NULL ? hs_disco_info_new_from_query (query) : NULL;
  if (info == NULL || !hs_disco_key_matches (key, info))
    return NULL;
  hs_lru_insert (&self->hashes, key, g_object_ref (info));
  return info;
}

static void
add_new (HsDisco *self, GPtrArray *keys, GHashTable *queries)
{
  for (GList *link = self->hashes.order.head; link != NULL; link = link->next)
    {
      const char *key = hs_lru_get_key (link);
      g_autoptr (HsElement) query = hs_disco_info_create_query (hs_lru_get_value (link), NULL);

      g_ptr_array_add (keys, (gpointer) key);
      g_hash_table_insert (queries, (gpointer) key, hs_element_to_string (query));
    }
}

static void
add_stored (HsDisco *self, GPtrArray *keys, GHashTable *queries)
{
  gsize n_stored = self->stored != NULL ? g_variant_n_children (self->stored) : 0;

  for (gsize i = 0; i < n_stored && keys->len < self->cache_size; i++)
    {
      const char *key, *text;

      g_variant_get_child (self->stored, i, "(&s&s)", &key, &text);
      if (!g_hash_table_contains (queries, key))
        {
          g_ptr_array_add (keys, (gpointer) key);
          g_hash_table_insert (queries, (gpointer) key, g_strdup (text));
        }
    }
}

GVariant *
hs_disco_dup_state (HsStateful *stateful)
{
  HsDisco *self = HS_DISCO (stateful);
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GHashTable) queries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autofree char *account = hs_stateful_dup_account (stateful, self->client);
  GVariantBuilder builder;

  if (account == NULL)
    account = g_strdup (self->stored_account);
  add_new (self, keys, queries);
  add_stored (self, keys, queries);
  if (account == NULL || keys->len == 0)
    return NULL;
  g_ptr_array_sort (keys, compare_strings);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < keys->len; i++)
    g_variant_builder_add (&builder, "(ss)", keys->pdata[i],
                           g_hash_table_lookup (queries, keys->pdata[i]));
  return g_variant_ref_sink (g_variant_new (TYPE, VERSION, account, &builder));
}

static void
drop_stored (HsDisco *self)
{
  g_clear_pointer (&self->stored, g_variant_unref);
  g_clear_pointer (&self->stored_account, g_free);
}

gboolean
hs_disco_restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsDisco *self = HS_DISCO (stateful);

  if (!hs_stateful_check_state (stateful, state, TYPE, VERSION, self->client, error))
    return FALSE;
  drop_stored (self);
  g_variant_get_child (state, 1, "s", &self->stored_account);
  self->stored = g_variant_get_child_value (state, 2);
  return TRUE;
}

void
hs_disco_state_attached (HsDisco *self)
{
  if (self->stored_account == NULL
      || hs_stateful_check_account (HS_STATEFUL (self), self->stored_account, self->client))
    return;
  drop_stored (self);
  hs_lru_remove_all (&self->hashes);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

void
hs_disco_state_clear (HsDisco *self)
{
  drop_stored (self);
}
