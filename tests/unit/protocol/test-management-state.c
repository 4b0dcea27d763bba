/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-management-state.h"

#include "transition-test.h"

#define NO HS_N_MANAGEMENT_STATES

/* Every state by every event. */
static void
test_table (void)
{
  static const char *const events[HS_N_MANAGEMENT_EVENTS] = {
    "enable", "enabled", "resume", "resumed", "interrupt", "restore", "end",
  };
  static const HsManagementState expected[HS_N_MANAGEMENT_STATES][HS_N_MANAGEMENT_EVENTS] = {
#define O HS_MANAGEMENT_OFF
#define W HS_MANAGEMENT_ENABLING
#define E HS_MANAGEMENT_ENABLED
#define I HS_MANAGEMENT_INTERRUPTED
#define R HS_MANAGEMENT_RESUMING
    /*                 enable enabled resume resumed interrupt restore end */
    /* off */         { W,    NO,     NO,    NO,     NO,       I,      O },
    /* enabling */    { NO,   E,      NO,    NO,     NO,       NO,     O },
    /* enabled */     { NO,   NO,     NO,    NO,     I,        NO,     O },
    /* interrupted */ { NO,   NO,     R,     NO,     NO,       NO,     O },
    /* resuming */    { NO,   NO,     R,     E,      I,        NO,     O },
  };

  transition_test_table (hs_management_state, expected, NO, events);
}

/* A session is counted only after the server has agreed, and resumed only after it was asked to. */
static void
test_agreed (void)
{
  for (guint state = 0; state < HS_N_MANAGEMENT_STATES; state++)
    {
      g_assert_true (hs_management_state_can (state, HS_MANAGEMENT_ON_ENABLED) == (state == W));
      g_assert_true (hs_management_state_can (state, HS_MANAGEMENT_ON_RESUMED) == (state == R));
      g_assert_cmpint (hs_management_state_get_next (state, HS_MANAGEMENT_ON_END), ==, O);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/management-state/table", test_table);
  g_test_add_func ("/management-state/agreed", test_agreed);
  return g_test_run ();
}
