/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-parser-private.h"

#include "hs-namespaces.h"

/* One slice is parsed before its stanzas are dispatched: small enough to be quick and to leave little
 * in the queue, large enough that the parser's own cost per call does not count. */
#define SLICE 4096
/* A tag that has not ended by then is collected here, since libxml2 would look at all of it again with
 * each piece. */
#define LONG_TAG 1024
#define MAX_HEADER (16 * 1024)
/* The XML declaration is looked at from its beginning with each piece of it that comes. */
#define MAX_DECLARATION 1024
/* The root element that libxml2 is given for a framed stream. It declares no namespace, so that an element without
 * one gets none. libxml2 looks at nothing before it has four bytes. */
#define FRAMED_ROOT "<frames>"
/* When the names of one connection take more bytes than this, the parser begins a new dictionary. */
#define MAX_NAMES (128 * 1024)
/* libxml2 takes memory for names in advance, each time four times as much as before. */
#define MAX_NAMES_AHEAD (512 * 1024)

HsParser *
hs_parser_new (const char *content_namespace,
               const HsParserCallbacks *callbacks,
               gpointer user_data)
{
  static const HsParserCallbacks no_callbacks = { NULL };
  HsParser *self = g_new0 (HsParser, 1);

  if (content_namespace != NULL && strcmp (content_namespace, HS_NS_CLIENT) != 0)
    self->content_namespace = g_strdup (content_namespace);
  self->callbacks = callbacks != NULL ? callbacks : &no_callbacks;
  self->user_data = user_data;
  self->drop.parse_element = hs_parser_parse_element;
  self->limits.max_stanza_size = 10 * 1024 * 1024;
  self->limits.max_depth = 128;
  self->prolog = TRUE;
  return self;
}

static gboolean
is_inside (HsNode *node, HsNode *ancestor)
{
  while (node != NULL && node != ancestor)
    node = node->parent;
  return node != NULL;
}

static void
drop_stanza (HsParser *self)
{
  /* Elements that were parsed to be forgotten are events in the queue, and outlive the stanza: unlink them. */
  for (HsParserEvent *event = self->queue.first; event != NULL && self->open.stanza != NULL; event = event->next)
    {
      if (event->type == HS_PARSER_EVENT_FORGET && is_inside (event->node, self->open.stanza))
        hs_node_unlink (event->node);
    }
  while (self->open.current != NULL)
    {
      HsNode *node = self->open.current;

      self->open.current = node->parent;
      if (node->forget)
        {
          hs_node_unlink (node);
          hs_block_unref (hs_node_get_block (node));
        }
    }
  g_clear_pointer (&self->open.block, hs_block_unref);
  self->open.stanza = NULL;
}

static void
show_following (HsParserEvent *event)
{
  if (event->following != NULL)
    hs_node_show_following (event->node, g_steal_pointer (&event->following), event->last);
}

void
hs_parser_free (HsParser *self)
{
  HsParserEvent *event;

  /* Somebody may have a view on an element that is not dispatched any more, but not on its parent. */
  while ((event = hs_parser_pop (self)) != NULL)
    {
      show_following (event);
      hs_node_forget (event->node);
      hs_block_unref (hs_node_get_block (event->node));
    }
  drop_stanza (self);
  hs_parser_forget_skip (self);
  hs_parser_drop_context (self);
  g_clear_pointer (&self->pending.held, g_byte_array_unref);
  hs_parser_set_header (self, NULL);
  g_clear_error (&self->error);
  g_free (self->content_namespace);
  g_free (self);
}

void
hs_parser_set_limits (HsParser *self, gsize max_stanza_size, guint max_depth)
{
  self->limits.max_stanza_size = max_stanza_size;
  self->limits.max_depth = max_depth;
}

void
hs_parser_set_framed (HsParser *self, gboolean framed)
{
  self->framed = framed;
}

/* There is no header to wait for, and the encoding was agreed on below XML: no frame begins with an XML
 * declaration. */
