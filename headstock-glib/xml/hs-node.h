/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>
#include <string.h>

G_BEGIN_DECLS

/* The tree: plain nodes in a block of memory that one stanza has to itself. Nothing here is a
 * GObject; hs-element.c makes views (HsElement) on nodes when somebody asks for one.
 *
 * Who keeps a block alive: its owners. The dispatcher is one while it works on a stanza, and so is
 * each view in the state "owner" (a program made it, or kept it). A view in the state "held" is the
 * block's own: the block has a reference on it, so that what is returned as (transfer none) lives as
 * long as the tree. When the last owner goes, views that somebody else still holds become owners; where
 * there is none, all are finalised. */

typedef struct _HsAttribute HsAttribute;
typedef struct _HsBlock HsBlock;
typedef struct _HsNames HsNames;
typedef struct _HsNode HsNode;
typedef struct _HsView HsView;

struct _HsAttribute
{
  const char *name;
  const char *prefix;     /* as it was written; a hint for the writer */
  const char *namespace_; /* NULL: in no namespace */
  const char *value;
  HsAttribute *next;
};

/* By its name in jabber:client. */
typedef enum
{
  HS_STANZA_KIND_UNKNOWN, /* not looked at yet */
  HS_STANZA_KIND_NONE,
  HS_STANZA_KIND_MESSAGE,
  HS_STANZA_KIND_PRESENCE,
  HS_STANZA_KIND_IQ,
} HsStanzaKind;

struct _HsNode
{
  HsNode *parent;
  HsNode *next;
  union
  {
    HsNode *prev;
    gsize detached_at; /* where it is in the list of those that were detached */
  };
  HsBlock *block;   /* follow it with hs_node_get_block() */
  const char *name; /* NULL: this node is text */
  guint unfinished : 1; /* its end has not been received */
  guint forget : 1;     /* in a block of its own, and taken out of its stanza when it has ended */
  guint kind : 3;       /* see hs_node_get_kind() */
  guint changed : 1;    /* an attribute was removed */
  guint gap : 1;        /* text: what was after it was forgotten, and the text that follows comes in */
  guint loose : 1;      /* in memory of its own, with its name */
  guint renamed : 1;    /* its name or namespace was set, and may be in memory of its own */
  guint detached : 1;   /* in the list of those that were detached */
  guint unused : 22;    /* so that all flags are cleared at once */
  union
  {
    struct
    {
      const char *namespace_; /* NULL: none */
      HsAttribute *attributes;
      HsNode *first;
      HsNode *last;
      HsView *view;
      const char *joined; /* the direct text in one piece, once asked for */
    };
    struct
    {
      char *text; /* ends with a NUL */
      gsize length;
      gsize capacity;
    };
  };
};

/* Lives inside the object that it belongs to. */
struct _HsView
{
  HsNode *node;
  GObject *object;
  HsView *next;
  HsView *prev;
  gboolean owner;
  gboolean to_release; /* the block is about to give its reference back */
  gboolean lent;       /* found through the tree */
  gboolean leaving;    /* an owner that is not to be found through its node any more */
  guint pool_slot;     /* for hs-element.c */
  GThread *reviver;    /* the thread in which the block took it back when it was going */
};

/* Names that a parser interned, for as long as a block uses them. */
typedef gboolean (*HsNamesOwnsFunc) (gpointer dictionary, const char *name);
HsNames *hs_names_new (gpointer dictionary,
                       GDestroyNotify free_dictionary,
                       HsNamesOwnsFunc owns);
HsNames *hs_names_ref (HsNames *self);
void hs_names_unref (HsNames *self);
/* Whether the string at this address is one of these names: it stays there as long as they live. */
gboolean hs_names_owns (HsNames *self, const char *name);

HsBlock *hs_block_new (HsNames *names);
HsBlock *hs_block_ref (HsBlock *self);
void hs_block_unref (HsBlock *self);
/* Empties the block, so that it can be used again. Returns FALSE unless the caller is its only owner and nobody has a
 * view. */
gboolean hs_block_try_reset (HsBlock *self, HsNames *names);
/* Bytes that the nodes and their text take. */
gsize hs_block_get_size (HsBlock *self);
char *hs_block_strndup (HsBlock *self, const char *string, gsize length);

