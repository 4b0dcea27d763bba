/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-client-seam.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-idna-private.h"
#include "hs-namespaces.h"
#include "hs-random.h"

/* The steps of a connection, from the DNS through TLS to the stream. */

/* The port on which servers listen for components by default. */
#define COMPONENT_PORT 5347

static char *
get_ascii_domain (HsClientPrivate *priv, GError **error)
{
  return hs_idna_to_ascii (hs_jid_get_domain (hs_connection_get_account (&priv->connection)), error);
}

/* @direct: TLS begins with the first byte, and not inside the stream. */
static void
start_tls (HsClient *self, gboolean direct)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *domain = get_ascii_domain (priv, &error);
  HsTlsConfig config = {
    .domain = domain,
    .database = hs_settings_get_tls_database (&priv->settings),
    .certificate = hs_settings_get_tls_certificate (&priv->settings),
    .pinned = hs_settings_get_pinned_certificate (&priv->settings),
    .alpn = direct ? "xmpp-client" : NULL,
    .timeout_msec = hs_client_get_stage_timeout (priv),
    .loop = hs_run_loop_get (&priv->loop),
  };

  if (domain == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  hs_connection_start_tls (&priv->connection, &config);
}

/* Takes the account of the next connection from the settings. A program that sets another one later gets it with
 * the connection after that. */
static gboolean
take_account (HsClientPrivate *priv, GError **error)
{
  if (hs_settings_get_jid (&priv->settings) == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID,
                                  "HsClient:jid is not set: set it before hs_client_start()");
      return FALSE;
    }
  hs_connection_set_account (&priv->connection, hs_settings_get_jid (&priv->settings));
  return TRUE;
}

static HsConnector *
make_connector (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autofree char *domain = get_ascii_domain (priv, error);
  gboolean component = hs_settings_is_component (settings);
  g_autofree char *host = g_strdup (hs_settings_get_host (settings));
  HsConnectorConfig config = {
    .domain = domain,
    .port = hs_settings_get_port (settings),
    .tls_mode = hs_settings_get_tls_mode (settings),
    .service = "xmpp-client",
    .tls_service = "xmpps-client",
    .default_port = component ? COMPONENT_PORT : 5222,
    .default_tls_port = component ? COMPONENT_PORT : 5223,
    .proxy_resolver = hs_settings_get_proxy_resolver (settings),
    .loop = hs_run_loop_get (&priv->loop),
    .timeout_msec = hs_settings_get_connect_timeout (settings),
    .no_network = hs_client_has_dial (self),
  };
  guint16 port = hs_connection_is_direct_tls (&priv->connection) ? config.default_tls_port : config.default_port;

  if (host == NULL && component)
    host = g_strdup ("localhost");
  if (hs_retry_policy_take_target (hs_reconnector_get_policy (&priv->reconnector), &host, &port))
    {
      config.port = port;
      if (hs_connection_is_direct_tls (&priv->connection) && config.tls_mode == HS_TLS_MODE_REQUIRED)
        config.tls_mode = HS_TLS_MODE_DIRECT;
    }
  config.host = host;
  return domain != NULL ? hs_connector_new (&config) : NULL;
}

/* Connects to the next address of the present attempt, or begins a new attempt. */
void
hs_client_connect_next (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsConnector) connector = hs_reconnector_take_connector (&priv->reconnector);
  gboolean is_new = connector == NULL;

  hs_client_enter (self, HS_RUN_ON_CONNECT);
  if (is_new)
    {
      g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTING], 0);
      if (!hs_client_is_stop_requested (priv))
        hs_client_leave_other_account (self);
    }
  /* A handler may have stopped the client, or started another run. */
  if (hs_run_get_phase (&priv->run) != HS_RUN_CONNECTING || hs_client_is_stop_requested (priv)
      || hs_connection_get_phase (&priv->connection) != HS_CONNECTION_NONE)
    return;
  if (is_new && take_account (priv, &error))
    connector = make_connector (self, &error);
  if (connector == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  hs_connection_connect (&priv->connection, g_steal_pointer (&connector));
}

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  return !hs_stream_is_open (hs_client_stream (priv))
         || hs_dispatcher_stanza_begins (hs_client_dispatcher (priv), stanza);
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  /* A stanza that is kept for the session stays whole. An element that is not a stanza is ignored. */
  return hs_stream_is_ready (hs_client_stream (priv)) && hs_node_get_kind (stanza) != HS_STANZA_KIND_NONE
         && hs_dispatcher_forgets (hs_client_dispatcher (priv), stanza, name, namespace_);
}

