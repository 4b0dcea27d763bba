/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

typedef struct _HsChunk HsChunk;
typedef struct _HsDetached HsDetached;

struct _HsChunk
{
  HsChunk *next;
  gpointer align;
};

/* Values of attributes that have been parsed: the last few that were asked for. A stanza has two addresses, and one
 * that carries others has a few more; more than these are parsed again, and nothing has to be searched for long. */
#define HS_N_PARSED 8

typedef struct
{
  const HsParsedType *type;
  guint n_used;
  guint next; /* to be replaced where all are in use */
  struct
  {
    const char *value; /* of the attribute, at its address */
    gpointer parsed;   /* NULL: the value cannot be parsed */
  } entries[HS_N_PARSED];
} HsParsedValues;

/* The nodes that were detached from a tree; see hs-detached.c. */
struct _HsDetached
{
  GPtrArray *nodes; /* each at its detached_at; NULL: has been appended since */
  guint n_nodes;    /* without those */
  gsize grown;      /* bytes outside of the block's chunks since the last sweep */
  gsize size;       /* of the chunks at the last sweep */
  gsize sweep_growth; /* the growth after which the next sweep is due */
};

struct _HsBlock
{
  int owners;
  HsBlock *forward; /* merged into this one */
  HsBlock *merged;  /* list of those merged into us; freed with us, or when they have no nodes left */
  HsBlock *merged_prev;
  guint n_merged;
  guint n_forwarded; /* whose forward we are */
  guint n_nodes;     /* that are in use, by their block */
  gboolean letting_go; /* of all views: none is taken back */
  HsNames *names;
  char *position;
  char *end;
  HsChunk *chunks;
  gsize chunk_size;
  gsize size;
  HsDetached *detached; /* or NULL: nothing was detached yet */
  GMutex lock;         /* of what views share */
  int view_owners;     /* of the owners, those that are views, and not about to go */
  HsView *views;       /* the one that was lent last is the first */
  HsView *seen;        /* this view and those after it have been looked at since they were lent */
  GHashTable *loose;   /* what the program changes, each by itself; see hs_block_alloc_loose() */
  HsNode *spare_texts; /* linked by next */
  HsParsedValues *parsed; /* or NULL: nobody has asked */
  gsize first_size;
  char first[];
};

static inline HsBlock *
hs_block_resolve (HsBlock *self)
{
  HsBlock *forward;

  while (G_UNLIKELY ((forward = g_atomic_pointer_get (&self->forward)) != NULL))
    self = forward;
  return self;
}

/* Called if the current chunk is full. @size is rounded up. */
gpointer hs_block_alloc_slow (HsBlock *self, gsize size);

/* The value at that address is going, or may be another one. */
void hs_block_forget_parsed (HsBlock *self, const char *value);
gpointer hs_block_alloc_loose (HsBlock *self, gsize size);
/* Makes room for more bytes. @memory is loose or in a chunk; its first @used bytes are kept. */
gpointer hs_block_grow_loose (HsBlock *self, gpointer memory, gsize used, gsize size);
void hs_block_free_loose (HsBlock *self, gconstpointer memory);

/* Frees a block that was merged into another one. */
void hs_block_free_merged (HsBlock *self);
/* Takes a view from its node, with the lock. The block's reference is the caller's. */
void hs_view_unlink (HsBlock *self, HsView *view);
/* To an element that has none. */
void hs_node_copy_attributes (HsNode *self, HsNode *from);
/* hs-detached.c; @block is always the one that the others were merged into. */
void hs_detached_note (HsBlock *block, HsNode *node);
void hs_detached_take (HsBlock *block, HsNode *node);
void hs_detached_drop_text (HsBlock *block, HsNode *text);
/* Frees what was detached and is not held, if that is due. Not while the caller has a node that was detached
 * long before. */
void hs_detached_tidy (HsBlock *block);

static inline gpointer
hs_block_alloc (HsBlock *self, gsize size)
{
  char *result = self->position;

  size = (size + 7) & ~(gsize) 7;
  self->size += size;
  if (G_UNLIKELY (size > (gsize) (self->end - result)))
    return hs_block_alloc_slow (self, size);
  self->position = result + size;
  return result;
}

/* Initializes the fields that elements and text have in common. Each field is set by itself: for a memset() of a
 * whole node, compilers write a repeated instruction (`rep stos`), which takes longer to start than all these
 * stores. */
static inline void
hs_node_init_any (HsNode *self, HsBlock *block, const char *name)
{
  self->parent = NULL;
  self->next = NULL;
  self->prev = NULL;
  self->block = block;
  self->name = name;
  self->unfinished = self->forget = self->kind = self->changed = self->gap = 0;
  self->loose = self->renamed = self->detached = self->unused = 0;
  block->n_nodes++;
}

/* Fills what hs_block_alloc() has given. */
static inline void
hs_node_init (HsNode *self, HsBlock *block, const char *name, const char *namespace_)
{
  hs_node_init_any (self, block, name);
  self->namespace_ = namespace_;
  self->attributes = NULL;
  self->first = NULL;
  self->last = NULL;
  self->view = NULL;
  self->joined = NULL;
}

static inline void
hs_detached_add (HsDetached *self, HsNode *node)
{
  node->detached_at = self->nodes->len;
  node->detached = TRUE;
  self->n_nodes++;
  g_ptr_array_add (self->nodes, node);
}

/* The next node in document order inside @root, whose subtree is walked without recursion: depth is
 * the peer's to choose. */
static inline HsNode *
hs_node_next_in (HsNode *root, HsNode *node)
{
  if (node->name != NULL && node->first != NULL)
    return node->first;
  while (node != root)
    {
      if (node->next != NULL)
        return node->next;
      node = node->parent;
    }
  return NULL;
}

static inline void
hs_node_add_last (HsNode *self, HsNode *child)
{
  HsNode *last = self->last;

  child->parent = self;
  child->prev = last;
  if (last != NULL)
    last->next = child;
  else
    self->first = child;
  self->last = child;
}

/* Before a change: frees what was detached from the tree and nobody holds any more, if that is due. */
G_ALWAYS_INLINE static inline void
hs_node_tidy (HsNode *self)
{
  HsBlock *block = hs_block_resolve (self->block);

  if (G_UNLIKELY (block->detached != NULL))
    hs_detached_tidy (block);
}

/* Whether hs_node_close_gap() has something to do. */
static inline gboolean
hs_node_has_gap (HsNode *self)
{
  HsNode *last = self->last;

  return last != NULL && last->name == NULL &&
         (last->gap || (last->prev != NULL && last->prev->gap));
}

G_END_DECLS
