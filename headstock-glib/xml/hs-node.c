/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-node.h"

#include "hs-namespaces.h"
#include "xml/hs-node-private.h"

/* Text longer than this is kept outside the block, where it can grow in place. */
#define LARGE_TEXT 1024

HsBlock *
hs_node_get_block (HsNode *self)
{
  return hs_block_resolve (self->block);
}

HsStanzaKind
hs_stanza_kind_for_name (const char *name, const char *namespace_)
{
  HsStanzaKind kind;

  switch (name[0])
    {
    case 'm':
      kind = strcmp (name, "message") == 0 ? HS_STANZA_KIND_MESSAGE : HS_STANZA_KIND_NONE;
      break;
    case 'p':
      kind = strcmp (name, "presence") == 0 ? HS_STANZA_KIND_PRESENCE : HS_STANZA_KIND_NONE;
      break;
    case 'i':
      kind = name[1] == 'q' && name[2] == '\0' ? HS_STANZA_KIND_IQ : HS_STANZA_KIND_NONE;
      break;
    default:
      kind = HS_STANZA_KIND_NONE;
    }
  if (kind != HS_STANZA_KIND_NONE &&
      (namespace_ == NULL || strcmp (namespace_, HS_NS_CLIENT) != 0))
    kind = HS_STANZA_KIND_NONE;
  return kind;
}

static HsNode *
new_loose_node (HsBlock *block, const char *name, const char *namespace_)
{
  gsize name_size = strlen (name) + 1;
  gsize namespace_size = namespace_ != NULL ? strlen (namespace_) + 1 : 0;
  HsNode *self;
  char *names;

  self = hs_block_alloc_loose (block, sizeof (HsNode) + name_size + namespace_size);
  names = memcpy (self + 1, name, name_size);
  hs_node_init (self, block, names,
                namespace_ != NULL ? memcpy (names + name_size, namespace_, namespace_size) : NULL);
  self->loose = TRUE;
  return self;
}

static inline HsNode *
new_chunk_node (HsBlock *block, const char *name, const char *namespace_)
{
  HsNode *self = hs_block_alloc (block, sizeof (HsNode));

  hs_node_init (self, block, name, namespace_);
  return self;
}

/* @name and @namespace_ must live as long as the block: literals, or the parser's. */
HsNode *
hs_node_new (HsBlock *block, const char *name, const char *namespace_)
{
  if (G_UNLIKELY (block->detached != NULL))
    return new_loose_node (block, name, namespace_);
  return new_chunk_node (block, name, namespace_);
}

HsNode *
hs_node_new_copied (HsBlock *block, const char *name, const char *namespace_)
{
  if (namespace_ != NULL && *namespace_ == '\0')
    namespace_ = NULL;
  if (G_UNLIKELY (block->detached != NULL))
    return new_loose_node (block, name, namespace_);
  return new_chunk_node (block, hs_block_strndup (block, name, strlen (name)),
                         namespace_ == NULL ? NULL
                                            : hs_block_strndup (block, namespace_, strlen (namespace_)));
}

/* Returns the parent's namespace for a new child: the same string if it lies in a chunk of the same block, and so
 * lives as long as the child; a copy otherwise. */
static inline const char *
share_namespace (HsBlock *block, HsNode *parent)
{
  const char *namespace_ = parent->namespace_;

  if (G_LIKELY ((parent->block == block && !parent->renamed) || namespace_ == NULL))
    return namespace_;
  return hs_block_strndup (block, namespace_, strlen (namespace_));
}

HsNode *
hs_node_new_child (HsNode *parent, const char *name)
{
  HsBlock *block = hs_node_get_block (parent);

  if (G_UNLIKELY (block->detached != NULL))
    return new_loose_node (block, name, parent->namespace_);
  return new_chunk_node (block, name, share_namespace (block, parent));
}

HsNode *
hs_node_new_child_copied (HsNode *parent, const char *name)
{
  HsBlock *block = hs_node_get_block (parent);

  if (G_UNLIKELY (block->detached != NULL))
    return new_loose_node (block, name, parent->namespace_);
  return new_chunk_node (block, hs_block_strndup (block, name, strlen (name)), share_namespace (block, parent));
}

/* Out of the chunks the first time: most elements are given a name once. */
static const char *
change_name (HsNode *self, const char *old, const char *name)
{
  HsBlock *block = hs_node_get_block (self);
  gsize size = name != NULL ? strlen (name) + 1 : 0;
  const char *copy = NULL;

  if (name != NULL && !self->renamed)
    copy = hs_block_strndup (block, name, size - 1);
  else if (name != NULL)
    copy = memcpy (hs_block_alloc_loose (block, size), name, size);
  self->kind = HS_STANZA_KIND_UNKNOWN;
  hs_block_free_loose (block, old);
  return copy;
}

