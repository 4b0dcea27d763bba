/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"

#include <string.h>

/* What happens in a room that the account is in. */

#define OWN(nick) PRESENCE (nick, ITEM SELF)
#define FROM_ROOM(more) "<message from='" ROOM "'>" more "</message>"
#define FORM(request, nick)                                                                        \
  "<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>" request "</value></field>" \
  "<field var='muc#role'><value>participant</value></field><field var='muc#jid'><value>hag66@example.com</value></field>" \
  "<field var='muc#roomnick'><value>" nick "</value></field></x>"
#define VOICE "http://jabber.org/protocol/muc#request"

static void
start (MucTest *f, const char *features)
{
  muc_test_start (f, NULL);
  muc_test_enter (f, features, PRESENCE ("juliet", ITEM) OWN ("romeo"));
}

/* ---- The end of a stay ---- */

#define ACTOR "<item role='none' affiliation='none'><actor nick='paris'/><reason>enough</reason></item>"

static void
test_kinds (void)
{
  static const struct
  {
    const char *presence;
    const char *expected;
  } cases[] = {
    { GONE ("romeo", ITEM SELF), "list state:out left:left(,,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("307")), "list state:out left:kicked(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("301")), "list state:out left:banned(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("321")), "list state:out left:affiliation(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("322")), "list state:out left:members-only(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("307") STATUS ("301")), "list state:out left:banned(paris,enough,) " },
    { GONE ("romeo", ITEM SELF "<destroy jid='other@rooms.example.org'><reason>old</reason></destroy>"),
      "list state:out left:destroyed(,old,other@rooms.example.org) " },
    { GONE ("romeo", ITEM SELF STATUS ("332") "<destroy/>"), "list state:out left:destroyed(,,) " },
    /* Without 110, the nickname says it. */
    { GONE ("romeo", ACTOR STATUS ("307")), "list state:out left:kicked(paris,enough,) " },
    { GONE ("other", ACTOR SELF STATUS ("307")), "list state:out left:kicked(paris,enough,) " },
    /* Technical reasons; 333 wins over 307, but not over the others. */
    { GONE ("romeo", ITEM SELF STATUS ("333")), "list state:lost lost " },
    { GONE ("romeo", ITEM SELF STATUS ("307") STATUS ("333")), "list state:lost lost " },
    { GONE ("romeo", ITEM SELF STATUS ("332")), "list state:lost lost " },
    { GONE ("romeo", ACTOR SELF STATUS ("333") STATUS ("301")), "list state:out left:banned(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("333") STATUS ("321")), "list state:out left:affiliation(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("333") STATUS ("322")), "list state:out left:members-only(paris,enough,) " },
    { GONE ("romeo", ACTOR SELF STATUS ("332") STATUS ("307")), "list state:out left:kicked(paris,enough,) " },
  };
  MucTest f;

  muc_test_start (&f, NULL);
  hs_room_set_auto_rejoin (f.room, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      muc_test_enter (&f, "", PRESENCE ("juliet", ITEM) OWN ("romeo"));
      hs_room_change_subject_async (f.room, "never", NULL, muc_test_result_cb, &result);
      muc_test_tells (&f, cases[i].presence, cases[i].expected);
      g_assert_null (hs_room_get_own_occupant (f.room));
      g_assert_null (hs_room_lookup_occupant (f.room, "juliet"));
      g_assert_false (hs_room_change_subject_finish (f.room, result, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
    }
  /* A service that shuts down while we leave. */
  muc_test_enter (&f, "", OWN ("romeo"));
  hs_room_leave_async (f.room, NULL, NULL, NULL, NULL);
  muc_test_tells (&f, GONE ("romeo", SELF STATUS ("332")), "state:leaving list state:out left:shutdown(,,) ");
  muc_test_end (&f);
}

/* ---- Who is there ---- */

static void
test_occupants (void)
{
  MucTest f;
  HsOccupant *juliet, *nurse;
  g_autofree char *list = NULL;

  start (&f, FEATURE ("urn:xmpp:occupant-id:0") FEATURE ("urn:xmpp:hats:0"));
  juliet = hs_room_lookup_occupant (f.room, "juliet");
  g_assert_cmpint (hs_occupant_get_role (juliet), ==, HS_ROLE_PARTICIPANT);
  g_assert_cmpint (hs_occupant_get_affiliation (juliet), ==, HS_AFFILIATION_MEMBER);
  g_assert_null (hs_occupant_get_real_jid (juliet));
  g_assert_cmpint (hs_occupant_get_show (juliet), ==, HS_SHOW_ONLINE);
  muc_test_tells (&f,
                  PRESENCE_WITH ("juliet", "<item role='moderator' affiliation='owner' jid='juliet@example.com/balcony'/>",
                                 "<show>away</show><status>sighing</status><occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/>"
                                 "<hats xmlns='urn:xmpp:hats:0'><hat uri='u1' title='Host'/><hat uri='u2' title='Heir'/></hats>"
                                 "<c xmlns='http://jabber.org/protocol/caps' node='http://a' ver='v' hash='sha-1'/>"
                                 "<x xmlns='vcard-temp:x:update'><photo>abcd</photo></x>"),
                  "");
  g_assert_cmpint (hs_occupant_get_role (juliet), ==, HS_ROLE_MODERATOR);
  g_assert_cmpint (hs_occupant_get_affiliation (juliet), ==, HS_AFFILIATION_OWNER);
  g_assert_cmpstr (hs_jid_to_string (hs_occupant_get_real_jid (juliet)), ==, "juliet@example.com/balcony");
  g_assert_cmpint (hs_occupant_get_show (juliet), ==, HS_SHOW_AWAY);
  g_assert_cmpstr (hs_occupant_get_status (juliet), ==, "sighing");
  g_assert_cmpstr (hs_occupant_get_occupant_id (juliet), ==, "o1");
  g_assert_true (hs_room_lookup_occupant_id (f.room, "o1") == juliet);
  g_assert_cmpstrv (hs_occupant_get_hats (juliet), ((const char *const[]){ "Host", "Heir", NULL }));
  g_assert_cmpstr (hs_occupant_get_caps_node (juliet), ==, "http://a");
  g_assert_cmpstr (hs_occupant_get_avatar_hash (juliet), ==, "abcd");
  muc_test_tells (&f, PRESENCE ("nurse", ITEM), "list +nurse ");
  nurse = hs_room_lookup_occupant (f.room, "nurse");
  g_object_ref (nurse);
  /* Who leaves keeps what was known. */
  g_object_ref (juliet);
  muc_test_tells (&f, GONE ("juliet", "<item role='none' affiliation='owner'/>"), "list -juliet ");
  g_assert_null (hs_room_lookup_occupant_id (f.room, "o1"));
  g_assert_cmpint (hs_occupant_get_show (juliet), ==, HS_SHOW_OFFLINE);
  g_assert_cmpint (hs_occupant_get_role (juliet), ==, HS_ROLE_NONE);
  g_assert_cmpstr (hs_occupant_get_occupant_id (juliet), ==, "o1");
  g_assert_cmpuint (g_strv_length ((char **) hs_occupant_get_hats (juliet)), ==, 2);
  g_object_unref (juliet);
  /* Renamed, to the nickname of one who was not seen to leave as well. */
  muc_test_tells (&f, PRESENCE ("old", ITEM), "list +old ");
  muc_test_tells (&f, GONE ("nurse", "<item nick='old'/>" STATUS ("303")), "list -old ~old ");
  muc_test_tells (&f, PRESENCE ("old", ITEM), "");
  g_assert_true (hs_room_lookup_occupant (f.room, "old") == nurse);
  g_assert_null (hs_room_lookup_occupant (f.room, "nurse"));
  g_assert_cmpstr (hs_jid_to_string (hs_occupant_get_jid (nurse)), ==, ROOM "/old");
  g_object_unref (nurse);
  /* The room's own, and somebody who was not there. */
  muc_test_tells (&f, "<presence from='" ROOM "'>" MUC_USER (ITEM) "</presence>" GONE ("ghost", ITEM), "");
  list = muc_test_list (&f);
  g_assert_cmpstr (list, ==, "romeo old");
  muc_test_end (&f);
}

/* Ids and hats that the room does not vouch for are the sender's own. */
static void
test_forged (void)
{
  MucTest f;
  HsOccupant *juliet;

  start (&f, "");
  muc_test_say (&f, PRESENCE_WITH ("juliet", ITEM, "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o1'/>"
                                   "<hats xmlns='urn:xmpp:hats:0'><hat uri='u1' title='Owner'/></hats>"));
  juliet = hs_room_lookup_occupant (f.room, "juliet");
  g_assert_null (hs_occupant_get_occupant_id (juliet));
  g_assert_null (hs_room_lookup_occupant_id (f.room, "o1"));
  g_assert_cmpuint (g_strv_length ((char **) hs_occupant_get_hats (juliet)), ==, 0);
  muc_test_end (&f);
}

/* Presences of rooms that nobody has joined make no rooms, and none of a room that is not entered are taken. */
static void
test_strangers (void)
{
  MucTest f;

  muc_test_start (&f, NULL);
  muc_test_tells (&f, OWN ("romeo") PRESENCE ("juliet", ITEM) GONE ("romeo", SELF STATUS ("301"))
                  "<presence from='other@rooms.example.org/romeo'>" MUC_USER (ITEM SELF) "</presence>", "");
  g_assert_cmpuint (g_list_model_get_n_items (hs_muc_get_rooms (f.muc)), ==, 1);
  hs_room_join_async (f.room, NULL, NULL, NULL);
  /* Of an earlier stay: the room has not been asked yet. */
  muc_test_tells (&f, OWN ("romeo") GONE ("romeo", SELF STATUS ("301")) PRESENCE ("juliet", ITEM), "state:joining ");
  muc_test_enter (&f, "", OWN ("romeo"));
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (f.room)), ==, 1);
  muc_test_end (&f);
}

/* While entering: somebody who leaves again, and the answer to an earlier farewell. */
static void
test_entering (void)
{
  MucTest f;
  g_autofree char *list = NULL;

  muc_test_start (&f, NULL);
  g_free (muc_test_ask_entry (&f, ""));
  muc_test_tells (&f, PRESENCE ("juliet", ITEM) PRESENCE ("paris", ITEM) GONE ("romeo", SELF) GONE ("juliet", ITEM),
                  "state:joining ");
  muc_test_say (&f, OWN ("romeo"));
  list = muc_test_list (&f);
  g_assert_cmpstr (list, ==, "paris romeo");
  muc_test_end (&f);
}

/* Put out while entering. */
static void
test_kicked_early (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  muc_test_start (&f, NULL);
  hs_room_join_async (f.room, NULL, muc_test_result_cb, &result);
  g_free (muc_test_ask_entry (&f, ""));
  muc_test_tells (&f, GONE ("romeo", ACTOR SELF STATUS ("301")), "state:joining state:out left:banned(paris,enough,) ");
  g_assert_false (hs_room_join_finish (f.room, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_FAILED);
  g_clear_object (&result);
  muc_test_end (&f);
}

/* ---- The nickname ---- */

static void
change_nick (MucTest *f, const char *nick, GAsyncResult **result)
{
  g_clear_object (result);
  scripted_server_forget_received (f->test->server);
  hs_room_change_nick_async (f->room, nick, NULL, muc_test_result_cb, result);
}

/* Waits for the request to change the nickname, which has these words, and returns its id. */
static char *
await_nick (MucTest *f, const char *words)
{
  g_autofree char *sent = NULL;
  const char *id;

  test_client_await_sent (f->test, words);
  sent = test_client_dup_sent (f->test);
  id = strstr (sent, " id=\"") + strlen (" id=\"");
  return g_strndup (id, strcspn (id, "\""));
}

static void
test_nick (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *refused_id = NULL;
  g_autofree char *same_id = NULL;
  g_autofree char *gone_id = NULL;
  g_autofree char *refusal = NULL;
  g_autofree char *same = NULL;
  g_autofree char *gone = NULL;

  start (&f, "");
  change_nick (&f, "montague", &result);
  test_client_await_sent (f.test, " to=\"" ROOM "/montague\"");
  muc_test_tells (&f, GONE ("romeo", "<item nick='montague'/>" SELF STATUS ("303")) OWN ("montague"), "~montague ");
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "montague");
  g_assert_cmpstr (hs_occupant_get_nick (hs_room_get_own_occupant (f.room)), ==, "montague");
  change_nick (&f, "montague", &result);
  test_until (result != NULL);
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  /* A refusal ends neither the stay nor the nickname. */
  change_nick (&f, "juliet", &result);
  refused_id = await_nick (&f, " to=\"" ROOM "/juliet\"");
  refusal = g_strdup_printf ("<presence type='error' from='" ROOM "/juliet' id='%s'>" ERROR ("cancel", "conflict") "</presence>",
                             refused_id);
  muc_test_tells (&f, refusal, "");
  g_assert_false (hs_room_change_nick_finish (f.room, result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "montague");
  g_assert_false (scripted_server_has_received (f.test->server, "urn:xmpp:ping"));
  /* The service prepares the nickname, and it is the present one: it answers with the present presence. */
  change_nick (&f, "\xef\xbd\x8dontague", &result);
  same_id = await_nick (&f, "ontague\"");
  same = g_strdup_printf ("<presence from='" ROOM "/montague' id='%s'>" MUC_USER (ITEM SELF) "</presence>", same_id);
  muc_test_tells (&f, OWN ("montague"), "");
  g_assert_null (result);
  muc_test_tells (&f, same, "");
  g_assert_true (hs_room_change_nick_finish (f.room, result, NULL));
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "montague");
  /* The service gives another nickname by itself. */
  muc_test_tells (&f, GONE ("montague", "<item nick='member'/>" SELF STATUS ("303")) OWN ("member"), "~member ");
  g_assert_cmpstr (hs_room_get_nick (f.room), ==, "member");
  g_clear_object (&result);
  /* A room that is gone. */
  change_nick (&f, "friar", &result);
  gone_id = await_nick (&f, " to=\"" ROOM "/friar\"");
  gone = g_strdup_printf ("<presence type='error' from='" ROOM "/friar' id='%s'>" ERROR ("cancel", "item-not-found") "</presence>",
                          gone_id);
  muc_test_tells (&f, gone, "");
  g_clear_error (&error);
  g_assert_false (hs_room_change_nick_finish (f.room, result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  test_client_await_sent (f.test, "urn:xmpp:ping");
  g_clear_object (&result);
  muc_test_end (&f);
}

/* ---- What the room says of itself ---- */

static void
test_subject (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *refusal = NULL;
  char *id;

  start (&f, "");
  g_assert_null (hs_room_get_subject (f.room));
  muc_test_say (&f, SAID ("juliet", "s1", "<subject>Love</subject>"));
  g_assert_cmpstr (hs_room_get_subject (f.room), ==, "Love");
  g_assert_cmpstr (hs_room_get_subject_author (f.room), ==, "juliet");
  /* These are messages. */
  muc_test_say (&f, SAID ("juliet", "s2", "<subject>Not</subject><body>b</body>") SAID ("juliet", "s3", "<subject>Not</subject><thread>t</thread>")
                    "<message from='" ROOM "/juliet' type='chat'><subject>Not</subject></message>"
                    "<message from='other@rooms.example.org/juliet' type='groupchat'><subject>Not</subject></message>");
  g_assert_cmpstr (hs_room_get_subject (f.room), ==, "Love");
  muc_test_say (&f, SAID ("juliet", "s4", "<subject/>"));
  g_assert_cmpstr (hs_room_get_subject (f.room), ==, "");
  /* Ours, with another id in some rooms; or refused. */
  hs_room_change_subject_async (f.room, "Banishment", NULL, muc_test_result_cb, &result);
  test_client_await_sent (f.test, "<subject>Banishment</subject></message>");
  muc_test_say (&f, SAID ("juliet", "x1", "<subject>Banishment</subject>"));
  g_assert_null (result);
  muc_test_say (&f, SAID ("romeo", "x2", "<subject>Banishment</subject>"));
  g_assert_true (hs_room_change_subject_finish (f.room, result, NULL));
  g_clear_object (&result);
  scripted_server_forget_received (f.test->server);
  hs_room_change_subject_async (f.room, "Death", NULL, muc_test_result_cb, &result);
  test_client_await_sent (f.test, "<subject>Death</subject></message>");
  sent = test_client_dup_sent (f.test);
  id = strstr (sent, " id=\"") + strlen (" id=\"");
  refusal = g_strdup_printf ("<message type='error' from='" ROOM "' id='%.*s'>" ERROR ("auth", "forbidden") "</message>",
                             (int) strcspn (id, "\""), id);
  muc_test_say (&f, refusal);
  g_assert_false (hs_room_change_subject_finish (f.room, result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  g_assert_cmpstr (hs_room_get_subject (f.room), ==, "Banishment");
  g_clear_object (&result);
  muc_test_end (&f);
}

#define CHANGED(codes) "<message type='groupchat' from='" ROOM "'>" MUC_USER (codes) "</message>"

static void
test_configuration (void)
{
  MucTest f;

  start (&f, "");
  g_assert_cmpint (hs_room_get_features (f.room), ==, HS_ROOM_FEATURE_NONE);
  /* Only the room itself says so. */
  muc_test_tells (&f, SAID ("juliet", "c1", MUC_USER (STATUS ("104"))), "delivery: ");
  g_assert_false (scripted_server_has_received (f.test->server, "disco#info"));
  /* However many say so while it is asked, it is asked once more. */
  muc_test_tells (&f, CHANGED (STATUS ("104") STATUS ("172")) CHANGED (STATUS ("170")) CHANGED (STATUS ("100")),
                  "config:104,172 delivery: config:170 delivery: config:100 delivery: ");
  g_free (muc_test_await (&f, "disco#info"));
  test_spin (20);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "disco#info"), ==, 1);
  muc_test_describe (&f, FEATURE ("muc_moderated"));
  muc_test_describe (&f, FEATURE ("muc_moderated") FEATURE ("muc_hidden"));
  g_assert_cmpint (hs_room_get_features (f.room), ==, HS_ROOM_FEATURE_MODERATED | HS_ROOM_FEATURE_HIDDEN);
  test_spin (20);
  g_assert_false (scripted_server_has_received (f.test->server, "disco#info"));
  /* Others mean nothing. */
  muc_test_tells (&f, CHANGED (STATUS ("999")), "delivery: ");
  muc_test_end (&f);
}

/* XEP-0045, 8.6. */
static void
test_voice (void)
{
  MucTest f;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start (&f, "");
  muc_test_tells (&f, FROM_ROOM (FORM (VOICE, "juliet")), "voice:juliet ");
  /* From an occupant, from another room, with another form, and for somebody who is not there. */
  muc_test_tells (&f, "<message from='" ROOM "/juliet'>" FORM (VOICE, "juliet") "</message>"
                  "<message from='other@rooms.example.org'>" FORM (VOICE, "juliet") "</message>"
                  "<message from='" ROOM "' type='groupchat'>" FORM (VOICE, "juliet") "</message>"
                  FROM_ROOM (FORM ("http://jabber.org/protocol/muc#register", "juliet")) FROM_ROOM (FORM (VOICE, "ghost")), "delivery: ");
  hs_room_request_voice_async (f.room, NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_true (hs_room_request_voice_finish (f.room, result, NULL));
  test_client_await_sent (f.test, "<value>participant</value></field></x></message>");
  g_clear_object (&result);
  /* Nothing is sent for a call that is cancelled already. */
  scripted_server_forget_received (f.test->server);
  g_cancellable_cancel (cancellable);
  hs_room_request_voice_async (f.room, cancellable, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_room_request_voice_finish (f.room, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_spin (20);
  g_assert_false (scripted_server_has_received (f.test->server, "<x "));
  g_clear_object (&result);
  muc_test_end (&f);
}

/* ---- Messages ---- */

#define BODY(text) "<body>" text "</body>"
#define OWN_DELAY "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>"
#define DELAY "<delay xmlns='urn:xmpp:delay' from='" ROOM "' stamp='2026-01-02T03:04:05Z'/>"

static void
test_messages (void)
{
  MucTest f;
  g_autoptr (HsSentMessage) sent = NULL;
  g_autofree char *reflection = NULL;
  g_autoptr (GError) error = NULL;

  start (&f, "");
  muc_test_tells (&f, SAID ("juliet", "m1", BODY ("ay me")), "delivery:ay me message:ay me room-message:ay me ");
  /* What a bot does not answer: history, the room itself, corrections, and what has no body. */
  muc_test_tells (&f, SAID ("juliet", "m2", BODY ("old") DELAY), "delivery:old ");
  muc_test_tells (&f, SAID ("juliet", "m2", BODY ("older") OWN_DELAY), "delivery:older ");
  muc_test_tells (&f, "<message type='groupchat' from='" ROOM "'>" BODY ("notice") "</message>", "delivery:notice ");
  muc_test_tells (&f, SAID ("juliet", "m3", BODY ("O me") "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"), "delivery:O me ");
  muc_test_tells (&f, "<message type='groupchat' from='other@rooms.example.org/juliet' id='m4'>" BODY ("elsewhere") "</message>", "");
  /* With the subject, the room's history ends: an occupant's own delay does not hide a message. */
  muc_test_tells (&f, SAID ("juliet", "m5", "<subject>Fie</subject>"), "delivery: ");
  muc_test_tells (&f, SAID ("juliet", "m6", BODY ("late") OWN_DELAY), "delivery:late message:late room-message:late ");
  muc_test_tells (&f, SAID ("juliet", "m7", BODY ("kept") DELAY), "delivery:kept ");
  /* Our own comes back, and is not a message of another occupant. */
  sent = hs_room_send (f.room, "She speaks", &error);
  g_assert_no_error (error);
  test_client_await_sent (f.test, "<body>She speaks</body>");
  reflection = g_strdup_printf (SAID ("romeo", "%s", BODY ("She speaks")), hs_sent_message_get_id (sent));
  muc_test_tells (&f, reflection, "");
  g_assert_cmpint (hs_sent_message_get_state (sent), ==, HS_SENT_STATE_REFLECTED);
  /* The next stay has a history of its own. */
  muc_test_tells (&f, GONE ("romeo", ITEM SELF), "list state:out left:left(,,) ");
  muc_test_enter (&f, "", OWN ("romeo"));
  muc_test_tells (&f, SAID ("juliet", "m8", BODY ("stored") OWN_DELAY), "delivery:stored ");
  muc_test_end (&f);
}

static void
keep_author_cb (HsRoom *room, HsDelivery *delivery, gpointer kept)
{
  g_free (*(char **) kept);
  *(char **) kept = g_strdup (hs_chat_message_get_author (HS_CHAT_MESSAGE (delivery)));
}

/* In a room without occupant ids: who takes a nickname whose occupant was not seen to leave is somebody else. */
static void
test_authors (void)
{
  MucTest f;
  g_autofree char *author = NULL;
  g_autofree char *former = NULL;

  start (&f, "");
  muc_test_say (&f, PRESENCE ("nurse", ITEM));
  g_signal_connect (f.room, "delivery", G_CALLBACK (keep_author_cb), &author);
  muc_test_say (&f, SAID ("juliet", "m1", BODY ("ay me")));
  former = g_strdup (author);
  muc_test_say (&f, SAID ("juliet", "m2", BODY ("O Romeo")));
  g_assert_cmpstr (author, ==, former);
  muc_test_say (&f, GONE ("nurse", "<item nick='juliet'/>" STATUS ("303")) PRESENCE ("juliet", ITEM)
                    SAID ("juliet", "m3", BODY ("Madam")));
  g_assert_cmpstr (author, !=, former);
  muc_test_end (&f);
}

/* A private message is a chat with the occupant, and none of the room. */
static void
test_private (void)
{
  MucTest f;
  HsMessages *messages;
  g_autoptr (HsSentMessage) sent = NULL;
  HsOccupant *juliet;

  start (&f, "");
  juliet = hs_room_lookup_occupant (f.room, "juliet");
  muc_test_tells (&f, "<message type='chat' from='" ROOM "/juliet' id='p1'>" BODY ("psst") MUC_USER ("") "</message>", "");
  messages = HS_MESSAGES (hs_client_find_module (f.test->client, HS_TYPE_MESSAGES));
  sent = hs_messages_send_text (messages, hs_jid_to_string (hs_occupant_get_jid (juliet)), "soft", NULL);
  g_assert_cmpint (hs_chat_message_get_kind (HS_CHAT_MESSAGE (sent)), ==, HS_CHAT_KIND_OCCUPANT);
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_peer (HS_CHAT_MESSAGE (sent))), ==, ROOM "/juliet");
  test_client_await_sent (f.test, "<body>soft</body>");
  g_assert_true (scripted_server_has_received (f.test->server, "<x xmlns=\"http://jabber.org/protocol/muc#user\"/>"));
  muc_test_end (&f);
}

/* ---- Invitations ---- */

#define OTHER "ball@rooms.example.org"
#define INVITE(more) MUC_USER ("<invite from='benvolio@example.org/res'><reason>dance</reason></invite>" more)
#define DIRECT(more) "<x xmlns='jabber:x:conference' jid='" OTHER "'" more "/>"

static void
keep_invite_cb (HsMuc *muc, HsInvite *invite, gpointer kept)
{
  g_set_object ((HsInvite **) kept, invite);
}

static void
count_received_cb (HsMessages *messages, HsDelivery *delivery, gpointer count)
{
  if (!test_is_mark (HS_ELEMENT (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)))))
    ++*(guint *) count;
}

static void
test_invites (void)
{
  MucTest f;
  g_autoptr (HsInvite) invite = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint n_received = 0;
  HsModule *messages;

  muc_test_start (&f, NULL);
  messages = hs_client_find_module (f.test->client, HS_TYPE_MESSAGES);
  g_signal_connect (messages, "received", G_CALLBACK (count_received_cb), &n_received);
  g_signal_connect (f.muc, "invited", G_CALLBACK (keep_invite_cb), &invite);
  muc_test_tells (&f, "<message from='" OTHER "'>" INVITE ("<password>mask</password>") DIRECT ("") "<body>come</body></message>",
                  "invited:" OTHER " ");
  g_assert_cmpstr (hs_jid_to_string (hs_invite_get_inviter (invite)), ==, "benvolio@example.org/res");
  g_assert_cmpstr (hs_invite_get_reason (invite), ==, "dance");
  g_assert_cmpstr (hs_invite_get_password (invite), ==, "mask");
  g_assert_false (hs_invite_get_is_direct (invite));
  g_assert_null (hs_invite_get_thread (invite));
  hs_muc_decline_async (f.muc, invite, "tired", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_true (hs_muc_decline_finish (f.muc, result, NULL));
  test_client_await_sent (f.test, "<decline to=\"benvolio@example.org/res\"><reason>tired</reason></decline>");
  g_clear_object (&result);
  muc_test_tells (&f, "<message from='benvolio@example.org/res'>" DIRECT (" reason='dance' password='mask' thread='t1'") "</message>",
                  "invited:" OTHER " ");
  g_assert_cmpstr (hs_jid_to_string (hs_invite_get_inviter (invite)), ==, "benvolio@example.org/res");
  g_assert_cmpstr (hs_invite_get_reason (invite), ==, "dance");
  g_assert_cmpstr (hs_invite_get_password (invite), ==, "mask");
  g_assert_cmpstr (hs_invite_get_thread (invite), ==, "t1");
  g_assert_true (hs_invite_get_is_direct (invite));
  hs_muc_decline_async (f.muc, invite, "tired", NULL, muc_test_result_cb, &result);
  test_until (result != NULL);
  g_assert_true (hs_muc_decline_finish (f.muc, result, NULL));
  g_clear_object (&result);
  /* Through the room, to go on with a chat (XEP-0045, 7.9). */
  muc_test_tells (&f, "<message from='" OTHER "'>" MUC_USER ("<invite from='benvolio@example.org'><continue thread='t2'/></invite>") "</message>",
                  "invited:" OTHER " ");
  g_assert_cmpstr (hs_invite_get_thread (invite), ==, "t2");
  /* They are not messages of a chat; nor is the answer to one of ours. */
  muc_test_tells (&f, FROM_ROOM (MUC_USER ("<decline from='juliet@example.com'/>") "<body>no</body>"), "");
  g_assert_cmpuint (n_received, ==, 0);
  /* The affiliation of the account, or of somebody else, has changed while they are not in the room. */
  muc_test_tells (&f, FROM_ROOM (MUC_USER (STATUS ("101") "<item affiliation='member'/>"))
                      FROM_ROOM (MUC_USER ("<item affiliation='admin' jid='nurse@example.org' role='none'/>")), "");
  g_assert_cmpuint (n_received, ==, 0);
  /* What the room says to the account is a message. */
  muc_test_tells (&f, FROM_ROOM (MUC_USER (STATUS ("101")) "<body>you are a member now</body>"), "");
  g_assert_cmpuint (n_received, ==, 1);
  /* Not from an occupant, in an error, in the room's chat, in a copy, or without a room. */
  muc_test_tells (&f,
                  "<message from='" OTHER "/juliet'>" INVITE ("") "</message>"
                  "<message from='rooms.example.org'>" INVITE ("") "</message>"
                  "<message from='" OTHER "' type='error'>" INVITE ("") DIRECT ("") "</message>"
                  "<message from='" OTHER "/juliet' type='groupchat'>" DIRECT ("") "</message>"
                  "<message from='stranger@example.net'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='" OTHER "'>"
                  INVITE ("") DIRECT ("") "</message></forwarded></message>"
                  "<message from='stranger@example.net'><x xmlns='jabber:x:conference'/></message>"
                  "<message from='stranger@example.net'><x xmlns='jabber:x:conference' jid='example.org'/></message>", "");
  muc_test_end (&f);
}

static void
test_invite_others (void)
{
  MucTest f;
  g_autoptr (GError) error = NULL;

  start (&f, "");
  hs_room_set_password (f.room, "mask");
  g_assert_true (hs_room_invite (f.room, "mercutio@example.org", "dance", FALSE, NULL));
  test_client_await_sent (f.test, "<invite to=\"mercutio@example.org\"><reason>dance</reason></invite>");
  g_assert_true (hs_room_invite (f.room, "mercutio@example.org", NULL, TRUE, NULL));
  test_client_await_sent (f.test, "<x xmlns=\"jabber:x:conference\" jid=\"" ROOM "\" password=\"mask\"/>");
  g_assert_false (hs_room_invite (f.room, "@", NULL, TRUE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  muc_test_end (&f);
}

/* ---- The account's own presence ---- */

static void
test_own_presence (void)
{
  MucTest f;
  g_autoptr (HsPresence) away = hs_presence_new (NULL);

  start (&f, "");
  hs_presence_set_show (away, "away");
  hs_client_set_own_presence (f.test->client, away);
  test_client_await_sent (f.test, "<presence to=\"" ROOM "/romeo\"><show>away</show>");
  muc_test_end (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muc/kinds", test_kinds);
  g_test_add_func ("/muc/occupants", test_occupants);
  g_test_add_func ("/muc/forged", test_forged);
  g_test_add_func ("/muc/strangers", test_strangers);
  g_test_add_func ("/muc/entering", test_entering);
  g_test_add_func ("/muc/kicked-early", test_kicked_early);
  g_test_add_func ("/muc/nick", test_nick);
  g_test_add_func ("/muc/subject", test_subject);
  g_test_add_func ("/muc/configuration", test_configuration);
  g_test_add_func ("/muc/voice", test_voice);
  g_test_add_func ("/muc/messages", test_messages);
  g_test_add_func ("/muc/authors", test_authors);
  g_test_add_func ("/muc/private", test_private);
  g_test_add_func ("/muc/invites", test_invites);
  g_test_add_func ("/muc/invite-others", test_invite_others);
  g_test_add_func ("/muc/own-presence", test_own_presence);
  return g_test_run ();
}