static void
begin_framed (HsParser *self)
{
  hs_parser_set_header (self, FRAMED_ROOT);
  self->depth = HS_HEADER_DEPTH;
  self->prolog = FALSE;
  self->begun = TRUE;
  self->foreign = FALSE;
}

void
hs_parser_restart (HsParser *self)
{
  drop_stanza (self);
  hs_parser_forget_skip (self);
  hs_parser_drop_context (self);
  g_clear_pointer (&self->pending.held, g_byte_array_unref);
  hs_parser_set_header (self, NULL);
  self->pending.is_tag = FALSE;
  self->depth = 0;
  self->drop.depth = 0;
  self->queue.n_dropped = self->queue.n_dropped_popped = 0;
  self->prolog = TRUE;
  self->begun = FALSE;
  self->pending.in_section = FALSE;
  self->pending.n_brackets = 0;
  if (self->framed)
    begin_framed (self);
}

/* Goes on after the stream's header with nothing of what came since. */
static void
renew (HsParser *self)
{
  hs_parser_drop_context (self);
  hs_parser_make_context (self);
  hs_parser_replay_header (self);
}

/* Renews the context if the skipped stanza has ended. */
static void
renew_if_skipped (HsParser *self)
{
  if (self->error == NULL && !self->drop.skipping)
    renew (self);
}

/* Names are the parser's as long as anything refers to them. A peer that keeps inventing new names gets a
 * new dictionary between two stanzas. Where the dictionary is too large, hs_parser_feed() stops after each
 * tag, since the end of a stanza is not likely to be the end of what was read. */
static gboolean
has_many_names (HsParser *self)
{
  return self->start_depth == 0 && self->names_size >= MAX_NAMES && !self->drop.skipping;
}

static void
renew_names (HsParser *self)
{
  const char *rest = NULL;
  g_autofree char *copy = NULL;
  gsize length;

  if (self->depth != HS_HEADER_DEPTH || self->pending.in_section || self->queue.first != NULL)
    return;
  length = hs_parser_get_rest (self, &rest);
  copy = g_memdup2 (rest, length);
  renew (self);
  if (length > 0)
    xmlParseChunk (self->context, copy, length, 0);
}

/* White space between stanzas keeps connections alive, and libxml2 holds it until the next tag. */
static gboolean
only_space_left (HsParser *self)
{
  const char *rest = NULL;
  gsize length = hs_parser_get_rest (self, &rest);

  if (self->pending.in_section)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (!hs_xml_is_space (rest[i]))
        return FALSE;
    }
  return TRUE;
}

gboolean
hs_parser_is_foreign (HsParser *self)
{
  return self->foreign;
}

gboolean
hs_parser_is_between_stanzas (HsParser *self)
{
  return self->error == NULL && self->depth == HS_HEADER_DEPTH && hs_parser_get_n_held (self) == 0 &&
         !self->pending.is_tag && (self->context == NULL || only_space_left (self));
}

gboolean
hs_parser_shrink (HsParser *self)
{
  if (self->depth != HS_HEADER_DEPTH || self->queue.first != NULL || self->start_depth != 0 || self->error != NULL ||
      hs_parser_get_n_held (self) > 0 || (self->context != NULL && !only_space_left (self)))
    return FALSE;
  if (self->context != NULL)
    hs_parser_drop_context (self);
  return TRUE;
}

/* Looks at the markup whose end libxml2 waits for. Processing instructions and broken references fail at once. A long
 * tag is collected by the parser, since libxml2 would look at all of it again with each piece. */
static void
look_at_rest (HsParser *self)
{
  const char *rest;
  gsize length = hs_parser_get_rest (self, &rest);

  if (length < 2)
    return;
  if (rest[0] == '&')
    {
      if (!hs_bytes_may_be_reference (rest, length))
        hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "A reference without an end");
    }
  else if (rest[0] == '<' && rest[1] == '?' && self->begun)
    hs_parser_fail (self, HS_XML_ERROR_RESTRICTED, HS_PARSER_INSTRUCTION);
  else if (rest[0] == '<' && length > LONG_TAG)
    {
      self->pending.tag = (HsTagScan){ 0 };
      self->pending.is_tag = !hs_tag_scan_ends (&self->pending.tag, rest, length);
    }
}

