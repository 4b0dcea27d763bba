/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-message-content-private.h"

#include "hs-feature.h"
#include "hs-namespaces.h"

/* In the order of the bits. */
static const HsFeatureNamespace namespaces[] = {
  HS_FEATURE_NAMESPACE (HS_NS_CARBONS),      HS_FEATURE_NAMESPACE (HS_NS_MAM),
  HS_FEATURE_NAMESPACE ("urn:xmpp:mam:1"),   HS_FEATURE_NAMESPACE ("urn:xmpp:mam:0"),
  HS_FEATURE_NAMESPACE (HS_NS_PUBSUB_EVENT), HS_FEATURE_NAMESPACE (HS_NS_MUC_USER),
  HS_FEATURE_NAMESPACE (HS_NS_DELAY),        HS_FEATURE_NAMESPACE (HS_NS_SID),
  HS_FEATURE_NAMESPACE (HS_NS_RETRACT),      HS_FEATURE_NAMESPACE (HS_NS_CORRECT),
  HS_FEATURE_NAMESPACE (HS_NS_REACTIONS),    HS_FEATURE_NAMESPACE (HS_NS_RECEIPTS),
  HS_FEATURE_NAMESPACE (HS_NS_CHAT_MARKERS), HS_FEATURE_NAMESPACE (HS_NS_REPLY),
  HS_FEATURE_NAMESPACE (HS_NS_CHAT_STATES),  HS_FEATURE_NAMESPACE (HS_NS_FASTEN),
};

G_STATIC_ASSERT (HS_CONTENT_FASTENED == 1 << (G_N_ELEMENTS (namespaces) - 1));

HsContent
hs_message_find_content (HsMessage *message)
{
  return (HsContent) hs_feature_find_namespaces (HS_ELEMENT (message), namespaces, G_N_ELEMENTS (namespaces));
}
