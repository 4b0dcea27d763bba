/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "parser-test.h"

/* The push parser: elements that are handed on, and let go, while their stanza still comes in. */

typedef struct
{
  guint asked;
  HsNode *last_stanza;
} Forget;

static gboolean
is_item (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  Forget *forget = data;

  forget->asked++;
  forget->last_stanza = stanza;
  return strcmp (name, "item") == 0 && g_strcmp0 (namespace_, HS_NS_ROSTER) == 0;
}

static const HsParserCallbacks forget_items = { .forget = is_item };

static void
test_forget (void)
{
  static const char xml[]
      = "<iq id='1'>a<query xmlns='jabber:iq:roster'> <item jid='a'><group>x</group></item> \n"
        "<item jid='b'>t<item/></item><other/>b<item jid='c'/>c<item jid='d'/> \n</query>"
        "<item/></iq><item xmlns='jabber:iq:roster'/>";
  static const char wanted[]
      = "FORGET {jabber:iq:roster}item {}jid=\"a\"({jabber:iq:roster}group(\"x\"))\n"
        "FORGET {jabber:iq:roster}item()\n"
        "FORGET {jabber:iq:roster}item {}jid=\"b\"(\"t\")\n"
        "FORGET {jabber:iq:roster}item {}jid=\"c\"()\n"
        "FORGET {jabber:iq:roster}item {}jid=\"d\"()\n"
        "STANZA {jabber:client}iq {}id=\"1\"(\"a\"{jabber:iq:roster}query(\" \""
        "{jabber:iq:roster}other()\"bc\"){jabber:client}item())\n"
        "STANZA {jabber:iq:roster}item()\n";

  for (gsize piece = 0; piece < 60; piece++)
    {
      Forget forget = { 0, NULL };
      HsParser *parser = new_parser (&forget_items, &forget, 10 * MIB, 128);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      hs_parser_set_forgets (parser, TRUE);
      test_feed (parser, xml, strlen (xml), piece, FALSE, out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, wanted);
      /* A stanza itself is not asked for; what is inside an element that is to be forgotten is. */
      g_assert_cmpuint (forget.asked, ==, 9);
      hs_parser_free (parser);
    }
}

/* Its parents can be read while the stanza still comes in. */
static void
test_forget_parents (void)
{
  Forget forget = { 0, NULL };
  HsParser *parser = new_parser (&forget_items, &forget, 10 * MIB, 128);
  g_autoptr (GError) error = NULL;
  static const char xml[] = "<iq id='1'><query xmlns='jabber:iq:roster' ver='v'><item/>";
  HsParserEvent *event = NULL;
  HsNode *query = NULL;

  hs_parser_set_forgets (parser, TRUE);
  hs_parser_feed (parser, xml, strlen (xml), FALSE, &error);
  g_assert_no_error (error);
  event = hs_parser_pop (parser);
  g_assert_cmpint (event->type, ==, HS_PARSER_EVENT_FORGET);
  g_assert_false (event->node->unfinished);
  query = event->node->parent;
  g_assert_cmpstr (hs_node_get_attribute (query, "ver", NULL), ==, "v");
  g_assert_true (query->unfinished);
  g_assert_true (query->parent->unfinished);
  g_assert_cmpstr (hs_node_get_attribute (query->parent, "id", NULL), ==, "1");
  hs_parser_give_back (parser, event);
  g_assert_null (query->first);
  g_assert_null (query->last);
  hs_parser_free (parser);
}

