/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-run-phase.h"

#include "hs-transition.h"

/* One more than the next phase; 0: the event cannot happen. */
#define TO(phase) (HS_RUN_##phase + 1)

static const guint8 table[HS_N_RUN_PHASES][HS_N_RUN_EVENTS] = {
  [HS_RUN_IDLE] = {
    [HS_RUN_ON_START] = TO (CONNECTING),
  },
  [HS_RUN_CONNECTING] = {
    [HS_RUN_ON_CONNECT] = TO (CONNECTING),
    [HS_RUN_ON_CONNECTED] = TO (NEGOTIATING),
    [HS_RUN_ON_LOST] = TO (LOST),
    [HS_RUN_ON_NEXT] = TO (CONNECTING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_NEGOTIATING] = {
    [HS_RUN_ON_SIGN_IN] = TO (SIGNED_IN),
    [HS_RUN_ON_LOST] = TO (LOST),
    [HS_RUN_ON_NEXT] = TO (CONNECTING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_SIGNED_IN] = {
    [HS_RUN_ON_SESSION] = TO (READY),
    [HS_RUN_ON_LOST] = TO (LOST),
    [HS_RUN_ON_NEXT] = TO (CONNECTING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_READY] = {
    [HS_RUN_ON_LOST] = TO (LOST),
    [HS_RUN_ON_NEXT] = TO (CONNECTING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_LOST] = {
    [HS_RUN_ON_WAIT] = TO (WAITING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_WAITING] = {
    [HS_RUN_ON_CONNECT] = TO (CONNECTING),
    [HS_RUN_ON_STOP] = TO (STOPPING),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_STOPPING] = {
    /* A handler of `stopping` iterates the main loop. */
    [HS_RUN_ON_CONNECTED] = TO (STOPPING),
    [HS_RUN_ON_SETTLE] = TO (SETTLING),
    [HS_RUN_ON_CLOSE] = TO (CLOSING),
    [HS_RUN_ON_END] = TO (IDLE),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_SETTLING] = {
    [HS_RUN_ON_CLOSE] = TO (CLOSING),
    [HS_RUN_ON_END] = TO (IDLE),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
  [HS_RUN_CLOSING] = {
    [HS_RUN_ON_END] = TO (IDLE),
    [HS_RUN_ON_ABANDON] = TO (IDLE),
  },
};

gboolean
hs_run_phase_can (HsRunPhase phase, HsRunEvent event)
{
  return table[phase][event] != 0;
}

HsRunPhase
hs_run_phase_get_next (HsRunPhase phase, HsRunEvent event)
{
  if (G_UNLIKELY (!hs_run_phase_can (phase, event)))
    {
      hs_transition_report ("The run", hs_run_phase_describe (phase), event);
      return phase;
    }
  return table[phase][event] - 1;
}

HsClientState
hs_run_phase_get_state (HsRunPhase phase, gboolean secured)
{
  switch (phase)
    {
    case HS_RUN_CONNECTING:
      return HS_CLIENT_STATE_CONNECTING;
    case HS_RUN_NEGOTIATING:
      return secured ? HS_CLIENT_STATE_SECURED : HS_CLIENT_STATE_CONNECTED;
    case HS_RUN_SIGNED_IN:
      return HS_CLIENT_STATE_AUTHENTICATED;
    case HS_RUN_READY:
      return HS_CLIENT_STATE_READY;
    case HS_RUN_LOST:
    case HS_RUN_WAITING:
      return HS_CLIENT_STATE_INTERRUPTED;
    case HS_RUN_STOPPING:
    case HS_RUN_SETTLING:
    case HS_RUN_CLOSING:
      return HS_CLIENT_STATE_STOPPING;
    case HS_RUN_IDLE:
    case HS_N_RUN_PHASES:
    default:
      return HS_CLIENT_STATE_DISCONNECTED;
    }
}

const char *
hs_run_phase_describe (HsRunPhase phase)
{
  static const char *const names[HS_N_RUN_PHASES] = {
    "idle", "connecting", "negotiating", "signed-in", "ready", "lost", "waiting", "stopping", "settling", "closing",
  };

  return names[phase];
}
