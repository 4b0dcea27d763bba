/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client-test.h"

/* stop() and the last unref, in every state and in every handler. */

#define LAST_WORDS "cleanup m.cleanup m.terminated terminated"

/* ---- Places to be at ---- */

static gboolean
challenge_with_many_rounds (ScriptedPeer *peer, gpointer data)
{
  /* <auth ...>BASE64</auth>, of n,,n=user,r=NONCE */
  g_auto (GStrv) parts = g_strsplit_set (g_strstr_len (scripted_peer_get_taken (peer), -1, "<auth"),
                                         "<>", 4);
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (parts[2], &length);
  g_autofree char *message = g_strndup ((char *) bytes, length);
  g_autofree char *challenge
      = g_strdup_printf ("%sserver,s=c2FsdHNhbHQ=,i=%u", strstr (message, ",r=") + 1,
                         GPOINTER_TO_UINT (data));
  g_autofree char *base64 = g_base64_encode ((guchar *) challenge, strlen (challenge));
  g_autofree char *xml = g_strdup_printf (
      "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>%s</challenge>", base64);

  return scripted_peer_send (peer, xml, -1);
}

static const ScriptStep at_header[] = { EXPECT ("<stream:stream"), SERVE, END };
static const ScriptStep at_features[] = { RUN (script_header), SERVE, END };
static const ScriptStep at_proceed[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), SERVE, END };
static const ScriptStep at_handshake[] = { RUN (script_header), SEND (SAY_FEATURES_TLS),
                                           EXPECT ("<starttls"), SEND (SAY_PROCEED), HOLD, END };
static const ScriptStep at_direct_handshake[] = { HOLD, END };
static const ScriptStep at_header_tls[] = { RUN (script_starttls), SERVE, END };
static const ScriptStep at_sasl[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), SERVE, END };
static const ScriptStep at_sasl_tls[] = { RUN (script_starttls), RUN (at_sasl), END };
static const ScriptStep at_deriving[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-1")), EXPECT ("</auth>"),
        CALL (challenge_with_many_rounds, GUINT_TO_POINTER (1000000)), SERVE, END };
static const ScriptStep at_second_header[]
    = { RUN (script_header), RUN (script_plain), EXPECT ("<stream:stream"), SERVE, END };
