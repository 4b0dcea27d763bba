/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* The configuration of a node, which its owner may read and change (XEP-0060, 8.2). */

HsDataForm *
hs_pubsub_read_config (HsIq *answer)
{
  HsElement *configure = hs_pubsub_get_answer (answer, HS_NS_PUBSUB_OWNER, "configure");
  HsElement *x = configure != NULL ? hs_element_get_child (configure, "x", HS_NS_DATA) : NULL;

  return x != NULL ? hs_data_form_new_from_element (x, NULL) : NULL;
}

static void
read_config (GTask *task, HsIq *answer)
{
  HsDataForm *form = hs_pubsub_read_config (answer);

  if (form != NULL)
    g_task_return_pointer (task, form, g_object_unref);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL,
                             "The service's answer about the configuration of the node has no form");
}

/**
 * hs_pubsub_query_config_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Asks for the configuration of a node, as a form to be filled in (XEP-0060, 8.2.1).
 *
 * Call [method@PubSub.query_config_finish] in the callback to get the result.
 *
 * ```python
 * form = await pubsub.query_config_async("pubsub.example.org", "weather")
 * form.set_value("pubsub#title", "The weather in Verona")
 * await pubsub.store_config_async("pubsub.example.org", "weather", form)
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_query_config_async (HsPubSub *self,
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
  g_task_set_source_tag (task, hs_pubsub_query_config_async);
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "configure", node, NULL);
  hs_pubsub_send (task, "get", service, payload, read_config);
}

/**
 * hs_pubsub_query_config_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.query_config_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR;
 * %HS_ERROR_PROTOCOL if the answer has no form.
 *
 * Returns: (transfer full): the form, or %NULL with an error
 *
 * Since: 0.2
 */
HsDataForm *
hs_pubsub_query_config_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_query_config_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_pubsub_store_config_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @form: the form of [method@PubSub.query_config_finish], filled in, or a form of the kind
 *   %HS_DATA_FORM_KIND_SUBMIT with the values to set
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Changes the configuration of a node (XEP-0060, 8.2.4).
 *
 * Call [method@PubSub.store_config_finish] in the callback to get the result.
 *
 * ```python
 * form = await pubsub.query_config_async("pubsub.example.org", "weather")
 * form.set_value("pubsub#title", "The weather in Verona")
 * await pubsub.store_config_async("pubsub.example.org", "weather", form)
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_store_config_async (HsPubSub *self,
                              const char *service,
                              const char *node,
                              HsDataForm *form,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (HsElement) submission = NULL;
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  HsElement *verb;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (HS_IS_DATA_FORM (form));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_store_config_async);
  if (hs_data_form_get_kind (form) == HS_DATA_FORM_KIND_FORM)
    submission = hs_data_form_create_submission (form, &error);
  else
    submission = hs_data_form_create_element (form);
  if (submission == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "configure", node, &verb);
  hs_element_append (verb, submission);
  hs_pubsub_send (g_steal_pointer (&task), "set", service, g_steal_pointer (&payload), NULL);
}

/**
 * hs_pubsub_store_config_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.store_config_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR;
 * %HS_DATA_FORM_ERROR if the form is not filled in as it must be.
 *
 * Returns: true if the service took the configuration
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_store_config_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_store_config_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
