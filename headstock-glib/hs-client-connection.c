/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-idna-private.h"
#include "hs-namespaces.h"
#include "hs-random.h"

/* One connection: from the connector's socket through TLS to the stream's events. */

/* One turn of the main loop dispatches for no longer than this. */
#define TURN_USEC 2500
/* Reading stops while more than this waits to be written, and goes on at half of it: a peer that asks
 * and does not read the answers can't make us grow. */
#define MAX_QUEUED (1024 * 1024)
/* After so much silence a connection lets go of its parser: the next bytes find a new one. */
#define IDLE_MSEC 3000
/* What servers listen on for components by default. */
#define COMPONENT_PORT 5347

static void open_stream (HsClient *self, GIOStream *io);

static HsAttempt *
attempt_new (HsClient *client)
{
  HsAttempt *self = g_new0 (HsAttempt, 1);

  self->ref_count = 1;
  self->client = client;
  self->cancellable = g_cancellable_new ();
  return self;
}

static void
attempt_unref (HsAttempt *self)
{
  if (--self->ref_count > 0)
    return;
  g_clear_pointer (&self->connector, hs_connector_free);
  g_object_unref (self->cancellable);
  g_free (self);
}

static HsAttempt *
attempt_ref (HsAttempt *self)
{
  self->ref_count++;
  return self;
}

static void
attempt_abandon (HsAttempt *self)
{
  self->client = NULL;
  g_cancellable_cancel (self->cancellable);
  attempt_unref (self);
}

/* Ends the reference of an operation that has come back. The client, with a reference, where it
 * still wants to know. */
static HsClient *
attempt_return (HsAttempt *self)
{
  HsClient *client = self->client != NULL ? g_object_ref (self->client) : NULL;

  attempt_unref (self);
  return client;
}

static char *
get_ascii_domain (HsClientPrivate *priv, GError **error)
{
  return hs_idna_to_ascii (hs_jid_get_domain (priv->jid), error);
}

static void
forget_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error
      = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                             "The session ended before there was an answer");

  hs_iq_tracker_fail_all (hs_dispatcher_get_tracker (priv->dispatcher), error);
  hs_client_fail_sends (self, error);
  if (priv->bound_jid != NULL)
    {
      g_clear_pointer (&priv->bound_jid, hs_jid_unref);
      g_clear_pointer (&priv->bound_bare, hs_jid_unref);
      g_object_notify (G_OBJECT (self), "bound-jid");
    }
}

void
hs_client_drop_connection (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  static const HsDeadline of_connection[] = { HS_DEADLINE_PUMP, HS_DEADLINE_STAGE,
                                              HS_DEADLINE_CLOSE, HS_DEADLINE_KEEPALIVE,
                                              HS_DEADLINE_IDLE, HS_DEADLINE_REQUEST };

  for (guint i = 0; i < G_N_ELEMENTS (of_connection); i++)
    hs_client_clear_deadline (self, of_connection[i]);
  g_clear_pointer (&priv->attempt, attempt_abandon);
  if (priv->transport != NULL)
    {
      hs_client_flush (self);
      hs_transport_flush (priv->transport);
      hs_transport_close (priv->transport);
      g_clear_pointer (&priv->transport, hs_transport_unref);
    }
  if (priv->stream != NULL)
    {
      /* A handler may be at work on a stanza of it. */
      if (priv->pumping > 0)
        g_ptr_array_add (priv->dead_streams, g_steal_pointer (&priv->stream));
      else
        g_clear_pointer (&priv->stream, hs_stream_free);
    }
  priv->secure = priv->trusted = priv->certificate_used = FALSE;
  priv->in_negotiation = priv->refused = FALSE;
  priv->n_negotiating = 0;
  forget_session (self);
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

/* Whose answers count as the account's own: as far as is known before a resource is bound. */
static void
set_own (HsClient *self, HsJid *full, HsJid *jid)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);
  g_autoptr (HsJid) domain = hs_jid_new_from_parts (NULL, hs_jid_get_domain (jid), NULL, NULL);
  HsClientPrivate *priv = hs_client_private (self);
  HsIqOwn own = { .full = full, .bare = bare, .domain = domain, .strict = priv->component };

  hs_iq_tracker_set_own (hs_dispatcher_get_tracker (priv->dispatcher), &own);
}

