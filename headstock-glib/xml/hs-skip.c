/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-skip.h"

#include <string.h>

#include "xml/hs-bytes.h"

/* The most bytes of an attribute that is remembered: more than the longest JID (RFC 7622, 3.1), each of its bytes
 * written as a reference. */
#define MAX_VALUE (20 * 1024)
/* The most bytes of the element's name: no stanza has a longer one. */
#define MAX_NAME 64
/* References that XMPP allows are short (RFC 6120, 11.1). */
#define MAX_REFERENCE 64

typedef enum
{
  STATE_TEXT,
  STATE_CDATA,
  STATE_REFERENCE,
  STATE_TAG,        /* after "<" */
  STATE_DECLARED,   /* after "<!" */
  STATE_START_NAME,
  STATE_SPACE,      /* in a start tag, before an attribute */
  STATE_NAME,       /* of an attribute */
  STATE_EQUALS,     /* after it */
  STATE_QUOTE,      /* after "=" */
  STATE_VALUE,
  STATE_VALUE_END,
  STATE_EMPTY,      /* after "/" */
  STATE_END,        /* after "</" */
  STATE_END_NAME,
  STATE_END_SPACE,
} State;

struct _HsSkip
{
  State state;
  guint max_depth;
  GArray *open;       /* guint32: a hash of the name of each element that is open */
  guint n_local;      /* so many of them are of local names */
  guint32 hash;       /* of the name that comes in, */
  guint32 local_hash; /* and of what follows its colon */
  gsize n_brackets;
  char quote;
  gboolean in_value; /* where the reference stands */
  guint n_matched;   /* of "[CDATA[" */
  char word[MAX_REFERENCE + 2]; /* a reference, or an attribute's name, as far as it is of interest */
  guint n_word;
  GString *tag; /* the element's start tag, as far as it has come and is remembered */
  gboolean in_tag;
  gboolean copying; /* the value that comes in */
  gsize value_start;
};

#define FIRST_HASH 2166136261u

static guint32
add_to_hash (guint32 hash, char c)
{
  return (hash ^ (guchar) c) * 16777619u;
}

HsSkip *
hs_skip_new (guint max_depth)
{
  HsSkip *self = g_new0 (HsSkip, 1);

  self->max_depth = max_depth;
  self->open = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
hs_skip_free (HsSkip *self)
{
  g_array_unref (self->open);
  if (self->tag != NULL)
    g_string_free (self->tag, TRUE);
  g_free (self);
}

void
hs_skip_push (HsSkip *self, const char *name)
{
  guint32 hash = FIRST_HASH;

  for (const char *p = name; *p != '\0'; p++)
    hash = add_to_hash (hash, *p);
  g_array_append_val (self->open, hash);
  self->n_local = self->open->len;
}

void
hs_skip_pop (HsSkip *self)
{
  g_array_set_size (self->open, self->open->len - 1);
  self->n_local = self->open->len;
}

void
hs_skip_follow_brackets (HsSkip *self, gsize n_brackets)
{
  self->n_brackets = n_brackets;
}

void
hs_skip_begin_in_cdata (HsSkip *self)
{
  self->state = STATE_CDATA;
}

void
hs_skip_remember_tag (HsSkip *self)
{
  self->tag = g_string_new ("<");
  self->in_tag = TRUE;
}

char *
hs_skip_take_tag (HsSkip *self)
{
  if (self->tag == NULL || self->in_tag)
    return NULL;
  return g_string_free (g_steal_pointer (&self->tag), FALSE);
}

/* ---- What is remembered of the element's own start tag ---- */

/* Prefixes would have to be declared; the name is what counts. */
static void
remember_name (HsSkip *self, char c)
{
  if (c == ':')
    g_string_truncate (self->tag, 1);
  else if (self->tag->len <= MAX_NAME)
    g_string_append_c (self->tag, c);
}

static void
begin_value (HsSkip *self, char quote)
{
  static const char *const routing[] = { "from", "to", "id", "type", "xmlns" };

  self->quote = quote;
  self->word[self->n_word] = '\0';
  self->copying = FALSE;
  for (guint i = 0; self->in_tag && i < G_N_ELEMENTS (routing); i++)
    self->copying |= strcmp (self->word, routing[i]) == 0;
  if (!self->copying)
    return;
  self->value_start = self->tag->len;
  g_string_append_printf (self->tag, " %s=%c", self->word, quote);
}

static void
copy_value (HsSkip *self, const char *bytes, gsize length)
{
  if (!self->copying)
    return;
  if (self->tag->len - self->value_start + length <= MAX_VALUE)
    {
      g_string_append_len (self->tag, bytes, length);
      return;
    }
  g_string_truncate (self->tag, self->value_start);
  self->copying = FALSE;
}

static void
tag_ends (HsSkip *self)
{
  if (!self->in_tag)
    return;
  g_string_append (self->tag, "/>");
  self->in_tag = FALSE;
}

/* ---- Bytes ---- */

static gboolean
begins_name (char c)
{
  return g_ascii_isalpha (c) || c == '_' || c == ':' || (guchar) c >= 0x80;
}

static gboolean
is_of_name (char c)
{
  return begins_name (c) || g_ascii_isdigit (c) || c == '-' || c == '.';
}

static gboolean
is_forbidden (char c)
{
  return (guchar) c < 0x20 && !hs_xml_is_space (c);
}

static HsSkipResult
element_opens (HsSkip *self)
{
  tag_ends (self);
  g_array_append_val (self->open, self->hash);
  self->state = STATE_TEXT;
  self->n_brackets = 0;
  return HS_SKIP_MORE;
}

static HsSkipResult
element_is_empty (HsSkip *self)
{
  tag_ends (self);
  self->state = STATE_TEXT;
  self->n_brackets = 0;
  return self->open->len == 0 ? HS_SKIP_ENDED : HS_SKIP_MORE;
}

static HsSkipResult
element_closes (HsSkip *self)
{
  guint last = self->open->len - 1;
  guint32 hash = last < self->n_local ? self->local_hash : self->hash;

  if (g_array_index (self->open, guint32, last) != hash)
    return HS_SKIP_NOT_WELL_FORMED;
  g_array_set_size (self->open, last);
  self->n_local = MIN (self->n_local, last);
  self->state = STATE_TEXT;
  self->n_brackets = 0;
  return last == 0 ? HS_SKIP_ENDED : HS_SKIP_MORE;
}

static void
begin_name (HsSkip *self, State state)
{
  self->state = state;
  self->hash = self->local_hash = FIRST_HASH;
}

static void
hash_name (HsSkip *self, char c)
{
  self->hash = add_to_hash (self->hash, c);
  self->local_hash = c == ':' ? FIRST_HASH : add_to_hash (self->local_hash, c);
}

static gsize
skip_text (HsSkip *self, const char *bytes, gsize length, HsSkipResult *result)
{
  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (c == '<')
        {
          self->state = STATE_TAG;
          return i + 1;
        }
      if (c == '&')
        {
          self->state = STATE_REFERENCE;
          self->in_value = FALSE;
          self->n_word = 0;
          return i + 1;
        }
      if ((c == '>' && self->n_brackets >= 2) || is_forbidden (c))
        {
          *result = HS_SKIP_NOT_WELL_FORMED;
          return i + 1;
        }
      self->n_brackets = c == ']' ? self->n_brackets + 1 : 0;
    }
  return length;
}

