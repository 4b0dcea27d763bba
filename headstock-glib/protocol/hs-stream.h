/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "hs-jid.h"
#include "protocol/hs-stream-management.h"
#include "protocol/hs-stream-features.h"
#include "sasl/hs-sasl-mechanism.h"
#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* One stream, from its header to its end (RFC 6120): the server's bytes and the time go in, our
 * bytes and events come out. Who drives it does the handshakes, the waiting and the dispatching. */

typedef struct _HsStream HsStream;

typedef enum
{
  HS_STREAM_EVENT_NONE,
  HS_STREAM_EVENT_START_TLS,     /* do the handshake, then hs_stream_secured() */
  HS_STREAM_EVENT_FEATURES,      /* node: the features before sign-in; then hs_stream_sign_in() */
  HS_STREAM_EVENT_TOKEN_REFUSED, /* forget it, then hs_stream_sign_in() without it */
  HS_STREAM_EVENT_DERIVE_KEY,    /* see hs_stream_get_key_request(), then hs_stream_key_derived() */
  HS_STREAM_EVENT_AUTHENTICATED, /* see hs_stream_get_mechanism() */
  HS_STREAM_EVENT_BINDING,       /* where asked for: a resource is; see hs_stream_begin() */
  HS_STREAM_EVENT_BOUND,         /* see hs_stream_get_jid(): stanzas may be sent */
  HS_STREAM_EVENT_RESUMED,       /* the same, in a session that was interrupted (XEP-0198) */
  HS_STREAM_EVENT_ACKNOWLEDGED,  /* there may be fates to be told */
  HS_STREAM_EVENT_ENABLED,       /* whether there are acknowledgements is known now; the same */
  HS_STREAM_EVENT_CSI_OFFERED,   /* whether we are active may be told from now on (XEP-0352) */
  HS_STREAM_EVENT_STANZA,        /* node */
  HS_STREAM_EVENT_FORGET,        /* node: an element of a stanza that still comes in */
  HS_STREAM_EVENT_DISCARDED,     /* node: a stanza that passed a limit; see hs_stream_get_discard_error() */
  HS_STREAM_EVENT_ENDED,         /* the server has closed its side properly */
  HS_STREAM_EVENT_FAILED,        /* see hs_stream_get_error(); what is to be written still is */
} HsStreamEventType;

typedef struct
{
  HsStreamEventType type;
  HsNode *node; /* for STANZA, FORGET, DISCARDED and FEATURES: until the event is given back */
  HsParserEvent *parsed;
} HsStreamEvent;

/* Copied. */
typedef struct
{
  HsJid *jid; /* the account's; with a resource, that one is asked for */
  HsTlsMode tls_mode;
  gboolean direct_tls; /* TLS stands already */
  gboolean component;  /* XEP-0114, with the secret; there are no features and no sign-in */
  const char *secret;
  const char *lang;
  gsize max_stanza_size;
  guint max_depth;
  HsStreamManagement *management; /* nullable, borrowed: the session, which outlives the stream */
  HsJid *session_jid;             /* nullable: what it had bound */
  /* For SASL2 (XEP-0388); who is calling, nullable. */
  const char *user_agent_id;
  const char *software;
  const char *device;
  gboolean bind2;   /* a resource along with the sign-in, where it is offered (XEP-0386) */
  gboolean carbons; /* and carbons with it (XEP-0280) */
  gboolean no_upgrade; /* no better hash of the password is stored (XEP-0480) */
  gboolean inactive; /* nobody looks, from the beginning (XEP-0352) */
  HsSessionFeatures remembered; /* what the server offered after the last sign-in; 0: nothing is known */
  gboolean begins;           /* BINDING is to be told */
  gboolean step_by_step;     /* nothing is pipelined: each step waits for the server's answer to the one before */
} HsStreamConfig;

HsStream *hs_stream_new (const HsStreamConfig *config,
                         const HsParserCallbacks *callbacks,
                         gpointer user_data);
void hs_stream_free (HsStream *self);

/* In BINDING: what the session begins with may leave in one flight with the request for the resource; <enable/>
 * has been written where there is stream management. FALSE, and nothing was done, where BOUND has to be
 * waited for. */
gboolean hs_stream_begin (HsStream *self);
/* Whether something has left by what the server offered the last time, or before it had bound the resource,
 * which it may not have taken yet. */
gboolean hs_stream_is_session_pipelined (HsStream *self);
/* Whether anything was pipelined that the server has not answered yet: <starttls/>, the request for the
 * resource, or what the function before tells of. */
gboolean hs_stream_is_pipelined (HsStream *self);
/* Whether the server's first header has come. */
gboolean hs_stream_has_met (HsStream *self);
/* What it offers after the sign-in; 0 while it has not said so. */
HsSessionFeatures hs_stream_get_session_features (HsStream *self);

/* What is to be written, or NULL: the driver takes it after each call that may have added to it.
 * (transfer full) */
GByteArray *hs_stream_take_output (HsStream *self);
/* Sends the stream's header. */
void hs_stream_open (HsStream *self);

