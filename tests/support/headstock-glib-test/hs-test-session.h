/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

#include "hs-test-server.h"
#include "hs-test-stream.h"

G_BEGIN_DECLS

/* The server's side of one account: the streams of its client, one after another, and the session that they
 * resume. It has no connection: elements of the client go in, and elements for the client come out through @send. */

typedef struct
{
  /* @element is for the client, on the present connection. */
  void (*send) (const char *element, gpointer owner);
  /* The stream has ended on both sides, or was refused. */
  void (*ended) (gpointer owner);
  /* A session stands: a new one, or an interrupted one that goes on. */
  void (*stands) (gboolean resumed, gpointer owner);
  /* The client has sent a stanza. */
  void (*stanza) (HsElement *stanza, gpointer owner);
} HsTestSessionCallbacks;

typedef struct
{
  const HsTestSessionCallbacks *callbacks;
  gpointer owner;
  HsTestStream stream; /* of the present connection */
  char *header;
  char *domain;
  char *local;       /* of the account; NULL: the server chooses (ANONYMOUS) */
  char *jid;         /* that is bound, or NULL */
  guint refusals[3]; /* how often to refuse what, by HsTestRefusal */
  guint max;            /* for how many seconds a session can be resumed; 0: it is not said */
  gboolean tells_count; /* a resumption is refused with the number of stanzas that were received */
  gboolean stands;
  gboolean has_told_count; /* of the session before */

  /* Stream management (XEP-0198) */
  gboolean enabled;
  char *id; /* of the session that can be resumed, or NULL */
  guint n_ids;
  HsTestCounts counts;
  GPtrArray *unacknowledged; /* of char * */
} HsTestSession;

void hs_test_session_init (HsTestSession *self, const HsTestSessionCallbacks *callbacks, gpointer owner);
void hs_test_session_clear (HsTestSession *self);
/* The server that the session belongs to. */
void hs_test_session_set_account (HsTestSession *self, HsJid *jid, gboolean component);
/* A new connection, on which nothing has come yet. */
void hs_test_session_connected (HsTestSession *self);
/* The client has sent this. */
void hs_test_session_take (HsTestSession *self, const char *element);
/* Sends a stanza in the session, and keeps it until the client has acknowledged it. */
void hs_test_session_send_stanza (HsTestSession *self, const char *stanza);

G_END_DECLS
