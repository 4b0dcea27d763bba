/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <time.h>

#include "client-test.h"

/* Much at once: in order, in little memory, and without keeping the main loop to ourselves. Memory is that of the
 * process, and the server waits where the kernel's buffers are full: sockets. */

/* Fewer where each is slow. */
static guint
scaled (guint n)
{
#if defined(__SANITIZE_ADDRESS__)
  n /= 20;
#endif
  return g_getenv ("HS_TEST_VALGRIND") != NULL ? n / 200 : n;
}

/* Memory checkers have memory of their own. */
static void
assert_grew_less (gsize before, gsize after, gsize kib)
{
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB at the most", before,
                  after);
#if !defined(__SANITIZE_ADDRESS__)
  if (g_getenv ("HS_TEST_VALGRIND") == NULL)
    g_assert_cmpuint (after, <, before + kib);
#endif
}

typedef struct
{
  TestClient *test;
  guint n;
  guint n_signals;
  gsize most; /* KiB */
} Seen;

/* Runs the main loop until so many have come. Where the processor is shared with other programs, all of them may take
 * longer than a test waits for one condition: the wait begins anew whenever one comes. */
static void
await_all (const guint *counter, guint n)
{
  gint64 deadline = test_deadline ();
  guint before = *counter;

  while (*counter != n)
    {
      test_iterate (deadline, "all that the server sends");
      if (*counter == before)
        continue;
      before = *counter;
      deadline = test_deadline ();
    }
}

/* ---- FORGET ---- */

static gboolean
send_roster (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) buffer = g_string_new ("<iq type='result' id='big'>"
                                             "<query xmlns='jabber:iq:roster'>");

  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      g_string_append_printf (buffer, "<item jid='contact%u@example.org' subscription='both'>"
                                      "<group>G</group></item>", i);
      if (buffer->len < 32768)
        continue;
      if (!scripted_peer_send (peer, buffer->str, buffer->len))
        return FALSE;
      g_string_truncate (buffer, 0);
    }
  g_string_append (buffer, "</query></iq>");
  return scripted_peer_send (peer, buffer->str, buffer->len);
}

static HsElement *
item_cb (HsClient *client, HsElement *item, gpointer data)
{
  Seen *seen = data;
  g_autofree char *expected = NULL;

  if (seen->n % 1000 == 0)
    {
      expected = g_strdup_printf ("contact%u@example.org", seen->n);
      g_assert_cmpstr (hs_element_get_attribute (item, "jid"), ==, expected);
      g_assert_cmpstr (hs_element_get_child_text (item, "group", NULL), ==, "G");
      seen->most = MAX (seen->most, test_resident ());
    }
  seen->n++;
  return NULL;
}

static void
store_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_million_items (void)
{
  ScriptStep script[] = { RUN (script_sign_in), EXPECT ("</iq>"),
                          CALL (send_roster, GUINT_TO_POINTER (2000)), EXPECT ("</iq>"),
                          CALL (send_roster, GUINT_TO_POINTER (scaled (1000000))), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Seen seen = { .test = test };
  gsize before = 0;

  hs_client_add_handler (test->client, "item", "jabber:iq:roster", HS_HANDLER_FORGET, item_cb,
                         &seen, NULL);
  test_client_start_until_ready (test);
  /* The first time is to warm up. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (HsElement) query = hs_element_new ("query", "jabber:iq:roster");
      g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", NULL, query));
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (HsIq) answer = NULL;

      hs_stanza_set_id (HS_STANZA (iq), "big");
      seen.n = 0;
      before = test_resident ();
      seen.most = before;
      hs_client_request_async (test->client, iq, 1000, NULL, store_result_cb, &result);
      /* An answer that is coming in does not time out. */
      await_all (&seen.n, i == 0 ? 2000 : scaled (1000000));
      test_until (result != NULL);
      answer = hs_client_request_finish (test->client, result, &error);
      g_assert_no_error (error);
      g_assert_null (hs_element_get_first_child (hs_iq_get_payload (answer)));
      seen.most = MAX (seen.most, test_resident ());
    }
  assert_grew_less (before, seen.most, 2048);
  test_client_stop (test);
}

/* ---- Messages ---- */

static gboolean
send_messages (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) buffer = g_string_new (NULL);

  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      g_string_append_printf (buffer, "<message from='a@b/c' to='user@example.org/res' type='chat' "
                                      "id='%u'><body>Message %u</body></message>", i, i);
      if (buffer->len < 32768)
        continue;
      if (!scripted_peer_send (peer, buffer->str, buffer->len))
        return FALSE;
      g_string_truncate (buffer, 0);
    }
  return scripted_peer_send (peer, buffer->str, buffer->len);
}