/* Returns the size of the stanza that comes in, with all names that were added since it began. */
static gsize
get_size (HsParser *self)
{
  return self->names_size - self->open.names_size +
         (self->open.block != NULL ? hs_block_get_size (self->open.block) : 0);
}

/* Whether @bytes complete a "]]>", which is an error in text (XML 1.0, 2.4). libxml2 finds a "]]>" only if it gets
 * all three characters at once. */
static gboolean
ends_section_in_text (HsParser *self, const char *bytes, gsize length)
{
  gsize n = 0;

  while (n < length && bytes[n] == ']')
    n++;
  return n < length && bytes[n] == '>' && self->pending.n_brackets + n >= 2;
}

/* Returns how many "]" the text ends with, for ends_section_in_text(). @bytes have just been parsed and end with "]".
 * libxml2 may take the next piece of text without these brackets, and then does not see a "]]>" over both pieces. If
 * libxml2 still holds other bytes than brackets, it waits for the end of a tag: the brackets are not text. */
static gsize
count_brackets (HsParser *self, const char *bytes, gsize length)
{
  const char *rest;
  gsize n = 0;

  while (n < length && bytes[length - n - 1] == ']')
    n++;
  if (n == length)
    n += self->pending.n_brackets;
  return hs_parser_get_rest (self, &rest) <= n ? n : 0;
}

/* Gives tags, text and references to libxml2. */
static void
parse_plain (HsParser *self, const char *bytes, gsize length)
{
  self->n_fed += length;
  if (G_UNLIKELY (self->pending.n_brackets > 0) && ends_section_in_text (self, bytes, length))
    {
      hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML: \"]]>\" in text");
      return;
    }
  xmlParseChunk (self->context, bytes, length, 0);
  if (self->error == NULL && !self->context->wellFormed)
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML");
  self->pending.n_brackets = bytes[length - 1] == ']' ? count_brackets (self, bytes, length) : 0;
  if (self->error == NULL)
    look_at_rest (self);
}

/* Whether a tag or a reference has begun and not ended. libxml2 looks at nothing before it has four bytes, so
 * what is left may be a whole tag; and it may wait for more text with a reference, whole or not, in it. */
static gboolean
is_in_markup (HsParser *self)
{
  const char *rest;
  const char *reference;
  gsize length = hs_parser_get_rest (self, &rest);
  HsTagScan tag = { 0 };

  if (length == 0)
    return FALSE;
  if (rest[0] == '<')
    return !hs_tag_scan_ends (&tag, rest, length);
  reference = g_strrstr_len (rest, length, "&");
  return reference != NULL && memchr (reference, ';', rest + length - reference) == NULL;
}

/* "<!": RFC 6120, 11.1 forbids all but CDATA sections. libxml2 never sees what is forbidden, so it is an error
 * at its first bytes, and the same error with every release of libxml2. Of a section, libxml2 sees an empty one:
 * its releases differ in how much of a section they keep until its end has come, whether they normalise its line
 * ends, and whether they stop in it at a NUL. An empty section also makes libxml2 look at the text that it keeps
 * until a tag comes: what is wrong there comes first. */
static gsize
begin_section (HsParser *self, const char *bytes, gsize length)
{
  gboolean forbidden = length < strlen (HS_SECTION_START) ||
                       memcmp (bytes, HS_SECTION_START, strlen (HS_SECTION_START)) != 0;

  if (is_in_markup (self))
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED,
                    "Not well-formed XML: \"<\" inside a tag or a reference");
  else if (self->depth > self->start_depth || !forbidden)
    {
      parse_plain (self, HS_SECTION_EMPTY, strlen (HS_SECTION_EMPTY));
      /* The end of the section is still to come. */
      self->n_fed -= strlen (HS_SECTION_EMPTY) - strlen (HS_SECTION_START);
    }
  if (self->error == NULL && forbidden)
    hs_parser_fail (self, HS_XML_ERROR_RESTRICTED,
                    "A comment, document type or other declaration, which XMPP forbids");
  self->pending.section = (HsSectionScan){ 0 };
  self->pending.in_section = TRUE;
  return strlen (HS_SECTION_START);
}

