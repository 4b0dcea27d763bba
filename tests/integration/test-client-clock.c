/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "client/hs-client-seam.h"
#include "client/hs-feature.h"
#include "net/hs-loop.h"

/* What a client does when time passes, on a clock that stands: timeouts to the millisecond, slow lines and hours of
 * silence, in no time and on a machine however busy. TLS, the kernel's buffers and the DNS have their own tests with
 * sockets: client-deadlines, client-liveness, client-retry. */

#define LIMIT 1000u

static TestClient *
set_up (const ScriptStep *const *scripts)
{
  TestClient *test = test_client_new (scripts, HS_TLS_MODE_NONE);

  virtual_clock_stand (TRUE);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  return test;
}

static TestClient *
set_up_for (const ScriptStep *script)
{
  /* The server reads it for as long as it lives. */
  static const ScriptStep *scripts[2];

  scripts[0] = script;
  return set_up (scripts);
}

static void
tear_down (TestClient *test)
{
  if (hs_client_get_state (test->client) != HS_CLIENT_STATE_DISCONNECTED)
    test_client_stop (test);
  test_client_free (test);
  virtual_clock_release ();
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
  TestClient *test;

  test = set_up_for (stage->script);
  g_object_set (test->client, "connect-timeout", LIMIT, NULL);
  hs_client_start (test->client);
  test_until (test->n_terminated > 0);
  /* What was pipelined may be the cause: the client connects once more, without. */
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), <=, 2);
  g_assert_cmpint (virtual_clock_get_time (), ==, LIMIT * scripted_server_get_n_connections (test->server));
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, stage->message));
  g_assert_nonnull (strstr (test->error->message, "example.org"));
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  test_client_await_sent (test, "<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
                                "/></stream:error></stream:stream>");
  tear_down (test);
}

/* A slow server is not a silent one. */
static void
test_slow (void)
{
  static const ScriptStep slow[]
      = { SLEEP (900), RUN (script_header), SLEEP (90), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"),
          SLEEP (999), SEND (SAY_SUCCESS), SLEEP (300), RUN (script_header), SLEEP (99), SEND (SAY_FEATURES_BIND),
          EXPECT ("</iq>"), SLEEP (600), SEND (SAY_BOUND), ANSWER ("urn:xmpp:ping"), END };
  TestClient *test;

  test = set_up_for (slow);
  g_object_set (test->client, "connect-timeout", LIMIT, NULL);
  test_client_start_until_ready (test);
  g_assert_cmpint (virtual_clock_get_time (), ==, 900 + 90 + 999 + 300 + 99 + 600);
  /* And once it is ready, nothing is in a hurry. */
  virtual_clock_advance (3600 * 1000);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  tear_down (test);
}

/* The stages of a connection that is made anew have theirs as well, and are tried again. */
static void
test_again (void)
{
  static const ScriptStep vanish[] = { RUN (script_sign_in), CLOSE, END };
  static const ScriptStep *const scripts[] = { vanish, no_features, script_session, NULL };
  TestClient *test;

  test = set_up (scripts);
  g_object_set (test->client, "connect-timeout", LIMIT, NULL);
  hs_client_start (test->client);
  test_until (test->n_disconnected == 2);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (test->retry, >=, 0);
  test_until (test->n_ready == 2);
  tear_down (test);
}

/* ---- Silence ---- */

static const ScriptStep silent[] = { RUN (script_sign_in), EXPECT ("urn:xmpp:ping"), READ_END, END };

static void
test_no_sign_of_life (void)
{
  TestClient *test;
  gint64 lasted;

  test = set_up_for (silent);
  g_object_set (test->client, "connect-timeout", 3000, "keepalive-interval", 60000, "auto-reconnect", FALSE, NULL);
  test_client_start_until_ready (test);
  lasted = -virtual_clock_get_time ();
  test_until (test->n_terminated > 0);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  /* HsLiveness looks eight times in that time. */
  lasted += virtual_clock_get_time ();
  g_assert_cmpint (lasted, >=, 63000);
  g_assert_cmpint (lasted, <=, 63000 + 3000 / 8);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, 1);
  tear_down (test);
}