static HsElement *
message_cb (HsClient *client, HsElement *message, gpointer data)
{
  Seen *seen = data;

  g_assert_cmpuint (g_ascii_strtoull (hs_stanza_get_id (HS_STANZA (message)), NULL, 10), ==,
                    seen->n);
  seen->n++;
  if (seen->n % 1000 == 0)
    seen->most = MAX (seen->most, test_resident ());
  return NULL;
}

static void
message_signal_cb (HsClient *client, HsMessage *message, gpointer data)
{
  g_assert_nonnull (hs_message_get_body (message));
  ((Seen *) data)->n_signals++;
}

static void
test_messages (void)
{
  guint n = scaled (100000);
  ScriptStep script[] = { RUN (script_sign_in), GATE, CALL (send_messages, GUINT_TO_POINTER (2000)),
                          GATE, CALL (send_messages, GUINT_TO_POINTER (n)), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Seen seen = { .test = test };
  gsize before;

  hs_client_add_handler (test->client, "message", "jabber:client", HS_HANDLER_DEFAULT, message_cb,
                         &seen, NULL);
  g_signal_connect (test->client, "message", G_CALLBACK (message_signal_cb), &seen);
  test_client_start_until_ready (test);
  scripted_server_open_gate (test->server);
  await_all (&seen.n_signals, 2000);
  before = seen.most = test_resident ();
  seen.n = seen.n_signals = 0;
  scripted_server_open_gate (test->server);
  await_all (&seen.n_signals, n);
  g_assert_cmpuint (seen.n, ==, n);
  assert_grew_less (before, seen.most, 1024);
  test_client_stop (test);
}

/* ---- The main loop ---- */

static gint64
get_thread_usec (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

typedef struct
{
  gint64 last;
  gint64 longest;
  guint n;
  guint n_long;
} Ticker;

/* A turn has 1.5 ms of dispatching, and a few more handlers may run past that; two of them may lie between
 * two ticks. The kernel charges a thread also with interrupts and faults that come while it runs: on a
 * busy machine a few turns seem longer. A flood that is dispatched in one turn takes several hundred
 * milliseconds. */
#define LONG_TURN 5000
#define LONGEST_TURN 40000

static void
assert_short_turns (const Ticker *ticker)
{
  g_test_message ("%u ticks, %u of them late, at most %" G_GINT64_FORMAT " microseconds apart",
                  ticker->n, ticker->n_long, ticker->longest);
  if (g_getenv ("HS_TEST_VALGRIND") != NULL)
    return;
  g_assert_cmpint (ticker->longest, <=, LONGEST_TURN);
  g_assert_cmpuint (ticker->n_long, <=, 2 + ticker->n / 50);
}

/* In CPU time: what other programs on the machine take is not ours. */
static gboolean
tick_cb (gpointer data)
{
  Ticker *ticker = data;
  gint64 now = get_thread_usec ();

  ticker->longest = MAX (ticker->longest, now - ticker->last);
  if (now - ticker->last > LONG_TURN)
    ticker->n_long++;
  ticker->last = now;
  ticker->n++;
  return G_SOURCE_CONTINUE;
}

static HsElement *
slow_cb (HsClient *client, HsElement *message, gpointer data)
{
  gint64 end = get_thread_usec () + 200;

  while (get_thread_usec () < end)
    continue;
  ((Seen *) data)->n++;
  return NULL;
}

/* Quick for long, then slow: what the quick ones took is no measure for the next. */
static HsElement *
uneven_cb (HsClient *client, HsElement *message, gpointer data)
{
  Seen *seen = data;

  if (seen->n % 100 >= 80)
    return slow_cb (client, message, data);
  seen->n++;
  return NULL;
}

static HsElement *
quick_cb (HsClient *client, HsElement *message, gpointer data)
{
  ((Seen *) data)->n++;
  return NULL;
}

static void
any_message_cb (HsClient *client, HsMessage *message, gpointer data)
{
  ((Seen *) data)->n_signals++;
}

typedef struct
{
  HsHandlerFunc handler;
  guint n;
  guint per_tick; /* at the most */
} TurnsCase;

static const TurnsCase quick_case = { quick_cb, 100000, 10000 };
static const TurnsCase slow_case = { slow_cb, 3000, 100 };
static const TurnsCase uneven_case = { uneven_cb, 15000, 500 };

static void
test_turns (gconstpointer data)
{
  const TurnsCase *turns = data;
  guint n = scaled (turns->n);
  ScriptStep script[]
      = { RUN (script_sign_in), GATE, CALL (send_messages, GUINT_TO_POINTER (n)), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Seen seen = { .test = test };
  Ticker ticker = { .last = 0 };
  guint timer;

  hs_client_add_handler (test->client, "body", NULL, HS_HANDLER_DEFAULT, turns->handler, &seen,
                         NULL);
  test_client_start_until_ready (test);
  timer = g_timeout_add (1, tick_cb, &ticker);
  ticker.last = get_thread_usec ();
  scripted_server_open_gate (test->server);
  await_all (&seen.n, n);
  g_source_remove (timer);
  assert_short_turns (&ticker);
  if (g_getenv ("HS_TEST_VALGRIND") == NULL)
    g_assert_cmpuint (ticker.n, >, n / turns->per_tick);
  test_client_stop (test);
}

/* One stanza with many elements, another one, and the end of the connection. */
static gboolean
send_large_stanza (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) buffer = g_string_new ("<message><list xmlns='urn:x'>");

  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    g_string_append_printf (buffer, "<item n='%u'/>", i);
  g_string_append (buffer, "</list></message><message><last xmlns='urn:x'/></message>");
  return scripted_peer_send (peer, buffer->str, buffer->len);
}

static HsElement *
slow_item_cb (HsClient *client, HsElement *item, gpointer data)
{
  Seen *seen = data;

  g_assert_cmpuint (g_ascii_strtoull (hs_element_get_attribute (item, "n"), NULL, 10), ==, seen->n);
  return slow_cb (client, item, data);
}

static HsElement *
last_cb (HsClient *client, HsElement *last, gpointer data)
{
  Seen *seen = data;

  g_assert_cmpuint (seen->n_signals, ==, 1);
  seen->most = seen->n;
  return NULL;
}

/* It does not keep the main loop to itself either, and nothing overtakes it: not what follows, and not
 * the end of the connection. */
static void
test_turns_in_a_stanza (void)
{
  guint n = scaled (5000);
  ScriptStep script[] = { RUN (script_sign_in), GATE, CALL (send_large_stanza, GUINT_TO_POINTER (n)),
                          CLOSE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Seen seen = { .test = test };
  Ticker ticker = { .last = 0 };
  guint timer;

  hs_client_add_handler (test->client, "item", "urn:x", HS_HANDLER_DEFAULT, slow_item_cb, &seen, NULL);
  hs_client_add_handler (test->client, "last", "urn:x", HS_HANDLER_DEFAULT, last_cb, &seen, NULL);
  g_signal_connect (test->client, "message", G_CALLBACK (any_message_cb), &seen);
  test_client_start_until_ready (test);
  timer = g_timeout_add (1, tick_cb, &ticker);
  ticker.last = get_thread_usec ();
  scripted_server_open_gate (test->server);
  await_all (&seen.n, n);
  test_until (test->n_terminated == 1);
  g_source_remove (timer);
  assert_short_turns (&ticker);
  if (g_getenv ("HS_TEST_VALGRIND") == NULL)
    g_assert_cmpuint (ticker.n, >, n / 100);
  g_assert_cmpuint (seen.n, ==, n);
  g_assert_cmpuint (seen.most, ==, n);
  g_assert_cmpuint (seen.n_signals, ==, 2);
}

static void
timed_out_cb (GObject *source, GAsyncResult *result, gpointer answered)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);

  g_assert_error (error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_null (answer);
  *(guint *) answered = 1;
}

/* What waits for a time has it also while a stanza goes on and on. */
static void
test_times_in_a_stanza (void)
{
  const guint n = 2000; /* 0.2 ms each, also if memory is checked */
  ScriptStep script[] = { RUN (script_sign_in), GATE, CALL (send_large_stanza, GUINT_TO_POINTER (n)),
                          SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:y");
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", "a@b", query));
  Seen seen = { .test = test };
  guint answered = 0;

  hs_client_add_handler (test->client, "item", "urn:x", HS_HANDLER_DEFAULT, slow_item_cb, &seen, NULL);
  test_client_start_until_ready (test);
  scripted_server_open_gate (test->server);
  test_until (seen.n > 0);
  hs_client_request_async (test->client, iq, 10, NULL, timed_out_cb, &answered);
  test_until (answered == 1);
  g_assert_cmpuint (seen.n, <, n);
  await_all (&seen.n, n);
  test_client_stop (test);
}

/* ---- Cut ---- */

static void
any_element_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_assert_cmpstr (hs_element_get_attribute (element, "half"), ==, NULL);
  ((Seen *) data)->n_signals++;
}

/* What a cut connection left half done is never shown. */
static void
test_cut (void)
{
#define WHOLE "<message id='0'><body>1</body></message><message id='1'><body>2</body></message>"
  static const char *const halves[] = {
    "<message id='2' half='1'><body half='1'>3</body>",
    "<message id='2' half='1'><body half='1'>3</body></message",
    "<message id='2' half='1'><x half='1'><y half='1'/></x><body half='1'>",
    "<iq type='get' id='3' half='1'><x half='1'/>",
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (halves); i++)
    {
      ScriptStep script[] = { RUN (script_sign_in), SEND (WHOLE), SEND (halves[i / 2]),
                              i % 2 == 0 ? (ScriptStep) CLOSE : (ScriptStep) GATE, RESET, END };
      g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
      Seen seen = { .test = test };

      hs_client_add_handler (test->client, "message", "jabber:client", HS_HANDLER_DEFAULT,
                             message_cb, &seen, NULL);
      g_signal_connect (test->client, "element", G_CALLBACK (any_element_cb), &seen);
      hs_client_start (test->client);
      if (i % 2 == 1)
        {
          test_until (seen.n == 2);
          test_spin (5);
          scripted_server_open_gate (test->server);
        }
      test_until (test->n_terminated == 1);
      g_assert_error (test->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
      g_assert_cmpuint (seen.n, ==, 2);
      g_assert_cmpuint (seen.n_signals, ==, 4);
    }
}

/* All that had come before a loss is shown, also if it is more than fits into one turn. */
static void
test_all_before_the_end (void)
{
  guint n = scaled (20000);
  ScriptStep script[]
      = { RUN (script_sign_in), CALL (send_messages, GUINT_TO_POINTER (n)), CLOSE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Seen seen = { .test = test };

  hs_client_add_handler (test->client, "message", "jabber:client", HS_HANDLER_DEFAULT, message_cb,
                         &seen, NULL);
  test_client_run (test);
  g_assert_cmpuint (seen.n, ==, n);
}

/* ---- A peer that asks and does not read the answers ---- */

static gboolean
ask (ScriptedPeer *peer, gpointer data)
{
  static const char iq[] = "<iq type='get' id='q' from='a@b'><query xmlns='urn:x'/></iq>";
  g_autoptr (GString) buffer = g_string_new (NULL);

  for (guint i = 0; i < GPOINTER_TO_UINT (data); i++)
    {
      g_string_append (buffer, iq);
      if (buffer->len < 32768)
        continue;
      if (!scripted_peer_send (peer, buffer->str, buffer->len))
        return FALSE;
      g_string_truncate (buffer, 0);
    }
  return scripted_peer_send (peer, buffer->str, buffer->len);
}

static void
test_deaf_peer (void)
{
  guint n = scaled (400000);
  ScriptStep script[]
      = { RUN (script_sign_in), GATE, CALL (ask, GUINT_TO_POINTER (n)), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  gsize before;
  gsize most;

  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  before = most = test_resident ();
  scripted_server_open_gate (test->server);
  for (guint i = 0; i < 150; i++)
    {
      test_spin (10);
      most = MAX (most, test_resident ());
    }
  assert_grew_less (before, most, 6 * 1024);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  /* It can be stopped all the same. */
  g_object_set (test->client, "connect-timeout", 300, NULL);
  test_client_stop (test);
}

/* One that is only slow gets all of its answers. */
static gboolean
ask_and_read_late (ScriptedPeer *peer, gpointer data)
{
  guint n = GPOINTER_TO_UINT (data);

  if (!ask (peer, data))
    return FALSE;
  g_usleep (200 * 1000);
  for (guint i = 0; i < n; i++)
    {
      if (!scripted_peer_expect (peer, "</iq>"))
        return FALSE;
    }
  return TRUE;
}

static void
test_slow_peer (void)
{
  guint n = scaled (20000);
  ScriptStep script[]
      = { RUN (script_sign_in), CALL (ask_and_read_late, GUINT_TO_POINTER (n)), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);

  test_client_start_until_ready (test);
  test_until (scripted_server_count_received (test->server, "service-unavailable") == n);
  test_client_stop (test);
  g_assert_no_error (test->error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/flood/million-items", test_million_items);
  g_test_add_func ("/client/flood/messages", test_messages);
  g_test_add_data_func ("/client/flood/turns", &quick_case, test_turns);
  g_test_add_data_func ("/client/flood/turns-of-slow-handlers", &slow_case, test_turns);
  g_test_add_data_func ("/client/flood/turns-of-uneven-handlers", &uneven_case, test_turns);
  g_test_add_func ("/client/flood/turns-in-a-stanza", test_turns_in_a_stanza);
  g_test_add_func ("/client/flood/times-in-a-stanza", test_times_in_a_stanza);
  g_test_add_func ("/client/flood/cut", test_cut);
  g_test_add_func ("/client/flood/all-before-the-end", test_all_before_the_end);
  g_test_add_func ("/client/flood/deaf-peer", test_deaf_peer);
  g_test_add_func ("/client/flood/slow-peer", test_slow_peer);
  return g_test_run ();
}
