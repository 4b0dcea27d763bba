/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-node-private.h"

/* What is parsed stays in a few blocks, which are used again and again, with room for most stanzas. What is built gets
 * one each time, that malloc() hands out without a search (up to 1,032 bytes with glibc): a chat message fits in. */
#define PARSED_SIZE 2048
#define BUILT_SIZE 1024

/* Long after any thread has come back from g_object_unref(). */
#define GRAVE_TIME G_USEC_PER_SEC

struct _HsNames
{
  int ref_count;
  gpointer dictionary;
  GDestroyNotify free_dictionary;
  HsNamesOwnsFunc owns;
};

HsNames *
hs_names_new (gpointer dictionary, GDestroyNotify free_dictionary, HsNamesOwnsFunc owns)
{
  HsNames *self = g_new (HsNames, 1);

  self->ref_count = 1;
  self->dictionary = dictionary;
  self->free_dictionary = free_dictionary;
  self->owns = owns;
  return self;
}

gboolean
hs_names_owns (HsNames *self, const char *name)
{
  return self->owns (self->dictionary, name);
}

HsNames *
hs_names_ref (HsNames *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
hs_names_unref (HsNames *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  self->free_dictionary (self->dictionary);
  g_free (self);
}

HsBlock *
hs_block_new (HsNames *names)
{
  const gsize size = names != NULL ? PARSED_SIZE : BUILT_SIZE;
  HsBlock *self = g_malloc (size);

  /* A GMutex of zeroes is ready for use. */
  memset (self, 0, G_STRUCT_OFFSET (HsBlock, first));
  self->owners = 1;
  self->names = names != NULL ? hs_names_ref (names) : NULL;
  self->first_size = size - G_STRUCT_OFFSET (HsBlock, first);
  self->position = self->first;
  self->end = self->first + self->first_size;
  return self;
}

/* Views are finalised in whichever thread drops them (PyGObject), so each tree has a lock for its views.
 * Returns the block that @self is part of, with its lock held. */
static HsBlock *
lock_block (HsBlock *self)
{
  for (;;)
    {
      self = hs_block_resolve (self);
      g_mutex_lock (&self->lock);
      if (G_LIKELY (self->forward == NULL))
        return self;
      g_mutex_unlock (&self->lock);
    }
}

HsBlock *
hs_block_ref (HsBlock *self)
{
  self = hs_block_resolve (self);
  g_atomic_int_inc (&self->owners);
  return self;
}

static void
free_chunks (HsBlock *self)
{
  HsChunk *chunk = self->chunks;

  while (chunk != NULL)
    {
      HsChunk *next = chunk->next;

      g_free (chunk);
      chunk = next;
    }
  self->chunks = NULL;
}

static void
free_parsed (HsBlock *self)
{
  HsParsedValues *values = g_steal_pointer (&self->parsed);

  for (guint i = 0; i < values->n_used; i++)
    {
      if (values->entries[i].parsed != NULL)
        values->type->unref (values->entries[i].parsed);
    }
  g_free (values);
}

static void
free_detached (HsBlock *self)
{
  HsDetached *detached = g_steal_pointer (&self->detached);

  g_ptr_array_unref (detached->nodes);
  g_free (detached);
}

/* Frees one block, without the blocks that were merged into it. */
static void
free_one (HsBlock *self)
{
  free_chunks (self);
  if (self->parsed != NULL)
    free_parsed (self);
  g_clear_pointer (&self->names, hs_names_unref);
  g_clear_pointer (&self->loose, g_hash_table_unref);
  if (self->detached != NULL)
    free_detached (self);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static void
block_free (HsBlock *self)
{
  while (self != NULL)
    {
      HsBlock *block = self;

      self = block->merged;
      free_one (block);
    }
}

void
hs_block_free_merged (HsBlock *self)
{
  self->merged_prev->merged = self->merged;
  if (self->merged != NULL)
    self->merged->merged_prev = self->merged_prev;
  free_one (self);
}

/* References that are released later. */
typedef struct
{
  GObject *object;
  gint64 time;
} Grave;

static GMutex graves_lock;
static GQueue graves = G_QUEUE_INIT;

/* The block's reference on a view that becomes an owner: for the caller to release without the lock, or
 * NULL. A view that was taken back while another thread was in g_object_unref() is still touched there
 * for a moment after its count has gone down (GLib 2.74 thaws its notifications): it is released when
 * that thread is far away. */
static GObject *
give_back (HsView *view)
{
  Grave *grave;

  if (view->reviver == NULL || view->reviver == g_thread_self ())
    return view->object;
  grave = g_new (Grave, 1);
  grave->object = view->object;
  grave->time = g_get_monotonic_time ();
  g_mutex_lock (&graves_lock);
  g_queue_push_tail (&graves, grave);
  g_mutex_unlock (&graves_lock);
  return NULL;
}

static void
open_graves (void)
{
  for (;;)
    {
      Grave *grave;

      g_mutex_lock (&graves_lock);
      grave = g_queue_peek_head (&graves);
      if (grave != NULL && grave->time + GRAVE_TIME > g_get_monotonic_time ())
        grave = NULL;
      if (grave != NULL)
        g_queue_pop_head (&graves);
      g_mutex_unlock (&graves_lock);
      if (grave == NULL)
        return;
      g_object_unref (grave->object);
      g_free (grave);
    }
}

static void
make_owner (HsBlock *self, HsView *view)
{
  view->owner = TRUE;
  self->view_owners++;
  g_atomic_int_inc (&self->owners);
}

/* Makes @view an owner, whose reference release_views() gives back. */
static void
plan_release (HsBlock *self, HsView *view, GPtrArray *views)
{
  make_owner (self, view);
  view->to_release = TRUE;
  g_ptr_array_add (views, view);
}

/* Makes those views owners that the block holds and somebody else too, from @first up to @end. */
static void
adopt_range (HsBlock *self, HsView *first, HsView *end, GPtrArray *views)
{
  for (HsView *view = first; view != end; view = view->next)
    {
      if (!view->owner && g_atomic_int_get ((int *) &view->object->ref_count) > 1)
        plan_release (self, view, views);
    }
}

/* Makes owners of all views that somebody else holds too. A view can come to be held by somebody else only
 * when it is lent, and then it stands before those that were looked at earlier: those are looked at again
 * only if no other is found. So all calls together take linear time. */
static void
adopt_kept (HsBlock *self, GPtrArray *views)
{
  HsView *seen = self->seen;

  adopt_range (self, self->views, seen, views);
  self->seen = self->views;
  if (views->len == 0)
    adopt_range (self, seen, NULL, views);
}

/* Gives back the references on views that have become owners, without the lock: the program's code may run.
 * The caller is an owner of @self. */
static void
release_views (HsBlock *self, GPtrArray *views)
{
  for (guint i = 0; i < views->len; i++)
    {
      HsView *view = g_ptr_array_index (views, i);
      GObject *object = NULL;

      self = lock_block (self);
      /* hs_node_peek_view() may have taken the view back for another thread meanwhile. */
      if (view->to_release)
        {
          view->to_release = FALSE;
          object = give_back (view);
        }
      g_mutex_unlock (&self->lock);
      if (object != NULL)
        g_object_unref (object);
    }
  g_ptr_array_unref (views);
}

/* Called when the last owner is gone, with the lock held; the lock is released meanwhile, and held again on return.
 * If the program holds references on some views, each of these becomes an owner of the block, and the block gives its
 * own reference on it back. The block keeps the other views alive for them: a program may use a borrowed element as
 * long as the element that it came from lives. If the program holds no view, the block releases all views. */
static HsBlock *
hand_over (HsBlock *self)
{
  GPtrArray *views = g_ptr_array_new ();

  adopt_kept (self, views);
  if (views->len == 0)
    {
      self->letting_go = TRUE;
      for (HsView *view = self->views; view != NULL; view = view->next)
        {
          if (!view->owner)
            plan_release (self, view, views);
        }
    }
  /* Own the block here, so that it outlives the releases. */
  g_atomic_int_inc (&self->owners);
  g_mutex_unlock (&self->lock);
  release_views (self, views);
  open_graves ();
  self = lock_block (self);
  self->letting_go = FALSE;
  return self;
}

void
hs_block_unref (HsBlock *self)
{
  gboolean last;

  self = lock_block (self);
  last = g_atomic_int_dec_and_test (&self->owners);
  /* Repeat this if another thread has found a view meanwhile, and has dropped it again. */
  while (last && self->views != NULL)
    {
      self = hand_over (self);
      last = g_atomic_int_dec_and_test (&self->owners);
    }
  g_mutex_unlock (&self->lock);
  if (last)
    block_free (self);
}

gboolean
hs_block_try_reset (HsBlock *self, HsNames *names)
{
  if (self->forward != NULL || self->merged != NULL || self->views != NULL ||
      g_atomic_int_get (&self->owners) != 1)
    return FALSE;
  /* Most stanzas need nothing but the first chunk. */
  if (G_UNLIKELY (((guintptr) self->detached | (guintptr) self->chunks | (guintptr) self->parsed |
                   (guintptr) self->loose) != 0))
    {
      if (self->detached != NULL)
        free_detached (self);
      free_chunks (self);
      if (self->parsed != NULL)
        free_parsed (self);
      g_clear_pointer (&self->loose, g_hash_table_unref);
    }
  if (self->names != names)
    {
      g_clear_pointer (&self->names, hs_names_unref);
      self->names = names != NULL ? hs_names_ref (names) : NULL;
    }
  self->position = self->first;
  self->end = self->first + self->first_size;
  self->chunk_size = 0;
  self->spare_texts = NULL;
  self->n_nodes = 0;
  self->size = 0;
  return TRUE;
}

/* Locks two blocks, in the order of their addresses. FALSE, and nothing locked, if both are one. */
static gboolean
lock_blocks (HsBlock **a, HsBlock **b)
{
  for (;;)
    {
      *a = hs_block_resolve (*a);
      *b = hs_block_resolve (*b);
      if (*a == *b)
        return FALSE;
      g_mutex_lock (*a < *b ? &(*a)->lock : &(*b)->lock);
      g_mutex_lock (*a < *b ? &(*b)->lock : &(*a)->lock);
      if ((*a)->forward == NULL && (*b)->forward == NULL)
        return TRUE;
      g_mutex_unlock (&(*a)->lock);
      g_mutex_unlock (&(*b)->lock);
    }
}

static void
merge_views (HsBlock *self, HsBlock *other)
{
  HsView *last = other->views;

  if (last == NULL)
    return;
  while (last->next != NULL)
    last = last->next;
  last->next = self->views;
  if (self->views != NULL)
    self->views->prev = last;
  self->views = other->views;
  other->views = other->seen = NULL;
}

/* Moves the loose nodes of @other to @self, since they are looked up in the block that @other is merged into. */
static void
merge_loose (HsBlock *self, HsBlock *other)
{
  GHashTableIter iter;
  gpointer key;

  if (other->loose == NULL)
    return;
  if (self->loose == NULL)
    {
      self->loose = g_steal_pointer (&other->loose);
      return;
    }
  if (g_hash_table_size (other->loose) > g_hash_table_size (self->loose))
    {
      GHashTable *larger = other->loose;

      other->loose = self->loose;
      self->loose = larger;
    }
  g_hash_table_iter_init (&iter, other->loose);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_add (self->loose, key);
    }
}

/* Moves the entries of the shorter list into the longer one. */
static void
merge_detached (HsBlock *self, HsBlock *other)
{
  HsDetached *from = other->detached;

  if (self->detached == NULL || (from != NULL && from->nodes->len > self->detached->nodes->len))
    {
      other->detached = self->detached;
      self->detached = from;
      from = other->detached;
    }
  if (self->detached == NULL)
    return;
  self->detached->grown += G_STRUCT_OFFSET (HsBlock, first) + other->first_size;
  if (from == NULL)
    return;
  for (guint i = 0; i < from->nodes->len; i++)
    {
      HsNode *node = g_ptr_array_index (from->nodes, i);

      if (node != NULL)
        hs_detached_add (self->detached, node);
    }
  self->detached->grown += from->grown;
  free_detached (other);
}

void
hs_block_merge (HsBlock *self, HsBlock *other)
{
  HsBlock *tail;

  if (!lock_blocks (&self, &other))
    return;
  /* The smaller into the larger: a tree that is put together from many stays quick to look through. */
  if (other->n_merged > self->n_merged)
    {
      HsBlock *larger = other;

      other = self;
      self = larger;
    }
  self->n_merged += other->n_merged + 1;
  self->n_forwarded++;
  self->view_owners += other->view_owners;
  g_atomic_int_add (&self->owners, g_atomic_int_get (&other->owners));
  self->size += other->size;
  g_atomic_pointer_set (&other->forward, self);
  for (tail = other; tail->merged != NULL; tail = tail->merged)
    continue;
  tail->merged = self->merged;
  if (tail->merged != NULL)
    tail->merged->merged_prev = tail;
  self->merged = other;
  other->merged_prev = self;
  merge_views (self, other);
  merge_loose (self, other);
  merge_detached (self, other);
  g_mutex_unlock (&other->lock);
  g_mutex_unlock (&self->lock);
}

static void
link_view (HsView *self, HsNode *node)
{
  HsBlock *block = hs_block_resolve (node->block);

  self->node = node;
  g_atomic_pointer_set (&node->view, self);
  self->prev = NULL;
  self->next = block->views;
  if (block->views != NULL)
    block->views->prev = self;
  block->views = self;
}

static void
unlink_from_list (HsBlock *block, HsView *self)
{
  if (block->seen == self)
    block->seen = self->next;
  if (self->prev != NULL)
    self->prev->next = self->next;
  else
    block->views = self->next;
  if (self->next != NULL)
    self->next->prev = self->prev;
  self->next = self->prev = NULL;
}

void
hs_view_unlink (HsBlock *block, HsView *self)
{
  if (self->node->view == self)
    g_atomic_pointer_set (&self->node->view, NULL);
  unlink_from_list (block, self);
  self->node = NULL;
}

/* For adopt_kept(), which looks at what was lent last. */
static void
move_to_front (HsBlock *block, HsView *self)
{
  if (block->views == self)
    return;
  unlink_from_list (block, self);
  self->next = block->views;
  block->views->prev = self;
  block->views = self;
}

/* The node's view, borrowed: it lives as long as what the caller came from. */
GObject *
hs_node_peek_view (HsNode *self)
{
  GObject *object = NULL;
  HsBlock *block;

  if (g_atomic_pointer_get (&self->view) == NULL)
    return NULL;
  block = lock_block (self->block);
  if (self->view != NULL)
    {
      HsView *view = self->view;

      object = view->object;
      view->lent = TRUE;
      if (view->to_release)
        {
          /* Another thread is about to release the view. The caller owns the block or a view of it, and may use
           * this view as long: so the block keeps its reference. */
          view->to_release = FALSE;
          view->owner = FALSE;
          block->view_owners--;
          g_atomic_int_add (&block->owners, -1);
        }
      move_to_front (block, view);
    }
  g_mutex_unlock (&block->lock);
  return object;
}

/* The block takes over the caller's reference. Returns the node's view: another one, where another
 * thread was first. */
GObject *
hs_view_bind_held (HsView *self, HsNode *node)
{
  HsBlock *block = lock_block (node->block);
  GObject *object;

  if (node->view == NULL)
    {
      self->owner = FALSE;
      self->lent = TRUE;
      link_view (self, node);
    }
  else
    move_to_front (block, node->view);
  object = node->view->object;
  g_mutex_unlock (&block->lock);
  return object;
}

void
hs_view_bind_owner (HsView *self, HsNode *node)
{
  HsBlock *block = lock_block (node->block);

  make_owner (block, self);
  link_view (self, node);
  g_mutex_unlock (&block->lock);
}

/* For the dispatcher's own view of a block that nobody else has seen: no lock is needed. The
 * reference stays the caller's while the block counts as its holder. */
void
hs_view_bind_only (HsView *self, HsNode *node)
{
  self->owner = FALSE;
  self->lent = FALSE;
  link_view (self, node);
}

/* Takes the view from its node. FALSE, and nothing done, where it has become an owner meanwhile. */
gboolean
hs_view_unbind_only (HsView *self)
{
  HsBlock *block = self->node->block;
  gboolean held;

  /* The block has one owner, our caller, and one view, this one, which nobody else has: there is no
   * other thread that could find it. */
  if (block->forward == NULL && block->views == self && self->next == NULL && !self->owner &&
      g_atomic_int_get (&block->owners) == 1)
    {
      held = g_atomic_int_get ((int *) &self->object->ref_count) == 1;
      if (held)
        {
          g_atomic_pointer_set (&self->node->view, NULL);
          self->node = NULL;
          block->views = block->seen = NULL;
        }
      return held;
    }
  block = lock_block (block);
  held = !self->owner && self->object->ref_count == 1;
  if (held)
    hs_view_unlink (block, self);
  g_mutex_unlock (&block->lock);
  return held;
}

/* An owner that was lent, and whose last reference is just going, is held by the block from now on where
 * the block has another owner, or finds one. No reference is taken when it is lent: that could call a
 * binding, which has a lock of its own; here there are no toggle references any more. */
static gboolean
take_back (HsBlock *block, HsView *self, GPtrArray **release)
{
  if (!self->owner || !self->lent || block->letting_go)
    return FALSE;
  if (g_atomic_int_get (&block->owners) == 1)
    {
      GPtrArray *kept = g_ptr_array_new ();

      adopt_kept (block, kept);
      if (kept->len == 0)
        {
          g_ptr_array_unref (kept);
          return FALSE;
        }
      *release = kept;
      /* The caller's, until they are released. */
      g_atomic_int_inc (&block->owners);
    }
  g_object_ref (self->object);
  self->reviver = g_thread_self ();
  self->owner = FALSE;
  block->view_owners--;
  g_atomic_int_add (&block->owners, -1);
  return TRUE;
}

/* Called from dispose, where the last reference may just be going: from here on nobody finds the view
 * through its node. TRUE if the block has taken it back instead: it is to be left as it is. */
gboolean
hs_view_disposing (HsView *self)
{
  GPtrArray *release = NULL;
  gboolean taken = FALSE;
  HsBlock *block;

  if (self->node == NULL)
    return FALSE;
  block = lock_block (self->node->block);
  if (self->node->view == self && g_atomic_int_get ((int *) &self->object->ref_count) == 1)
    {
      taken = take_back (block, self, &release);
      if (!taken)
        {
          g_atomic_pointer_set (&self->node->view, NULL);
          /* The node cannot be seen to have a view any more, and is still this one's. */
          self->leaving = self->owner;
          block->view_owners -= self->leaving;
        }
    }
  g_mutex_unlock (&block->lock);
  if (release != NULL)
    {
      release_views (block, release);
      hs_block_unref (block);
    }
  return taken;
}

/* Called from finalize. */
void
hs_view_release (HsView *self)
{
  HsBlock *block;
  gboolean owner;

  if (self->node == NULL)
    return;
  block = lock_block (self->node->block);
  owner = self->owner;
  if (owner && !self->leaving)
    block->view_owners--;
  hs_view_unlink (block, self);
  g_mutex_unlock (&block->lock);
  if (owner)
    hs_block_unref (block);
}
