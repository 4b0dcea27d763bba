/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* Whether the server of a client is still there, and what an idle connection does without. */

/* After so much silence a connection lets go of its parser: the next bytes find a new one. */
#define IDLE_MSEC 3000
/* How many times longer silence may last while the client is not active. */
#define INACTIVE_FACTOR 4

/* While nobody looks at what arrives (XEP-0352), longer silence is fine. */
static gint64
get_interval (HsClientPrivate *priv)
{
  gint64 interval = hs_settings_get_keepalive_interval (&priv->settings) * (gint64) 1000;

  return hs_settings_get_active (&priv->settings) ? interval : interval * INACTIVE_FACTOR;
}

/* A session stands. */
void
hs_client_begin_liveness (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 now = hs_client_get_time (priv);

  hs_run_set_ready_time (&priv->run, now);
  hs_liveness_init (&priv->liveness, now);
  if (hs_settings_get_keepalive_interval (&priv->settings) > 0)
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_KEEPALIVE,
                               now + get_interval (priv));
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

  if (!hs_connection_is_open (&priv->connection) || hs_pump_is_pumping (&priv->pump))
    return;
  if (hs_client_get_time (priv) < due)
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_IDLE, due);
  /* The client reads nothing until the rest of a stanza has been dispatched: this is not silence. */
  else if (hs_pump_is_suspended (&priv->pump))
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_IDLE, IDLE_MSEC);
  else if (hs_parser_shrink (hs_stream_get_parser (hs_client_stream (priv))))
    {
      hs_dispatcher_shrink (hs_client_dispatcher (priv));
      hs_client_shrink_features (self);
      if (hs_client_get_management (self) != NULL)
        hs_stream_management_shrink (hs_client_get_management (self));
    }
}

/* A request for an acknowledgement (XEP-0198) is shorter than a ping (XEP-0199), and is answered as well. */
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
  /* A component pings itself, by way of the server. */
  if (hs_settings_is_component (&priv->settings))
    hs_stanza_set_from_jid (HS_STANZA (iq), bound);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

static void
lose_connection (HsClient *self, const char *failing)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, HS_ERROR, HS_ERROR_TIMED_OUT, "%s %s",
               hs_jid_get_domain (hs_connection_get_account (&hs_client_private (self)->connection)), failing);
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
  /* If the output is full, its progress is what counts: reading goes on when the output has drained. */
  if (!hs_connection_is_blocked (&priv->connection, HS_READ_OUTPUT_FULL))
    view->unread = hs_pump_has_input (&priv->pump) || hs_transport_has_unread (hs_client_transport (priv));
  if (!hs_client_is_managed (priv))
    return;
  view->acknowledged = hs_stream_management_get_acknowledged (management);
  view->resumed = hs_stream_management_is_unproven (management);
  view->asking = view->resumed
                 || (hs_stream_management_is_asking (management) && hs_stream_management_get_waiting (management) > 0);
}

static void
ping (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsLivenessView view;

  ask_for_life (self);
  /* A handler of `xml` may have ended the connection. */
  if (!hs_connection_is_open (&priv->connection) || !hs_run_is_ready (&priv->run))
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
      || !hs_connection_is_open (&priv->connection))
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

/* The machine was asleep: the connection, and the session with it, may be gone. */
void
hs_client_woke_up (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_session_can_resume (&priv->session, hs_client_get_boot_time (priv)))
    hs_session_expire (&priv->session);
  hs_reconnector_network_changed (&priv->reconnector, hs_client_get_time (priv));
  if (hs_run_is_ready (&priv->run) && hs_connection_is_open (&priv->connection)
      && hs_settings_get_keepalive_interval (&priv->settings) > 0)
    ping (self);
}
