/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-error.h"

/* Decides what follows when a connection has ended or could not be made. */

/* Tells the policy if the server has acknowledged something that the program has sent. Input does not count, and
 * the acknowledgement of the roster request and the initial presence does not: each session begins with them, also
 * one that the server is about to end again. */
void
hs_client_note_progress (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamManagement *management = hs_session_get_management (&priv->session);

  if (management != NULL && hs_stream_management_take_progress (management))
    hs_retry_policy_progress (hs_reconnector_get_policy (&priv->reconnector));
}

static void
set_due_cb (gint64 time, gpointer client)
{
  hs_deadlines_set_at (&hs_client_private (client)->deadlines, HS_DEADLINE_RETRY, time);
}

static gint64
get_due_cb (gpointer client)
{
  return hs_deadlines_get_time (&hs_client_private (client)->deadlines, HS_DEADLINE_RETRY);
}

const HsReconnectorCallbacks hs_client_reconnector_callbacks = { .set_due = set_due_cb, .get_due = get_due_cb };

/**
 * hs_client_reconnect_now:
 * @self: a client
 *
 * Makes the next connection at once, where the client waits for the time that
 * [signal@Client::disconnected] told. Does nothing otherwise.
 *
 * ```python
 * def changed(monitor, there):
 *     if there:
 *         client.reconnect_now()
 *
 * Gio.NetworkMonitor.get_default().connect("network-changed", changed)
 * ```
 */
void
hs_client_reconnect_now (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  hs_reconnector_hurry (&priv->reconnector, hs_client_get_time (priv));
}

/* ---- What follows ---- */

/* Returns the error, with the note of the policy about it. */
static GError *
dup_error (HsClientPrivate *priv, const GError *error)
{
  g_autofree char *note = hs_retry_policy_take_note (hs_reconnector_get_policy (&priv->reconnector));

  if (error == NULL)
    return NULL;
  return note != NULL ? g_error_new (error->domain, error->code, "%s (%s)", error->message, note)
                      : g_error_copy (error);
}

static void
next_target (HsClient *self, const GError *cause)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = hs_run_get_number (&priv->run);
  gboolean announced = hs_client_is_announced (priv);
  g_autoptr (GError) error = dup_error (priv, cause);

  hs_debug_decided (HS_DEBUG_RETRY, hs_client_get_name (self), "tries another address: %s",
                    error != NULL ? error->message : "the stream has ended");
  /* The session of the next connection has not stood at all. */
  hs_run_set_ready_time (&priv->run, 0);
  hs_client_drop_connection (self);
  if (!hs_run_is_present (&priv->run, run))
    return;
  hs_run_enter (&priv->run, HS_RUN_ON_NEXT);
  if (announced)
    hs_client_emit_disconnected (self, error, 0);
  if (hs_run_is_present (&priv->run, run))
    hs_client_tell_state (self);
  if (hs_run_is_present (&priv->run, run))
    hs_reconnector_wait (&priv->reconnector, hs_run_loop_get (&priv->loop), 0);
}

/* Asks the policy how long to wait. @answered: the server, or something in front of it, had accepted the
 * connection. @managed: there was a session with stream management. */
static guint
choose_wait (HsClientPrivate *priv, gboolean answered, gboolean managed)
{
  HsStreamManagement *management = hs_session_get_management (&priv->session);
  gint64 now = hs_client_get_boot_time (priv);
  HsRetrySession session = { .answered = answered, .left = -1 };
  guint max;

  if (management == NULL || !hs_stream_management_has_session (management))
    {
      session.given_up = managed;
      return hs_retry_policy_wait (hs_reconnector_get_policy (&priv->reconnector), &session);
    }
  session.location = hs_stream_management_get_location (management);
  session.resumable = hs_stream_management_can_resume (management, now);
  max = hs_stream_management_get_max (management);
  if (max != 0)
    session.left = MAX (0, max * (gint64) 1000 - hs_stream_management_get_age (management, now) / 1000);
  return hs_retry_policy_wait (hs_reconnector_get_policy (&priv->reconnector), &session);
}

static void
retry (HsClient *self, const GError *cause)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = hs_run_get_number (&priv->run);
  gboolean managed = hs_client_is_managed (priv);
  gboolean answered = hs_run_get_phase (&priv->run) != HS_RUN_CONNECTING;
  g_autoptr (GError) error = NULL;
  guint delay;

  hs_run_set_ready_time (&priv->run, 0);
  if (managed && hs_retry_policy_gives_up_session (hs_reconnector_get_policy (&priv->reconnector)))
    hs_stream_management_lose (hs_session_get_management (&priv->session));
  hs_client_drop_connection (self);
  delay = choose_wait (priv, answered, managed);
  error = dup_error (priv, cause);
  /* A handler may have ended the run, and have begun another. */
  if (!hs_run_is_present (&priv->run, run))
    return;
  hs_client_enter (self, HS_RUN_ON_LOST);
  if (!hs_run_is_present (&priv->run, run))
    return;
  hs_run_enter (&priv->run, HS_RUN_ON_WAIT);
  hs_reconnector_wait (&priv->reconnector, hs_run_loop_get (&priv->loop), delay);
  hs_client_emit_disconnected (self, error, delay);
}

