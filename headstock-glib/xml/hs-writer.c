/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-writer.h"

#include <libxml/chvalid.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"

/* How a byte is to be written. */
enum
{
  PLAIN,
  AMP,
  LT,
  GT,
  QUOT,
  TAB,
  NEWLINE,
  RETURN,
  HIGH,      /* part of a longer character: validated */
  FORBIDDEN, /* XML 1.0, 2.2 */
};

static const guint8 text_class[256] = {
  [0 ... 8] = FORBIDDEN, [11 ... 12] = FORBIDDEN, [14 ... 31] = FORBIDDEN,
  ['\r'] = RETURN,       ['&'] = AMP,             ['<'] = LT,
  ['>'] = GT,            [128 ... 255] = HIGH,
};

static const guint8 attribute_class[256] = {
  [0 ... 8] = FORBIDDEN, [11 ... 12] = FORBIDDEN, [14 ... 31] = FORBIDDEN,
  ['\t'] = TAB,          ['\n'] = NEWLINE,        ['\r'] = RETURN,
  ['&'] = AMP,           ['<'] = LT,              ['>'] = GT,
  ['"'] = QUOT,          [128 ... 255] = HIGH,
};

static const struct
{
  const char *text;
  guint length;
} escapes[] = {
  [AMP] = { "&amp;", 5 },      [LT] = { "&lt;", 4 },        [GT] = { "&gt;", 4 },
  [QUOT] = { "&quot;", 6 },    [TAB] = { "&#x9;", 5 },      [NEWLINE] = { "&#xA;", 5 },
  [RETURN] = { "&#xD;", 5 },
};

#define REPLACEMENT "\357\277\275"

/* hs-parser.c reads no more attributes in one tag: a stanza with more would end the stream of its recipient. */
#define MAX_ATTRIBUTES 1000

/* A stanza is written in many pieces of a few bytes, which are gathered here: each call of GByteArray costs more
 * than what it copies. */
typedef struct
{
  GByteArray *buffer;
  gsize length;
  char pieces[512];
} Output;

static void
flush (Output *self)
{
  g_byte_array_append (self->buffer, (const guint8 *) self->pieces, self->length);
  self->length = 0;
}

static G_NO_INLINE void
append_long (Output *self, const char *text, gsize length)
{
  flush (self);
  g_byte_array_append (self->buffer, (const guint8 *) text, length);
}

static inline void
append (Output *self, const char *text, gsize length)
{
  if (G_UNLIKELY (length > sizeof self->pieces - self->length))
    {
      append_long (self, text, length);
      return;
    }
  memcpy (self->pieces + self->length, text, length);
  self->length += length;
}

static inline void
append_string (Output *self, const char *text)
{
  append (self, text, strlen (text));
}

/* The length of the character at @p, or 0 if it is not one that XML allows. */
static guint
character_length (const char *p, gsize length)
{
  gunichar c = g_utf8_get_char_validated (p, length);

  if (c == (gunichar) -1 || c == (gunichar) -2 || c == 0xFFFE || c == 0xFFFF)
    return 0;
  return g_utf8_skip[*(const guchar *) p];
}

/* How many bytes need nothing. */
static inline gsize
count_plain (const char *text, gsize length, const guint8 *classes)
{
  gsize i = 0;

  G_STATIC_ASSERT (PLAIN == 0);
  while (length - i >= 4
         && (classes[(guchar) text[i]] | classes[(guchar) text[i + 1]] | classes[(guchar) text[i + 2]]
             | classes[(guchar) text[i + 3]]) == 0)
    i += 4;
  while (i < length && classes[(guchar) text[i]] == PLAIN)
    i++;
  return i;
}

static gboolean
write_escaped (Output *output,
               const char *text,
               gsize length,
               const guint8 *classes,
               gboolean strict)
{
  gsize start = 0;
  gsize i = 0;

  while (i < length)
    {
      guint8 class;
      guint skip = 1;

      i += count_plain (text + i, length - i, classes);
      if (i == length)
        break;
      class = classes[(guchar) text[i]];
      if (class == HIGH)
        {
          skip = character_length (text + i, length - i);
          if (skip > 0)
            {
              i += skip;
              continue;
            }
          skip = 1;
          class = FORBIDDEN;
          /* U+FFFE and U+FFFF are well formed, and forbidden as a whole. */
          if (length - i >= 3 && memcmp (text + i, "\357\277", 2) == 0 &&
              ((guchar) text[i + 2] & 0xFE) == 0xBE)
            skip = 3;
        }
      append (output, text + start, i - start);
      if (class == FORBIDDEN)
        {
          if (strict)
            return FALSE;
          append (output, REPLACEMENT, 3);
        }
      else
        append (output, escapes[class].text, escapes[class].length);
      i += skip;
      start = i;
    }
  append (output, text + start, length - start);
  return TRUE;
}

