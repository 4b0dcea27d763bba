/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-described.h"
#include "hs-feature.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsPubSub:
 *
 * Publishes things on nodes, and learns what others publish: on services (XEP-0060), and on accounts (XEP-0163). For
 * clients only.
 *
 * ```python
 * pubsub = Headstock.PubSub.new()
 * client.register(pubsub)
 *
 * def published(pubsub, result):
 *     try:
 *         print("published as", pubsub.publish_finish(result))
 *     except GLib.Error as error:
 *         print("not published:", error.message)
 *
 * def event(pubsub, event):
 *     print(event.props.service.to_string(), event.props.kind)
 *
 * pubsub.watch("urn:example:notes")
 * pubsub.connect("event::urn:example:notes", event)
 * pubsub.publish_async(None, "urn:example:notes", "1", payload, Headstock.NodeConfig.new_private(), None, published)
 * ```
 *
 * Publish private data with [ctor@NodeConfig.new_private]: it is only sent if the server lets nobody but the account
 * read it.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

enum
{
  SIGNAL_EVENT,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

static void hs_pubsub_module_init (HsModuleInterface *iface);
static void hs_pubsub_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsPubSub, hs_pubsub, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_pubsub_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_pubsub_described_init))

/* ---- The module ---- */

static HsElement *
event_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  g_autoptr (HsPubSub) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) events = hs_pubsub_read_events (client, element);

  if (events == NULL)
    return NULL;
  hs_client_take (client, element);
  for (guint i = 0; i < events->len && self->client == client; i++)
    {
      HsPubSubEvent *event = events->pdata[i];

      /* No quark is made from a name that others have chosen: quarks are never freed. */
      g_signal_emit (self, signals[SIGNAL_EVENT], g_quark_try_string (event->node), event);
    }
  return NULL;
}

static void
hs_pubsub_attached (HsModule *module, HsClient *client)
{
  HsPubSub *self = HS_PUBSUB (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  /* The description of this module contains the watched nodes, and HsDisco sends it. */
  hs_client_ensure_module (client, HS_TYPE_DISCO);
  hs_client_add_handler (client, "event", HS_NS_PUBSUB_EVENT, HS_HANDLER_DEFAULT, event_cb, self, NULL);
  /* After the handler of HsDisco, which answers. */
  hs_pubsub_missed_start (self);
}

static void
hs_pubsub_presence_sent (HsModule *module, HsClient *client, HsPresence *presence)
{
  hs_pubsub_missed_presence_sent (HS_PUBSUB (module), presence);
}

static void
hs_pubsub_ready (HsModule *module, HsClient *client)
{
  hs_pubsub_missed_session (HS_PUBSUB (module), FALSE);
}

static void
hs_pubsub_resumed (HsModule *module, HsClient *client)
{
  hs_pubsub_missed_session (HS_PUBSUB (module), TRUE);
}

static void
hs_pubsub_lost (HsModule *module, HsClient *client)
{
  hs_pubsub_missed_stop (HS_PUBSUB (module));
}

static void
hs_pubsub_detached (HsModule *module, HsClient *client)
{
  HsPubSub *self = HS_PUBSUB (module);

  if (self->client != client)
    return;
  hs_pubsub_missed_stop (self);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_pubsub_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_pubsub_attached;
  iface->ready = hs_pubsub_ready;
  iface->resumed = hs_pubsub_resumed;
  iface->presence_sent = hs_pubsub_presence_sent;
  iface->lost = hs_pubsub_lost;
  iface->detached = hs_pubsub_detached;
}

/* XEP-0163, 4.3.2. */
static void
hs_pubsub_describe (HsDescribed *described, HsDiscoInfo *info)
{
  HsPubSub *self = HS_PUBSUB (described);
  GHashTableIter iter;
  gpointer node;

  g_hash_table_iter_init (&iter, self->watched);
  while (g_hash_table_iter_next (&iter, &node, NULL))
    {
      g_autofree char *feature = g_strconcat (node, "+notify", NULL);

      hs_disco_info_add_feature (info, feature);
    }
}

static void
hs_pubsub_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_pubsub_describe;
}

/* ---- The object ---- */

static void
hs_pubsub_finalize (GObject *object)
{
  HsPubSub *self = HS_PUBSUB (object);

  hs_pubsub_missed_stop (self);
  g_clear_weak_pointer (&self->client);
  g_hash_table_unref (self->watched);
  g_hash_table_unref (self->subscriptions);
  g_ptr_array_unref (self->listeners);

  G_OBJECT_CLASS (hs_pubsub_parent_class)->finalize (object);
}

static void
hs_pubsub_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_pubsub_get_client (HS_PUBSUB (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_pubsub_class_init (HsPubSubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_pubsub_finalize;
  object_class->get_property = hs_pubsub_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsPubSub:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * HsPubSub::event:
   * @self: the module
   * @event: the event
   *
   * Emitted for each thing that happens to a node, with the node's name as the detail.
   *
   * Any service can have a node of any name: check [property@PubSubEvent:service] as well. The signal is not emitted
   * for messages from full JIDs, which are not services. [signal@Client::message] is not emitted for messages with
   * events.
   *
   * Since: 0.2
   */
  signals[SIGNAL_EVENT] = g_signal_new ("event", HS_TYPE_PUBSUB, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, HS_TYPE_PUBSUB_EVENT);
}

static void
hs_pubsub_init (HsPubSub *self)
{
  self->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->listeners = g_ptr_array_new_with_free_func (g_free);
  self->is_unannounced = TRUE;
}

/**
 * hs_pubsub_new: (constructor)
 *
 * Makes a module for nodes, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsPubSub *
hs_pubsub_new (void)
{
  return g_object_new (HS_TYPE_PUBSUB, NULL);
}

/**
 * hs_pubsub_get_client: (get-property client)
 * @self: the module
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_pubsub_get_client (HsPubSub *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB (self), NULL);

  return self->client;
}

/**
 * hs_pubsub_watch:
 * @self: the module
 * @node: the name of a node
 *
 * Subscribes to the events of all nodes with a name that the account and its contacts have (XEP-0163, 4.3.2).
 *
 * Their servers also send the last item of each such node at once, unless the node is configured never to send it: an
 * item that is published on such a node before the server knows that it is watched is not sent. The account's devices
 * and contacts can see which nodes are watched. A node that was watched several times is watched until
 * [method@PubSub.unwatch] was called as often.
 *
 * Since: 0.2
 */
void
hs_pubsub_watch (HsPubSub *self, const char *node)
{
  guint count;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL && *node != '\0');

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->watched, node));
  g_hash_table_replace (self->watched, g_strdup (node), GUINT_TO_POINTER (count + 1));
  if (count > 0)
    return;
  self->is_unannounced = TRUE;
  g_signal_emit_by_name (self, "description-changed");
}

/**
 * hs_pubsub_unwatch:
 * @self: the module
 * @node: the name of a node that is watched
 *
 * Undoes one call of [method@PubSub.watch].
 *
 * Since: 0.2
 */
void
hs_pubsub_unwatch (HsPubSub *self, const char *node)
{
  guint count;

  g_return_if_fail (HS_IS_PUBSUB (self));
  g_return_if_fail (node != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->watched, node));
  g_return_if_fail (count > 0);
  if (count > 1)
    {
      g_hash_table_replace (self->watched, g_strdup (node), GUINT_TO_POINTER (count - 1));
      return;
    }
  g_hash_table_remove (self->watched, node);
  g_signal_emit_by_name (self, "description-changed");
}
