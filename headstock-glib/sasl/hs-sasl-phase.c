/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-phase.h"

#include "hs-transition.h"

/* One more than the next phase; 0: the event cannot happen. */
#define TO(phase) (HS_SASL_PHASE_##phase + 1)

/* A success ends the mechanism in each phase. Whether it is believed, the mechanism decides by its phase: SCRAM only
 * after the server's signature, most others at once. */
static const guint8 table[HS_N_SASL_PHASES][HS_N_SASL_EVENTS] = {
  [HS_SASL_PHASE_NEW] = {
    [HS_SASL_ON_START] = TO (STARTED),
  },
  [HS_SASL_PHASE_STARTED] = {
    [HS_SASL_ON_FIRST] = TO (DERIVING),
    [HS_SASL_ON_REFUSAL] = TO (REFUSED),
    [HS_SASL_ON_SUCCESS] = TO (ENDED),
    [HS_SASL_ON_FAILURE] = TO (ENDED),
  },
  [HS_SASL_PHASE_DERIVING] = {
    [HS_SASL_ON_KEY] = TO (PROVED),
    [HS_SASL_ON_SUCCESS] = TO (ENDED),
    [HS_SASL_ON_FAILURE] = TO (ENDED),
  },
  [HS_SASL_PHASE_PROVED] = {
    [HS_SASL_ON_SIGNATURE] = TO (VERIFIED),
    [HS_SASL_ON_SUCCESS] = TO (ENDED),
    [HS_SASL_ON_FAILURE] = TO (ENDED),
  },
  [HS_SASL_PHASE_VERIFIED] = {
    [HS_SASL_ON_SUCCESS] = TO (ENDED),
    [HS_SASL_ON_FAILURE] = TO (ENDED),
  },
  [HS_SASL_PHASE_REFUSED] = {
    [HS_SASL_ON_SUCCESS] = TO (ENDED),
    [HS_SASL_ON_FAILURE] = TO (ENDED),
  },
};

gboolean
hs_sasl_phase_can (HsSaslPhase phase, HsSaslEvent event)
{
  return table[phase][event] != 0;
}

HsSaslPhase
hs_sasl_phase_get_next (HsSaslPhase phase, HsSaslEvent event)
{
  if (G_UNLIKELY (!hs_sasl_phase_can (phase, event)))
    {
      hs_transition_report ("The mechanism", hs_sasl_phase_describe (phase), event);
      return phase;
    }
  return table[phase][event] - 1;
}

const char *
hs_sasl_phase_describe (HsSaslPhase phase)
{
  static const char *const names[HS_N_SASL_PHASES] = {
    "new", "started", "deriving", "proved", "verified", "refused", "ended",
  };

  return names[phase];
}
