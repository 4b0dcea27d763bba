/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-test.h"

#include <string.h>
#include <time.h>

/* Archives, with a server that says what a test wants. */

#define EXTENDED "<feature var='urn:xmpp:mam:2'/><feature var='urn:xmpp:mam:2#extended'/>"
#define ROOM "room@chat.example.org"

static void
test_pages (gconstpointer has_messages)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) first = NULL;
  g_autoptr (HsArchivePage) second = NULL;
  g_autoptr (HsArchivePage) none = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autofree char *time = NULL;
  GError *error = NULL;
  ArchiveTest f;

  archive_set_up (&f, has_messages != NULL);
  hs_archive_query_set_page_size (query, 2);
  archive_ask (&f, query);
  g_assert_nonnull (strstr (f.sent, "type=\"set\""));
  g_assert_null (strstr (f.sent, " to="));
  g_assert_null (strstr (f.sent, "<x"));
  g_assert_nonnull (strstr (f.sent, "<max>2</max></set>"));
  archive_say (&f, RESULT ("1", "one") RESULT ("2", "two") FIN ("", ENDS ("1", "2") "<count>3</count>"));
  first = archive_finish (&f, &error);
  g_assert_no_error (error);
  archive_assert (first, "1'one' 2'two' ");
  g_assert_cmpstr (hs_archive_page_get_first_id (first), ==, "1");
  g_assert_cmpstr (hs_archive_page_get_last_id (first), ==, "2");
  g_assert_cmpint (hs_archive_page_get_count (first), ==, 3);
  g_assert_false (hs_archive_page_get_is_complete (first));
  g_assert_true (hs_archive_page_get_is_stable (first));
  deliveries = hs_archive_page_list_deliveries (first);
  time = g_date_time_format_iso8601 (hs_chat_message_get_time (deliveries->pdata[0]));
  g_assert_cmpstr (time, ==, "2026-01-02T03:04:05.678901Z");
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_peer (deliveries->pdata[0])), ==, "juliet@example.com");

  archive_ask_next (&f, first);
  g_assert_nonnull (strstr (f.sent, "<after>2</after>"));
  archive_say (&f, RESULT ("3", "three") FIN (" complete='true' stable='false'", ENDS ("3", "3")));
  second = archive_finish_next (&f, &error);
  g_assert_no_error (error);
  archive_assert (second, "3'three' ");
  g_assert_true (hs_archive_page_get_is_complete (second));
  g_assert_false (hs_archive_page_get_is_stable (second));

  g_clear_object (&f.result);
  hs_archive_fetch_next_async (f.archive, second, NULL, archive_result_cb, &f);
  none = archive_finish_next (&f, &error);
  g_assert_no_error (error);
  g_assert_null (none);
  /* They are nobody else's. */
  g_assert_cmpuint (f.n_received + f.n_rejected + f.n_messages, ==, 0);
  archive_tear_down (&f);
}

static void
test_backwards (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) first = NULL;
  g_autoptr (HsArchivePage) second = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  hs_archive_query_set_is_backwards (query, TRUE);
  archive_ask (&f, query);
  g_assert_nonnull (strstr (f.sent, "<max>50</max><before/>"));
  archive_say (&f, RESULT ("8", "a") RESULT ("9", "b") FIN ("", ENDS ("8", "9")));
  first = archive_finish (&f, NULL);
  archive_assert (first, "8'a' 9'b' ");
  archive_ask_next (&f, first);
  g_assert_nonnull (strstr (f.sent, "<before>8</before>"));
  archive_say (&f, RESULT ("7", "c") FIN (" complete='1'", ENDS ("7", "7")));
  second = archive_finish_next (&f, NULL);
  archive_assert (second, "7'c' ");
  g_assert_true (hs_archive_page_get_is_complete (second));
  archive_tear_down (&f);
}

/* A page without anything is the last one, whatever the server says; a server that gives the same page is not asked
 * for ever. */
