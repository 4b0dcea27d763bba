/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-presence.h"
#include "hs-subscription-request.h"

G_BEGIN_DECLS

struct _HsSubscriptionRequest
{
  GObject parent_instance;

  HsJid *jid;
  char *text;
  char *nick;
  GDateTime *time;
  gboolean is_old; /* of an earlier session: the server has not sent it in this one */
};

/* @jid: the bare JID of the sender. */
HsSubscriptionRequest *hs_subscription_request_new (HsJid *jid, HsPresence *presence);

G_END_DECLS
