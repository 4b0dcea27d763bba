/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-element.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Trees in one expression. */

static void
assert_xml (HsElement *element, const char *expected)
{
  g_autofree char *xml = hs_element_to_string (element);

  g_assert_cmpstr (xml, ==, expected);
}

static void
test_pairs (void)
{
  const char *none = NULL;
  HsElement *tree = hs_element_new_tree (
      "iq", HS_NS_CLIENT, "type", "set", "id", "i<1", "to", none, "xml:lang", "en", HS_ELEMENT_CHILD,
      hs_element_new_tree ("query", HS_NS_ROSTER, HS_ELEMENT_CHILD,
                           hs_element_new_tree ("item", NULL, "jid", "a@b", HS_ELEMENT_CHILD,
                                                hs_element_new_tree ("group", NULL, HS_ELEMENT_TEXT, "A & B", NULL),
                                                NULL),
                           HS_ELEMENT_CHILD, NULL, HS_ELEMENT_CHILD, hs_element_new ("item", NULL), NULL),
      NULL);

  g_assert_true (HS_IS_IQ (tree));
  assert_xml (tree, "<iq xmlns=\"jabber:client\" type=\"set\" id=\"i&lt;1\" xml:lang=\"en\"><query "
                    "xmlns=\"jabber:iq:roster\"><item jid=\"a@b\"><group>A &amp; B</group></item><item/></query></iq>");
  g_assert_finalize_object (tree);
}

static void
test_order (void)
{
  g_autoptr (HsElement) tree
      = hs_element_new_tree ("p", "urn:p", HS_ELEMENT_TEXT, "one ", HS_ELEMENT_CHILD, hs_element_new_tree ("b", NULL, NULL, NULL),
                             HS_ELEMENT_TEXT, NULL, HS_ELEMENT_TEXT, " two", "late", "yes", NULL);
  g_autoptr (HsElement) empty = hs_element_new_tree ("x", "urn:x", NULL, NULL);

  assert_xml (tree, "<p xmlns=\"urn:p\" late=\"yes\">one <b/> two</p>");
  assert_xml (empty, "<x xmlns=\"urn:x\"/>");
}

/* What has a namespace keeps it, and so does what is in it. */
static void
test_namespaces (void)
{
  g_autoptr (HsElement) tree = hs_element_new_tree (
      "a", "urn:a", HS_ELEMENT_CHILD,
      hs_element_new_tree ("b", NULL, HS_ELEMENT_CHILD,
                           hs_element_new_tree ("c", "urn:c", HS_ELEMENT_CHILD, hs_element_new ("d", NULL), NULL),
                           HS_ELEMENT_CHILD, hs_element_new ("e", NULL), NULL),
      HS_ELEMENT_CHILD, hs_element_new ("f", NULL), NULL);
  g_autoptr (HsElement) none
      = hs_element_new_tree ("a", NULL, HS_ELEMENT_CHILD, hs_element_new ("b", NULL), NULL);

  assert_xml (tree, "<a xmlns=\"urn:a\"><b><c xmlns=\"urn:c\"><d/></c><e/></b><f/></a>");
  assert_xml (none, "<a><b/></a>");
}

/* No recursion over what a program puts in. */
static void
test_deep (void)
{
  HsElement *tree = hs_element_new ("x", NULL);

  for (guint i = 0; i < 2000; i++)
    tree = hs_element_new_tree ("x", i == 1999 ? "urn:x" : NULL, HS_ELEMENT_CHILD, tree, NULL);
  g_assert_cmpstr (hs_element_get_namespace (hs_element_get_first_child (hs_element_get_first_child (tree))), ==, "urn:x");
  g_assert_finalize_object (tree);
}

static void
test_arrays (void)
{
  static const char *const attributes[] = { "node", "n", "late", "yes", "alone", NULL };
  HsElement *children[] = { hs_element_new ("one", NULL), hs_element_new ("two", "urn:two") };
  HsElement *tree = hs_element_new_treev ("query", "urn:q", attributes, "text", children, G_N_ELEMENTS (children));
  g_autoptr (HsElement) empty = hs_element_new_treev ("x", NULL, NULL, NULL, NULL, 0);

  assert_xml (tree, "<query xmlns=\"urn:q\" node=\"n\" late=\"yes\">text<one/><two xmlns=\"urn:two\"/></query>");
  assert_xml (empty, "<x/>");
  g_assert_true (hs_element_get_first_child (tree) == children[0]);
  g_object_unref (tree);
  /* Who holds a part holds the tree. */
  g_object_unref (children[1]);
  g_assert_finalize_object (children[0]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element-tree/pairs", test_pairs);
  g_test_add_func ("/element-tree/order", test_order);
  g_test_add_func ("/element-tree/namespaces", test_namespaces);
  g_test_add_func ("/element-tree/deep", test_deep);
  g_test_add_func ("/element-tree/arrays", test_arrays);

  return g_test_run ();
}