static void
on_section_text (const char *text, gsize length, gpointer data)
{
  HsParser *self = data;

  if (hs_bytes_are_xml_characters (text, length))
    hs_parser_sax_handler.characters (self, BAD_CAST text, length);
  else
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED,
                    "Not well-formed XML: a character that XML does not allow");
}

static gsize
parse_section (HsParser *self, const char *bytes, gsize length)
{
  guint64 n_fed = self->n_fed;
  gboolean ended;
  gsize used;

  self->n_fed = n_fed + length;
  used = hs_section_scan (&self->pending.section, bytes, length, &ended, on_section_text, self);
  self->n_fed = n_fed + used;
  self->pending.in_section = !ended;
  return used;
}

/* Parses up to the end of the next CDATA section, or up to where the next one begins, or skips up to the end of
 * the stanza. */
static gsize
parse_part (HsParser *self, const char *bytes, gsize length)
{
  gsize used;

  if (G_UNLIKELY (self->drop.skipping))
    {
      used = hs_parser_skip (self, bytes, length);
      renew_if_skipped (self);
      return used;
    }
  if (self->pending.in_section)
    return parse_section (self, bytes, length);
  used = hs_bytes_find_declaration (bytes, length);
  if (used > 0)
    parse_plain (self, bytes, used);
  if (used < length && self->error == NULL && !self->drop.skip_due)
    used += begin_section (self, bytes + used, length - used);
  return used;
}

static GByteArray *
ensure_held (HsParser *self)
{
  if (self->pending.held == NULL)
    self->pending.held = g_byte_array_new ();
  return self->pending.held;
}

/* A stream's beginning is held until it shows that it is XML in UTF-8. Returns whether it does. */
static gboolean
begin (HsParser *self, const char *bytes, gsize length, gsize *declaration)
{
  switch (hs_bytes_look_at_beginning (bytes, length, declaration))
    {
    case HS_BEGINNING_UNFINISHED:
      g_byte_array_prepend (ensure_held (self), (const guint8 *) bytes, length);
      if (length > MAX_DECLARATION)
        hs_parser_fail (self, HS_XML_ERROR_TOO_LARGE, "The XML declaration is larger than is allowed");
      return FALSE;
    case HS_BEGINNING_OTHER_ENCODING:
      /* A program's string is UTF-8, even if it was read from a file that declares another encoding. */
      if (self->start_depth == 0)
        hs_parser_fail (self, HS_XML_ERROR_UNSUPPORTED_ENCODING, "The XML is not in UTF-8");
      break;
    case HS_BEGINNING_NOT_XML:
      hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "What came is not XML in UTF-8");
      break;
    case HS_BEGINNING_GOOD:
    default:
      break;
    }
  return self->error == NULL;
}

/* Begins a skip that is due, before the next bytes are parsed. */
static void
begin_due_skip (HsParser *self)
{
  if (G_UNLIKELY (self->drop.skip_due) && self->error == NULL)
    {
      hs_parser_begin_skip (self);
      renew_if_skipped (self);
    }
}

