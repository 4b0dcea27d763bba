/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "test-certificates.h"

/* What the properties take, and when a change of one takes effect. */

/* ---- Ranges ---- */

#define REFUSED(call)                                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*cannot be set*");                  \
    call;                                                                                          \
    g_test_assert_expected_messages ();                                                            \
  }                                                                                                \
  G_STMT_END

static void
count_cb (guint *n)
{
  ++*n;
}

static void
test_ranges (void)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  guint n_notified = 0;

  g_signal_connect_swapped (client, "notify", G_CALLBACK (count_cb), &n_notified);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "port cannot be set to 65536: it is from 0 to 65535");
  hs_client_set_port (client, 65536);
  g_test_assert_expected_messages ();
  REFUSED (hs_client_set_port (client, G_MAXUINT));
  REFUSED (hs_client_set_connect_timeout (client, 0));
  REFUSED (hs_client_set_connect_timeout (client, (guint) G_MAXINT + 1));
  REFUSED (hs_client_set_request_timeout (client, 0));
  REFUSED (hs_client_set_request_timeout (client, G_MAXUINT));
  REFUSED (hs_client_set_keepalive_interval (client, G_MAXUINT));
  REFUSED (hs_client_set_max_stanza_size (client, 1023));
  REFUSED (hs_client_set_max_stanza_size (client, G_MAXUINT64));
  REFUSED (hs_client_set_max_depth (client, 1));
  REFUSED (hs_client_set_max_depth (client, G_MAXUINT));
  REFUSED (hs_client_set_min_iterations (client, 0));
  REFUSED (hs_client_set_min_iterations (client, 1000001));
  REFUSED (hs_client_set_tls_mode (client, (HsTlsMode) 99));
  REFUSED (hs_client_set_channel_binding (client, (HsChannelBinding) 99));
  REFUSED (hs_client_set_resend_policy (client, (HsResendPolicy) 99));
  g_assert_cmpuint (n_notified, ==, 0);
  g_assert_cmpuint (hs_client_get_port (client), ==, 0);
  g_assert_cmpuint (hs_client_get_max_depth (client), ==, 128);
  g_assert_cmpuint (hs_client_get_max_stanza_size (client), ==, 10 * 1024 * 1024);

  /* Both ends are taken. */
  hs_client_set_port (client, 65535);
  hs_client_set_connect_timeout (client, 1);
  hs_client_set_request_timeout (client, G_MAXINT);
  hs_client_set_max_stanza_size (client, 1024);
  hs_client_set_max_stanza_size (client, G_MAXINT64);
  hs_client_set_max_depth (client, 2);
  hs_client_set_max_depth (client, G_MAXINT);
  hs_client_set_min_iterations (client, 1000000);
  g_assert_cmpuint (n_notified, ==, 8);
}

/* The largest limits are limits that everything fits into. */
static void
test_largest (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  hs_client_set_max_stanza_size (test->client, G_MAXINT64);
  hs_client_set_max_depth (test->client, G_MAXINT);
  test_client_start_until_ready (test);
  test_client_say (test, "<message><a><b><c><d><e/></d></c></b></a></message>");
  test_client_stop (test);
}

/* ---- When a change takes effect ---- */

#define WORD_OF_SECRET "AHVzZXIAc2VjcmV0"
#define WORD_OF_OTHER "AHVzZXIAb3RoZXI="
#define LARGE "<message id='large'><body>%s</body></message>"

static const ScriptStep first_session[] = { RUN (script_sign_in), SERVE, END };

