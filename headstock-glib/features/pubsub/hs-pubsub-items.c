/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Asks for the items of a node, and takes them back. */

static void
read_items (GTask *task, HsIq *answer)
{
  HsElement *items = hs_pubsub_get_answer (answer, HS_NS_PUBSUB, "items");
  GPtrArray *found;

  if (items == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer of the service has no <items/>");
      return;
    }
  found = g_ptr_array_new_with_free_func (g_object_unref);
  for (HsElement *child = hs_element_get_first_child (items); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      HsPubSubItem *item = hs_element_matches (child, "item", HS_NS_PUBSUB) ? hs_pubsub_item_new (child) : NULL;

      if (item != NULL)
        g_ptr_array_add (found, item);
    }
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
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
 * A service may return fewer items than the node has. If @ids is an empty list, the result is empty and no request is
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
  HsElement *payload;
  HsElement *verb;
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_query_items_async);
  if (ids != NULL && *ids == NULL)
    {
      g_task_return_pointer (task, g_ptr_array_new_with_free_func (g_object_unref), (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "items", node, &verb);
  if (max > 0)
    {
      g_autofree char *number = g_strdup_printf ("%u", max);

      hs_element_set_attribute (verb, "max_items", number);
    }
  for (; ids != NULL && *ids != NULL; ids++)
    hs_element_set_attribute (hs_element_add_child (verb, "item", HS_NS_PUBSUB), "id", *ids);
  hs_pubsub_send (task, "get", service, payload, read_items);
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
