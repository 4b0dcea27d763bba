/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "hs-client-private.h"
#include "memory-server.h"

/* What a client does when time passes, on a clock that stands: timeouts to the millisecond, slow lines and hours of
 * silence, in no time and on a machine however busy. TLS, the kernel's buffers and the DNS have their own tests with
 * sockets: client-deadlines, client-liveness, client-retry. */

#define LIMIT 1000u


typedef struct
{
  TestClient *test;
  MemoryServer *server;
} Fixture;

static void
set_up (Fixture *f, const ScriptStep *const *scripts)
{
  static const char *const plain[] = { "PLAIN", NULL };
  HsClient *client = hs_client_new ("user@example.org", "secret");

  g_object_set (client, "sasl-mechanisms", plain, "initial-presence", NULL, "initial-roster", FALSE, "auto-reconnect",
                TRUE, NULL);
  f->test = test_client_new_alone (client);
  f->server = memory_server_new (client, scripts);
}

static void
set_up_for (Fixture *f, const ScriptStep *script)
{
  /* The server reads it for as long as it lives. */
  static const ScriptStep *scripts[2];

  scripts[0] = script;
  set_up (f, scripts);
}

static void
tear_down (Fixture *f)
{
  if (f->test->n_terminated == 0 || hs_client_get_state (f->test->client) != HS_CLIENT_STATE_DISCONNECTED)
    {
      guint n = f->test->n_terminated;

      hs_client_stop (f->test->client);
      memory_until (f->server, f->test->n_terminated > n);
    }
  memory_server_free (f->server);
  test_client_free (f->test);
}

static void
start_until_ready (Fixture *f)
{
  hs_client_start (f->test->client);
  memory_until (f->server, f->test->n_ready > 0 || f->test->n_terminated > 0);
  g_assert_no_error (f->test->error);
}

/* ---- Each stage has its time ---- */

static const ScriptStep no_header[] = { READ_END, END };
static const ScriptStep no_features[] = { RUN (script_header), READ_END, END };
static const ScriptStep no_success[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), READ_END, END };
static const ScriptStep no_second_header[] = { RUN (script_header), RUN (script_plain), READ_END, END };
static const ScriptStep no_second_features[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), READ_END, END };
static const ScriptStep no_bind_answer[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"),
        READ_END, END };
static const ScriptStep no_session[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_SESSION), EXPECT ("</iq>"),
        SEND (SAY_BOUND), EXPECT ("<session"), READ_END, END };
/* Bytes that come one by one are no progress. */
static const ScriptStep dripping_header[] = { EXPECT ("<stream:stream"), DRIP (SAY_HEADER, 100), READ_END, END };
static const ScriptStep dripping_features[]
    = { RUN (script_header), DRIP (SAY_FEATURES_SASL ("PLAIN"), 100), READ_END, END };
static const ScriptStep dripping_success[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), DRIP (SAY_SUCCESS, 100), READ_END,
        END };
static const ScriptStep dripping_bound[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"),
        DRIP (SAY_BOUND, 100), READ_END, END };
/* Nor are stanzas that answer nothing. */
#define CHATTER SEND ("<iq type='result' id='not-yours'/>"), SLEEP (50)
#define CHATTER_10 CHATTER, CHATTER, CHATTER, CHATTER, CHATTER, CHATTER, CHATTER, CHATTER, CHATTER, CHATTER
static const ScriptStep chattering[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"),
        CHATTER_10, CHATTER_10, CHATTER_10, READ_END, END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  const char *message;
} Stage;

static const Stage stages[] = {
  { "header", no_header, "header" },
  { "features", no_features, "features" },
  { "success", no_success, "sign-in" },
  { "second-header", no_second_header, "header" },
  { "second-features", no_second_features, "features" },
  { "bind", no_bind_answer, "address that it binds" },
  { "session", no_session, "start of the session" },
  { "dripping-header", dripping_header, "header" },
  { "dripping-features", dripping_features, "features" },
  { "dripping-success", dripping_success, "sign-in" },
  { "dripping-bound", dripping_bound, "address that it binds" },
  { "chattering", chattering, "address that it binds" },
};

