/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-iq.h"

#include "hs-element-private.h"
#include "hs-random.h"
#include "hs-stanza-private.h"

/**
 * HsIq:
 *
 * A request, or the answer to one (RFC 6120, 8.2.3).
 *
 * ```python
 * iq = Headstock.Iq.new("get", "example.org", Headstock.Element.new("query", Headstock.NS_VERSION))
 *
 * def answered(client, result):
 *     print(client.request_finish(result).props.payload)
 *
 * client.request_async(iq, -1, None, answered)
 * ```
 */

enum
{
  PROP_PAYLOAD = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE (HsIq, hs_iq, HS_TYPE_STANZA)

/* Beside the payload, an iq of the type `error` has the error. */
static gboolean
is_payload (HsNode *node, HsNode *child)
{
  return strcmp (child->name, "error") != 0 ||
         !hs_namespace_equal (child->namespace_, node->namespace_);
}

static HsNode *
find_payload (HsNode *node, HsNode *child)
{
  while (child != NULL && !is_payload (node, child))
    child = hs_node_next_element (child);
  return child;
}

static void
hs_iq_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PAYLOAD:
      g_value_set_object (value, hs_iq_get_payload (HS_IQ (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_iq_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_PAYLOAD:
      hs_iq_set_payload (HS_IQ (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_iq_class_init (HsIqClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = hs_iq_get_property;
  object_class->set_property = hs_iq_set_property;

  /**
   * HsIq:payload: (getter get_payload) (setter set_payload)
   *
   * What is asked or answered, or %NULL, the default, if an answer is empty.
   */
  props[PROP_PAYLOAD]
      = g_param_spec_object ("payload", NULL, NULL, HS_TYPE_ELEMENT,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_iq_init (HsIq *self)
{
}

/**
 * hs_iq_new:
 * @stanza_type: `get`, `set`, `result` or `error`
 * @to: (nullable): an address, or %NULL for the account itself
 * @payload: (nullable): the child element; it is moved from where it is
 *
 * Makes an iq (RFC 6120, 8.2.3) with an id of 128 random bits, so that nobody else can answer it.
 *
 * @to is looked at when the iq is sent. An answer to an iq that was received is better made by
 * [method@Stanza.new_reply], which gives it the right id.
 *
 * Another @stanza_type, or none, is a programmer's error: a critical warning names it, and %NULL is returned. Python
 * raises ValueError and JavaScript RangeError.
 *
 * ```c
 * g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_VERSION);
 * g_autoptr (HsIq) iq = hs_iq_new ("get", "example.org", query);
 * ```
 *
 * Returns: (transfer full): the iq
 */
HsIq *
hs_iq_new (const char *stanza_type, const char *to, HsElement *payload)
{
  g_autoptr (HsIq) self = NULL;
  char id[HS_RANDOM_ID_LENGTH + 1];

  g_return_val_if_fail (stanza_type != NULL && *stanza_type != '\0', NULL);
  g_return_val_if_fail (payload == NULL || HS_IS_ELEMENT (payload), NULL);

  self = g_object_new (HS_TYPE_IQ, NULL);
  if (!hs_stanza_begin (HS_STANZA (self), G_STRFUNC, stanza_type, to))
    return NULL;
  hs_random_write_id (id);
  hs_node_add_attribute (hs_element_get_node (HS_ELEMENT (self)), "id", id);
  if (payload != NULL)
    hs_element_append (HS_ELEMENT (self), payload);
  return g_steal_pointer (&self);
}

/**
 * hs_iq_get_payload: (get-property payload)
 * @self: an iq
 *
 * What is asked or answered: the first child element that is not the `<error/>`, which
 * [method@Stanza.get_error] reads (RFC 6120, 8.2.3 and 8.3.1).
 *
 * Returns: (transfer none) (nullable): the child element, or %NULL if there is none
 */
HsElement *
hs_iq_get_payload (HsIq *self)
{
  HsNode *node = NULL;

  g_return_val_if_fail (HS_IS_IQ (self), NULL);

  node = hs_element_get_node (HS_ELEMENT (self));
  return hs_element_from_node (find_payload (node, hs_node_first_element (node)));
}

/**
 * hs_iq_set_payload: (set-property payload)
 * @self: an iq
 * @payload: (nullable): the child element, or %NULL to remove it; it is moved from where it is
 *
 * Sets what is asked or answered (RFC 6120, 8.2.3). It takes the place of all child elements but the
 * `<error/>`.
 *
 * ```python
 * iq = Headstock.Iq.new("get", "example.org")
 * iq.set_payload(Headstock.Element("ping", Headstock.NS_PING))
 * ```
 */
void
hs_iq_set_payload (HsIq *self, HsElement *payload)
{
  HsNode *node = NULL;
  HsNode *kept = NULL;
  HsNode *next = NULL;

  g_return_if_fail (HS_IS_IQ (self));
  g_return_if_fail (payload == NULL || HS_IS_ELEMENT (payload));

  node = hs_stanza_get_writable_node (HS_STANZA (self));
  if (node == NULL)
    return;
  if (payload != NULL)
    {
      kept = hs_element_get_node (payload);
      if (kept->parent != node)
        hs_element_append (HS_ELEMENT (self), payload);
      if (kept->parent != node)
        return;
    }
  for (HsNode *child = find_payload (node, hs_node_first_element (node)); child != NULL; child = next)
    {
      next = find_payload (node, hs_node_next_element (child));
      if (child != kept)
        hs_node_detach (child);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAYLOAD]);
}