static void
parse (HsParser *self, const char *bytes, gsize length)
{
  gsize used = 0;
  gsize valid;

  if (G_UNLIKELY (!self->begun) && !begin (self, bytes, length, &used))
    return;
  valid = hs_bytes_valid_utf8 (bytes, length);
  if (G_UNLIKELY (used > 0))
    parse_plain (self, bytes, MIN (used, valid));
  self->begun = TRUE;
  while (used < valid && self->error == NULL)
    {
      used += parse_part (self, bytes + used, valid - used);
      begin_due_skip (self);
    }
  if (self->error == NULL && valid < length)
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED,
                    "Not well-formed XML: bytes that are not UTF-8, or a NUL");
  if (self->error != NULL || self->drop.skipping)
    return;
  self->names_size = hs_parser_get_names_size (self);
  /* Names of discarded and forgotten elements take memory too. */
  if (get_size (self) > self->limits.max_stanza_size + MAX_NAMES_AHEAD)
    {
      hs_parser_discard (self, HS_DISCARD_NAMES, 0);
      begin_due_skip (self);
    }
}

/* How many of the bytes can be parsed before more come: whole characters, and not the first bytes of a
 * CDATA section. */
static gsize
get_whole (const char *bytes, gsize length)
{
  return hs_bytes_before_section_start (bytes, hs_bytes_whole_characters (bytes, length));
}

static void
parse_held (HsParser *self)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&self->pending.held);
  gsize whole = get_whole ((const char *) held->data, held->len);

  if (whole < held->len)
    g_byte_array_append (ensure_held (self), held->data + whole, held->len - whole);
  parse (self, (const char *) held->data, whole);
}

static void
discard_tag (HsParser *self, HsDiscardReason reason)
{
  hs_parser_discard_tag (self, reason);
  renew_if_skipped (self);
}

static void
parse_slice (HsParser *self, const char *bytes, gsize length)
{
  gsize whole;

  if (G_LIKELY (self->pending.held == NULL && !self->pending.is_tag))
    {
      whole = get_whole (bytes, length);
      if (whole < length)
        g_byte_array_append (ensure_held (self), (const guint8 *) bytes + whole, length - whole);
      parse (self, bytes, whole);
      return;
    }
  g_byte_array_append (ensure_held (self), (const guint8 *) bytes, length);
  if (self->pending.is_tag)
    {
      if (hs_tag_scan_ends (&self->pending.tag, bytes, length))
        self->pending.is_tag = FALSE;
      if (self->pending.tag.n_values > HS_PARSER_MAX_ATTRIBUTES)
        discard_tag (self, HS_DISCARD_ATTRIBUTES);
      else if (hs_parser_get_n_held (self) > self->limits.max_stanza_size)
        discard_tag (self, HS_DISCARD_SIZE);
      if (self->error != NULL || self->pending.is_tag)
        return;
    }
  parse_held (self);
}

static gsize
slice_length (const char *bytes, gsize length, gboolean single)
{
  const char *end;

  length = MIN (length, SLICE);
  if (!single)
    return length;
  end = memchr (bytes, '>', length);
  return end != NULL ? (gsize) (end + 1 - bytes) : length;
}

/* Makes or frees the libxml2 context for the next bytes. libxml2 does not see bytes that are skipped. */
static void
prepare_context (HsParser *self)
{
  if (G_UNLIKELY (self->drop.skipping))
    {
      if (self->queue.first == NULL)
        hs_parser_drop_context (self);
    }
  else if (self->context == NULL)
    {
      hs_parser_make_context (self);
      if (self->header != NULL)
        hs_parser_replay_header (self);
    }
  else if (G_UNLIKELY (has_many_names (self)))
    renew_names (self);
}

gsize
hs_parser_feed (HsParser *self,
                const char *bytes,
                gsize length,
                gboolean single,
                GError **error)
{
  gsize used;

  if (self->error == NULL)
    prepare_context (self);
  used = slice_length (bytes, length, single || has_many_names (self));
  if (self->error == NULL)
    {
      parse_slice (self, bytes, used);
      if (self->prolog && self->error == NULL && self->context != NULL)
        {
          const char *rest;

          if (hs_parser_get_rest (self, &rest) + hs_parser_get_n_held (self) > MAX_HEADER)
            hs_parser_fail (self, HS_XML_ERROR_TOO_LARGE, "The stream's header is larger than is allowed");
        }
    }
  if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  return used;
}

