/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocked-address-private.h"

/**
 * HsBlockedAddress:
 *
 * An address that the account has blocked (XEP-0191), in [property@Blocking:blocked].
 *
 * It stays the same object for as long as the address is blocked.
 *
 * ```python
 * for address in blocking.props.blocked:
 *     print(address.props.jid)
 * ```
 *
 * Since: 0.2
 */

struct _HsBlockedAddress
{
  GObject parent_instance;

  HsJid *jid;
  gboolean is_unblocked;
};

enum
{
  PROP_JID = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsBlockedAddress, hs_blocked_address, G_TYPE_OBJECT)

static void
hs_blocked_address_finalize (GObject *object)
{
  g_clear_pointer (&HS_BLOCKED_ADDRESS (object)->jid, hs_jid_unref);

  G_OBJECT_CLASS (hs_blocked_address_parent_class)->finalize (object);
}

static void
hs_blocked_address_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_blocked_address_get_jid (HS_BLOCKED_ADDRESS (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_blocked_address_class_init (HsBlockedAddressClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_blocked_address_finalize;
  object_class->get_property = hs_blocked_address_get_property;

  /**
   * HsBlockedAddress:jid: (getter get_jid)
   *
   * The address: a full JID, a bare JID or a domain (XEP-0191, 6).
   *
   * Since: 0.2
   */
  props[PROP_JID]
      = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_blocked_address_init (HsBlockedAddress *self)
{
}

HsBlockedAddress *
hs_blocked_address_new (HsJid *jid)
{
  HsBlockedAddress *self = g_object_new (HS_TYPE_BLOCKED_ADDRESS, NULL);

  self->jid = hs_jid_ref (jid);
  return self;
}

gboolean
hs_blocked_address_get_is_blocked (HsBlockedAddress *self)
{
  return !self->is_unblocked;
}

void
hs_blocked_address_set_unblocked (HsBlockedAddress *self)
{
  self->is_unblocked = TRUE;
}

/**
 * hs_blocked_address_get_jid: (get-property jid)
 * @self: a blocked address
 *
 * Gets the address: a full JID, a bare JID or a domain (XEP-0191, 6).
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_blocked_address_get_jid (HsBlockedAddress *self)
{
  g_return_val_if_fail (HS_IS_BLOCKED_ADDRESS (self), NULL);

  return self->jid;
}
