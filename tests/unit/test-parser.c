/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-error.h"
#include "hs-namespaces.h"

#include "xml-test.h"

/* The push parser: events, splits, what it refuses. Limits, memory and time: test-parser-limits.c.
 */

#define EMOJI "\360\237\246\211" /* U+1F989: four bytes */

static const char stanzas[]
    = "<message from='a@b/c' id=\"1\" type='chat' xml:lang='de'><body>gr\303\274n "
      "\342\202\254 " EMOJI
      " &amp; &lt;&gt;&quot;&apos; &#xE4;&#8364;&#x1F989;</body></message>\n \r\n\t"
      "<p:other p:x='1' x='2' xmlns:q='urn:q' q:x='3' q:from='evil'><q:y/><z xmlns=''/>"
      "<w xmlns='urn:w' p:x='4'><v/></w></p:other>"
      "<message><body>a<![CDATA[<b>&amp;]]\303\274 ]]]>c\r\nd\re<i>f<j/>g</i>h</body>tail</message>"
      "<presence/> <iq type='get' id='&lt;&#9;&quot;&#xA;>\"&apos;'\n\tto = 'x\ty\r\nz'\n>"
      "<query xmlns='jabber:iq:roster'></query\n></iq>"
      "<a><b><c><d><e><f>deep</f></e></d></c></b></a>"
      "<m\303\274ller stra\303\237e='" EMOJI "'><"
      "\346\227\245\346\234\254"
      "/></m\303\274ller>";

static const char expected[]
    = "START {http://etherx.jabber.org/streams}stream {}from=\"example.net\" {}id=\"s1\" "
      "{}version=\"1.0\"()\n"
      "STANZA {jabber:client}message {}from=\"a@b/c\" {}id=\"1\" {}type=\"chat\" "
      "{http://www.w3.org/XML/1998/namespace}lang=\"de\"({jabber:client}body(\"gr\\303\\274n "
      "\\342\\202\\254 \\360\\237\\246\\211 & <>\\\"' \\303\\244\\342\\202\\254"
      "\\360\\237\\246\\211\"))\n"
      "STANZA {urn:p}other {urn:p}x=\"1\" {}x=\"2\" {urn:q}x=\"3\" {urn:q}from=\"evil\"("
      "{urn:q}y(){}z(){urn:w}w {urn:p}x=\"4\"({urn:w}v()))\n"
      "STANZA {jabber:client}message({jabber:client}body(\"a<b>&amp;]]\\303\\274 ]c\\nd\\ne\""
      "{jabber:client}i(\"f\"{jabber:client}j()\"g\")\"h\")\"tail\")\n"
      "STANZA {jabber:client}presence()\n"
      "STANZA {jabber:client}iq {}type=\"get\" {}id=\"<\\t\\\"\\n>\\\"'\" {}to=\"x y z\"("
      "{jabber:iq:roster}query())\n"
      "STANZA {jabber:client}a({jabber:client}b({jabber:client}c({jabber:client}d("
      "{jabber:client}e({jabber:client}f(\"deep\"))))))\n"
      "STANZA {jabber:client}m\\303\\274ller {}stra\\303\\237e=\"\\360\\237\\246\\211\"("
      "{jabber:client}\\346\\227\\245\\346\\234\\254())\n"
      "END\n";

