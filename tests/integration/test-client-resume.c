/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Acknowledgements, interruptions and what becomes of what was sent (XEP-0198); client state
 * indication (XEP-0352). */

#define SM " xmlns='urn:xmpp:sm:3'"
#define FEATURES \
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm" SM "/>" \
  "<csi xmlns='urn:xmpp:csi:0'/></stream:features>"

static const ScriptStep sign_in[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (FEATURES), END };
static const ScriptStep begin[] = { RUN (sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND),
                                    EXPECT ("<enable" SM " resume='true'/>"),
                                    SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"), END };
#define CUT_AFTER(text) { RUN (begin), EXPECT (text), GATE, RESET, END }
static const ScriptStep served[] = { RUN (begin), SERVE, END };

typedef struct
{
  TestClient *test;
  GString *returned; /* ids of stanzas that came back */
  guint n_resumed;
  HsClientState state_when_resumed;
} Fixture;

static void
resumed_cb (HsClient *client, Fixture *f)
{
  f->n_resumed++;
  f->state_when_resumed = hs_client_get_state (client);
}

static void
returned_cb (HsClient *client, HsStanza *stanza, GError *error, Fixture *f)
{
  g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_string_append_printf (f->returned, "%s ", hs_stanza_get_id (stanza));
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

static void
watch (Fixture *f, TestClient *test)
{
  f->test = test;
  f->returned = g_string_new (NULL);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), f);
  g_signal_connect (test->client, "returned", G_CALLBACK (returned_cb), f);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), f);
}

static void
set_up (Fixture *f, const ScriptStep *const *scripts)
{
  watch (f, test_client_new (scripts, HS_TLS_MODE_NONE));
}

static void
clear (Fixture *f)
{
  test_client_free (f->test);
  g_string_free (f->returned, TRUE);
}

static void
send_numbered (Fixture *f, const char *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = g_strdup_printf ("<message id='%s' type='%s' to='a@b'/>", id, type);

  hs_client_send_raw_stanza (f->test->client, xml, &error);
  g_assert_no_error (error);
}

/* ---- send_async ---- */

typedef struct
{
  gboolean done;
  GError *error;
} Result;

static void
sent_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Result *sent = data;

  hs_client_send_finish (HS_CLIENT (client), result, &sent->error);
  sent->done = TRUE;
}

static void
send_awaited (Fixture *f, GCancellable *cancellable, Result *result)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "text"));

  hs_client_send_async (f->test->client, message, cancellable, sent_cb, result);
}

/* Only the server's word ends the waiting, and it is asked for it at once. */
static void
test_acknowledged (void)
{
  static const ScriptStep script[] = { RUN (begin), EXPECT ("</message><r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  Fixture f = { NULL };
  Result result = { FALSE };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  send_awaited (&f, NULL, &result);
  test_client_await_sent (f.test, "<r" SM "/>");
  test_spin (50);
  g_assert_false (result.done);
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 1);
  scripted_server_open_gate (f.test->server);
  test_until (result.done);
  g_assert_no_error (result.error);
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 0);
  test_client_stop (f.test);
  clear (&f);
}

/* Who does not wait any more is not called, and the stanza has its fate all the same. */
static void
test_cancelled (void)
{
  static const ScriptStep script[] = { RUN (begin), EXPECT ("<r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Fixture f = { NULL };
  Result result = { FALSE };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  send_awaited (&f, cancellable, &result);
  g_cancellable_cancel (cancellable);
  test_until (result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 1);
  scripted_server_open_gate (f.test->server);
  test_until (hs_client_get_unacknowledged (f.test->client) == 0);
  test_client_stop (f.test);
  g_clear_error (&result.error);
  clear (&f);
}

/* ---- Interruptions ---- */

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Result *answer = data;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (client), result, &answer->error);

  g_assert_true ((iq == NULL) == (answer->error != NULL));
  answer->done = TRUE;
}

static void
ask (Fixture *f, Result *result)
{
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:x");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);

  hs_element_set_attribute (HS_ELEMENT (iq), "id", "q1");
  hs_client_request_async (f->test->client, HS_ELEMENT (iq), 500, NULL, answered_cb, result);
}

/* What the server had is not sent again, what it had not is, and so is what was sent meanwhile; a
 * request goes on, however long it took. */
