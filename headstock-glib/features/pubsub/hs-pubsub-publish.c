/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-stanza-error.h"

/* Publishes on a node that must have a certain configuration: nothing private may go where others could read it. */

#define PUBLISH_OPTIONS HS_NS_PUBSUB "#publish-options"

typedef struct
{
  HsClient *client; /* weak: on which the publication has begun */
  char *service; /* NULL: the account's */
  char *node;
  char *id; /* or NULL */
  HsElement *payload; /* or NULL */
  HsNodeConfig *options; /* or NULL */
  gboolean is_checked; /* the service itself compares @options with the node when it gets the item */
  gboolean is_basic;   /* it only knows the basic ones */
  GError *refused; /* the service's answer that the node does not match @options, or that it does not know one; or NULL */
  gboolean is_created;
  gboolean is_configured;
} Publication;

static void configure (GTask *task);

static void
publication_free (Publication *self)
{
  g_clear_weak_pointer (&self->client);
  g_free (self->service);
  g_free (self->node);
  g_free (self->id);
  g_clear_object (&self->payload);
  g_clear_object (&self->options);
  g_clear_error (&self->refused);
  g_free (self);
}

/* Sends a step of the publication, unless the module has another client now: what is meant for one account is not
 * published by another one. Takes over @task and @payload. */
static void
request (GTask *task, const char *stanza_type, HsElement *payload, GAsyncReadyCallback callback)
{
  HsPubSub *self = g_task_get_source_object (task);
  Publication *publication = g_task_get_task_data (task);

  if (self->client == publication->client)
    {
      hs_pubsub_request (task, stanza_type, publication->service, payload, callback);
      return;
    }
  g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "HsPubSub is no longer registered with the client on which the publication has begun");
  g_object_unref (task);
  g_object_unref (payload);
}

/* ---- The item ---- */

static gboolean
is_precondition (GError *error)
{
  HsStanza *stanza = error->domain == HS_STANZA_ERROR ? hs_stanza_error_get_stanza (error) : NULL;
  HsElement *element = stanza != NULL ? hs_element_get_child (HS_ELEMENT (stanza), "error", HS_NS_CLIENT) : NULL;

  return element != NULL && hs_element_get_child (element, "precondition-not-met", HS_NS_PUBSUB_ERRORS) != NULL;
}

/* ejabberd 23 does not know `max_items` in publish-options, although a node can have it. No condition is defined for
 * that: ejabberd answers with resource-constraint. */
static gboolean
may_be_unknown_option (GError *error)
{
  return g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_BAD_REQUEST)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ACCEPTABLE);
}

static void
return_id (GTask *task, HsIq *answer)
{
  Publication *publication = g_task_get_task_data (task);
  HsElement *published = hs_pubsub_get_answer (answer, HS_NS_PUBSUB, "publish");
  const char *id = published != NULL ? hs_element_get_child_attribute (published, "item", HS_NS_PUBSUB, "id") : NULL;

  if (id == NULL)
    id = publication->id;
  if (id != NULL)
    g_task_return_pointer (task, g_strdup (id), g_free);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL,
                             "The answer of the service does not tell the item's id");
}

static void
published_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Publication *publication = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  if (answer != NULL)
    return_id (task, answer);
  /* A node of another account is never configured. */
  else if (publication->is_checked && publication->service == NULL && publication->refused == NULL
           && (is_precondition (error) || may_be_unknown_option (error)))
    {
      publication->refused = error;
      publication->is_basic = !is_precondition (error);
      configure (g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, error);
}

