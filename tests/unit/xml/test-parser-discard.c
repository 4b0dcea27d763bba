/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-error.h"
#include "hs-namespaces.h"

#include "xml-test.h"

/* A stanza that passes a limit costs nothing but itself. */

#define KIB 1024
#define LIMIT (64 * KIB)

/* How a stanza begins that is too large, what comes again and again (%u: a number), and how it ends. */
typedef struct
{
  const char *name;
  const char *begin;
  const char *piece;
  const char *end;
  guint n;
  HsDiscardReason reason;
  const char *tags; /* of the stanza, and of what is in it first */
} Large;

static const Large large[] = {
  { "text", "<message from='a@b'><body>", "0123456789", "</body></message>", 10000, HS_DISCARD_SIZE,
    "from a@b body" },
  { "elements", "<message from='a@b'>", "<a/>", "</message>", 10000, HS_DISCARD_SIZE, "from a@b a" },
  { "nested", "<message from='a@b'>", "<a><b c='d'>x</b></a>", "</message>", 10000, HS_DISCARD_SIZE,
    "from a@b a" },
  { "names", "<message from='a@b'>", "<a%u b%u=''/>", "</message>", 20000, HS_DISCARD_SIZE,
    "from a@b a1" },
  { "namespaces", "<message from='a@b'>", "<a xmlns='urn:%u'/>", "</message>", 20000, HS_DISCARD_SIZE,
    "from a@b a" },
  { "cdata", "<message from='a@b'><body><![CDATA[", "</body>]]", "]]></body></message>", 10000,
    HS_DISCARD_SIZE, "from a@b body" },
  { "many-cdata", "<message from='a@b'><body>", "<![CDATA[</body>]]>", "</body></message>", 20000,
    HS_DISCARD_SIZE, "from a@b body" },
  { "references", "<message from='a@b'><body>", "&amp;&#x20AC;", "</body></message>", 50000,
    HS_DISCARD_SIZE, "from a@b body" },
  { "attribute", "<message from='a@b'><x a='", "01234>&lt;", "'/></message>", 10000, HS_DISCARD_SIZE,
    "from a@b -" },
  { "own-attribute", "<message from='a@b' a='", "01234>&lt;", "' id='1'><body/></message>", 10000,
    HS_DISCARD_SIZE, "from a@b -" },
  { "name", "<message from='a@b'><x", "0123456789", "/></message>", 10000, HS_DISCARD_SIZE,
    "from a@b -" },
  { "end-tag", "<message from='a@b'><body></body", "   \n\t   ", "></message>", 10000, HS_DISCARD_SIZE,
    "from a@b body" },
  { "own-end-tag", "<message from='a@b'><body/></message", "   \n\t   ", ">", 10000, HS_DISCARD_SIZE,
    "from a@b body" },
  { "attributes", "<message from='a@b'><x", " a%u=''", "/></message>", 1001, HS_DISCARD_ATTRIBUTES,
    "from a@b -" },
  { "own-attributes", "<message", " a%u=''", " from='a@b'/>", 1001, HS_DISCARD_ATTRIBUTES,
    "from a@b -" },
  { "declarations", "<message from='a@b'><x", " xmlns:a%u='u'", "/></message>", 1001,
    HS_DISCARD_ATTRIBUTES, "from a@b -" },
  { "prefixes", "<message from='a@b'>", "<x xmlns:a%u='u' xmlns:b%u='u' xmlns:c%u='u' xmlns:d%u='u'>",
    NULL, 260, HS_DISCARD_PREFIXES, "from a@b x" },
  { "own-prefixes", "<message from='a@b'", " xmlns:a%u='u'", "/>", 999, HS_DISCARD_PREFIXES,
    "from a@b -" },
  { "brackets", "<message from='a@b'><body>", "ab]>", "</body></message>", 20000, HS_DISCARD_SIZE,
    "from a@b body" },
};

static char *
write_large (const Large *example, guint factor)
{
  g_autoptr (GString) xml = g_string_new (example->begin);
  g_auto (GStrv) parts = g_strsplit (example->piece, "%u", -1);

  for (guint i = 1; i <= example->n * factor; i++)
    {
      g_autofree char *digits = g_strdup_printf ("%u", i);
      g_autofree char *piece = g_strjoinv (digits, parts);

      g_string_append (xml, piece);
    }
  for (guint i = 0; i < example->n && example->end == NULL; i++)
    g_string_append (xml, "</x>");
  g_string_append (xml, example->end != NULL ? example->end : "</message>");
  return g_string_free (g_steal_pointer (&xml), FALSE);
}

