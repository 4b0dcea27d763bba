/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

#include "hs-enum-types.h"

/* The properties that a sign-in depends on, and those that tell what came of it. */

/* Their numbers come after those of hs-client.c. */
enum
{
  PROP_CHANNEL_BINDING = HS_CLIENT_FIRST_SIGN_IN_PROP,
  PROP_SECURITY_INFO,
  PROP_ACCESS_TOKEN,
  PROP_OAUTH_DISCOVERY,
  PROP_LOGIN_TOKEN,
  PROP_USER_AGENT_ID,
  PROP_USER_AGENT_SOFTWARE,
  PROP_USER_AGENT_DEVICE,
  PROP_BIND2,
  PROP_CARBONS,
};

void
hs_client_sign_in_get_property (HsClient *self, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CHANNEL_BINDING:
      g_value_set_enum (value, hs_client_get_channel_binding (self));
      break;
    case PROP_SECURITY_INFO:
      g_value_set_object (value, hs_client_get_security_info (self));
      break;
    case PROP_OAUTH_DISCOVERY:
      g_value_set_string (value, hs_client_get_oauth_discovery (self));
      break;
    case PROP_LOGIN_TOKEN:
      g_value_set_variant (value, hs_client_get_login_token (self));
      break;
    case PROP_USER_AGENT_ID:
      g_value_set_string (value, hs_client_get_user_agent_id (self));
      break;
    case PROP_USER_AGENT_SOFTWARE:
      g_value_set_string (value, hs_client_get_user_agent_software (self));
      break;
    case PROP_USER_AGENT_DEVICE:
      g_value_set_string (value, hs_client_get_user_agent_device (self));
      break;
    case PROP_BIND2:
      g_value_set_boolean (value, hs_client_get_bind2 (self));
      break;
    case PROP_CARBONS:
      g_value_set_boolean (value, hs_client_get_carbons (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (self, prop_id, pspec);
    }
}

void
hs_client_sign_in_set_property (HsClient *self,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CHANNEL_BINDING:
      hs_client_set_channel_binding (self, g_value_get_enum (value));
      break;
    case PROP_ACCESS_TOKEN:
      hs_client_set_access_token (self, g_value_get_string (value));
      break;
    case PROP_LOGIN_TOKEN:
      hs_client_set_login_token (self, g_value_get_variant (value));
      break;
    case PROP_USER_AGENT_ID:
      hs_client_set_user_agent_id (self, g_value_get_string (value));
      break;
    case PROP_USER_AGENT_SOFTWARE:
      hs_client_set_user_agent_software (self, g_value_get_string (value));
      break;
    case PROP_USER_AGENT_DEVICE:
      hs_client_set_user_agent_device (self, g_value_get_string (value));
      break;
    case PROP_BIND2:
      hs_client_set_bind2 (self, g_value_get_boolean (value));
      break;
    case PROP_CARBONS:
      hs_client_set_carbons (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (self, prop_id, pspec);
    }
}

static void
install_signals (void)
{
  /**
   * HsClient::security-established:
   * @self: the client
   * @info: how the connection is protected
   *
   * Emitted when the client has signed in, before [signal@Client::authenticated].
   */
  hs_client_signals[SIGNAL_SECURITY_ESTABLISHED]
      = g_signal_new ("security-established", HS_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, HS_TYPE_SECURITY_INFO);

  /**
   * HsClient::login-token-changed:
   * @self: the client
   * @token: (nullable): the new value of [property@Client:login-token]
   *
   * Emitted when the server has given a token, or another one, and with %NULL when it refuses the one it
   * had given. What is stored in place of the password is to be replaced, or forgotten.
   */
  hs_client_signals[SIGNAL_LOGIN_TOKEN_CHANGED]
      = g_signal_new ("login-token-changed", HS_TYPE_CLIENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
}

static void
install (GObjectClass *object_class, guint id, GParamSpec *spec)
{
  g_object_class_install_property (object_class, id, spec);
}

static void
install_security (GObjectClass *object_class)
{
  /**
   * HsClient:channel-binding: (getter get_channel_binding) (setter set_channel_binding)
   *
   * Whether the sign-in is bound to its TLS connection. The default is %HS_CHANNEL_BINDING_PREFER.
   *
   * A change takes effect with the next sign-in.
   */
  install (object_class, PROP_CHANNEL_BINDING,
           g_param_spec_enum ("channel-binding", NULL, NULL, HS_TYPE_CHANNEL_BINDING,
                              HS_CHANNEL_BINDING_PREFER, HS_CLIENT_PARAM_RW));

  /**
   * HsClient:security-info: (getter get_security_info)
   *
   * How the present or the last connection is protected.
   */
  install (object_class, PROP_SECURITY_INFO,
           g_param_spec_object ("security-info", NULL, NULL, HS_TYPE_SECURITY_INFO, HS_CLIENT_PARAM_RO));
}

static void
install_tokens (GObjectClass *object_class)
{
  /**
   * HsClient:access-token: (setter set_access_token)
   *
   * An access token for the mechanism OAUTHBEARER (RFC 7628); it can be written and not read. The default is %NULL.
   *
   * A change takes effect with the next sign-in.
   */
  install (object_class, PROP_ACCESS_TOKEN,
           g_param_spec_string ("access-token", NULL, NULL, NULL, HS_CLIENT_PARAM_WO));

  /**
   * HsClient:oauth-discovery: (getter get_oauth_discovery)
   *
   * Where there are access tokens to be had, of a server that has refused one (RFC 7628, 3.2.2).
   */
  install (object_class, PROP_OAUTH_DISCOVERY,
           g_param_spec_string ("oauth-discovery", NULL, NULL, NULL, HS_CLIENT_PARAM_RO));

  /**
   * HsClient:login-token: (getter get_login_token) (setter set_login_token)
   *
   * A token that the server gave for signing in without the password (XEP-0484), and what belongs to it. The default
   * is %NULL.
   *
   * A change takes effect with the next sign-in.
   */
  install (object_class, PROP_LOGIN_TOKEN,
           g_param_spec_variant ("login-token", NULL, NULL, G_VARIANT_TYPE_VARDICT, NULL, HS_CLIENT_PARAM_RW));
}

static void
install_session (GObjectClass *object_class)
{
  /**
   * HsClient:user-agent-id: (getter get_user_agent_id) (setter set_user_agent_id)
   *
   * What the server knows this installation of the program by (XEP-0388, 2.3): a UUID. The default is %NULL.
   *
   * A change takes effect with the next connection.
   */
  install (object_class, PROP_USER_AGENT_ID,
           g_param_spec_string ("user-agent-id", NULL, NULL, NULL, HS_CLIENT_PARAM_RW));

  /**
   * HsClient:user-agent-software: (getter get_user_agent_software) (setter set_user_agent_software)
   *
   * The program's name, for the user's list of devices (XEP-0388, 2.3), or %NULL, the default.
   *
   * A change takes effect with the next connection.
   */
  install (object_class, PROP_USER_AGENT_SOFTWARE,
           g_param_spec_string ("user-agent-software", NULL, NULL, NULL, HS_CLIENT_PARAM_RW));

  /**
   * HsClient:user-agent-device: (getter get_user_agent_device) (setter set_user_agent_device)
   *
   * The device's name, for the user's list of devices (XEP-0388, 2.3), or %NULL, the default.
   *
   * A change takes effect with the next connection.
   */
  install (object_class, PROP_USER_AGENT_DEVICE,
           g_param_spec_string ("user-agent-device", NULL, NULL, NULL, HS_CLIENT_PARAM_RW));

  /**
   * HsClient:bind2: (getter get_bind2) (setter set_bind2)
   *
   * Whether the resource is bound along with the sign-in (XEP-0386), which throws offline messages away. The default
   * is %FALSE.
   *
   * A change takes effect with the next connection.
   */
  install (object_class, PROP_BIND2, g_param_spec_boolean ("bind2", NULL, NULL, FALSE, HS_CLIENT_PARAM_RW));

  /**
   * HsClient:carbons: (getter get_carbons) (setter set_carbons)
   *
   * Whether copies of what one's other devices send and receive are asked for (XEP-0280). The default is %FALSE.
   *
   * A change takes effect when the next session begins.
   */
  install (object_class, PROP_CARBONS, g_param_spec_boolean ("carbons", NULL, NULL, FALSE, HS_CLIENT_PARAM_RW));
}

void
hs_client_sign_in_class_init (GObjectClass *object_class)
{
  install_security (object_class);
  install_tokens (object_class);
  install_session (object_class);
  install_signals ();
}

/**
 * hs_client_get_channel_binding: (get-property channel-binding)
 * @self: a client
 *
 * Whether the sign-in is bound to its TLS connection.
 *
 * Returns: the value
 */
HsChannelBinding
hs_client_get_channel_binding (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), HS_CHANNEL_BINDING_NONE);
  hs_client_return_val_if_foreign (self, HS_CHANNEL_BINDING_NONE);

  return hs_settings_get_channel_binding (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_channel_binding: (set-property channel-binding)
 * @self: a client
 * @channel_binding: the new value
 *
 * Whether the sign-in is bound to its TLS connection (RFC 5056), with the mechanisms whose names end in
 * -PLUS (RFC 5802, 6).
 *
 * Somebody in the middle, with whatever certificate, then can't pass the sign-in on to the server. With
 * %HS_CHANNEL_BINDING_PREFER, the default, that is so wherever server and connection have a type of
 * binding in common. With %HS_CHANNEL_BINDING_REQUIRE the run ends with %HS_ERROR_NO_MECHANISM if they
 * have none; the mechanism EXTERNAL, whose certificate is bound to the connection by what it is, remains.
 *
 * A change takes effect with the next sign-in.
 */
void
hs_client_set_channel_binding (HsClient *self, HsChannelBinding channel_binding)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "channel-binding", channel_binding))
    return;

  if (hs_settings_set_channel_binding (hs_client_settings (priv), channel_binding))
    g_object_notify (G_OBJECT (self), "channel-binding");
}

