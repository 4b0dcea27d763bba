/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* The items of an entity, page by page (XEP-0030, 4; XEP-0059). */

/* How many items are requested in a page; a service may send fewer. */
#define PAGE "100"
/* How many items are kept at most, if the pages of a service never end. */
#define MAX_ITEMS 100000

typedef struct
{
  char *jid;
  char *node;
  char *last; /* of the page before */
  GPtrArray *items;
  GHashTable *seen; /* a service may show an item in two pages */
} Pages;

static void
pages_free (gpointer data)
{
  Pages *pages = data;

  g_free (pages->jid);
  g_free (pages->node);
  g_free (pages->last);
  g_clear_pointer (&pages->items, g_ptr_array_unref);
  g_hash_table_unref (pages->seen);
  g_free (pages);
}

static void ask_page (GTask *task);

/* Returns how many items the page has. */
static guint
read_items (Pages *pages, HsElement *query)
{
  HsElement *child = hs_element_get_first_child (query);
  guint n_items = 0;

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *jid = hs_element_get_attribute (child, "jid");
      const char *node = hs_element_get_attribute (child, "node");
      HsDiscoItem *item;

      if (!hs_element_matches (child, "item", HS_NS_DISCO_ITEMS))
        continue;
      n_items++;
      if (jid == NULL || !g_hash_table_add (pages->seen, hs_disco_make_key (jid, node)))
        continue;
      item = hs_disco_item_new (jid, node, hs_element_get_attribute (child, "name"));
      if (item != NULL)
        g_ptr_array_add (pages->items, item);
    }
  return n_items;
}

/* Returns whether there may be more items after `last`. */
static gboolean
read_set (Pages *pages, HsElement *query, guint n_items, guint n_new)
{
  HsElement *set = hs_element_get_child (query, "set", HS_NS_RSM);
  const char *last = set != NULL ? hs_element_get_child_text (set, "last", HS_NS_RSM) : NULL;
  const char *count = set != NULL ? hs_element_get_child_text (set, "count", HS_NS_RSM) : NULL;
  guint64 n_all;

  /* A service that does not understand `after` sends the first page each time: stop at a page without a new item. */
  if (n_items == 0 || n_new == 0 || last == NULL || g_strcmp0 (last, pages->last) == 0)
    return FALSE;
  if (count != NULL && g_ascii_string_to_unsigned (count, 10, 0, G_MAXUINT64, &n_all, NULL)
      && g_hash_table_size (pages->seen) >= n_all)
    return FALSE;
  g_free (pages->last);
  pages->last = g_strdup (last);
  return TRUE;
}

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Pages *pages = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *query = iq != NULL ? hs_iq_get_payload (iq) : NULL;
  guint before, n_items;

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (query == NULL || !hs_element_matches (query, "query", HS_NS_DISCO_ITEMS))
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL,
                               "The disco#items answer of %s has no query",
                               pages->jid != NULL ? pages->jid : "the account");
      return;
    }
  before = g_hash_table_size (pages->seen);
  n_items = read_items (pages, query);
  if (g_hash_table_size (pages->seen) > MAX_ITEMS)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_TOO_LARGE, "%s has more than %u items",
                             pages->jid != NULL ? pages->jid : "The account", MAX_ITEMS);
  else if (read_set (pages, query, n_items, g_hash_table_size (pages->seen) - before))
    ask_page (g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&pages->items), (GDestroyNotify) g_ptr_array_unref);
}

static void
ask_page (GTask *task)
{
  HsDisco *self = g_task_get_source_object (task);
  Pages *pages = g_task_get_task_data (task);
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsIq) iq = NULL;
  HsElement *set;

  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "Service discovery is not registered with a client");
      g_object_unref (task);
      return;
    }
  query = hs_element_new ("query", HS_NS_DISCO_ITEMS);
  if (pages->node != NULL)
    hs_element_set_attribute (query, "node", pages->node);
  set = hs_element_add_child (query, "set", HS_NS_RSM);
  hs_element_add_text_child (set, "max", HS_NS_RSM, PAGE);
  if (pages->last != NULL)
    hs_element_add_text_child (set, "after", HS_NS_RSM, pages->last);
  iq = hs_disco_new_request (self, pages->jid, query);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), page_cb,
                           task);
}

/**
 * hs_disco_query_items_async:
 * @self: service discovery
 * @jid: (nullable): an address, or %NULL for the own account
 * @node: (nullable): a node at the address, or %NULL
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when all items are there
 * @user_data: data for @callback
 *
 * Asks an entity for its items, such as the rooms of a chat service (XEP-0030, 4).
 *
 * If the service sends them in pages (XEP-0059), all pages are fetched. The answer is not kept.
 *
 * Call [method@Disco.query_items_finish] in the callback to get the result.
 *
 * ```python
 * for item in await disco.query_items_async("rooms.example.org"):
 *     print(item.jid, item.name)
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_query_items_async (HsDisco *self,
                            const char *jid,
                            const char *node,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;
  Pages *pages;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_disco_query_items_async);
  if (jid != NULL && (address = hs_disco_check_jid (jid, &error)) == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  pages = g_new0 (Pages, 1);
  pages->jid = g_steal_pointer (&address);
  pages->node = g_strdup (node);
  pages->items = g_ptr_array_new_with_free_func (g_object_unref);
  pages->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, pages, pages_free);
  ask_page (g_steal_pointer (&task));
}

/**
 * hs_disco_query_items_finish:
 * @self: service discovery
 * @result: the result that the callback was given
 * @error: the location of an error, or %NULL
 *
 * Ends [method@Disco.query_items_async].
 *
 * Errors: those of [method@Disco.query_finish], and %HS_ERROR_TOO_LARGE for more than 100,000 items.
 *
 * Returns: (transfer container) (element-type HsDiscoItem): the items, or %NULL with @error set
 *
 * Since: 0.2
 */
GPtrArray *
hs_disco_query_items_finish (HsDisco *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_disco_query_items_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
