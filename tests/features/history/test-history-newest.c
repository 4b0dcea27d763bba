/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-test.h"

#include <string.h>

/* Keeping up with the account's archive, newest first, and filling gaps. */

#define NEWEST HS_HISTORY_ORDER_NEWEST_FIRST
#define PAGE_3 AT ("10", "7", "seven") AT ("11", "8", "eight") AT ("20", "9", "nine") FIN ("", ENDS ("7", "9"))
#define PAGE_2 AT ("06", "4", "four") AT ("07", "5", "five") AT ("08", "6", "six") FIN ("", ENDS ("4", "6"))
#define PAGE_1 AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3"))

typedef struct
{
  GAsyncResult *result;
} Filling;

static void
filled_cb (GObject *source, GAsyncResult *result, gpointer filling)
{
  ((Filling *) filling)->result = g_object_ref (result);
}

/* With the gap that was found last. */
static HsGap *
fill (HistoryTest *f, Filling *filling, guint max)
{
  GListModel *gaps = hs_history_get_gaps (f->history);
  HsGap *gap = g_list_model_get_item (gaps, g_list_model_get_n_items (gaps) - 1);

  *filling = (Filling){ NULL };
  hs_history_fill_async (f->history, gap, max, NULL, filled_cb, filling);
  return gap;
}

static gboolean
finish (HistoryTest *f, Filling *filling, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_until (filling->result != NULL);
  result = g_steal_pointer (&filling->result);
  return hs_history_fill_finish (f->history, result, error);
}

/* The archive's beginning, and that it is still the one that was seen. */
static void
answer_beginning (HistoryTest *f)
{
  history_answer (f, "<before>1</before>", DONE);
  history_answer (f, "<max>1</max>", AT ("01", "1", "one") FIN ("", ENDS ("1", "1")));
}

static void
expect_gaps (HistoryTest *f, const char *expected)
{
  g_autofree char *gaps = history_dup_gaps (f);

  g_assert_cmpstr (gaps, ==, expected);
}

/* The gap is there before the program is given what follows it, and goes when the pages meet what it has. */
static void
test_pages (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, NEWEST);
  g_assert_cmpint (hs_history_get_order (f.history), ==, NEWEST);
  /* What arrives does not wait. */
  archive_say (&f.base, LIVE ("9", "nine"));
  history_expect (&f, "9'nine' ");
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' ");
  g_assert_false (hs_history_is_current (f.history, NULL));
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  expect_gaps (&f, "gap:start::1 gap:pending:2:4 ");
  history_answer (&f, "<before>4</before>", PAGE_1);
  answer_beginning (&f);
  history_expect (&f, "current:user@example.org ");
  expect_gaps (&f, "gap:start::1 ");
  history_tear_down (&f);
}

/* Ends the session. Returns: the state, when the program has confirmed all that it was given. */
static GVariant *
lose_session (HistoryTest *f)
{
  GVariant *state;

  if (f->last != NULL)
    hs_history_confirm (f->history, f->last);
  state = hs_stateful_dup_state (HS_STATEFUL (f->history));
  history_tear_down (f);
  return state;
}

/* The next session takes up what the last one has left. */
static void
test_taken_up (void)
{
  g_autoptr (GVariant) first = history_dup_first_state ();
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, first, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' 9'nine' ");
  state = lose_session (&f);

  history_set_up (&f, state, NEWEST);
  expect_gaps (&f, "gap:start::1 gap:pending:2:7 ");
  /* First what came since, to a minute before the last one that was proven; then the gap. */
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "");
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  history_tear_down (&f);
}

