/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "sasl/hs-sasl-secret.h"

/* The client's sign-in: its credentials, and the security info that results. */

static const HsAuthentication *
get_authentication (const HsClientPrivate *priv)
{
  return hs_stream_get_authentication (hs_client_stream (priv));
}

/* Lists the channel bindings that the TLS connection has, the strongest first. @data owns their bytes. */
static void
list_channels (HsClientPrivate *priv, HsSaslChannel *channels, GPtrArray *data)
{
  static const char *const types[] = { "tls-exporter", "tls-unique", "tls-server-end-point" };
  GTlsConnection *tls = hs_transport_get_tls (hs_client_transport (priv));
  guint n = 0;

  for (guint i = 0; tls != NULL && i < G_N_ELEMENTS (types); i++)
    {
      GBytes *bytes = hs_tls_get_channel (tls, types[i]);

      if (bytes == NULL)
        continue;
      g_ptr_array_add (data, bytes);
      channels[n].type = types[i];
      channels[n++].data = bytes;
    }
  channels[n].type = NULL;
}

/**
 * hs_client_check_secret:
 * @self: a client
 * @error: return location for an error
 *
 * Checks whether a password, or another secret, may be sent now as it is.
 *
 * This is the policy that the client itself follows for the mechanism PLAIN. A module that sends a secret, such
 * as the password of a new account (XEP-0077), asks here first. A secret may be sent through TLS to a server
 * whose certificate was verified, or is [property@Client:pinned-certificate]. It may not if only
 * [signal@Client::accept-certificate] let the certificate through, and not without TLS, unless the program both
 * chose %HS_TLS_MODE_NONE and named PLAIN in [property@Client:sasl-mechanisms].
 *
 * The password that the account has now is more than that: once a mechanism that does not show it has worked,
 * it is not sent at all. [property@Client:allow-plain] is false then.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED if there is no connection; %HS_ERROR_TLS_REQUIRED if the connection is
 * not protected well enough.
 *
 * Returns: true if a secret may be sent
 */
gboolean
hs_client_check_secret (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsSaslCredentials connection;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);

  if (!hs_connection_is_open (&priv->connection))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "A password cannot be sent: the client has no connection");
      return FALSE;
    }
  connection = (HsSaslCredentials) {
    .encrypted = hs_connection_is_secure (&priv->connection),
    .trusted = hs_connection_is_trusted (&priv->connection),
    .tls_mode_none = !hs_settings_uses_tls (&priv->settings),
    .allowed = hs_settings_get_sasl_mechanisms (&priv->settings),
  };
  return hs_sasl_check_secret (&connection, error);
}

/* A module may have given the account another name meanwhile (XEP-0077). Another domain counts from
 * the next connection on. */
static void
take_name (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsJid *account = hs_stream_get_account (hs_client_stream (priv));
  HsJid *jid = hs_settings_get_jid (&priv->settings);

  if (jid == account || jid == NULL
      || g_strcmp0 (hs_jid_get_domain (jid), hs_jid_get_domain (account)) != 0)
    return;
  hs_stream_set_account (hs_client_stream (priv), jid);
  hs_connection_set_account (&priv->connection, jid);
  hs_session_expect (&priv->session, jid);
}

/* By the client itself, and so to be told of. */
static void
replace_login_token (HsClient *self, GVariant *token)
{
  g_autoptr (GVariant) kept = token != NULL ? g_variant_ref_sink (token) : NULL;

  hs_client_set_login_token (self, kept);
  g_signal_emit (self, hs_client_signals[SIGNAL_LOGIN_TOKEN_CHANGED], 0, kept);
}

static GVariant *
make_login_token (HsClientPrivate *priv)
{
  HsStream *stream = hs_client_stream (priv);
  g_autoptr (HsJid) bare = hs_jid_get_bare (hs_stream_get_account (stream));

  return hs_sign_in_make_token (hs_stream_get_authentication (stream), hs_jid_to_string (bare),
                                hs_settings_get_user_agent_id (&priv->settings),
                                hs_stream_features_save (hs_stream_get_features (stream)));
}

/* SASL2 is for connections under TLS. */
static gboolean
has_user_agent (HsClientPrivate *priv)
{
  return !hs_settings_is_component (&priv->settings) && hs_settings_uses_tls (&priv->settings);
}

/* Makes an id up where the program has set none, and tells the program of it. */
void
hs_client_ensure_user_agent (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autofree char *id = NULL;

  if (!has_user_agent (priv) || hs_settings_get_user_agent_id (&priv->settings) != NULL)
    return;
  id = g_uuid_string_random ();
  hs_client_set_user_agent_id (self, id);
}

