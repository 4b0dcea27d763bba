/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

/* What a stream waits for (RFC 6120, 4 to 7), what ends the wait, and which elements the server may send meanwhile. */

/* The state of a stream, named after what the stream waits for. */
typedef enum /*< skip >*/
{
  HS_STREAM_STATE_CLOSED,    /* nothing: hs_stream_open() has not been called */
  HS_STREAM_STATE_HEADER,    /* the server's stream header */
  HS_STREAM_STATE_FEATURES,  /* the stream features */
  HS_STREAM_STATE_PROCEED,   /* <proceed/>, the answer to <starttls/> */
  HS_STREAM_STATE_HANDSHAKE, /* hs_stream_secured(): the caller does the TLS handshake */
  HS_STREAM_STATE_UNSIGNED,  /* hs_stream_sign_in(): modules may negotiate before it */
  HS_STREAM_STATE_SASL,      /* the server's next message of the mechanism */
  HS_STREAM_STATE_SASL2,     /* the same, in SASL2 */
  HS_STREAM_STATE_TASK,      /* the data for the SASL2 task that was asked for */
  HS_STREAM_STATE_DERIVING,  /* hs_stream_key_derived() */
  HS_STREAM_STATE_BIND,      /* the answer to the resource binding */
  HS_STREAM_STATE_RESUME,    /* <resumed/> or <failed/> */
  HS_STREAM_STATE_SESSION,   /* the answer to the obsolete session request (RFC 3921, 3) */
  HS_STREAM_STATE_COMPONENT, /* the answer to a component's handshake */
  HS_STREAM_STATE_READY,     /* stanzas */
  HS_STREAM_STATE_ENDED,     /* nothing: the server has closed the stream, or the stream has failed */
  HS_STREAM_N_STATES
} HsStreamState;

typedef enum /*< skip >*/
{
  HS_STREAM_ON_HEADER_SENT,    /* the client begins the stream, again after TLS and after the sign-in */
  HS_STREAM_ON_HEADER,         /* the server's stream header has come */
  HS_STREAM_ON_STARTTLS,       /* the stream features have come, and TLS must be started */
  HS_STREAM_ON_PROCEED,        /* the server starts TLS */
  HS_STREAM_ON_FEATURES,       /* the stream features before the sign-in have come */
  HS_STREAM_ON_SASL,           /* the server's next message is due: the client has sent one, perhaps pipelined */
  HS_STREAM_ON_SASL2,          /* the same, in SASL2 */
  HS_STREAM_ON_TASK,           /* the client begins a task inside SASL2 */
  HS_STREAM_ON_KEY_NEEDED,     /* the caller must derive a key from the password */
  HS_STREAM_ON_TOKEN_REFUSED,  /* the server refuses the token: the client may sign in with another secret */
  HS_STREAM_ON_SIGNED_IN,      /* the sign-in inside SASL2 succeeded: the features follow without another header */
  HS_STREAM_ON_BIND,           /* the client asks for a resource */
  HS_STREAM_ON_RESUME,         /* the client asks to resume its session */
  HS_STREAM_ON_SESSION,        /* the client sends the obsolete session request */
  HS_STREAM_ON_HANDSHAKE_SENT, /* a component sends its handshake */
  HS_STREAM_ON_READY,          /* the session begins, or is resumed */
  HS_STREAM_ON_END,            /* the server has closed the stream, or the stream has failed. It may be told twice */
  HS_STREAM_N_CHANGES
} HsStreamChange;

/* The elements that a stream knows, besides stanzas in a session and those of a framed stream. */
typedef enum /*< skip >*/
{
  HS_STREAM_ELEMENT_REQUEST, /* <r/> */
  HS_STREAM_ELEMENT_ACK,     /* <a/> */
  HS_STREAM_ELEMENT_ENABLED,
  HS_STREAM_ELEMENT_RESUMED,
  HS_STREAM_ELEMENT_FAILED, /* of stream management */
  HS_STREAM_ELEMENT_FEATURES,
  HS_STREAM_ELEMENT_ERROR, /* a stream error */
  HS_STREAM_ELEMENT_IQ,
  HS_STREAM_ELEMENT_PROCEED,
  HS_STREAM_ELEMENT_TLS_FAILURE,
  HS_STREAM_ELEMENT_SASL_CHALLENGE,
  HS_STREAM_ELEMENT_SASL_SUCCESS,
  HS_STREAM_ELEMENT_SASL_FAILURE,
  HS_STREAM_ELEMENT_SASL2_CHALLENGE,
  HS_STREAM_ELEMENT_SASL2_SUCCESS,
  HS_STREAM_ELEMENT_SASL2_CONTINUE,
  HS_STREAM_ELEMENT_SASL2_TASK_DATA,
  HS_STREAM_ELEMENT_SASL2_FAILURE,
  HS_STREAM_ELEMENT_HANDSHAKE,
  HS_STREAM_N_ELEMENTS /* unknown */
} HsStreamElement;

/* FALSE: the change cannot happen in this state. */
gboolean hs_stream_state_can (HsStreamState state, HsStreamChange change);
/* If the change cannot happen: reports that, and returns the same state. */
HsStreamState hs_stream_state_get_next (HsStreamState state, HsStreamChange change);
/* Whether the server may send an element in this state. Before the sign-in, any other element is a protocol error. */
gboolean hs_stream_state_expects (HsStreamState state, HsStreamElement element);
HsStreamElement hs_stream_element_find (const HsNode *node);
/* For messages and tests. */
const char *hs_stream_state_describe (HsStreamState state);

G_END_DECLS
