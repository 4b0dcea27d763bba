/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-clock.h"
#include "hs-error.h"

/* A run: from being started to `terminated`. */

/* How long the server may take to acknowledge what was sent last, and again to end the stream. */
#define CLOSE_TIMEOUT 5000
/* The machine was asleep where its clocks differ by more, in microseconds. */
#define SLEEP (2 * G_USEC_PER_SEC)

void
hs_client_set_state (HsClient *self, HsClientState state)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->state == state)
    return;
  priv->state = state;
  g_object_notify (G_OBJECT (self), "state");
}

static void
update_timer (HsClientPrivate *priv)
{
  gint64 nearest = 0;

  for (guint i = 0; i < HS_N_DEADLINES; i++)
    {
      if (priv->deadlines[i] != 0 && (nearest == 0 || priv->deadlines[i] < nearest))
        nearest = priv->deadlines[i];
    }
  hs_timer_set (&priv->timer, nearest);
}

void
hs_client_set_deadline_at (HsClient *self, HsDeadline deadline, gint64 time)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->deadlines[deadline] == time)
    return;
  priv->deadlines[deadline] = time;
  update_timer (priv);
}

void
hs_client_set_deadline (HsClient *self, HsDeadline deadline, guint msec)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_set_deadline_at (self, deadline, hs_client_get_time (priv) + msec * (gint64) 1000);
}

void
hs_client_clear_deadline (HsClient *self, HsDeadline deadline)
{
  hs_client_set_deadline_at (self, deadline, 0);
}

static void
emit_stopping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->stopping)
    return;
  priv->stopping = TRUE;
  hs_client_set_state (self, HS_CLIENT_STATE_STOPPING);
  g_signal_emit (self, hs_client_signals[SIGNAL_STOPPING], 0);
  hs_client_modules_foreach (self, hs_module_stopping);
}

void
hs_client_emit_disconnected (HsClient *self, const GError *error, int retry_in_msec)
{
  hs_client_private (self)->announced = FALSE;
  g_signal_emit (self, hs_client_signals[SIGNAL_DISCONNECTED], 0, error, retry_in_msec);
}

static void
return_tasks (GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; tasks != NULL && i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      GSource *watch = g_task_get_task_data (task);

      if (watch != NULL)
        g_source_destroy (watch);
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

void
hs_client_return_connects (GPtrArray *tasks)
{
  return_tasks (tasks, NULL);
}

/* A handler may have run the main loop until the run had ended, and have begun another. */
static gboolean
is_run (HsClientPrivate *priv, guint run)
{
  return priv->running && priv->n_runs == run;
}

/* Puts the client back to where it was before the run; only then is the end told. */
static void
end_run (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) stopped
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The client was stopped");
  g_autoptr (GError) error = priv->run_error != NULL ? g_error_copy (priv->run_error) : NULL;
  g_autoptr (GPtrArray) connects = NULL;
  g_autoptr (GPtrArray) closes = NULL;
  guint run = priv->n_runs;

  g_signal_emit (self, hs_client_signals[SIGNAL_CLEANUP], 0);
  hs_client_modules_foreach (self, hs_module_cleanup);
  /* It may have been disposed of. */
  if (!is_run (priv, run))
    return;
  /* Now only: who begins to wait in a handler of `cleanup` still waits for this run. */
  connects = g_steal_pointer (&priv->connect_tasks);
  closes = g_steal_pointer (&priv->close_tasks);
  memset (priv->deadlines, 0, sizeof priv->deadlines);
  hs_timer_leave (&priv->timer);
  hs_wake_remove (&priv->loop->wake, self);
  hs_client_leave_loop (priv);
  hs_reconnector_keep (&priv->reconnector, NULL);
  priv->running = priv->stop_requested = FALSE;
  hs_client_set_state (self, HS_CLIENT_STATE_DISCONNECTED);
  hs_client_modules_foreach (self, hs_module_terminated);
  g_signal_emit (self, hs_client_signals[SIGNAL_TERMINATED], 0, error);
  return_tasks (connects, error != NULL ? error : stopped);
  return_tasks (closes, NULL);
}