/* The order has changed meanwhile: the rest of the gap is older than what came since, and comes first. */
static void
test_taken_up_oldest_first (void)
{
  g_autoptr (GVariant) first = history_dup_first_state ();
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, first, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' 9'nine' ");
  state = lose_session (&f);

  history_set_up (&f, state, HS_HISTORY_ORDER_OLDEST_FIRST);
  expect_gaps (&f, "gap:start::1 gap:pending:2:7 ");
  archive_say (&f.base, LIVE ("10", "ten"));
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  history_answer (&f, "<before>4</before>", PAGE_1);
  answer_beginning (&f);
  expect_gaps (&f, "gap:start::1 ");
  g_assert_false (hs_history_is_current (f.history, NULL));
  history_answer (&f, "<max>1</max><before/>", AT ("21", "10", "ten") FIN ("", ENDS ("10", "10")));
  history_answer (&f, "<value>", PAGE_3);
  history_answer (&f, "<after>9</after>", AT ("21", "10", "ten") FIN ("", ENDS ("10", "10")));
  history_answer (&f, "<after>10</after>", DONE);
  history_answer (&f, "<value>", AT ("10", "7", "seven") FIN ("", ENDS ("7", "7")));
  history_answer (&f, "<value>", AT ("21", "10", "ten") FIN ("", ENDS ("10", "10")));
  history_expect (&f, "10'ten' current:user@example.org ");
  history_tear_down (&f);
}

/* The rest of the gap is too old: what came since is requested all the same. */
static void
test_taken_up_too_old (void)
{
  g_autoptr (GVariant) first = history_dup_first_state ();
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, first, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' 9'nine' ");
  state = lose_session (&f);

  history_set_up (&f, state, HS_HISTORY_ORDER_OLDEST_FIRST);
  test_client_leap (f.base.test);
  hs_history_set_max_age (f.history, 3600);
  history_answer (&f, "<before>7</before>", ERROR ("wait", "resource-constraint"));
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  expect_gaps (&f, "gap:start::1 gap:limit:2:4 ");
  history_answer (&f, "<max>1</max><before/>", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
  history_answer (&f, "<value>", DONE);
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);
}

/* Two messages have one id, which is a time: the page before it is asked for from just after it, once. */
static void
test_twins (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, NEWEST);
  history_answer (&f, "<max>3</max><before/>", TWIN AT ("11", "8", "eight") FIN ("", ENDS (SIX, "8")));
  history_expect (&f, "gap:pending:2:" SIX " " SIX "'five' 8'eight' ");
  history_answer (&f, "<before>" AFTER_SIX "</before>", AT ("06", SIX, "four") TWIN FIN ("", ENDS (SIX, SIX)));
  history_expect (&f, SIX "'four' ");
  history_answer (&f, "<before>" SIX "</before>", PAGE_1);
  answer_beginning (&f);
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);

  history_set_up (&f, state, NEWEST);
  history_answer (&f, "<max>3</max><before/>", TWIN AT ("11", "8", "eight") FIN ("", ENDS (SIX, "8")));
  history_expect (&f, "gap:pending:2:" SIX " " SIX "'five' 8'eight' ");
  history_answer (&f, "<before>" AFTER_SIX "</before>",
                  ERROR ("cancel", "item-not-found"));
  history_answer (&f, "<before>" SIX "</before>", PAGE_1);
  answer_beginning (&f);
  history_expect (&f, "current:user@example.org ");
  history_tear_down (&f);
}

static GVariant *
dup_empty_state (void)
{
  HistoryTest f;

  history_set_up (&f, NULL, NEWEST);
  history_answer (&f, "<max>3</max><before/>", DONE);
  history_expect (&f, "gap:start:: current:user@example.org ");
  return lose_session (&f);
}

/* All that an archive holds that was empty at the first start came later: it is fetched, however often the session is
 * lost meanwhile. */
