/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* No server can keep a client waiting: each stage has its time, and its own words when it is over. */

/* In milliseconds. */
#define LIMIT (g_getenv ("HS_TEST_VALGRIND") != NULL ? 3000u : 150u)

#define FEATURES_WITH_SESSION                                                                      \
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"                              \
  "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></stream:features>"

static const ScriptStep no_header[] = { READ_END, END };
static const ScriptStep no_features[] = { RUN (script_header), READ_END, END };
static const ScriptStep no_proceed[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), READ_END, END };
static const ScriptStep no_handshake[] = { RUN (script_header), SEND (SAY_FEATURES_TLS),
                                           EXPECT ("<starttls"), SEND (SAY_PROCEED), HOLD, END };
static const ScriptStep hold[] = { HOLD, END };
static const ScriptStep no_header_tls[] = { RUN (script_starttls), READ_END, END };
static const ScriptStep no_success[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), READ_END, END };
static const ScriptStep no_second_header[]
    = { RUN (script_header), RUN (script_plain), READ_END, END };
static const ScriptStep no_second_features[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), READ_END, END };
static const ScriptStep no_bound[] = { RUN (no_second_features), END };
static const ScriptStep no_bind_answer[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND),
        EXPECT ("</iq>"), READ_END, END };
static const ScriptStep no_session[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (FEATURES_WITH_SESSION),
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<session"), READ_END, END };
/* Bytes that come one by one are no progress. */
static const ScriptStep dripping_header[]
    = { EXPECT ("<stream:stream"), DRIP (SAY_HEADER, 100), READ_END, END };
static const ScriptStep dripping_features[]
    = { RUN (script_header), DRIP (SAY_FEATURES_SASL ("PLAIN"), 100), READ_END, END };
static const ScriptStep dripping_success[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"),
        DRIP (SAY_SUCCESS, 100), READ_END, END };
static const ScriptStep dripping_bound[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND),
        EXPECT ("</iq>"), DRIP (SAY_BOUND, 100), READ_END, END };
/* Nor are stanzas that answer nothing. */
static gboolean
chatter (ScriptedPeer *peer, gpointer data)
{
  scripted_peer_send (peer, "<iq type='result' id='not-yours'/>", -1);
  for (guint i = 0; i < 400; i++)
    {
      g_usleep (20 * 1000);
      if (!scripted_peer_send (peer, "<iq type='result' id='not-yours'/> ", -1))
        return FALSE;
    }
  return TRUE;
}

static const ScriptStep chattering[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND),
        EXPECT ("</iq>"), CALL (chatter, NULL), END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
  const char *message;
  gboolean says_why; /* with a stream error of our own */
} Stage;

static const Stage stages[] = {
  { "header", no_header, HS_TLS_MODE_NONE, "header", TRUE },
  { "features", no_features, HS_TLS_MODE_NONE, "features", TRUE },
  { "proceed", no_proceed, HS_TLS_MODE_STARTTLS, "leave to start TLS", TRUE },
  { "handshake", no_handshake, HS_TLS_MODE_STARTTLS, "TLS", FALSE },
  { "direct-handshake", hold, HS_TLS_MODE_DIRECT, "TLS", FALSE },
  { "header-tls", no_header_tls, HS_TLS_MODE_STARTTLS, "header", TRUE },
  { "success", no_success, HS_TLS_MODE_NONE, "sign-in", TRUE },
  { "second-header", no_second_header, HS_TLS_MODE_NONE, "header", TRUE },
  { "second-features", no_bound, HS_TLS_MODE_NONE, "features", TRUE },
  { "bind", no_bind_answer, HS_TLS_MODE_NONE, "address that it binds", TRUE },
  { "session", no_session, HS_TLS_MODE_NONE, "start of the session", TRUE },
  { "dripping-header", dripping_header, HS_TLS_MODE_NONE, "header", TRUE },
  { "dripping-features", dripping_features, HS_TLS_MODE_NONE, "features", TRUE },
  { "dripping-success", dripping_success, HS_TLS_MODE_NONE, "sign-in", TRUE },
  { "dripping-bound", dripping_bound, HS_TLS_MODE_NONE, "address that it binds", TRUE },
  { "chattering", chattering, HS_TLS_MODE_NONE, "address that it binds", TRUE },
};

/* Whether it came to the stage that has no end. Where the machine is busy, another one may last too
 * long before. */
static gboolean
try_stage (const Stage *stage, guint limit)
{
  g_autoptr (TestClient) test = test_client_new_for (stage->script, stage->mode);
  gint64 start;
  gint64 lasted;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", limit, "auto-reconnect", TRUE, NULL);
  start = g_get_monotonic_time ();
  test_client_run (test);
  lasted = (g_get_monotonic_time () - start) / 1000;
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, "example.org"));
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  g_assert_cmpint (lasted, >=, limit);
  if (strstr (test->error->message, stage->message) == NULL)
    return FALSE;
  /* Each stage may have as much; valgrind is slow. */
  g_assert_cmpint (lasted, <, 20 * limit);
  if (stage->says_why)
    test_client_await_sent (test, "<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
                                  "/></stream:error></stream:stream>");
  return TRUE;
}

