/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* No server can keep a client waiting: each stage has its time, and its own words when it is over. Here are the
 * stages of TLS and of the kernel, over sockets; test-client-clock.c has the others. The clock stands, and is set on
 * when the client has come to the stage. */

/* In milliseconds. Sockets and a real handshake must not take longer; they and the time of a handshake are on the
 * system's clock. */
#define LIMIT 10000u
#define HANDSHAKE_LIMIT 100u

static const ScriptStep no_proceed[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), READ_END, END };
static const ScriptStep no_handshake[] = { RUN (script_header), SEND (SAY_FEATURES_TLS),
                                           EXPECT ("<starttls"), SEND (SAY_PROCEED), READ_END, END };
static const ScriptStep no_direct_handshake[] = { READ_END, END };
static const ScriptStep no_header_tls[] = { RUN (script_starttls), READ_END, END };

/* The start of a handshake, as it begins on the wire. */
#define HELLO "\x16\x03\x01"

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
  const char *sent; /* last, */
  guint n;          /* how often */
  guint limit;
  const char *message;
  gboolean says_why; /* with a stream error of our own */
} Stage;

static const Stage stages[] = {
  { "proceed", no_proceed, HS_TLS_MODE_STARTTLS, "<starttls", 1, LIMIT, "leave to start TLS", TRUE },
  { "handshake", no_handshake, HS_TLS_MODE_STARTTLS, HELLO, 1, HANDSHAKE_LIMIT, "TLS", FALSE },
  { "direct-handshake", no_direct_handshake, HS_TLS_MODE_DIRECT, HELLO, 1, HANDSHAKE_LIMIT, "TLS", FALSE },
  { "header-tls", no_header_tls, HS_TLS_MODE_STARTTLS, "<stream:stream", 2, LIMIT, "header", TRUE },
};

static void
tear_down (TestClient *test)
{
  test_client_free (test);
  virtual_clock_release ();
}

static void
test_stage (gconstpointer data)
{
  const Stage *stage = data;
  TestClient *test = test_client_new_for (stage->script, stage->mode);

  virtual_clock_stand (FALSE);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", stage->limit, "auto-reconnect", TRUE, NULL);
  hs_client_start (test->client);
  /* What was pipelined may be the cause: then the client connects once more, without. */
  for (guint i = 1; test->n_terminated == 0; i++)
    {
      g_assert_cmpuint (i, <=, 2);
      test_until (scripted_server_count_received (test->server, stage->sent) == i * stage->n);
      virtual_clock_advance (stage->limit - 1);
      g_assert_cmpuint (test->n_terminated, ==, 0);
      g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, i);
      virtual_clock_advance (1);
      test_until (test->n_terminated > 0 || scripted_server_get_n_connections (test->server) > i);
    }
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, stage->message));
  g_assert_nonnull (strstr (test->error->message, "example.org"));
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  if (stage->says_why)
    test_client_await_sent (test, "<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
                                  "/></stream:error></stream:stream>");
  tear_down (test);
}

/* ---- A peer whose system takes nothing more ---- */

/* The other machine has no room for more, and it stays so: that is noticed long before the client would ask for a
 * sign of life. */
static void
test_takes_nothing (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), HOLD, END };
  TestClient *test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *xml = g_strdup_printf ("<message><body>%s</body></message>", text);

  virtual_clock_stand (FALSE);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", LIMIT, "keepalive-interval", 3600 * 1000, NULL);
  test_client_start_until_ready (test);
  for (guint i = 0; i < 200; i++)
    g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
  while (test->n_terminated == 0)
    {
      virtual_clock_advance (100);
      g_assert_cmpint (virtual_clock_get_time (), <, 60000);
    }
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, "takes nothing of what it is sent"));
  tear_down (test);
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
  g_test_add_func ("/client/deadlines/takes-nothing", test_takes_nothing);
  return g_test_run ();
}