static void
publish (GTask *task)
{
  Publication *publication = g_task_get_task_data (task);
  HsElement *verb;
  HsElement *payload = hs_pubsub_make_payload (HS_NS_PUBSUB, "publish", publication->node, &verb);
  HsElement *item = hs_element_add_child (verb, "item", HS_NS_PUBSUB);

  if (publication->id != NULL)
    hs_element_set_attribute (item, "id", publication->id);
  if (publication->payload != NULL)
    {
      g_autoptr (HsElement) copy = hs_element_copy (publication->payload);

      hs_element_append (item, copy);
    }
  if (publication->is_checked)
    {
      g_autoptr (HsNodeConfig) options = publication->is_basic ? hs_node_config_copy_basic (publication->options)
                                                               : g_object_ref (publication->options);
      g_autoptr (HsElement) form = hs_node_config_make_form (options, PUBLISH_OPTIONS);

      hs_element_append (hs_element_add_child (payload, "publish-options", HS_NS_PUBSUB), form);
    }
  request (task, "set", payload, published_cb);
}

/* ---- The node ---- */

/* Whether the service compares all of @options with the node. If it does not, this must read the configuration. */
static gboolean
checks_all (const Publication *self)
{
  return self->is_checked && !self->is_basic;
}

/* Ends the task, because the node cannot be configured as @options say. */
static void
give_up (GTask *task, const char *why)
{
  Publication *publication = g_task_get_task_data (task);

  if (publication->refused != NULL)
    g_task_return_error (task, g_steal_pointer (&publication->refused));
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                             "Nothing was published on the node '%s', which cannot be configured as required: %s",
                             publication->node, why);
}

/* A service that refuses to configure the node cannot protect the item as required. Any other error does not show that.
 * Takes over @error. */
static void
return_failure (GTask *task, GError *error)
{
  if (error->domain != HS_STANZA_ERROR)
    {
      g_task_return_error (task, error);
      return;
    }
  give_up (task, error->message);
  g_error_free (error);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  if (answer == NULL)
    return_failure (task, error);
  else
    /* A service may ignore fields that it does not know: the configuration is read back. */
    configure (g_steal_pointer (&task));
}

static void
store (GTask *task, HsDataForm *form)
{
  g_autoptr (GTask) owned = task;
  Publication *publication = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) submission = NULL;
  HsElement *payload;
  HsElement *verb;
  const char *missing;

  hs_node_config_fill (publication->options, form, &missing);
  /* If the service checks the options itself, it decides whether they are met. */
  if (missing != NULL && !checks_all (publication))
    {
      g_autofree char *why = g_strdup_printf ("the service does not let '%s' be set", missing);

      give_up (task, why);
      return;
    }
  submission = hs_data_form_create_submission (form, &error);
  if (submission == NULL)
    {
      give_up (task, error->message);
      return;
    }
  publication->is_configured = TRUE;
  payload = hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "configure", publication->node, &verb);
  hs_element_append (verb, submission);
  request (g_steal_pointer (&owned), "set", payload, stored_cb);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  /* Another device may have made the node meanwhile. */
  if (answer == NULL && !g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT))
    {
      return_failure (task, error);
      return;
    }
  g_clear_error (&error);
  configure (g_steal_pointer (&task));
}

static void
create (GTask *task)
{
  Publication *publication = g_task_get_task_data (task);

  publication->is_created = TRUE;
  request (task, "set", hs_pubsub_make_payload (HS_NS_PUBSUB, "create", publication->node, NULL), created_cb);
}

static void
config_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Publication *publication = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  g_autoptr (HsDataForm) form = answer != NULL ? hs_pubsub_read_config (answer) : NULL;

  if (g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND) && !publication->is_created)
    {
      g_clear_error (&error);
      create (g_steal_pointer (&task));
    }
  else if (error != NULL)
    return_failure (task, error);
  else if (form == NULL)
    give_up (task, "the service gave no form");
  else if (hs_node_config_is_met (publication->options, form)
           || (publication->is_configured && checks_all (publication)))
    publish (g_steal_pointer (&task));
  else if (publication->is_configured)
    give_up (task, "the service did not take all values");
  else
    store (g_steal_pointer (&task), form);
}

/* Checks the configuration of the node, and changes it if needed. Nothing is published before that. */
static void
configure (GTask *task)
{
  Publication *publication = g_task_get_task_data (task);

  request (task, "get", hs_pubsub_make_payload (HS_NS_PUBSUB_OWNER, "configure", publication->node, NULL), config_cb);
}

