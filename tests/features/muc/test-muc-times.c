/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"
#include "virtual-clock.h"

#include <string.h>

/* Self-pings, losses, and coming back. Tests that wait do so on a clock that leaps. */

#define OWN(nick) PRESENCE (nick, ITEM SELF)
#define PING "urn:xmpp:ping"
#define SECOND 1000
#define MINUTE (60 * SECOND)

static void
enter (MucTest *f)
{
  muc_test_enter (f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
}

static void
start (MucTest *f)
{
  muc_test_start (f, NULL);
  hs_room_set_auto_rejoin (f->room, FALSE);
  enter (f);
}

/* From now on, waits take no time. */
static void
leap (MucTest *f)
{
  test_client_leap (f->test);
  g_object_set (f->test->client, "keepalive-interval", 0, NULL);
}

static void
start_leaping (MucTest *f)
{
  muc_test_start (f, NULL);
  hs_room_set_auto_rejoin (f->room, FALSE);
  leap (f);
  enter (f);
}

/* How long it takes until the room is asked whether the account is in it, in milliseconds. */
static gint64
measure_ping (MucTest *f)
{
  gint64 begin = virtual_clock_get_time ();

  test_until (scripted_server_has_received (f->test->server, PING));
  return virtual_clock_get_time () - begin;
}

/* The room is asked, and answers; returns what the program is told. */
static void
check (MucTest *f, const char *type, const char *inner, GQuark domain, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *request = NULL;

  hs_room_check_async (f->room, NULL, muc_test_result_cb, &result);
  request = muc_test_answer (f, PING, type, inner);
  g_assert_nonnull (strstr (request, " to=\"" ROOM "/romeo\""));
  test_until (result != NULL);
  hs_room_check_finish (f->room, result, &error);
  if (domain == 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, domain, code);
}

/* What an answer to a self-ping means. */
static void
test_check (void)
{
  static const struct
  {
    const char *condition;
    int code;
    const char *expected;
  } cases[] = {
    { "service-unavailable", 0, "" },
    { "feature-not-implemented", 0, "" },
    { "remote-server-not-found", HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND, "" },
    { "remote-server-timeout", HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT, "" },
    { "not-acceptable", HS_STANZA_ERROR_NOT_ACCEPTABLE, "list state:lost lost " },
    { "item-not-found", HS_STANZA_ERROR_ITEM_NOT_FOUND, "list state:lost lost " },
    { "forbidden", HS_STANZA_ERROR_FORBIDDEN, "list state:lost lost " },
  };
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  start (&f);
  check (&f, "result", "", 0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *inner = g_strdup_printf (ERROR ("cancel", "%s"), cases[i].condition);
      gboolean is_in = cases[i].code == 0;

      if (hs_room_get_state (f.room) != HS_ROOM_STATE_IN)
        enter (&f);
      check (&f, "error", inner, is_in ? 0 : HS_STANZA_ERROR, cases[i].code);
      muc_test_assert (&f, cases[i].expected);
    }
  hs_room_check_async (f.room, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_check_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_object (&result);
  muc_test_end (&f);
}

/* `item-not-found` right after the nickname has changed: the room is asked once more, and then believed. */
static void
test_renamed (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;

  start (&f);
  muc_test_say (&f, GONE ("romeo", "<item nick='montague'/>" SELF STATUS ("303")) OWN ("montague"));
  muc_test_assert (&f, "~montague ");
  hs_room_check_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_answer (&f, PING, "error", ERROR ("cancel", "item-not-found")));
  g_assert_null (result);
  muc_test_assert (&f, "");
  g_free (muc_test_answer (&f, PING, "result", ""));
  test_until (result != NULL);
  g_assert_true (hs_room_check_finish (f.room, result, NULL));
  g_clear_object (&result);
  hs_room_check_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_answer (&f, PING, "error", ERROR ("cancel", "item-not-found")));
  g_free (muc_test_answer (&f, PING, "error", ERROR ("cancel", "item-not-found")));
  test_until (result != NULL);
  muc_test_assert (&f, "list state:lost lost ");
  g_clear_object (&result);
  muc_test_end (&f);
}