static void
test_ends (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) empty = NULL;
  g_autoptr (HsArchivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  archive_ask (&f, query);
  archive_say (&f, FIN (" complete='false'", "<count>0</count>"));
  empty = archive_finish (&f, NULL);
  archive_assert (empty, "");
  g_assert_true (hs_archive_page_get_is_complete (empty));
  g_assert_null (hs_archive_page_get_first_id (empty));
  g_assert_null (hs_archive_page_get_last_id (empty));
  g_assert_cmpint (hs_archive_page_get_count (empty), ==, 0);
  /* Even if the server says where the page begins and ends. */
  g_clear_object (&empty);
  archive_ask (&f, query);
  archive_say (&f, FIN ("", ENDS ("1", "2") "<count>7</count>"));
  empty = archive_finish (&f, NULL);
  g_assert_true (hs_archive_page_get_is_complete (empty));
  g_assert_null (hs_archive_page_get_first_id (empty));
  g_assert_null (hs_archive_page_get_last_id (empty));
  g_assert_cmpint (hs_archive_page_get_count (empty), ==, 7);

  archive_ask (&f, query);
  /* The ends are not told: they are those of what came. */
  archive_say (&f, RESULT ("1", "one") RESULT ("2", "two") FIN ("", ""));
  page = archive_finish (&f, NULL);
  g_assert_cmpstr (hs_archive_page_get_first_id (page), ==, "1");
  g_assert_cmpstr (hs_archive_page_get_last_id (page), ==, "2");
  g_assert_cmpint (hs_archive_page_get_count (page), ==, -1);
  archive_ask_next (&f, page);
  archive_say (&f, RESULT ("1", "one") RESULT ("2", "two") FIN ("", ENDS ("1", "2")));
  g_assert_null (archive_finish_next (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "same page"));
  archive_tear_down (&f);
}