/* Whether the peer may still be something other than the server: it has not come to a stream with TLS, or to the end
 * of the sign-in if there is no TLS. */
static gboolean
is_unproven (HsClientPrivate *priv)
{
  if (!hs_settings_uses_tls (&priv->settings))
    return !hs_connection_has_stream (&priv->connection) || !hs_stream_is_authenticated (hs_client_stream (priv));
  return !hs_connection_is_secure (&priv->connection);
}

/* Looks whether another address of the same domain may do better. If no address is left, @error tells of all of
 * them. A run that has had a session knows that the server is right, and only looks for another address while the
 * peer may be something else. This address may be the last of them once more. */
static void
look_for_address (HsClientPrivate *priv, HsRetryFailure *failure, HsClientAgain again, GError **error)
{
  HsConnector *connector = hs_connection_get_connector (&priv->connection);

  /* An error of the connector is about all addresses already. */
  if (*error == NULL || connector == NULL || hs_connection_get_address (&priv->connection) == NULL
      || (*error)->domain == HS_STANZA_ERROR || hs_retry_policy_is_permanent (failure)
      || (hs_retry_policy_has_stood (hs_reconnector_get_policy (&priv->reconnector)) && !is_unproven (priv)))
    return;
  hs_connector_note_failure (connector, *error);
  if (again == HS_CLIENT_AGAIN_LAST)
    hs_connector_defer (connector);
  failure->has_more = hs_connector_has_more (connector);
  if (failure->has_more)
    return;
  g_clear_error (error);
  *error = hs_connector_get_failure (connector);
  failure->error = *error;
}

/* Describes the progress that the connection has made for a session with stream management. */
static void
describe_session (HsClientPrivate *priv, HsRetryFailure *failure)
{
  HsStreamManagement *management = hs_session_get_management (&priv->session);

  failure->acknowledged = hs_stream_management_get_acknowledged (management);
  failure->received = hs_stream_management_get_received (management);
  failure->in_flight
      = hs_stream_management_get_unacknowledged (management) > hs_stream_management_get_waiting (management);
  failure->unanswered = hs_liveness_is_unanswered (&priv->liveness, hs_client_get_time (priv),
                                                   hs_settings_get_connect_timeout (&priv->settings) * (gint64) 1000);
}

static HsRetryAction
judge (HsClient *self, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsRetryFailure failure = {
    .error = *error,
    .point = hs_client_get_present_state (priv),
    .lasted = hs_run_get_lasted (&priv->run, hs_client_get_time (priv)),
    .component = hs_settings_is_component (&priv->settings),
    .verified = hs_connection_is_secure (&priv->connection) || !hs_settings_uses_tls (&priv->settings),
    .refused = hs_module_list_get_negotiation (&priv->modules) == HS_NEGOTIATION_REFUSED,
    .returning = hs_retry_policy_has_stood (hs_reconnector_get_policy (&priv->reconnector))
                 && hs_settings_get_auto_reconnect (&priv->settings),
    .other_host = hs_connection_has_stream (&priv->connection) ? hs_stream_get_other_host (hs_client_stream (priv)) : NULL,
  };

  if (hs_client_is_managed (priv))
    describe_session (priv, &failure);
  /* The server redirects the client, and does not say where to. */
  if (failure.other_host == NULL
      && g_error_matches (*error, HS_STREAM_ERROR, HS_STREAM_ERROR_SEE_OTHER_HOST))
    failure.other_host = "";
  if (failure.other_host == NULL)
    {
      HsClientAgain again = hs_client_forget_stream_features (self, *error);

      /* Pipelining may be the cause: try the same address once more without it. */
      if (again == HS_CLIENT_AGAIN_AT_ONCE)
        {
          if (!hs_connection_is_secure (&priv->connection) && hs_connection_get_attempt (&priv->connection) != NULL
              && hs_connector_again (hs_connection_get_connector (&priv->connection)))
            hs_reconnector_keep (&priv->reconnector, hs_connection_steal_connector (&priv->connection));
          return HS_RETRY_TO;
        }
      look_for_address (priv, &failure, again, error);
    }
  return hs_retry_policy_failed (hs_reconnector_get_policy (&priv->reconnector), &failure);
}

/* The connection is of no more use. Called from the main loop, once for each connection. */
void
hs_client_connection_failed (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) copy = error != NULL ? g_error_copy (error) : NULL;
  g_autoptr (GError) last = NULL;

  if (!hs_run_is_running (&priv->run))
    return;
  if (hs_client_is_stop_requested (priv))
    {
      hs_client_finish_run (self, NULL);
      return;
    }
  switch (judge (self, &copy))
    {
    case HS_RETRY_NEXT_TARGET:
      /* The next address of the same domain, in the same attempt. */
      hs_reconnector_keep (&priv->reconnector, hs_connection_steal_connector (&priv->connection));
      G_GNUC_FALLTHROUGH;
    case HS_RETRY_TO:
      next_target (self, copy);
      break;
    case HS_RETRY_NEVER:
      last = dup_error (priv, copy);
      hs_client_finish_run (self, last);
      break;
    case HS_RETRY_AGAIN:
    default:
      retry (self, copy);
    }
}
