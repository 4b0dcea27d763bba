/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

#include "scripted-server.h"
#include "virtual-clock.h"

/* A client whose life is written down, with the server that it talks to. */

typedef struct _TestClient TestClient;

/* Called for each event, under the name that it is recorded with. */
typedef void (*TestHook) (TestClient *test, const char *event, gpointer data);

struct _TestClient
{
  HsClient *client; /* may be dropped and set to NULL by a test */
  ScriptedServer *server;
  HsModule *module; /* records its calls, with "m." before their names */
  /* connecting connected secured authenticated(MECHANISM) ready disconnected(end|retry) stopping
   * cleanup terminated; the module's ready stopping cleanup terminated */
  GString *record;
  GString *states; /* the property, as notified */
  GError *error;   /* of the last `terminated` */
  GError *loss;    /* of the last `disconnected` */
  int retry;       /* of the last `disconnected` */
  guint n_ready;
  guint n_disconnected;
  guint n_terminated;
  TestHook hook;
  gpointer hook_data;
  gpointer gone;
  gboolean leaps;
};

/* @mode NONE signs in with PLAIN, and the server is in memory; with TLS it is on loopback. The address is
 * user@example.org; nothing is sent unasked. */
TestClient *test_client_new (const ScriptStep *const *scripts, HsTlsMode mode);
/* The server is on loopback, for tests whose subject is the socket. */
TestClient *test_client_new_on_loopback (const ScriptStep *const *scripts, HsTlsMode mode);
/* For one connection script. */
TestClient *test_client_new_for (const ScriptStep *script, HsTlsMode mode);
TestClient *test_client_new_on_loopback_for (const ScriptStep *script, HsTlsMode mode);
/* Without a server. */
TestClient *test_client_new_alone (HsClient *client);
/* From now on the clock stands, and leaps when nothing else is left to do, until the client is freed: for a server in
 * memory, and a client that does not work in threads. */
void test_client_leap (TestClient *self);
/* Asserts that nothing holds the client any more. */
void test_client_free (TestClient *self);

/* Until `ready`, until `terminated`; from where it stands. */
void test_client_start_until_ready (TestClient *self);
void test_client_start_until_ready_or_terminated (TestClient *self);
void test_client_wait_terminated (TestClient *self);
/* A whole run. */
void test_client_run (TestClient *self);
/* stop(), and wait. */
void test_client_stop (TestClient *self);
/* Drops the last reference. `gone` is NULL when it is. */
void test_client_drop (TestClient *self);
/* Lets the server say something and waits until a handler-visible mark after it has come. */
void test_client_say (TestClient *self, const char *text);
/* Whether an element is of that mark. */
gboolean test_is_mark (HsElement *element);
/* Waits until the server has got it. */
void test_client_await_sent (TestClient *self, const char *text);
/* What the server has got so far, once all that the client has sent is there. */
char *test_client_dup_sent (TestClient *self);

#define assert_record(test, expected) g_assert_cmpstr ((test)->record->str, ==, expected)

/* A handler that counts, in a guint. */
HsElement *test_count_cb (HsClient *client, HsElement *element, gpointer n);

/* The trusted authority of the scripted server. */
GTlsDatabase *test_tls_database (void);

/* Runs the main loop for so many milliseconds, on the virtual clock if that leaps. */
void test_spin (guint msec);
/* KiB of memory that the process has. */
gsize test_resident (void);

gint64 test_deadline (void);
void test_iterate (gint64 deadline, const char *what);

/* Runs the main loop until the condition holds; has time pass if the virtual clock leaps. */
#define test_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 deadline_ = test_deadline ();                                                           \
    while (!(condition))                                                                           \
      test_iterate (deadline_, #condition);                                                        \
  }                                                                                                \
  G_STMT_END

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestClient, test_client_free)