void
hs_node_rename (HsNode *self, const char *name)
{
  self->name = change_name (self, self->name, name);
  self->renamed = TRUE;
}

void
hs_node_set_namespace (HsNode *self, const char *namespace_)
{
  self->namespace_ = change_name (self, self->namespace_,
                                  namespace_ != NULL && *namespace_ != '\0' ? namespace_ : NULL);
  self->renamed = TRUE;
}

static void
text_changed (HsNode *self)
{
  if (G_UNLIKELY (self->joined != NULL))
    {
      hs_block_free_loose (hs_node_get_block (self), self->joined);
      self->joined = NULL;
    }
}

void
hs_node_append (HsNode *self, HsNode *child)
{
  if (hs_node_has_gap (self))
    hs_node_close_gap (self);
  if (G_UNLIKELY (child->detached))
    hs_detached_take (hs_node_get_block (child), child);
  child->next = NULL;
  hs_node_add_last (self, child);
}

static void grow_text (HsBlock *block, HsNode *self, gsize more);

/* Takes a node out of its parent; its neighbours stay as they are. */
static void
cut (HsNode *self)
{
  if (self->prev != NULL)
    self->prev->next = self->next;
  else
    self->parent->first = self->next;
  if (self->next != NULL)
    self->next->prev = self->prev;
  else
    self->parent->last = self->prev;
  self->parent = self->next = self->prev = NULL;
}

static gboolean
is_space (const HsNode *text)
{
  return strspn (text->text, " \t\r\n") == text->length;
}

/* Two runs of text that have come to stand side by side become one, as a parser would see them. */
static void
join_texts (HsNode *self, HsNode *next, gboolean drop_space)
{
  HsBlock *block = hs_node_get_block (self);

  text_changed (self->parent);
  if (!drop_space || !is_space (next))
    {
      grow_text (block, self, next->length);
      memcpy (self->text + self->length, next->text, next->length);
      self->length += next->length;
      self->text[self->length] = '\0';
      /* Count the bytes here: text that is written into memory that the node has takes nothing from the block. */
      block->size += next->length;
    }
  cut (next);
  hs_detached_drop_text (block, next);
}

static void
unlink_and_join (HsNode *self, gboolean drop_space)
{
  HsNode *parent;
  HsNode *prev = self->prev;
  HsNode *next = self->next;

  if (self->parent == NULL)
    return;
  if (self->name == NULL)
    text_changed (self->parent);
  parent = self->parent;
  cut (self);
  if (self->name == NULL || prev == NULL || prev->name != NULL)
    return;
  /* The text that follows is still being received, or has not begun: whether it is white space is to be
   * seen when it has ended, so that it does not depend on how the stanza was split. */
  if (drop_space && parent->unfinished &&
      (next == NULL || (next->name == NULL && next->next == NULL)))
    prev->gap = TRUE;
  else if (next != NULL && next->name == NULL)
    join_texts (prev, next, drop_space);
}

HsNode *
hs_node_hide_following (HsNode *self, HsNode **last)
{
  HsNode *following = self->next;

  if (following == NULL)
    return NULL;
  *last = self->parent->last;
  self->next = NULL;
  self->parent->last = self;
  text_changed (self->parent);
  return following;
}

void
hs_node_show_following (HsNode *self, HsNode *following, HsNode *last)
{
  /* More may have come in meanwhile. */
  last->next = self->next;
  if (last->next != NULL)
    last->next->prev = last;
  else
    self->parent->last = last;
  self->next = following;
  text_changed (self->parent);
}

void
hs_node_close_gap (HsNode *self)
{
  HsNode *text = self->last;

  if (text == NULL || text->name != NULL)
    return;
  if (text->prev != NULL && text->prev->gap)
    {
      text = text->prev;
      join_texts (text, text->next, TRUE);
    }
  text->gap = FALSE;
}

void
hs_node_unlink (HsNode *self)
{
  unlink_and_join (self, FALSE);
}

void
hs_node_left (HsNode *self)
{
  if (self->parent == NULL)
    hs_detached_note (hs_node_get_block (self), self);
}

void
hs_node_detach (HsNode *self)
{
  HsNode *parent = self->parent;

  if (parent == NULL)
    return;
  hs_node_unlink (self);
  hs_detached_note (hs_node_get_block (self), self);
  hs_node_left (parent);
}

