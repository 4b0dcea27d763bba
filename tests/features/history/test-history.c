/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-test.h"

#include <string.h>

/* Keeping up with the account's archive, oldest first. */

#define OLDEST HS_HISTORY_ORDER_OLDEST_FIRST

/* The newest page is given, what is before it is a gap, and what arrives meanwhile waits. */
static void
test_first_start (void)
{
  g_autoptr (HsGap) gap = NULL;
  HistoryTest f;

  history_set_up (&f, NULL, OLDEST);
  history_answer (&f, "<max>3</max><before/>",
                  LIVE ("9", "live") AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three")
                      FIN ("", ENDS ("1", "3")));
  history_expect (&f, "gap:start::1 1'one' 3'three' 9'live' current:user@example.org ");
  g_assert_true (hs_history_is_current (f.history, NULL));
  g_assert_true (hs_history_is_current (f.history, "user@example.org"));
  g_assert_false (hs_history_is_current (f.history, "room@chat.example.org"));
  g_assert_false (hs_history_is_current (f.history, "@"));
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 1);
  gap = g_list_model_get_item (hs_history_get_gaps (f.history), 0);
  g_assert_cmpstr (hs_jid_to_string (hs_gap_get_archive (gap)), ==, "user@example.org");
  g_assert_true (hs_gap_get_is_open (gap));
  g_assert_nonnull (hs_gap_get_before_time (gap));
  g_assert_null (hs_gap_get_after_time (gap));
  /* It was given, and comes no more. */
  archive_say (&f.base, LIVE ("9", "live") LIVE ("10", "new"));
  history_expect (&f, "10'new' ");
  history_tear_down (&f);
}

