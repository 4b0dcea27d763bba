/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-security-info.h"

/**
 * HsSecurityInfo:
 *
 * How one connection of a client is protected, and how the client signed in to it.
 *
 * See [property@Client:security-info]. It does not change; each connection has one of its own.
 *
 * ```python
 * def ready(client):
 *     info = client.props.security_info
 *     print(info.props.tls_version, info.props.mechanism, info.props.channel_binding)
 *
 * client.connect("ready", ready)
 * ```
 */
struct _HsSecurityInfo
{
  GObject parent_instance;

  GTlsProtocolVersion tls_version;
  char *cipher;
  gboolean verified;
  char *mechanism;
  char *channel_binding;
  gboolean downgrade_protected;
  gboolean resumed;
};

enum
{
  PROP_TLS_VERSION = 1,
  PROP_CIPHER,
  PROP_VERIFIED,
  PROP_MECHANISM,
  PROP_CHANNEL_BINDING,
  PROP_DOWNGRADE_PROTECTED,
  PROP_RESUMED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsSecurityInfo, hs_security_info, G_TYPE_OBJECT)

static void
hs_security_info_finalize (GObject *object)
{
  HsSecurityInfo *self = HS_SECURITY_INFO (object);

  g_free (self->cipher);
  g_free (self->mechanism);
  g_free (self->channel_binding);

  G_OBJECT_CLASS (hs_security_info_parent_class)->finalize (object);
}

static void
hs_security_info_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsSecurityInfo *self = HS_SECURITY_INFO (object);

  switch (prop_id)
    {
    case PROP_TLS_VERSION:
      g_value_set_enum (value, hs_security_info_get_tls_version (self));
      break;
    case PROP_CIPHER:
      g_value_set_string (value, hs_security_info_get_cipher (self));
      break;
    case PROP_VERIFIED:
      g_value_set_boolean (value, hs_security_info_get_verified (self));
      break;
    case PROP_MECHANISM:
      g_value_set_string (value, hs_security_info_get_mechanism (self));
      break;
    case PROP_CHANNEL_BINDING:
      g_value_set_string (value, hs_security_info_get_channel_binding (self));
      break;
    case PROP_DOWNGRADE_PROTECTED:
      g_value_set_boolean (value, hs_security_info_get_downgrade_protected (self));
      break;
    case PROP_RESUMED:
      g_value_set_boolean (value, hs_security_info_get_resumed (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_security_info_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  HsSecurityInfo *self = HS_SECURITY_INFO (object);

  switch (prop_id)
    {
    case PROP_TLS_VERSION:
      self->tls_version = g_value_get_enum (value);
      break;
    case PROP_CIPHER:
      self->cipher = g_value_dup_string (value);
      break;
    case PROP_VERIFIED:
      self->verified = g_value_get_boolean (value);
      break;
    case PROP_MECHANISM:
      self->mechanism = g_value_dup_string (value);
      break;
    case PROP_CHANNEL_BINDING:
      self->channel_binding = g_value_dup_string (value);
      break;
    case PROP_DOWNGRADE_PROTECTED:
      self->downgrade_protected = g_value_get_boolean (value);
      break;
    case PROP_RESUMED:
      self->resumed = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
specify_properties (void)
{
  const GParamFlags flags
      = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * HsSecurityInfo:tls-version: (getter get_tls_version)
   *
   * The version of TLS, `UNKNOWN` without TLS. The default is %G_TLS_PROTOCOL_VERSION_UNKNOWN.
   */
  props[PROP_TLS_VERSION]
      = g_param_spec_enum ("tls-version", NULL, NULL, G_TYPE_TLS_PROTOCOL_VERSION,
                           G_TLS_PROTOCOL_VERSION_UNKNOWN, flags);

  /**
   * HsSecurityInfo:cipher: (getter get_cipher)
   *
   * The name of the cipher suite, or %NULL, the default, without TLS.
   */
  props[PROP_CIPHER] = g_param_spec_string ("cipher", NULL, NULL, NULL, flags);

  /**
   * HsSecurityInfo:verified: (getter get_verified)
   *
   * Whether the server's certificate was verified or is the pinned one. The default is %FALSE.
   */
  props[PROP_VERIFIED] = g_param_spec_boolean ("verified", NULL, NULL, FALSE, flags);

  /**
   * HsSecurityInfo:mechanism: (getter get_mechanism)
   *
   * The name of the mechanism that the client signed in with. The default is %NULL.
   */
  props[PROP_MECHANISM] = g_param_spec_string ("mechanism", NULL, NULL, NULL, flags);

  /**
   * HsSecurityInfo:channel-binding: (getter get_channel_binding)
   *
   * The type of channel binding, or %NULL, the default, for none.
   */
  props[PROP_CHANNEL_BINDING]
      = g_param_spec_string ("channel-binding", NULL, NULL, NULL, flags);

  /**
   * HsSecurityInfo:downgrade-protected: (getter get_downgrade_protected)
   *
   * Whether the server has proved that nobody changed its lists of mechanisms (XEP-0474). The default is %FALSE.
   */
  props[PROP_DOWNGRADE_PROTECTED]
      = g_param_spec_boolean ("downgrade-protected", NULL, NULL, FALSE, flags);

  /**
   * HsSecurityInfo:resumed: (getter get_resumed)
   *
   * Whether the connection goes on with an earlier session (XEP-0198). The default is %FALSE.
   */
  props[PROP_RESUMED] = g_param_spec_boolean ("resumed", NULL, NULL, FALSE, flags);
}

static void
hs_security_info_class_init (HsSecurityInfoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_security_info_finalize;
  object_class->get_property = hs_security_info_get_property;
  object_class->set_property = hs_security_info_set_property;
  specify_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_security_info_init (HsSecurityInfo *self)
{
}

/**
 * hs_security_info_get_tls_version: (get-property tls-version)
 * @self: what protects a connection
 *
 * The version of TLS.
 *
 * Returns: the version; `UNKNOWN` without TLS
 */
GTlsProtocolVersion
hs_security_info_get_tls_version (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), G_TLS_PROTOCOL_VERSION_UNKNOWN);

  return self->tls_version;
}

/**
 * hs_security_info_get_cipher: (get-property cipher)
 * @self: what protects a connection
 *
 * The cipher suite of TLS.
 *
 * Returns: (nullable): its name, or %NULL without TLS
 */
const char *
hs_security_info_get_cipher (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), NULL);

  return self->cipher;
}

/**
 * hs_security_info_get_verified: (get-property verified)
 * @self: what protects a connection
 *
 * Whether the server's certificate was verified or is the pinned one, and not only accepted by a handler
 * of [signal@Client::accept-certificate].
 *
 * Returns: %TRUE if it was
 */
gboolean
hs_security_info_get_verified (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), FALSE);

  return self->verified;
}

