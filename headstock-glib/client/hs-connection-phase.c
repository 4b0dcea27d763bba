/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-connection-phase.h"

#include "hs-transition.h"

/* One more than the next phase; 0: the event cannot happen. */
#define TO(phase) (HS_CONNECTION_##phase + 1)

static const guint8 table[HS_N_CONNECTION_PHASES][HS_N_CONNECTION_EVENTS] = {
  [HS_CONNECTION_NONE] = {
    [HS_CONNECTION_ON_CONNECT] = TO (CONNECTING),
    [HS_CONNECTION_ON_CLOSE] = TO (NONE),
    [HS_CONNECTION_ON_RESET] = TO (NONE),
  },
  [HS_CONNECTION_CONNECTING] = {
    [HS_CONNECTION_ON_STREAM] = TO (OPEN),
    [HS_CONNECTION_ON_TLS] = TO (CONNECTING),
    [HS_CONNECTION_ON_CLOSE] = TO (CLOSED),
  },
  [HS_CONNECTION_OPEN] = {
    [HS_CONNECTION_ON_TLS] = TO (SECURING),
    [HS_CONNECTION_ON_CLOSE] = TO (CLOSED),
  },
  [HS_CONNECTION_SECURING] = {
    [HS_CONNECTION_ON_STREAM] = TO (OPEN),
    [HS_CONNECTION_ON_CLOSE] = TO (CLOSED),
  },
  [HS_CONNECTION_CLOSED] = {
    [HS_CONNECTION_ON_CLOSE] = TO (CLOSED),
    [HS_CONNECTION_ON_RESET] = TO (NONE),
  },
};

gboolean
hs_connection_phase_can (HsConnectionPhase phase, HsConnectionEvent event)
{
  return table[phase][event] != 0;
}

HsConnectionPhase
hs_connection_phase_get_next (HsConnectionPhase phase, HsConnectionEvent event)
{
  if (G_UNLIKELY (!hs_connection_phase_can (phase, event)))
    {
      hs_transition_report ("The connection", hs_connection_phase_describe (phase), event);
      return phase;
    }
  return table[phase][event] - 1;
}

const char *
hs_connection_phase_describe (HsConnectionPhase phase)
{
  static const char *const names[HS_N_CONNECTION_PHASES] = { "none", "connecting", "open", "securing", "closed" };

  return names[phase];
}
