/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-jid.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_INVITATION (hs_invitation_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (HsInvitation, hs_invitation, HS, INVITATION, GObject)

HS_AVAILABLE_IN_ALL
HsInvitation *hs_invitation_parse (const char *uri, GError **error);

HS_AVAILABLE_IN_ALL
HsJid *hs_invitation_get_jid (HsInvitation *self);
HS_AVAILABLE_IN_ALL
const char *hs_invitation_get_action (HsInvitation *self);
HS_AVAILABLE_IN_ALL
const char *hs_invitation_get_token (HsInvitation *self);
HS_AVAILABLE_IN_ALL
gboolean hs_invitation_get_can_register (HsInvitation *self);
HS_AVAILABLE_IN_ALL
const char *hs_invitation_get_parameter (HsInvitation *self, const char *name);

G_END_DECLS
