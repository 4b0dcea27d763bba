/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-muc-private.h"

G_BEGIN_DECLS

/* The handlers of <x xmlns='jabber:x:conference'/>, and of elements in messages from a room's bare JID. */
HsElement *hs_muc_direct_invite_cb (HsClient *client, HsElement *x, gpointer muc);
HsElement *hs_muc_mediated_cb (HsClient *client, HsElement *x, gpointer muc);

G_END_DECLS