/* Asked after a silence; if nobody can tell, after a while again. */
static void
test_silence (void)
{
  static const guint waits[] = { 1 * MINUTE, 2 * MINUTE, 5 * MINUTE, 5 * MINUTE };
  MucTest f;

  start_leaping (&f);
  hs_room_check_async (f.room, NULL, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_free (muc_test_answer (&f, PING, "result", ""));
      g_assert_cmpint (measure_ping (&f), ==, 15 * MINUTE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      g_free (muc_test_answer (&f, PING, "error", ERROR ("wait", "remote-server-timeout")));
      g_assert_cmpint (measure_ping (&f), ==, waits[i]);
    }
  muc_test_assert (&f, "");
  /* No answer at all is no answer. */
  hs_client_set_request_timeout (f.test->client, 20 * SECOND);
  g_free (muc_test_answer (&f, PING, "error", ERROR ("wait", "remote-server-timeout")));
  g_assert_cmpint (measure_ping (&f), ==, 5 * MINUTE);
  scripted_server_forget_received (f.test->server);
  g_assert_cmpint (measure_ping (&f), ==, 20 * SECOND + 5 * MINUTE);
  muc_test_assert (&f, "");
  g_free (muc_test_answer (&f, PING, "error", ERROR ("cancel", "not-acceptable")));
  muc_test_assert (&f, "list state:lost lost ");
  test_spin (60 * MINUTE);
  g_assert_false (scripted_server_has_received (f.test->server, PING));
  muc_test_end (&f);
}

/* Whatever the room says breaks the silence. */
static void
test_talk (void)
{
  MucTest f;

  start_leaping (&f);
  for (guint i = 0; i < 8; i++)
    {
      test_spin (10 * MINUTE);
      muc_test_say (&f, SAID ("juliet", "m1", "<body>ay me</body>"));
    }
  g_assert_false (scripted_server_has_received (f.test->server, PING));
  g_assert_cmpint (measure_ping (&f), ==, 15 * MINUTE);
  muc_test_end (&f);
}

/* Errors that a room sends while the account is in it: one question at a time, and one answer for all that wait. */
static void
test_errors (void)
{
#define REFUSAL "<presence type='error' from='" ROOM "/romeo'>" ERROR ("cancel", "not-acceptable") "</presence>"
  MucTest f;
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) given_up = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start (&f);
  scripted_server_forget_received (f.test->server);
  for (guint i = 0; i < 20; i++)
    muc_test_tells (&f, REFUSAL, "");
  hs_room_check_async (f.room, NULL, muc_test_result_cb, &first);
  hs_room_check_async (f.room, NULL, muc_test_result_cb, &second);
  hs_room_check_async (f.room, cancellable, muc_test_result_cb, &given_up);
  g_cancellable_cancel (cancellable);
  test_until (given_up != NULL);
  g_assert_false (hs_room_check_finish (f.room, given_up, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_free (muc_test_await (&f, PING));
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<ping "), ==, 1);
  g_free (muc_test_answer (&f, PING, "result", ""));
  g_assert_true (hs_room_check_finish (f.room, first, NULL));
  g_assert_true (hs_room_check_finish (f.room, second, NULL));
  test_spin (20);
  g_assert_false (scripted_server_has_received (f.test->server, "<ping "));
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&given_up);
  muc_test_end (&f);
}

/* A room that has restarted without the account answers its messages with errors. They do not break the silence, and
 * those that may mean so make the library ask. */
static void
test_refused_messages (void)
{
#define REFUSED(from, condition)                                                                   \
  "<message type='error' from='" from "' id='m1'><body>b</body>" ERROR ("cancel", condition) "</message>"
  MucTest f;
  gint64 begin;

  start_leaping (&f);
  begin = virtual_clock_get_time ();
  for (guint i = 0; i < 8; i++)
    {
      g_assert_false (scripted_server_has_received (f.test->server, PING));
      test_spin (115 * SECOND);
      muc_test_say (&f, REFUSED (ROOM, "forbidden") REFUSED (ROOM "/juliet", "not-acceptable"));
    }
  g_free (muc_test_answer (&f, PING, "result", ""));
  g_assert_cmpint (virtual_clock_get_time () - begin, <=, 16 * MINUTE);
  muc_test_say (&f, REFUSED (ROOM, "forbidden") REFUSED (ROOM "/juliet", "not-acceptable"));
  g_assert_false (scripted_server_has_received (f.test->server, PING));
  muc_test_tells (&f, REFUSED (ROOM, "not-acceptable") REFUSED (ROOM, "item-not-found"), "");
  g_free (muc_test_answer (&f, PING, "error", ERROR ("cancel", "not-acceptable")));
  muc_test_assert (&f, "list state:lost lost ");
  /* Of a stay that has ended. */
  muc_test_tells (&f, REFUSED (ROOM, "not-acceptable"), "");
  test_spin (60 * MINUTE);
  g_assert_false (scripted_server_has_received (f.test->server, PING));
  muc_test_end (&f);
}

/* ---- Coming back ---- */

/* The room is entered again by itself: waits for the presence that asks for entry, and returns its id. */
static char *
await_return (MucTest *f)
{
  test_until (hs_room_get_state (f->room) == HS_ROOM_STATE_JOINING);
  return muc_test_ask_entry (f, "");
}

/* The wait for that, in milliseconds. */
static gint64
measure_return (MucTest *f)
{
  gint64 begin = virtual_clock_get_time ();

  test_until (hs_room_get_state (f->room) == HS_ROOM_STATE_JOINING);
  return virtual_clock_get_time () - begin;
}

/* The old list stays in sight until the new one is there, and changes in one step. */
static void
test_rejoin (void)
{
  MucTest f;
  g_autofree char *list = NULL;
  g_autofree char *new_list = NULL;

  muc_test_start (&f, NULL);
  leap (&f);
  enter (&f);
  scripted_server_forget_received (f.test->server);
  muc_test_say (&f, GONE ("romeo", SELF STATUS ("333") STATUS ("307")));
  g_free (await_return (&f));
  muc_test_assert (&f, "state:lost lost state:joining ");
  list = muc_test_list (&f);
  g_assert_cmpstr (list, ==, "juliet romeo");
  muc_test_tells (&f, PRESENCE ("paris", ITEM) PRESENCE ("juliet", ITEM) OWN ("romeo"), "list state:in joined ");
  new_list = muc_test_list (&f);
  g_assert_cmpstr (new_list, ==, "paris juliet romeo");
  /* A refusal that goes by, and one that does not. */
  scripted_server_forget_received (f.test->server);
  muc_test_say (&f, GONE ("romeo", SELF STATUS ("332")));
  g_free (await_return (&f));
  scripted_server_forget_received (f.test->server);
  muc_test_say (&f, "<presence type='error' from='" ROOM "'>" ERROR ("cancel", "remote-server-not-found") "</presence>");
  g_free (await_return (&f));
  scripted_server_forget_received (f.test->server);
  /* Somebody else has come back earlier, and the room waits for its configuration. */
  muc_test_say (&f, "<presence type='error' from='" ROOM "'>" ERROR ("cancel", "item-not-found") "</presence>");
  g_free (await_return (&f));
  muc_test_assert (&f, "state:lost lost state:joining state:lost lost state:joining state:lost lost state:joining ");
  muc_test_tells (&f, "<presence type='error' from='" ROOM "'>" ERROR ("auth", "forbidden") "</presence>", "list state:out lost ");
  /* Not after a kick. */
  enter (&f);
  scripted_server_forget_received (f.test->server);
  muc_test_tells (&f, GONE ("romeo", SELF STATUS ("307")), "list state:out left:kicked(,,) ");
  test_spin (60 * MINUTE);
  g_assert_cmpint (hs_room_get_state (f.room), ==, HS_ROOM_STATE_OUT);
  g_assert_false (scripted_server_has_received (f.test->server, ROOM));
  muc_test_end (&f);
}

/* As long as the room cannot be entered, each wait may be twice as long as the one before. A stay of a minute begins
 * anew. */
static void
test_backoff (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  leap (&f);
  enter (&f);
  muc_test_say (&f, GONE ("romeo", SELF STATUS ("333")));
  g_assert_cmpint (measure_return (&f), <=, 5 * SECOND);
  for (guint n = 0, bound = 10 * SECOND; n < 9; n++)
    {
      gint64 wait;

      muc_test_describe (&f, "");
      scripted_server_forget_received (f.test->server);
      muc_test_say (&f, "<presence type='error' from='" ROOM "'>" ERROR ("wait", "resource-constraint") "</presence>");
      wait = measure_return (&f);
      g_assert_cmpint (wait, <=, bound);
      g_assert_cmpint (wait, >=, n == 0 ? bound : bound / 2);
      bound = MIN (2 * bound, 10 * MINUTE);
    }
  enter (&f);
  test_spin (59 * SECOND);
  muc_test_say (&f, GONE ("romeo", SELF STATUS ("333")));
  g_assert_cmpint (measure_return (&f), >=, 5 * MINUTE);
  enter (&f);
  test_spin (1 * MINUTE);
  muc_test_say (&f, GONE ("romeo", SELF STATUS ("333")));
  g_assert_cmpint (measure_return (&f), <=, 5 * SECOND);
  enter (&f);
  muc_test_end (&f);
}

/* The program does not want it any more, or leaves. */
static void
test_no_rejoin (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  leap (&f);
  enter (&f);
  muc_test_tells (&f, GONE ("romeo", SELF STATUS ("333")), "state:lost lost ");
  hs_room_set_auto_rejoin (f.room, FALSE);
  test_spin (60 * MINUTE);
  muc_test_assert (&f, "");
  hs_room_set_auto_rejoin (f.room, TRUE);
  enter (&f);
  muc_test_tells (&f, GONE ("romeo", SELF STATUS ("333")), "state:lost lost ");
  hs_room_leave_async (f.room, NULL, NULL, NULL, NULL);
  test_spin (60 * MINUTE);
  muc_test_assert (&f, "list state:out left:left(,,) ");
  muc_test_end (&f);
}

/* A success after the timeout, when the next attempt has begun: it is not taken for that one's. */
static void
test_late (void)
{
  MucTest f;
  g_autofree char *id = NULL;
  g_autofree char *answer = NULL;

  muc_test_start (&f, NULL);
  leap (&f);
  id = muc_test_ask_entry (&f, "");
  scripted_server_forget_received (f.test->server);
  test_until (hs_room_get_state (f.room) == HS_ROOM_STATE_LOST);
  g_free (await_return (&f));
  muc_test_assert (&f, "state:joining state:lost lost state:joining ");
  answer = g_strdup_printf ("<presence from='" ROOM "/romeo' id='%s'>" MUC_USER (ITEM SELF) "</presence>", id);
  muc_test_tells (&f, answer, "");
  muc_test_tells (&f, GONE ("romeo", SELF), "");
  muc_test_tells (&f, OWN ("romeo"), "list state:in joined ");
  muc_test_end (&f);
}

/* The same where the room does not keep the id: the answer to the farewell shows it. */
static void
test_late_without_id (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  leap (&f);
  g_free (muc_test_ask_entry (&f, ""));
  scripted_server_forget_received (f.test->server);
  test_until (hs_room_get_state (f.room) == HS_ROOM_STATE_LOST);
  g_free (await_return (&f));
  scripted_server_forget_received (f.test->server);
  muc_test_assert (&f, "state:joining state:lost lost state:joining ");
  muc_test_tells (&f, OWN ("romeo"), "list state:in joined ");
  muc_test_say (&f, GONE ("romeo", SELF));
  g_free (await_return (&f));
  muc_test_assert (&f, "state:lost lost state:joining ");
  muc_test_tells (&f, OWN ("romeo"), "list state:in joined ");
  muc_test_tells (&f, GONE ("romeo", SELF), "list state:out left:left(,,) ");
  muc_test_end (&f);
}

/* ---- The session ---- */

#define SM " xmlns='urn:xmpp:sm:3'"

/* A session that can be resumed, in which the room lets us in; and then nothing any more. */
static const ScriptStep entered[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"),
        SEND (SAY_BOUND),
        EXPECT ("<enable" SM " resume='true'/>"), SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"),
        EXPECT ("<history"), EXPECT ("</presence>"), SEND (PRESENCE ("juliet", ITEM) OWN ("romeo")), GATE, RESET, END };
static const ScriptStep refusing[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("<resume"),
        SEND ("<failed" SM "><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"), EXPECT ("</iq>"),
        SEND (SAY_BOUND), EXPECT ("<enable" SM " resume='true'/>"),
        SEND ("<enabled" SM " resume='true' id='s2' max='600'/>"), SERVE, END };
static const ScriptStep resuming[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("<resume"),
        SEND ("<resumed" SM " previd='s1' h='1'/>"), SERVE, END };

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  virtual_clock_pass (*(guint *) data);
  hs_client_reconnect_now (client);
}

