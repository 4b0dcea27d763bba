/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-feature.h"

/* The clock of the main loop, for features. */

struct _HsFeatureTimer
{
  HsLoop *loop;
  HsTimer timer;
};

gint64
hs_feature_get_time (HsClient *client)
{
  return client != NULL ? hs_run_loop_get_time (hs_client_loop (hs_client_private (client))) : g_get_monotonic_time ();
}

gint64
hs_feature_get_real_time (HsClient *client)
{
  return client != NULL ? hs_run_loop_get_real_time (hs_client_loop (hs_client_private (client))) : g_get_real_time ();
}

HsFeatureTimer *
hs_feature_timer_new (HsClient *client, void (*func) (gpointer user_data), gpointer user_data)
{
  HsLoop *loop = client != NULL ? hs_run_loop_get (hs_client_loop (hs_client_private (client))) : NULL;
  HsFeatureTimer *self = g_new0 (HsFeatureTimer, 1);

  self->loop = loop != NULL ? hs_loop_ref (loop) : hs_loop_get (g_main_context_get_thread_default ());
  hs_timer_join (&self->timer, &self->loop->timers, func, user_data);
  return self;
}

HsFeatureTimer *
hs_feature_timer_start (HsClient *client, guint msec, void (*func) (gpointer user_data), gpointer user_data)
{
  HsFeatureTimer *self = hs_feature_timer_new (client, func, user_data);

  hs_timer_set_after (&self->timer, msec);
  return self;
}

void
hs_feature_timer_free (HsFeatureTimer *self)
{
  hs_timer_leave (&self->timer);
  hs_loop_unref (self->loop);
  g_free (self);
}

void
hs_feature_timer_set (HsFeatureTimer *self, gint64 time)
{
  hs_timer_set (&self->timer, time);
}