/* No server can keep a client waiting: not by a millisecond. */
static void
test_stage (gconstpointer data)
{
  const Stage *stage = data;
  Fixture f;

  set_up_for (&f, stage->script);
  g_object_set (f.test->client, "connect-timeout", LIMIT, NULL);
  hs_client_start (f.test->client);
  memory_until (f.server, f.test->n_terminated > 0);
  /* What was pipelined may be the cause: the client connects once more, without. */
  g_assert_cmpuint (memory_server_get_n_connections (f.server), <=, 2);
  g_assert_cmpint (memory_server_get_time (f.server), ==, LIMIT * memory_server_get_n_connections (f.server));
  g_assert_error (f.test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (f.test->error->message, stage->message));
  g_assert_nonnull (strstr (f.test->error->message, "example.org"));
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_suffix (f.test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  g_assert_cmpuint (f.test->n_ready, ==, 0);
  g_assert_nonnull (strstr (memory_server_get_received (f.server),
                            "<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
                            "/></stream:error></stream:stream>"));
  tear_down (&f);
}

/* A slow server is not a silent one. */
static void
test_slow (void)
{
  static const ScriptStep slow[]
      = { SLEEP (900), RUN (script_header), SLEEP (90), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"),
          SLEEP (999), SEND (SAY_SUCCESS), SLEEP (300), RUN (script_header), SLEEP (99), SEND (SAY_FEATURES_BIND),
          EXPECT ("</iq>"), SLEEP (600), SEND (SAY_BOUND), ANSWER ("urn:xmpp:ping"), END };
  Fixture f;

  set_up_for (&f, slow);
  g_object_set (f.test->client, "connect-timeout", LIMIT, NULL);
  start_until_ready (&f);
  g_assert_cmpint (memory_server_get_time (f.server), ==, 900 + 90 + 999 + 300 + 99 + 600);
  /* And once it is ready, nothing is in a hurry. */
  memory_server_advance (f.server, 3600 * 1000);
  g_assert_cmpint (hs_client_get_state (f.test->client), ==, HS_CLIENT_STATE_READY);
  g_assert_cmpuint (memory_server_get_n_connections (f.server), ==, 1);
  tear_down (&f);
}

/* The stages of a connection that is made anew have theirs as well, and are tried again. */
static void
test_again (void)
{
  static const ScriptStep vanish[] = { RUN (script_sign_in), CLOSE, END };
  static const ScriptStep *const scripts[] = { vanish, no_features, script_session, NULL };
  Fixture f;

  set_up (&f, scripts);
  g_object_set (f.test->client, "connect-timeout", LIMIT, NULL);
  hs_client_start (f.test->client);
  memory_until (f.server, f.test->n_disconnected == 2);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (f.test->retry, >=, 0);
  memory_until (f.server, f.test->n_ready == 2);
  tear_down (&f);
}

/* ---- Silence ---- */

static const ScriptStep silent[] = { RUN (script_sign_in), EXPECT ("urn:xmpp:ping"), READ_END, END };

static void
test_no_sign_of_life (void)
{
  Fixture f;
  gint64 lasted;

  set_up_for (&f, silent);
  g_object_set (f.test->client, "connect-timeout", 3000, "keepalive-interval", 60000, "auto-reconnect", FALSE, NULL);
  start_until_ready (&f);
  lasted = -memory_server_get_time (f.server);
  memory_until (f.server, f.test->n_terminated > 0);
  g_assert_error (f.test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  /* HsLiveness looks eight times in that time. */
  lasted += memory_server_get_time (f.server);
  g_assert_cmpint (lasted, >=, 63000);
  g_assert_cmpint (lasted, <=, 63000 + 3000 / 8);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), ==, 1);
  tear_down (&f);
}

static void
test_signs_of_life (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };
  Fixture f;

  set_up_for (&f, script);
  start_until_ready (&f);
  memory_server_advance (f.server, 3600 * 1000);
  g_assert_cmpint (hs_client_get_state (f.test->client), ==, HS_CLIENT_STATE_READY);
  /* Each fifty seconds. */
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), ==, 72);
  g_assert_cmpuint (f.test->n_disconnected, ==, 0);
  tear_down (&f);
}

