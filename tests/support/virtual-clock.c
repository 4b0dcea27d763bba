/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "virtual-clock.h"

#include "net/hs-loop.h"

/* How long virtual_clock_wait() waits at most, on the system's clock. */
#define WAIT_USEC 10000

static struct
{
  HsLoop *loop; /* NULL: it is the system's clock */
  gint64 begin;
  gboolean leaps;
  GPtrArray *alarms;

  GMutex mutex; /* for what follows */
  GCond cond;
  gint64 now; /* 0: it is the system's clock */
} the_clock;

static void
set_now (gint64 now)
{
  g_mutex_lock (&the_clock.mutex);
  the_clock.now = now;
  g_cond_broadcast (&the_clock.cond);
  g_mutex_unlock (&the_clock.mutex);
}

static void
set_time (gint64 time)
{
  hs_loop_set_time (the_clock.loop, time);
  set_now (time);
}

void
virtual_clock_stand (gboolean leaps)
{
  g_assert_null (the_clock.loop);
  the_clock.loop = hs_loop_get (NULL);
  hs_loop_stand (the_clock.loop, TRUE);
  the_clock.begin = hs_loop_get_time (the_clock.loop);
  set_now (the_clock.begin);
  the_clock.leaps = leaps;
  the_clock.alarms = g_ptr_array_new ();
}

void
virtual_clock_release (void)
{
  if (the_clock.loop == NULL)
    return;
  g_assert_cmpuint (the_clock.alarms->len, ==, 0);
  g_ptr_array_unref (the_clock.alarms);
  set_now (0);
  hs_loop_stand (the_clock.loop, FALSE);
  g_clear_pointer (&the_clock.loop, hs_loop_unref);
}

gboolean
virtual_clock_stands (void)
{
  return the_clock.loop != NULL;
}

gboolean
virtual_clock_leaps (void)
{
  return the_clock.loop != NULL && the_clock.leaps;
}

gint64
virtual_clock_now (void)
{
  gint64 now;

  g_mutex_lock (&the_clock.mutex);
  now = the_clock.now;
  g_mutex_unlock (&the_clock.mutex);
  return now != 0 ? now : g_get_monotonic_time ();
}

gint64
virtual_clock_get_time (void)
{
  return (virtual_clock_now () - the_clock.begin) / 1000;
}

static VirtualAlarm *
find_next_alarm (void)
{
  VirtualAlarm *next = NULL;

  for (guint i = 0; i < the_clock.alarms->len; i++)
    {
      VirtualAlarm *alarm = g_ptr_array_index (the_clock.alarms, i);

      if (next == NULL || alarm->time < next->time)
        next = alarm;
    }
  return next;
}

/* 0: nothing waits. */
static gint64
get_next (void)
{
  gint64 next = hs_loop_get_next (the_clock.loop);
  VirtualAlarm *alarm = find_next_alarm ();

  if (alarm != NULL && (next == 0 || alarm->time < next))
    next = alarm->time;
  return next;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
call (VirtualAlarm *alarm)
{
  virtual_alarm_clear (alarm);
  alarm->func (alarm->data);
}

static void
go_to (gint64 time)
{
  VirtualAlarm *alarm;

  set_time (MAX (time, virtual_clock_now ()));
  while ((alarm = find_next_alarm ()) != NULL && alarm->time <= virtual_clock_now ())
    call (alarm);
  settle ();
}

void
virtual_clock_step (void)
{
  gint64 next = get_next ();

  g_assert_cmpint (next, !=, 0);
  go_to (next);
}

void
virtual_clock_advance (guint msec)
{
  gint64 end = virtual_clock_now () + msec * (gint64) 1000;
  gint64 next;

  settle ();
  while ((next = get_next ()) != 0 && next <= end)
    go_to (next);
  go_to (end);
}

void
virtual_clock_pass (guint msec)
{
  set_time (virtual_clock_now () + msec * (gint64) 1000);
}

void
virtual_clock_wait (gint64 time)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&the_clock.mutex);
  if (the_clock.now != 0 && the_clock.now < time)
    g_cond_wait_until (&the_clock.cond, &the_clock.mutex, now + WAIT_USEC);
  else if (the_clock.now == 0 && now < time)
    g_cond_wait_until (&the_clock.cond, &the_clock.mutex, MIN (time, now + WAIT_USEC));
  g_mutex_unlock (&the_clock.mutex);
}

/* ---- Alarms ---- */

static gboolean
alarm_cb (gpointer alarm)
{
  VirtualAlarm *self = alarm;

  self->source = 0;
  call (self);
  return G_SOURCE_REMOVE;
}

void
virtual_alarm_set (VirtualAlarm *self, gint64 time)
{
  virtual_alarm_clear (self);
  self->time = time;
  if (virtual_clock_stands ())
    g_ptr_array_add (the_clock.alarms, self);
  else
    self->source = g_timeout_add (MAX (0, time - virtual_clock_now () + 999) / 1000, alarm_cb, self);
}

void
virtual_alarm_clear (VirtualAlarm *self)
{
  self->time = 0;
  if (virtual_clock_stands ())
    g_ptr_array_remove (the_clock.alarms, self);
  g_clear_handle_id (&self->source, g_source_remove);
}
