/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-error.h"
#include "hs-jid.h"

#include "hs-jid-private.h"
#include "hs-precis-private.h"
#include "address-test.h"

/* What an address becomes: "local|domain|resource", a part that is not there as "-"; NULL: no JID.
 */
typedef struct
{
  const char *string;
  const char *expected;
} Example;

static char *
describe (const char *string)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsJid) jid = hs_jid_new (string, &error);
  const char *local = NULL;
  const char *resource = NULL;

  g_assert_cmpint (hs_jid_check (string, NULL), ==, jid != NULL);
  if (jid == NULL)
    {
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return NULL;
    }

  g_assert_no_error (error);
  local = hs_jid_get_local (jid);
  resource = hs_jid_get_resource (jid);
  return g_strdup_printf ("%s|%s|%s", local != NULL ? local : "-", hs_jid_get_domain (jid),
                          resource != NULL ? resource : "-");
}

static void
check_examples (const Example *examples, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *description = describe (examples[i].string);

      if (g_strcmp0 (description, examples[i].expected) != 0)
        g_error ("“%s” is “%s”, not “%s”", examples[i].string, description, examples[i].expected);
    }
}

/* RFC 7622, 3.5, table 1; and table 2, without number 18, which erratum 4560 found to be valid. */
static void
test_rfc7622 (void)
{
  static const Example examples[] = {
    { "juliet@example.com", "juliet|example.com|-" },
    { "juliet@example.com/foo", "juliet|example.com|foo" },
    { "juliet@example.com/foo bar", "juliet|example.com|foo bar" },
    { "juliet@example.com/foo@bar", "juliet|example.com|foo@bar" },
    { "foo\\20bar@example.com", "foo\\20bar|example.com|-" },
    { "fussball@example.com", "fussball|example.com|-" },
    { "fu\u00DFball@example.com", "fu\u00DFball|example.com|-" },
    { "\u03C0@example.com", "\u03C0|example.com|-" },
    { "\u03A3@example.com/foo", "\u03C3|example.com|foo" },
    { "\u03C3@example.com/foo", "\u03C3|example.com|foo" },
    { "\u03C2@example.com/foo", "\u03C2|example.com|foo" },
    { "king@example.com/\u265A", "king|example.com|\u265A" },
    { "example.com", "-|example.com|-" },
    { "example.com/foobar", "-|example.com|foobar" },
    { "a.example.com/b@example.net", "-|a.example.com|b@example.net" },
    { "juliet@example.com/ foo", "juliet|example.com| foo" },
    { "\"juliet\"@example.com", NULL },
    { "foo bar@example.com", NULL },
    { "@example.com/", NULL },
    { "henry\u2163@example.com", NULL },
    { "\u265A@example.com", NULL },
    { "juliet@", NULL },
    { "/foobar", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

static void
test_split (void)
{
  static const Example examples[] = {
    { "a@b/c/d@e/f", "a|b|c/d@e/f" },
    { "b/c@d", "-|b|c@d" },
    { "a@b//@//", "a|b|/@//" },
    { "a@b/ ", "a|b| " },
    { "a@b/c ", "a|b|c " },
    { "", NULL },
    { "@", NULL },
    { "/", NULL },
    { "@/", NULL },
    { "@b", NULL },
    { "a@", NULL },
    { "a@/c", NULL },
    { "a@b/", NULL },
    { "b/", NULL },
    { "@b/c", NULL },
    { "a@b@c", NULL },
    { "a@@b", NULL },
    { "a@b@c/d", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

static void
test_local (void)
{
  static const Example examples[] = {
    { "Juliet.Capulet+x!#$%()*,-;=?[\\]^_`{|}~@b", "juliet.capulet+x!#$%()*,-;=?[\\]^_`{|}~|b|-" },
    { "a&b@c", NULL },
    { "a'b@c", NULL },
    { "a:b@c", NULL },
    { "a<b@c", NULL },
    { "a>b@c", NULL },
    { "a\"b@c", NULL },
    { " a@b", NULL },
    { "a\tb@c", NULL },
    { "a\x7F@b", NULL },
    { "\uFF21\uFF42@c", "ab|c|-" },           /* fullwidth */
    { "\uFF76\uFF9E@c", "\u30AC|c|-" },       /* halfwidth ka and its mark */
    { "a\uFF20b@c", NULL },                   /* fullwidth @ */
    { "a\uFF0Fb@c", NULL },                   /* fullwidth / */
    { "a\uFF07b@c", NULL },                   /* fullwidth apostrophe */
    { "a\u3000b@c", NULL },                   /* ideographic space */
    { "\u00C9@c", "\u00E9|c|-" },             /* E acute */
    { "E\u0301@c", "\u00E9|c|-" },            /* decomposed */
    { "\u0130@c", "i\u0307|c|-" },            /* I with a dot: two code points in lower case */
    { "I@c", "i|c|-" },                       /* whatever the locale */
    { "\u0391\u03A3@c", "\u03B1\u03C3|c|-" }, /* no final sigma */
    { "\u1E9E@c", "\u00DF|c|-" },
    { "\u13A0@c", "\uAB70|c|-" }, /* Cherokee */
    { "\u212B@c", NULL },         /* angstrom sign: HasCompat */
    { "\uFB01@c", NULL },         /* ligature */
    { "\u01C5@c", NULL },         /* titlecase letter */
    { "\u00B2@c", NULL },         /* superscript two */
    { "a\u00ADb@c", NULL },       /* soft hyphen */
    { "a\u200Bb@c", NULL },       /* zero width space */
    { "a\u2060b@c", NULL },       /* word joiner */
    { "a\uFEFFb@c", NULL },       /* byte order mark */
    { "a\u202Eb@c", NULL },       /* right-to-left override */
    { "a\uFE0Fb@c", NULL },       /* variation selector */
    { "\u1100\u1161@c", NULL },   /* old Hangul jamo */
    { "\uAC00@c", "\uAC00|c|-" },
    { "\u0378@c", NULL }, /* unassigned */
    { "\uE000@c", NULL }, /* private use */
    { "\uFDD0@c", NULL }, /* noncharacters */
    { "\uFFFF@c", NULL },
    { "\U0010FFFE@c", NULL },
    { "\U0001F600@c", NULL },
    { "a\xFF@c", NULL },
    { "\xED\xA0\x80@c", NULL }, /* a surrogate */
    { "\xC0\x80@c", NULL },     /* NUL, overlong */
    { "\xC3", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

static void
test_resource (void)
{
  static const Example examples[] = {
    { "b/Foo\"&'/:<>@", "-|b|Foo\"&'/:<>@" },
    { "b/\uFF21", "-|b|\uFF21" }, /* no width mapping */
    { "b/\u2163\uFB01\u00B2", "-|b|\u2163\uFB01\u00B2" },
    { "b/e\u0301", "-|b|\u00E9" },
    { "b/\u212B", "-|b|\u00C5" },
    { "b/a\u00A0b\u3000c\u1680d", "-|b|a b c d" },
    { "b/\U0001F37A", "-|b|\U0001F37A" },
    { "b/\u05D0a1", "-|b|\u05D0a1" }, /* no Bidi Rule */
    { "b/\U0001F600\uFE0F", NULL },   /* variation selector */
    { "b/\x01", NULL },
    { "b/a\tb", NULL },
    { "b/a\nb", NULL },
    { "b/\x7F", NULL },
    { "b/\xC2\x85", NULL },
    { "b/\u2028", NULL },
    { "b/\u200B", NULL },
    { "b/\u0378", NULL },
    { "b/\uE000", NULL },
    { "b/\uFFFE", NULL },
    { "b/\u1100", NULL },
    { "b/\xFF", NULL },
    { "b/\xED\xBF\xBF", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

static void
test_domain (void)
{
  static const Example examples[] = {
    { "localhost", "-|localhost|-" },
    { "A.Example.nEt.", "-|a.example.net|-" },
    { "1.example", "-|1.example|-" },
    { "999.1.1.1", "-|999.1.1.1|-" },
    { "my_host", "-|my_host|-" },
    { "_xmpp.my_host_", "-|_xmpp.my_host_|-" },
    { "ab--cd.example", "-|ab--cd.example|-" },
    { "xn--bcher-kva.ch", "-|b\u00FCcher.ch|-" },
    { "XN--BCHER-KVA.ch", "-|b\u00FCcher.ch|-" },
    { "B\u00DCcher.ch", "-|b\u00FCcher.ch|-" },
    { "bu\u0308cher.ch", "-|b\u00FCcher.ch|-" },
    { "fu\u00DFball.example", "-|fu\u00DFball.example|-" },
    { "\u03A3.example", "-|\u03C3.example|-" },
    { "\uFF45xample\uFF0Ecom\u3002", "-|example.com|-" },
    { "example\uFF61com", "-|example.com|-" },
    { "xn--0zwm56d.XN--G6W251D", "-|\u6D4B\u8BD5.\u6E2C\u8A66|-" },
    { "xn----7sbqjc3alpk3g", "-|\u0438\u0441\u043F\u044B\u0442\u0430-\u043D\u0438\u0435|-" },
    { ".", NULL },
    { "..", NULL },
    { "a..b", NULL },
    { ".a", NULL },
    { "a..", NULL },
    { "-a.b", NULL },
    { "a-.b", NULL },
    { "a.-b", NULL },
    { "b\u00FCcher-.ch", NULL },
    { "-b\u00FCcher.ch", NULL },
    { "a b", NULL },
    { " a", NULL },
    { "a.com ", NULL },
    { "a:5222", NULL },
    { "a,b", NULL },
    { "a\x01", NULL },
    { "b\u00FCch_r.ch", NULL },
    { "ab--\u00FC.ch", NULL },
    { "a\uFF20b", NULL },
    { "a\uFF0Fb", NULL },
    { "\u0301a.b", NULL },
    { "a\u00ADb", NULL },
    { "a\u200Bb", NULL },
    { "\u2603.example", NULL },
    { "xn--n3h.example", NULL }, /* the same snowman */
    { "xn--.example", NULL },
    { "xn--a.example", NULL },
    { "xn--example-.example", NULL },
    { "xn--xn---epa", NULL },
    { "xn--ke-bcmple", NULL }, /* capital Cherokee letters, which have small ones now */
    { "xn--0.example", NULL },
    { "xn--zca9.example", NULL },
    { "\uE000.example", NULL },
    { "\u0378.example", NULL },
    { "\xFF.example", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

static void
test_ip (void)
{
  static const Example examples[] = {
    { "a@127.0.0.1", "a|127.0.0.1|-" },
    { "a@127.0.0.1./x", "a|127.0.0.1|x" },
    { "a@[::1]/x", "a|[::1]|x" },
    { "[2002:4559:1FE2:0::4559:1FE2]", "-|[2002:4559:1fe2::4559:1fe2]|-" },
    { "[2001:db8:0:0:0:0:0:1]", "-|[2001:db8::1]|-" },
    { "[::ffff:192.0.2.1]", "-|[::ffff:192.0.2.1]|-" },
    { "[FE80::1%25eth0]", "-|[fe80::1%25eth0]|-" },
    { "[2001:638:a000:4134::ffff:40%eno1]", "-|[2001:638:a000:4134::ffff:40%eno1]|-" },
    { "::1", NULL },
    { "[::1", NULL },
    { "::1]", NULL },
    { "[]", NULL },
    { "[", NULL },
    { "[127.0.0.1]", NULL },
    { "[example.net]", NULL },
    { "[::g]", NULL },
    { "[::1].", NULL },
    { "[::1]:5222", NULL },
    { "[1::2::3]", NULL },
    { "[fe80::1%]", NULL },
    { "[fe80::1%a b]", NULL },
    { "[v1.x]", NULL },
  };

  check_examples (examples, G_N_ELEMENTS (examples));
}

/* RFC 5893: numbers of the conditions of section 2 beside what breaks them. */
static void
test_bidi (void)
{
  static const Example examples[] = {
    { "\u05D0\u05D1@b", "\u05D0\u05D1|b|-" },
    { "\u05D0\u05D11@b", "\u05D0\u05D11|b|-" },
    { "\u05D0-\u05D1@b", "\u05D0-\u05D1|b|-" },
    { "\u05D0\u05B0@b", "\u05D0\u05B0|b|-" },
    { "\u0628\u0660@b", "\u0628\u0660|b|-" },
    { "1a@b", "1a|b|-" },        /* nothing right-to-left */
    { "1\u05D0@b", NULL },       /* 1 */
    { "\u0660@b", NULL },        /* 1 */
    { "\u05B0\u05D0@b", NULL },  /* 1 */
    { "\u05D0a\u05D1@b", NULL }, /* 2 */
    { "\u05D0-@b", NULL },       /* 3 */
    { "\u05D0-\u05B0@b", NULL }, /* 3 */
    { "\u05D01\u0660@b", NULL }, /* 4 */
    { "a\u05D0@b", NULL },       /* 5 */
    { "\u05D0.example", "-|\u05D0.example|-" },
    { "xn--4db.a1", "-|\u05D0.a1|-" },
    { "9abc.example", "-|9abc.example|-" },
    { "9abc.\u05D0", NULL }, /* a bidi domain name: every label */
    { "9abc.xn--4db", NULL },
    { "a.1\u05D0", NULL },
  };
  static const gunichar ltr_end[] = { 'a', '-', 0x05B0 };

  check_examples (examples, G_N_ELEMENTS (examples));
  g_assert_true (hs_precis_check_bidi (ltr_end, 1));
  g_assert_false (hs_precis_check_bidi (ltr_end, 2)); /* 6 */
  g_assert_false (hs_precis_check_bidi (ltr_end, 3)); /* 6 */
}

/* RFC 5892, appendix A. */
static void
test_context (void)
{
  static const Example examples[] = {
    { "\u0915\u094D\u200C\u0937@b", "\u0915\u094D\u200C\u0937|b|-" }, /* A.1, virama */
    { "\u0647\u200C\u0627@b", "\u0647\u200C\u0627|b|-" },             /* A.1, joining */
    { "\u0647\u064E\u200C\u064E\u0627@b", "\u0647\u064E\u200C\u064E\u0627|b|-" },
    { "\u0627\u200C\u0647@b", NULL }, /* right-joining before */
    { "\u0647\u200C@b", NULL },
    { "a\u200Cb@b", NULL },
    { "\u200C@b", NULL },
    { "\u0915\u094D\u200D\u0937@b", "\u0915\u094D\u200D\u0937|b|-" }, /* A.2 */
    { "\u0647\u200D\u0627@b", NULL },
    { "\u200D@b", NULL },
    { "col\u00B7la@b", "col\u00B7la|b|-" }, /* A.3 */
    { "COL\u00B7LA@b", "col\u00B7la|b|-" },
    { "co\u00B7lla@b", NULL },
    { "l\u00B7@b", NULL },
    { "\u00B7l@b", NULL },
    { "\u0375\u03B1@b", "\u0375\u03B1|b|-" }, /* A.4 */
    { "\u0375a@b", NULL },
    { "\u03B1\u0375@b", NULL },
    { "\u05D0\u05F3@b", "\u05D0\u05F3|b|-" }, /* A.5 */
    { "b/a\u05F3", NULL },
    { "b/\u05F3", NULL },
    { "\u05D0\u05F4\u05D1@b", "\u05D0\u05F4\u05D1|b|-" }, /* A.6 */
    { "b/a\u05F4", NULL },
    { "\u30A2\u30FB\u30A2@b", "\u30A2\u30FB\u30A2|b|-" }, /* A.7 */
    { "\u3042\u30FB@b", "\u3042\u30FB|b|-" },
    { "\u4E00\u30FB\u30FB@b", "\u4E00\u30FB\u30FB|b|-" },
    { "a\u30FBb@b", NULL },
    { "b/\u0660\u0661", "-|b|\u0660\u0661" }, /* A.8 */
    { "b/\u06F0\u06F1", "-|b|\u06F0\u06F1" }, /* A.9 */
    { "b/\u0660\u06F1", NULL },
    { "b/\u06F0\u0661", NULL },
    { "b/a\u00B7b", NULL }, /* in FreeformClass too */
    { "l\u00B7l.example", "-|l\u00B7l.example|-" },
    { "a\u00B7b.example", NULL },
    { "\u30FB.example", NULL },
  };
  static const gunichar plain[] = { 'a' };

  check_examples (examples, G_N_ELEMENTS (examples));
  g_assert_false (hs_precis_check_context (plain, 1, 0));
}

static void
test_lengths (void)
{
  static const struct
  {
    const char *before, *string;
    guint n;
    const char *after;
    gboolean valid;
  } examples[] = {
    { "", "a", 1023, "@b", TRUE },
    { "", "a", 1024, "@b", FALSE },
    { "", "A", 1023, "@b", TRUE },
    { "", "A", 1024, "@b", FALSE },
    { "a", "\u00E9", 511, "@b", TRUE },
    { "", "\u00E9", 512, "@b", FALSE },
    { "", "\uFF41", 1023, "@b", TRUE }, /* 3,069 octets become 1,023 */
    { "", "\uFF41", 1024, "@b", FALSE },
    { "", "\uFF4F\u031B\u0301", 341, "@b", TRUE }, /* 7 octets become 3 */
    { "", "\u0130", 341, "@b", TRUE },             /* 2 become 3 */
    { "", "\u0130", 342, "@b", FALSE },
    { "b/", "a", 1023, "", TRUE },
    { "b/", "a", 1024, "", FALSE },
    { "b/", "\u265A", 341, "", TRUE },
    { "b/", "\u265A", 342, "", FALSE },
    { "b/", "\u3000", 1023, "", TRUE },
    { "b/", "a", 1000000, "", FALSE },
    { "", "a", 1000000, "", FALSE },
    { "", "a", 1000000, "@b", FALSE },
    { "", "a", 63, ".b", TRUE },
    { "", "a", 64, ".b", FALSE },
    { "", "a", 64, "", TRUE }, /* not for the DNS */
    { "", "A", 64, ".", TRUE },
    { "", "a", 1023, "", TRUE },
    { "", "a", 1024, "", FALSE },
    { "xn--", "a", 60, "", FALSE },
    { "b.", "a", 64, "", FALSE },
    { "", "A", 63, ".b", TRUE },
    { "", "A", 64, ".b", FALSE },
    { "", "\u00FC", 64, ".b", FALSE },
    { "", "a.", 511, "a", TRUE }, /* 1,023 */
    { "", "a.", 511, "aa", FALSE },
    { "", "A.", 511, "a", TRUE },
    { "", "A.", 511, "aa", FALSE },
    { "", "a.", 511, "a.", TRUE },       /* before the trailing dot goes */
    { "", "\u00FC.", 340, "abc", TRUE }, /* in U-labels; more in A-labels */
    { "", "\u00FC.", 340, "abcd", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *string
          = repeat (examples[i].before, examples[i].string, examples[i].n, examples[i].after);
      g_autofree char *description = describe (string);

      if ((description != NULL) != examples[i].valid)
        g_error ("the length of example %" G_GSIZE_FORMAT " is judged wrongly", i);
    }
}

/* RFC 8264, 7: what was prepared stays as it is. */
static void
test_idempotence (void)
{
  static const gunichar pool[] = {
    'a',    'l',    'Z',    '1',    '-',    '.',    '_',    '@',    '/',    ' ',    0xB7,
    0xDF,   0xC9,   0x0130, 0x03A3, 0x03C2, 0x0301, 0x0308, 0x0316, 0x031B, 0x0345, 0x05D0,
    0x05B0, 0x0628, 0x064E, 0x0660, 0x0915, 0x094D, 0x200C, 0x200D, 0x1E9E, 0x1F88, 0x212A,
    0x3000, 0x3042, 0x30FB, 0x3099, 0xAC00, 0xFF21, 0xFF76, 0xFF9E, 0xFF0E, 0x13A0, 0x1F37A,
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7622);
  guint n_valid = 0;

  for (guint i = 0; i < 200000; i++)
    {
      g_autoptr (GString) string = g_string_new (NULL);
      g_autoptr (HsJid) jid = NULL;
      g_autoptr (HsJid) again = NULL;
      int length = g_rand_int_range (rand, 1, 8);

      for (int k = 0; k < length; k++)
        g_string_append_unichar (string,
                                 g_rand_int_range (rand, 0, 8) == 0
                                     ? (gunichar) g_rand_int_range (rand, 0xA0, 0x3100)
                                     : pool[g_rand_int_range (rand, 0, G_N_ELEMENTS (pool))]);
      if (i % 3 != 0)
        g_string_append (string, "@b");
      else
        g_string_prepend (string, "b/");
      jid = hs_jid_new (string->str, NULL);
      if (jid == NULL)
        continue;
      n_valid++;
      again = hs_jid_new (hs_jid_to_string (jid), NULL);
      if (again == NULL || !hs_jid_equal (jid, again))
        g_error ("“%s” changes when it is prepared again", string->str);
    }

  g_assert_cmpuint (n_valid, >, 20000);
}

static void
test_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsJid) jid = hs_jid_new_from_parts ("Juliet", "Capulet.example", "Balcony", &error);
  g_autoptr (HsJid) domain = hs_jid_new_from_parts (NULL, "b", NULL, &error);
  g_autoptr (HsJid) other = NULL;
  static const char *const bad[][3] = {
    { "", "b", NULL },     { "a", "", NULL },    { "a", "b", "" },
    { "a@b", "c", NULL },  { "a/b", "c", NULL }, { "a", "b/c", NULL },
    { NULL, "a@b", NULL }, { "a b", "c", NULL }, { "a", "[example.net]", NULL },
  };

  g_assert_no_error (error);
  g_assert_cmpstr (hs_jid_to_string (jid), ==, "juliet@capulet.example/Balcony");
  g_assert_cmpstr (hs_jid_get_local (jid), ==, "juliet");
  g_assert_cmpstr (hs_jid_get_domain (jid), ==, "capulet.example");
  g_assert_cmpstr (hs_jid_get_resource (jid), ==, "Balcony");
  g_assert_cmpstr (hs_jid_to_string (domain), ==, "b");
  g_assert_null (hs_jid_get_local (domain));
  g_assert_null (hs_jid_get_resource (domain));

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) reason = NULL;

      g_assert_null (hs_jid_new_from_parts (bad[i][0], bad[i][1], bad[i][2], &reason));
      g_assert_error (reason, HS_ERROR, HS_ERROR_INVALID_JID);
      g_assert_null (hs_jid_new_from_parts (bad[i][0], bad[i][1], bad[i][2], NULL));
    }

  other = hs_jid_with_resource (jid, "a/b \u3000", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_jid_to_string (other), ==, "juliet@capulet.example/a/b  ");
  g_assert_null (hs_jid_with_resource (jid, "", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
}

static void
test_bare (void)
{
  g_autoptr (HsJid) full = hs_jid_new ("juliet@capulet.example/balcony", NULL);
  g_autoptr (HsJid) bare = hs_jid_get_bare (full);
  g_autoptr (HsJid) same = hs_jid_get_bare (bare);
  g_autoptr (HsJid) room = hs_jid_new ("capulet.example/x", NULL);
  g_autoptr (HsJid) domain = hs_jid_get_bare (room);
  g_autoptr (HsJid) stripped = hs_jid_with_resource (full, NULL, NULL);
  g_autoptr (HsJid) copy = g_boxed_copy (HS_TYPE_JID, full);

  g_assert_false (hs_jid_is_bare (full));
  g_assert_true (hs_jid_is_bare (bare));
  g_assert_true (same == bare);
  g_assert_true (copy == full);
  g_assert_cmpstr (hs_jid_to_string (bare), ==, "juliet@capulet.example");
  g_assert_cmpstr (hs_jid_get_local (bare), ==, "juliet");
  g_assert_cmpstr (hs_jid_get_domain (bare), ==, "capulet.example");
  g_assert_null (hs_jid_get_resource (bare));
  g_assert_cmpstr (hs_jid_to_string (domain), ==, "capulet.example");
  g_assert_null (hs_jid_get_local (domain));
  g_assert_true (hs_jid_equal (stripped, bare));
}

static void
test_compare (void)
{
  static const char *const sorted[] = {
    "a.example",      "a.example/x",     "a@a.example",        "a@a.example/X",
    "a@a.example/x",  "a@a.example/x/y", "b@a.example",        "ab.example",
    "b.example",      "a@b.example",     "z@b.example/\u00E9", "z@b.example/\U0001F37A",
    "\u00FC.example",
  };
  g_autoptr (GPtrArray) jids = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);
  g_autoptr (GHashTable) table = g_hash_table_new (hs_jid_hash, hs_jid_equal);
  guint32 low_bits = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++)
    g_ptr_array_add (jids, hs_jid_new (sorted[i], NULL));
  for (guint i = 0; i < jids->len; i++)
    for (guint k = 0; k < jids->len; k++)
      {
        g_autoptr (HsJid) twin = hs_jid_new (sorted[k], NULL);

        g_assert_cmpint (hs_jid_compare (jids->pdata[i], twin), ==, (i > k) - (i < k));
        g_assert_true (hs_jid_equal (jids->pdata[i], twin) == (i == k));
        g_assert_true ((hs_jid_hash (jids->pdata[i]) == hs_jid_hash (twin)) == (i == k));
      }

  for (guint i = 0; i < 256; i++)
    {
      g_autofree char *string = g_strdup_printf ("room@muc.example/%u", i);

      g_ptr_array_add (jids, hs_jid_new (string, NULL));
      g_hash_table_add (table, jids->pdata[jids->len - 1]);
      low_bits |= 1u << (hs_jid_hash (jids->pdata[jids->len - 1]) % 32);
    }
  g_assert_cmpuint (g_hash_table_size (table), ==, 256);
  g_assert_cmpuint (low_bits, ==, G_MAXUINT32);
}

static void
test_messages (void)
{
  static const struct
  {
    const char *string;
    const char *parts[3];
  } examples[] = {
    { "foo bar@example.com", { "“foo bar@example.com”", "localpart", "U+0020" } },
    { "a@b c", { "“a@b c”", "domainpart", "U+0020" } },
    { "a@b/", { "“a@b/”", "resourcepart", "empty" } },
    { "@b", { "“@b”", "localpart", "empty" } },
    { "", { "“”", "domainpart", "empty" } },
    { "b/\x01", { "“b/<U+0001>”", "resourcepart", "U+0001" } },
    { "b/\xFF", { "“b/\\xFF”", "resourcepart", "UTF-8" } },
    { "b/\u202E", { "“b/<U+202E>”", "resourcepart", "U+202E" } },
    { "\u0378@b", { "“<U+0378>@b”", "localpart", "not assigned" } },
    { "1\u05D0@b", { "localpart", "Bidi", "" } },
  };
  g_autofree char *long_string = repeat ("", "\xC3\xA9\xFF", 100000, "");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) parts_error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GError) reason = NULL;

      g_assert_null (hs_jid_new (examples[i].string, &reason));
      g_assert_null (hs_jid_new (examples[i].string, NULL));
      for (gsize k = 0; k < G_N_ELEMENTS (examples[i].parts); k++)
        if (strstr (reason->message, examples[i].parts[k]) == NULL)
          g_error ("“%s” is missing in: %s", examples[i].parts[k], reason->message);
    }

  g_assert_null (hs_jid_new (long_string, &error));
  g_assert_cmpuint (strlen (error->message), <, 300);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (hs_jid_new_from_parts ("a b", "c", "d", &parts_error));
  g_assert_nonnull (strstr (parts_error->message, "“a b@c/d”"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/jid/rfc7622", test_rfc7622);
  g_test_add_func ("/jid/split", test_split);
  g_test_add_func ("/jid/local", test_local);
  g_test_add_func ("/jid/domain", test_domain);
  g_test_add_func ("/jid/ip", test_ip);
  g_test_add_func ("/jid/resource", test_resource);
  g_test_add_func ("/jid/bidi", test_bidi);
  g_test_add_func ("/jid/context", test_context);
  g_test_add_func ("/jid/lengths", test_lengths);
  g_test_add_func ("/jid/idempotence", test_idempotence);
  g_test_add_func ("/jid/parts", test_parts);
  g_test_add_func ("/jid/bare", test_bare);
  g_test_add_func ("/jid/compare", test_compare);
  g_test_add_func ("/jid/messages", test_messages);

  return g_test_run ();
}