static const ScriptStep at_bind[] = { RUN (script_header), RUN (script_plain), RUN (script_header),
                                      SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"), SERVE, END };
static const ScriptStep is_lost[] = { RUN (script_sign_in), CLOSE, END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
  const char *sent;    /* the client has sent this */
  const char *record;  /* and this has happened */
  gboolean unanswered; /* the end of the stream can't be sent */
} Place;

static const Place places[] = {
  { "header", at_header, HS_TLS_MODE_NONE, "<stream:stream", "connecting connected", FALSE },
  { "features", at_features, HS_TLS_MODE_NONE, "<stream:stream", "connecting connected", FALSE },
  { "proceed", at_proceed, HS_TLS_MODE_STARTTLS, "<starttls", "connecting connected", FALSE },
  { "handshake", at_handshake, HS_TLS_MODE_STARTTLS, "<starttls", "connecting connected", TRUE },
  { "direct-handshake", at_direct_handshake, HS_TLS_MODE_DIRECT, "", "connecting connected", TRUE },
  { "header-tls", at_header_tls, HS_TLS_MODE_STARTTLS, "from='user@",
    "connecting connected secured", FALSE },
  { "sasl", at_sasl, HS_TLS_MODE_NONE, "</auth>", "connecting connected", FALSE },
  { "sasl-tls", at_sasl_tls, HS_TLS_MODE_STARTTLS, "</auth>", "connecting connected secured",
    FALSE },
  { "deriving", at_deriving, HS_TLS_MODE_NONE, "</auth>", "connecting connected", FALSE },
  { "second-header", at_second_header, HS_TLS_MODE_NONE, "</auth><?xml",
    "connecting connected authenticated(PLAIN)", FALSE },
  { "bind", at_bind, HS_TLS_MODE_NONE, "</iq>", "connecting connected authenticated(PLAIN)",
    FALSE },
  { "ready", script_session, HS_TLS_MODE_NONE, "</iq>",
    "connecting connected authenticated(PLAIN) ready m.ready", FALSE },
  { "ready-tls", script_session_tls, HS_TLS_MODE_STARTTLS, "</iq>",
    "connecting connected secured authenticated(PLAIN) ready m.ready", FALSE },
  { "interrupted", is_lost, HS_TLS_MODE_NONE, "</iq>",
    "connecting connected authenticated(PLAIN) ready m.ready disconnected(retry)", TRUE },
};

static gboolean
is_gone (const Place *place)
{
  return g_str_has_suffix (place->record, "disconnected(retry)");
}

static TestClient *
go_to (const Place *place)
{
  static const char *const any[] = { "PLAIN", "SCRAM-SHA-1", NULL };
  TestClient *test = test_client_new_for (place->script, place->mode);

  g_object_set (test->client, "auto-reconnect", TRUE, "sasl-mechanisms", any, NULL);
  hs_client_start (test->client);
  test_until (g_str_equal (test->record->str, place->record) || test->n_terminated > 0);
  g_assert_no_error (test->error);
  test_client_await_sent (test, place->sent);
  /* The server's answer is there. But the time to a retry may be none. */
  if (!is_gone (place))
    test_spin (10);
  assert_record (test, place->record);
  return test;
}

static void
assert_ended (TestClient *test, const Place *place)
{
  g_autofree char *expected = g_strdup_printf ("%s stopping m.stopping %s" LAST_WORDS,
                                               place->record, is_gone (place) ? "" : "disconnected(end) ");

  assert_record (test, expected);
  g_assert_no_error (test->error);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
  if (place->unanswered)
    {
      g_assert_false (scripted_server_has_received (test->server, SAY_END));
      return;
    }
  g_assert_cmpuint (scripted_server_count_received (test->server, SAY_END), ==, 1);
  {
    /* And nothing is said after it. */
    g_autofree char *sent = scripted_server_dup_received (test->server);

    g_assert_true (g_str_has_suffix (sent, SAY_END));
  }
}

static void
test_stop (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (TestClient) test = go_to (place);
  gint64 start = g_get_monotonic_time ();

  test_client_stop (test);
  assert_ended (test, place);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4 * G_USEC_PER_SEC);
  /* Nothing comes after. */
  test_spin (20);
  assert_ended (test, place);
  hs_client_stop (test->client);
  test_spin (5);
  assert_ended (test, place);
}

static void
test_stop_twice (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (TestClient) test = go_to (place);

  hs_client_stop (test->client);
  hs_client_stop (test->client);
  g_main_context_iteration (NULL, FALSE);
  hs_client_stop (test->client);
  test_until (test->n_terminated == 1);
  assert_ended (test, place);
}

static void
test_drop (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (TestClient) test = go_to (place);

  scripted_server_forgive (test->server);
  test_client_drop (test);
  test_until (test->gone == NULL);
  assert_record (test, place->record);
}

static void
test_drop_while_stopping (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (TestClient) test = go_to (place);

  scripted_server_forgive (test->server);
  hs_client_stop (test->client);
  test_client_drop (test);
  test_until (test->gone == NULL);
  g_assert_false (g_str_has_suffix (test->record->str, "terminated"));
}

/* ---- Before anything, and before there is a connection ---- */

static void
test_at_once (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  hs_client_stop (test->client);
  test_spin (5);
  assert_record (test, "");
  hs_client_start (test->client);
  test_client_stop (test);
  assert_record (test, "stopping m.stopping " LAST_WORDS);
  g_assert_no_error (test->error);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 0);
}

static void
await_connected (int fd)
{
  GPollFD poll = { .fd = fd, .events = G_IO_OUT };

  g_assert_cmpint (g_poll (&poll, 1, 10000), ==, 1);
  g_assert_cmpint (poll.revents, ==, G_IO_OUT);
}

/* A socket with more callers than it has room for: the next one is not answered. */
static int
make_black_hole (int *callers, guint n_callers, guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  address.sin_addr.s_addr = g_htonl (0x7f000001);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &length), ==, 0);
  *port = g_ntohs (address.sin_port);
  for (guint i = 0; i < n_callers; i++)
    {
      callers[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      connect (callers[i], (struct sockaddr *) &address, length);
    }
  /* The first one is connected at once, and with it the queue is full. */
  await_connected (callers[0]);
  return fd;
}

