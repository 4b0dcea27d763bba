/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-state-shared.h"

/* Verified capabilities from one run to the next: (version, account, sorted by key [(key, query)]). A restored state is
 * searched in its serialized form, and each answer is parsed and verified when it is needed. */

#define VERSION 1
#define TYPE "(usa(ss))"

/* About how many bytes one info takes in a state. */
#define INFO_SIZE 800
/* How long queries are written in one turn of the main loop, and how many between two checks of the clock. */
#define SLICE_USEC 2000
#define BETWEEN_LOOKS 8

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

/* The parts of a state, collected for the thread that writes it. */
typedef struct
{
  char *account;
  GPtrArray *keys;
  GPtrArray *infos;   /* HsDiscoInfo of these keys; empty when the thread begins */
  GPtrArray *queries; /* the texts of the infos that are written so far */
  GVariant *stored;   /* what was restored, or NULL */
  guint limit;        /* how many hashes the state has at most */
} Collected;

static void
collected_clear (gpointer data)
{
  Collected *self = data;

  g_ptr_array_unref (self->keys);
  g_ptr_array_unref (self->infos);
  g_ptr_array_unref (self->queries);
  g_clear_pointer (&self->stored, g_variant_unref);
  g_free (self->account);
}

static void
collected_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, collected_clear);
}

/* Returns NULL if there is nothing to keep. */
static Collected *
collect_infos (HsDisco *self)
{
  g_autofree char *account = hs_stateful_dup_account (HS_STATEFUL (self), self->client);
  gsize n_stored = self->stored != NULL ? g_variant_n_children (self->stored) : 0;
  Collected *collected;

  if (account == NULL)
    account = g_strdup (self->stored_account);
  if (account == NULL || self->cache_size == 0 || self->hashes.order.length + n_stored == 0)
    return NULL;
  collected = g_atomic_rc_box_new0 (Collected);
  collected->account = g_steal_pointer (&account);
  collected->keys = g_ptr_array_new_with_free_func (g_free);
  collected->infos = g_ptr_array_new_with_free_func (g_object_unref);
  collected->queries = g_ptr_array_new_with_free_func (g_free);
  collected->stored = self->stored != NULL ? g_variant_ref (self->stored) : NULL;
  collected->limit = self->cache_size;
  for (GList *link = self->hashes.order.head; link != NULL; link = link->next)
    {
      g_ptr_array_add (collected->keys, g_strdup (hs_lru_get_key (link)));
      g_ptr_array_add (collected->infos, g_object_ref (hs_lru_get_value (link)));
    }
  return collected;
}

/* Writes queries until @deadline (monotonic), and returns TRUE if there are more. */
static gboolean
write_queries (Collected *self, gint64 deadline)
{
  while (self->queries->len < self->infos->len)
    {
      g_autoptr (HsElement) query
        = hs_disco_info_create_query (self->infos->pdata[self->queries->len], NULL);

      g_ptr_array_add (self->queries, hs_element_to_string (query));
      if (deadline != G_MAXINT64 && self->queries->len % BETWEEN_LOOKS == 0
          && g_get_monotonic_time () >= deadline)
        return TRUE;
    }
  g_ptr_array_set_size (self->infos, 0);
  return FALSE;
}

static void
add_stored (Collected *self, GPtrArray *keys, GHashTable *queries)
{
  gsize n_stored = self->stored != NULL ? g_variant_n_children (self->stored) : 0;

  for (gsize i = 0; i < n_stored && keys->len < self->limit; i++)
    {
      const char *key, *text;

      g_variant_get_child (self->stored, i, "(&s&s)", &key, &text);
      if (!g_hash_table_contains (queries, key))
        {
          g_ptr_array_add (keys, (gpointer) key);
          g_hash_table_insert (queries, (gpointer) key, (gpointer) text);
        }
    }
}

/* In any thread. */
static GVariant *
build (gpointer data)
{
  Collected *self = data;
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  g_autoptr (GHashTable) queries = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantBuilder builder;
  GVariant *state;

  for (guint i = 0; i < self->keys->len; i++)
    {
      g_ptr_array_add (keys, self->keys->pdata[i]);
      g_hash_table_insert (queries, self->keys->pdata[i], self->queries->pdata[i]);
    }
  add_stored (self, keys, queries);
  g_ptr_array_sort (keys, compare_strings);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < keys->len; i++)
    g_variant_builder_add (&builder, "(ss)", keys->pdata[i],
                           g_hash_table_lookup (queries, keys->pdata[i]));
  state = g_variant_ref_sink (g_variant_new (TYPE, VERSION, self->account, &builder));
  g_variant_get_data (state);
  collected_unref (self);
  return state;
}

GVariant *
hs_disco_dup_state (HsStateful *stateful)
{
  Collected *collected = collect_infos (HS_DISCO (stateful));

  if (collected == NULL)
    return NULL;
  write_queries (collected, G_MAXINT64);
  return build (collected);
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

/* ---- In parts ---- */

static gsize
get_size (HsStateful *stateful)
{
  HsDisco *self = HS_DISCO (stateful);

  return (gsize) self->hashes.order.length * INFO_SIZE
         + (self->stored != NULL ? g_variant_get_size (self->stored) : 0);
}

static gboolean
collect_cb (gpointer user_data)
{
  GTask *task = user_data;
  Collected *collected = g_task_get_task_data (task);

  if (write_queries (collected, g_get_monotonic_time () + SLICE_USEC))
    return G_SOURCE_CONTINUE;
  /* From here on only the thread uses @collected, and frees it. */
  g_atomic_rc_box_acquire (collected);
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_pointer (task, collected, collected_unref);
  return G_SOURCE_REMOVE;
}

static void
collect (HsStateful *stateful, GTask *task)
{
  Collected *collected = collect_infos (HS_DISCO (stateful));
  g_autoptr (GSource) source = NULL;

  if (collected == NULL)
    {
      g_task_return_pointer (task, NULL, NULL);
      return;
    }
  g_task_set_task_data (task, collected, collected_unref);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, collect_cb, g_object_ref (task), g_object_unref);
  g_source_set_static_name (source, "[headstock] disco state");
  g_source_attach (source, g_task_get_context (task));
}

/* The state is searched in its serialized form. */
static gpointer
parse (GVariant *state, GError **error)
{
  return g_variant_ref (state);
}

static void
adopt (HsStateful *stateful, GVariant *state, gpointer parsed, GTask *task)
{
  g_autoptr (GVariant) same G_GNUC_UNUSED = parsed;
  GError *error = NULL;

  if (hs_disco_restore_state (stateful, state, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static const HsStateParts parts = {
  .get_size = get_size,
  .collect = collect,
  .build = build,
  .parse = parse,
  .free_parsed = (GDestroyNotify) g_variant_unref,
  .adopt = adopt,
};

void
hs_disco_state_init_class (GType type)
{
  hs_state_parts_set (type, &parts);
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
