/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-vcards.h"

#include "hs-component.h"
#include "hs-disco-shared.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsVcards:
 *
 * Fetches the vCards of others, and stores that of the account (XEP-0054).
 *
 * Nothing is fetched unless the program asks, and nothing is kept: each call asks the server. It works in a client and
 * in a component; a component has no vCard on a server, so it can only fetch those of others. Everybody can read a
 * stored vCard (XEP-0054, 5).
 *
 * ```python
 * vcards = Headstock.Vcards.new()
 * client.register(vcards)
 *
 * def fetched(vcards, result):
 *     print(vcards.fetch_finish(result).props.full_name)
 *
 * client.connect("ready", lambda client: vcards.fetch_async("juliet@example.org", None, fetched))
 * ```
 *
 * Since: 0.2
 */

struct _HsVcards
{
  GObject parent_instance;

  HsClient *client; /* weak */
};

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_vcards_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsVcards, hs_vcards, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_vcards_module_init))

static void
hs_vcards_attached (HsModule *module, HsClient *client)
{
  HsVcards *self = HS_VCARDS (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
}

static void
hs_vcards_detached (HsModule *module, HsClient *client)
{
  HsVcards *self = HS_VCARDS (module);

  if (self->client == client)
    hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_vcards_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_vcards_attached;
  iface->detached = hs_vcards_detached;
}

static void
hs_vcards_dispose (GObject *object)
{
  g_clear_weak_pointer (&HS_VCARDS (object)->client);

  G_OBJECT_CLASS (hs_vcards_parent_class)->dispose (object);
}

static void
hs_vcards_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_vcards_get_client (HS_VCARDS (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_vcards_class_init (HsVcardsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_vcards_dispose;
  object_class->get_property = hs_vcards_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), FALSE);

  /**
   * HsVcards:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_vcards_init (HsVcards *self)
{
}

/**
 * hs_vcards_new:
 *
 * Makes a module for vCards, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsVcards *
hs_vcards_new (void)
{
  return g_object_new (HS_TYPE_VCARDS, NULL);
}

/**
 * hs_vcards_get_client: (get-property client)
 * @self: a module for vCards
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_vcards_get_client (HsVcards *self)
{
  g_return_val_if_fail (HS_IS_VCARDS (self), NULL);

  return self->client;
}

/* Returns FALSE, and ends @task with an error, in a component: it has no account. */
static gboolean
has_account (HsVcards *self, GTask *task)
{
  if (self->client == NULL || !HS_IS_COMPONENT (self->client))
    return TRUE;
  g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                           "A component has no account, and no vCard on a server");
  g_object_unref (task);
  return FALSE;
}

static void
read_answer (GTask *task, HsIq *answer, gint64 usec)
{
  HsElement *element = hs_element_get_child (HS_ELEMENT (answer), "vCard", HS_NS_VCARD);

  if (element == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer has no vCard in it");
  else
    g_task_return_pointer (task, hs_vcard_new_from_element (element, NULL), g_object_unref);
}

/**
 * hs_vcards_fetch_async:
 * @self: a module for vCards
 * @jid: (nullable): whose vCard: the bare JID of a person, the address of a server or a room, or the full JID of
 *   an occupant of a room; %NULL for the account's own
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Fetches a vCard (XEP-0054, 3.1 and 3.3).
 *
 * The server answers for a person, who need not be online and is not told. Call [method@Vcards.fetch_finish] in
 * the callback to get the result.
 *
 * ```python
 * vcard = await vcards.fetch_async("juliet@capulet.example")
 * print(vcard.full_name)
 * ```
 *
 * Since: 0.2
 */
void
hs_vcards_fetch_async (HsVcards *self,
                       const char *jid,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_VCARDS (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_vcards_fetch_async);
  if (jid != NULL || has_account (self, task))
    hs_disco_send_question (task, self->client, jid, "vCard", HS_NS_VCARD, read_answer);
}

/**
 * hs_vcards_fetch_finish:
 * @self: a module for vCards
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Vcards.fetch_async].
 *
 * For somebody without a vCard, the server returns an empty vCard or an error: %HS_STANZA_ERROR_ITEM_NOT_FOUND or, to
 * hide whether the person exists, %HS_STANZA_ERROR_SERVICE_UNAVAILABLE (XEP-0054, 3.3).
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED; %HS_ERROR_NOT_SUPPORTED if a component asks for its own
 * vCard; those of [method@Client.request_finish], among them the condition that the other side answered with, in
 * %HS_STANZA_ERROR; %HS_ERROR_PROTOCOL if the answer has no vCard in it.
 *
 * Returns: (transfer full): the vCard, or %NULL with an error
 *
 * Since: 0.2
 */
HsVcard *
hs_vcards_fetch_finish (HsVcards *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_VCARDS (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_vcards_fetch_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  if (answer == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * hs_vcards_store_async:
 * @self: a module for vCards
 * @vcard: the vCard, as it is now
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the server has answered
 * @user_data: data for @callback
 *
 * Stores the account's vCard in place of the one that was there (XEP-0054, 3.2).
 *
 * To change one field, fetch the vCard, change it and store it: fields that other programs have set are then kept. Call
 * [method@Vcards.store_finish] in the callback to get the result.
 *
 * ```python
 * vcard = await vcards.fetch_async()
 * vcard.full_name = "Romeo Montague"
 * await vcards.store_async(vcard)
 * ```
 *
 * Since: 0.2
 */
void
hs_vcards_store_async (HsVcards *self,
                       HsVcard *vcard,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsIq) iq = NULL;
  GTask *task;

  g_return_if_fail (HS_IS_VCARDS (self));
  g_return_if_fail (HS_IS_VCARD (vcard));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_vcards_store_async);
  if (!has_account (self, task))
    return;
  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "HsVcards is not registered with a client");
      g_object_unref (task);
      return;
    }
  payload = hs_element_copy (hs_vcard_get_element (vcard));
  iq = hs_iq_new ("set", NULL, payload);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, cancellable, stored_cb, task);
}

/**
 * hs_vcards_store_finish:
 * @self: a module for vCards
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Vcards.store_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_NOT_SUPPORTED in a component; those of [method@Client.request_finish],
 * among them the condition that the server answered with, in %HS_STANZA_ERROR.
 *
 * Returns: true when the server has stored the vCard, false with an error
 *
 * Since: 0.2
 */
gboolean
hs_vcards_store_finish (HsVcards *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_VCARDS (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_vcards_store_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
