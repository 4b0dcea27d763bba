/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element.h"

#include "hs-element-private.h"
#include "hs-iq.h"
#include "hs-message.h"
#include "hs-namespaces.h"
#include "hs-presence.h"
#include "xml/hs-writer.h"
#include "xml/hs-node-private.h"

/**
 * HsElement:
 *
 * An XML element: of a stanza that was received, or of one that is being built.
 *
 * An element is a view on a part of a tree. The same part always gives the same object while
 * somebody holds it, and whoever holds an element holds all of its tree. What is returned as
 * `(transfer none)` lives as long as the element it came from.
 *
 * A `message`, `presence` or `iq` in the namespace `jabber:client` is a [class@Message],
 * [class@Presence] or [class@Iq].
 *
 * Names come from whoever wrote the XML. What looks like a file name in it may hold `../`.
 *
 * An element belongs to one thread at a time; it may be finalised in any.
 *
 * ```python
 * query = Headstock.Element.new("query", Headstock.NS_ROSTER)
 * item = query.add_child("item", None)
 * item.set_attribute("jid", "juliet@example.org")
 * print(query.get_child("item", None).get_attribute("jid"), query.to_string())
 * ```
 */

typedef struct
{
  HsView view;
} HsElementPrivate;

enum
{
  PROP_NAME = 1,
  PROP_NAMESPACE,
  PROP_TEXT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* What PyGObject leaves on an object when the wrapper goes, for the next wrapper: its class, its attributes, the
 * closures of its handlers. */
static GQuark python_data;

G_DEFINE_TYPE_WITH_PRIVATE (HsElement, hs_element, G_TYPE_OBJECT)

static inline HsView *
get_view (HsElement *self)
{
  return &((HsElementPrivate *) hs_element_get_instance_private (self))->view;
}

static GType
type_for_node (HsNode *node)
{
  switch (hs_node_get_kind (node))
    {
    case HS_STANZA_KIND_MESSAGE:
      return HS_TYPE_MESSAGE;
    case HS_STANZA_KIND_PRESENCE:
      return HS_TYPE_PRESENCE;
    case HS_STANZA_KIND_IQ:
      return HS_TYPE_IQ;
    case HS_STANZA_KIND_UNKNOWN:
    case HS_STANZA_KIND_NONE:
    default:
      return HS_TYPE_ELEMENT;
    }
}

/* The name that an element made by g_object_new() begins with. */
static const char *
default_name (HsElement *self)
{
  if (HS_IS_MESSAGE (self))
    return "message";
  if (HS_IS_PRESENCE (self))
    return "presence";
  if (HS_IS_IQ (self))
    return "iq";
  return "element";
}

HsNode *
hs_element_get_node (HsElement *self)
{
  HsView *view = get_view (self);

  if (G_UNLIKELY (view->node == NULL))
    {
      HsBlock *block = hs_block_new (NULL);
      HsNode *node = hs_node_new (block, default_name (self),
                                  HS_IS_STANZA (self) ? HS_NS_CLIENT : NULL);

      hs_view_bind_owner (view, node);
      hs_block_unref (block);
    }
  return view->node;
}

HsNode *
hs_element_get_writable_node (HsElement *self)
{
  HsNode *node = hs_element_get_node (self);

  if (G_UNLIKELY (node->unfinished))
    {
      g_critical ("An element that is still being received cannot be changed");
      return NULL;
    }
  hs_node_tidy (node);
  return node;
}

HsElement *
hs_element_from_node (HsNode *node)
{
  GObject *object;
  HsElement *element;

  if (node == NULL)
    return NULL;
  object = hs_node_peek_view (node);
  if (object != NULL)
    return HS_ELEMENT (object);

  element = g_object_new (type_for_node (node), NULL);
  object = hs_view_bind_held (get_view (element), node);
  if (object != G_OBJECT (element))
    g_object_unref (element);
  return HS_ELEMENT (object);
}

HsElement *
hs_element_new_owner (HsNode *node)
{
  HsElement *element = g_object_new (type_for_node (node), NULL);

  hs_view_bind_owner (get_view (element), node);
  return element;
}

/* Each kind of stanza has a slot, and so have elements that are no stanza. 0 in a view: not looked at yet. */
static guint
get_pool_slot (HsElement *self)
{
  HsView *view = get_view (self);
  GType type = G_OBJECT_TYPE (self);

  /* A name can be changed, the type can't. */
  if (view->pool_slot == 0)
    view->pool_slot = type == HS_TYPE_MESSAGE    ? HS_STANZA_KIND_MESSAGE
                      : type == HS_TYPE_PRESENCE ? HS_STANZA_KIND_PRESENCE
                      : type == HS_TYPE_IQ       ? HS_STANZA_KIND_IQ
                                                 : HS_STANZA_KIND_NONE;
  return view->pool_slot;
}

HsElement *
hs_view_pool_take (HsViewPool *self, HsNode *node)
{
  GObject *object = hs_node_peek_view (node);
  HsElement *view;
  guint slot;

  if (object != NULL)
    return HS_ELEMENT (object);
  slot = hs_node_get_kind (node);
  view = g_steal_pointer (&self->views[slot]);
  if (view == NULL)
    view = g_object_new (type_for_node (node), NULL);
  hs_view_bind_only (get_view (view), node);
  return view;
}

/* Weak and toggle references, bindings and data are all in one list; the low bits of its address are
 * flags and a lock. */
static gboolean
has_data (GObject *object)
{
  return ((gsize) g_atomic_pointer_get (&object->qdata) & ~(gsize) 7) != 0;
}

void
hs_view_pool_give_back (HsViewPool *self, HsElement *element)
{
  HsView *view = get_view (element);
  GObject *object = G_OBJECT (element);
  guint slot;

  if (object->ref_count != 1 || view->owner || view->node == NULL)
    return;
  slot = get_pool_slot (element);
  if (self->views[slot] != NULL)
    return;
  /* It would go with the view: no other wrapper can come for this stanza. What goes is Python's, and may do anything. */
  if (G_UNLIKELY (has_data (object)))
    {
      g_object_set_qdata (object, python_data, NULL);
      if (object->ref_count != 1)
        return;
    }
  /* Weak references and handlers of the last stanza go, so that nobody can tell. Data stay. */
  if (G_LIKELY (!has_data (object)))
    g_signal_handlers_destroy (object);
  else
    {
      g_object_ref (object);
      g_object_run_dispose (object);
      if (g_atomic_int_dec_and_test ((int *) &object->ref_count))
        g_assert_not_reached ();
    }
  /* What let go may have dispatched another stanza. */
  if (has_data (object) || self->views[slot] != NULL || !hs_view_unbind_only (view))
    return;
  self->views[slot] = element;
}

void
hs_view_pool_clear (HsViewPool *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->views); i++)
    g_clear_object (&self->views[i]);
}

