/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-loop.h"
#include "hs-transport.h"

G_BEGIN_DECLS

/* The transport over a GIOStream (a GSocketConnection or a GTlsConnection): a read loop and a write queue. In a
 * flood, turns stand back now and then so that sources of lower priority run (GTK's drawing). All that was queued
 * in a turn leaves in one system call (under TLS, in one a record).
 *
 * When the last reference goes, a socket that was not closed goes on if others hold it; a TLS connection is closed. */

/* Takes a reference on @stream. */
HsTransport *hs_socket_transport_new (HsLoop *loop,
                                      GIOStream *stream,
                                      const HsTransportCallbacks *callbacks,
                                      gpointer owner);

G_END_DECLS
