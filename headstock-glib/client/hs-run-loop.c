/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-run-loop.h"

#include "hs-clock.h"

/* Other threads look at the context, and must not find it gone. */
static GMutex lock;

void
hs_run_loop_take (HsRunLoop *self, HsLoop *loop)
{
  g_mutex_lock (&lock);
  self->loop = loop;
  self->entered = FALSE;
  g_mutex_unlock (&lock);
  g_atomic_pointer_set (&self->thread, loop != NULL ? g_thread_self () : NULL);
}

void
hs_run_loop_leave (HsRunLoop *self)
{
  HsLoop *loop = self->loop;

  hs_run_loop_take (self, NULL);
  g_clear_pointer (&loop, hs_loop_unref);
}

void
hs_run_loop_enter (HsRunLoop *self)
{
  if (G_UNLIKELY (!self->entered))
    g_atomic_int_set (&self->entered, TRUE);
  if (G_UNLIKELY (self->thread != g_thread_self ()))
    g_atomic_pointer_set (&self->thread, g_thread_self ());
}

HsLoop *
hs_run_loop_get (const HsRunLoop *self)
{
  return self->loop;
}

GMainContext *
hs_run_loop_dup_context (HsRunLoop *self)
{
  GMainContext *context;

  g_mutex_lock (&lock);
  context = self->loop != NULL ? g_main_context_ref (self->loop->context) : NULL;
  g_mutex_unlock (&lock);
  return context;
}

gboolean
hs_run_loop_is_entered (HsRunLoop *self)
{
  return g_atomic_int_get (&self->entered);
}

/* A thread that did not begin the run may iterate the context later; it owns the context meanwhile. */
static G_NO_INLINE gboolean
is_foreign_slow (HsRunLoop *self)
{
  g_autoptr (GMainContext) context = hs_run_loop_dup_context (self);

  if (context == NULL)
    return FALSE;
  if (!g_main_context_is_owner (context))
    return TRUE;
  hs_run_loop_enter (self);
  return FALSE;
}

gboolean
hs_run_loop_is_foreign (HsRunLoop *self)
{
  return G_UNLIKELY (g_atomic_pointer_get (&self->thread) != g_thread_self ()) && is_foreign_slow (self);
}

gint64
hs_run_loop_get_time (const HsRunLoop *self)
{
  return G_LIKELY (self->loop != NULL) ? hs_loop_get_time (self->loop) : g_get_monotonic_time ();
}

gint64
hs_run_loop_get_boot_time (const HsRunLoop *self)
{
  return self->loop != NULL ? hs_loop_get_boot_time (self->loop) : hs_clock_get_boot_time ();
}

gint64
hs_run_loop_get_real_time (const HsRunLoop *self)
{
  return self->loop != NULL ? hs_loop_get_real_time (self->loop) : g_get_real_time ();
}