void
hs_writer_append_escaped (GByteArray *buffer, const char *text)
{
  Output output;

  output.buffer = buffer;
  output.length = 0;
  write_escaped (&output, text, strlen (text), attribute_class, FALSE);
  flush (&output);
}

static void
append_argument (Output *output, const char *text)
{
  const char *apostrophe;

  while ((apostrophe = strchr (text, '\'')) != NULL)
    {
      write_escaped (output, text, apostrophe - text, attribute_class, FALSE);
      append_string (output, "&apos;");
      text = apostrophe + 1;
    }
  write_escaped (output, text, strlen (text), attribute_class, FALSE);
}

/* g_markup_vprintf_escaped() formats all twice, in order to find the arguments: 7,000 instructions for an attribute. */
void
hs_writer_append_format (GByteArray *buffer, const char *format, va_list args)
{
  Output output;
  const char *next;

  output.buffer = buffer;
  output.length = 0;
  while ((next = strchr (format, '%')) != NULL)
    {
      char number[16];

      append (&output, format, next - format);
      g_assert (next[1] == 's' || next[1] == 'u');
      if (next[1] == 's')
        append_argument (&output, va_arg (args, const char *));
      else
        append (&output, number, g_snprintf (number, sizeof number, "%u", va_arg (args, guint)));
      format = next + 2;
    }
  append_string (&output, format);
  flush (&output);
}

static inline gboolean
is_xml_namespace (const char *namespace_)
{
  return namespace_ != NULL && namespace_[0] == HS_NS_XML[0] && strcmp (namespace_, HS_NS_XML) == 0;
}

/* The namespace of declarations: nothing can be in it, and no prefix can be bound to it (Namespaces in XML, 3). */
static inline gboolean
is_reserved (const char *namespace_)
{
  return namespace_ != NULL && strcmp (namespace_, HS_NS_XMLNS) == 0;
}

/* The first attribute that came with a prefix: it keeps it. */
static HsAttribute *
find_prefix (HsNode *node, const char *prefix)
{
  HsAttribute *attribute = node->attributes;

  while (attribute != NULL &&
         (attribute->prefix == NULL || strcmp (attribute->prefix, prefix) != 0))
    attribute = attribute->next;
  return attribute;
}

/* Each attribute in a namespace brings its declaration along, or follows one that did. @n_generated
 * counts through all attributes of an element. */
static gboolean
write_prefix (Output *output,
              HsNode *node,
              HsAttribute *attribute,
              guint *n_generated,
              gboolean strict)
{
  char generated[24];
  const char *prefix = attribute->prefix;
  HsAttribute *first = prefix != NULL ? find_prefix (node, prefix) : NULL;
  gboolean good;

  if (is_xml_namespace (attribute->namespace_))
    {
      append (output, " xml:", 5);
      return TRUE;
    }
  if (first != NULL && first != attribute &&
      strcmp (first->namespace_, attribute->namespace_) == 0)
    {
      append (output, " ", 1);
      append_string (output, prefix);
      append (output, ":", 1);
      return TRUE;
    }
  if (first != attribute)
    {
      do
        g_snprintf (generated, sizeof generated, "ns%u", (*n_generated)++);
      while (find_prefix (node, generated) != NULL);
      prefix = generated;
    }
  append (output, " xmlns:", 7);
  append_string (output, prefix);
  append (output, "=\"", 2);
  good = write_escaped (output, attribute->namespace_, strlen (attribute->namespace_),
                        attribute_class, strict)
         && !(strict && is_reserved (attribute->namespace_));
  append (output, "\" ", 2);
  append_string (output, prefix);
  append (output, ":", 1);
  return good;
}

/* The namespace of `xml:` cannot be a default (Namespaces in XML, 3). */
static void
write_name (Output *output, HsNode *node)
{
  if (G_UNLIKELY (is_xml_namespace (node->namespace_)))
    append (output, "xml:", 4);
  append_string (output, node->name);
}

