/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "client-test.h"
#include "client/hs-client-seam.h"
#include "net/hs-loop.h"
#include "protocol/hs-retry-policy.h"

/* What is tried again, and when. Chance and the clock are the test's own here: see HsRetryPolicy. */

#define STREAM_ERROR(condition) \
  "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END
#define SASL_FAILURE(condition) \
  "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><" condition "/></failure>"

static GString *bounds; /* that were asked for */
static guint chosen;

static guint
choose (guint bound)
{
  g_string_append_printf (bounds, "%u ", bound);
  return MIN (bound, chosen);
}

static void
set_up (void)
{
  bounds = g_string_new (NULL);
  chosen = 0;
}

static void
tear_down (void)
{
  g_string_free (bounds, TRUE);
  virtual_clock_release ();
}

/* With TLS there are sockets, and the clock is the system's. */
static TestClient *
new_client_for (const ScriptStep *const *scripts, HsTlsMode mode)
{
  TestClient *test = test_client_new (scripts, mode);

  if (mode == HS_TLS_MODE_NONE && !virtual_clock_stands ())
    virtual_clock_stand (TRUE);
  hs_client_set_random (test->client, choose);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  return test;
}

static TestClient *
new_client (const ScriptStep *const *scripts)
{
  return new_client_for (scripts, HS_TLS_MODE_NONE);
}

static void
change_network (void)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
}

static const ScriptStep ready_and_gone[] = { RUN (script_sign_in), RESET, END };
static const ScriptStep refused[] = { RUN (script_header), RESET, END };

/* The bound doubles from one second on. */
static void
test_doubles (void)
{
  static const ScriptStep *const scripts[]
      = { ready_and_gone, refused, refused, ready_and_gone, refused, script_session, NULL };
  TestClient *test = new_client (scripts);

  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (test->n_ready == 3);
  g_assert_cmpstr (bounds->str, ==, "1000 2000 4000 8000 16000 ");
  test_client_stop (test);
  test_client_free (test);
}

/* A session with stream management in which what comes with each new session is answered, and so many
 * stanzas are acknowledged. Where there was none before, @client_sends waits for what the program says. */
