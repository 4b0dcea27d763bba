/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <string.h>

static const struct
{
  const char *uri;
  const char *jid;
  const char *action;
  const char *token;
  gboolean can_register;
} good[] = {
  { "xmpp:juliet@example.com?register;preauth=TOKEN", "juliet@example.com", "register", "TOKEN", TRUE },
  { "xmpp:example.com?register;preauth=TOKEN", "example.com", "register", "TOKEN", TRUE },
  { "xmpp:romeo@example.com?roster;preauth=TOKEN;ibr=y", "romeo@example.com", "roster", "TOKEN", TRUE },
  { "xmpp:romeo@example.com?roster;preauth=TOKEN", "romeo@example.com", "roster", "TOKEN", FALSE },
  { "xmpp:romeo@example.com?roster;ibr=y", "romeo@example.com", "roster", NULL, FALSE },
  { "xmpp:romeo@montague.net?roster;preauth=1tMFqYDdKhfe2pwp;name=Romeo+Montague",
    "romeo@montague.net", "roster", "1tMFqYDdKhfe2pwp", FALSE },
  { "XMPP:Example.COM?register", "example.com", "register", NULL, TRUE },
  { "xmpp:example.com", "example.com", NULL, NULL, FALSE },
  { "xmpp:example.com?", "example.com", NULL, NULL, FALSE },
  { "xmpp:example.com?;preauth=a", "example.com", NULL, "a", FALSE },
  { "xmpp:example.com?preauth=a", "example.com", NULL, "a", FALSE },
  { "xmpp:example.com?register;preauth=", "example.com", "register", "", TRUE },
  { "xmpp:example.com?register;preauth", "example.com", "register", "", TRUE },
  { "xmpp:example.com?register;preauth=a;preauth=b", "example.com", "register", "a", TRUE },
  { "xmpp:example.com?register;;=x;preauth=a=b;", "example.com", "register", "a=b", TRUE },
  { "xmpp:example.com?register;preauth=%2B%3b%25+", "example.com", "register", "+;%+", TRUE },
  { "xmpp:example.com?register;preauth=a#preauth=b", "example.com", "register", "a", TRUE },
  { "xmpp:example.com#?register", "example.com", NULL, NULL, FALSE },
  { "xmpp:nasty!%23$%25()*+,-.;=%3F%5B%5C%5D%5E_%60%7B%7C%7D~node@example.com",
    "nasty!#$%()*+,-.;=?[\\]^_`{|}~node@example.com", NULL, NULL, FALSE },
  { "xmpp:node@example.com/repulsive%20!%23%22$%25&'()*+,-.:;%3C=%3E%3F%40%5B%5C%5D%5E_%60%7B%7C%7D~r",
    "node@example.com/repulsive !#\"$%&'()*+,-.:;<=>?@[\\]^_`{|}~r", NULL, NULL, FALSE },
  { "xmpp:ji%C5%99i@%C4%8Dechy.example/v%20Praze", "ji\xc5\x99i@\xc4\x8d" "echy.example/v Praze", NULL,
    NULL, FALSE },
  { "xmpp:ji\xc5\x99i@example.com", "ji\xc5\x99i@example.com", NULL, NULL, FALSE },
  { "xmpp://guest@example.com/support@example.com?message", "support@example.com", "message", NULL, FALSE },
  { "xmpp://guest@example.com/example.org?register;preauth=x", "example.org", "register", "x", TRUE },
  { "xmpp:a@b/c/d@e?register", "a@b/c/d@e", "register", NULL, TRUE },
  { "xmpp:[::1]?register", "[::1]", "register", NULL, TRUE },
};

static void
test_good (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HsInvitation) invitation = hs_invitation_parse (good[i].uri, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (hs_jid_to_string (hs_invitation_get_jid (invitation)), ==, good[i].jid);
      g_assert_cmpstr (hs_invitation_get_action (invitation), ==, good[i].action);
      g_assert_cmpstr (hs_invitation_get_token (invitation), ==, good[i].token);
      g_assert_true (hs_invitation_get_can_register (invitation) == good[i].can_register);
    }
}

