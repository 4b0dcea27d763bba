/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"

#include <string.h>

/* Entering a room and leaving it. */

#define OWN(nick) PRESENCE (nick, ITEM SELF)

static HsRoomState
get_state (MucTest *f)
{
  return hs_room_get_state (f->room);
}

/* The room's own presence first, as ejabberd sends it; then a nickname that the service has changed. */
static void
test_enter (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsRoom) room = NULL;
  g_autofree char *id = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *list = NULL;

  muc_test_start (&f, NULL);
  hs_room_set_password (f.room, "secret");
  hs_muc_join_async (f.muc, ROOM, "romeo", NULL, muc_test_result_cb, &result);
  id = muc_test_ask_entry (&f, FEATURE ("muc_passwordprotected") FEATURE ("muc_nonanonymous"));
  muc_test_assert (&f, "state:joining ");
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (sent, " to=\"" ROOM "/romeo\""));
  g_assert_nonnull (strstr (sent, "<history maxstanzas=\"20\"/><password>secret</password>"));
  g_assert_nonnull (strstr (sent, "http://jabber.org/protocol/caps"));
  muc_test_tells (&f, "<presence from='" ROOM "'/>" PRESENCE ("juliet", ITEM) PRESENCE ("paris", ITEM), "");
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (f.room)), ==, 0);
  muc_test_tells (&f, OWN ("romeo2"), "list state:in joined ");
  list = muc_test_list (&f);
  g_assert_cmpstr (list, ==, "juliet paris romeo2");
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "romeo2");
  g_assert_cmpstr (hs_occupant_get_nick (hs_room_get_own_occupant (f.room)), ==, "romeo2");
  g_assert_cmpstr (hs_room_get_name (f.room), ==, "Verona");
  g_assert_cmpint (hs_room_get_features (f.room), ==, HS_ROOM_FEATURE_PASSWORD);
  room = hs_muc_join_finish (f.muc, result, &error);
  g_assert_no_error (error);
  g_assert_true (room == f.room);
  g_clear_object (&room);
  g_clear_object (&result);
  muc_test_end (&f);
}

static void
test_features (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  hs_room_set_history_limit (f.room, 0);
  g_free (muc_test_ask_entry (&f, FEATURE ("muc_membersonly") FEATURE ("muc_moderated") FEATURE ("muc_semianonymous")
                              FEATURE ("muc_persistent") FEATURE ("muc_hidden") FEATURE ("urn:xmpp:mam:2")
                              FEATURE ("urn:xmpp:occupant-id:0") FEATURE ("http://jabber.org/protocol/muc#stable_id")
                              FEATURE ("urn:xmpp:message-moderate:1")
                              FEATURE ("http://jabber.org/protocol/muc#self-ping-optimization")));
  test_client_await_sent (f.test, "<history maxchars=\"0\"/>");
  g_assert_cmphex (hs_room_get_features (f.room), ==,
                   HS_ROOM_FEATURE_MEMBERS_ONLY | HS_ROOM_FEATURE_MODERATED | HS_ROOM_FEATURE_ANONYMOUS
                       | HS_ROOM_FEATURE_PERSISTENT | HS_ROOM_FEATURE_HIDDEN | HS_ROOM_FEATURE_ARCHIVE
                       | HS_ROOM_FEATURE_OCCUPANT_ID | HS_ROOM_FEATURE_STABLE_ID | HS_ROOM_FEATURE_MODERATION
                       | HS_ROOM_FEATURE_SELF_PING);
  muc_test_end (&f);
}

/* A service without status 110 shows our nickname with our address; with another address, it is somebody else. */
static void
test_without_self (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  g_free (muc_test_ask_entry (&f, ""));
  muc_test_assert (&f, "state:joining ");
  muc_test_tells (&f, PRESENCE ("romeo", "<item jid='user@example.org/other' role='participant'/>"), "");
  muc_test_tells (&f, PRESENCE ("juliet", "<item jid='user@example.org/res' role='participant'/>"), "");
  muc_test_tells (&f, PRESENCE ("romeo", "<item jid='user@example.org/res' role='participant'/>"), "list state:in joined ");
  /* And takes us out without it. */
  muc_test_tells (&f, GONE ("romeo", ITEM), "list state:out left:left(,,) ");
  muc_test_end (&f);
}

