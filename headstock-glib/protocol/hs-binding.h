/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"
#include "protocol/hs-pipelined.h"
#include "protocol/hs-stream-features.h"
#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* What a stream knows between its sign-in and the first stanza of the session: how the resource is bound (RFC
 * 6120, 7) or the session resumed, inside SASL2 or after it, and what arrived too early. */

typedef struct
{
  HsPipelined pipelined;
  HsSessionFeatures session_features; /* after the sign-in; 0: the server has not sent them */
  guint csi_offered : 1;
  guint features_due : 1; /* the features come after the session has begun, and tell limits only */
  guint any_resource : 1; /* the server chooses: the resource that was asked for is taken */

  /* Asked for inside SASL2: Bind 2 (XEP-0386) or a resumption (XEP-0198, 9) */
  guint bind2 : 1;
  guint resume_asked : 1;
  guint enable_asked : 1;
  guint carbons_asked : 1;
  guint carbons_enabled : 1;

  char *features_text; /* all features after the sign-in, for modules; or NULL */
  char *request_id;    /* of the stream's own request, or NULL */
  HsJid *jid;          /* the bound JID */

  GQueue kept_stanzas; /* HsParserEvent: for the session */
  gsize kept_bytes;
} HsBinding;

void hs_binding_init (HsBinding *self);
/* The stanzas that were kept go back to the parser. */
void hs_binding_clear (HsBinding *self, HsParser *parser);

/* The id of the next request, which lives until the one after it. */
const char *hs_binding_make_request_id (HsBinding *self);
/* Whether an iq answers the last request. */
gboolean hs_binding_is_answer (const HsBinding *self, HsNode *iq);

/* Keeps a stanza for the session. Takes the event. FALSE: all that are kept are too many, or take more than
 * @max_bytes. */
gboolean hs_binding_keep (HsBinding *self, HsParserEvent *event, gsize max_bytes);
HsParserEvent *hs_binding_take_kept (HsBinding *self); /* (transfer full) (nullable) */
#define HS_BINDING_MAX_KEPT 1000

G_END_DECLS
