/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-namespaces.h"
#include "xml/hs-parser.h"

/* Elements that are forgotten inside others that are. */

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  g_assert_cmpstr (stanza->name, ==, "iq");
  return strcmp (name, "query") == 0 || strcmp (name, "item") == 0;
}

static HsParser *
make_parser (void)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = NULL,
                                               .forget = forget_cb,
                                               .names_changed = NULL };
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, &callbacks, NULL);

  hs_parser_set_forgets (parser, TRUE);
  return parser;
}

static guint
feed (HsParser *parser, const char *bytes, GString *events)
{
  const char *end = bytes + strlen (bytes);
  HsParserEvent *event;
  guint n = 0;

  while (bytes < end)
    {
      g_autoptr (GError) error = NULL;

      bytes += hs_parser_feed (parser, bytes, end - bytes, FALSE, &error);
      g_assert_no_error (error);
      while ((event = hs_parser_pop (parser)) != NULL)
        {
          n++;
          if (events != NULL)
            g_string_append_printf (events, "%d:%s<%s ", event->type, event->node->name,
                                    event->node->parent != NULL ? event->node->parent->name : "");
          hs_parser_give_back (parser, event);
        }
    }
  return n;
}

#define HEADER "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>"

static void
test_nested (void)
{
  HsParser *parser = make_parser ();
  g_autoptr (GString) events = g_string_new (NULL);

  feed (parser, HEADER "<iq><query><item><group/></item><x><item/></x><query/></query></iq>", events);
  g_assert_cmpstr (events->str, ==,
                   "0:stream< 2:item<query 2:item<x 2:query<query 2:query<iq 1:iq< ");
  hs_parser_free (parser);
}

/* The outer element ends only after a million: it must not hold them until then. */
static void
test_memory (void)
{
  HsParser *parser = make_parser ();
  g_autoptr (GString) items = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < 100; i++)
    g_string_append (items, "<item jid='someone@example.com' subscription='both'/>\n");
  hs_parser_set_limits (parser, 64 * 1024, 16);
  n += feed (parser, HEADER "<iq><query>", NULL);
  for (guint i = 0; i < 2000; i++)
    n += feed (parser, items->str, NULL);
  n += feed (parser, "</query></iq>", NULL);
  g_assert_cmpuint (n, ==, 1 + 200000 + 1 + 1);
  hs_parser_free (parser);
}

/* The connection is cut at each byte: nothing leaks and nothing is touched that is gone. */
static void
test_cut (void)
{
  const char *words = HEADER "<iq><query><item><item/>x</item><query><item/></query></query></iq>";

  for (gsize length = 1; length <= strlen (words); length++)
    {
      g_autofree char *part = g_strndup (words, length);
      HsParser *parser = make_parser ();
      g_autoptr (GError) error = NULL;

      hs_parser_feed (parser, part, length, FALSE, &error);
      g_assert_no_error (error);
      if (length % 2 == 0)
        hs_parser_restart (parser);
      hs_parser_free (parser);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/forget/nested", test_nested);
  g_test_add_func ("/forget/memory", test_memory);
  g_test_add_func ("/forget/cut", test_cut);

  return g_test_run ();
}
