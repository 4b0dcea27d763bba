/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"
#include "xml/hs-parser.h"
#include "xml/hs-writer.h"

/* Making elements, and changing their children and attributes. */

/**
 * hs_element_new:
 * @name: a local name
 * @namespace_: (nullable): its namespace, or %NULL for none
 *
 * Makes an element that stands alone.
 *
 * `message`, `presence` and `iq` in `jabber:client` become a [class@Message], [class@Presence] or
 * [class@Iq].
 *
 * ```c
 * g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_ROSTER);
 * HsElement *item = hs_element_add_child (query, "item", NULL);
 *
 * hs_element_set_attribute (item, "jid", "romeo@example.org");
 * ```
 *
 * Returns: (transfer full): the new element
 */
HsElement *
hs_element_new (const char *name, const char *namespace_)
{
  HsBlock *block;
  HsElement *self;

  g_return_val_if_fail (name != NULL && hs_xml_is_name (name), NULL);

  block = hs_block_new (NULL);
  self = hs_element_new_owner (hs_node_new_copied (block, name, namespace_));
  hs_block_unref (block);
  return self;
}

/**
 * hs_element_new_from_string:
 * @xml: the text of one element
 * @error: return location for an error
 *
 * Parses an element.
 *
 * A `message`, `presence` or `iq` that names no namespace is taken to be in `jabber:client`, as it
 * would be inside a stream. What a stream may not hold (comments, processing instructions, document
 * type declarations; RFC 6120, 11.1) is an error here too: %HS_XML_ERROR_RESTRICTED. Other errors
 * are %HS_XML_ERROR_NOT_WELL_FORMED, %HS_XML_ERROR_TOO_DEEP and %HS_XML_ERROR_EMPTY.
 *
 * ```python
 * element = Headstock.Element.new_from_string("<query xmlns='urn:example:weather'><place>Verona</place></query>")
 * ```
 *
 * Returns: (transfer full): the new element
 */
HsElement *
hs_element_new_from_string (const char *xml, GError **error)
{
  HsNode *node;
  HsElement *self;

  g_return_val_if_fail (xml != NULL, NULL);

  node = hs_parser_parse_element (xml, strlen (xml), error);
  if (node == NULL)
    return NULL;
  self = hs_element_new_owner (node);
  hs_block_unref (hs_node_get_block (node));
  return self;
}

/**
 * hs_element_copy:
 * @self: an element
 *
 * Copies an element with all that is in it. The copy stands alone.
 *
 * ```python
 * again = element.copy()
 * again.set_attribute("id", "2")
 * ```
 *
 * Returns: (transfer full): the copy
 */
HsElement *
hs_element_copy (HsElement *self)
{
  HsBlock *block;
  HsElement *copy;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);

  block = hs_block_new (NULL);
  copy = hs_element_new_owner (hs_node_copy (block, hs_element_get_node (self)));
  hs_block_unref (block);
  return copy;
}

static HsNode *
add_child (HsElement *self, const char *name, const char *namespace_)
{
  HsNode *node = hs_element_get_writable_node (self);
  HsNode *child;

  if (node == NULL)
    return NULL;
  child = namespace_ == NULL ? hs_node_new_child_copied (node, name)
                             : hs_node_new_copied (hs_node_get_block (node), name, namespace_);
  hs_node_append (node, child);
  return child;
}

/**
 * hs_element_add_child:
 * @self: an element
 * @name: the child's local name
 * @namespace_: (nullable): its namespace, `""` for none, or %NULL for that of @self
 *
 * Adds an empty child after the others.
 *
 * ```python
 * query = Headstock.Element("query", "urn:example:weather")
 * place = query.add_child("place", "urn:example:weather")
 * place.set_attribute("country", "it")
 * ```
 *
 * Returns: (transfer none): the child
 */
HsElement *
hs_element_add_child (HsElement *self, const char *name, const char *namespace_)
{
  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (name != NULL && hs_xml_is_name (name), NULL);

  return hs_element_from_node (add_child (self, name, namespace_));
}

/**
 * hs_element_add_text_child:
 * @self: an element
 * @name: the child's local name
 * @namespace_: (nullable): its namespace, `""` for none, or %NULL for that of @self
 * @text: (nullable): the child's text
 *
 * Adds a child with text in it after the others.
 *
 * ```python
 * query = Headstock.Element("query", "urn:example:weather")
 * query.add_text_child("place", "urn:example:weather", "Verona")
 * ```
 *
 * Returns: (transfer none): the child
 */