/* What the first run of the program has confirmed is not given to the second one; what came meanwhile is. */
static void
test_goes_on (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, 1);
  history_answer (&f, "<max>1</max><before/>", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  history_answer (&f, "<value>2026-01-02T03:01:00",
                  AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_answer (&f, "<after>3</after>", AT ("06", "4", "four") AT ("08", "5", "five") FIN ("", ENDS ("4", "5")));
  history_answer (&f, "<after>5</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>2026-01-02T03:08:00", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  history_expect (&f, "4'four' 5'five' current:user@example.org ");
  history_tear_down (&f);
}

/* Questions that do not depend on an answer leave in one write, which saves round trips. */
static void
test_in_one_write (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  test_until (history_count_asked (&f) == 2);
  history_answer (&f, "<max>1</max><before/>", AT ("05", "3", "three") FIN ("", ENDS ("3", "3")));
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_answer (&f, "<after>3</after>", DONE);
  test_until (history_count_asked (&f) == 2);
  test_spin (50);
  g_assert_cmpuint (history_count_asked (&f), ==, 2);
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>2026-01-02T03:05:00", AT ("05", "3", "three") FIN ("", ENDS ("3", "3")));
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);
}

/* A server may answer the second question before the first one. */
static void
test_answered_first (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  g_autofree char *first = NULL;
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  test_until (history_count_asked (&f) == 2);
  first = g_queue_pop_head (&f.asked);
  history_answer (&f, "<value>2026-01-02T03:01:00",
                  AT ("01", "1", "one") AT ("05", "3", "three") AT ("06", "4", "four") FIN ("", ENDS ("1", "4")));
  history_expect (&f, "");
  g_queue_push_head (&f.asked, g_steal_pointer (&first));
  history_answer (&f, "<max>1</max><before/>", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_expect (&f, "4'four' ");
  history_answer (&f, "<after>4</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>2026-01-02T03:06:00", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);
}

/* With another sender: both have the same id. Returns: (transfer full) */
static char *
from_paris (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "juliet@example.com/balcony", -1);

  return g_strjoinv ("paris@example.com/x", parts);
}

/* An archive may give one id to messages of two people: neither is taken for the other one. A question names the id. */
static void
test_shared_id (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  g_autofree char *live = from_paris (LIVE ("5", "paris, live"));
  g_autofree char *shown = from_paris (AT ("08", "5", "paris, live"));
  g_autofree char *hidden = from_paris (AT ("09", "6", "paris, hidden"));
  g_autofree char *answer = NULL;
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  test_until (history_count_asked (&f) == 2);
  archive_say (&f.base, LIVE ("5", "juliet, live"));
  archive_say (&f.base, live);
  history_expect (&f, "");
  history_answer (&f, "<max>1</max><before/>", AT ("09", "6", "juliet, six") FIN ("", ENDS ("6", "6")));
  answer = g_strconcat (AT ("01", "1", "one") AT ("05", "3", "three") AT ("08", "5", "juliet, live"), shown,
                        FIN ("", ENDS ("1", "5")), NULL);
  history_answer (&f, "<value>2026-01-02T03:01:00", answer);
  g_free (answer);
  answer = g_strconcat (AT ("09", "6", "juliet, six"), hidden, FIN ("", ENDS ("6", "6")), NULL);
  history_answer (&f, "<after>5</after>", answer);
  history_expect (&f, "5'juliet, live' 5'paris, live' 6'juliet, six' 6'paris, hidden' ");
  history_answer (&f, "<after>6</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>2026-01-02T03:09:00", answer);
  history_expect (&f, "current:user@example.org ");
  /* Both are known, also to the next run of the program. */
  archive_say (&f.base, live);
  archive_say (&f.base, LIVE ("5", "juliet, live"));
  history_expect (&f, "");
  hs_history_confirm (f.history, f.last);
  g_variant_unref (state);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  history_tear_down (&f);

  history_set_up (&f, state, OLDEST);
  history_answer (&f, "<max>1</max><before/>", AT ("09", "6", "juliet, six") FIN ("", ENDS ("6", "6")));
  g_free (answer);
  answer = g_strconcat (shown, AT ("08", "5", "juliet, live") FIN ("", ENDS ("5", "5")), NULL);
  history_answer (&f, "<value>2026-01-02T03:07:00", answer);
  g_free (answer);
  answer = g_strconcat (hidden, AT ("09", "6", "juliet, six") FIN ("", ENDS ("6", "6")), NULL);
  history_answer (&f, "<after>5</after>", answer);
  history_answer (&f, "<after>6</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:08:00", shown);
  archive_say (&f.base, FIN ("", ENDS ("5", "5")));
  history_answer (&f, "<value>2026-01-02T03:09:00", hidden);
  archive_say (&f.base, AT ("09", "6", "juliet, six") FIN ("", ENDS ("6", "6")));
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);
}

/* A program that has not confirmed is given the same again. */
static void
test_unconfirmed (void)
{
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, NULL, OLDEST);
  history_first_start (&f);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  history_tear_down (&f);

  history_set_up (&f, state, OLDEST);
  history_answer (&f, "<max>3</max><before/>", AT ("05", "3", "three") AT ("06", "4", "four") FIN ("", ENDS ("3", "4")));
  history_expect (&f, "3'three' 4'four' current:user@example.org ");
  history_tear_down (&f);
}

