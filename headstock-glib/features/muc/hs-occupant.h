/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-resource.h"

G_BEGIN_DECLS

/**
 * HsRole:
 * @HS_ROLE_NONE: not in the room
 * @HS_ROLE_VISITOR: may read, and write only in a room that is not moderated
 * @HS_ROLE_PARTICIPANT: may read and write
 * @HS_ROLE_MODERATOR: may also kick others, and give and take voice
 *
 * What an occupant may do during one stay in the room (XEP-0045, 5.1).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_ROLE_NONE,
  HS_ROLE_VISITOR,
  HS_ROLE_PARTICIPANT,
  HS_ROLE_MODERATOR,
} HsRole;

/**
 * HsAffiliation:
 * @HS_AFFILIATION_NONE: no lasting relation to the room
 * @HS_AFFILIATION_OUTCAST: banned
 * @HS_AFFILIATION_MEMBER: a member, who may enter a room for members only
 * @HS_AFFILIATION_ADMIN: may also ban others, and make members
 * @HS_AFFILIATION_OWNER: may also configure and destroy the room
 *
 * The lasting relation of somebody to a room (XEP-0045, 5.2).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_AFFILIATION_NONE,
  HS_AFFILIATION_OUTCAST,
  HS_AFFILIATION_MEMBER,
  HS_AFFILIATION_ADMIN,
  HS_AFFILIATION_OWNER,
} HsAffiliation;

#define HS_TYPE_OCCUPANT (hs_occupant_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsOccupant, hs_occupant, HS, OCCUPANT, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_occupant_get_nick (HsOccupant *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_occupant_get_jid (HsOccupant *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_occupant_get_real_jid (HsOccupant *self);
HS_AVAILABLE_IN_0_2
const char *hs_occupant_get_occupant_id (HsOccupant *self);
HS_AVAILABLE_IN_0_2
HsRole hs_occupant_get_role (HsOccupant *self);
HS_AVAILABLE_IN_0_2
HsAffiliation hs_occupant_get_affiliation (HsOccupant *self);
HS_AVAILABLE_IN_0_2
HsShow hs_occupant_get_show (HsOccupant *self);
HS_AVAILABLE_IN_0_2
const char *hs_occupant_get_status (HsOccupant *self);
HS_AVAILABLE_IN_0_2
const char * const *hs_occupant_get_hats (HsOccupant *self);
HS_AVAILABLE_IN_0_2
const char *hs_occupant_get_caps_node (HsOccupant *self);
HS_AVAILABLE_IN_0_2
const char *hs_occupant_get_avatar_hash (HsOccupant *self);

G_END_DECLS
