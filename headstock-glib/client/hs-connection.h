/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-attempt.h"
#include "hs-connection-phase.h"
#include "hs-read-gate.h"
#include "net/hs-loop.h"
#include "net/hs-transport.h"
#include "protocol/hs-stream.h"

G_BEGIN_DECLS

/* One connection after another: the attempt to make it, the transport with its bytes, and the XML stream on it. The
 * connection does what its owner says, and tells what happens; the owner decides what follows, and has all
 * settings. */

typedef struct
{
  /* The socket is connected. @io is NULL if there is no network: follow with hs_connection_dial(). Otherwise
   * follow with hs_connection_open(), and with hs_connection_start_tls() if TLS begins with the first byte. */
  void (*connected) (HsAttempt *attempt, GIOStream *io, gpointer owner);
  /* Whether to go on with a certificate that is not valid. */
  gboolean (*accept_certificate) (GTlsCertificate *certificate,
                                  GTlsCertificateFlags errors,
                                  gpointer owner);
  /* hs_connection_get_peer_certificate() is another. */
  void (*certificate_changed) (gpointer owner);
  /* The connection is under TLS. Follow with hs_connection_begin_stream() or hs_connection_restart_stream(). */
  void (*secured) (HsAttempt *attempt, gpointer owner);
  /* Bytes have arrived. Returns how many were used: the rest comes again in the next turn of the main loop. */
  gsize (*bytes) (const char *bytes, gsize length, gpointer owner);
  /* The system has taken so many bytes of the connection. */
  void (*written) (guint64 position, gpointer owner);
  /* The peer has ended the connection (NULL), or it was lost. */
  void (*dropped) (const GError *error, gpointer owner);
  /* No connection was made, or TLS could not be started. */
  void (*failed) (const GError *error, gpointer owner);
} HsConnectionCallbacks;


/* Lies inside its owner. Only hs-connection.c uses the fields. */
typedef struct
{
  const HsConnectionCallbacks *callbacks;
  gpointer owner;
  HsAttempt *attempt; /* until the session stands */
  HsTransport *transport;
  HsStream *stream;
  HsJid *account; /* whose connection this is, or the last one was: the program may have set another address since */
  GTlsCertificate *peer_certificate; /* of this connection, or of the last one */
  guint stage_timeout; /* of the present stage of the negotiation, in milliseconds */
  guint8 phase;        /* HsConnectionPhase */
  HsReadGate gate;
  guint direct_tls : 1; /* this connection, or the last one, began with TLS */
} HsConnection;

void
hs_connection_init (HsConnection *self, const HsConnectionCallbacks *callbacks, gpointer owner);
void hs_connection_clear (HsConnection *self);

void hs_connection_set_account (HsConnection *self, HsJid *account);
HsJid *hs_connection_get_account (const HsConnection *self); /* NULL before the first connection */
void hs_connection_set_stage_timeout (HsConnection *self, guint msec);
guint hs_connection_get_stage_timeout (const HsConnection *self);

/* Takes @connector, and connects to its next address. */
void hs_connection_connect (HsConnection *self, HsConnector *connector);
/* Takes bytes from @io from here on, after hs_connection_start_reading(). */
void hs_connection_open (HsConnection *self, HsLoop *loop, GIOStream *io);
/* Takes bytes from the transport that @dial makes, in place of a socket. */
gboolean
hs_connection_dial (HsConnection *self, HsDialFunc dial, gpointer user_data, GError **error);
/* Starts TLS, before there is a stream or on it (STARTTLS), and does not read meanwhile. @config without its callbacks,
 * which the connection sets. */
void hs_connection_start_tls (HsConnection *self, const HsTlsConfig *config);
/* Takes the first stream of this connection. */
void hs_connection_begin_stream (HsConnection *self, HsStream *stream);
/* The stream goes on, under TLS. */
void hs_connection_restart_stream (HsConnection *self);
void hs_connection_start_reading (HsConnection *self);

/* Another operation of the attempt has come back. Takes the operation's reference. The owner of the connection, if
 * the operation still concerns it. */
gpointer hs_connection_end_operation (HsAttempt *attempt);
/* The session stands: nothing is under way any more. */
void hs_connection_end_attempt (HsConnection *self);
/* The connection ends. In this order: */
void hs_connection_abandon_attempt (HsConnection *self);
void hs_connection_close (HsConnection *self);      /* writes what the system takes now */
HsStream *hs_connection_reset (HsConnection *self); /* (transfer full) (nullable) */

HsConnectionPhase hs_connection_get_phase (const HsConnection *self);
/* Whether the phase is OPEN. A handler that is called meanwhile may end it. */
gboolean hs_connection_is_open (const HsConnection *self);
/* Whether the phase is OPEN, with this stream: a handler may have ended the connection and begun another. */
gboolean hs_connection_is_open_with (const HsConnection *self, HsStream *stream);
/* Whether a stream has begun, and was not taken away: it may be closed, or wait for TLS. */
gboolean hs_connection_has_stream (const HsConnection *self);

HsAttempt *hs_connection_get_attempt (const HsConnection *self);     /* or NULL */
HsConnector *hs_connection_get_connector (const HsConnection *self); /* or NULL */
HsConnector *hs_connection_steal_connector (HsConnection *self);     /* (transfer full) (nullable) */
const char *hs_connection_get_address (const HsConnection *self);    /* or NULL */
HsTransport *hs_connection_get_transport (const HsConnection *self); /* or NULL */
HsStream *hs_connection_get_stream (const HsConnection *self);       /* or NULL */
GTlsCertificate *hs_connection_get_peer_certificate (const HsConnection *self);
gboolean hs_connection_is_direct_tls (const HsConnection *self);
gboolean hs_connection_is_secure (const HsConnection *self);
gboolean hs_connection_is_trusted (const HsConnection *self);
gboolean hs_connection_has_used_certificate (const HsConnection *self);

/* The position of the last byte of the output. */
guint64 hs_connection_get_end (const HsConnection *self);
/* Stops reading while too much waits to be written: a peer that asks and does not read the answers can't make us
 * grow. FALSE: it does. */
gboolean hs_connection_has_room (HsConnection *self);
/* Reasons not to read. OUTPUT_FULL and STARTTLS are the connection's own. */
void hs_connection_block (HsConnection *self, HsReadReason reason);
void hs_connection_unblock (HsConnection *self, HsReadReason reason);
gboolean hs_connection_is_blocked (const HsConnection *self, HsReadReason reason);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsConnection, hs_connection_clear)

G_END_DECLS
