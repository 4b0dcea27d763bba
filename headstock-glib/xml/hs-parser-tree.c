/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-parser-private.h"

#include "hs-namespaces.h"
#include "hs-printable.h"
#include "xml/hs-writer.h"

/* How much of a tag is copied at once for its attributes. */
#define MAX_VALUES 2048
/* Room for scopes is made in steps, since few elements inside each other declare prefixes. */
#define SCOPES_STEP 8

void
hs_parser_fail (HsParser *self, HsXmlError code, const char *message)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (HS_XML_ERROR, code, message);
  if (self->context != NULL)
    xmlStopParser (self->context);
}

static void
link_event (HsParser *self, HsParserEvent *event, HsParserEventType type, HsNode *node)
{
  event->next = NULL;
  event->type = type;
  event->node = node;
  event->following = NULL;
  event->n_dropped = self->queue.n_dropped;
  self->queue.n_dropped = 0;
  if (self->queue.last != NULL)
    self->queue.last->next = event;
  else
    self->queue.first = event;
  self->queue.last = event;
}

static void
push_event (HsParser *self, HsParserEventType type, HsBlock *block, HsNode *node)
{
  link_event (self, hs_block_alloc (block, sizeof (HsParserEvent)), type, node);
}

/* An event without a node still has a block to lie in. */
static void
push_stream_end (HsParser *self)
{
  HsBlock *block = hs_block_new (NULL);

  push_event (self, HS_PARSER_EVENT_STREAM_END, block, hs_node_new (block, "", NULL));
}

HsBlock *
hs_parser_take_block (HsParser *self)
{
  HsBlock *block = self->spares;

  if (G_UNLIKELY (block == NULL))
    return hs_block_new (self->known.names);
  /* Nobody has had this block since it was put back: it need not be cleared. */
  self->spares = g_steal_pointer (&block->forward);
  self->n_spares--;
  return block;
}

void
hs_parser_put_block (HsParser *self, HsBlock *block)
{
  /* A block from before a restart of the stream does not have the names of the next stanza. */
  if (self->known.names != NULL && self->n_spares < HS_PARSER_MAX_SPARES &&
      hs_block_try_reset (block, self->known.names))
    {
      block->forward = self->spares;
      self->spares = block;
      self->n_spares++;
    }
  else
    hs_block_unref (block);
}

static void
copy_name (HsAttribute *attribute, const xmlChar **from)
{
  attribute->name = (const char *) from[0];
  attribute->prefix = (const char *) from[1];
  attribute->namespace_ = (const char *) from[2];
  attribute->next = attribute + 1;
}

/* Values one by one, wherever they are. */
static HsNode *
new_node_with_copies (HsBlock *block, int n_attributes, const xmlChar **attributes)
{
  gsize size = sizeof (HsNode) + n_attributes * (sizeof (HsAttribute) + 1);
  HsNode *node;
  HsAttribute *attribute;
  char *value;

  for (int i = 0; i < n_attributes; i++)
    size += attributes[i * 5 + 4] - attributes[i * 5 + 3];
  node = hs_block_alloc (block, size);
  attribute = (HsAttribute *) (node + 1);
  value = (char *) (attribute + n_attributes);
  for (int i = 0; i < n_attributes; i++, attributes += 5, attribute++)
    {
      gsize length = attributes[4] - attributes[3];

      copy_name (attribute, attributes);
      attribute->value = value;
      memcpy (value, attributes[3], length);
      value[length] = '\0';
      value += length + 1;
    }
  return node;
}

/* Room for a node, followed by its attributes and their values. The values still lie where the peer's
 * bytes are, with names and quotes between them, and are copied at once; not those that libxml2 had to
 * write anew, for references in them. */
static inline HsNode *
new_node (HsParser *self, HsBlock *block, int n_attributes, const xmlChar **attributes)
{
  const xmlParserInput *input = self->context->input;
  const xmlChar *first = attributes[3];
  gsize length = attributes[n_attributes * 5 - 1] - first;
  HsNode *node;
  HsAttribute *attribute;
  char *values;

  if (first < input->base || first > input->end || length > MAX_VALUES ||
      length >= (gsize) (input->end - first))
    return new_node_with_copies (block, n_attributes, attributes);
  node = hs_block_alloc (block, sizeof (HsNode) + n_attributes * sizeof (HsAttribute) + length + 1);
  attribute = (HsAttribute *) (node + 1);
  values = (char *) (attribute + n_attributes);
  memcpy (values, first, length);
  for (int i = 0; i < n_attributes; i++, attributes += 5, attribute++)
    {
      gsize start = attributes[3] - first;
      gsize end = attributes[4] - first;

      if (G_UNLIKELY (start > length || end > length))
        return new_node_with_copies (block, n_attributes, attributes - i * 5);
      copy_name (attribute, attributes);
      attribute->value = values + start;
      /* In place of the closing quote. */
      values[end] = '\0';
    }
  return node;
}