static void
names_changed_cb (gpointer client)
{
  hs_dispatcher_names_changed (hs_client_dispatcher (hs_client_private (client)));
}

static gsize
bytes_cb (const char *bytes, gsize length, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  HsTransport *transport = hs_client_transport (priv);
  gsize used;

  /* A handler iterates the main loop: no stanza overtakes the one that the handler is looking at. */
  if (hs_pump_is_nested (&priv->pump))
    {
      hs_connection_block (&priv->connection, HS_READ_NESTED_LOOP);
      return 0;
    }
  hs_liveness_input (&priv->liveness, hs_client_get_time (priv));
  hs_wire_log_received (&priv->wire_log, bytes, length);
  /* A handler that watches the input may have ended the connection, and begun another. */
  if (hs_client_transport (priv) != transport)
    return length;
  used = hs_pump_take (&priv->pump, bytes, length, hs_transport_get_turn_end (transport));
  hs_client_flush (self);
  hs_client_expect_idle (self);
  hs_wire_log_expect_again (&priv->wire_log, length - used);
  return used;
}

static void
written_cb (guint64 position, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);

  hs_outbox_written (&hs_client_private (self)->outbox, position);
}

static void
dropped_cb (const GError *transport_error, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  const char *foreign = stream != NULL ? hs_stream_get_foreign_protocol (stream) : NULL;
  g_autoptr (GError) error = NULL;

  if (foreign != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST,
                 "%s closed the connection: it speaks %s and not XMPP",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)), foreign);
  else if (transport_error != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST, "The connection to %s was lost: %s",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)), transport_error->message);
  else
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST,
                 "%s closed the connection without ending the stream",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)));
  hs_client_connection_failed (self, error);
}

static const HsParserCallbacks parser_callbacks = {
  .stanza_begins = stanza_begins_cb,
  .forget = forget_cb,
  .names_changed = names_changed_cb,
};

static gboolean
is_secure_cb (gpointer client)
{
  return hs_connection_is_secure (&hs_client_private (client)->connection);
}

/* No handler is called before the stream has copied the config: the strings in it are borrowed. */
static HsStream *
make_stream (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autoptr (HsJid) account = hs_jid_get_bare (hs_connection_get_account (&priv->connection));
  gboolean component = hs_settings_is_component (settings);
  HsStreamConfig config = {
    .jid = hs_connection_get_account (&priv->connection),
    .tls_mode = hs_settings_get_tls_mode (settings),
    .is_secure = is_secure_cb,
    .framed = hs_transport_is_framed (hs_client_transport (priv)),
    .component = component,
    .secret = component ? hs_settings_get_password (settings) : NULL,
    .lang = hs_settings_choose_lang (settings),
    .max_stanza_size = hs_settings_get_max_stanza_size (settings),
    .max_depth = hs_settings_get_max_depth (settings),
    /* XEP-0114 has no stream management. */
    .session = component ? NULL : &priv->session,
    .resend_policy = hs_settings_lend_resend_policy (settings),
    .begins = !component,
  };

  hs_server_memory_meet (&priv->server_memory, hs_jid_get_domain (hs_connection_get_account (&priv->connection)));
  config.step_by_step
      = !hs_server_memory_may_pipeline (&priv->server_memory, HS_PIPELINE_WITH_HEADER);
  config.begins &= hs_server_memory_may_pipeline (&priv->server_memory, HS_PIPELINE_BY_MEMORY);
  if (!component && hs_settings_uses_tls (settings))
    config.remembered = hs_server_memory_get_session_features (&priv->server_memory,
                                                               hs_jid_to_string (account));
  hs_client_describe_user_agent (self, &config);
  return hs_stream_new (&config, &parser_callbacks, self);
}