HsBlock *hs_node_get_block (HsNode *self);
HsNode *hs_node_new (HsBlock *block, const char *name, const char *namespace_);
HsNode *hs_node_new_copied (HsBlock *block, const char *name, const char *namespace_);
/* A child in the namespace of its parent, which it is not appended to yet. */
HsNode *hs_node_new_child (HsNode *parent, const char *name);
HsNode *hs_node_new_child_copied (HsNode *parent, const char *name);
void hs_node_rename (HsNode *self, const char *name);
void hs_node_set_namespace (HsNode *self, const char *namespace_);
void hs_node_append (HsNode *self, HsNode *child);
void hs_node_unlink (HsNode *self);
/* Unlinks an element that is not put anywhere else. The element is freed when nobody holds it and many others were
 * detached after it. */
void hs_node_detach (HsNode *self);
/* A child was taken out of an element and put somewhere else: the element goes as well, if it is the top of a tree
 * that nobody holds. */
void hs_node_left (HsNode *self);
/* Takes out an element that has been dealt with, and white space that only stood around it. */
void hs_node_forget (HsNode *self);
/* Takes the nodes after an element away from its parent, and puts them back. */
HsNode *hs_node_hide_following (HsNode *self, HsNode **last);
void hs_node_show_following (HsNode *self, HsNode *following, HsNode *last);
/* No text follows the last text any more: joins or drops the white space that a forgotten element has left. */
void hs_node_close_gap (HsNode *self);
void hs_node_append_text (HsNode *self, const char *text, gsize length);
void hs_node_remove_children (HsNode *self);
/* In place of all children. The text may be the element's own, or a part of it; or NULL. */
void hs_node_set_text (HsNode *self, const char *text);
/* Adds an attribute that the element does not have yet. @name must live as long as the block. */
void hs_node_add_attribute (HsNode *self, const char *name, const char *value);
void hs_node_set_attribute (HsNode *self,
                            const char *name,
                            const char *namespace_,
                            const char *value);
const char *hs_node_get_attribute (HsNode *self, const char *name, const char *namespace_);
/* Parses the value of an attribute, and keeps the result with the block: a value is parsed once as long as the
 * program asks for only a few values of one tree. All values of one program have one type. The caller gets a
 * reference, or NULL if there is no such attribute or its value cannot be parsed. */
typedef struct
{
  gpointer (*parse) (const char *value);
  gpointer (*ref) (gpointer parsed);
  void (*unref) (gpointer parsed);
} HsParsedType;
gpointer hs_node_dup_parsed (HsNode *self, const char *name, const HsParsedType *type);
const char *hs_node_get_text (HsNode *self);
/* Returns the text of an element without the white space around it, which a server may add to format its XML. NULL:
 * no text is left. */
char *hs_node_dup_value (HsNode *self);
HsNode *hs_node_get_child (HsNode *self, const char *name, const char *namespace_);
HsNode *hs_node_first_element (HsNode *self);
HsNode *hs_node_next_element (HsNode *self);
gboolean hs_node_matches (HsNode *self, const char *name, const char *namespace_);
gboolean hs_node_equal (HsNode *self, HsNode *other);
HsNode *hs_node_copy (HsBlock *block, HsNode *self);
/* The element with its attributes, and nothing that is in it. */
HsNode *hs_node_copy_tag (HsBlock *block, HsNode *self);
/* The nodes of @other's block become part of @self's. */
void hs_block_merge (HsBlock *self, HsBlock *other);

/* Views. A new one takes the place of the node's; the loser of a race is told by the return value. */
GObject *hs_node_peek_view (HsNode *self);
GObject *hs_view_bind_held (HsView *self, HsNode *node);
void hs_view_bind_owner (HsView *self, HsNode *node);
void hs_view_bind_only (HsView *self, HsNode *node);
gboolean hs_view_unbind_only (HsView *self);
gboolean hs_view_disposing (HsView *self);
void hs_view_release (HsView *self);

/* The namespace "" stands for no namespace, as in xmlns="". */
HsStanzaKind hs_stanza_kind_for_name (const char *name, const char *namespace_);

/* Asked several times for each stanza, and so remembered. */
static inline HsStanzaKind
hs_node_get_kind (HsNode *self)
{
  if (self->kind == HS_STANZA_KIND_UNKNOWN)
    self->kind = hs_stanza_kind_for_name (self->name, self->namespace_);
  return self->kind;
}

static inline gboolean
hs_namespace_equal (const char *a, const char *b)
{
  return a == b || strcmp (a != NULL ? a : "", b != NULL ? b : "") == 0;
}

G_END_DECLS
