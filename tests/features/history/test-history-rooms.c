/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"

#include <string.h>

/* Keeping up with the archive of a room, whenever the account is in it. */

#define IN "<presence from='" ROOM "'/>" PRESENCE ("romeo", ITEM SELF)
#define STAMP(minute) "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>"
#define RESULT(from, minute, id, body)                                                             \
  "<message from='" from "' to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>" \
  "<forwarded xmlns='urn:xmpp:forward:0'>" STAMP (minute)                                          \
  "<message xmlns='jabber:client' type='groupchat' from='" ROOM "/juliet'><body>" body "</body></message></forwarded>" \
  "</result></message>"
#define FIN(first, last)                                                                           \
  "<iq type='result' from='" ROOM "' id='@ID@'><fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'>" \
  "<first>" first "</first><last>" last "</last></set></fin></iq>"
#define DONE                                                                                       \
  "<iq type='result' from='" ROOM "' id='@ID@'><fin xmlns='urn:xmpp:mam:2' complete='true'>"       \
  "<set xmlns='http://jabber.org/protocol/rsm'/></fin></iq>"
#define LIVE(id, body) SAID ("juliet", "m" id, "<body>" body "</body><stanza-id xmlns='urn:xmpp:sid:0' by='" ROOM "' id='" id "'/>")
#define FEATURES FEATURE ("urn:xmpp:mam:2") FEATURE ("urn:xmpp:sid:0") FEATURE ("muc_nonanonymous")

typedef struct
{
  MucTest muc;
  HsMessages *messages;
  HsHistory *history;
  GString *told;
  HsDelivery *last;
  gboolean adds; /* the room, when it is given a message */
  GAsyncResult *result;
  GQueue asked; /* questions that have not been answered */
} RoomTest;

static void
received_cb (HsMessages *messages, HsDelivery *delivery, RoomTest *f)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);

  if (hs_chat_message_get_kind (chat) != HS_CHAT_KIND_ROOM
      || hs_message_get_body (hs_chat_message_get_message (chat)) == NULL)
    return;
  g_string_append_printf (f->told, "%s'%s' ", hs_chat_message_get_archive_id (chat),
                          hs_message_get_body (hs_chat_message_get_message (chat)));
  g_set_object (&f->last, delivery);
  if (f->adds)
    hs_history_add_archive (f->history, ROOM);
}

static void
caught_up_cb (HsHistory *history, HsJid *archive, RoomTest *f)
{
  g_string_append_printf (f->told, "current:%s ", hs_jid_to_string (archive));
}

static void
gap_found_cb (HsHistory *history, HsGap *gap, RoomTest *f)
{
  g_string_append_printf (f->told, "gap:%s ", hs_gap_get_before_id (gap));
}

static void
set_up (RoomTest *f, GVariant *state)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  GError *error = NULL;

  *f = (RoomTest){ .history = hs_history_new (), .told = g_string_new (NULL) };
  muc_test_prepare (&f->muc, NULL);
  f->messages = g_object_ref (HS_MESSAGES (hs_client_find_module (f->muc.test->client, HS_TYPE_MESSAGES)));
  g_signal_connect (f->messages, "received", G_CALLBACK (received_cb), f);
  g_signal_connect (f->history, "caught-up", G_CALLBACK (caught_up_cb), f);
  g_signal_connect (f->history, "gap-found", G_CALLBACK (gap_found_cb), f);
  if (state != NULL)
    {
      hs_stateful_restore_state (HS_STATEFUL (f->history), state, &error);
      g_assert_no_error (error);
    }
  hs_client_register (f->muc.test->client, HS_MODULE (f->history));
  hs_history_add_archive (f->history, ROOM);
  hs_history_add_archive (f->history, ROOM);
  /* Without it no message would come by itself. */
  hs_client_set_own_presence (f->muc.test->client, presence);
  test_client_start_until_ready (f->muc.test);
  muc_test_answer_account (&f->muc);
}

static void
tear_down (RoomTest *f)
{
  g_signal_handlers_disconnect_by_data (f->messages, f);
  g_object_unref (f->messages);
  muc_test_end (&f->muc);
  g_clear_object (&f->last);
  g_assert_finalize_object (f->history);
  g_string_free (f->told, TRUE);
  g_queue_clear_full (&f->asked, g_free);
}

static void
expect (RoomTest *f, const char *told)
{
  gint64 deadline = test_deadline ();

  while (strlen (f->told->str) < strlen (told))
    test_iterate (deadline, f->told->str);
  g_assert_cmpstr (f->told->str, ==, told);
  g_string_truncate (f->told, 0);
}

