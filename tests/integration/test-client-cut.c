/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* The connection ends at each byte of a session: the run ends as well, once, and with an error. */

#define FIRST_WORDS                                                                                \
  "<message><body>one</body></message><iq type='get' id='q'><query xmlns='urn:x'/></iq>"           \
  "<message><body>two</body></message>"

/* FALSE if the whole session was too short for it. */
static gboolean
run_cut (const ScriptStep *script, HsTlsMode mode, guint *n_ready, guint *n_messages)
{
  g_autoptr (TestClient) test = test_client_new_for (script, mode);

  *n_messages = 0;
  scripted_server_forgive (test->server);
  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, n_messages,
                         NULL);
  hs_client_start (test->client);
  /* It stops by itself where nothing cuts it. */
  test_until (test->n_terminated == 1 || *n_messages == 2);
  *n_ready = test->n_ready;
  if (test->n_terminated == 0)
    {
      gboolean whole;

      test_spin (2);
      whole = test->n_terminated == 0;
      if (whole)
        test_client_stop (test);
      return !whole;
    }
  g_assert_nonnull (test->error);
  g_assert_nonnull (test->error->message);
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  return TRUE;
}

static void
test_each_byte (gconstpointer data)
{
  static const gboolean resets[] = { FALSE, TRUE };
  gboolean reset = resets[GPOINTER_TO_UINT (data)];
  guint step = g_getenv ("HS_TEST_VALGRIND") != NULL ? 17 : 1;
  gboolean is_cut = TRUE;
  guint most_messages = 0;

  for (gsize i = 0; is_cut; i += step)
    {
      ScriptCut cut = { .n_bytes = i, .reset = reset };
      ScriptStep script[] = { CALL (script_cut, &cut), RUN (script_sign_in), SEND (FIRST_WORDS),
                              SERVE, END };
      guint n_ready;
      guint n_messages;

      is_cut = run_cut (script, HS_TLS_MODE_NONE, &n_ready, &n_messages);
      g_assert_cmpuint (i, <, 5000);
      /* Never more for less. */
      if (!reset)
        {
          g_assert_cmpuint (n_messages, >=, most_messages);
          most_messages = n_messages;
          g_assert_true (n_ready == 1 || n_messages == 0);
        }
    }
}

/* ---- The same under TLS: what is cut is what goes over the wire ---- */

typedef struct
{
  ScriptedServer *server; /* behind the relay */
  gsize n_bytes;          /* from it */
} Relay;

static gboolean
pass_on (GSocket *from, GSocket *to, gsize *n_left)
{
  char buffer[4096];
  gsize size = MIN (sizeof buffer, *n_left);
  gssize n = g_socket_receive (from, buffer, size, NULL, NULL);
  gssize sent = 0;

  if (n <= 0)
    return FALSE;
  while (sent < n)
    {
      gssize m = g_socket_send (to, buffer + sent, n - sent, NULL, NULL);

      if (m <= 0)
        return FALSE;
      sent += m;
    }
  *n_left -= n;
  return *n_left > 0;
}

static gboolean
relay (ScriptedPeer *peer, gpointer data)
{
  Relay *self = data;
  GSocket *front = g_socket_connection_get_socket (scripted_peer_get_connection (peer));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", scripted_server_get_port (self->server), NULL, NULL);
  GSocket *back = g_socket_connection_get_socket (connection);
  gsize n_left = self->n_bytes;
  gsize any = G_MAXSIZE;
  GPollFD polls[2] = { { .fd = g_socket_get_fd (front), .events = G_IO_IN },
                       { .fd = g_socket_get_fd (back), .events = G_IO_IN } };

  while (n_left > 0)
    {
      g_poll (polls, 2, -1);
      if ((polls[0].revents != 0 && !pass_on (front, back, &any)) ||
          (polls[1].revents != 0 && !pass_on (back, front, &n_left)))
        break;
    }
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return n_left == 0;
}

static const ScriptStep session_tls[] = { RUN (script_sign_in_tls), SEND (FIRST_WORDS), SERVE, END };

static void
test_under_tls (void)
{
  static const ScriptStep *const scripts[] = { session_tls, NULL };
  guint step = g_getenv ("HS_TEST_VALGRIND") != NULL ? 499 : 29;
  gboolean is_cut = TRUE;
  guint n_ready = 0;
  guint n_messages = 0;

  for (gsize i = 1; is_cut; i += step)
    {
      Relay behind = { .server = scripted_server_new (scripts), .n_bytes = i };
      ScriptStep script[] = { CALL (relay, &behind), CLOSE, END };

      scripted_server_forgive (behind.server);
      is_cut = run_cut (script, HS_TLS_MODE_STARTTLS, &n_ready, &n_messages);
      scripted_server_free (behind.server);
      g_assert_cmpuint (i, <, 20000);
    }
  g_assert_cmpuint (n_ready, ==, 1);
  g_assert_cmpuint (n_messages, ==, 2);
}

/* ---- The same bytes, however they are split ---- */

static gboolean
send_split (ScriptedPeer *peer, gpointer data)
{
  static const char words[] = FIRST_WORDS;
  gsize at = *(gsize *) data;

  if (!scripted_peer_send (peer, words, at))
    return FALSE;
  /* Long enough to be read apart. */
  scripted_peer_sleep (peer, 1);
  return scripted_peer_send (peer, words + at, sizeof words - 1 - at);
}

static void
test_split (void)
{
  for (gsize i = 1; i < sizeof FIRST_WORDS - 1; i += 1)
    {
      ScriptStep script[] = { RUN (script_sign_in), CALL (send_split, &i), EXPECT ("</iq>"),
                              SERVE, END };
      g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
      guint n_messages = 0;

      hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb,
                             &n_messages, NULL);
      test_client_start_until_ready (test);
      test_until (n_messages == 2 || test->n_terminated == 1);
      g_assert_cmpuint (n_messages, ==, 2);
      test_client_stop (test);
    }
}

static void
test_byte_by_byte (void)
{
  static const ScriptStep script[] = {
    EXPECT ("<stream:stream"), EXPECT (">"), DRIP (SAY_HEADER SAY_FEATURES_SASL ("PLAIN"), 1),
    EXPECT ("</auth>"), DRIP (SAY_SUCCESS, 1), EXPECT (">"),
    DRIP (SAY_HEADER SAY_FEATURES_BIND, 1), EXPECT ("</iq>"), DRIP (SAY_BOUND FIRST_WORDS, 1),
    EXPECT ("</iq>"), SERVE, END
  };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  guint n_messages = 0;

  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n_messages,
                         NULL);
  test_client_start_until_ready (test);
  test_until (n_messages == 2);
  test_client_stop (test);
  g_assert_no_error (test->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/cut/each-byte", GUINT_TO_POINTER (0), test_each_byte);
  g_test_add_data_func ("/client/cut/each-byte-hard", GUINT_TO_POINTER (1), test_each_byte);
  g_test_add_func ("/client/cut/under-tls", test_under_tls);
  g_test_add_func ("/client/cut/split", test_split);
  g_test_add_func ("/client/cut/byte-by-byte", test_byte_by_byte);
  return g_test_run ();
}
