/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-iq.h"
#include "hs-message.h"
#include "hs-namespaces.h"
#include "hs-presence.h"

/* Elements as a program sees them. What lies under them: test-view.c. */

static HsElement *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return element;
}

static void
assert_xml (HsElement *element, const char *expected)
{
  g_autofree char *xml = hs_element_to_string (element);

  g_assert_cmpstr (xml, ==, expected);
}

static void
test_new (void)
{
  static const struct
  {
    const char *name;
    const char *namespace_;
    const char *type;
  } examples[] = {
    { "message", HS_NS_CLIENT, "HsMessage" },
    { "presence", HS_NS_CLIENT, "HsPresence" },
    { "iq", HS_NS_CLIENT, "HsIq" },
    { "query", HS_NS_CLIENT, "HsElement" },
    { "message", NULL, "HsElement" },
    { "message", "urn:x", "HsElement" },
    { "iq", HS_NS_COMPONENT, "HsElement" },
    { "x", NULL, "HsElement" },
    { "m\303\274ller", "urn:x", "HsElement" },
    { "a.b-c_1", "urn:x", "HsElement" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsElement *element = hs_element_new (examples[i].name, examples[i].namespace_);

      g_assert_cmpstr (G_OBJECT_TYPE_NAME (element), ==, examples[i].type);
      g_assert_cmpstr (hs_element_get_name (element), ==, examples[i].name);
      g_assert_cmpstr (hs_element_get_namespace (element), ==, examples[i].namespace_);
      g_assert_null (hs_element_get_text (element));
      g_assert_null (hs_element_get_parent (element));
      g_assert_null (hs_element_get_first_child (element));
      g_assert_null (hs_element_get_next_sibling (element));
      g_assert_finalize_object (element);
    }
}

static void
test_bad_names (void)
{
  static const char *const names[]
      = { "", "a b", "<a", "1a", "-a", "a:b", "a>", "\303", "a\"", "a/" };
  g_autoptr (HsElement) element = hs_element_new ("a", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*is_name*");
      g_assert_null (hs_element_new (names[i], NULL));
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*is_name*");
      g_assert_null (hs_element_add_child (element, names[i], NULL));
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*is_name*");
      hs_element_set_attribute (element, names[i], "x");
      g_test_assert_expected_messages ();
    }
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*xmlns*");
  hs_element_set_attribute (element, "xmlns", "urn:x");
  g_test_assert_expected_messages ();
  assert_xml (element, "<a/>");
}

static void
test_build (void)
{
  HsElement *iq = hs_element_new ("iq", HS_NS_CLIENT);
  HsElement *query = hs_element_add_child (iq, "query", HS_NS_ROSTER);
  HsElement *item = hs_element_add_child (query, "item", NULL);
  HsElement *group = hs_element_add_text_child (item, "group", NULL, "Friends & <others>");

  hs_element_set_attribute (iq, "type", "set");
  hs_element_set_attribute (item, "jid", "juliet@example.com");
  hs_element_add_text_child (item, "group", NULL, NULL);
  g_assert_cmpstr (hs_element_get_namespace (item), ==, HS_NS_ROSTER);
  g_assert_cmpstr (hs_element_get_text (group), ==, "Friends & <others>");
  assert_xml (iq,
              "<iq xmlns=\"jabber:client\" type=\"set\"><query xmlns=\"jabber:iq:roster\">"
              "<item jid=\"juliet@example.com\"><group>Friends &amp; &lt;others&gt;</group><group/>"
              "</item></query></iq>");
  g_assert_finalize_object (iq);
}

/* A child in no namespace inside one that has one. */
static void
test_no_namespace (void)
{
  HsElement *element = hs_element_new ("a", "urn:a");
  HsElement *child = hs_element_add_child (element, "b", "");

  g_assert_cmpstr (hs_element_get_namespace (child), ==, NULL);
  hs_element_add_child (child, "c", NULL);
  hs_element_set_attribute_ns (child, "d", "", "e");
  g_assert_cmpstr (hs_element_get_attribute (child, "d"), ==, "e");
  assert_xml (element, "<a xmlns=\"urn:a\"><b xmlns=\"\" d=\"e\"><c/></b></a>");
  g_assert_finalize_object (element);
}

static void
test_attributes (void)
{
  HsElement *element
      = parse ("<message from='evil@x' xmlns:q='urn:q' q:from='me@home' q:to='me@home' "
               "xml:lang='de' xmlns:p='urn:p' p:from='p' a=''/>");
  g_auto (GStrv) names = hs_element_get_attribute_names (element);
  g_autofree char *joined = g_strjoinv (" ", names);

  g_assert_cmpstr (hs_element_get_attribute (element, "from"), ==, "evil@x");
  g_assert_cmpstr (hs_element_get_attribute (element, "to"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute (element, "lang"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute (element, "q:from"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute (element, "xmlns"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute (element, "xmlns:q"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute (element, "xml:lang"), ==, "de");
  g_assert_cmpstr (hs_element_get_attribute (element, "a"), ==, "");
  g_assert_cmpstr (hs_element_get_attribute_ns (element, "from", "urn:q"), ==, "me@home");
  g_assert_cmpstr (hs_element_get_attribute_ns (element, "from", "urn:p"), ==, "p");
  g_assert_cmpstr (hs_element_get_attribute_ns (element, "from", NULL), ==, "evil@x");
  g_assert_cmpstr (hs_element_get_attribute_ns (element, "from", "urn:x"), ==, NULL);
  g_assert_cmpstr (hs_element_get_attribute_ns (element, "lang", HS_NS_XML), ==, "de");
  g_assert_cmpstr (joined, ==,
                   "from {urn:q}from {urn:q}to {http://www.w3.org/XML/1998/namespace}lang "
                   "{urn:p}from a");

  hs_element_set_attribute (element, "from", "b");
  hs_element_set_attribute (element, "a", NULL);
  hs_element_set_attribute (element, "nothing", NULL);
  hs_element_set_attribute (element, "xml:lang", "fr");
  hs_element_set_attribute_ns (element, "from", "urn:q", NULL);
  hs_element_set_attribute_ns (element, "to", "urn:q", "c");
  hs_element_set_attribute_ns (element, "new", "urn:n", "d");
  assert_xml (element, "<message xmlns=\"jabber:client\" from=\"b\" xmlns:q=\"urn:q\" q:to=\"c\" "
                       "xml:lang=\"fr\" xmlns:p=\"urn:p\" p:from=\"p\" xmlns:ns0=\"urn:n\" "
                       "ns0:new=\"d\"/>");

  /* A namespace is declared once, and under the prefix that it has. */
  hs_element_set_attribute_ns (element, "other", "urn:n", "e");
  hs_element_set_attribute_ns (element, "more", "urn:p", "f");
  hs_element_set_attribute_ns (element, "last", "urn:o", "g");
  assert_xml (element, "<message xmlns=\"jabber:client\" from=\"b\" xmlns:q=\"urn:q\" q:to=\"c\" "
                       "xml:lang=\"fr\" xmlns:p=\"urn:p\" p:from=\"p\" xmlns:ns0=\"urn:n\" "
                       "ns0:new=\"d\" ns0:other=\"e\" p:more=\"f\" xmlns:ns1=\"urn:o\" "
                       "ns1:last=\"g\"/>");
  g_assert_finalize_object (element);
}

static void
test_text (void)
{
  HsElement *element = parse ("<body>one<b>not this</b>two<c/>three</body>");
  HsElement *child = NULL;

  g_assert_cmpstr (hs_element_get_text (element), ==, "onetwothree");
  hs_element_append_text (element, " four");
  g_assert_cmpstr (hs_element_get_text (element), ==, "onetwothree four");
  hs_element_append_text (element, "");
  child = hs_element_get_child (element, "b", NULL);
  hs_element_detach (child);
  g_assert_cmpstr (hs_element_get_text (element), ==, "onetwothree four");
  assert_xml (element, "<body>onetwo<c/>three four</body>");
  hs_element_add_text_child (element, "d", NULL, "");
  hs_element_append_text (element, "five");
  g_assert_cmpstr (hs_element_get_text (element), ==, "onetwothree fourfive");
  hs_element_set_text (element, "new");
  g_assert_cmpstr (hs_element_get_text (element), ==, "new");
  g_assert_null (hs_element_get_first_child (element));
  assert_xml (element, "<body>new</body>");
  hs_element_set_text (element, "");
  g_assert_null (hs_element_get_text (element));
  hs_element_set_text (element, NULL);
  assert_xml (element, "<body/>");
  g_assert_finalize_object (element);
}

/* Text that outgrows the block, in each way of growing. */
static void
test_large_text (void)
{
  static const gsize steps[] = { 1, 7, 500, 1023, 1024, 1025, 3000, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      HsElement *element = hs_element_new ("a", NULL);
      g_autoptr (GString) expected = g_string_new (NULL);
      g_autofree char *piece = g_strnfill (steps[i], 'a' + i);

      for (guint j = 0; expected->len < 20000; j++)
        {
          piece[0] = '0' + j % 10;
          g_string_append (expected, piece);
          hs_element_append_text (element, piece);
        }
      g_assert_cmpstr (hs_element_get_text (element), ==, expected->str);
      hs_element_add_child (element, "b", NULL);
      hs_element_append_text (element, expected->str);
      g_string_append (expected, expected->str);
      g_assert_cmpstr (hs_element_get_text (element), ==, expected->str);
      /* The two are joined. */
      hs_element_detach (hs_element_get_first_child (element));
      g_assert_cmpstr (hs_element_get_text (element), ==, expected->str);
      hs_element_set_text (element, "x");
      g_assert_finalize_object (element);
    }
}

static void
test_children (void)
{
  HsElement *element
      = parse ("<a>x<b xmlns='urn:1' k='1'>t</b> <c/>y<b xmlns='urn:2' k='2'/><d> </d></a>");
  g_autoptr (GPtrArray) children = hs_element_get_children (element);
  HsElement *child = hs_element_get_first_child (element);

  g_assert_cmpuint (children->len, ==, 4);
  for (guint i = 0; i < children->len; i++)
    {
      g_assert_true (g_ptr_array_index (children, i) == child);
      g_assert_true (hs_element_get_parent (child) == element);
      child = hs_element_get_next_sibling (child);
    }
  g_assert_null (child);
  g_assert_true (hs_element_get_child (element, "b", "urn:2") == g_ptr_array_index (children, 2));
  g_assert_true (hs_element_get_child (element, "b", NULL) == g_ptr_array_index (children, 0));
  g_assert_true (hs_element_get_child (element, NULL, "urn:2") == g_ptr_array_index (children, 2));
  g_assert_true (hs_element_get_child (element, NULL, NULL) == g_ptr_array_index (children, 0));
  g_assert_null (hs_element_get_child (element, "b", "urn:3"));
  g_assert_null (hs_element_get_child (element, "c", "urn:1"));
  g_assert_cmpstr (hs_element_get_child_text (element, "b", NULL), ==, "t");
  g_assert_cmpstr (hs_element_get_child_text (element, "c", NULL), ==, "");
  g_assert_cmpstr (hs_element_get_child_text (element, "d", NULL), ==, " ");
  g_assert_cmpstr (hs_element_get_child_text (element, "e", NULL), ==, NULL);
  g_assert_cmpstr (hs_element_get_child_attribute (element, "b", "urn:2", "k"), ==, "2");
  g_assert_cmpstr (hs_element_get_child_attribute (element, "b", NULL, "k"), ==, "1");
  g_assert_cmpstr (hs_element_get_child_attribute (element, "b", NULL, "l"), ==, NULL);
  g_assert_cmpstr (hs_element_get_child_attribute (element, "e", NULL, "k"), ==, NULL);
  child = g_ptr_array_index (children, 0);
  g_assert_true (hs_element_matches (child, "b", "urn:1"));
  g_assert_true (hs_element_matches (child, NULL, "urn:1"));
  g_assert_true (hs_element_matches (child, NULL, NULL));
  g_assert_false (hs_element_matches (child, "b", "urn:2"));
  g_assert_false (hs_element_matches (child, "B", NULL));
  g_clear_pointer (&children, g_ptr_array_unref);
  g_assert_finalize_object (element);
}

static void
test_append (void)
{
  HsElement *one = parse ("<one>a<x k='1'><y/>t</x>b<z/></one>");
  HsElement *two = parse ("<two><w/></two>");
  HsElement *x = hs_element_get_child (one, "x", NULL);
  HsElement *y = hs_element_get_first_child (x);

  hs_element_append (two, x);
  assert_xml (one, "<one>ab<z/></one>");
  assert_xml (two, "<two><w/><x k=\"1\"><y/>t</x></two>");
  g_assert_true (hs_element_get_parent (x) == two);
  g_assert_true (hs_element_get_parent (y) == x);
  g_assert_true (hs_element_get_child (two, "x", NULL) == x);
  /* Within a tree, to the end. */
  hs_element_append (two, hs_element_get_first_child (two));
  assert_xml (two, "<two><x k=\"1\"><y/>t</x><w/></two>");
  /* A whole one; and both ways round. */
  hs_element_append (two, one);
  assert_xml (two, "<two><x k=\"1\"><y/>t</x><w/><one>ab<z/></one></two>");
  hs_element_detach (one);
  hs_element_append (one, two);
  assert_xml (one, "<one>ab<z/><two><x k=\"1\"><y/>t</x><w/></two></one>");
  hs_element_add_child (y, "deep", NULL);
  assert_xml (y, "<y><deep/></y>");
  g_object_unref (one);
  assert_xml (two, "<two><x k=\"1\"><y><deep/></y>t</x><w/></two>");
  g_assert_finalize_object (two);
}

static void
test_append_refused (void)
{
  HsElement *element = parse ("<a><b><c><d/></c></b></a>");
  HsElement *b = hs_element_get_first_child (element);
  HsElement *c = hs_element_get_first_child (b);
  HsElement *all[] = { element, b, c, hs_element_get_first_child (c) };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      for (guint j = i; j < G_N_ELEMENTS (all); j++)
        {
          g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*!= child*");
          hs_element_append (all[j], all[i]);
          g_test_assert_expected_messages ();
        }
    }
  assert_xml (element, "<a><b><c><d/></c></b></a>");
  g_assert_finalize_object (element);
}

static void
test_detach (void)
{
  HsElement *element = parse ("<a>1<b><c/></b>2<d/></a>");
  HsElement *b = g_object_ref (hs_element_get_child (element, "b", NULL));

  hs_element_detach (b);
  hs_element_detach (b);
  hs_element_detach (element);
  g_assert_null (hs_element_get_parent (b));
  g_assert_null (hs_element_get_next_sibling (b));
  assert_xml (element, "<a>12<d/></a>");
  g_object_unref (element);
  assert_xml (b, "<b><c/></b>");
  hs_element_add_child (b, "e", NULL);
  assert_xml (b, "<b><c/><e/></b>");
  g_assert_finalize_object (b);
}

static const char *const different[] = {
  "<a/>",
  "<b/>",
  "<a xmlns='urn:x'/>",
  "<a k=''/>",
  "<a k='1'/>",
  "<a l='1'/>",
  "<a k='1' l='1'/>",
  "<a k='1' l='2'/>",
  "<a xmlns:p='urn:p' p:k='1'/>",
  "<a xmlns:p='urn:q' p:k='1'/>",
  "<a xml:lang='1'/>",
  "<a>t</a>",
  "<a>u</a>",
  "<a>t </a>",
  "<a><b/></a>",
  "<a><b xmlns='urn:x'/></a>",
  "<a><b/><b/></a>",
  "<a><b><b/></b></a>",
  "<a><b><b/></b><b/></a>",
  "<a><b/><b><b/></b></a>",
  "<a>t<b/></a>",
  "<a><b/>t</a>",
  "<a>t<b/>t</a>",
  "<a>tt<b/></a>",
  "<a><b>t</b></a>",
  "<a><b/><c/></a>",
  "<a><c/><b/></a>",
  "<a><b k='1'/></a>",
};

static void
test_equal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      g_autoptr (HsElement) one = parse (different[i]);

      for (guint j = 0; j < G_N_ELEMENTS (different); j++)
        {
          g_autoptr (HsElement) two = parse (different[j]);

          if (hs_element_equal (one, two) != (i == j))
            g_error ("%s and %s", different[i], different[j]);
        }
    }
}

static void
test_equal_otherwise (void)
{
  static const char *const same[][2] = {
    { "<a k='1' l='2'/>", "<a l='2' k='1'/>" },
    { "<a xmlns='urn:x'><b/></a>", "<p:a xmlns:p='urn:x'><q:b xmlns:q='urn:x'/></p:a>" },
    { "<a xmlns:p='urn:p' p:k='1'/>", "<a xmlns:q='urn:p' q:k='1'></a>" },
    { "<a>t&#x41;<![CDATA[<]]></a>", "<a>tA&lt;</a>" },
    { "<message/>", "<message xmlns='jabber:client'/>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (HsElement) one = parse (same[i][0]);
      g_autoptr (HsElement) two = parse (same[i][1]);

      g_assert_true (hs_element_equal (one, two));
      g_assert_true (hs_element_equal (two, one));
      g_assert_true (hs_element_equal (one, one));
    }
}

/* For a part of a tree, the elements around it do not count. */
static void
test_equal_part (void)
{
  HsElement *one = parse ("<x><a><b/></a><c/></x>");
  HsElement *two = parse ("<y>t<a><b/></a></y>");

  g_assert_true (
      hs_element_equal (hs_element_get_first_child (one), hs_element_get_first_child (two)));
  g_assert_false (hs_element_equal (one, two));
  g_assert_finalize_object (one);
  g_assert_finalize_object (two);
}

static void
test_copy (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (different); i++)
    {
      HsElement *element = parse (different[i]);
      HsElement *copy = hs_element_copy (element);
      g_autofree char *xml = hs_element_to_string (element);

      g_assert_true (hs_element_equal (element, copy));
      g_assert_finalize_object (element);
      assert_xml (copy, xml);
      g_assert_finalize_object (copy);
    }
  {
    HsElement *element = parse ("<x><a>t<b xmlns:q='urn:q' q:k='1'>u</b></a><c/>v</x>");
    HsElement *copy = hs_element_copy (hs_element_get_first_child (element));

    g_assert_null (hs_element_get_parent (copy));
    hs_element_set_text (element, NULL);
    g_assert_finalize_object (element);
    assert_xml (copy, "<a>t<b xmlns:q=\"urn:q\" q:k=\"1\">u</b></a>");
    g_assert_finalize_object (copy);
  }
}

/* Depth is the builder's to choose: nothing may recurse. */
static void
test_deep (void)
{
  enum
  {
    DEPTH = 100000
  };
  HsElement *element = hs_element_new ("a", "urn:a");
  HsElement *deepest = element;
  HsElement *copy = NULL;
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < DEPTH; i++)
    deepest = hs_element_add_child (deepest, i % 2 ? "b" : "a", NULL);
  hs_element_set_text (deepest, "x");
  copy = hs_element_copy (element);
  g_assert_true (hs_element_equal (element, copy));
  xml = hs_element_to_string (copy);
  g_assert_cmpuint (strlen (xml), ==, 7 * DEPTH + strlen (" xmlns=\"urn:a\"") + 1);
  hs_element_set_text (deepest, "y");
  g_assert_false (hs_element_equal (element, copy));
  g_assert_null (hs_element_new_from_string (xml, &error));
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_DEEP);
  g_assert_finalize_object (copy);
  g_assert_finalize_object (element);
}

/* Put together from many trees, each around the last; and each beside it. */
static void
test_many_trees (void)
{
  enum
  {
    COUNT = 20000
  };
  HsElement *inner = hs_element_new ("a", NULL);
  HsElement *outer = hs_element_new ("list", NULL);
  g_autofree char *xml = NULL;

  for (guint i = 0; i < COUNT; i++)
    {
      HsElement *around = hs_element_new ("a", NULL);

      hs_element_append (around, inner);
      g_object_unref (inner);
      inner = around;
    }
  for (guint i = 0; i < COUNT; i++)
    {
      HsElement *item = hs_element_new ("b", NULL);

      hs_element_append (outer, item);
      g_object_unref (item);
    }
  hs_element_append (outer, inner);
  g_object_unref (inner);
  xml = hs_element_to_string (outer);
  g_assert_cmpuint (strlen (xml), ==, strlen ("<list></list>") + COUNT * 4 + COUNT * 7 + 4);
  g_assert_finalize_object (outer);
}

static void
test_properties (void)
{
  HsElement *element
      = g_object_new (HS_TYPE_ELEMENT, "name", "a", "namespace", "urn:a", "text", "<t>", NULL);
  g_autofree char *name = NULL;
  g_autofree char *namespace_ = NULL;
  g_autofree char *text = NULL;

  g_object_get (element, "name", &name, "namespace", &namespace_, "text", &text, NULL);
  g_assert_cmpstr (name, ==, "a");
  g_assert_cmpstr (namespace_, ==, "urn:a");
  g_assert_cmpstr (text, ==, "<t>");
  assert_xml (element, "<a xmlns=\"urn:a\">&lt;t&gt;</a>");
  g_object_set (element, "text", NULL, NULL);
  assert_xml (element, "<a xmlns=\"urn:a\"/>");
  g_assert_finalize_object (element);

  element = g_object_new (HS_TYPE_ELEMENT, NULL);
  assert_xml (element, "<element/>");
  g_assert_finalize_object (element);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *xml;
    HsXmlError code;
  } examples[] = {
    { "", HS_XML_ERROR_EMPTY },
    { "<a", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a><b></a>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a/><b/>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a>\300\257</a>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a><!-- --></a>", HS_XML_ERROR_RESTRICTED },
    { "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", HS_XML_ERROR_RESTRICTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (hs_element_new_from_string (examples[i].xml, &error));
      g_assert_error (error, HS_XML_ERROR, (int) examples[i].code);
      g_assert_null (hs_element_new_from_string (examples[i].xml, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/element/new", test_new);
  g_test_add_func ("/element/bad-names", test_bad_names);
  g_test_add_func ("/element/build", test_build);
  g_test_add_func ("/element/no-namespace", test_no_namespace);
  g_test_add_func ("/element/attributes", test_attributes);
  g_test_add_func ("/element/text", test_text);
  g_test_add_func ("/element/large-text", test_large_text);
  g_test_add_func ("/element/children", test_children);
  g_test_add_func ("/element/append", test_append);
  g_test_add_func ("/element/append-refused", test_append_refused);
  g_test_add_func ("/element/detach", test_detach);
  g_test_add_func ("/element/equal", test_equal);
  g_test_add_func ("/element/equal-otherwise", test_equal_otherwise);
  g_test_add_func ("/element/equal-part", test_equal_part);
  g_test_add_func ("/element/copy", test_copy);
  g_test_add_func ("/element/deep", test_deep);
  g_test_add_func ("/element/many-trees", test_many_trees);
  g_test_add_func ("/element/properties", test_properties);
  g_test_add_func ("/element/errors", test_errors);

  return g_test_run ();
}
