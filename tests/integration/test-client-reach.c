/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "test-certificates.h"
#include "test-resolver.h"

/* A host with two addresses: at the first one there is somebody of no use, at the second one the server. */

#define HOST "reach.example"

typedef struct
{
  ScriptedServer *bad; /* at ::1 */
  TestClient *test;    /* with the server, at 127.0.0.1 */
} Fixture;

static void
set_up (Fixture *f, const ScriptStep *const *bad, const ScriptStep *const *good, HsTlsMode mode)
{
  test_resolver_set_up (test_resolver_with_records_get_type ());
  test_resolver_add (test_ipv6, HOST, "::1");
  test_resolver_add (test_ipv4, HOST, "127.0.0.1");
  f->test = test_client_new_on_loopback (good, mode);
  f->bad = scripted_server_new_at ("::1", scripted_server_get_port (f->test->server), bad);
  scripted_server_forgive (f->bad);
  g_object_set (f->test->client, "host", HOST, NULL);
}

static void
tear_down (Fixture *f)
{
  test_client_free (f->test);
  scripted_server_free (f->bad);
  test_resolver_tear_down ();
}

#define SCRIPT(name, ...) static const ScriptStep name[] = { __VA_ARGS__, END }
#define HTTP                                                                                       \
  "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html><body>No</body></html>\r\n"
#define STREAM_ERROR(condition)                                                                    \
  "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END
#define PROCEEDING RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("xmpp-tls'/>"), SEND (SAY_PROCEED)

SCRIPT (closes, CLOSE);
SCRIPT (resets, RESET);
SCRIPT (closes_later, EXPECT (">"), CLOSE);
SCRIPT (silent, READ_END);
SCRIPT (http, SEND (HTTP), CLOSE);
SCRIPT (http_later, EXPECT (">"), SEND (HTTP), READ_END);
SCRIPT (tls_alert, SEND ("\x15\x03\x01\x02\x02\x46"), READ_END);
SCRIPT (other_header, EXPECT (">"), SEND ("<html xmlns='http://www.w3.org/1999/xhtml'>"), READ_END);
SCRIPT (unknown_host, RUN (script_header), SEND (STREAM_ERROR ("host-unknown")), READ_END);
SCRIPT (no_tls, RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END);
SCRIPT (never_proceeds, RUN (script_header), SEND (SAY_FEATURES_TLS), READ_END);
SCRIPT (garbles, PROCEEDING, SLEEP (50), SEND ("this is not TLS at all, is it? this is not TLS at all"), READ_END);
SCRIPT (gone_in_handshake, PROCEEDING, CLOSE);
SCRIPT (silent_in_handshake, PROCEEDING, READ_END);
SCRIPT (injects, RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("xmpp-tls'/>"), SEND (SAY_PROCEED "<message/>"),
        READ_END);
SCRIPT (other_certificate, PROCEEDING, START_TLS_AS (TEST_OTHER TEST_KEY), READ_END);
SCRIPT (expired_certificate, PROCEEDING, START_TLS_AS (TEST_EXPIRED TEST_KEY), READ_END);
SCRIPT (header_only, RUN (script_header), READ_END);
SCRIPT (features_only, RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END);
SCRIPT (direct_garbles, EXPECT ("example"), SEND (SAY_HEADER), READ_END);
SCRIPT (direct_other_certificate, START_TLS_AS (TEST_OTHER TEST_KEY), READ_END);
SCRIPT (direct_session, START_TLS, RUN (script_sign_in), SERVE);
SCRIPT (direct_gone, START_TLS, RUN (script_sign_in), RESET);
SCRIPT (gone, RUN (script_sign_in), RESET);
SCRIPT (gone_tls, RUN (script_sign_in_tls), RESET);

typedef struct
{
  const char *name;
  HsTlsMode mode;
  const ScriptStep *bad;
} Case;

