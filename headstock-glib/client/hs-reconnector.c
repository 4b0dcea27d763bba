/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-reconnector.h"

void
hs_reconnector_init (HsReconnector *self,
                     const HsReconnectorCallbacks *callbacks,
                     GObject *owner)
{
  *self = (HsReconnector){ .callbacks = callbacks, .owner = owner };
  hs_retry_policy_init (&self->policy);
}

/* After hs_reconnector_stop(). */
void
hs_reconnector_clear (HsReconnector *self)
{
  g_assert (self->watch == NULL);
  g_clear_pointer (&self->next_connector, hs_connector_free);
  hs_retry_policy_clear (&self->policy);
}

HsRetryPolicy *
hs_reconnector_get_policy (HsReconnector *self)
{
  return &self->policy;
}

void
hs_reconnector_keep (HsReconnector *self, HsConnector *connector)
{
  g_clear_pointer (&self->next_connector, hs_connector_free);
  self->next_connector = connector;
}

HsConnector *
hs_reconnector_take_connector (HsReconnector *self)
{
  return g_steal_pointer (&self->next_connector);
}

/* ---- The network ---- */

/* The monitor may live in another main context than the owner. */
struct _HsNetworkWatch
{
  HsReconnector *reconnector; /* inside its owner: valid while the owner is */
  HsLoop *loop;
  GNetworkMonitor *monitor;
  GWeakRef owner;
  gulong handler;
};

static void
watch_free (gpointer data, GClosure *closure)
{
  HsNetworkWatch *self = data;

  g_weak_ref_clear (&self->owner);
  hs_loop_unref (self->loop);
  g_object_unref (self->monitor);
  g_free (self);
}

/* A change on its way to the owner's context. */
typedef struct
{
  HsReconnector *reconnector;
  HsLoop *loop;
  GObject *owner;
} Change;

static gboolean
changed_in_context_cb (gpointer data)
{
  Change *self = data;

  hs_reconnector_network_changed (self->reconnector, hs_loop_get_time (self->loop));
  return G_SOURCE_REMOVE;
}

static void
change_free (gpointer data)
{
  Change *self = data;

  hs_loop_unref (self->loop);
  g_object_unref (self->owner);
  g_free (self);
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  HsNetworkWatch *self = data;
  GObject *owner = available ? g_weak_ref_get (&self->owner) : NULL;
  Change *change;

  if (owner == NULL)
    return;
  change = g_new (Change, 1);
  *change = (Change){ self->reconnector, hs_loop_ref (self->loop), owner };
  g_main_context_invoke_full (self->loop->context, G_PRIORITY_DEFAULT, changed_in_context_cb, change,
                              change_free);
}

static void
watch_network (HsReconnector *self, HsLoop *loop)
{
  HsNetworkWatch *watch;

  if (self->watch != NULL)
    return;
  watch = g_new0 (HsNetworkWatch, 1);
  watch->reconnector = self;
  watch->loop = hs_loop_ref (loop);
  watch->monitor = g_object_ref (g_network_monitor_get_default ());
  g_weak_ref_init (&watch->owner, self->owner);
  self->watch = watch;
  watch->handler = g_signal_connect_data (watch->monitor, "network-changed",
                                          G_CALLBACK (network_changed_cb), watch, watch_free, 0);
}

/* ---- The wait ---- */

static void
set_due (HsReconnector *self, gint64 due)
{
  self->callbacks->set_due (due, self->owner);
}

static gint64
get_due (const HsReconnector *self)
{
  return self->callbacks->get_due (self->owner);
}

void
hs_reconnector_wait (HsReconnector *self, HsLoop *loop, guint msec)
{
  set_due (self, hs_loop_get_time (loop) + msec * (gint64) 1000);
  if (msec > 0)
    watch_network (self, loop);
}

void
hs_reconnector_stop (HsReconnector *self)
{
  HsNetworkWatch *watch = g_steal_pointer (&self->watch);

  set_due (self, 0);
  /* Frees the watch. */
  if (watch != NULL)
    g_signal_handler_disconnect (watch->monitor, watch->handler);
}

void
hs_reconnector_hurry (HsReconnector *self, gint64 now)
{
  if (get_due (self) != 0)
    set_due (self, now);
}

void
hs_reconnector_network_changed (HsReconnector *self, gint64 now)
{
  gint64 soon = now + hs_retry_policy_wait_for_network (&self->policy) * (gint64) 1000;
  gint64 due = get_due (self);

  if (due != 0)
    set_due (self, MIN (due, soon));
}