static inline HsParserEvent *
take_event (HsParser *self, HsParserEvent *event)
{
  /* Hide the nodes after this one: for the handlers they have not come yet, even if they were parsed together. */
  if (event->type == HS_PARSER_EVENT_FORGET && event->node->parent != NULL)
    event->following = hs_node_hide_following (event->node, &event->last);
  self->queue.first = event->next;
  if (self->queue.first == NULL)
    self->queue.last = NULL;
  self->queue.n_dropped_popped += event->n_dropped;
  return event;
}

HsParserEvent *
hs_parser_pop (HsParser *self)
{
  if (self->queue.first != NULL)
    return take_event (self, self->queue.first);
  self->queue.n_dropped_popped += self->queue.n_dropped;
  self->queue.n_dropped = 0;
  if (hs_parser_has_many_contexts ())
    hs_parser_shrink (self);
  return NULL;
}

HsParserEvent *
hs_parser_pop_stanza (HsParser *self)
{
  HsParserEvent *event = self->queue.first;

  if (event == NULL)
    return NULL;
  if (event->type == HS_PARSER_EVENT_FORGET
      || (event->type == HS_PARSER_EVENT_STANZA && hs_node_get_kind (event->node) != HS_STANZA_KIND_NONE))
    return take_event (self, event);
  return NULL;
}

guint
hs_parser_take_dropped (HsParser *self)
{
  guint n = self->queue.n_dropped_popped;

  self->queue.n_dropped_popped = 0;
  return n;
}

void
hs_parser_give_back (HsParser *self, HsParserEvent *event)
{
  HsNode *node = event->node;

  show_following (event);
  if (event->type == HS_PARSER_EVENT_KEPT)
    return;
  if (event->type == HS_PARSER_EVENT_FORGET)
    hs_node_forget (node);
  hs_parser_put_block (self, node->block);
}

void
hs_parser_keep (HsParser *self, HsParserEvent *event)
{
  HsBlock *block = hs_node_get_block (event->node);

  show_following (event);
  event->type = HS_PARSER_EVENT_KEPT;
  event->node->forget = FALSE;
  hs_block_merge (hs_node_get_block (event->node->parent), block);
  hs_block_unref (block);
}

void
hs_parser_set_forgets (HsParser *self, gboolean forgets)
{
  self->forgets = forgets && self->callbacks->forget != NULL;
}

HsNode *
hs_parser_parse_element (const char *xml, gsize length, GError **error)
{
  HsParser *self = hs_parser_new (NULL, NULL, NULL);
  HsParserEvent *event;
  HsNode *node = NULL;
  gboolean empty = TRUE;

  /* A file, unlike a stream, may begin with a byte order mark (XML 1.0, 4.3.3). */
  if (length >= 3 && memcmp (xml, "\357\273\277", 3) == 0)
    {
      xml += 3;
      length -= 3;
    }
  for (gsize i = 0; i < length && empty; i++)
    empty = hs_xml_is_space (xml[i]);
  self->start_depth = self->depth = HS_HEADER_DEPTH;
  self->limits.max_stanza_size = G_MAXSIZE / 2;
  hs_parser_make_context (self);
  while (length > 0 && self->error == NULL)
    {
      gsize used = slice_length (xml, length, FALSE);

      parse_slice (self, xml, used);
      xml += used;
      length -= used;
    }
  if (self->error == NULL && empty)
    hs_parser_fail (self, HS_XML_ERROR_EMPTY, "There is no element");
  if (self->error == NULL && (self->queue.first == NULL || hs_parser_get_n_held (self) > 0))
    hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML: the element has no end");
  if (self->error == NULL)
    xmlParseChunk (self->context, NULL, 0, 1);
  event = hs_parser_pop (self);
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    node = event->node;
  if (event != NULL && node == NULL)
    hs_block_unref (hs_node_get_block (event->node));
  hs_parser_free (self);
  return node;
}
