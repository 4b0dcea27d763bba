/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <time.h>

#include <glib.h>

#include "hs-error.h"
#include "hs-namespaces.h"

#include "parser-test.h"

/* The push parser: what a peer can make it hold, and how long it can keep it busy. */

static char *
get_nested (guint depth)
{
  g_autoptr (GString) string = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (string, "<a>");
  for (guint i = 0; i < depth; i++)
    g_string_append (string, "</a>");
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static gboolean
never (HsNode *stanza, gpointer data)
{
  return FALSE;
}

/* A stanza is the first level; what is dropped counts too. */
static void
test_max_depth (void)
{
  static const HsParserCallbacks drop = { .stanza_begins = never };
  static const guint limits[] = { 1, 2, 10, 128, 1000 };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (limits); i++)
    {
      guint limit = limits[i / 2];
      HsParser *parser = new_parser (i % 2 ? &drop : NULL, NULL, 10 * MIB, limit);
      g_autofree char *good = get_nested (limit);
      g_autofree char *bad = get_nested (limit + 1);
      g_autoptr (GError) error = NULL;

      test_feed_string (parser, good, NULL, &error);
      test_feed_string (parser, good, NULL, &error);
      g_assert_no_error (error);
      test_feed_string (parser, bad, NULL, &error);
      g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_DEEP);
      hs_parser_free (parser);
    }
}

static void
test_default_depth (void)
{
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autofree char *good = get_nested (128);
  g_autofree char *bad = get_nested (129);
  g_autofree char *very_bad = get_nested (100000);
  g_autoptr (GError) error = NULL;

  test_feed_string (parser, TEST_HEADER, NULL, &error);
  test_feed_string (parser, good, NULL, &error);
  g_assert_no_error (error);
  test_feed_string (parser, bad, NULL, &error);
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_DEEP);
  hs_parser_free (parser);
  g_clear_error (&error);

  g_assert_null (hs_parser_parse_element (very_bad, strlen (very_bad), &error));
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_DEEP);
}

/* A stanza that has no end: how it begins, and what comes again and again. */
typedef struct
{
  const char *name;
  const char *begin;
  const char *piece; /* %u: a number */
  gboolean text;     /* takes about as much memory as it has bytes */
} Endless;

static const Endless endless[] = {
  { "text", "<message><body>", "0123456789abcdef0123456789abcdef0123456789abcdef", TRUE },
  { "text-directly", "<message>", "gr\303\274n", TRUE },
  { "lines", "<message><body>", "\n", TRUE },
  { "references", "<message><body>", "&amp;", FALSE },
  { "cdata", "<message><body><![CDATA[", "0123456789abcdef", TRUE },
  { "cdata-with-tags", "<message><body><![CDATA[ >", "<a b='c'>d</a>", TRUE },
  { "cdata-with-quote", "<message><body><![CDATA[", "it's ", TRUE },
  { "cdata-with-brackets", "<message><body><![CDATA[", "]]] ]", TRUE },
  { "cdata-of-brackets", "<message><body><![CDATA[", "]", TRUE },
  { "cdata-with-returns", "<message><body><![CDATA[", "a\rb", TRUE },
  { "cdata-with-starts", "<message><body><![CDATA[", "<![CDATA[", TRUE },
  { "empty-cdata-and-elements", "<message>", "<![CDATA[]]><a/>", FALSE },
  { "many-cdata", "<message><body>", "<![CDATA[0123456789abcdef0123456789abcdef]]>", FALSE },
  { "attribute", "<message a='", "0123456789abcdef", TRUE },
  { "attribute-references", "<message a='", "&lt;", FALSE },
  { "attribute-quotes", "<message a='", ">\"/>", TRUE },
  { "attributes", "<message", " a%u='x'", FALSE },
  { "namespaces", "<message", " xmlns:a%u='urn:%u'", FALSE },
  { "name", "<m", "0123456789abcdef", TRUE },
  { "space-in-tag", "<message ", "  \n \t", TRUE },
  { "end-tag", "<message></message", "    ", TRUE },
  { "elements", "<message>", "<a/>", FALSE },
  { "elements-with-names", "<message>", "<a%u/>", FALSE },
  { "elements-with-namespaces", "<message>", "<a xmlns='urn:%u'/>", FALSE },
  { "elements-with-attributes", "<message>", "<a b='%u' c='d'/>", FALSE },
  { "mixed", "<message>", "x<a/>", FALSE },
};

