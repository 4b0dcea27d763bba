/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bookmarks-servers.h"
#include "history-servers.h"
#include "muc-servers.h"
#include "pubsub-servers.h"
#include "server-test.h"
#if HS_HAS_LIBSOUP
#include "upload-servers.h"
#endif

/* The archive of an account on a real server: by person, by time, in pages both ways. */

typedef struct
{
  TestClient *test;
  HsArchive *archive;
  GAsyncResult *result;
} Asker;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer asker)
{
  ((Asker *) asker)->result = g_object_ref (result);
}

static HsArchivePage *
fetch (Asker *self, HsArchiveQuery *query)
{
  g_autoptr (GError) error = NULL;
  HsArchivePage *page;

  hs_archive_fetch_async (self->archive, query, NULL, result_cb, self);
  test_until (self->result != NULL);
  page = hs_archive_fetch_finish (self->archive, self->result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->result);
  return page;
}

static HsArchivePage *
fetch_next (Asker *self, HsArchivePage *page)
{
  g_autoptr (GError) error = NULL;
  HsArchivePage *next;

  hs_archive_fetch_next_async (self->archive, page, NULL, result_cb, self);
  test_until (self->result != NULL);
  next = hs_archive_fetch_next_finish (self->archive, self->result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->result);
  return next;
}

/* All pages, as "BODY BODY|BODY ". */
static char *
fetch_all (Asker *self, HsArchiveQuery *query)
{
  GString *bodies = g_string_new (NULL);
  HsArchivePage *page = fetch (self, query);

  while (page != NULL)
    {
      g_autoptr (HsArchivePage) last = page;
      g_autoptr (GPtrArray) deliveries = hs_archive_page_list_deliveries (page);

      for (guint i = 0; i < deliveries->len; i++)
        g_string_append_printf (bodies, "%s ", hs_message_get_body (hs_chat_message_get_message (deliveries->pdata[i])));
      if (deliveries->len > 0)
        g_string_append_c (bodies, '|');
      page = fetch_next (self, last);
    }
  return g_string_free (bodies, FALSE);
}

static void
say (Asker *self, const char *to, const char *body)
{
  g_autoptr (HsMessage) message = hs_message_new_chat (to, body);

  hs_client_send_stanza (self->test->client, HS_ELEMENT (message), NULL);
}

static void
expect (Asker *self, HsArchiveQuery *query, const char *expected)
{
  g_autofree char *bodies = fetch_all (self, query);

  g_assert_cmpstr (bodies, ==, expected);
}

static void
test_account (gconstpointer way)
{
  Asker self = { server_new_user (3, way), hs_archive_new (), NULL };
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  g_autoptr (HsArchiveQuery) all = hs_archive_query_new (NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (HsArchiveMetadata) metadata = NULL;
  g_autofree char *whole = NULL;
  /* Nobody has written to these before. */
  const char *peer = server_get (way == &server_ways[0] ? "USER1" : "USER4");
  const char *other = server_get (way == &server_ways[0] ? "USER2" : "USER5");
  gint64 deadline = test_deadline ();

  hs_client_register (self.test->client, HS_MODULE (self.archive));
  test_client_start_until_ready (self.test);
  for (guint i = 1; i <= 5; i++)
    {
      g_autofree char *body = g_strdup_printf ("m%u", i);

      say (&self, peer, body);
    }
  say (&self, other, "elsewhere");
  hs_archive_query_set_with (query, other);
  /* A server may archive a little later than it answers. */
  for (whole = fetch_all (&self, query); strcmp (whole, "elsewhere |") != 0; whole = fetch_all (&self, query))
    {
      test_iterate (deadline, "the archive");
      g_free (whole);
    }
  hs_archive_query_set_with (query, peer);
  hs_archive_query_set_page_size (query, 2);
  expect (&self, query, "m1 m2 |m3 m4 |m5 |");
  hs_archive_query_set_is_backwards (query, TRUE);
  expect (&self, query, "m4 m5 |m2 m3 |m1 |");
  hs_archive_query_set_is_flipped (query, TRUE);
  expect (&self, query, "m5 m4 |m3 m2 |m1 |");
  {
    g_autoptr (GDateTime) tomorrow = g_date_time_add_days (now, 1);

    hs_archive_query_set_start (query, tomorrow);
    expect (&self, query, "");
    hs_archive_query_set_start (query, NULL);
    hs_archive_query_set_end (query, tomorrow);
    expect (&self, query, "m5 m4 |m3 m2 |m1 |");
  }
  hs_archive_query_metadata_async (self.archive, NULL, NULL, result_cb, &self);
  test_until (self.result != NULL);
  metadata = hs_archive_query_metadata_finish (self.archive, self.result, NULL);
  g_assert_nonnull (hs_archive_metadata_get_first_id (metadata));
  g_assert_cmpint (g_date_time_compare (hs_archive_metadata_get_first_time (metadata),
                                        hs_archive_metadata_get_last_time (metadata)), <=, 0);
  g_clear_object (&self.result);
  {
    g_autoptr (HsArchivePage) page = NULL;

    hs_archive_query_set_is_backwards (all, TRUE);
    page = fetch (&self, all);
    g_assert_cmpstr (hs_archive_page_get_last_id (page), ==, hs_archive_metadata_get_last_id (metadata));
  }
  test_client_stop (self.test);
  test_client_free (self.test);
  g_assert_finalize_object (self.archive);
}

int
main (int argc, char **argv)
{
  static const ServerTest tests[] = { { "account", test_account }, { NULL, NULL } };

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("archive", tests);
  history_add_server_tests ();
  history_add_room_server_tests ();
  history_add_purged_server_tests ();
  muc_add_server_tests ();
  pubsub_add_server_tests ();
  bookmarks_add_server_tests ();
#if HS_HAS_LIBSOUP
  upload_add_server_tests ();
#endif
  return g_test_run ();
}
