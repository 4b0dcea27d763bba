/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "relay.h"

/* A server that is there is not given up because the way to it is slow, or because it is we who do not read; one
 * that is gone is, however much there is still to be sent. */

#define SLOWLY (g_getenv ("HS_TEST_VALGRIND") != NULL ? 10u : 1u)
/* Bytes a second that slow nothing down. */
#define FAST 1000000

typedef struct
{
  const char *name;
  HsTlsMode mode;
  gboolean managed;
  guint bytes;
  guint rate;
  guint interval;
  guint timeout;
} Line;

static const Line slow_line
    = { "tls-acknowledgement", HS_TLS_MODE_STARTTLS, TRUE, 100000, 20000, 300, 2000 };
static const Line dead_line = { "ping", HS_TLS_MODE_NONE, FALSE, 100000, 20000, 300, 2000 };

/* Speaks when it is asked to, and only then. */
static gboolean
answer (ScriptedPeer *peer, gpointer what)
{
  while (scripted_peer_expect (peer, what))
    {
      if (!scripted_peer_send (peer, " ", 1))
        break;
    }
  return FALSE;
}

static const ScriptStep to_features[] = { RUN (script_header), END };
static const ScriptStep to_features_tls[] = { RUN (script_starttls), RUN (script_header), END };
static const ScriptStep bind_managed[]
    = { RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"), SEND (SAY_BOUND),
        EXPECT ("<enable"), SEND ("<enabled xmlns='urn:xmpp:sm:3'/>"), END };

static TestClient *
new_client (const Line *line, Relay **relay, ScriptStep *script)
{
  gboolean tls = line->mode != HS_TLS_MODE_NONE;
  TestClient *test;

  if (line->managed)
    {
      script[0] = (ScriptStep) RUN (to_features);
      if (tls)
        script[0] = (ScriptStep) RUN (to_features_tls);
      script[1] = (ScriptStep) RUN (bind_managed);
      script[2] = (ScriptStep) CALL (answer, (gpointer) "<r ");
    }
  else
    {
      script[0] = (ScriptStep) RUN (script_sign_in);
      if (tls)
        script[0] = (ScriptStep) RUN (script_sign_in_tls);
      script[1] = (ScriptStep) CALL (answer, (gpointer) "urn:xmpp:ping");
      script[2] = (ScriptStep) END;
    }
  script[3] = (ScriptStep) END;
  test = test_client_new_for (script, line->mode);
  *relay = relay_new_full (&(RelaySettings){ .to_port = scripted_server_get_port (test->server), .limited = TRUE });
  relay_set_rate (*relay, FAST);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "port", (guint) relay_get_port (*relay), "auto-reconnect", TRUE, "keepalive-interval",
                line->interval * SLOWLY, "connect-timeout", line->timeout * SLOWLY, NULL);
  test_client_start_until_ready (test);
  return test;
}

static void
send_much (TestClient *test, guint bytes)
{
  g_autofree char *text = g_strnfill (bytes, 'x');
  g_autofree char *xml
      = g_strdup_printf ("<message to='a@b'><body>%s</body><end/></message>", text);

  g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
}

static void
test_slow_uplink (gconstpointer data)
{
  const Line *line = data;
  ScriptStep script[4];
  g_autoptr (Relay) relay = NULL;
  g_autoptr (TestClient) test = new_client (line, &relay, script);

  relay_set_rate (relay, line->rate / SLOWLY);
  send_much (test, line->bytes);
  test_until (test->n_disconnected > 0 || scripted_server_has_received (test->server, "<end/>"));
  g_assert_no_error (test->loss);
  g_assert_cmpuint (relay_get_n_connections (relay), ==, 1);
  g_assert_cmpuint (test->n_ready, ==, 1);
  /* And it goes on. */
  relay_set_rate (relay, FAST);
  test_spin (2 * line->interval * SLOWLY);
  g_assert_no_error (test->loss);
  g_object_set (test->client, "connect-timeout", 500u, NULL);
  test_client_stop (test);
}

/* The same line, which dies: that is noticed as soon as if nothing had been sent. */
static void
test_dead_uplink (gconstpointer data)
{
  const Line *line = data;
  ScriptStep script[4];
  g_autoptr (Relay) relay = NULL;
  g_autoptr (TestClient) test = new_client (line, &relay, script);
  gint64 start;

  relay_set_rate (relay, line->rate / SLOWLY);
  send_much (test, line->bytes);
  test_spin (1000);
  relay_set_rate (relay, 0);
  start = g_get_monotonic_time ();
  test_until (test->n_disconnected > 0);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - start, <,
                   (line->interval + 3 * line->timeout) * SLOWLY * (gint64) 1000);
  hs_client_stop (test->client);
  test_client_wait_terminated (test);
}

/* ---- We do not read ---- */

static HsElement *
iterate_cb (HsClient *client, HsElement *element, gpointer data)
{
  test_spin (1500 * SLOWLY);
  return NULL;
}

static HsElement *
block_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_usleep (1500 * 1000 * SLOWLY);
  return NULL;
}

/* So that the stanza takes many turns. */
static HsElement *
slow_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_usleep (3000);
  return NULL;
}

static gboolean
send_items (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) text = g_string_new ("<message><items xmlns='urn:test'>");

  for (guint i = 0; i < 700 * SLOWLY; i++)
    g_string_append (text, "<item/>");
  g_string_append (text, "</items></message>");
  return scripted_peer_send (peer, text->str, text->len);
}

static const ScriptStep asks[]
    = { RUN (script_sign_in), SEND ("<message><slow xmlns='urn:test'/></message>"), CALL (answer, (gpointer) "urn:xmpp:ping"),
        END };
static const ScriptStep many[]
    = { RUN (script_sign_in), CALL (send_items, NULL), CALL (answer, (gpointer) "urn:xmpp:ping"), END };

static void
try_not_reading (const ScriptStep *script, const char *name, HsHandlerFunc handler)
{
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  guint n_messages = 0;

  scripted_server_forgive (test->server);
  hs_client_add_handler (test->client, name, "urn:test", HS_HANDLER_DEFAULT, handler, NULL, NULL);
  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n_messages, NULL);
  g_object_set (test->client, "keepalive-interval", 100 * SLOWLY, NULL);
  test_client_start_until_ready (test);
  g_object_set (test->client, "connect-timeout", 400 * SLOWLY, NULL);
  test_until (test->n_disconnected > 0 || n_messages > 0);
  g_assert_no_error (test->loss);
  test_spin (500 * SLOWLY);
  g_assert_no_error (test->loss);
  test_client_stop (test);
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
  add ("slow", &slow_line, test_slow_uplink);
  add ("dead", &dead_line, test_dead_uplink);
  g_test_add_func ("/client/liveness/nested", test_nested);
  g_test_add_func ("/client/liveness/blocked", test_blocked);
  g_test_add_func ("/client/liveness/suspended", test_suspended);
  return g_test_run ();
}