/* Feeds it in pieces of about 1,000 bytes and returns how many it took. */
static gsize
feed_endless (HsParser *parser, const Endless *example, gsize max, GError **error)
{
  g_autoptr (GString) buffer = g_string_new (example->begin);
  gsize total = 0;
  guint n = 0;

  while (total < max)
    {
      while (buffer->len < 1000)
        {
          const char *p = example->piece;

          for (n++; *p != '\0'; p++)
            {
              if (p[0] == '%' && p[1] == 'u')
                g_string_append_printf (buffer, "%u", n), p++;
              else
                g_string_append_c (buffer, *p);
            }
        }
      if (!test_feed (parser, buffer->str, buffer->len, 0, FALSE, NULL, error))
        break;
      total += buffer->len;
      g_string_truncate (buffer, 0);
    }
  return total;
}

static void
test_max_stanza_size (gconstpointer data)
{
  const Endless *example = data;
  gsize limit = scaled (1 * MIB);
  HsParser *parser = new_parser (NULL, NULL, limit, 128);
  gsize before = test_get_resident ();
  g_autoptr (GError) error = NULL;
  gsize taken = feed_endless (parser, example, 64 * limit, &error);

  if (!g_error_matches (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE))
    g_error ("%s: %s after %" G_GSIZE_FORMAT " bytes", example->name,
             error != NULL ? error->message : "no error", taken);
  /* Soon enough; and where it is text, not too soon. */
  g_assert_cmpuint (taken, <=, limit + 8192 + (example->text ? 0 : 5 * limit));
  if (example->text)
    g_assert_cmpuint (taken, >=, limit - 8192);
  g_test_message ("%s: refused after %" G_GSIZE_FORMAT " bytes", example->name, taken);
  assert_resident_below (before, 8 * MIB);
  hs_parser_free (parser);
}

/* Just under the limit is let through, again and again, and nothing is kept of it. */
static void
test_under_the_limit (void)
{
  HsParser *parser = new_parser (NULL, NULL, scaled (1 * MIB), 128);
  g_autofree char *text = g_strnfill (scaled (1 * MIB) - 1024, 'x');
  g_autofree char *as_text = g_strdup_printf ("<message><body>%s</body></message>", text);
  g_autofree char *as_attribute = g_strdup_printf ("<message a='%s'/>", text);
  g_autoptr (GError) error = NULL;
  gsize before = 0;

  for (guint i = 0; i < 40; i++)
    {
      if (i == 4)
        before = test_get_resident ();
      test_feed_string (parser, i % 2 ? as_text : as_attribute, NULL, &error);
      g_assert_no_error (error);
    }
  assert_resident_below (before, 4 * MIB);
  hs_parser_free (parser);
}

/* What is thrown away takes no memory, however long it is; but for its names. */
static void
test_dropped_endless (void)
{
  static const HsParserCallbacks drop = { .stanza_begins = never };

  for (guint i = 0; i < G_N_ELEMENTS (endless); i++)
    {
      HsParser *parser = new_parser (&drop, NULL, scaled (1 * MIB), 128);
      gsize before = test_get_resident ();
      g_autoptr (GError) error = NULL;

      feed_endless (parser, &endless[i], scaled (16 * MIB), &error);
      if (error != NULL)
        g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
      /* Where the tag of the stanza itself has no end, it must be refused. */
      if (strstr (endless[i].begin, ">") == NULL)
        g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
      else if (endless[i].text)
        {
          if (strcmp (endless[i].name, "end-tag") != 0)
            g_assert_no_error (error);
        }
      assert_resident_below (before, 10 * MIB);
      hs_parser_free (parser);
    }
}

