/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "xml/hs-node.h"

/* The memory of a tree: one block, which grows and is used again. */

static HsNode *
fill (HsBlock *block, guint n)
{
  HsNode *top = hs_node_new (block, "top", "urn:a");

  for (guint i = 0; i < n; i++)
    {
      HsNode *child = hs_node_new_child (top, "child");

      hs_node_append (top, child);
      hs_node_set_text (child, "some text that takes memory");
    }
  return top;
}

static void
test_size (void)
{
  HsBlock *block = hs_block_new (NULL);
  gsize small, large;

  fill (block, 10);
  small = hs_block_get_size (block);
  fill (block, 1000);
  large = hs_block_get_size (block);
  g_assert_cmpuint (small, >, 10 * sizeof (HsNode));
  g_assert_cmpuint (large, >, 1000 * sizeof (HsNode));
  g_assert_cmpuint (large, <, 2000 * (sizeof (HsNode) + 100));
  hs_block_unref (block);
}

static void
test_strings (void)
{
  HsBlock *block = hs_block_new (NULL);
  g_autofree char *large = g_strnfill (100000, 'x');

  g_assert_cmpstr (hs_block_strndup (block, "cut here", 3), ==, "cut");
  g_assert_cmpstr (hs_block_strndup (block, "", 0), ==, "");
  g_assert_cmpstr (hs_block_strndup (block, large, 100000), ==, large);
  hs_block_unref (block);
}

/* A block of somebody else as well is not used again. */
static void
test_reset (void)
{
  HsBlock *block = hs_block_new (NULL);
  HsBlock *held = hs_block_ref (block);
  gsize full;

  fill (block, 5);
  full = hs_block_get_size (block);
  g_assert_false (hs_block_try_reset (block, NULL));
  hs_block_unref (held);
  g_assert_true (hs_block_try_reset (block, NULL));
  g_assert_cmpuint (hs_block_get_size (block), <, full);
  fill (block, 5);
  g_assert_cmpuint (hs_block_get_size (block), ==, full);
  hs_block_unref (block);
}

/* A tree that comes into another lives as long as that. */
static void
test_merge (void)
{
  HsBlock *block = hs_block_new (NULL);
  HsBlock *other = hs_block_new (NULL);
  HsNode *top = fill (block, 1);
  HsNode *inner = fill (other, 3);

  hs_block_merge (block, other);
  hs_node_append (top, inner);
  hs_block_unref (other);
  g_assert_true (hs_node_get_block (inner) == hs_node_get_block (top));
  g_assert_cmpstr (hs_node_get_text (inner->last), ==, "some text that takes memory");
  hs_block_unref (block);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block/size", test_size);
  g_test_add_func ("/block/strings", test_strings);
  g_test_add_func ("/block/reset", test_reset);
  g_test_add_func ("/block/merge", test_merge);
  return g_test_run ();
}
