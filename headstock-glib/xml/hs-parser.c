/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-parser.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "xml/hs-bytes.h"
#include "xml/hs-node-private.h"
#include "xml/hs-writer.h"

/* One slice is parsed before its stanzas are dispatched: small enough to be quick and to leave little
 * in the queue, large enough that the parser's own cost per call does not count. */
#define SLICE 4096
/* A tag that has not ended by then is collected here, since libxml2 would look at all of it again with
 * each piece. */
#define LONG_TAG 1024
#define MAX_HEADER (16 * 1024)
/* Names that one connection may have interned before a new dictionary is begun, in bytes. */
#define MAX_NAMES (64 * 1024)
/* libxml2 compares each attribute of a tag with each other, and looks for a prefix among all that are
 * in scope. */
#define MAX_ATTRIBUTES 1000
#define MAX_NAMESPACES 1000
#define MAX_SPARE_BLOCKS 32
/* libxml2's parser takes 15 KiB. A process with more than so many connections makes one anew for what
 * comes, so that a thousand silent ones, or a thousand that sign in at once, do not each keep theirs. */
#define MAX_CONTEXTS 8

static int n_contexts;

enum
{
  HEADER_DEPTH = 1,
  STANZA_DEPTH = 2,
};

struct _HsParser
{
  xmlParserCtxt *context; /* NULL until bytes come, and while the stream is silent */
  HsNames *names;
  const xmlChar *content; /* interned: the namespace that is mapped to jabber:client, or NULL */
  const xmlChar *client;
  char *content_namespace;
  HsParserCallbacks callbacks;
  gpointer user_data;
  gboolean forgets;

  gsize max_stanza_size;
  guint max_depth;

  guint depth;
  guint start_depth; /* 0 for a stream; 1 where one element stands alone */
  guint dropping;    /* depth at which what is inside is thrown away, or 0 */
  gboolean replaying;
  gboolean prolog; /* before the stream's header */
  gboolean foreign; /* see hs_parser_is_foreign() */
  guint n_first_bytes;
  HsBlock *stanza_block;
  HsNode *stanza;
  HsNode *current;

  GByteArray *held; /* bytes that libxml2 has not been given: part of a character, or of a tag */
  gboolean holding_tag;
  HsTagScan tag; /* the held one */
  GByteArray *header;

  HsParserEvent *first;
  HsParserEvent *last;
  HsBlock *spares[MAX_SPARE_BLOCKS];
  guint n_spares;
  guint n_dropped;        /* stanzas since the last event in the queue */
  guint n_dropped_popped; /* and those before the last that was popped */
  GError *error;
  guint generation;
};

static void
fail (HsParser *self, HsXmlError code, const char *message)
{
  if (self->error == NULL)
    self->error = g_error_new_literal (HS_XML_ERROR, code, message);
  xmlStopParser (self->context);
}

static void
push_event (HsParser *self, HsParserEventType type, HsNode *node)
{
  HsBlock *block = node != NULL ? hs_node_get_block (node) : hs_block_new (NULL);
  HsParserEvent *event = hs_block_alloc (block, sizeof (HsParserEvent));

  event->next = NULL;
  event->type = type;
  event->following = NULL;
  event->n_dropped = self->n_dropped;
  self->n_dropped = 0;
  /* An event without a node still has a block to lie in. */
  event->node = node != NULL ? node : hs_node_new (block, "", NULL);
  if (self->last != NULL)
    self->last->next = event;
  else
    self->first = event;
  self->last = event;
}

static HsBlock *
take_block (HsParser *self)
{
  while (self->n_spares > 0)
    {
      HsBlock *block = self->spares[--self->n_spares];

      if (hs_block_try_reset (block, self->names))
        return block;
      hs_block_unref (block);
    }
  return hs_block_new (self->names);
}

static void
put_block (HsParser *self, HsBlock *block)
{
  if (self->n_spares < MAX_SPARE_BLOCKS && hs_block_try_reset (block, self->names))
    self->spares[self->n_spares++] = block;
  else
    hs_block_unref (block);
}

