/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Servers that do not bear what comes in one write with a header: <starttls/>, or the request for a resource. The
 * next connection goes step by step, and so do all that follow to that server. */

#define FEATURES_BIND SAY_FEATURES_BIND
#define STREAM_ERROR(condition)                                                                    \
  "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END
#define TLS_FAILURE "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" SAY_END
#define IQ_ERROR(condition)                                                                        \
  "<iq type='error' id='@ID@'><error type='modify'><" condition                                    \
  " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

/* The client's header, and nothing with it. */
#define BARE_HEADER EXPECT ("<stream:stream"), EXPECT (">"), NOTHING_FOLLOWS, SEND (SAY_HEADER)
#define TO_BIND RUN (script_header), RUN (script_plain), EXPECT ("<stream:stream"), EXPECT ("</iq>")

static const ScriptStep step_by_step[] = { BARE_HEADER, RUN (script_plain), BARE_HEADER,
                                           SEND (FEATURES_BIND), EXPECT ("</iq>"), SEND (SAY_BOUND),
                                           SERVE, END };
static const ScriptStep step_by_step_tls[]
    = { BARE_HEADER,         SEND (SAY_FEATURES_TLS), EXPECT ("xmpp-tls'/>"), SEND (SAY_PROCEED),
        START_TLS,           RUN (step_by_step),      END };

typedef struct
{
  const char *name;
  HsTlsMode mode;
  const ScriptStep *first;
} Case;

#define SCRIPT(name, ...) static const ScriptStep name[] = { __VA_ARGS__, END }

SCRIPT (tls_never, RUN (script_header), SEND (SAY_FEATURES_TLS), READ_END);
SCRIPT (tls_silent, EXPECT (">"), READ_END);
SCRIPT (tls_header_only, RUN (script_header), READ_END);
SCRIPT (tls_headless, EXPECT (">"), SEND (TLS_FAILURE), READ_END);
SCRIPT (tls_closed_at_once, EXPECT (">"), CLOSE);
SCRIPT (tls_closed, RUN (script_header), CLOSE);
SCRIPT (tls_closed_late, RUN (script_header), SEND (SAY_FEATURES_TLS), CLOSE);
SCRIPT (tls_ended, RUN (script_header), SEND (SAY_END), READ_END);
SCRIPT (tls_reset, RUN (script_header), SLEEP (20), RESET);
SCRIPT (tls_error, RUN (script_header), SEND (STREAM_ERROR ("not-authorized")), READ_END);
SCRIPT (tls_refused, RUN (script_header), SEND (SAY_FEATURES_TLS TLS_FAILURE), READ_END);
SCRIPT (bind_never, TO_BIND, SEND (SAY_HEADER FEATURES_BIND), READ_END);
SCRIPT (bind_silent, TO_BIND, READ_END);
SCRIPT (bind_header_only, TO_BIND, SEND (SAY_HEADER), READ_END);
SCRIPT (bind_headless, TO_BIND, SEND (IQ_ERROR ("unexpected-request")), READ_END);
SCRIPT (bind_closed_at_once, TO_BIND, CLOSE);
SCRIPT (bind_closed, TO_BIND, SEND (SAY_HEADER), CLOSE);
SCRIPT (bind_reset, TO_BIND, SEND (SAY_HEADER FEATURES_BIND), SLEEP (20), RESET);
SCRIPT (bind_error, TO_BIND, SEND (SAY_HEADER STREAM_ERROR ("policy-violation")), READ_END);
SCRIPT (bind_refused, TO_BIND, SEND (SAY_HEADER FEATURES_BIND IQ_ERROR ("unexpected-request")), READ_END);
SCRIPT (bind_refused_at_once, TO_BIND, SEND (SAY_HEADER IQ_ERROR ("not-authorized") FEATURES_BIND), READ_END);

