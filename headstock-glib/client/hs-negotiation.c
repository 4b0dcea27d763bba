/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-negotiation.h"

#include "hs-transition.h"

/* One more than the next state; 0: the event cannot happen. */
#define TO(state) (HS_NEGOTIATION_##state + 1)

static const guint8 table[HS_N_NEGOTIATIONS][HS_N_NEGOTIATION_EVENTS] = {
  [HS_NEGOTIATION_NONE] = {
    [HS_NEGOTIATION_ON_FEATURES] = TO (UNDER_WAY),
    [HS_NEGOTIATION_ON_END] = TO (NONE),
  },
  [HS_NEGOTIATION_UNDER_WAY] = {
    [HS_NEGOTIATION_ON_DONE] = TO (NONE),
    [HS_NEGOTIATION_ON_REFUSAL] = TO (REFUSED),
    [HS_NEGOTIATION_ON_END] = TO (NONE),
  },
  [HS_NEGOTIATION_REFUSED] = {
    [HS_NEGOTIATION_ON_END] = TO (NONE),
  },
};

gboolean
hs_negotiation_can (HsNegotiation state, HsNegotiationEvent event)
{
  return table[state][event] != 0;
}

HsNegotiation
hs_negotiation_get_next (HsNegotiation state, HsNegotiationEvent event)
{
  if (G_UNLIKELY (!hs_negotiation_can (state, event)))
    {
      hs_transition_report ("The negotiation of modules", hs_negotiation_describe (state), event);
      return state;
    }
  return table[state][event] - 1;
}

const char *
hs_negotiation_describe (HsNegotiation state)
{
  static const char *const names[HS_N_NEGOTIATIONS] = { "none", "under-way", "refused" };

  return names[state];
}