static void
add_attributes (HsNode *node, int n_attributes, const xmlChar **attributes)
{
  gsize size = n_attributes * (sizeof (HsAttribute) + 1);
  HsAttribute *attribute;
  char *value;

  if (n_attributes == 0)
    return;
  for (int i = 0; i < n_attributes; i++)
    size += attributes[i * 5 + 4] - attributes[i * 5 + 3];
  /* In one piece: the attributes, then their values. */
  attribute = hs_block_alloc (node->block, size);
  value = (char *) (attribute + n_attributes);
  node->attributes = attribute;
  for (int i = 0; i < n_attributes; i++, attributes += 5, attribute++)
    {
      gsize length = attributes[4] - attributes[3];

      attribute->next = i + 1 < n_attributes ? attribute + 1 : NULL;
      attribute->name = (const char *) attributes[0];
      attribute->prefix = (const char *) attributes[1];
      attribute->namespace_ = (const char *) attributes[2];
      attribute->value = value;
      memcpy (value, attributes[3], length);
      value[length] = '\0';
      value += length + 1;
    }
}

static gboolean
check_size (HsParser *self, HsBlock *block)
{
  gsize size = hs_block_get_size (block);

  if (block != self->stanza_block && self->stanza_block != NULL)
    size += hs_block_get_size (self->stanza_block);
  /* What every stanza has, a node and the attributes that route it, is not held against it. */
  if (G_LIKELY (size <= self->max_stanza_size + 2048))
    return TRUE;
  fail (self, HS_XML_ERROR_TOO_LARGE, "A stanza is larger than is allowed");
  return FALSE;
}

static gboolean
is_foreign (HsParser *self, const xmlChar *uri)
{
  const char *content
      = self->content_namespace != NULL ? self->content_namespace : HS_NS_CLIENT;

  return uri != NULL && *uri != '\0' && !xmlStrEqual (uri, BAD_CAST content) &&
         !xmlStrEqual (uri, BAD_CAST HS_NS_STREAM);
}

/* What a parser that is made anew is given first, so that prefixes mean what they meant. */
static void
remember_header (HsParser *self,
                 const xmlChar *name,
                 const xmlChar *prefix,
                 int n_namespaces,
                 const xmlChar **namespaces)
{
  GByteArray *header = self->header;

  g_byte_array_set_size (header, 0);
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
  g_byte_array_append (header, (const guint8 *) "  >", 3);
}

static void
begin_stanza (HsParser *self, HsNode *node)
{
  self->stanza = self->current = node;
  if (self->callbacks.stanza_begins != NULL &&
      !self->callbacks.stanza_begins (node, self->user_data))
    {
      put_block (self, g_steal_pointer (&self->stanza_block));
      self->stanza = self->current = NULL;
      self->dropping = self->depth;
    }
}

/* A stanza that stands alone and names no namespace is in jabber:client, with all that is in it. */
static void
assume_client (HsParser *self, const xmlChar *name)
{
  if (xmlStrEqual (name, BAD_CAST "message") || xmlStrEqual (name, BAD_CAST "presence") ||
      xmlStrEqual (name, BAD_CAST "iq"))
    self->client = xmlDictLookup (self->context->dict, BAD_CAST HS_NS_CLIENT, -1);
}