static void
test_no_keepalive (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  Fixture f;

  set_up_for (&f, script);
  g_object_set (f.test->client, "keepalive-interval", 0, NULL);
  start_until_ready (&f);
  memory_server_advance (f.server, 12 * 3600 * 1000);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), ==, 0);
  g_assert_cmpint (hs_client_get_state (f.test->client), ==, HS_CLIENT_STATE_READY);
  tear_down (&f);
}

static void
test_inactive (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };
  Fixture f;
  guint n;

  set_up_for (&f, script);
  start_until_ready (&f);
  hs_client_set_active (f.test->client, FALSE);
  g_object_set (f.test->client, "keepalive-interval", 500, NULL);
  memory_server_advance (f.server, 1999);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), ==, 0);
  hs_client_set_active (f.test->client, TRUE);
  memory_server_advance (f.server, 500);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), >, 0);
  /* Never, and at once again. */
  g_object_set (f.test->client, "keepalive-interval", 0u, NULL);
  n = memory_server_count (f.server, "urn:xmpp:ping");
  memory_server_advance (f.server, 3600 * 1000);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), ==, n);
  g_object_set (f.test->client, "keepalive-interval", 100, NULL);
  memory_server_advance (f.server, 100);
  g_assert_cmpuint (memory_server_count (f.server, "urn:xmpp:ping"), >, n);
  tear_down (&f);
}

/* ---- Lines that are slow, or dead ---- */

static const ScriptStep bind_managed[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"),
        SEND (SAY_BOUND), EXPECT ("<enable"), SEND ("<enabled xmlns='urn:xmpp:sm:3'/>"), END };
static const ScriptStep answers_pings[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };
static const ScriptStep answers_requests[] = { RUN (bind_managed), ANSWER ("<r "), END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  guint bytes;
  guint rate;
  guint interval;
  guint timeout;
} Line;

static const Line lines[] = {
  { "ping", answers_pings, 100000, 20000, 300, 2000 },
  { "acknowledgement", answers_requests, 100000, 20000, 300, 2000 },
  { "slower", answers_pings, 24000, 4000, 500, 2500 },
  { "slower-acknowledgement", answers_requests, 24000, 4000, 500, 2500 },
  { "ten-minutes", answers_requests, 120000, 200, 50000, 30000 },
};

static void
send_much (Fixture *f, guint bytes)
{
  g_autofree char *text = g_strnfill (bytes, 'x');
  g_autofree char *xml = g_strdup_printf ("<message to='a@b'><body>%s</body><end/></message>", text);

  g_assert_true (hs_client_send_raw_stanza (f->test->client, xml, NULL));
}

static void
set_up_line (Fixture *f, const Line *line)
{
  set_up_for (f, line->script);
  g_object_set (f->test->client, "keepalive-interval", line->interval, "connect-timeout", line->timeout, NULL);
  start_until_ready (f);
  memory_server_set_rate (f->server, line->rate);
  send_much (f, line->bytes);
}

static void
test_slow_uplink (gconstpointer data)
{
  const Line *line = data;
  Fixture f;

  set_up_line (&f, line);
  memory_until (f.server, f.test->n_disconnected > 0 || memory_server_count (f.server, "<end/>") > 0);
  g_assert_no_error (f.test->loss);
  g_assert_cmpint (memory_server_get_time (f.server), >=, line->bytes * (guint64) 1000 / line->rate);
  /* And it goes on. */
  memory_server_set_rate (f.server, 1000000);
  memory_server_advance (f.server, line->timeout / 2);
  g_assert_no_error (f.test->loss);
  g_assert_cmpuint (memory_server_get_n_connections (f.server), ==, 1);
  tear_down (&f);
}

/* The same line, which dies: that is noticed as soon as if nothing had been sent. */
static void
test_dead_uplink (gconstpointer data)
{
  const Line *line = data;
  Fixture f;
  gint64 begin;

  set_up_line (&f, line);
  memory_server_advance (f.server, 1000);
  memory_server_set_rate (f.server, 0);
  begin = memory_server_get_time (f.server);
  memory_until (f.server, f.test->n_disconnected > 0);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (memory_server_get_time (f.server) - begin, <=, line->interval + 2 * line->timeout);
  tear_down (&f);
}

/* The other machine has no room for more, and it stays so: that is noticed long before the client would ask for a
 * sign of life. */
