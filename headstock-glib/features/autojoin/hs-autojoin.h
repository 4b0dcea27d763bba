/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-bookmarks.h"
#include "hs-muc.h"

G_BEGIN_DECLS

#define HS_TYPE_AUTOJOIN (hs_autojoin_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsAutojoin, hs_autojoin, HS, AUTOJOIN, GObject)

HS_AVAILABLE_IN_0_2
HsAutojoin *hs_autojoin_new (HsBookmarks *bookmarks, HsMuc *muc);

HS_AVAILABLE_IN_0_2
HsClient *hs_autojoin_get_client (HsAutojoin *self);
HS_AVAILABLE_IN_0_2
HsBookmarks *hs_autojoin_get_bookmarks (HsAutojoin *self);
HS_AVAILABLE_IN_0_2
HsMuc *hs_autojoin_get_muc (HsAutojoin *self);

G_END_DECLS
