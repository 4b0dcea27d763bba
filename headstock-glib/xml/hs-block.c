/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-node-private.h"

/* A chat message with its attributes fits into the first chunk. */
#define MAX_CHUNK_SIZE (64 * 1024)

/* One lock for all views: held for a few instructions, and hardly ever from two threads at once
 * (PyGObject finalises in whichever thread drops an object). */
static GMutex views_lock;

/* Long after any thread has come back from g_object_unref(). */
#define GRAVE_TIME G_USEC_PER_SEC

struct _HsNames
{
  int ref_count;
  gpointer dictionary;
  GDestroyNotify free_dictionary;
};

HsNames *
hs_names_new (gpointer dictionary, GDestroyNotify free_dictionary)
{
  HsNames *self = g_new (HsNames, 1);

  self->ref_count = 1;
  self->dictionary = dictionary;
  self->free_dictionary = free_dictionary;
  return self;
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
  HsBlock *self = g_malloc (sizeof (HsBlock));

  memset (self, 0, G_STRUCT_OFFSET (HsBlock, first));
  self->owners = 1;
  self->names = names != NULL ? hs_names_ref (names) : NULL;
  self->position = self->first;
  self->end = self->first + sizeof self->first;
  return self;
}

HsBlock *
hs_block_ref (HsBlock *self)
{
  self = hs_block_resolve (self);
  g_atomic_int_inc (&self->owners);
  return self;
}

