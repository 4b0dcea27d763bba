/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-item-private.h"

/**
 * HsPubSubItem:
 *
 * Something that was published on a node (XEP-0060, 2).
 *
 * ```python
 * for item in pubsub.query_items_finish(result):
 *     print(item.props.id, item.props.payload.to_string() if item.props.payload else "")
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_ID = 1,
  PROP_PUBLISHER,
  PROP_PAYLOAD,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsPubSubItem, hs_pubsub_item, G_TYPE_OBJECT)

static void
hs_pubsub_item_finalize (GObject *object)
{
  HsPubSubItem *self = HS_PUBSUB_ITEM (object);

  g_free (self->id);
  g_free (self->publisher);
  g_clear_object (&self->payload);

  G_OBJECT_CLASS (hs_pubsub_item_parent_class)->finalize (object);
}

static void
hs_pubsub_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsPubSubItem *self = HS_PUBSUB_ITEM (object);

  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_PUBLISHER:
      g_value_set_string (value, self->publisher);
      break;
    case PROP_PAYLOAD:
      g_value_set_object (value, self->payload);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_pubsub_item_class_init (HsPubSubItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_pubsub_item_finalize;
  object_class->get_property = hs_pubsub_item_get_property;

  /**
   * HsPubSubItem:id: (getter get_id)
   *
   * The id of the item in its node; %NULL if the service does not tell. A service may leave it out on a node that does
   * not keep its items (XEP-0060, 4.3).
   *
   * Since: 0.2
   */
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, ro);

  /**
   * HsPubSubItem:publisher: (getter get_publisher)
   *
   * The publisher of the item, from the service; %NULL if the service does not tell.
   *
   * Since: 0.2
   */
  props[PROP_PUBLISHER] = g_param_spec_string ("publisher", NULL, NULL, NULL, ro);

  /**
   * HsPubSubItem:payload: (getter get_payload)
   *
   * The published element; %NULL if the service sends only the item's id, or the item is empty.
   *
   * Since: 0.2
   */
  props[PROP_PAYLOAD] = g_param_spec_object ("payload", NULL, NULL, HS_TYPE_ELEMENT, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_pubsub_item_init (HsPubSubItem *self)
{
}

HsPubSubItem *
hs_pubsub_item_new (HsElement *element)
{
  const char *id = hs_element_get_attribute (element, "id");
  HsElement *payload = hs_element_get_first_child (element);
  HsPubSubItem *self;

  if (id != NULL && *id == '\0')
    id = NULL;
  if (id == NULL && payload == NULL)
    return NULL;
  self = g_object_new (HS_TYPE_PUBSUB_ITEM, NULL);
  self->id = g_strdup (id);
  self->publisher = g_strdup (hs_element_get_attribute (element, "publisher"));
  self->payload = payload != NULL ? hs_element_copy (payload) : NULL;
  return self;
}

/**
 * hs_pubsub_item_get_id: (get-property id)
 * @self: an item
 *
 * Gets the id of the item in its node.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL if the service does not tell
 *
 * Since: 0.2
 */
const char *
hs_pubsub_item_get_id (HsPubSubItem *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_ITEM (self), NULL);

  return self->id;
}

/**
 * hs_pubsub_item_get_publisher: (get-property publisher)
 * @self: an item
 *
 * Gets the publisher of the item, from the service.
 *
 * Returns: (transfer none) (nullable): an address, as the service wrote it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_pubsub_item_get_publisher (HsPubSubItem *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_ITEM (self), NULL);

  return self->publisher;
}

/**
 * hs_pubsub_item_get_payload: (get-property payload)
 * @self: an item
 *
 * Gets the published element.
 *
 * Returns: (transfer none) (nullable): the payload, which the item owns, or %NULL
 *
 * Since: 0.2
 */
HsElement *
hs_pubsub_item_get_payload (HsPubSubItem *self)
{
  g_return_val_if_fail (HS_IS_PUBSUB_ITEM (self), NULL);

  return self->payload;
}