/* A new room: an error of its disco is no reason to stay out. It is asked again when it is there, and vouches for ids. */
static void
test_created (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  hs_room_join_async (f.room, NULL, NULL, NULL);
  g_free (muc_test_answer (&f, "disco#info", "error", ERROR ("cancel", "item-not-found")));
  test_client_await_sent (f.test, "http://jabber.org/protocol/muc\"");
  scripted_server_forget_received (f.test->server);
  muc_test_tells (&f,
                  PRESENCE_WITH ("romeo", "<item role='moderator' affiliation='owner'/>" SELF STATUS ("201"),
                                 "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/>"
                                 "<hats xmlns='urn:xmpp:hats:0'><hat uri='u1' title='Owner'/></hats>"),
                  "state:joining list state:in joined created ");
  g_assert_null (hs_room_get_info (f.room));
  g_assert_cmpuint (g_strv_length ((char **) hs_occupant_get_hats (hs_room_get_own_occupant (f.room))), ==, 0);
  g_assert_null (hs_occupant_get_occupant_id (hs_room_get_own_occupant (f.room)));
  muc_test_describe (&f, FEATURE ("urn:xmpp:occupant-id:0"));
  g_assert_cmpint (hs_room_get_features (f.room), ==, HS_ROOM_FEATURE_OCCUPANT_ID);
  g_assert_cmpstr (hs_occupant_get_occupant_id (hs_room_get_own_occupant (f.room)), ==, "o1");
  g_assert_true (hs_room_lookup_occupant_id (f.room, "o1") == hs_room_get_own_occupant (f.room));
  muc_test_end (&f);
}

static void
assert_refused (MucTest *f, const char *text, int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_auto (GStrv) parts = g_strsplit (text, "ID", 2);
  g_autofree char *stanza = NULL;

  hs_room_join_async (f->room, NULL, muc_test_result_cb, &result);
  id = muc_test_ask_entry (f, "");
  stanza = g_strjoinv (id, parts);
  muc_test_say (f, stanza);
  g_assert_nonnull (result);
  g_assert_false (hs_room_join_finish (f->room, result, &error));
  g_assert_error (error, HS_STANZA_ERROR, code);
  muc_test_assert (f, "state:joining state:out ");
  scripted_server_forget_received (f->test->server);
}

#define ERROR_PRESENCE(from, id, condition)                                                        \
  "<presence type='error'" from id ">" ERROR ("auth", condition) "</presence>"

static void
test_refused (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  assert_refused (&f, ERROR_PRESENCE (" from='" ROOM "/romeo'", " id='ID'", "conflict"), HS_STANZA_ERROR_CONFLICT);
  assert_refused (&f, ERROR_PRESENCE (" from='" ROOM "'", "", "registration-required"), HS_STANZA_ERROR_REGISTRATION_REQUIRED);
  assert_refused (&f, ERROR_PRESENCE (" from='" ROOM "/romeo'", "", "forbidden"), HS_STANZA_ERROR_FORBIDDEN);
  assert_refused (&f, ERROR_PRESENCE (" from='" ROOM "'", " id='ID'", "not-authorized"), HS_STANZA_ERROR_NOT_AUTHORIZED);
  /* From a server on the way. */
  assert_refused (&f, ERROR_PRESENCE ("", " id='ID'", "remote-server-not-found"), HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND);
  assert_refused (&f, ERROR_PRESENCE (" from='rooms.example.org'", " id='ID'", "item-not-found"), HS_STANZA_ERROR_ITEM_NOT_FOUND);
  /* An answer to something else, and somebody else's. */
  g_free (muc_test_ask_entry (&f, ""));
  muc_test_tells (&f,
                  ERROR_PRESENCE (" from='" ROOM "/romeo'", " id='earlier'", "conflict")
                  ERROR_PRESENCE (" from='" ROOM "/juliet'", "", "conflict")
                  ERROR_PRESENCE (" from='rooms.example.org'", " id='another'", "conflict"),
                  "state:joining ");
  muc_test_tells (&f, OWN ("romeo"), "list state:in joined ");
  muc_test_end (&f);
}

