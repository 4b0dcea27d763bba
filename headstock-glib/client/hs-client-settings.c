/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* The accessors of HsClient's properties; those of its security are in hs-client-security.c. */

/* Whether a value is one that the property takes. g_object_set() sees to that by itself; a setter that is called
 * would truncate the value, or make the client refuse all that comes. */
gboolean
hs_client_check_range (HsClient *self, const char *property, guint64 value)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), property);
  guint64 least = 0;
  guint64 most = 0;

  if (G_IS_PARAM_SPEC_ENUM (spec))
    {
      GEnumClass *values = G_PARAM_SPEC_ENUM (spec)->enum_class;

      if (value <= G_MAXINT && g_enum_get_value (values, (int) value) != NULL)
        return TRUE;
      g_critical ("%s cannot be set: %" G_GUINT64_FORMAT " is no value of %s", property, value,
                  g_type_name (spec->value_type));
      return FALSE;
    }
  if (G_IS_PARAM_SPEC_UINT64 (spec))
    {
      least = G_PARAM_SPEC_UINT64 (spec)->minimum;
      most = G_PARAM_SPEC_UINT64 (spec)->maximum;
    }
  else
    {
      least = G_PARAM_SPEC_UINT (spec)->minimum;
      most = G_PARAM_SPEC_UINT (spec)->maximum;
    }
  if (value >= least && value <= most)
    return TRUE;
  g_critical ("%s cannot be set to %" G_GUINT64_FORMAT ": it is from %" G_GUINT64_FORMAT
              " to %" G_GUINT64_FORMAT,
              property, value, least, most);
  return FALSE;
}

/**
 * hs_client_get_jid: (get-property jid)
 * @self: a client
 *
 * The account's address. One with a resource asks the server for that resource (RFC 6120, 7.7).
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsJid *
hs_client_get_jid (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_jid (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_get_host: (get-property host)
 * @self: a client
 *
 * The host to connect to in place of those that the DNS names for the domain; %NULL to ask the DNS.
 * The certificate must be for the domain all the same.
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_host (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_host (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_host: (set-property host)
 * @self: a client
 * @host: (nullable): the new value
 *
 * The host to connect to in place of those that the DNS names for the domain; %NULL to ask the DNS.
 * The certificate must be for the domain all the same.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_host (HsClient *self, const char *host)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_host (hs_client_settings (priv), host))
    g_object_notify (G_OBJECT (self), "host");
}

/**
 * hs_client_get_port: (get-property port)
 * @self: a client
 *
 * The port to connect to, or 0: as the DNS says; else 5222, or 5223 if TLS is direct.
 *
 * Returns: the value
 */
guint 
hs_client_get_port (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_port (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_port: (set-property port)
 * @self: a client
 * @port: the new value
 *
 * The port to connect to, or 0: as the DNS says; else 5222, or 5223 if TLS is direct.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_port (HsClient *self, guint port)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "port", port))
    return;

  if (hs_settings_set_port (hs_client_settings (priv), port))
    g_object_notify (G_OBJECT (self), "port");
}

/**
 * hs_client_get_proxy_resolver: (get-property proxy-resolver)
 * @self: a client
 *
 * What decides on proxies, or %NULL for the system's.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GProxyResolver *
hs_client_get_proxy_resolver (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_proxy_resolver (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_proxy_resolver: (set-property proxy-resolver)
 * @self: a client
 * @proxy_resolver: (nullable) (transfer none): the new value
 *
 * What decides on proxies, or %NULL for the system's.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_proxy_resolver (HsClient *self, GProxyResolver *proxy_resolver)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_proxy_resolver (hs_client_settings (priv), proxy_resolver))
    g_object_notify (G_OBJECT (self), "proxy-resolver");
}

/**
 * hs_client_get_lang: (get-property lang)
 * @self: a client
 *
 * The language of the stream (RFC 6120, 4.7.4), or %NULL for that of the locale.
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_lang (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_lang (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_lang: (set-property lang)
 * @self: a client
 * @lang: (nullable): the new value
 *
 * The language of the stream (RFC 6120, 4.7.4), or %NULL for that of the locale.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_lang (HsClient *self, const char *lang)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_lang (hs_client_settings (priv), lang))
    g_object_notify (G_OBJECT (self), "lang");
}

/**
 * hs_client_get_state: (get-property state)
 * @self: a client
 *
 * Where the client stands.
 *
 * Returns: the value
 */