/* Describes the program to the server. The strings are borrowed. */
void
hs_client_describe_user_agent (HsClient *self, HsStreamConfig *config)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!has_user_agent (priv))
    return;
  config->user_agent_id = hs_settings_get_user_agent_id (&priv->settings);
  config->software = hs_settings_get_user_agent_software (&priv->settings);
  config->device = hs_settings_get_user_agent_device (&priv->settings);
  config->bind2 = hs_settings_get_bind2 (&priv->settings);
  config->carbons = hs_settings_get_carbons (&priv->settings);
  config->no_upgrade = !hs_sign_in_may_upgrade (&priv->sign_in);
  config->inactive = !hs_settings_get_active (&priv->settings);
}

/* @remembered: the stream features of the last sign-in, to pipeline this one; or NULL */
static void
sign_in (HsClient *self, gboolean with_token, GVariant *remembered)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autoptr (HsJid) account = hs_jid_get_bare (hs_stream_get_account (hs_client_stream (priv)));
  g_autoptr (GPtrArray) data = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  HsSaslChannel channels[4];
  HsSaslCredentials credentials = {
    .username = hs_jid_get_local (account),
    .account = hs_jid_to_string (account),
    .password = hs_settings_get_password (settings),
    .access_token = hs_settings_get_access_token (settings),
    .has_certificate = hs_settings_get_tls_certificate (settings) != NULL
                       && hs_connection_has_used_certificate (&priv->connection),
    .encrypted = hs_connection_is_secure (&priv->connection),
    .trusted = hs_connection_is_trusted (&priv->connection),
    .password_proved = !hs_settings_get_allow_plain (settings),
    .tls_mode_none = !hs_settings_uses_tls (settings),
    .allowed = hs_settings_get_sasl_mechanisms (settings),
    .min_iterations = hs_settings_get_min_iterations (settings),
    .channel_binding = hs_settings_get_channel_binding (settings),
    .channels = channels,
  };

  list_channels (priv, channels, data);
  if (with_token)
    hs_sign_in_add_token (&priv->sign_in, &credentials, hs_settings_get_user_agent_id (settings),
                          g_get_real_time () / G_USEC_PER_SEC);
  if (remembered != NULL)
    {
      hs_stream_pipeline_sign_in (hs_client_stream (priv), remembered, &credentials);
      return;
    }
  hs_stream_sign_in (hs_client_stream (priv), &credentials);
  hs_client_flush (self);
  if (!hs_connection_is_open (&priv->connection))
    return;
  hs_client_begin_stage (self);
  hs_deadlines_set (&priv->deadlines, HS_DEADLINE_PUMP, 0);
}

void
hs_client_sign_in (HsClient *self)
{
  take_name (self);
  sign_in (self, TRUE, NULL);
}

/* Returns the stream features that the server offered to this account at its last sign-in, in this run of the
 * program or in an earlier one. The features came over TLS, and the server was authenticated as far as the mechanism
 * does that. NULL: none are known, or pipelining is off. */
static GVariant *
recall_stream_features (HsClientPrivate *priv)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (hs_connection_get_account (&priv->connection));
  GVariant *features = NULL;

  if (!hs_server_memory_may_pipeline (&priv->server_memory, HS_PIPELINE_BY_MEMORY))
    return NULL;
  features = hs_server_memory_get_features (&priv->server_memory, hs_jid_to_string (bare));
  return features != NULL ? g_variant_ref (features) : hs_sign_in_recall_features (&priv->sign_in, hs_jid_to_string (bare));
}

/* Pipelines the sign-in: sends it together with the stream's header, if the stream features of the last sign-in are
 * known. The stream compares them with the server's when those arrive. */
void
hs_client_pipeline_sign_in (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GVariant) features = NULL;

  if (hs_settings_is_component (&priv->settings) || hs_module_list_has_negotiators (&priv->modules)
      || !hs_connection_is_secure (&priv->connection) || !hs_connection_is_trusted (&priv->connection)
      || !hs_connection_is_open (&priv->connection))
    return;
  features = recall_stream_features (priv);
  if (features != NULL)
    sign_in (self, TRUE, features);
}

/* Whether pipelining cannot be the cause of @error. A server that does not support pipelining sends a stream error that
 * is not listed here or a stanza error, refuses TLS, cuts the connection, or never answers. */