static const xmlChar *
map_namespace (HsParser *self, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  if (G_LIKELY (self->content == NULL && self->start_depth == 0))
    return uri;
  if (self->start_depth == 0)
    return uri == self->content ? self->client : uri;
  if (uri != NULL || prefix != NULL)
    return uri;
  if (self->depth == STANZA_DEPTH)
    assume_client (self, name);
  return self->client;
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
  HsNode *node;
  HsBlock *block;
  gboolean forget;

  self->depth++;
  if (self->error != NULL || self->replaying)
    return;
  if (G_UNLIKELY (self->depth > self->max_depth + HEADER_DEPTH))
    {
      fail (self, HS_XML_ERROR_TOO_DEEP, "Elements are nested deeper than is allowed");
      return;
    }
  if (G_UNLIKELY (n_namespaces > 0 && self->context->nsNr > 2 * MAX_NAMESPACES))
    {
      fail (self, HS_XML_ERROR_TOO_LARGE, "More prefixes are in scope than are allowed");
      return;
    }
  if (self->dropping != 0)
    return;

  uri = map_namespace (self, name, prefix, uri);
  if (G_UNLIKELY (self->depth == HEADER_DEPTH))
    {
      self->prolog = FALSE;
      remember_header (self, name, prefix, n_namespaces, namespaces);
      block = take_block (self);
    }
  else if (self->depth == STANZA_DEPTH)
    block = self->stanza_block = take_block (self);
  else
    block = hs_node_get_block (self->current);

  /* What is to be forgotten has a block of its own, which goes with it. */
  forget = self->forgets && self->depth > STANZA_DEPTH &&
           self->callbacks.forget (self->stanza, (const char *) name, (const char *) uri,
                                   self->user_data);
  if (G_UNLIKELY (forget))
    block = take_block (self);
  node = hs_node_new (block, (const char *) name, (const char *) uri);
  node->unfinished = TRUE;
  if (G_UNLIKELY (forget))
    node->forget = TRUE;
  add_attributes (node, n_attributes, attributes);

  if (self->depth == HEADER_DEPTH)
    {
      node->unfinished = FALSE;
      push_event (self, HS_PARSER_EVENT_STREAM_START, node);
    }
  else if (self->depth == STANZA_DEPTH)
    begin_stanza (self, node);
  else
    {
      hs_node_append (self->current, node);
      self->current = node;
    }
  if (self->dropping == 0 && self->depth > HEADER_DEPTH)
    check_size (self, block);
}

static void
on_end_element (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  HsParser *self = data;
  HsNode *node;
  guint depth = self->depth--;

  if (self->error != NULL)
    return;
  if (self->dropping != 0)
    {
      if (depth == self->dropping)
        {
          self->dropping = 0;
          self->n_dropped++;
        }
      return;
    }
  if (depth == HEADER_DEPTH)
    {
      push_event (self, HS_PARSER_EVENT_STREAM_END, NULL);
      return;
    }
  node = self->current;
  hs_node_close_gap (node);
  node->unfinished = FALSE;
  self->current = node->parent;
  if (depth == STANZA_DEPTH)
    {
      self->stanza = NULL;
      self->stanza_block = NULL;
      push_event (self, HS_PARSER_EVENT_STANZA, node);
    }
  else if (node->forget)
    {
      push_event (self, HS_PARSER_EVENT_FORGET, node);
    }
}

static void
on_characters (void *data, const xmlChar *text, int length)
{
  HsParser *self = data;

  if (self->error != NULL || self->dropping != 0)
    return;
  if (self->current == NULL)
    {
      for (int i = 0; i < length; i++)
        {
          if (!hs_xml_is_space (text[i]))
            {
              fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "There is text between two stanzas");
              return;
            }
        }
      return;
    }
  hs_node_append_text (self->current, (const char *) text, length);
  check_size (self, self->current->block);
}

static void
on_comment (void *data, const xmlChar *text)
{
  fail (data, HS_XML_ERROR_RESTRICTED, "A comment, which XMPP forbids");
}

static void
on_processing_instruction (void *data, const xmlChar *target, const xmlChar *text)
{
  fail (data, HS_XML_ERROR_RESTRICTED, "A processing instruction, which XMPP forbids");
}

static void
on_document_type (void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
  fail (data, HS_XML_ERROR_RESTRICTED, "A document type declaration, which XMPP forbids");
}

/* libxml2 has other names for what XMPP forbids: declarations inside the document, and entities that
 * nobody could have declared. NULL: this is something else. */
