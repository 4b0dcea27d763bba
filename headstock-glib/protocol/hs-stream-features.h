/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

/* The GVariant type of what hs_stream_features_save() returns. */
#define HS_STREAM_FEATURES_TYPE "(masmasmasmasmasbbbbb)"

G_BEGIN_DECLS

/* The stream features before the sign-in (RFC 6120, 4.3.2), as far as the sign-in needs them. Lists are
 * sorted. */
typedef struct
{
  char **mechanisms; /* of SASL (RFC 6120, 6) */
  char **sasl2;      /* mechanisms of SASL2 (XEP-0388); NULL: the server has no SASL2 */
  char **announced;  /* types of channel binding (XEP-0440); NULL: none */
  char **fast;       /* mechanisms for tokens (XEP-0484); NULL: none */
  char **upgrades;   /* tasks that store a better hash (XEP-0480); NULL: none */
  gboolean bind2;    /* a resource inside SASL2 (XEP-0386), and inside Bind 2: */
  gboolean bind2_carbons;
  gboolean bind2_csi;
  gboolean bind2_sm; /* the start of stream management */
  gboolean sm;       /* a resumption inside SASL2 (XEP-0198, 9) */
} HsStreamFeatures;

/* The stream features after the sign-in, as far as the next connection can use them for pipelining. */
typedef enum /*< skip >*/
{
  HS_SESSION_FEATURE_BIND = 1 << 0,
  HS_SESSION_FEATURE_SM = 1 << 1,      /* stream management (XEP-0198) */
  HS_SESSION_FEATURE_SESSION = 1 << 2, /* the server demands the obsolete session request (RFC 3921, 3) */
} HsSessionFeatures;

HsStreamFeatures *hs_stream_features_new (HsNode *features);
void hs_stream_features_free (HsStreamFeatures *self);
gboolean hs_stream_features_equal (const HsStreamFeatures *self, const HsStreamFeatures *other);

/* For hs_stream_features_load() on the next connection. (transfer floating) */
GVariant *hs_stream_features_save (const HsStreamFeatures *self);
/* NULL if @saved has another type: an older version of the library may have saved it. */
HsStreamFeatures *hs_stream_features_load (GVariant *saved);

HsSessionFeatures hs_session_features_read (HsNode *features);

/* The largest stanza that the server accepts, in bytes (XEP-0478), or 0: the features state no limit. */
gsize hs_stream_features_read_max_bytes (HsNode *features);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStreamFeatures, hs_stream_features_free)

G_END_DECLS
