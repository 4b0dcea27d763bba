/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-loop.h"
#include "hs-write-queue.h"

G_BEGIN_DECLS

/* The bytes of one connection: the read loop and the write queue over a GIOStream. Knows nothing of
 * XML. Belongs to the main context of its loop. */

typedef struct _HsTransport HsTransport;

typedef struct
{
  /* @length bytes have arrived. The callee returns how many it has used; what is left is kept and
   * given again in the next turn of the main loop, before anything more is read. May drop the
   * transport, stop reading, close. The bytes are the callee's only until it returns. */
  gsize (*received) (HsTransport *transport, const guint8 *bytes, gsize length, gpointer owner);
  /* What had been queued up to hs_transport_get_written() has been handed to the system. */
  void (*written) (HsTransport *transport, gpointer owner);
  /* The peer ended its side (NULL) or reading or writing failed. Once, from the main loop, never
   * from within a function of this header. Nothing comes after. Where writing failed while the
   * owner reads, what the peer had sent before is received first. */
  void (*closed) (HsTransport *transport, const GError *error, gpointer owner);
  /* Where TLS records may end, or NULL: anywhere. See HsWriteQueue. */
  HsDivideFunc divide;
} HsTransportCallbacks;

/* Takes a reference on @stream (a GSocketConnection or a GTlsConnection). Does not read yet. */
HsTransport *hs_transport_new (HsLoop *loop,
                               GIOStream *stream,
                               const HsTransportCallbacks *callbacks,
                               gpointer owner);
HsTransport *hs_transport_ref (HsTransport *self);
/* Frees with the last reference, and nothing is called any more. A socket that was not closed goes
 * on where others hold it (STARTTLS); a TLS connection is closed. */
void hs_transport_unref (HsTransport *self);

GIOStream *hs_transport_get_stream (HsTransport *self);

/* Reads while the socket has data, never blocks; at most a buffer a turn of the main loop, and as
 * long as the turn, which all transports share, has time left. In a flood, turns stand back now and
 * then so that sources of lower priority run (GTK's drawing). */
void hs_transport_start_reading (HsTransport *self);
void hs_transport_stop_reading (HsTransport *self);
/* Reads nothing for a time, without ceasing to read: that the connection is over is told after it. */
void hs_transport_hold (HsTransport *self, gboolean hold);
/* For work on what was received: when to stop (monotonic time). received() is called only where there
 * is time for it in this turn. */
gint64 hs_transport_get_turn_end (HsTransport *self);
/* Bytes that were read and not yet used by the callee. */
gsize hs_transport_get_unread (HsTransport *self);

/* The buffer that is written next: append to it, then call hs_transport_queue(). All that is
 * appended in one turn of the loop leaves in one system call at the end of the turn (under TLS, in
 * one a record). What it holds when a function of the transport is called is whole stanzas. Ask for it each time: it is another one after a write. */
GByteArray *hs_transport_get_output (HsTransport *self);
void hs_transport_queue (HsTransport *self);
/* Writes what the system takes now, the rest as it takes it. */
void hs_transport_flush (HsTransport *self);
/* Bytes that wait to be written, and bytes handed to the system in all. */
gsize hs_transport_get_queued (HsTransport *self);
guint64 hs_transport_get_written (HsTransport *self);
/* How many of these have certainly left this machine: the other one has acknowledged them, as far as the
 * system can tell. Under TLS, what it adds counts as if it had not left, as long as anything has not. */
guint64 hs_transport_get_left (HsTransport *self);
/* Whether something has come, perhaps the end of the connection, that was not given to the owner yet. */
gboolean hs_transport_has_unread (HsTransport *self);

/* Closes at once in both directions, without waiting for anything and without blocking; under TLS
 * with a close_notify if it can be sent at once. No callback comes after. What was queued and not
 * written is dropped. Safe from every callback, and twice. */
void hs_transport_close (HsTransport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsTransport, hs_transport_unref)

G_END_DECLS