/* ---- The features of the service ---- */

static void
features_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Publication *publication = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (source), result, &error);

  if (info == NULL && error->domain != HS_STANZA_ERROR)
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  publication->is_checked = info != NULL && hs_disco_info_has_feature (info, PUBLISH_OPTIONS);
  if (publication->is_checked)
    publish (g_steal_pointer (&task));
  else
    configure (g_steal_pointer (&task));
}

static void
ask_features (GTask *task)
{
  HsPubSub *self = g_task_get_source_object (task);
  Publication *publication = g_task_get_task_data (task);
  g_autoptr (HsJid) own = hs_jid_get_bare (hs_client_get_bound_jid (self->client));
  HsModule *disco = hs_client_ensure_module (self->client, HS_TYPE_DISCO);

  hs_disco_query_async (HS_DISCO (disco), publication->service != NULL ? publication->service : hs_jid_to_string (own),
                        NULL, g_task_get_cancellable (task), features_cb, task);
}

/**
 * hs_pubsub_publish_async:
 * @self: the module
 * @service: (nullable): the address of the service, or %NULL for the own account
 * @node: the name of the node
 * @id: (nullable): the id of the item, which replaces an item with the same id; %NULL: the service makes an id
 * @payload: (nullable): the element to publish; it is copied
 * @options: (nullable): the configuration that the node must have, or %NULL for any
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the service has answered
 * @user_data: data for @callback
 *
 * Publishes an item on a node (XEP-0060, 7.1).
 *
 * With @options, nothing is published on a node with another configuration. If the service has the feature
 * `publish-options` (XEP-0060, 7.1.5), it checks them. Otherwise the node is created and configured first, and its
 * configuration is then read back. If it does not match @options, nothing is published, and the error is
 * %HS_ERROR_NOT_SUPPORTED. If a node of the account itself does not match @options, it is configured, and the item is
 * published again; the new configuration also applies to the items that were published on the node before. The same is
 * done if the service of the account does not know one of @options when it publishes: it then only checks whether items
 * are kept, and who may read them.
 *
 * Call [method@PubSub.publish_finish] in the callback to get the result.
 *
 * ```python
 * note = Headstock.Element("note", "urn:example:notes", "Buy a ring")
 * id = await pubsub.publish_async(None, "urn:example:notes", None, note, Headstock.NodeConfig.new_private())
 * ```
 *
 * Since: 0.2
 */
void
hs_pubsub_publish_async (HsPubSub *self,
                         const char *service,
                         const char *node,
                         const char *id,
                         HsElement *payload,
                         HsNodeConfig *options,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Publication *publication;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);
  g_return_if_fail (payload == NULL || HS_IS_ELEMENT (payload));
  g_return_if_fail (options == NULL || HS_IS_NODE_CONFIG (options));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_pubsub_publish_async);
  publication = g_new0 (Publication, 1);
  g_task_set_task_data (task, publication, (GDestroyNotify) publication_free);
  if (!hs_pubsub_read_service (self, service, &publication->service, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_set_weak_pointer (&publication->client, self->client);
  publication->node = g_strdup (node);
  publication->id = g_strdup (id);
  publication->payload = payload != NULL ? hs_element_copy (payload) : NULL;
  publication->options = options != NULL ? hs_node_config_copy (options) : NULL;
  if (options != NULL)
    ask_features (g_steal_pointer (&task));
  else
    publish (g_steal_pointer (&task));
}

/**
 * hs_pubsub_publish_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@PubSub.publish_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; those of [method@Client.request_finish], among them the
 * condition that the service answered with, in %HS_STANZA_ERROR;
 * %HS_ERROR_NOT_SUPPORTED if the node cannot be configured as @options say; %HS_ERROR_PROTOCOL if the answer does not
 * tell the id that the service made.
 *
 * Returns: (transfer full): the id of the item, or %NULL with an error
 *
 * Since: 0.2
 */
char *
hs_pubsub_publish_finish (HsPubSub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_pubsub_publish_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
