/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml-test.h"
#include "xml/hs-node.h"

/* A tree that no parser made: nodes and their attributes, in a block. */

typedef struct
{
  HsBlock *block;
  HsNode *top;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->block = hs_block_new (NULL);
  f->top = hs_node_new (f->block, "top", "urn:a");
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_block_unref (f->block);
}

static void
assert_tree (HsNode *node, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  test_dump_node (text, node);
  g_assert_cmpstr (text->str, ==, expected);
}

static HsNode *
add_child (HsNode *parent, const char *name)
{
  HsNode *child = hs_node_new_child (parent, name);

  hs_node_append (parent, child);
  return child;
}

static void
test_tree (Fixture *f, gconstpointer data)
{
  HsNode *first = add_child (f->top, "first");
  HsNode *second = hs_node_new (f->block, "second", "urn:b");

  hs_node_append_text (f->top, "one", 3);
  hs_node_append_text (f->top, " two", 4);
  hs_node_append (f->top, second);
  assert_tree (f->top, "{urn:a}top({urn:a}first()\"one two\"{urn:b}second())");
  g_assert_true (hs_node_first_element (f->top) == first);
  g_assert_true (hs_node_next_element (first) == second);
  g_assert_null (hs_node_next_element (second));
  g_assert_true (hs_node_get_child (f->top, "second", NULL) == second);
  g_assert_null (hs_node_get_child (f->top, "second", "urn:a"));
  hs_node_unlink (first);
  assert_tree (f->top, "{urn:a}top(\"one two\"{urn:b}second())");
  hs_node_append (second, first);
  assert_tree (f->top, "{urn:a}top(\"one two\"{urn:b}second({urn:a}first()))");
  hs_node_set_text (f->top, "three");
  assert_tree (f->top, "{urn:a}top(\"three\")");
}

static void
test_attributes (Fixture *f, gconstpointer data)
{
  hs_node_set_attribute (f->top, "id", NULL, "1");
  hs_node_set_attribute (f->top, "id", "urn:b", "2");
  g_assert_cmpstr (hs_node_get_attribute (f->top, "id", NULL), ==, "1");
  g_assert_cmpstr (hs_node_get_attribute (f->top, "id", "urn:b"), ==, "2");
  g_assert_null (hs_node_get_attribute (f->top, "ID", NULL));
  hs_node_set_attribute (f->top, "id", NULL, "a longer value than before");
  g_assert_cmpstr (hs_node_get_attribute (f->top, "id", NULL), ==, "a longer value than before");
  hs_node_set_attribute (f->top, "id", NULL, NULL);
  assert_tree (f->top, "{urn:a}top {urn:b}id=\"2\"()");
}

static void
test_copies (Fixture *f, gconstpointer data)
{
  HsBlock *other = hs_block_new (NULL);
  HsNode *copy;

  hs_node_set_attribute (f->top, "id", NULL, "1");
  hs_node_set_text (add_child (f->top, "child"), " text ");
  copy = hs_node_copy (other, f->top);
  g_assert_true (hs_node_equal (copy, f->top));
  g_assert_true (hs_node_get_block (copy) == other);
  hs_node_set_attribute (copy, "id", NULL, "2");
  g_assert_false (hs_node_equal (copy, f->top));
  assert_tree (f->top, "{urn:a}top {}id=\"1\"({urn:a}child(\" text \"))");
  assert_tree (hs_node_copy_tag (other, f->top), "{urn:a}top {}id=\"1\"()");
  hs_block_unref (other);
}

static void
test_text (Fixture *f, gconstpointer data)
{
  g_autofree char *value = NULL;

  g_assert_cmpstr (hs_node_get_text (f->top), ==, NULL);
  g_assert_null (hs_node_dup_value (f->top));
  hs_node_set_text (f->top, "\n one ");
  add_child (f->top, "child");
  hs_node_append_text (f->top, "two\t", 4);
  g_assert_cmpstr (hs_node_get_text (f->top), ==, "\n one two\t");
  value = hs_node_dup_value (f->top);
  g_assert_cmpstr (value, ==, "one two");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/node/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("tree", test_tree);
  ADD ("attributes", test_attributes);
  ADD ("copies", test_copies);
  ADD ("text", test_text);
  return g_test_run ();
}
