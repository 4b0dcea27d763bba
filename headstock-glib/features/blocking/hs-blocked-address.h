/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-jid.h"

G_BEGIN_DECLS

#define HS_TYPE_BLOCKED_ADDRESS (hs_blocked_address_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsBlockedAddress, hs_blocked_address, HS, BLOCKED_ADDRESS, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_blocked_address_get_jid (HsBlockedAddress *self);

G_END_DECLS
