/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <time.h>

#include "hs-client-private.h"
#include "hs-error.h"

/* What has been read becomes events, and events are handled, a turn of the main loop at a time. */

/* How often the clock is looked at, at least. */
#define STRIDE 32
/* Reading stops while more than this waits to be written, and goes on at half of it: a peer that
 * asks and does not read the answers can't make us grow. */
#define MAX_QUEUED (1024 * 1024)

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
  if (event->type < HS_STREAM_EVENT_BOUND && event->type != HS_STREAM_EVENT_NONE
      && !priv->stopping)
    hs_client_set_deadline (self, HS_DEADLINE_STAGE, priv->connect_timeout);
  switch (event->type)
    {
    case HS_STREAM_EVENT_STANZA:
      hs_client_made_progress (self, event->node);
      hs_dispatcher_dispatch (priv->dispatcher, event->node);
      break;
    case HS_STREAM_EVENT_FORGET:
      if (!hs_dispatcher_dispatch_forgotten (priv->dispatcher, event->node))
        hs_stream_keep (stream, event);
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
    case HS_STREAM_EVENT_BOUND:
      hs_client_bound (self);
      break;
    case HS_STREAM_EVENT_RESUMED:
      hs_client_resumed (self);
      break;
    case HS_STREAM_EVENT_ACKNOWLEDGED:
      hs_client_made_progress (self, NULL);
      hs_client_acknowledged (self);
      break;
    case HS_STREAM_EVENT_ENABLED:
      hs_client_acknowledged (self);
      break;
    case HS_STREAM_EVENT_ENDED:
      stream_ended (self);
      break;
    case HS_STREAM_EVENT_FAILED:
      hs_client_note_discovery (self);
      hs_client_flush (self);
      hs_client_connection_failed (self, hs_stream_get_error (stream));
      break;
    case HS_STREAM_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

/* The clock costs something as well: it is looked at after so many events, and where the coarse one,
 * which costs nearly nothing, has moved on by some milliseconds. */
typedef struct
{
  gint64 end;
  guint n;
  gint64 tick;
} Clock;

static gint64
get_tick (void)
{
#ifdef CLOCK_MONOTONIC_COARSE
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC_COARSE, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
#else
  return g_get_monotonic_time ();
#endif
}

static gboolean
time_is_over (Clock *self)
{
  gint64 tick = get_tick ();

  if (G_LIKELY (tick == self->tick && ++self->n < STRIDE))
    return FALSE;
  self->n = 0;
  self->tick = tick;
  return g_get_monotonic_time () >= self->end;
}

/* Whether there is no more to be done with the stream in this turn. */
static gboolean
pump_events (HsClient *self, HsStream *stream, Clock *clock)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamEvent event;

  while (hs_stream_next_event (stream, &event))
    {
      handle_event (self, stream, &event);
      hs_stream_give_back (stream, &event);
      /* Gone, replaced, or wanted by nobody but us. */
      if (priv->stream != stream || priv->transport == NULL || G_OBJECT (self)->ref_count == 1)
        return TRUE;
      if (time_is_over (clock))
        {
          hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
          return TRUE;
        }
    }
  return FALSE;
}

static void
pause_if_full (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->paused || priv->transport == NULL
      || hs_transport_get_queued (priv->transport) <= MAX_QUEUED)
    return;
  hs_transport_flush (priv->transport);
  if (hs_transport_get_queued (priv->transport) <= MAX_QUEUED)
    return;
  priv->paused = TRUE;
  hs_transport_stop_reading (priv->transport);
}

void
hs_client_unpause_if_drained (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!priv->paused || hs_transport_get_queued (priv->transport) >= MAX_QUEUED / 2)
    return;
  priv->paused = FALSE;
  if (!priv->held)
    hs_transport_start_reading (priv->transport);
}

/* Events first, then the next few bytes, until the turn's time is over. */
void
hs_client_pump (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = priv->stream;
  HsStream *outer = priv->pumped;
  Clock clock = { 0 };

  if (stream == NULL)
    {
      priv->input_length = 0;
      return;
    }
  /* With input, the transport has seen to it. */
  if (priv->transport != NULL && priv->input == NULL && !hs_transport_begin_turn (priv->transport))
    {
      hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
      return;
    }
  clock.end = priv->transport != NULL ? hs_transport_get_turn_end (priv->transport) : 0;
  clock.tick = get_tick ();
  priv->pumping++;
  priv->pumped = stream;
  while (!pump_events (self, stream, &clock) && priv->input_length > 0 && !priv->paused)
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