static const Case cases[] = {
  { "starttls/closes", HS_TLS_MODE_STARTTLS, closes },
  { "starttls/resets", HS_TLS_MODE_STARTTLS, resets },
  { "starttls/closes-later", HS_TLS_MODE_STARTTLS, closes_later },
  { "starttls/silent", HS_TLS_MODE_STARTTLS, silent },
  { "starttls/http", HS_TLS_MODE_STARTTLS, http },
  { "starttls/http-later", HS_TLS_MODE_STARTTLS, http_later },
  { "starttls/tls", HS_TLS_MODE_STARTTLS, tls_alert },
  { "starttls/other-header", HS_TLS_MODE_STARTTLS, other_header },
  { "starttls/unknown-host", HS_TLS_MODE_STARTTLS, unknown_host },
  { "starttls/no-tls", HS_TLS_MODE_STARTTLS, no_tls },
  { "starttls/never-proceeds", HS_TLS_MODE_STARTTLS, never_proceeds },
  { "starttls/garbles", HS_TLS_MODE_STARTTLS, garbles },
  { "starttls/gone-in-handshake", HS_TLS_MODE_STARTTLS, gone_in_handshake },
  { "starttls/silent-in-handshake", HS_TLS_MODE_STARTTLS, silent_in_handshake },
  { "starttls/injects", HS_TLS_MODE_STARTTLS, injects },
  { "starttls/other-certificate", HS_TLS_MODE_STARTTLS, other_certificate },
  { "starttls/expired-certificate", HS_TLS_MODE_REQUIRED, expired_certificate },
  { "direct/closes", HS_TLS_MODE_DIRECT, closes },
  { "direct/silent", HS_TLS_MODE_DIRECT, silent },
  { "direct/http", HS_TLS_MODE_DIRECT, http },
  { "direct/garbles", HS_TLS_MODE_DIRECT, direct_garbles },
  { "direct/other-certificate", HS_TLS_MODE_DIRECT, direct_other_certificate },
  { "none/closes", HS_TLS_MODE_NONE, closes },
  { "none/silent", HS_TLS_MODE_NONE, silent },
  { "none/http", HS_TLS_MODE_NONE, http },
  { "none/other-header", HS_TLS_MODE_NONE, other_header },
  { "none/header-only", HS_TLS_MODE_NONE, header_only },
  { "none/features-only", HS_TLS_MODE_NONE, features_only },
};

/* The first sign-in, and that of a running client whose connection went. */
static void
test_case (gconstpointer data)
{
  const Case *tried = data;
  const ScriptStep *const bad[] = { tried->bad, NULL };
  const ScriptStep *good[] = { gone_tls, script_session_tls, NULL };
  Fixture f;

  if (tried->mode == HS_TLS_MODE_DIRECT)
    good[0] = direct_gone, good[1] = direct_session;
  else if (tried->mode == HS_TLS_MODE_NONE)
    good[0] = gone, good[1] = script_session;
  set_up (&f, bad, good, tried->mode);
  g_object_set (f.test->client, "auto-reconnect", TRUE, "connect-timeout",
                g_getenv ("HS_TEST_VALGRIND") != NULL ? 40000
                : g_str_has_suffix (tried->name, "-only") ? 1000 : 4000, NULL);
  scripted_server_forgive (f.test->server);
  test_client_start_until_ready (f.test);
  test_until (f.test->n_ready == 2);
  g_assert_cmpuint (scripted_server_get_n_connections (f.bad), >=, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (f.bad), <=, 4);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 2);
  test_client_stop (f.test);
  tear_down (&f);
}

static void
assert_tells (const GError *error, const char *const *parts)
{
  g_test_message ("%s", error->message);
  for (; *parts != NULL; parts++)
    {
      if (strstr (error->message, *parts) == NULL)
        g_error ("'%s' is not in '%s'", *parts, error->message);
    }
}

