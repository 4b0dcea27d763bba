/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* From the features to a session that stands, and what keeps it alive. */

/* After so much silence a connection lets go of its parser: the next bytes find a new one. */
#define IDLE_MSEC 3000
/* How many times longer silence may last while the client is not active. */
#define INACTIVE_FACTOR 4

/* While modules take part, the time is theirs. */
void
hs_client_negotiate (HsClient *self, HsNode *features)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_module_list_negotiate (&priv->modules, hs_element_from_node (features)))
    hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
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
  HsClient *client = hs_connection_end_operation (user_data);
  g_autoptr (HsClient) self = NULL;
  HsClientPrivate *priv;

  if (client == NULL || key == NULL)
    return;
  self = g_object_ref (client);
  priv = hs_client_private (self);
  if (hs_client_stream (priv) == NULL || hs_client_transport (priv) == NULL)
    return;
  hs_stream_key_derived (hs_client_stream (priv), key);
  hs_client_flush (self);
  if (!hs_run_is_ending (&priv->run))
    hs_client_begin_stage (self);
  hs_client_pump (self);
}

/* On a worker thread: a server may ask for a million rounds. */
void
hs_client_derive_key (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task
      = g_task_new (NULL, hs_attempt_get_cancellable (hs_connection_get_attempt (&priv->connection)), derived_cb, hs_attempt_ref (hs_connection_get_attempt (&priv->connection)));

  g_task_set_source_tag (task, hs_client_derive_key);
  g_task_set_task_data (task, hs_sasl_key_request_ref (hs_stream_get_key_request (hs_client_stream (priv))),
                        (GDestroyNotify) hs_sasl_key_request_unref);
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  g_task_run_in_thread (task, derive_thread);
}

/* XEP-0280, 4: carbons, where they did not begin along with the resource. */
static void
begin_carbons (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) enable = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (!hs_settings_get_carbons (&priv->settings) || hs_stream_has_carbons (hs_client_stream (priv)))
    return;
  enable = hs_element_new ("enable", HS_NS_CARBONS);
  iq = hs_iq_new ("set", NULL, enable);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

/* RFC 6121, 2.2: the roster is asked for before the first presence, so that the server pushes what
 * changes in between. */
static void
begin_roster (HsClient *self)
{
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (!hs_settings_get_initial_roster (&hs_client_private (self)->settings))
    return;
  query = hs_element_new ("query", HS_NS_ROSTER);
  iq = hs_iq_new ("get", NULL, query);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

/* What the client does where no module does it. */
static void (*const default_steps[]) (HsClient *self) = { begin_carbons, begin_roster };

/* The requests of the default steps and of modules, and then the presence. Only requests are sent meanwhile:
 * under stream management that is not enabled yet, anything else would be held back, and the presence behind
 * it. */
static void
begin_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  g_autoptr (GPtrArray) modules = hs_module_list_ref (&priv->modules);

  priv->only_requests = TRUE;
  /* Who watches what is written, and a module, may end the connection. */
  for (guint i = 0; i < G_N_ELEMENTS (default_steps) && hs_client_stream (priv) == stream; i++)
    default_steps[i] (self);
  for (guint i = 0; i < modules->len && hs_client_stream (priv) == stream; i++)
    hs_module_begin (g_ptr_array_index (modules, i), self);
  priv->only_requests = FALSE;
  if (hs_client_stream (priv) == stream)
    hs_client_begin_presence (self);
}

/* Nobody looks at what arrives: later is early enough (XEP-0352). */
static gint64
get_interval (HsClientPrivate *priv)
{
  gint64 interval = hs_settings_get_keepalive_interval (&priv->settings) * (gint64) 1000;

  return hs_settings_get_active (&priv->settings) ? interval : interval * INACTIVE_FACTOR;
}

/* What a new session and one that goes on have in common. */
void
hs_client_session_stands (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 now;

  hs_client_forgets_changed (self);
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  hs_connection_end_attempt (&priv->connection);
  now = hs_client_get_time (priv);
  hs_run_set_ready_time (&priv->run, now);
  hs_liveness_init (&priv->liveness, now);
  if (hs_settings_get_keepalive_interval (&priv->settings) > 0)
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_KEEPALIVE,
                               now + get_interval (priv));
}

