/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-error.h"

#include "xml-test.h"

/* What the push parser refuses, however it is split. */

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
#define ENC HS_XML_ERROR_UNSUPPORTED_ENCODING
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
  { "doctype-in-stanza", "<message><!DOCTYPE x></message>", 0, RES },
  { "doctype-in-text", "<message>a ]] b<!DOCTYPE x SYSTEM 'http://x/'></message>", 0, RES },
  { "doctype-after-reference", "<message>&amp;<!DOCTYPE x [<!ENTITY y 'z'>]></message>", 0, RES },
  { "doctype-after-section", "<message><![CDATA[x]]><!DOCTYPE x></message>", 0, RES },
  { "attlist-declaration", "<message><!ATTLIST a b CDATA 'c'></message>", 0, RES },
  { "notation-declaration", "<!NOTATION a SYSTEM 'b'>", 0, RES },
  { "conditional-section", "<message><![INCLUDE[x]]></message>", 0, RES },
  { "section-in-small-letters", "<message><![cdata[x]]></message>", 0, RES },
  { "half-a-section", "<message><![CDATA x]]></message>", 0, RES },
  { "empty-declaration", "<message><!></message>", 0, RES },
  { "comment-after-the-end", "</stream:stream><!-- -->", 0, RES },
  { "comment-after-section", "<message><![CDATA[]]><!-- --></message>", 0, RES },
  { "unnamed-instruction", "<message><? x?></message>", 0, RES },
  { "instruction-with-colon", "<message><?x:y z?></message>", 0, RES },
  { "instruction-without-space", "<message>?><?x\"?></message>", 0, RES },
  { "instruction-with-control", "<message><?x y <a \001?></message>", 0, RES },
  { "instruction-with-nul", "<message><?x \0?></message>", 26, RES },
  { "error-after-what-looks-like-one", "<message>?&#60;? x ?><b></message>", 0, NWF },
  { "unended-instruction", "<message><?x></message>", 0, RES },
  { "instruction-after-the-end", "</stream:stream><?x?>", 0, RES },
  { "comment-in-attribute", "<message a='<!-- -->'/>", 0, NWF },
  { "section-in-attribute", "<message a='<![CDATA[x]]>'/>", 0, NWF },
  { "instruction-in-attribute", "<message a='<?x?>'/>", 0, NWF },
  { "comment-in-tag", "<message <!-- --> a='b'/>", 0, NWF },
  { "section-in-tag", "<message<![CDATA[]]>/>", 0, NWF },
  { "section-in-end-tag", "<message></message<![CDATA[]]>>", 0, NWF },
  { "section-in-reference", "<message>&am<![CDATA[p;]]></message>", 0, NWF },
  { "comment-in-reference", "<message>&am<!-- -->p;</message>", 0, NWF },
  { "comment-in-reference-after-text", "<message>a &lt; &am<!-- -->p;</message>", 0, NWF },
  { "comment-after-references", "<message>a &lt; &amp;<!-- --></message>", 0, RES },
  { "comment-after-control", "<message>\001<!-- --></message>", 0, NWF },
  { "comment-after-section-end", "<message>a]]><!-- --></message>", 0, NWF },
  { "comment-after-text-between", "x<!-- -->", 0, NWF },
  { "reference-end-in-section", "<message>&amp<![CDATA[;]]></message>", 0, NWF },
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
  { "nul-in-text-of-section", "<message><![CDATA[abc\0]]>]]></message>", 38, NWF },
  { "nul-in-section-start", "<message><![CDA\0TA[x]]></message>", 34, RES },
  { "nul-in-section-end", "<message><![CDATA[]]\0></message>", 32, NWF },
  { "nul-in-end-tag", "<message></message\0>", 20, NWF },
  { "nul-in-reference", "<message>&am\0p;</message>", 25, NWF },
  { "nul-after-stanza", "<message/>\0", 11, NWF },
  { "control-in-section", "<message><![CDATA[a\001b]]></message>", 0, NWF },
  { "escape-in-section", "<message><![CDATA[\033[1m]]></message>", 0, NWF },
  { "ffff-in-section", "<message><![CDATA[x\357\277\277]]></message>", 0, NWF },
  { "section-and-text-between", "<![CDATA[ ]]>x", 0, NWF },
  { "unended-section-between", "<![CDATA[x", 0, NWF },
  { "section-after-the-end", "</stream:stream><![CDATA[]]>", 0, NWF },
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