/* Who sends what nobody asked for, or in another's name, puts nothing into a page. */
static void
test_forged (gconstpointer has_messages)
{
  static const char *const forged[] = {
    RESULT_OF (" from='mallory@example.com'", "@Q@", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
    RESULT_OF (" from='user@example.org/other'", "@Q@", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
    RESULT_OF (" from='example.org'", "@Q@", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
    RESULT_OF (" from='@'", "@Q@", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
    RESULT_OF ("", "other", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
    RESULT_OF ("", "", "f", INNER ("juliet@example.com", "user@example.org", "forged")),
  };
  static const char *const unfit[] = {
    RESULT_OF ("", "@Q@", "", INNER ("juliet@example.com", "user@example.org", "unfit")),
    RESULT_OF ("", "@Q@", "u1", INNER ("juliet@example.com", "romeo@example.org", "unfit")),
    RESULT_OF ("", "@Q@", "u2", INNER ("@", "user@example.org", "unfit")),
    RESULT_OF ("", "@Q@", "u3", ""),
    RESULT_OF ("", "@Q@", "u4",
               INNER ("a@b", "user@example.org", "unfit") INNER ("a@b", "user@example.org", "unfit")),
  };
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) page = NULL;
  ArchiveTest f;

  archive_set_up (&f, has_messages != NULL);
  archive_ask (&f, query);
  for (guint i = 0; i < G_N_ELEMENTS (forged); i++)
    archive_say (&f, forged[i]);
  if (has_messages != NULL)
    g_assert_cmpuint (f.n_rejected + f.n_messages, ==, G_N_ELEMENTS (forged));
  for (guint i = 0; i < G_N_ELEMENTS (unfit); i++)
    archive_say (&f, unfit[i]);
  archive_say (&f, RESULT_OF (" from='user@example.org'", "@Q@", "1", INNER ("user@example.org/res", "juliet@example.com", "mine"))
                       DONE RESULT ("late", "late"));
  page = archive_finish (&f, NULL);
  archive_assert (page, "1'mine' ");
  g_assert_cmpstr (hs_archive_page_get_first_id (page), ==, "u1");
  g_assert_cmpuint (f.n_received, ==, 0);
  if (has_messages != NULL)
    g_assert_cmpuint (f.n_rejected + f.n_messages, ==, G_N_ELEMENTS (forged) + 1);
  archive_tear_down (&f);
}

/* The account's own archive by its address, with whatever resource and in whatever form. */
static void
test_own_address (void)
{
  static const char *const addresses[] = { "user@example.org", "user@example.org/res", "USER@Example.org/other" };
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (HsArchiveQuery) query = hs_archive_query_new (addresses[i]);
      g_autoptr (HsArchivePage) page = NULL;

      archive_ask (&f, query);
      archive_say (&f, RESULT ("1", "one") RESULT_OF (" from='user@example.org'", "@Q@", "2", INNER ("a@b", "user@example.org", "two")) DONE);
      page = archive_finish (&f, NULL);
      archive_assert (page, "1'one' 2'two' ");
    }
  archive_tear_down (&f);
}

static void
test_room (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (ROOM);
  g_autoptr (HsArchivePage) page = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  archive_ask (&f, query);
  g_assert_nonnull (strstr (f.sent, "to=\"" ROOM "\""));
  archive_say (&f, RESULT_OF (" from='" ROOM "/nick'", "@Q@", "0", INNER (ROOM "/nick", "", "forged"))
                       RESULT_OF ("", "@Q@", "0", INNER (ROOM "/nick", "", "forged"))
                       RESULT_OF (" from='" ROOM "'", "@Q@", "1", INNER ("user@example.org", "x@y", "foreign"))
                       RESULT_OF (" from='" ROOM "'", "@Q@", "2",
                                  "<message xmlns='jabber:client' type='groupchat' from='" ROOM "/juliet'><body>here</body></message>")
                       "<iq type='result' id='@ID@' from='" ROOM "'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>");
  page = archive_finish (&f, NULL);
  archive_assert (page, "2'here' ");
  archive_tear_down (&f);
}

/* XEP-0313, 4.1. */
static void
test_fields (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GDateTime) start = g_date_time_new_from_iso8601 ("2026-01-01T02:00:00+02:00", NULL);
  g_autoptr (GDateTime) end = g_date_time_new_from_iso8601 ("2026-02-01T00:00:00.25Z", NULL);
  g_autoptr (HsArchivePage) page = NULL;
  const char *const ids[] = { "x", "y", NULL };
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  g_object_set (query, "with", "Juliet@Example.com", "start", start, "end", end, "before-id", "b", "after-id", "a", "ids", ids,
                "text", "love", "is-flipped", TRUE, "page-size", 10, NULL);
  g_clear_object (&f.result);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  /* What is asked does not change any more. */
  hs_archive_query_set_with (query, "nobody@example.com");
  archive_answer_features (&f, "user@example.org", EXTENDED);
  archive_await (&f, "<query xmlns=\"urn:xmpp:mam:2\"/>", NULL);
  archive_say (&f, "<iq type='result' id='@ID@'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='form'>"
                   "<field type='hidden' var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>"
                   "<field type='text-single' var='{urn:xmpp:fulltext:0}fulltext'/></x></query></iq>");
  archive_await (&f, "queryid", NULL);
  g_assert_nonnull (strstr (f.sent,
                            "<x xmlns=\"jabber:x:data\" type=\"submit\">"
                            "<field var=\"FORM_TYPE\" type=\"hidden\"><value>urn:xmpp:mam:2</value></field>"
                            "<field var=\"with\"><value>juliet@example.com</value></field>"
                            "<field var=\"start\"><value>2026-01-01T00:00:00Z</value></field>"
                            "<field var=\"end\"><value>2026-02-01T00:00:00.250000Z</value></field>"
                            "<field var=\"before-id\"><value>b</value></field>"
                            "<field var=\"after-id\"><value>a</value></field>"
                            "<field var=\"ids\"><value>x</value><value>y</value></field>"
                            "<field var=\"{urn:xmpp:fulltext:0}fulltext\"><value>love</value></field></x>"));
  g_assert_nonnull (strstr (f.sent, "<flip-page/>"));
  archive_say (&f, RESULT ("2", "two") RESULT ("1", "one") DONE);
  page = archive_finish (&f, NULL);
  archive_assert (page, "2'two' 1'one' ");
  g_assert_cmpstr (hs_archive_page_get_first_id (page), ==, "1");
  g_assert_cmpstr (hs_archive_page_get_last_id (page), ==, "2");
  archive_tear_down (&f);
}

/* What an archive does not say that it has is not sent, nor left out in silence; a page is flipped here. */
static void
test_unsupported (void)
{
  static const char *const fields[] = { "text", "before-id", "after-id" };
  const char *const ids[] = { "x", NULL };
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  for (guint i = 0; i <= G_N_ELEMENTS (fields); i++)
    {
      g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
      g_autoptr (GError) error = NULL;

      if (i < G_N_ELEMENTS (fields))
        g_object_set (query, fields[i], "x", NULL);
      else
        hs_archive_query_set_ids (query, ids);
      g_clear_object (&f.result);
      hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
      if (i == 0)
        {
          archive_answer_features (&f, "user@example.org", "<feature var='urn:xmpp:mam:2'/>");
          archive_await (&f, "<query xmlns=\"urn:xmpp:mam:2\"/>", NULL);
          archive_say (&f, "<iq type='error' id='@ID@'><error type='cancel'><feature-not-implemented "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
        }
      g_assert_null (archive_finish (&f, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
      g_assert_nonnull (strstr (error->message, i < G_N_ELEMENTS (fields) ? fields[i] : "ids"));
    }
  {
    g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
    g_autoptr (HsArchivePage) page = NULL;

    hs_archive_query_set_is_flipped (query, TRUE);
    archive_ask (&f, query);
    g_assert_null (strstr (f.sent, "flip-page"));
    archive_say (&f, RESULT ("1", "one") RESULT ("2", "two") DONE);
    page = archive_finish (&f, NULL);
    archive_assert (page, "2'two' 1'one' ");
    g_assert_cmpstr (hs_archive_page_get_first_id (page), ==, "1");
  }
  archive_tear_down (&f);
}

/* The archive, or the library, refuses a query. */
static void
test_refused (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchiveQuery) bad = hs_archive_query_new ("@");
  g_autoptr (HsArchive) alone = hs_archive_new ();
  GError *error = NULL;
  ArchiveTest f;

  archive_set_up (&f, TRUE);
  archive_ask (&f, query);
  archive_say (&f, "<iq type='error' id='@ID@'><error type='cancel'><item-not-found "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>");
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  g_clear_error (&error);
  archive_ask (&f, query);
  archive_say (&f, "<iq type='result' id='@ID@'/>");
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_clear_error (&error);

  g_clear_object (&f.result);
  hs_archive_fetch_async (f.archive, bad, NULL, archive_result_cb, &f);
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  hs_archive_query_set_with (query, "@");
  g_clear_object (&f.result);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  hs_archive_query_set_with (query, NULL);

  g_clear_object (&f.result);
  hs_archive_fetch_async (alone, query, NULL, archive_result_cb, &f);
  test_until (f.result != NULL);
  g_assert_null (hs_archive_fetch_finish (alone, f.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  archive_tear_down (&f);
}

/* The results of a query that was cancelled are dropped, and the next query waits for its end. */
static void
test_cancelled (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (HsArchivePage) page = NULL;
  g_autofree char *sent = NULL;
  GError *error = NULL;
  ArchiveTest f;

  archive_set_up (&f, TRUE);
  hs_archive_fetch_async (f.archive, query, cancellable, archive_result_cb, &f);
  archive_await (&f, "queryid", NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&f.result);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  archive_say (&f, RESULT ("1", "one"));
  sent = test_client_dup_sent (f.test);
  g_assert_null (strstr (sent, "queryid"));
  archive_say (&f, DONE);
  archive_await (&f, "queryid", NULL);
  archive_say (&f, RESULT ("2", "two") DONE);
  page = archive_finish (&f, &error);
  g_assert_no_error (error);
  archive_assert (page, "2'two' ");
  g_assert_cmpuint (f.n_received + f.n_rejected + f.n_messages, ==, 0);
  archive_tear_down (&f);
}

/* A server that does not stop is stopped. */
static void
test_flood (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  archive_ask (&f, query);
  for (guint i = 0; i < 1001; i++)
    g_string_append (many, RESULT ("1", "one"));
  g_string_append (many, DONE);
  archive_say (&f, many->str);
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "1000"));
  archive_tear_down (&f);
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsArchivePage) page G_GNUC_UNUSED = hs_archive_fetch_finish (HS_ARCHIVE (source), result, &error);

  g_assert_no_error (error);
  ++*(guint *) n;
}

/* Answers all questions that are there with an empty page. */
static void
answer_all (ArchiveTest *f)
{
  g_autofree char *sent = test_client_dup_sent (f->test);
  g_auto (GStrv) iqs = g_strsplit (sent, "<iq ", -1);

  scripted_server_forget_received (f->test->server);
  for (guint i = 1; iqs[i] != NULL; i++)
    {
      g_autofree char *id = archive_dup_attribute (iqs[i], "id");
      g_autofree char *to = archive_dup_attribute (iqs[i], "to");
      g_autofree char *answer = NULL;

      if (strstr (iqs[i], "queryid") == NULL)
        continue;
      answer = g_strdup_printf ("<iq type='result' id='%s' from='%s'><fin xmlns='urn:xmpp:mam:2'/></iq>", id, to);
      test_client_say (f->test, answer);
    }
}

/* One question an archive, three archives. */
static void
test_turns (void)
{
  static const char *const rooms[] = { ROOM, ROOM, "b@c", "d@e", "f@g" };
  g_autofree char *sent = NULL;
  guint n_done = 0;
  guint n = 0;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      g_autoptr (HsArchiveQuery) query = hs_archive_query_new (rooms[i]);

      hs_archive_fetch_async (f.archive, query, NULL, count_cb, &n_done);
    }
  sent = test_client_dup_sent (f.test);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "queryid"), ==, 3);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, ROOM), ==, 1);
  /* Each that ends lets the next one begin. */
  while (n_done < G_N_ELEMENTS (rooms))
    {
      answer_all (&f);
      g_assert_cmpuint (++n, <=, G_N_ELEMENTS (rooms));
    }
  archive_tear_down (&f);
}