/* Names are not escaped in the dump. */
static char *
get_expected (void)
{
  g_autoptr (GString) string = g_string_new (expected);

  g_string_replace (string, "m\\303\\274ller", "m\303\274ller", 0);
  g_string_replace (string, "stra\\303\\237e", "stra\303\237e", 0);
  g_string_replace (string, "\\346\\227\\245\\346\\234\\254", "\346\227\245\346\234\254", 0);
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static char *
get_document (void)
{
  return g_strconcat (TEST_HEADER, stanzas, "</stream:stream>", NULL);
}

/* Parses a document that is cut at two places. */
static char *
parse_cut (const char *document, gsize length, gsize first, gsize second, gboolean single)
{
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  test_feed (parser, document, first, 0, single, out, &error);
  g_assert_no_error (error);
  test_feed (parser, document + first, second - first, 0, single, out, &error);
  g_assert_no_error (error);
  test_feed (parser, document + second, length - second, 0, single, out, &error);
  g_assert_no_error (error);
  hs_parser_free (parser);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
test_whole (void)
{
  g_autofree char *document = get_document ();
  g_autofree char *wanted = get_expected ();
  gsize length = strlen (document);

  for (gboolean single = FALSE; single <= TRUE; single++)
    {
      g_autofree char *out = parse_cut (document, length, length, length, single);

      g_assert_cmpstr (out, ==, wanted);
    }
}

static void
test_every_split (void)
{
  g_autofree char *document = get_document ();
  g_autofree char *wanted = get_expected ();
  gsize length = strlen (document);

  for (gboolean single = FALSE; single <= TRUE; single++)
    {
      for (gsize at = 1; at < length; at++)
        {
          g_autofree char *out = parse_cut (document, length, at, length, single);

          if (strcmp (out, wanted) != 0)
            g_error ("Cut at byte %" G_GSIZE_FORMAT ": %s", at, out);
        }
    }
}

static void
test_every_piece_size (void)
{
  g_autofree char *document = get_document ();
  g_autofree char *wanted = get_expected ();

  for (gboolean single = FALSE; single <= TRUE; single++)
    {
      for (gsize piece = 1; piece <= 64; piece++)
        {
          HsParser *parser = hs_parser_new (NULL, NULL, NULL);
          g_autoptr (GString) out = g_string_new (NULL);
          g_autoptr (GError) error = NULL;

          test_feed (parser, document, strlen (document), piece, single, out, &error);
          g_assert_no_error (error);
          g_assert_cmpstr (out->str, ==, wanted);
          hs_parser_free (parser);
        }
    }
}

static void
test_random_splits (void)
{
  g_autofree char *document = get_document ();
  g_autofree char *wanted = get_expected ();
  gsize length = strlen (document);

  for (guint i = 0; i < 1000; i++)
    {
      gsize a = g_test_rand_int_range (1, length);
      gsize b = g_test_rand_int_range (1, length);
      g_autofree char *out = parse_cut (document, length, MIN (a, b), MAX (a, b), i % 2);

      g_assert_cmpstr (out, ==, wanted);
    }
}

/* A tag of more than the 4,096 bytes of a slice, with everything in it that could be taken for its
 * end. */
static char *
get_long_tag (void)
{
  g_autoptr (GString) string = g_string_new (TEST_HEADER "<message one='");

  for (guint i = 0; string->len < 3000; i++)
    g_string_append_printf (string, "%u>\"/>\303\274&lt;", i);
  g_string_append (string, "' two=\"");
  for (guint i = 0; string->len < 9000; i++)
    g_string_append_printf (string, "%u'>" EMOJI "&gt;", i);
  g_string_append (string, "\"><body>x</body></message><presence/>");
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static void
test_long_tag (void)
{
  g_autofree char *document = get_long_tag ();
  gsize length = strlen (document);
  g_autofree char *whole = parse_cut (document, length, length, length, FALSE);

  g_assert_nonnull (strstr (whole, "STANZA {jabber:client}message {}one=\"0>\\\"/>"));
  g_assert_nonnull (strstr (whole, "{}two=\"0'>\\360\\237\\246\\211>"));
  g_assert_true (
      g_str_has_suffix (whole, "({jabber:client}body(\"x\"))\nSTANZA {jabber:client}presence()\n"));
  for (gsize at = 1; at < length; at++)
    {
      g_autofree char *out = parse_cut (document, length, at, length, at % 2);

      if (strcmp (out, whole) != 0)
        g_error ("Cut at byte %" G_GSIZE_FORMAT, at);
    }
  for (gsize piece = 1; piece < 200; piece += piece < 10 ? 1 : 17)
    {
      HsParser *parser = hs_parser_new (NULL, NULL, NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      test_feed (parser, document, length, piece, piece % 2, out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, whole);
      hs_parser_free (parser);
    }
}

/* With @single, nothing after the first tag is parsed: it may belong to TLS. */
static void
test_single (void)
{
  static const char xml[]
      = TEST_HEADER "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\026\003\001";
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const char *position = xml;

  while (strstr (out->str, "proceed") == NULL)
    {
      position += hs_parser_feed (parser, position, strlen (position), TRUE, &error);
      g_assert_no_error (error);
      test_dump_events (parser, out);
    }
  g_assert_cmpstr (position, ==, "\026\003\001");
  hs_parser_free (parser);
}

typedef struct
{
  const char *name;
  const char *xml; /* what comes after a good stanza */
  gsize length;    /* 0: strlen */
  HsXmlError code;
} Bad;

/* clang-format off */
#define NWF HS_XML_ERROR_NOT_WELL_FORMED
#define RES HS_XML_ERROR_RESTRICTED
static const Bad bad[] = {
  { "doctype", "<!DOCTYPE x>", 0, RES },
  { "doctype-entities", "<!DOCTYPE x [<!ENTITY a 'b'>]>", 0, RES },
  { "comment", "<!-- hello -->", 0, RES },
  { "comment-in-stanza", "<message><!-- hello --></message>", 0, RES },
  { "comment-in-text", "<message>a<!---->b</message>", 0, RES },
  { "instruction", "<?php x?>", 0, RES },
  { "instruction-in-stanza", "<message><?x?></message>", 0, RES },
  { "xml-declaration", "<?xml version='1.0'?>", 0, RES },
  { "entity-declaration", "<!ENTITY a 'b'>", 0, RES },
  { "element-declaration", "<message><!ELEMENT a ANY></message>", 0, RES },
  { "undefined-entity", "<message>&uuml;</message>", 0, RES },
  { "undefined-entity-in-attribute", "<message a='&uuml;'/>", 0, RES },
  { "parameter-entity", "<message>&%x;</message>", 0, NWF },
  { "no-reference", "<message>a & b</message>", 0, NWF },
  { "endless-reference", "<message>&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0, NWF },
  { "unbound-prefix", "<x:message/>", 0, NWF },
  { "unbound-attribute-prefix", "<message x:a='1'/>", 0, NWF },
  { "prefix-of-a-sibling", "<a><b xmlns:x='urn:x'/><x:c/></a>", 0, NWF },
  { "empty-prefix-namespace", "<message xmlns:x=''/>", 0, NWF },
  { "duplicate-attribute", "<message a='1' a='2'/>", 0, NWF },
  { "duplicate-attribute-by-prefix", "<message xmlns:x='urn:x' xmlns:y='urn:x' x:a='1' y:a='2'/>", 0, NWF },
  { "duplicate-namespace", "<message xmlns='urn:x' xmlns='urn:y'/>", 0, NWF },
  { "xml-prefix", "<message xmlns:xml='urn:x'/>", 0, NWF },
  { "xmlns-prefix", "<message xmlns:xmlns='urn:x'/>", 0, NWF },
  { "wrong-end", "<message></presence>", 0, NWF },
  { "crossed", "<a><b></a></b>", 0, NWF },
  { "end-with-attribute", "<a></a x='1'>", 0, NWF },
  { "unquoted", "<message a=1/>", 0, NWF },
  { "no-value", "<message a/>", 0, NWF },
  { "no-space-between", "<message a='1'b='2'/>", 0, NWF },
  { "less-than-in-attribute", "<message a='<'/>", 0, NWF },
  { "cdata-end-in-text", "<message>]]></message>", 0, NWF },
  { "bad-name", "<1message/>", 0, NWF },
  { "double-colon", "<p:p:x/>", 0, NWF },
  { "space-before-name", "< message/>", 0, NWF },
  { "text-between", "hello", 0, NWF },
  { "text-between-stanzas", "<presence/>x<presence/>", 0, NWF },
  { "reference-between", "&amp;", 0, NWF },
  { "cdata-between", "<![CDATA[x]]>", 0, NWF },
  { "after-the-end", "</stream:stream><message/>", 0, NWF },
  { "text-after-the-end", "</stream:stream>x", 0, NWF },
  { "nul", "<message>a\0b</message>", 23, NWF },
  { "nul-in-attribute", "<message a='\0'/>", 16, NWF },
  { "nul-in-name", "<mess\0age/>", 11, NWF },
  { "nul-between", "\0", 1, NWF },
  { "nul-in-cdata", "<message><![CDATA[\0]]></message>", 32, NWF },
  { "control-character", "<message>\001</message>", 0, NWF },
  { "escape-character", "<message>\033[1m</message>", 0, NWF },
  { "control-in-attribute", "<message a='\037'/>", 0, NWF },
  { "reference-nul", "<message>&#0;</message>", 0, NWF },
  { "reference-control", "<message>&#x1;</message>", 0, NWF },
  { "reference-surrogate", "<message>&#xD800;</message>", 0, NWF },
  { "reference-fffe", "<message>&#xFFFE;</message>", 0, NWF },
  { "reference-ffff-in-attribute", "<message a='&#xFFFF;'/>", 0, NWF },
  { "reference-too-high", "<message>&#x110000;</message>", 0, NWF },
  { "reference-overflow", "<message>&#4294967361;</message>", 0, NWF },
  { "reference-negative", "<message>&#-1;</message>", 0, NWF },
  { "fffe", "<message>\357\277\276</message>", 0, NWF },
  { "ffff-in-attribute", "<message a='\357\277\277'/>", 0, NWF },
};
/* clang-format on */

static void
check_bad (const Bad *example, gsize piece, gboolean single)
{
  static const char good[] = "<message><body>good</body></message>";
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) document = g_string_new (TEST_HEADER);
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_string_append (document, good);
  g_string_append_len (document, example->xml,
                       example->length != 0 ? (gssize) example->length
                                            : (gssize) strlen (example->xml));
  g_string_append (document, "<message><body>unseen</body></message>");
  test_feed (parser, document->str, document->len, piece, single, out, &error);
  if (!g_error_matches (error, HS_XML_ERROR, example->code))
    g_error ("%s in pieces of %" G_GSIZE_FORMAT " bytes: %s (%d); %s", example->name, piece,
             error != NULL ? error->message : "no error", error != NULL ? error->code : 0,
             out->str);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  /* What came before the error has been seen, what comes after has not. */
  g_assert_nonnull (strstr (out->str, "\"good\""));
  g_assert_null (strstr (out->str, "unseen"));

  /* An error stays. */
  length = out->len;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) again = NULL;

      g_assert_false (test_feed_string (parser, good, out, &again));
      g_assert_error (again, HS_XML_ERROR, (int) example->code);
      g_assert_cmpstr (again->message, ==, error->message);
      g_assert_cmpuint (out->len, ==, length);
    }
  hs_parser_free (parser);
}

static void
check_bad_all_ways (const Bad *example)
{
  check_bad (example, 0, FALSE);
  check_bad (example, 0, TRUE);
  for (gsize piece = 1; piece < 12; piece++)
    check_bad (example, piece, piece % 2);
}

static void
test_bad (gconstpointer data)
{
  check_bad_all_ways (data);
}

/* clang-format off */
static const char *const bad_utf8[] = {
  "\200", "\277",                         /* a continuation alone */
  "\300\200", "\300\257", "\301\277",     /* two bytes, overlong: NUL, slash, DEL */
  "\340\200\200", "\340\200\257", "\340\237\277", /* three */
  "\360\200\200\257", "\360\217\277\277", /* four */
  "\355\240\200", "\355\277\277",         /* surrogates */
  "\355\240\265\355\260\200",             /* a pair of them: CESU-8 */
  "\364\220\200\200", "\365\200\200\200", "\367\277\277\277", /* past U+10FFFF */
  "\370\210\200\200\200", "\374\204\200\200\200\200", "\376", "\377",
  "\303", "\342", "\342\202", "\360", "\360\237", "\360\237\246", /* truncated */
  "\303\303\274", "\342\202\303\274", "\342\303\274", "\360\237\246\342\202\254",
  "\274\303", "\303a\274",
  "\344", "gr\374n",                      /* ISO 8859-1 */
};
/* clang-format on */

static void
test_bad_utf8 (void)
{
  static const char *const places[][2] = {
    { "<message>", "</message>" },
    { "<message>text ", " text</message>" },
    { "<message>gr\303\274n", "</message>" },
    { "<message><a/>", "<b/></message>" },
    { "<message a='", "'/>" },
    { "<message a='gr\303\274n ", " text'/>" },
    { "<message><![CDATA[", "]]></message>" },
    { "<message><![CDATA[gr\303\274n", "x]]></message>" },
    { "<mess", "age/>" },
    { "<m\303\274", "/>" },
    { "<message a", "='1'/>" },
    { "<message xmlns='urn:", "'/>" },
    { "<message></message", ">" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad_utf8); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        {
          g_autofree char *xml = g_strconcat (places[j][0], bad_utf8[i], places[j][1], NULL);
          g_autofree char *name = g_strescape (xml, NULL);
          Bad example = { name, xml, 0, NWF };

          check_bad_all_ways (&example);
        }
    }
}

/* What is no XML in UTF-8 from the first byte on. */
static void
test_bad_beginning (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } examples[] = {
    { "\377\376<\0?\0x\0m\0l\0 \0", 12 }, /* UTF-16, little endian, with a mark */
    { "\376\377\0<\0?\0x\0m\0l\0 ", 12 }, /* UTF-16, big endian */
    { "<\0s\0t\0r\0e\0a\0m\0>\0", 16 },   /* without one */
    { "\0<\0s\0t\0r\0e\0a\0m\0>", 16 },
    { "<\0\0\0s\0\0\0>\0\0\0", 12 }, /* UTF-32 */
    { "\0\0\0<\0\0\0s\0\0\0>", 12 },
    { "\x4C\x6F\xA7\x94\x93\x40\xA5\x85", 8 }, /* EBCDIC */
    { "HTTP/1.1 400 Bad Request\r\n", 26 },
    { "\026\003\001\002\000\001\000\001\374\003\003", 11 }, /* TLS */
    { "hello", 5 },
    { "\357\273hello", 7 },
    { "<stream", 0 },
  };

  for (guint i = 0; examples[i].length > 0; i++)
    {
      for (gsize piece = 0; piece < 4; piece++)
        {
          HsParser *parser = hs_parser_new (NULL, NULL, NULL);
          g_autoptr (GString) out = g_string_new (NULL);
          g_autoptr (GError) error = NULL;

          test_feed (parser, examples[i].bytes, examples[i].length, piece, FALSE, out, &error);
          if (error == NULL)
            g_error ("Example %u in pieces of %" G_GSIZE_FORMAT ": no error", i, piece);
          g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_NOT_WELL_FORMED);
          g_assert_cmpstr (out->str, ==, "");
          hs_parser_free (parser);
        }
    }
}

