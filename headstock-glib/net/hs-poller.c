/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-poller.h"

#ifdef __linux__

#include <sys/epoll.h>
#include <unistd.h>

static gboolean
has_time (HsPoller *self)
{
  return g_get_monotonic_time () < hs_turn_get_end (&self->turn);
}

static void
fill (HsPoller *self,
      HsPollBatch *batch,
      gboolean first)
{
  struct epoll_event events[HS_POLLER_MAX_EVENTS];
  int n;

  batch->n_told = 0;
  /* The loop has seen that something is ready, and there is but one that can be: asking the kernel which would be
   * a fourth of the system calls of a request and its answer. */
  if (self->n_waiting == 1 && self->only != NULL && first)
    {
      batch->n_entries = 1;
      batch->entries[0] = self->only;
      return;
    }
  n = self->fd >= 0 ? epoll_wait (self->fd, events, HS_POLLER_MAX_EVENTS, 0) : 0;
  batch->n_entries = MAX (n, 0);
  for (int i = 0; i < batch->n_entries; i++)
    batch->entries[i] = events[i].data.ptr;
  if (self->n_waiting == 1 && n == 1)
    self->only = batch->entries[0];
}

static void
tell (HsPoller *self,
      HsPollBatch *batch)
{
  gboolean is_last = FALSE;
  gboolean first = TRUE;

  for (;;)
    {
      HsPollEntry *entry;

      if (batch->n_told == batch->n_entries)
        {
          if (is_last)
            return;
          fill (self, batch, first);
          first = FALSE;
          if (batch->n_entries == 0)
            return;
          is_last = batch->n_entries < HS_POLLER_MAX_EVENTS;
        }
      entry = batch->entries[batch->n_told++];
      if (entry != NULL)
        entry->callback (entry->user_data);
      if (!has_time (self))
        return;
    }
}

void
hs_poller_call_ready (HsPoller *self)
{
  HsPollBatch batch;

  if (!hs_turn_begin (&self->turn))
    return;

  batch = self->left;
  self->left.n_entries = self->left.n_told = 0;
  batch.outer = self->batch;
  self->batch = &batch;
  tell (self, &batch);
  self->batch = batch.outer;
  self->left = batch;
}

void
hs_poller_init (HsPoller *self,
                GMainContext *context,
                HsTurn *turn,
                GSourceFunc ready,
                gpointer user_data)
{
  self->context = context;
  self->ready = ready;
  self->user_data = user_data;
  self->fd = -1;
  hs_turn_join (&self->turn, turn);
}

void
hs_poller_clear (HsPoller *self)
{
  hs_turn_leave (&self->turn);
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->fd >= 0)
    close (self->fd);
}

static gboolean
dispatch_ready (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* It is ready when one of its descriptors is. */
static GSourceFuncs funcs = { NULL, NULL, dispatch_ready, NULL, NULL, NULL };

/* When the first socket waits. */
static void
start (HsPoller *self)
{
  if (self->source != NULL)
    return;
  self->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[headstock] read");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_callback (self->source, self->ready, self->user_data, NULL);
  g_source_attach (self->source, self->context);
}

static gboolean
add_to_set (HsPoller *self, HsPollEntry *entry)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = entry };

  return epoll_ctl (self->fd, EPOLL_CTL_ADD, entry->fd, &event) == 0;
}

/* When the second socket waits: with the only one that has waited until now. */
static gboolean
make_set (HsPoller *self)
{
  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->fd < 0)
    return FALSE;
  if (!add_to_set (self, self->only))
    {
      close (self->fd);
      self->fd = -1;
      return FALSE;
    }
  g_source_remove_unix_fd (self->source, g_steal_pointer (&self->tag));
  g_source_add_unix_fd (self->source, self->fd, G_IO_IN);
  return TRUE;
}

gboolean
hs_poll_entry_wait (HsPollEntry *self,
                    HsPoller *poller)
{
  start (poller);
  if (poller->fd < 0 && poller->n_waiting == 0)
    poller->tag = g_source_add_unix_fd (poller->source, self->fd, G_IO_IN);
  else if ((poller->fd < 0 && !make_set (poller)) || !add_to_set (poller, self))
    return FALSE;
  self->poller = poller;
  poller->only = poller->n_waiting++ == 0 ? self : NULL;

  return TRUE;
}

static void
forget (HsPollBatch *batch,
        HsPollEntry *entry)
{
  for (int i = 0; i < batch->n_entries; i++)
    {
      if (batch->entries[i] == entry)
        batch->entries[i] = NULL;
    }
}

void
hs_poll_entry_stop (HsPollEntry *self)
{
  HsPoller *poller = g_steal_pointer (&self->poller);

  if (poller == NULL)
    return;

  if (poller->tag != NULL)
    g_source_remove_unix_fd (poller->source, g_steal_pointer (&poller->tag));
  else
    epoll_ctl (poller->fd, EPOLL_CTL_DEL, self->fd, NULL);
  poller->n_waiting--;
  if (poller->only == self)
    poller->only = NULL;
  for (HsPollBatch *batch = poller->batch; batch != NULL; batch = batch->outer)
    forget (batch, self);
  forget (&poller->left, self);
}

#else

void
hs_poller_init (HsPoller *self,
                GMainContext *context,
                HsTurn *turn,
                GSourceFunc ready,
                gpointer user_data)
{
}

void
hs_poller_clear (HsPoller *self)
{
}

void
hs_poller_call_ready (HsPoller *self)
{
}

gboolean
hs_poll_entry_wait (HsPollEntry *self,
                    HsPoller *poller)
{
  return FALSE;
}

void
hs_poll_entry_stop (HsPollEntry *self)
{
}

#endif