/**
 * hs_client_get_security_info: (get-property security-info)
 * @self: a client
 *
 * How the present or the last connection is protected, and how the client signed in to it.
 *
 * Returns: (transfer none) (nullable): what is known, or %NULL before the first sign-in
 */
HsSecurityInfo *
hs_client_get_security_info (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_sign_in_get_security_info (hs_client_sign_ins (hs_client_private (self)));
}

/**
 * hs_client_set_access_token: (set-property access-token)
 * @self: a client
 * @access_token: (nullable): a token, or %NULL for none
 *
 * Sets an access token for the mechanism OAUTHBEARER (RFC 7628), as an OAuth 2.0 or OpenID server gives
 * them out.
 *
 * It is used where the server offers that mechanism and none that the password serves for better, under TLS
 * and to a verified certificate alone. If the server refuses it, the run ends with
 * %HS_SASL_ERROR_NOT_AUTHORIZED, and [property@Client:oauth-discovery] is where to get another one, if the
 * server says so.
 *
 * A change takes effect with the next sign-in.
 */
void
hs_client_set_access_token (HsClient *self, const char *access_token)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  hs_settings_set_access_token (hs_client_settings (priv), access_token);
  g_object_notify (G_OBJECT (self), "access-token");
}

/**
 * hs_client_get_oauth_discovery: (get-property oauth-discovery)
 * @self: a client
 *
 * Where there are access tokens to be had: the address of an OpenID configuration, of the server that has
 * refused the last one (RFC 7628, 3.2.2). It is the server's word.
 *
 * Returns: (nullable): the address, or %NULL if nothing was refused or the server did not say
 */
