/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far a connection has come. */

typedef enum /*< skip >*/
{
  HS_CONNECTION_NONE,       /* there is no connection */
  HS_CONNECTION_CONNECTING, /* an address is tried, and no stream has begun */
  HS_CONNECTION_OPEN,       /* the stream can be written and read */
  HS_CONNECTION_SECURING,   /* the stream waits for the TLS handshake (RFC 6120, 5.4.3.3) */
  HS_CONNECTION_CLOSED,     /* nothing can be written any more, and the stream is taken away next */
  HS_N_CONNECTION_PHASES
} HsConnectionPhase;

typedef enum /*< skip >*/
{
  HS_CONNECTION_ON_CONNECT, /* an attempt begins */
  HS_CONNECTION_ON_STREAM,  /* a stream begins, or goes on under TLS */
  HS_CONNECTION_ON_TLS,     /* the TLS handshake begins */
  HS_CONNECTION_ON_CLOSE,   /* the connection ends. It may be told twice */
  HS_CONNECTION_ON_RESET,   /* all that was left of the connection is taken away. It may be told twice */
  HS_N_CONNECTION_EVENTS
} HsConnectionEvent;

/* FALSE: the event cannot happen in this phase. */
gboolean hs_connection_phase_can (HsConnectionPhase phase, HsConnectionEvent event);
/* If the event cannot happen: reports that, and returns the same phase. */
HsConnectionPhase hs_connection_phase_get_next (HsConnectionPhase phase, HsConnectionEvent event);
/* For messages and tests. */
const char *hs_connection_phase_describe (HsConnectionPhase phase);

G_END_DECLS
