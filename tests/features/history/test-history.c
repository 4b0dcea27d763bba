/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-test.h"

#include <string.h>

/* Keeping up with the account's archive, with a server that says what a test wants. */

typedef struct
{
  ArchiveTest base;
  HsMessages *messages;
  HsHistory *history;
  GString *told; /* what the program was given, and told */
  HsDelivery *last;
} HistoryTest;

#define AT(minute, id, body)                                                                       \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>"   \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>" \
  INNER ("juliet@example.com/balcony", "user@example.org", body) "</forwarded></result></message>"
#define NO_MESSAGE(minute, id)                                                                     \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>"   \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>" \
  "</forwarded></result></message>"
#define LIVE(id, body)                                                                             \
  "<message from='juliet@example.com/balcony' to='user@example.org/res' type='chat'><body>" body "</body>" \
  "<stanza-id xmlns='urn:xmpp:sid:0' by='user@example.org' id='" id "'/></message>"

static void
received_cb (HsMessages *messages, HsDelivery *delivery, HistoryTest *f)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);

  if (test_is_mark (HS_ELEMENT (hs_chat_message_get_message (chat))))
    return;
  g_string_append_printf (f->told, "%s'%s' ", hs_chat_message_get_archive_id (chat),
                          hs_message_get_body (hs_chat_message_get_message (chat)));
  g_set_object (&f->last, delivery);
}

static void
caught_up_cb (HsHistory *history, HsJid *archive, HistoryTest *f)
{
  g_string_append_printf (f->told, "current:%s ", hs_jid_to_string (archive));
}

static void
gap_found_cb (HsHistory *history, HsGap *gap, HistoryTest *f)
{
  g_string_append_printf (f->told, "gap:%d:%s:%s ", hs_gap_get_reason (gap), hs_gap_get_after_id (gap),
                          hs_gap_get_before_id (gap));
}

static void
set_up (HistoryTest *f, GVariant *state)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  GError *error = NULL;

  *f = (HistoryTest){ .base = { .test = test_client_new_for (script, HS_TLS_MODE_NONE) },
                      .messages = hs_messages_new (),
                      .history = hs_history_new (),
                      .told = g_string_new (NULL) };
  f->base.archive = hs_archive_new ();
  g_signal_connect (f->messages, "received", G_CALLBACK (received_cb), f);
  g_signal_connect (f->history, "caught-up", G_CALLBACK (caught_up_cb), f);
  g_signal_connect (f->history, "gap-found", G_CALLBACK (gap_found_cb), f);
  hs_history_set_page_size (f->history, 3);
  if (state != NULL)
    {
      hs_stateful_restore_state (HS_STATEFUL (f->history), state, &error);
      g_assert_no_error (error);
    }
  hs_client_register (f->base.test->client, HS_MODULE (f->base.archive));
  hs_client_register (f->base.test->client, HS_MODULE (f->messages));
  hs_client_register (f->base.test->client, HS_MODULE (f->history));
  g_assert_true (hs_history_get_client (f->history) == f->base.test->client);
  hs_client_set_own_presence (f->base.test->client, presence);
  test_client_start_until_ready (f->base.test);
  /* Both were asked for in the same turn. */
  archive_find (&f->base, "disco#info", "to=\"user@example.org\"");
  archive_say (&f->base, "<iq type='result' id='@ID@' from='user@example.org'>"
                         "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query></iq>");
}

static void
tear_down (HistoryTest *f)
{
  test_client_stop (f->base.test);
  test_client_free (f->base.test);
  g_assert_null (hs_history_get_client (f->history));
  g_clear_object (&f->last);
  g_assert_finalize_object (f->history);
  g_assert_finalize_object (f->messages);
  g_assert_finalize_object (f->base.archive);
  g_clear_object (&f->base.result);
  g_string_free (f->told, TRUE);
  g_free (f->base.sent);
  g_free (f->base.id);
  g_free (f->base.query_id);
}

static void
await_query (HistoryTest *f)
{
  archive_await (&f->base, "<query xmlns=\"urn:xmpp:mam:2\" queryid", NULL);
}

static void
expect (HistoryTest *f, const char *told)
{
  test_until (strlen (f->told->str) >= strlen (told));
  g_assert_cmpstr (f->told->str, ==, told);
  g_string_truncate (f->told, 0);
}

/* The newest page is given, what is before it is a gap, and what arrives meanwhile waits. */
static void
start (HistoryTest *f)
{
  await_query (f);
  g_assert_nonnull (strstr (f->base.sent, "<max>3</max><before/>"));
  archive_say (&f->base, LIVE ("9", "live") AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three")
                             FIN ("", ENDS ("1", "3")));
}