static void
test_resumed (void)
{
  static const ScriptStep again[]
      = { RUN (sign_in), EXPECT ("<resume" SM " h='1' previd='s1'/>"), GATE,
          SEND ("<resumed" SM " h='1' previd='s1'/>"), EXPECT ("id='two'"), EXPECT ("id=\"q1\""),
          EXPECT ("id='three'"), SEND ("<r" SM "/>"), EXPECT ("<a" SM " h='1'/>"),
          SEND ("<iq type='result' id='q1'/><a" SM " h='4'/>"), SERVE, END };
  static const ScriptStep cut[] = { RUN (begin), SEND ("<message id='m'/>"), EXPECT ("q1"), GATE,
                                    RESET, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  Fixture f = { NULL };
  Result answer = { FALSE };
  Result sent = { FALSE };
  HsJid *bound;

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  bound = hs_client_get_bound_jid (f.test->client);
  send_numbered (&f, "chat", "one");
  send_numbered (&f, "groupchat", "two");
  ask (&f, &answer);
  test_client_await_sent (f.test, "q1");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  g_assert_true (hs_client_get_bound_jid (f.test->client) == bound);
  send_numbered (&f, "chat", "three");
  send_awaited (&f, NULL, &sent);
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 5);
  /* Longer than the request may take. */
  test_spin (700);
  g_assert_false (answer.done);
  scripted_server_open_gate (f.test->server);
  test_until (f.n_resumed == 1 && answer.done);
  g_assert_no_error (answer.error);
  g_assert_cmpint (f.state_when_resumed, ==, HS_CLIENT_STATE_READY);
  g_assert_cmpuint (f.test->n_ready, ==, 1);
  test_until (hs_client_get_unacknowledged (f.test->client) == 1);
  g_assert_false (sent.done);
  g_assert_cmpstr (f.returned->str, ==, "");
  scripted_server_send (f.test->server, "<a" SM " h='5'/>");
  test_until (sent.done);
  g_assert_no_error (sent.error);
  test_client_stop (f.test);
  clear (&f);
}