#define NO_ERROR (-1)

/* A new stream's first bytes, whole and in small pieces. */
static void
check_beginning (const char *bytes, gsize length, int code, const char *events)
{
  for (gsize piece = 0; piece < 4; piece++)
    {
      HsParser *parser = hs_parser_new (NULL, NULL, NULL);
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = NULL;

      test_feed (parser, bytes, length, piece, FALSE, out, &error);
      if ((error != NULL ? error->code : NO_ERROR) != code)
        g_error ("'%.*s' in pieces of %" G_GSIZE_FORMAT ": %s", (int) length, bytes, piece,
                 error != NULL ? error->message : "no error");
      g_assert_cmpstr (out->str, ==, events);
      hs_parser_free (parser);
    }
}

/* What is no XML in UTF-8 from the first byte on (RFC 6120, 11.6). */
static void
test_bad_beginning (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
    HsXmlError code;
  } examples[] = {
    { "\377\376<\0?\0x\0m\0l\0 \0", 14, ENC }, /* UTF-16, little endian, with a mark */
    { "\376\377\0<\0?\0x\0m\0l\0 ", 14, ENC }, /* UTF-16, big endian */
    { "<\0s\0t\0r\0e\0a\0m\0>\0", 16, ENC },   /* without one */
    { "\0<\0s\0t\0r\0e\0a\0m\0>", 16, ENC },
    { "<\0\0\0s\0\0\0>\0\0\0", 12, ENC }, /* UTF-32 */
    { "\0\0\0<\0\0\0s\0\0\0>", 12, ENC },
    { "\377\376\0\0<\0\0\0s\0\0\0>\0\0\0", 16, ENC },
    { "\0\0\376\377\0\0\0<\0\0\0s\0\0\0>", 16, ENC },
    { "\n\0<\0s\0>\0", 8, ENC },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><stream>", 51, ENC },
    { "<?xml version=\"1.0\" encoding=\"UTF-16\"?><stream>", 47, ENC },
    { "<?xml version='1.0'\n encoding = 'US-ASCII' standalone='yes' ?><stream>", 70, ENC },
    { "\357\273\277<?xml version='1.0'?><stream>", 32, NWF }, /* U+FEFF */
    { "\357\273\277<stream>", 11, NWF },
    { "<?xml version='1.0'?>\357\273\277<stream>", 32, NWF },
    { "\n\357\273\277<stream>", 12, NWF },
    { "\x4C\x6F\xA7\x94\x93\x40\xA5\x85", 8, NWF }, /* EBCDIC */
    { "HTTP/1.1 400 Bad Request\r\n", 26, NWF },
    { "\026\003\001\002\000\001\000\001\374\003\003", 11, NWF }, /* TLS */
    { "hello", 5, NWF },
    { "\357\273hello", 7, NWF },
    { "<s\0t\0r\0e\0a\0m\0>", 15, NWF },
    { "<?xml version='1.0' encoding=''?><stream>", 41, NWF },
    { "<?xml version='1.0' encoding='UTF-8?><stream>", 45, NWF },
    { "<?xml ver\0sion='1.0'?><stream>", 30, NWF },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    check_beginning (examples[i].bytes, examples[i].length, examples[i].code, "");
}