static void
test_takes_nothing (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), HOLD, END };
  Fixture f;

  set_up_for (&f, script);
  g_object_set (f.test->client, "connect-timeout", 2000, "keepalive-interval", 3600 * 1000, NULL);
  start_until_ready (&f);
  memory_server_set_rate (f.server, 0);
  send_much (&f, 100000);
  memory_until (f.server, f.test->n_disconnected > 0);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (f.test->loss->message, "takes nothing of what it is sent"));
  g_assert_cmpint (memory_server_get_time (f.server), <=, 4000);
  tear_down (&f);
}

/* A server that speaks, and does not acknowledge. */
static void
test_stalled (void)
{
  static const ScriptStep talks[] = { RUN (bind_managed), SERVE, END };
  static const ScriptStep *const scripts[] = { talks, script_session, NULL };
  Fixture f;

  set_up (&f, scripts);
  g_object_set (f.test->client, "keepalive-interval", 100, "connect-timeout", 2000, NULL);
  start_until_ready (&f);
  for (guint i = 0; i < 600; i++)
    hs_client_send_raw_stanza (f.test->client, "<message/>", NULL);
  while (f.test->n_disconnected == 0)
    {
      memory_server_say (f.server, " ");
      memory_server_advance (f.server, 20);
      g_assert_cmpint (memory_server_get_time (f.server), <, 60000);
    }
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  memory_until (f.server, f.test->n_ready == 2);
  tear_down (&f);
}

/* ---- Sleep ---- */

/* The connection went while the machine slept, and nobody said so: the client asks at once. */
static void
test_woken (void)
{
  static const ScriptStep *const scripts[] = { silent, script_session, NULL };
  Fixture f;
  gint64 begin;

  set_up (&f, scripts);
  g_object_set (f.test->client, "connect-timeout", 1000, NULL);
  start_until_ready (&f);
  memory_server_advance (f.server, 100);
  begin = memory_server_get_time (f.server);
  hs_loop_wake_up (hs_run_loop_get (&hs_client_private (f.test->client)->loop), 3600 * (gint64) G_USEC_PER_SEC);
  memory_until (f.server, f.test->n_disconnected == 1);
  g_assert_cmpint (memory_server_get_time (f.server) - begin, <=, 1000 + 1000 / 8);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  memory_until (f.server, f.test->n_ready == 2);
  tear_down (&f);
}

/* ---- Backoff ---- */

static guint
longest (guint bound)
{
  return bound;
}

/* Each wait is twice as long as the one before, up to five minutes. */
static void
test_backoff (void)
{
  static const ScriptStep refuses[] = { RUN (script_header), RESET, END };
  static const ScriptStep vanish[] = { RUN (script_sign_in), RESET, END };
  static const ScriptStep *const scripts[] = { vanish, refuses, NULL };
  static const int expected[] = { 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000 };
  Fixture f;

  set_up (&f, scripts);
  hs_client_private (f.test->client)->reconnector.policy.random = longest;
  hs_client_start (f.test->client);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      memory_until (f.server, f.test->n_disconnected == i + 1);
      g_assert_cmpint (f.test->retry, ==, expected[i]);
    }
  g_assert_cmpint (memory_server_get_time (f.server), ==, 811000);
  tear_down (&f);
}

static void
add (const char *format, const Line *line, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/client/clock/%s/%s", format, line->name);

  g_test_add_data_func (path, line, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/clock/stage/%s", stages[i].name);

      g_test_add_data_func (path, &stages[i], test_stage);
    }
  g_test_add_func ("/client/clock/slow", test_slow);
  g_test_add_func ("/client/clock/again", test_again);
  g_test_add_func ("/client/clock/no-sign-of-life", test_no_sign_of_life);
  g_test_add_func ("/client/clock/signs-of-life", test_signs_of_life);
  g_test_add_func ("/client/clock/no-keepalive", test_no_keepalive);
  g_test_add_func ("/client/clock/inactive", test_inactive);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      add ("line/slow", &lines[i], test_slow_uplink);
      add ("line/dead", &lines[i], test_dead_uplink);
    }
  g_test_add_func ("/client/clock/takes-nothing", test_takes_nothing);
  g_test_add_func ("/client/clock/stalled", test_stalled);
  g_test_add_func ("/client/clock/woken", test_woken);
  g_test_add_func ("/client/clock/backoff", test_backoff);
  return g_test_run ();
}