/* Of the next connection, and of the sign-in in it: nothing changes in the session that stands. */
static void
test_next (void)
{
  static const ScriptStep *const scripts[] = { first_session, first_session, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_NONE);
  g_autofree char *body = g_strnfill (5000, 'x');
  g_autofree char *large = g_strdup_printf (LARGE, body);
  g_autofree char *sent = NULL;

  hs_client_set_lang (test->client, "de");
  test_client_start_until_ready (test);
  hs_client_set_lang (test->client, "fr");
  hs_client_set_password (test->client, "other");
  hs_client_set_max_stanza_size (test->client, 1024);
  hs_client_set_max_depth (test->client, 3);
  hs_client_set_initial_roster (test->client, TRUE);
  test_client_say (test, large);
  test_client_say (test, "<message><a><b><c><d/></c></b></a></message>");
  sent = test_client_dup_sent (test);
  g_assert_nonnull (strstr (sent, "xml:lang='de'"));
  g_assert_nonnull (strstr (sent, WORD_OF_SECRET));
  g_assert_null (strstr (sent, "xml:lang='fr'"));
  g_assert_null (strstr (sent, WORD_OF_OTHER));
  g_assert_null (strstr (sent, HS_NS_ROSTER));
  test_client_stop (test);

  test_client_start_until_ready (test);
  g_free (sent);
  sent = test_client_dup_sent (test);
  g_assert_nonnull (strstr (sent, "xml:lang='fr'"));
  g_assert_nonnull (strstr (sent, WORD_OF_OTHER));
  g_assert_nonnull (strstr (sent, HS_NS_ROSTER));
  scripted_server_forgive (test->server);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);
}

static const ScriptStep refuses_to_sign_in[] = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };
static const ScriptStep deaf_server[] = { HOLD, END };
static const ScriptStep begins_tls[] = { RUN (script_starttls), READ_END, END };
static const ScriptStep first_session_tls[] = { RUN (script_sign_in_tls), SERVE, END };

static void
change_host (HsClient *client)
{
  /* A loopback address, too. */
  hs_client_set_host (client, "127.86.1.1");
}

static void
change_port (HsClient *client)
{
  hs_client_set_port (client, 1);
}

static void
change_tls_mode (HsClient *client)
{
  hs_client_set_tls_mode (client, HS_TLS_MODE_DIRECT);
  hs_client_set_connect_timeout (client, 300);
}

static void
change_tls_database (HsClient *client)
{
  hs_client_set_tls_database (client, NULL);
}

static void
change_pinned_certificate (HsClient *client)
{
  g_autoptr (GTlsCertificate) other = g_tls_certificate_new_from_pem (TEST_CA, -1, NULL);

  g_assert_nonnull (other);
  hs_client_set_pinned_certificate (client, other);
}

static void
change_sasl_mechanisms (HsClient *client)
{
  static const char *const mechanisms[] = { "SCRAM-SHA-256", NULL };

  hs_client_set_sasl_mechanisms (client, mechanisms);
}

static void
change_allow_plain (HsClient *client)
{
  hs_client_set_allow_plain (client, FALSE);
}

static void
change_proxy_resolver (HsClient *client)
{
  g_autoptr (GProxyResolver) resolver = g_simple_proxy_resolver_new ("socks5://127.0.0.1:1", NULL);

  hs_client_set_proxy_resolver (client, resolver);
}

static const struct
{
  const char *name;
  void (*change) (HsClient *client);
  GQuark (*domain) (void); /* of the error that the next connection ends with */
  int code;
  const ScriptStep *next;
} next_changes[] = {
  { "host", change_host, g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, deaf_server },
  { "port", change_port, g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, deaf_server },
  { "tls-mode", change_tls_mode, hs_error_quark, HS_ERROR_TIMED_OUT, deaf_server },
  { "tls-database", change_tls_database, g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, begins_tls },
  { "pinned-certificate", change_pinned_certificate, g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, begins_tls },
  { "sasl-mechanisms", change_sasl_mechanisms, hs_error_quark, HS_ERROR_NO_MECHANISM, refuses_to_sign_in },
  { "allow-plain", change_allow_plain, hs_error_quark, HS_ERROR_NO_MECHANISM, refuses_to_sign_in },
  { "proxy-resolver", change_proxy_resolver, g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, deaf_server },
};

