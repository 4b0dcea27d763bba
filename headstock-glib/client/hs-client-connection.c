/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-idna-private.h"
#include "hs-namespaces.h"
#include "hs-random.h"
#include "xml/hs-stanza-boundary.h"

/* One connection: from the connector's socket through TLS to the stream's events. */

/* What servers listen on for components by default. */
#define COMPONENT_PORT 5347
/* Milliseconds that an address has at least, where that is not more than connect-timeout. */
#define SHORTEST_STAGE 2000

static void open_stream (HsClient *self, GIOStream *io);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsAttempt, hs_attempt_unref)

static HsAttempt *
hs_attempt_new (HsClient *client)
{
  HsAttempt *self = g_new0 (HsAttempt, 1);

  self->ref_count = 1;
  self->client = client;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
hs_attempt_unref (HsAttempt *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_pointer (&self->connector, hs_connector_free);
  g_object_unref (self->cancellable);
  g_free (self->address);
  g_free (self);
}

HsAttempt *
hs_attempt_ref (HsAttempt *self)
{
  self->ref_count++;
  return self;
}

static void
hs_attempt_abandon (HsAttempt *self)
{
  self->client = NULL;
  g_cancellable_cancel (self->cancellable);
  hs_attempt_unref (self);
}

/* Whether the operation is still the client's present one, after a handler was called: it may have ended the
 * connection, and the run, and begun another. */
static gboolean
hs_attempt_is_present (HsAttempt *self)
{
  return self->client != NULL;
}

/* Ends the reference of an operation that has come back. The client, with a reference, where it
 * still wants to know. */
HsClient *
hs_attempt_return (HsAttempt *self)
{
  HsClient *client = self->client != NULL ? g_object_ref (self->client) : NULL;

  hs_attempt_unref (self);
  return client;
}

static char *
get_ascii_domain (HsClientPrivate *priv, GError **error)
{
  return hs_idna_to_ascii (hs_jid_get_domain (priv->account), error);
}

void
hs_client_drop_connection (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  static const HsDeadline of_connection[]
      = { HS_DEADLINE_PUMP,      HS_DEADLINE_STAGE, HS_DEADLINE_CLOSE,
          HS_DEADLINE_KEEPALIVE, HS_DEADLINE_IDLE,  HS_DEADLINE_REQUEST,
          HS_DEADLINE_ASK };

  for (guint i = 0; i < G_N_ELEMENTS (of_connection); i++)
    hs_client_clear_deadline (self, of_connection[i]);
  g_clear_pointer (&priv->attempt, hs_attempt_abandon);
  hs_client_flush (self);
  /* Who watches what is written may have dropped it already. */
  if (priv->transport != NULL)
    {
      hs_transport_flush (priv->transport);
      hs_transport_close (priv->transport);
      g_clear_pointer (&priv->transport, hs_transport_unref);
    }
  hs_client_count_shown (self);
  hs_client_drop_suspended (self);
  hs_client_remember_features (self);
  if (priv->stream != NULL)
    {
      /* A handler may be at work on a stanza of it. */
      if (priv->pumping > 0 && priv->dead_streams == NULL)
        priv->dead_streams = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_stream_free);
      if (priv->pumping > 0)
        g_ptr_array_add (priv->dead_streams, g_steal_pointer (&priv->stream));
      else
        g_clear_pointer (&priv->stream, hs_stream_free);
    }
  priv->secure = priv->trusted = priv->certificate_used = FALSE;
  priv->in_negotiation = priv->refused = FALSE;
  priv->beginning = priv->begun = priv->only_requests = FALSE;
  g_clear_object (&priv->begun_presence);
  priv->n_negotiating = 0;
  priv->settling = FALSE;
  hs_outbox_disconnected (&priv->outbox);
  hs_client_interrupt_session (self);
  hs_client_tell_deliveries (self, !priv->running);
}