static void
set_peer_certificate (HsClient *self, GTlsCertificate *certificate)
{
  if (g_set_object (&hs_client_private (self)->peer_certificate, certificate))
    g_object_notify (G_OBJECT (self), "peer-certificate");
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsTlsResult) tls = hs_tls_handshake_finish (result, &certificate, &error);
  g_autoptr (HsClient) self = attempt_return (user_data);
  HsClientPrivate *priv;

  if (self == NULL)
    return;
  priv = hs_client_private (self);
  set_peer_certificate (self, certificate);
  if (tls == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->secure = TRUE;
  priv->trusted = tls->trusted;
  priv->certificate_used = tls->client_certificate_used;
  hs_client_set_state (self, HS_CLIENT_STATE_SECURED);
  g_signal_emit (self, hs_client_signals[SIGNAL_SECURED], 0, priv->peer_certificate);
  open_stream (self, G_IO_STREAM (tls->connection));
}

static void
start_handshake (HsClient *self, GIOStream *base, gboolean direct)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *domain = get_ascii_domain (priv, &error);
  HsTlsConfig config = {
    .domain = domain,
    .database = priv->tls_database,
    .certificate = priv->tls_certificate,
    .pinned = priv->pinned_certificate,
    .alpn = direct ? "xmpp-client" : NULL,
    .accept = accept_cb,
    .accept_data = priv->attempt,
    .timeout_msec = priv->connect_timeout,
  };

  if (domain == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  hs_tls_handshake_async (base, &config, priv->attempt->cancellable, handshake_cb,
                          attempt_ref (priv->attempt));
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsAttempt *attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsConnectorResult) target
      = hs_connector_connect_finish (attempt->connector, result, &error);
  g_autoptr (HsClient) self = attempt_return (attempt);
  HsClientPrivate *priv;

  if (self == NULL)
    return;
  priv = hs_client_private (self);
  if (target == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->announced = TRUE;
  priv->direct_tls = target->direct_tls;
  hs_client_set_state (self, HS_CLIENT_STATE_CONNECTED);
  g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTED], 0);
  if (target->direct_tls)
    start_handshake (self, G_IO_STREAM (target->connection), TRUE);
  else
    open_stream (self, G_IO_STREAM (target->connection));
}

static HsConnector *
make_connector (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autofree char *domain = get_ascii_domain (priv, error);
  HsConnectorConfig config = {
    .domain = domain,
    .host = priv->host == NULL && priv->component ? "localhost" : priv->host,
    .port = priv->port,
    .tls_mode = priv->tls_mode,
    .service = "xmpp-client",
    .tls_service = "xmpps-client",
    .default_port = priv->component ? COMPONENT_PORT : 5222,
    .default_tls_port = priv->component ? COMPONENT_PORT : 5223,
    .proxy_resolver = priv->proxy_resolver,
    .timeout_msec = priv->connect_timeout,
  };

  return domain != NULL ? hs_connector_new (&config) : NULL;
}

/* The next target of the present attempt to reach the server, or the first one of a new attempt. */
void
hs_client_connect_next (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  HsConnector *connector = g_steal_pointer (&priv->next_connector);

  hs_client_set_state (self, HS_CLIENT_STATE_CONNECTING);
  if (connector == NULL)
    {
      g_signal_emit (self, hs_client_signals[SIGNAL_CONNECTING], 0);
      if (priv->stop_requested)
        return;
      connector = make_connector (self, &error);
    }
  if (connector == NULL)
    {
      hs_client_connection_failed (self, error);
      return;
    }
  priv->attempt = attempt_new (self);
  priv->attempt->connector = connector;
  hs_connector_connect_async (connector, priv->attempt->cancellable, connected_cb,
                              attempt_ref (priv->attempt));
}

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  return !hs_stream_is_open (priv->stream) ||
         hs_dispatcher_stanza_begins (priv->dispatcher, stanza);
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer client)
{
  return hs_dispatcher_forgets (hs_client_private (client)->dispatcher, stanza, name, namespace_);
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
  priv->last_input = g_get_monotonic_time ();
  priv->pinged = FALSE;
  if (hs_client_is_watched (self))
    hs_client_log_bytes (self, HS_DIRECTION_IN, (const char *) bytes + priv->logged_in,
                         length - priv->logged_in);
  priv->input = (const char *) bytes;
  priv->input_length = length;
  hs_client_pump (self);
  if (priv->deadlines[HS_DEADLINE_IDLE] == 0 && priv->state == HS_CLIENT_STATE_READY)
    hs_client_set_deadline_at (self, HS_DEADLINE_IDLE, priv->last_input + IDLE_MSEC * 1000);
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

  hs_client_finish_sends (self);
  if (priv->paused && priv->transport == transport &&
      hs_transport_get_queued (transport) < MAX_QUEUED / 2)
    {
      priv->paused = FALSE;
      if (!priv->held)
        hs_transport_start_reading (transport);
    }
}

