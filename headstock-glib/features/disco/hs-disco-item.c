/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-item.h"

/**
 * HsDiscoItem:
 *
 * One of the items that an entity has, such as a room of a chat service (XEP-0030, 4.1).
 *
 * [method@Disco.query_items_async] gets them, and [method@Disco.answer_items] sends them. An item cannot
 * be changed.
 *
 * ```python
 * items = Gio.ListStore()
 * items.append(Headstock.DiscoItem.new("phone.example.org", "numbers", "All numbers"))
 * disco.answer_items(request, items)
 * ```
 *
 * Since: 0.2
 */

struct _HsDiscoItem
{
  GObject parent_instance;

  HsJid *jid;
  char *node;
  char *name;
};

enum
{
  PROP_JID = 1,
  PROP_NODE,
  PROP_NAME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsDiscoItem, hs_disco_item, G_TYPE_OBJECT)

static void
hs_disco_item_finalize (GObject *object)
{
  HsDiscoItem *self = HS_DISCO_ITEM (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->node);
  g_free (self->name);

  G_OBJECT_CLASS (hs_disco_item_parent_class)->finalize (object);
}

static void
hs_disco_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsDiscoItem *self = HS_DISCO_ITEM (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, self->jid);
      break;
    case PROP_NODE:
      g_value_set_string (value, self->node);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_disco_item_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsDiscoItem *self = HS_DISCO_ITEM (object);

  switch (prop_id)
    {
    case PROP_JID:
      self->jid = g_value_dup_boxed (value);
      break;
    case PROP_NODE:
      self->node = g_value_dup_string (value);
      break;
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_disco_item_class_init (HsDiscoItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_disco_item_finalize;
  object_class->get_property = hs_disco_item_get_property;
  object_class->set_property = hs_disco_item_set_property;

  /**
   * HsDiscoItem:jid: (getter get_jid)
   *
   * The item's address. The default is %NULL: an item without an address is not sent.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, flags);

  /**
   * HsDiscoItem:node: (getter get_node)
   *
   * The item's node at its address. The default is %NULL: none.
   *
   * Since: 0.2
   */
  props[PROP_NODE] = g_param_spec_string ("node", NULL, NULL, NULL, flags);

  /**
   * HsDiscoItem:name: (getter get_name)
   *
   * A name for people to read. The default is %NULL: none.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_disco_item_init (HsDiscoItem *self)
{
}

/**
 * hs_disco_item_new: (constructor)
 * @jid: the item's address
 * @node: (nullable): its node, or %NULL
 * @name: (nullable): a name for people to read, or %NULL
 *
 * Makes an item, for [method@Disco.answer_items].
 *
 * Returns: (transfer full) (nullable): the item, or %NULL if @jid is not a valid JID
 *
 * Since: 0.2
 */
HsDiscoItem *
hs_disco_item_new (const char *jid, const char *node, const char *name)
{
  g_autoptr (HsJid) address = NULL;

  g_return_val_if_fail (jid != NULL, NULL);

  address = hs_jid_new (jid, NULL);
  if (address == NULL)
    return NULL;
  return g_object_new (HS_TYPE_DISCO_ITEM, "jid", address, "node", node, "name", name, NULL);
}

/**
 * hs_disco_item_get_jid: (get-property jid)
 * @self: an item
 *
 * The item's address.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL if a program made the item without one
 *
 * Since: 0.2
 */
HsJid *
hs_disco_item_get_jid (HsDiscoItem *self)
{
  g_return_val_if_fail (HS_IS_DISCO_ITEM (self), NULL);

  return self->jid;
}

/**
 * hs_disco_item_get_node: (get-property node)
 * @self: an item
 *
 * The item's node at its address.
 *
 * Returns: (nullable): the node, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_disco_item_get_node (HsDiscoItem *self)
{
  g_return_val_if_fail (HS_IS_DISCO_ITEM (self), NULL);

  return self->node;
}

/**
 * hs_disco_item_get_name: (get-property name)
 * @self: an item
 *
 * A name for people to read.
 *
 * Returns: (nullable): the name, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_disco_item_get_name (HsDiscoItem *self)
{
  g_return_val_if_fail (HS_IS_DISCO_ITEM (self), NULL);

  return self->name;
}
