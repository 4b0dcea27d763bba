/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* (transfer full) */
HsBlockedAddress *hs_blocked_address_new (HsJid *jid);

/* Whether the address has not been unblocked since the object was made. */
gboolean hs_blocked_address_get_is_blocked (HsBlockedAddress *self);
void hs_blocked_address_set_unblocked (HsBlockedAddress *self);

G_END_DECLS
