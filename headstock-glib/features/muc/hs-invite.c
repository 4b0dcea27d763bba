/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-invite-private.h"

#include "hs-enum-types.h"

/**
 * HsInvite:
 *
 * An invitation to a room: sent through the room (XEP-0045, 7.8) or directly (XEP-0249).
 *
 * ```python
 * def invited(muc, invite):
 *     print(invite.props.inviter, "invites to", invite.props.room, invite.props.reason)
 *     muc.join_async(str(invite.props.room), "bot", None, None)
 *
 * muc.connect("invited", invited)
 * ```
 *
 * Anybody can send a direct invitation, and name any room in it.
 *
 * Since: 0.2
 */

enum
{
  PROP_ROOM = 1,
  PROP_INVITER,
  PROP_REASON,
  PROP_PASSWORD,
  PROP_IS_DIRECT,
  PROP_THREAD,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsInvite, hs_invite, G_TYPE_OBJECT)

static void
hs_invite_finalize (GObject *object)
{
  HsInvite *self = HS_INVITE (object);

  g_clear_pointer (&self->room, hs_jid_unref);
  g_clear_pointer (&self->inviter, hs_jid_unref);
  g_free (self->reason);
  g_free (self->password);
  g_free (self->thread);

  G_OBJECT_CLASS (hs_invite_parent_class)->finalize (object);
}

static void
hs_invite_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsInvite *self = HS_INVITE (object);

  switch (prop_id)
    {
    case PROP_ROOM:
      g_value_set_boxed (value, hs_invite_get_room (self));
      break;
    case PROP_INVITER:
      g_value_set_boxed (value, hs_invite_get_inviter (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, hs_invite_get_reason (self));
      break;
    case PROP_PASSWORD:
      g_value_set_string (value, hs_invite_get_password (self));
      break;
    case PROP_IS_DIRECT:
      g_value_set_boolean (value, hs_invite_get_is_direct (self));
      break;
    case PROP_THREAD:
      g_value_set_string (value, hs_invite_get_thread (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
define_properties (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsInvite:room: (getter get_room)
   *
   * The room.
   *
   * Since: 0.2
   */
  props[PROP_ROOM] = g_param_spec_boxed ("room", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsInvite:inviter: (getter get_inviter)
   *
   * The address of the inviter: from the room, or the sender of a direct invitation; or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_INVITER] = g_param_spec_boxed ("inviter", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsInvite:reason: (getter get_reason)
   *
   * The reason that was given, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, ro);

  /**
   * HsInvite:password: (getter get_password)
   *
   * The password of the room, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, ro);

  /**
   * HsInvite:is-direct: (getter get_is_direct)
   *
   * Whether the invitation was sent directly, and not through the room (XEP-0249).
   *
   * Since: 0.2
   */
  props[PROP_IS_DIRECT] = g_param_spec_boolean ("is-direct", NULL, NULL, FALSE, ro);

  /**
   * HsInvite:thread: (getter get_thread)
   *
   * The thread of the conversation to be continued in the room (XEP-0045, 7.9; XEP-0249), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_THREAD] = g_param_spec_string ("thread", NULL, NULL, NULL, ro);
}

static void
hs_invite_class_init (HsInviteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_invite_finalize;
  object_class->get_property = hs_invite_get_property;
  define_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_invite_init (HsInvite *self)
{
}

/**
 * hs_invite_get_room: (get-property room)
 * @self: an invitation
 *
 * Gets the room.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
HsJid *
hs_invite_get_room (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), NULL);

  return self->room;
}

/**
 * hs_invite_get_inviter: (get-property inviter)
 * @self: an invitation
 *
 * Gets the address of the inviter: from the room, or the sender of a direct invitation.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsJid *
hs_invite_get_inviter (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), NULL);

  return self->inviter;
}

/**
 * hs_invite_get_reason: (get-property reason)
 * @self: an invitation
 *
 * Gets the reason that was given.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_invite_get_reason (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), NULL);

  return self->reason;
}

/**
 * hs_invite_get_password: (get-property password)
 * @self: an invitation
 *
 * Gets the password of the room.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_invite_get_password (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), NULL);

  return self->password;
}

/**
 * hs_invite_get_is_direct: (get-property is-direct)
 * @self: an invitation
 *
 * Gets whether the invitation was sent directly, and not through the room (XEP-0249).
 *
 * Returns: the value
 *
 * Since: 0.2
 */
gboolean
hs_invite_get_is_direct (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), FALSE);

  return self->is_direct;
}

/**
 * hs_invite_get_thread: (get-property thread)
 * @self: an invitation
 *
 * Gets the thread of the conversation to be continued in the room (XEP-0045, 7.9; XEP-0249).
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_invite_get_thread (HsInvite *self)
{
  g_return_val_if_fail (HS_IS_INVITE (self), NULL);

  return self->thread;
}
