/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include "hs-error.h"
#include "xml/hs-parser.h"

/* A stanza that is discarded ends where it would have ended: two parsers are given the same stream, and for one
 * of them nearly every stanza is too large. What the one takes the other takes as well, stanza by stanza. */

#define HEADER                                                                                     \
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' xmlns:p='p'>"
#define SMALL 400
#define LARGE (1024 * 1024)
#define MAX_DEPTH 20

typedef struct
{
  GString *names;
  GError *error;
  guint n_dropped;
  guint n_discarded;
  gboolean is_between; /* no stanza is half done */
} Result;

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer user_data)
{
  return hs_node_get_attribute (stanza, "drop", NULL) == NULL;
}

static const HsParserCallbacks callbacks = { .stanza_begins = stanza_begins_cb };

static void
take_events (HsParser *parser, Result *result)
{
  HsParserEvent *event;

  while ((event = hs_parser_pop (parser)) != NULL)
    {
      if (event->type == HS_PARSER_EVENT_DISCARDED)
        result->n_discarded++;
      /* Prefixes of a tag that was only skipped are not known: the kind is what counts. */
      if (event->type == HS_PARSER_EVENT_STREAM_END)
        g_string_append (result->names, "end ");
      else
        g_string_append_printf (result->names, "%s ", event->node->name);
      hs_parser_give_back (parser, event);
    }
  result->n_dropped += hs_parser_take_dropped (parser);
}

static void
parse (const char *bytes, gsize length, gsize piece, gsize limit, Result *result)
{
  HsParser *parser = hs_parser_new (NULL, &callbacks, NULL);

  result->names = g_string_new (NULL);
  hs_parser_set_limits (parser, limit, MAX_DEPTH);
  hs_parser_set_discards (parser, TRUE);
  hs_parser_feed (parser, HEADER, strlen (HEADER), FALSE, &result->error);
  take_events (parser, result);
  for (gsize used = 0; used < length && result->error == NULL;)
    {
      used += hs_parser_feed (parser, bytes + used, MIN (piece, length - used), FALSE, &result->error);
      take_events (parser, result);
    }
  result->is_between = hs_parser_is_between_stanzas (parser);
  hs_parser_free (parser);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  gsize piece = 1 + fuzz_take_byte (&data, &size) * 16;
  Result large = { NULL };
  Result small = { NULL };

  parse ((const char *) data, size, piece, LARGE, &large);
  parse ((const char *) data, size, piece, SMALL, &small);
  /* libxml2 looks at a tag once it is whole, and so may find later what is wrong. */
  if (large.error == NULL && large.is_between
      && !g_error_matches (small.error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE))
    g_assert_no_error (small.error);
  if (large.error == NULL && small.error == NULL)
    {
      /* That a stanza is discarded is told before its end has come. */
      g_assert_true (large.is_between == small.is_between);
      g_assert_true (g_str_has_prefix (small.names->str, large.names->str));
      if (large.is_between)
        g_assert_cmpstr (large.names->str, ==, small.names->str);
      g_assert_cmpuint (small.n_dropped, >=, large.n_dropped);
      g_assert_cmpuint (small.n_dropped, <=, large.n_dropped + small.n_discarded);
    }
  g_string_free (large.names, TRUE);
  g_string_free (small.names, TRUE);
  g_clear_error (&large.error);
  g_clear_error (&small.error);
  return 0;
}
