/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "xml/hs-bytes.h"

/* What the parser looks at itself before libxml2 sees it. */

typedef struct
{
  const char *bytes;
  gsize length; /* 0: strlen */
  HsBeginning beginning;
  gsize declaration;
} Beginning;

#define UNFINISHED HS_BEGINNING_UNFINISHED
#define GOOD HS_BEGINNING_GOOD
#define NOT_XML HS_BEGINNING_NOT_XML
#define OTHER HS_BEGINNING_OTHER_ENCODING

static const Beginning beginnings[] = {
  { "<stream>", 0, GOOD, 0 },
  { "  \n<stream>", 0, GOOD, 0 },
  { "<", 0, UNFINISHED, 0 },
  { " ", 0, UNFINISHED, 0 },
  { "<?", 0, UNFINISHED, 0 },
  { "<?xml version='1.0' encoding='UTF-8'?", 0, UNFINISHED, 0 },
  { "<?xml version='1.0'?>", 0, GOOD, 21 },
  { "<?xml version='1.0'?><a>", 0, GOOD, 21 },
  { "<?xml?>", 0, GOOD, 0 }, /* libxml2 knows it as an instruction with a reserved name */
  { "<?xml-stylesheet href='x'?>", 0, GOOD, 0 },
  { "<?xmlx", 0, GOOD, 0 },
  { "<?x?>", 0, GOOD, 0 },
  { "<?xml version='1.0' encoding='UTF-8'?>", 0, GOOD, 38 },
  { "<?xml version='1.0' encoding='utf-8'?>", 0, GOOD, 38 },
  { "<?xml\tversion='1.0'\r\nencoding = \"Utf-8\" ?>", 0, GOOD, 42 },
  { "<?xml version='1.0' encoding='ISO-8859-1'?>", 0, OTHER, 43 },
  { "<?xml version='1.0' encoding=\"utf-16\"?>", 0, OTHER, 39 },
  { "<?xml version='1.0'\tencoding =\n'US-ASCII' standalone='yes'?>", 0, OTHER, 60 },
  { "<?xml encoding='latin1'?>", 0, OTHER, 25 },
  { "<?xml version='1.0' encoding='UTF-88'?>", 0, OTHER, 39 },
  { "<?xml version='1.0' encoding='UTF-'?>", 0, OTHER, 37 },
  { "<?xml version='encoding=\"x\"'?>", 0, GOOD, 30 },
  { "<?xml version='1.0' xencoding='x'?>", 0, GOOD, 35 },
  /* These are not well-formed, which libxml2 finds. */
  { "<?xml version='1.0' encoding=''?>", 0, GOOD, 33 },
  { "<?xml version='1.0' encoding='8'?>", 0, GOOD, 34 },
  { "<?xml version='1.0' encoding='a b'?>", 0, GOOD, 36 },
  { "<?xml version='1.0' encoding='x\"?>", 0, GOOD, 34 },
  { "<?xml version='1.0' encoding?>", 0, GOOD, 30 },
  { "<?xml version='1.0' encoding=?>", 0, GOOD, 31 },
  { "<?xml version='1.0' encoding=x?>", 0, GOOD, 32 },
  { "<?xml ?>", 0, GOOD, 8 },
  { "<?xml =?>", 0, GOOD, 9 },
  /* RFC 6120, 11.6: U+FEFF is text here. */
  { "\357\273\277<stream>", 0, NOT_XML, 0 },
  { "\357", 0, NOT_XML, 0 },
  { "\377\376<\0", 4, OTHER, 0 },
  { "\376\377\0<", 4, OTHER, 0 },
  { "\377\376\0\0", 4, OTHER, 0 },
  { "\0\0\376\377", 4, OTHER, 0 },
  { "\377", 0, UNFINISHED, 0 },
  { "\376", 0, UNFINISHED, 0 },
  { "\0", 1, UNFINISHED, 0 },
  { "\0\0", 2, UNFINISHED, 0 },
  { "\0\0\0", 3, UNFINISHED, 0 },
  { "\0\0\376", 3, UNFINISHED, 0 },
  { "<\0", 2, OTHER, 0 },
  { " \0", 2, OTHER, 0 },
  { "<\0\0\0", 4, OTHER, 0 },
  { "\0<", 2, OTHER, 0 },
  { "\0\n", 2, OTHER, 0 },
  { "\0\0\0<", 4, OTHER, 0 },
  { "\0\0\0 ", 4, OTHER, 0 },
  { "\0x", 2, NOT_XML, 0 },
  { "\0\0x", 3, NOT_XML, 0 },
  { "\0\0\0\0", 4, NOT_XML, 0 },
  { "\0\0\377\376", 4, NOT_XML, 0 },
  { "\377\377", 2, NOT_XML, 0 },
  { "HTTP/1.1", 0, NOT_XML, 0 },
  { "\026\003\001", 0, NOT_XML, 0 },
};

