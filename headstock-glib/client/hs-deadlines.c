/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-deadlines.h"

/* The machine was asleep if its clocks differ by more than they did before, in microseconds. */
#define SLEEP (2 * G_USEC_PER_SEC)

void
hs_deadlines_init (HsDeadlines *self, const HsDeadlinesCallbacks *callbacks, gpointer owner)
{
  *self = (HsDeadlines){ .callbacks = callbacks, .owner = owner };
}

static gint64
get_slept (const HsDeadlines *self)
{
  return hs_loop_get_boot_time (self->loop) - hs_loop_get_time (self->loop);
}

static void
timer_cb (gpointer data)
{
  HsDeadlines *self = data;

  self->callbacks->fired (self->owner);
}

static void
wake_cb (gpointer data)
{
  HsDeadlines *self = data;

  self->callbacks->woke_up (self->owner);
}

void
hs_deadlines_start (HsDeadlines *self, HsLoop *loop)
{
  g_assert (self->loop == NULL);

  memset (self->times, 0, sizeof self->times);
  self->loop = loop;
  self->slept = get_slept (self);
  hs_wake_add (&loop->wake, wake_cb, self);
  hs_timer_join (&self->timer, &loop->timers, timer_cb, self);
}

void
hs_deadlines_stop (HsDeadlines *self)
{
  memset (self->times, 0, sizeof self->times);
  if (self->loop == NULL)
    return;
  hs_timer_leave (&self->timer);
  hs_wake_remove (&self->loop->wake, self);
  self->loop = NULL;
}

static void
update_timer (HsDeadlines *self)
{
  gint64 nearest = 0;

  for (guint i = 0; i < HS_N_DEADLINES; i++)
    {
      if (self->times[i] != 0 && (nearest == 0 || self->times[i] < nearest))
        nearest = self->times[i];
    }
  hs_timer_set (&self->timer, nearest);
}

void
hs_deadlines_set_at (HsDeadlines *self, HsDeadline deadline, gint64 time)
{
  if (self->times[deadline] == time)
    return;
  self->times[deadline] = time;
  update_timer (self);
}

void
hs_deadlines_set (HsDeadlines *self, HsDeadline deadline, guint msec)
{
  if (self->loop != NULL)
    hs_deadlines_set_at (self, deadline, hs_loop_get_time (self->loop) + msec * (gint64) 1000);
}

void
hs_deadlines_bring_forward (HsDeadlines *self, HsDeadline deadline, gint64 time)
{
  if (self->times[deadline] == 0 || self->times[deadline] > time)
    hs_deadlines_set_at (self, deadline, time);
}

void
hs_deadlines_clear (HsDeadlines *self, HsDeadline deadline)
{
  hs_deadlines_set_at (self, deadline, 0);
}

gint64
hs_deadlines_get_time (const HsDeadlines *self, HsDeadline deadline)
{
  return self->times[deadline];
}

gboolean
hs_deadlines_is_set (const HsDeadlines *self, HsDeadline deadline)
{
  return self->times[deadline] != 0;
}

HsDeadline
hs_deadlines_take (HsDeadlines *self)
{
  gint64 now = self->loop != NULL ? hs_loop_get_time (self->loop) : 0;
  guint first = HS_N_DEADLINES;

  for (guint i = 0; i < HS_N_DEADLINES; i++)
    {
      if (self->times[i] != 0 && self->times[i] <= now
          && (first == HS_N_DEADLINES || self->times[i] < self->times[first]))
        first = i;
    }
  if (first < HS_N_DEADLINES)
    self->times[first] = 0;
  update_timer (self);
  return first;
}

gboolean
hs_deadlines_take_sleep (HsDeadlines *self)
{
  gint64 slept = get_slept (self);
  gboolean asleep = slept - self->slept > SLEEP;

  self->slept = slept;
  return asleep;
}
