/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-loop.h"

G_BEGIN_DECLS

/* A part of HsSocketTransport: it waits until the transport may read again. The next turn of reading waits for:
 *
 *  - HS_WAIT_POLL: bytes from the peer;
 *  - HS_WAIT_TURN: nothing, only for the other sources of the loop to have had their turn;
 *  - HS_WAIT_IDLE: for all else in the loop, drawing included. GLib does not dispatch a lower
 *    priority while a higher one is ready, so a peer that sends without a pause would keep a GTK
 *    window from being drawn: every so often one turn stands back behind everything, but not for
 *    longer than a few milliseconds. */

typedef enum
{
  HS_WAIT_NONE,
  HS_WAIT_POLL,
  HS_WAIT_TURN,
  HS_WAIT_IDLE,
} HsWait;

typedef struct
{
  HsLoop *loop;
  GPollableInputStream *stream;
  GSocket *socket; /* where the stream is one and nothing between; otherwise NULL */
  GSourceFunc callback;
  gpointer user_data;

  HsWait wait;
  HsPollEntry poll; /* where there is a socket, and the system can */
  GSource *source;
  GSource *idle_source; /* the other one, while a turn stands back */
  gint64 run_start;     /* of turns that follow each other closely */
  gint64 turn_end;
} HsReadWait;

void hs_read_wait_set (HsReadWait *self,
                       HsWait wait);
void hs_read_wait_begin_turn (HsReadWait *self);
/* Returns whether it is time to stand back. */
gboolean hs_read_wait_end_turn (HsReadWait *self);

/* A source without a descriptor, ready when its time is. */
GSource *hs_turn_source_new (gint64 ready_time);
void hs_source_attach (GSource *source,
                       GMainContext *context,
                       int priority,
                       const char *name,
                       GSourceFunc callback,
                       gpointer user_data);
void hs_source_clear (GSource **source);

G_END_DECLS
