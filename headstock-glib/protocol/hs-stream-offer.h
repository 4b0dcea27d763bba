/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

/* The type of a saved one. */
#define HS_STREAM_OFFER_TYPE "(masmasmasmasmasbbbbb)"

G_BEGIN_DECLS

/* What a server offers to whoever has not signed in yet, taken out of its features. Lists are sorted. */
typedef struct
{
  char **mechanisms; /* of SASL as RFC 6120, 6 has it */
  char **sasl2;      /* mechanisms of XEP-0388; NULL: it does not know that */
  char **announced;  /* types of channel binding (XEP-0440); NULL: none */
  char **fast;       /* mechanisms for tokens (XEP-0484); NULL: none */
  char **upgrades;   /* tasks that store a better hash (XEP-0480); NULL: none */
  gboolean bind2;    /* a resource along with the sign-in (XEP-0386), and with it: */
  gboolean bind2_carbons;
  gboolean bind2_csi;
  gboolean bind2_sm; /* stream management begins */
  gboolean sm;       /* an earlier stream can be resumed instead */
} HsStreamOffer;

/* What it offers to whoever has, as far as that is worth remembering. */
typedef enum /*< skip >*/
{
  HS_SESSION_OFFER_BIND = 1 << 0,
  HS_SESSION_OFFER_SM = 1 << 1,      /* stream management (XEP-0198) */
  HS_SESSION_OFFER_SESSION = 1 << 2, /* and demands the obsolete session */
} HsSessionOffer;

HsStreamOffer *hs_stream_offer_new (HsNode *features);
void hs_stream_offer_free (HsStreamOffer *self);
gboolean hs_stream_offer_equal (const HsStreamOffer *self, const HsStreamOffer *other);

/* To be remembered until the next time. (transfer floating) */
GVariant *hs_stream_offer_save (const HsStreamOffer *self);
/* NULL where it is of another type, as an older version may have saved it. */
HsStreamOffer *hs_stream_offer_load (GVariant *saved);

HsSessionOffer hs_session_offer_read (HsNode *features);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStreamOffer, hs_stream_offer_free)

G_END_DECLS
