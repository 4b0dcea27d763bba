/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-wake.h"

#ifdef __linux__
#include <glib-unix.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

typedef struct
{
  GSource parent;
  int fd;
} WakeSource;

/* The timer was cancelled, since the clock was set: the read fails with ECANCELED and tells no number of
 * expirations. It also arms the timer again. */
static gboolean
dispatch (GSource *source,
          GSourceFunc callback,
          gpointer user_data)
{
  guint64 n;

  if (read (((WakeSource *) source)->fd, &n, sizeof n) < 0)
    return callback (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

/* The kernel sets the clock when the machine wakes up, and cancels timers that wait for a time on it. */
static void
listen_to_clock (HsWake *self,
                 GMainContext *context,
                 GSourceFunc woken,
                 gpointer user_data)
{
  struct itimerspec never;

  memset (&never, 0, sizeof never);
  never.it_value.tv_sec = G_MAXINT32;
  self->fd = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (self->fd < 0)
    return;
  if (timerfd_settime (self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) != 0)
    {
      close (self->fd);
      return;
    }
  self->source = g_source_new (&source_funcs, sizeof (WakeSource));
  ((WakeSource *) self->source)->fd = self->fd;
  g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "[headstock] wake");
  g_source_set_callback (self->source, woken, user_data, NULL);
  g_source_attach (self->source, context);
}
#endif

void
hs_wake_init (HsWake *self,
              GMainContext *context,
              GSourceFunc woken,
              gpointer user_data)
{
  g_mutex_init (&self->lock);
  self->watchers = g_hash_table_new (NULL, NULL);
#ifdef __linux__
  listen_to_clock (self, context, woken, user_data);
#endif
}

void
hs_wake_clear (HsWake *self)
{
#ifdef __linux__
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
      close (self->fd);
    }
#endif
  g_clear_pointer (&self->watchers, g_hash_table_unref);
  g_mutex_clear (&self->lock);
}

void
hs_wake_add (HsWake *self,
             HsWakeFunc func,
             gpointer user_data)
{
  g_mutex_lock (&self->lock);
  g_hash_table_insert (self->watchers, user_data, (gpointer) func);
  g_mutex_unlock (&self->lock);
}

void
hs_wake_remove (HsWake *self,
                gpointer user_data)
{
  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->watchers, user_data);
  g_mutex_unlock (&self->lock);
}

/* A watcher that was called may have removed the next one. */
static HsWakeFunc
find (HsWake *self,
      gpointer user_data)
{
  HsWakeFunc func;

  g_mutex_lock (&self->lock);
  func = (HsWakeFunc) g_hash_table_lookup (self->watchers, user_data);
  g_mutex_unlock (&self->lock);

  return func;
}

void
hs_wake_tell (HsWake *self)
{
  g_autofree gpointer *watchers = NULL;
  guint n;

  g_mutex_lock (&self->lock);
  watchers = g_hash_table_get_keys_as_array (self->watchers, &n);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < n; i++)
    {
      HsWakeFunc func = find (self, watchers[i]);

      if (func != NULL)
        func (watchers[i]);
    }
}