/* The connection is over and no other follows. Takes nothing; the first error of a run is its own. */
void
hs_client_finish_run (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = priv->n_runs;
  gboolean announced;

  if (error != NULL && priv->run_error == NULL && !priv->stop_requested)
    priv->run_error = g_error_copy (error);
  emit_stopping (self);
  if (!is_run (priv, run))
    return;
  announced = priv->announced;
  hs_reconnector_stop (&priv->reconnector);
  hs_client_drop_connection (self);
  hs_client_end_session (self, FALSE);
  if (is_run (priv, run) && (announced || error != NULL))
    hs_client_emit_disconnected (self, priv->run_error, -1);
  if (is_run (priv, run))
    end_run (self);
}

/* Nothing is left to be acknowledged, or the time for it is over. */
static void
close_stream (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  priv->settling = FALSE;
  hs_pump_count_shown (&priv->pump);
  hs_stream_close (hs_client_stream (priv));
  hs_client_flush (self);
  hs_client_set_deadline (self, HS_DEADLINE_CLOSE,
                          MIN (CLOSE_TIMEOUT, hs_settings_get_connect_timeout (&priv->settings)));
}

/* The server has acknowledged something while we wait for it to have acknowledged all; or a stanza of the
 * server's has been shown whole, so that we can acknowledge it. */
void
hs_client_settled (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_client_stream (priv) == NULL || hs_client_transport (priv) == NULL)
    return;
  if (hs_stream_management_get_unacknowledged (hs_session_get_management (&priv->session)) == 0)
    {
      if (!hs_pump_owes_count (&priv->pump))
        close_stream (self);
      return;
    }
  hs_client_flush (self);
  /* Who watches what is written may have ended the connection. */
  if (hs_client_transport (priv) == NULL)
    return;
  hs_stream_management_write_request (hs_session_get_management (&priv->session),
                                      hs_transport_get_output (hs_client_transport (priv)));
  hs_client_flush (self);
}

static void
begin_stopping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = priv->n_runs;

  emit_stopping (self);
  if (!is_run (priv, run))
    return;
  hs_reconnector_stop (&priv->reconnector);
  hs_client_clear_deadline (self, HS_DEADLINE_STAGE);
  hs_client_clear_deadline (self, HS_DEADLINE_KEEPALIVE);
  if (hs_client_stream (priv) == NULL || hs_client_transport (priv) == NULL)
    {
      hs_client_finish_run (self, NULL);
      return;
    }
  if (!hs_client_is_managed (priv) || hs_stream_is_closing (hs_client_stream (priv)))
    {
      close_stream (self);
      return;
    }
  /* XEP-0198: so that the program hears of all that it has sent. */
  priv->settling = TRUE;
  hs_client_set_deadline (self, HS_DEADLINE_CLOSE,
                          MIN (CLOSE_TIMEOUT, hs_settings_get_connect_timeout (&priv->settings)));
  hs_client_settled (self);
}

static void
begin_run (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const HsSettings *settings = &priv->settings;
  g_autoptr (GError) error = NULL;

  if (hs_settings_get_jid_error (settings) != NULL)
    error = g_error_copy (hs_settings_get_jid_error (settings));
  else if (hs_settings_get_jid (settings) == NULL)
    error = g_error_new_literal (HS_ERROR, HS_ERROR_INVALID_JID, "The client has no address");
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

static void
do_work (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->stop_requested && !priv->stopping)
    begin_stopping (self);
  else if (priv->state == HS_CLIENT_STATE_CONNECTING && hs_connection_get_attempt (&priv->connection) == NULL && !priv->stopping)
    begin_run (self);
}

