/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication-phase.h"

#include "transition-test.h"

#define NO HS_N_AUTHENTICATION_PHASES

static const char *const events[HS_N_AUTHENTICATION_EVENTS] = {
  "start", "pipeline", "features", "proof", "upgrade", "refusal", "success", "handshake",
};

/* Every phase by every event. */
static const HsAuthenticationPhase expected[HS_N_AUTHENTICATION_PHASES][HS_N_AUTHENTICATION_EVENTS] = {
#define N HS_AUTHENTICATION_NOT_BEGUN
#define P HS_AUTHENTICATION_PIPELINED
#define W HS_AUTHENTICATION_UNDER_WAY
#define V HS_AUTHENTICATION_PROVED
#define U HS_AUTHENTICATION_UPGRADING
#define S HS_AUTHENTICATION_SUCCEEDED
#define _ NO
  /*             start pipel. feat. proof upgr. refus. succ. handsh. */
  /* not-begun */ { W, _, _, _, _, _, _, S },
  /* pipelined */ { _, _, W, _, _, _, _, _ },
  /* under-way */ { _, P, _, V, _, N, _, _ },
  /* proved */    { _, _, _, _, U, N, S, _ },
  /* upgrading */ { _, _, _, _, _, N, S, _ },
  /* succeeded */ { _, _, _, _, _, _, _, _ },
};

static void
test_table (void)
{
  transition_test_table (hs_authentication_phase, expected, NO, events);
}

/* A sign-in with a mechanism succeeds only after the mechanism has accepted the server's last message, and nothing
 * follows a sign-in that has succeeded. */
static void
test_proof (void)
{
  for (guint phase = 0; phase < HS_N_AUTHENTICATION_PHASES; phase++)
    {
      gboolean proved = hs_authentication_phase_is_proved (phase);

      g_assert_true (hs_authentication_phase_can (phase, HS_AUTHENTICATION_ON_SUCCESS)
                     == (proved && phase != HS_AUTHENTICATION_SUCCEEDED));
      g_assert_true (proved == (phase == V || phase == U || phase == S));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authentication-phase/table", test_table);
  g_test_add_func ("/authentication-phase/proof", test_proof);
  return g_test_run ();
}
