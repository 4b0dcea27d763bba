/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-pipelining.h"

#define TO(state) HS_PIPELINING_##state

/* A connection that was cut proves nothing. If pipelining has worked with this server before, the network is taken
 * for the cause, the first time. If pipelining has never worked, the next sign-in does without it and decides: a server
 * that fails with pipelining and succeeds without it, at the same address, does not support it. While pipelining is
 * off, it is not the cause of any failure. */
static const guint8 table[HS_N_PIPELINING][HS_N_PIPELINING_EVENTS] = {
  [HS_PIPELINING_ALLOWED] = {
    [HS_PIPELINING_ON_OUTDATED] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_LOST] = TO (SUSPECTED),
    [HS_PIPELINING_ON_REFUSED] = TO (OFF),
    [HS_PIPELINING_ON_BOUND] = TO (WORKED),
    [HS_PIPELINING_ON_BOUND_THERE] = TO (WORKED),
  },
  [HS_PIPELINING_WORKED] = {
    [HS_PIPELINING_ON_OUTDATED] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_LOST] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_REFUSED] = TO (OFF),
    [HS_PIPELINING_ON_BOUND] = TO (WORKED),
    [HS_PIPELINING_ON_BOUND_THERE] = TO (WORKED),
  },
  [HS_PIPELINING_OFF_UNTIL_BOUND] = {
    [HS_PIPELINING_ON_OUTDATED] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_LOST] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_REFUSED] = TO (OFF_UNTIL_BOUND),
    [HS_PIPELINING_ON_BOUND] = TO (ALLOWED),
    [HS_PIPELINING_ON_BOUND_THERE] = TO (ALLOWED),
  },
  [HS_PIPELINING_SUSPECTED] = {
    [HS_PIPELINING_ON_OUTDATED] = TO (SUSPECTED),
    [HS_PIPELINING_ON_LOST] = TO (SUSPECTED),
    [HS_PIPELINING_ON_REFUSED] = TO (SUSPECTED),
    [HS_PIPELINING_ON_BOUND] = TO (ALLOWED),
    [HS_PIPELINING_ON_BOUND_THERE] = TO (OFF),
  },
  [HS_PIPELINING_OFF] = {
    [HS_PIPELINING_ON_OUTDATED] = TO (OFF),
    [HS_PIPELINING_ON_LOST] = TO (OFF),
    [HS_PIPELINING_ON_REFUSED] = TO (OFF),
    [HS_PIPELINING_ON_BOUND] = TO (OFF),
    [HS_PIPELINING_ON_BOUND_THERE] = TO (OFF),
  },
};

HsPipelining
hs_pipelining_get_next (HsPipelining state, HsPipeliningEvent event)
{
  return table[state][event];
}

gboolean
hs_pipelining_is_allowed (HsPipelining state)
{
  return state == HS_PIPELINING_ALLOWED || state == HS_PIPELINING_WORKED;
}

const char *
hs_pipelining_describe (HsPipelining state)
{
  static const char *const names[HS_N_PIPELINING] = { "allowed", "worked", "off-until-bound", "suspected", "off" };

  return names[state];
}