void
hs_node_forget (HsNode *self)
{
  unlink_and_join (self, TRUE);
}

/* Makes room for @more bytes and a NUL. All calls together take linear time, since large text doubles its memory. Large
 * text is not in the block's chunks, so that it is freed with its node. */
static void
grow_text (HsBlock *block, HsNode *self, gsize more)
{
  gsize need = self->length + more + 1;
  char *old = self->text;

  if (need <= self->capacity)
    return;
  if (need <= LARGE_TEXT && self->block == block)
    {
      gsize capacity = old == NULL ? need : need * 2;

      self->text = hs_block_alloc (block, capacity);
      if (old != NULL)
        memcpy (self->text, old, self->length);
      self->capacity = capacity;
      return;
    }
  self->capacity = need <= LARGE_TEXT
                       ? need * 2
                       : MAX (need, MAX (LARGE_TEXT * 2 + 1, self->capacity + self->capacity / 2));
  self->text = hs_block_grow_loose (block, old, old != NULL ? self->length : 0, self->capacity);
}

/* With room for @size bytes. A text node that was joined with its neighbour is used again, with the room
 * it has: the white space between a million elements that are forgotten takes no memory. */
static HsNode *
new_text (HsBlock *block, gsize size)
{
  HsNode *node = block->spare_texts;

  if (G_UNLIKELY (node != NULL))
    {
      block->spare_texts = node->next;
      node->next = NULL;
      node->length = 0;
      return node;
    }
  size = size <= LARGE_TEXT ? size : 0;
  node = hs_block_alloc (block, sizeof (HsNode) + size);
  hs_node_init_any (node, block, NULL);
  node->text = size > 0 ? (char *) (node + 1) : NULL;
  node->length = 0;
  node->capacity = size;
  return node;
}

static void
add_to_text (HsBlock *block, HsNode *self, const char *text, gsize length)
{
  if (self->length + length >= self->capacity)
    {
      /* The text may be the element's own. */
      gboolean own = self->text != NULL && text >= self->text && text < self->text + self->length;
      gsize offset = own ? text - self->text : 0;

      grow_text (block, self, length);
      if (own)
        text = self->text + offset;
    }
  memmove (self->text + self->length, text, length);
  self->length += length;
  self->text[self->length] = '\0';
  if (self->length > LARGE_TEXT)
    block->size += length;
}

/* Appends to the last child where that is text, so that one run of text is one node. */
void
hs_node_append_text (HsNode *self, const char *text, gsize length)
{
  HsBlock *block = hs_node_get_block (self);
  HsNode *node = self->last;

  if (length == 0)
    return;
  if (node == NULL || node->name != NULL || node->gap)
    {
      node = new_text (block, length + 1);
      hs_node_add_last (self, node);
    }
  /* Nearly every text comes in one piece. */
  if (G_LIKELY (node->length == 0 && length < node->capacity && length <= LARGE_TEXT))
    {
      memmove (node->text, text, length);
      node->text[length] = '\0';
      node->length = length;
    }
  else
    add_to_text (block, node, text, length);
  text_changed (self);
}

void
hs_node_set_text (HsNode *self, const char *text)
{
  HsBlock *block = hs_node_get_block (self);
  HsNode *child = self->first;
  const char *joined = g_steal_pointer (&self->joined);

  self->first = self->last = NULL;
  if (text != NULL)
    hs_node_append_text (self, text, strlen (text));
  while (child != NULL)
    {
      HsNode *next = child->next;

      child->parent = child->next = child->prev = NULL;
      if (child->name != NULL)
        hs_detached_note (block, child);
      else
        hs_detached_drop_text (block, child);
      child = next;
    }
  hs_block_free_loose (block, joined);
}

void
hs_node_remove_children (HsNode *self)
{
  hs_node_set_text (self, NULL);
}

/* All direct text in its order; one piece in nearly every element, so nothing is copied. */
const char *
hs_node_get_text (HsNode *self)
{
  HsNode *only = NULL;
  gsize length = 0;
  guint pieces = 0;
  char *joined;

  if (self->joined != NULL)
    return self->joined;
  for (HsNode *child = self->first; child != NULL; child = child->next)
    {
      if (child->name != NULL)
        continue;
      only = child;
      pieces++;
      length += child->length;
    }
  if (pieces == 0)
    return NULL;
  if (pieces == 1)
    return only->text;

  joined = hs_block_alloc_loose (hs_node_get_block (self), length + 1);
  self->joined = joined;
  for (HsNode *child = self->first; child != NULL; child = child->next)
    {
      if (child->name != NULL)
        continue;
      memcpy (joined, child->text, child->length);
      joined += child->length;
    }
  *joined = '\0';
  return self->joined;
}

