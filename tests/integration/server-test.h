/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"
#include "relay.h"

/* Clients of a real server, which tests/servers/serve.py has started: see there for the environment. */

#define SERVER_RESOURCE "/r"

typedef struct
{
  const char *name;
  HsTlsMode mode;
  const char *port; /* the variable, without its prefix */
} ServerWay;

#define SERVER_N_WAYS 2
extern const ServerWay server_ways[SERVER_N_WAYS]; /* STARTTLS, direct TLS */

/* What the environment says, under the name without its prefix. */
const char *server_get (const char *name);
guint server_get_number (const char *name);
/* Whether devices are told that an item of a node was taken back: ejabberd 23.01 does not do that, although the request
 * asks for it (XEP-0060, 7.2.2.1). */
gboolean server_tells_retractions (void);
GTlsDatabase *server_load_database (const char *variable);

/* A relay to the port that the environment has under this name. */
Relay *server_new_relay (const char *port);

TestClient *server_new_client (const char *jid, const char *password, const ServerWay *way);
/* With the resource "r". */
TestClient *server_new_user (guint number, const ServerWay *way);

/* ---- Tests of each way ---- */

typedef struct
{
  const char *name;
  GTestDataFunc function; /* called with the ServerWay */
} ServerTest;

/* As /@subject/SERVER/WAY/NAME, or without the first. Ends with a row of NULLs. */
void server_add_tests (const char *subject, const ServerTest *tests);
/* With STARTTLS alone, where the way does not matter. */
void server_add_tests_once (const char *subject, const ServerTest *tests);

/* Signing in as the server lets everybody, and with a certificate of one's own. */
void server_test_external (gconstpointer way);
void server_test_anonymous (gconstpointer way);
