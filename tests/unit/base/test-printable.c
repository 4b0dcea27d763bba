/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hs-printable-private.h"

static void
test_message (void)
{
  static const struct
  {
    const char *text;
    const char *shown;
  } cases[] = {
    { "", "" },
    { "No such user", "No such user" },
    { "m\u00fcller \U0001F469\u200D\U0001F4BB", "m\u00fcller \U0001F469\u200D\U0001F4BB" },
    { " \n one\r\n\ttwo \n", "one   two" },
    { "\x1b[2J", "<U+001B>[2J" },
    { "\x7f\x08", "<U+007F><U+0008>" },
    { "\xc2\x9b" "2J\xc2\x85", "<U+009B>2J<U+0085>" },
    { "a\u202Eb\u2066\u200f\u061c", "a<U+202E>b<U+2066><U+200F><U+061C>" },
    { "\u2028\u2029\ufeff\ufff9", "<U+2028><U+2029><U+FEFF><U+FFF9>" },
    { "\U000E0041\ufffe", "<U+E0041><U+FFFE>" },
    { "\xff\xc3", "\\xFF\\xC3" },
    { "\xed\xa0\x80", "\\xED\\xA0\\x80" },
    { "<b>\\n", "<b>\\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = hs_printable (cases[i].text, 100);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

/* Cut between two characters, whatever they are. */
static void
test_cut (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (text->len < 1000)
    g_string_append (text, "\u00fc\u20ac\U0001F600\x1b\xff");
  for (gsize max = 0; max < 200; max++)
    {
      g_autofree char *shown = hs_printable (text->str, max);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      g_assert_true (g_str_has_suffix (shown, "…"));
      g_assert_cmpuint (g_utf8_strlen (shown, -1), <=, max * 8 + 1);
    }
  {
    g_autofree char *exact = hs_printable ("\u20ac\u20ac", 2);
    g_autofree char *cut = hs_printable ("\u20ac\u20ac\u20ac", 2);

    g_assert_cmpstr (exact, ==, "\u20ac\u20ac");
    g_assert_cmpstr (cut, ==, "\u20ac\u20ac…");
  }
}

static void
test_line (void)
{
  g_autoptr (GString) line = g_string_new ("> ");

  hs_printable_append_line (line, "<body>a\n2026-01-01 IN  <b>\r\t\x1b[1m\xc2\x9b\u202e\u00fc\xff</body>");
  g_assert_cmpstr (line->str, ==,
                   "> <body>a<U+000A>2026-01-01 IN  <b><U+000D><U+0009><U+001B>[1m<U+009B><U+202E>"
                   "\u00fc\\xFF</body>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/printable/message", test_message);
  g_test_add_func ("/printable/cut", test_cut);
  g_test_add_func ("/printable/line", test_line);
  return g_test_run ();
}