/* The resource has been asked for. What a session begins with anyway need not wait for the answer, but where
 * a module takes part in what comes before, or another session is still to be given up, which everybody is
 * told when there is a new one. */
void
hs_client_binding (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_module_list_has_negotiators (&priv->modules) || hs_client_is_stop_requested (priv)
      || hs_client_transport (priv) == NULL || hs_session_get_bound_jid (&priv->session) != NULL || hs_settings_has_presence_with_sender (&priv->settings)
      || !hs_stream_begin (hs_client_stream (priv)))
    return;
  /* What a handler sends meanwhile waits, and must not leave from another. */
  hs_session_set_account (&priv->session, hs_stream_get_account (hs_client_stream (priv)));
  priv->begun = priv->beginning = TRUE;
  begin_session (self);
  priv->beginning = FALSE;
}

/* What was sent already where @begun. Each step may call a handler that ends the connection; FALSE: one has. */
static gboolean
stand (HsClient *self, HsStream *stream, gboolean begun)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_session_stands (self);
  hs_session_bind (&priv->session, hs_stream_get_jid (stream), hs_settings_is_component (&priv->settings),
                   hs_stream_get_max_bytes (stream));
  if (hs_client_stream (priv) == stream)
    hs_client_tell_deliveries (self, FALSE);
  if (!begun && hs_client_stream (priv) == stream)
    begin_session (self);
  if (hs_client_stream (priv) == stream)
    hs_client_tell_active (self, FALSE);
  if (hs_client_stream (priv) == stream)
    hs_client_finish_presence (self);
  return hs_client_stream (priv) == stream;
}

void
hs_client_bound (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  g_autoptr (GPtrArray) tasks = NULL;
  gboolean begun = priv->begun;

  priv->begun = FALSE;
  /* One that was interrupted is lost. */
  if (!begun)
    hs_client_lose_session (self);
  if (hs_client_stream (priv) != stream)
    return;
  hs_client_remember_session (priv);
  hs_retry_policy_bound (hs_reconnector_get_policy (&priv->reconnector));
  hs_session_set_account (&priv->session, hs_stream_get_account (stream));
  if (!stand (self, stream, begun))
    return;
  /* When the run ends, nobody is told of a session. */
  if (hs_run_is_ending (&priv->run))
    return;
  tasks = hs_run_take_connects (&priv->run);
  hs_client_enter (self, HS_RUN_ON_SESSION);
  if (hs_client_stream (priv) == stream)
    g_signal_emit (self, hs_client_signals[SIGNAL_READY], 0);
  if (hs_client_stream (priv) == stream)
    hs_module_list_foreach (&priv->modules, hs_module_ready);
  hs_run_return_tasks (tasks, NULL);
}

void
hs_client_expect_idle (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_deadlines_is_set (&priv->deadlines, HS_DEADLINE_IDLE) && hs_run_is_ready (&priv->run))
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_IDLE, hs_liveness_get_last_input (&priv->liveness) + IDLE_MSEC * 1000);
}

void
hs_client_shrink_if_idle (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 due = hs_liveness_get_last_input (&priv->liveness) + IDLE_MSEC * 1000;

  if (hs_client_stream (priv) == NULL || hs_pump_is_pumping (&priv->pump))
    return;
  if (hs_client_get_time (priv) < due)
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_IDLE, due);
  /* Nothing is read before the rest of a stanza has been dispatched: that is not silence. */
  else if (hs_pump_is_suspended (&priv->pump))
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_IDLE, IDLE_MSEC);
  else if (hs_parser_shrink (hs_stream_get_parser (hs_client_stream (priv))))
    {
      hs_dispatcher_shrink (priv->dispatcher);
      hs_client_shrink_features (self);
      if (hs_client_get_management (self) != NULL)
        hs_stream_management_shrink (hs_client_get_management (self));
    }
}

/* XEP-0198's request is answered as well as a ping (XEP-0199), and is less. */
static void
ask_for_life (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) ping = NULL;
  g_autoptr (HsIq) iq = NULL;
  HsJid *bound;

  if (hs_client_is_managed (priv))
    {
      hs_stream_management_write_request (hs_client_get_management (self),
                                          hs_transport_get_output (hs_client_transport (priv)));
      hs_client_flush (self);
      return;
    }
  ping = hs_element_new ("ping", HS_NS_PING);
  bound = hs_session_get_bound_jid (&priv->session);
  iq = hs_iq_new ("get", hs_jid_get_domain (bound), ping);
  /* A component asks itself, by way of the server. */
  if (hs_settings_is_component (&priv->settings))
    hs_stanza_set_from_jid (HS_STANZA (iq), bound);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

