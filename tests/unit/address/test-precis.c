/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-error.h"
#include "hs-idna-private.h"
#include "hs-precis-private.h"
#include "address-test.h"

typedef struct
{
  const char *string;
  const char *expected;
} Example;

/* RFC 8265, 3.5 and 4.3: the tables of usernames and passwords. */
static void
test_rfc8265 (void)
{
  static const Example usernames[] = {
    { "juliet@example.com", "juliet@example.com" },
    { "fussball", "fussball" },
    { "fu\u00DFball", "fu\u00DFball" },
    { "\u03C0", "\u03C0" },
    { "\u03A3", "\u03C3" },
    { "\u03C3", "\u03C3" },
    { "\u03C2", "\u03C2" },
    { "foo bar", NULL },
    { "", NULL },
    { "henry\u2163", NULL },
    { "\u221E", NULL },
  };
  static const Example passwords[] = {
    { "correct horse battery staple", "correct horse battery staple" },
    { "Correct Horse Battery Staple", "Correct Horse Battery Staple" },
    { "\u03C0\u00DF\u00E5", "\u03C0\u00DF\u00E5" },
    { "Jack of \u2666s", "Jack of \u2666s" },
    { "foo\u1680bar", "foo bar" },
    { "", NULL },
    { "my cat is a \tby", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (usernames); i++)
    {
      const char *string = usernames[i].string;
      g_autofree char *prepared = hs_precis_prepare_username (string, strlen (string), NULL);

      g_assert_cmpstr (prepared, ==, usernames[i].expected);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (passwords); i++)
    {
      const char *string = passwords[i].string;
      g_autofree char *prepared = hs_precis_prepare_opaque (string, strlen (string), NULL);

      g_assert_cmpstr (prepared, ==, passwords[i].expected);
    }
}

/* RFC 8264, 9: one or more of each category, and of each general category. */
static void
test_properties (void)
{
  static const struct
  {
    HsPrecisProperty property;
    gunichar characters[40];
  } examples[] = {
    { HS_PRECIS_PVALID,
      { 'a',    'Z',    '0',    '!',    '~',            /* ASCII7 */
        0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007, /* Exceptions */
        0x00E9, 0x00C9, 0x05D0, 0x0967, 0x02BC, 0x0301, 0x0903, 0xAC00, 0x4E00 } },
    { HS_PRECIS_FREE_PVAL,
      { ' ',    0x00A0, 0x3000,                                 /* Spaces */
        0x2163, 0xFB01, 0xFF21, 0x212B, 0x0958, 0xF900, 0x0344, /* HasCompat */
        0x1F88, 0x16EE, 0x0BF0, 0x20DD, /* OtherLetterDigits: Lt, Nl, No, Me */
        0x221E, 0x20AC, 0x02C2, 0x265A, /* Sm, Sc, Sk, So */
        0x203F, 0x2013, 0x0F3A, 0x0F3B, 0x00AB, 0x00BB, 0x00A7 } }, /* Pc Pd Ps Pe Pi Pf Po */
    { HS_PRECIS_CONTEXTJ, { 0x200C, 0x200D } },
    { HS_PRECIS_CONTEXTO,
      { 0x00B7, 0x0375, 0x05F3, 0x05F4, 0x30FB, 0x0660, 0x0669, 0x06F0, 0x06F9 } },
    { HS_PRECIS_DISALLOWED,
      { 0x0640, 0x07FA, 0x302E, 0x302F,   0x3031, 0x3035,  0x303B, /* Exceptions */
        0x1100, 0x11FF, 0xA960, 0xA97C,   0xD7B0, 0xD7C6,  0xD7CB,
        0xD7FB,                                                     /* OldHangulJamo */
        0x00AD, 0x034F, 0x115F, 0x3164,   0xFE0F, 0xFEFF,  0xE0100, /* PrecisIgnorableProperties */
        0xFDD0, 0xFDEF, 0xFFFE, 0x10FFFF, 0x01,   0x1F,    0x7F,
        0x85,                                                   /* noncharacters, Controls */
        0x0600, 0x2028, 0x2029, 0xD800,   0xE000, 0x100000 } }, /* Cf, Zl, Zp, Cs, Co */
    { HS_PRECIS_UNASSIGNED, { 0x0378, 0x0530, 0x2FE0, 0xE0080 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    for (const gunichar *p = examples[i].characters; *p != 0; p++)
      if (hs_precis_get_property (*p) != examples[i].property)
        g_error ("U+%04X has property %d, not %u", *p, hs_precis_get_property (*p),
                 examples[i].property);
  g_assert_cmpint (hs_precis_get_property (0), ==, HS_PRECIS_DISALLOWED);

  /* HasCompat by its definition (9.17): what it is decides on each letter. */
  for (gunichar c = 0x100; c < 0x110000; c++)
    {
      g_autofree char *string = NULL;
      g_autofree char *nfkc = NULL;
      HsPrecisProperty property = hs_precis_get_property (c);

      if (!g_unichar_isalpha (c) || property == HS_PRECIS_DISALLOWED || g_unichar_istitle (c))
        continue;
      string = g_ucs4_to_utf8 (&c, 1, NULL, NULL, NULL);
      nfkc = g_utf8_normalize (string, -1, G_NORMALIZE_NFKC);
      if ((property == HS_PRECIS_PVALID) != (strcmp (string, nfkc) == 0))
        g_error ("HasCompat of U+%04X is wrong", c);
    }
}

/* Marks are sorted here before GLib normalises; the result is to be the same. */
static void
test_normalize (void)
{
  static const gunichar marks[]
      = { 'a', 0xE9, 0x0301, 0x0308, 0x0316, 0x031B, 0x0345, 0x05B0, 0x3099 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (15);

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) string = g_string_new (NULL);
      g_autofree char *expected = NULL;
      g_autofree char *normalized = NULL;

      for (int k = g_rand_int_range (rand, 0, 12); k > 0; k--)
        g_string_append_unichar (string, marks[g_rand_int_range (rand, 0, G_N_ELEMENTS (marks))]);
      expected = g_utf8_normalize (string->str, -1, G_NORMALIZE_NFC);
      normalized = hs_precis_normalize (string->str);
      g_assert_cmpstr (normalized, ==, expected);
    }
}

/* The short way for plain ASCII says the same as the long one. */
static void
test_plain (void)
{
  for (int i = 0; i < 0x10000; i++)
    {
      char string[] = { (char) (i >> 8), (char) i };
      g_autofree char *domain = hs_idna_prepare_domain (string, 2, NULL);
      g_autofree char *local = hs_precis_prepare_local (string, 2, NULL);
      g_autofree char *opaque = hs_precis_prepare_opaque (string, 2, NULL);

      if ((guchar) string[0] > 0x7F || (guchar) string[1] > 0x7F)
        {
          g_assert_false (hs_idna_is_plain (string, 2));
          g_assert_false (hs_precis_is_plain_local (string, 2));
          g_assert_false (hs_precis_is_plain_opaque (string, 2));
          continue;
        }
      g_assert_true (hs_idna_is_plain (string, 2)
                     == (domain != NULL && strncmp (domain, string, 2) == 0));
      g_assert_true (hs_precis_is_plain_local (string, 2)
                     == (local != NULL && strncmp (local, string, 2) == 0));
      g_assert_true (hs_precis_is_plain_opaque (string, 2)
                     == (opaque != NULL && strncmp (opaque, string, 2) == 0));
    }
}

static void
test_to_ascii (void)
{
  static const Example examples[] = {
    { "Example.COM.", "example.com" },
    { "b\u00FCcher.CH", "xn--bcher-kva.ch" },
    { "xn--bcher-kva.ch", "xn--bcher-kva.ch" },
    { "fu\u00DFball.example", "xn--fuball-cta.example" },
    { "127.0.0.1", "127.0.0.1" },
    { "[2001:DB8::1]", "2001:db8::1" },
    { "[fe80::1%25eth0]", "fe80::1%eth0" },
    { "[fe80::1%eth0]", "fe80::1%eth0" },
    { "a..b", NULL },
    { "", NULL },
    { "a b", NULL },
  };
  g_autofree char *longest = repeat ("", "a.", 126, "a");
  g_autofree char *too_long = repeat ("", "a.", 126, "aa");
  g_autofree char *local_name = repeat ("", "a", 64, "");
  gsize longest_label = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *ascii = hs_idna_to_ascii (examples[i].string, &error);

      g_assert_cmpstr (ascii, ==, examples[i].expected);
      g_assert_true ((ascii == NULL) == g_error_matches (error, HS_ERROR, HS_ERROR_INVALID_JID));
    }

  for (guint i = 0; i < 70; i++)
    {
      g_autofree char *label = repeat ("\u00FC", "a", i, "");
      g_autofree char *ascii = hs_idna_to_ascii (label, NULL);

      if (ascii != NULL)
        longest_label = strlen (ascii);
    }
  g_assert_cmpuint (longest_label, ==, 63);

  /* RFC 1035, 2.3.4. */
  {
    g_autofree char *fits = hs_idna_to_ascii (longest, NULL);
    g_autofree char *does_not = hs_idna_to_ascii (too_long, NULL);

    g_assert_cmpuint (strlen (longest), ==, 253);
    g_assert_cmpstr (fits, ==, longest);
    g_assert_null (does_not);
  }

  /* An address, but not one to ask the DNS for. */
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (hs_idna_to_ascii (local_name, &error));
    g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/precis/rfc8265", test_rfc8265);
  g_test_add_func ("/precis/properties", test_properties);
  g_test_add_func ("/precis/normalize", test_normalize);
  g_test_add_func ("/precis/plain", test_plain);
  g_test_add_func ("/idna/to-ascii", test_to_ascii);

  return g_test_run ();
}
