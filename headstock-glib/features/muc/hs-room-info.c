/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-info-private.h"

#include "hs-muc-text-private.h"
#include "hs-namespaces.h"

/* Reads the room's properties from its service discovery (XEP-0045, 6.4). */

static HsRoomFeature
read_features (HsDiscoInfo *info)
{
  static const struct
  {
    const char *var;
    HsRoomFeature feature;
  } known[] = {
    { "muc_passwordprotected", HS_ROOM_FEATURE_PASSWORD },
    { "muc_membersonly", HS_ROOM_FEATURE_MEMBERS_ONLY },
    { "muc_moderated", HS_ROOM_FEATURE_MODERATED },
    { "muc_semianonymous", HS_ROOM_FEATURE_ANONYMOUS },
    { "muc_anonymous", HS_ROOM_FEATURE_ANONYMOUS },
    { "muc_persistent", HS_ROOM_FEATURE_PERSISTENT },
    { "muc_hidden", HS_ROOM_FEATURE_HIDDEN },
    { HS_NS_MAM, HS_ROOM_FEATURE_ARCHIVE },
    { HS_NS_OCCUPANT_ID, HS_ROOM_FEATURE_OCCUPANT_ID },
    { HS_NS_MUC "#stable_id", HS_ROOM_FEATURE_STABLE_ID },
    { HS_NS_MODERATE, HS_ROOM_FEATURE_MODERATION },
    { HS_NS_MODERATE_0, HS_ROOM_FEATURE_MODERATION },
    { HS_NS_MUC "#self-ping-optimization", HS_ROOM_FEATURE_SELF_PING },
  };
  HsRoomFeature features = HS_ROOM_FEATURE_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (hs_disco_info_has_feature (info, known[i].var))
      features |= known[i].feature;
  return features;
}

static HsMessagesRoomFlags
get_message_flags (HsRoom *self)
{
  HsMessagesRoomFlags flags = 0;

  if (hs_disco_info_has_feature (self->info, HS_NS_SID) || (self->features & HS_ROOM_FEATURE_ARCHIVE) != 0)
    flags |= HS_MESSAGES_ROOM_HAS_IDS;
  if ((self->features & HS_ROOM_FEATURE_OCCUPANT_ID) != 0)
    flags |= HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS;
  if (hs_disco_info_has_feature (self->info, "muc_nonanonymous"))
    flags |= HS_MESSAGES_ROOM_IS_OPEN;
  if ((self->features & HS_ROOM_FEATURE_ARCHIVE) == 0)
    flags |= HS_MESSAGES_ROOM_HAS_NO_ARCHIVE;
  return flags;
}

/* Tells HsMessages about the room, and the account's occupant id if it could not be trusted before. */
static void
tell_messages (HsRoom *self)
{
  HsMessages *messages = hs_room_find_messages (self);
  gboolean had_id = self->own->occupant_id != NULL;

  if ((self->features & HS_ROOM_FEATURE_OCCUPANT_ID) != 0)
    hs_room_table_vouch_for_ids (&self->table);
  if (messages == NULL || self->own == NULL)
    return;
  if (!had_id && self->own->occupant_id != NULL)
    hs_messages_room_joined (messages, self->own->jid, self->own->occupant_id, self->message_flags);
  else
    hs_messages_room_changed (messages, self->jid, self->message_flags);
}

void
hs_room_set_info (HsRoom *self, HsDiscoInfo *info)
{
  g_autofree char *name = hs_disco_info_dup_name (info);
  HsRoomFeature features = read_features (info);

  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_object (&self->info, info))
    hs_room_notify (self, HS_ROOM_PROP_INFO);
  if (self->features != features)
    {
      self->features = features;
      hs_room_notify (self, HS_ROOM_PROP_FEATURES);
    }
  if (hs_muc_set_string (&self->name, name))
    hs_room_notify (self, HS_ROOM_PROP_NAME);
  self->message_flags = get_message_flags (self) | (self->message_flags & HS_MESSAGES_ROOM_IS_LIVE);
  if (self->state == HS_ROOM_STATE_IN)
    tell_messages (self);
  g_object_thaw_notify (G_OBJECT (self));
}

void
hs_room_end_history (HsRoom *self)
{
  HsMessages *messages = hs_room_find_messages (self);

  if ((self->message_flags & HS_MESSAGES_ROOM_IS_LIVE) != 0)
    return;
  self->message_flags |= HS_MESSAGES_ROOM_IS_LIVE;
  if (messages != NULL)
    hs_messages_room_ended_history (messages, self->jid);
}

HsRoomTrust
hs_room_get_trust (HsRoom *self)
{
  HsRoomTrust trust = 0;

  if ((self->features & HS_ROOM_FEATURE_OCCUPANT_ID) != 0)
    trust |= HS_ROOM_TRUST_OCCUPANT_ID;
  /* A room that gives hats announces it (XEP-0317, 2); all other rooms pass on hats that occupants give themselves. */
  if (self->info != NULL && hs_disco_info_has_feature (self->info, HS_NS_HATS))
    trust |= HS_ROOM_TRUST_HATS;
  return trust;
}