static HsParser *
new_parser (const HsParserCallbacks *callbacks, gpointer data)
{
  HsParser *parser = hs_parser_new (NULL, callbacks, data);

  hs_parser_set_limits (parser, LIMIT, 300);
  hs_parser_set_discards (parser, TRUE);
  g_assert_true (test_feed_string (parser, TEST_HEADER, NULL, NULL));
  return parser;
}

typedef struct
{
  guint n_discarded;
  guint n_stanzas;
  guint n_forgotten;
  guint n_dropped;
  HsDiscardReason reason;
  guint64 size;
  char *tags;
} Seen;

static void
see (Seen *seen, HsParserEvent *event)
{
  const HsDiscard *discard = NULL;
  HsNode *payload = NULL;

  if (event->type == HS_PARSER_EVENT_STANZA)
    seen->n_stanzas++;
  else if (event->type == HS_PARSER_EVENT_FORGET)
    {
      /* Its parents are still there, and say who sent it. */
      g_assert_cmpstr (event->node->parent->parent->name, ==, "iq");
      seen->n_forgotten++;
    }
  if (event->type != HS_PARSER_EVENT_DISCARDED)
    return;
  discard = hs_parser_event_get_discard (event);
  payload = hs_node_first_element (event->node);
  g_free (seen->tags);
  seen->tags = g_strdup_printf ("from %s %s", hs_node_get_attribute (event->node, "from", NULL),
                                payload != NULL ? payload->name : "-");
  seen->reason = discard->reason;
  seen->size = discard->size;
  g_assert_cmpuint (discard->limit, ==, LIMIT);
  seen->n_discarded++;
}

static gboolean
feed (HsParser *parser, const char *xml, gsize piece, Seen *seen, GError **error)
{
  gsize length = strlen (xml);

  for (gsize used = 0; used < length;)
    {
      HsParserEvent *event = NULL;

      used += hs_parser_feed (parser, xml + used, MIN (piece, length - used), FALSE, error);
      while ((event = hs_parser_pop (parser)) != NULL)
        {
          see (seen, event);
          hs_parser_give_back (parser, event);
        }
      seen->n_dropped += hs_parser_take_dropped (parser);
      if (error != NULL && *error != NULL)
        return FALSE;
    }
  return TRUE;
}

