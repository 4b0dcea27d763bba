/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

#include "headstock-glib-test/hs-test-session.h"
#include "headstock-glib-test/hs-test-transport.h"
#include "net/hs-loop.h"

/* What HsMessages tells of messages that were sent, in a client whose connections have faults and whose program ends
 * in between. There is no network and the clock is a number: a seed decides everything. */

#define SENT_N_PEERS 3

typedef struct _World World;

/* A message of the program, by the number in its body. */
typedef struct
{
  HsSentMessage *sent; /* of the present run of the program, or NULL */
  HsSentState state;   /* the last one that was seen */
  guint peer;
  char *id;
  guint n_losses;        /* see World, when it was sent */
  gboolean is_refused;   /* it could not be sent */
  gboolean is_cancelled; /* it is not in the list of pending messages */
  guint n_received;
  gboolean is_bounced;   /* its recipient was told to have sent it back */
  gboolean is_receipted;
} Sent;

struct _World
{
  guint64 seed;
  GRand *random;
  guint step;
  gboolean verbose;
  HsLoop *loop;

  /* The program */
  HsClient *client;
  HsMessages *messages;
  gboolean is_registered;
  GVariant *outbox; /* the state as it was told last, or NULL */
  gboolean queues;  /* queue-offline, all the time */
  HsResendPolicy policy;
  GPtrArray *sent;  /* of Sent */

  /* The server, and the one connection */
  HsTestSession session;
  HsTestTransport *transport; /* or NULL */
  GQueue up;   /* of char *: elements on their way to the server */
  GQueue down; /* and to the client */
  gboolean is_ending;
  guint last_received[SENT_N_PEERS];
  GQueue answers; /* Sent: their recipients have not answered yet */
  guint n_losses; /* sessions of which nobody knows what the server has of them */
  gboolean is_calm;
};

guint sent_random (World *w, guint n); /* below n */
gboolean sent_chance (World *w, guint percent);
/* Ends the run: an invariant does not hold. */
void sent_fail (World *w, const char *invariant, const char *format, ...) G_GNUC_PRINTF (3, 4) G_GNUC_NORETURN;
void sent_note (World *w, const char *format, ...) G_GNUC_PRINTF (2, 3);
Sent *sent_find (World *w, guint number);
guint sent_get_number (World *w, HsMessage *message);
/* Has the client do what can be done without time. */
void sent_turn (World *w);

/* sent-server.c */
void sent_server_init (World *w);
void sent_server_clear (World *w);
/* For a new client. */
void sent_server_attach (World *w);
gboolean sent_server_deliver_up (World *w);
gboolean sent_server_deliver_down (World *w);
/* Some of what is on its way still arrives. */
void sent_server_cut (World *w);
void sent_server_refuse (World *w);
/* A recipient answers: a receipt, or an error. */
void sent_server_answer (World *w);
void sent_server_send_receipt (World *w, Sent *sent);