static void
closed_cb (HsTransport *transport, const GError *transport_error, gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;

  if (transport_error != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST, "The connection to %s was lost: %s",
                 hs_jid_get_domain (priv->jid), transport_error->message);
  else
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST,
                 "%s closed the connection without ending the stream",
                 hs_jid_get_domain (priv->jid));
  hs_client_connection_failed (self, error);
}

static const HsTransportCallbacks transport_callbacks = {
  .received = received_cb,
  .written = written_cb,
  .closed = closed_cb,
};

static const HsParserCallbacks parser_callbacks = {
  .stanza_begins = stanza_begins_cb,
  .forget = forget_cb,
  .names_changed = names_changed_cb,
};

/* The first stream of a connection, or the one that goes on under TLS. */
static void
open_stream (HsClient *self, GIOStream *io)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamConfig config = {
    .jid = priv->jid,
    .tls_mode = priv->tls_mode,
    .direct_tls = priv->direct_tls,
    .component = priv->component,
    .secret = priv->password,
    .lang = hs_client_get_stream_lang (self),
    .max_stanza_size = priv->max_stanza_size,
    .max_depth = priv->max_depth,
  };
  gboolean is_new = priv->stream == NULL;

  /* A handler of `connected` or `secured` may have asked for the end. */
  if (priv->attempt == NULL)
    return;
  priv->transport = hs_transport_new (io, &transport_callbacks, self);
  priv->logged_in = 0;
  priv->paused = priv->held = FALSE;
  hs_client_log_restart (self);
  if (is_new)
    priv->stream = hs_stream_new (&config, &parser_callbacks, self);
  set_own (self, NULL, priv->jid);
  if (is_new)
    hs_stream_open (priv->stream);
  else
    hs_stream_secured (priv->stream);
  hs_client_flush (self);
  hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  hs_transport_start_reading (priv->transport);
}

static void
start_tls (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GIOStream) base = NULL;

  /* Whatever follows <proceed/> in plain text was put there by somebody who wants it to be taken for
   * the server's (CVE-2011-0411 and its kin). */
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

static void
negotiate (HsClient *self, HsNode *features)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsElement *element = hs_element_from_node (features);
  g_autoptr (GPtrArray) modules = hs_client_list_modules (self);

  /* One more than take part, so that the last one can't let the sign-in begin in our midst. */
  priv->in_negotiation = TRUE;
  priv->n_negotiating = 1;
  for (guint i = 0; i < modules->len; i++)
    {
      priv->n_negotiating++;
      if (!hs_module_negotiate (g_ptr_array_index (modules, i), self, element))
        priv->n_negotiating--;
    }
  if (priv->n_negotiating > 1)
    hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  hs_client_continue_negotiation (self, NULL);
}

static void
derive_thread (GTask *task, gpointer source, gpointer request, GCancellable *cancellable)
{
  g_task_return_pointer (task, hs_sasl_key_request_derive (request, cancellable),
                         (GDestroyNotify) g_bytes_unref);
}

static void
derived_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) key = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (HsClient) self = attempt_return (user_data);
  HsClientPrivate *priv;

  if (self == NULL || key == NULL)
    return;
  priv = hs_client_private (self);
  if (priv->stream == NULL || priv->transport == NULL)
    return;
  hs_stream_key_derived (priv->stream, key);
  hs_client_flush (self);
  if (!priv->stopping)
    hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  hs_client_pump (self);
}

/* On a worker thread: a server may ask for a million rounds. */
static void
derive_key (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task = g_task_new (NULL, priv->attempt->cancellable, derived_cb,
                                       attempt_ref (priv->attempt));

  g_task_set_source_tag (task, derive_key);
  g_task_set_task_data (task,
                        hs_sasl_key_request_ref (hs_stream_get_key_request (priv->stream)),
                        (GDestroyNotify) hs_sasl_key_request_unref);
  hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  g_task_run_in_thread (task, derive_thread);
}

static void
authenticated (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_stream_proved_password (priv->stream))
    hs_client_set_allow_plain (self, FALSE);
  hs_client_set_state (self, HS_CLIENT_STATE_AUTHENTICATED);
  g_signal_emit (self, hs_client_signals[SIGNAL_AUTHENTICATED], 0,
                 hs_stream_get_mechanism (priv->stream));
}

/* RFC 6121, 2.2: the roster is asked for before the first presence, so that the server pushes what
 * changes in between. */
