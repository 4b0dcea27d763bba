/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-presence.h"
#include "hs-subscription-request.h"

G_BEGIN_DECLS

/* @jid: the bare JID of the sender. */
HsSubscriptionRequest *hs_subscription_request_new (HsJid *jid, HsPresence *presence);

G_END_DECLS