static void
test_good_beginning (void)
{
  static const char *const examples[] = {
    "<stream>",
    "<?xml version='1.0'?><stream>",
    "<?xml version='1.0' encoding='UTF-8'?>\n<stream>",
    "\357\273\277<?xml version='1.0'?><stream>",
    "\357\273\277<stream>",
    "  \n<stream>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      for (gsize piece = 0; piece < 4; piece++)
        {
          HsParser *parser = hs_parser_new (NULL, NULL, NULL);
          g_autoptr (GString) out = g_string_new (NULL);
          g_autoptr (GError) error = NULL;

          test_feed (parser, examples[i], strlen (examples[i]), piece, FALSE, out, &error);
          g_assert_no_error (error);
          g_assert_cmpstr (out->str, ==, "START {}stream()\n");
          hs_parser_free (parser);
        }
    }
}

/* RFC 6120, 11.1: not before the stream's header either. */
static void
test_bad_prolog (void)
{
  static const char *const examples[] = {
    "<!DOCTYPE stream><stream>",
    "<!DOCTYPE stream [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><stream>&b;",
    "<?xml version='1.0'?><!-- hello --><stream>",
    "<?xml version='1.0'?><?xml-stylesheet href='x'?><stream>",
    "<!--",
    "<!D",
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      for (gsize piece = 0; piece < 4; piece++)
        {
          HsParser *parser = hs_parser_new (NULL, NULL, NULL);
          g_autoptr (GString) out = g_string_new (NULL);
          g_autoptr (GError) error = NULL;

          test_feed (parser, examples[i], strlen (examples[i]), piece, FALSE, out, &error);
          g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_RESTRICTED);
          g_assert_cmpstr (out->str, ==, "");
          hs_parser_free (parser);
        }
    }
}

