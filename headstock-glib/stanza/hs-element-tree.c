/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element.h"

#include "hs-element-private.h"
#include "xml/hs-writer.h"

/* Making an element with all that is in it in one expression. */

/* The element after @node inside @root, in the order of the document; without those that are in @node. */
static HsNode *
get_following (HsNode *root, HsNode *node)
{
  while (node != root)
    {
      HsNode *next = hs_node_next_element (node);

      if (next != NULL)
        return next;
      node = node->parent;
    }
  return NULL;
}

/* For an element that was made without a namespace, and for those in it that were as well. */
static void
inherit_namespace (HsNode *root, const char *namespace_)
{
  HsNode *node = root;

  while (namespace_ != NULL && node != NULL)
    {
      HsNode *first = node->namespace_ == NULL ? hs_node_first_element (node) : NULL;

      if (node->namespace_ == NULL)
        hs_node_set_namespace (node, namespace_);
      node = first != NULL ? first : get_following (root, node);
    }
}

static void
put_in (HsElement *self, HsElement *child)
{
  inherit_namespace (hs_element_get_node (child), hs_element_get_node (self)->namespace_);
  hs_element_append (self, child);
}

/**
 * hs_element_new_tree: (skip)
 * @name: a local name
 * @namespace_: (nullable): its namespace, or %NULL for that of the element into which it is put
 * @first: (nullable): the name of an attribute, %HS_ELEMENT_CHILD or %HS_ELEMENT_TEXT, or %NULL
 * @...: the value that belongs to @first, then more such pairs, and %NULL at the end
 *
 * Makes an element with its attributes, and with all that is in it.
 *
 * The arguments are pairs, as those of g_object_new() are. After the name of an attribute (in no namespace, or
 * `xml:lang`) comes its value; after %HS_ELEMENT_TEXT text; after %HS_ELEMENT_CHILD another element, whose reference
 * the tree takes. A pair whose value is %NULL is left out. Elements and text are put in in the order in which they
 * come.
 *
 * ```c
 * g_autoptr (HsElement) query
 *     = hs_element_new_tree ("query", HS_NS_ROSTER, HS_ELEMENT_CHILD,
 *                            hs_element_new_tree ("item", NULL, "jid", "romeo@example.org", HS_ELEMENT_CHILD,
 *                                                 hs_element_new_tree ("group", NULL, HS_ELEMENT_TEXT, "Friends", NULL),
 *                                                 NULL),
 *                            NULL);
 * ```
 *
 * An element without a namespace takes the namespace of the element into which it is put by this function;
 * [method@Element.append] keeps it as it is.
 *
 * Returns: (transfer full): the new element
 *
 * Since: 0.2
 */
HsElement *
hs_element_new_tree (const char *name, const char *namespace_, const char *first, ...)
{
  HsElement *self = NULL;
  va_list pairs;

  g_return_val_if_fail (name != NULL && hs_xml_is_name (name), NULL);

  self = hs_element_new (name, namespace_);
  va_start (pairs, first);
  for (const char *key = first; key != NULL; key = va_arg (pairs, const char *))
    {
      gpointer value = va_arg (pairs, gpointer);

      if (value == NULL)
        continue;
      if (strcmp (key, HS_ELEMENT_TEXT) == 0)
        {
          hs_element_append_text (self, value);
        }
      else if (strcmp (key, HS_ELEMENT_CHILD) == 0)
        {
          put_in (self, value);
          g_object_unref (value);
        }
      else
        {
          hs_element_set_attribute (self, key, value);
        }
    }
  va_end (pairs);
  return self;
}

/**
 * hs_element_new_treev: (rename-to hs_element_new_tree)
 * @name: a local name
 * @namespace_: (nullable): its namespace, or %NULL for that of the element into which it is put
 * @attributes: (nullable) (array zero-terminated=1): names of attributes, each with its value after it; or %NULL
 * @text: (nullable): text before the children, or %NULL
 * @children: (nullable) (array length=n_children) (transfer none): elements that are moved into the new one; or %NULL
 * @n_children: how many
 *
 * Makes an element with its attributes, and with all that is in it: hs_element_new_tree() with arrays.
 *
 * A name without a value after it is left out. An element without a namespace takes the namespace of the element into
 * which it is put.
 *
 * Returns: (transfer full): the new element
 *
 * Since: 0.2
 */
HsElement *
hs_element_new_treev (const char *name,
                      const char *namespace_,
                      const char *const *attributes,
                      const char *text,
                      HsElement *const *children,
                      gsize n_children)
{
  HsElement *self = NULL;

  g_return_val_if_fail (name != NULL && hs_xml_is_name (name), NULL);
  g_return_val_if_fail (children != NULL || n_children == 0, NULL);

  self = hs_element_new (name, namespace_);
  for (guint i = 0; attributes != NULL && attributes[i] != NULL && attributes[i + 1] != NULL; i += 2)
    hs_element_set_attribute (self, attributes[i], attributes[i + 1]);
  if (text != NULL)
    hs_element_append_text (self, text);
  for (gsize i = 0; i < n_children; i++)
    put_in (self, children[i]);
  return self;
}
