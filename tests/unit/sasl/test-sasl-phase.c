/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl/hs-sasl-phase.h"

#include "transition-test.h"

#define NO HS_N_SASL_PHASES

/* Every phase by every event. */
static void
test_table (void)
{
  static const char *const events[HS_N_SASL_EVENTS] = {
    "start", "first", "key", "signature", "refusal", "success", "failure",
  };
  static const HsSaslPhase expected[HS_N_SASL_PHASES][HS_N_SASL_EVENTS] = {
#define S HS_SASL_PHASE_STARTED
#define D HS_SASL_PHASE_DERIVING
#define P HS_SASL_PHASE_PROVED
#define V HS_SASL_PHASE_VERIFIED
#define R HS_SASL_PHASE_REFUSED
#define E HS_SASL_PHASE_ENDED
    /*              start first key signature refusal success failure */
    /* new */      { S,   NO,   NO, NO,       NO,     NO,     NO },
    /* started */  { NO,  D,    NO, NO,       R,      E,      E },
    /* deriving */ { NO,  NO,   P,  NO,       NO,     E,      E },
    /* proved */   { NO,  NO,   NO, V,        NO,     E,      E },
    /* verified */ { NO,  NO,   NO, NO,       NO,     E,      E },
    /* refused */  { NO,  NO,   NO, NO,       NO,     E,      E },
    /* ended */    { NO,  NO,   NO, NO,       NO,     NO,     NO },
  };

  transition_test_table (hs_sasl_phase, expected, NO, events);
}

/* The server may end a mechanism at work at any time, and nothing goes on afterwards. */
static void
test_end (void)
{
  for (guint phase = 0; phase < HS_N_SASL_PHASES; phase++)
    {
      gboolean is_at_work = phase != HS_SASL_PHASE_NEW && phase != HS_SASL_PHASE_ENDED;

      g_assert_true (hs_sasl_phase_can (phase, HS_SASL_ON_SUCCESS) == is_at_work);
      g_assert_true (hs_sasl_phase_can (phase, HS_SASL_ON_FAILURE) == is_at_work);
    }
  for (guint event = 0; event < HS_N_SASL_EVENTS; event++)
    g_assert_false (hs_sasl_phase_can (HS_SASL_PHASE_ENDED, event));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl-phase/table", test_table);
  g_test_add_func ("/sasl-phase/end", test_end);
  return g_test_run ();
}