HsElement *
hs_element_add_text_child (HsElement *self,
                           const char *name,
                           const char *namespace_,
                           const char *text)
{
  HsNode *child;

  g_return_val_if_fail (HS_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (name != NULL && hs_xml_is_name (name), NULL);

  child = add_child (self, name, namespace_);
  if (child != NULL && text != NULL)
    hs_node_append_text (child, text, strlen (text));
  return hs_element_from_node (child);
}

/**
 * hs_element_append:
 * @self: an element
 * @element: another one
 *
 * Moves @element from where it is to the end of @self. An element cannot be put into itself.
 *
 * ```python
 * message = Headstock.Message.new_chat("juliet@capulet.example", "Rain in Verona")
 * message.append(Headstock.Element("forecast", "urn:example:weather", rain="90"))
 * ```
 */
void
hs_element_append (HsElement *self, HsElement *element)
{
  HsNode *node;
  HsNode *child;
  HsNode *parent;

  g_return_if_fail (HS_IS_ELEMENT (self));
  g_return_if_fail (HS_IS_ELEMENT (element));

  node = hs_element_get_writable_node (self);
  child = hs_element_get_writable_node (element);
  if (node == NULL || child == NULL)
    return;
  g_return_if_fail (node != child);
  /* An empty element cannot be an ancestor: the search is left out, however deep the tree is. */
  for (HsNode *ancestor = node; ancestor != NULL && child->first != NULL; ancestor = ancestor->parent)
    g_return_if_fail (ancestor != child);
  g_return_if_fail (child->parent == NULL || !child->parent->unfinished);

  parent = child->parent;
  hs_node_unlink (child);
  hs_block_merge (hs_node_get_block (node), hs_node_get_block (child));
  hs_node_append (node, child);
  if (parent != NULL && parent != node)
    hs_node_left (parent);
}

/**
 * hs_element_detach:
 * @self: an element
 *
 * Takes an element out of its parent. It lives on as long as somebody has a reference on it, or on a part of
 * it; without one, it can be used until 32 others have been detached from the same tree.
 *
 * ```python
 * delay = message.get_child("delay", Headstock.NS_DELAY)
 * if delay is not None:
 *     delay.detach()
 * ```
 */
void
hs_element_detach (HsElement *self)
{
  HsNode *node;

  g_return_if_fail (HS_IS_ELEMENT (self));

  node = hs_element_get_writable_node (self);
  if (node == NULL || node->parent == NULL)
    return;
  g_return_if_fail (!node->parent->unfinished);
  hs_node_detach (node);
}

/**
 * hs_element_set_attribute:
 * @self: an element
 * @name: an attribute's name, in no namespace; or `xml:lang`
 * @value: (nullable): its value, or %NULL to remove it
 *
 * Sets or removes an attribute.
 *
 * ```python
 * place.set_attribute("country", "it")
 * place["country"] = "it"  # the same
 * place.set_attribute("country", None)
 * ```
 */
void
hs_element_set_attribute (HsElement *self, const char *name, const char *value)
{
  g_return_if_fail (name != NULL);

  if (g_str_has_prefix (name, "xml:"))
    hs_element_set_attribute_ns (self, name + 4, HS_NS_XML, value);
  else
    hs_element_set_attribute_ns (self, name, NULL, value);
}

/**
 * hs_element_set_attribute_ns:
 * @self: an element
 * @name: an attribute's local name
 * @namespace_: (nullable): its namespace, or %NULL for none
 * @value: (nullable): its value, or %NULL to remove it
 *
 * Sets or removes an attribute in a namespace. A prefix is found when the element is written.
 */
void
hs_element_set_attribute_ns (HsElement *self,
                             const char *name,
                             const char *namespace_,
                             const char *value)
{
  HsNode *node;

  g_return_if_fail (HS_IS_ELEMENT (self));
  g_return_if_fail (name != NULL && hs_xml_is_name (name) && strcmp (name, "xmlns") != 0);

  node = hs_element_get_writable_node (self);
  if (node != NULL)
    hs_node_set_attribute (node, name, namespace_, value);
}

/**
 * hs_element_append_text:
 * @self: an element
 * @text: text, not escaped
 *
 * Adds text after all that is in an element.
 */
void
hs_element_append_text (HsElement *self, const char *text)
{
  HsNode *node;

  g_return_if_fail (HS_IS_ELEMENT (self));
  g_return_if_fail (text != NULL);

  node = hs_element_get_writable_node (self);
  if (node != NULL)
    hs_node_append_text (node, text, strlen (text));
}