static gboolean
is_about_something_else (const GError *error)
{
  static const int conditions[]
      = { HS_STREAM_ERROR_CONFLICT,       HS_STREAM_ERROR_HOST_GONE,
          HS_STREAM_ERROR_HOST_UNKNOWN,   HS_STREAM_ERROR_REMOTE_CONNECTION_FAILED,
          HS_STREAM_ERROR_RESET,          HS_STREAM_ERROR_RESOURCE_CONSTRAINT,
          HS_STREAM_ERROR_SEE_OTHER_HOST, HS_STREAM_ERROR_SYSTEM_SHUTDOWN,
          HS_STREAM_ERROR_UNSUPPORTED_VERSION };

  for (guint i = 0; error->domain == HS_STREAM_ERROR && i < G_N_ELEMENTS (conditions); i++)
    {
      if (error->code == conditions[i])
        return TRUE;
    }
  return error->domain != HS_STREAM_ERROR && error->domain != HS_STANZA_ERROR
         && !g_error_matches (error, HS_ERROR, HS_ERROR_CONNECTION_LOST)
         && !g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT)
         && !g_error_matches (error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
}

/* Whether pipelining may have made the connection fail. Some servers answer a pipelined element and never send the
 * stream's header: the parser or the stream then fails, and that counts too. A peer that speaks another protocol, such
 * as HTTP, is not an XMPP server, and would fail without pipelining as well. */
static gboolean
may_be_pipelining (HsStream *stream, const GError *error)
{
  if (hs_stream_get_foreign_protocol (stream) != NULL)
    return FALSE;
  if (!is_about_something_else (error))
    return TRUE;
  return !hs_stream_has_received_header (stream)
         && (error->domain == HS_XML_ERROR || g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL));
}

/* Turns pipelining off if it may have made the connection fail, and returns when to try this address again without
 * it. Some servers drop or refuse an element that arrives in one write with the header, or never answer it. If the
 * server has not even sent a header, the address itself may be dead. The server's other addresses are tried first
 * then, and this one last. Only a session that is bound at this address proves that pipelining was the cause. */
static HsClientAgain
blame_pipelining (HsClientPrivate *priv, const GError *error)
{
  HsConnector *connector = hs_connection_get_connector (&priv->connection);
  gboolean lost = g_error_matches (error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  gboolean met = hs_stream_has_received_header (hs_client_stream (priv))
                 || hs_stream_is_authenticated (hs_client_stream (priv));
  HsPipeliningEvent how = lost || !met ? HS_PIPELINING_ON_LOST : HS_PIPELINING_ON_REFUSED;
  HsPipelineKind what = hs_stream_is_session_pipelined (hs_client_stream (priv)) ? HS_PIPELINE_BY_MEMORY
                                                       : HS_PIPELINE_WITH_HEADER;

  if (!hs_stream_is_pipelined (hs_client_stream (priv))
      || (what == HS_PIPELINE_WITH_HEADER && !may_be_pipelining (hs_client_stream (priv), error))
      || !hs_server_memory_failed (&priv->server_memory, what, how,
                                   hs_connection_get_address (&priv->connection))
      || hs_run_is_ready (&priv->run))
    return HS_CLIENT_AGAIN_NO;
  return met || connector == NULL || !hs_connector_has_more (connector) ? HS_CLIENT_AGAIN_AT_ONCE
                                                                        : HS_CLIENT_AGAIN_LAST;
}

/* Returns whether to connect once more after @error, and forgets what may have caused it. Three things may: an upgrade
 * of the password's stored keys during the sign-in, a sign-in pipelined by remembered stream features that the server
 * has changed since, and pipelining itself. The next connection does without the one that was used. */
HsClientAgain
hs_client_forget_stream_features (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  gboolean lost = g_error_matches (error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  gboolean timed_out = g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT);

  if (!hs_connection_has_stream (&priv->connection))
    return HS_CLIENT_AGAIN_NO;
  /* A task that fails ends the whole sign-in (XEP-0388). Sign in again, without the upgrade. */
  if (hs_authentication_get_phase (get_authentication (priv)) == HS_AUTHENTICATION_UPGRADING)
    {
      hs_sign_in_forbid_upgrade (&priv->sign_in);
      return HS_CLIENT_AGAIN_AT_ONCE;
    }
  if (!hs_stream_is_sign_in_pipelined (hs_client_stream (priv)))
    return blame_pipelining (priv, error);
  if (error->domain == HS_SASL_ERROR)
    return HS_CLIENT_AGAIN_NO;
  hs_server_memory_failed (&priv->server_memory, HS_PIPELINE_BY_MEMORY,
                           lost ? HS_PIPELINING_ON_LOST
                           : timed_out || error->domain == HS_STREAM_ERROR ? HS_PIPELINING_ON_REFUSED
                                                                           : HS_PIPELINING_ON_OUTDATED,
                           hs_connection_get_address (&priv->connection));
  return HS_CLIENT_AGAIN_AT_ONCE;
}

/* Called when a session is bound or resumed. Remembers the stream features after the sign-in, so that the next
 * connection can pipeline its session. */
void
hs_client_remember_session (HsClientPrivate *priv)
{
  HsSessionFeatures features = hs_stream_get_session_features (hs_client_stream (priv));

  if (features != 0 && hs_connection_is_secure (&priv->connection))
    hs_server_memory_remember_session (&priv->server_memory, features);
  hs_server_memory_bound (&priv->server_memory,
                          hs_connection_get_address (&priv->connection));
}

/* Remembers the stream features before the sign-in, so that the next sign-in can be pipelined. The login token gets
 * a copy of them, for the program's next run. */
static void
remember_stream_features (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsStreamFeatures *offered = hs_stream_get_features (hs_client_stream (priv));
  g_autoptr (HsJid) bare = hs_jid_get_bare (hs_stream_get_account (hs_client_stream (priv)));
  g_autoptr (GVariant) features = NULL;
  GVariant *token;

  if (!hs_connection_is_secure (&priv->connection))
    offered = NULL;
  features = offered != NULL ? g_variant_ref_sink (hs_stream_features_save (offered)) : NULL;
  hs_server_memory_remember (&priv->server_memory, hs_jid_to_string (bare), features);
  if (features == NULL || !hs_authentication_uses_token (get_authentication (priv)))
    return;
  token = hs_sign_in_replace_features (&priv->sign_in, features);
  if (token != NULL)
    replace_login_token (self, token);
}

/* Signs in again without the token. The server has refused the token, so forget it (XEP-0484, 4.1). Only after
 * `temporary-auth-failure` the token is kept: the server could not check it. */
void
hs_client_token_refused (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  const GError *error = hs_authentication_get_token_refusal (hs_stream_get_authentication (stream));

  if (!g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE))
    replace_login_token (self, NULL);
  /* A handler may have dropped the connection. */
  if (hs_connection_is_open_with (&priv->connection, stream))
    sign_in (self, FALSE, NULL);
}

