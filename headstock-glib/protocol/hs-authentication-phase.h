/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far the sign-in of a stream has come (RFC 6120, 6; XEP-0388). */

typedef enum /*< skip >*/
{
  HS_AUTHENTICATION_NOT_BEGUN, /* no mechanism is at work: none was chosen, or the server has refused the token */
  HS_AUTHENTICATION_PIPELINED, /* the mechanism's first message was sent before the server's stream features came */
  HS_AUTHENTICATION_UNDER_WAY, /* the mechanism exchanges its messages with the server */
  HS_AUTHENTICATION_PROVED,    /* the mechanism has accepted the server's last message */
  HS_AUTHENTICATION_UPGRADING, /* the same, and the server stores a better hash of the password (XEP-0480) */
  HS_AUTHENTICATION_SUCCEEDED, /* the server has accepted the sign-in */
  HS_N_AUTHENTICATION_PHASES
} HsAuthenticationPhase;

typedef enum /*< skip >*/
{
  HS_AUTHENTICATION_ON_START,     /* the client sends the first message of a mechanism */
  HS_AUTHENTICATION_ON_PIPELINE,  /* that message goes out before the stream features have come */
  HS_AUTHENTICATION_ON_FEATURES,  /* the stream features have come, and allow what was pipelined */
  HS_AUTHENTICATION_ON_PROOF,     /* the mechanism accepts the server's last message */
  HS_AUTHENTICATION_ON_UPGRADE,   /* the task of the better hash begins */
  HS_AUTHENTICATION_ON_REFUSAL,   /* the server refuses the token: another mechanism may follow on this stream */
  HS_AUTHENTICATION_ON_SUCCESS,   /* the server accepts the sign-in */
  HS_AUTHENTICATION_ON_HANDSHAKE, /* the server accepts the handshake of a component, which has no mechanism */
  HS_N_AUTHENTICATION_EVENTS
} HsAuthenticationEvent;

/* FALSE: the event cannot happen in this phase. */
gboolean hs_authentication_phase_can (HsAuthenticationPhase phase, HsAuthenticationEvent event);
/* If the event cannot happen: reports that, and returns the same phase. */
HsAuthenticationPhase hs_authentication_phase_get_next (HsAuthenticationPhase phase, HsAuthenticationEvent event);

/* Whether the mechanism has accepted the server's last message: it expects no other. */
static inline gboolean
hs_authentication_phase_is_proved (HsAuthenticationPhase phase)
{
  return phase >= HS_AUTHENTICATION_PROVED;
}

/* For messages and tests. */
const char *hs_authentication_phase_describe (HsAuthenticationPhase phase);

G_END_DECLS