/* The session that stands stays as it is, and the next one cannot be made. */
static void
test_next_of (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gboolean tls = next_changes[i].next == begins_tls;
  const ScriptStep *scripts[] = { tls ? first_session_tls : first_session, next_changes[i].next, NULL };
  g_autoptr (TestClient) test = test_client_new_on_loopback (scripts, tls ? HS_TLS_MODE_STARTTLS : HS_TLS_MODE_NONE);

  test_client_start_until_ready (test);
  next_changes[i].change (test->client);
  test_client_say (test, "<message/>");
  g_assert_cmpuint (test->n_disconnected, ==, 0);
  test_client_stop (test);
  scripted_server_forgive (test->server);
  test->n_terminated = 0;
  hs_client_start (test->client);
  test_client_wait_terminated (test);
  g_assert_error (test->error, next_changes[i].domain (), next_changes[i].code);
}

/* What the second sign-in says, and the first one does not. */
#define SAY_INLINE_BIND                                                                         \
  SAY_FEATURES_SASL2 (MECHANISM ("PLAIN") FEATURE_INLINE (FEATURE_BIND2_WITH (FEATURE_VAR ("urn:xmpp:sm:3"))))

static const ScriptStep refuses_sasl2[]
    = { RUN (script_starttls), RUN (script_header), SEND (SAY_INLINE_BIND), EXPECT ("</authenticate>"), READ_END,
        END };

static void
change_jid (HsClient *client)
{
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.org", NULL);

  g_object_set (client, "jid", jid, NULL);
}

static void
change_bind2 (HsClient *client)
{
  hs_client_set_bind2 (client, TRUE);
}

static const struct
{
  const char *name;
  void (*change) (HsClient *client);
  const ScriptStep *steps; /* of each connection, up to the sign-in */
  const char *said;
} next_words[] = {
  { "jid", change_jid, script_sign_in, "AG90aGVyAHNlY3JldA==" },
  { "bind2", change_bind2, refuses_sasl2, "urn:xmpp:bind:0" },
};

static void
test_next_word (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gboolean tls = next_words[i].steps == refuses_sasl2;
  const ScriptStep second[] = { RUN (next_words[i].steps), SERVE, END };
  const ScriptStep *const scripts[] = { tls ? first_session_tls : first_session, second, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, tls ? HS_TLS_MODE_STARTTLS : HS_TLS_MODE_NONE);
  g_autofree char *before = NULL;

  test_client_start_until_ready (test);
  next_words[i].change (test->client);
  test_client_say (test, "<message/>");
  g_assert_cmpuint (test->n_disconnected, ==, 0);
  before = test_client_dup_sent (test);
  g_assert_null (strstr (before, next_words[i].said));
  test_client_stop (test);
  scripted_server_forgive (test->server);
  hs_client_start (test->client);
  test_client_await_sent (test, next_words[i].said);
  /* The server may wait for something else than the end, and so does the client. */
  test_client_leap (test);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);
}

/* The server has asked for the client's certificate: it is this one, or none. */
static gboolean
script_shown (ScriptedPeer *peer, gpointer pem)
{
  g_autoptr (GTlsCertificate) shown = scripted_peer_dup_client_certificate (peer);
  g_autoptr (GTlsCertificate) expected
      = pem != NULL ? g_tls_certificate_new_from_pem (pem, -1, NULL) : NULL;

  g_assert_true ((shown != NULL) == (expected != NULL));
  g_assert_true (expected == NULL || g_tls_certificate_is_same (shown, expected));
  return TRUE;
}

#define ASKING(pem)                                                                                \
  RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("xmpp-tls'/>"), SEND (SAY_PROCEED),        \
      START_TLS_ASKING, CALL (script_shown, (gpointer) pem), RUN (script_sign_in), SERVE, END

/* The client's certificate is that of the connection: what changes while a session stands is shown by the next
 * one. */
