/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the modules do before the client signs in. */

typedef enum /*< skip >*/
{
  HS_NEGOTIATION_NONE,      /* no module takes part: none has been asked yet, or all are done */
  HS_NEGOTIATION_UNDER_WAY, /* modules may send requests to the server, and nothing else */
  HS_NEGOTIATION_REFUSED,   /* a module does not want the client to sign in */
  HS_N_NEGOTIATIONS
} HsNegotiation;

typedef enum /*< skip >*/
{
  HS_NEGOTIATION_ON_FEATURES, /* the stream features have come, and the modules are asked */
  HS_NEGOTIATION_ON_DONE,     /* the last module that takes part is done, or none does */
  HS_NEGOTIATION_ON_REFUSAL,  /* a module ends the connection with an error */
  HS_NEGOTIATION_ON_END,      /* the connection is gone; may occur twice */
  HS_N_NEGOTIATION_EVENTS
} HsNegotiationEvent;

/* FALSE: the event cannot happen in this state. */
gboolean hs_negotiation_can (HsNegotiation state, HsNegotiationEvent event);
/* If the event cannot happen: reports that, and returns the same state. */
HsNegotiation hs_negotiation_get_next (HsNegotiation state, HsNegotiationEvent event);
/* For messages and tests. */
const char *hs_negotiation_describe (HsNegotiation state);

G_END_DECLS