/* What nobody wants to forget any more stays where it was; what follows was not seen before. */
static void
test_forget_kept (void)
{
  static const char xml[]
      = "<iq><query xmlns='jabber:iq:roster'>a<item jid='1'>x<item/>y</item>b<other/>c"
        "<item jid='2'/><item jid='3'/> <item jid='4'/>d</query></iq>";

  for (gsize piece = 1; piece <= strlen (xml); piece++)
    {
      Forget forget = { 0, NULL };
      HsParser *parser = new_parser (&forget_items, &forget, 10 * MIB, 128);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      guint n = 0;

      hs_parser_set_forgets (parser, TRUE);
      for (gsize used = 0; used < strlen (xml);)
        {
          HsParserEvent *event = NULL;

          used += hs_parser_feed (parser, xml + used, MIN (piece, strlen (xml) - used), FALSE,
                                  &error);
          g_assert_no_error (error);
          while ((event = hs_parser_pop (parser)) != NULL)
            {
              if (event->type == HS_PARSER_EVENT_FORGET)
                {
                  g_assert_null (event->node->next);
                  g_assert_true (event->node->parent->last == event->node);
                  if (n++ != 2)
                    hs_parser_keep (parser, event);
                }
              else
                test_dump_node (out, event->node);
              hs_parser_give_back (parser, event);
            }
        }
      g_assert_cmpuint (n, ==, 5);
      g_assert_cmpstr (
          out->str, ==,
          "{jabber:client}iq({jabber:iq:roster}query(\"a\"{jabber:iq:roster}item {}jid=\"1\"("
          "\"x\"{jabber:iq:roster}item()\"y\")\"b\"{jabber:iq:roster}other()\"c\""
          "{jabber:iq:roster}item {}jid=\"3\"()\" \"{jabber:iq:roster}item {}jid=\"4\"()"
          "\"d\"))");
      hs_parser_free (parser);
    }
}

static void
check_many_items (const char *item, gboolean is_endless)
{
  Forget forget = { 0, NULL };
  HsParser *parser = new_parser (&forget_items, &forget, scaled (1 * MIB), 128);
  g_autoptr (GString) xml = g_string_new ("<iq><query xmlns='jabber:iq:roster'>");
  g_autoptr (GError) error = NULL;
  gsize before = 0;

  hs_parser_set_forgets (parser, TRUE);
  for (guint i = 0; i < 200; i++)
    {
      if (i == 10)
        before = test_get_resident ();
      for (guint j = 0; j < scaled (1024); j++)
        g_string_append (xml, item);
      test_feed_string (parser, xml->str, NULL, &error);
      if (error != NULL)
        break;
      g_string_truncate (xml, 0);
    }
  if (is_endless)
    {
      g_assert_no_error (error);
      g_assert_cmpuint (forget.asked, >=, 200 * scaled (1024));
      g_assert_cmpuint (hs_block_get_size (forget.last_stanza->block), <, 64 * 1024);
      test_feed_string (parser, "</query></iq>", NULL, &error);
      g_assert_no_error (error);
      assert_resident_below (before, 256 * 1024);
    }
  else
    {
      if (error == NULL)
        g_error ("What stands between items took no space: %s", item);
      g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
    }
  hs_parser_free (parser);
}

static void
test_forget_many (void)
{
  check_many_items ("<item jid='juliet@example.com'><group>Friends</group></item>", TRUE);
  check_many_items ("<item/> \n ", TRUE);
  check_many_items ("  <item/>", TRUE);
  check_many_items ("\n<item>\n<group>\n</group>\n</item>\n", TRUE);
}

/* What is not forgotten counts. */
static void
test_forget_between (void)
{
  static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567890";

  check_many_items ("<item/><other/>", FALSE);
  check_many_items ("0123456789<item/>", FALSE);
  check_many_items ("<item/>0123456789 ", FALSE);
  {
    g_autofree char *item = g_strconcat ("<item/>", long_text, long_text, long_text, NULL);

    check_many_items (item, FALSE);
  }
}

/* The end, the error and the restart of a stream while elements of an unfinished stanza are queued.
 */