static gboolean
accept_cb (GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer user_data)
{
  HsAttempt *attempt = user_data;
  gboolean accepted = FALSE;

  if (attempt->client != NULL)
    g_signal_emit (attempt->client, hs_client_signals[SIGNAL_ACCEPT_CERTIFICATE], 0, certificate,
                   errors, &accepted);
  return accepted;
}

/* Where no address is of use, the error is about the first certificate that was refused, and this is that one. */
static void
set_peer_certificate (HsClient *self, GTlsCertificate *certificate, gboolean accepted)
{
  HsAttempt *attempt = hs_client_private (self)->attempt;

  if (!accepted && hs_connector_has_refused_certificate (attempt->connector))
    return;
  if (g_set_object (&hs_client_private (self)->peer_certificate, certificate))
    g_object_notify (G_OBJECT (self), "peer-certificate");
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsTlsResult) tls = hs_tls_handshake_finish (result, &certificate, &error);
  g_autoptr (HsAttempt) attempt = hs_attempt_ref (user_data);
  g_autoptr (HsClient) self = hs_attempt_return (user_data);
  HsClientPrivate *priv;

  if (self == NULL)
    return;
  priv = hs_client_private (self);
  set_peer_certificate (self, certificate, tls != NULL);
  if (!hs_attempt_is_present (attempt))
    return;
  if (tls == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->secure = TRUE;
  priv->trusted = tls->trusted;
  priv->certificate_used = tls->client_certificate_used;
  hs_client_set_state (self, HS_CLIENT_STATE_SECURED);
  if (hs_attempt_is_present (attempt))
    g_signal_emit (self, hs_client_signals[SIGNAL_SECURED], 0, priv->peer_certificate);
  if (hs_attempt_is_present (attempt))
    open_stream (self, G_IO_STREAM (tls->connection));
}

/* A silent address may not take all of the time while there are others to be tried: until a stream with TLS
 * stands, or the server's header without TLS, it has a quarter. The last one has all. */
static guint
get_stage_timeout (HsClientPrivate *priv)
{
  guint timeout = hs_settings_get_connect_timeout (&priv->settings);
  gboolean stands = priv->secure
                    || (!hs_settings_uses_tls (&priv->settings) && priv->stream != NULL
                        && hs_stream_has_received_header (priv->stream));

  if (stands || priv->attempt == NULL || !hs_connector_has_more (priv->attempt->connector))
    return timeout;
  return MAX (timeout / 4, MIN (timeout, SHORTEST_STAGE));
}

/* Each step of the negotiation has its own time. */
void
hs_client_begin_stage (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  priv->stage_timeout = get_stage_timeout (priv);
  hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->stage_timeout);
}

static void
start_handshake (HsClient *self, GIOStream *base, gboolean direct)
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
    .accept = accept_cb,
    .accept_data = priv->attempt,
    .timeout_msec = get_stage_timeout (priv),
  };

  if (domain == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  hs_tls_handshake_async (base, &config, priv->attempt->cancellable, handshake_cb,
                          hs_attempt_ref (priv->attempt));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsAttempt) attempt = hs_attempt_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsConnectorResult) target
      = hs_connector_connect_finish (attempt->connector, result, &error);
  g_autoptr (HsClient) self = hs_attempt_return (user_data);
  HsClientPrivate *priv;

  if (self == NULL)
    return;
  priv = hs_client_private (self);
  if (target == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->attempt->address = g_strdup (target->address);
  priv->announced = TRUE;
  priv->direct_tls = target->direct_tls;
  hs_client_set_state (self, HS_CLIENT_STATE_CONNECTED);
  if (hs_attempt_is_present (attempt))
    g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTED], 0);
  if (!hs_attempt_is_present (attempt))
    return;
  if (target->direct_tls)
    start_handshake (self, G_IO_STREAM (target->connection), TRUE);
  else
    open_stream (self, G_IO_STREAM (target->connection));
}

