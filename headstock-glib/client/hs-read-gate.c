/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-read-gate.h"

static const HsReadMode modes[HS_READ_N_MASKS] = {
  [0] = HS_READ_MODE_READ,
  [HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_OUTPUT_FULL] = HS_READ_MODE_STOP,
  [HS_READ_OUTPUT_FULL | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_TURN_OVER] = HS_READ_MODE_HOLD,
  [HS_READ_TURN_OVER | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_TURN_OVER | HS_READ_OUTPUT_FULL] = HS_READ_MODE_STOP,
  [HS_READ_TURN_OVER | HS_READ_OUTPUT_FULL | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_OUTPUT_FULL] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_OUTPUT_FULL | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_TURN_OVER] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_TURN_OVER | HS_READ_NESTED_LOOP] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_TURN_OVER | HS_READ_OUTPUT_FULL] = HS_READ_MODE_STOP,
  [HS_READ_STARTTLS | HS_READ_TURN_OVER | HS_READ_OUTPUT_FULL | HS_READ_NESTED_LOOP]
  = HS_READ_MODE_STOP,
};

static gboolean
set_mask (HsReadGate *self, guint mask)
{
  HsReadMode before = modes[self->mask];

  self->mask = mask;
  return modes[mask] != before;
}

gboolean
hs_read_gate_block (HsReadGate *self, HsReadReason reason)
{
  return set_mask (self, self->mask | reason);
}

gboolean
hs_read_gate_unblock (HsReadGate *self, HsReadReason reason)
{
  return set_mask (self, self->mask & ~(guint) reason);
}

gboolean
hs_read_gate_is_blocked (const HsReadGate *self, HsReadReason reason)
{
  return (self->mask & reason) != 0;
}

HsReadMode
hs_read_gate_get_mode (const HsReadGate *self)
{
  return modes[self->mask];
}