static gsize
skip_cdata (HsSkip *self, const char *bytes, gsize length, HsSkipResult *result)
{
  for (gsize i = 0; i < length; i++)
    {
      char c = bytes[i];

      if (c == '>' && self->n_brackets >= 2)
        {
          self->state = STATE_TEXT;
          self->n_brackets = 0;
          return i + 1;
        }
      if (is_forbidden (c))
        {
          *result = HS_SKIP_NOT_WELL_FORMED;
          return i + 1;
        }
      self->n_brackets = c == ']' ? self->n_brackets + 1 : 0;
    }
  return length;
}

static gsize
skip_value (HsSkip *self, const char *bytes, gsize length, HsSkipResult *result)
{
  gsize i = 0;

  while (i < length && bytes[i] != self->quote && bytes[i] != '&' && bytes[i] != '<'
         && !is_forbidden (bytes[i]))
    i++;
  copy_value (self, bytes, MIN (i + 1, length));
  if (i == length)
    return length;
  if (bytes[i] == self->quote)
    self->state = STATE_VALUE_END;
  else if (bytes[i] == '&')
    {
      self->state = STATE_REFERENCE;
      self->in_value = TRUE;
      self->n_word = 0;
    }
  else
    *result = HS_SKIP_NOT_WELL_FORMED;
  return i + 1;
}

/* XML 1.0, 4.1, and 2.2 for what a number may stand for. */
static HsSkipResult
check_reference (const char *word)
{
  static const char *const known[] = { "amp", "lt", "gt", "quot", "apos" };
  gboolean hexadecimal = g_str_has_prefix (word, "#x");
  char *end = NULL;
  guint64 code;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (strcmp (word, known[i]) == 0)
        return HS_SKIP_MORE;
    }
  if (word[0] != '#')
    return begins_name (word[0]) ? HS_SKIP_RESTRICTED : HS_SKIP_NOT_WELL_FORMED;
  word += hexadecimal ? 2 : 1;
  if (!g_ascii_isxdigit (word[0]))
    return HS_SKIP_NOT_WELL_FORMED;
  code = g_ascii_strtoull (word, &end, hexadecimal ? 16 : 10);
  if (*end != '\0' || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) || code == 0xFFFE
      || code == 0xFFFF || (code < 0x20 && code != '\t' && code != '\n' && code != '\r'))
    return HS_SKIP_NOT_WELL_FORMED;
  return HS_SKIP_MORE;
}

static HsSkipResult
step_reference (HsSkip *self, char c)
{
  if (self->in_value)
    copy_value (self, &c, 1);
  if (c != ';')
    {
      if (self->n_word > MAX_REFERENCE || !(is_of_name (c) || c == '#'))
        return HS_SKIP_NOT_WELL_FORMED;
      self->word[self->n_word++] = c;
      return HS_SKIP_MORE;
    }
  self->word[self->n_word] = '\0';
  self->state = self->in_value ? STATE_VALUE : STATE_TEXT;
  self->n_brackets = 0;
  return check_reference (self->word);
}

