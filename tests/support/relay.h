/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* The relay of all tests: it stands on loopback between clients and a server, in threads of its own, and passes bytes
 * on. It can end TLS on either side, let clients send only slowly, lose what they send, and cut connections: at once,
 * or each after a random number of bytes. relay-program.c is the same as a program, for tests in other languages. */

typedef struct _Relay Relay;

/* How a connection ends. */
typedef enum
{
  RELAY_END_ORDERLY,      /* both ends see the end of the stream of bytes */
  RELAY_END_RESET,        /* both are reset */
  RELAY_END_CLIENT_FIRST, /* the client is reset, and the server learns of it later */
  RELAY_END_SERVER_FIRST,
  RELAY_N_ENDS
} RelayEnd;

typedef struct
{
  const char *host;             /* of the server; NULL: 127.0.0.1 */
  guint16 to_port;              /* of the server; 0: there are only connections that are adopted */
  guint16 port;                 /* of the relay; 0: any */
  GTlsCertificate *certificate; /* clients speak TLS with the relay, which shows this; NULL: it passes bytes on */
  gboolean to_tls;              /* the relay speaks TLS with the server, whoever that is */
  gboolean limited;             /* relay_set_rate() will be called: little is in buffers on the way */
} RelaySettings;

#define RELAY_UNLIMITED G_MAXUINT

Relay *relay_new (const char *host, guint16 to_port);
/* Returns: NULL if the port is taken. */
Relay *relay_new_full (const RelaySettings *settings);
/* Ends all connections. */
void relay_free (Relay *self);
guint16 relay_get_port (Relay *self);

/* Takes a client's connection that somebody else has accepted. Returns: the server's end of it, which does not block. */
int relay_adopt (Relay *self, int fd);

/* How many bytes a second clients can send; 0: nothing passes, in neither direction. */
void relay_set_rate (Relay *self, guint rate);
/* Loses what clients send from now on, until they are cut. */
void relay_hold (Relay *self);
/* Ends all connections; not a byte passes after this. New ones are passed on again. */
void relay_cut (Relay *self, RelayEnd end);

/* Cuts so many connections, each in a random way after a random number of bytes in both directions together; from
 * relay_start_cuts() on. The range of the number is @min to @max; 0: about one in four is cut in its sign-in. */
void relay_plan_cuts (Relay *self, guint n_cuts, guint32 seed, guint min, guint max);
void relay_start_cuts (Relay *self);

/* Cuts the connections that there are after so many bytes more, in both directions together; if there are none, the
 * next one. */
void relay_cut_after (Relay *self, gsize n_bytes, RelayEnd end);

/* So far. */
guint relay_get_n_cuts (Relay *self);
guint relay_get_n_connections (Relay *self);
guint64 relay_get_n_bytes (Relay *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_free)
