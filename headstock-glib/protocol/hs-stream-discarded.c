/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-discarded.h"

/* What becomes of an element that the parser has discarded. */

/* What the stream itself cannot do without. Anything else that is unknown may be ignored. */
static gboolean
is_of_stream (HsNode *node)
{
  return hs_namespace_equal (node->namespace_, HS_NS_STREAM)
         || hs_namespace_equal (node->namespace_, HS_NS_SM);
}

/* Whether there is a session, or a sign-in, that goes on as if the element had not come. */
static gboolean
goes_on (HsStream *self, HsNode *node)
{
  HsStanzaKind kind = hs_node_get_kind (node);

  if (self->state == HS_STREAM_STATE_READY)
    return !is_of_stream (node);
  /* An iq may be the answer to what the stream has asked. */
  return self->authenticated
         && (kind == HS_STANZA_KIND_MESSAGE || kind == HS_STANZA_KIND_PRESENCE);
}

/* A stanza that is too large costs nothing but itself; an element of the negotiation ends it. */
void
hs_stream_on_discarded (HsStream *self, HsNode *node)
{
  HsStanzaKind kind = hs_node_get_kind (node);

  if ((kind != HS_STANZA_KIND_NONE && self->state == HS_STREAM_STATE_READY)
      || (kind == HS_STANZA_KIND_IQ && self->state == HS_STREAM_STATE_UNSIGNED))
    self->pending = HS_STREAM_EVENT_DISCARDED;
  else if (goes_on (self, node))
    g_debug ("An element <%.64s> is larger than is allowed, and was ignored", node->name);
  else
    hs_stream_xml_error (self, g_error_new (HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE,
                                            "An element <%.64s> is larger than is allowed",
                                            node->name));
}

GError *
hs_stream_get_discard_error (HsStream *self, HsStreamEvent *event)
{
  return hs_discarded_to_error (event->node, hs_parser_event_get_discard (event->parsed),
                                hs_jid_get_domain (self->config.jid));
}
