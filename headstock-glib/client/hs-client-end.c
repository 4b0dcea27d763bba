/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

/* How a connection, a session and a run end. */

/* How long the server may take to acknowledge what was sent last, and again to end the stream. */
#define CLOSE_TIMEOUT 5000

/* The session, if there was one, can no longer be resumed. */
void
hs_client_lose_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_SESSION);
  /* Modules are not told when the last reference to the client is going. */
  if (hs_session_lose (&priv->session) && hs_run_is_running (&priv->run))
    hs_module_list_foreach (&priv->modules, hs_module_lost);
}

/* The connection has gone. */
static void
interrupt_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gboolean again = hs_session_is_interrupted (&priv->session);

  if (!hs_session_interrupt (&priv->session, hs_client_get_time (priv), hs_client_get_boot_time (priv)))
    hs_client_lose_session (self);
  else if (!again)
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_SESSION, hs_session_get_resume_timeout (&priv->session));
}

/* There will not be another connection. */
static void
end_session (HsClient *self, gboolean quietly)
{
  HsStreamManagement *management = hs_client_get_management (self);

  if (management != NULL)
    hs_stream_management_give_up (management);
  hs_client_lose_session (self);
  hs_client_tell_deliveries (self, quietly);
}

/* The program may have set the address of another account. What was sent from the old account must not be sent
 * from the new one. */
void
hs_client_leave_other_account (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_session_is_other_account (&priv->session, hs_settings_get_jid (&priv->settings)))
    return;
  end_session (self, FALSE);
  hs_session_forget_account (&priv->session);
}

void
hs_client_drop_connection (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  static const HsDeadline of_connection[]
      = { HS_DEADLINE_PUMP,      HS_DEADLINE_STAGE, HS_DEADLINE_CLOSE,
          HS_DEADLINE_KEEPALIVE, HS_DEADLINE_IDLE,  HS_DEADLINE_REQUEST,
          HS_DEADLINE_ASK };
  HsStream *stream;

  for (guint i = 0; i < G_N_ELEMENTS (of_connection); i++)
    hs_deadlines_clear (&priv->deadlines, of_connection[i]);
  hs_connection_abandon_attempt (&priv->connection);
  hs_client_flush (self);
  /* A handler of `xml` may have closed the connection already. */
  hs_connection_close (&priv->connection);
  hs_pump_count_shown (&priv->pump);
  hs_pump_drop_suspended (&priv->pump);
  hs_client_remember_features (self);
  stream = hs_connection_reset (&priv->connection);
  /* A handler may be at work on a stanza of this stream. */
  if (stream != NULL)
    hs_pump_retire (&priv->pump, stream);
  hs_module_list_end_negotiation (&priv->modules);
  hs_beginning_abandon (&priv->beginning);
  hs_outbox_disconnected (&priv->outbox);
  interrupt_session (self);
  hs_client_tell_deliveries (self, !hs_run_is_running (&priv->run));
}

static void
emit_stopping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_reconnector_stop (&priv->reconnector);
  if (hs_run_is_ending (&priv->run))
    return;
  hs_client_enter (self, HS_RUN_ON_STOP);
  g_signal_emit (self, hs_client_signals[SIGNAL_STOPPING], 0);
  hs_module_list_foreach (&priv->modules, hs_module_stopping);
}

/* Brings the client back to where it was before the run, and then tells the end. */
static void
end_run (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) stopped
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The client was stopped");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) connects = NULL;
  g_autoptr (GPtrArray) closes = NULL;
  guint run = hs_run_get_number (&priv->run);

  g_signal_emit (self, hs_client_signals[SIGNAL_CLEANUP], 0);
  hs_module_list_foreach (&priv->modules, hs_module_cleanup);
  /* A handler may have disposed of the client. */
  if (!hs_run_is_present (&priv->run, run))
    return;
  /* Not earlier: a call that begins to wait in a handler of `cleanup` waits for this run. */
  connects = hs_run_take_connects (&priv->run);
  closes = hs_run_take_closes (&priv->run);
  hs_deadlines_stop (&priv->deadlines);
  hs_run_loop_leave (&priv->loop);
  hs_reconnector_keep (&priv->reconnector, NULL);
  if (hs_run_get_error (&priv->run) != NULL)
    error = g_error_copy (hs_run_get_error (&priv->run));
  hs_client_enter (self, HS_RUN_ON_END);
  hs_module_list_foreach (&priv->modules, hs_module_terminated);
  g_signal_emit (self, hs_client_signals[SIGNAL_TERMINATED], 0, error);
  hs_run_return_tasks (connects, error != NULL ? error : stopped);
  hs_run_return_tasks (closes, NULL);
}