char *
hs_node_dup_value (HsNode *self)
{
  const char *text = hs_node_get_text (self);
  gsize length;

  if (text == NULL)
    return NULL;
  text += strspn (text, " \t\r\n");
  length = strlen (text);
  while (length > 0 && strchr (" \t\r\n", text[length - 1]) != NULL)
    length--;
  return length > 0 ? g_strndup (text, length) : NULL;
}

HsNode *
hs_node_first_element (HsNode *self)
{
  HsNode *child = self->first;

  while (child != NULL && child->name == NULL)
    child = child->next;
  return child;
}

HsNode *
hs_node_next_element (HsNode *self)
{
  HsNode *sibling = self->next;

  while (sibling != NULL && sibling->name == NULL)
    sibling = sibling->next;
  return sibling;
}

gboolean
hs_node_matches (HsNode *self, const char *name, const char *namespace_)
{
  return (name == NULL || strcmp (self->name, name) == 0) &&
         (namespace_ == NULL || hs_namespace_equal (self->namespace_, namespace_));
}

HsNode *
hs_node_get_child (HsNode *self, const char *name, const char *namespace_)
{
  HsNode *child;

  for (child = hs_node_first_element (self); child != NULL; child = hs_node_next_element (child))
    {
      if (hs_node_matches (child, name, namespace_))
        return child;
    }
  return NULL;
}

static gboolean
attributes_equal (HsNode *a, HsNode *b)
{
  guint n_a = 0;
  guint n_b = 0;

  for (HsAttribute *attribute = b->attributes; attribute != NULL; attribute = attribute->next)
    n_b++;
  for (HsAttribute *attribute = a->attributes; attribute != NULL; attribute = attribute->next)
    {
      const char *other = hs_node_get_attribute (b, attribute->name, attribute->namespace_);

      if (other == NULL || strcmp (other, attribute->value) != 0)
        return FALSE;
      n_a++;
    }
  return n_a == n_b;
}

static gboolean
same_node (HsNode *a, HsNode *b)
{
  if ((a->name == NULL) != (b->name == NULL))
    return FALSE;
  if (a->name == NULL)
    return a->length == b->length && memcmp (a->text, b->text, a->length) == 0;
  return strcmp (a->name, b->name) == 0 && hs_namespace_equal (a->namespace_, b->namespace_) &&
         attributes_equal (a, b);
}

gboolean
hs_node_equal (HsNode *self, HsNode *other)
{
  HsNode *a = self;
  HsNode *b = other;

  while (a != NULL && b != NULL)
    {
      HsNode *next_a;
      HsNode *next_b;
      gboolean a_ends;

      if (!same_node (a, b))
        return FALSE;
      if (a->name != NULL && (a->first == NULL) != (b->first == NULL))
        return FALSE;
      a_ends = a == self || a->next == NULL;
      if (a != self && b != other && a_ends != (b->next == NULL))
        return FALSE;
      next_a = hs_node_next_in (self, a);
      next_b = hs_node_next_in (other, b);
      a = next_a;
      b = next_b;
    }
  return a == NULL && b == NULL;
}

HsNode *
hs_node_copy_tag (HsBlock *block, HsNode *self)
{
  HsNode *copy = hs_node_new_copied (block, self->name, self->namespace_);

  hs_node_copy_attributes (copy, self);
  return copy;
}

HsNode *
hs_node_copy (HsBlock *block, HsNode *self)
{
  HsNode *root = hs_node_copy_tag (block, self);
  HsNode *parent = root;
  HsNode *node = self;

  while ((node->name != NULL && node->first != NULL) || node != self)
    {
      /* Down, along, or up. */
      if (node->name != NULL && node->first != NULL)
        node = node->first;
      else
        {
          while (node != self && node->next == NULL)
            {
              node = node->parent;
              if (node != self)
                parent = parent->parent;
            }
          if (node == self)
            break;
          node = node->next;
        }
      if (node->name == NULL)
        {
          hs_node_append_text (parent, node->text, node->length);
          continue;
        }
      {
        HsNode *copy = hs_node_copy_tag (block, node);

        hs_node_append (parent, copy);
        if (node->first != NULL)
          parent = copy;
      }
    }
  return root;
}
