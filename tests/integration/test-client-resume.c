/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"

/* Acknowledgements, interruptions and what becomes of what was sent (XEP-0198); client state
 * indication (XEP-0352). */

/* ---- send_async ---- */

static void
sent_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  ResumeResult *sent = data;

  hs_client_send_finish (HS_CLIENT (client), result, &sent->error);
  sent->done = TRUE;
}

static void
send_awaited (ResumeTest *f, GCancellable *cancellable, ResumeResult *result)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "text"));

  hs_client_send_async (f->test->client, message, cancellable, sent_cb, result);
}

/* Only the server's word ends the waiting, and it is asked for it at once. */
static void
test_acknowledged (void)
{
  static const ScriptStep script[] = { RUN (resume_begin), EXPECT ("</message><r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  ResumeTest f = { NULL };
  ResumeResult result = { FALSE };

  resume_set_up (&f, scripts);
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
  resume_clear (&f);
}

/* Who does not wait any more is not called, and the stanza has its delivery status all the same. */
static void
test_cancelled (void)
{
  static const ScriptStep script[] = { RUN (resume_begin), EXPECT ("<r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  ResumeTest f = { NULL };
  ResumeResult result = { FALSE };

  resume_set_up (&f, scripts);
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
  resume_clear (&f);
}

/* ---- Interruptions ---- */

/* What the server had is not sent again, what it had not is, and so is what was sent meanwhile; a
 * request goes on, however long it took. */
static void
test_resumed (void)
{
  static const ScriptStep again[]
      = { RUN (resume_sign_in), EXPECT ("<resume" SM " h='1' previd='s1'/>"), GATE,
          SEND ("<resumed" SM " h='1' previd='s1'/>"), EXPECT ("id='two'"), EXPECT ("id=\"q1\""),
          EXPECT ("id='three'"), SEND ("<r" SM "/>"), EXPECT ("<a" SM " h='1'/>"),
          SEND ("<iq type='result' id='q1'/><a" SM " h='4'/>"), SERVE, END };
  static const ScriptStep cut[] = { RUN (resume_begin), SEND ("<message id='m'/>"), EXPECT ("q1"), GATE,
                                    RESET, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  ResumeTest f = { NULL };
  ResumeResult answer = { FALSE };
  ResumeResult sent = { FALSE };
  HsJid *bound;

  resume_set_up (&f, scripts);
  test_client_leap (f.test);
  test_client_start_until_ready (f.test);
  bound = hs_client_get_bound_jid (f.test->client);
  resume_send (&f, "chat", "one");
  resume_send (&f, "groupchat", "two");
  resume_ask (&f, &answer);
  test_client_await_sent (f.test, "q1");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  g_assert_true (hs_client_get_bound_jid (f.test->client) == bound);
  resume_send (&f, "chat", "three");
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
  resume_clear (&f);
}

/* Messages but those to rooms go again, with their date; the rest comes back. */
static void
test_lost (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("q1");
  static const ScriptStep again[]
      = { RUN (resume_sign_in), EXPECT ("<resume"),
          SEND ("<failed" SM " h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                "</failed>"),
          EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
          SEND ("<enabled" SM " resume='true' id='s2'/>"), EXPECT ("id=\"three\""),
          EXPECT ("<delay xmlns=\"urn:xmpp:delay\" stamp=\""), EXPECT ("</message>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  ResumeTest f = { NULL };
  ResumeResult answer = { FALSE };
  ResumeResult sent = { FALSE };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
  resume_send (&f, "groupchat", "two");
  resume_send (&f, "chat", "three");
  resume_ask (&f, &answer);
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
  resume_clear (&f);
}

/* Without a word on what was received, all that had left comes back, and who waits is told. */
static void
test_unknown (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("text");
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<failed" SM "/>"),
                                      EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                      SEND ("<failed" SM "/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  ResumeTest f = { NULL };
  ResumeResult sent = { FALSE };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
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
  resume_clear (&f);
}

/* If no connection follows, what is not known to have arrived comes back. */
static void
test_end (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("text");
  static const ScriptStep *const scripts[] = { cut, NULL };
  ResumeTest f = { NULL };
  ResumeResult sent = { FALSE };

  resume_set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", FALSE, NULL);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
  send_awaited (&f, NULL, &sent);
  test_client_await_sent (f.test, "text");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_terminated == 1 && sent.done);
  g_assert_error (sent.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "one ");
  g_assert_null (hs_client_get_bound_jid (f.test->client));
  g_clear_error (&sent.error);
  resume_clear (&f);
}

/* The end waits for the last acknowledgement, and our last word before it is one. */
static void
test_stop (void)
{
  static const ScriptStep script[] = { RUN (resume_begin), SEND ("<message/>"), EXPECT ("<r" SM "/>"), GATE,
                                       SEND ("<a" SM " h='1'/>"),
                                       EXPECT ("<a" SM " h='1'/></stream:stream>"), SEND (SAY_END),
                                       END };
  static const ScriptStep *const scripts[] = { script, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
  hs_client_stop (f.test->client);
  test_client_await_sent (f.test, "<r" SM "/>");
  test_spin (50);
  g_assert_false (scripted_server_has_received (f.test->server, "</stream:stream>"));
  scripted_server_open_gate (f.test->server);
  test_client_wait_terminated (f.test);
  g_assert_no_error (f.test->error);
  g_assert_cmpstr (f.returned->str, ==, "");
  resume_clear (&f);
}

/* The server says that it has what was never sent. */
static void
test_excess (void)
{
  static const ScriptStep script[] = { RUN (resume_begin), SEND ("<a" SM " h='1'/>"),
                                       EXPECT ("<handled-count-too-high" SM " h='1' send-count='0'/>"),
                                       READ_END, END };
  static const ScriptStep *const scripts[] = { script, resume_served, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (f.test->n_ready == 2);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_false (scripted_server_has_received (f.test->server, "<resume"));
  test_client_stop (f.test);
  resume_clear (&f);
}

/* The connection is made if the server wants it, and, if nobody is there, as usual. */
static void
test_location (void)
{
  static const ScriptStep elsewhere[]
      = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
          SEND ("<enabled" SM " resume='true' id='s1' location='127.0.0.1:1'/>"), RESET, END };
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { elsewhere, again, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (f.n_resumed == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 2);
  test_client_stop (f.test);
  resume_clear (&f);
}

static void
test_other_host (void)
{
  static ScriptedServer *other;
  static const ScriptStep redirecting[] = { SENDING_ON (&other), END };
  static const ScriptStep *const scripts[] = { redirecting, NULL };
  static const ScriptStep *const others[] = { resume_served, NULL };
  ResumeTest f = { NULL };

  other = scripted_server_new (others);
  resume_watch (&f, test_client_new_on_loopback (scripts, HS_TLS_MODE_NONE));
  test_client_start_until_ready (f.test);
  test_client_stop (f.test);
  g_assert_cmpuint (scripted_server_get_n_connections (other), ==, 1);
  resume_clear (&f);
  scripted_server_free (other);
}

/* Servers that send us to each other for ever. */
static void
test_other_host_for_ever (void)
{
  static ScriptedServer *self;
  static const ScriptStep redirecting[] = { SENDING_ON (&self), END };
  static const ScriptStep *const scripts[] = { redirecting, NULL };
  ResumeTest f = { NULL };

  resume_watch (&f, test_client_new_on_loopback (scripts, HS_TLS_MODE_NONE));
  self = f.test->server;
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_SEE_OTHER_HOST);
  g_assert_cmpuint (scripted_server_get_n_connections (self), >, 1);
  g_assert_cmpuint (scripted_server_get_n_connections (self), <, 20);
  resume_clear (&f);
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
  ResumeTest f = { NULL };
  guint n_waits = 0;

  f.test = test_client_new_on_loopback (scripts, HS_TLS_MODE_NONE);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  f.returned = g_string_new (NULL);
  self = f.test->server;
  scripted_server_forgive (self);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (waiting_cb), &n_waits);
  hs_client_start (f.test->client);
  test_until (n_waits == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (self), <, 10);
  test_client_stop (f.test);
  resume_clear (&f);
}

/* ---- Silence ---- */

static void
test_silent (void)
{
  static const ScriptStep silent[] = { RUN (resume_begin), EXPECT ("<r" SM "/>"), READ_END, END };
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { silent, again, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  test_client_leap (f.test);
  g_object_set (f.test->client, "keepalive-interval", 50, "connect-timeout", 2000, NULL);
  test_client_start_until_ready (f.test);
  test_until (f.n_resumed == 1);
  g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  scripted_server_forgive (f.test->server);
  test_client_stop (f.test);
  resume_clear (&f);
}

/* A server that resumes the session and has lost its place in the stream: it takes what is sent again, and speaks no
 * more. @cut: it does not even stay. */
static void
try_swallowing (gboolean cut, guint n_resumptions)
{
  static const ScriptStep first[] = CUT_AFTER ("id='two'");
  static const ScriptStep swallows[]
      = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<resumed" SM " h='0' previd='s1'/>"), EXPECT ("id='one'"),
          EXPECT ("id='two'"), EXPECT ("<r" SM "/>"), READ_END, END };
  static const ScriptStep cuts[]
      = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<resumed" SM " h='0' previd='s1'/>"), EXPECT ("id='one'"),
          EXPECT ("id='two'"), EXPECT ("<r" SM "/>"), RESET, END };
  static const ScriptStep begins[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                       SEND ("<enabled" SM " resume='true' id='s2'/>"), SERVE, END };
  const ScriptStep *scripts[11] = { first };
  ResumeTest f = { NULL };
  gint64 begin;

  for (guint i = 1; i <= n_resumptions; i++)
    scripts[i] = cut ? cuts : swallows;
  scripts[n_resumptions + 1] = begins;
  resume_set_up (&f, scripts);
  test_client_leap (f.test);
  g_object_set (f.test->client, "keepalive-interval", 60000, "connect-timeout", 2000, NULL);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
  resume_send (&f, "chat", "two");
  test_client_await_sent (f.test, "id='two'");
  begin = virtual_clock_get_time ();
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2);
  /* Not as long as it would take to notice that the server is silent. */
  g_assert_cmpint (virtual_clock_get_time () - begin, <, 30000);
  g_assert_cmpuint (f.n_resumed, ==, n_resumptions);
  g_assert_cmpstr (f.returned->str, ==, "one two ");
  g_assert_nonnull (strstr (f.test->loss->message, "begins a new session"));
  if (!cut)
    g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  test_client_stop (f.test);
  resume_clear (&f);
}

static void
test_swallowing (void)
{
  try_swallowing (FALSE, 2);
}

static void
test_swallowing_cut (void)
{
  try_swallowing (TRUE, 8);
}

/* ---- What proves that a server reads what it is sent again ---- */

#define SECOND 1000
#define SAY_RESUMED "<resumed" SM " h='0' previd='s1'/>"
#define SAY_IN_ROOM "<message from='room@muc.example.org/nick' type='groupchat'><body>b</body></message>"
/* A resumption, up to where the client has sent two stanzas again and has asked for their acknowledgement. */
#define RESUMES(saying) \
  RUN (resume_sign_in), EXPECT ("<resume"), SEND (saying), EXPECT ("id='one'"), EXPECT ("id='two'"), EXPECT ("<r" SM "/>")

/* Messages of others in a room arrive, even if the server does not read what the client sends. */
static gboolean
chatter (ScriptedPeer *peer, gpointer data)
{
  while (scripted_peer_send (peer, SAY_IN_ROOM, -1))
    scripted_peer_sleep (peer, SECOND);
  return FALSE;
}

static const ScriptStep sends_before[]
    = { RESUMES (SAY_RESUMED "<presence from='a@b/c'/>" SAY_IN_ROOM "<a" SM " h='0'/>"), READ_END, END };
static const ScriptStep has_busy_room[] = { RESUMES (SAY_RESUMED), CALL (chatter, NULL), END };
static const ScriptStep answers_short[] = { RESUMES (SAY_RESUMED), SEND ("<a" SM " h='0'/>"), CALL (chatter, NULL), END };
/* The last acknowledgement comes just in time. */
static const ScriptStep is_slow[] = { RESUMES (SAY_RESUMED), SLEEP (18 * SECOND), SEND ("<a" SM " h='2'/>"), SERVE, END };
static const ScriptStep is_slow_in_room[]
    = { RESUMES (SAY_RESUMED SAY_IN_ROOM), SLEEP (9 * SECOND), SEND (SAY_IN_ROOM), SLEEP (9 * SECOND),
        SEND ("<a" SM " h='1'/>"), CALL (chatter, NULL), END };
static const ScriptStep answers_twice[]
    = { RESUMES (SAY_RESUMED "<a" SM " h='0'/>"), SEND ("<a" SM " h='0'/>"), EXPECT ("<r" SM "/>"),
        SEND ("<a" SM " h='0'/>"), EXPECT ("<r" SM "/>"), SEND ("<a" SM " h='2'/>"), SERVE, END };

static void
set_up_resumption (ResumeTest *f, const ScriptStep *const *scripts)
{
  resume_set_up (f, scripts);
  scripted_server_forgive (f->test->server);
  test_client_leap (f->test);
  g_object_set (f->test->client, "keepalive-interval", 50 * SECOND, "connect-timeout", 20 * SECOND, NULL);
  test_client_start_until_ready (f->test);
  resume_send (f, "chat", "one");
  resume_send (f, "chat", "two");
  test_client_await_sent (f->test, "id='two'");
  scripted_server_open_gate (f->test->server);
  test_until (f->n_resumed == 1);
}

/* Nothing but an acknowledgement counts. An eighth of the timeout may go by until the client looks for the first time,
 * and one more if it looks while something arrives. */
static void
test_unproven (gconstpointer script)
{
  static const ScriptStep first[] = CUT_AFTER ("id='two'");
  static const ScriptStep begins[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                       SEND ("<enabled" SM " resume='true' id='s2'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, script, script, begins, NULL };
  ResumeTest f = { NULL };

  set_up_resumption (&f, scripts);
  for (guint i = 1; i <= 2; i++)
    {
      gint64 begin;

      test_until (f.n_resumed == i);
      begin = virtual_clock_get_time ();
      test_until (f.test->n_disconnected == i + 1);
      g_assert_error (f.test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
      g_assert_nonnull (strstr (f.test->loss->message, "does not acknowledge what it is sent"));
      g_assert_cmpint (virtual_clock_get_time () - begin, >=, 20 * SECOND);
      g_assert_cmpint (virtual_clock_get_time () - begin, <=, 25 * SECOND);
    }
  /* The client does not resume a third time. */
  test_until (f.test->n_ready == 2);
  g_assert_cmpuint (f.n_resumed, ==, 2);
  g_assert_cmpstr (f.returned->str, ==, "one two ");
  test_client_stop (f.test);
  resume_clear (&f);
}

/* A server that is slow, and one whose first acknowledgements are older than what was sent again. */
static void
test_proven (gconstpointer script)
{
  static const ScriptStep first[] = CUT_AFTER ("id='two'");
  const ScriptStep *const scripts[] = { first, script, NULL };
  ResumeTest f = { NULL };

  set_up_resumption (&f, scripts);
  test_spin (60 * SECOND);
  g_assert_cmpuint (f.test->n_disconnected, ==, 1);
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), <=, 1);
  g_assert_cmpstr (f.returned->str, ==, "");
  test_client_stop (f.test);
  resume_clear (&f);
}

/* ---- Whether somebody is looking ---- */

static void
test_active (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("<inactive");
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"),
                                      EXPECT ("<inactive xmlns='urn:xmpp:csi:0'/>"),
                                      EXPECT ("<active xmlns='urn:xmpp:csi:0'/>"),
                                      EXPECT ("<inactive"), GATE, RESET, END };
  static const ScriptStep anew[] = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<failed" SM "/>"),
                                     EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                     SEND ("<enabled" SM "/>"), EXPECT ("<inactive"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, anew, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
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
  resume_clear (&f);
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
  static const ScriptStep script[] = { RUN (resume_begin), CALL (swallow, NULL), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 3000; i++)
    resume_send (&f, "chat", "x");
  test_until (hs_client_get_unacknowledged (f.test->client) == 0);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<message"), ==, 3000);
  test_client_stop (f.test);
  resume_clear (&f);
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
  g_test_add_func ("/client/resume/swallowing", test_swallowing);
  g_test_add_func ("/client/resume/swallowing/cut", test_swallowing_cut);
  g_test_add_data_func ("/client/resume/unproven/before", sends_before, test_unproven);
  g_test_add_data_func ("/client/resume/unproven/room", has_busy_room, test_unproven);
  g_test_add_data_func ("/client/resume/unproven/short", answers_short, test_unproven);
  g_test_add_data_func ("/client/resume/proven/slow", is_slow, test_proven);
  g_test_add_data_func ("/client/resume/proven/slow-in-room", is_slow_in_room, test_proven);
  g_test_add_data_func ("/client/resume/proven/twice", answers_twice, test_proven);
  g_test_add_func ("/client/resume/active", test_active);
  g_test_add_func ("/client/resume/flood", test_flood);
  return g_test_run ();
}