static HsSkipResult
step_tag (HsSkip *self, char c)
{
  if (c == '/' && self->open->len > 0)
    self->state = STATE_END;
  else if (c == '!' && self->open->len > 0)
    {
      self->state = STATE_DECLARED;
      self->n_matched = 0;
    }
  else if (c == '?' || c == '!')
    return HS_SKIP_RESTRICTED;
  else if (begins_name (c))
    {
      if (self->open->len >= self->max_depth)
        return HS_SKIP_TOO_DEEP;
      begin_name (self, STATE_START_NAME);
      hash_name (self, c);
      if (self->in_tag)
        remember_name (self, c);
    }
  else
    return HS_SKIP_NOT_WELL_FORMED;
  return HS_SKIP_MORE;
}

static HsSkipResult
step_declared (HsSkip *self, char c)
{
  static const char cdata[] = "[CDATA[";

  if (c != cdata[self->n_matched])
    return HS_SKIP_RESTRICTED;
  if (cdata[++self->n_matched] == '\0')
    {
      self->state = STATE_CDATA;
      self->n_brackets = 0;
    }
  return HS_SKIP_MORE;
}

/* Handles a byte at which the start tag may end, or another attribute may begin. */
static HsSkipResult
step_between (HsSkip *self, char c)
{
  if (c == '>')
    return element_opens (self);
  if (c == '/')
    self->state = STATE_EMPTY;
  else if (hs_xml_is_space (c))
    self->state = STATE_SPACE;
  else if (self->state == STATE_SPACE && begins_name (c))
    {
      self->state = STATE_NAME;
      self->word[0] = c;
      self->n_word = 1;
    }
  else
    return HS_SKIP_NOT_WELL_FORMED;
  return HS_SKIP_MORE;
}

static HsSkipResult
step_attribute (HsSkip *self, char c)
{
  if (self->state == STATE_NAME && is_of_name (c))
    {
      if (self->n_word < MAX_REFERENCE)
        self->word[self->n_word++] = c;
    }
  else if (self->state == STATE_QUOTE && (c == '"' || c == '\''))
    {
      begin_value (self, c);
      self->state = STATE_VALUE;
    }
  else if (self->state != STATE_QUOTE && c == '=')
    self->state = STATE_QUOTE;
  else if (hs_xml_is_space (c))
    self->state = self->state == STATE_NAME ? STATE_EQUALS : self->state;
  else
    return HS_SKIP_NOT_WELL_FORMED;
  return HS_SKIP_MORE;
}

static HsSkipResult
step_end (HsSkip *self, char c)
{
  if (self->state == STATE_END ? begins_name (c) : self->state == STATE_END_NAME && is_of_name (c))
    {
      if (self->state == STATE_END)
        begin_name (self, STATE_END_NAME);
      hash_name (self, c);
    }
  else if (self->state != STATE_END && c == '>')
    return element_closes (self);
  else if (self->state != STATE_END && hs_xml_is_space (c))
    self->state = STATE_END_SPACE;
  else
    return HS_SKIP_NOT_WELL_FORMED;
  return HS_SKIP_MORE;
}

static HsSkipResult
step_start_name (HsSkip *self, char c)
{
  if (!is_of_name (c))
    return step_between (self, c);
  hash_name (self, c);
  if (self->in_tag)
    remember_name (self, c);
  return HS_SKIP_MORE;
}

static HsSkipResult
step (HsSkip *self, char c)
{
  switch (self->state)
    {
    case STATE_REFERENCE:
      return step_reference (self, c);
    case STATE_TAG:
      return step_tag (self, c);
    case STATE_DECLARED:
      return step_declared (self, c);
    case STATE_START_NAME:
      return step_start_name (self, c);
    case STATE_SPACE:
    case STATE_VALUE_END:
      return step_between (self, c);
    case STATE_NAME:
    case STATE_EQUALS:
    case STATE_QUOTE:
      return step_attribute (self, c);
    case STATE_EMPTY:
      return c == '>' ? element_is_empty (self) : HS_SKIP_NOT_WELL_FORMED;
    case STATE_END:
    case STATE_END_NAME:
    case STATE_END_SPACE:
      return step_end (self, c);
    case STATE_TEXT:
    case STATE_CDATA:
    case STATE_VALUE:
    default:
      g_assert_not_reached ();
    }
}

gsize
hs_skip_feed (HsSkip *self, const char *bytes, gsize length, HsSkipResult *result)
{
  gsize used = 0;

  *result = HS_SKIP_MORE;
  while (used < length && *result == HS_SKIP_MORE)
    {
      if (self->state == STATE_TEXT)
        used += skip_text (self, bytes + used, length - used, result);
      else if (self->state == STATE_CDATA)
        used += skip_cdata (self, bytes + used, length - used, result);
      else if (self->state == STATE_VALUE)
        used += skip_value (self, bytes + used, length - used, result);
      else
        *result = step (self, bytes[used++]);
    }
  return used;
}
