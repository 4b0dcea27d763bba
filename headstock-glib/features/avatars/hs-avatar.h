/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_AVATAR (hs_avatar_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsAvatar, hs_avatar, HS, AVATAR, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_avatar_get_hash (HsAvatar *self);
HS_AVAILABLE_IN_0_2
const char *hs_avatar_get_media_type (HsAvatar *self);
HS_AVAILABLE_IN_0_2
GBytes *hs_avatar_get_bytes (HsAvatar *self);
HS_AVAILABLE_IN_0_2
int hs_avatar_get_width (HsAvatar *self);
HS_AVAILABLE_IN_0_2
int hs_avatar_get_height (HsAvatar *self);
HS_AVAILABLE_IN_0_2
gboolean hs_avatar_get_is_loading (HsAvatar *self);

G_END_DECLS