/* After a conflict, another nickname. */
static void
test_another_nick (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  assert_refused (&f, ERROR_PRESENCE (" from='" ROOM "/romeo'", " id='ID'", "conflict"), HS_STANZA_ERROR_CONFLICT);
  g_assert_true (hs_muc_add_room (f.muc, ROOM "/any", "montague") == f.room);
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "montague");
  hs_room_change_nick_async (f.room, "m", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_clear_object (&result);
  g_free (muc_test_ask_entry (&f, ""));
  test_client_await_sent (f.test, " to=\"" ROOM "/m\"");
  muc_test_say (&f, OWN ("m"));
  g_assert_cmpint (get_state (&f), ==, HS_ROOM_STATE_IN);
  /* Invalid addresses and nicknames. */
  hs_muc_join_async (f.muc, "@rooms.example.org", "romeo", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_null (hs_muc_join_finish (f.muc, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  g_clear_object (&result);
  hs_room_change_nick_async (f.room, "", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_change_nick_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_object (&result);
  muc_test_end (&f);
}

/* A nickname that is changed while the room is asked: it takes effect after the answer, whatever the answer is. */
static void
test_nick_early (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autofree char *id = NULL;
  g_autofree char *refusal = NULL;

  muc_test_start (&f, NULL);
  g_free (muc_test_ask_entry (&f, ""));
  scripted_server_forget_received (f.test->server);
  hs_room_change_nick_async (f.room, "mercutio", NULL, muc_test_result_cb, &result);
  hs_room_change_nick_async (f.room, "romeo", NULL, muc_test_result_cb, &second);
  test_spin (20);
  g_assert_null (result);
  g_assert_false (scripted_server_has_received (f.test->server, "<presence "));
  /* A service without status 110 shows the nickname that it was asked for. */
  muc_test_say (&f, PRESENCE ("romeo", "<item jid='user@example.org/res' role='participant'/>"));
  g_assert_cmpint (get_state (&f), ==, HS_ROOM_STATE_IN);
  test_client_await_sent (f.test, " to=\"" ROOM "/mercutio\"");
  g_assert_null (result);
  g_assert_true (hs_room_change_nick_finish (f.room, second, NULL));
  muc_test_say (&f, GONE ("romeo", "<item nick='mercutio'/>" SELF STATUS ("303")) OWN ("mercutio"));
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "mercutio");
  g_clear_object (&result);
  g_clear_object (&second);
  hs_room_leave_async (f.room, NULL, NULL, NULL, NULL);
  muc_test_say (&f, GONE ("mercutio", SELF));
  /* The room does not let the account in: for the next attempt. */
  scripted_server_forget_received (f.test->server);
  id = muc_test_ask_entry (&f, "");
  hs_room_change_nick_async (f.room, "montague", NULL, muc_test_result_cb, &result);
  refusal = g_strdup_printf ("<presence type='error' from='" ROOM "/mercutio' id='%s'>" ERROR ("cancel", "conflict") "</presence>", id);
  muc_test_say (&f, refusal);
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "montague");
  g_clear_object (&result);
  scripted_server_forget_received (f.test->server);
  g_free (muc_test_ask_entry (&f, ""));
  hs_room_change_nick_async (f.room, "m", NULL, muc_test_result_cb, &result);
  test_client_stop (f.test);
  test_until (result != NULL);
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "m");
  g_clear_object (&result);
  muc_test_end (&f);
}

/* The account's presence changes while the room is asked. */
static void
test_presence_early (void)
{
  MucTest f;
  g_autoptr (HsPresence) away = hs_presence_new (NULL);

  muc_test_start (&f, NULL);
  g_free (muc_test_ask_entry (&f, ""));
  scripted_server_forget_received (f.test->server);
  hs_presence_set_show (away, "away");
  hs_client_set_own_presence (f.test->client, away);
  test_client_await_sent (f.test, "<show>away</show>");
  g_assert_false (scripted_server_has_received (f.test->server, ROOM));
  muc_test_say (&f, OWN ("romeo2"));
  test_client_await_sent (f.test, "<presence to=\"" ROOM "/romeo2\"><show>away</show>");
  g_assert_false (scripted_server_has_received (f.test->server, "http://jabber.org/protocol/muc\""));
  muc_test_end (&f);
}

/* No answer: nobody is left behind in the room if it lets us in after all. */
static void
test_late (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  hs_client_set_request_timeout (f.test->client, 200);
  hs_room_set_auto_rejoin (f.room, FALSE);
  hs_room_join_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_ask_entry (&f, ""));
  scripted_server_forget_received (f.test->server);
  test_until (result != NULL);
  g_assert_false (hs_room_join_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TIMED_OUT);
  muc_test_assert (&f, "state:joining state:lost lost ");
  test_client_await_sent (f.test, "<presence type=\"unavailable\" to=\"" ROOM "/romeo\"/>");
  muc_test_tells (&f, PRESENCE ("juliet", ITEM) OWN ("romeo"), "");
  g_assert_cmpint (get_state (&f), ==, HS_ROOM_STATE_LOST);
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (f.room)), ==, 0);
  muc_test_tells (&f, GONE ("romeo", SELF), "");
  g_clear_object (&result);
  muc_test_end (&f);
}