static void
stage_timed_out (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  const char *foreign = stream != NULL ? hs_stream_get_foreign_protocol (stream) : NULL;
  g_autoptr (GError) error = NULL;

  /* The answer may be there: a handler iterates the main loop, and nothing is read meanwhile. */
  if (hs_connection_is_blocked (&priv->connection, HS_READ_NESTED_LOOP))
    {
      hs_client_set_deadline (self, HS_DEADLINE_STAGE, hs_settings_get_connect_timeout (&priv->settings));
      return;
    }
  if (foreign != NULL)
    g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT,
                 "%s did not send %s within %u milliseconds: it speaks %s and not XMPP",
                 hs_jid_get_domain (priv->account), hs_stream_describe (stream),
                 priv->stage_timeout, foreign);
  else
    g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT, "%s did not send %s within %u milliseconds",
                 hs_jid_get_domain (priv->account),
                 stream != NULL ? hs_stream_describe (stream) : "anything",
                 priv->stage_timeout);
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
    case HS_DEADLINE_PUMP:
      /* Where a handler iterates the main loop, what is left is for the pump that called it. */
      if (!hs_pump_is_nested (&priv->pump))
        hs_client_pump (self);
      break;
    case HS_DEADLINE_STAGE:
      stage_timed_out (self);
      break;
    case HS_DEADLINE_CLOSE:
      if (priv->settling)
        close_stream (self);
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
      hs_iq_tracker_expire (hs_session_get_tracker (&priv->session),
                            hs_client_get_time (priv), hs_liveness_get_last_input (&priv->liveness));
      if (priv->running)
        hs_client_update_request_deadline (self);
      break;
    case HS_N_DEADLINES:
    default:
      g_assert_not_reached ();
    }
}

gint64
hs_client_get_boot_time (const HsClientPrivate *priv)
{
  return priv->loop != NULL ? hs_loop_get_boot_time (priv->loop) : hs_clock_get_boot_time ();
}

static gint64
get_slept (const HsClientPrivate *priv)
{
  return hs_client_get_boot_time (priv) - hs_client_get_time (priv);
}

/* Deadlines stand still while the machine sleeps; what is at the other end does not. */
static void
look_at_clock (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 slept = get_slept (priv);

  if (slept - priv->slept > SLEEP)
    hs_client_woke_up (self);
  priv->slept = slept;
}

static void
wake_cb (gpointer data)
{
  g_autoptr (HsClient) self = g_object_ref (data);

  look_at_clock (self);
}

/* The one that has been due for longest; the others are due still. What is set to now in each turn, as
 * the pump is through a flood, comes after them. */
static void
timer_cb (gpointer data)
{
  g_autoptr (HsClient) self = g_object_ref (data);
  HsClientPrivate *priv = hs_client_private (self);
  gint64 now = hs_client_get_time (priv);
  guint first = HS_N_DEADLINES;

  hs_client_enter_thread (priv);
  look_at_clock (self);
  for (guint i = 0; i < HS_N_DEADLINES; i++)
    {
      if (priv->deadlines[i] != 0 && priv->deadlines[i] <= now
          && (first == HS_N_DEADLINES || priv->deadlines[i] < priv->deadlines[first]))
        first = i;
    }
  if (first < HS_N_DEADLINES)
    {
      priv->deadlines[first] = 0;
      on_deadline (self, first);
    }
  update_timer (priv);
}

/**
 * hs_client_start:
 * @self: a client
 *
 * Begins a run and returns at once; all else happens in the thread-default main context. Does nothing
 * where a run is under way.
 */
void
hs_client_start (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (priv->running)
    return;
  priv->running = TRUE;
  priv->n_runs++;
  memset (priv->deadlines, 0, sizeof priv->deadlines);
  priv->stopping = priv->stop_requested = priv->was_ready = priv->announced = FALSE;
  hs_retry_policy_begin (hs_reconnector_get_policy (&priv->reconnector));
  priv->settling = FALSE;
  priv->ready_time = 0;
  g_clear_error (&priv->run_error);
  hs_client_take_loop (priv, hs_loop_get (g_main_context_get_thread_default ()));
  priv->slept = get_slept (priv);
  hs_wake_add (&priv->loop->wake, wake_cb, self);
  hs_timer_join (&priv->timer, &priv->loop->timers, timer_cb, self);
  hs_client_set_deadline (self, HS_DEADLINE_WORK, 0);
  hs_client_set_state (self, HS_CLIENT_STATE_CONNECTING);
}

/**
 * hs_client_stop:
 * @self: a client
 *
 * Begins the orderly end of a run, in whatever state it is, and returns at once. What was sent before
 * leaves; the stream is closed on both sides, within a deadline (RFC 6120, 4.4).
 */
