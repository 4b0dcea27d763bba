/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-bytes.h"

#include <string.h>

/* References that XMPP allows are short: RFC 6120, 11.1. */
#define LONG_REFERENCE 64

gsize
hs_bytes_whole_characters (const char *bytes, gsize length)
{
  for (gsize back = 1; back <= 3 && back <= length; back++)
    {
      guchar byte = bytes[length - back];

      if (byte < 0x80)
        return length;
      if (byte >= 0xC0)
        {
          gsize need = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;

          return back < need ? length - back : length;
        }
    }
  return length;
}

/* Returns the length of the character of more than one byte at @p, or 0 if the bytes are not one (RFC 3629, 4). */
static guint
sequence_length (const guchar *p, gsize left)
{
  guint length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
  guchar low = p[0] == 0xE0 ? 0xA0 : p[0] == 0xF0 ? 0x90 : 0x80;
  guchar high = p[0] == 0xED ? 0x9F : p[0] == 0xF4 ? 0x8F : 0xBF;

  if (p[0] < 0xC2 || p[0] > 0xF4 || left < length || p[1] < low || p[1] > high)
    return 0;
  for (guint i = 2; i < length; i++)
    {
      if ((p[i] & 0xC0) != 0x80)
        return 0;
    }
  return length;
}

/* Bytes that a processor compares at once, wherever they are. As signed numbers, those of ASCII are greater
 * than zero, but for NUL, and all others are less. */
typedef gint8 Vector __attribute__ ((vector_size (16), aligned (1), may_alias));

/* Whether a comparison was true for all bytes. */
static inline gboolean
is_true (const Vector *comparison)
{
  guint64 halves[2];

  memcpy (halves, comparison, sizeof halves);
  return (halves[0] & halves[1]) == G_MAXUINT64;
}

/* How many bytes, in whole vectors, are ASCII without a NUL. Nearly all that is said in a stream is. */
static gsize
count_ascii (const char *bytes, gsize length)
{
  const Vector zero = { 0 };
  gsize i = 0;

  for (; length - i >= 8 * sizeof (Vector); i += 8 * sizeof (Vector))
    {
      const Vector *v = (const Vector *) (bytes + i);
      const Vector greater = (v[0] > zero) & (v[1] > zero) & (v[2] > zero) & (v[3] > zero) &
                             (v[4] > zero) & (v[5] > zero) & (v[6] > zero) & (v[7] > zero);

      if (!is_true (&greater))
        break;
    }
  for (; length - i >= sizeof (Vector); i += sizeof (Vector))
    {
      const Vector greater = *(const Vector *) (bytes + i) > zero;

      if (!is_true (&greater))
        break;
    }
  return i;
}

/* A Vector's bytes as unsigned numbers. */
typedef guint8 Unsigned __attribute__ ((vector_size (16), aligned (1), may_alias));

/* Whether a comparison was true for any byte. */
static inline gboolean
is_any_true (const Vector *comparison)
{
  guint64 halves[2];

  memcpy (halves, comparison, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

/* Whether any of the 16 bytes at @p is zero or breaks UTF-8 (RFC 3629, 4). The caller has at least three bytes
 * before @p. A continuation byte must stand exactly where one of the three bytes before it begins a character that
 * is long enough to need it. After the first bytes E0, ED, F0 and F4 the range of the second byte is smaller: the
 * rest would be an overlong form, a surrogate or a character past U+10FFFF. */
static inline gboolean
is_wrong (const char *p)
{
  const Vector v = *(const Vector *) p;
  const Unsigned u = *(const Unsigned *) p;
  const Unsigned before = *(const Unsigned *) (p - 1);
  const Unsigned second = *(const Unsigned *) (p - 2);
  const Unsigned third = *(const Unsigned *) (p - 3);
  const Vector goes_on = v < -64;
  const Vector must_go_on = (before >= 0xC0) | (second >= 0xE0) | (third >= 0xF0);
  Vector wrong = (goes_on ^ must_go_on) | (v == 0) | ((u & 0xFE) == 0xC0) | (u >= 0xF5);

  wrong |= (before == 0xE0) & (u < 0xA0);
  wrong |= (before == 0xED) & (u > 0x9F);
  wrong |= (before == 0xF0) & (u < 0x90);
  wrong |= (before == 0xF4) & (u > 0x8F);
  return is_any_true (&wrong);
}

/* Skips valid vectors from @i, which is the end of a character, up to the next vector that is all ASCII or has a wrong
 * byte. Returns the end of the last whole character before it. */
static gsize
skip_vectors (const char *bytes, gsize length, gsize i)
{
  const Vector zero = { 0 };

  while (length - i >= sizeof (Vector) && !is_wrong (bytes + i))
    {
      const Vector greater = *(const Vector *) (bytes + i) > zero;

      if (is_true (&greater))
        return i;
      i += sizeof (Vector);
    }
  return hs_bytes_whole_characters (bytes, i);
}

gsize
hs_bytes_valid_utf8 (const char *bytes, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      gsize start = i;
      gsize end;

      i += count_ascii (bytes + i, length - i);
      if (i >= 3)
        i = skip_vectors (bytes, length, i);
      if (i > start)
        continue;
      /* Check the bytes before the end, and those near a wrong byte, one character at a time. */
      for (end = MIN (length, i + sizeof (Vector)); i < end;)
        {
          guint step = 1;

          if ((guchar) bytes[i] >= 0x80)
            step = sequence_length ((const guchar *) bytes + i, length - i);
          else if (bytes[i] == '\0')
            step = 0;
          if (step == 0)
            return i;
          i += step;
        }
    }
  return i;
}

gboolean
hs_bytes_are_xml_characters (const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      guchar c = bytes[i];

      if (c < 0x20 && !hs_xml_is_space (c))
        return FALSE;
      /* U+FFFE and U+FFFF. UTF-8 has no surrogates. */
      if (c == 0xEF && length - i >= 3 && (guchar) bytes[i + 1] == 0xBF && (guchar) bytes[i + 2] >= 0xBE)
        return FALSE;
    }
  return TRUE;
}