#define MANAGED(client_sends, acknowledged) \
  { \
    RUN (script_header), RUN (script_plain), RUN (script_header), \
        SEND (SAY_FEATURES_MANAGED), \
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"), \
        SEND ("<enabled xmlns='urn:xmpp:sm:3'/><message/><presence from='user@example.org/res'/>" \
              "<message from='user@example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'/>" \
              "</message>"), \
        EXPECT (client_sends), SEND ("<a xmlns='urn:xmpp:sm:3' h='" acknowledged "'/><message id='seen'/>"), \
        GATE, RESET, END \
  }

/* A server that begins sessions, acknowledges all that these bring along, and ends them, does nothing
 * for the program. One that has taken what the program has sent does. */
static void
count_cb (HsClient *client, HsMessage *message, gpointer n_messages)
{
  ++*(guint *) n_messages;
}

static void
test_progress (void)
{
  static const ScriptStep kicked[] = MANAGED ("<presence", "2");
  static const ScriptStep used[] = MANAGED ("<body>hello</body>", "3");
  static const ScriptStep *const scripts[]
      = { kicked, kicked, kicked, used, script_session, NULL };
  TestClient *test = new_client (scripts);
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  guint n_messages = 0;

  g_object_set (test->client, "initial-roster", TRUE, "initial-presence", presence, NULL);
  g_signal_connect (test->client, "message", G_CALLBACK (count_cb), &n_messages);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  for (guint i = 1; i <= 4; i++)
    {
      test_until (test->n_ready == i);
      if (i == 4)
        hs_client_send_raw_stanza (test->client, "<message to='a@b'><body>hello</body></message>", NULL);
      /* The last of them comes after the acknowledgement. */
      test_until (n_messages == 3 * i);
      scripted_server_open_gate (test->server);
    }
  test_until (test->n_ready == 5);
  g_assert_cmpstr (bounds->str, ==, "1000 2000 4000 1000 ");
  test_client_stop (test);
  test_client_free (test);
}

/* However often it fails, it is not more than five minutes. */
static void
test_bound (void)
{
  HsBackoff backoff = { 0 };
  guint bound = 0;

  g_assert_cmpuint (hs_backoff_next (&backoff, HS_BACKOFF_LASTING), ==, 0);
  g_assert_cmpuint (hs_backoff_next (&backoff, 0), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      guint next = hs_backoff_next (&backoff, 0);

      g_assert_cmpuint (next, >=, bound);
      bound = next;
    }
  g_assert_cmpuint (bound, ==, 300000);
  g_assert_cmpuint (hs_backoff_next (&backoff, HS_BACKOFF_LASTING - 1), ==, 300000);
  g_assert_cmpuint (hs_backoff_next (&backoff, HS_BACKOFF_LASTING), ==, 0);
  g_assert_cmpuint (hs_backoff_next (&backoff, HS_BACKOFF_SHORT), ==, 1000);
  hs_backoff_next (&backoff, 0);
  g_assert_cmpuint (hs_backoff_next (&backoff, HS_BACKOFF_SHORT - 1), ==, 4000);
  hs_backoff_reset (&backoff);
  g_assert_cmpuint (hs_backoff_next (&backoff, 0), ==, 1000);
}

typedef struct
{
  const char *name;
  const char *text; /* what the server says, in a session or to the sign-in */
  gboolean at_sign_in;
  gboolean again;
} Case;

static const Case cases[] = {
  { "reset", STREAM_ERROR ("reset"), FALSE, TRUE },
  { "system-shutdown", STREAM_ERROR ("system-shutdown"), FALSE, TRUE },
  { "policy-violation", STREAM_ERROR ("policy-violation"), FALSE, TRUE },
  { "host-gone", STREAM_ERROR ("host-gone"), FALSE, TRUE },
  { "internal-server-error", STREAM_ERROR ("internal-server-error"), FALSE, TRUE },
  { "conflict", STREAM_ERROR ("conflict"), FALSE, FALSE },
  { "stream-not-authorized", STREAM_ERROR ("not-authorized"), FALSE, FALSE },
  { "temporary-auth-failure", SASL_FAILURE ("temporary-auth-failure"), TRUE, TRUE },
  { "not-authorized", SASL_FAILURE ("not-authorized"), TRUE, FALSE },
  { "account-disabled", SASL_FAILURE ("account-disabled"), TRUE, FALSE },
};

static void
test_case (gconstpointer data)
{
  const Case *tried = data;
  ScriptStep in_session[] = { RUN (script_sign_in), SEND (tried->text), READ_END, END };
  ScriptStep at_sign_in[] = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")),
                              EXPECT ("</auth>"), SEND (tried->text), READ_END, END };
  const ScriptStep *scripts[] = { NULL, NULL, script_session, NULL };
  TestClient *test;

  scripts[0] = tried->at_sign_in ? ready_and_gone : script_session;
  scripts[1] = tried->at_sign_in ? at_sign_in : script_session;
  if (!tried->at_sign_in)
    scripts[0] = in_session;
  test = new_client (scripts);
  scripted_server_forgive (test->server);
  hs_client_start (test->client);
  test_until (test->n_ready == 2 || test->n_terminated == 1);
  g_assert_cmpint (test->n_ready == 2, ==, tried->again);
  if (tried->again)
    test_client_stop (test);
  test_client_free (test);
}

/* The same words before TLS are anybody's, and end nothing. */
static void
test_before_tls (void)
{
  static const ScriptStep gone[] = { RUN (script_sign_in_tls), RESET, END };
  static const ScriptStep liar[]
      = { RUN (script_header), SEND (STREAM_ERROR ("conflict")), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, liar, script_session_tls, NULL };
  TestClient *test = new_client_for (scripts, HS_TLS_MODE_STARTTLS);

  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (test->n_ready == 2 || test->n_terminated == 1);
  g_assert_cmpuint (test->n_ready, ==, 2);
  test_client_stop (test);
  test_client_free (test);
}

