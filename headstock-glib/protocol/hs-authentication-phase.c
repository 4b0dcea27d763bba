/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication-phase.h"

#include "hs-transition.h"

/* One more than the next phase; 0: the event cannot happen. */
#define TO(phase) (HS_AUTHENTICATION_##phase + 1)

/* A sign-in succeeds only after the mechanism has accepted the server's last message: that message may prove that
 * the server knows the password. */
static const guint8 table[HS_N_AUTHENTICATION_PHASES][HS_N_AUTHENTICATION_EVENTS] = {
  [HS_AUTHENTICATION_NOT_BEGUN] = {
    [HS_AUTHENTICATION_ON_START] = TO (UNDER_WAY),
    [HS_AUTHENTICATION_ON_HANDSHAKE] = TO (SUCCEEDED),
  },
  [HS_AUTHENTICATION_PIPELINED] = {
    [HS_AUTHENTICATION_ON_FEATURES] = TO (UNDER_WAY),
  },
  [HS_AUTHENTICATION_UNDER_WAY] = {
    [HS_AUTHENTICATION_ON_PIPELINE] = TO (PIPELINED),
    [HS_AUTHENTICATION_ON_PROOF] = TO (PROVED),
    [HS_AUTHENTICATION_ON_REFUSAL] = TO (NOT_BEGUN),
  },
  [HS_AUTHENTICATION_PROVED] = {
    [HS_AUTHENTICATION_ON_UPGRADE] = TO (UPGRADING),
    [HS_AUTHENTICATION_ON_REFUSAL] = TO (NOT_BEGUN),
    [HS_AUTHENTICATION_ON_SUCCESS] = TO (SUCCEEDED),
  },
  [HS_AUTHENTICATION_UPGRADING] = {
    [HS_AUTHENTICATION_ON_REFUSAL] = TO (NOT_BEGUN),
    [HS_AUTHENTICATION_ON_SUCCESS] = TO (SUCCEEDED),
  },
};

gboolean
hs_authentication_phase_can (HsAuthenticationPhase phase, HsAuthenticationEvent event)
{
  return table[phase][event] != 0;
}

HsAuthenticationPhase
hs_authentication_phase_get_next (HsAuthenticationPhase phase, HsAuthenticationEvent event)
{
  if (G_UNLIKELY (!hs_authentication_phase_can (phase, event)))
    {
      hs_transition_report ("The sign-in", hs_authentication_phase_describe (phase), event);
      return phase;
    }
  return table[phase][event] - 1;
}

const char *
hs_authentication_phase_describe (HsAuthenticationPhase phase)
{
  static const char *const names[HS_N_AUTHENTICATION_PHASES] = {
    "not-begun", "pipelined", "under-way", "proved", "upgrading", "succeeded",
  };

  return names[phase];
}