static gboolean
write_start (Output *output, HsNode *node, const char *inherited, gboolean strict)
{
  gboolean good = TRUE;
  guint n_generated = 0;
  guint n_attributes = 0;

  append (output, "<", 1);
  write_name (output, node);
  if (!is_xml_namespace (node->namespace_) && !hs_namespace_equal (node->namespace_, inherited))
    {
      append (output, " xmlns=\"", 8);
      if (node->namespace_ != NULL)
        good = write_escaped (output, node->namespace_, strlen (node->namespace_), attribute_class,
                              strict)
               && !(strict && is_reserved (node->namespace_));
      append (output, "\"", 1);
    }
  for (HsAttribute *attribute = node->attributes; attribute != NULL; attribute = attribute->next)
    {
      if (attribute->namespace_ != NULL)
        good = write_prefix (output, node, attribute, &n_generated, strict) && good;
      else
        append (output, " ", 1);
      append_string (output, attribute->name);
      append (output, "=\"", 2);
      good = write_escaped (output, attribute->value, strlen (attribute->value), attribute_class,
                            strict) && good;
      append (output, "\"", 1);
      n_attributes++;
    }
  if (G_UNLIKELY (strict && n_attributes > MAX_ATTRIBUTES))
    good = FALSE;
  if (node->first != NULL)
    append (output, ">", 1);
  else
    append (output, "/>", 2);
  return good;
}

static void
write_end (Output *output, HsNode *node)
{
  append (output, "</", 2);
  write_name (output, node);
  append (output, ">", 1);
}

static gboolean
write_node (Output *output, HsNode *node, const char *inherited, gboolean strict)
{
  if (node->name != NULL)
    return write_start (output, node, inherited, strict);
  return write_escaped (output, node->text, node->length, text_class, strict);
}

/* The default namespace where @node stands. */
static const char *
get_inherited (HsNode *node, HsNode *root, const char *default_namespace)
{
  while (node != root)
    {
      node = node->parent;
      if (G_LIKELY (!is_xml_namespace (node->namespace_)))
        return node->namespace_;
    }
  return default_namespace;
}

static void
set_refused (HsNode *node, GError **error)
{
  g_autofree char *name
      = hs_printable (node->name != NULL ? node->name : node->parent->name, HS_PRINTABLE_NAME);
  gboolean reserved = node->name != NULL && is_reserved (node->namespace_);
  guint n_attributes = 0;

  for (HsAttribute *attribute = node->name != NULL ? node->attributes : NULL; attribute != NULL;
       attribute = attribute->next)
    {
      reserved = reserved || is_reserved (attribute->namespace_);
      n_attributes++;
    }
  if (reserved)
    g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA,
                 "<%s>, or an attribute of it, is in the namespace " HS_NS_XMLNS
                 ", in which XML allows nothing",
                 name);
  else if (n_attributes > MAX_ATTRIBUTES)
    g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA,
                 "<%s> has %u attributes, which is more than the %u that may be in a tag", name, n_attributes,
                 MAX_ATTRIBUTES);
  else
    g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA,
                 "<%s> holds a character that XML does not allow, or bytes that are not UTF-8", name);
}

gboolean
hs_writer_write (GByteArray *buffer, HsNode *root, const char *default_namespace, GError **error)
{
  guint length = buffer->len;
  HsNode *node = root;
  Output output;
  gboolean good;

  output.buffer = buffer;
  output.length = 0;
  good = write_node (&output, root, default_namespace, error != NULL);

  /* Without recursion: a tree may be as deep as somebody built it. */
  while (good && (node != root || (root->name != NULL && root->first != NULL)))
    {
      if (node->name != NULL && node->first != NULL)
        node = node->first;
      else
        {
          while (node != root && node->next == NULL)
            {
              node = node->parent;
              write_end (&output, node);
            }
          if (node == root)
            break;
          node = node->next;
        }
      good = write_node (&output, node, get_inherited (node, root, default_namespace), error != NULL);
    }
  if (good)
    {
      flush (&output);
      return TRUE;
    }
  g_byte_array_set_size (buffer, length);
  set_refused (node, error);
  return FALSE;
}

gboolean
hs_xml_is_name (const char *string)
{
  const char *p;

  if (string == NULL || *string == '\0' || !g_utf8_validate (string, -1, NULL))
    return FALSE;
  for (p = string; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean starts = xmlIsBaseCharQ (c) || xmlIsIdeographicQ (c) || c == '_';

      if (!starts && (p == string || !(xmlIsDigitQ (c) || xmlIsCombiningQ (c) ||
                                       xmlIsExtenderQ (c) || c == '.' || c == '-')))
        return FALSE;
    }
  return TRUE;
}