static const char *
describe_restricted (HsParser *self, int code)
{
  const xmlParserInput *input = self->context->input;

  if (code == XML_ERR_UNDECLARED_ENTITY)
    return "An entity, which XMPP forbids";
  if (code == XML_ERR_RESERVED_XML_NAME)
    return "An XML declaration inside the document, which XMPP forbids";
  if (code == XML_ERR_INTERNAL_ERROR && input != NULL && input->end - input->cur >= 2 &&
      input->cur[0] == '<' && input->cur[1] == '!')
    return "A declaration inside the document, which XMPP forbids";
  return NULL;
}

static void
on_error (void *data, xmlErrorPtr xml_error)
{
  HsParser *self = data;
  const char *restricted = NULL;
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;

  if (xml_error->level < XML_ERR_ERROR || self->error != NULL)
    return;
  /* Any string can be a namespace: servers relay what anybody wrote. */
  if (xml_error->code == XML_WAR_NS_URI || xml_error->code == XML_WAR_NS_URI_RELATIVE)
    return;
  restricted = describe_restricted (self, xml_error->code);
  if (restricted != NULL)
    {
      fail (self, HS_XML_ERROR_RESTRICTED, restricted);
      return;
    }
  text = xml_error->message != NULL ? g_utf8_make_valid (xml_error->message, -1) : g_strdup ("?");
  g_strdelimit (g_strstrip (text), "\n", ' ');
  if (g_utf8_strlen (text, -1) > 200)
    *g_utf8_offset_to_pointer (text, 200) = '\0';
  message = g_strdup_printf ("Not well-formed XML: %s", text);
  fail (self, HS_XML_ERROR_NOT_WELL_FORMED, message);
}

static void
free_dictionary (gpointer dictionary)
{
  xmlDictFree (dictionary);
}

static xmlSAXHandler handler = {
  .initialized = XML_SAX2_MAGIC,
  .startElementNs = on_start_element,
  .endElementNs = on_end_element,
  .characters = on_characters,
  .ignorableWhitespace = on_characters,
  .cdataBlock = on_characters,
  .comment = on_comment,
  .processingInstruction = on_processing_instruction,
  .internalSubset = on_document_type,
  .serror = on_error,
};

static void
make_context (HsParser *self)
{
  static gsize initialised = 0;

  if (g_once_init_enter (&initialised))
    {
      xmlInitParser ();
      g_once_init_leave (&initialised, 1);
    }
  self->context = xmlCreatePushParserCtxt (&handler, self, NULL, 0, NULL);
  /* The limits are ours, and what the peer says of its encoding is checked by its first bytes. Without
   * XML_PARSE_NOENT, "&amp;" in an attribute would be "&#38;"; there are no other entities. */
  xmlCtxtUseOptions (self->context, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_HUGE |
                                        XML_PARSE_IGNORE_ENC);
  xmlDictSetLimit (self->context->dict, 0);
  xmlDictReference (self->context->dict);
  self->names = hs_names_new (self->context->dict, free_dictionary);
  g_atomic_int_inc (&n_contexts);
  self->generation++;
  self->content = NULL;
  self->client = NULL;
  if (self->content_namespace != NULL)
    {
      self->content
          = xmlDictLookup (self->context->dict, BAD_CAST self->content_namespace, -1);
      self->client = xmlDictLookup (self->context->dict, BAD_CAST HS_NS_CLIENT, -1);
    }
}

static void
drop_context (HsParser *self)
{
  if (self->context == NULL)
    return;
  xmlFreeParserCtxt (self->context);
  self->context = NULL;
  g_clear_pointer (&self->names, hs_names_unref);
  g_atomic_int_add (&n_contexts, -1);
  if (self->callbacks.names_changed != NULL)
    self->callbacks.names_changed (self->user_data);
}