/* libxml2 compares each attribute with each other one. */
static void
test_many_attributes (void)
{
  static const char *const pieces[] = { " a%u='x'", " xmlns:a%u='urn:%u'", " a%u=\"\"" };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      for (guint n = 500; n <= 500000; n *= 1000)
        {
          HsParser *parser = new_parser (NULL, NULL, 16 * MIB, 128);
          g_autoptr (GString) xml = g_string_new ("<message");
          g_autoptr (GError) error = NULL;
          clock_t start = clock ();

          for (guint j = 0; j < n; j++)
            {
              g_autofree char *number = g_strdup_printf ("%u", j);

              g_string_append (xml, pieces[i]);
              g_string_replace (xml, "%u", number, 0);
              if (xml->len > 4000)
                {
                  test_feed_string (parser, xml->str, NULL, &error);
                  g_string_truncate (xml, 0);
                  if (error != NULL)
                    break;
                }
            }
          g_string_append (xml, "/>");
          if (error == NULL)
            test_feed_string (parser, xml->str, NULL, &error);
          if (n == 500)
            g_assert_no_error (error);
          else
            g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
          if (test_is_measurable ())
            g_assert_cmpint (clock () - start, <, 2 * CLOCKS_PER_SEC);
          hs_parser_free (parser);
        }
    }
}

/* And it looks for a prefix among all that are in scope. */
static void
test_many_namespaces (void)
{
  HsParser *parser = new_parser (NULL, NULL, 16 * MIB, 128);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* One after the other is well. */
  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (xml, "<message xmlns:a='urn:a' xmlns:b='urn:b'><a:c/></message>");
  test_feed_string (parser, xml->str, NULL, &error);
  g_assert_no_error (error);
  g_string_truncate (xml, 0);
  for (guint i = 0; i < 100; i++)
    {
      g_string_append (xml, "<a");
      for (guint j = 0; j < 100; j++)
        g_string_append_printf (xml, " xmlns:a%u='urn:a'", i * 100 + j);
      g_string_append (xml, ">");
    }
  test_feed_string (parser, xml->str, NULL, &error);
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
  hs_parser_free (parser);
}