static void
test_beginning (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      const Beginning *example = &beginnings[i];
      gsize length = example->length != 0 ? example->length : strlen (example->bytes);
      gsize declaration = 1;

      g_test_message ("Example %u", i);
      g_assert_cmpint (hs_bytes_look_at_beginning (example->bytes, length, &declaration), ==,
                       example->beginning);
      g_assert_cmpuint (declaration, ==, example->declaration);
      /* A returned result does not change with later bytes, and was not returned too early. */
      for (gsize part = 1; part < length; part++)
        {
          HsBeginning before = hs_bytes_look_at_beginning (example->bytes, part, &declaration);

          g_assert_true (before == HS_BEGINNING_UNFINISHED || before == example->beginning);
        }
    }
}

static void
test_find_declaration (void)
{
  static const struct
  {
    const char *bytes;
    gsize position;
  } examples[] = {
    { "", 0 },      { "<a>b! c</a>", 11 }, { "!<a>", 4 },  { "!", 1 },     { "<!", 0 },
    { "<?", 2 },    { "a<!b<!", 1 },       { "!!!!<!", 4 }, { "< !", 3 },  { "a!<b<", 5 },
    { "!<<!", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    g_assert_cmpuint (hs_bytes_find_declaration (examples[i].bytes, strlen (examples[i].bytes)), ==,
                      examples[i].position);
}

static void
test_before_section_start (void)
{
  static const char start[] = "abc<![CDATA[";
  static const char *const others[]
      = { "abc", "abc<a", "abc<!-", "abc<!CDATA", "abc<![CDATB", "abc<![cdata", "<a>", "<!D", "<?x", "" };

  for (gsize length = 0; length <= strlen (start); length++)
    g_assert_cmpuint (hs_bytes_before_section_start (start, length), ==,
                      length == strlen (start) ? length : MIN (length, 3));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_cmpuint (hs_bytes_before_section_start (others[i], strlen (others[i])), ==,
                      strlen (others[i]));
}

static void
append_text (const char *text, gsize length, gpointer data)
{
  g_assert_cmpuint (length, >, 0);
  g_string_append_len (data, text, length);
}

static const struct
{
  const char *bytes;
  const char *text;
  const char *rest; /* NULL: the section has not ended */
} sections[] = {
  { "]]>", "", "" },
  { "a]]>b", "a", "b" },
  { "a]]b]]>]]>", "a]]b", "]]>" },
  { "]]]]]]>", "]]]]", "" },
  { "]>]]>", "]>", "" },
  { "] ]>]]>", "] ]>", "" },
  { "<![CDATA[<a>&amp;]]>", "<![CDATA[<a>&amp;", "" },
  { "a\rb\r\nc\n\rd\r\r\ne\r]]>\n", "a\nb\nc\n\nd\n\ne\n", "\n" },
  { "\r\n]]>", "\n", "" },
  { "]\r\n]\r]]>", "]\n]\n", "" },
  { "]]\r>]]>", "]]\n>", "" },
  { "\303\274\r\n\342\202\254]]>", "\303\274\n\342\202\254", "" },
  { "a]]", "a", NULL },
  { "a]]]", "a]", NULL },
  { "a\r", "a\n", NULL },
  { "", "", NULL },
};

/* Each section, in two parts that are cut anywhere, and byte by byte. */
static void
test_section (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      const char *bytes = sections[i].bytes;
      gsize length = strlen (bytes);

      for (gsize cut = 0; cut <= length + 1; cut++)
        {
          HsSectionScan scan = { 0 };
          g_autoptr (GString) text = g_string_new (NULL);
          gboolean ended = FALSE;
          gsize used = 0;

          while (used < length && !ended)
            {
              gsize end = cut > length ? used + 1 : used < cut ? cut : length;

              used += hs_section_scan (&scan, bytes + used, end - used, &ended, append_text, text);
              g_assert_true (ended || used == end);
            }
          g_assert_cmpstr (text->str, ==, sections[i].text);
          g_assert_cmpint (ended, ==, sections[i].rest != NULL);
          g_assert_cmpstr (bytes + used, ==, sections[i].rest != NULL ? sections[i].rest : "");
        }
    }
}

/* At each place in what is looked at by words. */
static void
test_nul (void)
{
  char bytes[200];

  for (gsize length = 1; length < sizeof bytes; length++)
    {
      memset (bytes, 'x', sizeof bytes);
      g_assert_cmpuint (hs_bytes_valid_utf8 (bytes, length), ==, length);
      bytes[length - 1] = '\0';
      g_assert_cmpuint (hs_bytes_valid_utf8 (bytes, length), ==, length - 1);
      g_assert_cmpuint (hs_bytes_valid_utf8 (bytes, sizeof bytes), ==, length - 1);
    }
}

/* Wherever it begins, the same is wrong as GLib finds. */
static void
assert_same_as_glib (const char *bytes, gsize length)
{
  const char *end;

  g_utf8_validate_len (bytes, length, &end);
  g_assert_cmpuint (hs_bytes_valid_utf8 (bytes, length), ==, (gsize) (end - bytes));
}

/* Each pair of bytes, followed by what goes on with a character or does not, at each place of a vector. */
static void
test_utf8_pairs (void)
{
  static const char *const followed[] = { "\200\200", "\277\277", "\277\277\200", "xy", "\200x" };
  char bytes[64];

  for (guint pair = 0; pair < 0x10000; pair++)
    {
      guint at = pair % 37;
      const char *after = followed[pair / 37 % G_N_ELEMENTS (followed)];

      memset (bytes, 'x', sizeof bytes);
      bytes[at] = (char) (pair >> 8);
      bytes[at + 1] = (char) pair;
      memcpy (bytes + at + 2, after, strlen (after));
      assert_same_as_glib (bytes, sizeof bytes);
      assert_same_as_glib (bytes, at + 2);
    }
}

/* Characters of each length one after another, some of them broken, cut off anywhere. */
static void
test_utf8_random (void)
{
  static const char *const pieces[]
      = { "a", "<b>", "\303\251", "\320\226\320\265", "\337\277", "\342\202\254", "\355\237\277", "\340\240\200",
          "\357\277\275", "\360\237\230\200", "\364\217\277\277", "\360\220\200\200", "0123456789abcdef" };

  for (guint n = 0; n < 20000; n++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gsize length = g_test_rand_int_range (0, 200);

      while (text->len < length)
        g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      assert_same_as_glib (text->str, text->len);
      assert_same_as_glib (text->str, length);
      if (length == 0)
        continue;
      text->str[g_test_rand_int_range (0, length)] = (char) g_test_rand_int_range (0, 256);
      assert_same_as_glib (text->str, text->len);
    }
}

static void
test_characters (void)
{
  static const char *const wrong[]
      = { "\001", "a\013", "\037b", "\033[1m", "\357\277\276", "a\357\277\277b", "\014" };
  static const char right[] = "\t\n\r ~\177\302\200\357\277\275\357\273\277\356\200\200\364\217\277\277";

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (hs_bytes_are_xml_characters (wrong[i], strlen (wrong[i])));
  g_assert_true (hs_bytes_are_xml_characters (right, strlen (right)));
  g_assert_true (hs_bytes_are_xml_characters ("", 0));
  g_assert_false (hs_bytes_are_xml_characters ("\0", 1));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bytes/beginning", test_beginning);
  g_test_add_func ("/bytes/find-declaration", test_find_declaration);
  g_test_add_func ("/bytes/before-section-start", test_before_section_start);
  g_test_add_func ("/bytes/section", test_section);
  g_test_add_func ("/bytes/nul", test_nul);
  g_test_add_func ("/bytes/utf8/pairs", test_utf8_pairs);
  g_test_add_func ("/bytes/utf8/random", test_utf8_random);
  g_test_add_func ("/bytes/characters", test_characters);

  return g_test_run ();
}