/* Before the session, twice at once, and when it is done already. */
static void
test_before_ready (void)
{
  static const ScriptStep *const scripts[] = { muc_session, NULL };
  MucTest f = { test_client_new (scripts, HS_TLS_MODE_NONE), hs_muc_new (), NULL, g_string_new (NULL), 0 };
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GAsyncResult) third = NULL;
  g_autoptr (GAsyncResult) given_up = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  HsRoom *room;

  /* Without a client there is nothing to wait for. */
  hs_muc_join_async (f.muc, ROOM, "romeo", NULL, muc_test_result_cb, &first);
  test_until (first != NULL);
  g_assert_null (hs_muc_join_finish (f.muc, first, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_clear_object (&first);
  hs_client_register (f.test->client, HS_MODULE (f.muc));
  hs_muc_join_async (f.muc, ROOM, "romeo", NULL, muc_test_result_cb, &first);
  hs_muc_join_async (f.muc, ROOM, "romeo", NULL, muc_test_result_cb, &second);
  hs_muc_join_async (f.muc, ROOM, "romeo", cancellable, muc_test_result_cb, &given_up);
  f.room = g_object_ref (hs_muc_lookup (f.muc, ROOM "/any"));
  g_assert_cmpint (get_state (&f), ==, HS_ROOM_STATE_JOINING);
  /* Cancelling stops the waiting alone. */
  g_cancellable_cancel (cancellable);
  test_until (given_up != NULL);
  g_assert_null (hs_muc_join_finish (f.muc, given_up, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_client_start_until_ready (f.test);
  g_free (muc_test_ask_entry (&f, ""));
  muc_test_say (&f, OWN ("romeo"));
  room = hs_muc_join_finish (f.muc, first, NULL);
  g_assert_true (room == f.room);
  g_object_unref (room);
  room = hs_muc_join_finish (f.muc, second, NULL);
  g_assert_true (room == f.room);
  g_object_unref (room);
  hs_muc_join_async (f.muc, ROOM, "other", NULL, muc_test_result_cb, &third);
  test_until (third != NULL);
  g_object_unref (hs_muc_join_finish (f.muc, third, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "romeo");
  g_clear_object (&first);
  g_clear_object (&second);
  g_clear_object (&third);
  g_clear_object (&given_up);
  muc_test_end (&f);
}

/* The client stops before there was a session. */
static void
test_stopped (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  hs_room_join_async (f.room, NULL, muc_test_result_cb, &result);
  g_assert_cmpint (get_state (&f), ==, HS_ROOM_STATE_JOINING);
  test_client_stop (f.test);
  test_until (result != NULL);
  g_assert_false (hs_room_join_finish (f.room, result, &error));
  g_assert_nonnull (error);
  muc_test_assert (&f, "state:joining state:lost lost ");
  g_clear_object (&result);
  muc_test_end (&f);
}

/* ---- Leaving ---- */

static void
test_leave (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;

  muc_test_start (&f, NULL);
  hs_room_leave_async (f.room, NULL, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_true (hs_room_leave_finish (f.room, result, NULL));
  g_clear_object (&result);
  muc_test_enter (&f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
  hs_room_leave_async (f.room, "good night", NULL, muc_test_result_cb, &result);
  hs_room_leave_async (f.room, NULL, NULL, muc_test_result_cb, &again);
  test_client_await_sent (f.test, " to=\"" ROOM "/romeo\"><status>good night</status></presence>");
  muc_test_assert (&f, "state:leaving ");
  g_assert_null (result);
  /* Joined again at once: after the room has let us go. */
  hs_room_join_async (f.room, NULL, NULL, NULL);
  muc_test_tells (&f, PRESENCE ("paris", ITEM), "");
  muc_test_tells (&f, GONE ("romeo", ITEM SELF), "list state:out left:left(,,) state:joining ");
  g_assert_true (hs_room_leave_finish (f.room, result, NULL));
  g_assert_true (hs_room_leave_finish (f.room, again, NULL));
  g_assert_null (hs_room_get_own_occupant (f.room));
  g_clear_object (&result);
  /* Before the room was asked to let us in. */
  hs_room_leave_async (f.room, NULL, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  muc_test_assert (&f, "state:out left:left(,,) ");
  g_clear_object (&result);
  g_clear_object (&again);
  muc_test_end (&f);
}

/* While the room is asked; it may answer that it does not know us, or not at all. */
static void
test_leave_early (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) joined = NULL;
  g_autoptr (GAsyncResult) left = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  hs_room_join_async (f.room, NULL, muc_test_result_cb, &joined);
  g_free (muc_test_ask_entry (&f, ""));
  hs_room_leave_async (f.room, NULL, NULL, muc_test_result_cb, &left);
  test_until (joined != NULL);
  g_assert_false (hs_room_join_finish (f.room, joined, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  muc_test_assert (&f, "state:joining state:leaving ");
  muc_test_tells (&f, OWN ("romeo"), "");
  muc_test_tells (&f, ERROR_PRESENCE (" from='" ROOM "/romeo'", "", "not-acceptable"), "state:out left:left(,,) ");
  g_assert_true (hs_room_leave_finish (f.room, left, NULL));
  g_clear_object (&left);
  muc_test_enter (&f, "", OWN ("romeo"));
  hs_client_set_request_timeout (f.test->client, 200);
  hs_room_leave_async (f.room, NULL, NULL, muc_test_result_cb, &left);
  test_until (left != NULL);
  muc_test_assert (&f, "state:leaving list state:out left:left(,,) ");
  g_clear_object (&left);
  g_clear_object (&joined);
  muc_test_end (&f);
}

static void
leave_asking_cb (HsClient *client, HsDirection direction, const char *text, HsRoom *room)
{
  if (strstr (text, "<history ") == NULL)
    return;
  g_signal_handlers_disconnect_by_func (client, leave_asking_cb, room);
  hs_room_leave_async (room, NULL, NULL, NULL, NULL);
}

/* A handler that sees the presence to the room may leave it: the room gets a farewell, and its answer does no harm. */
static void
test_leave_asking (void)
{
  g_autofree char *sent = NULL;
  MucTest f;

  muc_test_start (&f, NULL);
  g_signal_connect (f.test->client, "xml", G_CALLBACK (leave_asking_cb), f.room);
  hs_room_join_async (f.room, NULL, NULL, NULL);
  muc_test_describe (&f, "");
  test_client_await_sent (f.test, "http://jabber.org/protocol/muc\"");
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (strstr (sent, "<history "), "type=\"unavailable\""));
  muc_test_assert (&f, "state:joining state:leaving ");
  muc_test_tells (&f, PRESENCE ("juliet", ITEM) OWN ("romeo"), "");
  muc_test_tells (&f, GONE ("romeo", ITEM SELF), "state:out left:left(,,) ");
  muc_test_end (&f);
}

/* ---- The rooms of the module ---- */

/* A room that was removed is out, and of no client; another object takes its place. */
static void
test_remove (void)
{
  MucTest f;
  HsRoom *other;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (hs_muc_get_rooms (f.muc)), ==, 1);
  muc_test_enter (&f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
  hs_muc_remove_room (f.muc, f.room);
  muc_test_assert (&f, "state:leaving list state:out left:left(,,) ");
  hs_muc_remove_room (f.muc, f.room);
  test_client_await_sent (f.test, "<presence type=\"unavailable\" to=\"" ROOM "/romeo\"/>");
  g_assert_cmpuint (g_list_model_get_n_items (hs_muc_get_rooms (f.muc)), ==, 0);
  g_assert_null (hs_muc_lookup (f.muc, ROOM));
  g_assert_null (hs_room_get_client (f.room));
  muc_test_tells (&f, OWN ("romeo") GONE ("romeo", SELF), "");
  hs_room_join_async (f.room, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_join_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_null (hs_room_send (f.room, "hello", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  other = hs_muc_add_room (f.muc, ROOM, "romeo");
  g_assert_true (other != f.room);
  g_assert_true (hs_room_get_client (other) == f.test->client);
  g_clear_object (&result);
  muc_test_end (&f);
}

typedef enum
{
  DO_REMOVE,
  DO_LEAVE,
  DO_JOIN,
  DO_UNREGISTER,
  N_DOINGS
} Doing;

typedef struct
{
  MucTest *test;
  Doing doing;
  guint n_done;
} Meddler;

static void
meddle_cb (Meddler *self)
{
  if (self->n_done++ > 0)
    return;
  if (self->doing == DO_REMOVE)
    hs_muc_remove_room (self->test->muc, self->test->room);
  else if (self->doing == DO_LEAVE)
    hs_room_leave_async (self->test->room, NULL, NULL, NULL, NULL);
  else if (self->doing == DO_JOIN)
    hs_room_join_async (self->test->room, NULL, NULL, NULL);
  else
    hs_client_unregister (self->test->test->client, HS_MODULE (self->test->muc));
}

/* Handlers that call the room again, at each of its signals. */
static void
test_meddle (void)
{
  static const char *const signals[] = { "notify::state",   "notify::own-occupant", "notify::nick",     "items-changed",
                                         "joined",          "occupant-joined",      "occupant-renamed", "occupant-left",
                                         "notify::subject", "lost",                 "left" };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    for (Doing doing = 0; doing < N_DOINGS; doing++)
      {
        MucTest f;
        Meddler meddler = { &f, doing, 0 };
        gpointer source;

        muc_test_start (&f, NULL);
        hs_room_set_auto_rejoin (f.room, FALSE);
        g_free (muc_test_ask_entry (&f, ""));
        source = strcmp (signals[i], "items-changed") == 0 ? (gpointer) hs_room_get_occupants (f.room) : f.room;
        g_signal_connect_swapped (source, signals[i], G_CALLBACK (meddle_cb), &meddler);
        muc_test_say (&f, PRESENCE ("juliet", ITEM) OWN ("romeo1"));
        muc_test_say (&f, PRESENCE ("paris", ITEM)
                          GONE ("paris", "<item nick='juliet'/>" STATUS ("303"))
                          SAID ("juliet", "s1", "<subject>Love</subject>") GONE ("juliet", ITEM));
        muc_test_say (&f, i % 2 == 0 ? GONE ("romeo1", SELF STATUS ("333")) : GONE ("romeo1", SELF STATUS ("307")));
        g_signal_handlers_disconnect_by_data (source, &meddler);
        muc_test_end (&f);
      }
}

static HsRoom *removed; /* weak: the last one */

static void
remove_added_cb (GListModel *rooms, guint position, guint n_removed, guint n_added, HsMuc *muc)
{
  g_autoptr (HsRoom) room = n_added > 0 ? g_list_model_get_item (rooms, position) : NULL;

  if (room == NULL)
    return;
  g_set_weak_pointer (&removed, room);
  hs_muc_remove_room (muc, room);
}

static void
remove_renamed_cb (HsRoom *room, GParamSpec *pspec, HsMuc *muc)
{
  hs_muc_remove_room (muc, room);
}

/* Whoever is told of a room may remove it before its caller has it. */
static void
test_removed_at_once (void)
{
  MucTest f;
  HsRoom *room;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  g_signal_connect (f.room, "notify::nick", G_CALLBACK (remove_renamed_cb), f.muc);
  room = hs_muc_add_room (f.muc, ROOM, "paris");
  g_assert_true (room == f.room);
  g_assert_null (hs_muc_lookup (f.muc, ROOM));
  g_signal_connect (hs_muc_get_rooms (f.muc), "items-changed", G_CALLBACK (remove_added_cb), f.muc);
  for (guint i = 0; i < 2; i++)
    {
      room = hs_muc_add_room (f.muc, "other@chat.example.org", "romeo");
      /* The call that leaves it holds the room until the next turn. */
      muc_test_say_nothing (&f);
      g_assert_nonnull (removed);
      g_assert_true (room == removed);
      g_assert_cmpstr (hs_room_get_nick (room), ==, "romeo");
      g_assert_null (hs_muc_lookup (f.muc, "other@chat.example.org"));
      g_assert_null (hs_room_get_client (room));
    }
  hs_muc_join_async (f.muc, "other@chat.example.org", "romeo", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_null (hs_muc_join_finish (f.muc, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_signal_handlers_disconnect_by_data (hs_muc_get_rooms (f.muc), f.muc);
  g_signal_handlers_disconnect_by_data (f.room, f.muc);
  g_clear_object (&result);
  g_clear_weak_pointer (&removed);
  muc_test_end (&f);
}

/* Unregistered while the session goes on: the module leaves its rooms. The rooms may live longer than it. */
static void
test_unregister (void)
{
  MucTest f;
  g_autoptr (HsRoom) room = NULL;

  muc_test_start (&f, NULL);
  muc_test_enter (&f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
  hs_client_unregister (f.test->client, HS_MODULE (f.muc));
  muc_test_assert (&f, "list state:lost lost ");
  test_client_await_sent (f.test, "<presence type=\"unavailable\" to=\"" ROOM "/romeo\"/>");
  muc_test_tells (&f, OWN ("romeo"), "");
  hs_client_register (f.test->client, HS_MODULE (f.muc));
  muc_test_assert (&f, "state:joining ");
  room = g_object_ref (f.room);
  test_client_stop (f.test);
  g_signal_handlers_disconnect_by_data (f.muc, &f);
  test_client_free (f.test);
  g_assert_finalize_object (f.muc);
  g_assert_null (hs_room_get_client (room));
  hs_room_leave_async (room, NULL, NULL, NULL, NULL);
  hs_room_check_async (room, NULL, NULL, NULL);
  hs_room_change_subject_async (room, "none", NULL, NULL, NULL);
  test_spin (10);
  g_signal_handlers_disconnect_by_data (room, &f);
  g_signal_handlers_disconnect_by_data (hs_room_get_occupants (room), &f);
  g_object_unref (f.room);
  g_string_free (f.record, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muc/enter", test_enter);
  g_test_add_func ("/muc/features", test_features);
  g_test_add_func ("/muc/without-self", test_without_self);
  g_test_add_func ("/muc/created", test_created);
  g_test_add_func ("/muc/refused", test_refused);
  g_test_add_func ("/muc/another-nick", test_another_nick);
  g_test_add_func ("/muc/nick-early", test_nick_early);
  g_test_add_func ("/muc/presence-early", test_presence_early);
  g_test_add_func ("/muc/late", test_late);
  g_test_add_func ("/muc/before-ready", test_before_ready);
  g_test_add_func ("/muc/stopped", test_stopped);
  g_test_add_func ("/muc/leave", test_leave);
  g_test_add_func ("/muc/leave-early", test_leave_early);
  g_test_add_func ("/muc/leave-asking", test_leave_asking);
  g_test_add_func ("/muc/remove", test_remove);
  g_test_add_func ("/muc/meddle", test_meddle);
  g_test_add_func ("/muc/removed-at-once", test_removed_at_once);
  g_test_add_func ("/muc/unregister", test_unregister);
  return g_test_run ();
}
