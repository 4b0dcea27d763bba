/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-error.h"

/* What has been read becomes events, and events are handled, a turn of the main loop at a time. */

#define LOOK_USEC 100
#define LONGEST_STRIDE 8
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
                 hs_jid_get_domain (priv->account));
  hs_client_flush (self);
  hs_client_connection_failed (self, error);
}

static inline void
begin_stage (HsClient *self, HsStreamEventType type)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (type < HS_STREAM_EVENT_BOUND && type != HS_STREAM_EVENT_NONE && !priv->stopping)
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
handle_event (HsClient *self, HsStream *stream, HsStreamEvent *event)
{
  HsClientPrivate *priv = hs_client_private (self);

  begin_stage (self, event->type);
  switch (event->type)
    {
    case HS_STREAM_EVENT_STANZA:
      hs_dispatcher_dispatch (priv->dispatcher, event->node);
      break;
    case HS_STREAM_EVENT_FORGET:
      if (!hs_dispatcher_dispatch_forgotten (priv->dispatcher, event->node))
        hs_stream_keep (stream, event);
      break;
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
    case HS_STREAM_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

/* The clock costs something as well: it is looked at after so many events as took LOOK_USEC the last time.
 * The first look comes after one, and the number no more than doubles: a handler that is slow of a sudden
 * is noticed soon. */
struct _HsClock
{
  gint64 end;
  gint64 seen;
  guint stride;
  guint left; /* of the stride */
};

static gboolean
look_at_time (HsClock *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->seen < LOOK_USEC / 2)
    self->stride = MIN (self->stride * 2, LONGEST_STRIDE);
  else if (now - self->seen > LOOK_USEC)
    self->stride = MAX (self->stride / 2, 1);
  if (now - self->seen > LOOK_USEC * LONGEST_STRIDE)
    self->stride = 1;
  self->seen = now;
  self->left = self->stride;

  return now >= self->end;
}

static gboolean
time_is_over (HsClock *self)
{
  if (G_LIKELY (--self->left > 0))
    return FALSE;

  return look_at_time (self);
}

/* For the dispatcher, in the midst of a stanza. */
gboolean
hs_client_is_turn_over (gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  /* What is left of a stanza whose stream is gone has no other turn. */
  return priv->pumped != NULL && priv->pumped == priv->stream && priv->transport != NULL
         && time_is_over (priv->clock);
}

/* Whether the server has sent a stanza that has been shown in part: it will count as received. */
gboolean
hs_client_owes_count (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  return priv->stream != NULL && hs_stream_owes_count (priv->stream);
}

/* Whether a handler is at work on that stanza right now. What is left of it is then dispatched as soon as the
 * handler returns, also where the connection is gone by then. */
gboolean
hs_client_is_showing (HsClient *self)
{
  return hs_client_private (self)->suspended.type == HS_STREAM_EVENT_NONE
         && hs_client_owes_count (self);
}

/* The connection goes, or the stream is closed: the server is not to send that stanza again. */
void
hs_client_count_shown (HsClient *self)
{
  if (hs_client_is_showing (self))
    hs_stream_count_taken (hs_client_private (self)->stream);
}

/* The server sends the stanza again when the session is resumed: what was not shown whole was not counted. */
void
hs_client_drop_suspended (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->suspended.type == HS_STREAM_EVENT_NONE)
    return;
  hs_dispatcher_abandon (priv->dispatcher);
  hs_stream_abandon (priv->stream, &priv->suspended);
  priv->suspended.type = HS_STREAM_EVENT_NONE;
}

/* The one that was left in the midst, or the next one. */
static gboolean
take_event (HsClient *self, HsStream *stream, HsStreamEvent *event)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (G_UNLIKELY (priv->suspended.type != HS_STREAM_EVENT_NONE))
    {
      *event = priv->suspended;
      priv->suspended.type = HS_STREAM_EVENT_NONE;
      hs_dispatcher_resume (priv->dispatcher);
      return TRUE;
    }
  if (!hs_stream_next_event (stream, event))
    return FALSE;
  handle_event (self, stream, event);
  return TRUE;
}

typedef enum
{
  PUMPED_ALL,
  PUMPED_UNTIL_OVER, /* there may be more, in the next turn */
  PUMPED_TO_THE_END, /* the stream is gone, replaced, or wanted by nobody but us */
} Pumped;

static Pumped
pump_events (HsClient *self, HsStream *stream)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamEvent event;

  while (take_event (self, stream, &event))
    {
      if (priv->stream == stream && hs_dispatcher_is_suspended (priv->dispatcher))
        {
          priv->suspended = event;
          return PUMPED_UNTIL_OVER;
        }
      hs_stream_give_back (stream, &event);
      /* The end of the run may have waited for the stanza. */
      if (G_UNLIKELY (priv->settling) && priv->stream == stream)
        hs_client_settled (self);
      if (priv->stream != stream || priv->transport == NULL || G_OBJECT (self)->ref_count == 1)
        return PUMPED_TO_THE_END;
      if (time_is_over (priv->clock))
        return PUMPED_UNTIL_OVER;
    }
  return PUMPED_ALL;
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
static Pumped
pump_until_over (HsClient *self, HsStream *stream)
{
  HsClientPrivate *priv = hs_client_private (self);

  for (;;)
    {
      Pumped pumped = pump_events (self, stream);
      gsize used = 0;

      if (pumped != PUMPED_ALL || priv->input_length == 0 || priv->paused)
        return pumped;
      used = hs_stream_feed (stream, priv->input, priv->input_length);
      priv->input += used;
      priv->input_length -= used;
      pause_if_full (self);
    }
}

/* What the next turn begins with. */
static void
finish_turn (HsClient *self, HsStream *stream, Pumped pumped)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->stream != stream || priv->transport == NULL)
    {
      priv->input_length = 0;
      return;
    }
  if (pumped == PUMPED_UNTIL_OVER)
    hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
  /* Nothing overtakes what is left, the end of the connection neither. */
  hs_transport_hold (priv->transport, pumped == PUMPED_UNTIL_OVER && priv->input_length == 0);
  if (priv->held)
    {
      priv->held = FALSE;
      if (!priv->paused)
        hs_transport_start_reading (priv->transport);
    }
}

void
hs_client_pump (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = priv->stream;
  HsStream *outer = priv->pumped;
  HsClock *outer_clock = priv->clock;
  HsClock clock = { .stride = 1, .left = 1 };
  Pumped pumped;

  if (stream == NULL)
    {
      priv->input_length = 0;
      return;
    }
  clock.end = priv->transport != NULL ? hs_transport_get_turn_end (priv->transport) : 0;
  clock.seen = g_get_monotonic_time ();
  /* With input, the transport has seen to it; otherwise what called us has a share, or else the timer will. */
  if (priv->input == NULL && clock.end != 0 && clock.seen >= clock.end)
    {
      hs_client_set_deadline (self, HS_DEADLINE_PUMP, 0);
      return;
    }
  priv->pumping++;
  priv->pumped = stream;
  priv->clock = &clock;
  pumped = pump_until_over (self, stream);
  priv->pumping--;
  priv->pumped = outer;
  priv->clock = outer_clock;
  finish_turn (self, stream, pumped);
  if (priv->pumping == 0)
    g_clear_pointer (&priv->dead_streams, g_ptr_array_unref);
  hs_client_flush (self);
}
