/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-sign-in.h"

static void
test_discovery (void)
{
  HsSignIn sign_in = { 0 };

  g_assert_false (hs_sign_in_set_discovery (&sign_in, NULL));
  g_assert_true (hs_sign_in_set_discovery (&sign_in, "https://example.org/"));
  g_assert_false (hs_sign_in_set_discovery (&sign_in, "https://example.org/"));
  g_assert_cmpstr (hs_sign_in_get_discovery (&sign_in), ==, "https://example.org/");
  g_assert_true (hs_sign_in_set_discovery (&sign_in, hs_sign_in_get_discovery (&sign_in) + strlen ("https://")));
  g_assert_cmpstr (hs_sign_in_get_discovery (&sign_in), ==, "example.org/");
  g_assert_true (hs_sign_in_set_discovery (&sign_in, NULL));
  g_assert_null (hs_sign_in_get_discovery (&sign_in));
  hs_sign_in_clear (&sign_in);
}

static void
test_security_info (void)
{
  HsSignIn sign_in = { 0 };
  HsSecurityInfo *first = g_object_new (HS_TYPE_SECURITY_INFO, NULL);
  HsSecurityInfo *second = g_object_new (HS_TYPE_SECURITY_INFO, NULL);
  gpointer left = first;

  g_object_add_weak_pointer (G_OBJECT (first), &left);
  g_assert_null (hs_sign_in_get_security_info (&sign_in));
  hs_sign_in_take_security_info (&sign_in, first);
  g_assert_true (hs_sign_in_get_security_info (&sign_in) == first);
  hs_sign_in_take_security_info (&sign_in, g_object_ref (second));
  g_assert_null (left);
  hs_sign_in_clear (&sign_in);
  g_assert_finalize_object (second);
}

static void
test_upgrade (void)
{
  HsSignIn sign_in = { 0 };

  g_assert_true (hs_sign_in_may_upgrade (&sign_in));
  hs_sign_in_forbid_upgrade (&sign_in);
  g_assert_false (hs_sign_in_may_upgrade (&sign_in));
  hs_sign_in_clear (&sign_in);
}

#define TOKEN                                                                                                          \
  "{'token': <'secret'>, 'mechanism': <'HT-SHA-256-NONE'>, 'account': <'juliet@example.com'>, "                        \
  "'user-agent-id': <'agent'>, 'expiry': <'2030-01-01T00:00:00Z'>}"
#define EXPIRY 1893456000

static const char *
find_token (const HsSignIn *sign_in, const char *account, const char *user_agent_id, gint64 now)
{
  HsSaslCredentials credentials = { .account = account };

  hs_sign_in_add_token (sign_in, &credentials, user_agent_id, now);
  g_assert_true ((credentials.token == NULL) == (credentials.token_mechanism == NULL));
  return credentials.token;
}

/* It is shown only for its own account and user agent, and until it expires. */
static void
test_token (void)
{
  HsSignIn sign_in = { 0 };

  g_assert_null (find_token (&sign_in, "juliet@example.com", "agent", 0));
  g_assert_true (hs_sign_in_set_login_token (&sign_in, g_variant_new_parsed (TOKEN)));
  g_assert_false (hs_sign_in_set_login_token (&sign_in, hs_sign_in_get_login_token (&sign_in)));
  g_assert_cmpstr (find_token (&sign_in, "juliet@example.com", "agent", EXPIRY - 1), ==, "secret");
  g_assert_null (find_token (&sign_in, "juliet@example.com", "agent", EXPIRY));
  g_assert_null (find_token (&sign_in, "romeo@example.com", "agent", 0));
  g_assert_null (find_token (&sign_in, "juliet@example.com", "another", 0));
  g_assert_null (find_token (&sign_in, "juliet@example.com", NULL, 0));
  /* What is no time does not end a token. */
  hs_sign_in_set_login_token (&sign_in, g_variant_new_parsed ("{'token': <'a'>, 'mechanism': <'b'>, 'account': <'c'>, "
                                                              "'user-agent-id': <'d'>, 'expiry': <'never'>}"));
  g_assert_cmpstr (find_token (&sign_in, "c", "d", EXPIRY), ==, "a");
  g_assert_true (hs_sign_in_set_login_token (&sign_in, NULL));
  hs_sign_in_clear (&sign_in);
}

static GVariant *
make_features (gboolean sm)
{
  return g_variant_ref_sink (hs_stream_features_save (&(HsStreamFeatures){ .sm = sm }));
}

static void
test_features (void)
{
  HsSignIn sign_in = { 0 };
  g_autoptr (GVariant) with = make_features (TRUE);
  g_autoptr (GVariant) without = make_features (FALSE);
  g_autoptr (GVariant) recalled = NULL;

  g_assert_null (hs_sign_in_recall_features (&sign_in, "juliet@example.com"));
  g_assert_null (hs_sign_in_replace_features (&sign_in, with));
  hs_sign_in_set_login_token (&sign_in, g_variant_new_parsed (TOKEN));
  g_assert_null (hs_sign_in_recall_features (&sign_in, "juliet@example.com"));
  hs_sign_in_set_login_token (&sign_in, hs_sign_in_replace_features (&sign_in, with));
  recalled = hs_sign_in_recall_features (&sign_in, "juliet@example.com");
  g_assert_cmpvariant (recalled, with);
  g_assert_null (hs_sign_in_recall_features (&sign_in, "romeo@example.com"));
  g_assert_null (hs_sign_in_replace_features (&sign_in, with));
  g_assert_cmpstr (find_token (&sign_in, "juliet@example.com", "agent", 0), ==, "secret");
  hs_sign_in_set_login_token (&sign_in, hs_sign_in_replace_features (&sign_in, without));
  g_clear_pointer (&recalled, g_variant_unref);
  recalled = hs_sign_in_recall_features (&sign_in, "juliet@example.com");
  g_assert_cmpvariant (recalled, without);
  hs_sign_in_clear (&sign_in);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in/discovery", test_discovery);
  g_test_add_func ("/sign-in/security-info", test_security_info);
  g_test_add_func ("/sign-in/upgrade", test_upgrade);
  g_test_add_func ("/sign-in/token", test_token);
  g_test_add_func ("/sign-in/features", test_features);
  return g_test_run ();
}
