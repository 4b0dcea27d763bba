/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-test.h"

#include <string.h>

/* Archives whose ids are times, which two messages may have. */

/* The time of RESULT() in microseconds: the id that ejabberd gives. */
#define TIME "1767323045678901"
#define BEFORE_TIME "1767323045678900"
#define AFTER_TIME "1767323045678902"
#define RESULT_FROM(person, body)                                                                  \
  RESULT_OF ("", "@Q@", TIME, INNER (person "/x", "user@example.org", body))
#define TWO RESULT_FROM ("juliet@example.com", "two")
#define TWIN RESULT_FROM ("romeo@example.com", "twin")
#define OWN                                                                                        \
  RESULT_OF ("", "@Q@", TIME, INNER ("user@example.org/other", "juliet@example.com", "mine"))

/* A page of two messages, at whose end is the one with a time as its id. */
static HsArchivePage *
ask_for_two (ArchiveTest *f, gboolean is_backwards)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);

  hs_archive_query_set_page_size (query, 2);
  hs_archive_query_set_is_backwards (query, is_backwards);
  archive_ask (f, query);
  if (is_backwards)
    archive_say (f, TWO RESULT ("9", "nine") FIN ("", ENDS (TIME, "9")));
  else
    archive_say (f, RESULT ("1", "one") TWO FIN ("", ENDS ("1", TIME)));
  return archive_finish (f, NULL);
}

/* Asks for the page after @page, which the archive is to be asked for with @question. */
static HsArchivePage *
expect_next (ArchiveTest *f, HsArchivePage *page, const char *question, const char *answer)
{
  g_autoptr (GError) error = NULL;
  HsArchivePage *next;

  archive_ask_next (f, page);
  g_assert_nonnull (strstr (f->sent, question));
  archive_say (f, answer);
  next = archive_finish_next (f, &error);
  g_assert_no_error (error);
  return next;
}

/* Messages with one id are on one page or the other, and each on one. */
static void
test_twins (void)
{
  g_autoptr (HsArchivePage) first = NULL;
  g_autoptr (HsArchivePage) second = NULL;
  g_autoptr (HsArchivePage) third = NULL;
  g_autoptr (HsArchivePage) last = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  first = ask_for_two (&f, FALSE);
  second = expect_next (&f, first, "<max>3</max><after>" BEFORE_TIME "</after>",
                        TWO TWIN RESULT ("3", "three") FIN ("", ENDS (TIME, "3")));
  archive_assert (second, TIME "'twin' 3'three' ");
  g_assert_cmpstr (hs_archive_page_get_last_id (second), ==, "3");
  g_clear_object (&second);
  /* The page has nothing but them, and the next one more. */
  second = expect_next (&f, first, "<max>3</max>", TWO TWIN FIN ("", ENDS (TIME, TIME)));
  archive_assert (second, TIME "'twin' ");
  third = expect_next (&f, second, "<max>4</max><after>" BEFORE_TIME "</after>",
                       TWO TWIN OWN RESULT ("4", "four") FIN ("", ENDS (TIME, "4")));
  archive_assert (third, TIME "'mine' 4'four' ");
  last = expect_next (&f, third, "<max>2</max><after>4</after>", DONE);
  archive_assert (last, "");
  g_clear_object (&last);
  /* There is no other. */
  last = expect_next (&f, first, "<max>3</max>", TWO FIN (" complete='true'", ENDS (TIME, TIME)));
  archive_assert (last, "");
  g_assert_true (hs_archive_page_get_is_complete (last));
  g_assert_null (hs_archive_page_get_last_id (last));
  archive_tear_down (&f);
}

static void
test_twins_backwards (void)
{
  g_autoptr (HsArchivePage) first = NULL;
  g_autoptr (HsArchivePage) second = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  first = ask_for_two (&f, TRUE);
  second = expect_next (&f, first, "<max>3</max><before>" AFTER_TIME "</before>",
                        RESULT ("1", "one") TWIN TWO FIN ("", ENDS ("1", TIME)));
  archive_assert (second, "1'one' " TIME "'twin' ");
  g_assert_cmpstr (hs_archive_page_get_first_id (second), ==, "1");
  archive_tear_down (&f);
}

/* The archive answers the question for a time with @answer, and is asked for the id then. */
static void
expect_by_id (ArchiveTest *f, HsArchivePage *first, const char *answer)
{
  g_autoptr (HsArchivePage) second = NULL;
  g_autoptr (GError) error = NULL;

  archive_ask_next (f, first);
  g_assert_nonnull (strstr (f->sent, "<max>3</max><after>" BEFORE_TIME "</after>"));
  archive_say (f, answer);
  archive_await (f, "<max>2</max><after>" TIME "</after>", NULL);
  archive_say (f, RESULT ("3", "three") FIN (" complete='true'", ENDS ("3", "3")));
  second = archive_finish_next (f, &error);
  g_assert_no_error (error);
  archive_assert (second, "3'three' ");
}

/* An id may look like a time by chance. */
static void
test_no_time (void)
{
  g_autoptr (HsArchivePage) first = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  first = ask_for_two (&f, FALSE);
  expect_by_id (&f, first, "<iq type='error' id='@ID@'><error type='cancel'>"
                           "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  expect_by_id (&f, first, DONE);
  expect_by_id (&f, first, TWO FIN ("", ENDS (TIME, TIME)));
  expect_by_id (&f, first,
                "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='0'>" FORWARDED (
                    "2026-01-01T00:00:00Z", INNER ("juliet@example.com/x", "user@example.org", "zero")) "</result></message>"
                TWO FIN ("", ENDS ("0", TIME)));
  archive_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive-twins/forwards", test_twins);
  g_test_add_func ("/archive-twins/backwards", test_twins_backwards);
  g_test_add_func ("/archive-twins/no-time", test_no_time);
  return g_test_run ();
}
