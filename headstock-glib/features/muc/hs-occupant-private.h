/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-occupant.h"

G_BEGIN_DECLS

struct _HsOccupant
{
  GObject parent_instance;

  char *nick;
  HsJid *jid;
  HsJid *real_jid;
  char *occupant_id;
  char *claimed_id; /* the last one from a room that is not known to give ids, or NULL */
  HsRole role;
  HsAffiliation affiliation;
  HsShow show;
  char *status;
  char **hats;
  char *caps_node;
  char *avatar_hash;
};

/* A bit for each property, in their order from 1. */
typedef enum /*< skip >*/
{
  HS_OCCUPANT_CHANGED_NICK = 1 << 1,
  HS_OCCUPANT_CHANGED_JID = 1 << 2,
  HS_OCCUPANT_CHANGED_REAL_JID = 1 << 3,
  HS_OCCUPANT_CHANGED_OCCUPANT_ID = 1 << 4,
  HS_OCCUPANT_CHANGED_ROLE = 1 << 5,
  HS_OCCUPANT_CHANGED_AFFILIATION = 1 << 6,
  HS_OCCUPANT_CHANGED_SHOW = 1 << 7,
  HS_OCCUPANT_CHANGED_STATUS = 1 << 8,
  HS_OCCUPANT_CHANGED_HATS = 1 << 9,
  HS_OCCUPANT_CHANGED_CAPS_NODE = 1 << 10,
  HS_OCCUPANT_CHANGED_AVATAR_HASH = 1 << 11,
} HsOccupantChanges;

void hs_occupant_notify (HsOccupant *self, HsOccupantChanges changes);

G_END_DECLS