static void
replay_header (HsParser *self)
{
  self->replaying = TRUE;
  self->depth = 0;
  xmlParseChunk (self->context, (const char *) self->header->data, self->header->len, 0);
  self->replaying = FALSE;
}

HsParser *
hs_parser_new (const char *content_namespace,
               const HsParserCallbacks *callbacks,
               gpointer user_data)
{
  HsParser *self = g_new0 (HsParser, 1);

  if (content_namespace != NULL && strcmp (content_namespace, HS_NS_CLIENT) != 0)
    self->content_namespace = g_strdup (content_namespace);
  if (callbacks != NULL)
    self->callbacks = *callbacks;
  self->user_data = user_data;
  self->max_stanza_size = 10 * 1024 * 1024;
  self->max_depth = 128;
  self->prolog = TRUE;
  self->held = g_byte_array_new ();
  self->header = g_byte_array_new ();
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
  /* What has come of it already is in the queue, and outlives it. */
  for (HsParserEvent *event = self->first; event != NULL && self->stanza != NULL; event = event->next)
    {
      if (event->type == HS_PARSER_EVENT_FORGET && is_inside (event->node, self->stanza))
        hs_node_unlink (event->node);
    }
  while (self->current != NULL)
    {
      HsNode *node = self->current;

      self->current = node->parent;
      if (node->forget)
        {
          hs_node_unlink (node);
          hs_block_unref (hs_node_get_block (node));
        }
    }
  g_clear_pointer (&self->stanza_block, hs_block_unref);
  self->stanza = NULL;
}

static void
drop_spares (HsParser *self)
{
  while (self->n_spares > 0)
    hs_block_unref (self->spares[--self->n_spares]);
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
  drop_spares (self);
  drop_context (self);
  g_byte_array_unref (self->held);
  g_byte_array_unref (self->header);
  g_clear_error (&self->error);
  g_free (self->content_namespace);
  g_free (self);
}

void
hs_parser_set_limits (HsParser *self, gsize max_stanza_size, guint max_depth)
{
  self->max_stanza_size = max_stanza_size;
  self->max_depth = max_depth;
}

void
hs_parser_restart (HsParser *self)
{
  drop_stanza (self);
  drop_context (self);
  g_byte_array_set_size (self->held, 0);
  g_byte_array_set_size (self->header, 0);
  self->holding_tag = FALSE;
  self->depth = 0;
  self->dropping = 0;
  self->n_dropped = self->n_dropped_popped = 0;
  self->prolog = TRUE;
  self->n_first_bytes = 0;
}

/* Bytes that libxml2 has and could not use yet. */
static gsize
get_rest (HsParser *self, const char **rest)
{
  xmlParserInput *input = self->context->input;

  if (input == NULL || input->cur == NULL)
    return 0;
  *rest = (const char *) input->cur;
  return input->end - input->cur;
}

/* Names are the parser's as long as anything refers to them; a peer that keeps inventing new ones is
 * given a new dictionary between two stanzas. */
static void
renew_if_large (HsParser *self)
{
  const char *rest = NULL;
  g_autofree char *copy = NULL;
  gsize length;

  if (self->context == NULL || self->depth != HEADER_DEPTH || self->first != NULL ||
      self->start_depth != 0 || xmlDictGetUsage (self->context->dict) < MAX_NAMES)
    return;
  length = get_rest (self, &rest);
  copy = g_memdup2 (rest, length);
  drop_spares (self);
  drop_context (self);
  make_context (self);
  replay_header (self);
  if (length > 0)
    xmlParseChunk (self->context, copy, length, 0);
}

/* White space between stanzas keeps connections alive, and libxml2 holds it until the next tag. */
static gboolean
only_space_left (HsParser *self)
{
  const char *rest = NULL;
  gsize length = get_rest (self, &rest);

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
  return self->error == NULL && self->depth == HEADER_DEPTH && self->held->len == 0 &&
         !self->holding_tag && (self->context == NULL || only_space_left (self));
}

