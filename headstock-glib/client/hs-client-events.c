/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-error.h"

/* The client's reaction to each event of its stream that is not a stanza. */

static void
stream_ended (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = NULL;

  if (!hs_run_is_ending (hs_client_get_run (priv)))
    g_set_error (&error, HS_ERROR, HS_ERROR_CONNECTION_LOST, "%s ended the stream",
                 hs_jid_get_domain (hs_connection_get_account (hs_client_connection (priv))));
  hs_client_flush (self);
  hs_client_connection_failed (self, error);
}

static inline void
begin_stage (HsClient *self, HsStreamEventType type)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (type < HS_STREAM_EVENT_BOUND && type != HS_STREAM_EVENT_NONE && !hs_run_is_ending (hs_client_get_run (priv)))
    hs_client_begin_stage (self);
}

static void
stream_failed (HsClient *self, HsStream *stream)
{
  hs_client_note_discovery (self);
  hs_client_flush (self);
  hs_client_connection_failed (self, hs_stream_get_error (stream));
}

static void
stanza_discarded (HsClient *self, HsStream *stream, HsStreamEvent *event)
{
  g_autoptr (GError) error = hs_stream_get_discard_error (stream, event);

  hs_client_discarded (self, event->node, error);
}

static void
event_cb (HsStream *stream, HsStreamEvent *event, gpointer client)
{
  HsClient *self = client;

  begin_stage (self, event->type);
  switch (event->type)
    {
    case HS_STREAM_EVENT_DISCARDED:
      stanza_discarded (self, stream, event);
      break;
    case HS_STREAM_EVENT_START_TLS:
      hs_client_start_tls (self);
      break;
    case HS_STREAM_EVENT_FEATURES:
      hs_client_negotiate (self, event->node);
      break;
    case HS_STREAM_EVENT_TOKEN_REFUSED:
      hs_client_token_refused (self);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
      hs_client_derive_key (self);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      hs_client_authenticated (self);
      break;
    case HS_STREAM_EVENT_BINDING:
      hs_client_binding (self);
      break;
    case HS_STREAM_EVENT_BOUND:
      hs_client_bound (self);
      break;
    case HS_STREAM_EVENT_RESUMED:
      hs_client_note_progress (self);
      hs_client_resumed (self);
      break;
    case HS_STREAM_EVENT_ACKNOWLEDGED:
    case HS_STREAM_EVENT_ENABLED:
      hs_client_note_progress (self);
      hs_client_acknowledged (self);
      break;
    case HS_STREAM_EVENT_CSI_OFFERED:
      hs_client_tell_active (self, TRUE);
      break;
    case HS_STREAM_EVENT_ENDED:
      stream_ended (self);
      break;
    case HS_STREAM_EVENT_FAILED:
      stream_failed (self, stream);
      break;
    case HS_STREAM_EVENT_STANZA:
    case HS_STREAM_EVENT_FORGET:
    case HS_STREAM_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
goes_on_cb (gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  /* The end of the run may wait for the stanza that was shown. */
  if (G_UNLIKELY (hs_run_get_phase (hs_client_get_run (priv)) == HS_RUN_SETTLING))
    hs_client_settled (client);
  return hs_connection_is_open (hs_client_connection (priv)) && G_OBJECT (client)->ref_count > 1;
}

static gboolean
has_room_cb (gpointer client)
{
  return hs_connection_has_room (hs_client_connection (hs_client_private (client)));
}

static void
turn_ended_cb (gboolean over, gboolean has_input, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  if (!hs_connection_is_open (hs_client_connection (priv)))
    return;
  if (over)
    hs_deadlines_set (hs_client_deadlines (priv), HS_DEADLINE_PUMP, 0);
  /* Nothing overtakes the events that are left, not even the end of the connection. */
  if (over && !has_input)
    hs_connection_block (hs_client_connection (priv), HS_READ_TURN_OVER);
  else
    hs_connection_unblock (hs_client_connection (priv), HS_READ_TURN_OVER);
  hs_connection_unblock (hs_client_connection (priv), HS_READ_NESTED_LOOP);
}

const HsPumpCallbacks hs_client_pump_callbacks = {
  .event = event_cb,
  .goes_on = goes_on_cb,
  .has_room = has_room_cb,
  .turn_ended = turn_ended_cb,
};
