/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-timer.h"

/* The part of a turn that timers may use. What a timer begins (mostly connecting) makes GIO work as much again
 * in later turns, and GIO's work does not count as ours. */
#define SHARE_USEC (HS_TURN_USEC / 6)

/* ---- The heap ---- */

static HsTimer *
get (HsTimers *self, guint position)
{
  return g_ptr_array_index (self->heap, position);
}

static void
put (HsTimers *self, guint position, HsTimer *timer)
{
  g_ptr_array_index (self->heap, position) = timer;
  timer->position = position;
}

static void
move_up (HsTimers *self, HsTimer *timer)
{
  guint position = timer->position;

  while (position > 0 && get (self, (position - 1) / 2)->time > timer->time)
    {
      put (self, position, get (self, (position - 1) / 2));
      position = (position - 1) / 2;
    }
  put (self, position, timer);
}

static void
move_down (HsTimers *self, HsTimer *timer)
{
  guint position = timer->position;

  for (;;)
    {
      guint child = position * 2 + 1;

      if (child + 1 < self->heap->len
          && get (self, child + 1)->time < get (self, child)->time)
        child++;
      if (child >= self->heap->len || get (self, child)->time >= timer->time)
        break;
      put (self, position, get (self, child));
      position = child;
    }
  put (self, position, timer);
}

static void
take_out (HsTimers *self, HsTimer *timer)
{
  guint position = timer->position;
  HsTimer *last = g_ptr_array_steal_index (self->heap, self->heap->len - 1);

  timer->time = 0;
  if (last == timer)
    return;
  put (self, position, last);
  move_up (self, last);
  move_down (self, last);
}

static void
put_in (HsTimers *self, HsTimer *timer)
{
  g_ptr_array_add (self->heap, timer);
  timer->position = self->heap->len - 1;
  move_up (self, timer);
}

/* ---- The source ---- */

/* The earliest time on the system's clock at which a timer is due, or -1. On a clock that stands, a timer is
 * due now or never. */
static gint64
get_ready_time (HsTimers *self)
{
  gint64 nearest = hs_timers_get_next (self);

  if (nearest == 0)
    return -1;
  if (self->standing == 0)
    return nearest;
  return nearest <= self->standing ? 0 : -1;
}

/* A change of the ready time wakes the main loop up, even from within. */
static void
update_source (HsTimers *self)
{
  gint64 ready_time = get_ready_time (self);

  if (self->turn.waiting != 0 && (ready_time < 0 || ready_time > g_get_monotonic_time ()))
    hs_turn_skip (&self->turn);
  if (self->ready_time == ready_time)
    return;
  self->ready_time = ready_time;
  g_source_set_ready_time (self->source, ready_time);
}

static gboolean
dispatch (GSource *source,
          GSourceFunc callback,
          gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

/* ---- The timers of a loop ---- */

void
hs_timers_init (HsTimers *self,
                GMainContext *context,
                HsTurn *turn,
                GSourceFunc due,
                gpointer user_data)
{
  self->ready_time = -1;
  self->heap = g_ptr_array_new ();
  hs_turn_join (&self->turn, turn);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[headstock] timers");
  /* Timers are called also while a function that was called from here iterates the main loop. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, due, user_data, NULL);
  g_source_attach (self->source, context);
}

void
hs_timers_clear (HsTimers *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  hs_turn_leave (&self->turn);
  g_clear_pointer (&self->heap, g_ptr_array_unref);
}

/* A timer that becomes due during the calls is called in the next turn. */
static void
call_until_over (HsTimers *self)
{
  gint64 now = hs_timers_get_time (self);
  gint64 end = MIN (hs_turn_get_end (&self->turn), g_get_monotonic_time () + SHARE_USEC);

  do
    {
      HsTimer *timer = self->heap->len > 0 ? get (self, 0) : NULL;

      if (timer == NULL || timer->time > now)
        return;
      take_out (self, timer);
      timer->func (timer->user_data);
    }
  while (g_get_monotonic_time () < end);
}

void
hs_timers_call_due (HsTimers *self)
{
  if (!hs_turn_begin (&self->turn))
    return;

  call_until_over (self);
  update_source (self);
}

void
hs_timers_set_time (HsTimers *self,
                    gint64 time)
{
  self->standing = time;
  update_source (self);
}

gint64
hs_timers_get_next (const HsTimers *self)
{
  return self->heap->len > 0 ? ((HsTimer *) g_ptr_array_index (self->heap, 0))->time : 0;
}

/* ---- A timer ---- */

void
hs_timer_join (HsTimer *self,
               HsTimers *timers,
               HsTimerFunc func,
               gpointer user_data)
{
  g_assert (self->timers == NULL);

  self->timers = timers;
  self->time = 0;
  self->func = func;
  self->user_data = user_data;
}

void
hs_timer_leave (HsTimer *self)
{
  hs_timer_set (self, 0);
  self->timers = NULL;
}

void
hs_timer_set (HsTimer *self,
              gint64 time)
{
  HsTimers *timers = self->timers;

  if (timers == NULL || self->time == time)
    return;

  if (self->time != 0)
    take_out (timers, self);
  self->time = time;
  if (time != 0)
    put_in (timers, self);
  update_source (timers);
}

void
hs_timer_set_after (HsTimer *self, guint msec)
{
  if (self->timers != NULL)
    hs_timer_set (self, hs_timers_get_time (self->timers) + msec * (gint64) 1000);
}
