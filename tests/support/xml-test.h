/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <string.h>

#include <glib.h>

#include "xml/hs-parser.h"

/* What the tests of floor 1 share. */

#define TEST_HEADER                                                                                \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "                                     \
  "xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='urn:p' from='example.net' id='s1' "    \
  "version='1.0'>"

/* A tree as text, by other means than the library's writer: names are resolved, text is escaped and
 * adjacent runs of it are told apart. */
static inline void
test_dump_node (GString *out, HsNode *node)
{
  if (node->name == NULL)
    {
      g_autofree char *escaped = g_strescape (node->text, NULL);

      g_assert_cmpuint (strlen (node->text), ==, node->length);
      g_string_append_printf (out, "\"%s\"", escaped);
      return;
    }
  g_string_append_printf (out, "{%s}%s", node->namespace_ != NULL ? node->namespace_ : "",
                          node->name);
  for (HsAttribute *attribute = node->attributes; attribute != NULL; attribute = attribute->next)
    {
      g_autofree char *escaped = g_strescape (attribute->value, NULL);

      g_string_append_printf (out, " {%s}%s=\"%s\"",
                              attribute->namespace_ != NULL ? attribute->namespace_ : "",
                              attribute->name, escaped);
    }
  g_string_append_c (out, '(');
  for (HsNode *child = node->first; child != NULL; child = child->next)
    {
      g_assert_true (child->parent == node);
      test_dump_node (out, child);
    }
  g_string_append_c (out, ')');
}

static inline void
test_dump_events (HsParser *parser, GString *out)
{
  static const char *const types[] = { "START ", "STANZA ", "FORGET ", "END" };
  HsParserEvent *event = NULL;

  while ((event = hs_parser_pop (parser)) != NULL)
    {
      g_string_append (out, types[event->type]);
      if (event->type != HS_PARSER_EVENT_STREAM_END)
        test_dump_node (out, event->node);
      g_string_append_c (out, '\n');
      hs_parser_give_back (parser, event);
    }
}

/* Gives the parser bytes, a piece at a time (0: all at once). */
static inline gboolean
test_feed (HsParser *parser,
           const char *bytes,
           gsize length,
           gsize piece,
           gboolean single,
           GString *out,
           GError **error)
{
  if (piece == 0)
    piece = length;
  while (length > 0)
    {
      gsize now = MIN (piece, length);

      for (gsize used = 0; used < now;)
        {
          GError *local = NULL;
          gsize step = hs_parser_feed (parser, bytes + used, now - used, single, &local);

          g_assert_cmpuint (step, >, 0);
          g_assert_cmpuint (step, <=, now - used);
          used += step;
          if (out != NULL)
            test_dump_events (parser, out);
          else
            for (HsParserEvent *event; (event = hs_parser_pop (parser)) != NULL;)
              hs_parser_give_back (parser, event);
          if (local != NULL)
            {
              g_propagate_error (error, local);
              return FALSE;
            }
        }
      bytes += now;
      length -= now;
    }
  return TRUE;
}

static inline gboolean
test_feed_string (HsParser *parser, const char *xml, GString *out, GError **error)
{
  return test_feed (parser, xml, strlen (xml), 0, FALSE, out, error);
}

/* The process's resident memory in bytes. */
static inline gsize
test_get_resident (void)
{
  g_autofree char *contents = NULL;
  char **fields = NULL;
  gsize pages = 0;

  if (!g_file_get_contents ("/proc/self/statm", &contents, NULL, NULL))
    return 0;
  fields = g_strsplit (contents, " ", 3);
  pages = g_ascii_strtoull (fields[1], NULL, 10);
  g_strfreev (fields);
  return pages * 4096;
}

static inline gboolean
test_is_valgrind (void)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "vgpreload") != NULL;
}

/* Memory and time mean nothing under a checker: valgrind, or a sanitizer. */
static inline gboolean
test_is_measurable (void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return FALSE;
#else
  return !test_is_valgrind ();
#endif
}
