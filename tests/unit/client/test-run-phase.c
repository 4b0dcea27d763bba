/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-run-phase.h"

#include "transition-test.h"

#define NO HS_N_RUN_PHASES

static const char *const events[HS_N_RUN_EVENTS] = {
  "start", "connect", "connected", "sign-in", "session", "lost", "next", "wait", "stop", "settle", "close", "end",
  "abandon",
};

/* Every phase by every event. */
static const HsRunPhase expected[HS_N_RUN_PHASES][HS_N_RUN_EVENTS] = {
#define I HS_RUN_IDLE
#define C HS_RUN_CONNECTING
#define N HS_RUN_NEGOTIATING
#define A HS_RUN_SIGNED_IN
#define R HS_RUN_READY
#define L HS_RUN_LOST
#define W HS_RUN_WAITING
#define S HS_RUN_STOPPING
#define T HS_RUN_SETTLING
#define X HS_RUN_CLOSING
#define _ NO
  /*              start con.  ed  sign-in sess. lost next wait stop sett. close end abandon */
  /* idle */        { C, _, _, _, _, _, _, _, _, _, _, _, _ },
  /* connecting */  { _, C, N, _, _, L, C, _, S, _, _, _, I },
  /* negotiating */ { _, _, _, A, _, L, C, _, S, _, _, _, I },
  /* signed-in */   { _, _, _, _, R, L, C, _, S, _, _, _, I },
  /* ready */       { _, _, _, _, _, L, C, _, S, _, _, _, I },
  /* lost */        { _, _, _, _, _, _, _, W, S, _, _, _, I },
  /* waiting */     { _, C, _, _, _, _, _, _, S, _, _, _, I },
  /* stopping */    { _, _, S, _, _, _, _, _, _, T, X, I, I },
  /* settling */    { _, _, _, _, _, _, _, _, _, _, X, I, I },
  /* closing */     { _, _, _, _, _, _, _, _, _, _, _, I, I },
};

static void
test_table (void)
{
  transition_test_table (hs_run_phase, expected, NO, events);
}

/* Each run can end, whatever happens, not without `stopping`; and one that ends does not go back. One whose client is
 * freed ends from any phase. */
static void
test_end (void)
{
  for (guint phase = HS_RUN_CONNECTING; phase < HS_N_RUN_PHASES; phase++)
    {
      gboolean ending = hs_run_phase_is_ending (phase);

      g_assert_true (hs_run_phase_can (phase, HS_RUN_ON_END) == ending);
      g_assert_true (hs_run_phase_can (phase, HS_RUN_ON_STOP) == !ending);
      g_assert_cmpint (hs_run_phase_get_next (phase, HS_RUN_ON_ABANDON), ==, HS_RUN_IDLE);
      for (guint event = 0; ending && event < HS_RUN_ON_END; event++)
        {
          if (hs_run_phase_can (phase, event))
            g_assert_true (hs_run_phase_is_ending (hs_run_phase_get_next (phase, event)));
        }
    }
}

static void
test_state (void)
{
  static const HsClientState states[HS_N_RUN_PHASES] = {
    HS_CLIENT_STATE_DISCONNECTED,  HS_CLIENT_STATE_CONNECTING, HS_CLIENT_STATE_CONNECTED,
    HS_CLIENT_STATE_AUTHENTICATED, HS_CLIENT_STATE_READY,      HS_CLIENT_STATE_INTERRUPTED,
    HS_CLIENT_STATE_INTERRUPTED,   HS_CLIENT_STATE_STOPPING,   HS_CLIENT_STATE_STOPPING,
    HS_CLIENT_STATE_STOPPING,
  };

  for (guint phase = 0; phase < HS_N_RUN_PHASES; phase++)
    {
      g_assert_cmpint (hs_run_phase_get_state (phase, FALSE), ==, states[phase]);
      if (phase != HS_RUN_NEGOTIATING)
        g_assert_cmpint (hs_run_phase_get_state (phase, TRUE), ==, states[phase]);
    }
  g_assert_cmpint (hs_run_phase_get_state (HS_RUN_NEGOTIATING, TRUE), ==, HS_CLIENT_STATE_SECURED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

  g_test_add_func ("/run-phase/table", test_table);
  g_test_add_func ("/run-phase/end", test_end);
  g_test_add_func ("/run-phase/state", test_state);

  return g_test_run ();
}
