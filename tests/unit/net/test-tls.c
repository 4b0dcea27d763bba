/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "hs-error.h"
#include "net/hs-tls.h"
#include "test-net.h"

typedef struct
{
  GSocketConnection *ours;
  GSocketConnection *theirs;
  HsTlsConfig config;
  GCancellable *cancellable;
  gboolean done;
  HsTlsResult *result;
  GTlsCertificate *peer;
  GError *error;
  guint n_asked;
  GTlsCertificateFlags asked;
  gboolean answer;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  test_socketpair (&fixture->ours, &fixture->theirs);
  fixture->config.domain = "example.org";
  fixture->config.database = test_database ();
  fixture->config.loop = hs_loop_get (NULL);
  fixture->config.timeout_msec = 5000;
  fixture->cancellable = g_cancellable_new ();
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->result, hs_tls_result_free);
  g_clear_object (&fixture->peer);
  g_clear_error (&fixture->error);
  g_clear_object (&fixture->config.pinned);
  g_clear_object (&fixture->config.certificate);
  g_clear_object (&fixture->config.database);
  hs_loop_set_time (fixture->config.loop, 0);
  g_clear_pointer (&fixture->config.loop, hs_loop_unref);
  g_assert_finalize_object (fixture->cancellable);
  test_finalize (fixture->ours);
  test_finalize (fixture->theirs);
}

static void
handshake_cb (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_false (fixture->done);
  fixture->done = TRUE;
  fixture->result = hs_tls_handshake_finish (result, &fixture->peer, &fixture->error);
  g_assert_true ((fixture->result == NULL) == (fixture->error != NULL));
}

static gboolean
accept_cb (GTlsCertificate *certificate,
           GTlsCertificateFlags errors,
           gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (g_main_context_is_owner (NULL));
  fixture->n_asked++;
  fixture->asked = errors;
  return fixture->answer;
}

static void
start (Fixture *fixture)
{
  hs_tls_handshake_async (G_IO_STREAM (fixture->ours), &fixture->config, fixture->cancellable,
                          handshake_cb, fixture);
}

static void
run (Fixture *fixture,
     const char *pem)
{
  g_autoptr (TestTlsServer) server G_GNUC_UNUSED =
      test_tls_server_new (G_IO_STREAM (fixture->theirs), pem, G_TLS_AUTHENTICATION_NONE);

  start (fixture);
  spin_until (fixture->done);
}

static void
assert_refused (Fixture *fixture,
                const char *message)
{
  g_assert_error (fixture->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpstr (fixture->error->message, ==, message);
  g_assert_nonnull (fixture->peer);
}

/* ---- Certificates ---- */

static void
test_trusted (Fixture *fixture,
              gconstpointer data)
{
  fixture->config.accept = accept_cb;
  fixture->config.accept_data = fixture;
  run (fixture, TEST_SERVER);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->result->trusted);
  g_assert_false (fixture->result->client_certificate_used);
  g_assert_true (fixture->peer == fixture->result->peer_certificate);
  g_assert_cmpuint (fixture->n_asked, ==, 0);
  g_assert_cmpint (g_tls_connection_get_protocol_version (fixture->result->connection), ==,
                   test_tls_version ());
  g_assert_true (hs_tls_get_base (fixture->result->connection) == G_IO_STREAM (fixture->ours));
}

typedef struct
{
  const char *path;
  const char *pem;
  const char *domain;
  const char *message;
} Refusal;

static const Refusal refusals[] = {
  { "/tls/refused/other-name", TEST_OTHER, "example.org",
    "The certificate of example.org is not trusted: it is not for that name but for "
    "other.example, a.example, b.example, ..." },
  { "/tls/refused/self-signed", TEST_SELF_SIGNED, "example.org",
    "The certificate of example.org is not trusted: it is self-signed" },
  { "/tls/refused/expired", TEST_EXPIRED, "example.org",
    "The certificate of example.org is not trusted: it expired on 2001-02-03 04:05 UTC" },
  { "/tls/refused/not-yet-valid", TEST_FUTURE, "example.org",
    "The certificate of example.org is not trusted: it is not valid before "
    "2110-01-02 03:04 UTC" },
  { "/tls/refused/all-at-once", TEST_EXPIRED, "other.example",
    "The certificate of other.example is not trusted: it is not for that name but for "
    "example.org; it expired on 2001-02-03 04:05 UTC" },
  { "/tls/refused/parent-of-name", TEST_SERVER, "org",
    "The certificate of org is not trusted: it is not for that name but for "
    "example.org, *.conference.example.org" },
  { "/tls/refused/address", TEST_SERVER, "127.0.0.2",
    "The certificate of 127.0.0.2 is not trusted: it is not for that name but for "
    "example.org, *.conference.example.org" },
};