static void
test_while_connecting (void)
{
  int callers[4];
  guint port;
  int hole = make_black_hole (callers, G_N_ELEMENTS (callers), &port);
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);

  g_object_set (test->client, "port", port, NULL);
  hs_client_start (test->client);
  test_spin (30);
  assert_record (test, "connecting");
  test_client_stop (test);
  assert_record (test, "connecting stopping m.stopping " LAST_WORDS);
  g_assert_no_error (test->error);

  g_string_truncate (test->record, 0);
  g_object_set (test->client, "connect-timeout", 100, NULL);
  test_client_run (test);
  assert_record (test, "connecting stopping m.stopping disconnected(end) " LAST_WORDS);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);

  hs_client_start (test->client);
  test_spin (30);
  test_client_drop (test);
  test_until (test->gone == NULL);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    close (callers[i]);
  close (hole);
}

/* ---- Inside of handlers ---- */

typedef struct
{
  const char *event;
  guint n;
  void (*action) (TestClient *test);
} Trap;

static void
trap_hook (TestClient *test, const char *event, gpointer data)
{
  Trap *trap = data;

  if (g_str_equal (event, trap->event) && trap->n++ == 0)
    trap->action (test);
}

static void
stop (TestClient *test)
{
  hs_client_stop (test->client);
}

static const char *const events[]
    = { "connecting", "connected", "secured",          "authenticated(PLAIN)", "ready",
        "m.ready",    "stopping",  "disconnected(end)", "m.stopping",           "cleanup",
        "m.cleanup",  "terminated", "m.terminated" };

/* What comes after a handler that has stopped the client. */
static void
test_stop_inside (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
      Trap trap = { .event = events[i], .action = stop };

      scripted_server_forgive (test->server);
      test->hook = trap_hook;
      test->hook_data = &trap;
      hs_client_start (test->client);
      if (i >= 6)
        {
          test_until (test->n_ready == 1);
          hs_client_stop (test->client);
        }
      test_until (test->n_terminated == 1);
      test_spin (10);
      g_assert_cmpuint (trap.n, ==, 1);
      g_assert_cmpuint (test->n_terminated, ==, 1);
      g_assert_no_error (test->error);
      g_assert_true (g_str_has_suffix (test->record->str, i == 0 ? " stopping m.stopping " LAST_WORDS
                                                   : " stopping m.stopping disconnected(end) "
                                                     LAST_WORDS));
      /* Nothing but the end follows, once the handler's own step is done. */
      g_assert_cmpuint (test->n_ready, ==, i >= 4);
    }
}

static void
test_drop_inside (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
      Trap trap = { .event = events[i], .action = test_client_drop };

      scripted_server_forgive (test->server);
      test->hook = trap_hook;
      test->hook_data = &trap;
      hs_client_start (test->client);
      if (i >= 6)
        {
          test_until (test->n_ready == 1);
          hs_client_stop (test->client);
        }
      test_until (trap.n == 1 && test->gone == NULL);
      test_spin (5);
      g_assert_cmpuint (trap.n, ==, 1);
      g_assert_null (test->client);
    }
}

static HsElement *
act_cb (HsClient *client, HsElement *element, gpointer data)
{
  TestClient *test = data;
  void (*action) (TestClient *test) = test->hook_data;

  if (test->client != NULL)
    action (test);
  return HS_ELEMENT (hs_message_new_chat ("a@b", "answer"));
}

/* In a handler, with more handlers and stanzas to come in the same bytes. */
static void
test_stop_in_handler (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  test->hook_data = stop;
  hs_client_add_handler (test->client, "body", NULL, HS_HANDLER_DEFAULT, act_cb, test, NULL);
  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, act_cb, test, NULL);
  test_client_start_until_ready (test);
  scripted_server_send (test->server, "<message><body>1</body></message>"
                                      "<message><body>2</body></message>"
                                      "<iq type='get' id='late'><query xmlns='x'/></iq>");
  test_client_wait_terminated (test);
  g_assert_no_error (test->error);
}