static void
test_empty (void)
{
  g_autoptr (GVariant) empty = dup_empty_state ();
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, empty, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "7'seven' 8'eight' 9'nine' ");
  expect_gaps (&f, "gap:pending::7 ");
  state = lose_session (&f);

  history_set_up (&f, state, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "");
  history_answer (&f, "<before>7</before>", PAGE_2);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  history_answer (&f, "<before>4</before>", PAGE_1);
  history_answer (&f, "<before>1</before>", DONE);
  history_expect (&f, "1'one' 3'three' current:user@example.org ");
  /* Something may have come and gone before it. */
  expect_gaps (&f, "gap:expired::1 ");
  history_tear_down (&f);
}

/* What came meanwhile has gone before it was fetched. */
static void
test_empty_again (void)
{
  g_autoptr (GVariant) empty = dup_empty_state ();
  g_autoptr (GVariant) state = NULL;
  HistoryTest f;

  history_set_up (&f, empty, NEWEST);
  history_answer (&f, "<max>3</max><before/>", AT ("20", "9", "nine") FIN ("", ENDS ("9", "9")));
  history_expect (&f, "9'nine' ");
  expect_gaps (&f, "gap:pending::9 ");
  state = lose_session (&f);

  history_set_up (&f, state, NEWEST);
  history_answer (&f, "<max>3</max><before/>", DONE);
  history_expect (&f, "current:user@example.org ");
  expect_gaps (&f, "gap:expired:: ");
  history_tear_down (&f);
}

static void
test_limit (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  g_autoptr (GError) error = NULL;
  g_autoptr (HsGap) gap = NULL;
  g_autoptr (HsGap) same = NULL;
  g_autoptr (HsGap) again = NULL;
  Filling filling;
  HistoryTest f;

  history_set_up_limited (&f, state, NEWEST, 3);
  g_assert_cmpuint (hs_history_get_limit (f.history), ==, 3);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' 9'nine' current:user@example.org ");
  expect_gaps (&f, "gap:start::1 gap:limit:2:7 ");

  gap = fill (&f, &filling, 2);
  history_answer (&f, "<before>7</before>", PAGE_2);
  g_assert_false (finish (&f, &filling, &error));
  g_assert_no_error (error);
  history_expect (&f, "4'four' 5'five' 6'six' ");
  expect_gaps (&f, "gap:start::1 gap:limit:2:4 ");
  g_assert_cmpstr (hs_gap_get_before_id (gap), ==, "4");

  same = fill (&f, &filling, 0);
  g_assert_true (same == gap);
  history_answer (&f, "<before>4</before>", PAGE_1);
  answer_beginning (&f);
  g_assert_true (finish (&f, &filling, &error));
  g_assert_no_error (error);
  g_assert_false (hs_gap_get_is_open (gap));
  expect_gaps (&f, "gap:start::1 ");
  history_expect (&f, "");

  /* What was before the first start. */
  again = fill (&f, &filling, 0);
  history_answer (&f, "<before>1</before>", AT ("00", "0", "zero") FIN ("", ENDS ("0", "0")));
  history_answer (&f, "<before>0</before>", DONE);
  history_answer (&f, "<max>1</max>", AT ("00", "0", "zero") FIN ("", ENDS ("0", "0")));
  g_assert_true (finish (&f, &filling, &error));
  expect_gaps (&f, "");
  history_expect (&f, "0'zero' ");
  history_tear_down (&f);
}

/* The archive has no more of it. */
static void
test_expired (void)
{
  g_autoptr (GVariant) state = history_dup_first_state ();
  HistoryTest f;

  history_set_up (&f, state, NEWEST);
  history_answer (&f, "<max>3</max><before/>", PAGE_3);
  history_answer (&f, "<before>7</before>", DONE);
  history_expect (&f, "gap:pending:2:7 7'seven' 8'eight' 9'nine' current:user@example.org ");
  expect_gaps (&f, "gap:start::1 gap:expired:2:7 ");
  history_tear_down (&f);
}

