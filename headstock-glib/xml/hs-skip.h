/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds the end of an element that nobody reads, in constant memory: libxml2 would intern every name in it
 * and compare every attribute of a tag with every other. All that could move the end is checked: how tags,
 * attributes, references and CDATA sections are written, that end tags have the names of their start tags,
 * and what XMPP forbids. What could not move it is not checked: prefixes, and attributes that are written
 * twice. */

typedef struct _HsSkip HsSkip;

typedef enum
{
  HS_SKIP_MORE,  /* the end has not come */
  HS_SKIP_ENDED, /* it has, at the byte before those that were not used */
  HS_SKIP_NOT_WELL_FORMED,
  HS_SKIP_RESTRICTED, /* a comment, a declaration, a processing instruction, an entity */
  HS_SKIP_TOO_DEEP,
} HsSkipResult;

/* @max_depth: how many elements may be open, the one that is skipped among them. */
HsSkip *hs_skip_new (guint max_depth);
void hs_skip_free (HsSkip *self);

/* An element has been opened, or closed, before the first byte that is fed. Only its local name is known. */
void hs_skip_push (HsSkip *self, const char *name);
void hs_skip_pop (HsSkip *self);
/* The first byte that is fed follows so many "]" in text, or lies in a CDATA section. */
void hs_skip_follow_brackets (HsSkip *self, gsize n_brackets);
void hs_skip_begin_in_cdata (HsSkip *self);
/* The first byte that is fed begins the element's own start tag, which is to be remembered. */
void hs_skip_remember_tag (HsSkip *self);
/* Once, when the start tag has ended: the element with the attributes that route a stanza, and nothing
 * else. Otherwise NULL. (transfer full) */
char *hs_skip_take_tag (HsSkip *self);

/* Takes whole characters in UTF-8, and returns how many bytes it used: all, where the element goes on. */
gsize hs_skip_feed (HsSkip *self, const char *bytes, gsize length, HsSkipResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSkip, hs_skip_free)

G_END_DECLS
