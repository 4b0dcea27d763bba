/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "xml/hs-redactor.h"

/* No secret is shown, whatever it stands in and however it is split; all else is, unchanged. */

static const struct
{
  const char *in;
  const char *out; /* NULL: the same */
} rows[] = {
  { "<message to='a@b'><body>hello &lt;auth&gt;</body></message>", NULL },
  { "<presence/>", NULL },
  { " \n", NULL },
  { "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>SECRET</auth>",
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>[redacted]</auth>" },
  { "<sasl:response xmlns:sasl='x'>SECRET</sasl:response><a/>",
    "<sasl:response xmlns:sasl='x'>[redacted]</sasl:response><a/>" },
  { "<challenge>SECRET</challenge>", "<challenge>[redacted]</challenge>" },
  { "<success>SECRET</success>", "<success>[redacted]</success>" },
  { "<success/>", NULL },
  { "<response></response>after", NULL },
  { "<password>SECRET</password>", "<password>[redacted]</password>" },
  { "<password><![CDATA[SECRET</password>]]></password>x",
    "<password>[redacted]</password>x" },
  { "<password><![CDATA[it's SECRET]]></password><a/>", "<password>[redacted]</password><a/>" },
  { "<body><![CDATA[it's > ]] shown]]></body><a/>", NULL },
  { "<password>SEC<b>RET</b>SECRET</password>x", "<password>[redacted]</password>x" },
  { "<password><b/>SECRET<b>SECRET</b></password>x", "<password>[redacted]</password>x" },
  { "<password ><!-- > -->SECRET</password\n>x", "<password >[redacted]</password\n>x" },
  { "<handshake>SECRET</handshake>", "<handshake>[redacted]</handshake>" },
  { "<token xmlns='urn:xmpp:fast:0' expiry='2026' token='SECRET'/>",
    "<token xmlns='urn:xmpp:fast:0' expiry='2026' token='[redacted]'/>" },
  { "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-EXPR'><initial-response>SECRET"
    "</initial-response><user-agent id='u'/><fast xmlns='urn:xmpp:fast:0'/></authenticate>",
    "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-SHA-256-EXPR'><initial-response>[redacted]"
    "</initial-response><user-agent id='u'/><fast xmlns='urn:xmpp:fast:0'/></authenticate>" },
  { "<success xmlns='urn:xmpp:sasl:2'><additional-data>SECRET</additional-data>"
    "<token xmlns='urn:xmpp:fast:0' token='SECRET'/></success><a/>",
    "<success xmlns='urn:xmpp:sasl:2'>[redacted]</success><a/>" },
  { "<continue xmlns='urn:xmpp:sasl:2'><additional-data>SECRET</additional-data><tasks/></continue>",
    "<continue xmlns='urn:xmpp:sasl:2'><additional-data>[redacted]</additional-data><tasks/></continue>" },
  { "<task-data xmlns='urn:xmpp:sasl:2'><hash xmlns='urn:xmpp:scram-upgrade:0'>SECRET</hash></task-data>",
    "<task-data xmlns='urn:xmpp:sasl:2'>[redacted]</task-data>" },
  { "<x token = \"SECRET'>SECRET\" a='b'>y</x>", "<x token='[redacted]' a='b'>y</x>" },
  { "<field var='password' type='text-private'><value>SECRET</value></field><b/>",
    "<field var='password' type='text-private'>[redacted]</field><b/>" },
  { "<d:field var='password'><d:value>SECRET</d:value></d:field><b/>",
    "<d:field var='password'>[redacted]</d:field><b/>" },
  { "<field var='nick'><value>shown</value></field>", NULL },
  /* HTTP (XEP-0363) */
  { "<put url='https://h/f'><header name='Authorization'>Basic SECRET</header>"
    "<header name='Cookie'>SECRET</header><header name=\"X-Else\">SECRET</header></put><get/>",
    "<put url='https://h/f'><header name='Authorization'>[redacted]</header>"
    "<header name='Cookie'>[redacted]</header><header name=\"X-Else\">[redacted]</header></put><get/>" },
  { "<h:header name='Cookie' value='SECRET'/><a/>", "<h:header name='Cookie' value='[redacted]'/><a/>" },
  { "<put url='https://h/f?token=SECRET&amp;a=b'/>", "<put url='https://h/f?token=[redacted]&amp;a=b'/>" },
  { "<get url='https://h/f?a=b&amp;sig=SECRET#x'/>", "<get url='https://h/f?a=b&amp;sig=[redacted]#x'/>" },
  /* Invitations (XEP-0379, XEP-0401, XEP-0445) */
  { "<body>xmpp:romeo@h?roster;preauth=SECRET;ibr=y</body>",
    "<body>xmpp:romeo@h?roster;preauth=[redacted];ibr=y</body>" },
  { "<body>xmpp:h?register;PreAuth=SECRET and more</body>",
    "<body>xmpp:h?register;PreAuth=[redacted] and more</body>" },
  { "<body>https://h/#xmpp%3Ah%3Fregister%3Bpreauth%3DSECRET</body>",
    "<body>https://h/#xmpp%3Ah%3Fregister%3Bpreauth%3D[redacted]</body>" },
  { "<x uri='xmpp:h?register;preauth=SECRET' a='b'/>", "<x uri='xmpp:h?register;preauth=[redacted]' a='b'/>" },
  { "<body><![CDATA[xmpp:h?register;preauth=SECRET more]]></body>x",
    "<body><![CDATA[xmpp:h?register;preauth=[redacted] more]]></body>x" },
  { "<body><![CDATA[xmpp:h?register;preauth=SECRET]]></body>x",
    "<body><![CDATA[xmpp:h?register;preauth=[redacted]]]></body>x" },
  { "<field var='uri'><value>xmpp:h?register;preauth=SECRET</value></field>",
    "<field var='uri'><value>xmpp:h?register;preauth=[redacted]</value></field>" },
  { "<body>aesgcm://h/f.jpg#SECRET and https://h/#here</body>",
    "<body>aesgcm://h/f.jpg#[redacted] and https://h/#here</body>" },
  { "<url-data target='AESGCM://h/f#SECRET'/><a b='#c'/>", "<url-data target='AESGCM://h/f#[redacted]'/><a b='#c'/>" },
  { "<a apiKey='SECRET'/><b xmlns='u' api-key='SECRET'/><c key='d'/>",
    "<a apiKey='[redacted]'/><b xmlns='u' api-key='[redacted]'/><c key='d'/>" },
  { "<field var='landing-url'><value>https://h/SECRET</value></field><a/>",
    "<field var='landing-url'>[redacted]</field><a/>" },
  { "<preauth xmlns='urn:xmpp:pars:0' token='SECRET'/>",
    "<preauth xmlns='urn:xmpp:pars:0' token='[redacted]'/>" },
  { "<preauth xmlns='urn:xmpp:pars:0'>SECRET</preauth><a/>",
    "<preauth xmlns='urn:xmpp:pars:0'>[redacted]</preauth><a/>" },
  /* Rooms (XEP-0045, XEP-0249), calls (XEP-0176) and others */
  { "<field var='muc#roomconfig_roomsecret'><value>SECRET</value></field>x",
    "<field var='muc#roomconfig_roomsecret'>[redacted]</field>x" },
  { "<x xmlns='jabber:x:conference' jid='r@h' password='SECRET'/>",
    "<x xmlns='jabber:x:conference' jid='r@h' password='[redacted]'/>" },
  { "<transport ufrag='u' pwd='SECRET'/>", "<transport ufrag='u' pwd='[redacted]'/>" },
  { "<access_token>SECRET</access_token><a/>", "<access_token>[redacted]</access_token><a/>" },
  { "<old_password>SECRET</old_password><a/>", "<old_password>[redacted]</old_password><a/>" },
  { "<param name='api-key' value='SECRET'/>", "<param name='api-key' value='[redacted]'/>" },
  { "<body>a=b; c=d &amp; preauth</body>", NULL },
  { "<fielder var='password'><value>shown</value></fielder>", NULL },
  { "<a b='>auth'/><c>shown</c>", NULL },
  { "<message><body>password: shown, as nobody can know</body></message>", NULL },
  { "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80", NULL },
  { "<body>\xff</body>", "<body>\xef\xbf\xbd</body>" },
};

static char *
take_in_pieces (const char *in, gsize piece)
{
  HsRedactor *redactor = hs_redactor_new ();
  g_autoptr (GString) all = g_string_new (NULL);
  gsize length = strlen (in);

  for (gsize i = 0; i < length; i += piece)
    {
      g_autofree char *shown = hs_redactor_take (redactor, in + i, MIN (piece, length - i));

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      g_string_append (all, shown);
    }
  hs_redactor_free (redactor);
  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].in);

      for (gsize piece = 1; piece <= length; piece++)
        {
          g_autofree char *shown = take_in_pieces (rows[i].in, piece);

          g_test_message ("row %u in pieces of %zu", i, piece);
          g_assert_null (strstr (shown, "SECRET"));
          g_assert_cmpstr (shown, ==, rows[i].out != NULL ? rows[i].out : rows[i].in);
        }
    }
}

