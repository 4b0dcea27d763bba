/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-affiliate-private.h"

#include "hs-enum-types.h"

/**
 * HsAffiliate:
 *
 * Somebody with an affiliation to a room, whether they are in it or not (XEP-0045, 9.5).
 *
 * ```python
 * def listed(room, result):
 *     for affiliate in room.query_affiliations_finish(result):
 *         print(affiliate.props.jid, affiliate.props.reason)
 *
 * room.query_affiliations_async(Headstock.Affiliation.OUTCAST, None, listed)
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_JID = 1,
  PROP_AFFILIATION,
  PROP_NICK,
  PROP_REASON,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsAffiliate, hs_affiliate, G_TYPE_OBJECT)

static void
hs_affiliate_finalize (GObject *object)
{
  HsAffiliate *self = HS_AFFILIATE (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->nick);
  g_free (self->reason);

  G_OBJECT_CLASS (hs_affiliate_parent_class)->finalize (object);
}

static void
hs_affiliate_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsAffiliate *self = HS_AFFILIATE (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_affiliate_get_jid (self));
      break;
    case PROP_AFFILIATION:
      g_value_set_enum (value, hs_affiliate_get_affiliation (self));
      break;
    case PROP_NICK:
      g_value_set_string (value, hs_affiliate_get_nick (self));
      break;
    case PROP_REASON:
      g_value_set_string (value, hs_affiliate_get_reason (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_affiliate_class_init (HsAffiliateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_affiliate_finalize;
  object_class->get_property = hs_affiliate_get_property;

  /**
   * HsAffiliate:jid: (getter get_jid)
   *
   * The address, usually a bare JID.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsAffiliate:affiliation: (getter get_affiliation)
   *
   * The affiliation.
   *
   * Since: 0.2
   */
  props[PROP_AFFILIATION] = g_param_spec_enum ("affiliation", NULL, NULL, HS_TYPE_AFFILIATION,
                                   HS_AFFILIATION_NONE, ro);

  /**
   * HsAffiliate:nick: (getter get_nick)
   *
   * The nickname that is registered with the room, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, ro);

  /**
   * HsAffiliate:reason: (getter get_reason)
   *
   * Why the affiliation was given, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REASON] = g_param_spec_string ("reason", NULL, NULL, NULL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_affiliate_init (HsAffiliate *self)
{
}

/**
 * hs_affiliate_get_jid: (get-property jid)
 * @self: an affiliate
 *
 * Gets the address, usually a bare JID.
 *
 * Returns: (transfer none): the value
 *
 * Since: 0.2
 */
HsJid *
hs_affiliate_get_jid (HsAffiliate *self)
{
  g_return_val_if_fail (HS_IS_AFFILIATE (self), NULL);

  return self->jid;
}

/**
 * hs_affiliate_get_affiliation: (get-property affiliation)
 * @self: an affiliate
 *
 * Gets the affiliation.
 *
 * Returns: the value
 *
 * Since: 0.2
 */
HsAffiliation
hs_affiliate_get_affiliation (HsAffiliate *self)
{
  g_return_val_if_fail (HS_IS_AFFILIATE (self), HS_AFFILIATION_NONE);

  return self->affiliation;
}

/**
 * hs_affiliate_get_nick: (get-property nick)
 * @self: an affiliate
 *
 * Gets the nickname that is registered with the room.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_affiliate_get_nick (HsAffiliate *self)
{
  g_return_val_if_fail (HS_IS_AFFILIATE (self), NULL);

  return self->nick;
}

/**
 * hs_affiliate_get_reason: (get-property reason)
 * @self: an affiliate
 *
 * Gets why the affiliation was given.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_affiliate_get_reason (HsAffiliate *self)
{
  g_return_val_if_fail (HS_IS_AFFILIATE (self), NULL);

  return self->reason;
}
