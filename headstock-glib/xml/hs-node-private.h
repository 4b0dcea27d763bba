/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

typedef struct _HsChunk HsChunk;

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
  guint next; /* to be replaced */
  struct
  {
    const char *value; /* of the attribute, at its address; NULL: free */
    gpointer parsed;   /* NULL: the value cannot be parsed */
  } entries[HS_N_PARSED];
} HsParsedValues;

struct _HsBlock
{
  int owners;
  HsBlock *forward; /* merged into this one */
  HsBlock *merged;  /* list of those merged into us; freed with us */
  guint n_merged;
  gboolean letting_go; /* of all views: none is taken back */
  HsNames *names;
  char *position;
  char *end;
  HsChunk *chunks;
  gsize chunk_size;
  gsize size;
  GPtrArray *texts; /* text nodes whose text is allocated on its own */
  GMutex lock;         /* of what views share */
  HsView *views;       /* the one that was lent last is the first */
  HsView *seen;        /* this view and those after it have been looked at since they were lent */
  GHashTable *loose;   /* what the program changes, each by itself; see hs_block_alloc_loose() */
  HsNode *spare_texts; /* linked by next */
  HsParsedValues *parsed; /* or NULL: nobody has asked */
  char first[1920];
};

static inline HsBlock *
hs_block_resolve (HsBlock *self)
{
  HsBlock *forward;

  while (G_UNLIKELY ((forward = g_atomic_pointer_get (&self->forward)) != NULL))
    self = forward;
  return self;
}

/* With @size rounded up: where the current chunk is full. */
gpointer hs_block_alloc_slow (HsBlock *self, gsize size);

/* The value at that address is going, or may be another one. */
void hs_block_forget_parsed (HsBlock *self, const char *value);
gpointer hs_block_alloc_loose (HsBlock *self, gsize size);
void hs_block_free_loose (HsBlock *self, gconstpointer memory);

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

/* What elements and text have in common. Field by field: for a memset() of a whole node compilers write an
 * instruction that repeats itself, which takes longer to begin than all of this. */
static inline void
hs_node_init_any (HsNode *self, HsBlock *block, const char *name)
{
  self->parent = NULL;
  self->next = NULL;
  self->prev = NULL;
  self->block = block;
  self->name = name;
  self->unfinished = self->forget = self->kind = self->changed = self->gap = self->unused = 0;
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

/* Whether hs_node_close_gap() has something to do. */
static inline gboolean
hs_node_has_gap (HsNode *self)
{
  HsNode *last = self->last;

  return last != NULL && last->name == NULL &&
         (last->gap || (last->prev != NULL && last->prev->gap));
}

G_END_DECLS
