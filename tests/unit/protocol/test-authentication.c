/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication.h"

static void
test_token (void)
{
  HsAuthentication authentication;

  hs_authentication_init (&authentication);
  hs_authentication_take_token (&authentication, "first", "2030-01-01T00:00:00Z");
  g_assert_cmpstr (authentication.token, ==, "first");
  g_assert_cmpstr (authentication.token_expiry, ==, "2030-01-01T00:00:00Z");
  hs_authentication_take_token (&authentication, "second", NULL);
  g_assert_cmpstr (authentication.token, ==, "second");
  g_assert_null (authentication.token_expiry);
  hs_authentication_clear (&authentication);
  g_assert_null (authentication.token);
  hs_authentication_clear (&authentication);
}

static void
test_upgrade (void)
{
  HsAuthentication authentication;

  hs_authentication_init (&authentication);
  g_assert_cmpint (authentication.upgrade, ==, -1);
  authentication.upgrade = 1;
  authentication.password = g_strdup ("secret");
  hs_authentication_forget_upgrade (&authentication);
  g_assert_cmpint (authentication.upgrade, ==, -1);
  g_assert_null (authentication.password);
  hs_authentication_clear (&authentication);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authentication/token", test_token);
  g_test_add_func ("/authentication/upgrade", test_upgrade);
  return g_test_run ();
}