/* The position of @first with @second after it, or @length. */
static gsize
find_pair (const char *bytes, gsize length, char first, char second)
{
  const char *end = bytes + length;
  const char *p = bytes;

  while (p < end && (p = memchr (p, second, end - p)) != NULL)
    {
      if (p > bytes && p[-1] == first)
        return p - 1 - bytes;
      p++;
    }
  return length;
}

static gboolean
is_declaration_start (const char *bytes, gsize length)
{
  static const char start[] = "<?xml";

  if (memcmp (bytes, start, MIN (length, strlen (start))) != 0)
    return FALSE;
  return length <= strlen (start) || hs_xml_is_space (bytes[strlen (start)]);
}

static const char *
skip_space (const char *p, const char *end)
{
  while (p < end && hs_xml_is_space (*p))
    p++;
  return p;
}

/* Whether it is the name of an encoding (XML 1.0, 4.3.3), and another one than UTF-8. */
static gboolean
is_other_encoding (const char *name, gsize length)
{
  if (length == 0 || !g_ascii_isalpha (name[0]))
    return FALSE;
  for (gsize i = 1; i < length; i++)
    {
      if (!g_ascii_isalnum (name[i]) && strchr ("._-", name[i]) == NULL)
        return FALSE;
    }
  return length != strlen ("UTF-8") || g_ascii_strncasecmp (name, "UTF-8", length) != 0;
}

/* libxml2 checks how the declaration is written. Only the encoding's name is looked for here. */
static gboolean
declares_other_encoding (const char *declaration, gsize length)
{
  const char *end = declaration + length - strlen ("?>");
  const char *p = declaration + strlen ("<?xml");

  while (p < end)
    {
      const char *name = p = skip_space (p, end);
      const char *value;
      gsize name_length;

      while (p < end && g_ascii_isalpha (*p))
        p++;
      name_length = p - name;
      p = skip_space (p, end);
      if (p == end || *p != '=')
        return FALSE;
      p = skip_space (p + 1, end);
      if (p == end || (*p != '"' && *p != '\''))
        return FALSE;
      value = p + 1;
      p = memchr (value, *p, end - value);
      if (p == NULL)
        return FALSE;
      if (name_length == strlen ("encoding") && memcmp (name, "encoding", name_length) == 0)
        return is_other_encoding (value, p - value);
      p++;
    }
  return FALSE;
}

static HsBeginning
look_at_declaration (const char *bytes, gsize length, gsize *declaration)
{
  gsize end;

  if (!is_declaration_start (bytes, length))
    return HS_BEGINNING_GOOD;
  end = find_pair (bytes, length, '?', '>');
  if (end == length)
    return HS_BEGINNING_UNFINISHED;
  *declaration = end + strlen ("?>");
  return declares_other_encoding (bytes, *declaration) ? HS_BEGINNING_OTHER_ENCODING : HS_BEGINNING_GOOD;
}

/* Recognizes the other encodings by bytes that cannot begin XML in UTF-8: the byte order marks of UTF-16 and
 * UTF-32, or their zero bytes in big-endian order (XML 1.0, appendix F.1). */