/* A portal's certificate, or a clock that is wrong: not the end, but no hurry either. */
static void
test_certificate (void)
{
  static const ScriptStep gone[] = { RUN (script_sign_in_tls), RESET, END };
  static const ScriptStep refused_tls[] = { RUN (script_starttls), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, refused_tls, script_session_tls, NULL };
  TestClient *test = new_client_for (scripts, HS_TLS_MODE_STARTTLS);
  g_autoptr (GTlsDatabase) database = NULL;

  g_object_get (test->client, "tls-database", &database, NULL);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  g_object_set (test->client, "tls-database", NULL, NULL);
  test_until (test->n_disconnected == 2 || test->n_terminated == 1);
  g_assert_error (test->loss, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpint (test->retry, ==, 300000);
  g_object_set (test->client, "tls-database", database, NULL);
  change_network ();
  test_until (test->n_ready == 2);
  test_client_stop (test);
  test_client_free (test);
}

/* ---- The same again ---- */

static const ScriptStep refusing[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"),
        SEND ("<iq type='error' id='@ID@'><error type='cancel'>"
              "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"),
        READ_END, END };
static const ScriptStep violated[]
    = { RUN (script_sign_in), SEND (STREAM_ERROR ("policy-violation")), READ_END, END };
static const ScriptStep malformed[] = { RUN (script_sign_in), SEND ("<message><a></b></message>"), READ_END, END };

/* The session is given up for it, and the next one begins in the same way. */
static const ScriptStep malformed_managed[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header),
        SEND (SAY_FEATURES_MANAGED),
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
        SEND ("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='s'/><message><a></b></message>"), READ_END, END };

static const struct
{
  const char *name;
  const ScriptStep *first, *again;
} sames[] = {
  { "bind", ready_and_gone, refusing },
  { "session", violated, violated },
  { "xml", malformed, malformed },
  { "xml-managed", malformed_managed, malformed_managed },
};

/* What a server refuses at the same point again and again is asked for slowly, and the program is told so. */
static void
test_same (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const ScriptStep *scripts[] = { sames[i].first, sames[i].again, sames[i].again, script_session, NULL };
  TestClient *test = new_client (scripts);
  guint n_connections;
  gint64 begin;

  scripted_server_forgive (test->server);
  hs_client_start (test->client);
  test_until (test->n_terminated > 0 || test->retry == 300000);
  g_assert_cmpuint (test->n_terminated, ==, 0);
  g_assert_nonnull (strstr (test->loss->message, "2 times in a row at the same point"));
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, sames[i].first == sames[i].again ? 2 : 3);
  /* A change of the network ends the wait, as always. */
  n_connections = scripted_server_get_n_connections (test->server);
  begin = virtual_clock_get_time ();
  change_network ();
  test_until (scripted_server_get_n_connections (test->server) > n_connections);
  g_assert_cmpint (virtual_clock_get_time () - begin, <=, 1000);
  test_client_stop (test);
  test_client_free (test);
}

/* ---- A session that can be resumed ---- */

static void
count_resumed_cb (guint *n_resumed)
{
  ++*n_resumed;
}

