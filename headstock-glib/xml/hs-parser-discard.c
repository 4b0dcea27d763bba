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
describe (HsDiscardReason reason)
{
  static const char *const descriptions[] = {
    [HS_DISCARD_SIZE] = "A stanza is larger than is allowed",
    [HS_DISCARD_NAMES] = "A stanza has more names than are allowed",
    [HS_DISCARD_ATTRIBUTES] = "A tag has more attributes than are allowed",
    [HS_DISCARD_PREFIXES] = "More prefixes are in scope than are allowed",
  };

  return descriptions[reason];
}

static void
fail (HsParser *self, HsDiscardReason reason)
{
  hs_parser_fail (self, HS_XML_ERROR_TOO_LARGE, describe (reason));
}

/* Of the first byte that libxml2 has not used, in all that it has been given. */
static guint64
get_position (HsParser *self)
{
  const char *rest;

  return self->n_fed - hs_parser_get_rest (self, &rest);
}

static void
push_discarded (HsParser *self, HsNode *stanza, HsDiscardReason reason, gsize size)
{
  HsBlock *block = hs_node_get_block (stanza);
  HsDiscard *discard = hs_block_alloc (block, sizeof (HsDiscard));

  discard->reason = reason;
  discard->size = size;
  discard->limit = self->max_stanza_size;
  hs_parser_link_event (self, &discard->event, HS_PARSER_EVENT_DISCARDED, stanza);
  self->bounded = TRUE;
  /* What is no stanza does not count as one that was received. */
  self->uncounted = hs_node_get_kind (stanza) == HS_STANZA_KIND_NONE;
}

/* Elements that are open have not been shown, and now never will be: they are a part of their stanza. */
static void
close_open_elements (HsParser *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  self->skip = hs_skip_new (self->max_depth);
  for (HsNode *node = self->current; node != NULL; node = node->parent)
    {
      g_ptr_array_add (names, (gpointer) node->name);
      if (node->forget)
        {
          HsBlock *block = hs_node_get_block (node);

          node->forget = FALSE;
          hs_block_merge (hs_node_get_block (node->parent), block);
          hs_block_unref (block);
        }
    }
  for (guint i = names->len; i > 0; i--)
    hs_skip_push (self->skip, g_ptr_array_index (names, i - 1));
}

/* @n_held: bytes that have come, and that libxml2 has not been given or not used. */
static void
discard (HsParser *self, HsDiscardReason reason, gsize n_held)
{
  HsNode *stanza = self->stanza;

  if (!self->discards || (stanza == NULL && self->skip == NULL))
    {
      fail (self, reason);
      return;
    }
  self->skip_due = TRUE;
  if (self->dropping != 0)
    return;
  close_open_elements (self);
  push_discarded (self, stanza, reason, get_position (self) - self->stanza_start + n_held);
  self->dropping = HS_STANZA_DEPTH;
  self->stanza = self->current = NULL;
  self->stanza_block = NULL;
}

void
hs_parser_discard (HsParser *self, HsDiscardReason reason)
{
  discard (self, reason, 0);
}

/* What is inside the stanza that has just begun is thrown away. Its name is needed where that is skipped;
 * NULL: its start tag is still to come. */
void
hs_parser_drop_inside (HsParser *self, const char *name)
{
  self->dropping = self->depth;
  self->skip = hs_skip_new (self->max_depth);
  if (name != NULL)
    hs_skip_push (self->skip, name);
}

static void
finish (HsParser *self)
{
  if (!self->uncounted)
    self->n_dropped++;
  self->dropping = 0;
  hs_parser_forget_skip (self);
}

void
hs_parser_dropped_end (HsParser *self, guint depth)
{
  if (self->skip != NULL)
    hs_skip_pop (self->skip);
  if (depth == self->dropping)
    finish (self);
}

void
hs_parser_forget_skip (HsParser *self)
{
  g_clear_pointer (&self->skip, hs_skip_free);
  self->skipping = self->skip_due = self->uncounted = self->bounded = FALSE;
}

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
  HsNode *node = hs_parser_parse_element (tag, strlen (tag), &error);

  if (node == NULL)
    {
      hs_parser_fail (self, error->code, error->message);
      return;
    }
  if (hs_namespace_equal (node->namespace_, get_content_namespace (self)))
    node->namespace_ = HS_NS_CLIENT;
  if (self->callbacks.stanza_begins != NULL
      && !self->callbacks.stanza_begins (node, self->user_data))
    {
      hs_block_unref (hs_node_get_block (node));
      self->bounded = FALSE;
    }
  else
    push_discarded (self, node, self->skip_reason, self->n_skipped);
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
  return self->bounded && self->n_skipped / MAX_SKIPPED >= self->max_stanza_size;
}

gsize
hs_parser_skip (HsParser *self, const char *bytes, gsize length)
{
  HsSkipResult result;
  gsize used = hs_skip_feed (self->skip, bytes, length, &result);
  g_autofree char *tag = hs_skip_take_tag (self->skip);

  self->n_skipped += used;
  self->n_fed += used;
  if (tag != NULL && (result == HS_SKIP_MORE || result == HS_SKIP_ENDED))
    take_tag (self, tag);
  if (self->error != NULL)
    return used;
  if (result == HS_SKIP_ENDED)
    {
      finish (self);
      self->depth = HS_HEADER_DEPTH;
      hs_parser_renew (self);
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
  const char *rest = NULL;
  gsize length = hs_parser_get_rest (self, &rest);
  g_autofree char *copy = g_memdup2 (rest, length);
  guint64 size = get_position (self) - self->stanza_start;

  /* What was forgotten on the way does not count. */
  self->n_skipped = self->has_forgotten ? MIN (size, self->max_stanza_size) : size;
  self->n_fed -= length;
  if (self->in_section)
    hs_skip_begin_in_cdata (self->skip);
  hs_skip_follow_brackets (self->skip, self->in_section ? self->section.n_brackets : self->n_brackets);
  self->in_section = FALSE;
  self->n_brackets = 0;
  self->holding_tag = FALSE;
  self->skipping = TRUE;
  self->skip_due = FALSE;
  hs_parser_skip (self, copy, length);
}

/* A tag that libxml2 does not get. Where it is a stanza's own, nothing of the stanza is known yet. */
void
hs_parser_discard_tag (HsParser *self, HsDiscardReason reason)
{
  const char *rest = NULL;
  gsize length = hs_parser_get_rest (self, &rest);

  if (self->depth == HS_HEADER_DEPTH && self->discards && length > 1 && rest[1] != '/')
    {
      self->stanza_start = get_position (self);
      self->has_forgotten = FALSE;
      self->depth++;
      hs_parser_drop_inside (self, NULL);
      hs_skip_remember_tag (self->skip);
      self->skip_reason = reason;
      self->bounded = TRUE;
      self->skip_due = TRUE;
    }
  else
    discard (self, reason, length + self->held->len);
  if (self->error == NULL)
    hs_parser_begin_skip (self);
}

const HsDiscard *
hs_parser_event_get_discard (HsParserEvent *event)
{
  g_assert (event->type == HS_PARSER_EVENT_DISCARDED);

  return (const HsDiscard *) event;
}

void
hs_parser_set_discards (HsParser *self, gboolean discards)
{
  self->discards = discards;
}