/**
 * hs_security_info_get_mechanism: (get-property mechanism)
 * @self: what protects a connection
 *
 * The mechanism that the client signed in with.
 *
 * Returns: (nullable): its name
 */
const char *
hs_security_info_get_mechanism (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), NULL);

  return self->mechanism;
}

/**
 * hs_security_info_get_channel_binding: (get-property channel-binding)
 * @self: what protects a connection
 *
 * What of the TLS connection the sign-in was bound to (RFC 5056), so that nobody in the middle can have
 * passed it on: `tls-exporter` (RFC 9266), `tls-unique` or `tls-server-end-point` (RFC 5929).
 *
 * Returns: (nullable): the type, or %NULL for none
 */
const char *
hs_security_info_get_channel_binding (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), NULL);

  return self->channel_binding;
}

/**
 * hs_security_info_get_downgrade_protected: (get-property downgrade-protected)
 * @self: what protects a connection
 *
 * Whether the server has proved that its lists of mechanisms and of types of channel binding arrived as
 * it had sent them (XEP-0474).
 *
 * Returns: %TRUE if it has
 */
gboolean
hs_security_info_get_downgrade_protected (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), FALSE);

  return self->downgrade_protected;
}

/**
 * hs_security_info_get_resumed: (get-property resumed)
 * @self: what protects a connection
 *
 * Whether the connection goes on with an earlier session (XEP-0198).
 *
 * Returns: %TRUE if it does
 */
gboolean
hs_security_info_get_resumed (HsSecurityInfo *self)
{
  g_return_val_if_fail (HS_IS_SECURITY_INFO (self), FALSE);

  return self->resumed;
}
