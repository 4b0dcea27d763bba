/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-occupant.h"

G_BEGIN_DECLS

#define HS_TYPE_AFFILIATE (hs_affiliate_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsAffiliate, hs_affiliate, HS, AFFILIATE, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_affiliate_get_jid (HsAffiliate *self);
HS_AVAILABLE_IN_0_2
HsAffiliation hs_affiliate_get_affiliation (HsAffiliate *self);
HS_AVAILABLE_IN_0_2
const char *hs_affiliate_get_nick (HsAffiliate *self);
HS_AVAILABLE_IN_0_2
const char *hs_affiliate_get_reason (HsAffiliate *self);

G_END_DECLS
