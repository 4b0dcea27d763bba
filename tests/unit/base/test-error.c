/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error-private.h"

/* Programs may have stored these names, and bindings name their classes after them. */
static void
test_domains (void)
{
  g_assert_cmpstr (g_quark_to_string (HS_ERROR), ==, "hs-error-quark");
  g_assert_cmpstr (g_quark_to_string (HS_XML_ERROR), ==, "hs-xml-error-quark");
  g_assert_cmpstr (g_quark_to_string (HS_STREAM_ERROR), ==, "hs-stream-error-quark");
  g_assert_cmpstr (g_quark_to_string (HS_SASL_ERROR), ==, "hs-sasl-error-quark");
}

static void
test_refuse (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_error_refuse (&error, HS_ERROR_PROTOCOL, "%s of %d", "one", 2));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==, "one of 2");
  g_assert_false (hs_error_refuse (NULL, HS_ERROR_PROTOCOL, "nobody reads this"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/domains", test_domains);
  g_test_add_func ("/error/refuse", test_refuse);
  return g_test_run ();
}