/* Two may come in one write. Returns: (transfer full): the first one. */
static char *
await_question (RoomTest *f)
{
  if (g_queue_is_empty (&f->asked))
    {
      g_autofree char *last G_GNUC_UNUSED = muc_test_await (&f->muc, "<query xmlns=\"urn:xmpp:mam:2\" queryid");
      g_autofree char *sent = test_client_dup_sent (f->muc.test);

      for (char *at = sent; (at = strstr (at, "<iq ")) != NULL; at++)
        {
          char *end = strstr (at, "</iq>");
          g_autofree char *iq = end != NULL ? g_strndup (at, end + strlen ("</iq>") - at) : NULL;

          if (iq != NULL && strstr (iq, "<query xmlns=\"urn:xmpp:mam:2\" queryid") != NULL)
            g_queue_push_tail (&f->asked, g_steal_pointer (&iq));
        }
      scripted_server_forget_received (f->muc.test->server);
    }
  return g_queue_pop_head (&f->asked);
}

/* The room's archive answers the first question, which has this text. */
static void
answer (RoomTest *f, const char *asked, const char *text)
{
  g_autofree char *request = await_question (f);
  g_autoptr (HsElement) iq = hs_element_new_from_string (request, NULL);
  HsElement *query = hs_element_get_child (iq, "query", "urn:xmpp:mam:2");
  g_auto (GStrv) parts = g_strsplit (text, "@ID@", -1);
  g_autofree char *with_id = g_strjoinv (hs_element_get_attribute (iq, "id"), parts);
  g_auto (GStrv) pieces = g_strsplit (with_id, "@Q@", -1);
  g_autofree char *whole = g_strjoinv (hs_element_get_attribute (query, "queryid"), pieces);

  if (strstr (request, asked) == NULL)
    g_error ("Not '%s', but: %s", asked, request);
  test_client_say (f->muc.test, whole);
}

/* Enters, with the history that the room is asked for. */
static void
enter (RoomTest *f, const char *history)
{
  g_autofree char *sent = NULL;

  g_free (muc_test_ask_entry (&f->muc, FEATURES));
  sent = test_client_dup_sent (f->muc.test);
  g_assert_nonnull (strstr (sent, history));
  scripted_server_forget_received (f->muc.test->server);
  muc_test_say (&f->muc, IN);
  g_assert_cmpint (hs_room_get_state (f->muc.room), ==, HS_ROOM_STATE_IN);
}

/* The newest page when the account enters for the first time; what others say meanwhile waits. */
static void
first_start (RoomTest *f)
{
  g_assert_false (hs_history_is_current (f->history, ROOM));
  enter (f, "<history maxstanzas=\"20\"/>");
  answer (f, "<before/>",
          LIVE ("3", "live") RESULT ("nurse@example.com", "00", "0", "forged") RESULT (ROOM, "01", "1", "one")
              RESULT (ROOM, "05", "2", "two") FIN ("1", "2"));
  expect (f, "gap:1 1'one' 2'two' 3'live' current:" ROOM " ");
  g_assert_true (hs_history_is_current (f->history, ROOM));
  hs_history_confirm (f->history, f->last);
}

static void
test_entered (void)
{
  g_autoptr (GVariant) state = NULL;
  RoomTest f;

  set_up (&f, NULL);
  first_start (&f);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  /* Out of the room the archive is not asked. In it again, it is asked for what was missed, and the room is not. */
  muc_test_say (&f.muc, GONE ("romeo", ITEM SELF));
  g_assert_false (hs_history_is_current (f.history, ROOM));
  enter (&f, "<history maxchars=\"0\"/>");
  answer (&f, "<max>1</max><before/>", RESULT (ROOM, "08", "5", "five") FIN ("5", "5"));
  answer (&f, "<value>2026-01-02T03:00:00",
          RESULT (ROOM, "01", "1", "one") RESULT (ROOM, "05", "2", "two") RESULT (ROOM, "06", "3", "live")
              RESULT (ROOM, "07", "4", "four") RESULT (ROOM, "08", "5", "five") FIN ("1", "5"));
  expect (&f, "4'four' 5'five' ");
  tear_down (&f);

  /* Another run of the program knows its place. */
  set_up (&f, state);
  enter (&f, "<history maxchars=\"0\"/>");
  answer (&f, "<max>1</max><before/>", RESULT (ROOM, "07", "4", "four") FIN ("4", "4"));
  answer (&f, "<value>2026-01-02T03:00:00",
          RESULT (ROOM, "01", "1", "one") RESULT (ROOM, "05", "2", "two") RESULT (ROOM, "06", "3", "live")
              RESULT (ROOM, "07", "4", "four") FIN ("1", "4"));
  expect (&f, "4'four' ");
  tear_down (&f);
}

