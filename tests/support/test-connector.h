/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <netinet/in.h>
#include <string.h>

#include "hs-error.h"
#include "net/hs-connector.h"
#include "test-net.h"
#include "test-resolver.h"

/* A connector for example.org, a resolver of the tests' own, a port that lives and one that does
 * not. */

#define SRV "_xmpp-client._tcp.example.org"
#define TLS_SRV "_xmpps-client._tcp.example.org"

typedef struct
{
  HsConnectorConfig config;
  HsConnector *connector;
  GSocket *alive; /* listens on 127.0.0.1 */
  GSocket *dead;  /* has a port and does not listen */
  guint16 port;
  guint16 dead_port;
  GCancellable *cancellable;
  gboolean done;
  HsConnectorResult *result;
  GError *error;
} Fixture;

/* ---- Sockets ---- */

static inline GSocket *
bind_socket (const char *address,
             int backlog,
             guint16 *port)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;
  GSocket *socket = g_socket_new (g_socket_address_get_family (any), G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (socket, &error);
  g_assert_no_error (error);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  if (backlog >= 0)
    {
      g_socket_set_listen_backlog (socket, backlog);
      g_socket_listen (socket, &error);
      g_assert_no_error (error);
    }

  return socket;
}

/* ---- The clock ---- */

typedef struct
{
  HsLoop *loop;
  HsTimer timer;
  GSourceFunc function;
  gpointer data;
} LateAnswer;

static inline void
late_answer_cb (gpointer user_data)
{
  g_autofree LateAnswer *answer = user_data;

  answer->function (answer->data);
  hs_timer_leave (&answer->timer);
  hs_loop_unref (answer->loop);
}

/* The resolver's answers are late on the loop's clock. */
static inline void
answer_late (guint msec,
             GSourceFunc function,
             gpointer data)
{
  LateAnswer *answer = g_new0 (LateAnswer, 1);

  answer->loop = hs_loop_get (NULL);
  answer->function = function;
  answer->data = data;
  hs_timer_join (&answer->timer, &answer->loop->timers, late_answer_cb, answer);
  hs_timer_set_after (&answer->timer, msec);
}

/* ---- The fixture ---- */

static inline void
set_up_with (Fixture *fixture,
             GType resolver)
{
  test_resolver_set_up (resolver);
  test_resolver_wait = answer_late;
  fixture->alive = bind_socket ("127.0.0.1", 100, &fixture->port);
  fixture->dead = bind_socket ("127.0.0.1", -1, &fixture->dead_port);
  fixture->cancellable = g_cancellable_new ();
  fixture->config = (HsConnectorConfig) {
    .domain = "example.org",
    .tls_mode = HS_TLS_MODE_REQUIRED,
    .service = "xmpp-client",
    .tls_service = "xmpps-client",
    .default_port = fixture->dead_port,
    .default_tls_port = fixture->dead_port,
    .loop = hs_loop_get (NULL),
    .timeout_msec = 5000,
  };
}

static inline void
set_up (Fixture *fixture,
        gconstpointer data)
{
  set_up_with (fixture, test_resolver_with_records_get_type ());
}

static inline void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->connector, hs_connector_free);
  test_resolver_tear_down ();
  g_clear_pointer (&fixture->result, hs_connector_result_free);
  g_clear_error (&fixture->error);
  g_assert_finalize_object (fixture->alive);
  g_assert_finalize_object (fixture->dead);
  test_finalize (fixture->cancellable);
  g_clear_object (&fixture->config.proxy_resolver);
  hs_loop_set_time (fixture->config.loop, 0);
  g_clear_pointer (&fixture->config.loop, hs_loop_unref);
}

/* "%d" is the port that lives, "%x" the one that does not. */
static inline void
add_srv (Fixture *fixture,
         const char *name,
         const char *answer)
{
  g_autoptr (GString) text = g_string_new (answer);
  g_autofree char *alive = g_strdup_printf ("%u", fixture->port);
  g_autofree char *dead = g_strdup_printf ("%u", fixture->dead_port);

  g_string_replace (text, "%d", alive, 0);
  g_string_replace (text, "%x", dead, 0);
  test_resolver_add (test_srv, name, text->str);
}

static inline void
connect_cb (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->done);
  fixture->done = TRUE;
  fixture->result = hs_connector_connect_finish (fixture->connector, result, &fixture->error);
  g_assert_true ((fixture->result == NULL) == (fixture->error != NULL));
}

static inline void
start (Fixture *fixture)
{
  g_clear_pointer (&fixture->result, hs_connector_result_free);
  g_clear_error (&fixture->error);
  fixture->done = FALSE;
  if (fixture->connector == NULL)
    fixture->connector = hs_connector_new (&fixture->config);
  hs_connector_connect_async (fixture->connector, fixture->cancellable, connect_cb, fixture);
}

static inline void
run (Fixture *fixture)
{
  start (fixture);
  spin_until (fixture->done);
}

/* Has time pass only when the test says so: see test_pass(). No lookup is left to a thread then, as that of the system's
 * proxies is. */
static inline void
stand (Fixture *fixture)
{
  fixture->config.proxy_resolver = g_simple_proxy_resolver_new (NULL, NULL);
  hs_loop_set_time (fixture->config.loop, g_get_monotonic_time ());
}

/* Asserts that connecting is done after so many milliseconds on a clock that stands, and not earlier. What is left to do
 * for sockets takes no time on that clock. */
static inline void
assert_done_after (Fixture *fixture,
                   guint msec)
{
  test_pass (fixture->config.loop, msec - 1);
  g_assert_false (fixture->done);
  test_pass (fixture->config.loop, 1);
  spin_until (fixture->done);
}

static inline void
assert_connected (Fixture *fixture,
                  const char *host,
                  gboolean direct_tls)
{
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->result->host, ==, host);
  g_assert_cmpuint (fixture->result->port, ==, fixture->port);
  g_assert_cmpint (fixture->result->direct_tls, ==, direct_tls);
}

static inline void
assert_asked (const char *expected)
{
  g_autofree char *asked = NULL;

  g_ptr_array_add (test_asked, NULL);
  asked = g_strjoinv (" ", (char **) test_asked->pdata);
  g_ptr_array_remove_index (test_asked, test_asked->len - 1);
  g_assert_cmpstr (asked, ==, expected);
}