static void
test_signs_of_life (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };
  TestClient *test;

  test = set_up_for (script);
  test_client_start_until_ready (test);
  virtual_clock_advance (3600 * 1000);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  /* Each fifty seconds. */
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, 72);
  g_assert_cmpuint (test->n_disconnected, ==, 0);
  tear_down (test);
}

static void
test_no_keepalive (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  TestClient *test;

  test = set_up_for (script);
  g_object_set (test->client, "keepalive-interval", 0, NULL);
  test_client_start_until_ready (test);
  virtual_clock_advance (12 * 3600 * 1000);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, 0);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  tear_down (test);
}

static void
test_inactive (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };
  TestClient *test;
  guint n;

  test = set_up_for (script);
  test_client_start_until_ready (test);
  hs_client_set_active (test->client, FALSE);
  g_object_set (test->client, "keepalive-interval", 500, NULL);
  virtual_clock_advance (1999);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, 0);
  hs_client_set_active (test->client, TRUE);
  virtual_clock_advance (500);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), >, 0);
  /* Never, and at once again. */
  g_object_set (test->client, "keepalive-interval", 0u, NULL);
  n = scripted_server_count_received (test->server, "urn:xmpp:ping");
  virtual_clock_advance (3600 * 1000);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), ==, n);
  g_object_set (test->client, "keepalive-interval", 100, NULL);
  virtual_clock_advance (100);
  g_assert_cmpuint (scripted_server_count_received (test->server, "urn:xmpp:ping"), >, n);
  tear_down (test);
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
send_much (TestClient *test, guint bytes)
{
  g_autofree char *text = g_strnfill (bytes, 'x');
  g_autofree char *xml = g_strdup_printf ("<message to='a@b'><body>%s</body><end/></message>", text);

  g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
}

static TestClient *
set_up_line (const Line *line)
{
  TestClient *test = set_up_for (line->script);


  g_object_set (test->client, "keepalive-interval", line->interval, "connect-timeout", line->timeout, NULL);
  test_client_start_until_ready (test);
  scripted_server_set_rate (test->server, line->rate);
  send_much (test, line->bytes);
  return test;
}

static void
test_slow_uplink (gconstpointer data)
{
  const Line *line = data;
  TestClient *test;

  test = set_up_line (line);
  test_until (test->n_disconnected > 0 || scripted_server_count_received (test->server, "<end/>") > 0);
  g_assert_no_error (test->loss);
  g_assert_cmpint (virtual_clock_get_time (), >=, line->bytes * (guint64) 1000 / line->rate);
  /* And it goes on. */
  scripted_server_set_rate (test->server, 1000000);
  virtual_clock_advance (line->timeout / 2);
  g_assert_no_error (test->loss);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  tear_down (test);
}

/* The same line, which dies: that is noticed as soon as if nothing had been sent. */
static void
test_dead_uplink (gconstpointer data)
{
  const Line *line = data;
  TestClient *test;
  gint64 begin;

  test = set_up_line (line);
  virtual_clock_advance (1000);
  scripted_server_set_rate (test->server, 0);
  begin = virtual_clock_get_time ();
  test_until (test->n_disconnected > 0);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (virtual_clock_get_time () - begin, <=, line->interval + 2 * line->timeout);
  tear_down (test);
}

/* The other machine has no room for more, and it stays so: that is noticed long before the client would ask for a
 * sign of life. */
static void
test_takes_nothing (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), HOLD, END };
  TestClient *test;

  test = set_up_for (script);
  g_object_set (test->client, "connect-timeout", 2000, "keepalive-interval", 3600 * 1000, NULL);
  test_client_start_until_ready (test);
  scripted_server_set_rate (test->server, 0);
  send_much (test, 100000);
  test_until (test->n_disconnected > 0);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->loss->message, "takes nothing of what it is sent"));
  g_assert_cmpint (virtual_clock_get_time (), <=, 4000);
  tear_down (test);
}

