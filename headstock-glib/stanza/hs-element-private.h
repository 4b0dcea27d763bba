/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The node that a view is on; made where there is none yet. */
HsNode *hs_element_get_node (HsElement *self);
/* The view on a node, borrowed from the node's block. */
HsElement *hs_element_from_node (HsNode *node);
/* A view that owns its block: (transfer full). */
HsElement *hs_element_new_owner (HsNode *node);
GType hs_element_type_for_node (HsNode *node);

/* One view that is used for stanza after stanza, as long as nobody can tell. */
typedef struct
{
  HsElement *views[HS_STANZA_KIND_IQ + 1];
} HsViewPool;

HsElement *hs_view_pool_take (HsViewPool *self, HsNode *node);
/* The node's view can't be used again where somebody else knows of it; then nothing happens. */
void hs_view_pool_give_back (HsViewPool *self, HsElement *view);
void hs_view_pool_clear (HsViewPool *self);

G_END_DECLS
