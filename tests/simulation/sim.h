/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "headstock-glib-test/hs-test-stream.h"
#include "protocol/hs-server-memory.h"
#include "protocol/hs-stream.h"
#include "session-test.h"

/* A client's session (HsSession, HsStreamManagement, HsStream) and a server in one thread, with a pipe
 * between that has faults and a clock that is a number. A seed decides everything. */

#define MAX_SENT 4096
#define ACCOUNT "romeo@montague.example"
#define DOMAIN "montague.example"

/* Mechanisms for tokens: bound to the connection, and not. */
#define SIM_N_MECHANISMS 2
#define SIM_PROOF 32

typedef struct _World World;
typedef struct _Conn Conn;
typedef struct _Session Session;
typedef struct _Request Request;

/* One numbered stanza of the client on its way to the server. */
typedef struct
{
  HsOutFlags flags;
  guint8 tracked;  /* somebody waits for its delivery status */
  guint8 told;     /* its delivery status was told */
  HsDeliveryStatus status;
  guint n_received;
  guint epoch;     /* the session in which it was sent first, as the client counts them */
  guint unknown;   /* losses without a word from the server, when it was sent */
} Sent;

/* The server's side of stream management. */
struct _Session
{
  Session *next;
  guint number;
  guint epoch;
  HsTestCounts counts;
  GArray *stanzas;      /* guint: numbers of what was sent in it; 0: an answer that nobody asked for */
  guint n_acknowledged; /* of them */
  guint n_seen;         /* of them, by the client's program */
  Conn *conn;
  gboolean resumable;
  gint64 left;          /* when its connection went */
};

/* The stream features that a server offers for SASL2. */
typedef struct
{
  gboolean sasl2;
  gboolean sm;
  gboolean bind2_sm;
  guint fast; /* a bit for each mechanism */
} Offer;

/* A token that the server has given out: "token-NUMBER". */
typedef struct
{
  guint number; /* 0: none */
  guint mechanism;
  gint64 expiry;
} Token;

/* How a sign-in has to end. */
typedef enum
{
  SIM_GOOD,
  SIM_NOT_VERIFIED,
  SIM_WRONG_ADDRESS,
  SIM_UNASKED, /* a session that the client did not ask for */
} SignInEnd;

/* One TCP connection: what is in the pipe, and what the server makes of it. The server is that of all tests
 * (HsTestStream), which says what the specifications have it say. What is here is the simulation's own: the sessions
 * of an account, the faults of servers, and what must hold for the client's words. */
struct _Conn
{
  GByteArray *up;
  GByteArray *down;
  gsize up_used;
  gsize down_used;
  gboolean server_closed;
  HsParser *parser;
  HsTestStream stream;
  gboolean enabling;   /* stream management was asked for, and refused or granted */
  gboolean without_sm; /* and has said so */
  gboolean request_pending;
  Session *session;     /* NULL after the server's end */
  guint session_number; /* it stays the client's */
  guint epoch;          /* see Sent */
  /* The sign-in. */
  Offer offer;
  gboolean offered;
  guint channel;        /* what it can be bound to, */
  gboolean can_bind;    /* if the client can */
  gboolean asked;
  gboolean refused;     /* a token was */
  gboolean used_token;
  guint given;          /* a token, along with the sign-in; or 0 */
  guint given_mechanism;
  SignInEnd must_fail;
  gboolean over;        /* nothing that the client says matters any more */
};

typedef struct
{
  Session *sessions;
  guint n_sessions;
  guint next_number;
  gboolean refuses;     /* to resume */
  gboolean forgetful;   /* and says nothing of what it had received */
  guint n_requests;
  guint n_stanzas;
  guint last_received;  /* the largest number */
  Offer offer;          /* the last one */
  gboolean has_offer;
  Token tokens[2];      /* the last one, and the one before */
  guint n_tokens;
  gboolean calm;        /* nobody is in its place, and nothing is wrong */
} Server;