static void
test_next_tls_certificate (void)
{
  static const ScriptStep first[] = { ASKING (TEST_CLIENT) };
  static const ScriptStep second[] = { ASKING (TEST_OTHER) };
  static const ScriptStep third[] = { ASKING (NULL) };
  static const ScriptStep *const scripts[] = { first, second, third, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);
  g_autoptr (GTlsCertificate) client = g_tls_certificate_new_from_pem (TEST_CLIENT TEST_KEY, -1, NULL);
  g_autoptr (GTlsCertificate) other = g_tls_certificate_new_from_pem (TEST_OTHER TEST_KEY, -1, NULL);
  GTlsCertificate *const next[] = { client, other, NULL };

  hs_client_set_tls_certificate (test->client, client);
  for (guint i = 0; i < G_N_ELEMENTS (next); i++)
    {
      test_client_start_until_ready (test);
      hs_client_set_tls_certificate (test->client, i + 1 < G_N_ELEMENTS (next) ? next[i + 1] : client);
      test_client_say (test, "<message/>");
      g_assert_cmpuint (test->n_disconnected, ==, i);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
}

/* Asks for as many iterations as are allowed by default (RFC 5802, 5.1). */
static gboolean
script_challenge (ScriptedPeer *peer, gpointer data)
{
  const char *taken = scripted_peer_get_taken (peer);
  const char *begin, *end;
  g_autofree char *first = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *text = NULL;
  g_autofree char *coded = NULL;
  gsize length;

  /* "<auth …>BASE64</auth>" is what was expected. */
  end = strstr (taken, "</auth");
  g_assert_nonnull (end);
  for (begin = end; begin > taken && begin[-1] != '>';)
    begin--;
  coded = g_strndup (begin, end - begin);
  first = (char *) g_base64_decode (coded, &length);
  first = g_realloc (first, length + 1);
  first[length] = 0;
  g_assert_nonnull (strstr (first, "r="));
  challenge = g_strdup_printf ("r=%sxyz,s=c2FsdHNhbHQ=,i=4096", strstr (first, "r=") + 2);
  g_free (coded);
  coded = g_base64_encode ((guchar *) challenge, strlen (challenge));
  text = g_strdup_printf ("<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</challenge>", coded);
  return scripted_peer_send (peer, text, -1);
}

/* The least count of iterations is that of the sign-in: the session that stands is not touched, and the next server
 * that asks for fewer gets no answer. */
static void
test_next_iterations (void)
{
  static const ScriptStep challenges[] = { RUN (script_header), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-1")),
                                           EXPECT ("</auth>"), CALL (script_challenge, NULL), READ_END, END };
  static const ScriptStep *const scripts[] = { first_session, challenges, challenges, NULL };
  static const char *const mechanisms[] = { "PLAIN", "SCRAM-SHA-1", NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_NONE);
  g_autofree char *sent G_GNUC_UNUSED = NULL;

  scripted_server_forgive (test->server);
  hs_client_set_sasl_mechanisms (test->client, mechanisms);
  test_client_start_until_ready (test);
  test_client_stop (test);

  hs_client_start (test->client);
  test_client_await_sent (test, "<response");
  hs_client_set_min_iterations (test->client, 4097);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);

  test->n_terminated = 0;
  hs_client_start (test->client);
  test_client_wait_terminated (test);
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
}

/* What is sent is measured with the limit as it is. */
static void
test_depth_sent (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (GError) error = NULL;

  test_client_start_until_ready (test);
  hs_client_set_max_depth (test->client, 2);
  g_assert_true (hs_client_send_raw_stanza (test->client, "<message><a/></message>", NULL));
  g_assert_false (hs_client_send_raw_stanza (test->client, "<message><a><b/></a></message>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  test_client_stop (test);
}

static void
requested_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (source), result, error);

  g_assert_null (iq);
}

