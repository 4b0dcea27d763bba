/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-iq.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* Whether an iq with this type is a request or an answer (RFC 6120, 8.2.3). @type: nullable */

static inline gboolean
hs_iq_type_is_request (const char *type)
{
  return type != NULL && (strcmp (type, "get") == 0 || strcmp (type, "set") == 0);
}

static inline gboolean
hs_iq_type_is_answer (const char *type)
{
  return type != NULL && (strcmp (type, "result") == 0 || strcmp (type, "error") == 0);
}

/* The same for a stanza of any kind. A stanza that is going to be sent may be in no namespace. */

static inline gboolean
hs_iq_node_is_request (HsNode *stanza)
{
  return strcmp (stanza->name, "iq") == 0
         && hs_iq_type_is_request (hs_node_get_attribute (stanza, "type", NULL));
}

static inline gboolean
hs_iq_node_is_answer (HsNode *stanza)
{
  return strcmp (stanza->name, "iq") == 0
         && hs_iq_type_is_answer (hs_node_get_attribute (stanza, "type", NULL));
}

G_END_DECLS