static void
test_stage (gconstpointer data)
{
  const Stage *stage = data;
  guint limit = LIMIT;

  for (guint i = 0; !try_stage (stage, limit); i++)
    {
      g_assert_cmpuint (i, <, 4);
      limit *= 2;
    }
}

/* A slow server is not a silent one. */
static void
test_slow (void)
{
  static const ScriptStep slow[]
      = { SLEEP (150), RUN (script_header), SLEEP (150), SEND (SAY_FEATURES_SASL ("PLAIN")),
          EXPECT ("</auth>"), SLEEP (400), SEND (SAY_SUCCESS), SLEEP (150), RUN (script_header),
          SLEEP (150), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"), SLEEP (300), SEND (SAY_BOUND),
          SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (slow, HS_TLS_MODE_NONE);

  g_object_set (test->client, "connect-timeout", 1000, NULL);
  test_client_start_until_ready (test);
  /* And once it is ready, nothing is in a hurry. */
  test_spin (1100);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  test_client_stop (test);
}

/* The stages of a connection that is made anew have theirs as well, and are tried again. */
static void
test_again (void)
{
  static const ScriptStep vanish[] = { RUN (script_sign_in), CLOSE, END };
  static const ScriptStep *const scripts[] = { vanish, no_features, script_session, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_NONE);

  g_object_set (test->client, "connect-timeout", LIMIT, "auto-reconnect", TRUE, NULL);
  hs_client_start (test->client);
  test_until (test->n_disconnected == 2);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (test->retry, >=, 0);
  test_until (test->n_ready == 2);
  test_client_stop (test);
}

/* ---- Silence ---- */

static const ScriptStep silent[] = { RUN (script_sign_in), EXPECT ("urn:xmpp:ping"), READ_END, END };

static void
test_no_sign_of_life (void)
{
  g_autoptr (TestClient) test = test_client_new_for (silent, HS_TLS_MODE_NONE);

  g_object_set (test->client, "connect-timeout", 300, "keepalive-interval", 100, NULL);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpuint (test->n_ready, ==, 1);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, 1);
}

static gboolean
answer_pings (ScriptedPeer *peer, gpointer data)
{
  /* Any answer will do; the last time, a single space. */
  for (guint i = 0; i < 3; i++)
    {
      if (!scripted_peer_expect (peer, "urn:xmpp:ping") ||
          !scripted_peer_send (peer, i == 2 ? " " : "<presence/>", -1))
        return FALSE;
    }
  return TRUE;
}

static void
test_signs_of_life (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (answer_pings, NULL), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);

  g_object_set (test->client, "connect-timeout", 300, "keepalive-interval", 50, NULL);
  test_client_start_until_ready (test);
  test_until (test->n_terminated > 0 ||
              scripted_server_count_received (test->server, "urn:xmpp:ping") >= 4);
  test_client_stop (test);
  g_assert_no_error (test->error);
}

static void
test_no_keepalive (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  g_object_set (test->client, "connect-timeout", 50, "keepalive-interval", 0, NULL);
  test_client_start_until_ready (test);
  test_spin (200);
  g_assert_false (scripted_server_has_received (test->server, "urn:xmpp:ping"));
  g_object_set (test->client, "connect-timeout", 5000, NULL);
  test_client_stop (test);
  g_assert_no_error (test->error);
}

/* ---- A peer whose system takes nothing more ---- */

/* The other machine has no room for more, and it stays so: that is noticed long before the client would ask for a
 * sign of life. */
static void
test_takes_nothing (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), HOLD, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *xml = g_strdup_printf ("<message><body>%s</body></message>", text);

  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", g_getenv ("HS_TEST_VALGRIND") != NULL ? 20000 : 2000,
                "keepalive-interval", 3600 * 1000, NULL);
  test_client_start_until_ready (test);
  for (guint i = 0; i < 200; i++)
    g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
  test_client_wait_terminated (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, "takes nothing of what it is sent"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/deadlines/%s", stages[i].name);

      g_test_add_data_func (path, &stages[i], test_stage);
    }
  g_test_add_func ("/client/deadlines/slow", test_slow);
  g_test_add_func ("/client/deadlines/again", test_again);
  g_test_add_func ("/client/deadlines/no-sign-of-life", test_no_sign_of_life);
  g_test_add_func ("/client/deadlines/signs-of-life", test_signs_of_life);
  g_test_add_func ("/client/deadlines/no-keepalive", test_no_keepalive);
  g_test_add_func ("/client/deadlines/takes-nothing", test_takes_nothing);
  return g_test_run ();
}
