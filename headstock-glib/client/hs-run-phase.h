/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"

G_BEGIN_DECLS

/* The phases of a run, from hs_client_start() to `terminated`. */

typedef enum /*< skip >*/
{
  HS_RUN_IDLE,        /* there is no run */
  HS_RUN_CONNECTING,  /* an address is tried, or is about to be */
  HS_RUN_NEGOTIATING, /* `connected` was emitted: TLS and the sign-in are next */
  HS_RUN_SIGNED_IN,   /* the server has accepted the sign-in: binding or resumption is next */
  HS_RUN_READY,       /* a session stands */
  HS_RUN_LOST,        /* the connection is gone, and `disconnected` is still to be emitted */
  HS_RUN_WAITING,     /* for the time of the next connection */
  HS_RUN_STOPPING,    /* `stopping` is being emitted. No connection follows, in this phase and the next two */
  HS_RUN_SETTLING,    /* the last acknowledgements are waited for */
  HS_RUN_CLOSING,     /* our stream is closed, and the end of the server's is waited for */
  HS_N_RUN_PHASES
} HsRunPhase;

typedef enum /*< skip >*/
{
  HS_RUN_ON_START,
  HS_RUN_ON_CONNECT,   /* the time has come */
  HS_RUN_ON_CONNECTED, /* the socket is connected */
  HS_RUN_ON_SIGN_IN,   /* the server has accepted the sign-in */
  HS_RUN_ON_SESSION,   /* a session stands, new or resumed */
  HS_RUN_ON_LOST,      /* the connection is of no more use; another one follows after a wait */
  HS_RUN_ON_NEXT,      /* another one follows at once: another address, or another host */
  HS_RUN_ON_WAIT,      /* `disconnected` is about to be emitted */
  HS_RUN_ON_STOP,      /* the run ends, by hs_client_stop() or an error */
  HS_RUN_ON_SETTLE,    /* something that was sent is not acknowledged */
  HS_RUN_ON_CLOSE,     /* nothing is left to be acknowledged, or the time for it is over */
  HS_RUN_ON_END,       /* the connection is over and no other follows */
  HS_RUN_ON_ABANDON,   /* the last reference to the client is dropped: the run ends without a signal */
  HS_N_RUN_EVENTS
} HsRunEvent;

/* FALSE: the event cannot happen in this phase. */
gboolean hs_run_phase_can (HsRunPhase phase, HsRunEvent event);
/* If the event cannot happen: reports that, and returns the same phase. */
HsRunPhase hs_run_phase_get_next (HsRunPhase phase, HsRunEvent event);

/* The value of HsClient:state. @secured: the connection is under TLS. */
HsClientState hs_run_phase_get_state (HsRunPhase phase, gboolean secured);

/* For messages and tests. */
const char *hs_run_phase_describe (HsRunPhase phase);

/* Whether the run ends, and no connection follows. */
static inline gboolean
hs_run_phase_is_ending (HsRunPhase phase)
{
  return phase >= HS_RUN_STOPPING;
}

G_END_DECLS