/* Messages but those to rooms go again, with their date; the rest comes back. */
static void
test_lost (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("q1");
  static const ScriptStep again[]
      = { RUN (sign_in), EXPECT ("<resume"),
          SEND ("<failed" SM " h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                "</failed>"),
          EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
          SEND ("<enabled" SM " resume='true' id='s2'/>"), EXPECT ("id=\"three\""),
          EXPECT ("<delay xmlns=\"urn:xmpp:delay\" stamp=\""), EXPECT ("</message>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  Fixture f = { NULL };
  Result answer = { FALSE };
  Result sent = { FALSE };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  send_numbered (&f, "chat", "one");
  send_numbered (&f, "groupchat", "two");
  send_numbered (&f, "chat", "three");
  ask (&f, &answer);
  test_client_await_sent (f.test, "q1");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2 && answer.done);
  g_assert_error (answer.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "two ");
  g_assert_cmpuint (f.n_resumed, ==, 0);
  send_awaited (&f, NULL, &sent);
  test_client_await_sent (f.test, "text");
  scripted_server_send (f.test->server, "<a" SM " h='2'/>");
  test_until (sent.done);
  g_assert_no_error (sent.error);
  test_client_stop (f.test);
  g_clear_error (&answer.error);
  clear (&f);
}

/* Without a word on what was received, all that had left comes back, and who waits is told. */
static void
test_unknown (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("text");
  static const ScriptStep again[] = { RUN (sign_in), EXPECT ("<resume"), SEND ("<failed" SM "/>"),
                                      EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                      SEND ("<failed" SM "/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  Fixture f = { NULL };
  Result sent = { FALSE };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  send_numbered (&f, "chat", "one");
  send_awaited (&f, NULL, &sent);
  test_client_await_sent (f.test, "text");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2);
  test_until (sent.done);
  g_assert_error (sent.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "one ");
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 0);
  test_client_stop (f.test);
  g_clear_error (&sent.error);
  clear (&f);
}

/* Where no connection follows, what is not known to have arrived comes back. */
static void
test_end (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("text");
  static const ScriptStep *const scripts[] = { cut, NULL };
  Fixture f = { NULL };
  Result sent = { FALSE };

  set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", FALSE, NULL);
  test_client_start_until_ready (f.test);
  send_numbered (&f, "chat", "one");
  send_awaited (&f, NULL, &sent);
  test_client_await_sent (f.test, "text");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_terminated == 1 && sent.done);
  g_assert_error (sent.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "one ");
  g_assert_null (hs_client_get_bound_jid (f.test->client));
  g_clear_error (&sent.error);
  clear (&f);
}

/* The end waits for the last acknowledgement, and our last word before it is one. */
static void
test_stop (void)
{
  static const ScriptStep script[] = { RUN (begin), SEND ("<message/>"), EXPECT ("<r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"),
                                       EXPECT ("<a" SM " h='1'/></stream:stream>"), SEND (SAY_END),
                                       END };
  static const ScriptStep *const scripts[] = { script, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  send_numbered (&f, "chat", "one");
  hs_client_stop (f.test->client);
  test_client_await_sent (f.test, "<r" SM "/>");
  test_spin (50);
  g_assert_false (scripted_server_has_received (f.test->server, "</stream:stream>"));
  scripted_server_open_gate (f.test->server);
  test_client_wait_terminated (f.test);
  g_assert_no_error (f.test->error);
  g_assert_cmpstr (f.returned->str, ==, "");
  clear (&f);
}

/* The server says that it has what was never sent. */
static void
test_excess (void)
{
  static const ScriptStep script[] = { RUN (begin), SEND ("<a" SM " h='1'/>"),
                                       EXPECT ("<handled-count-too-high" SM " h='1' send-count='0'/>"),
                                       READ_END, END };
  static const ScriptStep *const scripts[] = { script, served, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (f.test->n_ready == 2);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_false (scripted_server_has_received (f.test->server, "<resume"));
  test_client_stop (f.test);
  clear (&f);
}

/* The connection is made where the server wants it, and, where nobody is there, as usual. */
static void
test_location (void)
{
  static const ScriptStep elsewhere[]
      = { RUN (sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
          SEND ("<enabled" SM " resume='true' id='s1' location='127.0.0.1:1'/>"), RESET, END };
  static const ScriptStep again[] = { RUN (sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { elsewhere, again, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (f.n_resumed == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 2);
  test_client_stop (f.test);
  clear (&f);
}

static guint n_redirects;

/* The port is not known before the server is. */
static gboolean
redirect (ScriptedPeer *peer, gpointer data)
{
  ScriptedServer *server = *(ScriptedServer **) data;
  g_autofree char *text = g_strdup_printf (
      SAY_HEADER "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
                 "127.0.0.1:%u</see-other-host></stream:error></stream:stream>",
      scripted_server_get_port (server));

  n_redirects++;
  return scripted_peer_expect (peer, ">") && scripted_peer_send (peer, text, -1);
}

static void
test_other_host (void)
{
  static ScriptedServer *other;
  static const ScriptStep redirecting[] = { CALL (redirect, &other), READ_END, END };
  static const ScriptStep *const scripts[] = { redirecting, NULL };
  static const ScriptStep *const others[] = { served, NULL };
  Fixture f = { NULL };

  other = scripted_server_new (others);
  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_client_stop (f.test);
  g_assert_cmpuint (scripted_server_get_n_connections (other), ==, 1);
  clear (&f);
  scripted_server_free (other);
}

/* Servers that send us to each other for ever. */
static void
test_other_host_for_ever (void)
{
  static ScriptedServer *self;
  static const ScriptStep redirecting[] = { CALL (redirect, &self), READ_END, END };
  static const ScriptStep *const scripts[] = { redirecting, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  self = f.test->server;
  n_redirects = 0;
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_SEE_OTHER_HOST);
  g_assert_cmpuint (n_redirects, >, 1);
  g_assert_cmpuint (n_redirects, <, 20);
  clear (&f);
}

/* The same from sessions that they have begun before. */
static gboolean
send_on (ScriptedPeer *peer, gpointer data)
{
  ScriptedServer *server = *(ScriptedServer **) data;
  g_autofree char *text = g_strdup_printf (
      "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
      "127.0.0.1:%u</see-other-host></stream:error></stream:stream>",
      scripted_server_get_port (server));

  return scripted_peer_send (peer, text, -1);
}

static void
waiting_cb (HsClient *client, GError *error, int retry, guint *n_waits)
{
  if (retry > 0)
    (*n_waits)++;
}

static void
test_other_host_when_ready (void)
{
  static ScriptedServer *self;
  static const ScriptStep redirecting[] = { RUN (script_sign_in), CALL (send_on, &self), READ_END, END };
  static const ScriptStep *const scripts[] = { redirecting, NULL };
  Fixture f = { NULL };
  guint n_waits = 0;

  f.test = test_client_new (scripts, HS_TLS_MODE_NONE);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  f.returned = g_string_new (NULL);
  self = f.test->server;
  scripted_server_forgive (self);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (waiting_cb), &n_waits);
  hs_client_start (f.test->client);
  test_until (n_waits == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (self), <, 10);
  test_client_stop (f.test);
  clear (&f);
}

/* ---- Silence ---- */

static void
test_silent (void)
{
  static const ScriptStep silent[] = { RUN (begin), EXPECT ("<r" SM "/>"), READ_END, END };
  static const ScriptStep again[] = { RUN (sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { silent, again, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  g_object_set (f.test->client, "keepalive-interval", 50, "connect-timeout", 2000, NULL);
  test_client_start_until_ready (f.test);
  test_until (f.n_resumed == 1);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  scripted_server_forgive (f.test->server);
  test_client_stop (f.test);
  clear (&f);
}

/* ---- A session that is kept ---- */

/* What the process leaves behind when it goes without a word. */
static GVariant *
leave (Fixture *f)
{
  GVariant *state = NULL;

  send_numbered (f, "chat", "one");
  test_client_await_sent (f->test, "one");
  /* The server may not have said yet that the session can be resumed. */
  test_until ((state = hs_client_dup_session_state (f->test->client)) != NULL);
  test_client_drop (f->test);
  g_assert_null (f->test->gone);
  return state;
}

static void
test_kept (void)
{
  static const ScriptStep gone[] = { RUN (begin), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, NULL };
  static const ScriptStep again[] = { RUN (sign_in), EXPECT ("<resume" SM " h='0' previd='s1'/>"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"),
                                      EXPECT ("id='one'"), EXPECT ("id='two'"), SERVE, END };
  static const ScriptStep *const other_scripts[] = { again, NULL };
  Fixture f = { NULL };
  Fixture other = { NULL };
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) copy = NULL;
  g_autoptr (GError) error = NULL;

  set_up (&f, scripts);
  scripted_server_forgive (f.test->server);
  g_assert_null (hs_client_dup_session_state (f.test->client));
  test_client_start_until_ready (f.test);
  state = leave (&f);
  clear (&f);

  /* Through a file. */
  bytes = g_variant_get_data_as_bytes (state);
  copy = g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (state), bytes, FALSE));
  set_up (&other, other_scripts);
  hs_client_set_session_state (other.test->client, copy, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (other.test->client)), ==,
                   "user@example.org/res");
  send_numbered (&other, "chat", "two");
  hs_client_start (other.test->client);
  test_until (other.n_resumed == 1);
  g_assert_cmpuint (other.test->n_ready, ==, 0);
  test_client_await_sent (other.test, "two");
  scripted_server_send (other.test->server, "<a" SM " h='2'/>");
  test_until (hs_client_get_unacknowledged (other.test->client) == 0);
  test_client_stop (other.test);
  g_assert_null (hs_client_dup_session_state (other.test->client));
  clear (&other);
}

#define STATE_TYPE "(ussx(smsuuuua(xyyay)))"

static void
refuse (GVariant *state, int code)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org/other", "secret");
  g_autoptr (GVariant) sunk = g_variant_ref_sink (state);
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_client_set_session_state (client, sunk, &error));
  g_assert_error (error, HS_ERROR, code);
  g_assert_null (hs_client_get_bound_jid (client));
  g_assert_cmpuint (hs_client_get_unacknowledged (client), ==, 0);
}

static GVariant *
make_state (guint version, const char *account, const char *bound, gint64 age, guint n_written)
{
  return g_variant_new (STATE_TYPE, version, account, bound,
                        g_get_real_time () / G_USEC_PER_SEC - age, "s1", NULL, 600, 0, 0, n_written,
                        NULL);
}

static void
test_refused (void)
{
  static const guint8 rubbish[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GVariant) good
      = g_variant_ref_sink (make_state (1, "user@example.org", "user@example.org/a", 599, 0));
  g_autoptr (GError) error = NULL;

  refuse (make_state (1, "other@example.org", "other@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  refuse (make_state (1, "user@example.org", "not an address", 0, 0), HS_ERROR_INVALID_STATE);
  refuse (make_state (1, "user@example.org", "user@example.org", 0, 0), HS_ERROR_INVALID_STATE);
  refuse (make_state (2, "user@example.org", "user@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  refuse (make_state (1, "user@example.org", "user@example.org/a", 601, 0), HS_ERROR_EXPIRED);
  refuse (make_state (1, "user@example.org", "boss@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  refuse (make_state (1, "user@example.org", "user@example.net/a", 0, 0), HS_ERROR_INVALID_STATE);
  /* Kept before there was time. */
  refuse (g_variant_new (STATE_TYPE, 1, "user@example.org", "user@example.org/a", G_MININT64, "s1", NULL,
                         600, 0, 0, 0, NULL),
          HS_ERROR_EXPIRED);
  /* More written than there is. */
  refuse (make_state (1, "user@example.org", "user@example.org/a", 0, 1), HS_ERROR_INVALID_STATE);
  refuse (g_variant_new_string ("state"), HS_ERROR_INVALID_STATE);
  refuse (g_variant_new_from_data (G_VARIANT_TYPE (STATE_TYPE), rubbish, sizeof rubbish, FALSE, NULL,
                                   NULL),
          HS_ERROR_INVALID_STATE);
  g_assert_true (hs_client_set_session_state (client, good, &error));
  g_assert_no_error (error);
}

static void
become_other_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.org", NULL);

  g_object_set (client, "jid", jid, NULL);
}

/* What one account has sent does not leave from another. */
static void
test_other_account (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("q1");
  static const ScriptStep *const scripts[] = { cut, served, NULL };
  Fixture f = { NULL };
  Result answer = { FALSE };

  set_up (&f, scripts);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (become_other_cb), NULL);
  test_client_start_until_ready (f.test);
  send_numbered (&f, "chat", "one");
  ask (&f, &answer);
  test_client_await_sent (f.test, "q1");
  scripted_server_forget_received (f.test->server);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2 && answer.done);
  g_assert_error (answer.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "one ");
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 0);
  test_client_stop (f.test);
  g_assert_false (scripted_server_has_received (f.test->server, "<resume"));
  g_assert_false (scripted_server_has_received (f.test->server, "<message"));
  g_clear_error (&answer.error);
  clear (&f);
}

/* ---- Whoever hears of it lets go of the client ---- */

static void
let_go (Fixture *f)
{
  if (f->test->client != NULL)
    test_client_drop (f->test);
}

static void
resumed_and_gone_cb (HsClient *client, Fixture *f)
{
  let_go (f);
}

static void
returned_and_gone_cb (HsClient *client, HsStanza *stanza, GError *error, Fixture *f)
{
  let_go (f);
}

static void
sent_and_gone_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  hs_client_send_finish (HS_CLIENT (client), result, NULL);
  let_go (data);
}

static void
answered_and_gone_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (client), result, NULL);

  let_go (data);
}

typedef struct
{
  const char *name;
  const char *answer; /* to <resume/>; NULL: there is no second connection */
  gboolean signal;
  gboolean sends;
  gboolean asks;
} Drop;

static const Drop drops[] = {
  { "resumed", "<resumed" SM " h='1' previd='s1'/>", TRUE, FALSE, FALSE },
  { "acknowledged", "<resumed" SM " h='5' previd='s1'/>", FALSE, TRUE, FALSE },
  { "returned", "<failed" SM "/>", TRUE, FALSE, FALSE },
  { "returned-at-the-end", NULL, TRUE, FALSE, FALSE },
  { "sent-and-lost", "<failed" SM "/>", FALSE, TRUE, FALSE },
  { "sent-and-lost-at-the-end", NULL, FALSE, TRUE, FALSE },
  { "asked-and-lost", "<failed" SM "/>", FALSE, FALSE, TRUE },
  { "asked-and-lost-at-the-end", NULL, FALSE, FALSE, TRUE },
  { "all", "<failed" SM "/>", TRUE, TRUE, TRUE },
};

static void
test_drop_inside (gconstpointer data)
{
  const Drop *drop = data;
  static const ScriptStep cut[] = CUT_AFTER ("last");
  const ScriptStep rest[] = { RUN (sign_in), EXPECT ("<resume"), SEND (drop->answer), EXPECT ("</iq>"),
                              SEND (SAY_BOUND), READ_END, END };
  const ScriptStep *const scripts[] = { cut, rest, NULL };
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "text"));
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:x");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);
  Fixture f = { NULL };

  set_up (&f, scripts);
  scripted_server_forgive (f.test->server);
  g_object_set (f.test->client, "auto-reconnect", drop->answer != NULL, NULL);
  if (drop->signal)
    {
      g_signal_connect (f.test->client, "resumed", G_CALLBACK (resumed_and_gone_cb), &f);
      g_signal_connect (f.test->client, "returned", G_CALLBACK (returned_and_gone_cb), &f);
    }
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 2; i++)
    {
      send_numbered (&f, "groupchat", "room");
      if (drop->sends)
        hs_client_send_async (f.test->client, message, NULL, sent_and_gone_cb, &f);
      if (drop->asks)
        hs_client_request_async (f.test->client, HS_ELEMENT (iq), -1, NULL, answered_and_gone_cb, &f);
      hs_element_set_attribute (HS_ELEMENT (iq), "id", "second");
    }
  send_numbered (&f, "groupchat", "last");
  test_client_await_sent (f.test, "last");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->client == NULL && f.test->gone == NULL);
  clear (&f);
}

