/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-jid.h"

G_BEGIN_DECLS

#define HS_TYPE_SUBSCRIPTION_REQUEST (hs_subscription_request_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsSubscriptionRequest, hs_subscription_request, HS, SUBSCRIPTION_REQUEST, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_subscription_request_get_jid (HsSubscriptionRequest *self);
HS_AVAILABLE_IN_0_2
const char *hs_subscription_request_get_text (HsSubscriptionRequest *self);
HS_AVAILABLE_IN_0_2
const char *hs_subscription_request_get_nick (HsSubscriptionRequest *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_subscription_request_get_time (HsSubscriptionRequest *self);

G_END_DECLS
