/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

#include "stream-words.h"

/* An XMPP server that says what it is told to. Each connection has a thread of its own, in which each step of the
 * script is a function that returns when it is done. What the canned parts of a script say comes from HsTestStream.
 *
 * A server in memory (scripted-memory.c) has no network: while the client works its scripts stand, and the other way
 * round, so that what happens is the same each time. It has no TLS. On a clock that stands (virtual-clock.h) its
 * scripts take no time.
 *
 * A server on loopback (scripted-socket.c) is for tests whose subject is the socket or TLS. Its TLS is real: the
 * certificates are those of tests/support/test-certificates.h, for example.org. */

typedef struct _ScriptedServer ScriptedServer;
typedef struct _ScriptedPeer ScriptedPeer; /* one connection, in its thread */

/* FALSE: the connection is over. */
typedef gboolean (*ScriptFunc) (ScriptedPeer *peer, gpointer data);

typedef enum
{
  SCRIPT_END,       /* as SCRIPT_CLOSE */
  SCRIPT_EXPECT,    /* reads until the text has come; what came up to its end is used up */
  SCRIPT_SEND,      /* sends the text; @ID@ in it is the id of what was expected last */
  SCRIPT_DRIP,      /* the same, a byte every so many milliseconds */
  SCRIPT_START_TLS, /* the server's side of a handshake; a failure is not one of the script. The text
                     * is its certificate, chain and key; NULL: the good one. The number is the
                     * GTlsAuthenticationMode: whether the client is asked for its certificate */
  SCRIPT_SLEEP,     /* milliseconds */
  SCRIPT_GATE,      /* waits for scripted_server_open_gate() */
  SCRIPT_SERVE,     /* reads until the client ends the stream, and ends it as well */
  SCRIPT_HOLD,      /* neither reads nor sends until the server is freed */
  SCRIPT_READ_END,  /* reads until the client has closed the connection */
  SCRIPT_CLOSE,     /* ends the connection in an orderly way */
  SCRIPT_RESET,     /* ends it with a TCP reset */
  SCRIPT_CALL,      /* calls a function */
  SCRIPT_RUN,       /* the steps of another script */
} ScriptAction;

typedef struct _ScriptStep ScriptStep;
struct _ScriptStep
{
  ScriptAction action;
  const char *text;
  guint number;
  const ScriptStep *steps;
  ScriptFunc function;
  gpointer data;
};

#define EXPECT(what) { SCRIPT_EXPECT, .text = what }
#define SEND(what) { SCRIPT_SEND, .text = what }
#define DRIP(what, msec) { SCRIPT_DRIP, .text = what, .number = msec }
#define START_TLS { .action = SCRIPT_START_TLS }
#define START_TLS_AS(pem) { SCRIPT_START_TLS, .text = pem }
#define START_TLS_ASKING { SCRIPT_START_TLS, .number = G_TLS_AUTHENTICATION_REQUESTED }
#define SLEEP(msec) { SCRIPT_SLEEP, .number = msec }
#define GATE { .action = SCRIPT_GATE }
#define SERVE { .action = SCRIPT_SERVE }
#define HOLD { .action = SCRIPT_HOLD }
#define READ_END { .action = SCRIPT_READ_END }
#define CLOSE { .action = SCRIPT_CLOSE }
#define RESET { .action = SCRIPT_RESET }
#define CALL(func, user_data) { SCRIPT_CALL, .function = func, .data = user_data }
#define RUN(script) { SCRIPT_RUN, .steps = script }
#define END { .action = SCRIPT_END }

/* What this server says; what all servers say is in stream-words.h. */
#define HEADER_ATTRIBUTES "id='s1' from='example.org' version='1.0'"
#define SAY_HEADER STREAM_HEADER (HEADER_ATTRIBUTES)
#define SAY_BOUND "<iq type='result' id='@ID@'>" BOUND_TO ("user@example.org/res") "</iq>"

/* The parts of a session, for RUN: with PLAIN, the password is "secret". */
extern const ScriptStep script_header[];     /* the client's header, and ours */
extern const ScriptStep script_starttls[];   /* to the end of the handshake */
extern const ScriptStep script_plain[];      /* from features to success */
extern const ScriptStep script_bind[];       /* from the header after it to the bound address */
extern const ScriptStep script_sign_in[];    /* all of it, without TLS */
extern const ScriptStep script_sign_in_tls[];
extern const ScriptStep script_session[];    /* and then SERVE */
extern const ScriptStep script_session_tls[];