static void
test_metadata (void)
{
  g_autoptr (HsArchiveMetadata) one = NULL;
  g_autoptr (HsArchiveMetadata) two = NULL;
  g_autoptr (HsArchiveMetadata) empty = NULL;
  g_autofree char *time = NULL;
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  /* XEP-0313, 5. */
  hs_archive_query_metadata_async (f.archive, NULL, NULL, archive_result_cb, &f);
  archive_answer_features (&f, "user@example.org", EXTENDED);
  archive_await (&f, "<metadata xmlns=\"urn:xmpp:mam:2\"/>", NULL);
  archive_say (&f, "<iq type='result' id='@ID@'><metadata xmlns='urn:xmpp:mam:2'>"
                   "<start id='YWxwaGEg' timestamp='2008-08-22T21:09:04Z'/>"
                   "<end id='b21lZ2Eg' timestamp='2020-04-20T14:34:21Z'/></metadata></iq>");
  test_until (f.result != NULL);
  one = hs_archive_query_metadata_finish (f.archive, f.result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_archive_metadata_get_first_id (one), ==, "YWxwaGEg");
  g_assert_cmpstr (hs_archive_metadata_get_last_id (one), ==, "b21lZ2Eg");
  time = g_date_time_format_iso8601 (hs_archive_metadata_get_last_time (one));
  g_assert_cmpstr (time, ==, "2020-04-20T14:34:21Z");

  g_clear_object (&f.result);
  hs_archive_query_metadata_async (f.archive, NULL, NULL, archive_result_cb, &f);
  archive_await (&f, "<metadata xmlns=\"urn:xmpp:mam:2\"/>", NULL);
  archive_say (&f, "<iq type='result' id='@ID@'><metadata xmlns='urn:xmpp:mam:2'/></iq>");
  test_until (f.result != NULL);
  empty = hs_archive_query_metadata_finish (f.archive, f.result, &error);
  g_assert_no_error (error);
  g_assert_null (hs_archive_metadata_get_first_id (empty));
  g_assert_null (hs_archive_metadata_get_last_time (empty));

  g_clear_object (&f.result);
  hs_archive_query_metadata_async (f.archive, NULL, NULL, archive_result_cb, &f);
  archive_await (&f, "<metadata xmlns=\"urn:xmpp:mam:2\"/>", NULL);
  archive_say (&f, "<iq type='result' id='@ID@'><metadata xmlns='urn:xmpp:mam:2'><start id='a'/></metadata></iq>");
  test_until (f.result != NULL);
  g_assert_null (hs_archive_query_metadata_finish (f.archive, f.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_clear_error (&error);

  /* An archive that does not know the question. */
  g_clear_object (&f.result);
  hs_archive_query_metadata_async (f.archive, ROOM, NULL, archive_result_cb, &f);
  archive_answer_features (&f, ROOM, "<feature var='urn:xmpp:mam:2'/>");
  archive_await (&f, "<max>1</max></set>", ROOM);
  /* A message that no program is given. */
  archive_say (&f, RESULT_OF (" from='" ROOM "'", "@Q@", "1", INNER ("@", "", "one"))
                       "<iq type='result' id='@ID@' from='" ROOM "'><fin xmlns='urn:xmpp:mam:2'/></iq>");
  archive_await (&f, "<max>1</max><before/>", ROOM);
  archive_say (&f, RESULT_OF (" from='" ROOM "'", "@Q@", "9", INNER (ROOM "/a", "", "nine"))
                       "<iq type='result' id='@ID@' from='" ROOM "'><fin xmlns='urn:xmpp:mam:2'/></iq>");
  test_until (f.result != NULL);
  two = hs_archive_query_metadata_finish (f.archive, f.result, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_archive_metadata_get_first_id (two), ==, "1");
  g_assert_cmpstr (hs_archive_metadata_get_last_id (two), ==, "9");
  g_assert_nonnull (hs_archive_metadata_get_first_time (two));
  archive_tear_down (&f);
}

/* Archives that announce what the request for metadata is part of, and refuse it. */
static void
test_metadata_refused (void)
{
  static const char *const conditions[] = { "service-unavailable", "feature-not-implemented" };
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (conditions) + 1; i++)
    {
      g_autofree char *refusal = g_strdup_printf (
          "<iq type='error' id='@ID@'><error type='cancel'><%s xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
          i < G_N_ELEMENTS (conditions) ? conditions[i] : "forbidden");
      g_autoptr (HsArchiveMetadata) metadata = NULL;

      g_clear_object (&f.result);
      hs_archive_query_metadata_async (f.archive, NULL, NULL, archive_result_cb, &f);
      if (i == 0)
        archive_answer_features (&f, "user@example.org", EXTENDED);
      archive_await (&f, "<metadata xmlns=\"urn:xmpp:mam:2\"/>", NULL);
      archive_say (&f, refusal);
      if (i == G_N_ELEMENTS (conditions))
        break;
      archive_await (&f, "<max>1</max></set>", NULL);
      archive_say (&f, RESULT ("1", "one") FIN ("", ""));
      archive_await (&f, "<max>1</max><before/>", NULL);
      archive_say (&f, RESULT ("9", "nine") FIN ("", ""));
      test_until (f.result != NULL);
      metadata = hs_archive_query_metadata_finish (f.archive, f.result, NULL);
      g_assert_cmpstr (hs_archive_metadata_get_first_id (metadata), ==, "1");
      g_assert_cmpstr (hs_archive_metadata_get_last_id (metadata), ==, "9");
    }
  test_until (f.result != NULL);
  g_assert_null (hs_archive_query_metadata_finish (f.archive, f.result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  archive_tear_down (&f);
}

/* The archive is unregistered while pages are on their way, and the session goes on: what has come is no whole page. */
static void
test_unregistered (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) flying = NULL;
  g_autoptr (HsArchivePage) page = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *earlier = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  hs_archive_fetch_async (f.archive, query, cancellable, archive_result_cb, &f);
  archive_await (&f, "<query xmlns=\"urn:xmpp:mam:2\" queryid", NULL);
  archive_say (&f, RESULT ("1", "one"));
  earlier = g_strdup_printf ("<iq type='result' id='%s'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>", f.id);
  hs_client_unregister (f.test->client, HS_MODULE (f.archive));
  test_until (f.result != NULL);
  flying = g_steal_pointer (&f.result);
  g_assert_null (hs_archive_fetch_finish (f.archive, flying, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_object (&flying);
  g_cancellable_cancel (cancellable);
  /* Registered again before the answer: it begins anew. */
  hs_client_register (f.test->client, HS_MODULE (f.archive));
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  test_client_say (f.test, earlier);
  archive_await (&f, "<query xmlns=\"urn:xmpp:mam:2\" queryid", NULL);
  archive_say (&f, RESULT ("1", "one") RESULT ("2", "two") DONE);
  page = archive_finish (&f, NULL);
  archive_assert (page, "1'one' 2'two' ");
  /* One in flight, and one that waits for it. */
  g_clear_object (&f.result);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  g_clear_error (&error);
  hs_client_unregister (f.test->client, HS_MODULE (f.archive));
  test_until (f.result != NULL);
  g_assert_null (archive_finish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  test_spin (20);
  hs_client_register (f.test->client, HS_MODULE (f.archive));
  archive_tear_down (&f);
}

/* The session goes while a page is on its way. */
static void
test_lost (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  archive_ask (&f, query);
  archive_say (&f, RESULT ("1", "one"));
  hs_client_unregister (f.test->client, HS_MODULE (f.archive));
  g_assert_null (hs_archive_get_client (f.archive));
  test_client_stop (f.test);
  g_assert_null (archive_finish (&f, &error));
  g_assert_nonnull (error);
  test_client_free (f.test);
  g_clear_object (&f.result);
  g_assert_finalize_object (f.archive);
  g_free (f.sent);
  g_free (f.id);
  g_free (f.query_id);
}

static void
test_query (void)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (ROOM);
  const char *const ids[] = { "x", NULL };

  g_assert_cmpstr (hs_archive_query_get_archive (query), ==, ROOM);
  g_assert_cmpuint (hs_archive_query_get_page_size (query), ==, 50);
  g_assert_false (hs_archive_query_get_is_backwards (query));
  g_assert_false (hs_archive_query_get_is_flipped (query));
  g_assert_null (hs_archive_query_get_with (query));
  g_assert_null (hs_archive_query_get_start (query));
  g_assert_null (hs_archive_query_get_end (query));
  g_assert_null (hs_archive_query_get_before_id (query));
  g_assert_null (hs_archive_query_get_after_id (query));
  g_assert_null (hs_archive_query_get_ids (query));
  g_assert_null (hs_archive_query_get_text (query));
  hs_archive_query_set_page_size (query, 0);
  g_assert_cmpuint (hs_archive_query_get_page_size (query), ==, 1);
  hs_archive_query_set_page_size (query, 1000000);
  g_assert_cmpuint (hs_archive_query_get_page_size (query), ==, 1000);
  hs_archive_query_set_ids (query, ids);
  g_assert_cmpstr (hs_archive_query_get_ids (query)[0], ==, "x");
}

/* An empty list of ids does not stand for all messages: no archive is asked. */
static void
test_no_ids (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchivePage) page = NULL;
  g_autoptr (HsArchivePage) next = NULL;
  g_autoptr (GError) error = NULL;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  hs_archive_query_set_ids (query, none);
  hs_archive_fetch_async (f.archive, query, NULL, archive_result_cb, &f);
  page = archive_finish (&f, &error);
  g_assert_no_error (error);
  archive_assert (page, "");
  g_assert_true (hs_archive_page_get_is_complete (page));
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "urn:xmpp:mam"), ==, 0);
  g_clear_object (&f.result);
  hs_archive_fetch_next_async (f.archive, page, NULL, archive_result_cb, &f);
  next = archive_finish_next (&f, &error);
  g_assert_no_error (error);
  g_assert_null (next);
  archive_tear_down (&f);
}

static double
time_questions (guint n)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  struct timespec start, end;
  ArchiveTest f;

  archive_set_up (&f, FALSE);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  for (guint i = 0; i < n; i++)
    hs_archive_fetch_async (f.archive, query, cancellable, archive_result_cb, &f);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  g_cancellable_cancel (cancellable);
  archive_tear_down (&f);
  return (double) (end.tv_sec - start.tv_sec) + (double) (end.tv_nsec - start.tv_nsec) / 1e9;
}