/* ---- What is thrown away ---- */

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

void
hs_parser_push_discarded (HsParser *self, HsNode *stanza, HsDiscardReason reason, gsize size)
{
  HsBlock *block = hs_node_get_block (stanza);
  HsDiscard *discard = hs_block_alloc (block, sizeof (HsDiscard));

  discard->reason = reason;
  discard->size = size;
  discard->limit = self->limits.max_stanza_size;
  link_event (self, &discard->event, HS_PARSER_EVENT_DISCARDED, stanza);
  self->drop.bounded = TRUE;
  /* An element that is not a stanza does not count as a received stanza (XEP-0198, 4). */
  self->drop.uncounted = hs_node_get_kind (stanza) == HS_STANZA_KIND_NONE;
}

/* Elements that are open have not been shown, and now never will be: they are a part of their stanza. */
static void
close_open_elements (HsParser *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  self->drop.skip = hs_skip_new (self->limits.max_depth);
  for (HsNode *node = self->open.current; node != NULL; node = node->parent)
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
    hs_skip_push (self->drop.skip, g_ptr_array_index (names, i - 1));
}

/* @n_held: bytes that have come, and that libxml2 has not been given or not used. */
void
hs_parser_discard (HsParser *self, HsDiscardReason reason, gsize n_held)
{
  HsNode *stanza = self->open.stanza;

  if (!self->limits.discards || (stanza == NULL && self->drop.skip == NULL))
    {
      fail (self, reason);
      return;
    }
  self->drop.skip_due = TRUE;
  if (self->drop.depth != 0)
    return;
  close_open_elements (self);
  hs_parser_push_discarded (self, stanza, reason, hs_parser_get_position (self) - self->open.start + n_held);
  self->drop.depth = HS_STANZA_DEPTH;
  self->open.stanza = self->open.current = NULL;
  self->open.block = NULL;
}

/* Discards the content of the stanza that has just begun. @name: its name as written, if the rest is to be skipped;
 * NULL: its start tag is still to come. */
void
hs_parser_drop_inside (HsParser *self, const char *name)
{
  self->drop.depth = self->depth;
  self->drop.skip = hs_skip_new (self->limits.max_depth);
  if (name != NULL)
    hs_skip_push (self->drop.skip, name);
}

void
hs_parser_finish_dropped (HsParser *self)
{
  if (!self->drop.uncounted)
    self->queue.n_dropped++;
  self->drop.depth = 0;
  hs_parser_forget_skip (self);
}

static void
dropped_end (HsParser *self, guint depth)
{
  if (self->drop.skip != NULL)
    hs_skip_pop (self->drop.skip);
  if (depth == self->drop.depth)
    hs_parser_finish_dropped (self);
}

void
hs_parser_forget_skip (HsParser *self)
{
  g_clear_pointer (&self->drop.skip, hs_skip_free);
  self->drop.skipping = self->drop.skip_due = self->drop.uncounted = self->drop.bounded = FALSE;
}

/* ---- What is kept ---- */

/* @block: has not been merged into another one. */
static inline void
check_size (HsParser *self, HsBlock *block)
{
  HsBlock *stanza_block = self->open.block;
  gsize size = block->size;

  if (G_UNLIKELY (block != stanza_block && stanza_block != NULL))
    size += hs_block_resolve (stanza_block)->size;
  /* Do not count the memory that every stanza needs: a node, and the attributes for its route. */
  if (G_UNLIKELY (size > self->limits.max_stanza_size + 2048))
    hs_parser_discard (self, HS_DISCARD_SIZE, 0);
}

static gboolean
is_foreign (HsParser *self, const xmlChar *uri)
{
  const char *content
      = self->content_namespace != NULL ? self->content_namespace : HS_NS_CLIENT;

  return uri != NULL && *uri != '\0' && !xmlStrEqual (uri, BAD_CAST content) &&
         !xmlStrEqual (uri, BAD_CAST HS_NS_STREAM);
}

/* The header has nothing of the session, and nearly all servers declare the same prefixes. */
void
hs_parser_set_header (HsParser *self, const char *header)
{
  g_clear_pointer (&self->header, g_ref_string_release);
  self->header = header != NULL ? g_ref_string_new_intern (header) : NULL;
}