/* A room that is not kept up with any more loses its gaps; it begins anew when it is added again. */
static void
test_removed (void)
{
  RoomTest f;

  set_up (&f, NULL);
  first_start (&f);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 1);
  hs_history_remove_archive (f.history, "nurse@example.com");
  hs_history_remove_archive (f.history, "user@example.org");
  hs_history_remove_archive (f.history, ROOM);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 0);
  muc_test_say (&f.muc, LIVE ("9", "nine"));
  expect (&f, "9'nine' ");
  /* The account is in the room already. */
  hs_history_add_archive (f.history, ROOM);
  answer (&f, "<before/>", RESULT (ROOM, "05", "2", "two") FIN ("2", "2"));
  expect (&f, "gap:2 2'two' current:" ROOM " ");
  tear_down (&f);
}

static void
remove_asked_cb (HsClient *client, HsDirection direction, const char *text, HsHistory *history)
{
  if (strstr (text, "<query xmlns=\"urn:xmpp:mam:2\"") != NULL)
    hs_history_remove_archive (history, ROOM);
}

/* A handler that sees the request may remove the room while it is being added. */
static void
test_removed_at_once (void)
{
  RoomTest f;

  set_up (&f, NULL);
  first_start (&f);
  hs_history_remove_archive (f.history, ROOM);
  g_signal_connect (f.muc.test->client, "xml", G_CALLBACK (remove_asked_cb), f.history);
  hs_history_add_archive (f.history, ROOM);
  g_signal_handlers_disconnect_by_func (f.muc.test->client, remove_asked_cb, f.history);
  g_assert_false (hs_history_is_current (f.history, ROOM));
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 0);
  tear_down (&f);
}

/* A handler that sees the first of two requests in one write may remove the room: the second request is not sent. */
static void
test_removed_between (void)
{
  g_autofree char *request = NULL;
  RoomTest f;

  set_up (&f, NULL);
  first_start (&f);
  muc_test_say (&f.muc, GONE ("romeo", ITEM SELF));
  g_signal_connect (f.muc.test->client, "xml", G_CALLBACK (remove_asked_cb), f.history);
  enter (&f, "<history maxchars=\"0\"/>");
  g_signal_handlers_disconnect_by_func (f.muc.test->client, remove_asked_cb, f.history);
  request = await_question (&f);
  g_assert_nonnull (strstr (request, "<max>1</max><before/>"));
  g_assert_true (g_queue_is_empty (&f.asked));
  g_assert_false (hs_history_is_current (f.history, ROOM));
  muc_test_say (&f.muc, LIVE ("9", "nine"));
  expect (&f, "9'nine' ");
  tear_down (&f);
}

static void
filled_cb (GObject *source, GAsyncResult *result, gpointer test)
{
  ((RoomTest *) test)->result = g_object_ref (result);
}

/* Held messages are given when the room is removed; a handler may add it again. An earlier gap is not valid any
 * more. */
static void
test_added_again (void)
{
  g_autoptr (HsGap) gap = NULL;
  g_autoptr (GError) error = NULL;
  RoomTest f;

  set_up (&f, NULL);
  first_start (&f);
  gap = g_list_model_get_item (hs_history_get_gaps (f.history), 0);
  muc_test_say (&f.muc, GONE ("romeo", ITEM SELF));
  enter (&f, "<history maxchars=\"0\"/>");
  muc_test_say (&f.muc, LIVE ("9", "held"));
  expect (&f, "");
  f.adds = TRUE;
  hs_history_remove_archive (f.history, ROOM);
  f.adds = FALSE;
  expect (&f, "9'held' ");
  g_assert_true (hs_delivery_get_is_late (f.last));
  /* Those of before are nobody's. */
  answer (&f, "<max>1</max><before/>", FIN ("0", "0"));
  answer (&f, "<value>2026-01-02T03:00:00", FIN ("0", "0"));
  answer (&f, "<before/>", RESULT (ROOM, "05", "2", "two") FIN ("2", "2"));
  expect (&f, "gap:2 2'two' current:" ROOM " ");
  hs_history_fill_async (f.history, gap, 0, NULL, filled_cb, &f);
  test_until (f.result != NULL);
  g_assert_false (hs_history_fill_finish (f.history, f.result, &error));
  g_assert_no_error (error);
  g_clear_object (&f.result);
  muc_test_say (&f.muc, LIVE ("10", "ten") LIVE ("10", "ten"));
  expect (&f, "10'ten' ");
  tear_down (&f);
}

