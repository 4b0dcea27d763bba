/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-poller.h"

#ifdef __linux__

#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 8

/* What epoll_wait() has reported, and how many of it have been told. They nest where a callback iterates
 * the main loop. */
typedef struct _Batch Batch;
struct _Batch
{
  Batch *outer;
  struct epoll_event events[MAX_EVENTS];
  int n_events;
  int n_told;
};

struct _HsPoller
{
  GMainContext *context; /* not referenced: only compared */
  guint n_users; /* entries, and dispatches that are under way */
  int fd;
  GSource *source;
  HsTurnPlace turn;
  Batch *batch;
  Batch left; /* found the turn's time used up: first in the next */
};

static GMutex pollers_lock;
static GHashTable *pollers; /* by context */

static void
release (HsPoller *self)
{
  g_mutex_lock (&pollers_lock);
  if (--self->n_users > 0)
    {
      g_mutex_unlock (&pollers_lock);
      return;
    }
  g_hash_table_remove (pollers, self->context);
  g_mutex_unlock (&pollers_lock);

  g_source_destroy (self->source);
  g_source_unref (self->source);
  hs_turn_leave (&self->turn);
  close (self->fd);
  g_free (self);
}

static gboolean
has_time (HsPoller *self)
{
  return g_get_monotonic_time () < hs_turn_get_end (&self->turn);
}

static void
tell (HsPoller *self,
      Batch *batch)
{
  gboolean is_last = FALSE;

  for (;;)
    {
      HsPollEntry *entry;

      if (batch->n_told == batch->n_events)
        {
          if (is_last)
            return;
          batch->n_told = 0;
          batch->n_events = MAX (epoll_wait (self->fd, batch->events, MAX_EVENTS, 0), 0);
          if (batch->n_events == 0)
            return;
          is_last = batch->n_events < MAX_EVENTS;
        }
      entry = batch->events[batch->n_told++].data.ptr;
      /* NULL: stopped meanwhile. */
      if (entry != NULL)
        entry->callback (entry->user_data);
      if (!has_time (self))
        return;
    }
}

static gboolean
ready_cb (int fd,
          GIOCondition condition,
          gpointer user_data)
{
  HsPoller *self = user_data;
  Batch batch;

  if (!hs_turn_begin (&self->turn))
    return G_SOURCE_CONTINUE;

  g_mutex_lock (&pollers_lock);
  self->n_users++;
  g_mutex_unlock (&pollers_lock);
  batch = self->left;
  self->left.n_events = self->left.n_told = 0;
  batch.outer = self->batch;
  self->batch = &batch;
  tell (self, &batch);
  self->batch = batch.outer;
  self->left = batch;
  release (self);

  return G_SOURCE_CONTINUE;
}

static HsPoller *
poller_new (GMainContext *context)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  HsPoller *self;

  if (fd < 0)
    return NULL;

  self = g_new0 (HsPoller, 1);
  self->context = context;
  self->fd = fd;
  hs_turn_join (&self->turn, context);
  self->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_static_name (self->source, "[headstock] read");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (self->source, context);

  return self;
}

/* With one more user. */
static HsPoller *
get_poller (GMainContext *context)
{
  HsPoller *self;

  g_mutex_lock (&pollers_lock);
  if (pollers == NULL)
    pollers = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (pollers, context);
  if (self == NULL)
    {
      self = poller_new (context);
      if (self != NULL)
        g_hash_table_insert (pollers, context, self);
    }
  if (self != NULL)
    self->n_users++;
  g_mutex_unlock (&pollers_lock);

  return self;
}

gboolean
hs_poll_entry_wait (HsPollEntry *self,
                    GMainContext *context)
{
  HsPoller *poller = get_poller (context);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };

  if (poller == NULL)
    return FALSE;
  if (epoll_ctl (poller->fd, EPOLL_CTL_ADD, self->fd, &event) != 0)
    {
      release (poller);
      return FALSE;
    }
  self->poller = poller;

  return TRUE;
}

static void
forget (Batch *batch,
        HsPollEntry *entry)
{
  for (int i = 0; i < batch->n_events; i++)
    {
      if (batch->events[i].data.ptr == entry)
        batch->events[i].data.ptr = NULL;
    }
}

void
hs_poll_entry_stop (HsPollEntry *self)
{
  HsPoller *poller = g_steal_pointer (&self->poller);

  if (poller == NULL)
    return;

  epoll_ctl (poller->fd, EPOLL_CTL_DEL, self->fd, NULL);
  for (Batch *batch = poller->batch; batch != NULL; batch = batch->outer)
    forget (batch, self);
  forget (&poller->left, self);
  release (poller);
}

#else

gboolean
hs_poll_entry_wait (HsPollEntry *self,
                    GMainContext *context)
{
  return FALSE;
}

void
hs_poll_entry_stop (HsPollEntry *self)
{
}

#endif