gboolean
hs_parser_shrink (HsParser *self)
{
  if (self->context == NULL || self->depth != HEADER_DEPTH || self->first != NULL ||
      self->start_depth != 0 || self->error != NULL || self->held->len > 0 ||
      !only_space_left (self))
    return FALSE;
  drop_spares (self);
  drop_context (self);
  self->generation++;
  return TRUE;
}

/* What libxml2 waits for the end of: forbidden things are told at their first bytes, and long tags are
 * collected by us. */
static void
look_at_rest (HsParser *self)
{
  static const char cdata[] = "<![CDATA[";
  const char *rest;
  gsize length = get_rest (self, &rest);

  if (length < 2 || self->error != NULL || self->context->instate == XML_PARSER_CDATA_SECTION)
    return;
  if (rest[0] == '&')
    {
      if (!hs_bytes_may_be_reference (rest, length))
        fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "A reference without an end");
      return;
    }
  if (rest[0] != '<')
    return;
  if (rest[1] == '!' && strncmp (rest, cdata, MIN (length, strlen (cdata))) != 0)
    fail (self, HS_XML_ERROR_RESTRICTED,
          "A comment or document type declaration, which XMPP forbids");
  else if (rest[1] == '?' && !self->prolog)
    fail (self, HS_XML_ERROR_RESTRICTED, "A processing instruction, which XMPP forbids");
  else if (length > LONG_TAG)
    {
      self->tag = (HsTagScan){ 0 };
      self->holding_tag = !hs_tag_scan_ends (&self->tag, rest, length);
    }
}

/* RFC 6120, 11.6: UTF-8, and nothing that libxml2 would take for another encoding. */
static gboolean
check_first_bytes (HsParser *self, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length && self->n_first_bytes < 4; i++, self->n_first_bytes++)
    {
      char c = bytes[i];

      if (c == '\0' || (self->n_first_bytes == 0 && c != '<' && c != '\357' && !hs_xml_is_space (c)))
        {
          fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "What came is not XML in UTF-8");
          return FALSE;
        }
    }
  return TRUE;
}

/* libxml2 takes 300 bytes of a CDATA section with each call and keeps the others. */
static void
drain_cdata (HsParser *self)
{
  const char *rest;
  gsize length = G_MAXSIZE;

  while (self->error == NULL && self->context->instate == XML_PARSER_CDATA_SECTION &&
         get_rest (self, &rest) < length)
    {
      length = get_rest (self, &rest);
      xmlParseChunk (self->context, NULL, 0, 0);
    }
}

static void
parse (HsParser *self, const char *bytes, gsize length)
{
  gsize valid = hs_bytes_valid_utf8 (bytes, length);

  if (self->n_first_bytes < 4 && !check_first_bytes (self, bytes, length))
    return;
  xmlParseChunk (self->context, bytes, valid, 0);
  drain_cdata (self);
  if (self->error == NULL && valid < length)
    fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML: bytes that are not UTF-8");
  if (self->error == NULL && self->context->errNo != XML_ERR_OK && self->context->disableSAX)
    fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML");
  if (self->error == NULL)
    look_at_rest (self);
  /* Names take memory also in what is thrown away or forgotten. */
  if (self->error == NULL && xmlDictGetUsage (self->context->dict) > self->max_stanza_size + MAX_NAMES)
    fail (self, HS_XML_ERROR_TOO_LARGE, "A stanza has more names than are allowed");
}

static void
parse_held (HsParser *self)
{
  g_autoptr (GByteArray) held = g_steal_pointer (&self->held);
  gsize whole = hs_bytes_whole_characters ((const char *) held->data, held->len);

  self->held = g_byte_array_new ();
  if (whole < held->len)
    g_byte_array_append (self->held, held->data + whole, held->len - whole);
  parse (self, (const char *) held->data, whole);
}