void
hs_client_stop (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (!priv->running || priv->stop_requested)
    return;
  priv->stop_requested = TRUE;
  hs_client_set_deadline (self, HS_DEADLINE_WORK, 0);
}

static gboolean
run_result (HsClientPrivate *priv, GError **error)
{
  if (priv->run_error == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (priv->run_error));
  return FALSE;
}

/**
 * hs_client_run:
 * @self: a client
 * @error: return location for an error
 *
 * Starts the client where it has not been started, and iterates its main context until it has
 * terminated. Where another thread has started the client, and nothing has iterated that context since, the
 * client belongs to this thread from here on.
 *
 * Errors are those of [signal@Client::terminated], and %HS_ERROR_WRONG_THREAD where another thread runs the
 * client.
 *
 * Returns: true where the run was stopped, false where it failed
 */
gboolean
hs_client_run (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsClient) alive = NULL;
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (GMainContext) taken = NULL;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_is_foreign (priv) && (taken = hs_client_take_over (priv, error)) == NULL)
    return FALSE;

  alive = g_object_ref (self);
  hs_client_start (self);
  if (!priv->running)
    return run_result (priv, error);
  context = g_main_context_ref (priv->loop->context);
  g_main_context_push_thread_default (context);
  while (priv->running)
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

  if (priv->close_tasks != NULL && g_ptr_array_remove (priv->close_tasks, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
add_task (GPtrArray **tasks, GTask *task)
{
  if (*tasks == NULL)
    *tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (*tasks, task);
}

/* The watch is the task's data, and ended when the task returns. */
static void
watch_cancellable (GTask *task, GSourceFunc callback)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GSource *watch;

  if (cancellable == NULL)
    return;
  watch = g_cancellable_source_new (cancellable);
  g_source_set_static_name (watch, "HsClient");
  g_task_attach_source (task, watch, callback);
  g_task_set_task_data (task, watch, (GDestroyNotify) g_source_unref);
}

/**
 * hs_client_connect_async:
 * @self: a client
 * @cancellable: (nullable): stops the client where it is cancelled before it is ready
 * @callback: (scope async) (closure user_data): called when the client is ready
 * @user_data: data for @callback
 *
 * Starts the client where it has not been started, and waits until it is ready.
 */
void
hs_client_connect_async (HsClient *self,
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
  g_task_set_source_tag (task, hs_client_connect_async);
  if (priv->state == HS_CLIENT_STATE_READY)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  watch_cancellable (task, G_SOURCE_FUNC (connect_cancelled_cb));
  /* Before the client is started: a handler of `notify::state` may end the run at once. */
  add_task (&priv->connect_tasks, g_steal_pointer (&task));
  hs_client_start (self);
}

/**
 * hs_client_connect_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Client.connect_async] began.
 *
 * Errors are those of [signal@Client::terminated], or %G_IO_ERROR_CANCELLED where the client was
 * stopped.
 *
 * Returns: true where the client is ready
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
  if (!priv->running)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  watch_cancellable (task, G_SOURCE_FUNC (close_cancelled_cb));
  add_task (&priv->close_tasks, g_steal_pointer (&task));
  hs_client_stop (self);
}

/**
 * hs_client_close_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error: %G_IO_ERROR_CANCELLED
 *
 * Ends what [method@Client.close_async] began.
 *
 * Returns: true where the client has terminated
 */
gboolean
hs_client_close_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The last reference is going: no word to anybody. */
void
hs_client_abandon (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;

  if (!priv->running)
    return;
  priv->running = FALSE;
  error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST, "The client is gone");
  hs_reconnector_stop (&priv->reconnector);
  hs_client_drop_connection (self);
  hs_client_end_session (self, TRUE);
  priv->state = HS_CLIENT_STATE_DISCONNECTED;
  hs_reconnector_keep (&priv->reconnector, NULL);
  hs_timer_leave (&priv->timer);
  if (priv->loop != NULL)
    hs_wake_remove (&priv->loop->wake, self);
  hs_client_leave_loop (priv);
  return_tasks (priv->connect_tasks, error);
  return_tasks (priv->close_tasks, error);
  g_clear_pointer (&priv->connect_tasks, g_ptr_array_unref);
  g_clear_pointer (&priv->close_tasks, g_ptr_array_unref);
}