static void
test_good_beginning (void)
{
  static const char *const examples[] = {
    "<stream>",
    "<?xml version='1.0'?><stream>",
    "<?xml version='1.0' encoding='UTF-8'?>\n<stream>",
    "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<stream>",
    "<?xml version='1.0' encoding='Utf-8' ?><stream>",
    "  \n<stream>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    check_beginning (examples[i], strlen (examples[i]), NO_ERROR, "START {}stream()\n");
}

/* The same rules hold for each stream of a connection, also if another has ended in a section. */
static void
test_beginning_again (void)
{
  HsParser *parser = hs_parser_new (NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  test_feed_string (parser, TEST_HEADER "<message><![CDATA[x", NULL, &error);
  hs_parser_restart (parser);
  test_feed_string (parser, TEST_HEADER, NULL, &error);
  g_assert_no_error (error);
  hs_parser_restart (parser);
  test_feed_string (parser, "<?xml version='1.0' encoding='latin1'?>", NULL, &error);
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_UNSUPPORTED_ENCODING);
  hs_parser_free (parser);
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
    "<?php echo ?><stream>",
    "<?xml-stylesheet href='x'?><stream>",
    " <?xml version='1.0'?><stream>",
    "<?xml version='1.0'?><?xml version='1.0'?><stream>",
    "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE stream><stream>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    check_beginning (examples[i], strlen (examples[i]), RES, "");
}

/* A declaration is an error at its first bytes, not when it ends. */
static void
test_restricted_at_once (void)
{
  static const char *const examples[]
      = { "<!D",          "<!-",         "<!E",           "<?",           "<message><!-",
          "<message><?",  "<message><!D", "<message>a<!D", "<message>&lt;<?", "<message><![c",
          "<message><![CDATA[x]]><!-" };

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

/* Text around it lets libxml2 take what is there, at whatever byte it is cut. */
static void
check_end_of_section (const char *content, gboolean good)
{
  static const char *const places[][2] = {
    { "<message><body>", "</body></message>" },
    { "<message><body><a/>", "<b/></body></message>" },
    { "<message><body>&lt;", "&gt;</body></message>" },
    { "<message><body><![CDATA[x]]>", "<![CDATA[x]]></body></message>" },
  };
  g_autofree char *text = g_strnfill (400, 'x');

  for (guint i = 0; i < 4 * G_N_ELEMENTS (places); i++)
    {
      const char *before = i & 1 ? text : "", *after = i & 2 ? text : "";
      g_autofree char *begin = g_strconcat (TEST_HEADER, places[i / 4][0], before, NULL);
      g_autofree char *xml = g_strconcat (begin, content, after, places[i / 4][1], NULL);
      gsize from = strlen (begin) - MIN (strlen (before), 2), to = strlen (begin) + strlen (content) + 2;

      for (gsize cut = from; cut <= to; cut++)
        {
          for (gsize piece = 0; piece <= 3; piece++)
            {
              HsParser *parser = hs_parser_new (NULL, NULL, NULL);
              g_autoptr (GString) out = g_string_new (NULL);
              g_autoptr (GError) error = NULL;

              if (test_feed (parser, xml, cut, 0, FALSE, out, &error))
                test_feed (parser, xml + cut, strlen (xml + cut), piece, FALSE, out, &error);
              if (good ? error != NULL : !g_error_matches (error, HS_XML_ERROR, NWF))
                g_error ("%s cut at %" G_GSIZE_FORMAT ", pieces of %" G_GSIZE_FORMAT ": %s", xml, cut,
                         piece, error != NULL ? error->message : "no error");
              g_assert_true ((strstr (out->str, "STANZA") != NULL) == good);
              hs_parser_free (parser);
            }
        }
    }
}

static void
test_end_of_section (void)
{
  static const char *const wrong[]
      = { "]]>", "]]]>", "]]]]]]>", "]x]]>", "\303\274]]>", "]]>\303\274", "&amp;]]>", "]]>]]>",
          "\r\n]]>", "<![CDATA[]]]]>]]>", "<a/>]]>" };
  static const char *const right[]
      = { "]]&gt;",    "]&#93;>", "&#93;]>", "]]<a/>>",          "]<a/>]>", "]]<a b=']]>'/>]]",
          "]\303\274]>", "] ]>",    "]]\r\n>", "]]<![CDATA[>]]>>", "]>",      "<![CDATA[]]]]>]>",
          "<![CDATA[]]]]>>", "]]]]" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    check_end_of_section (wrong[i], FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    check_end_of_section (right[i], TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/parser-bad/", bad[i].name, NULL);

      g_test_add_data_func (path, &bad[i], test_bad);
    }
  g_test_add_func ("/parser-bad/end-of-section", test_end_of_section);
  g_test_add_func ("/parser-bad/utf8", test_bad_utf8);
  g_test_add_func ("/parser-bad/beginning", test_bad_beginning);
  g_test_add_func ("/parser-bad/good-beginning", test_good_beginning);
  g_test_add_func ("/parser-bad/beginning-again", test_beginning_again);
  g_test_add_func ("/parser-bad/prolog", test_bad_prolog);
  g_test_add_func ("/parser-bad/restricted-at-once", test_restricted_at_once);

  return g_test_run ();
}