static void
test_large (gconstpointer data)
{
  const Large *example = data;
  g_autofree char *xml = write_large (example, 1);
  g_autofree char *all = g_strconcat ("<message><p:a/></message>", xml,
                                      "<presence><p:a/></presence>", NULL);
  static const gsize pieces[] = { G_MAXSIZE, 4096, 1400, 1399, 333, 7, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      HsParser *parser = new_parser (NULL, NULL);
      Seen seen = { 0 };
      g_autoptr (GError) error = NULL;

      if (pieces[i] < 100 && strlen (xml) > 300000)
        {
          hs_parser_free (parser);
          continue;
        }
      feed (parser, all, pieces[i], &seen, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (seen.n_stanzas, ==, 2);
      g_assert_cmpuint (seen.n_discarded, ==, 1);
      g_assert_cmpuint (seen.n_dropped, ==, 1);
      g_assert_cmpint (seen.reason, ==, example->reason);
      g_assert_cmpstr (seen.tags, ==, example->tags);
      g_assert_cmpuint (seen.size, <=, strlen (all));
      g_assert_true (hs_parser_is_between_stanzas (parser));
      g_free (seen.tags);
      hs_parser_free (parser);
    }
}

/* Nothing of it stays, whatever comes again and again; up to 16 times the limit. */
static void
test_bound (gconstpointer data)
{
  const Large *example = data;
  g_autofree char *piece = write_large (example, 1);
  g_autofree char *xml = NULL;
  HsParser *parser = new_parser (NULL, NULL);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  gsize before = 0;
  gsize length = 0;

  xml = write_large (example, 1 + 17 * LIMIT / strlen (piece));
  length = strlen (xml);
  before = test_get_resident ();
  feed (parser, xml, 4096, &seen, &error);
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
  g_assert_cmpuint (seen.n_discarded, <=, 1);
  if (test_is_measurable ())
    g_assert_cmpuint (test_get_resident (), <, before + 4 * 1024 * KIB);
  g_clear_error (&error);
  hs_parser_free (parser);
  g_free (g_steal_pointer (&seen.tags));

  /* Just less is well. */
  parser = new_parser (NULL, NULL);
  xml[MIN (length, 15 * LIMIT)] = '\0';
  feed (parser, xml, 4096, &seen, &error);
  g_assert_no_error (error);
  g_free (seen.tags);
  hs_parser_free (parser);
}

/* What breaks the rules ends the stream, there as everywhere. */
static void
test_bad (void)
{
  static const struct
  {
    const char *xml;
    HsXmlError code;
  } bad[] = {
    { "</wrong>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "</message>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a b=c/>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "&x;", HS_XML_ERROR_RESTRICTED },
    { "<!-- -->", HS_XML_ERROR_RESTRICTED },
    { "<?x?>", HS_XML_ERROR_RESTRICTED },
    { "\300\200", HS_XML_ERROR_NOT_WELL_FORMED },
    { "]]>", HS_XML_ERROR_NOT_WELL_FORMED },
  };
  g_autofree char *text = g_strnfill (2 * LIMIT, 'x');

  for (guint i = 0; i < 2 * G_N_ELEMENTS (bad); i++)
    {
      HsParser *parser = new_parser (NULL, NULL);
      g_autofree char *xml = g_strdup_printf ("<message from='a'><body>%s%s", text, bad[i / 2].xml);
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      feed (parser, xml, i % 2 == 0 ? 4096 : 1, &seen, &error);
      g_assert_error (error, HS_XML_ERROR, (int) bad[i / 2].code);
      g_free (seen.tags);
      hs_parser_free (parser);
    }
  {
    HsParser *parser = new_parser (NULL, NULL);
    g_autoptr (GString) xml = g_string_new ("<message from='a'><body>");
    g_autoptr (GError) error = NULL;
    Seen seen = { 0 };

    g_string_append (xml, text);
    for (guint i = 0; i < 299; i++)
      g_string_append (xml, "<a>");
    feed (parser, xml->str, 4096, &seen, &error);
    g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_DEEP);
    g_free (seen.tags);
    hs_parser_free (parser);
  }
}

static gboolean
is_item (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  return strcmp (name, "item") == 0;
}

/* What is forgotten does not count, neither for the limit nor for the second one. */
static void
test_forget (void)
{
  static const HsParserCallbacks callbacks = { .forget = is_item };
  HsParser *parser = new_parser (&callbacks, NULL);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  hs_parser_set_forgets (parser, TRUE);
  g_string_append (xml, "<iq from='a'><query xmlns='jabber:iq:roster'>");
  for (guint i = 0; i < 60000; i++)
    g_string_append_printf (xml, "<item jid='contact-%u@example.org'/>", i);
  g_assert_cmpuint (xml->len, >, 16 * LIMIT);
  feed (parser, xml->str, 4096, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen.n_forgotten, ==, 60000);
  g_assert_cmpuint (seen.n_discarded, ==, 0);

  /* Something among them that is too large, while one is open. */
  g_string_truncate (xml, 0);
  g_string_append (xml, "<item/><item><item>");
  for (guint i = 0; i < 10000; i++)
    g_string_append (xml, "<other/>");
  g_string_append (xml, "</item><item/></item><item/></query></iq><message/>");
  feed (parser, xml->str, 4096, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen.n_forgotten, ==, 60001);
  g_assert_cmpuint (seen.n_discarded, ==, 1);
  g_assert_cmpuint (seen.n_dropped, ==, 1);
  g_assert_cmpuint (seen.n_stanzas, ==, 1);
  g_assert_cmpstr (seen.tags, ==, "from a query");
  g_free (seen.tags);
  hs_parser_free (parser);
}

static gboolean
is_no_iq (HsNode *stanza, gpointer data)
{
  return strcmp (stanza->name, "iq") != 0;
}