static void
begin_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->initial_roster)
    {
      g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_ROSTER);
      g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);

      hs_client_send_stanza (self, HS_ELEMENT (iq), NULL);
    }
  if (priv->initial_presence != NULL || priv->default_presence)
    {
      g_autoptr (HsElement) presence
          = priv->initial_presence != NULL ? hs_element_copy (HS_ELEMENT (priv->initial_presence))
                                           : HS_ELEMENT (hs_presence_new (NULL));

      hs_client_prepare_presence (self, HS_PRESENCE (presence));
      hs_client_send_stanza (self, presence, NULL);
    }
}

static void
bound (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&priv->connect_tasks);

  priv->connect_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  priv->bound_jid = hs_jid_ref (hs_stream_get_jid (priv->stream));
  priv->bound_bare = hs_jid_get_bare (priv->bound_jid);
  set_own (self, priv->bound_jid, priv->bound_jid);
  hs_client_forgets_changed (self);
  hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  if (priv->keepalive_interval > 0)
    hs_client_set_deadline (self, HS_DEADLINE_KEEPALIVE, priv->keepalive_interval);
  priv->was_ready = TRUE;
  g_clear_pointer (&priv->attempt, attempt_unref);
  priv->ready_time = g_get_monotonic_time ();
  g_object_notify (G_OBJECT (self), "bound-jid");
  begin_session (self);
  hs_client_set_state (self, HS_CLIENT_STATE_READY);
  g_signal_emit (self, hs_client_signals[SIGNAL_READY], 0);
  hs_client_modules_foreach (self, hs_module_ready);
  hs_client_return_connects (tasks);
}

static void
stream_ended (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;

  if (!priv->stopping)
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST, "%s ended the stream",
                 hs_jid_get_domain (priv->jid));
  hs_client_flush (self);
  hs_client_connection_failed (self, error);
}

static void
handle_event (HsClient *self, HsStream *stream, HsStreamEvent *event)
{
  HsClientPrivate *priv = hs_client_private (self);

  /* Each step of the negotiation has its own time. */
  if (event->type < HS_STREAM_EVENT_STANZA && event->type != HS_STREAM_EVENT_NONE &&
      !priv->stopping)
    hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  switch (event->type)
    {
    case HS_STREAM_EVENT_STANZA:
      hs_dispatcher_dispatch (priv->dispatcher, event->node);
      break;
    case HS_STREAM_EVENT_FORGET:
      if (!hs_dispatcher_dispatch_forgotten (priv->dispatcher, event->node))
        hs_stream_keep (stream, event);
      break;
    case HS_STREAM_EVENT_START_TLS:
      start_tls (self);
      break;
    case HS_STREAM_EVENT_FEATURES:
      negotiate (self, event->node);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
      derive_key (self);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      authenticated (self);
      break;
    case HS_STREAM_EVENT_BOUND:
      bound (self);
      break;
    case HS_STREAM_EVENT_ENDED:
      stream_ended (self);
      break;
    case HS_STREAM_EVENT_FAILED:
      hs_client_flush (self);
      hs_client_connection_failed (self, hs_stream_get_error (stream));
      break;
    case HS_STREAM_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

/* Whether there is no more to be done with the stream in this turn. */
static gboolean
pump_events (HsClient *self, HsStream *stream, gint64 start)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamEvent event;
  guint stride = 1;
  guint n = 0;
  gint64 last = start;

  while (hs_stream_next_event (stream, &event))
    {
      handle_event (self, stream, &event);
      hs_stream_give_back (stream, &event);
      /* Gone, replaced, or wanted by nobody but us. */
      if (priv->stream != stream || priv->transport == NULL || G_OBJECT (self)->ref_count == 1)
        return TRUE;
      /* The clock costs something as well. */
      if (++n >= stride)
        {
          gint64 now = g_get_monotonic_time ();

          stride = now - last > 100 ? 1 : MIN (stride * 2, 32);
          last = now;
          n = 0;
          if (now - start > TURN_USEC)
            {
              hs_client_set_deadline_at (self, HS_DEADLINE_PUMP, now);
              return TRUE;
            }
        }
    }
  return FALSE;
}

static void
pause_if_full (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->paused || priv->transport == NULL ||
      hs_transport_get_queued (priv->transport) <= MAX_QUEUED)
    return;
  hs_transport_flush (priv->transport);
  if (hs_transport_get_queued (priv->transport) <= MAX_QUEUED)
    return;
  priv->paused = TRUE;
  hs_transport_stop_reading (priv->transport);
}

