/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-timer.h"

#include "hs-turn.h"

/* Of a turn. What is begun here (connecting, mostly) makes GIO work as much again in the turns to come, and
 * in none that we share. */
#define SHARE_USEC (HS_TURN_USEC / 6)

struct _HsTimers
{
  GMainContext *context; /* not referenced: only compared */
  guint n_users;         /* timers, and dispatches that are under way */
  GSource *source;
  gint64 ready_time; /* the source's */
  GPtrArray *heap;   /* of HsTimer with a time: none is due before its parent at (position - 1) / 2 */
  HsTurnPlace turn;
};

static GMutex timers_lock;
static GHashTable *all_timers; /* by context */

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

/* A change of the ready time wakes the main loop up, even from within. */
static void
update_source (HsTimers *self)
{
  gint64 nearest = self->heap->len > 0 ? get (self, 0)->time : -1;

  if (self->turn.waiting != 0 && (nearest < 0 || nearest > g_get_monotonic_time ()))
    hs_turn_skip (&self->turn);
  if (self->ready_time == nearest)
    return;
  self->ready_time = nearest;
  g_source_set_ready_time (self->source, nearest);
}

static void
release (HsTimers *self)
{
  g_mutex_lock (&timers_lock);
  if (--self->n_users > 0)
    {
      g_mutex_unlock (&timers_lock);
      return;
    }
  g_hash_table_remove (all_timers, self->context);
  g_mutex_unlock (&timers_lock);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  hs_turn_leave (&self->turn);
  g_ptr_array_unref (self->heap);
  g_free (self);
}

/* What becomes due while the others are called has its time in the next turn. */
static void
call_due (HsTimers *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 end = MIN (hs_turn_get_end (&self->turn), now + SHARE_USEC);

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

static gboolean
due_cb (gpointer user_data)
{
  HsTimers *self = user_data;

  if (!hs_turn_begin (&self->turn))
    return G_SOURCE_CONTINUE;

  g_mutex_lock (&timers_lock);
  self->n_users++;
  g_mutex_unlock (&timers_lock);
  call_due (self);
  update_source (self);
  release (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source,
          GSourceFunc callback,
          gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

static HsTimers *
timers_new (GMainContext *context)
{
  HsTimers *self = g_new0 (HsTimers, 1);

  self->context = context;
  self->ready_time = -1;
  self->heap = g_ptr_array_new ();
  hs_turn_join (&self->turn, context);
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[headstock] timers");
  /* Times come also while something that was called from here iterates the main loop. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, due_cb, self, NULL);
  g_source_attach (self->source, context);

  return self;
}

/* ---- Public functions ---- */

void
hs_timer_join (HsTimer *self,
               GMainContext *context,
               HsTimerFunc func,
               gpointer user_data)
{
  g_assert (self->timers == NULL);

  g_mutex_lock (&timers_lock);
  if (all_timers == NULL)
    all_timers = g_hash_table_new (NULL, NULL);
  self->timers = g_hash_table_lookup (all_timers, context);
  if (self->timers == NULL)
    {
      self->timers = timers_new (context);
      g_hash_table_insert (all_timers, context, self->timers);
    }
  self->timers->n_users++;
  g_mutex_unlock (&timers_lock);
  self->time = 0;
  self->func = func;
  self->user_data = user_data;
}

void
hs_timer_leave (HsTimer *self)
{
  if (self->timers == NULL)
    return;

  hs_timer_set (self, 0);
  release (g_steal_pointer (&self->timers));
}

void
hs_timer_set (HsTimer *self, gint64 time)
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
