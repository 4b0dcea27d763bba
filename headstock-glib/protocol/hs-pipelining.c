/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-pipelining.h"

#define TO(state) HS_PIPELINING_##state

/* A cut says nothing certain: where pipelining has worked before it was the network, the first time. Where it has
 * never worked, the sign-in that follows without it tells: what fails with pipelining and works without, at one
 * address, does not bear it. While it is off, nothing that fails is its fault. */
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
