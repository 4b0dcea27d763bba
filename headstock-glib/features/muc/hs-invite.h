/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-jid.h"

G_BEGIN_DECLS

#define HS_TYPE_INVITE (hs_invite_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsInvite, hs_invite, HS, INVITE, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_invite_get_room (HsInvite *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_invite_get_inviter (HsInvite *self);
HS_AVAILABLE_IN_0_2
const char *hs_invite_get_reason (HsInvite *self);
HS_AVAILABLE_IN_0_2
const char *hs_invite_get_password (HsInvite *self);
HS_AVAILABLE_IN_0_2
gboolean hs_invite_get_is_direct (HsInvite *self);
HS_AVAILABLE_IN_0_2
const char *hs_invite_get_thread (HsInvite *self);

G_END_DECLS