static const struct
{
  const char *uri;
  GQuark (*domain) (void);
  int code;
} bad[] = {
  { "", g_uri_error_quark, G_URI_ERROR_BAD_SCHEME },
  { "xmpp", g_uri_error_quark, G_URI_ERROR_BAD_SCHEME },
  { "https://example.com/i/#a@b?register", g_uri_error_quark, G_URI_ERROR_BAD_SCHEME },
  { " xmpp:example.com", g_uri_error_quark, G_URI_ERROR_BAD_SCHEME },
  { "xmpp:", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:?register", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a@?register", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp://guest@example.com", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp://guest@example.com?register", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp://guest@example.com?register;a=/b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a%@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a%4@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a%zz@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a%00@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a%FF@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a@b?register;preauth=%FF", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a@b?register;pre%=x", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:a\xff@b", g_uri_error_quark, G_URI_ERROR_FAILED },
  { "xmpp:@b", hs_error_quark, HS_ERROR_INVALID_JID },
  { "xmpp:a%40b@c", hs_error_quark, HS_ERROR_INVALID_JID },
  { "xmpp:a%2Fb@c", hs_error_quark, HS_ERROR_INVALID_JID },
  { "xmpp:a@b/", hs_error_quark, HS_ERROR_INVALID_JID },
  { "xmpp:a b@c", hs_error_quark, HS_ERROR_INVALID_JID },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (bad[i].uri, NULL);

      g_test_message ("%s", shown);
      g_assert_null (hs_invitation_parse (bad[i].uri, &error));
      g_assert_error (error, bad[i].domain (), bad[i].code);
      g_assert_null (hs_invitation_parse (bad[i].uri, NULL));
    }
}

/* A message names what is wrong with the URI, and no token that may be in the rest of it. */
static void
test_other_scheme (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (hs_invitation_parse ("https://example.com/i/t0k3n", &error));
  g_assert_cmpstr (error->message, ==, "An invitation must begin with 'xmpp:', and this URI begins with 'https:'");
}

static void
test_parameters (void)
{
  g_autoptr (GError) error = NULL;
  HsInvitation *invitation
      = hs_invitation_parse ("xmpp:a@b?roster;name=Ji%C5%99i%20N.;group=x;preauth=t", &error);
  g_autoptr (HsJid) jid = NULL;
  g_autofree char *token = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (hs_invitation_get_parameter (invitation, "name"), ==, "Ji\xc5\x99i N.");
  g_assert_cmpstr (hs_invitation_get_parameter (invitation, "group"), ==, "x");
  g_assert_null (hs_invitation_get_parameter (invitation, "roster"));
  g_object_get (invitation, "jid", &jid, "token", &token, NULL);
  g_assert_cmpstr (hs_jid_to_string (jid), ==, "a@b");
  g_assert_cmpstr (token, ==, "t");
  g_assert_finalize_object (invitation);
}

static void
test_mutations (void)
{
  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (GString) uri = g_string_new (good[g_test_rand_int_range (0, G_N_ELEMENTS (good))].uri);
      g_autoptr (HsInvitation) invitation = NULL;

      for (guint j = g_test_rand_int_range (1, 5); j > 0 && uri->len > 5; j--)
        {
          gsize at = g_test_rand_int_range (5, uri->len);

          if (g_test_rand_bit ())
            uri->str[at] = "%;=?#@/\xc5\x99 a0"[g_test_rand_int_range (0, 12)];
          else
            g_string_erase (uri, at, MIN (uri->len - at, 3));
        }
      invitation = hs_invitation_parse (uri->str, NULL);
      if (invitation != NULL)
        g_assert_nonnull (hs_jid_get_domain (hs_invitation_get_jid (invitation)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/invitation/good", test_good);
  g_test_add_func ("/invitation/bad", test_bad);
  g_test_add_func ("/invitation/other-scheme", test_other_scheme);
  g_test_add_func ("/invitation/parameters", test_parameters);
  g_test_add_func ("/invitation/mutations", test_mutations);
  return g_test_run ();
}