/* Writes the start tag that a new parser is fed first, so that it knows the stream's namespace prefixes. */
static void
remember_header (HsParser *self,
                 const xmlChar *name,
                 const xmlChar *prefix,
                 int n_namespaces,
                 const xmlChar **namespaces)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();

  g_byte_array_append (header, (const guint8 *) "<", 1);
  if (prefix != NULL)
    {
      g_byte_array_append (header, prefix, xmlStrlen (prefix));
      g_byte_array_append (header, (const guint8 *) ":", 1);
    }
  g_byte_array_append (header, name, xmlStrlen (name));
  self->foreign = FALSE;
  for (int i = 0; i < n_namespaces; i++, namespaces += 2)
    {
      g_byte_array_append (header, (const guint8 *) " xmlns", 6);
      if (namespaces[0] != NULL)
        {
          g_byte_array_append (header, (const guint8 *) ":", 1);
          g_byte_array_append (header, namespaces[0], xmlStrlen (namespaces[0]));
        }
      else
        self->foreign = is_foreign (self, namespaces[1]);
      g_byte_array_append (header, (const guint8 *) "=\"", 2);
      hs_writer_append_escaped (header, namespaces[1] != NULL ? (const char *) namespaces[1] : "");
      g_byte_array_append (header, (const guint8 *) "\"", 1);
    }
  /* libxml2 looks at nothing before it has four bytes. */
  g_byte_array_append (header, (const guint8 *) "  >", sizeof "  >");
  hs_parser_set_header (self, (const char *) header->data);
}

static void
begin_stream (HsParser *self,
              HsBlock *block,
              HsNode *node,
              const xmlChar *prefix,
              int n_namespaces,
              const xmlChar **namespaces)
{
  self->prolog = FALSE;
  node->unfinished = FALSE;
  remember_header (self, BAD_CAST node->name, prefix, n_namespaces, namespaces);
  push_event (self, HS_PARSER_EVENT_STREAM_START, block, node);
}

/* Names are interned: the same name has the same address. */
static HsStanzaKind
get_kind (HsParser *self, const xmlChar *name, const xmlChar *uri)
{
  if (uri != self->known.client)
    return HS_STANZA_KIND_NONE;
  return name == self->known.message    ? HS_STANZA_KIND_MESSAGE
         : name == self->known.presence ? HS_STANZA_KIND_PRESENCE
         : name == self->known.iq       ? HS_STANZA_KIND_IQ
                                  : HS_STANZA_KIND_NONE;
}

/* The header of another stream inside the stream may never end, and is wrong already: it is told at once,
 * without what is in it. */
static void
push_header (HsParser *self, HsBlock *block, HsNode *node)
{
  node->unfinished = FALSE;
  push_event (self, HS_PARSER_EVENT_STANZA, block, node);
  self->drop.depth = self->depth;
}

/* libxml2 looks for a prefix among all that are in scope. */
static inline void
check_prefixes (HsParser *self)
{
  if (G_UNLIKELY (self->scopes.n_prefixes > HS_PARSER_MAX_NAMESPACES))
    hs_parser_discard (self, HS_DISCARD_PREFIXES, 0);
}

static void
begin_stanza (HsParser *self, HsBlock *block, HsNode *node)
{
  const char *name = node->name;

  node->kind = get_kind (self, BAD_CAST node->name, BAD_CAST node->namespace_);
  if (G_UNLIKELY (node->kind == HS_STANZA_KIND_NONE && self->start_depth == 0
                  && hs_node_matches (node, "stream", HS_NS_STREAM)))
    {
      push_header (self, block, node);
      return;
    }
  self->open.stanza = self->open.current = node;
  self->open.block = block;
  self->open.names_size = self->names_size;
  self->has_forgotten = FALSE;
  self->open.start = self->n_fed - (self->context->input->end - self->context->input->cur);
  if (self->callbacks->stanza_begins == NULL ||
      self->callbacks->stanza_begins (node, self->user_data))
    {
      check_size (self, block);
      check_prefixes (self);
      return;
    }
  hs_parser_put_block (self, g_steal_pointer (&self->open.block));
  self->open.stanza = self->open.current = NULL;
  hs_parser_drop_inside (self, name);
  check_prefixes (self);
}

