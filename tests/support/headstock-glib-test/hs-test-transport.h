/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-transport.h"

G_BEGIN_DECLS

/* A transport without a network: two ends in one process and one main context. If it is framed (RFC 7395), each
 * element goes in a frame of its own, so that the other end needs no parser of streams. */

typedef struct _HsTestTransport HsTestTransport;

/* What the other end is told. A callback must not free the transport. */
typedef struct
{
  /* The client has sent an element, or bytes if the transport is not framed. */
  void (*sent) (const char *element, gpointer peer);
  gboolean half_closes; /* it is also told what the client sends after hs_test_transport_end(), if nothing was lost */
  /* The client has closed the connection. The other end must not use the transport any more. */
  void (*closed) (gpointer peer);
  /* How many of the bytes that were sent have not left the client's machine yet; NULL: none. */
  guint64 (*get_waiting) (gpointer peer);
  /* The client has taken some of what it was sent; or NULL. */
  void (*taken) (gpointer peer);
} HsTestPeerCallbacks;

/* Returns: the client's end, with one reference. It counts as under TLS and verified. */
HsTransport *hs_test_transport_new (const HsTransportCallbacks *callbacks,
                                    gpointer owner,
                                    gboolean framed,
                                    const HsTestPeerCallbacks *peer_callbacks,
                                    gpointer peer);

/* Has the client receive an element in the next turn of the main loop. */
void hs_test_transport_feed (HsTestTransport *self, const char *element);
/* The same with bytes of any kind. */
void hs_test_transport_feed_bytes (HsTestTransport *self, const char *bytes, gsize length);
/* How much of that the client has not taken. */
gsize hs_test_transport_get_unread (HsTestTransport *self);
/* Ends the connection: in order, or as if it had been lost. What was fed before still arrives. */
void hs_test_transport_end (HsTestTransport *self, gboolean lost);

/* It does not count as under TLS until the client has started TLS, which always succeeds. */
void hs_test_transport_begin_plain (HsTestTransport *self);

/* The other end is gone: it is told nothing any more. */
void hs_test_transport_leave (HsTestTransport *self);

G_END_DECLS
