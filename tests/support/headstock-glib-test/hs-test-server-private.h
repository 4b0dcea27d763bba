/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-test-server.h"
#include "hs-test-session.h"
#include "hs-test-transport.h"
#include "net/hs-loop.h"

G_BEGIN_DECLS

/* What the server answers to requests with a payload. */
typedef struct
{
  char *name;
  char *namespace_;
  char *payload; /* NULL: an empty result */
  int condition; /* of an error, or -1 */
} HsTestRule;

struct _HsTestServer
{
  GObject parent;
  GMainContext *context;
  HsLoop *loop;
  HsTestSession session;
  HsTestTransport *transport; /* borrowed: of the present connection, or NULL */
  GWeakRef client;
  gulong handlers[2];
  GError *error; /* why the client has disconnected or terminated */
  GPtrArray *rules;
  GQueue sent; /* of HsElement */
  guint n_connections;
};

/* Ends the present connection, if there is one. @lost: as a network does that fails, and not in order. */
void hs_test_server_leave_connection (HsTestServer *self, gboolean lost);

typedef gboolean (*HsTestCondition) (HsTestServer *self, gpointer data);

/* Runs the main context until the condition holds; FALSE: it did not in time. */
gboolean hs_test_server_wait_until (HsTestServer *self, HsTestCondition condition, gpointer data);
void hs_test_server_add_rule (HsTestServer *self,
                              const char *name,
                              const char *namespace_,
                              const char *payload,
                              int condition);

G_END_DECLS