/* A stanza that stands alone and names no namespace is in jabber:client, with all that is in it. */
static void
assume_client (HsParser *self, const xmlChar *name)
{
  if (name == self->known.message || name == self->known.presence || name == self->known.iq)
    self->known.assumed = self->known.client;
}

static const xmlChar *
map_namespace (HsParser *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  if (G_LIKELY (self->known.content == NULL && self->start_depth == 0))
    return uri;
  if (self->start_depth == 0)
    return uri == self->known.content ? self->known.client : uri;
  if (uri != NULL || prefix != NULL)
    return uri;
  if (self->depth == HS_STANZA_DEPTH)
    assume_client (self, name);
  return self->known.assumed;
}

void
hs_parser_scopes_clear (HsParserScopes *self)
{
  g_clear_pointer (&self->elements, g_free);
  *self = (HsParserScopes){ .elements = NULL };
}

static void
push_scope (HsParserScopes *self, guint depth, guint n_prefixes)
{
  if (self->n_elements % SCOPES_STEP == 0)
    self->elements = g_renew (HsScope, self->elements, self->n_elements + SCOPES_STEP);
  self->elements[self->n_elements++] = (HsScope){ depth, n_prefixes };
  self->depth = depth;
  self->n_prefixes += n_prefixes;
}

static void
pop_scope (HsParserScopes *self)
{
  self->n_prefixes -= self->elements[--self->n_elements].n_prefixes;
  self->depth = self->n_elements > 0 ? self->elements[self->n_elements - 1].depth : 0;
}

/* libxml2 counts the prefixes that are in scope, but does not show the count in all its releases. Of default
 * namespaces there are no more than elements, whose depth has a limit. */
static inline void
enter_scope (HsParser *self, int n_namespaces, const xmlChar **namespaces)
{
  guint n_prefixes = 0;

  if (G_LIKELY (n_namespaces == 1 && namespaces[0] == NULL))
    return;
  for (int i = 0; i < n_namespaces; i++)
    n_prefixes += namespaces[i * 2] != NULL;
  push_scope (&self->scopes, self->depth, n_prefixes);
}

/* Whether the element may come in, and is wanted. */
static gboolean
check_start (HsParser *self, const xmlChar *name, int n_namespaces, const xmlChar **namespaces)
{
  if (n_namespaces > 0)
    enter_scope (self, n_namespaces, namespaces);
  if (self->error != NULL || self->replaying)
    return FALSE;
  if (self->depth > self->limits.max_depth + HS_HEADER_DEPTH)
    hs_parser_fail (self, HS_XML_ERROR_TOO_DEEP, "Elements are nested deeper than is allowed");
  else if (n_namespaces > 0 && self->depth != HS_STANZA_DEPTH)
    check_prefixes (self);
  if (self->error != NULL || G_LIKELY (self->drop.depth == 0))
    return self->error == NULL;
  if (self->drop.skip != NULL)
    hs_skip_push (self->drop.skip, (const char *) name);
  return FALSE;
}

/* An element that is to be forgotten gets a block of its own, which is freed with it. */
static gboolean
is_to_be_forgotten (HsParser *self, const xmlChar *name, const xmlChar *uri)
{
  return self->forgets && self->depth > HS_STANZA_DEPTH &&
         self->callbacks->forget (self->open.stanza, (const char *) name, (const char *) uri,
                                 self->user_data);
}

static void
on_start_element (void *data,
                  const xmlChar *name,
                  const xmlChar *prefix,
                  const xmlChar *uri,
                  int n_namespaces,
                  const xmlChar **namespaces,
                  int n_attributes,
                  int n_defaulted,
                  const xmlChar **attributes)
{
  HsParser *self = data;
  guint depth = ++self->depth;
  gboolean forget;
  HsNode *node;
  HsBlock *block;

  if (!check_start (self, name, n_namespaces, namespaces))
    return;
  uri = map_namespace (self, name, prefix, uri);
  forget = is_to_be_forgotten (self, name, uri);
  if (depth <= HS_STANZA_DEPTH || forget)
    block = hs_parser_take_block (self);
  else
    block = hs_block_resolve (self->open.current->block);

  if (n_attributes > 0)
    {
      node = new_node (self, block, n_attributes, attributes);
      hs_node_init (node, block, (const char *) name, (const char *) uri);
      node->attributes = (HsAttribute *) (node + 1);
      node->attributes[n_attributes - 1].next = NULL;
    }
  else
    node = hs_node_new (block, (const char *) name, (const char *) uri);
  node->unfinished = TRUE;
  node->forget = forget;

  if (depth > HS_STANZA_DEPTH)
    {
      if (G_UNLIKELY (hs_node_has_gap (self->open.current)))
        hs_node_close_gap (self->open.current);
      hs_node_add_last (self->open.current, node);
      self->open.current = node;
      check_size (self, block);
    }
  else if (depth == HS_STANZA_DEPTH)
    begin_stanza (self, block, node);
  else
    begin_stream (self, block, node, prefix, n_namespaces, namespaces);
}

