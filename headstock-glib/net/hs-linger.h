/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Closing a socket with bytes in it that nobody has read makes the kernel reset the connection, and
 * a reset may take our last words (a stream error, mostly) from the peer before it has read them
 * (RFC 1122, 4.2.2.13; RFC 9112, 9.6). */

typedef struct _HsLinger HsLinger;

/* Before the connection over @socket is closed. NULL if nothing is unread and closing does no
 * harm. */
HsLinger *hs_linger_prepare (GSocket *socket);
/* After that: sends the end of our side, and lets a worker thread read what still comes, to the
 * peer's end of it, for a short time and so many bytes. Takes @self, nullable. */
void hs_linger_start (HsLinger *self);
