/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-clock.h"

/* The machine does not sleep meanwhile, so that both clocks advance by the same. */
static void
test_advances (void)
{
  gint64 monotonic = g_get_monotonic_time ();
  gint64 boot = hs_clock_get_boot_time ();
  gint64 passed;

  g_assert_cmpint (boot, >, 0);
  g_usleep (20000);
  passed = hs_clock_get_boot_time () - boot;
  g_assert_cmpint (passed, >=, 20000 - 1000);
  g_assert_cmpint (passed, <=, g_get_monotonic_time () - monotonic + 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/advances", test_advances);
  return g_test_run ();
}