static void
begin_cut (MucTest *f, const ScriptStep *const *scripts, guint *interruption)
{
  muc_test_prepare (f, scripts);
  leap (f);
  g_object_set (f->test->client, "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (f->test->client, "disconnected", G_CALLBACK (at_once_cb), interruption);
  hs_room_join_async (f->room, NULL, NULL, NULL);
  test_client_start_until_ready (f->test);
  test_until (hs_room_get_state (f->room) == HS_ROOM_STATE_IN);
  muc_test_say_nothing (f);
  muc_test_assert (f, "state:joining list state:in joined ");
  scripted_server_forget_received (f->test->server);
  scripted_server_open_gate (f->test->server);
}

/* The server does not say what it has received: the client need not wait for that. */
static void
end_cut (MucTest *f)
{
  hs_client_stop (f->test->client);
  scripted_server_send (f->test->server, "</stream:stream>");
  test_client_wait_terminated (f->test);
  muc_test_end (f);
}

/* The session is lost: the room is empty, and entered again with the next one. */
static void
test_session_lost (void)
{
  static const ScriptStep *const scripts[] = { entered, refusing, NULL };
  guint interruption = 0;
  MucTest f;

  begin_cut (&f, scripts, &interruption);
  g_free (await_return (&f));
  muc_test_assert (&f, "list state:lost lost state:joining ");
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (f.room)), ==, 0);
  muc_test_tells (&f, OWN ("romeo"), "list state:in joined ");
  end_cut (&f);
}