/* A declaration is an error at its first bytes, not when it ends. */
static void
test_restricted_at_once (void)
{
  static const char *const examples[]
      = { "<!D", "<!-", "<!E", "<?x", "<message><!-", "<message><?x" };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsParser *parser = hs_parser_new (NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;

      test_feed_string (parser, TEST_HEADER, NULL, &error);
      g_assert_no_error (error);
      test_feed (parser, examples[i], strlen (examples[i]), 1, FALSE, NULL, &error);
      g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_RESTRICTED);
      hs_parser_free (parser);
    }
}

static gboolean
no_presence (HsNode *stanza, gpointer data)
{
  guint *asked = data;

  /* The start tag is there, what is inside is not. */
  g_assert_null (stanza->first);
  g_assert_true (stanza->unfinished);
  (*asked)++;
  return strcmp (stanza->name, "presence") != 0;
}

static void
test_dropping (void)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = no_presence };
  static const char xml[]
      = "<presence><a>x<b/></a>y<presence/></presence><message>1<presence/></message>"
        "<presence/><message>2</message>";

  for (gsize piece = 0; piece < 8; piece++)
    {
      guint asked = 0;
      HsParser *parser = hs_parser_new (NULL, &callbacks, &asked);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      test_feed_string (parser, TEST_HEADER, NULL, &error);
      test_feed (parser, xml, strlen (xml), piece, FALSE, out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==,
                       "STANZA {jabber:client}message(\"1\"{jabber:client}presence())\n"
                       "STANZA {jabber:client}message(\"2\")\n");
      g_assert_cmpuint (asked, ==, 4);
      hs_parser_free (parser);
    }
}