const char *
hs_client_get_oauth_discovery (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_sign_in_get_discovery (hs_client_sign_ins (hs_client_private (self)));
}

/**
 * hs_client_get_login_token: (get-property login-token)
 * @self: a client
 *
 * The token that the server gave for signing in without the password, and what belongs to it.
 *
 * Returns: (transfer none) (nullable): a dictionary, or %NULL without a token
 */
GVariant *
hs_client_get_login_token (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_sign_in_get_login_token (hs_client_sign_ins (hs_client_private (self)));
}

/**
 * hs_client_set_login_token: (set-property login-token)
 * @self: a client
 * @login_token: (nullable): what [property@Client:login-token] once was, or %NULL for none
 *
 * Gives the client a token that the server has given to it, or to an earlier run of the program, for signing
 * in without the password, in one message (XEP-0484).
 *
 * The client asks for a token wherever a server has some, uses it from then on, and replaces it when the
 * server gives another one; [signal@Client::login-token-changed] tells of each. A program that keeps it keeps
 * it as it would a password, in a place like the system's keyring, and sets it at its next start. Where the
 * server refuses it, the password is used in the same connection. What is in it is the client's business,
 * but for `token` and `account` (strings); it sets [property@Client:user-agent-id] where that is not set. A
 * token is used for its own account and user agent alone, and with no other mechanism than it was asked for
 * with.
 *
 * A floating reference is taken.
 *
 * A change takes effect with the next sign-in.
 */
void
hs_client_set_login_token (HsClient *self, GVariant *login_token)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GVariant) token = login_token != NULL ? g_variant_ref_sink (login_token) : NULL;
  const char *id = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (token == NULL || g_variant_is_of_type (token, G_VARIANT_TYPE_VARDICT));

  if (!hs_sign_in_set_login_token (hs_client_sign_ins (priv), token))
    return;
  if (token != NULL && hs_settings_get_user_agent_id (hs_client_settings (priv)) == NULL
      && g_variant_lookup (token, "user-agent-id", "&s", &id))
    hs_client_set_user_agent_id (self, id);
  g_object_notify (G_OBJECT (self), "login-token");
}