static void
removing_cb (HsHistory *history, HsGap *gap, gpointer user_data)
{
  hs_history_remove_archive (history, ROOM);
}

/* A handler of the gap removes it: nothing follows. */
static void
test_removed_at_gap (void)
{
  RoomTest f;

  set_up (&f, NULL);
  g_signal_connect (f.history, "gap-found", G_CALLBACK (removing_cb), NULL);
  enter (&f, "<history maxstanzas=\"20\"/>");
  answer (&f, "<before/>", RESULT (ROOM, "01", "1", "one") RESULT (ROOM, "05", "2", "two") FIN ("1", "2"));
  expect (&f, "gap:1 ");
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 0);
  muc_test_say (&f.muc, LIVE ("9", "nine"));
  expect (&f, "9'nine' ");
  tear_down (&f);
}

/* ---- A room without an archive ---- */

#define NO_ARCHIVE FEATURE ("muc_nonanonymous")
#define NEW(id, body) SAID ("juliet", id, "<body>" body "</body>")
#define OLD_BY(nick, id, body, minute) \
  SAID (nick, id, "<body>" body "</body><delay xmlns='urn:xmpp:delay' from='" ROOM "' stamp='2026-01-02T03:" minute ":00Z'/>")
#define OLD(id, body, minute) OLD_BY ("juliet", id, body, minute)
#define SUBJECT "<message type='groupchat' from='" ROOM "/juliet'><subject>Love</subject></message>"

static void
enter_again (RoomTest *f, const char *history)
{
  muc_test_say (&f->muc, GONE ("romeo", ITEM SELF));
  g_free (muc_test_ask_entry (&f->muc, NO_ARCHIVE));
  test_client_await_sent (f->muc.test, history);
  scripted_server_forget_received (f->muc.test->server);
  muc_test_say (&f->muc, IN);
  g_assert_cmpint (hs_room_get_state (f->muc.room), ==, HS_ROOM_STATE_IN);
}

static void
expect_gaps (RoomTest *f, guint n)
{
  GListModel *gaps = hs_history_get_gaps (f->history);

  g_assert_cmpuint (g_list_model_get_n_items (gaps), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);

      g_assert_cmpint (hs_gap_get_reason (gap), ==, HS_GAP_REASON_EXPIRED);
      g_assert_null (hs_gap_get_after_id (gap));
      g_assert_null (hs_gap_get_before_id (gap));
      g_assert_nonnull (hs_gap_get_after_time (gap));
      g_assert_nonnull (hs_gap_get_before_time (gap));
    }
}

/* In it for the first time: what the room has sent then, and what is said, is given. */
static void
set_up_without_archive (RoomTest *f)
{
  set_up (f, NULL);
  g_free (muc_test_ask_entry (&f->muc, NO_ARCHIVE));
  test_client_await_sent (f->muc.test, "<history maxstanzas=\"20\"/>");
  scripted_server_forget_received (f->muc.test->server);
  muc_test_say (&f->muc, IN OLD ("m1", "one", "01") OLD ("m2", "two", "05") SUBJECT);
  expect (f, "(null)'one' (null)'two' ");
}

/* The room sends what was said since the last message: nothing is lost, and nothing given twice. */
static void
test_no_archive (void)
{
  RoomTest f;

  set_up_without_archive (&f);
  /* The time of the last message is the room's. */
  enter_again (&f, "<history since=\"2026-01-02T03:04:00Z\"/>");
  muc_test_say (&f.muc, OLD ("m2", "two", "05") OLD ("m3", "three", "06") OLD ("m4", "three", "06") SUBJECT);
  expect (&f, "(null)'three' (null)'three' ");
  /* Of what has just been said, it is this machine's. */
  muc_test_say (&f.muc, NEW ("m5", "five"));
  muc_test_say (&f.muc, NEW ("m5", "five"));
  expect (&f, "(null)'five' (null)'five' ");
  enter_again (&f, "<history since=\"2");
  muc_test_say (&f.muc, OLD ("m4", "three", "06") OLD ("m5", "five", "08") OLD ("m5", "five", "09")
                            OLD ("m5", "five", "10") OLD_BY ("nurse", "m5", "five", "10"));
  expect (&f, "(null)'five' (null)'five' ");
  /* What follows while the account is in the room is new, whatever it looks like. */
  muc_test_say (&f.muc, SUBJECT NEW ("m5", "five") OLD ("m5", "five", "08"));
  expect (&f, "(null)'five' (null)'five' ");
  expect_gaps (&f, 0);
  /* An archive is not asked for what it has not. */
  g_assert_cmpuint (scripted_server_count_received (f.muc.test->server, "urn:xmpp:mam:2"), ==, 0);
  g_assert_false (hs_history_is_current (f.history, ROOM));
  tear_down (&f);
}

