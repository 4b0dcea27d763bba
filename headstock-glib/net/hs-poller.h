/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-turn.h"

G_BEGIN_DECLS

/* All sockets of one main context that wait for bytes. GLib asks the system about each descriptor, and itself
 * about each source, in each turn, however few are ready; here one source, with one descriptor that the system
 * keeps (epoll), stands for all of them. The sockets take turns: the one that was called last is the last to be
 * called again.
 *
 * Until two sockets wait at once there is no epoll set: the source has the descriptor of the only socket, which saves
 * the system a step in each poll. The set is made for the second socket, and is kept. */

#define HS_POLLER_MAX_EVENTS 8

typedef struct _HsPoller HsPoller;

typedef struct
{
  HsPoller *poller; /* NULL: not waiting */
  int fd;
  GSourceFunc callback; /* its result is ignored */
  gpointer user_data;
} HsPollEntry;

/* The events of one epoll_wait(). Batches nest if a callback iterates the main loop. */
typedef struct _HsPollBatch HsPollBatch;
struct _HsPollBatch
{
  HsPollBatch *outer;
  HsPollEntry *entries[HS_POLLER_MAX_EVENTS]; /* NULL: stopped meanwhile */
  int n_entries;
  int n_told;
};

/* A part of HsLoop. */
struct _HsPoller
{
  GMainContext *context;
  GSourceFunc ready;
  gpointer user_data;
  GSource *source; /* NULL until a socket waits */
  gpointer tag;    /* the only socket in @source; NULL: none waits, or there is a set */
  int fd;          /* the epoll set, or -1 */
  guint n_waiting;
  HsPollEntry *only; /* the one that waits where it is known, and NULL if there are others */
  HsTurnPlace turn;
  HsPollBatch *batch; /* the innermost that is being told */
  HsPollBatch left;   /* the turn was over before it was told: first in the next turn */
};

/* When a socket has bytes, the source calls @ready, which calls hs_poller_call_ready(). */
void hs_poller_init (HsPoller *self,
                     GMainContext *context,
                     HsTurn *turn,
                     GSourceFunc ready,
                     gpointer user_data);
void hs_poller_clear (HsPoller *self);
/* The caller keeps @self alive during the call. */
void hs_poller_call_ready (HsPoller *self);

/* Returns FALSE if the system has no epoll, or refuses. */
gboolean hs_poll_entry_wait (HsPollEntry *self,
                             HsPoller *poller);
/* Called before the socket is closed. */
void hs_poll_entry_stop (HsPollEntry *self);

G_END_DECLS
