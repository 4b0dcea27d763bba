/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl/hs-saslprep.h"

#include "hs-error.h"

typedef struct
{
  const char *name;
  const char *input;
  const char *output; /* or NULL: refused, and */
  const char *reason; /* the message has this */
} Case;

static const Case cases[] = {
  /* RFC 4013, 3, all of its examples in order */
  { "soft-hyphen", "I\u00adX", "IX", NULL },
  { "no-change", "user", "user", NULL },
  { "case-kept", "USER", "USER", NULL },
  { "feminine-ordinal", "\u00aa", "a", NULL },
  { "roman-nine", "\u2168", "IX", NULL },
  { "bell", "\a", NULL, "control character" },
  { "bidi-example", "\u06271", NULL, "does not begin and end" },

  { "empty", "", "", NULL },
  { "ascii", " !\"#$%&'()*+,-./0:;<=>?@[\\]^_`{|}~", " !\"#$%&'()*+,-./0:;<=>?@[\\]^_`{|}~", NULL },
  /* 2.1: each space of C.1.2, from both ends of each range */
  { "spaces", "a\u00a0\u1680\u2000\u2001\u200a\u200b\u202f\u205f\u3000z", "a         z", NULL },
  { "to-nothing", "a\u00ad\u034f\u1806\u180b\u180c\u180d\u200c\u200d\u2060\ufe00\ufe0f\ufeffz",
    "az", NULL },
  { "all-to-nothing", "\u00ad\u200d", "", NULL },
  /* 2.2: composed, decomposed and compatible forms are one */
  { "decomposed", "u\u0308", "\u00fc", NULL },
  { "angstrom", "\u212b", "\u00c5", NULL },
  { "ligature", "\ufb01", "fi", NULL },
  { "full-width", "\uff21\uff11", "A1", NULL },
  { "hangul", "\u1112\u1161\u11ab", "\ud55c", NULL },
  /* What Unicode 3.2 did not know is let through in a query (RFC 3454, 7) */
  { "unassigned", "\U0001f600", "\U0001f600", NULL },
  /* 2.3 */
  { "escape", "a\x1bz", NULL, "control character" },
  { "delete", "a\x7fz", NULL, "control character" },
  { "c1-control", "a\xc2\x85z", NULL, "control character" },
  { "line-separator", "a\u2028z", NULL, "control character" },
  { "musical-control", "a\U0001d173z", NULL, "control character" },
  { "private-use", "a\ue000z", NULL, "private-use" },
  { "private-use-16", "a\U0010fffdz", NULL, "private-use" },
  { "no-character", "a\ufdd0z", NULL, "no character" },
  { "no-character-16", "a\U0010ffffz", NULL, "no character" },
  { "replacement", "a\ufffdz", NULL, "unfit" },
  { "ideographic-description", "a\u2ff0z", NULL, "unfit" },
  { "override", "a\u202ez", NULL, "displayed" },
  { "tag", "a\U000e0041z", NULL, "tag" },
  /* 2.4 */
  { "hebrew", "\u05e9\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd", NULL },
  { "arabic-digits-inside", "\u06271\u0628", "\u06271\u0628", NULL },
  { "arabic-latin", "\u0627a\u0628", NULL, "together with" },
  { "hebrew-latin", "\u05d0a\u05d0", NULL, "together with" },
  { "hebrew-digit-last", "\u05d01", NULL, "does not begin and end" },
  { "digit-first", "1\u0627", NULL, "does not begin and end" },
  /* What C cannot have written but a caller may hand over */
  { "not-utf8", "a\xffz", NULL, "not UTF-8" },
  { "overlong", "a\xc0\x80z", NULL, "not UTF-8" },
  { "surrogate", "a\xed\xa0\x80z", NULL, "not UTF-8" },
  { "cut-off", "a\xe2\x82", NULL, "not UTF-8" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *prepared = hs_saslprep (c->input, &error);

  g_assert_cmpstr (prepared, ==, c->output);
  if (c->output != NULL)
    {
      g_autofree char *again = hs_saslprep (prepared, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, prepared);
      return;
    }
  g_assert_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS);
  g_assert_nonnull (strstr (error->message, c->reason));
  g_assert_true (g_str_is_ascii (error->message));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/saslprep/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