/* Nothing that is left of the archive was proven before: there is a gap, and it is told of before what follows it. */
static void
test_expired (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  g_autofree char *gaps = NULL;
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  history_answer (&f, "<max>1</max><before/>", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
  history_answer (&f, "<value>2026-01-02T03:01:00",
                  LIVE ("9", "nine") AT ("15", "8", "eight") AT ("20", "9", "nine") FIN ("", ENDS ("8", "9")));
  history_expect (&f, "gap:expired:2:8 8'eight' 9'nine' ");
  history_answer (&f, "<after>9</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:15:00", AT ("15", "8", "eight") FIN ("", ENDS ("8", "8")));
  history_answer (&f, "<value>2026-01-02T03:20:00", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
  history_expect (&f, "current:user@example.org ");
  gaps = history_dup_gaps (&f);
  g_assert_cmpstr (gaps, ==, "gap:start::1 gap:expired:2:8 ");
  history_tear_down (&f);
}

/* An archive that is empty now had something before. */
static void
test_emptied (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  history_answer (&f, "<max>1</max><before/>", DONE);
  history_answer (&f, "<value>2026-01-02T03:01:00", DONE);
  history_expect (&f, "gap:expired:2: current:user@example.org ");
  history_tear_down (&f);
}

/* The first entry of the run has gone, so more may have: the run begins again, and nothing is given twice. */
static void
test_again (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  for (guint i = 0; i < 2; i++)
    {
      history_answer (&f, "<max>1</max><before/>", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
      history_answer (&f, "<value>2026-01-02T03:01:00", AT ("05", "3", "three") AT ("08", "5", "five") FIN ("", ENDS ("3", "5")));
      if (i == 0)
        history_answer (&f, "<after>5</after>", ERROR ("cancel", "item-not-found"));
    }
  history_answer (&f, "<after>5</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:05:00", AT ("05", "3", "three") FIN ("", ENDS ("3", "3")));
  history_answer (&f, "<value>2026-01-02T03:08:00", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  history_expect (&f, "gap:expired:2:3 5'five' current:user@example.org ");
  history_tear_down (&f);
}

/* An archive that may not be asked holds nothing back. It is never said to be current. */
static void
test_forbidden (void)
{
  static const char *const errors[] = {
    ERROR ("auth", "forbidden"),
    ERROR ("cancel", "service-unavailable"),
    ERROR ("cancel", "feature-not-implemented"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (GVariant) state = history_dup_first_state ();
      HistoryTest f;

      history_set_up (&f, state, OLDEST);
      history_answer (&f, "<max>1</max><before/>", LIVE ("9", "nine"));
      history_expect (&f, "");
      archive_say (&f.base, errors[i]);
      history_expect (&f, "9'nine' ");
      archive_say (&f.base, LIVE ("10", "ten"));
      history_expect (&f, "10'ten' ");
      g_assert_false (hs_history_is_current (f.history, NULL));
      history_tear_down (&f);
    }
}

/* A message of this device, which another run of the program has sent, is learned and not received. */
static void
test_own (void)
{
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autofree char *own = NULL;
  HistoryTest f;

  history_set_up (&f, NULL, OLDEST);
  history_first_start (&f);
  hs_history_confirm (f.history, f.last);
  /* The program has not stored it when it sends one. */
  archive_say (&f.base, LIVE ("9", "nine"));
  history_expect (&f, "9'nine' ");
  sent = hs_messages_send_text (f.messages, "juliet@example.com", "mine", NULL);
  test_client_await_sent (f.base.test, "mine</body>");
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  own = g_strdup_printf ("<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='4'>"
                         "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:06:00Z'/>"
                         "<message xmlns='jabber:client' from='user@example.org/old' to='juliet@example.com' type='chat' id='%s'>"
                         "<body>mine</body><origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message></forwarded></result></message>"
                         OTHER_DEVICE ("07", "5", "other") FIN ("", ENDS ("4", "5")),
                         hs_sent_message_get_id (sent), hs_sent_message_get_id (sent));
  history_tear_down (&f);

  history_set_up (&f, state, OLDEST);
  history_answer (&f, "<max>1</max><before/>", OTHER_DEVICE ("07", "5", "other") FIN ("", ENDS ("5", "5")));
  history_answer (&f, "<value>2026-01-02T03:01:00",
                  AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_answer (&f, "<after>3</after>", own);
  history_expect (&f, "learned:4 5'other' ");
  g_assert_true (hs_chat_message_get_is_outgoing (HS_CHAT_MESSAGE (f.last)));
  history_tear_down (&f);
}

/* The session of the earlier run was still there when the next one began: its last message comes as a copy of another
 * session's. */
static void
test_own_copy (void)
{
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autofree char *copy = NULL;
  HistoryTest f;

  history_set_up (&f, NULL, OLDEST);
  history_first_start (&f);
  hs_history_confirm (f.history, f.last);
  sent = hs_messages_send_text (f.messages, "juliet@example.com", "mine", NULL);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  copy = g_strdup_printf ("<message from='user@example.org' to='user@example.org/res'><sent xmlns='urn:xmpp:carbons:2'>"
                          "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='user@example.org/old'"
                          " to='juliet@example.com' type='chat' id='%s'><body>mine</body>"
                          "<origin-id xmlns='urn:xmpp:sid:0' id='%s'/><stanza-id xmlns='urn:xmpp:sid:0'"
                          " by='user@example.org' id='4'/></message></forwarded></sent></message>",
                          hs_sent_message_get_id (sent), hs_sent_message_get_id (sent));
  history_tear_down (&f);

  history_set_up (&f, state, OLDEST);
  archive_say (&f.base, copy);
  test_until (f.told->len > 0);
  history_expect (&f, "learned:4 ");
  /* It is learned once. */
  archive_say (&f.base, copy);
  history_expect (&f, "");
  history_tear_down (&f);
}

/* The server's clock was set back to before what was given. */
static void
test_clock (void)
{
  static const char *const answers[] = { "2026-01-02T03:02:00Z", "2026-01-02T03:01:30Z", "2026-01-02T03:00:00Z", "once" };
  static const char *const told[] = { "", "", "gap:clock::2 ", "" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GVariant) state = history_dup_first_state ();
      g_autofree char *text = g_strdup_printf ("<iq type='result' from='example.org' id='@ID@'><time xmlns='urn:xmpp:time'>"
                                               "<tzo>+00:00</tzo><utc>%s</utc></time></iq>",
                                               answers[i]);
      HistoryTest f;

      history_set_up (&f, state, OLDEST);
      archive_find (&f.base, "urn:xmpp:time", "to=\"example.org\"");
      archive_say (&f.base, text);
      history_expect (&f, told[i]);
      history_tear_down (&f);
    }
}

/* The last page before the twins, which have one id: a time. */
static void
begin_twins (HistoryTest *f, GVariant *state)
{
  history_set_up (f, state, OLDEST);
  history_answer (f, "<max>1</max><before/>", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
  history_answer (f, "<value>",
                  NO_MESSAGE ("02", "2") AT ("05", "3", "three") AT ("06", SIX, "four") FIN ("", ENDS ("2", SIX)));
  history_expect (f, SIX "'four' ");
}

/* @newest: an archive id of 03:20. */
#define END_TWINS(f, newest)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    history_answer (f, "<after>" SIX "</after>", AT ("20", newest, "nine") FIN ("", ENDS (newest, newest))); \
    history_answer (f, "<after>" newest "</after>", DONE);                                         \
    history_answer (f, "<value>", NO_MESSAGE ("02", "2") FIN ("", ENDS ("2", "2")));               \
    history_answer (f, "<value>", AT ("20", newest, "nine") FIN ("", ENDS (newest, newest)));      \
    history_expect (f, newest "'nine' current:user@example.org ");                                 \
    history_tear_down (f);                                                                         \
  }                                                                                                \
  G_STMT_END

/* ejabberd uses the time as the id, and two messages may have it. The page after an id begins after both: the next page
 * is asked for from just before the id, once. */
static void
test_twins (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  begin_twins (&f, state);
  history_answer (&f, "<after>" BEFORE_SIX "</after>", AT ("06", SIX, "four") TWIN FIN ("", ENDS (SIX, SIX)));
  history_expect (&f, SIX "'five' ");
  END_TWINS (&f, "9");
  /* What the account has sent to the same person. */
  begin_twins (&f, state);
  history_answer (&f, "<after>" BEFORE_SIX "</after>",
                  AT ("06", SIX, "four") OTHER_DEVICE ("06", SIX, "mine") FIN ("", ENDS (SIX, SIX)));
  history_expect (&f, SIX "'mine' ");
  END_TWINS (&f, "9");
  /* Archives that do not take an id for a time: it refuses the id, and is not asked for such a one again;
   * has nothing after it; or begins from its beginning. */
  begin_twins (&f, state);
  history_answer (&f, "<after>" BEFORE_SIX "</after>", ERROR ("cancel", "item-not-found"));
  END_TWINS (&f, "1767324000000000");
  begin_twins (&f, state);
  history_answer (&f, "<after>" BEFORE_SIX "</after>", DONE);
  END_TWINS (&f, "9");
  begin_twins (&f, state);
  history_answer (&f, "<after>" BEFORE_SIX "</after>", AT ("05", "3", "three") FIN ("", ENDS ("3", "3")));
  END_TWINS (&f, "9");
}

/* How long it takes until the archive is asked again, in milliseconds. */
static gint64
measure_wait (HistoryTest *f)
{
  gint64 begin = virtual_clock_get_time ();

  test_until (history_count_asked (f) > 0);
  return virtual_clock_get_time () - begin;
}

/* All waits are on the clock of the main loop: the time of day may be set, and a test may set both. */
static void
test_waits (void)
{
  HistoryTest f;

  virtual_clock_stand (TRUE);
  history_set_up (&f, NULL, OLDEST);
  g_object_set (f.base.test->client, "keepalive-interval", 0, NULL);
  for (guint wait = 2000; wait <= 16000; wait *= 2)
    {
      history_answer (&f, "<max>3</max><before/>", ERROR ("wait", "resource-constraint"));
      g_assert_cmpint (measure_wait (&f), ==, wait);
    }
  history_first_start (&f);
  /* A message arrives: 15 minutes later the archive is asked for those that did not. It says that it is still moving. */
  archive_say (&f.base, LIVE ("4", "four"));
  history_expect (&f, "4'four' ");
  g_assert_cmpint (measure_wait (&f), ==, 15 * 60 * 1000);
  history_answer (&f, "<max>1</max><before/>", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_answer (&f, "<value>",
                  AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_answer (&f, "<after>3</after>", AT ("06", "4", "four") FIN (" stable='false'", ENDS ("4", "4")));
  history_answer (&f, "<after>4</after>", DONE);
  history_answer (&f, "<value>", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  g_assert_cmpint (measure_wait (&f), ==, 5 * 60 * 1000);
  history_tear_down (&f);
  virtual_clock_release ();
}

static void
leave_cb (HsHistory *history, HsGap *gap, HsClient *client)
{
  hs_client_unregister (client, HS_MODULE (history));
}

/* A handler of a gap may end the history, wherever the gap was found: nothing follows. */
static void
test_left (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) state = i > 0 ? history_dup_first_state () : NULL;
      HistoryTest f;

      history_set_up (&f, state, OLDEST);
      g_signal_connect (f.history, "gap-found", G_CALLBACK (leave_cb), f.base.test->client);
      if (i == 0)
        history_answer (&f, "<max>3</max><before/>", AT ("01", "1", "one") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
      else if (i == 1)
        {
          history_answer (&f, "<max>1</max><before/>", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
          history_answer (&f, "<value>2026-01-02T03:01:00",
                          AT ("15", "8", "eight") AT ("20", "9", "nine") FIN ("", ENDS ("8", "9")));
        }
      else
        {
          history_answer (&f, "<max>1</max><before/>", DONE);
          history_answer (&f, "<value>2026-01-02T03:01:00", DONE);
        }
      test_until (hs_history_get_client (f.history) == NULL);
      g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (f.history)), ==, i == 0 ? 1 : 2);
      archive_say (&f.base, LIVE ("20", "live"));
      g_assert_nonnull (strstr (f.told->str, "20'live'"));
      g_assert_null (strstr (f.told->str, "three"));
      g_assert_null (strstr (f.told->str, "eight"));
      g_assert_null (strstr (f.told->str, "current"));
      g_assert_false (hs_history_is_current (f.history, NULL));
      history_tear_down (&f);
    }
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
    STATE ("1", "user@example.org", ARCHIVE ("", "", "") "," ARCHIVE ("user@example.org", "", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "('', 1, 1, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "('a', 1, 1, true, true), ('a', 1, 1, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(0, (just '1', 1), (just '2', 2), 0, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(9, (just '1', 1), (just '2', 2), 0, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '1', 1), (just '2', 2), 5, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '', 1), (just '2', 2), 1, [])")),
    /* No number is left for the next gap. */
    STATE ("1", "user@example.org", "('', true, 0, (just '1', 5), [], [], 0, ['o'])"),
    STATE ("1", "user@example.org", "('', true, 0, (just '1', 5), [], [], 4294967295, ['o'])"),
    /* Times that no calendar has. */
    STATE ("1", "user@example.org", "('', true, 0, (just '1', 9223372036854775807), [], [], 9, ['o'])"),
    STATE ("1", "user@example.org", "('', true, -9223372036854775807, (just '1', 5), [], [], 9, ['o'])"),
    STATE ("1", "user@example.org", ARCHIVE ("", "('a', 9223372036854775807, 1, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "('a', 1, -9223372036854775807, true, true)", "")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '1', 1), (just '2', 9223372036854775807), 1, [])")),
    STATE ("1", "user@example.org", ARCHIVE ("", "", "(1, (just '1', 1), (just '2', 2), 1, [('x', 9223372036854775807, true)])")),
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
  /* It is there, whether that is known yet or not. */
  hs_history_add_archive (history, "user@example.org");
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

/* The module of archives, or of messages, is unregistered in the midst of a run. The history goes on with the one that is
 * registered next, and takes nothing for lost that it was not told. */
static void
test_modules_replaced (gconstpointer replaces_messages)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  g_autoptr (HsArchive) archive = NULL;
  HsClient *client;
  HistoryTest f;

  history_set_up (&f, state, OLDEST);
  client = f.base.test->client;
  history_answer (&f, "<max>1</max><before/>", AT ("08", "5", "five") FIN ("", ENDS ("5", "5")));
  if (replaces_messages != NULL)
    hs_client_unregister (client, HS_MODULE (f.messages));
  else
    {
      archive = g_steal_pointer (&f.base.archive);
      f.base.archive = hs_archive_new ();
      hs_client_unregister (client, HS_MODULE (archive));
    }
  /* The archive answers what it was asked before; that is of no use any more. */
  history_answer (&f, "<value>2026-01-02T03:01:00", DONE);
  g_assert_false (hs_history_is_current (f.history, NULL));
  history_expect (&f, "");
  hs_client_register (client, replaces_messages != NULL ? HS_MODULE (f.messages) : HS_MODULE (f.base.archive));
  history_answer (&f, "<max>1</max><before/>", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_answer (&f, "<value>2026-01-02T03:01:00",
                  AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_answer (&f, "<after>3</after>", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_answer (&f, "<after>4</after>", DONE);
  history_answer (&f, "<value>2026-01-02T03:01:00", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
  history_answer (&f, "<value>2026-01-02T03:06:00", AT ("06", "4", "four") FIN ("", ENDS ("4", "4")));
  history_expect (&f, "4'four' current:user@example.org ");
  history_tear_down (&f);
}

/* A gap that the program has made itself. */
static void
test_no_gap (void)
{
  g_autoptr (HsHistory) history = hs_history_new ();
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (STATE ("1", "user@example.org", ARCHIVE ("", "", ""))));
  g_autoptr (HsGap) gap = g_object_new (HS_TYPE_GAP, NULL);
  g_autoptr (GError) error = NULL;
  ArchiveTest f = { NULL };

  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (history), state, NULL));
  hs_history_fill_async (history, gap, 0, NULL, archive_result_cb, &f);
  test_until (f.result != NULL);
  g_assert_false (hs_history_fill_finish (history, f.result, &error));
  g_assert_no_error (error);
  g_clear_object (&f.result);
}

static void
count_cb (GListModel *gaps, guint position, guint n_removed, guint n_added, guint *n_changes)
{
  (*n_changes)++;
}

/* However many gaps a state has, the list of them changes once. */
static void
test_state_gaps (void)
{
  static const char *const many = STATE (
      "1", "user@example.org",
      ARCHIVE ("", "", "(3, (nothing, 1), (just '2', 2), 1, [('x', 1, true)]),"
                       "(4, (just '5', 5), (just '6', 6), 1, [('y', 5, true)])") ","
      ARCHIVE ("room@chat.example.org", "", "(1, (nothing, 1), (just '2', 2), 1, [('z', 1, true)])"));
  g_autoptr (HsHistory) history = hs_history_new ();
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (many));
  guint n_changes = 0;
  GError *error = NULL;

  g_signal_connect (hs_history_get_gaps (history), "items-changed", G_CALLBACK (count_cb), &n_changes);
  hs_stateful_restore_state (HS_STATEFUL (history), state, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (history)), ==, 3);
  g_assert_cmpuint (n_changes, ==, 1);
}

static void
unregister_asking_cb (HsClient *client, HsDirection direction, const char *text, HsHistory *history)
{
  if (strstr (text, "<query xmlns=\"urn:xmpp:mam:2\" queryid") == NULL)
    return;
  g_signal_handlers_disconnect_by_func (client, unregister_asking_cb, history);
  hs_client_unregister (client, HS_MODULE (history));
}

/* A handler that sees the first question of a session may end the history: no other request follows. */
static void
test_left_asking (void)
{
  HistoryTest f;
  HsClient *client;

  history_set_up (&f, NULL, OLDEST);
  history_first_start (&f);
  client = f.base.test->client;
  hs_client_unregister (client, HS_MODULE (f.history));
  scripted_server_forget_received (f.base.test->server);
  g_signal_connect (client, "xml", G_CALLBACK (unregister_asking_cb), f.history);
  hs_client_register (client, HS_MODULE (f.history));
  g_assert_null (hs_history_get_client (f.history));
  test_client_say (f.base.test, "");
  g_assert_cmpuint (scripted_server_count_received (f.base.test->server, "<iq "), ==, 1);
  hs_client_register (client, HS_MODULE (f.history));
  g_assert_true (hs_history_get_client (f.history) == client);
  history_tear_down (&f);
}

/* The state of another account is dropped, and the program's archives stay. */
static void
test_other_account (void)
{
  static const char *const other
      = STATE ("1", "other@example.org", ARCHIVE ("", "", "") "," ARCHIVE ("old@chat.example.org", "", ""));
  g_autoptr (HsHistory) history = hs_history_new ();
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (other));
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GVariant) kept = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;

  hs_stateful_restore_state (HS_STATEFUL (history), state, &error);
  g_assert_no_error (error);
  hs_history_add_archive (history, "room@chat.example.org");
  hs_client_register (client, HS_MODULE (history));
  kept = hs_stateful_dup_state (HS_STATEFUL (history));
  text = g_variant_print (kept, FALSE);
  g_assert_nonnull (strstr (text, "user@example.org"));
  g_assert_nonnull (strstr (text, "room@chat.example.org"));
  g_assert_null (strstr (text, "old@chat.example.org"));
  hs_client_unregister (client, HS_MODULE (history));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history/first-start", test_first_start);
  g_test_add_func ("/history/goes-on", test_goes_on);
  g_test_add_func ("/history/in-one-write", test_in_one_write);
  g_test_add_func ("/history/answered-first", test_answered_first);
  g_test_add_func ("/history/left-asking", test_left_asking);
  g_test_add_func ("/history/shared-id", test_shared_id);
  g_test_add_func ("/history/unconfirmed", test_unconfirmed);
  g_test_add_func ("/history/expired", test_expired);
  g_test_add_func ("/history/emptied", test_emptied);
  g_test_add_func ("/history/again", test_again);
  g_test_add_func ("/history/forbidden", test_forbidden);
  g_test_add_func ("/history/own", test_own);
  g_test_add_func ("/history/own-copy", test_own_copy);
  g_test_add_func ("/history/clock", test_clock);
  g_test_add_func ("/history/twins", test_twins);
  g_test_add_func ("/history/waits", test_waits);
  g_test_add_func ("/history/left", test_left);
  g_test_add_data_func ("/history/archive-replaced", NULL, test_modules_replaced);
  g_test_add_data_func ("/history/messages-replaced", "", test_modules_replaced);
  g_test_add_func ("/history/no-gap", test_no_gap);
  g_test_add_func ("/history/state", test_state);
  g_test_add_func ("/history/state-gaps", test_state_gaps);
  g_test_add_func ("/history/other-account", test_other_account);

  return g_test_run ();
}
