/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-negotiation.h"

#include "transition-test.h"

#define NO HS_N_NEGOTIATIONS

/* Every state by every event. */
static void
test_table (void)
{
  static const char *const events[HS_N_NEGOTIATION_EVENTS] = { "features", "done", "refusal", "end" };
  static const HsNegotiation expected[HS_N_NEGOTIATIONS][HS_N_NEGOTIATION_EVENTS] = {
#define N HS_NEGOTIATION_NONE
#define U HS_NEGOTIATION_UNDER_WAY
#define R HS_NEGOTIATION_REFUSED
    /*               features done refusal end */
    /* none */      { U,      NO,  NO,     N },
    /* under-way */ { NO,     N,   R,      N },
    /* refused */   { NO,     NO,  NO,     N },
  };

  transition_test_table (hs_negotiation, expected, NO, events);
}

/* Whatever the modules do, the end of the connection ends it. */
static void
test_end (void)
{
  for (guint state = 0; state < HS_N_NEGOTIATIONS; state++)
    g_assert_cmpint (hs_negotiation_get_next (state, HS_NEGOTIATION_ON_END), ==, HS_NEGOTIATION_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/negotiation/table", test_table);
  g_test_add_func ("/negotiation/end", test_end);
  return g_test_run ();
}