HsClientState 
hs_client_get_state (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_client_get_present_state (hs_client_private (self));
}

/**
 * hs_client_get_bound_jid: (get-property bound-jid)
 * @self: a client
 *
 * The full address that the server has bound (RFC 6120, 7), or %NULL without a session.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsJid *
hs_client_get_bound_jid (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_session_get_bound_jid (hs_client_session (hs_client_private (self)));
}

/**
 * hs_client_get_auto_reconnect: (get-property auto-reconnect)
 * @self: a client
 *
 * Whether a connection that is lost after the client was ready is made anew.
 *
 * Returns: the value
 */
gboolean 
hs_client_get_auto_reconnect (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  return hs_settings_get_auto_reconnect (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_auto_reconnect: (set-property auto-reconnect)
 * @self: a client
 * @auto_reconnect: the new value
 *
 * Whether a connection that is lost after the client was ready is made anew.
 *
 * A change takes effect at once: the end of the connection that stands is followed by another one, or not, as the
 * value is then.
 */
void
hs_client_set_auto_reconnect (HsClient *self, gboolean auto_reconnect)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_auto_reconnect (hs_client_settings (priv), auto_reconnect))
    g_object_notify (G_OBJECT (self), "auto-reconnect");
}

/**
 * hs_client_get_connect_timeout: (get-property connect-timeout)
 * @self: a client
 *
 * How long each stage of making a connection may take, in milliseconds: finding the server and
 * connecting to each of its addresses, the TLS handshake, each step of the negotiation, and the
 * server's end of the stream.
 *
 * Returns: the value
 */
guint 
hs_client_get_connect_timeout (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_connect_timeout (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_connect_timeout: (set-property connect-timeout)
 * @self: a client
 * @connect_timeout: the new value
 *
 * How long each stage of making a connection may take, in milliseconds: finding the server and
 * connecting to each of its addresses, the TLS handshake, each step of the negotiation, and the
 * server's end of the stream.
 *
 * A change takes effect at once, for each stage that begins from now on and for the answer to a sign of life that
 * is asked for; a stage that has begun keeps its time.
 */
void
hs_client_set_connect_timeout (HsClient *self, guint connect_timeout)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "connect-timeout", connect_timeout))
    return;

  if (hs_settings_set_connect_timeout (hs_client_settings (priv), connect_timeout))
    g_object_notify (G_OBJECT (self), "connect-timeout");
}

/**
 * hs_client_get_request_timeout: (get-property request-timeout)
 * @self: a client
 *
 * How long an answer to an iq is waited for if nothing else is set, in milliseconds.
 *
 * Returns: the value
 */
guint 
hs_client_get_request_timeout (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_request_timeout (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_request_timeout: (set-property request-timeout)
 * @self: a client
 * @request_timeout: the new value
 *
 * How long an answer to an iq is waited for if nothing else is set, in milliseconds.
 *
 * A change takes effect at once, for the requests that are sent from now on; those that wait keep their time.
 */
void
hs_client_set_request_timeout (HsClient *self, guint request_timeout)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "request-timeout", request_timeout))
    return;

  if (hs_settings_set_request_timeout (hs_client_settings (priv), request_timeout))
    g_object_notify (G_OBJECT (self), "request-timeout");
}

/**
 * hs_client_get_keepalive_interval: (get-property keepalive-interval)
 * @self: a client
 *
 * After how many milliseconds of silence the server is asked for a sign of life (XEP-0199), or 0 for
 * never. A server that gives none within [property@Client:connect-timeout] is lost.
 *
 * Returns: the value
 */
guint 
hs_client_get_keepalive_interval (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_keepalive_interval (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_keepalive_interval: (set-property keepalive-interval)
 * @self: a client
 * @keepalive_interval: the new value
 *
 * After how many milliseconds of silence the server is asked for a sign of life (XEP-0199), or 0 for
 * never. A server that gives none within [property@Client:connect-timeout] is lost.
 *
 * A change takes effect at once, in the session that stands as well.
 */
void
hs_client_set_keepalive_interval (HsClient *self, guint keepalive_interval)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "keepalive-interval", keepalive_interval))
    return;

  if (!hs_settings_set_keepalive_interval (hs_client_settings (priv), keepalive_interval))
    return;
  hs_client_expect_life (self);
  g_object_notify (G_OBJECT (self), "keepalive-interval");
}

