/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-node-private.h"

/* The nodes that were detached from a tree. They are freed when nobody holds them any more, so that a tree that is
 * changed again and again does not grow.
 *
 * A block's memory is freed as a whole, so a tree from which something was detached gives each new element, attribute
 * and long text memory of its own (hs_block_alloc_loose()), and a block that was merged into it is freed once none of
 * its nodes is left. What was detached is looked through when the tree has taken as much memory since the last time
 * as that looking costs: all calls together take linear time.
 *
 * Only views keep a node. While anybody else has the block (a parser, the dispatcher, a thread that is about to drop
 * the last reference on a view), nothing is freed. */

/* The nodes that were detached last are kept: a program may still use one without a reference on it. */
#define N_RECENT 32

/* The least growth that is looked after. */
#define LEAST_GROWTH (16 * 1024)

static HsDetached *
ensure (HsBlock *block)
{
  if (block->detached == NULL)
    {
      block->detached = g_new0 (HsDetached, 1);
      block->detached->nodes = g_ptr_array_new ();
      block->detached->size = block->size;
      block->detached->sweep_growth = LEAST_GROWTH;
    }
  return block->detached;
}

/* Leaves out the places of those that have been appended since. */
static void
compact (HsDetached *self)
{
  guint n_kept = 0;

  for (guint i = 0; i < self->nodes->len; i++)
    {
      HsNode *node = g_ptr_array_index (self->nodes, i);

      if (node == NULL)
        continue;
      node->detached_at = n_kept;
      g_ptr_array_index (self->nodes, n_kept++) = node;
    }
  g_ptr_array_set_size (self->nodes, n_kept);
}

void
hs_detached_note (HsBlock *block, HsNode *node)
{
  HsDetached *self = ensure (block);

  if (node->detached)
    return;
  if (self->nodes->len >= 2 * self->n_nodes + 64)
    compact (self);
  hs_detached_add (self, node);
}

void
hs_detached_take (HsBlock *block, HsNode *node)
{
  HsDetached *self = block->detached;

  g_ptr_array_index (self->nodes, node->detached_at) = NULL;
  self->n_nodes--;
  node->detached = FALSE;
  node->prev = NULL;
}

/* ---- Freeing ---- */

/* A block that was merged, and of which no node is left. Others may have been merged into it before. */
static void
free_empty (HsBlock *block)
{
  while (block->forward != NULL && block->n_nodes == 0 && block->n_forwarded == 0)
    {
      HsBlock *into = block->forward;

      hs_block_free_merged (block);
      into->n_forwarded--;
      block = into;
    }
}

/* A text node of the tree's own block is used again. */
void
hs_detached_drop_text (HsBlock *block, HsNode *text)
{
  HsBlock *home = text->block;

  if (home == block)
    {
      text->gap = FALSE;
      text->next = block->spare_texts;
      block->spare_texts = text;
      return;
    }
  hs_block_free_loose (block, text->text);
  home->n_nodes--;
  free_empty (home);
}

static void
free_element (HsBlock *block, HsNode *node)
{
  HsBlock *home = node->block;
  HsAttribute *next;

  for (HsAttribute *attribute = node->attributes; attribute != NULL; attribute = next)
    {
      next = attribute->next;
      hs_block_forget_parsed (block, attribute->value);
      hs_block_free_loose (block, attribute);
    }
  hs_block_free_loose (block, node->joined);
  if (node->renamed)
    {
      hs_block_free_loose (block, node->name);
      hs_block_free_loose (block, node->namespace_);
    }
  if (node->loose)
    hs_block_free_loose (block, node);
  home->n_nodes--;
  free_empty (home);
}

/* Without recursion: from the leaves to the root. */
static void
free_tree (HsBlock *block, HsNode *root)
{
  HsNode *node = root;

  while (node != NULL)
    {
      HsNode *next;

      if (node->name != NULL && node->first != NULL)
        {
          node = node->first;
          continue;
        }
      next = node->next;
      if (next == NULL && node != root)
        {
          next = node->parent;
          next->first = NULL;
        }
      if (node->name != NULL)
        free_element (block, node);
      else
        hs_detached_drop_text (block, node);
      node = next;
    }
}

/* ---- Sweeping ---- */

/* Somebody has a reference on the view, or may still touch it: a view that was taken back in another thread is
 * touched there for a moment. */
static gboolean
is_view_held (const HsView *view)
{
  return view->owner || view->to_release || g_atomic_int_get ((int *) &view->object->ref_count) > 1 ||
         (view->reviver != NULL && view->reviver != g_thread_self ());
}

static gboolean
is_held (HsNode *root, gsize *cost)
{
  HsNode *node = root;

  while (node != NULL)
    {
      ++*cost;
      if (node->name != NULL && (node->unfinished || (node->view != NULL && is_view_held (node->view))))
        return TRUE;
      node = hs_node_next_in (root, node);
    }
  return FALSE;
}

static void
take_views (HsBlock *block, HsNode *root, GPtrArray *views)
{
  for (HsNode *node = root; node != NULL; node = hs_node_next_in (root, node))
    {
      if (node->name == NULL || node->view == NULL)
        continue;
      g_ptr_array_add (views, node->view->object);
      hs_view_unlink (block, node->view);
    }
}

/* With the lock. The cost is that of what stays: what goes is looked at once. */
static gsize
collect (HsBlock *block, GPtrArray *gone, GPtrArray *views)
{
  HsDetached *self = block->detached;
  guint n_looked_at = self->nodes->len > N_RECENT ? self->nodes->len - N_RECENT : 0;
  gsize cost = 0;

  for (guint i = 0; i < n_looked_at; i++)
    {
      HsNode *node = g_ptr_array_index (self->nodes, i);
      gsize looked = 0;

      if (node == NULL)
        continue;
      if (is_held (node, &looked))
        {
          cost += looked;
          continue;
        }
      take_views (block, node, views);
      hs_detached_take (block, node);
      g_ptr_array_add (gone, node);
    }
  compact (self);
  return cost;
}

static void
sweep (HsBlock *block)
{
  HsDetached *self = block->detached;
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  g_autoptr (GPtrArray) views = g_ptr_array_new_with_free_func (g_object_unref);
  gsize cost = 0;

  g_mutex_lock (&block->lock);
  if (g_atomic_int_get (&block->owners) == block->view_owners)
    cost = collect (block, gone, views);
  g_mutex_unlock (&block->lock);
  for (guint i = 0; i < gone->len; i++)
    free_tree (block, g_ptr_array_index (gone, i));
  self->grown = 0;
  self->size = block->size;
  self->sweep_growth = MAX (LEAST_GROWTH, cost * sizeof (HsNode));
  /* Views are released as this returns, when all is done: the program's code may run. */
}

void
hs_detached_tidy (HsBlock *block)
{
  HsDetached *self = block->detached;

  if (self->grown + (block->size - self->size) >= self->sweep_growth)
    sweep (block);
}
