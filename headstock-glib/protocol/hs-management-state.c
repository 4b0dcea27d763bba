/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-management-state.h"

#include "hs-transition.h"

/* One more than the next state; 0: the event cannot happen. */
#define TO(state) (HS_MANAGEMENT_##state + 1)

static const guint8 table[HS_N_MANAGEMENT_STATES][HS_N_MANAGEMENT_EVENTS] = {
  [HS_MANAGEMENT_OFF] = {
    [HS_MANAGEMENT_ON_ENABLE] = TO (ENABLING),
    [HS_MANAGEMENT_ON_RESTORE] = TO (INTERRUPTED),
    [HS_MANAGEMENT_ON_END] = TO (OFF),
  },
  [HS_MANAGEMENT_ENABLING] = {
    [HS_MANAGEMENT_ON_ENABLED] = TO (ENABLED),
    [HS_MANAGEMENT_ON_END] = TO (OFF),
  },
  [HS_MANAGEMENT_ENABLED] = {
    [HS_MANAGEMENT_ON_INTERRUPT] = TO (INTERRUPTED),
    [HS_MANAGEMENT_ON_END] = TO (OFF),
  },
  [HS_MANAGEMENT_INTERRUPTED] = {
    [HS_MANAGEMENT_ON_RESUME] = TO (RESUMING),
    [HS_MANAGEMENT_ON_END] = TO (OFF),
  },
  [HS_MANAGEMENT_RESUMING] = {
    /* Inside SASL2, and the token was refused: the next try asks once more. */
    [HS_MANAGEMENT_ON_RESUME] = TO (RESUMING),
    [HS_MANAGEMENT_ON_RESUMED] = TO (ENABLED),
    [HS_MANAGEMENT_ON_INTERRUPT] = TO (INTERRUPTED),
    [HS_MANAGEMENT_ON_END] = TO (OFF),
  },
};

gboolean
hs_management_state_can (HsManagementState state, HsManagementEvent event)
{
  return table[state][event] != 0;
}

HsManagementState
hs_management_state_get_next (HsManagementState state, HsManagementEvent event)
{
  if (G_UNLIKELY (!hs_management_state_can (state, event)))
    {
      hs_transition_report ("Stream management", hs_management_state_describe (state), event);
      return state;
    }
  return table[state][event] - 1;
}

const char *
hs_management_state_describe (HsManagementState state)
{
  static const char *const names[HS_N_MANAGEMENT_STATES] = {
    "off", "enabling", "enabled", "interrupted", "resuming",
  };

  return names[state];
}