static void
test_refused (Fixture *fixture,
              gconstpointer data)
{
  const Refusal *refusal = data;

  fixture->config.domain = refusal->domain;
  run (fixture, refusal->pem);
  assert_refused (fixture, refusal->message);
}

/* The system's database knows nothing of the test CA. Where the system has no authorities at all, GLib's TLS
 * warns of that. */
static void
test_unknown_issuer (Fixture *fixture,
                     gconstpointer data)
{
  GLogLevelFlags fatal = g_log_set_always_fatal ((GLogLevelFlags) G_LOG_FATAL_MASK);

  g_clear_object (&fixture->config.database);
  run (fixture, TEST_SERVER);
  assert_refused (fixture,
                  "The certificate of example.org is not trusted: its issuer is not known");
  g_log_set_always_fatal (fatal);
}

static void
test_name (Fixture *fixture,
           gconstpointer data)
{
  fixture->config.domain = data;
  run (fixture, TEST_SERVER);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->result->trusted);
}

static void
test_accepted (Fixture *fixture,
               gconstpointer data)
{
  fixture->config.accept = accept_cb;
  fixture->config.accept_data = fixture;
  fixture->answer = TRUE;
  run (fixture, TEST_EXPIRED);
  g_assert_no_error (fixture->error);
  g_assert_false (fixture->result->trusted);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
  g_assert_cmpuint (fixture->asked, ==, G_TLS_CERTIFICATE_EXPIRED);
}

static void
test_not_accepted (Fixture *fixture,
                   gconstpointer data)
{
  fixture->config.accept = accept_cb;
  fixture->config.accept_data = fixture;
  run (fixture, TEST_SELF_SIGNED);
  assert_refused (fixture, "The certificate of example.org is not trusted: it is self-signed");
  g_assert_cmpuint (fixture->n_asked, ==, 1);
  g_assert_cmpuint (fixture->asked, ==, G_TLS_CERTIFICATE_UNKNOWN_CA);
}

static void
test_pinned (Fixture *fixture,
             gconstpointer data)
{
  fixture->config.pinned = test_certificate (TEST_SELF_SIGNED);
  fixture->config.domain = "elsewhere.example";
  run (fixture, TEST_SELF_SIGNED);
  g_assert_no_error (fixture->error);
  g_assert_true (fixture->result->trusted);
}

/* Any other one is refused, whoever signed it and whatever the function says. */
static void
test_pinned_other (Fixture *fixture,
                   gconstpointer data)
{
  fixture->config.accept = accept_cb;
  fixture->config.accept_data = fixture;
  fixture->answer = TRUE;
  fixture->config.pinned = test_certificate (TEST_SELF_SIGNED);
  run (fixture, data);
  assert_refused (fixture, "The certificate of example.org is not the pinned one");
  g_assert_cmpuint (fixture->n_asked, ==, 0);
}

static void
test_client_certificate (Fixture *fixture,
                         gconstpointer data)
{
  GTlsAuthenticationMode mode = GPOINTER_TO_INT (data);
  g_autoptr (TestTlsServer) server =
      test_tls_server_new (G_IO_STREAM (fixture->theirs), TEST_SERVER, mode);
  gboolean asked = mode != G_TLS_AUTHENTICATION_NONE;

  fixture->config.certificate = test_certificate (TEST_CLIENT);
  start (fixture);
  spin_until (fixture->done && server->done);
  g_assert_no_error (fixture->error);
  g_assert_no_error (server->error);
  g_assert_cmpint (fixture->result->client_certificate_used, ==, asked);
  g_assert_true ((g_tls_connection_get_peer_certificate (server->connection) != NULL) == asked);
}

static void
test_no_client_certificate (Fixture *fixture,
                            gconstpointer data)
{
  g_autoptr (TestTlsServer) server = test_tls_server_new (
      G_IO_STREAM (fixture->theirs), TEST_SERVER, G_TLS_AUTHENTICATION_REQUESTED);

  start (fixture);
  spin_until (fixture->done && server->done);
  g_assert_no_error (fixture->error);
  g_assert_false (fixture->result->client_certificate_used);
}

static void
test_alpn (Fixture *fixture,
           gconstpointer data)
{
  fixture->config.alpn = data;
  run (fixture, TEST_SERVER);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (g_tls_connection_get_negotiated_protocol (fixture->result->connection), ==,
                   data);
}

/* ---- What is no TLS server ---- */

static gboolean
contains (const char *bytes,
          gsize length,
          const char *string)
{
  return memmem (bytes, length, string, strlen (string)) != NULL;
}

static gboolean
has_said_something (Fixture *fixture)
{
  return g_socket_condition_check (g_socket_connection_get_socket (fixture->theirs), G_IO_IN) != 0;
}