/* Opens the stream of a connection, or goes on with it under TLS. */
static void
open_stream (HsClient *self, HsAttempt *attempt)
{
  HsClientPrivate *priv = hs_client_private (self);
  gboolean is_new = !hs_connection_has_stream (&priv->connection);

  hs_client_ensure_user_agent (self);
  if (hs_attempt_get_owner (attempt) == NULL)
    return;
  hs_wire_log_restart (&priv->wire_log);
  if (is_new)
    hs_connection_begin_stream (&priv->connection, make_stream (self));
  else
    hs_connection_restart_stream (&priv->connection);
  hs_pump_set_stream (&priv->pump, hs_client_stream (priv));
  hs_session_expect (&priv->session, hs_connection_get_account (&priv->connection));
  if (is_new)
    hs_stream_open (hs_client_stream (priv));
  else
    hs_stream_secured (hs_client_stream (priv));
  hs_client_pipeline_sign_in (self);
  hs_client_flush (self);
  if (hs_attempt_get_owner (attempt) == NULL)
    return;
  hs_client_begin_stage (self);
  hs_connection_start_reading (&priv->connection);
}

/* The connection of a test, in place of the network's. */
static gboolean
dial (HsClient *self)
{
  g_autoptr (GError) error = NULL;
  gpointer user_data;
  HsDialFunc function = hs_client_get_dial (self, &user_data);

  if (hs_connection_dial (&hs_client_private (self)->connection, function, user_data, &error))
    return TRUE;
  hs_client_connection_failed (self, error);
  return FALSE;
}

static void
connected_cb (HsAttempt *attempt, GIOStream *io, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);

  if (io == NULL && !dial (self))
    return;
  hs_client_enter (self, HS_RUN_ON_CONNECTED);
  if (hs_attempt_get_owner (attempt) != NULL)
    g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTED], 0);
  if (hs_attempt_get_owner (attempt) == NULL)
    return;
  if (io != NULL)
    hs_connection_open (&priv->connection, hs_run_loop_get (&priv->loop), io);
  if (io != NULL && hs_connection_is_direct_tls (&priv->connection))
    start_tls (self, TRUE);
  else
    open_stream (self, attempt);
}

static void
secured_cb (HsAttempt *attempt, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_tell_state (self);
  if (hs_attempt_get_owner (attempt) != NULL)
    g_signal_emit (self, hs_client_signals[SIGNAL_SECURED], 0,
                   hs_connection_get_peer_certificate (&priv->connection));
  if (hs_attempt_get_owner (attempt) != NULL)
    open_stream (self, attempt);
}

static gboolean
accept_cb (GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer client)
{
  gboolean accepted = FALSE;

  g_signal_emit (client, hs_client_signals[SIGNAL_ACCEPT_CERTIFICATE], 0, certificate, errors,
                 &accepted);
  return accepted;
}

static void
certificate_changed_cb (gpointer client)
{
  g_object_notify (client, "peer-certificate");
}

static void
failed_cb (const GError *error, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);

  hs_client_connection_failed (self, error);
}

const HsConnectionCallbacks hs_client_connection_callbacks = {
  .connected = connected_cb,
  .accept_certificate = accept_cb,
  .certificate_changed = certificate_changed_cb,
  .secured = secured_cb,
  .bytes = bytes_cb,
  .written = written_cb,
  .dropped = dropped_cb,
  .failed = failed_cb,
};

void
hs_client_start_tls (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  /* Plain text after <proceed/> was inserted by an attacker, who wants the client to take it for the server's
   * (CVE-2011-0411 and others). */
  if (hs_pump_has_input (&priv->pump))
    {
      g_autoptr (GError) error
          = g_error_new_literal (HS_ERROR, HS_ERROR_INJECTED_DATA,
                                 "Plain text came between <proceed/> and the TLS handshake");

      hs_client_connection_failed (self, error);
      return;
    }
  start_tls (self, FALSE);
}
