/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-servers.h"

#include <stdlib.h>
#include <string.h>

#include "history-reader.h"

/* Archives of a real server that lose messages while the reader is away, or in the midst of a run: what has gone lies in
 * a gap, nothing is given twice, and nothing waits for ever. */

#define N_MESSAGES 20

/* All archives lose what is not later. The main loop does not run meanwhile: a run that goes on finds it done. */
static void
purge (gint64 until)
{
  g_autofree char *path = g_build_filename (server_get ("DIR"), "purge", NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, until);
  g_autoptr (GError) error = NULL;
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  while (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
}

/* Prosody 0.12 keeps the time of a message in whole seconds: what is sent in the second of a purge goes with it. */
static void
let_stamps_differ (void)
{
  g_usleep (strcmp (server_get ("SERVERS"), "stable") == 0 ? 1100 * 1000 : 2000);
}

/* Whether a gap covers the time between two moments. Servers may tell whole seconds. */
static gboolean
has_gap (Reader *reader, gint64 begin, gint64 end)
{
  GListModel *gaps = hs_history_get_gaps (reader->history);

  for (guint i = 0; i < g_list_model_get_n_items (gaps); i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);
      GDateTime *after = hs_gap_get_after_time (gap), *before = hs_gap_get_before_time (gap);

      if (hs_gap_get_is_open (gap) && (after == NULL || g_date_time_to_unix (after) <= begin / G_USEC_PER_SEC)
          && (before == NULL || g_date_time_to_unix (before) >= end / G_USEC_PER_SEC))
        return TRUE;
    }
  return FALSE;
}

static void
write_to_reader (TestClient *writer, const char *prefix, guint first, guint n)
{
  g_autofree char *to = g_strdup_printf ("USER%u", READER);

  reader_write_some (writer, "chat", server_get (to), prefix, first, n);
}

/* The state of a reader that has been given the first ones. */
static GVariant *
read_some (TestClient *writer, const char *prefix, const ServerWay *way)
{
  Reader reader;

  reader_make (&reader, server_new_user (READER, way), prefix, NULL);
  reader_begin (&reader);
  write_to_reader (writer, prefix, 0, N_MESSAGES);
  reader_expect (&reader, 0, N_MESSAGES);
  return reader_end (&reader);
}

/* A reader with a state is given so many, and a gap. Returns: its state. */
static GVariant *
come_back (GVariant *state, const char *prefix, guint first, guint n, gint64 begin, gint64 end, const ServerWay *way)
{
  Reader reader;

  reader_make (&reader, server_new_user (READER, way), prefix, state);
  reader_begin (&reader);
  reader_expect (&reader, first, n);
  g_assert_true (has_gap (&reader, begin, end));
  return reader_end (&reader);
}

/* What came while the reader was away has gone before it is back; then there is something again. Another device of the
 * account is there all the time, or the server would keep messages for the reader elsewhere (XEP-0160). */
static void
test_away (gconstpointer way)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("purged %s ", id);
  TestClient *writer = reader_start_writer (way);
  TestClient *phone = reader_start_phone (way);
  g_autoptr (GVariant) state = read_some (writer, prefix, way);
  g_autoptr (GVariant) emptied = NULL;
  g_autoptr (GVariant) later = NULL;
  g_autoptr (GVariant) unused = NULL;
  gint64 begin = g_get_real_time (), end;

  write_to_reader (writer, prefix, N_MESSAGES, N_MESSAGES);
  reader_wait_for_server (writer);
  end = g_get_real_time ();
  purge (end);
  emptied = come_back (state, prefix, 0, 0, begin, end, way);

  write_to_reader (writer, prefix, 2 * N_MESSAGES, N_MESSAGES);
  reader_wait_for_server (writer);
  later = come_back (emptied, prefix, 2 * N_MESSAGES, N_MESSAGES, begin, end, way);
  unused = come_back (later, prefix, 0, 0, begin, end, way);
  g_clear_pointer (&unused, g_variant_unref);
  /* As if it had not been back meanwhile. */
  unused = come_back (state, prefix, 2 * N_MESSAGES, N_MESSAGES, begin, end, way);
  test_client_stop (phone);
  test_client_free (phone);
  test_client_stop (writer);
  test_client_free (writer);
}

typedef struct
{
  Reader reader; /* first: the callback has it */
  gint64 until;
} Purged;

static void
received_cb (gpointer data)
{
  Purged *self = data;

  if (self->reader.bodies->len == 3)
    purge (self->until);
}

/* Each once. */
static void
note_given (Reader *reader, gboolean *given)
{
  for (guint i = 0; i < reader->bodies->len; i++)
    {
      guint number = strtoul (reader->bodies->pdata[i], NULL, 10);

      g_assert_cmpuint (number, >=, N_MESSAGES);
      g_assert_cmpuint (number, <, 3 * N_MESSAGES);
      g_assert_false (given[number]);
      given[number] = TRUE;
    }
}

static gboolean
are_all_given (const gboolean *given)
{
  for (guint i = 2 * N_MESSAGES; i < 3 * N_MESSAGES; i++)
    if (!given[i])
      return FALSE;
  return TRUE;
}

/* ejabberd purges an archive by writing anew what stays: a page that it reads meanwhile lacks some of it. What becomes
 * visible late is given by the next run. Takes over @state. */
static void
give_rest (GVariant *state, const char *prefix, gboolean *given, const ServerWay *way)
{
  g_autoptr (GVariant) taken = state;
  g_autoptr (GVariant) unused = NULL;
  Reader reader;

  reader_make (&reader, server_new_user (READER, way), prefix, taken);
  reader_begin (&reader);
  test_spin (100);
  note_given (&reader, given);
  unused = reader_end (&reader);
}

/* The archive loses the first half of what is new while a run is between two pages. */
static void
purge_within (HsHistoryOrder order, const ServerWay *way)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("purged %s ", id);
  TestClient *writer = reader_start_writer (way);
  TestClient *phone = reader_start_phone (way);
  g_autoptr (GVariant) state = read_some (writer, prefix, way);
  gint64 begin = g_get_real_time ();
  gboolean given[3 * N_MESSAGES] = { FALSE };
  Purged self = { 0 };
  Reader *reader = &self.reader;

  write_to_reader (writer, prefix, N_MESSAGES, N_MESSAGES);
  reader_wait_for_server (writer);
  self.until = g_get_real_time ();
  let_stamps_differ ();
  write_to_reader (writer, prefix, 2 * N_MESSAGES, N_MESSAGES);
  reader_wait_for_server (writer);
  reader_make (reader, server_new_user (READER, way), prefix, state);
  reader->received = received_cb;
  hs_history_set_order (reader->history, order);
  reader_begin (reader);
  test_spin (100);
  note_given (reader, given);
  g_assert_true (has_gap (reader, begin, self.until));
  give_rest (reader_end (reader), prefix, given, way);
  g_assert_true (are_all_given (given));
  test_client_stop (phone);
  test_client_free (phone);
  test_client_stop (writer);
  test_client_free (writer);
}

static void
test_oldest_first (gconstpointer way)
{
  purge_within (HS_HISTORY_ORDER_OLDEST_FIRST, way);
}

static void
test_newest_first (gconstpointer way)
{
  purge_within (HS_HISTORY_ORDER_NEWEST_FIRST, way);
}

void
history_add_purged_server_tests (void)
{
  static const ServerTest tests[] = {
    { "away", test_away },
    { "oldest-first", test_oldest_first },
    { "newest-first", test_newest_first },
    { NULL, NULL },
  };

  server_add_tests_once ("history-purged", tests);
}