/* The handshake ends after its timeout and not earlier, on a clock that stands. */
static void
time_out (Fixture *fixture)
{
  hs_loop_set_time (fixture->config.loop, g_get_monotonic_time ());
  start (fixture);
  spin_until (has_said_something (fixture));
  test_pass (fixture->config.loop, fixture->config.timeout_msec - 1);
  g_assert_false (fixture->done);
  test_pass (fixture->config.loop, 1);
  spin_until (fixture->done);
  g_assert_error (fixture->error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

/* Says nothing: and what did we say? The server name is the domain's, and never an address. */
static void
test_silent (Fixture *fixture,
             gconstpointer data)
{
  const char *name = data;
  char hello[4096];
  gssize length;

  fixture->config.domain = name;
  time_out (fixture);
  g_assert_nonnull (strstr (fixture->error->message, name));

  length = read (test_get_fd (fixture->theirs), hello, sizeof (hello));
  g_assert_cmpint (length, >, 100);
  g_assert_cmpint (contains (hello, length, name), ==, g_str_equal (name, "example.org"));
}

static void
test_silent_midway (Fixture *fixture,
                    gconstpointer data)
{
  g_assert_cmpint (write (test_get_fd (fixture->theirs), "\x16\x03\x03\x00\x7a\x02", 6), ==, 6);
  time_out (fixture);
}

static void
test_plain_text (Fixture *fixture,
                 gconstpointer data)
{
  const char *text = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'/>";

  g_assert_cmpint (write (test_get_fd (fixture->theirs), text, strlen (text)), ==,
                   (gssize) strlen (text));
  start (fixture);
  spin_until (fixture->done);
  g_assert_true (fixture->error->domain == G_TLS_ERROR);
  g_assert_true (g_str_has_prefix (fixture->error->message,
                                   "The TLS handshake with example.org failed: "));
  g_assert_null (fixture->peer);
}

static void
test_hang_up (Fixture *fixture,
              gconstpointer data)
{
  g_io_stream_close (G_IO_STREAM (fixture->theirs), NULL, NULL);
  start (fixture);
  spin_until (fixture->done);
  g_assert_true (fixture->error->domain == G_TLS_ERROR || fixture->error->domain == G_IO_ERROR);
}

static void
test_cancelled (Fixture *fixture,
                gconstpointer data)
{
  guint after = GPOINTER_TO_UINT (data);
  gint64 begin;

  if (after == 0)
    g_cancellable_cancel (fixture->cancellable);
  start (fixture);
  if (after > 0)
    spin_msec (after);
  begin = g_get_monotonic_time ();
  g_cancellable_cancel (fixture->cancellable);
  spin_until (fixture->done);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 1000 * 1000);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("/tls/trusted", NULL, test_trusted);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    ADD (refusals[i].path, &refusals[i], test_refused);
  ADD ("/tls/refused/unknown-issuer", NULL, test_unknown_issuer);
  ADD ("/tls/name/wildcard", "room.conference.example.org", test_name);
  ADD ("/tls/name/ipv4", "127.0.0.1", test_name);
  ADD ("/tls/name/ipv6", "[::1]", test_name);
  ADD ("/tls/accepted", NULL, test_accepted);
  ADD ("/tls/not-accepted", NULL, test_not_accepted);
  ADD ("/tls/pinned", NULL, test_pinned);
  ADD ("/tls/pinned/other-verified", TEST_SERVER, test_pinned_other);
  ADD ("/tls/pinned/other-expired", TEST_EXPIRED, test_pinned_other);
  ADD ("/tls/client-certificate/not-asked", GINT_TO_POINTER (G_TLS_AUTHENTICATION_NONE),
       test_client_certificate);
  ADD ("/tls/client-certificate/asked", GINT_TO_POINTER (G_TLS_AUTHENTICATION_REQUESTED),
       test_client_certificate);
  ADD ("/tls/client-certificate/required", GINT_TO_POINTER (G_TLS_AUTHENTICATION_REQUIRED),
       test_client_certificate);
  ADD ("/tls/client-certificate/none", NULL, test_no_client_certificate);
  ADD ("/tls/alpn/given", "xmpp-client", test_alpn);
  ADD ("/tls/alpn/not-given", NULL, test_alpn);
  ADD ("/tls/silent/name", "example.org", test_silent);
  ADD ("/tls/silent/address", "127.0.0.1", test_silent);
  ADD ("/tls/silent/midway", NULL, test_silent_midway);
  ADD ("/tls/plain-text", NULL, test_plain_text);
  ADD ("/tls/hang-up", NULL, test_hang_up);
  ADD ("/tls/cancelled/before", NULL, test_cancelled);
  ADD ("/tls/cancelled/at-once", GUINT_TO_POINTER (1), test_cancelled);
  ADD ("/tls/cancelled/later", GUINT_TO_POINTER (100), test_cancelled);
  test_add_again_with_tls_1_2 ("/tls/all-with-tls-1.2", argv[0]);

  return g_test_run ();
}
