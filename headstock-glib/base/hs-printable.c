/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-printable-private.h"

#include <string.h>

#define ZERO_WIDTH_NON_JOINER 0x200C
#define ZERO_WIDTH_JOINER 0x200D

static gboolean
is_shown (gunichar character)
{
  if (character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER)
    return TRUE;
  switch (g_unichar_type (character))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

/* Shows what is at @p, and returns what follows. */
static const char *
append_character (GString *out, const char *p)
{
  gunichar character = g_utf8_get_char_validated (p, -1);

  if (character == (gunichar) -1 || character == (gunichar) -2)
    {
      g_string_append_printf (out, "\\x%02X", (guchar) *p);
      return p + 1;
    }
  if (is_shown (character))
    g_string_append_len (out, p, g_utf8_next_char (p) - p);
  else
    g_string_append_printf (out, "<U+%04X>", character);
  return g_utf8_next_char (p);
}

/**
 * hs_printable:
 * @text: a text that a peer wrote
 * @max: how many characters of it to show
 *
 * Makes a peer's text fit for an error, a log or a terminal: one line of valid UTF-8, without anything that drives
 * a terminal or turns the direction of text around. The library's own errors and messages have it done to all that
 * they quote.
 *
 * White space becomes spaces, and is dropped at both ends. Other controls (C0, C1, DEL), format characters (U+202E
 * and its like, but for the joiners that words and emoji need), unassigned ones and line separators are shown as `<U+202E>`, bytes
 * that are not UTF-8 as `\xFF`. A text that has more than @max characters is cut after them, and ends with `…`.
 *
 * Returns: (transfer full): what can be shown
 */
char *
hs_printable (const char *text, gsize max)
{
  GString *out = NULL;
  const char *p;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  p = text + strspn (text, " \t\r\n");
  length = strlen (p);
  while (length > 0 && strchr (" \t\r\n", p[length - 1]) != NULL)
    length--;
  for (const char *end = p + length; p < end; max--)
    {
      if (max == 0)
        {
          g_string_append (out, "…");
          break;
        }
      if (*p == '\t' || *p == '\r' || *p == '\n')
        {
          g_string_append_c (out, ' ');
          p++;
        }
      else
        p = append_character (out, p);
    }
  return g_string_free (out, FALSE);
}

void
hs_printable_append_line (GString *line, const char *text)
{
  while (*text != '\0')
    {
      const char *start = text;

      /* Nearly all of a log. */
      while (*text >= ' ' && *text < 0x7F)
        text++;
      g_string_append_len (line, start, text - start);
      if (*text != '\0')
        text = append_character (line, text);
    }
}