static void
test_forget_cut (void)
{
  static const char xml[] = "<iq><query xmlns='jabber:iq:roster'><item jid='a'/><item jid='b'/>";
  static const char *const rests[] = { "", "<item jid='c'>x", "<!D", "</wrong>" };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rests); i++)
    {
      Forget forget = { 0, NULL };
      HsParser *parser = new_parser (&forget_items, &forget, 1 * MIB, 128);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autofree char *all = g_strconcat (xml, rests[i / 2], NULL);
      gsize used = 0;

      hs_parser_set_forgets (parser, TRUE);
      while (used < strlen (all))
        {
          g_autoptr (GError) error = NULL;

          used += hs_parser_feed (parser, all + used, strlen (all + used), FALSE, &error);
        }
      if (i % 2)
        {
          hs_parser_restart (parser);
          test_dump_events (parser, out);
          g_assert_cmpstr (out->str, ==,
                           "FORGET {jabber:iq:roster}item {}jid=\"a\"()\n"
                           "FORGET {jabber:iq:roster}item {}jid=\"b\"()\n");
        }
      hs_parser_free (parser);
    }
}

/* ---- Elements that are forgotten inside others that are ---- */

#define NESTED_HEADER "<s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams'>"

static gboolean
forget_query_or_item (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  g_assert_cmpstr (stanza->name, ==, "iq");
  return strcmp (name, "query") == 0 || strcmp (name, "item") == 0;
}

static HsParser *
make_nested_parser (void)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = NULL,
                                               .forget = forget_query_or_item,
                                               .names_changed = NULL };
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, &callbacks, NULL);

  hs_parser_set_forgets (parser, TRUE);
  return parser;
}

static guint
feed_and_count (HsParser *parser, const char *bytes, GString *events)
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

static void
test_nested_events (void)
{
  HsParser *parser = make_nested_parser ();
  g_autoptr (GString) events = g_string_new (NULL);

  feed_and_count (parser, NESTED_HEADER "<iq><query><item><group/></item><x><item/></x><query/></query></iq>", events);
  g_assert_cmpstr (events->str, ==,
                   "0:stream< 2:item<query 2:item<x 2:query<query 2:query<iq 1:iq< ");
  hs_parser_free (parser);
}

/* The outer element ends only after a million: it must not hold them until then. */
static void
test_nested_memory (void)
{
  HsParser *parser = make_nested_parser ();
  g_autoptr (GString) items = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < 100; i++)
    g_string_append (items, "<item jid='someone@example.com' subscription='both'/>\n");
  hs_parser_set_limits (parser, 64 * 1024, 16);
  n += feed_and_count (parser, NESTED_HEADER "<iq><query>", NULL);
  for (guint i = 0; i < 2000; i++)
    n += feed_and_count (parser, items->str, NULL);
  n += feed_and_count (parser, "</query></iq>", NULL);
  g_assert_cmpuint (n, ==, 1 + 200000 + 1 + 1);
  hs_parser_free (parser);
}

/* The connection is cut at each byte: nothing leaks and nothing is touched that is gone. */
static void
test_nested_cut (void)
{
  const char *words = NESTED_HEADER "<iq><query><item><item/>x</item><query><item/></query></query></iq>";

  for (gsize length = 1; length <= strlen (words); length++)
    {
      g_autofree char *part = g_strndup (words, length);
      HsParser *parser = make_nested_parser ();
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

  g_test_add_func ("/parser/forget/events", test_forget);
  g_test_add_func ("/parser/forget/kept", test_forget_kept);
  g_test_add_func ("/parser/forget/parents", test_forget_parents);
  g_test_add_func ("/parser/forget/many", test_forget_many);
  g_test_add_func ("/parser/forget/between", test_forget_between);
  g_test_add_func ("/parser/forget/cut", test_forget_cut);
  g_test_add_func ("/parser/forget/nested/events", test_nested_events);
  g_test_add_func ("/parser/forget/nested/memory", test_nested_memory);
  g_test_add_func ("/parser/forget/nested/cut", test_nested_cut);

  return g_test_run ();
}