static HsBeginning
look_at_signature (const char *bytes, gsize length)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } signatures[] = {
    { "\376\377", 2 }, { "\377\376", 2 }, { "\0\0\376\377", 4 },
    { "\0<", 2 },      { "\0 ", 2 },      { "\0\n", 2 },          { "\0\r", 2 },       { "\0\t", 2 },
    { "\0\0\0<", 4 },  { "\0\0\0 ", 4 },  { "\0\0\0\n", 4 },      { "\0\0\0\r", 4 },   { "\0\0\0\t", 4 },
  };
  HsBeginning found = HS_BEGINNING_NOT_XML;

  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    {
      if (memcmp (bytes, signatures[i].bytes, MIN (length, signatures[i].length)) != 0)
        continue;
      if (length >= signatures[i].length)
        return HS_BEGINNING_OTHER_ENCODING;
      found = HS_BEGINNING_UNFINISHED;
    }
  return found;
}

HsBeginning
hs_bytes_look_at_beginning (const char *bytes, gsize length, gsize *declaration)
{
  *declaration = 0;
  if (length == 0)
    return HS_BEGINNING_UNFINISHED;
  /* RFC 6120, 11.6: U+FEFF is no byte order mark in a stream, and so not allowed before the header. */
  if (bytes[0] != '<' && !hs_xml_is_space (bytes[0]))
    return look_at_signature (bytes, length);
  if (length == 1)
    return HS_BEGINNING_UNFINISHED;
  if (bytes[1] == '\0')
    return HS_BEGINNING_OTHER_ENCODING;
  return look_at_declaration (bytes, length, declaration);
}

gsize
hs_bytes_before_section_start (const char *bytes, gsize length)
{
  for (gsize back = 1; back < strlen (HS_SECTION_START) && back <= length; back++)
    {
      if (bytes[length - back] == '<')
        return memcmp (bytes + length - back, HS_SECTION_START, back) == 0 ? length - back : length;
    }
  return length;
}

/* "<" is in every tag, "!" is rare. */
gsize
hs_bytes_find_declaration (const char *bytes, gsize length)
{
  return find_pair (bytes, length, '<', '!');
}

static gsize
count_plain (const char *bytes, gsize length)
{
  gsize n = 0;

  while (n < length && bytes[n] != ']' && bytes[n] != '\r')
    n++;
  return n;
}

/* Whether @c belongs to the end of the section, or did so until now and turns out to be content. */
static gboolean
take_bracket (HsSectionScan *self, char c, HsSectionTextFunc func, gpointer user_data)
{
  if (c == ']')
    {
      if (self->n_brackets == 2)
        func ("]", 1, user_data);
      else
        self->n_brackets++;
      return TRUE;
    }
  if (self->n_brackets > 0)
    {
      func ("]]", self->n_brackets, user_data);
      self->n_brackets = 0;
    }
  return FALSE;
}

gsize
hs_section_scan (HsSectionScan *self,
                 const char *bytes,
                 gsize length,
                 gboolean *ended,
                 HsSectionTextFunc func,
                 gpointer user_data)
{
  gsize i = 0;

  *ended = FALSE;
  while (i < length)
    {
      gsize plain;

      if (self->after_return && bytes[i] == '\n')
        i++;
      self->after_return = FALSE;
      if (i == length)
        break;
      if (bytes[i] == '>' && self->n_brackets == 2)
        {
          *ended = TRUE;
          return i + 1;
        }
      if (take_bracket (self, bytes[i], func, user_data))
        {
          i++;
          continue;
        }
      plain = count_plain (bytes + i, length - i);
      if (plain > 0)
        func (bytes + i, plain, user_data);
      i += plain;
      if (i < length && bytes[i] == '\r')
        {
          func ("\n", 1, user_data);
          self->after_return = TRUE;
          i++;
        }
    }
  return i;
}

gboolean
hs_tag_scan_ends (HsTagScan *self, const char *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (self->quote != '\0')
        {
          if (c == self->quote)
            {
              self->quote = '\0';
              self->n_values++;
            }
        }
      else if (c == '"' || c == '\'')
        self->quote = c;
      else if (c == '>')
        return TRUE;
    }
  return FALSE;
}

gboolean
hs_bytes_may_be_reference (const char *rest, gsize length)
{
  for (gsize i = 1; i < length; i++)
    {
      if (rest[i] == ';')
        return TRUE;
      if (i > LONG_REFERENCE || strchr (" \t\r\n<>&\"'=", rest[i]) != NULL)
        return FALSE;
    }
  return TRUE;
}