/* A server that speaks, and does not acknowledge. */
static void
test_stalled (void)
{
  static const ScriptStep talks[] = { RUN (bind_managed), SERVE, END };
  static const ScriptStep *const scripts[] = { talks, script_session, NULL };
  TestClient *test;

  test = set_up (scripts);
  g_object_set (test->client, "keepalive-interval", 100, "connect-timeout", 2000, NULL);
  test_client_start_until_ready (test);
  for (guint i = 0; i < 600; i++)
    hs_client_send_raw_stanza (test->client, "<message/>", NULL);
  while (test->n_disconnected == 0)
    {
      scripted_server_send (test->server, " ");
      virtual_clock_advance (20);
      g_assert_cmpint (virtual_clock_get_time (), <, 60000);
    }
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  test_until (test->n_ready == 2);
  tear_down (test);
}

/* ---- Sleep ---- */

/* The connection went while the machine slept, and nobody said so: the client asks at once. */
static void
test_woken (void)
{
  static const ScriptStep *const scripts[] = { silent, script_session, NULL };
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  TestClient *test;
  gint64 begin;

  test = set_up (scripts);
  g_object_set (test->client, "connect-timeout", 1000, NULL);
  test_client_start_until_ready (test);
  virtual_clock_advance (100);
  begin = virtual_clock_get_time ();
  hs_loop_wake_up (loop, 3600 * (gint64) G_USEC_PER_SEC);
  test_until (test->n_disconnected == 1);
  g_assert_cmpint (virtual_clock_get_time () - begin, <=, 1000 + 1000 / 8);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  test_until (test->n_ready == 2);
  tear_down (test);
}

/* ---- What features wait for ---- */

typedef struct
{
  HsFeatureTimer *timer;
  guint n_calls;
} Waiting;

/* The timer may be freed by what it calls. */
static void
called_cb (gpointer waiting)
{
  Waiting *self = waiting;

  if (++self->n_calls == 2)
    g_clear_pointer (&self->timer, hs_feature_timer_free);
}

static void
test_timer (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  TestClient *test = set_up_for (script);
  gint64 day, begin;
  Waiting waiting = { NULL, 0 };

  g_assert_cmpint (ABS (hs_feature_get_time (NULL) - g_get_monotonic_time ()), <, G_USEC_PER_SEC);
  g_assert_cmpint (ABS (hs_feature_get_real_time (NULL) - g_get_real_time ()), <, G_USEC_PER_SEC);
  g_object_set (test->client, "keepalive-interval", 0, NULL);
  test_client_start_until_ready (test);
  begin = hs_feature_get_time (test->client);
  day = hs_feature_get_real_time (test->client);
  waiting.timer = hs_feature_timer_new (test->client, called_cb, &waiting);
  hs_feature_timer_set (waiting.timer, begin + 3600 * (gint64) G_USEC_PER_SEC);
  virtual_clock_advance (3599 * 1000);
  g_assert_cmpuint (waiting.n_calls, ==, 0);
  virtual_clock_advance (1000);
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  g_assert_cmpint (hs_feature_get_time (test->client) - begin, ==, 3600 * (gint64) G_USEC_PER_SEC);
  /* Both clocks of the system have gone on for as long as the test takes. */
  g_assert_cmpint (ABS (hs_feature_get_real_time (test->client) - day - 3600 * (gint64) G_USEC_PER_SEC), <, G_USEC_PER_SEC);
  /* Once for each time that is set. */
  virtual_clock_advance (3600 * 1000);
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  hs_feature_timer_set (waiting.timer, hs_feature_get_time (test->client) + 5000);
  hs_feature_timer_set (waiting.timer, 0);
  virtual_clock_advance (1000);
  g_assert_cmpuint (waiting.n_calls, ==, 1);
  hs_feature_timer_set (waiting.timer, hs_feature_get_time (test->client) + 5000);
  virtual_clock_advance (5);
  g_assert_cmpuint (waiting.n_calls, ==, 2);
  g_assert_null (waiting.timer);
  tear_down (test);
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
  TestClient *test;

  test = set_up (scripts);
  hs_client_set_random (test->client, longest);
  hs_client_start (test->client);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      test_until (test->n_disconnected == i + 1);
      g_assert_cmpint (test->retry, ==, expected[i]);
    }
  g_assert_cmpint (virtual_clock_get_time (), ==, 811000);
  tear_down (test);
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
  g_test_add_func ("/client/clock/timer", test_timer);
  g_test_add_func ("/client/clock/backoff", test_backoff);
  return g_test_run ();
}
