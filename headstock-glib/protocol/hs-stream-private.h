/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-foreign-protocol.h"
#include "protocol/hs-stream.h"

G_BEGIN_DECLS

/* What hs-stream*.c share: the stream's states, and what moves the stream from one to the next. Each file named below
 * uses only the files above it; hs-stream.c, with the table of transitions, is on top of all. */

/* What the stream waits for. */
typedef enum
{
  HS_STREAM_STATE_CLOSED,    /* nothing was sent */
  HS_STREAM_STATE_HEADER,    /* the server's header */
  HS_STREAM_STATE_FEATURES,  /* its features */
  HS_STREAM_STATE_PROCEED,   /* its leave to start TLS */
  HS_STREAM_STATE_HANDSHAKE, /* our driver's TLS handshake */
  HS_STREAM_STATE_UNSIGNED,  /* our driver's word to sign in; modules take part */
  HS_STREAM_STATE_SASL,      /* the next message of the mechanism */
  HS_STREAM_STATE_SASL2,     /* the same, in SASL2 */
  HS_STREAM_STATE_TASK,      /* what the task of SASL2 needs */
  HS_STREAM_STATE_DERIVING,  /* our driver's key */
  HS_STREAM_STATE_BIND,      /* the answer to the resource binding */
  HS_STREAM_STATE_RESUME,    /* whether the server goes on with the old session */
  HS_STREAM_STATE_SESSION,   /* the answer to the obsolete session request */
  HS_STREAM_STATE_COMPONENT, /* the server's word on a component's handshake */
  HS_STREAM_STATE_READY,     /* stanzas */
  HS_STREAM_STATE_ENDED,     /* nothing: the server has closed, or we have given up */
  HS_STREAM_N_STATES
} HsStreamState;

struct _HsStream
{
  HsStreamConfig config;
  HsParser *parser;
  GByteArray *output;
  HsStreamState state;
  gboolean secure;
  gboolean authenticated;
  gboolean header_sent;
  gboolean bind_sent;     /* along with the one after the sign-in */
  gboolean early;         /* the sign-in has begun before the features came, */
  HsStreamState early_state; /* and waits for this */
  gboolean closing; /* our end was sent */
  gboolean met;     /* the server's first header has come */
  gboolean starttls_sent;
  gboolean pipelined; /* <starttls/> or the request for the resource was, and is not answered */
  HsStreamEventType pending;
  HsStreamEventType following; /* comes after the pending one */
  HsParserEvent *features;     /* kept until sign-in begins */
  GQueue early_stanzas;        /* of HsParserEvent: what came before the session, see hs_stream_keep_stanza() */
  gsize early_bytes;
  HsStreamOffer *offer;        /* what they offered */
  char *secret;                /* a component's */
  char *lang;
  gboolean negotiated; /* a module has asked the server something before the sign-in */
  gboolean renamed; /* the account has another name than the header said */
  gboolean sasl2;   /* the profile in use */
  HsSaslMechanism *mechanism;
  gboolean mechanism_done; /* its last message was right */
  char *mechanism_name;
  char *channel_binding;
  gboolean proved_lists;
  gboolean proved_password;
  char *discovery; /* where there are access tokens to be had */
  /* Tokens (XEP-0484) */
  gboolean using_token;
  GError *token_refusal;
  const char *token_mechanism; /* of the one that was asked for, static */
  char *token;                 /* that the server has given */
  char *token_expiry;
  /* A better hash (XEP-0480) */
  int upgrade; /* which one was asked for, or -1 */
  gboolean upgrading; /* the server has begun with it, and the sign-in is not over */
  char *password;
  guint min_iterations;
  HsSaslKeyRequest *upgrade_request;
  /* The resource, or the session that goes on, along with the sign-in (XEP-0386) */
  gboolean bind2;
  gboolean resume_asked;
  gboolean enable_asked;
  gboolean carbons_asked;
  gboolean carbons_enabled;
  gboolean features_due; /* after it, for what they tell */
  char *request_id;
  GError *xml_error; /* found, and not yet reached */
  gboolean owes_count; /* a stanza was taken that counts as received when it is given back */
  HsSessionOffer session_offer; /* 0: the features have not come */
  gboolean resume_sent;  /* along with the header after the sign-in */
  gboolean begun;        /* what the session begins with has left before the resource was bound, */
  gboolean enable_sent;  /* with this, */
  gboolean hasty;        /* and the server has not taken all of that yet */
  gboolean csi_offered;
  gboolean any_resource; /* the one that was asked for is taken */
  char *other_host;
  char *other_name;         /* what the server calls itself in its header, if it is not the account's domain */
  HsFirstBytes first_bytes; /* of the connection */
  HsJid *jid;
  gsize max_bytes;
  GError *error;
};

/* hs-stream-core.c */
GByteArray *hs_stream_get_output (HsStream *self);
void hs_stream_write (HsStream *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void hs_stream_send_header (HsStream *self);
void hs_stream_give_up_session (HsStream *self);
void hs_stream_protocol_error (HsStream *self, const char *condition, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void hs_stream_read_limits (HsStream *self, HsNode *features);
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
void hs_stream_bind (HsStream *self);
void hs_stream_bind_early (HsStream *self);
void hs_stream_on_not_resumed (HsStream *self, HsNode *node);
void hs_stream_on_early_answer (HsStream *self, HsNode *node);
void hs_stream_on_bind_answer (HsStream *self, HsNode *node);
void hs_stream_on_session_answer (HsStream *self, HsNode *node);
gboolean hs_stream_keep_stanza (HsStream *self, HsParserEvent *parsed);
HsParserEvent *hs_stream_take_kept (HsStream *self);
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
void hs_stream_forget_upgrade (HsStream *self);

/* hs-stream-sign-in.c */
void hs_stream_on_challenge (HsStream *self, HsNode *node);
void hs_stream_on_success (HsStream *self, HsNode *node);
void hs_stream_on_failure (HsStream *self, HsNode *node);
void hs_stream_check_early (HsStream *self, HsNode *features);

G_END_DECLS
