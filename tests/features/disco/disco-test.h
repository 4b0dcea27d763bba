/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client with service discovery, and a server that answers what the test says. */

typedef struct
{
  TestClient *test;
  HsDisco *disco;
  GHashTable *answered; /* ids of requests */
  const ScriptStep *script; /* NULL: script_session */
} DiscoTest;

/* NULL: not registered yet. Signs in; the server's own answers are still to come. */
void disco_test_start (DiscoTest *self, HsDisco *disco);
/* And answers the requests that a session begins with. */
void disco_test_start_answered (DiscoTest *self);
void disco_test_end (DiscoTest *self);

/* Requests that were sent so far and not answered, elements `iq`. NULL: to anybody, of any node. */
GPtrArray *disco_test_list_requests (DiscoTest *self, const char *namespace_, const char *to, const char *node);
guint disco_test_count_requests (DiscoTest *self, const char *to, const char *node);
/* Waits for a request and answers it with a query of that content, or an error. */
void disco_test_answer (DiscoTest *self, const char *to, const char *node, const char *content);
void disco_test_answer_items (DiscoTest *self, const char *to, const char *content);
void disco_test_refuse (DiscoTest *self, const char *to, const char *node);
/* Asks the client as somebody else; what it sends in answer. */
HsElement *disco_test_ask (DiscoTest *self, const char *namespace_, const char *node);

typedef struct
{
  guint n_called;
  HsDiscoInfo *info;
  GError *error;
} DiscoOutcome;

void disco_outcome_cb (GObject *source, GAsyncResult *result, gpointer outcome);
void disco_outcome_caps_cb (GObject *source, GAsyncResult *result, gpointer outcome);
void disco_outcome_clear (DiscoOutcome *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DiscoOutcome, disco_outcome_clear)