/* Whose connection it is going to be. What the property says later counts from the next connection on. */
static gboolean
take_account (HsClientPrivate *priv, GError **error)
{
  if (hs_settings_get_jid (&priv->settings) == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_INVALID_JID, "The client has no address");
      return FALSE;
    }
  g_clear_pointer (&priv->account, hs_jid_unref);
  priv->account = hs_jid_ref (hs_settings_get_jid (&priv->settings));
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
    .timeout_msec = hs_settings_get_connect_timeout (settings),
  };
  guint16 port = priv->direct_tls ? config.default_tls_port : config.default_port;

  if (host == NULL && component)
    host = g_strdup ("localhost");
  if (hs_retry_policy_take_target (&priv->retry, &host, &port))
    {
      config.port = port;
      if (priv->direct_tls && config.tls_mode == HS_TLS_MODE_REQUIRED)
        config.tls_mode = HS_TLS_MODE_DIRECT;
    }
  config.host = host;
  return domain != NULL ? hs_connector_new (&config) : NULL;
}

/* The next address of the present attempt to reach the server, or the first one of a new attempt. */
void
hs_client_connect_next (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsConnector) connector = g_steal_pointer (&priv->next_connector);
  gboolean is_new = connector == NULL;

  hs_client_set_state (self, HS_CLIENT_STATE_CONNECTING);
  if (is_new)
    {
      g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTING], 0);
      if (!priv->stop_requested)
        hs_client_leave_other_account (self);
    }
  /* A handler may have asked for the end, or had another run begin. */
  if (!priv->running || priv->stop_requested || priv->attempt != NULL)
    return;
  if (is_new && take_account (priv, &error))
    connector = make_connector (self, &error);
  if (connector == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->attempt = hs_attempt_new (self);
  priv->attempt->connector = g_steal_pointer (&connector);
  hs_connector_connect_async (priv->attempt->connector, priv->attempt->cancellable, connected_cb,
                              hs_attempt_ref (priv->attempt));
}

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  return !hs_stream_is_open (priv->stream)
         || hs_dispatcher_stanza_begins (priv->dispatcher, stanza);
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  /* Not out of what is kept for the session, nor out of what is no stanza and ignored. */
  return hs_stream_is_ready (priv->stream) && hs_node_get_kind (stanza) != HS_STANZA_KIND_NONE
         && hs_dispatcher_forgets (priv->dispatcher, stanza, name, namespace_);
}

static void
names_changed_cb (gpointer client)
{
  hs_dispatcher_names_changed (hs_client_private (client)->dispatcher);
}

static gsize
received_cb (HsTransport *transport, const guint8 *bytes, gsize length, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  gsize used;

  /* A handler iterates the main loop: nothing overtakes what it is looking at. */
  if (priv->pumped != NULL && priv->pumped == priv->stream)
    {
      priv->held = TRUE;
      hs_transport_stop_reading (transport);
      return 0;
    }
  hs_liveness_input (&priv->liveness, hs_client_get_time (priv));
  if (hs_client_is_watched (self))
    hs_client_log_bytes (self, HS_DIRECTION_IN, (const char *) bytes + priv->logged_in,
                         length - priv->logged_in);
  /* Who watches what is read may have ended the connection, and begun another. */
  if (priv->transport != transport)
    return length;
  priv->input = (const char *) bytes;
  priv->input_length = length;
  hs_client_pump (self);
  hs_client_expect_idle (self);
  used = length - priv->input_length;
  priv->logged_in = priv->input_length;
  priv->input = NULL;
  priv->input_length = 0;
  return used;
}

static void
written_cb (HsTransport *transport, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);

  hs_outbox_written (&priv->outbox, hs_transport_get_written (transport));
  if (priv->transport == transport)
    hs_client_unpause_if_drained (self);
}

static void
closed_cb (HsTransport *transport, const GError *transport_error, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  const char *foreign
      = priv->stream != NULL ? hs_stream_get_foreign_protocol (priv->stream) : NULL;
  g_autoptr (GError) error = NULL;

  if (foreign != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST,
                 "%s closed the connection: it speaks %s and not XMPP",
                 hs_jid_get_domain (priv->account), foreign);
  else if (transport_error != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST, "The connection to %s was lost: %s",
                 hs_jid_get_domain (priv->account), transport_error->message);
  else
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST,
                 "%s closed the connection without ending the stream",
                 hs_jid_get_domain (priv->account));
  hs_client_connection_failed (self, error);
}

