/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* Subscribes to nodes, makes and removes them. */

#define KEY "hs-pubsub-subscription"

/* XEP-0060, 4.2 and 6.1.5: in the states `none` and `unconfigured`, the account gets no events. */
static void
read_subscription (GTask *task, HsIq *answer)
{
  HsPubSub *self = g_task_get_source_object (task);
  HsElement *subscription = hs_pubsub_get_answer (answer, HS_NS_PUBSUB, "subscription");
  const char *state = subscription != NULL ? hs_element_get_attribute (subscription, "subscription") : NULL;
  const char *id = subscription != NULL ? hs_element_get_attribute (subscription, "subid") : NULL;

  if (id != NULL)
    g_hash_table_replace (self->subscriptions, g_strdup (g_object_get_data (G_OBJECT (task), KEY)), g_strdup (id));
  if (g_strcmp0 (state, "none") == 0 || g_strcmp0 (state, "unconfigured") == 0)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                             "The service wants options for the subscription, which HsPubSub cannot set");
  else
    g_task_return_boolean (task, TRUE);
}

static void
read_end (GTask *task, HsIq *answer)
{
  HsPubSub *self = g_task_get_source_object (task);

  g_hash_table_remove (self->subscriptions, g_object_get_data (G_OBJECT (task), KEY));
  g_task_return_boolean (task, TRUE);
}

/* Returns the name of a subscription in the table. */
static char *
make_key (HsJid *account, const char *service, const char *node)
{
  g_autoptr (HsJid) jid = service != NULL ? hs_jid_new (service, NULL) : NULL;

  return g_strjoin (" ", hs_jid_to_string (account), hs_jid_to_string (jid != NULL ? jid : account), node, NULL);
}

/* The subscriber is the bare JID, so that all devices of the account get the events. A service that has given an id to
 * the subscription wants it back when the subscription ends (XEP-0060, 6.2). */
static void
send_subscription (GTask *task, const char *name, const char *service, const char *node, HsPubSubReadFunc read)
{
  HsPubSub *self = g_task_get_source_object (task);
  HsJid *own = self->client != NULL ? hs_client_get_bound_jid (self->client) : NULL;
  g_autoptr (HsJid) bare = own != NULL ? hs_jid_get_bare (own) : NULL;
  HsElement *verb;
  HsElement *payload = hs_pubsub_make_payload (HS_NS_PUBSUB, name, node, &verb);

  if (bare != NULL)
    {
      g_autofree char *key = make_key (bare, service, node);

      hs_element_set_attribute (verb, "jid", hs_jid_to_string (bare));
      if (read == read_end)
        hs_element_set_attribute (verb, "subid", g_hash_table_lookup (self->subscriptions, key));
      g_object_set_data_full (G_OBJECT (task), KEY, g_steal_pointer (&key), g_free);
    }
  hs_pubsub_send (task, "set", service, payload, read);
}

/**
 * hs_pubsub_subscribe_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Subscribes the account to a node (XEP-0060, 6.1).
 *
 * The subscription remains when the session ends. Nodes of contacts need no subscription: use [method@PubSub.watch].
 *
 * Call [method@PubSub.subscribe_finish] in the callback to get the result.
 *
 * ```python
 * pubsub.connect("event::weather", lambda pubsub, event: print(event.item))
 * await pubsub.subscribe_async("pubsub.example.org", "weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_subscribe_async (HsPubSub *self,
                           const char *service,
                           const char *node,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_subscribe_async);
  send_subscription (task, "subscribe", service, node, read_subscription);
}

/**
 * hs_pubsub_subscribe_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.subscribe_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR;
 * %HS_ERROR_NOT_SUPPORTED if the service wants options for the subscription (XEP-0060, 6.3).
 *
 * Returns: true if the service took the subscription, which may still wait for the approval of the node's owner
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_subscribe_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_subscribe_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_pubsub_unsubscribe_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Ends the account's subscription to a node (XEP-0060, 6.2).
 *
 * If the service gave the subscription an id when this module subscribed, the request has it.
 *
 * Call [method@PubSub.unsubscribe_finish] in the callback to get the result.
 *
 * ```python
 * await pubsub.unsubscribe_async("pubsub.example.org", "weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_unsubscribe_async (HsPubSub *self,
                             const char *service,
                             const char *node,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_unsubscribe_async);
  send_subscription (task, "unsubscribe", service, node, read_end);
}

/**
 * hs_pubsub_unsubscribe_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.unsubscribe_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR.
 *
 * Returns: true if the subscription has ended
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_unsubscribe_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_unsubscribe_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_pubsub_create_node_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Makes a node with the service's default configuration (XEP-0060, 8.1).
 *
 * On many services everybody may read what is published on such a node: see [method@PubSub.store_config_async].
 *
 * Call [method@PubSub.create_node_finish] in the callback to get the result.
 *
 * ```python
 * await pubsub.create_node_async("pubsub.example.org", "weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_create_node_async (HsPubSub *self,
                             const char *service,
                             const char *node,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  HsElement *payload;
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_create_node_async);
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "create", node, NULL);
  hs_pubsub_send (task, "set", service, payload, NULL);
}

/**
 * hs_pubsub_create_node_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.create_node_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR,
 * `conflict` if the node exists already.
 *
 * Returns: true if the node was made
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_create_node_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_create_node_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_pubsub_delete_node_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Removes a node with all its items (XEP-0060, 8.4).
 *
 * Call [method@PubSub.delete_node_finish] in the callback to get the result.
 *
 * ```python
 * await pubsub.delete_node_async("pubsub.example.org", "weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_delete_node_async (HsPubSub *self,
                             const char *service,
                             const char *node,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  HsElement *payload;
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_delete_node_async);
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "delete", node, NULL);
  hs_pubsub_send (task, "set", service, payload, NULL);
}

/**
 * hs_pubsub_delete_node_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.delete_node_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR.
 *
 * Returns: true if the node was removed
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_delete_node_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_delete_node_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_pubsub_purge_node_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Removes all items of a node (XEP-0060, 8.5).
 *
 * Call [method@PubSub.purge_node_finish] in the callback to get the result.
 *
 * ```python
 * await pubsub.purge_node_async("pubsub.example.org", "weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_purge_node_async (HsPubSub *self,
                            const char *service,
                            const char *node,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  HsElement *payload;
  GTask *task;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_purge_node_async);
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "purge", node, NULL);
  hs_pubsub_send (task, "set", service, payload, NULL);
}

/**
 * hs_pubsub_purge_node_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.purge_node_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR.
 *
 * Returns: true if the items were removed
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_purge_node_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_purge_node_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
