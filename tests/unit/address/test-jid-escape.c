/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-jid.h"

typedef struct
{
  const char *string;
  const char *expected;
} Example;

/* XEP-0106: the table of section 5.1, and the examples of 3, 4.2, 4.3, 5.2 and 5.5. */
static void
test_escape (void)
{
  static const Example examples[] = {
    { "space cadet", "space\\20cadet" },
    { "call me \"ishmael\"", "call\\20me\\20\\22ishmael\\22" },
    { "at&t guy", "at\\26t\\20guy" },
    { "d'artagnan", "d\\27artagnan" },
    { "/.fanboy", "\\2f.fanboy" },
    { "::foo::", "\\3a\\3afoo\\3a\\3a" },
    { "<foo>", "\\3cfoo\\3e" },
    { "user@host", "user\\40host" },
    { "c:\\net", "c\\3a\\net" },
    { "c:\\\\net", "c\\3a\\\\net" },
    { "c:\\cool stuff", "c\\3a\\cool\\20stuff" },
    { "c:\\5commas", "c\\3a\\5c5commas" },
    { "\\3and\\2is\\5cool", "\\5c3and\\2is\\5c5cool" },
    { "\\2plus\\2is\\4", "\\2plus\\2is\\4" },
    { "foo\\bar", "foo\\bar" },
    { "foob\\41r", "foob\\41r" },
    { "here's_a_wild_&_/cr%zy/_address", "here\\27s_a_wild_\\26_\\2fcr%zy\\2f_address" },
    { "\\5c", "\\5c5c" },
    { "\\27", "\\5c27" },
    { "call me\\20", "call\\20me\\5c20" },
    { "\\20call me", "\\5c20call\\20me" },
    { "\\", "\\" },
    { "\\2", "\\2" },
    { "\\2F", "\\2F" }, /* case is significant */
    { "\\'", "\\\\27" },
    { "", "" },
    { "tr\u00E9ville@musketeers.lit", "tr\u00E9ville\\40musketeers.lit" },
  };
  static const char *const unescaped[]
      = { "\\20foo", "foo\\27\\20", "\\20foo\\40bar", "\\2F", "\\2" };
  static const char *const edges[] = { " foo", "foo ", " ", " a b " };

  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *escaped = hs_jid_escape_local (examples[i].string);
      g_autofree char *back = hs_jid_unescape_local (escaped);
      g_autoptr (HsJid) jid = NULL;

      g_assert_cmpstr (escaped, ==, examples[i].expected);
      g_assert_cmpstr (back, ==, examples[i].string);
      jid = hs_jid_new_from_parts (escaped, "b", NULL, NULL);
      g_assert_true ((jid != NULL) == (*escaped != '\0'));
    }
  /* Not escaped localparts: as they are. */
  for (gsize i = 0; i < G_N_ELEMENTS (unescaped); i++)
    {
      g_autofree char *back = hs_jid_unescape_local (unescaped[i]);

      g_assert_cmpstr (back, ==, unescaped[i]);
    }
  /* No \20 at either end; and no JID comes of it. */
  for (gsize i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      g_autofree char *escaped = hs_jid_escape_local (edges[i]);

      g_assert_false (g_str_has_prefix (escaped, "\\20"));
      g_assert_false (g_str_has_suffix (escaped, "\\20"));
      g_assert_null (hs_jid_new_from_parts (escaped, "b", NULL, NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jid/escape", test_escape);

  return g_test_run ();
}
