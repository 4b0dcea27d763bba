/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "hs-jid.h"
#include "protocol/hs-authentication.h"
#include "protocol/hs-session.h"
#include "protocol/hs-stream-features.h"
#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* One stream, from its header to its end (RFC 6120). The caller feeds it the bytes that were received, writes
 * the bytes that it puts out, and handles its events: the caller has the socket, does the TLS handshake,
 * derives keys, watches timeouts and dispatches stanzas. */

typedef struct _HsStream HsStream;

typedef enum
{
  HS_STREAM_EVENT_NONE,
  HS_STREAM_EVENT_START_TLS,     /* do the TLS handshake, then hs_stream_secured() */
  HS_STREAM_EVENT_FEATURES,      /* node: the stream features before the sign-in; then hs_stream_sign_in() */
  HS_STREAM_EVENT_TOKEN_REFUSED, /* forget the token, then hs_stream_sign_in() without it */
  HS_STREAM_EVENT_DERIVE_KEY,    /* see hs_stream_get_key_request(), then hs_stream_key_derived() */
  HS_STREAM_EVENT_AUTHENTICATED, /* signed in: see hs_stream_get_authentication() */
  HS_STREAM_EVENT_BINDING,       /* only with config.begins: a resource was requested; see hs_stream_begin() */
  HS_STREAM_EVENT_BOUND,         /* a new session: see hs_stream_take_jid(); stanzas may be sent */
  HS_STREAM_EVENT_RESUMED,       /* the interrupted session goes on (XEP-0198, 5); stanzas may be sent */
  HS_STREAM_EVENT_ACKNOWLEDGED,  /* take delivery statuses out of the stream management */
  HS_STREAM_EVENT_ENABLED,       /* the server has answered <enable/>; take delivery statuses as well */
  HS_STREAM_EVENT_CSI_OFFERED,   /* from now on hs_stream_send_active() has an effect (XEP-0352) */
  HS_STREAM_EVENT_STANZA,        /* node: a stanza */
  HS_STREAM_EVENT_FORGET,        /* node: an element of a stanza that is still being received */
  HS_STREAM_EVENT_DISCARDED,     /* node: a stanza that passed a limit; see hs_stream_get_discard_error() */
  HS_STREAM_EVENT_ENDED,         /* the server has closed its stream (RFC 6120, 4.4) */
  HS_STREAM_EVENT_FAILED,        /* see hs_stream_get_error(); write the output that is left */
} HsStreamEventType;

typedef struct
{
  HsStreamEventType type;
  HsNode *node; /* for STANZA, FORGET, DISCARDED and FEATURES: until the event is given back */
  HsParserEvent *parsed;
} HsStreamEvent;

/* hs_stream_new() copies it. */
typedef struct
{
  /* Whether the connection is under TLS. The stream asks each time that it matters, and keeps no answer: the caller has
   * the connection. NULL: it never is. */
  gboolean (*is_secure) (gpointer user_data);
  HsJid *jid; /* the account; if it has a resource, the stream asks for this resource */
  const char *secret; /* a component's */
  const char *lang;
  gsize max_stanza_size;
  /* The session whose stream management the stream uses, borrowed: it outlives the stream. NULL: no stream management. The
   * stream makes it when the server offers it, and gives the session the size limit that the server announces for it. */
  HsSession *session;
  const HsResendPolicy *resend_policy; /* as for hs_stream_management_new() */
  /* The user agent for SASL2 (XEP-0388), each nullable */
  const char *user_agent_id;
  const char *software;
  const char *device;
  guint max_depth;
  guint8 tls_mode;         /* HsTlsMode */
  guint8 remembered;       /* HsSessionFeatures after the last sign-in; 0: not known */
  guint framed : 1;        /* RFC 7395: <open/> and <close/>, each element stands alone, no STARTTLS */
  guint component : 1;     /* XEP-0114, with @secret: no stream features and no sign-in */
  guint bind2 : 1;         /* use Bind 2 if the server offers it (XEP-0386) */
  guint carbons : 1;       /* enable carbons inside Bind 2 (XEP-0280) */
  guint no_upgrade : 1;    /* do not let the server store a better hash of the password (XEP-0480) */
  guint inactive : 1;      /* the session begins inactive (XEP-0352) */
  guint begins : 1;        /* emit BINDING */
  guint step_by_step : 1;  /* no pipelining: each step waits for the server's answer to the one before */
} HsStreamConfig;

/* @user_data: for config.is_secure and for @callbacks */
HsStream *hs_stream_new (const HsStreamConfig *config,
                         const HsParserCallbacks *callbacks,
                         gpointer user_data);
void hs_stream_free (HsStream *self);

/* In BINDING: pipelines the beginning of the session with the request for the resource. Writes <enable/> if there is
 * stream management; the caller then sends its first stanzas. Returns FALSE, and has written nothing, if the caller
 * must wait for BOUND. */
gboolean hs_stream_begin (HsStream *self);
/* Whether the beginning of a session, or a resumption, was pipelined and the server has not accepted it yet. */
gboolean hs_stream_is_session_pipelined (HsStream *self);
/* Whether hs_stream_begin() was successful. */
gboolean hs_stream_has_begun (HsStream *self);
/* Whether anything was pipelined that the server has not answered yet: <starttls/>, the request for the
 * resource, or what hs_stream_is_session_pipelined() tells. */
