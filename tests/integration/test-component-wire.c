/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

/* What a component's stanzas look like on the wire (XEP-0114). */

#define COMPONENT_HEADER                                                                           \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                           \
  "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='service.example.org'>"

static const ScriptStep script_component[] = { EXPECT ("<stream:stream"), EXPECT (">"),
                                               SEND (COMPONENT_HEADER), EXPECT ("</handshake>"),
                                               SEND ("<handshake/>"), SERVE, END };

static void
wait_until_ready (HsClient *client)
{
  hs_client_start (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_READY);
}

static void
assert_sent (ScriptedServer *server, HsClient *client, const char *raw, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;

  scripted_server_forget_received (server);
  g_assert_true (hs_client_send_raw_stanza (client, raw, &error));
  g_assert_no_error (error);
  g_assert_true (hs_client_send_raw_stanza (
      client, "<presence from='service.example.org' id='mark'/>", NULL));
  test_until (scripted_server_has_received (server, "id='mark'/>"));
  received = scripted_server_dup_received (server);
  g_assert_true (g_str_has_suffix (received, "<presence from='service.example.org' id='mark'/>"));
  received[strlen (received) - strlen ("<presence from='service.example.org' id='mark'/>")] = '\0';
  g_assert_cmpstr (received, ==, expected);
}

/* Raw strings leave as they are; only what names the client's namespace can't. */
static void
test_raw (void)
{
  const ScriptStep *scripts[] = { script_component, NULL };
  g_autoptr (ScriptedServer) server = scripted_server_new (scripts);
  HsClient *client = HS_CLIENT (hs_component_new ("service.example.org", "secret"));
  const char *odd = "<message   from = 'service.example.org' to=\"a@b\" ><body>&#65;<![CDATA[<]]>"
                    "</body ></message >\n<presence from='x@service.example.org'/>";
  const char *own = "<message xmlns='jabber:component:accept' from='service.example.org'/>";

  hs_client_set_host (client, "127.0.0.1");
  hs_client_set_port (client, scripted_server_get_port (server));
  wait_until_ready (client);

  assert_sent (server, client, odd, odd);
  assert_sent (server, client, own, own);
  assert_sent (server, client,
               "<message xmlns='jabber:client' from='service.example.org'><body>x</body></message>",
               "<message from=\"service.example.org\"><body>x</body></message>");
  assert_sent (server, client,
               "<message xmlns='jabber&#58;client' from='service.example.org'><body>x</body></message>",
               "<message from=\"service.example.org\"><body>x</body></message>");

  hs_client_stop (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_DISCONNECTED);
  g_assert_finalize_object (client);
}

/* ---- What goes wrong ---- */

#define STREAM_ERROR(condition)                                                                    \
  "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"                     \
  "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>why not</text></stream:error></stream:stream>"

#define REFUSING(condition)                                                                        \
  {                                                                                                \
    EXPECT ("<stream:stream"), EXPECT (">"), SEND (COMPONENT_HEADER), EXPECT ("</handshake>"),     \
        SEND (STREAM_ERROR (condition)), READ_END, END                                             \
  }

static const ScriptStep not_authorized[] = REFUSING ("not-authorized");
static const ScriptStep conflict[] = REFUSING ("conflict");
static const ScriptStep host_unknown[] = REFUSING ("host-unknown");
/* Prosody and ejabberd say it where they have seen the header. */
static const ScriptStep host_unknown_at_once[]
    = { EXPECT ("<stream:stream"), EXPECT (">"), SEND (COMPONENT_HEADER),
        SEND (STREAM_ERROR ("host-unknown")), READ_END, END };
static const ScriptStep is_lost[] = { EXPECT ("<stream:stream"), EXPECT (">"),
                                      SEND (COMPONENT_HEADER), EXPECT ("</handshake>"),
                                      SEND ("<handshake/>"), CLOSE, END };

static const ScriptStep is_lost_early[] = { EXPECT ("<stream:stream"), CLOSE, END };

static TestClient *
make_component (const ScriptStep *const *scripts)
{
  ScriptedServer *server = scripted_server_new (scripts);
  TestClient *test
      = test_client_new_alone (HS_CLIENT (hs_component_new ("service.example.org", "s3cr3t")));

  test->server = server;
  hs_client_set_host (test->client, "127.0.0.1");
  hs_client_set_port (test->client, scripted_server_get_port (server));
  return test;
}

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsStreamError error;
} Refusal;

static const Refusal refusals[] = {
  { "wrong-secret", not_authorized, HS_STREAM_ERROR_NOT_AUTHORIZED },
  { "conflict", conflict, HS_STREAM_ERROR_CONFLICT },
  { "host-unknown", host_unknown, HS_STREAM_ERROR_HOST_UNKNOWN },
  { "host-unknown-at-once", host_unknown_at_once, HS_STREAM_ERROR_HOST_UNKNOWN },
};

/* Each is its own error, with the server's words, and is not tried again. */
static void
test_refused (gconstpointer data)
{
  const Refusal *refusal = data;
  const ScriptStep *scripts[] = { refusal->script, NULL };
  g_autoptr (TestClient) test = make_component (scripts);

  /* What it answers the header with may cross the handshake. */
  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, (int) refusal->error);
  g_assert_nonnull (strstr (test->error->message, "why not"));
  g_assert_null (strstr (test->error->message, "s3cr3t"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  assert_record (test, "connecting connected stopping m.stopping disconnected(end) cleanup "
                       "m.cleanup m.terminated terminated");
}

/* ---- Reconnecting ---- */

/* A lost component comes back. What a server says that is starting does not stop it, nor what it says of
 * the old connection. */
static void
test_reconnects (gconstpointer data)
{
  const ScriptStep *scripts[] = { is_lost, data, data, script_component, NULL };
  g_autoptr (TestClient) test = make_component (scripts);

  scripted_server_forgive (test->server);
  hs_client_start (test->client);
  test_until (test->n_ready == 2 || test->n_terminated > 0);
  g_assert_no_error (test->error);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 4);
  g_assert_cmpuint (test->n_disconnected, ==, 3);
  assert_sent (test->server, test->client, "<message from='service.example.org' to='a@b'/>",
               "<message from='service.example.org' to='a@b'/>");
  test_client_stop (test);
  g_assert_no_error (test->error);
}

/* But a secret that is wrong by now does. */
static void
test_gives_up (void)
{
  const ScriptStep *scripts[] = { is_lost, not_authorized, NULL };
  g_autoptr (TestClient) test = make_component (scripts);

  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_NOT_AUTHORIZED);
  g_assert_cmpuint (test->n_ready, ==, 1);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/component-wire/raw", test_raw);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/component-wire/refused/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refused);
    }
  g_test_add_data_func ("/component-wire/reconnects/lost", is_lost_early, test_reconnects);
  g_test_add_data_func ("/component-wire/reconnects/conflict", conflict, test_reconnects);
  g_test_add_data_func ("/component-wire/reconnects/host-unknown", host_unknown, test_reconnects);
  g_test_add_func ("/component-wire/gives-up", test_gives_up);

  return g_test_run ();
}
