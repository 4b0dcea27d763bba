/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-authentication.h"
#include "protocol/hs-binding.h"
#include "protocol/hs-foreign-protocol.h"
#include "protocol/hs-stream.h"
#include "protocol/hs-stream-state.h"

G_BEGIN_DECLS

/* Shared by hs-stream*.c: the struct of a stream, and the functions of its steps. Each file named below uses only the
 * files above it; hs-stream.c, with the function for each element, is on top of all. */

struct _HsStream
{
  HsStreamConfig config; /* with strings of its own; the secret of a component only */
  gpointer user_data;    /* for config.is_secure */
  HsStreamManagement *management; /* of the session; NULL: none was asked for */
  HsParser *parser;
  GByteArray *output; /* for hs_stream_take_output() */
  GError *error;      /* of FAILED */
  GError *xml_error;  /* the parser has found it; the elements before it are taken first */

  guint8 state;              /* HsStreamState */
  guint8 pending;            /* HsStreamEventType */
  guint8 following;          /* HsStreamEventType: comes after the pending event */
  guint header_received : 1; /* at least one of the server's */
  guint closing : 1;         /* </stream:stream> has been written */
  guint owes_count : 1;      /* a stanza was taken that counts as received once it is given back */

  HsFirstBytes first_bytes; /* of the connection, to tell a foreign protocol */
  char *other_name;         /* the server's name for itself, if it is not the account's domain */
  char *other_host;         /* of see-other-host */
  gsize max_bytes;          /* of one stanza before the sign-in (XEP-0478), or 0; the session has its own limit */
  HsParserEvent *features_event; /* of the FEATURES before the sign-in, kept until the sign-in begins */
  HsStreamFeatures *features;    /* before the sign-in */

  HsAuthentication authentication;
  HsBinding binding;
};

/* hs-stream-core.c */
/* The only function that sets the state. A change that cannot happen in the present state ends the stream with an
 * error: the caller goes on, and the next event is FAILED. */
void hs_stream_change (HsStream *self, HsStreamChange change);
gboolean hs_stream_is_secure (HsStream *self);
GByteArray *hs_stream_get_output (HsStream *self);
void hs_stream_write (HsStream *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void hs_stream_send_header (HsStream *self);
/* Asks the server for stream management in a new session (XEP-0198, 3). */
void hs_stream_write_enable (HsStream *self);
void hs_stream_give_up_session (HsStream *self);
void hs_stream_protocol_error (HsStream *self, const char *condition, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void hs_stream_set_session_limit (HsStream *self, gsize max_bytes);
void hs_stream_become_ready (HsStream *self, HsStreamEventType event);

/* hs-stream-sasl.c */
void hs_stream_sasl_failed (HsStream *self, GError *error);
guint8 *hs_stream_decode (HsNode *node, gsize *length, GError **error);
gboolean hs_stream_finish_mechanism (HsStream *self, const guint8 *data, gsize length);

/* hs-stream-managed.c */
void hs_stream_on_enabled (HsStream *self, HsNode *node);
void hs_stream_on_not_enabled (HsStream *self, HsNode *node);
void hs_stream_on_resumed (HsStream *self, HsNode *node);
void hs_stream_on_ack (HsStream *self, HsNode *node);
void hs_stream_on_request (HsStream *self, HsNode *node);
gboolean hs_stream_counts (HsStream *self);
void hs_stream_count_in (HsStream *self, guint n);

/* hs-stream-session.c */
void hs_stream_take_features (HsStream *self, HsNode *node);
void hs_stream_pipeline_bind (HsStream *self);
void hs_stream_on_not_resumed (HsStream *self, HsNode *node);
void hs_stream_on_pipelined_answer (HsStream *self, HsNode *node);
void hs_stream_on_bind_answer (HsStream *self, HsNode *node);
void hs_stream_on_session_answer (HsStream *self, HsNode *node);
/* Whether an iq from before the session answers none of the stream's own requests. */
gboolean hs_stream_is_stray_answer (HsStream *self, HsNode *node);
gboolean hs_stream_keep_stanza (HsStream *self, HsParserEvent *parsed);
gboolean hs_stream_may_ignore (HsStream *self, HsNode *node);
void hs_stream_send_handshake (HsStream *self, HsNode *header);
void hs_stream_on_handshake (HsStream *self, HsNode *node);

/* hs-stream-sasl2.c */
void hs_stream_authenticate (HsStream *self,
                             const HsSaslCredentials *credentials,
                             GBytes *initial);
void hs_stream_respond2 (HsStream *self, GBytes *response);
void hs_stream_on_success2 (HsStream *self, HsNode *node);
void hs_stream_on_late_features (HsStream *self, HsNode *node);
void hs_stream_on_continue (HsStream *self, HsNode *node);
void hs_stream_on_task_data (HsStream *self, HsNode *node);
void hs_stream_send_upgrade (HsStream *self, GBytes *key);

/* hs-stream-sign-in.c */
void hs_stream_on_challenge (HsStream *self, HsNode *node);
void hs_stream_on_success (HsStream *self, HsNode *node);
void hs_stream_on_failure (HsStream *self, HsNode *node);
void hs_stream_check_features (HsStream *self, HsNode *node);

G_END_DECLS
