/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pump.h"

#define LOOK_USEC 100
#define LONGEST_STRIDE 8

void
hs_pump_init (HsPump *self,
              HsDispatcher *dispatcher,
              const HsPumpCallbacks *callbacks,
              gpointer owner)
{
  *self = (HsPump){ .callbacks = callbacks, .owner = owner, .dispatcher = dispatcher };
}

void
hs_pump_clear (HsPump *self)
{
  g_assert (self->stream == NULL && self->frame == NULL);
  g_clear_pointer (&self->dead_streams, g_ptr_array_unref);
}

void
hs_pump_set_stream (HsPump *self, HsStream *stream)
{
  self->stream = stream;
}

void
hs_pump_retire (HsPump *self, HsStream *stream)
{
  self->stream = NULL;
  if (self->frame == NULL)
    {
      hs_stream_free (stream);
      return;
    }
  if (self->dead_streams == NULL)
    self->dead_streams = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_stream_free);
  g_ptr_array_add (self->dead_streams, stream);
}

/* ---- Time ---- */

/* To ask for the time costs something as well. The time is asked for about every LOOK_USEC: after as many events as
 * took that long last time. The first look comes after one event, and the number at most doubles: a handler that
 * suddenly becomes slow is noticed soon. */
typedef struct
{
  gint64 end;
  gint64 seen;
  guint stride;
  guint left; /* of the stride */
} HsPumpClock;

/* The bytes that were read and have not been parsed. */
typedef struct
{
  const char *bytes;
  gsize length;
} HsPumpInput;

struct _HsPumpFrame
{
  HsPumpFrame *outer; /* a handler that this call has called iterates the main loop; or NULL */
  HsStream *stream;   /* borrowed */
  HsPumpInput *input; /* or NULL */
  HsPumpClock clock;
};

static gboolean
look_at_time (HsPumpClock *self)
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
time_is_over (HsPumpClock *self)
{
  if (G_LIKELY (--self->left > 0))
    return FALSE;

  return look_at_time (self);
}

gboolean
hs_pump_is_turn_over (HsPump *self)
{
  /* The rest of a stanza whose stream is gone has no other turn. */
  return hs_pump_is_nested (self) && time_is_over (&self->frame->clock);
}

/* ---- Events ---- */

static void
handle_event (HsPump *self, HsStream *stream, HsStreamEvent *event)
{
  switch (event->type)
    {
    case HS_STREAM_EVENT_STANZA:
      hs_dispatcher_dispatch (self->dispatcher, event->node);
      break;
    case HS_STREAM_EVENT_FORGET:
      if (!hs_dispatcher_dispatch_forgotten (self->dispatcher, event->node))
        hs_stream_keep (stream, event);
      break;
    default:
      self->callbacks->event (stream, event, self->owner);
    }
}

/* Handles the event that was suspended, or the next one. */
static gboolean
take_event (HsPump *self, HsStream *stream, HsStreamEvent *event)
{
  if (G_UNLIKELY (self->suspended != NULL))
    {
      *event = *self->suspended;
      g_clear_pointer (&self->suspended, g_free);
      hs_dispatcher_resume (self->dispatcher);
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
  PUMPED_TO_THE_END, /* the stream is gone, replaced, or nobody wants it any more */
} Pumped;

static Pumped
pump_events (HsPump *self, HsPumpFrame *frame)
{
  HsStream *stream = frame->stream;
  HsStreamEvent event;

  while (take_event (self, stream, &event))
    {
      if (self->stream == stream && hs_dispatcher_is_suspended (self->dispatcher))
        {
          self->suspended = g_memdup2 (&event, sizeof event);
          return PUMPED_UNTIL_OVER;
        }
      hs_stream_give_back (stream, &event);
      if (self->stream != stream || !self->callbacks->goes_on (self->owner)
          || self->stream != stream)
        return PUMPED_TO_THE_END;
      if (time_is_over (&frame->clock))
        return PUMPED_UNTIL_OVER;
    }
  return PUMPED_ALL;
}

/* Events first, then the next few bytes, until the turn's time is over. */
static Pumped
pump_until_over (HsPump *self, HsPumpFrame *frame)
{
  HsPumpInput *input = frame->input;

  for (;;)
    {
      Pumped pumped = pump_events (self, frame);
      gsize used;

      if (pumped != PUMPED_ALL || input == NULL || input->length == 0
          || !self->callbacks->has_room (self->owner))
        return pumped;
      used = hs_stream_feed (frame->stream, input->bytes, input->length);
      input->bytes += used;
      input->length -= used;
    }
}

static void
pump (HsPump *self, HsPumpFrame *frame)
{
  HsPumpInput *input = frame->input;
  Pumped pumped;

  frame->outer = self->frame;
  self->frame = frame;
  pumped = pump_until_over (self, frame);
  self->frame = frame->outer;
  if (self->stream == frame->stream)
    self->callbacks->turn_ended (pumped == PUMPED_UNTIL_OVER, input != NULL && input->length > 0,
                                 self->owner);
  else if (input != NULL)
    input->length = 0;
  if (self->frame == NULL)
    g_clear_pointer (&self->dead_streams, g_ptr_array_unref);
}

static HsPumpClock
start_clock (gint64 turn_end)
{
  return (HsPumpClock){ .stride = 1, .left = 1, .end = turn_end, .seen = g_get_monotonic_time () };
}

gsize
hs_pump_take (HsPump *self, const char *bytes, gsize length, gint64 turn_end)
{
  HsPumpInput input = { bytes, length };
  HsPumpFrame frame = { .stream = self->stream, .input = &input, .clock = start_clock (turn_end) };

  if (self->stream == NULL)
    return length;
  pump (self, &frame);
  return length - input.length;
}

gboolean
hs_pump_run (HsPump *self, gint64 turn_end)
{
  HsPumpFrame frame = { .stream = self->stream, .clock = start_clock (turn_end) };

  if (self->stream == NULL)
    return TRUE;
  /* Inside a call that has input: that call has made sure that there is time, and its input is next. */
  if (hs_pump_is_nested (self))
    frame.input = self->frame->input;
  if (frame.input == NULL && turn_end != 0 && frame.clock.seen >= turn_end)
    return FALSE;
  pump (self, &frame);
  return TRUE;
}

/* ---- What there is ---- */

gboolean
hs_pump_is_nested (const HsPump *self)
{
  return self->frame != NULL && self->frame->stream == self->stream;
}

gboolean
hs_pump_is_pumping (const HsPump *self)
{
  return self->frame != NULL;
}

gboolean
hs_pump_is_suspended (const HsPump *self)
{
  return self->suspended != NULL;
}

gboolean
hs_pump_has_input (const HsPump *self)
{
  return self->frame != NULL && self->frame->input != NULL && self->frame->input->length > 0;
}

gboolean
hs_pump_owes_count (const HsPump *self)
{
  return self->stream != NULL && hs_stream_owes_count (self->stream);
}

gboolean
hs_pump_is_showing (const HsPump *self)
{
  return !hs_pump_is_suspended (self) && hs_pump_owes_count (self);
}

void
hs_pump_count_shown (HsPump *self)
{
  if (hs_pump_is_showing (self))
    hs_stream_count_taken (self->stream);
}

void
hs_pump_drop_suspended (HsPump *self)
{
  if (!hs_pump_is_suspended (self))
    return;
  hs_dispatcher_abandon (self->dispatcher);
  hs_stream_abandon (self->stream, self->suspended);
  g_clear_pointer (&self->suspended, g_free);
}