static const HsTransportCallbacks transport_callbacks = {
  .received = received_cb,
  .written = written_cb,
  .closed = closed_cb,
  .divide = hs_stanza_boundary_find,
};

static const HsParserCallbacks parser_callbacks = {
  .stanza_begins = stanza_begins_cb,
  .forget = forget_cb,
  .names_changed = names_changed_cb,
};

/* Nothing is called from here that could call a handler: what is borrowed stays as it is. */
static HsStream *
make_stream (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autoptr (HsJid) account = hs_jid_get_bare (priv->account);
  gboolean component = hs_settings_is_component (settings);
  HsStreamConfig config = {
    .jid = priv->account,
    .tls_mode = hs_settings_get_tls_mode (settings),
    .direct_tls = priv->direct_tls,
    .component = component,
    .secret = component ? hs_settings_get_password (settings) : NULL,
    .lang = hs_settings_choose_lang (settings),
    .max_stanza_size = hs_settings_get_max_stanza_size (settings),
    .max_depth = hs_settings_get_max_depth (settings),
    .management = hs_client_ensure_management (priv),
    .session_jid = hs_session_get_bound_jid (&priv->session),
    .begins = !component,
  };

  hs_server_memory_meet (&priv->server_memory, hs_jid_get_domain (priv->account));
  config.step_by_step
      = !hs_server_memory_may_pipeline (&priv->server_memory, HS_PIPELINED_WITH_HEADER);
  config.begins &= hs_server_memory_may_pipeline (&priv->server_memory, HS_PIPELINED_BY_MEMORY);
  if (!component && hs_settings_uses_tls (settings))
    config.remembered = hs_server_memory_get_session_features (&priv->server_memory,
                                                               hs_jid_to_string (account));
  hs_client_describe_user_agent (self, &config);
  return hs_stream_new (&config, &parser_callbacks, self);
}

/* The first stream of a connection, or the one that goes on under TLS. */
static void
open_stream (HsClient *self, GIOStream *io)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsAttempt) attempt = hs_attempt_ref (priv->attempt);
  gboolean is_new = priv->stream == NULL;

  hs_client_ensure_user_agent (self);
  if (!hs_attempt_is_present (attempt))
    return;
  priv->transport = hs_transport_new (priv->loop, io, &transport_callbacks, self);
  priv->logged_in = 0;
  priv->paused = priv->held = FALSE;
  hs_client_log_restart (self);
  if (is_new)
    priv->stream = make_stream (self);
  hs_session_expect (&priv->session, priv->account, hs_settings_is_component (&priv->settings));
  if (is_new)
    hs_stream_open (priv->stream);
  else
    hs_stream_secured (priv->stream);
  hs_client_sign_in_early (self);
  hs_client_flush (self);
  if (!hs_attempt_is_present (attempt))
    return;
  hs_client_begin_stage (self);
  hs_transport_start_reading (priv->transport);
}

void
hs_client_start_tls (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GIOStream) base = NULL;

  /* Whatever follows <proceed/> in plain text was put there by somebody who wants it to be taken
   * for the server's (CVE-2011-0411 and its kin). */
  if (priv->input_length > 0)
    {
      g_autoptr (GError) error
          = g_error_new_literal (HS_ERROR, HS_ERROR_INJECTED_DATA,
                                 "Plain text came between <proceed/> and the TLS handshake");

      hs_client_connection_failed (self, error);
      return;
    }
  base = g_object_ref (hs_transport_get_stream (priv->transport));
  hs_transport_stop_reading (priv->transport);
  g_clear_pointer (&priv->transport, hs_transport_unref);
  start_handshake (self, base, FALSE);
}