/* Large texts are the one thing in a block that is not in its chunks; the nodes must still be there. */
static void
free_texts (HsBlock *self)
{
  for (guint i = 0; self->texts != NULL && i < self->texts->len; i++)
    g_free (((HsNode *) g_ptr_array_index (self->texts, i))->text);
  g_clear_pointer (&self->texts, g_ptr_array_unref);
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
block_free (HsBlock *self)
{
  HsBlock *block;

  for (block = self; block != NULL; block = block->merged)
    free_texts (block);
  while (self != NULL)
    {
      block = self;
      self = block->merged;
      free_chunks (block);
      g_clear_pointer (&block->names, hs_names_unref);
      g_free (block);
    }
}

static gboolean
is_kept (HsView *view)
{
  return !view->owner && g_atomic_int_get ((int *) &view->object->ref_count) > 1;
}

/* A view that the block holds and somebody else too. */
static HsView *
find_kept (HsBlock *self)
{
  HsView *view = self->views;

  while (view != NULL && !is_kept (view))
    view = view->next;
  return view;
}

/* References that are released later. */
typedef struct
{
  GObject *object;
  gint64 time;
} Grave;

static GArray *graves;

/* The block's reference on a view that becomes an owner: for the caller to release without the lock, or
 * NULL. A view that was taken back while another thread was in g_object_unref() is still touched there
 * for a moment after its count has gone down (GLib 2.74 thaws its notifications): it is released when
 * that thread is far away. */
static GObject *
give_back (HsView *view)
{
  Grave grave = { view->object, g_get_monotonic_time () };

  if (view->reviver == NULL || view->reviver == g_thread_self ())
    return view->object;
  if (graves == NULL)
    graves = g_array_new (FALSE, FALSE, sizeof (Grave));
  g_array_append_val (graves, grave);
  return NULL;
}

/* Called with the lock, which is not held meanwhile. */
static void
open_graves (void)
{
  while (graves != NULL && graves->len > 0)
    {
      Grave grave = g_array_index (graves, Grave, 0);

      if (grave.time + GRAVE_TIME > g_get_monotonic_time ())
        return;
      g_array_remove_index (graves, 0);
      g_mutex_unlock (&views_lock);
      g_object_unref (grave.object);
      g_mutex_lock (&views_lock);
    }
}

static void
make_owner (HsBlock *self, HsView *view)
{
  view->owner = TRUE;
  g_atomic_int_inc (&self->owners);
}

/* The last owner has gone. Views that somebody else holds live on as owners, and the block gives its
 * references on them back; it goes on holding the others for them, since they were lent as long as what
 * they came from lives. Where nobody holds any, all go. */
static void
hand_over (HsBlock *self)
{
  HsView *view;
  gboolean any_kept = find_kept (self) != NULL;

  for (view = self->views; view != NULL; view = view->next)
    {
      if (is_kept (view) || (!any_kept && !view->owner))
        {
          make_owner (self, view);
          view->to_release = TRUE;
        }
    }
  self->letting_go = !any_kept;
  /* Ours, so that the block outlives the loop. */
  g_atomic_int_inc (&self->owners);
  for (;;)
    {
      GObject *object;

      for (view = self->views; view != NULL && !view->to_release; view = view->next)
        continue;
      if (view == NULL)
        break;
      view->to_release = FALSE;
      object = give_back (view);
      g_mutex_unlock (&views_lock);
      if (object != NULL)
        g_object_unref (object);
      g_mutex_lock (&views_lock);
    }
  self->letting_go = FALSE;
  open_graves ();
}

void
hs_block_unref (HsBlock *self)
{
  gboolean last;

  g_mutex_lock (&views_lock);
  self = hs_block_resolve (self);
  last = g_atomic_int_dec_and_test (&self->owners);
  /* Again where a view was found meanwhile, and so taken back, by somebody who has gone since. */
  while (last && self->views != NULL)
    {
      hand_over (self);
      last = g_atomic_int_dec_and_test (&self->owners);
    }
  g_mutex_unlock (&views_lock);
  if (last)
    block_free (self);
}

gboolean
hs_block_try_reset (HsBlock *self, HsNames *names)
{
  if (self->forward != NULL || self->merged != NULL || self->views != NULL ||
      g_atomic_int_get (&self->owners) != 1)
    return FALSE;
  if (self->texts != NULL)
    free_texts (self);
  if (self->chunks != NULL)
    free_chunks (self);
  if (self->names != names)
    {
      g_clear_pointer (&self->names, hs_names_unref);
      self->names = names != NULL ? hs_names_ref (names) : NULL;
    }
  self->position = self->first;
  self->end = self->first + sizeof self->first;
  self->chunk_size = 0;
  self->spare_texts = NULL;
  self->size = 0;
  return TRUE;
}

gsize
hs_block_get_size (HsBlock *self)
{
  return hs_block_resolve (self)->size;
}

gpointer
hs_block_alloc_slow (HsBlock *self, gsize size)
{
  HsChunk *chunk;
  gsize want = MAX (self->chunk_size * 2, sizeof self->first * 2);

  want = MIN (want, MAX_CHUNK_SIZE);
  if (size > want / 4)
    {
      /* One of its own, and the rest of the current chunk stays in use. */
      chunk = g_malloc (sizeof (HsChunk) + size);
      chunk->next = self->chunks;
      self->chunks = chunk;
      return chunk + 1;
    }
  chunk = g_malloc (sizeof (HsChunk) + want);
  chunk->next = self->chunks;
  self->chunks = chunk;
  self->chunk_size = want;
  self->position = (char *) (chunk + 1) + size;
  self->end = (char *) (chunk + 1) + want;
  return chunk + 1;
}

char *
hs_block_strndup (HsBlock *self, const char *string, gsize length)
{
  char *result = hs_block_alloc (self, length + 1);

  memcpy (result, string, length);
  result[length] = '\0';
  return result;
}

void
hs_block_merge (HsBlock *self, HsBlock *other)
{
  HsBlock *tail;

  g_mutex_lock (&views_lock);
  self = hs_block_resolve (self);
  other = hs_block_resolve (other);
  /* The smaller into the larger: a tree that is put together from many stays quick to look through. */
  if (other->n_merged > self->n_merged)
    {
      HsBlock *larger = other;

      other = self;
      self = larger;
    }
  if (self != other)
    {
      self->n_merged += other->n_merged + 1;
      g_atomic_int_add (&self->owners, g_atomic_int_get (&other->owners));
      self->size += other->size;
      other->forward = self;
      for (tail = other; tail->merged != NULL; tail = tail->merged)
        continue;
      tail->merged = self->merged;
      self->merged = other;
      if (other->views != NULL)
        {
          HsView *last = other->views;

          while (last->next != NULL)
            last = last->next;
          last->next = self->views;
          if (self->views != NULL)
            self->views->prev = last;
          self->views = other->views;
          other->views = NULL;
        }
    }
  g_mutex_unlock (&views_lock);
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

static HsBlock *
unlink_view (HsView *self)
{
  HsBlock *block = hs_block_resolve (self->node->block);

  if (self->node->view == self)
    g_atomic_pointer_set (&self->node->view, NULL);
  if (self->prev != NULL)
    self->prev->next = self->next;
  else
    block->views = self->next;
  if (self->next != NULL)
    self->next->prev = self->prev;
  self->next = self->prev = NULL;
  self->node = NULL;
  return block;
}

/* The node's view, borrowed: it lives as long as what the caller came from. */
GObject *
hs_node_peek_view (HsNode *self)
{
  GObject *object = NULL;

  if (g_atomic_pointer_get (&self->view) == NULL)
    return NULL;
  g_mutex_lock (&views_lock);
  if (self->view != NULL)
    {
      HsView *view = self->view;

      object = view->object;
      view->lent = TRUE;
      if (view->to_release)
        {
          /* Another thread is about to release it. Whoever looks for it here has an owner, which
           * counts on it: the block keeps its reference. */
          view->to_release = FALSE;
          view->owner = FALSE;
          g_atomic_int_add (&hs_block_resolve (self->block)->owners, -1);
        }
    }
  g_mutex_unlock (&views_lock);
  return object;
}

/* The block takes over the caller's reference. Returns the node's view: another one, where another
 * thread was first. */
GObject *
hs_view_bind_held (HsView *self, HsNode *node)
{
  GObject *object;

  g_mutex_lock (&views_lock);
  if (node->view == NULL)
    {
      self->owner = FALSE;
      self->lent = TRUE;
      link_view (self, node);
    }
  object = node->view->object;
  g_mutex_unlock (&views_lock);
  return object;
}

void
hs_view_bind_owner (HsView *self, HsNode *node)
{
  g_mutex_lock (&views_lock);
  make_owner (hs_block_resolve (node->block), self);
  link_view (self, node);
  g_mutex_unlock (&views_lock);
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
        unlink_view (self);
      return held;
    }
  g_mutex_lock (&views_lock);
  held = !self->owner && self->object->ref_count == 1;
  if (held)
    unlink_view (self);
  g_mutex_unlock (&views_lock);
  return held;
}

/* An owner that was lent, and whose last reference is just going, is held by the block from now on where
 * the block has another owner, or finds one. No reference is taken when it is lent: that could call a
 * binding, which has a lock of its own; here there are no toggle references any more. */
static gboolean
take_back (HsView *self, GObject **release)
{
  HsBlock *block = hs_block_resolve (self->node->block);

  if (!self->owner || !self->lent || block->letting_go)
    return FALSE;
  if (g_atomic_int_get (&block->owners) == 1)
    {
      HsView *kept = find_kept (block);

      if (kept == NULL)
        return FALSE;
      make_owner (block, kept);
      *release = give_back (kept);
    }
  g_object_ref (self->object);
  self->reviver = g_thread_self ();
  self->owner = FALSE;
  g_atomic_int_add (&block->owners, -1);
  return TRUE;
}

/* Called from dispose, where the last reference may just be going: from here on nobody finds the view
 * through its node. TRUE where the block has taken it back instead: it is to be left as it is. */
gboolean
hs_view_disposing (HsView *self)
{
  GObject *release = NULL;
  gboolean taken = FALSE;

  g_mutex_lock (&views_lock);
  if (self->node != NULL && self->node->view == self &&
      g_atomic_int_get ((int *) &self->object->ref_count) == 1)
    {
      taken = take_back (self, &release);
      if (!taken)
        g_atomic_pointer_set (&self->node->view, NULL);
    }
  g_mutex_unlock (&views_lock);
  if (release != NULL)
    g_object_unref (release);
  return taken;
}

/* Called from finalize. */
void
hs_view_release (HsView *self)
{
  HsBlock *block = NULL;
  gboolean owner;

  g_mutex_lock (&views_lock);
  owner = self->owner;
  if (self->node != NULL)
    block = unlink_view (self);
  g_mutex_unlock (&views_lock);
  if (block != NULL && owner)
    hs_block_unref (block);
}