/* Takes some of the bytes, and returns how many. Take the events before giving more. */
gsize hs_stream_feed (HsStream *self, const char *bytes, gsize length);
gboolean hs_stream_next_event (HsStream *self, HsStreamEvent *event);
/* For DISCARDED: which stanza, of whom, passed which limit. (transfer full) */
GError *hs_stream_get_discard_error (HsStream *self, HsStreamEvent *event);
/* For FORGET: the element stays in its stanza. */
void hs_stream_keep (HsStream *self, HsStreamEvent *event);
/* A stanza counts as received (XEP-0198) from here on: whoever took it has dispatched it whole. */
void hs_stream_give_back (HsStream *self, HsStreamEvent *event);
/* The same for a stanza whose dispatch was broken off: it does not count, so that the server sends it again
 * when the session is resumed. */
void hs_stream_abandon (HsStream *self, HsStreamEvent *event);
/* Whether a stanza that will count has been taken and not been given back. */
gboolean hs_stream_owes_count (HsStream *self);
/* That stanza counts now: whoever took it is certain to dispatch it whole. */
void hs_stream_count_taken (HsStream *self);

/* TLS stands: nothing that came before it counts any more. */
void hs_stream_secured (HsStream *self);
/* The bytes that followed <proceed/> in plain text, or the like. */
void hs_stream_fail (HsStream *self, GError *error);
void hs_stream_sign_in (HsStream *self, const HsSaslCredentials *credentials);
/* Right after the header was sent under TLS: signs in by what the server offered the last time, before it
 * has said so this time, in the same flight. What it says then is compared, and where it has changed so that
 * it matters the stream fails: it is to be made anew, without this. FALSE, and nothing was done, where that
 * can't be. */
gboolean hs_stream_pipeline_sign_in (HsStream *self,
                                  GVariant *offer,
                                  const HsSaslCredentials *credentials);
/* Whether the sign-in goes by what was remembered, and the server has not said yet that it still holds. */
gboolean hs_stream_is_sign_in_pipelined (HsStream *self);
/* What the server offered before the sign-in; NULL while it has not, and in a session. */
const HsStreamFeatures *hs_stream_get_features (HsStream *self);
HsSaslKeyRequest *hs_stream_get_key_request (HsStream *self);
void hs_stream_key_derived (HsStream *self, GBytes *key);
/* Sends the end of the stream, once. What comes until the server's own end is still dispatched. */
void hs_stream_close (HsStream *self);
/* Sends our own stream error (RFC 6120, 4.9.3) and the end of the stream. */
void hs_stream_close_with_error (HsStream *self, const char *condition, const char *text);

const char *hs_stream_get_mechanism (HsStream *self);
/* The type of channel binding that the sign-in had, or NULL. */
const char *hs_stream_get_channel_binding (HsStream *self);
/* Whether the server proved that its lists arrived unchanged (XEP-0474). */
gboolean hs_stream_proved_lists (HsStream *self);
/* The token that the server has given along with the sign-in (XEP-0484), or NULL; for which mechanism
 * alone; and until when, as the server says it (XEP-0082). */
const char *hs_stream_get_token (HsStream *self);
const char *hs_stream_get_token_mechanism (HsStream *self);
const char *hs_stream_get_token_expiry (HsStream *self);
/* Whether the sign-in itself was with a token. */
gboolean hs_stream_used_token (HsStream *self);
/* Whether a better hash of the password is being stored: what fails now may not fail without. */
gboolean hs_stream_is_upgrading (HsStream *self);
/* Why the server refused the token, after that event. */
const GError *hs_stream_get_token_refusal (HsStream *self);
/* Whether carbons stand already. */
gboolean hs_stream_has_carbons (HsStream *self);
/* Where a server that refused an access token says there are some, or NULL (RFC 7628, 3.2.2). */
const char *hs_stream_get_discovery (HsStream *self);
/* Whether the sign-in proved more than PLAIN does: after it, PLAIN is not to be used again. */
gboolean hs_stream_proved_password (HsStream *self);
/* The account that is signed in to, and until then may be given another name. */
HsJid *hs_stream_get_account (HsStream *self);
void hs_stream_set_account (HsStream *self, HsJid *jid);
HsJid *hs_stream_get_jid (HsStream *self);
const GError *hs_stream_get_error (HsStream *self);
/* Whether stanzas may be sent: in a session, or while a module takes part before sign-in. */
gboolean hs_stream_is_open (HsStream *self);
gboolean hs_stream_is_ready (HsStream *self);
gboolean hs_stream_is_closing (HsStream *self);
/* Bytes of one stanza that the server takes (XEP-0478), or 0. */
gsize hs_stream_get_max_bytes (HsStream *self);
/* Whether the server listens to how active we are (XEP-0352), and that it be told. */
gboolean hs_stream_offers_csi (HsStream *self);
void hs_stream_send_active (HsStream *self, gboolean active);
/* Where the server has sent us instead (see-other-host; RFC 6120, 4.9.3.19), or NULL. */
const char *hs_stream_get_other_host (HsStream *self);
/* For messages: what is being waited for. */
const char *hs_stream_describe (HsStream *self);
/* What the server speaks in place of XMPP, as far as its first bytes tell; NULL after its header. */
const char *hs_stream_get_foreign_protocol (HsStream *self);
HsParser *hs_stream_get_parser (HsStream *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStream, hs_stream_free)

G_END_DECLS
