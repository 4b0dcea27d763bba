/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "fuzz.h"
#include "hs-namespaces.h"
#include "xml/hs-parser.h"

/* libFuzzer target: the push parser. An input is two bytes of options and then a stream; it is parsed
 * whole and in pieces, and both must give the same events. */

enum
{
  OPTION_COMPONENT = 1 << 0,
  OPTION_SINGLE = 1 << 1,
  OPTION_FORGET = 1 << 2,
  OPTION_KEEP = 1 << 3,   /* what was to be forgotten */
  OPTION_DROP = 1 << 4,   /* stanzas with an attribute "drop" */
  OPTION_SHRINK = 1 << 5,
};

#define MAX_SIZE 20000
#define MAX_DEPTH 24

static void
dump_node (GString *out, HsNode *node)
{
  if (node->name == NULL)
    {
      g_string_append_printf (out, "[%.*s]", (int) node->length, node->text);
      return;
    }
  g_string_append_printf (out, "(%s{%s}", node->name,
                          node->namespace_ != NULL ? node->namespace_ : "");
  for (HsAttribute *a = node->attributes; a != NULL; a = a->next)
    g_string_append_printf (out, " %s{%s}='%s'", a->name,
                            a->namespace_ != NULL ? a->namespace_ : "", a->value);
  for (HsNode *child = node->first; child != NULL; child = child->next)
    dump_node (out, child);
  g_string_append_c (out, ')');
}

static guint
depth_of (HsNode *node)
{
  guint most = 0;

  for (HsNode *child = hs_node_first_element (node); child != NULL;
       child = hs_node_next_element (child))
    most = MAX (most, depth_of (child));
  return most + 1;
}

typedef struct
{
  GString *header; /* the event for it */
  GString *events;
  gboolean failed;
} Result;

static void
take_event (HsParser *parser, HsParserEvent *event, guint options, Result *result)
{
  GString *out = event->type == HS_PARSER_EVENT_STREAM_START ? result->header : result->events;

  g_string_append_printf (out, "\n%d ", event->type);
  if (event->node != NULL)
    {
      g_assert_cmpuint (depth_of (event->node), <=, MAX_DEPTH);
      dump_node (out, event->node);
    }
  if (event->type == HS_PARSER_EVENT_FORGET && (options & OPTION_KEEP) != 0)
    hs_parser_keep (parser, event);
  hs_parser_give_back (parser, event);
}

static void
take_events (HsParser *parser, guint options, Result *result)
{
  HsParserEvent *event;

  while ((event = hs_parser_pop (parser)) != NULL)
    take_event (parser, event, options, result);
  if ((options & OPTION_SHRINK) != 0)
    hs_parser_shrink (parser);
}

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer user_data)
{
  return (GPOINTER_TO_UINT (user_data) & OPTION_DROP) == 0 ||
         hs_node_get_attribute (stanza, "drop", NULL) == NULL;
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer user_data)
{
  return strcmp (name, "item") == 0;
}

static void
names_changed_cb (gpointer user_data)
{
}

static const HsParserCallbacks callbacks = { stanza_begins_cb, forget_cb, names_changed_cb };

static void
parse (const char *bytes, gsize length, gsize piece, guint options, Result *result)
{
  HsParser *parser
      = hs_parser_new ((options & OPTION_COMPONENT) != 0 ? HS_NS_COMPONENT : HS_NS_CLIENT, &callbacks,
                       GUINT_TO_POINTER (options));
  g_autoptr (GError) error = NULL;

  result->header = g_string_new (NULL);
  result->events = g_string_new (NULL);
  hs_parser_set_limits (parser, MAX_SIZE, MAX_DEPTH);
  hs_parser_set_forgets (parser, (options & OPTION_FORGET) != 0);
  hs_parser_restart (parser);
  for (gsize from = 0; from < length && error == NULL;)
    {
      gsize used = hs_parser_feed (parser, bytes + from, MIN (piece, length - from),
                                   (options & OPTION_SINGLE) != 0, &error);

      g_assert_true (used > 0 || error != NULL);
      g_assert_cmpuint (used, <=, length - from);
      from += used;
      take_events (parser, options, result);
    }
  if (error != NULL)
    fuzz_check_error (error);
  result->failed = error != NULL;
  hs_parser_free (parser);
}

static void
result_clear (Result *self)
{
  g_string_free (self->header, TRUE);
  g_string_free (self->events, TRUE);
}

/* Which error ends the events, and how soon, depends on how much is there: "<? " is both not well-formed
 * and not allowed; the end of a tag that is broken in the middle may be waited for; and a header that
 * is broken near its end may be told of or not. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint options = fuzz_take_byte (&data, &size);
  gsize piece = fuzz_take_byte (&data, &size) % 64 + 1;
  Result whole;
  Result pieces;

  parse ((const char *) data, size, G_MAXSIZE, options, &whole);
  parse ((const char *) data, size, piece, options, &pieces);
  g_assert_cmpstr (whole.events->str, ==, pieces.events->str);
  if (!whole.failed && !pieces.failed)
    g_assert_cmpstr (whole.header->str, ==, pieces.header->str);
  result_clear (&whole);
  result_clear (&pieces);
  return 0;
}