static void
parse_slice (HsParser *self, const char *bytes, gsize length)
{
  gsize whole;

  if (G_LIKELY (self->held->len == 0 && !self->holding_tag))
    {
      whole = hs_bytes_whole_characters (bytes, length);
      if (whole < length)
        g_byte_array_append (self->held, (const guint8 *) bytes + whole, length - whole);
      parse (self, bytes, whole);
      return;
    }
  g_byte_array_append (self->held, (const guint8 *) bytes, length);
  if (self->holding_tag)
    {
      if (self->held->len > self->max_stanza_size)
        fail (self, HS_XML_ERROR_TOO_LARGE, "A tag is larger than is allowed");
      else if (hs_tag_scan_ends (&self->tag, bytes, length))
        self->holding_tag = FALSE;
      if (self->tag.n_values > MAX_ATTRIBUTES)
        fail (self, HS_XML_ERROR_TOO_LARGE, "A tag has more attributes than are allowed");
      if (self->error != NULL || self->holding_tag)
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

gsize
hs_parser_feed (HsParser *self,
                const char *bytes,
                gsize length,
                gboolean single,
                GError **error)
{
  gsize used = slice_length (bytes, length, single);

  if (self->error == NULL)
    {
      if (self->context == NULL)
        {
          make_context (self);
          if (self->header->len > 0)
            replay_header (self);
        }
      else
        renew_if_large (self);
      parse_slice (self, bytes, used);
      if (self->prolog && self->error == NULL && self->context != NULL)
        {
          const char *rest;

          if (get_rest (self, &rest) + self->held->len > MAX_HEADER)
            fail (self, HS_XML_ERROR_TOO_LARGE, "The stream's header is larger than is allowed");
        }
    }
  if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  return used;
}

HsParserEvent *
hs_parser_pop (HsParser *self)
{
  HsParserEvent *event = self->first;

  if (event == NULL)
    {
      if (g_atomic_int_get (&n_contexts) > MAX_CONTEXTS)
        hs_parser_shrink (self);
      return NULL;
    }
  /* What follows is not there yet, however much was parsed at once. */
  if (event->type == HS_PARSER_EVENT_FORGET && event->node->parent != NULL)
    event->following = hs_node_hide_following (event->node, &event->last);
  self->first = event->next;
  if (self->first == NULL)
    self->last = NULL;
  self->n_dropped_popped += event->n_dropped;
  return event;
}

guint
hs_parser_take_dropped (HsParser *self)
{
  guint n = self->n_dropped_popped;

  self->n_dropped_popped = 0;
  if (self->first == NULL)
    {
      n += self->n_dropped;
      self->n_dropped = 0;
    }
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
  put_block (self, node->block);
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
  self->forgets = forgets && self->callbacks.forget != NULL;
}

HsNode *
hs_parser_get_unfinished (HsParser *self)
{
  return self->stanza;
}

guint
hs_parser_get_generation (HsParser *self)
{
  return self->generation;
}

HsNode *
hs_parser_parse_element (const char *xml, gsize length, GError **error)
{
  HsParser *self = hs_parser_new (NULL, NULL, NULL);
  HsParserEvent *event;
  HsNode *node = NULL;
  gboolean empty = TRUE;

  for (gsize i = 0; i < length && empty; i++)
    empty = hs_xml_is_space (xml[i]);
  self->start_depth = self->depth = HEADER_DEPTH;
  self->max_stanza_size = G_MAXSIZE / 2;
  make_context (self);
  while (length > 0 && self->error == NULL)
    {
      gsize used = slice_length (xml, length, FALSE);

      parse_slice (self, xml, used);
      xml += used;
      length -= used;
    }
  if (self->error == NULL && self->held->len > 0)
    xmlParseChunk (self->context, (const char *) self->held->data, self->held->len, 0);
  if (self->error == NULL && empty)
    fail (self, HS_XML_ERROR_EMPTY, "There is no element");
  if (self->error == NULL && self->first == NULL)
    fail (self, HS_XML_ERROR_NOT_WELL_FORMED, "Not well-formed XML: the element has no end");
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