/* Of a request that is sent from then on. */
static void
test_request_timeout (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsElement) before = HS_ELEMENT (hs_iq_new ("get", NULL, NULL));
  g_autoptr (HsElement) after = HS_ELEMENT (hs_iq_new ("get", NULL, NULL));
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;

  test_client_leap (test);
  test_client_start_until_ready (test);
  hs_client_request_async (test->client, before, -1, NULL, requested_cb, &first);
  hs_client_set_request_timeout (test->client, 50);
  hs_client_request_async (test->client, after, -1, NULL, requested_cb, &second);
  test_until (second != NULL);
  g_assert_error (second, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_no_error (first);
  test_client_stop (test);
  g_assert_error (first, HS_ERROR, HS_ERROR_SESSION_LOST);
}

/* At once: the session that stands was begun with another value. */
static void
test_auto_reconnect (void)
{
  static const ScriptStep cut[] = { RUN (script_sign_in), GATE, CLOSE, END };
  g_autoptr (TestClient) test = test_client_new_for (cut, HS_TLS_MODE_NONE);

  hs_client_set_auto_reconnect (test->client, TRUE);
  test_client_start_until_ready (test);
  hs_client_set_auto_reconnect (test->client, FALSE);
  scripted_server_open_gate (test->server);
  test_client_wait_terminated (test);
  g_assert_cmpuint (test->n_ready, ==, 1);
  g_assert_cmpint (test->retry, ==, -1);
}

static void
test_keepalive (guint before)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  hs_client_set_keepalive_interval (test->client, before);
  test_client_start_until_ready (test);
  scripted_server_forget_received (test->server);
  hs_client_set_keepalive_interval (test->client, 50);
  test_client_await_sent (test, "urn:xmpp:ping");
  scripted_server_forgive (test->server);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);
}

static void
test_keepalive_shorter (void)
{
  test_keepalive (600000);
}

static void
test_keepalive_on (void)
{
  test_keepalive (0);
}

static void
test_keepalive_off (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  test_client_leap (test);
  hs_client_set_keepalive_interval (test->client, 100);
  test_client_start_until_ready (test);
  hs_client_set_keepalive_interval (test->client, 0);
  scripted_server_forget_received (test->server);
  test_spin (400);
  g_assert_false (scripted_server_has_received (test->server, "urn:xmpp:ping"));
  test_client_stop (test);
}

/* For the stages that begin from then on. */
static void
test_connect_timeout (void)
{
  static const ScriptStep silent[] = { RUN (script_sign_in), GATE, CLOSE, END };
  static const ScriptStep deaf[] = { HOLD, END };
  static const ScriptStep *const scripts[] = { silent, deaf, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_NONE);

  test_client_leap (test);
  hs_client_set_auto_reconnect (test->client, TRUE);
  test_client_start_until_ready (test);
  hs_client_set_connect_timeout (test->client, 100);
  scripted_server_open_gate (test->server);
  test_until (test->loss != NULL && g_error_matches (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT));
  scripted_server_forgive (test->server);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/settings/ranges", test_ranges);
  g_test_add_func ("/client/settings/largest", test_largest);
  g_test_add_func ("/client/settings/next", test_next);
  for (guint i = 0; i < G_N_ELEMENTS (next_changes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/settings/next/%s", next_changes[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_next_of);
    }
  for (guint i = 0; i < G_N_ELEMENTS (next_words); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/settings/next/%s", next_words[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_next_word);
    }
  g_test_add_func ("/client/settings/next/tls-certificate", test_next_tls_certificate);
  g_test_add_func ("/client/settings/next/min-iterations", test_next_iterations);
  g_test_add_func ("/client/settings/depth-sent", test_depth_sent);
  g_test_add_func ("/client/settings/request-timeout", test_request_timeout);
  g_test_add_func ("/client/settings/auto-reconnect", test_auto_reconnect);
  g_test_add_func ("/client/settings/keepalive-shorter", test_keepalive_shorter);
  g_test_add_func ("/client/settings/keepalive-on", test_keepalive_on);
  g_test_add_func ("/client/settings/keepalive-off", test_keepalive_off);
  g_test_add_func ("/client/settings/connect-timeout", test_connect_timeout);
  return g_test_run ();
}
