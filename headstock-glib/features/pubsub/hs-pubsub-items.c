/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Asks for the items of a node, and takes them back. */

/* How many items are taken from the pages of one node at most: a service may never end them. */
#define MAX_ITEMS 100000

typedef struct
{
  HsClient *client;  /* weak: whose account asks */
  char *address;     /* NULL: the account's */
  char *node;
  gboolean is_all;   /* neither the ids nor the number of items is given */
  GPtrArray *found;  /* HsPubSubItem */
  GHashTable *seen;  /* the ids of @found */
  char *last;        /* the end of the last page; or NULL */
} Query;

static void
query_free (Query *self)
{
  g_clear_weak_pointer (&self->client);
  g_free (self->address);
  g_free (self->node);
  g_ptr_array_unref (self->found);
  g_hash_table_unref (self->seen);
  g_free (self->last);
  g_free (self);
}

/* Returns how many new items the page has. */
static guint
read_page (Query *self, HsElement *items)
{
  guint n_new = 0;

  for (HsElement *child = hs_element_get_first_child (items); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      HsPubSubItem *item = hs_element_matches (child, "item", HS_NS_PUBSUB) ? hs_pubsub_item_new (child) : NULL;

      if (item == NULL)
        continue;
      if (item->id != NULL && !g_hash_table_add (self->seen, g_strdup (item->id)))
        {
          g_object_unref (item);
          continue;
        }
      g_ptr_array_add (self->found, item);
      n_new++;
    }
  return n_new;
}

/* Returns whether there may be more items after `last` (XEP-0060, 6.5.4). */
static gboolean
read_set (Query *self, HsElement *set, guint n_new)
{
  const char *last = set != NULL ? hs_element_get_child_text (set, "last", HS_NS_RSM) : NULL;
  const char *count = set != NULL ? hs_element_get_child_text (set, "count", HS_NS_RSM) : NULL;
  guint64 n_all;

  /* A service that does not understand `after` sends the first page each time: stop at a page without a new item. */
  if (!self->is_all || n_new == 0 || last == NULL || g_strcmp0 (last, self->last) == 0
      || self->found->len >= MAX_ITEMS)
    return FALSE;
  if (count != NULL && g_ascii_string_to_unsigned (count, 10, 0, G_MAXUINT64, &n_all, NULL)
      && self->found->len >= n_all)
    return FALSE;
  g_free (self->last);
  self->last = g_strdup (last);
  return TRUE;
}

static void ask_next (GTask *task);

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Query *query = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *items = answer != NULL ? hs_pubsub_get_answer (answer, HS_NS_PUBSUB, "items") : NULL;
  HsElement *pubsub = items != NULL ? hs_element_get_parent (items) : NULL;

  if (error != NULL)
    g_task_return_error (task, error);
  else if (items == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer of the service has no <items/>");
  else if (read_set (query, hs_element_get_child (pubsub, "set", HS_NS_RSM), read_page (query, items)))
    ask_next (g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_ptr_array_ref (query->found), (GDestroyNotify) g_ptr_array_unref);
}

static void
ask_next (GTask *task)
{
  HsPubSub *self = g_task_get_source_object (task);
  Query *query = g_task_get_task_data (task);
  HsElement *payload;
  HsElement *set;

  /* The module may have another client now: what one account may read is not asked for by another one. */
  if (self->client != query->client)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "HsPubSub is no longer registered with the client that has asked for the items");
      g_object_unref (task);
      return;
    }
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "items", query->node, NULL);
  set = hs_element_add_child (payload, "set", HS_NS_RSM);
  hs_element_add_text_child (set, "after", HS_NS_RSM, query->last);
  hs_pubsub_request (task, "get", query->address, payload, page_cb);
}

