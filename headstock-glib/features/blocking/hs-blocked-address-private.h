/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* (transfer full) */
HsBlockedAddress *hs_blocked_address_new (HsJid *jid);

G_END_DECLS
