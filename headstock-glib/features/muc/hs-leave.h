/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-jid.h"

G_BEGIN_DECLS

/**
 * HsLeaveKind:
 * @HS_LEAVE_KIND_LEFT: the account left, from this client or another one; or the service gives no reason, as some do for
 *   an occupant that answers with errors
 * @HS_LEAVE_KIND_KICKED: a moderator has kicked the account (status 307)
 * @HS_LEAVE_KIND_BANNED: an admin has banned the account (status 301)
 * @HS_LEAVE_KIND_AFFILIATION: the account is not a member any more (status 321)
 * @HS_LEAVE_KIND_MEMBERS_ONLY: the room is for members only now (status 322)
 * @HS_LEAVE_KIND_DESTROYED: the room was destroyed
 * @HS_LEAVE_KIND_SHUTDOWN: the service shut down while the account was leaving (status 332)
 *
 * Why the account is not in a room any more (XEP-0045, 15.6).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_LEAVE_KIND_LEFT,
  HS_LEAVE_KIND_KICKED,
  HS_LEAVE_KIND_BANNED,
  HS_LEAVE_KIND_AFFILIATION,
  HS_LEAVE_KIND_MEMBERS_ONLY,
  HS_LEAVE_KIND_DESTROYED,
  HS_LEAVE_KIND_SHUTDOWN,
} HsLeaveKind;

#define HS_TYPE_LEAVE (hs_leave_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsLeave, hs_leave, HS, LEAVE, GObject)

HS_AVAILABLE_IN_0_2
HsLeaveKind hs_leave_get_kind (HsLeave *self);
HS_AVAILABLE_IN_0_2
const char *hs_leave_get_actor (HsLeave *self);
HS_AVAILABLE_IN_0_2
const char *hs_leave_get_reason (HsLeave *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_leave_get_alternative (HsLeave *self);

G_END_DECLS