static void
lose_connection (HsClient *self, const char *failing)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT, "%s %s",
               hs_jid_get_domain (hs_client_private (self)->account), failing);
  hs_client_connection_failed (self, error);
}

static void
look_at_connection (HsClientPrivate *priv, HsLivenessView *view)
{
  HsStreamManagement *management = hs_session_get_management (&priv->session);

  *view = (HsLivenessView){
    .now = hs_client_get_time (priv),
    .interval = get_interval (priv),
    .timeout = hs_settings_get_connect_timeout (&priv->settings) * (gint64) 1000,
    .end = hs_connection_get_end (&priv->connection),
    .left = hs_transport_get_left (hs_client_transport (priv)),
  };
  /* Where the output is full, what it does is what counts: reading goes on when it has drained. */
  if (!hs_connection_is_blocked (&priv->connection, HS_READ_OUTPUT_FULL))
    view->unread = hs_pump_has_input (&priv->pump) || hs_transport_has_unread (hs_client_transport (priv));
  if (!hs_client_is_managed (priv))
    return;
  view->acknowledged = hs_stream_management_get_acknowledged (management);
  view->resumed = hs_retry_policy_is_fruitless (hs_reconnector_get_policy (&priv->reconnector), view->acknowledged,
                                                hs_stream_management_get_received (management));
  view->asking = hs_stream_management_is_asking (management)
                 && (view->resumed || hs_stream_management_get_waiting (management) > 0);
}

static void
ping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsLivenessView view;

  ask_for_life (self);
  /* Who watches what is written may have ended the connection. */
  if (hs_client_transport (priv) == NULL || !hs_run_is_ready (&priv->run))
    return;
  look_at_connection (priv, &view);
  hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_KEEPALIVE, hs_liveness_pinged (&priv->liveness, &view));
}

/* It is time to look whether the server is still there. */
void
hs_client_keepalive (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsLivenessView view;
  gint64 next;

  if (hs_settings_get_keepalive_interval (&priv->settings) == 0 || !hs_run_is_ready (&priv->run)
      || hs_client_transport (priv) == NULL)
    return;
  look_at_connection (priv, &view);
  switch (hs_liveness_look (&priv->liveness, &view, &next))
    {
    case HS_LIVENESS_LOST:
      lose_connection (self, hs_liveness_describe (&priv->liveness));
      break;
    case HS_LIVENESS_PING:
      ping (self);
      break;
    case HS_LIVENESS_NOTHING:
    default:
      hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_KEEPALIVE, next);
    }
}

/* Something was queued, and nothing was waiting to leave. The system has no such deadline that would do: with
 * TCP_USER_TIMEOUT, Linux takes a peer whose window stays small for one that is dead, although bytes leave all
 * the time. */
void
hs_client_watch_output (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 next;

  if (hs_settings_get_keepalive_interval (&priv->settings) == 0 || !hs_run_is_ready (&priv->run))
    return;
  next = hs_liveness_sent (&priv->liveness, hs_client_get_time (priv),
                           hs_settings_get_connect_timeout (&priv->settings) * (gint64) 1000);
  hs_deadlines_bring_forward (&priv->deadlines, HS_DEADLINE_KEEPALIVE, next);
}

/* The interval is another. */
void
hs_client_expect_life (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_settings_get_keepalive_interval (&priv->settings) == 0)
    hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_KEEPALIVE);
  else if (hs_run_is_ready (&priv->run) && hs_client_transport (priv) != NULL)
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_KEEPALIVE, 0);
}

/* The machine was asleep: the connection may have gone meanwhile, and with it the session. */
void
hs_client_woke_up (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_session_can_resume (&priv->session, hs_client_get_boot_time (priv)))
    hs_session_expire (&priv->session);
  hs_reconnector_network_changed (&priv->reconnector);
  if (hs_run_is_ready (&priv->run) && hs_client_transport (priv) != NULL
      && hs_settings_get_keepalive_interval (&priv->settings) > 0)
    ping (self);
}
