/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-leave-private.h"

#include "hs-enum-types.h"

/**
 * HsLeave:
 *
 * How a stay in a room ended, in [signal@Room::left].
 *
 * ```python
 * def left(room, leave):
 *     print("out of", room.props.jid, leave.props.kind.value_nick, leave.props.reason)
 *
 * room.connect("left", left)
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_KIND = 1,
  PROP_ACTOR,
  PROP_REASON,
  PROP_ALTERNATIVE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsLeave, hs_leave, G_TYPE_OBJECT)

static void
hs_leave_finalize (GObject *object)
{
  HsLeave *self = HS_LEAVE (object);

  g_free (self->actor);
  g_free (self->reason);
  g_clear_pointer (&self->alternative, hs_jid_unref);

  G_OBJECT_CLASS (hs_leave_parent_class)->finalize (object);
}

static void
hs_leave_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsLeave *self = HS_LEAVE (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, hs_leave_get_kind (self));
      break;
    case PROP_ACTOR:
      g_value_set_string (value, hs_leave_get_actor (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, hs_leave_get_reason (self));
      break;
    case PROP_ALTERNATIVE:
      g_value_set_boxed (value, hs_leave_get_alternative (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_leave_class_init (HsLeaveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_leave_finalize;
  object_class->get_property = hs_leave_get_property;

  /**
   * HsLeave:kind: (getter get_kind)
   *
   * Why the account is not in the room any more.
   *
   * Since: 0.2
   */
  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_LEAVE_KIND,
                                   HS_LEAVE_KIND_LEFT, ro);

  /**
   * HsLeave:actor: (getter get_actor)
   *
   * The nickname or the address of the person who did it, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_ACTOR] = g_param_spec_string ("actor", NULL, NULL, NULL, ro);

  /**
   * HsLeave:reason: (getter get_reason)
   *
   * The reason that was given, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, ro);

  /**
   * HsLeave:alternative: (getter get_alternative)
   *
   * The room to join in place of one that was destroyed, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_ALTERNATIVE] = g_param_spec_boxed ("alternative", NULL, NULL, HS_TYPE_JID, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_leave_init (HsLeave *self)
{
}

/**
 * hs_leave_get_kind: (get-property kind)
 * @self: how a stay ended
 *
 * Gets why the account is not in the room any more.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsLeaveKind
hs_leave_get_kind (HsLeave *self)
{
  g_return_val_if_fail (HS_IS_LEAVE (self), HS_LEAVE_KIND_LEFT);

  return self->kind;
}

/**
 * hs_leave_get_actor: (get-property actor)
 * @self: how a stay ended
 *
 * Gets the nickname or the address of the person who did it.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_leave_get_actor (HsLeave *self)
{
  g_return_val_if_fail (HS_IS_LEAVE (self), NULL);

  return self->actor;
}

/**
 * hs_leave_get_reason: (get-property reason)
 * @self: how a stay ended
 *
 * Gets the reason that was given.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_leave_get_reason (HsLeave *self)
{
  g_return_val_if_fail (HS_IS_LEAVE (self), NULL);

  return self->reason;
}

/**
 * hs_leave_get_alternative: (get-property alternative)
 * @self: how a stay ended
 *
 * Gets the room to join in place of one that was destroyed.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsJid *
hs_leave_get_alternative (HsLeave *self)
{
  g_return_val_if_fail (HS_IS_LEAVE (self), NULL);

  return self->alternative;
}