#define SESSION(more) \
  { \
    RUN (script_header), RUN (script_plain), RUN (script_header), \
        SEND (SAY_FEATURES_MANAGED), \
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"), \
        SEND ("<enabled xmlns='urn:xmpp:sm:3' resume='true' id='s'" more "/><message id='seen'/>"), GATE, RESET, END \
  }
#define RESUMED(more) \
  { \
    RUN (script_header), RUN (script_plain), RUN (script_header), \
        SEND (SAY_FEATURES_MANAGED), \
        EXPECT ("<resume"), SEND ("<resumed xmlns='urn:xmpp:sm:3' previd='s' h='0'/>" more), GATE, RESET, END \
  }

/* The server grants each resumption, and something comes in each: that is not the kind of failure that is to be
 * waited for. If nothing moves it is. */
static void
test_resumed (void)
{
  static const ScriptStep session[] = SESSION (" max='600'");
  static const ScriptStep moving[] = RESUMED ("<message id='more'/>"), still[] = RESUMED ("");
  static const ScriptStep *const scripts[]
      = { session, moving, moving, moving, still, still, still, script_session, NULL };
  TestClient *test = new_client (scripts);
  guint n_messages = 0;
  guint n_resumed = 0;

  g_signal_connect (test->client, "message", G_CALLBACK (count_cb), &n_messages);
  g_signal_connect_swapped (test->client, "resumed", G_CALLBACK (count_resumed_cb), &n_resumed);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (n_messages == 1);
  scripted_server_open_gate (test->server);
  for (guint i = 1; i <= 6; i++)
    {
      test_until (n_resumed == i && n_messages == MIN (i + 1, 4));
      scripted_server_open_gate (test->server);
    }
  test_until (test->n_ready == 2);
  /* What has come with the third counts at the fourth. */
  g_assert_cmpstr (bounds->str, ==, "1000 1000 1000 1000 1000 2000 4000 ");
  test_client_stop (test);
  test_client_free (test);
}

/* However often it is cut before that, it is not waited for longer than the session is kept. */
static void
test_kept (void)
{
  static const ScriptStep session[] = SESSION (" max='8'");
  static const ScriptStep *const scripts[]
      = { session, refused, refused, refused, refused, refused, refused, script_session, NULL };
  TestClient *test = new_client (scripts);
  guint n_messages = 0;
  g_auto (GStrv) seen = NULL;

  g_signal_connect (test->client, "message", G_CALLBACK (count_cb), &n_messages);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (n_messages == 1);
  scripted_server_open_gate (test->server);
  test_until (test->n_ready == 2);
  seen = g_strsplit (bounds->str, " ", -1);
  g_assert_cmpuint (g_strv_length (seen), >=, 6);
  for (guint i = 0; seen[i] != NULL; i++)
    g_assert_cmpint (g_ascii_strtoll (seen[i], NULL, 10), <=, 4000);
  test_client_stop (test);
  test_client_free (test);
}

/* ---- A host that cannot be read ---- */

static const char *const unreadable[] = { "127.0.0.1:99999", "[::1", "127.0.0.1:", "", "xmpp://127.0.0.1" };

#define SEE_OTHER_HOST \
  "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>%s</see-other-host></stream:error>" SAY_END

/* The own host is tried, on its own port, and the program is told. */
static void
test_unreadable (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_autofree char *text = g_strdup_printf (SEE_OTHER_HOST, unreadable[i]);
      ScriptStep sends_on[] = { RUN (script_header), SEND (text), READ_END, END };
      const ScriptStep *scripts[] = { sends_on, script_session, NULL };
      TestClient *test = new_client (scripts);

      scripted_server_forgive (test->server);
      test_client_start_until_ready (test);
      g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
      g_assert_error (test->loss, HS_STREAM_ERROR, HS_STREAM_ERROR_SEE_OTHER_HOST);
      g_assert_nonnull (strstr (test->loss->message, "is not a host with a port"));
      test_client_stop (test);
      test_client_free (test);
    }
}

static void
test_unreadable_location (void)
{
  static const ScriptStep session[] = SESSION (" location='127.0.0.1:99999'");
  static const ScriptStep one[] = RESUMED ("");
  static const ScriptStep *const scripts[] = { session, one, script_session, NULL };
  TestClient *test = new_client (scripts);
  guint n_messages = 0;

  g_signal_connect (test->client, "message", G_CALLBACK (count_cb), &n_messages);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (n_messages == 1);
  scripted_server_open_gate (test->server);
  test_until (test->n_disconnected > 0);
  g_assert_nonnull (strstr (test->loss->message, "is not a host with a port"));
  scripted_server_open_gate (test->server);
  test_until (test->n_ready == 2);
  g_assert_cmpuint (scripted_server_count_received (test->server, "<resume"), >=, 1);
  test_client_stop (test);
  test_client_free (test);
}

/* ---- What ends the wait ---- */

