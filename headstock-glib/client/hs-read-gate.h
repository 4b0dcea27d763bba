/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-transport.h"

G_BEGIN_DECLS

/* Whether a connection reads: all reasons not to, in one place. Several may hold at once, and reading goes on when
 * the last one is gone. */

typedef enum /*< skip >*/
{
  HS_READ_NESTED_LOOP = 1 << 0, /* a handler iterates the main loop: nothing overtakes what the handler looks at */
  HS_READ_OUTPUT_FULL = 1 << 1, /* too much waits to be written */
  HS_READ_TURN_OVER = 1 << 2,   /* what was read is dispatched in the next turn of the main loop */
  HS_READ_STARTTLS = 1 << 3,    /* no stream is open: a TLS handshake comes first, or the stream header */
  HS_READ_N_MASKS = 1 << 4
} HsReadReason;

/* Lies inside its owner. Only hs-read-gate.c uses the fields. */
typedef struct
{
  guint8 mask;
} HsReadGate;

/* FALSE: the mode is the same as before. */
gboolean hs_read_gate_block (HsReadGate *self, HsReadReason reason);
gboolean hs_read_gate_unblock (HsReadGate *self, HsReadReason reason);
gboolean hs_read_gate_is_blocked (const HsReadGate *self, HsReadReason reason);
HsReadMode hs_read_gate_get_mode (const HsReadGate *self);

G_END_DECLS
