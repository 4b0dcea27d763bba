/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-occupant-private.h"

#include "hs-enum-types.h"

/**
 * HsOccupant:
 *
 * Somebody in a room (XEP-0045).
 *
 * An occupant belongs to a [class@Room], which keeps one object for the whole stay, even when the nickname changes, and
 * updates its properties. An occupant that has left keeps its last values.
 *
 * ```python
 * for occupant in room.props.occupants:
 *     print(occupant.props.nick, occupant.props.role.value_nick, occupant.props.status)
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_NICK = 1,
  PROP_JID,
  PROP_REAL_JID,
  PROP_OCCUPANT_ID,
  PROP_ROLE,
  PROP_AFFILIATION,
  PROP_SHOW,
  PROP_STATUS,
  PROP_HATS,
  PROP_CAPS_NODE,
  PROP_AVATAR_HASH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsOccupant, hs_occupant, G_TYPE_OBJECT)

static void
hs_occupant_finalize (GObject *object)
{
  HsOccupant *self = HS_OCCUPANT (object);

  g_free (self->nick);
  g_clear_pointer (&self->jid, hs_jid_unref);
  g_clear_pointer (&self->real_jid, hs_jid_unref);
  g_free (self->occupant_id);
  g_free (self->claimed_id);
  g_free (self->status);
  g_strfreev (self->hats);
  g_free (self->caps_node);
  g_free (self->avatar_hash);

  G_OBJECT_CLASS (hs_occupant_parent_class)->finalize (object);
}

static void
hs_occupant_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsOccupant *self = HS_OCCUPANT (object);

  switch (prop_id)
    {
    case PROP_NICK:
      g_value_set_string (value, hs_occupant_get_nick (self));
      break;
    case PROP_JID:
      g_value_set_boxed (value, hs_occupant_get_jid (self));
      break;
    case PROP_REAL_JID:
      g_value_set_boxed (value, hs_occupant_get_real_jid (self));
      break;
    case PROP_OCCUPANT_ID:
      g_value_set_string (value, hs_occupant_get_occupant_id (self));
      break;
    case PROP_ROLE:
      g_value_set_enum (value, hs_occupant_get_role (self));
      break;
    case PROP_AFFILIATION:
      g_value_set_enum (value, hs_occupant_get_affiliation (self));
      break;
    case PROP_SHOW:
      g_value_set_enum (value, hs_occupant_get_show (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, hs_occupant_get_status (self));
      break;
    case PROP_HATS:
      g_value_set_boxed (value, hs_occupant_get_hats (self));
      break;
    case PROP_CAPS_NODE:
      g_value_set_string (value, hs_occupant_get_caps_node (self));
      break;
    case PROP_AVATAR_HASH:
      g_value_set_string (value, hs_occupant_get_avatar_hash (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_occupant_class_init (HsOccupantClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_occupant_finalize;
  object_class->get_property = hs_occupant_get_property;

  /**
   * HsOccupant:nick: (getter get_nick)
   *
   * The nickname, the resource of [property@Occupant:jid].
   *
   * Since: 0.2
   */
  props[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, ro);

  /**
   * HsOccupant:jid: (getter get_jid)
   *
   * The address in the room.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsOccupant:real-jid: (getter get_real_jid)
   *
   * The address behind the nickname, if the room shows it, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REAL_JID] = g_param_spec_boxed ("real-jid", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsOccupant:occupant-id: (getter get_occupant_id)
   *
   * The id that stays the same when the nickname changes (XEP-0421), or %NULL.
   *
   * It is %NULL unless the room has %HS_ROOM_FEATURE_OCCUPANT_ID: in other rooms, occupants could choose the id themselves.
   *
   * Since: 0.2
   */
  props[PROP_OCCUPANT_ID] = g_param_spec_string ("occupant-id", NULL, NULL, NULL, ro);

  /**
   * HsOccupant:role: (getter get_role)
   *
   * What the occupant may do during this stay.
   *
   * Since: 0.2
   */
  props[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, HS_TYPE_ROLE,
                                   HS_ROLE_NONE, ro);

  /**
   * HsOccupant:affiliation: (getter get_affiliation)
   *
   * The occupant's lasting relation to the room.
   *
   * Since: 0.2
   */
  props[PROP_AFFILIATION] = g_param_spec_enum ("affiliation", NULL, NULL, HS_TYPE_AFFILIATION,
                                   HS_AFFILIATION_NONE, ro);

  /**
   * HsOccupant:show: (getter get_show)
   *
   * How available the occupant is.
   *
   * Since: 0.2
   */
  props[PROP_SHOW] = g_param_spec_enum ("show", NULL, NULL, HS_TYPE_SHOW,
                                   HS_SHOW_OFFLINE, ro);

  /**
   * HsOccupant:status: (getter get_status)
   *
   * The status text, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, ro);

  /**
   * HsOccupant:hats: (getter get_hats)
   *
   * The titles that the room has given to the occupant (XEP-0317), 16 at most.
   *
   * It is empty in a room whose service discovery does not list `urn:xmpp:hats:0`.
   *
   * Since: 0.2
   */
  props[PROP_HATS] = g_param_spec_boxed ("hats", NULL, NULL, G_TYPE_STRV, ro);

  /**
   * HsOccupant:caps-node: (getter get_caps_node)
   *
   * The node of the entity capabilities (XEP-0115), which names the software, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_CAPS_NODE] = g_param_spec_string ("caps-node", NULL, NULL, NULL, ro);

  /**
   * HsOccupant:avatar-hash: (getter get_avatar_hash)
   *
   * The SHA-1 hash of the avatar in hexadecimal (XEP-0153); empty if there is no avatar; %NULL if it is not known.
   *
   * Since: 0.2
   */
  props[PROP_AVATAR_HASH] = g_param_spec_string ("avatar-hash", NULL, NULL, NULL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_occupant_init (HsOccupant *self)
{
}

void
hs_occupant_notify (HsOccupant *self, HsOccupantChanges changes)
{
  if (changes == 0)
    return;
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    if ((changes & (1u << i)) != 0)
      g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * hs_occupant_get_nick: (get-property nick)
 * @self: an occupant
 *
 * Gets the nickname, the resource of [property@Occupant:jid].
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
const char *
hs_occupant_get_nick (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->nick;
}

/**
 * hs_occupant_get_jid: (get-property jid)
 * @self: an occupant
 *
 * Gets the address in the room.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
HsJid *
hs_occupant_get_jid (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->jid;
}

/**
 * hs_occupant_get_real_jid: (get-property real-jid)
 * @self: an occupant
 *
 * Gets the address behind the nickname, if the room shows it.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsJid *
hs_occupant_get_real_jid (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->real_jid;
}

/**
 * hs_occupant_get_occupant_id: (get-property occupant-id)
 * @self: an occupant
 *
 * Gets the id that stays the same when the nickname changes (XEP-0421), if the room gives ids.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_occupant_get_occupant_id (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->occupant_id;
}

/**
 * hs_occupant_get_role: (get-property role)
 * @self: an occupant
 *
 * Gets what the occupant may do during this stay.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsRole
hs_occupant_get_role (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), HS_ROLE_NONE);

  return self->role;
}

/**
 * hs_occupant_get_affiliation: (get-property affiliation)
 * @self: an occupant
 *
 * Gets the occupant's lasting relation to the room.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsAffiliation
hs_occupant_get_affiliation (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), HS_AFFILIATION_NONE);

  return self->affiliation;
}

/**
 * hs_occupant_get_show: (get-property show)
 * @self: an occupant
 *
 * Gets how available the occupant is.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsShow
hs_occupant_get_show (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), HS_SHOW_OFFLINE);

  return self->show;
}

/**
 * hs_occupant_get_status: (get-property status)
 * @self: an occupant
 *
 * Gets the status text.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_occupant_get_status (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->status;
}

/**
 * hs_occupant_get_hats: (get-property hats)
 * @self: an occupant
 *
 * Gets the titles that the room has given to the occupant (XEP-0317).
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
const char * const *
hs_occupant_get_hats (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return (const char * const *) self->hats;
}

/**
 * hs_occupant_get_caps_node: (get-property caps-node)
 * @self: an occupant
 *
 * Gets the node of the entity capabilities (XEP-0115), which names the software.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_occupant_get_caps_node (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->caps_node;
}

/**
 * hs_occupant_get_avatar_hash: (get-property avatar-hash)
 * @self: an occupant
 *
 * Gets the SHA-1 hash of the avatar in hexadecimal (XEP-0153); empty if there is no avatar.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_occupant_get_avatar_hash (HsOccupant *self)
{
  g_return_val_if_fail (HS_IS_OCCUPANT (self), NULL);

  return self->avatar_hash;
}
