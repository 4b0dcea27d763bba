/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-clock.h"
#include "hs-error.h"

static void
begin_run (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autoptr (GError) error = NULL;

  if (hs_settings_get_jid_error (settings) != NULL)
    error = g_error_copy (hs_settings_get_jid_error (settings));
  else if (hs_settings_get_jid (settings) == NULL)
    error = g_error_new_literal (HS_ERROR, HS_ERROR_INVALID_JID,
                                 "HsClient:jid is not set: set it before hs_client_start()");
  else if (hs_settings_is_component (settings)
           && hs_settings_get_tls_mode (settings) == HS_TLS_MODE_REQUIRED)
    error = g_error_new_literal (HS_ERROR, HS_ERROR_TLS_REQUIRED,
                                 "A component's stream has no STARTTLS (XEP-0114): the TLS mode is "
                                 "direct or none");
  if (error != NULL)
    hs_client_finish_run (self, error);
  else
    hs_client_connect_next (self);
}

/* Outside of hs_client_start() and hs_client_stop(): they return before a handler is called. */
static void
do_work (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_run_get_phase (&priv->run) == HS_RUN_CONNECTING && !hs_client_is_stop_requested (priv))
    begin_run (self);
}

static void
stage_timed_out (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  const char *foreign = stream != NULL ? hs_stream_get_foreign_protocol (stream) : NULL;
  g_autoptr (GError) error = NULL;

  /* The answer may have arrived: while a handler iterates the main loop, the client reads nothing. */
  if (hs_connection_is_blocked (&priv->connection, HS_READ_NESTED_LOOP))
    {
      hs_deadlines_set (&priv->deadlines, HS_DEADLINE_STAGE, hs_settings_get_connect_timeout (&priv->settings));
      return;
    }
  if (foreign != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT,
                 "%s did not send %s within %u milliseconds: it speaks %s and not XMPP",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)), hs_stream_describe (stream),
                 hs_connection_get_stage_timeout (&priv->connection), foreign);
  else
    g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT, "%s did not send %s within %u milliseconds",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)),
                 stream != NULL ? hs_stream_describe (stream) : "anything",
                 hs_connection_get_stage_timeout (&priv->connection));
  if (stream != NULL)
    {
      hs_stream_close_with_error (stream, "connection-timeout", NULL);
      hs_client_flush (self);
    }
  if (hs_client_stream (priv) == stream)
    hs_client_connection_failed (self, error);
}

static void
on_deadline (HsClient *self, HsDeadline deadline)
{
  HsClientPrivate *priv = hs_client_private (self);

  switch (deadline)
    {
    case HS_DEADLINE_WORK:
      do_work (self);
      break;
    case HS_DEADLINE_STOP:
      if (!hs_run_is_ending (&priv->run))
        hs_client_begin_stopping (self);
      break;
    case HS_DEADLINE_PUMP:
      /* If a handler iterates the main loop, the pump that called the handler goes on with what is left. */
      if (!hs_pump_is_nested (&priv->pump))
        hs_client_pump (self);
      break;
    case HS_DEADLINE_STAGE:
      stage_timed_out (self);
      break;
    case HS_DEADLINE_CLOSE:
      if (hs_run_get_phase (&priv->run) == HS_RUN_SETTLING)
        hs_client_close_stream (self);
      else
        hs_client_finish_run (self, NULL);
      break;
    case HS_DEADLINE_RETRY:
      hs_reconnector_stop (&priv->reconnector);
      hs_client_connect_next (self);
      break;
    case HS_DEADLINE_ASK:
      hs_client_ask (self);
      break;
    case HS_DEADLINE_SESSION:
      hs_session_expire (&priv->session);
      break;
    case HS_DEADLINE_KEEPALIVE:
      hs_client_keepalive (self);
      break;
    case HS_DEADLINE_IDLE:
      hs_client_shrink_if_idle (self);
      break;
    case HS_DEADLINE_REQUEST:
      hs_requests_expire (&priv->requests, hs_client_get_time (priv), hs_liveness_get_last_input (&priv->liveness));
      break;
    case HS_N_DEADLINES:
    default:
      g_assert_not_reached ();
    }
}

/* Deadlines stand still while the machine sleeps; the other end of a connection does not. */
static void
look_at_clock (HsClient *self)
{
  if (hs_deadlines_take_sleep (&hs_client_private (self)->deadlines))
    hs_client_woke_up (self);
}

static void
woke_up_cb (gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);

  look_at_clock (self);
}

static void
fired_cb (gpointer client)
{
  g_autoptr (HsClient) self = g_object_ref (client);
  HsClientPrivate *priv = hs_client_private (self);
  HsDeadline deadline;

  hs_run_loop_enter (&priv->loop);
  look_at_clock (self);
  deadline = hs_deadlines_take (&priv->deadlines);
  if (deadline < HS_N_DEADLINES)
    on_deadline (self, deadline);
}

const HsDeadlinesCallbacks hs_client_deadlines_callbacks = { .fired = fired_cb, .woke_up = woke_up_cb };

/* The client does not run. */
static void
start (HsClient *self, GMainContext *context)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_run_enter (&priv->run, HS_RUN_ON_START);
  hs_retry_policy_begin (hs_reconnector_get_policy (&priv->reconnector));
  hs_run_loop_take (&priv->loop, hs_loop_get (context));
  hs_deadlines_start (&priv->deadlines, hs_run_loop_get (&priv->loop));
  hs_deadlines_set (&priv->deadlines, HS_DEADLINE_WORK, 0);
  hs_client_tell_state (self);
}