/* What nobody asked for is dropped at its start tag: no event, and no end to it. */
static void
test_dropped (void)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = is_no_iq };

  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      Large example = large[i];
      /* Who sends it, and so whether it was asked for, is known once its own tag has ended. */
      gboolean is_own = g_str_has_prefix (example.name, "own-");
      g_autofree char *xml = write_large (&example, is_own ? 1 : 20);
      g_autoptr (GString) iq = g_string_new (xml);
      g_autoptr (GError) error = NULL;
      HsParser *parser = new_parser (&callbacks, NULL);
      Seen seen = { 0 };

      /* Deeper than is allowed at twenty times the depth. */
      if (example.end == NULL)
        {
          hs_parser_free (parser);
          continue;
        }
      g_string_replace (iq, "<message", "<iq", 0);
      g_string_replace (iq, "</message", "</iq", 0);
      g_string_append (iq, "<message/>");
      feed (parser, iq->str, 1400, &seen, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (seen.n_discarded, ==, 0);
      g_assert_cmpuint (seen.n_dropped, ==, 1);
      g_assert_cmpuint (seen.n_stanzas, ==, 1);
      hs_parser_free (parser);
    }
}

/* What is no stanza is not counted as one. */
static void
test_uncounted (void)
{
  HsParser *parser = new_parser (NULL, NULL);
  g_autofree char *text = g_strnfill (2 * LIMIT, 'x');
  g_autofree char *xml = g_strdup_printf ("<a xmlns='urn:x'>%s</a><message/>", text);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  feed (parser, xml, 4096, &seen, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen.n_discarded, ==, 1);
  g_assert_cmpuint (seen.n_dropped, ==, 0);
  g_assert_cmpuint (seen.n_stanzas, ==, 1);
  g_free (seen.tags);
  hs_parser_free (parser);
}

/* A component's stanzas are in another namespace, which is mapped in the one that is left as well. */
static void
test_component (void)
{
  HsParser *parser = hs_parser_new (HS_NS_COMPONENT, NULL, NULL);
  g_autofree char *xml = write_large (&large[14], 1);
  g_autoptr (GError) error = NULL;
  HsParserEvent *event = NULL;

  g_assert_cmpstr (large[14].name, ==, "own-attributes");
  hs_parser_set_limits (parser, LIMIT, 128);
  hs_parser_set_discards (parser, TRUE);
  test_feed_string (parser, "<stream:stream xmlns='jabber:component:accept' "
                    "xmlns:stream='http://etherx.jabber.org/streams'>", NULL, &error);
  for (gsize used = 0; used < strlen (xml);)
    used += hs_parser_feed (parser, xml + used, strlen (xml) - used, FALSE, &error);
  g_assert_no_error (error);
  event = hs_parser_pop (parser);
  g_assert_cmpint (event->type, ==, HS_PARSER_EVENT_DISCARDED);
  g_assert_cmpint (hs_node_get_kind (event->node), ==, HS_STANZA_KIND_MESSAGE);
  hs_parser_give_back (parser, event);
  hs_parser_free (parser);
}

/* The stream ends, or begins anew, while one is skipped. */
static void
test_cut (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (large); i++)
    {
      g_autofree char *xml = write_large (&large[i / 2], 1);
      g_autoptr (GError) error = NULL;
      HsParser *parser = new_parser (NULL, NULL);
      Seen seen = { 0 };

      xml[strlen (xml) - 5] = '\0';
      feed (parser, xml, 4096, &seen, &error);
      g_assert_no_error (error);
      if (i % 2 == 1)
        {
          hs_parser_restart (parser);
          feed (parser, TEST_HEADER "<message/>", G_MAXSIZE, &seen, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (seen.n_stanzas, ==, 1);
          g_assert_cmpuint (seen.n_dropped, ==, 0);
        }
      g_free (seen.tags);
      hs_parser_free (parser);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (large); i++)
    {
      g_autofree char *path = g_strconcat ("/parser/discard/", large[i].name, NULL);
      g_autofree char *bound = g_strconcat ("/parser/discard-bound/", large[i].name, NULL);

      g_test_add_data_func (path, &large[i], test_large);
      if (large[i].reason == HS_DISCARD_SIZE)
        g_test_add_data_func (bound, &large[i], test_bound);
    }
  g_test_add_func ("/parser/discard/bad", test_bad);
  g_test_add_func ("/parser/discard/forget", test_forget);
  g_test_add_func ("/parser/discard/dropped", test_dropped);
  g_test_add_func ("/parser/discard/uncounted", test_uncounted);
  g_test_add_func ("/parser/discard/component", test_component);
  g_test_add_func ("/parser/discard/cut", test_cut);

  return g_test_run ();
}