static void
test_drop_in_handler (void)
{
  static const HsHandlerFlags flags[] = { HS_HANDLER_DEFAULT, HS_HANDLER_FORGET, HS_HANDLER_ONCE };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

      test->hook_data = test_client_drop;
      hs_client_add_handler (test->client, "body", NULL, flags[i], act_cb, test, NULL);
      hs_client_add_handler (test->client, "body", NULL, flags[i], act_cb, test, NULL);
      hs_client_add_handler (test->client, "message", NULL, flags[i], act_cb, test, NULL);
      test_client_start_until_ready (test);
      scripted_server_forgive (test->server);
      scripted_server_send (test->server, "<message><body>1</body></message>"
                                          "<message><body>2</body></message>");
      test_until (test->client == NULL && test->gone == NULL);
    }
}

/* The server does not end its side: there is a deadline. What comes meanwhile is still seen. */
static void
test_deaf_server (void)
{
  static const ScriptStep deaf[]
      = { RUN (script_sign_in), EXPECT (SAY_END), SEND ("<message><body>late</body></message>"),
          SEND ("<iq type='get' id='late'><query xmlns='x'/></iq>"), READ_END, END };
  g_autoptr (TestClient) test = test_client_new_for (deaf, HS_TLS_MODE_NONE);
  guint n = 0;

  test_client_leap (test);
  g_object_set (test->client, "connect-timeout", 300, NULL);
  hs_client_add_handler (test->client, "body", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n, NULL);
  test_client_start_until_ready (test);
  test_client_stop (test);
  g_assert_cmpuint (n, ==, 1);
  g_assert_no_error (test->error);
}

/* What was being worked out when the stream was closed is not sent after its end. */
static void
test_late_key (void)
{
  static const ScriptStep script[]
      = { RUN (script_header), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-1")), EXPECT ("</auth>"),
          CALL (challenge_with_many_rounds, GUINT_TO_POINTER (50000)), READ_END, END };
  static const Place place = { .script = script, .sent = "</auth>", .mode = HS_TLS_MODE_NONE,
                               .record = "connecting connected" };
  g_autoptr (TestClient) test = go_to (&place);

  g_object_set (test->client, "connect-timeout", 1000, NULL);
  test_client_stop (test);
  assert_ended (test, &place);
}

/* What is sent from `stopping` leaves before the stream is closed. */
static void
say_goodbye (TestClient *test)
{
  g_autoptr (GError) error = NULL;

  hs_client_send_raw_stanza (test->client, "<presence type='unavailable'/>", &error);
  g_assert_no_error (error);
}

static void
test_goodbye (void)
{
  static const char *const places_to_say[] = { "stopping", "m.stopping" };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
      Trap trap = { .event = places_to_say[i], .action = say_goodbye };

      test->hook = trap_hook;
      test->hook_data = &trap;
      test_client_start_until_ready (test);
      test_client_stop (test);
      g_assert_true (scripted_server_has_received (test->server,
                                                   "<presence type='unavailable'/>" SAY_END));
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc function;
  } actions[] = {
    { "stop", test_stop },
    { "twice", test_stop_twice },
    { "drop", test_drop },
    { "drop-while-stopping", test_drop_while_stopping },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (places); j++)
        {
          g_autofree char *path
              = g_strdup_printf ("/client/%s/%s", actions[i].name, places[j].name);

          g_test_add_data_func (path, &places[j], actions[i].function);
        }
    }
  g_test_add_func ("/client/stop/at-once", test_at_once);
  g_test_add_func ("/client/stop/connecting", test_while_connecting);
  g_test_add_func ("/client/stop/inside", test_stop_inside);
  g_test_add_func ("/client/drop/inside", test_drop_inside);
  g_test_add_func ("/client/stop/in-handler", test_stop_in_handler);
  g_test_add_func ("/client/drop/in-handler", test_drop_in_handler);
  g_test_add_func ("/client/stop/deaf-server", test_deaf_server);
  g_test_add_func ("/client/stop/late-key", test_late_key);
  g_test_add_func ("/client/stop/goodbye", test_goodbye);
  return g_test_run ();
}
