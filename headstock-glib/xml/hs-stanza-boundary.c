/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-stanza-boundary.h"

#include <string.h>

/* The position after the next @text, or the end. */
static const char *
skip_past (const char *at, const char *end, const char *text)
{
  const char *found = g_strstr_len (at, end - at, text);

  return found != NULL ? found + strlen (text) : end;
}

static gboolean
starts_with (const char *at, const char *end, const char *text)
{
  gsize length = strlen (text);

  return (gsize) (end - at) >= length && memcmp (at, text, length) == 0;
}

/* From a tag's '<' to the position after its '>', which may also stand inside of an attribute. */
static const char *
skip_tag (const char *at, const char *end, gboolean *is_empty)
{
  char quote = '\0';

  for (; at < end; at++)
    {
      if (quote != '\0')
        {
          if (*at == quote)
            quote = '\0';
        }
      else if (*at == '"' || *at == '\'')
        quote = *at;
      else if (*at == '>')
        {
          *is_empty = at[-1] == '/';
          return at + 1;
        }
    }
  *is_empty = FALSE;
  return end;
}

/* The stream's own tags open and close nothing here: each of them can stand alone. */
static gboolean
is_stream_tag (const char *at, const char *end)
{
  return starts_with (at, end, "<stream:stream") || starts_with (at, end, "</stream:stream");
}

/* The position after the element that begins at @at or after it, or the end. */
static const char *
skip_element (const char *at, const char *end)
{
  guint depth = 0;

  while (at < end && (at = memchr (at, '<', end - at)) != NULL)
    {
      const char *tag = at;
      gboolean is_empty;

      if (starts_with (at, end, "<?"))
        {
          at = skip_past (at, end, "?>");
          continue;
        }
      if (starts_with (at, end, "<!"))
        {
          at = skip_past (at, end, "]]>");
          continue;
        }
      at = skip_tag (at, end, &is_empty);
      if (is_stream_tag (tag, end))
        return at;
      if (starts_with (tag, end, "</"))
        depth -= MIN (depth, 1);
      else if (!is_empty)
        depth++;
      if (depth == 0)
        return at;
    }
  return end;
}

static gboolean
is_request (const char *at, const char *end)
{
  return starts_with (at, end, "<r ") || starts_with (at, end, "<r>") || starts_with (at, end, "<r/");
}

gsize
hs_stanza_boundary_find (const guint8 *bytes, gsize length, gsize max)
{
  const char *begin = (const char *) bytes;
  const char *end = begin + length;
  const char *best = begin;

  while (best < end)
    {
      const char *stanza_end = skip_element (best, end);
      const char *next = is_request (stanza_end, end) ? skip_element (stanza_end, end) : stanza_end;

      if ((gsize) (next - begin) > max)
        {
          if (best > begin)
            break;
          return stanza_end - begin;
        }
      best = next;
    }
  return best - begin;
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Whether a start tag declares a default namespace: an attribute called "xmlns", and not a value that says so. */
static gboolean
declares_default (const char *tag, const char *end)
{
  char quote = '\0';

  for (const char *at = tag; at < end; at++)
    {
      if (quote != '\0')
        quote = *at == quote ? '\0' : quote;
      else if (*at == '"' || *at == '\'')
        quote = *at;
      else if (is_space (at[-1]) && starts_with (at, end, "xmlns")
               && (at[5] == '=' || is_space (at[5])))
        return TRUE;
    }
  return FALSE;
}

void
hs_stanza_boundary_frame (GByteArray *frame,
                          const guint8 *element,
                          gsize length,
                          const char *default_namespace)
{
  const char *begin = (const char *) element;
  const char *end = begin + length;
  const char *name_end;
  gboolean is_empty;

  while (begin < end && is_space (*begin))
    begin++;
  name_end = begin;
  while (name_end < end && !is_space (*name_end) && *name_end != '>' && *name_end != '/')
    name_end++;
  g_byte_array_append (frame, (const guint8 *) begin, name_end - begin);
  if (name_end < end && !declares_default (name_end + 1, skip_tag (begin, end, &is_empty)))
    {
      g_autofree char *declaration = g_strdup_printf (" xmlns='%s'", default_namespace);

      g_byte_array_append (frame, (const guint8 *) declaration, strlen (declaration));
    }
  g_byte_array_append (frame, (const guint8 *) name_end, end - name_end);
}
