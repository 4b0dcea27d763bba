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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sign-in/discovery", test_discovery);
  g_test_add_func ("/sign-in/security-info", test_security_info);
  g_test_add_func ("/sign-in/upgrade", test_upgrade);
  return g_test_run ();
}