typedef struct
{
  TestSession session;
  HsStreamManagement *management; /* of the session */
  HsStream *stream;
  HsJid *jid;
  GByteArray *output;
  gint64 due;
  gboolean ready;
  guint epoch; /* of the session that it is in, or was interrupted in */
  guint n_epochs;
  guint n_unknown_losses;
  guint last_seen;
  guint token; /* its number, or 0 */
  guint token_mechanism;
  GPtrArray *requests; /* of Request: those that wait for an answer */
  guint n_requests;
  HsServerMemory memory; /* the stream features that the server offered last, and whether to pipeline */
  gboolean failed;
} Client;

/* Sign-ins. */
typedef struct
{
  guint n_tokens;
  guint n_refused;
  guint n_early;
  guint n_anew; /* sign-ins that were repeated because the stream features had changed */
  guint n_impostors;
  guint n_misnamed;
  guint n_unasked;
  guint n_begun;  /* sessions whose first stanzas were sent before the server had bound them */
  guint n_pipelined;  /* sessions pipelined in vain, because the remembered stream features had changed */
} SignIns;

struct _World
{
  guint64 seed;
  guint64 random;
  gint64 now;
  gboolean verbose;
  HsResendPolicy policy;
  Client client;
  Server server;
  Conn *conn;    /* the client's */
  GPtrArray *old; /* connections that the client has left and the server not */
  Sent sent[MAX_SENT];
  guint n_sent;
  guint step;
  SignIns signs;
};

/* rng */
guint sim_random (World *w, guint n); /* below n */
gboolean sim_chance (World *w, guint percent);

/* Ends the run: an invariant does not hold. */
void sim_fail (World *w, const char *invariant, const char *format, ...) G_GNUC_PRINTF (3, 4) G_GNUC_NORETURN;
void sim_note (World *w, const char *format, ...) G_GNUC_PRINTF (2, 3);

Conn *sim_conn_new (void);
void sim_conn_free (Conn *conn);
void sim_conn_write (Conn *conn, gboolean up, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* sim-server.c */
void sim_server_feed (World *w, Conn *conn, const char *bytes, gsize length);
void sim_server_send (World *w);
void sim_server_answer_later (World *w, Conn *conn);
void sim_server_close (World *w, Conn *conn);
void sim_server_restart (World *w, gboolean with_state);
void sim_server_expire (World *w);
Session *sim_server_find_session (World *w, guint number);
Session *sim_server_add_session (World *w, gboolean resumable);
void sim_server_clear (World *w);
gboolean sim_server_on_resume (World *w, Conn *conn, HsNode *node, const char *after);
void sim_server_on_enable (World *w, Conn *conn);
void sim_server_bind (World *w, Conn *conn);
void sim_server_forget (World *w, HsNode *resume);
void sim_server_write_late_features (World *w, Conn *conn);
/* Checks what must hold after each step. */
void sim_server_check (World *w);

/* sim-sign-in.c */
void sim_server_choose_offer (World *w, Conn *conn);
/* The SASL2 stream feature that the server sends. */
char *sim_conn_dup_offer (Conn *conn);
void sim_server_on_authenticate (World *w, Conn *conn, HsNode *node);
gboolean sim_conn_offers (Conn *conn, guint mechanism);
guint sim_find_mechanism (const char *name);
const char *sim_mechanism_name (guint mechanism);

/* sim-token.c */
void sim_client_begin_sign_in (World *w);
void sim_client_sign_in (World *w);
void sim_client_token_refused (World *w);
void sim_client_authenticated (World *w);
void sim_client_failed (World *w);

/* sim-requests.c */
void sim_client_ask (World *w);
void sim_client_note_requests (World *w);
void sim_client_poll_requests (World *w);
void sim_client_check_requests (World *w);

/* sim-client.c */
void sim_client_init (World *w);
void sim_client_clear (World *w);
void sim_client_connect (World *w);
void sim_client_feed (World *w, const char *bytes, gsize length);
void sim_client_cut (World *w);
void sim_client_send (World *w);
void sim_client_poll (World *w);
void sim_client_restart (World *w);
void sim_client_restore (World *w, guint32 received, guint32 acknowledged, guint session);
void sim_client_check (World *w);