/**
 * hs_client_get_user_agent_id: (get-property user-agent-id)
 * @self: a client
 *
 * What the server knows this installation of the program by (XEP-0388, 2.3).
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_user_agent_id (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_user_agent_id (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_user_agent_id: (set-property user-agent-id)
 * @self: a client
 * @user_agent_id: (nullable): the new value
 *
 * What the server knows this installation of the program by (XEP-0388, 2.3).
 *
 * It is a UUID of version 4, the same from one start of the program to the next and on no two devices. A
 * program makes one when it is installed (with g_uuid_string_random()), keeps it and sets it; where it sets
 * none, the client makes one for itself, which is in [property@Client:login-token] as well. Nobody but the
 * server sees it.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_user_agent_id (HsClient *self, const char *user_agent_id)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_user_agent_id (hs_client_settings (priv), user_agent_id))
    g_object_notify (G_OBJECT (self), "user-agent-id");
}

/**
 * hs_client_get_user_agent_software: (get-property user-agent-software)
 * @self: a client
 *
 * The program's name, for the user's list of devices (XEP-0388, 2.3).
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_user_agent_software (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_user_agent_software (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_user_agent_software: (set-property user-agent-software)
 * @self: a client
 * @user_agent_software: (nullable): the new value
 *
 * The program's name, for the user's list of devices (XEP-0388, 2.3).
 *
 * Nobody but the server and the user sees it; but with [property@Client:bind2], and an address without a
 * resource, the resource begins with it.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_user_agent_software (HsClient *self, const char *user_agent_software)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_user_agent_software (hs_client_settings (priv), user_agent_software))
    g_object_notify (G_OBJECT (self), "user-agent-software");
}

/**
 * hs_client_get_user_agent_device: (get-property user-agent-device)
 * @self: a client
 *
 * The device's name, for the user's list of devices (XEP-0388, 2.3).
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_user_agent_device (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_user_agent_device (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_user_agent_device: (set-property user-agent-device)
 * @self: a client
 * @user_agent_device: (nullable): the new value
 *
 * The device's name, for the user's list of devices (XEP-0388, 2.3).
 *
 * Nobody but the server and the user sees it.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_user_agent_device (HsClient *self, const char *user_agent_device)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_user_agent_device (hs_client_settings (priv), user_agent_device))
    g_object_notify (G_OBJECT (self), "user-agent-device");
}

/**
 * hs_client_get_bind2: (get-property bind2)
 * @self: a client
 *
 * Whether the resource is bound along with the sign-in (XEP-0386).
 *
 * Returns: the value
 */
gboolean
hs_client_get_bind2 (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  return hs_settings_get_bind2 (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_bind2: (set-property bind2)
 * @self: a client
 * @bind2: the new value
 *
 * Whether the resource is bound along with the sign-in (XEP-0386).
 *
 * It saves a round trip, and the server throws away the messages that came while the user was offline, since
 * who binds so is taken to fetch them from the archive (XEP-0313). So it is %FALSE, unless the program, or a
 * module that fetches from the archive, asks for it. Stream management, carbons and client state begin with it.
 *
 * The server chooses the resource; that of [property@Client:jid] is only what it begins with.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_bind2 (HsClient *self, gboolean bind2)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_bind2 (hs_client_settings (priv), bind2))
    g_object_notify (G_OBJECT (self), "bind2");
}

/**
 * hs_client_get_carbons: (get-property carbons)
 * @self: a client
 *
 * Whether copies of what one's other devices send and receive are asked for (XEP-0280).
 *
 * Returns: the value
 */
gboolean
hs_client_get_carbons (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  return hs_settings_get_carbons (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_carbons: (set-property carbons)
 * @self: a client
 * @carbons: the new value
 *
 * Whether copies of what one's other devices send and receive are asked for (XEP-0280).
 *
 * They are asked for when a session begins. Copies are elements inside of messages from the account itself: a
 * handler for them has %HS_HANDLER_FROM_ACCOUNT, or anybody could forge them.
 *
 * A change takes effect when the next session begins.
 */
void
hs_client_set_carbons (HsClient *self, gboolean carbons)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_carbons (hs_client_settings (priv), carbons))
    g_object_notify (G_OBJECT (self), "carbons");
}
