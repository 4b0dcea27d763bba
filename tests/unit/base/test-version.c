/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-version.h"

/* What a program was built against, and what it runs with: here, the same. */
static void
test_same (void)
{
  g_assert_cmpuint (hs_get_major_version (), ==, HS_MAJOR_VERSION);
  g_assert_cmpuint (hs_get_minor_version (), ==, HS_MINOR_VERSION);
  g_assert_cmpuint (hs_get_micro_version (), ==, HS_MICRO_VERSION);
  g_assert_true (HS_CHECK_VERSION (HS_MAJOR_VERSION, HS_MINOR_VERSION, HS_MICRO_VERSION));
  g_assert_false (HS_CHECK_VERSION (HS_MAJOR_VERSION, HS_MINOR_VERSION + 1, 0));
  g_assert_true (HS_CHECK_VERSION (0, 1, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/version/same", test_same);
  return g_test_run ();
}