static void
look_at_data (GQuark key, gpointer data, gpointer user_data)
{
  static GQuark queue;
  gboolean *found = user_data;

  if (G_UNLIKELY (queue == 0))
    queue = g_quark_from_static_string ("GObject-notify-queue");
  *found = *found || key != queue;
}

/* While the last reference goes, GLib itself has a queue of notifications among an object's data. A release that called
 * it otherwise would only take longer. */
static gboolean
has_data_of_others (GObject *object)
{
  gboolean found = FALSE;

  if (has_data (object))
    g_datalist_foreach (&object->qdata, look_at_data, &found);
  return found;
}

static void
hs_element_dispose (GObject *object)
{
  if (hs_view_disposing (get_view (HS_ELEMENT (object))))
    return;
  /* GObject's dispose would look for data that an element does not have, each time with a lock. That takes a quarter of
   * an element's time. */
  if (!has_data_of_others (object))
    {
      g_signal_handlers_destroy (object);
      return;
    }

  G_OBJECT_CLASS (hs_element_parent_class)->dispose (object);
}

static void
hs_element_finalize (GObject *object)
{
  hs_view_release (get_view (HS_ELEMENT (object)));

  G_OBJECT_CLASS (hs_element_parent_class)->finalize (object);
}

static void
hs_element_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsElement *self = HS_ELEMENT (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, hs_element_get_name (self));
      break;
    case PROP_NAMESPACE:
      g_value_set_string (value, hs_element_get_namespace (self));
      break;
    case PROP_TEXT:
      g_value_set_string (value, hs_element_get_text (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_name (HsElement *self, const char *name)
{
  g_return_if_fail (name != NULL && hs_xml_is_name (name));
  hs_node_rename (hs_element_get_node (self), name);
}

static void
hs_element_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsElement *self = HS_ELEMENT (object);

  switch (prop_id)
    {
    case PROP_NAME:
      set_name (self, g_value_get_string (value));
      break;
    case PROP_NAMESPACE:
      hs_node_set_namespace (hs_element_get_node (self), g_value_get_string (value));
      break;
    case PROP_TEXT:
      hs_element_set_text (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_element_class_init (HsElementClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  python_data = g_quark_from_static_string ("PyGObject::instance-data");
  object_class->dispose = hs_element_dispose;
  object_class->finalize = hs_element_finalize;
  object_class->get_property = hs_element_get_property;
  object_class->set_property = hs_element_set_property;

  /**
   * HsElement:name:
   *
   * The local name. To be written only while an element is being made. The default is %NULL, which makes an element
   * that is called `element`.
   */
  props[PROP_NAME]
      = g_param_spec_string ("name", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsElement:namespace:
   *
   * The namespace, or %NULL for none. To be written only while an element is being made. The default is %NULL.
   */
  props[PROP_NAMESPACE]
      = g_param_spec_string ("namespace", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsElement:text: (getter get_text) (setter set_text)
   *
   * All direct text, in its order. The default is %NULL.
   */
  props[PROP_TEXT]
      = g_param_spec_string ("text", NULL, NULL, NULL,
                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_element_init (HsElement *self)
{
  get_view (self)->object = G_OBJECT (self);
}

/**
 * hs_element_get_name:
 * @self: an element
 *
 * The local name.
 *
 * Returns: the name
 */
const char *
hs_element_get_name (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_get_node (self)->name;
}

/**
 * hs_element_get_namespace:
 * @self: an element
 *
 * The namespace.
 *
 * Returns: (nullable): the namespace, or %NULL for none
 */
const char *
hs_element_get_namespace (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_get_node (self)->namespace_;
}

/**
 * hs_element_get_attribute:
 * @self: an element
 * @name: an attribute's name; or `xml:lang`
 *
 * The value of an attribute that is in no namespace: one written `q:from` is not `from`.
 *
 * ```python
 * place.set_attribute("country", "it")
 * print(place.get_attribute("country"))
 * ```
 *
 * Returns: (nullable): the value, which belongs to the element and is valid until this attribute is changed;
 *   %NULL if there is no such attribute
 */
const char *
hs_element_get_attribute (HsElement *self, const char *name)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (G_UNLIKELY (name[0] == 'x' && g_str_has_prefix (name, "xml:")))
    return hs_node_get_attribute (hs_element_get_node (self), name + 4, HS_NS_XML);
  return hs_node_get_attribute (hs_element_get_node (self), name, NULL);
}

/**
 * hs_element_get_attribute_ns:
 * @self: an element
 * @name: an attribute's local name
 * @namespace_: (nullable): its namespace, or %NULL for none
 *
 * The value of an attribute.
 *
 * Returns: (nullable): the value, or %NULL if there is no such attribute
 */
const char *
hs_element_get_attribute_ns (HsElement *self, const char *name, const char *namespace_)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return hs_node_get_attribute (hs_element_get_node (self), name, namespace_);
}

/**
 * hs_element_get_attribute_names:
 * @self: an element
 *
 * The names of all attributes, in their order; those in a namespace as `{namespace}name`.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 */
char **
hs_element_get_attribute_names (HsElement *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  for (HsAttribute *attribute = hs_element_get_node (self)->attributes; attribute != NULL;
       attribute = attribute->next)
    {
      g_autofree char *clark = NULL;

      if (attribute->namespace_ != NULL)
        clark = g_strdup_printf ("{%s}%s", attribute->namespace_, attribute->name);
      g_strv_builder_add (builder, clark != NULL ? clark : attribute->name);
    }
  return g_strv_builder_end (builder);
}

/**
 * hs_element_get_text: (get-property text)
 * @self: an element
 *
 * All text that is directly in an element, in its order. It lives until the element changes.
 *
 * ```python
 * print(place.get_text())
 * ```
 *
 * Returns: (nullable): the text, or %NULL if there is none
 */
const char *
hs_element_get_text (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_node_get_text (hs_element_get_node (self));
}

/**
 * hs_element_set_text: (set-property text)
 * @self: an element
 * @text: (nullable): text, not escaped
 *
 * Replaces the children and the text of an element with @text.
 *
 * ```python
 * place.set_text("Verona")
 * ```
 */
void
hs_element_set_text (HsElement *self, const char *text)
{
  HsNode *node;

  g_return_if_fail (HS_IS_ELEMENT (self));

  node = hs_element_get_writable_node (self);
  if (node != NULL)
    hs_node_set_text (node, text);
}

/**
 * hs_element_get_parent:
 * @self: an element
 *
 * The element that this one is in.
 *
 * Returns: (transfer none) (nullable): the parent, or %NULL at the top
 */
HsElement *
hs_element_get_parent (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_from_node (hs_element_get_node (self)->parent);
}

/**
 * hs_element_get_first_child:
 * @self: an element
 *
 * The first element in this one.
 *
 * Returns: (transfer none) (nullable): the child, or %NULL if there is none
 */
HsElement *
hs_element_get_first_child (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_from_node (hs_node_first_element (hs_element_get_node (self)));
}

/**
 * hs_element_get_next_sibling:
 * @self: an element
 *
 * The element after this one in their parent.
 *
 * Returns: (transfer none) (nullable): the sibling, or %NULL if there is none
 */
HsElement *
hs_element_get_next_sibling (HsElement *self)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_from_node (hs_node_next_element (hs_element_get_node (self)));
}

/**
 * hs_element_get_child:
 * @self: an element
 * @name: (nullable): a local name, or %NULL for any
 * @namespace_: (nullable): a namespace, or %NULL for any
 *
 * The first child with that name.
 *
 * ```c
 * HsElement *delay = hs_element_get_child (HS_ELEMENT (stanza), "delay", HS_NS_DELAY);
 *
 * if (delay != NULL)
 *   g_print ("sent at %s\n", hs_element_get_attribute (delay, "stamp"));
 * ```
 *
 * Returns: (transfer none) (nullable): the child, or %NULL if there is none
 */
HsElement *
hs_element_get_child (HsElement *self, const char *name, const char *namespace_)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  return hs_element_from_node (hs_node_get_child (hs_element_get_node (self), name, namespace_));
}

/**
 * hs_element_get_children:
 * @self: an element
 *
 * All elements that are directly in this one.
 *
 * Returns: (transfer container) (element-type HsElement): the children, each with a reference that
 *   goes with the array
 */
GPtrArray *
hs_element_get_children (HsElement *self)
{
  GPtrArray *children;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  children = g_ptr_array_new_with_free_func (g_object_unref);
  for (HsNode *child = hs_node_first_element (hs_element_get_node (self)); child != NULL;
       child = hs_node_next_element (child))
    g_ptr_array_add (children, g_object_ref (hs_element_from_node (child)));
  return children;
}

/**
 * hs_element_get_child_text:
 * @self: an element
 * @name: (nullable): a local name, or %NULL for any
 * @namespace_: (nullable): a namespace, or %NULL for any
 *
 * The text of the first child with that name. It lives until the child changes.
 *
 * ```python
 * print(query.get_child_text("place", "urn:example:weather"))
 * ```
 *
 * Returns: (nullable): the text; %NULL if there is no such child, `""` if it is empty
 */
const char *
hs_element_get_child_text (HsElement *self, const char *name, const char *namespace_)
{
  HsNode *child;
  const char *text;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  child = hs_node_get_child (hs_element_get_node (self), name, namespace_);
  if (child == NULL)
    return NULL;
  text = hs_node_get_text (child);
  return text != NULL ? text : "";
}

/**
 * hs_element_get_child_attribute:
 * @self: an element
 * @name: (nullable): a local name, or %NULL for any
 * @namespace_: (nullable): a namespace, or %NULL for any
 * @attribute: the name of an attribute
 *
 * An attribute of the first child with that name.
 *
 * Returns: (nullable): the attribute's value, or %NULL if there is none
 */
const char *
hs_element_get_child_attribute (HsElement *self,
                                const char *name,
                                const char *namespace_,
                                const char *attribute)
{
  HsNode *child;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (attribute != NULL, NULL);

  child = hs_node_get_child (hs_element_get_node (self), name, namespace_);
  return child != NULL ? hs_node_get_attribute (child, attribute, NULL) : NULL;
}

/**
 * hs_element_matches:
 * @self: an element
 * @name: (nullable): a local name, or %NULL for any
 * @namespace_: (nullable): a namespace, or %NULL for any
 *
 * Whether an element has that name.
 *
 * ```python
 * if element.matches("query", "urn:example:weather"):
 *     print("Somebody asks for the weather")
 * ```
 *
 * Returns: true if it has
 */
gboolean
hs_element_matches (HsElement *self, const char *name, const char *namespace_)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), FALSE);

  return hs_node_matches (hs_element_get_node (self), name, namespace_);
}

/**
 * hs_element_equal:
 * @self: an element
 * @other: another one
 *
 * Whether two elements have the same names, attributes in any order, text and children in the same
 * order. Prefixes do not count.
 *
 * Returns: true if they have
 */
gboolean
hs_element_equal (HsElement *self, HsElement *other)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), FALSE);
  g_return_val_if_fail (HS_IS_ELEMENT (other), FALSE);

  return self == other || hs_node_equal (hs_element_get_node (self), hs_element_get_node (other));
}

/**
 * hs_element_to_string:
 * @self: an element
 *
 * Writes an element with all that is in it as XML that stands alone. Characters that XML does not
 * allow, and bytes that are not UTF-8, are written as U+FFFD; to send such an element is an error.
 *
 * ```python
 * print(element.to_string())
 * print(element)  # the same
 * ```
 *
 * Returns: (transfer full): the text
 */
char *
hs_element_to_string (HsElement *self)
{
  g_autoptr (GByteArray) buffer = NULL;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  buffer = g_byte_array_sized_new (256);
  hs_writer_write (buffer, hs_element_get_node (self), NULL, NULL);
  g_byte_array_append (buffer, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&buffer), FALSE);
}
