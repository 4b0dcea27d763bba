/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "relay.h"

/* A server that is there is not given up because the way to it is slow, or because it is we who do not read; one
 * that is gone is, however much there is still to be sent. test-client-clock.c has lines in memory; here is one of
 * sockets, of which the kernel tells how much has left. The clock stands: the test says how long a byte takes. */

/* Milliseconds. */
#define INTERVAL 300u
#define TIMEOUT 2000u
/* Bytes a second that slow nothing down. */
#define FAST 10000000
#define SIZE 100000u
/* What passes at once. */
#define PIECE 10000u

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
} Line;

static const ScriptStep answers_requests_tls[]
    = { RUN (script_starttls), RUN (script_header), RUN (script_plain), RUN (script_header),
        SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
        SEND ("<enabled xmlns='urn:xmpp:sm:3'/>"), ANSWER ("<r "), END };
static const ScriptStep answers_pings[] = { RUN (script_sign_in), ANSWER ("urn:xmpp:ping"), END };

static const Line tls_line = { "tls-acknowledgement", answers_requests_tls, HS_TLS_MODE_STARTTLS };
static const Line plain_line = { "ping", answers_pings, HS_TLS_MODE_NONE };

static void
send_much (TestClient *test)
{
  g_autofree char *text = g_strnfill (SIZE, 'x');
  g_autofree char *xml = g_strdup_printf ("<message to='a@b'><body>%s</body><end/></message>", text);

  g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
}

static gsize
count_received (TestClient *test)
{
  g_autoptr (GArray) reads = scripted_server_dup_reads (test->server);

  return reads->len > 0 ? g_array_index (reads, gsize, reads->len - 1) : 0;
}

static gboolean
has_all (TestClient *test)
{
  return scripted_server_has_received (test->server, "<end/>");
}

/* A piece passes, and nothing after it. */
static void
let_pass (TestClient *test, Relay *relay)
{
  gsize before = count_received (test);

  relay_set_rate (relay, FAST);
  test_until (count_received (test) >= before + PIECE || has_all (test));
  relay_set_rate (relay, 0);
}

static TestClient *
set_up (const Line *line, Relay **relay)
{
  TestClient *test = test_client_new_on_loopback_for (line->script, line->mode);

  *relay = relay_new_full (&(RelaySettings){ .to_port = scripted_server_get_port (test->server), .limited = TRUE });
  relay_set_rate (*relay, FAST);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "port", (guint) relay_get_port (*relay), "auto-reconnect", TRUE, "keepalive-interval",
                INTERVAL, "connect-timeout", TIMEOUT, NULL);
  virtual_clock_stand (FALSE);
  test_client_start_until_ready (test);
  relay_set_rate (*relay, 0);
  send_much (test);
  return test;
}

static void
tear_down (TestClient *test)
{
  guint n = test->n_terminated;

  hs_client_stop (test->client);
  while (test->n_terminated == n)
    virtual_clock_advance (100);
  test_client_free (test);
  virtual_clock_release ();
}

static void
test_slow_uplink (gconstpointer data)
{
  g_autoptr (Relay) relay = NULL;
  TestClient *test = set_up (data, &relay);
  guint lasted = 0;

  while (!has_all (test))
    {
      let_pass (test, relay);
      virtual_clock_advance (TIMEOUT * 3 / 4);
      g_assert_no_error (test->loss);
      lasted += TIMEOUT * 3 / 4;
    }
  g_assert_cmpuint (lasted, >, 3 * TIMEOUT);
  g_assert_cmpuint (relay_get_n_connections (relay), ==, 1);
  /* And it goes on. */
  relay_set_rate (relay, FAST);
  test_client_await_sent (test, "<end/>");
  virtual_clock_advance (INTERVAL / 2);
  g_assert_no_error (test->loss);
  g_assert_cmpuint (test->n_ready, ==, 1);
  tear_down (test);
}

/* The same line, which dies: that is noticed as soon as if nothing had been sent. */
static void
test_dead_uplink (gconstpointer data)
{
  g_autoptr (Relay) relay = NULL;
  TestClient *test = set_up (data, &relay);
  gint64 begin;

  let_pass (test, relay);
  virtual_clock_advance (TIMEOUT / 2);
  g_assert_no_error (test->loss);
  begin = virtual_clock_get_time ();
  while (test->n_disconnected == 0)
    {
      virtual_clock_advance (100);
      g_assert_cmpint (virtual_clock_get_time () - begin, <=, INTERVAL + 2 * TIMEOUT + 100);
    }
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  tear_down (test);
}

/* ---- We do not read ---- */

static HsElement *
iterate_cb (HsClient *client, HsElement *element, gpointer data)
{
  test_spin (1500);
  return NULL;
}

static HsElement *
block_cb (HsClient *client, HsElement *element, gpointer data)
{
  virtual_clock_pass (1500);
  return NULL;
}

/* So that the stanza takes many turns: each is over after a time on the system's clock. */
static HsElement *
slow_cb (HsClient *client, HsElement *element, gpointer data)
{
  gint64 end = g_get_monotonic_time () + 2000;

  while (g_get_monotonic_time () < end)
    continue;
  virtual_clock_pass (100);
  return NULL;
}

static gboolean
send_items (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) text = g_string_new ("<message><items xmlns='urn:test'>");

  for (guint i = 0; i < 21; i++)
    g_string_append (text, "<item/>");
  g_string_append (text, "</items></message>");
  return scripted_peer_send (peer, text->str, text->len);
}

static const ScriptStep asks[]
    = { RUN (script_sign_in), SEND ("<message><slow xmlns='urn:test'/></message>"), ANSWER ("urn:xmpp:ping"), END };
static const ScriptStep many[]
    = { RUN (script_sign_in), CALL (send_items, NULL), ANSWER ("urn:xmpp:ping"), END };

static void
try_not_reading (const ScriptStep *script, const char *name, HsHandlerFunc handler)
{
  TestClient *test = test_client_new_for (script, HS_TLS_MODE_NONE);
  guint n_messages = 0;

  virtual_clock_stand (TRUE);
  scripted_server_forgive (test->server);
  hs_client_add_handler (test->client, name, "urn:test", HS_HANDLER_DEFAULT, handler, NULL, NULL);
  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n_messages, NULL);
  g_object_set (test->client, "keepalive-interval", 100, NULL);
  test_client_start_until_ready (test);
  g_object_set (test->client, "connect-timeout", 400, NULL);
  test_until (test->n_disconnected > 0 || n_messages > 0);
  g_assert_no_error (test->loss);
  g_assert_cmpint (virtual_clock_get_time (), >=, 1500);
  virtual_clock_advance (500);
  g_assert_no_error (test->loss);
  tear_down (test);
}

static void
test_nested (void)
{
  try_not_reading (asks, "slow", iterate_cb);
}

static void
test_blocked (void)
{
  try_not_reading (asks, "slow", block_cb);
}

static void
test_suspended (void)
{
  try_not_reading (many, "item", slow_cb);
}

static void
add (const char *format, const Line *line, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/client/liveness/%s/%s", format, line->name);

  g_test_add_data_func (path, line, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("slow", &tls_line, test_slow_uplink);
  add ("dead", &plain_line, test_dead_uplink);
  g_test_add_func ("/client/liveness/nested", test_nested);
  g_test_add_func ("/client/liveness/blocked", test_blocked);
  g_test_add_func ("/client/liveness/suspended", test_suspended);
  return g_test_run ();
}
