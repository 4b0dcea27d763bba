/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"

/* What the client signs in with, and what security it got by that. */

/* Their numbers come after those of hs-client.c. */
enum
{
  PROP_CHANNEL_BINDING = HS_CLIENT_FIRST_SIGN_IN_PROP,
  PROP_SECURITY_INFO,
};

/* The connection's, the strongest first; of those that it does not have, none. Bytes are owned by
 * @data. */
static void
list_channels (HsClientPrivate *priv, HsSaslChannel *channels, GPtrArray *data)
{
  static const char *const types[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
  GIOStream *stream = hs_transport_get_stream (priv->transport);
  guint n = 0;

  for (guint i = 0; G_IS_TLS_CONNECTION (stream) && i < G_N_ELEMENTS (types); i++)
    {
      GBytes *bytes = hs_tls_get_channel (G_TLS_CONNECTION (stream), types[i]);

      if (bytes == NULL)
        continue;
      g_ptr_array_add (data, bytes);
      channels[n].type = types[i];
      channels[n++].data = bytes;
    }
  channels[n].type = NULL;
}

/* A module may have given the account another name meanwhile (XEP-0077). Another domain counts from
 * the next connection on. */
static void
take_name (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsJid *account = hs_stream_get_account (priv->stream);

  if (priv->jid == account || priv->jid == NULL
      || g_strcmp0 (hs_jid_get_domain (priv->jid), hs_jid_get_domain (account)) != 0)
    return;
  hs_stream_set_account (priv->stream, priv->jid);
  hs_client_set_own (self, NULL, priv->jid);
}

void
hs_client_sign_in (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GPtrArray) data = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  HsSaslChannel channels[4];
  HsSaslCredentials credentials = {
    .password = priv->password,
    .has_certificate = priv->tls_certificate != NULL && priv->certificate_used,
    .encrypted = priv->secure,
    .trusted = priv->trusted,
    .password_proved = !priv->allow_plain,
    .tls_mode_none = priv->tls_mode == HS_TLS_MODE_NONE,
    .allowed = (const char *const *) priv->sasl_mechanisms,
    .min_iterations = priv->min_iterations,
    .channel_binding = priv->channel_binding,
    .channels = channels,
  };

  priv->in_negotiation = FALSE;
  take_name (self);
  list_channels (priv, channels, data);
  credentials.username = hs_jid_get_local (hs_stream_get_account (priv->stream));
  hs_stream_sign_in (priv->stream, &credentials);
  hs_client_flush (self);
  hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
}

static void
set_security_info (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  GIOStream *stream = hs_transport_get_stream (priv->transport);
  GTlsConnection *tls = G_IS_TLS_CONNECTION (stream) ? G_TLS_CONNECTION (stream) : NULL;
  g_autofree char *cipher = tls != NULL ? g_tls_connection_get_ciphersuite_name (tls) : NULL;
  GTlsProtocolVersion version = tls != NULL ? g_tls_connection_get_protocol_version (tls)
                                            : G_TLS_PROTOCOL_VERSION_UNKNOWN;

  g_clear_object (&priv->security_info);
  priv->security_info = g_object_new (
      HS_TYPE_SECURITY_INFO, "tls-version", version, "cipher", cipher, "verified", priv->trusted,
      "mechanism", hs_stream_get_mechanism (priv->stream), "channel-binding",
      hs_stream_get_channel_binding (priv->stream), "downgrade-protected",
      hs_stream_proved_lists (priv->stream), NULL);
  g_object_notify (G_OBJECT (self), "security-info");
  g_signal_emit (self, hs_client_signals[SIGNAL_SECURITY_ESTABLISHED], 0, priv->security_info);
}

void
hs_client_authenticated (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = priv->stream;

  if (hs_stream_proved_password (stream))
    hs_client_set_allow_plain (self, FALSE);
  hs_client_set_state (self, HS_CLIENT_STATE_AUTHENTICATED);
  /* A handler may have dropped the connection. */
  if (priv->stream == stream && priv->transport != NULL)
    set_security_info (self);
  if (priv->stream == stream && priv->transport != NULL)
    g_signal_emit (self, hs_client_signals[SIGNAL_AUTHENTICATED], 0,
                   hs_stream_get_mechanism (stream));
}

/* ---- Properties ---- */

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
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (self, prop_id, pspec);
    }
}

void
hs_client_sign_in_class_init (GObjectClass *object_class)
{
  const GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsClient:channel-binding: (getter get_channel_binding) (setter set_channel_binding)
   *
   * Whether the sign-in is bound to its TLS connection.
   */
  g_object_class_install_property (
      object_class, PROP_CHANNEL_BINDING,
      g_param_spec_enum ("channel-binding", NULL, NULL, HS_TYPE_CHANNEL_BINDING,
                         HS_CHANNEL_BINDING_PREFER, rw));

  /**
   * HsClient:security-info: (getter get_security_info)
   *
   * How the present or the last connection is protected.
   */
  g_object_class_install_property (
      object_class, PROP_SECURITY_INFO,
      g_param_spec_object ("security-info", NULL, NULL, HS_TYPE_SECURITY_INFO, ro));

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

  return hs_client_private (self)->channel_binding;
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
 * binding in common. With %HS_CHANNEL_BINDING_REQUIRE the run ends with %HS_ERROR_NO_MECHANISM where they
 * have none; the mechanism EXTERNAL, whose certificate is bound to the connection by what it is, remains.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_channel_binding (HsClient *self, HsChannelBinding channel_binding)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->channel_binding == channel_binding)
    return;
  priv->channel_binding = channel_binding;
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

  return hs_client_private (self)->security_info;
}
