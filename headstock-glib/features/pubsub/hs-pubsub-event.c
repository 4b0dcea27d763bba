/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-event-private.h"

#include "hs-enum-types.h"

/**
 * HsPubSubEvent:
 *
 * Something that happened to a node of a service (XEP-0060, 7.1.2), from [signal@PubSub::event].
 *
 * ```python
 * def event(pubsub, event):
 *     if event.props.kind == Headstock.PubSubEventKind.ITEM:
 *         print(event.props.service.to_string(), "has published", event.props.item.props.id)
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_SERVICE = 1,
  PROP_NODE,
  PROP_KIND,
  PROP_ITEM,
  PROP_IS_REPLAYED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsPubSubEvent, hs_pubsub_event, G_TYPE_OBJECT)

static void
hs_pubsub_event_finalize (GObject *object)
{
  HsPubSubEvent *self = HS_PUBSUB_EVENT (object);

  g_clear_pointer (&self->service, hs_jid_unref);
  g_free (self->node);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (hs_pubsub_event_parent_class)->finalize (object);
}

static void
hs_pubsub_event_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsPubSubEvent *self = HS_PUBSUB_EVENT (object);

  switch (prop_id)
    {
    case PROP_SERVICE:
      g_value_set_boxed (value, self->service);
      break;
    case PROP_NODE:
      g_value_set_string (value, self->node);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_IS_REPLAYED:
      g_value_set_boolean (value, self->is_replayed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_pubsub_event_class_init (HsPubSubEventClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_pubsub_event_finalize;
  object_class->get_property = hs_pubsub_event_get_property;

  /**
   * HsPubSubEvent:service: (getter get_service)
   *
   * The service that has the node: a bare JID, which may be the account itself or a contact (XEP-0163).
   *
   * Since: 0.2
   */
  props[PROP_SERVICE] = g_param_spec_boxed ("service", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsPubSubEvent:node: (getter get_node)
   *
   * The node.
   *
   * Since: 0.2
   */
  props[PROP_NODE] = g_param_spec_string ("node", NULL, NULL, NULL, ro);

  /**
   * HsPubSubEvent:kind: (getter get_kind)
   *
   * What happened.
   *
   * Since: 0.2
   */
  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_PUBSUB_EVENT_KIND,
                                       HS_PUBSUB_EVENT_KIND_ITEM, ro);

  /**
   * HsPubSubEvent:item: (getter get_item)
   *
   * The item that was published or retracted; %NULL for other kinds.
   *
   * Since: 0.2
   */
  props[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, HS_TYPE_PUBSUB_ITEM, ro);

  /**
   * HsPubSubEvent:is-replayed: (getter get_is_replayed)
   *
   * Whether the event happened earlier: it is the last item, which a service sends again to new subscribers (XEP-0060,
   * 6.1.7).
   *
   * Since: 0.2
   */
  props[PROP_IS_REPLAYED] = g_param_spec_boolean ("is-replayed", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_pubsub_event_init (HsPubSubEvent *self)
{
}

HsPubSubEvent *
hs_pubsub_event_new (HsJid *service, const char *node, HsPubSubEventKind kind, HsPubSubItem *item, gboolean is_replayed)
{
  HsPubSubEvent *self = g_object_new (HS_TYPE_PUBSUB_EVENT, NULL);

  self->service = hs_jid_ref (service);
  self->node = g_strdup (node);
  self->kind = kind;
  self->item = item;
  self->is_replayed = is_replayed;
  return self;
}

/**
 * hs_pubsub_event_get_service: (get-property service)
 * @self: an event
 *
 * Gets the service that has the node.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_pubsub_event_get_service (HsPubSubEvent *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_EVENT (self), NULL);

  return self->service;
}

/**
 * hs_pubsub_event_get_node: (get-property node)
 * @self: an event
 *
 * Gets the node.
 *
 * Returns: (transfer none): the name of the node
 *
 * Since: 0.2
 */
const char *
hs_pubsub_event_get_node (HsPubSubEvent *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_EVENT (self), NULL);

  return self->node;
}

/**
 * hs_pubsub_event_get_kind: (get-property kind)
 * @self: an event
 *
 * Gets what happened.
 *
 * Returns: the kind
 *
 * Since: 0.2
 */
HsPubSubEventKind
hs_pubsub_event_get_kind (HsPubSubEvent *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_EVENT (self), HS_PUBSUB_EVENT_KIND_ITEM);

  return self->kind;
}

/**
 * hs_pubsub_event_get_item: (get-property item)
 * @self: an event
 *
 * Gets the item that was published or retracted.
 *
 * Returns: (transfer none) (nullable): the item, or %NULL
 *
 * Since: 0.2
 */
HsPubSubItem *
hs_pubsub_event_get_item (HsPubSubEvent *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_EVENT (self), NULL);

  return self->item;
}

/**
 * hs_pubsub_event_get_is_replayed: (get-property is-replayed)
 * @self: an event
 *
 * Gets whether the service says that this happened earlier.
 *
 * Returns: true if the event carries the time at which it happened (XEP-0203)
 *
 * Since: 0.2
 */
gboolean
hs_pubsub_event_get_is_replayed (HsPubSubEvent *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_EVENT (self), FALSE);

  return self->is_replayed;
}