gboolean hs_stream_is_pipelined (HsStream *self);
/* Whether the server has answered the client's last stream header with its own. */
gboolean hs_stream_has_received_header (HsStream *self);
/* Whether the server has accepted the sign-in. */
gboolean hs_stream_is_authenticated (HsStream *self);
/* The stream features after the sign-in; 0 while the server has not sent them. */
HsSessionFeatures hs_stream_get_session_features (HsStream *self);
/* All features after the sign-in, as text; or NULL. They can be let go, or be set, which copies. */
const char *hs_stream_get_features_text (HsStream *self);
void hs_stream_set_features_text (HsStream *self, const char *text);

/* For the output of a framed stream, also for stanzas that others have written: hs_stanza_boundary_find() divides
 * the output into elements; this appends one of them to its frame. */
void hs_stream_frame (GByteArray *frame, const guint8 *element, gsize length);
/* The bytes to write, or NULL. The caller takes them after each call that may have added some. (transfer
 * full) */
GByteArray *hs_stream_take_output (HsStream *self);
/* Writes the stream header, and pipelines <starttls/> with it if TLS is required. */
void hs_stream_open (HsStream *self);

/* Takes some of the bytes, and returns how many. The caller takes all events before it feeds more. */
gsize hs_stream_feed (HsStream *self, const char *bytes, gsize length);
gboolean hs_stream_next_event (HsStream *self, HsStreamEvent *event);
/* For DISCARDED: which stanza, of whom, passed which limit. (transfer full) */
GError *hs_stream_get_discard_error (HsStream *self, HsStreamEvent *event);
/* For FORGET: leaves the element in its stanza. */
void hs_stream_keep (HsStream *self, HsStreamEvent *event);
/* Ends an event. Its stanza counts as received (XEP-0198) from here on: the caller has dispatched it whole. */
void hs_stream_give_back (HsStream *self, HsStreamEvent *event);
/* Ends the event of a stanza whose dispatch was broken off. The stanza does not count, so that the server
 * sends it again when the session is resumed. */
void hs_stream_abandon (HsStream *self, HsStreamEvent *event);
/* Whether a stanza was taken that will count, and was not given back. */
gboolean hs_stream_owes_count (HsStream *self);
/* Counts that stanza now: the caller is certain to dispatch it whole. */
void hs_stream_count_taken (HsStream *self);

/* The TLS handshake is done, and config.is_secure says so: starts the stream again, and forgets what was learnt before
 * TLS. */
void hs_stream_secured (HsStream *self);
/* Ends the stream with an error that the caller found, such as plain text after <proceed/>. Takes @error. */
void hs_stream_fail (HsStream *self, GError *error);
void hs_stream_sign_in (HsStream *self, const HsSaslCredentials *credentials);
/* Right after the header was written under TLS: pipelines the sign-in, by the stream features of the last
 * connection (hs_stream_features_save()). When the server has sent its features, the two are compared. If they
 * differ in what matters, the stream fails, and the caller connects again without pipelining the sign-in.
 * Returns FALSE, and has written nothing, if the sign-in cannot be pipelined. */
gboolean hs_stream_pipeline_sign_in (HsStream *self,
                                     GVariant *features,
                                     const HsSaslCredentials *credentials);
/* Whether the sign-in was pipelined, and the server has not sent its features yet. */
gboolean hs_stream_is_sign_in_pipelined (HsStream *self);
/* The stream features before the sign-in; NULL while the server has not sent them, and in a session. */
const HsStreamFeatures *hs_stream_get_features (HsStream *self);
HsSaslKeyRequest *hs_stream_get_key_request (HsStream *self);
void hs_stream_key_derived (HsStream *self, GBytes *key);
/* Writes the end of the stream, once. Stanzas that come before the server's own end are still events. */
void hs_stream_close (HsStream *self);
/* Writes a stream error (RFC 6120, 4.9.3) and the end of the stream. @text: nullable */
void hs_stream_close_with_error (HsStream *self, const char *condition, const char *text);

/* The state and the result of the sign-in. */
const HsAuthentication *hs_stream_get_authentication (HsStream *self);
/* Whether carbons were enabled inside Bind 2. */
gboolean hs_stream_has_carbons (HsStream *self);
/* The account to sign in to. It can be changed until the sign-in begins. */
HsJid *hs_stream_get_account (HsStream *self);
void hs_stream_set_account (HsStream *self, HsJid *jid);
/* In BOUND: the bound JID, once. The session keeps it. (transfer full) (nullable) */
HsJid *hs_stream_take_jid (HsStream *self);
const GError *hs_stream_get_error (HsStream *self);
/* Whether stanzas may be sent: in a session, or while a module negotiates before the sign-in. */
gboolean hs_stream_is_open (HsStream *self);
gboolean hs_stream_is_ready (HsStream *self);
gboolean hs_stream_is_closing (HsStream *self);
/* The largest stanza that the server accepts before the sign-in, in bytes (XEP-0478), or 0: no limit. After the sign-in
 * the limit is the session's, see hs_session_get_max_bytes(). */
gsize hs_stream_get_max_bytes (HsStream *self);
/* Whether the server supports client state indication (XEP-0352); tells it whether the client is active. */
gboolean hs_stream_offers_csi (HsStream *self);
void hs_stream_send_active (HsStream *self, gboolean active);
/* The host of a redirect (see-other-host; RFC 6120, 4.9.3.19), or NULL. */
const char *hs_stream_get_other_host (HsStream *self);
/* For error messages: what the stream waits for. */
const char *hs_stream_describe (HsStream *self);
/* Returns the protocol that the server speaks instead of XMPP, judged by its first bytes; NULL if they do not tell, and
 * after the server's header. */
const char *hs_stream_get_foreign_protocol (HsStream *self);
HsParser *hs_stream_get_parser (HsStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStream, hs_stream_free)

G_END_DECLS