/* What cannot be filled says so. */
static void
test_refused (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (HsGap) gap = NULL;
  g_autoptr (HsGap) same = NULL;
  Filling filling;
  HistoryTest f;

  history_set_up (&f, NULL, NEWEST);
  history_first_start (&f);
  gap = fill (&f, &filling, 0);
  test_client_stop (f.base.test);
  g_assert_false (finish (&f, &filling, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);

  same = fill (&f, &filling, 0);
  g_assert_false (finish (&f, &filling, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  hs_history_fill_async (f.history, gap, 0, cancellable, filled_cb, &filling);
  g_assert_false (finish (&f, &filling, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  history_tear_down (&f);
}

/* Who does not want to wait any more is told at once, and the next one's gap is filled. */
static void
test_cancelled (void)
{
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (HsGap) gap = NULL;
  Filling fillings[3] = { { NULL } };
  HistoryTest f;

  history_set_up (&f, NULL, NEWEST);
  history_first_start (&f);
  gap = g_list_model_get_item (hs_history_get_gaps (f.history), 0);
  hs_history_fill_async (f.history, gap, 0, first, filled_cb, &fillings[0]);
  hs_history_fill_async (f.history, gap, 0, second, filled_cb, &fillings[1]);
  hs_history_fill_async (f.history, gap, 0, NULL, filled_cb, &fillings[2]);
  for (guint i = 2; i > 0; i--)
    {
      g_cancellable_cancel (i == 2 ? second : first);
      g_assert_false (finish (&f, &fillings[i - 1], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&error);
      g_assert_null (fillings[2].result);
    }
  /* The answer to the first one's request is dropped. */
  for (guint i = 0; i < 2; i++)
    history_answer (&f, "<before>1</before>", AT ("00", "0", "zero") FIN ("", ENDS ("0", "0")));
  history_answer (&f, "<before>0</before>", DONE);
  history_answer (&f, "<max>1</max>", AT ("00", "0", "zero") FIN ("", ENDS ("0", "0")));
  g_assert_true (finish (&f, &fillings[2], &error));
  g_assert_no_error (error);
  history_expect (&f, "0'zero' ");
  history_tear_down (&f);
}

/* A request that waits for another one of the same archive is not sent for nobody. */
static void
test_cancelled_waiting (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsGap) gap = NULL;
  Filling filling = { NULL };
  HistoryTest f;

  history_set_up (&f, NULL, NEWEST);
  history_first_start (&f);
  gap = g_list_model_get_item (hs_history_get_gaps (f.history), 0);
  hs_archive_query_set_page_size (query, 7);
  hs_archive_fetch_async (f.base.archive, query, NULL, archive_result_cb, &f.base);
  hs_history_fill_async (f.history, gap, 0, cancellable, filled_cb, &filling);
  g_cancellable_cancel (cancellable);
  g_assert_false (finish (&f, &filling, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  history_answer (&f, "<max>7</max>", DONE);
  page = archive_finish (&f.base, &error);
  g_assert_no_error (error);
  test_client_say (f.base.test, "");
  g_assert_cmpuint (scripted_server_count_received (f.base.test->server, "<before>1</before>"), ==, 0);
  g_clear_object (&f.base.result);
  history_tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/history-newest/pages", test_pages);
  g_test_add_func ("/history-newest/taken-up", test_taken_up);
  g_test_add_func ("/history-newest/twins", test_twins);
  g_test_add_func ("/history-newest/taken-up-oldest-first", test_taken_up_oldest_first);
  g_test_add_func ("/history-newest/taken-up-too-old", test_taken_up_too_old);
  g_test_add_func ("/history-newest/empty", test_empty);
  g_test_add_func ("/history-newest/empty-again", test_empty_again);
  g_test_add_func ("/history-newest/limit", test_limit);
  g_test_add_func ("/history-newest/expired", test_expired);
  g_test_add_func ("/history-newest/refused", test_refused);
  g_test_add_func ("/history-newest/cancelled", test_cancelled);
  g_test_add_func ("/history-newest/cancelled-waiting", test_cancelled_waiting);

  return g_test_run ();
}