/* It goes on: we are still in, and ask only after a long interruption. */
static void
test_session_resumed (void)
{
  static const ScriptStep *const scripts[] = { entered, resuming, NULL };
  guint interruption = 1 * MINUTE;
  MucTest f;

  begin_cut (&f, scripts, &interruption);
  test_until (scripted_server_get_n_connections (f.test->server) == 2 && hs_client_get_state (f.test->client) == HS_CLIENT_STATE_READY);
  muc_test_tells (&f, PRESENCE ("paris", ITEM), "list +paris ");
  g_assert_false (scripted_server_has_received (f.test->server, "<ping "));
  end_cut (&f);
  interruption++;
  begin_cut (&f, scripts, &interruption);
  g_free (muc_test_answer (&f, PING, "result", ""));
  muc_test_assert (&f, "");
  end_cut (&f);
}

static void
be_away_cb (HsClient *client)
{
  g_autoptr (HsPresence) away = hs_presence_new (NULL);

  hs_presence_set_show (away, "away");
  hs_client_set_own_presence (client, away);
}

/* A presence that the program sets meanwhile reaches the room, too. */
static void
test_presence_resumed (void)
{
  static const ScriptStep *const scripts[] = { entered, resuming, NULL };
  guint interruption = 1;
  MucTest f;

  begin_cut (&f, scripts, &interruption);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (be_away_cb), NULL);
  test_until (scripted_server_get_n_connections (f.test->server) == 2 && hs_client_get_state (f.test->client) == HS_CLIENT_STATE_READY);
  test_client_await_sent (f.test, "<presence to=\"" ROOM "/romeo\"><show>away</show>");
  g_signal_handlers_disconnect_by_func (f.test->client, be_away_cb, NULL);
  end_cut (&f);
}

