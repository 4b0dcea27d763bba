/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-transition.h"

/* The critical names the machine, the event and the state, and whose fault it is. */
static void
test_report (void)
{
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL,
                         "The run: event 3 cannot happen in the state \"ready\"*fault of headstock-glib*");
  hs_transition_report ("The run", "ready", 3);
  g_test_assert_expected_messages ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transition/report", test_report);
  return g_test_run ();
}