/* The connection is over and no other follows. @announced: `disconnected` is to follow. */
static void
finish_run (HsClient *self, const GError *error, gboolean announced)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = hs_run_get_number (&priv->run);

  if (error != NULL)
    hs_run_fail (&priv->run, error);
  emit_stopping (self);
  if (!hs_run_is_present (&priv->run, run))
    return;
  hs_client_drop_connection (self);
  end_session (self, FALSE);
  if (hs_run_is_present (&priv->run, run) && (announced || error != NULL))
    hs_client_emit_disconnected (self, hs_run_get_error (&priv->run), -1);
  if (hs_run_is_present (&priv->run, run))
    end_run (self);
}

/* A run: from being started to `terminated`. */

void
hs_client_finish_run (HsClient *self, const GError *error)
{
  finish_run (self, error, hs_client_is_announced (hs_client_private (self)));
}

/* Nothing is left to be acknowledged, or the time for it is over. */
void
hs_client_close_stream (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_run_enter (&priv->run, HS_RUN_ON_CLOSE);
  hs_pump_count_shown (&priv->pump);
  hs_stream_close (hs_client_stream (priv));
  hs_client_flush (self);
  hs_deadlines_set (&priv->deadlines, HS_DEADLINE_CLOSE,
                          MIN (CLOSE_TIMEOUT, hs_settings_get_connect_timeout (&priv->settings)));
}

/* While SETTLING: the server has acknowledged something, or the handlers have seen a stanza of the server's whole,
 * so that the client can acknowledge it. */
void
hs_client_settled (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_connection_is_open (&priv->connection))
    return;
  if (hs_stream_management_get_unacknowledged (hs_session_get_management (&priv->session)) == 0)
    {
      if (!hs_pump_owes_count (&priv->pump))
        hs_client_close_stream (self);
      return;
    }
  hs_client_flush (self);
  /* A handler of `xml` may have ended the connection. */
  if (!hs_connection_is_open (&priv->connection))
    return;
  hs_stream_management_write_request (hs_session_get_management (&priv->session),
                                      hs_transport_get_output (hs_client_transport (priv)));
  hs_client_flush (self);
}

void
hs_client_begin_stopping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint run = hs_run_get_number (&priv->run);
  gboolean announced = hs_client_is_announced (priv);

  emit_stopping (self);
  if (!hs_run_is_present (&priv->run, run))
    return;
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_KEEPALIVE);
  if (!hs_connection_is_open (&priv->connection))
    {
      finish_run (self, NULL, announced);
      return;
    }
  if (!hs_client_is_managed (priv) || hs_stream_is_closing (hs_client_stream (priv)))
    {
      hs_client_close_stream (self);
      return;
    }
  /* Wait for acknowledgements (XEP-0198), so that the program learns the delivery status of all that it has sent. */
  hs_run_enter (&priv->run, HS_RUN_ON_SETTLE);
  hs_deadlines_set (&priv->deadlines, HS_DEADLINE_CLOSE,
                          MIN (CLOSE_TIMEOUT, hs_settings_get_connect_timeout (&priv->settings)));
  hs_client_settled (self);
}

/* Ends the run when the last reference to the client is dropped. No handler is called any more. */
void
hs_client_abandon (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) connects = NULL;
  g_autoptr (GPtrArray) closes = NULL;

  if (!hs_run_is_running (&priv->run))
    return;
  hs_run_abandon (&priv->run);
  error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                               "The last reference to the client was dropped during its run: keep one until "
                               "HsClient::terminated");
  hs_reconnector_stop (&priv->reconnector);
  hs_client_drop_connection (self);
  end_session (self, TRUE);
  hs_reconnector_keep (&priv->reconnector, NULL);
  hs_deadlines_stop (&priv->deadlines);
  hs_run_loop_leave (&priv->loop);
  connects = hs_run_take_connects (&priv->run);
  closes = hs_run_take_closes (&priv->run);
  hs_run_return_tasks (connects, error);
  hs_run_return_tasks (closes, error);
}

void
hs_client_acknowledged (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_tell_deliveries (self, FALSE);
  if (hs_run_get_phase (&priv->run) == HS_RUN_SETTLING)
    hs_client_settled (self);
}