/* The first connection runs the first script, and so on; the last one runs for all that follow.
 * Ends with NULL. */
ScriptedServer *scripted_server_new (const ScriptStep *const *scripts);
/* The same in memory, in the default main context: all connections of @client are made to it from now on. The client
 * must be gone before the server is. */
ScriptedServer *scripted_server_new_in_memory (HsClient *client, const ScriptStep *const *scripts);
/* The same at an address of loopback's, and a port. */
ScriptedServer *scripted_server_new_at (const char *address,
                                        guint16 port,
                                        const ScriptStep *const *scripts);
/* Ends all connections. Fails the test where a script did not come to its end. */
void scripted_server_free (ScriptedServer *self);
/* Scripts may break off from now on: the client is going to. */
void scripted_server_forgive (ScriptedServer *self);
guint16 scripted_server_get_port (ScriptedServer *self);
/* So that nobody is there any more, and the next ones are refused. */
void scripted_server_stop_listening (ScriptedServer *self);

guint scripted_server_get_n_connections (ScriptedServer *self);
/* Connections whose scripts have ended. */
guint scripted_server_get_n_ended (ScriptedServer *self);
/* Everything that all clients have sent. */
char *scripted_server_dup_received (ScriptedServer *self);
/* How much of that was there after each read (gsize). Under TLS a read gives one record. */
GArray *scripted_server_dup_reads (ScriptedServer *self);
gboolean scripted_server_has_received (ScriptedServer *self, const char *text);
guint scripted_server_count_received (ScriptedServer *self, const char *text);
void scripted_server_forget_received (ScriptedServer *self);
/* Each opens one GATE, in the past or the future. */
void scripted_server_open_gate (ScriptedServer *self);
/* Sends to the newest connection, from the test's thread, while its script is at SERVE. */
void scripted_server_send (ScriptedServer *self, const char *text);
/* How many bytes a second the line takes from the client; 0: none. What is on the way counts as not left. Only for a
 * server in memory. */
void scripted_server_set_rate (ScriptedServer *self, guint rate);

/* For functions of scripts. */
gboolean scripted_peer_send (ScriptedPeer *self, const char *bytes, gssize length);
gboolean scripted_peer_expect (ScriptedPeer *self, const char *text);
gboolean scripted_peer_wait_for_gate (ScriptedPeer *self);
void scripted_peer_sleep (ScriptedPeer *self, guint msec);
/* The connection ends, with a reset or without, when so many more bytes have been sent. */
typedef struct
{
  gsize n_bytes;
  gboolean reset;
} ScriptCut;

/* Speaks when the text comes, for ever, and only then: a server that answers pings. */
gboolean script_answer (ScriptedPeer *peer, gpointer text);
#define ANSWER(what) CALL (script_answer, (gpointer) what)
/* For CALL, with a ScriptCut. */
gboolean script_cut (ScriptedPeer *peer, gpointer cut);
/* Sends the client on to the server at @server, a ScriptedServer **: its port is not known before it is there. */
gboolean script_send_on (ScriptedPeer *peer, gpointer server);
#define SENDING_ON(server) EXPECT (">"), SEND (SAY_HEADER), CALL (script_send_on, server), READ_END
/* The connection under all, for who wants to do it all alone. Not in memory. */
GSocketConnection *scripted_peer_get_connection (ScriptedPeer *self);
/* What has been used up by the last expectation. */
const char *scripted_peer_get_taken (ScriptedPeer *self);
/* For CALL: nothing has come after that, and nothing comes in a while: the client waits for an answer. */
gboolean script_nothing_follows (ScriptedPeer *peer, gpointer data);
#define NOTHING_FOLLOWS CALL (script_nothing_follows, NULL)
/* What has come after that already. */
const char *scripted_peer_get_unused (ScriptedPeer *self);
/* What the client has shown after START_TLS_ASKING, or NULL. (transfer full) */
GTlsCertificate *scripted_peer_dup_client_certificate (ScriptedPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptedServer, scripted_server_free)