/**
 * hs_client_get_max_stanza_size: (get-property max-stanza-size)
 * @self: a client
 *
 * How many bytes of memory one stanza from the server may take. A larger one is discarded and the session
 * goes on: see [signal@Client::stanza-discarded]. Past 16 times the limit, the stream ends.
 *
 * Returns: the value
 */
guint64 
hs_client_get_max_stanza_size (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_max_stanza_size (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_max_stanza_size: (set-property max-stanza-size)
 * @self: a client
 * @max_stanza_size: the new value
 *
 * How many bytes of memory one stanza from the server may take. A larger one is discarded and the session
 * goes on: see [signal@Client::stanza-discarded]. Past 16 times the limit, the stream ends.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_max_stanza_size (HsClient *self, guint64 max_stanza_size)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "max-stanza-size", max_stanza_size))
    return;

  if (hs_settings_set_max_stanza_size (hs_client_settings (priv), max_stanza_size))
    g_object_notify (G_OBJECT (self), "max-stanza-size");
}

/**
 * hs_client_get_max_depth: (get-property max-depth)
 * @self: a client
 *
 * How deep elements in one stanza may be nested.
 *
 * Returns: the value
 */
guint 
hs_client_get_max_depth (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_max_depth (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_max_depth: (set-property max-depth)
 * @self: a client
 * @max_depth: the new value
 *
 * How deep elements in one stanza may be nested.
 *
 * A change takes effect with the next connection for what is received, and at once for what is sent.
 */
void
hs_client_set_max_depth (HsClient *self, guint max_depth)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "max-depth", max_depth))
    return;

  if (hs_settings_set_max_depth (hs_client_settings (priv), max_depth))
    g_object_notify (G_OBJECT (self), "max-depth");
}

/**
 * hs_client_get_initial_roster: (get-property initial-roster)
 * @self: a client
 *
 * Whether the roster is asked for when a new session stands (RFC 6121, 2.2).
 *
 * Returns: the value
 */
gboolean 
hs_client_get_initial_roster (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  return hs_settings_get_initial_roster (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_initial_roster: (set-property initial-roster)
 * @self: a client
 * @initial_roster: the new value
 *
 * Whether the roster is asked for when a new session stands (RFC 6121, 2.2).
 *
 * A change takes effect when the next session begins.
 */
void
hs_client_set_initial_roster (HsClient *self, gboolean initial_roster)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_initial_roster (hs_client_settings (priv), initial_roster))
    g_object_notify (G_OBJECT (self), "initial-roster");
}

/**
 * hs_client_get_registration: (get-property registration)
 * @self: a client
 *
 * A module that takes part before the client signs in, such as one that makes the account.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsModule *
hs_client_get_registration (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_registration (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_registration: (set-property registration)
 * @self: a client
 * @registration: (nullable) (transfer none): the new value
 *
 * A module that takes part before the client signs in, such as one that makes the account.
 *
 * A change takes effect with the next connection, for the account; the module is attached, and the old one
 * detached, at once.
 */
void
hs_client_set_registration (HsClient *self, HsModule *registration)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_get_registration (hs_client_settings (priv)) == registration)
    return;
  if (hs_settings_get_registration (hs_client_settings (priv)) != NULL)
    hs_client_unregister (self, hs_settings_get_registration (hs_client_settings (priv)));
  hs_settings_set_registration (hs_client_settings (priv), registration);
  if (registration != NULL)
    hs_client_register (self, registration);
  g_object_notify (G_OBJECT (self), "registration");
}

/**
 * hs_client_get_resend_policy: (get-property resend-policy)
 * @self: a client
 *
 * Gets which stanzas of a session that was lost are sent again in the next one.
 *
 * Returns: the policy
 */
HsResendPolicy
hs_client_get_resend_policy (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), HS_RESEND_POLICY_UNRECEIVED);
  hs_client_return_val_if_foreign (self, HS_RESEND_POLICY_UNRECEIVED);

  return hs_settings_get_resend_policy (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_resend_policy: (set-property resend-policy)
 * @self: a client
 * @resend_policy: the policy
 *
 * Sets which stanzas of a session that was lost are sent again in the next one.
 *
 * A change takes effect at once, for each session that is lost from then on.
 */
void
hs_client_set_resend_policy (HsClient *self, HsResendPolicy resend_policy)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "resend-policy", resend_policy))
    return;

  if (!hs_settings_set_resend_policy (hs_client_settings (priv), resend_policy))
    return;
  g_object_notify (G_OBJECT (self), "resend-policy");
}