static void
set_security_info (HsClient *self, gboolean resumed)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsAuthentication *authentication = get_authentication (priv);
  GTlsConnection *tls = hs_transport_get_tls (hs_client_transport (priv));
  g_autofree char *cipher = tls != NULL ? g_tls_connection_get_ciphersuite_name (tls) : NULL;
  GTlsProtocolVersion version = tls != NULL ? g_tls_connection_get_protocol_version (tls)
                                            : G_TLS_PROTOCOL_VERSION_UNKNOWN;
  HsSecurityInfo *info;

  info = g_object_new (HS_TYPE_SECURITY_INFO, "tls-version", version, "cipher", cipher,
                       "verified", hs_connection_is_trusted (&priv->connection),
                       "mechanism", hs_authentication_get_mechanism (authentication),
                       "channel-binding", hs_authentication_get_channel_binding (authentication),
                       "downgrade-protected", hs_authentication_proved_lists (authentication),
                       "resumed", resumed, NULL);
  hs_sign_in_take_security_info (&priv->sign_in, info);
  g_object_notify (G_OBJECT (self), "security-info");
}

/* Makes the security info anew. A session that is resumed after the sign-in has the info of the sign-in until now,
 * which says that it was not resumed. */
void
hs_client_note_resumed (HsClient *self)
{
  set_security_info (self, TRUE);
}

void
hs_client_authenticated (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  const HsAuthentication *authentication = hs_stream_get_authentication (stream);

  if (hs_authentication_proved_password (authentication))
    hs_client_set_allow_plain (self, FALSE);
  /* A run that ends keeps its phase. */
  if (hs_client_stream (priv) == stream && !hs_run_is_ending (&priv->run))
    hs_client_enter (self, HS_RUN_ON_SIGN_IN);
  /* A handler may have dropped the connection. */
  if (hs_connection_is_open_with (&priv->connection, stream))
    set_security_info (self, FALSE);
  if (hs_connection_is_open_with (&priv->connection, stream))
    g_signal_emit (self, hs_client_signals[SIGNAL_SECURITY_ESTABLISHED], 0,
                   hs_sign_in_get_security_info (&priv->sign_in));
  if (hs_client_stream (priv) == stream && hs_authentication_get_token (authentication) != NULL)
    replace_login_token (self, make_login_token (priv));
  if (hs_client_stream (priv) == stream)
    remember_stream_features (self);
  if (hs_connection_is_open_with (&priv->connection, stream))
    g_signal_emit (self, hs_client_signals[SIGNAL_AUTHENTICATED], 0,
                   hs_authentication_get_mechanism (authentication));
}

/* A server that refused an access token may have said where to get another one. */
void
hs_client_note_discovery (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const char *address = hs_authentication_get_discovery (get_authentication (priv));

  if (hs_sign_in_set_discovery (&priv->sign_in, address))
    g_object_notify (G_OBJECT (self), "oauth-discovery");
}
