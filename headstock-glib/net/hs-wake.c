/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "net/hs-wake.h"

#ifdef __linux__
#include <glib-unix.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>
#endif

typedef struct
{
  GHashTable *watchers; /* user_data -> HsWakeFunc */
  GSource *source; /* NULL where the system does not tell */
  int fd;
} Wake;

static GMutex mutex;
static GHashTable *wakes; /* GMainContext -> Wake */

/* Who was called first may have done away with who would have been next. */
static HsWakeFunc
find (GMainContext *context, gpointer user_data)
{
  Wake *wake;
  HsWakeFunc func;

  g_mutex_lock (&mutex);
  wake = wakes != NULL ? g_hash_table_lookup (wakes, context) : NULL;
  func = wake != NULL ? (HsWakeFunc) g_hash_table_lookup (wake->watchers, user_data) : NULL;
  g_mutex_unlock (&mutex);
  return func;
}

void
hs_wake_all (GMainContext *context)
{
  g_autofree gpointer *watchers = NULL;
  guint n = 0;
  Wake *wake;

  g_mutex_lock (&mutex);
  wake = wakes != NULL ? g_hash_table_lookup (wakes, context) : NULL;
  if (wake != NULL)
    watchers = g_hash_table_get_keys_as_array (wake->watchers, &n);
  g_mutex_unlock (&mutex);
  for (guint i = 0; i < n; i++)
    {
      HsWakeFunc func = find (context, watchers[i]);

      if (func != NULL)
        func (watchers[i]);
    }
}

#ifdef __linux__
static gboolean
clock_set_cb (int fd, GIOCondition condition, gpointer context)
{
  guint64 n;

  /* It fails with ECANCELED, and is armed again by that. */
  if (read (fd, &n, sizeof n) < 0)
    hs_wake_all (context);
  return G_SOURCE_CONTINUE;
}

/* The kernel sets the clock when the machine wakes up, and cancels what waits for a time of it. */
static void
listen_to_clock (Wake *self, GMainContext *context)
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
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "[headstock] wake");
  g_source_set_callback (self->source, G_SOURCE_FUNC (clock_set_cb), context, NULL);
  g_source_attach (self->source, context);
}
#endif

static Wake *
wake_new (GMainContext *context)
{
  Wake *self = g_new0 (Wake, 1);

  self->watchers = g_hash_table_new (NULL, NULL);
#ifdef __linux__
  listen_to_clock (self, context);
#endif
  return self;
}

static void
wake_free (gpointer data)
{
  Wake *self = data;

#ifdef __linux__
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
      close (self->fd);
    }
#endif
  g_hash_table_unref (self->watchers);
  g_free (self);
}

void
hs_wake_add (GMainContext *context, HsWakeFunc func, gpointer user_data)
{
  Wake *wake;

  g_mutex_lock (&mutex);
  if (wakes == NULL)
    wakes = g_hash_table_new_full (NULL, NULL, NULL, wake_free);
  wake = g_hash_table_lookup (wakes, context);
  if (wake == NULL)
    {
      wake = wake_new (context);
      g_hash_table_insert (wakes, context, wake);
    }
  g_hash_table_insert (wake->watchers, user_data, (gpointer) func);
  g_mutex_unlock (&mutex);
}

void
hs_wake_remove (GMainContext *context, gpointer user_data)
{
  Wake *wake;

  g_mutex_lock (&mutex);
  wake = wakes != NULL ? g_hash_table_lookup (wakes, context) : NULL;
  if (wake != NULL)
    g_hash_table_remove (wake->watchers, user_data);
  if (wake != NULL && g_hash_table_size (wake->watchers) == 0)
    g_hash_table_remove (wakes, context);
  if (wakes != NULL && g_hash_table_size (wakes) == 0)
    g_clear_pointer (&wakes, g_hash_table_unref);
  g_mutex_unlock (&mutex);
}
