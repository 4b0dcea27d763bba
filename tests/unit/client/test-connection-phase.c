/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-connection-phase.h"

#include "transition-test.h"

#define NO HS_N_CONNECTION_PHASES

static const char *const events[HS_N_CONNECTION_EVENTS] = { "connect", "stream", "tls", "close", "reset" };

/* Every phase by every event. */
static const HsConnectionPhase expected[HS_N_CONNECTION_PHASES][HS_N_CONNECTION_EVENTS] = {
#define N HS_CONNECTION_NONE
#define C HS_CONNECTION_CONNECTING
#define O HS_CONNECTION_OPEN
#define S HS_CONNECTION_SECURING
#define X HS_CONNECTION_CLOSED
#define _ NO
  /*              connect stream tls close reset */
  /* none */       { C, _, _, N, N },
  /* connecting */ { _, O, C, X, _ },
  /* open */       { _, _, S, X, _ },
  /* securing */   { _, O, _, X, _ },
  /* closed */     { _, _, _, X, N },
};

static void
test_table (void)
{
  transition_test_table (hs_connection_phase, expected, NO, events);
}

/* A connection can end in each phase, and then another one can begin. */
static void
test_end (void)
{
  for (guint phase = 0; phase < HS_N_CONNECTION_PHASES; phase++)
    {
      HsConnectionPhase closed = hs_connection_phase_get_next (phase, HS_CONNECTION_ON_CLOSE);

      g_assert_cmpint (hs_connection_phase_get_next (closed, HS_CONNECTION_ON_RESET), ==, HS_CONNECTION_NONE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-phase/table", test_table);
  g_test_add_func ("/connection-phase/end", test_end);
  return g_test_run ();
}
