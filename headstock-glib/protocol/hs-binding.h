/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"
#include "protocol/hs-pipelined.h"
#include "protocol/hs-stream-features.h"
#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* The state of a stream between its sign-in and the first stanza of the session: how the resource is bound (RFC
 * 6120, 7) or the session resumed, inside SASL2 or after it, and the stanzas that arrived before the session. */

/* The steps that <authenticate/> of SASL2 asks for besides the sign-in. */
typedef enum /*< skip >*/
{
  HS_INLINE_BIND = 1 << 0,    /* Bind 2 (XEP-0386), and inside it: */
  HS_INLINE_ENABLE = 1 << 1,  /* stream management (XEP-0198) */
  HS_INLINE_CARBONS = 1 << 2, /* carbons (XEP-0280) */
  HS_INLINE_RESUME = 1 << 3,  /* a resumption (XEP-0198, 9) */
} HsInline;

/* Lies inside its owner. Only hs-binding.c uses the fields. */
typedef struct
{
  guint8 pipelined;          /* HsPipelined */
  guint8 session_features;   /* HsSessionFeatures */
  guint8 asked;              /* HsInline */
  guint csi_offered : 1;
  guint features_due : 1;    /* the features come after the session has begun, and tell limits only */
  guint any_resource : 1;    /* the server chooses: the resource that was asked for is taken */
  guint carbons_enabled : 1;

  char *features_text;
  char *request_id; /* of the stream's own request, or NULL */
  HsJid *jid;

  GQueue *kept_stanzas; /* HsParserEvent: for the session; NULL: there is none */
  gsize kept_bytes;
} HsBinding;

void hs_binding_init (HsBinding *self);
/* The stanzas that were kept go back to the parser. */
void hs_binding_clear (HsBinding *self, HsParser *parser);

/* The state of pipelining. */
void hs_binding_note_pipelined (HsBinding *self, HsPipelinedEvent event);
HsPipelined hs_binding_get_pipelined (const HsBinding *self);

/* The stream features after the sign-in. */
void hs_binding_take_features (HsBinding *self, HsNode *features);
/* 0 while the server has not sent them. */
HsSessionFeatures hs_binding_get_session_features (const HsBinding *self);
gboolean hs_binding_offers (const HsBinding *self, HsSessionFeatures feature);
gboolean hs_binding_offers_csi (const HsBinding *self);
/* All of them as text, for modules; or NULL. */
const char *hs_binding_get_features_text (const HsBinding *self);
void hs_binding_set_features_text (HsBinding *self, const char *text);
/* Takes the features that come after the session has begun inside SASL2. TRUE: only these offer client state
 * indication (XEP-0352). */
gboolean hs_binding_take_late_features (HsBinding *self, HsNode *features);
/* Whether such features are still to come. */
gboolean hs_binding_expects_features (const HsBinding *self);

/* The steps that the sign-in asks for besides, inside SASL2. */
void hs_binding_ask_for_nothing (HsBinding *self);
void hs_binding_ask_for (HsBinding *self, HsInline what);
gboolean hs_binding_has_asked_for (const HsBinding *self, HsInline what);
/* The session has begun inside SASL2, by HS_INLINE_BIND or HS_INLINE_RESUME. The stream features come later.
 * @csi_offered: what came before the sign-in has announced client state indication. */
void hs_binding_begin_inline (HsBinding *self, HsInline by, gboolean csi_offered);
/* Whether carbons were enabled inside Bind 2. */
gboolean hs_binding_has_carbons (const HsBinding *self);

/* The resource to ask for; NULL: the server chooses. @account: with the resource that the program wants, if any */
const char *hs_binding_get_resource (const HsBinding *self, HsJid *account);
/* The server has refused that resource: another session has it. */
void hs_binding_let_server_choose (HsBinding *self);
/* The id of the next request, which lives until the one after it. */
const char *hs_binding_make_request_id (HsBinding *self);
void hs_binding_forget_request (HsBinding *self);
gboolean hs_binding_has_request (const HsBinding *self);
/* Whether an iq answers the last request. */
gboolean hs_binding_is_answer (const HsBinding *self, HsNode *iq);
/* The bound JID. */
void hs_binding_set_jid (HsBinding *self, HsJid *jid);
HsJid *hs_binding_take_jid (HsBinding *self); /* (transfer full) (nullable) */

/* Keeps a stanza for the session. Takes the event. FALSE: all that are kept are too many, or take more than
 * @max_bytes. */
gboolean hs_binding_keep (HsBinding *self, HsParserEvent *event, gsize max_bytes);
gboolean hs_binding_has_kept (const HsBinding *self);
HsParserEvent *hs_binding_take_kept (HsBinding *self); /* (transfer full) (nullable) */
#define HS_BINDING_MAX_KEPT 1000

G_END_DECLS
