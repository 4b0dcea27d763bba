/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element-private.h"
#include "hs-message-private.h"
#include "hs-stanza-private.h"

/* The children that extensions put into a message. */

HsNode *
hs_message_get_extension (HsMessage *self, const char *name, const char *namespace_)
{
  return hs_node_get_child (hs_element_get_node (HS_ELEMENT (self)), name, namespace_);
}

static HsNode *
next_extension (HsNode *node, const char *name, const char *namespace_)
{
  do
    node = hs_node_next_element (node);
  while (node != NULL && !hs_node_matches (node, name, namespace_));
  return node;
}

/* Removes @child and the children with its name that follow. */
static void
remove_from (HsNode *child, const char *name, const char *namespace_)
{
  while (child != NULL)
    {
      HsNode *next = next_extension (child, name, namespace_);

      hs_node_detach (child);
      child = next;
    }
}

HsNode *
hs_message_make_extension (HsMessage *self, const char *name, const char *namespace_)
{
  HsNode *node = hs_stanza_get_writable_node (HS_STANZA (self));
  HsNode *child = NULL;

  if (node == NULL)
    return NULL;
  child = hs_node_get_child (node, name, namespace_);
  if (child != NULL)
    {
      remove_from (next_extension (child, name, namespace_), name, namespace_);
      return child;
    }
  child = hs_node_new (hs_node_get_block (node), name, namespace_);
  hs_node_append (node, child);
  return child;
}

gboolean
hs_message_remove_extension (HsMessage *self, const char *name, const char *namespace_)
{
  HsNode *node = hs_stanza_get_writable_node (HS_STANZA (self));
  HsNode *child = node != NULL ? hs_node_get_child (node, name, namespace_) : NULL;

  if (child == NULL)
    return FALSE;
  remove_from (child, name, namespace_);
  return TRUE;
}

const char *
hs_message_node_get_id (HsNode *node, const char *attribute)
{
  const char *id = node != NULL ? hs_node_get_attribute (node, attribute, NULL) : NULL;

  return id != NULL && *id != '\0' ? id : NULL;
}