static void
test_restart (void)
{
  HsRedactor *redactor = hs_redactor_new ();
  g_autofree char *first = hs_redactor_take (redactor, "<auth>SEC", 9);
  g_autofree char *second = NULL;

  g_assert_cmpstr (first, ==, "<auth>[redacted]");
  hs_redactor_restart (redactor);
  second = hs_redactor_take (redactor, "<a>shown</a>", 12);
  g_assert_cmpstr (second, ==, "<a>shown</a>");
  hs_redactor_free (redactor);
}

/* A tag without an end takes no more than so much memory, and what follows it is shown again. */
static void
test_long_tag (void)
{
  HsRedactor *redactor = hs_redactor_new ();
  g_autofree char *filler = g_strnfill (1024, 'x');
  g_autofree char *begin = hs_redactor_take (redactor, "<a b='", 6);
  g_autofree char *end = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpstr (begin, ==, "");
  for (guint i = 0; i < 4096; i++)
    {
      g_autofree char *shown = hs_redactor_take (redactor, filler, 1024);

      g_assert_cmpstr (shown, ==, "");
    }
  end = hs_redactor_take (redactor, "'/>", 3);
  g_assert_cmpuint (strlen (end), <=, 64 * 1024 + 16);
  after = hs_redactor_take (redactor, "<c/>", 4);
  g_assert_cmpstr (after, ==, "<c/>");
  hs_redactor_free (redactor);
}

/* Nor is what is in it, where that is so long that the tag is cut off in it. */
static void
test_long_secret (void)
{
  static const char *const begins[] = { "<token token='", "<x a='b' token = \"", "<x password='" };
  g_autofree char *filler = g_strnfill (100 * 1024, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    {
      g_autofree char *tag = g_strconcat (begins[i], "SECRET", filler, "SECRET", NULL);
      HsRedactor *redactor = hs_redactor_new ();
      g_autofree char *shown = hs_redactor_take (redactor, tag, strlen (tag));
      g_autofree char *end = hs_redactor_take (redactor, i == 1 ? "\"/>" : "'/>", 3);

      g_assert_null (strstr (shown, "SECRET"));
      g_assert_null (strstr (end, "SECRET"));
      g_assert_cmpuint (strlen (end), <, 100);
      hs_redactor_free (redactor);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/redactor/rows", test_rows);
  g_test_add_func ("/redactor/restart", test_restart);
  g_test_add_func ("/redactor/long-tag", test_long_tag);
  g_test_add_func ("/redactor/long-secret", test_long_secret);

  return g_test_run ();
}
