/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-loop.h"

#include "hs-clock.h"

static GMutex loops_lock;
static GHashTable *loops; /* by context */

/* ---- Sources ---- */

/* Each callback keeps the loop alive: what is called may end the last run. */

static gboolean
due_cb (gpointer user_data)
{
  HsLoop *self = hs_loop_ref (user_data);

  hs_timers_call_due (&self->timers);
  hs_loop_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
ready_cb (gpointer user_data)
{
  HsLoop *self = hs_loop_ref (user_data);

  hs_poller_call_ready (&self->poller);
  hs_loop_unref (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
woken_cb (gpointer user_data)
{
  HsLoop *self = hs_loop_ref (user_data);

  hs_wake_tell (&self->wake);
  hs_loop_unref (self);
  return G_SOURCE_CONTINUE;
}

/* ---- Users ---- */

static HsLoop *
loop_new (GMainContext *context)
{
  HsLoop *self = g_new0 (HsLoop, 1);

  self->context = g_main_context_ref (context);
  hs_turn_init (&self->turn, context);
  hs_timers_init (&self->timers, context, &self->turn, due_cb, self);
  hs_poller_init (&self->poller, context, &self->turn, ready_cb, self);
  hs_wake_init (&self->wake, context, woken_cb, self);

  return self;
}

static void
loop_free (HsLoop *self)
{
  hs_wake_clear (&self->wake);
  hs_poller_clear (&self->poller);
  hs_timers_clear (&self->timers);
  hs_turn_clear (&self->turn);
  g_main_context_unref (self->context);
  g_free (self);
}

HsLoop *
hs_loop_get (GMainContext *context)
{
  HsLoop *self;

  if (context == NULL)
    context = g_main_context_default ();

  g_mutex_lock (&loops_lock);
  if (loops == NULL)
    loops = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (loops, context);
  if (self == NULL)
    {
      self = loop_new (context);
      g_hash_table_insert (loops, context, self);
    }
  self = hs_loop_ref (self);
  g_mutex_unlock (&loops_lock);

  return self;
}

HsLoop *
hs_loop_ref (HsLoop *self)
{
  g_atomic_int_inc (&self->n_users);
  return self;
}

/* The last user goes with the lock held, so that nobody finds the loop meanwhile. */
void
hs_loop_unref (HsLoop *self)
{
  int n_users = g_atomic_int_get (&self->n_users);

  while (n_users > 1)
    {
      if (g_atomic_int_compare_and_exchange (&self->n_users, n_users, n_users - 1))
        return;
      n_users = g_atomic_int_get (&self->n_users);
    }

  g_mutex_lock (&loops_lock);
  if (!g_atomic_int_dec_and_test (&self->n_users))
    {
      g_mutex_unlock (&loops_lock);
      return;
    }
  g_hash_table_remove (loops, self->context);
  g_mutex_unlock (&loops_lock);

  loop_free (self);
}

/* ---- Time ---- */

/* If the clock stands, all clocks do. */
static gint64
get_set (const HsLoop *self)
{
  return self->timers.standing != 0 ? self->timers.standing - g_get_monotonic_time () : 0;
}

gint64
hs_loop_get_boot_time (const HsLoop *self)
{
  return hs_clock_get_boot_time () + self->slept + get_set (self);
}

gint64
hs_loop_get_real_time (const HsLoop *self)
{
  return g_get_real_time () + get_set (self);
}

void
hs_loop_set_time (HsLoop *self, gint64 time)
{
  hs_timers_set_time (&self->timers, time);
}

void
hs_loop_stand (HsLoop *self, gboolean stand)
{
  if (stand && self->n_standing++ == 0)
    hs_loop_set_time (self, g_get_monotonic_time ());
  else if (!stand && --self->n_standing == 0)
    hs_loop_set_time (self, 0);
}

gint64
hs_loop_get_next (HsLoop *self)
{
  return hs_timers_get_next (&self->timers);
}

void
hs_loop_wake_up (HsLoop *self, gint64 usec)
{
  self->slept += usec;
  woken_cb (self);
}
