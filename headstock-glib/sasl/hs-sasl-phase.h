/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far a SASL mechanism has come (RFC 4422, 3). Most mechanisms only have the first message and the end; the phases
 * between them are those of SCRAM (RFC 5802, 3) and of OAUTHBEARER (RFC 7628, 3.2). */

typedef enum /*< skip >*/
{
  HS_SASL_PHASE_NEW,
  HS_SASL_PHASE_STARTED,  /* the client's first message is sent */
  HS_SASL_PHASE_DERIVING, /* SCRAM: the server's first message has come, and the key is derived from the password */
  HS_SASL_PHASE_PROVED,   /* SCRAM: the client's proof is sent, and the server must answer with its signature */
  HS_SASL_PHASE_VERIFIED, /* SCRAM: the signature came in a challenge and is right; the success must follow */
  HS_SASL_PHASE_REFUSED,  /* OAUTHBEARER: a challenge said why the server refuses the token; the failure must follow */
  HS_SASL_PHASE_ENDED,    /* the mechanism has succeeded or failed, and takes no message any more */
  HS_N_SASL_PHASES
} HsSaslPhase;

typedef enum /*< skip >*/
{
  HS_SASL_ON_START,     /* the client makes its first message */
  HS_SASL_ON_FIRST,     /* SCRAM: the server's first message has come, and is acceptable */
  HS_SASL_ON_KEY,       /* SCRAM: the key was derived, and the client makes its proof */
  HS_SASL_ON_SIGNATURE, /* SCRAM: the server's signature has come in a challenge, and is right */
  HS_SASL_ON_REFUSAL,   /* OAUTHBEARER: the server's challenge says why it refuses the token */
  HS_SASL_ON_SUCCESS,   /* the server says that the sign-in succeeded, whether the mechanism believes it or not */
  HS_SASL_ON_FAILURE,   /* the mechanism does not accept what has come, or cannot go on */
  HS_N_SASL_EVENTS
} HsSaslEvent;

/* FALSE: the event cannot happen in this phase. */
gboolean hs_sasl_phase_can (HsSaslPhase phase, HsSaslEvent event);
/* If the event cannot happen: reports that, and returns the same phase. */
HsSaslPhase hs_sasl_phase_get_next (HsSaslPhase phase, HsSaslEvent event);
/* For messages and tests. */
const char *hs_sasl_phase_describe (HsSaslPhase phase);

G_END_DECLS