/* Events first, then the next few bytes, until the turn's time is over. */
void
hs_client_pump (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = priv->stream;
  HsStream *outer = priv->pumped;
  gint64 start = g_get_monotonic_time ();

  if (stream == NULL)
    {
      priv->input_length = 0;
      return;
    }
  priv->pumping++;
  priv->pumped = stream;
  while (!pump_events (self, stream, start) && priv->input_length > 0 && !priv->paused)
    {
      gsize used = hs_stream_feed (stream, priv->input, priv->input_length);

      priv->input += used;
      priv->input_length -= used;
      pause_if_full (self);
    }
  priv->pumping--;
  priv->pumped = outer;
  if (priv->stream != stream || priv->transport == NULL)
    priv->input_length = 0;
  else if (priv->held)
    {
      priv->held = FALSE;
      if (!priv->paused)
        hs_transport_start_reading (priv->transport);
    }
  if (priv->pumping == 0)
    g_ptr_array_set_size (priv->dead_streams, 0);
  hs_client_flush (self);
}

/* A module may have given the account another name meanwhile (XEP-0077). Another domain counts from the
 * next connection on. */
static void
take_name (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsJid *account = hs_stream_get_account (priv->stream);

  if (priv->jid == account || priv->jid == NULL ||
      g_strcmp0 (hs_jid_get_domain (priv->jid), hs_jid_get_domain (account)) != 0)
    return;
  hs_stream_set_account (priv->stream, priv->jid);
  set_own (self, NULL, priv->jid);
}

void
hs_client_sign_in (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsSaslCredentials credentials = {
    .password = priv->password,
    .has_certificate = priv->tls_certificate != NULL && priv->certificate_used,
    .encrypted = priv->secure,
    .trusted = priv->trusted,
    .password_proved = !priv->allow_plain,
    .tls_mode_none = priv->tls_mode == HS_TLS_MODE_NONE,
    .allowed = (const char *const *) priv->sasl_mechanisms,
    .min_iterations = priv->min_iterations,
    .binding = HS_SASL_BINDING_NONE,
  };

  priv->in_negotiation = FALSE;
  take_name (self);
  credentials.username = hs_jid_get_local (hs_stream_get_account (priv->stream));
  hs_stream_sign_in (priv->stream, &credentials);
  hs_client_flush (self);
  hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
}

void
hs_client_shrink_if_idle (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 due = priv->last_input + IDLE_MSEC * 1000;

  if (priv->stream == NULL || priv->pumping > 0)
    return;
  if (g_get_monotonic_time () < due)
    hs_client_set_deadline_at (self, HS_DEADLINE_IDLE, due);
  else if (hs_parser_shrink (hs_stream_get_parser (priv->stream)))
    hs_dispatcher_shrink (priv->dispatcher);
}

/* Nothing has come for a while: the server is asked for a sign of life, and any byte is one. */
void
hs_client_keepalive (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 now = g_get_monotonic_time ();
  gint64 due = priv->last_input + priv->keepalive_interval * (gint64) 1000;
  gint64 lost = due + priv->connect_timeout * (gint64) 1000;

  if (priv->keepalive_interval == 0 || priv->state != HS_CLIENT_STATE_READY)
    return;
  /* Nothing is read while a handler runs a main loop of its own: that is not the server's silence. */
  if (priv->pumping > 0)
    hs_client_set_deadline (self, HS_DEADLINE_KEEPALIVE, priv->keepalive_interval);
  else if (now < due)
    {
      priv->pinged = FALSE;
      hs_client_set_deadline_at (self, HS_DEADLINE_KEEPALIVE, due);
    }
  else if (!priv->pinged)
    {
      g_autoptr (HsElement) ping = hs_element_new ("ping", HS_NS_PING);
      g_autoptr (HsIq) iq = hs_iq_new ("get", hs_jid_get_domain (priv->bound_jid), ping);

      /* A component asks itself, by way of the server. */
      if (priv->component)
        hs_stanza_set_from_jid (HS_STANZA (iq), priv->bound_jid);
      priv->pinged = TRUE;
      hs_client_send_stanza (self, HS_ELEMENT (iq), NULL);
      hs_client_set_deadline (self, HS_DEADLINE_KEEPALIVE, priv->connect_timeout);
    }
  else if (now >= lost)
    {
      g_autoptr (GError) error = NULL;

      priv->pinged = FALSE;
      g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT, "%s gives no sign of life",
                   hs_jid_get_domain (priv->jid));
      hs_client_connection_failed (self, error);
    }
  else
    hs_client_set_deadline_at (self, HS_DEADLINE_KEEPALIVE, lost);
}
