/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

/* The output of a client: it is queued, and the client looks whether acknowledgements are to be asked for. */

/* The stream's own output comes before what is sent next. */
static void
take_own_output (HsClientPrivate *priv)
{
  g_autoptr (GByteArray) own = hs_stream_take_output (hs_client_stream (priv));

  if (own != NULL)
    g_byte_array_append (hs_transport_get_output (hs_client_transport (priv)), own->data, own->len);
}

GByteArray *
hs_client_get_output (HsClientPrivate *priv)
{
  take_own_output (priv);
  return hs_transport_get_output (hs_client_transport (priv));
}

static void
ask (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 due;

  if (!hs_client_is_managed (priv) || hs_stream_is_closing (hs_client_stream (priv)))
    return;
  due = hs_stream_management_poll (hs_client_get_management (self), hs_client_get_time (priv),
                                   hs_transport_get_output (hs_client_transport (priv)));
  hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_ASK, due);
}

/* Called after each write: nearly always there is nothing to do. */
static void
ask_if_due (HsClient *self)
{
  HsStreamManagement *management = hs_client_get_management (self);

  if (management != NULL && hs_stream_management_wants_poll (management))
    ask (self);
}

/* Output was queued, and no other output was waiting to leave. TCP_USER_TIMEOUT can't do this: Linux takes a peer
 * whose window stays small for dead, although bytes leave all the time. */
static void
watch_output (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 next;

  if (hs_settings_get_keepalive_interval (&priv->settings) == 0 || !hs_run_is_ready (&priv->run))
    return;
  next = hs_liveness_sent (&priv->liveness, hs_client_get_time (priv),
                           hs_settings_get_connect_timeout (&priv->settings) * (gint64) 1000);
  hs_deadlines_bring_forward (&priv->deadlines, HS_DEADLINE_KEEPALIVE, next);
}

/* Has the output written at the end of this turn of the main loop. */
void
hs_client_flush (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint64 end;

  if (!hs_connection_is_open (&priv->connection))
    return;
  take_own_output (priv);
  ask_if_due (self);
  end = hs_connection_get_end (&priv->connection);
  if (!hs_wire_log_sent (&priv->wire_log, hs_transport_get_output (hs_client_transport (priv)), end))
    return;
  /* A handler that watches the output may have ended the connection. */
  if (!hs_connection_is_open (&priv->connection))
    return;
  hs_transport_queue (hs_client_transport (priv));
  if (!hs_liveness_is_watching (&priv->liveness))
    watch_output (self);
}

void
hs_client_ask (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!hs_connection_is_open (&priv->connection))
    return;
  /* The stream's own output comes first. */
  hs_client_flush (self);
  ask (self);
  hs_client_flush (self);
}

/* The keepalive interval has changed. */
void
hs_client_expect_life (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_settings_get_keepalive_interval (&priv->settings) == 0)
    hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_KEEPALIVE);
  else if (hs_run_is_ready (&priv->run) && hs_connection_is_open (&priv->connection))
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_KEEPALIVE, 0);
}

/* There may be events without new bytes. */
void
hs_client_pump (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 end = hs_connection_is_open (&priv->connection) ? hs_transport_get_turn_end (hs_client_transport (priv)) : 0;

  if (!hs_pump_run (&priv->pump, end))
    hs_deadlines_set (&priv->deadlines, HS_DEADLINE_PUMP, 0);
  else
    hs_client_flush (self);
}
