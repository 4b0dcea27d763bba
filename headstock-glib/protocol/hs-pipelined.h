/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The steps that a stream has pipelined: sent before the server had answered the step before. */

typedef enum /*< skip >*/
{
  HS_PIPELINED_NOTHING,
  HS_PIPELINED_STARTTLS_SENT, /* <starttls/>, with the header */
  HS_PIPELINED_BIND_SENT,     /* the request for the resource, with the header after the sign-in */
  HS_PIPELINED_RESUME_SENT,   /* <resume/>, with that header */
  HS_PIPELINED_SESSION_SENT,  /* the request for the resource, and the beginning of the session behind it */
  HS_PIPELINED_SESSION_ALONE, /* the beginning of the session, behind a request that was not pipelined itself */
  HS_PIPELINED_ENABLE_SENT,   /* <enable/>, with that beginning. The resource is bound */
  HS_PIPELINED_ACCEPTED,      /* nothing any more: the server has accepted the session that was pipelined */
  HS_N_PIPELINED
} HsPipelined;

typedef enum /*< skip >*/
{
  HS_PIPELINED_ON_STARTTLS, /* is sent with the header */
  HS_PIPELINED_ON_BIND,     /* is sent with the header */
  HS_PIPELINED_ON_RESUME,   /* is sent with the header */
  HS_PIPELINED_ON_SESSION,  /* begins before its resource is bound */
  HS_PIPELINED_ON_STEP,     /* <starttls/> or the request for the resource is answered, or could not succeed anyway */
  HS_PIPELINED_ON_REFUSAL,  /* no resource is bound, and the session that was sent is not the reason */
  HS_PIPELINED_ON_ENABLING, /* the resource is bound, and <enable/> is still to be answered */
  HS_PIPELINED_ON_ANSWER,   /* the last answer has come */
  HS_N_PIPELINED_EVENTS
} HsPipelinedEvent;

/* An event that means nothing in a state leaves it as it is: what arrives is the server's choice. */
HsPipelined hs_pipelined_get_next (HsPipelined state, HsPipelinedEvent event);

/* Whether the server has still to answer something that was pipelined. */
gboolean hs_pipelined_is_waiting (HsPipelined state);
/* Whether the server has still to answer a session or a resumption that was pipelined. Both rely on the stream features
 * of the last connection. */
gboolean hs_pipelined_is_session_waiting (HsPipelined state);
/* Whether the request for the resource went with the header, and has not been answered. */
gboolean hs_pipelined_has_bind (HsPipelined state);
/* Whether the session began before its resource was bound. */
gboolean hs_pipelined_has_session (HsPipelined state);

/* For messages and tests. */
const char *hs_pipelined_describe (HsPipelined state);

G_END_DECLS