/* Returns FALSE, and ends @task with an error, if there is no session or @service is not valid. */
static gboolean
begin_query (GTask *task, const char *service, const char *node, gboolean is_all)
{
  HsPubSub *self = g_task_get_source_object (task);
  g_autofree char *address = NULL;
  GError *error = NULL;
  Query *query;

  if (!hs_pubsub_read_service (self, service, &address, &error))
    {
      g_task_return_error (task, error);
      return FALSE;
    }
  query = g_new0 (Query, 1);
  g_set_weak_pointer (&query->client, self->client);
  query->address = g_steal_pointer (&address);
  query->node = g_strdup (node);
  query->is_all = is_all;
  query->found = g_ptr_array_new_with_free_func (g_object_unref);
  query->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_task_data (task, query, (GDestroyNotify) query_free);
  return TRUE;
}

/**
 * hs_pubsub_query_items_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @ids: (nullable) (array zero-terminated=1): the ids of the items to ask for, or %NULL for all
 * @max: how many of the newest items to ask for, or 0 for all
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Asks for the items of a node (XEP-0060, 6.5).
 *
 * If @ids is %NULL and @max is 0, and the service sends the items in pages (XEP-0059), all pages are fetched, up to
 * 100,000 items. In other cases, a service may return fewer items than were asked for. If @ids is an empty list, the result is empty and no request is
 * sent: to the service, a request without ids would mean all items.
 *
 * Call [method@PubSub.query_items_finish] in the callback to get the result.
 *
 * ```python
 * for item in await pubsub.query_items_async("juliet@capulet.example", "urn:example:notes", None, 10):
 *     print(item.id, item.payload)
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_query_items_async (HsPubSub *self,
                             const char *service,
                             const char *node,
                             const char *const *ids,
                             guint max,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  HsElement *payload;
  HsElement *verb;
  Query *query;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_query_items_async);
  if (ids != NULL && *ids == NULL)
    {
      g_task_return_pointer (task, g_ptr_array_new_with_free_func (g_object_unref), (GDestroyNotify) g_ptr_array_unref);
      return;
    }
  if (!begin_query (task, service, node, ids == NULL && max == 0))
    return;
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "items", node, &verb);
  if (max > 0)
    {
      g_autofree char *number = g_strdup_printf ("%u", max);

      hs_element_set_attribute (verb, "max_items", number);
    }
  for (; ids != NULL && *ids != NULL; ids++)
    hs_element_set_attribute (hs_element_add_child (verb, "item", HS_NS_PUBSUB), "id", *ids);
  query = g_task_get_task_data (task);
  hs_pubsub_request (g_steal_pointer (&task), "get", query->address, payload, page_cb);
}

/**
 * hs_pubsub_query_items_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.query_items_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR,
 * `item-not-found` if there is no such node; %HS_ERROR_PROTOCOL if the answer has no items.
 *
 * Returns: (transfer container) (element-type HsPubSubItem): the items, in the order of the service, or %NULL with an
 *   error
 *
 * Since: 0.2
 */
GPtrArray *
hs_pubsub_query_items_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_query_items_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_pubsub_retract_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @id: the id of the item
 * @notify: whether subscribers are notified; some services notify them in any case
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Takes an item back (XEP-0060, 7.2).
 *
 * Call [method@PubSub.retract_finish] in the callback to get the result.
 *
 * ```python
 * await pubsub.retract_async(None, "urn:example:notes", "1", True)
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_retract_async (HsPubSub *self,
                         const char *service,
                         const char *node,
                         const char *id,
                         gboolean notify,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  HsElement *payload;
  HsElement *verb;
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (id != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_retract_async);
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "retract", node, &verb);
  if (notify)
    hs_element_set_attribute (verb, "notify", "true");
  hs_element_set_attribute (hs_element_add_child (verb, "item", HS_NS_PUBSUB), "id", id);
  hs_pubsub_send (task, "set", service, payload, NULL);
}

/**
 * hs_pubsub_retract_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.retract_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR.
 *
 * Returns: true if the item was taken back
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_retract_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_retract_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
