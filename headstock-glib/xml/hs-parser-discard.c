/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-parser-private.h"

#include "hs-namespaces.h"

/* A stanza that passes a limit is discarded while it comes in: what it has brought is given out with the event
 * that says so, and what follows is skipped. libxml2 still reads the slice in the midst of which the limit was
 * passed; HsSkip looks for the stanza's end after that, and a new parser goes on behind it. */

/* How many times the limit one stanza may be that is only skipped: a peer must not keep us busy for ever. */
#define MAX_SKIPPED 16

static const char *
get_content_namespace (HsParser *self)
{
  return self->content_namespace != NULL ? self->content_namespace : HS_NS_CLIENT;
}

/* The start tag of a stanza has ended that was too large itself: what routes it is known now. */
static void
take_tag (HsParser *self, const char *tag)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = self->drop.parse_element (tag, strlen (tag), &error);

  if (node == NULL)
    {
      hs_parser_fail (self, error->code, error->message);
      return;
    }
  if (hs_namespace_equal (node->namespace_, get_content_namespace (self)))
    node->namespace_ = HS_NS_CLIENT;
  if (self->callbacks->stanza_begins != NULL
      && !self->callbacks->stanza_begins (node, self->user_data))
    {
      hs_block_unref (hs_node_get_block (node));
      self->drop.bounded = FALSE;
    }
  else
    hs_parser_push_discarded (self, node, self->drop.reason, self->drop.n_skipped);
}

static void
skip_failed (HsParser *self, HsSkipResult result)
{
  if (result == HS_SKIP_TOO_DEEP)
    hs_parser_fail (self, HS_XML_ERROR_TOO_DEEP, "Elements are nested deeper than is allowed");
  else if (result == HS_SKIP_RESTRICTED)
    hs_parser_fail (self, HS_XML_ERROR_RESTRICTED,
                    "A comment, declaration, processing instruction or entity, which XMPP forbids");
  else
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED,
                    "Not well-formed XML, in a stanza that is larger than is allowed");
}

/* A stanza that nobody asked for is dropped at its start tag, however long it is. */
static gboolean
is_enough (HsParser *self)
{
  return self->drop.bounded && self->drop.n_skipped / MAX_SKIPPED >= self->limits.max_stanza_size;
}

gsize
hs_parser_skip (HsParser *self, const char *bytes, gsize length)
{
  HsSkipResult result;
  gsize used = hs_skip_feed (self->drop.skip, bytes, length, &result);
  g_autofree char *tag = hs_skip_take_tag (self->drop.skip);

  self->drop.n_skipped += used;
  self->n_fed += used;
  if (tag != NULL && (result == HS_SKIP_MORE || result == HS_SKIP_ENDED))
    take_tag (self, tag);
  if (self->error != NULL)
    return used;
  if (result == HS_SKIP_ENDED)
    {
      hs_parser_finish_dropped (self);
      self->depth = HS_HEADER_DEPTH;
    }
  else if (result != HS_SKIP_MORE)
    skip_failed (self, result);
  else if (is_enough (self))
    hs_parser_fail (self, HS_XML_ERROR_TOO_LARGE,
                    "A stanza is more than 16 times larger than is allowed");
  return used;
}

/* Between two slices: from here on libxml2 sees nothing of the stanza. What it has not used is looked at
 * once more. */
void
hs_parser_begin_skip (HsParser *self)
{
  HsParserPending *pending = &self->pending;
  const char *rest = NULL;
  gsize length = hs_parser_get_rest (self, &rest);
  g_autofree char *copy = g_memdup2 (rest, length);
  guint64 size = hs_parser_get_position (self) - self->open.start;
  gsize n_brackets = pending->in_section ? pending->section.n_brackets
                                         : pending->n_brackets - MIN (pending->n_brackets, length);

  /* Elements that were forgotten do not count, and the rest of the stanza is not larger than the limit. */
  self->drop.n_skipped = self->has_forgotten ? MIN (size, self->limits.max_stanza_size) : size;
  self->n_fed -= length;
  if (pending->in_section)
    hs_skip_begin_in_cdata (self->drop.skip);
  /* The copy may begin with brackets that were counted: some releases of libxml2 wait for what follows "]". */
  hs_skip_follow_brackets (self->drop.skip, n_brackets);
  pending->in_section = FALSE;
  pending->n_brackets = 0;
  pending->is_tag = FALSE;
  self->drop.skipping = TRUE;
  self->drop.skip_due = FALSE;
  hs_parser_skip (self, copy, length);
}

/* A tag that libxml2 does not get. If it is a stanza's own, nothing of the stanza is known yet. */
void
hs_parser_discard_tag (HsParser *self, HsDiscardReason reason)
{
  const char *rest = NULL;
  gsize length = hs_parser_get_rest (self, &rest);

  if (self->depth == HS_HEADER_DEPTH && self->limits.discards && length > 1 && rest[1] != '/')
    {
      self->open.start = hs_parser_get_position (self);
      self->has_forgotten = FALSE;
      self->depth++;
      hs_parser_drop_inside (self, NULL);
      hs_skip_remember_tag (self->drop.skip);
      self->drop.reason = reason;
      self->drop.bounded = TRUE;
      self->drop.skip_due = TRUE;
    }
  else
    hs_parser_discard (self, reason, length + hs_parser_get_n_held (self));
  if (self->error == NULL)
    hs_parser_begin_skip (self);
}

const HsDiscard *
hs_parser_event_get_discard (HsParserEvent *event)
{
  g_assert (event->type == HS_PARSER_EVENT_DISCARDED);

  return (const HsDiscard *) event;
}

HsParserEvent *
hs_parser_event_copy_discarded (HsParserEvent *event)
{
  HsBlock *block = hs_block_new (NULL);
  HsNode *stanza = hs_node_copy_tag (block, event->node);
  HsNode *payload = hs_node_first_element (event->node);
  HsDiscard *discard = hs_block_alloc (block, sizeof (HsDiscard));

  if (payload != NULL)
    hs_node_append (stanza, hs_node_copy_tag (block, payload));
  *discard = *hs_parser_event_get_discard (event);
  discard->event.next = NULL;
  discard->event.node = stanza;
  discard->event.n_dropped = 0;
  return &discard->event;
}

void
hs_parser_set_discards (HsParser *self, gboolean discards)
{
  self->limits.discards = discards;
}