static void
test_first_start (void)
{
  GListModel *gaps;
  g_autoptr (HsGap) gap = NULL;
  HistoryTest f;

  set_up (&f, NULL);
  start (&f);
  expect (&f, "gap:0:(null):1 1'one' 3'three' 9'live' current:user@example.org ");
  g_assert_true (hs_history_is_current (f.history, NULL));
  g_assert_true (hs_history_is_current (f.history, "user@example.org"));
  g_assert_false (hs_history_is_current (f.history, "room@chat.example.org"));
  gaps = hs_history_get_gaps (f.history);
  g_assert_cmpuint (g_list_model_get_n_items (gaps), ==, 1);
  gap = g_list_model_get_item (gaps, 0);
  g_assert_cmpstr (hs_jid_to_string (hs_gap_get_archive (gap)), ==, "user@example.org");
  g_assert_true (hs_gap_get_is_open (gap));
  g_assert_nonnull (hs_gap_get_before_time (gap));
  /* It was given, and comes no more. */
  archive_say (&f.base, LIVE ("9", "live") LIVE ("10", "new"));
  expect (&f, "10'new' ");
  tear_down (&f);
}

static void
answer (HistoryTest *f, const char *asked, const char *text)
{
  await_query (f);
  if (strstr (f->base.sent, asked) == NULL)
    g_error ("Not '%s', but: %s", asked, f->base.sent);
  archive_say (&f->base, text);
}

/* What the first run of the program has confirmed is not given to the second one; what came meanwhile is. */
static void
test_goes_on (void)
{
  g_autoptr (GVariant) unconfirmed = NULL;
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  set_up (&f, NULL);
  start (&f);
  expect (&f, "gap:0:(null):1 1'one' 3'three' 9'live' current:user@example.org ");
  unconfirmed = hs_stateful_dup_state (HS_STATEFUL (f.history));
  hs_history_confirm (f.history, f.last);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  g_assert_false (g_variant_equal (state, unconfirmed));
  tear_down (&f);

  set_up (&f, state);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 1);
  answer (&f, "<max>1</max><before/>", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  answer (&f, "<value>2026-01-02T03:01:00",
          AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  answer (&f, "<after>3</after>", AT ("06", "4", "four") AT ("08", "5", "five") FIN ("", ENDS ("4", "5")));
  answer (&f, "<after>5</after>", DONE);
  answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  answer (&f, "<value>2026-01-02T03:08:00", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  expect (&f, "4'four' 5'five' current:user@example.org ");
  tear_down (&f);
}

static void
assert_refused (HsHistory *history, const char *text)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (history), state, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
}

#define STATE(version, account, archives)                                                          \
  "(uint32 " version ", '" account "', @a(sbx(msx)a(sxxbb)a(u(msx)(msx)ua(sxb))uas) [" archives "])"
#define ARCHIVE(room, given, gaps) "('" room "', true, 0, (just '1', 5), [" given "], [" gaps "], 9, ['o'])"

static void
test_state (void)
{
  static const char *const broken[] = {
    STATE ("2", "user@example.org", ""),
    STATE ("1", "@", ""),
    STATE ("1", "user@example.org", ARCHIVE ("@", "", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "") "," ARCHIVE ("", "", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "('', 1, 1, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "('a', 1, 1, true, true), ('a', 1, 1, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(0, (just '1', 1), (just '2', 2), 0, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(9, (just '1', 1), (just '2', 2), 0, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '1', 1), (just '2', 2), 5, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '', 1), (just '2', 2), 1, [])")),
  };
  static const char *const good = STATE (
      "1", "user@example.org",
      ARCHIVE ("", "('a', 1, 1, true, true), ('b', 2, 2, false, false)",
               "(3, (nothing, 1), (just '2', 2), 1, [('x', 1, true)])") "," ARCHIVE ("room@chat.example.org", "", ""));
  g_autoptr (HsHistory) history = hs_history_new ();
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (good));
  g_autoptr (GVariant) again = NULL;
  g_autoptr (HsGap) gap = NULL;
  GError *error = NULL;

  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (history)));
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    assert_refused (history, broken[i]);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (history)), ==, 0);
  hs_stateful_restore_state (HS_STATEFUL (history), state, &error);
  g_assert_no_error (error);
  again = hs_stateful_dup_state (HS_STATEFUL (history));
  g_assert_true (g_variant_equal (state, again));
  gap = g_list_model_get_item (hs_history_get_gaps (history), 0);
  g_assert_cmpint (hs_gap_get_reason (gap), ==, HS_GAP_REASON_LIMIT);
  /* It has begun. */
  assert_refused (history, good);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history/first-start", test_first_start);
  g_test_add_func ("/history/goes-on", test_goes_on);
  g_test_add_func ("/history/state", test_state);

  return g_test_run ();
}