/* XEP-0114: handlers and typed stanzas are the same for a component. */
static void
test_component_namespace (void)
{
  static const char xml[] = "<stream:stream xmlns='jabber:component:accept' "
                            "xmlns:stream='http://etherx.jabber.org/streams'><message a='1'><body/>"
                            "<x xmlns='urn:x'><message xmlns='jabber:component:accept'/><message "
                            "xmlns='jabber:client'/>"
                            "</x></message><handshake/>";
  static const char wanted[]
      = "START {http://etherx.jabber.org/streams}stream()\n"
        "STANZA {jabber:client}message {}a=\"1\"({jabber:client}body(){urn:x}x("
        "{jabber:client}message(){jabber:client}message()))\nSTANZA {jabber:client}handshake()\n";

  for (gsize piece = 0; piece < 8; piece++)
    {
      HsParser *parser = hs_parser_new (HS_NS_COMPONENT, NULL, NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      test_feed (parser, xml, strlen (xml), piece, FALSE, out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, wanted);

      /* And after the names were renewed. */
      g_assert_true (hs_parser_shrink (parser));
      g_string_truncate (out, 0);
      test_feed_string (parser, "<iq/>", out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, "STANZA {jabber:client}iq()\n");
      hs_parser_free (parser);
    }
}

static void
test_restart (void)
{
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  /* Where the old stream stops: half a stanza, half a character, half a long tag. */
  g_autofree char *half_tag = g_strdup_printf ("<message a='%5000d", 1);
  const char *halves[]
      = { "", "<message><body>x", "<message>\342\202", "<mess", half_tag, "<message>&a" };

  for (guint i = 0; i < G_N_ELEMENTS (halves); i++)
    {
      test_feed_string (parser, TEST_HEADER, NULL, &error);
      test_feed_string (parser, halves[i], NULL, &error);
      g_assert_no_error (error);
      hs_parser_restart (parser);
      g_assert_null (hs_parser_get_unfinished (parser));
      g_string_truncate (out, 0);
      test_feed_string (parser, "<?xml version='1.0'?><s xmlns='urn:s'><a/>", out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, "START {urn:s}s()\nSTANZA {urn:s}a()\n");
      hs_parser_restart (parser);
    }
  hs_parser_free (parser);
}

/* A stream in a silent client keeps what it must know, and no more. */
static void
test_shrink (void)
{
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint generation = 0;

  g_assert_false (hs_parser_shrink (parser));
  test_feed_string (parser, TEST_HEADER, out, &error);
  for (guint i = 0; i < 3; i++)
    {
      generation = hs_parser_get_generation (parser);
      g_assert_true (hs_parser_shrink (parser));
      g_assert_cmpuint (hs_parser_get_generation (parser), !=, generation);
      g_string_truncate (out, 0);
      test_feed_string (parser, "<p:a/><message><stream:x/></message> ", out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==,
                       "STANZA {urn:p}a()\nSTANZA {jabber:client}message("
                       "{http://etherx.jabber.org/streams}x())\n");
    }
  /* Not inside a stanza, a tag or a character. */
  test_feed_string (parser, "<", out, &error);
  g_assert_false (hs_parser_shrink (parser));
  test_feed_string (parser, "message", out, &error);
  g_assert_false (hs_parser_shrink (parser));
  test_feed_string (parser, "><body>\342", out, &error);
  g_assert_false (hs_parser_shrink (parser));
  test_feed_string (parser, "\202\254</body></message></stream:stream>", out, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_suffix (out->str, "({jabber:client}body(\"\\342\\202\\254\"))\nEND\n"));
  hs_parser_free (parser);
}

typedef struct
{
  const char *xml;
  const char *expected; /* NULL: code */
  HsXmlError code;
} Alone;

/* Each reference, in text and in attributes, where libxml2 takes other ways for a value that ends
 * soon and one that does not. */
static void
test_references (void)
{
  static const char *const examples[][2] = {
    { "&amp;", "&" },
    { "&lt;", "<" },
    { "&gt;", ">" },
    { "&quot;", "\"" },
    { "&apos;", "'" },
    { "&#38;", "&" },
    { "&#x26;", "&" },
    { "&#60;", "<" },
    { "&amp;amp;", "&amp;" },
    { "&#38;amp;", "&amp;" },
    { "&amp;#38;", "&#38;" },
    { "&amp;lt;&lt;", "&lt;<" },
    { "&#9;&#10;&#13;", "\t\n\r" },
    { "&#xA0;", "\302\240" },
    { "&#x10FFFF;", "\364\217\277\277" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      for (guint more = 0; more < 20000; more = more * 10 + 1)
        {
          g_autofree char *filler = g_strnfill (more, 'x');
          g_autofree char *xml
              = g_strdup_printf ("<a b='%s%s%s'>%s%s%s</a>", filler, examples[i][0], filler, filler,
                                 examples[i][0], filler);
          g_autofree char *wanted = g_strconcat (filler, examples[i][1], filler, NULL);
          g_autoptr (GError) error = NULL;
          HsNode *node = hs_parser_parse_element (xml, strlen (xml), &error);

          g_assert_no_error (error);
          g_assert_cmpstr (hs_node_get_attribute (node, "b", NULL), ==, wanted);
          g_assert_cmpstr (hs_node_get_text (node), ==, wanted);
          hs_block_unref (hs_node_get_block (node));
        }
    }
}

/* Any string is a namespace: a stranger's stanza must not end the stream. */
static void
test_odd_namespaces (void)
{
  static const char *const names[]
      = { "a b", "<",  "relative",  "%",  "http://[",     "urn:\303\274", "&",
          " ",   "\"", "urn:x#y?z", "::", "\357\277\275", "\001" };

  for (guint i = 0; i + 1 < G_N_ELEMENTS (names); i++)
    {
      HsParser *parser = hs_parser_new (NULL, NULL, NULL);
      g_autofree char *escaped = g_markup_escape_text (names[i], -1);
      g_autofree char *xml = g_strdup_printf (
          "<message><x xmlns='%s'/><p:y xmlns:p='%s' p:z=''/></message>", escaped, escaped);
      g_autofree char *wanted
          = g_strdup_printf ("STANZA {jabber:client}message({%s}x(){%s}y {%s}z=\"\"())\n", names[i],
                             names[i], names[i]);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      test_feed_string (parser, TEST_HEADER, NULL, &error);
      test_feed_string (parser, xml, out, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (out->str, ==, wanted);
      hs_parser_free (parser);
    }
}

/* One element that stands alone. */
static void
test_element (void)
{
  static const Alone examples[] = {
    { "<a/>", "{}a()", 0 },
    { " <?xml version='1.0'?><a/>", NULL, HS_XML_ERROR_RESTRICTED },
    { "<?xml version='1.0'?>\n<a b='c'>d</a>\n", "{}a {}b=\"c\"(\"d\")", 0 },
    { "<message><body/><x xmlns='urn:x'><y/></x></message>",
      "{jabber:client}message({jabber:client}body(){urn:x}x({urn:x}y()))", 0 },
    { "<iq xmlns=''/>", "{jabber:client}iq()", 0 },
    { "<query><message/></query>", "{}query({}message())", 0 },
    { "<message xmlns='urn:m'><body/></message>", "{urn:m}message({urn:m}body())", 0 },
    { "", NULL, HS_XML_ERROR_EMPTY },
    { "  ", NULL, HS_XML_ERROR_EMPTY },
    { "<a/><b/>", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a>", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a/>x", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a/>\303", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a>\303", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "hello", NULL, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<a><!-- b --></a>", NULL, HS_XML_ERROR_RESTRICTED },
    { "<!DOCTYPE a><a/>", NULL, HS_XML_ERROR_RESTRICTED },
    { "<a/><!-- b -->", NULL, HS_XML_ERROR_RESTRICTED },
    { "<a/><?b?>", NULL, HS_XML_ERROR_RESTRICTED },
    { "<?b?><a/>", NULL, HS_XML_ERROR_RESTRICTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) out = g_string_new (NULL);
      HsNode *node = hs_parser_parse_element (examples[i].xml, strlen (examples[i].xml), &error);

      if (examples[i].expected == NULL)
        {
          if (node != NULL || !g_error_matches (error, HS_XML_ERROR, examples[i].code))
            g_error ("%s: %s", examples[i].xml, error != NULL ? error->message : "no error");
          continue;
        }
      g_assert_no_error (error);
      test_dump_node (out, node);
      g_assert_cmpstr (out->str, ==, examples[i].expected);
      hs_block_unref (hs_node_get_block (node));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/parser/whole", test_whole);
  g_test_add_func ("/parser/split/every", test_every_split);
  g_test_add_func ("/parser/split/sizes", test_every_piece_size);
  g_test_add_func ("/parser/split/random", test_random_splits);
  g_test_add_func ("/parser/split/long-tag", test_long_tag);
  g_test_add_func ("/parser/single", test_single);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/parser/bad/", bad[i].name, NULL);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/parser/bad-utf8", test_bad_utf8);
  g_test_add_func ("/parser/bad-beginning", test_bad_beginning);
  g_test_add_func ("/parser/good-beginning", test_good_beginning);
  g_test_add_func ("/parser/bad-prolog", test_bad_prolog);
  g_test_add_func ("/parser/restricted-at-once", test_restricted_at_once);
  g_test_add_func ("/parser/dropping", test_dropping);
  g_test_add_func ("/parser/component-namespace", test_component_namespace);
  g_test_add_func ("/parser/restart", test_restart);
  g_test_add_func ("/parser/shrink", test_shrink);
  g_test_add_func ("/parser/references", test_references);
  g_test_add_func ("/parser/odd-namespaces", test_odd_namespaces);
  g_test_add_func ("/parser/element", test_element);

  return g_test_run ();
}