/* The room has not kept all of it: there is a gap before what follows. */
static void
test_no_archive_gap (void)
{
  RoomTest f;

  set_up_without_archive (&f);
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, OLD ("m7", "seven", "20") OLD ("m8", "eight", "21") SUBJECT NEW ("m9", "nine"));
  expect (&f, "gap:(null) (null)'seven' (null)'eight' (null)'nine' ");
  expect_gaps (&f, 1);
  /* It has kept nothing, and says so with its subject; again, while nothing was given: that is the same gap. */
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, SUBJECT);
  expect (&f, "gap:(null) ");
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, SUBJECT NEW ("m10", "ten"));
  expect (&f, "(null)'ten' ");
  expect_gaps (&f, 2);
  /* A room without a subject: what is said shows that no earlier messages follow. */
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, NEW ("m11", "eleven"));
  expect (&f, "gap:(null) (null)'eleven' ");
  expect_gaps (&f, 3);
  /* What was missed while the account was in the room comes with what it has. */
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, OLD ("m12", "twelve", "30"));
  expect (&f, "gap:(null) (null)'twelve' ");
  expect_gaps (&f, 4);
  muc_test_say (&f.muc, OLD ("m11", "eleven", "31") SUBJECT);
  expect_gaps (&f, 3);
  expect (&f, "");
  tear_down (&f);
}

/* Another run of the program goes on where the last one has confirmed. */
static void
test_no_archive_state (void)
{
  g_autoptr (GVariant) state = NULL;
  RoomTest f;

  set_up_without_archive (&f);
  hs_history_confirm (f.history, f.last);
  muc_test_say (&f.muc, NEW ("m3", "three"));
  expect (&f, "(null)'three' ");
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  tear_down (&f);

  set_up (&f, state);
  g_free (muc_test_ask_entry (&f.muc, NO_ARCHIVE));
  test_client_await_sent (f.muc.test, "<history since=\"2026-01-02T03:04:00Z\"/>");
  muc_test_say (&f.muc, IN OLD ("m2", "two", "05") OLD ("m3", "three", "06") SUBJECT);
  expect (&f, "(null)'three' ");
  expect_gaps (&f, 0);
  tear_down (&f);
}

/* The room gets an archive while the account is in it, and loses it again. */
static void
test_no_archive_yet (void)
{
  RoomTest f;

  set_up_without_archive (&f);
  muc_test_say (&f.muc, "<message type='groupchat' from='" ROOM "'>" MUC_USER (STATUS ("104")) "</message>");
  muc_test_describe (&f.muc, FEATURES);
  answer (&f, "<before/>", RESULT (ROOM, "09", "3", "three") FIN ("3", "3"));
  expect (&f, "gap:3 3'three' current:" ROOM " ");
  enter_again (&f, "<history since=\"2026-01-02T03:08:00Z\"/>");
  muc_test_say (&f.muc, OLD ("m4", "four", "11") SUBJECT);
  expect (&f, "gap:(null) (null)'four' ");
  tear_down (&f);
}

/* A handler of the gap removes the room: the message that follows the gap is given all the same. */
static void
test_no_archive_removed (void)
{
  RoomTest f;

  set_up_without_archive (&f);
  g_signal_connect (f.history, "gap-found", G_CALLBACK (removing_cb), NULL);
  enter_again (&f, "<history since=");
  muc_test_say (&f.muc, OLD ("m7", "seven", "20") OLD ("m8", "eight", "21") SUBJECT);
  expect (&f, "gap:(null) (null)'seven' (null)'eight' ");
  expect_gaps (&f, 0);
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history-rooms/entered", test_entered);
  g_test_add_func ("/history-rooms/removed", test_removed);
  g_test_add_func ("/history-rooms/removed-at-once", test_removed_at_once);
  g_test_add_func ("/history-rooms/removed-between", test_removed_between);
  g_test_add_func ("/history-rooms/added-again", test_added_again);
  g_test_add_func ("/history-rooms/removed-at-gap", test_removed_at_gap);
  g_test_add_func ("/history-rooms/no-archive", test_no_archive);
  g_test_add_func ("/history-rooms/no-archive-gap", test_no_archive_gap);
  g_test_add_func ("/history-rooms/no-archive-state", test_no_archive_state);
  g_test_add_func ("/history-rooms/no-archive-yet", test_no_archive_yet);
  g_test_add_func ("/history-rooms/no-archive-removed", test_no_archive_removed);

  return g_test_run ();
}
