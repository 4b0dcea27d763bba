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

/* The length of the character of more than one byte at @p, or 0 where there is none (RFC 3629, 4). */
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

gsize
hs_bytes_valid_utf8 (const char *bytes, gsize length)
{
  const guint64 high_bits = G_GUINT64_CONSTANT (0x8080808080808080);
  gsize i = 0;

  while (i < length)
    {
      guint64 words[8];
      guint64 word = 0;
      guint step = 1;

      /* Nearly all that is said in a stream is ASCII. */
      while (length - i >= sizeof words)
        {
          memcpy (words, bytes + i, sizeof words);
          if (((words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7])
               & high_bits)
              != 0)
            break;
          i += sizeof words;
        }
      if (length - i >= sizeof word)
        {
          memcpy (&word, bytes + i, sizeof word);
          if ((word & high_bits) == 0)
            {
              i += sizeof word;
              continue;
            }
        }
      if (i == length)
        break;
      if ((guchar) bytes[i] >= 0x80)
        step = sequence_length ((const guchar *) bytes + i, length - i);
      if (step == 0)
        break;
      i += step;
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