/* Starts the client if it does not run. */
static gboolean
ensure_started (HsClient *self, const char *function, GError **error)
{
  g_autoptr (GMainContext) context = NULL;

  if (hs_run_is_running (&hs_client_private (self)->run))
    return TRUE;
  context = g_main_context_ref_thread_default ();
  if (!hs_client_check_context (context, function, error))
    return FALSE;
  start (self, context);
  return TRUE;
}

/**
 * hs_client_start:
 * @self: a client
 *
 * Begins a run and returns at once; all else happens in the thread-default main context. Does nothing
 * where a run is under way.
 *
 * If another thread iterates that context, the client is not started, with a critical: call it there, with
 * g_main_context_invoke(), in Python `GLib.idle_add()`.
 *
 * ```c
 * g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
 * hs_client_start (client);
 * g_main_loop_run (loop);
 * ```
 */
void
hs_client_start (HsClient *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (!ensure_started (self, "hs_client_start", &error))
    g_critical ("%s", error->message);
}

/**
 * hs_client_stop:
 * @self: a client
 *
 * Begins the orderly end of a run, in whatever state it is, and returns at once. What was sent before
 * leaves; the stream is closed on both sides, within a deadline (RFC 6120, 4.4).
 *
 * ```c
 * g_signal_connect_swapped (client, "terminated", G_CALLBACK (g_main_loop_quit), loop);
 * hs_client_stop (client);
 * ```
 */
void
hs_client_stop (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_run_is_running (&priv->run) && !hs_client_is_stop_requested (priv))
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_STOP, 0);
}

static gboolean
run_result (HsClientPrivate *priv, GError **error)
{
  if (hs_run_get_error (&priv->run) == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (hs_run_get_error (&priv->run)));
  return FALSE;
}

/**
 * hs_client_run:
 * @self: a client
 * @error: return location for an error
 *
 * Starts the client if it has not been started, and iterates its main context until it has
 * terminated. If another thread has started the client, and nothing has iterated that context since, the
 * client belongs to this thread from here on.
 *
 * Errors are those of [signal@Client::terminated], and %HS_ERROR_WRONG_THREAD if another thread runs the
 * client or iterates its main context.
 *
 * ```c
 * g_autoptr (GError) error = NULL;
 *
 * if (!hs_client_run (client, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: true if the run was stopped, false if it failed
 */
gboolean
hs_client_run (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsClient) alive = NULL;
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GMainContext) taken = NULL;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_run_loop_is_foreign (&priv->loop) && (taken = hs_client_take_over (priv, error)) == NULL)
    return FALSE;

  alive = g_object_ref (self);
  if (!ensure_started (self, "hs_client_run", error))
    return FALSE;
  if (!hs_run_is_running (&priv->run))
    return run_result (priv, error);
  context = hs_run_loop_dup_context (&priv->loop);
  g_main_context_push_thread_default (context);
  while (hs_run_is_running (&priv->run))
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  if (taken != NULL)
    g_main_context_release (taken);
  return run_result (priv, error);
}

static gboolean
connect_cancelled_cb (GCancellable *cancellable, gpointer task)
{
  hs_client_stop (g_task_get_source_object (task));
  return G_SOURCE_REMOVE;
}

static gboolean
close_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  HsClientPrivate *priv = hs_client_private (g_task_get_source_object (task));

  if (hs_run_remove_close (&priv->run, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/**
 * hs_client_connect_async:
 * @self: a client
 * @cancellable: (nullable): stops the client if it is cancelled before it is ready
 * @callback: (scope async) (closure user_data): called when the client is ready
 * @user_data: data for @callback
 *
 * Starts the client if it has not been started, and waits until it is ready.
 *
 * Call [method@Client.connect_finish] in the callback to get the result.
 *
 * ```c
 * hs_client_connect_async (client, NULL, connected_cb, NULL);
 * ```
 */
void
hs_client_connect_async (HsClient *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  if (hs_client_refuse_async (self, hs_client_private (self), G_STRFUNC, callback, user_data))
    return;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_connect_async);
  if (hs_run_is_ready (&priv->run))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  context = g_main_context_ref_thread_default ();
  if (!hs_run_is_running (&priv->run) && !hs_client_check_context (context, G_STRFUNC, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* Before the client is started: a handler of `notify::state` may end the run at once. */
  hs_run_add_connect (&priv->run, g_steal_pointer (&task), G_SOURCE_FUNC (connect_cancelled_cb));
  if (!hs_run_is_running (&priv->run))
    start (self, context);
}

/**
 * hs_client_connect_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Client.connect_async].
 *
 * Errors are those of [signal@Client::terminated], %G_IO_ERROR_CANCELLED if the client was
 * stopped, or %HS_ERROR_WRONG_THREAD if another thread runs the client or iterates its main context.
 *
 * Returns: true if the client is ready
 */
gboolean
hs_client_connect_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_client_close_async:
 * @self: a client
 * @cancellable: (nullable): stops the waiting; the run ends all the same
 * @callback: (scope async) (closure user_data): called when the client has terminated
 * @user_data: data for @callback
 *
 * Begins the orderly end of a run as [method@Client.stop] does, and waits until it has terminated.
 *
 * Call [method@Client.close_finish] in the callback to get the result.
 *
 * ```c
 * hs_client_close_async (client, NULL, closed_cb, NULL);
 * ```
 */
void
hs_client_close_async (HsClient *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  if (hs_client_refuse_async (self, hs_client_private (self), G_STRFUNC, callback, user_data))
    return;

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_close_async);
  if (!hs_run_is_running (&priv->run))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  hs_run_add_close (&priv->run, g_steal_pointer (&task), G_SOURCE_FUNC (close_cancelled_cb));
  hs_client_stop (self);
}

/**
 * hs_client_close_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error: %G_IO_ERROR_CANCELLED
 *
 * Finishes an operation started with [method@Client.close_async].
 *
 * Returns: true if the client has terminated
 */
gboolean
hs_client_close_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