/* What counts is how many are in scope at once, also in what is thrown away. The header has two or three. */
static void
test_namespaces_in_scope (void)
{
  static const HsParserCallbacks drop = { .stanza_begins = never };

  for (guint i = 0; i < 4; i++)
    {
      HsParser *parser = new_parser (i & 1 ? &drop : NULL, NULL, 16 * MIB, 2000);
      g_autoptr (GString) xml = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      guint n = i & 2 ? 1000 : 990;

      for (guint j = 0; j < n; j++)
        g_string_append (xml, "<a xmlns:a='urn:a'><b xmlns='urn:b'/><c xmlns='urn:c' xmlns:d='urn:d'><d/></c>");
      for (guint j = 0; j < n; j++)
        g_string_append (xml, "</a>");
      test_feed_string (parser, xml->str, NULL, &error);
      if (n == 1000)
        {
          g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
          hs_parser_free (parser);
          continue;
        }
      test_feed_string (parser, xml->str, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (hs_parser_shrink (parser));
      test_feed_string (parser, xml->str, NULL, &error);
      g_assert_no_error (error);
      hs_parser_free (parser);
    }
}

/* The header is not a stanza, and has a limit of its own. */
static void
test_endless_header (void)
{
  static const Endless examples[] = {
    { "attributes", "<stream", " a%u='x'", FALSE },
    { "attribute", "<stream a='", "0123456789abcdef", FALSE },
    { "namespaces", "<stream", " xmlns:a%u='urn:x'", FALSE },
    { "declaration", "<?xml version='1.0'", "    ", FALSE },
    { "name", "<stream", "0123456789abcdef", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsParser *parser = hs_parser_new (NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;
      gsize taken = feed_endless (parser, &examples[i], 1 * MIB, &error);

      if (error == NULL)
        g_error ("%s: no error", examples[i].name);
      g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
      g_assert_cmpuint (taken, <, 64 * 1024);
      hs_parser_free (parser);
    }
}

typedef struct
{
  const char *name;
  const char *begin;
  const char *repeated;
  const char *end;
  gsize piece;
  gsize size;
} Linear;

static const Linear linear[] = {
  { "text-by-1", "<message><body>", "0123456789", "</body></message>", 1, 2 * MIB },
  { "text-by-7", "<message><body>", "0123456789", "</body></message>", 7, 8 * MIB },
  { "text-by-100", "<message><body>", "0123456789", "</body></message>", 100, 8 * MIB },
  { "lines-by-100", "<message><body>", "short\n", "</body></message>", 100, 8 * MIB },
  { "lines-by-7", "<message><body>", "a\r\n", "</body></message>", 7, 4 * MIB },
  { "lines", "<message><body>", "\n", "</body></message>", 4096, 8 * MIB },
  { "references-by-7", "<message><body>", "&amp;", "</body></message>", 7, 4 * MIB },
  { "umlauts-by-1", "<message><body>", "\303\274", "</body></message>", 1, 2 * MIB },
  { "cdata-by-7", "<message><body><![CDATA[", "]]x", "]]></body></message>", 7, 4 * MIB },
  { "cdata-by-4096", "<message><body><![CDATA[", "0123456789", "]]></body></message>", 4096,
    8 * MIB },
  { "cdata-quotes-by-1400", "<message><body><![CDATA[ >", "it's <", "]]></body></message>", 1400, 8 * MIB },
  { "cdata-brackets-by-1400", "<message><body><![CDATA[", "]", "]]></body></message>", 1400, 4 * MIB },
  { "cdata-returns-by-7", "<message><body><![CDATA[", "\r", "]]></body></message>", 7, 2 * MIB },
  { "exclamations-by-100", "<message><body>", "!?", "</body></message>", 100, 4 * MIB },
  { "many-cdata-by-4096", "<message><body>", "<![CDATA[]]>", "</body></message>", 4096, 2 * MIB },
  { "many-cdata-by-100", "<message><body>", "<![CDATA[x]]>", "</body></message>", 100, 2 * MIB },
  { "attribute-by-1", "<message a='", "0123456789", "'/>", 1, 8 * MIB },
  { "attribute-by-100", "<message a='", "01234>\"789", "'/>", 100, 8 * MIB },
  { "attribute-references", "<message a='", "&amp;", "'/>", 100, 4 * MIB },
  { "mixed-by-100", "<message>", "x<a/>", "</message>", 100, 1 * MIB },
  { "elements-by-100", "<message>", "<a/>", "</message>", 100, 1 * MIB },
  { "siblings-by-100", "", "<message>x</message>\n", "", 100, 4 * MIB },
};

/* The processor's time for a stanza of that size, in microseconds. */
static gint64
measure (const Linear *example, gsize size)
{
  HsParser *parser = new_parser (NULL, NULL, 64 * MIB, 128);
  g_autoptr (GString) xml = g_string_new (example->begin);
  g_autoptr (GError) error = NULL;
  clock_t start = 0;
  clock_t took = 0;

  while (xml->len < size)
    g_string_append (xml, example->repeated);
  g_string_append (xml, example->end);
  start = clock ();
  test_feed (parser, xml->str, xml->len, example->piece, FALSE, NULL, &error);
  took = clock () - start;
  g_assert_no_error (error);
  g_assert_true (hs_parser_is_between_stanzas (parser));
  hs_parser_free (parser);
  return (gint64) took * G_USEC_PER_SEC / CLOCKS_PER_SEC;
}

/* Eight times the size takes eight times as long, and not sixty-four times. */
static void
test_linear (gconstpointer data)
{
  const Linear *example = data;
  gint64 part = measure (example, scaled (example->size) / 8);
  gint64 whole = measure (example, scaled (example->size));

  g_test_message ("%s: %" G_GINT64_FORMAT " ms, an eighth of it %" G_GINT64_FORMAT " ms",
                  example->name, whole / 1000, part / 1000);
  if (test_is_measurable ())
    g_assert_cmpint (whole, <, 8 * 3 * part + G_USEC_PER_SEC / 10);
}

static void
count_cb (gpointer counter)
{
  ++*(guint *) counter;
}

static const HsParserCallbacks counts_names = { .names_changed = count_cb };

/* No memory is kept for names that a peer invents, and what was said in the header stays true. */
static void
test_names (void)
{
  guint n_changes = 0;
  HsParser *parser = new_parser (&counts_names, &n_changes, 10 * MIB, 128);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint n = test_is_valgrind () ? 20000 : 100000;
  gsize before = 0;

  for (guint i = 0; i < n; i++)
    {
      if (i == 5000)
        before = test_get_resident ();
      g_string_printf (xml,
                       "<p:name%u xmlns:prefix%u='urn:namespace:%u' prefix%u:attribute%u='v'><b/>"
                       "</p:name%u> ",
                       i, i, i, i, i, i);
      g_string_truncate (out, 0);
      test_feed (parser, xml->str, xml->len, i % 50, FALSE, out, &error);
      g_assert_no_error (error);
      g_string_printf (xml,
                       "STANZA {urn:p}name%u {urn:namespace:%u}attribute%u=\"v\"("
                       "{jabber:client}b())\n",
                       i, i, i);
      g_assert_cmpstr (out->str, ==, xml->str);
    }
  g_assert_cmpuint (n_changes, >, 0);
  assert_resident_below (before, 1 * MIB);
  hs_parser_free (parser);
}

/* If no read begins between two stanzas, the names of many stanzas are not counted as those of one, and
 * not kept either. The limit is so small that the names of one stanza almost reach it. */
static void
test_names_of_many_stanzas (void)
{
  gsize limit = 256 * 1024;
  HsParser *parser = new_parser (NULL, NULL, limit, 128);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint n = test_is_valgrind () ? 30 : 300;
  gsize before = 0;

  g_string_append (xml, "<message>");
  for (guint i = 0; i < n; i++)
    {
      gsize start = xml->len;

      if (i == 20)
        before = test_get_resident ();
      for (guint j = 0; xml->len - start < 60 * 1024; j++)
        g_string_append_printf (xml, "<name-%u-%u attribute-%u-%u='v'/>", i, j, i, j);
      g_string_append (xml, "</message><message>");
      test_feed (parser, xml->str, xml->len, 0, FALSE, NULL, &error);
      if (error != NULL)
        g_error ("Message %u: %s", i, error->message);
      g_string_truncate (xml, 0);
    }
  test_feed_string (parser, "<p:x/></message>", out, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out->str, ==, "STANZA {jabber:client}message({urn:p}x())\n");
  assert_resident_below (before, 3 * MIB);
  hs_parser_free (parser);
}

/* The same in stanzas that are thrown away, and with short names, of which the table takes more than they do
 * themselves. */
static void
test_names_of_dropped_stanzas (void)
{
  static const HsParserCallbacks drop = { .stanza_begins = never };
  HsParser *parser = new_parser (&drop, NULL, 1 * MIB, 128);
  g_autoptr (GString) xml = g_string_new ("<message>");
  g_autoptr (GError) error = NULL;
  guint name = 0;
  gsize before = 0;

  for (guint i = 0; i < 500; i++)
    {
      if (i == 50)
        before = test_get_resident ();
      for (guint j = 0; j < 400; j++)
        g_string_append_printf (xml, "<a%x/>", name++);
      g_string_append (xml, "</message><message>");
      test_feed (parser, xml->str, xml->len, 0, FALSE, NULL, &error);
      if (error != NULL)
        g_error ("Message %u: %s", i, error->message);
      g_string_truncate (xml, 0);
    }
  assert_resident_below (before, 1 * MIB);
  hs_parser_free (parser);
}

/* One stanza's names are still limited, whichever stanzas came before. */
static void
test_names_of_one_stanza (void)
{
  HsParser *parser = new_parser (NULL, NULL, 1 * MIB, 128);
  g_autoptr (GError) error = NULL;
  static const Endless names = { "", "<message>", "<a%u xmlns='urn:some-longer-name-to-keep:%u'/>", FALSE };

  for (guint i = 0; i < 1000; i++)
    test_feed_string (parser, "<message><body>x</body></message>", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (feed_endless (parser, &names, 64 * MIB, &error), <, 4 * MIB);
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
  hs_parser_free (parser);
}

/* Names live as long as an element that has them. */
static void
test_names_of_kept_elements (void)
{
  guint n_changes = 0;
  HsParser *parser = new_parser (&counts_names, &n_changes, 10 * MIB, 128);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  HsNode *kept[40] = { NULL };

  for (guint i = 0; i < 20000; i++)
    {
      HsParserEvent *event = NULL;

      g_string_printf (xml, "<name%u xmlns='urn:%u'/>", i, i);
      hs_parser_feed (parser, xml->str, xml->len, FALSE, &error);
      g_assert_no_error (error);
      event = hs_parser_pop (parser);
      if (i % 500 == 0)
        {
          kept[i / 500] = event->node;
          hs_block_ref (event->node->block);
        }
      hs_parser_give_back (parser, event);
    }
  g_assert_cmpuint (n_changes, >, 3);
  hs_parser_free (parser);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_string_printf (xml, "name%u urn:%u", i * 500, i * 500);
      g_assert_true (g_str_has_prefix (xml->str, kept[i]->name));
      g_assert_true (g_str_has_suffix (xml->str, kept[i]->namespace_));
      hs_block_unref (hs_node_get_block (kept[i]));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parser/limits/max-depth", test_max_depth);
  g_test_add_func ("/parser/limits/default-depth", test_default_depth);
  for (guint i = 0; i < G_N_ELEMENTS (endless); i++)
    {
      g_autofree char *path = g_strconcat ("/parser/limits/stanza-size/", endless[i].name, NULL);

      g_test_add_data_func (path, &endless[i], test_max_stanza_size);
    }
  g_test_add_func ("/parser/limits/under", test_under_the_limit);
  g_test_add_func ("/parser/limits/dropped", test_dropped_endless);
  g_test_add_func ("/parser/limits/attributes", test_many_attributes);
  g_test_add_func ("/parser/limits/namespaces", test_many_namespaces);
  g_test_add_func ("/parser/limits/namespaces-in-scope", test_namespaces_in_scope);
  g_test_add_func ("/parser/limits/header", test_endless_header);
  for (guint i = 0; i < G_N_ELEMENTS (linear); i++)
    {
      g_autofree char *path = g_strconcat ("/parser/linear/", linear[i].name, NULL);

      g_test_add_data_func (path, &linear[i], test_linear);
    }
  g_test_add_func ("/parser/names/renewed", test_names);
  g_test_add_func ("/parser/names/of-many-stanzas", test_names_of_many_stanzas);
  g_test_add_func ("/parser/names/of-dropped-stanzas", test_names_of_dropped_stanzas);
  g_test_add_func ("/parser/names/of-one-stanza", test_names_of_one_stanza);
  g_test_add_func ("/parser/names/kept", test_names_of_kept_elements);

  return g_test_run ();
}
