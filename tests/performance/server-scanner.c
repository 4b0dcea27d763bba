/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <string.h>

void
scanner_init (Scanner *self)
{
  self->bytes = g_byte_array_new ();
}

/* A new stream begins with the next byte. */
void
scanner_restart (Scanner *self)
{
  self->depth = 0;
}

void
scanner_add (Scanner *self, const char *bytes, gsize length)
{
  g_byte_array_append (self->bytes, (const guint8 *) bytes, length);
}

/* The length of the tag at @p with its last character, or 0 if that has not come. */
static gsize
tag_length (const char *p, gsize left)
{
  char quote = '\0';

  for (gsize i = 1; i < left; i++)
    {
      if (quote != '\0')
        {
          if (p[i] == quote)
            quote = '\0';
        }
      else if (p[i] == '"' || p[i] == '\'')
        quote = p[i];
      else if (p[i] == '>')
        return i + 1;
    }
  return 0;
}

static void
remember (char *place, gsize size, const char *tag, gsize length)
{
  length = MIN (length, size - 1);
  memcpy (place, tag, length);
  place[length] = '\0';
}

static ScanResult
ended (Scanner *self)
{
  self->depth--;
  if (self->depth == 1)
    return SCAN_STANZA;
  return self->depth == 0 ? SCAN_STREAM_END : SCAN_MORE;
}

static ScanResult
take_tag (Scanner *self, const char *tag, gsize length)
{
  if (tag[1] == '?' || tag[1] == '!')
    return SCAN_MORE;
  if (tag[1] == '/')
    return ended (self);
  self->depth++;
  if (self->depth == 1)
    return SCAN_STREAM_START;
  if (self->depth == 2)
    {
      remember (self->top, sizeof self->top, tag, length);
      self->child[0] = '\0';
    }
  else if (self->depth == 3 && self->child[0] == '\0')
    remember (self->child, sizeof self->child, tag, length);
  return tag[length - 2] == '/' ? ended (self) : SCAN_MORE;
}

ScanResult
scanner_next (Scanner *self)
{
  ScanResult result = SCAN_MORE;

  while (result == SCAN_MORE)
    {
      const char *begin = (const char *) self->bytes->data + self->position;
      gsize left = self->bytes->len - self->position;
      const char *tag = left > 0 ? memchr (begin, '<', left) : NULL;
      gsize length = 0;

      if (tag != NULL)
        length = tag_length (tag, left - (tag - begin));
      if (length == 0)
        {
          gsize used = tag != NULL ? self->position + (tag - begin) : self->bytes->len;

          if (used > 0)
            g_byte_array_remove_range (self->bytes, 0, used);
          self->position = 0;
          return SCAN_MORE;
        }
      self->position += (tag - begin) + length;
      result = take_tag (self, tag, length);
    }
  return result;
}

/* As it was written, with its references. */
char *
tag_get_attribute (const char *tag, const char *name)
{
  gsize length = strlen (name);
  const char *p = tag;

  while ((p = strstr (p, name)) != NULL)
    {
      const char *value = p + length + 2;
      const char *end;

      if (p > tag && g_ascii_isspace (p[-1]) && p[length] == '=')
        {
          end = strchr (value, p[length + 1]);
          return end != NULL ? g_strndup (value, end - value) : NULL;
        }
      p += length;
    }
  return NULL;
}

HsTestWord
tag_read (const HsTestStream *stream, const char *tag, const char *child)
{
  g_autofree char *name = g_strndup (tag + 1, strcspn (tag + 1, " \t\r\n/>"));
  g_autofree char *namespace_ = tag_get_attribute (tag, "xmlns");
  g_autofree char *payload = tag_get_attribute (child, "xmlns");

  return hs_test_stream_read (stream, name, namespace_, payload);
}