/* Left while nobody could be told: the room is told when the session goes on. */
static void
test_left_meanwhile (void)
{
  static const ScriptStep *const scripts[] = { entered, resuming, NULL };
  guint interruption = 0;
  MucTest f;

  begin_cut (&f, scripts, &interruption);
  test_until (hs_client_get_state (f.test->client) == HS_CLIENT_STATE_INTERRUPTED);
  hs_room_leave_async (f.room, NULL, NULL, NULL, NULL);
  muc_test_assert (&f, "list state:out left:left(,,) ");
  test_client_await_sent (f.test, "<presence type=\"unavailable\" to=\"" ROOM "/romeo\"/>");
  end_cut (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muc/check", test_check);
  g_test_add_func ("/muc/renamed", test_renamed);
  g_test_add_func ("/muc/silence", test_silence);
  g_test_add_func ("/muc/talk", test_talk);
  g_test_add_func ("/muc/errors", test_errors);
  g_test_add_func ("/muc/refused-messages", test_refused_messages);
  g_test_add_func ("/muc/rejoin", test_rejoin);
  g_test_add_func ("/muc/backoff", test_backoff);
  g_test_add_func ("/muc/no-rejoin", test_no_rejoin);
  g_test_add_func ("/muc/late-success", test_late);
  g_test_add_func ("/muc/late-success-without-id", test_late_without_id);
  g_test_add_func ("/muc/session-lost", test_session_lost);
  g_test_add_func ("/muc/session-resumed", test_session_resumed);
  g_test_add_func ("/muc/presence-resumed", test_presence_resumed);
  g_test_add_func ("/muc/left-meanwhile", test_left_meanwhile);
  return g_test_run ();
}
