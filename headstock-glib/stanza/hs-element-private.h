/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The node that a view shows. Makes an empty node the first time for an element of g_object_new(). */
HsNode *hs_element_get_node (HsElement *self);
/* The same node, to change it. NULL with a critical warning while the element is still being received: such an
 * element can only be read. */
HsNode *hs_element_get_writable_node (HsElement *self);
/* The view on a node, borrowed from the node's block. */
HsElement *hs_element_from_node (HsNode *node);
/* A view that owns its block: (transfer full). */
HsElement *hs_element_new_owner (HsNode *node);

/* A view of each type that the dispatcher uses for stanza after stanza, as long as the program cannot tell:
 * nobody else holds the view, and it has no data, weak references or signal handlers. */
typedef struct
{
  HsElement *views[HS_STANZA_KIND_IQ + 1];
} HsViewPool;

HsElement *hs_view_pool_take (HsViewPool *self, HsNode *node);
/* Puts a view back into the pool. Does nothing if somebody else holds the view: it cannot be used again. */
void hs_view_pool_give_back (HsViewPool *self, HsElement *view);
void hs_view_pool_clear (HsViewPool *self);

G_END_DECLS
