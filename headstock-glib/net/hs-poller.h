/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-turn.h"

G_BEGIN_DECLS

/* All sockets of one main context that wait for bytes. GLib asks the system for each descriptor, and
 * itself for each source, in each turn, however few have something to say; here one source, with one
 * descriptor that the system keeps (epoll), stands for all of them. They take turns: who has been
 * called is the last to be called again. */

typedef struct _HsPoller HsPoller;

typedef struct
{
  HsPoller *poller; /* NULL: not waiting */
  int fd;
  GSourceFunc callback; /* what it returns does not matter */
  gpointer user_data;
} HsPollEntry;

/* FALSE where the system has no such thing, or refuses. */
gboolean hs_poll_entry_wait (HsPollEntry *self,
                             GMainContext *context);
/* To be called before the socket is closed. */
void hs_poll_entry_stop (HsPollEntry *self);

G_END_DECLS