/* Ten times as many questions take about ten times as long: none looks at all that wait. */
static void
test_many (void)
{
  double few = time_questions (1000);
  double many = time_questions (10000);

  g_test_message ("1,000 in %.3f s, 10,000 in %.3f s", few, many);
  g_assert_cmpfloat (many, <, 30 * few);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive/query", test_query);
  g_test_add_data_func ("/archive/pages", NULL, test_pages);
  g_test_add_data_func ("/archive/pages-beside-messages", "", test_pages);
  g_test_add_func ("/archive/backwards", test_backwards);
  g_test_add_func ("/archive/ends", test_ends);
  g_test_add_data_func ("/archive/forged", NULL, test_forged);
  g_test_add_data_func ("/archive/forged-beside-messages", "", test_forged);
  g_test_add_func ("/archive/own-address", test_own_address);
  g_test_add_func ("/archive/room", test_room);
  g_test_add_func ("/archive/fields", test_fields);
  g_test_add_func ("/archive/unsupported", test_unsupported);
  g_test_add_func ("/archive/refused", test_refused);
  g_test_add_func ("/archive/cancelled", test_cancelled);
  g_test_add_func ("/archive/flood", test_flood);
  g_test_add_func ("/archive/turns", test_turns);
  g_test_add_func ("/archive/metadata", test_metadata);
  g_test_add_func ("/archive/metadata-refused", test_metadata_refused);
  g_test_add_func ("/archive/unregistered", test_unregistered);
  g_test_add_func ("/archive/lost", test_lost);
  g_test_add_func ("/archive/no-ids", test_no_ids);
  g_test_add_func ("/archive/many", test_many);
  return g_test_run ();
}