/* The error is the first certificate's, with that certificate, and tells of all addresses. */
static void
test_all_fail (gconstpointer data)
{
  static const char *const parts[] = { "[::1]:", "127.0.0.1:", "not for that name", NULL };
  gboolean both = data == expired_certificate;
  const ScriptStep *const bad[] = { other_certificate, NULL };
  const ScriptStep *const good[] = { data, NULL };
  g_autoptr (GTlsCertificate) expected
      = g_tls_certificate_new_from_pem (TEST_OTHER TEST_KEY, -1, NULL);
  g_autoptr (GTlsCertificate) certificate = NULL;
  Fixture f;

  set_up (&f, bad, good, HS_TLS_MODE_STARTTLS);
  scripted_server_forgive (f.test->server);
  test_client_run (f.test);
  g_assert_error (f.test->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  assert_tells (f.test->error, parts);
  g_assert_true ((strstr (f.test->error->message, "expired") != NULL) == both);
  g_object_get (f.test->client, "peer-certificate", &certificate, NULL);
  g_assert_nonnull (certificate);
  g_assert_true (g_tls_certificate_is_same (certificate, expected));
  g_assert_cmpuint (scripted_server_get_n_connections (f.bad), ==, 1);
  tear_down (&f);
}

/* One address drops what comes with the header, and the other one is of no use: the first has another turn. */
static void
test_drops (gconstpointer data)
{
  static const ScriptStep step_by_step[]
      = { EXPECT ("<stream:stream"), EXPECT (">"), NOTHING_FOLLOWS, SEND (SAY_HEADER SAY_FEATURES_TLS),
          EXPECT ("xmpp-tls'/>"),    SEND (SAY_PROCEED), START_TLS, RUN (script_sign_in), SERVE, END };
  const ScriptStep *const first[] = { data, step_by_step, NULL };
  static const ScriptStep *const second[] = { closes, NULL };
  Fixture f;

  set_up (&f, first, second, HS_TLS_MODE_STARTTLS);
  g_object_set (f.test->client, "connect-timeout", g_getenv ("HS_TEST_VALGRIND") != NULL ? 10000 : 1000, NULL);
  scripted_server_forgive (f.test->server);
  test_client_start_until_ready (f.test);
  g_assert_cmpuint (scripted_server_get_n_connections (f.bad), ==, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 1);
  hs_client_stop (f.test->client);
  test_client_wait_terminated (f.test);
  tear_down (&f);
}

/* An address that is silent says nothing of the server at the other one: pipelining goes on once that is ready. */
static void
test_silent_elsewhere (void)
{
  SCRIPT (pipelined, EXPECT ("<stream:stream"), EXPECT ("><starttls"), EXPECT ("/>"),
          SEND (SAY_HEADER SAY_FEATURES_TLS SAY_PROCEED), START_TLS, RUN (script_sign_in), SERVE);
  static const ScriptStep *const first[] = { silent, pipelined, NULL };
  static const ScriptStep *const second[] = { script_session_tls, NULL };
  Fixture f;

  set_up (&f, first, second, HS_TLS_MODE_STARTTLS);
  g_object_set (f.test->client, "connect-timeout", g_getenv ("HS_TEST_VALGRIND") != NULL ? 10000 : 1000, NULL);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (f.test);
      test_client_stop (f.test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (f.bad), ==, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 1);
  tear_down (&f);
}

/* What the server itself says once TLS stands is not asked of another address. */
static void
test_refused (void)
{
  SCRIPT (refuses, RUN (script_starttls), RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"),
          SEND ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"), READ_END);
  static const ScriptStep *const bad[] = { refuses, NULL };
  static const ScriptStep *const good[] = { script_session_tls, NULL };
  Fixture f;

  set_up (&f, bad, good, HS_TLS_MODE_STARTTLS);
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_null (strstr (f.test->error->message, "could be reached"));
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 0);
  tear_down (&f);
}

/* An address that is of no use, as the server is not there at all, is what is told. */
static void
test_nobody (void)
{
  static const char *const parts[] = { "[::1]:", "127.0.0.1:", "closed the connection", "refused", NULL };
  static const ScriptStep *const bad[] = { closes, NULL };
  static const ScriptStep *const good[] = { closes, NULL };
  Fixture f;

  set_up (&f, bad, good, HS_TLS_MODE_STARTTLS);
  scripted_server_stop_listening (f.test->server);
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  assert_tells (f.test->error, parts);
  tear_down (&f);
}

/* Thousands of records, and a stranger at their end. */
static void
test_bounds (void)
{
  static const ScriptStep *const bad[] = { closes, NULL };
  static const ScriptStep *const good[] = { closes, NULL };
  g_autoptr (GString) answer = g_string_new (NULL);
  Fixture f;
  guint n;

  set_up (&f, bad, good, HS_TLS_MODE_REQUIRED);
  scripted_server_forgive (f.test->server);
  g_object_set (f.test->client, "host", NULL, "port", 0, NULL);
  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%u.example", i);

      g_string_append_printf (answer, "%s%u 0 %u %s", i > 0 ? ";" : "", i,
                              scripted_server_get_port (f.bad), host);
      test_resolver_add (test_ipv6, host, "::1");
      test_resolver_add (test_ipv4, host, "127.0.0.1");
    }
  test_resolver_add (test_srv, "_xmpp-client._tcp.example.org", answer->str);
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  n = scripted_server_get_n_connections (f.bad) + scripted_server_get_n_connections (f.test->server);
  g_assert_cmpuint (n, >=, 16);
  g_assert_cmpuint (n, <=, 32);
  g_assert_cmpuint (strlen (f.test->error->message), <, 1000);
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client-reach/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_data_func ("/client-reach/all-fail/certificates", expired_certificate, test_all_fail);
  g_test_add_data_func ("/client-reach/all-fail/garbles", garbles, test_all_fail);
  g_test_add_data_func ("/client-reach/all-fail/closes", closes, test_all_fail);
  g_test_add_data_func ("/client-reach/drops/closes", closes_later, test_drops);
  g_test_add_data_func ("/client-reach/drops/silent", silent, test_drops);
  g_test_add_func ("/client-reach/silent-elsewhere", test_silent_elsewhere);
  g_test_add_func ("/client-reach/refused", test_refused);
  g_test_add_func ("/client-reach/nobody", test_nobody);
  g_test_add_func ("/client-reach/bounds", test_bounds);
  return g_test_run ();
}
