/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* The state of a client: the phase of its run, its deadlines, and whether there is a session. */

HsClientState
hs_client_get_present_state (HsClientPrivate *priv)
{
  return hs_run_phase_get_state (hs_run_get_phase (hs_client_get_run (priv)),
                                 hs_connection_is_secure (hs_client_connection (priv)));
}

/* The phase is another, or the connection has come further. */
void
hs_client_tell_state (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsClientState present = hs_client_get_present_state (priv);

  if (!hs_run_take_change (hs_client_get_run (priv), present))
    return;
  if (hs_debug_wants (HS_DEBUG_STATE))
    hs_client_debug_state (self, present);
  g_object_notify (G_OBJECT (self), "state");
}

/* Calls handlers of `notify::state`. */
void
hs_client_enter (HsClient *self, HsRunEvent event)
{
  hs_run_enter (hs_client_get_run (hs_client_private (self)), event);
  hs_client_tell_state (self);
}

/* Whether the run is to end, or ends. hs_client_stop() does nothing itself but set the deadline. */
gboolean
hs_client_is_stop_requested (HsClientPrivate *priv)
{
  return hs_deadlines_is_set (hs_client_deadlines (priv), HS_DEADLINE_STOP)
         || hs_run_is_ending (hs_client_get_run (priv));
}

/* Whether `connected` was emitted, and `disconnected` is still to follow. */
gboolean
hs_client_is_announced (HsClientPrivate *priv)
{
  switch (hs_run_get_phase (hs_client_get_run (priv)))
    {
    case HS_RUN_NEGOTIATING:
    case HS_RUN_SIGNED_IN:
    case HS_RUN_READY:
    case HS_RUN_LOST:
      return TRUE;
    case HS_RUN_STOPPING:
    case HS_RUN_SETTLING:
    case HS_RUN_CLOSING:
      return hs_connection_has_stream (hs_client_connection (priv))
             || hs_connection_get_address (hs_client_connection (priv)) != NULL;
    case HS_RUN_IDLE:
    case HS_RUN_CONNECTING:
    case HS_RUN_WAITING:
    case HS_N_RUN_PHASES:
    default:
      return FALSE;
    }
}

void
hs_client_emit_disconnected (HsClient *self, const GError *error, int retry_in_msec)
{
  hs_client_debug_retry (self, error, retry_in_msec);
  g_signal_emit (self, hs_client_signals[SIGNAL_DISCONNECTED], 0, error, retry_in_msec);
}

HsStreamManagement *
hs_client_get_management (HsClient *self)
{
  return hs_session_get_management (hs_client_session (hs_client_private (self)));
}

gboolean
hs_client_is_managed (HsClientPrivate *priv)
{
  HsStreamManagement *management = hs_session_get_management (hs_client_session (priv));
  HsStream *stream = hs_client_get_stream (priv);

  return management != NULL && stream != NULL && hs_stream_is_ready (stream)
         && hs_stream_management_is_enabled (management);
}

/* The shortest time for an address, in milliseconds, unless connect-timeout is shorter. */
#define SHORTEST_STAGE 2000

/* A silent address may not take all of the time while other addresses are left: until a stream with TLS stands, or
 * without TLS the server has sent its stream features, an address has a quarter of the time. The last address has
 * all of it. */
guint
hs_client_get_stage_timeout (HsClientPrivate *priv)
{
  HsConnection *connection = hs_client_connection (priv);
  HsSettings *settings = hs_client_settings (priv);
  HsConnector *connector = hs_connection_get_connector (connection);
  HsStream *stream = hs_client_get_stream (priv);
  guint timeout = hs_settings_get_connect_timeout (settings);
  gboolean stands = hs_connection_is_secure (connection)
                    || (!hs_settings_uses_tls (settings) && stream != NULL
                        && (hs_stream_is_authenticated (stream) || hs_stream_get_features (stream) != NULL));

  if (stands || connector == NULL || !hs_connector_has_more (connector))
    return timeout;
  return MAX (timeout / 4, MIN (timeout, SHORTEST_STAGE));
}

/* Starts the timeout of the next step of the negotiation. */
void
hs_client_begin_stage (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  HsConnection *connection = hs_client_connection (priv);

  hs_connection_set_stage_timeout (connection, hs_client_get_stage_timeout (priv));
  hs_deadlines_set (hs_client_deadlines (priv), HS_DEADLINE_STAGE, hs_connection_get_stage_timeout (connection));
}
