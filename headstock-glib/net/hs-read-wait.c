/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-read-wait.h"

/* Turns that follow each other within GAP_USEC are a run, which stands back every RUN_USEC, for
 * STAND_BACK_USEC at most. */
#define RUN_USEC (8 * 1000)
#define GAP_USEC (20 * 1000)
#define STAND_BACK_USEC (8 * 1000)

static gboolean
dispatch_callback (GSource *source,
                   GSourceFunc callback,
                   gpointer user_data)
{
  return callback (user_data);
}

/* The sources of sockets and of streams call back with what is ready first. */

static gboolean
socket_cb (GSocket *socket,
           GIOCondition condition,
           gpointer user_data)
{
  HsReadWait *self = user_data;

  return self->callback (self->user_data);
}

static gboolean
stream_cb (GObject *stream,
           gpointer user_data)
{
  HsReadWait *self = user_data;

  return self->callback (self->user_data);
}

static GSourceFuncs turn_funcs = { NULL, NULL, dispatch_callback, NULL, NULL, NULL };

GSource *
hs_turn_source_new (gint64 ready_time)
{
  GSource *source = g_source_new (&turn_funcs, sizeof (GSource));

  g_source_set_ready_time (source, ready_time);

  return source;
}

void
hs_source_attach (GSource *source,
                  GMainContext *context,
                  int priority,
                  const char *name,
                  GSourceFunc callback,
                  gpointer user_data)
{
  g_source_set_static_name (source, name);
  g_source_set_priority (source, priority);
  g_source_set_callback (source, callback, user_data, NULL);
  g_source_attach (source, context);
}

void
hs_source_clear (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
attach_poll (HsReadWait *self)
{
  GSourceFunc callback;

  if (self->socket != NULL)
    {
      self->poll.fd = g_socket_get_fd (self->socket);
      self->poll.callback = self->callback;
      self->poll.user_data = self->user_data;
      if (hs_poll_entry_wait (&self->poll, &self->loop->poller))
        return;
    }

  /* The stream's own source would be a source around the socket's. */
  if (self->socket != NULL)
    {
      self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
      callback = G_SOURCE_FUNC (socket_cb);
    }
  else
    {
      self->source = g_pollable_input_stream_create_source (self->stream, NULL);
      callback = G_SOURCE_FUNC (stream_cb);
    }

  /* GLib takes a source that may not be dispatched within itself out of its list of descriptors for
   * that time, and walks through the list to put it back: with a thousand connections, that would
   * be most of what a turn does. read_cb() of HsTransport sees to it itself. */
  g_source_set_can_recurse (self->source, TRUE);
  hs_source_attach (self->source, self->loop->context, G_PRIORITY_DEFAULT, "[headstock] read", callback,
                    self);
}

static GSource *
attach_turn (HsReadWait *self,
             gint64 ready_time,
             int priority)
{
  GSource *source = hs_turn_source_new (ready_time);

  g_source_set_can_recurse (source, TRUE);
  hs_source_attach (source, self->loop->context, priority, "[headstock] read on", self->callback,
                    self->user_data);

  return source;
}

void
hs_read_wait_set (HsReadWait *self,
                  HsWait wait)
{
  if (self->wait == wait && wait != HS_WAIT_IDLE)
    return;

  hs_poll_entry_stop (&self->poll);
  hs_source_clear (&self->source);
  hs_source_clear (&self->idle_source);
  self->wait = wait;

  switch (wait)
    {
    case HS_WAIT_POLL:
      attach_poll (self);
      break;

    case HS_WAIT_TURN:
      self->source = attach_turn (self, 0, G_PRIORITY_DEFAULT);
      break;

    case HS_WAIT_IDLE:
      self->source =
          attach_turn (self, g_get_monotonic_time () + STAND_BACK_USEC, G_PRIORITY_DEFAULT);
      self->idle_source = attach_turn (self, 0, G_PRIORITY_DEFAULT_IDLE);
      break;

    case HS_WAIT_NONE:
    default:
      break;
    }
}

void
hs_read_wait_begin_turn (HsReadWait *self)
{
  gint64 now = g_get_monotonic_time ();

  if (now - self->turn_end > GAP_USEC || self->wait == HS_WAIT_IDLE)
    self->run_start = now;
}

gboolean
hs_read_wait_end_turn (HsReadWait *self)
{
  self->turn_end = g_get_monotonic_time ();

  return self->turn_end - self->run_start > RUN_USEC;
}