static void
on_end_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  HsParser *self = data;
  HsNode *node;
  guint depth = self->depth--;

  if (G_UNLIKELY (depth == self->scopes.depth))
    pop_scope (&self->scopes);
  if (self->error != NULL)
    return;
  if (self->drop.depth != 0)
    {
      dropped_end (self, depth);
      return;
    }
  if (depth == HS_HEADER_DEPTH)
    {
      if (self->framed)
        hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML: an end tag without its element");
      else
        push_stream_end (self);
      return;
    }
  node = self->open.current;
  if (G_UNLIKELY (hs_node_has_gap (node)))
    hs_node_close_gap (node);
  node->unfinished = FALSE;
  self->open.current = node->parent;
  if (depth == HS_STANZA_DEPTH)
    {
      self->open.stanza = NULL;
      self->open.block = NULL;
      push_event (self, HS_PARSER_EVENT_STANZA, hs_node_get_block (node), node);
    }
  else if (node->forget)
    {
      self->has_forgotten = TRUE;
      push_event (self, HS_PARSER_EVENT_FORGET, hs_node_get_block (node), node);
    }
}

static void
on_characters (void *data, const xmlChar *text, int length)
{
  HsParser *self = data;

  if (self->error != NULL || self->drop.depth != 0)
    return;
  if (self->open.current == NULL)
    {
      for (int i = 0; i < length; i++)
        {
          if (!hs_xml_is_space (text[i]))
            {
              hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "There is text between two stanzas");
              return;
            }
        }
      return;
    }
  hs_node_append_text (self->open.current, (const char *) text, length);
  check_size (self, hs_block_resolve (self->open.current->block));
}

/* The parser gives libxml2 an empty CDATA section: libxml2 never sees the content. */
static void
on_section (void *data, const xmlChar *text, int length)
{
}

static void
on_processing_instruction (void *data, const xmlChar *target, const xmlChar *text)
{
  hs_parser_fail (data, HS_XML_ERROR_RESTRICTED, HS_PARSER_INSTRUCTION);
}

/* An instruction is an error at its first bytes, whatever comes after them. Where libxml2 has more of it, it
 * tells first what is wrong there. */
static gboolean
is_in_instruction (HsParser *self)
{
  const xmlParserInput *input = self->context->input;

  if (input == NULL || !self->begun)
    return FALSE;
  for (const xmlChar *p = input->cur; p > input->base; p--)
    {
      if (p[-1] == '<' && p[0] == '?')
        return TRUE;
      if (p < input->cur && p[-1] == '?' && p[0] == '>')
        return FALSE;
    }
  return FALSE;
}

static void
on_error (void *data, HsXmlParserError xml_error)
{
  HsParser *self = data;
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;

  if (xml_error->level < XML_ERR_ERROR || self->error != NULL)
    return;
  /* Any string can be a namespace: servers relay what anybody wrote. */
  if (xml_error->code == XML_WAR_NS_URI || xml_error->code == XML_WAR_NS_URI_RELATIVE)
    return;
  /* Nobody can have declared it. */
  if (xml_error->code == XML_ERR_UNDECLARED_ENTITY)
    {
      hs_parser_fail (self, HS_XML_ERROR_RESTRICTED, "An entity, which XMPP forbids");
      return;
    }
  if (is_in_instruction (self))
    {
      hs_parser_fail (self, HS_XML_ERROR_RESTRICTED, HS_PARSER_INSTRUCTION);
      return;
    }
  text = hs_printable (xml_error->message != NULL ? xml_error->message : "?", HS_PRINTABLE_TEXT);
  message = g_strdup_printf ("Not well-formed XML: %s", text);
  hs_parser_fail (self, HS_XML_ERROR_NOT_WELL_FORMED, message);
}

xmlSAXHandler hs_parser_sax_handler = {
  .initialized = XML_SAX2_MAGIC,
  .startElementNs = on_start_element,
  .endElementNs = on_end_element,
  .characters = on_characters,
  .ignorableWhitespace = on_characters,
  .cdataBlock = on_section,
  .processingInstruction = on_processing_instruction,
  .serror = on_error,
};