/* Failed for so long that it waits for five minutes. */
static TestClient *
wait_long (void)
{
  static const ScriptStep *const scripts[]
      = { ready_and_gone, refused, refused, refused, refused, refused, refused, refused, refused, refused,
          script_session, NULL };
  TestClient *test = new_client (scripts);

  scripted_server_forgive (test->server);
  chosen = G_MAXUINT;
  hs_client_start (test->client);
  test_until (test->n_disconnected == 10);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_INTERRUPTED);
  g_assert_cmpint (test->retry, ==, 300000);
  chosen = 0;
  virtual_clock_advance (299000);
  g_assert_cmpuint (test->n_ready, ==, 1);
  return test;
}

static void
assert_back (TestClient *test)
{
  virtual_clock_advance (0);
  g_assert_cmpuint (test->n_ready, ==, 2);
  test_client_stop (test);
}

static void
test_network (void)
{
  TestClient *test = wait_long ();

  change_network ();
  assert_back (test);
  test_client_free (test);
}

static void
test_now (void)
{
  TestClient *test = wait_long ();

  hs_client_reconnect_now (test->client);
  virtual_clock_advance (0);
  g_assert_cmpuint (test->n_ready, ==, 2);
  hs_client_reconnect_now (test->client);
  virtual_clock_advance (1000);
  g_assert_cmpuint (test->n_disconnected, ==, 10);
  test_client_stop (test);
  hs_client_reconnect_now (test->client);
  test_client_free (test);
}

static void
sleep_and_wake (gint64 seconds)
{
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);

  hs_loop_wake_up (loop, seconds * G_USEC_PER_SEC);
}

static void
test_woken_waiting (void)
{
  TestClient *test = wait_long ();

  /* The clock was set, and that was all. */
  sleep_and_wake (0);
  virtual_clock_advance (500);
  g_assert_cmpuint (test->n_ready, ==, 1);
  sleep_and_wake (3600);
  assert_back (test);
  test_client_free (test);
}

static void
run_test (gconstpointer function)
{
  set_up ();
  ((void (*) (void)) function) ();
  tear_down ();
}

static void
run_case (gconstpointer data)
{
  set_up ();
  test_case (data);
  tear_down ();
}

static void
run_same (gconstpointer data)
{
  set_up ();
  test_same (data);
  tear_down ();
}

/* ---- Redirection ---- */

static void
count_wait_cb (HsClient *client, GError *error, int retry, guint *n_waits)
{
  if (retry > 0)
    (*n_waits)++;
}

static guint
choose_longest (guint bound)
{
  return bound;
}

/* That a session has lasted says nothing of those that follow, which only send on. */
static void
test_redirects (void)
{
  static ScriptedServer *self;
  static const ScriptStep lasting[] = { RUN (script_sign_in), GATE, CALL (script_send_on, &self), READ_END, END };
  static const ScriptStep redirecting[] = { SENDING_ON (&self), END };
  static const ScriptStep *const scripts[] = { lasting, redirecting, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  guint n_waits = 0;

  hs_client_set_random (test->client, choose_longest);
  self = test->server;
  scripted_server_forgive (self);
  g_signal_connect (test->client, "disconnected", G_CALLBACK (count_wait_cb), &n_waits);
  test_client_start_until_ready (test);
  virtual_clock_advance (31 * 1000);
  scripted_server_open_gate (self);
  test_until (n_waits > 0);
  g_assert_cmpuint (scripted_server_get_n_connections (self), <, 40);
  test_client_stop (test);
}

static void
add (const char *name, void (*function) (void))
{
  g_autofree char *path = g_strconcat ("/client/retry/", name, NULL);

  g_test_add_data_func (path, (gconstpointer) function, run_test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("doubles", test_doubles);
  add ("progress", test_progress);
  add ("bound", test_bound);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/client/retry/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], run_case);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sames); i++)
    {
      g_autofree char *path = g_strconcat ("/client/retry/same/", sames[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), run_same);
    }
  add ("resumed", test_resumed);
  add ("kept", test_kept);
  add ("unreadable", test_unreadable);
  add ("unreadable-location", test_unreadable_location);
  add ("before-tls", test_before_tls);
  add ("certificate", test_certificate);
  add ("network", test_network);
  add ("now", test_now);
  add ("woken-waiting", test_woken_waiting);
  add ("redirects", test_redirects);
  return g_test_run ();
}