static const Case cases[] = {
  { "starttls/never", HS_TLS_MODE_STARTTLS, tls_never },
  { "starttls/silent", HS_TLS_MODE_STARTTLS, tls_silent },
  { "starttls/header-only", HS_TLS_MODE_STARTTLS, tls_header_only },
  { "starttls/headless", HS_TLS_MODE_STARTTLS, tls_headless },
  { "starttls/closed-at-once", HS_TLS_MODE_STARTTLS, tls_closed_at_once },
  { "starttls/closed", HS_TLS_MODE_STARTTLS, tls_closed },
  { "starttls/closed-late", HS_TLS_MODE_STARTTLS, tls_closed_late },
  { "starttls/ended", HS_TLS_MODE_STARTTLS, tls_ended },
  { "starttls/reset", HS_TLS_MODE_STARTTLS, tls_reset },
  { "starttls/stream-error", HS_TLS_MODE_STARTTLS, tls_error },
  { "starttls/refused", HS_TLS_MODE_STARTTLS, tls_refused },
  { "bind/never", HS_TLS_MODE_NONE, bind_never },
  { "bind/silent", HS_TLS_MODE_NONE, bind_silent },
  { "bind/header-only", HS_TLS_MODE_NONE, bind_header_only },
  { "bind/headless", HS_TLS_MODE_NONE, bind_headless },
  { "bind/closed-at-once", HS_TLS_MODE_NONE, bind_closed_at_once },
  { "bind/closed", HS_TLS_MODE_NONE, bind_closed },
  { "bind/reset", HS_TLS_MODE_NONE, bind_reset },
  { "bind/stream-error", HS_TLS_MODE_NONE, bind_error },
  { "bind/refused", HS_TLS_MODE_NONE, bind_refused },
  { "bind/refused-at-once", HS_TLS_MODE_NONE, bind_refused_at_once },
};

static void
test_case (gconstpointer data)
{
  const Case *tried = data;
  const ScriptStep *good
      = tried->mode == HS_TLS_MODE_NONE ? step_by_step : step_by_step_tls;
  const ScriptStep *const scripts[] = { tried->first, good, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, tried->mode);

  if (g_str_has_suffix (tried->name, "/never") || g_str_has_suffix (tried->name, "/silent")
      || g_str_has_suffix (tried->name, "/header-only"))
    g_object_set (test->client, "connect-timeout", g_getenv ("HS_TEST_VALGRIND") != NULL ? 6000 : 600, NULL);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
      g_assert_no_error (test->error);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
}

/* If it is not that, the second connection is the last, and the error the server's. */
static void
test_neither (void)
{
  static const ScriptStep *const scripts[] = { tls_error, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_NOT_AUTHORIZED);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

/* What has another reason is not asked twice. */
static void
test_other_reason (void)
{
  SCRIPT (unknown, RUN (script_header), SEND (STREAM_ERROR ("host-unknown")), READ_END);
  static const ScriptStep *const scripts[] = { unknown, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
}

/* What is no XMPP server is not asked twice either. */
static void
test_foreign (void)
{
  SCRIPT (http, EXPECT (">"), SEND ("HTTP/1.1 400 Bad Request\r\n\r\n"), READ_END);
  static const ScriptStep *const scripts[] = { http, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  test_client_run (test);
  g_assert_nonnull (test->error);
  g_assert_nonnull (strstr (test->error->message, "HTTP"));
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
}

/* A server that has borne it before is not to blame for a network that cuts. */
static void
test_network (void)
{
  SCRIPT (pipelined, EXPECT ("<stream:stream"), EXPECT ("><starttls"), EXPECT ("/>"),
          SEND (SAY_HEADER SAY_FEATURES_TLS SAY_PROCEED), START_TLS, RUN (script_sign_in), SERVE);
  static const ScriptStep *const scripts[]
      = { pipelined, tls_reset, step_by_step_tls, pipelined, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  for (guint i = 0; i < 3; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client-steps/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/client-steps/neither", test_neither);
  g_test_add_func ("/client-steps/other-reason", test_other_reason);
  g_test_add_func ("/client-steps/foreign", test_foreign);
  g_test_add_func ("/client-steps/network", test_network);
  return g_test_run ();
}