/* ---- Whether somebody is looking ---- */

static void
test_active (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("<inactive");
  static const ScriptStep again[] = { RUN (sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"),
                                      EXPECT ("<inactive xmlns='urn:xmpp:csi:0'/>"),
                                      EXPECT ("<active xmlns='urn:xmpp:csi:0'/>"),
                                      EXPECT ("<inactive"), GATE, RESET, END };
  static const ScriptStep anew[] = { RUN (sign_in), EXPECT ("<resume"), SEND ("<failed" SM "/>"),
                                     EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                     SEND ("<enabled" SM "/>"), EXPECT ("<inactive"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, anew, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  g_assert_true (hs_client_get_active (f.test->client));
  hs_client_set_active (f.test->client, TRUE);
  g_assert_false (scripted_server_has_received (f.test->server, "active"));
  hs_client_set_active (f.test->client, FALSE);
  test_client_await_sent (f.test, "<inactive xmlns='urn:xmpp:csi:0'/>");
  scripted_server_open_gate (f.test->server);
  test_until (f.n_resumed == 1);
  hs_client_set_active (f.test->client, TRUE);
  test_client_await_sent (f.test, "<active");
  hs_client_set_active (f.test->client, FALSE);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2);
  test_until (scripted_server_count_received (f.test->server, "<inactive") == 4);
  test_client_stop (f.test);
  clear (&f);
}

/* ---- A flood ---- */

/* However much is sent, the server is asked rarely, and has never more in flight than servers keep. */
static gboolean
swallow (ScriptedPeer *peer, gpointer data)
{
  guint n = 0;

  for (guint i = 0; n < 3000; i++)
    {
      g_autofree char *ack = NULL;
      const char *text;

      if (!scripted_peer_expect (peer, "<r" SM "/>"))
        return FALSE;
      text = scripted_peer_get_taken (peer);
      for (; (text = strstr (text, "<message")) != NULL; text++)
        n++;
      ack = g_strdup_printf ("<a" SM " h='%u'/>", n);
      if (!scripted_peer_send (peer, ack, -1))
        return FALSE;
      g_assert_cmpuint (i, <, 100);
    }
  return TRUE;
}

static void
test_flood (void)
{
  static const ScriptStep script[] = { RUN (begin), CALL (swallow, NULL), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  Fixture f = { NULL };

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 3000; i++)
    send_numbered (&f, "chat", "x");
  test_until (hs_client_get_unacknowledged (f.test->client) == 0);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<message"), ==, 3000);
  test_client_stop (f.test);
  clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/resume/acknowledged", test_acknowledged);
  g_test_add_func ("/client/resume/cancelled", test_cancelled);
  g_test_add_func ("/client/resume/resumed", test_resumed);
  g_test_add_func ("/client/resume/lost", test_lost);
  g_test_add_func ("/client/resume/unknown", test_unknown);
  g_test_add_func ("/client/resume/end", test_end);
  g_test_add_func ("/client/resume/stop", test_stop);
  g_test_add_func ("/client/resume/excess", test_excess);
  g_test_add_func ("/client/resume/location", test_location);
  g_test_add_func ("/client/resume/other-host", test_other_host);
  g_test_add_func ("/client/resume/other-host-for-ever", test_other_host_for_ever);
  g_test_add_func ("/client/resume/other-host-when-ready", test_other_host_when_ready);
  g_test_add_func ("/client/resume/silent", test_silent);
  g_test_add_func ("/client/resume/kept", test_kept);
  g_test_add_func ("/client/resume/refused", test_refused);
  g_test_add_func ("/client/resume/other-account", test_other_account);
  for (guint i = 0; i < G_N_ELEMENTS (drops); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/resume/drop/%s", drops[i].name);

      g_test_add_data_func (path, &drops[i], test_drop_inside);
    }
  g_test_add_func ("/client/resume/active", test_active);
  g_test_add_func ("/client/resume/flood", test_flood);
  return g_test_run ();
}
