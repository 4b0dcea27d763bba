/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-servers.h"

#include "history-reader.h"

/* Somebody who is away, cut off and back again on a real server, while somebody else writes: each message once. */

#define N_MESSAGES 20
#define N_CUTS 4
#define PAGE_SIZE 7

/* Newest first with a limit: the rest is a gap, and the gap is filled. */
static void
read_newest (GVariant *state, const char *prefix, guint n, const ServerWay *way)
{
  g_autoptr (GVariant) unused = NULL;
  g_autoptr (HsGap) gap = NULL;
  g_autoptr (GError) error = NULL;
  Reader reader;
  GListModel *gaps;

  reader_make (&reader, server_new_user (READER, way), prefix, state);
  hs_history_set_order (reader.history, HS_HISTORY_ORDER_NEWEST_FIRST);
  hs_history_set_limit (reader.history, PAGE_SIZE);
  reader_begin (&reader);
  g_assert_cmpuint (reader.bodies->len, ==, PAGE_SIZE);
  gaps = hs_history_get_gaps (reader.history);
  gap = g_list_model_get_item (gaps, g_list_model_get_n_items (gaps) - 1);
  g_assert_cmpint (hs_gap_get_reason (gap), ==, HS_GAP_REASON_LIMIT);
  hs_history_fill_async (reader.history, gap, 0, NULL, reader_result_cb, &reader);
  test_until (reader.result != NULL);
  g_assert_true (hs_history_fill_finish (reader.history, reader.result, &error));
  g_assert_no_error (error);
  g_assert_false (hs_gap_get_is_open (gap));
  reader_expect_each (&reader, N_MESSAGES, n);
  g_clear_object (&reader.result);
  unused = reader_end (&reader);
}

static void
test_away (gconstpointer way)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("away %s ", id);
  g_autofree char *to = g_strdup_printf ("USER%u", READER);
  g_autofree char *from = g_strdup_printf ("USER%u", WRITER);
  TestClient *writer = reader_start_writer (way);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) unused = NULL;
  g_autoptr (HsSentMessage) own = NULL;
  TestClient *phone;
  Reader reader;
  guint n_gaps;

  reader_make (&reader, server_new_user (READER, way), prefix, NULL);
  reader_begin (&reader);
  n_gaps = g_list_model_get_n_items (hs_history_get_gaps (reader.history));
  reader_write_some (writer, "chat", server_get (to), prefix, 0, N_MESSAGES);
  reader_expect (&reader, 0, N_MESSAGES);
  /* What this device sends is not received. What its account's other device sends is, later. */
  own = hs_messages_send_text (reader.messages, server_get (from), prefix, NULL);
  test_until (hs_sent_message_get_state (own) == HS_SENT_STATE_ON_SERVER);
  state = reader_end (&reader);

  reader_write_some (writer, "chat", server_get (to), prefix, N_MESSAGES, N_MESSAGES);
  reader_wait_for_server (writer);
  phone = reader_start_phone (way);
  reader_write_some (phone, "chat", server_get (from), prefix, 2 * N_MESSAGES, 1);
  test_client_stop (phone);
  test_client_free (phone);
  reader_make (&reader, server_new_user (READER, way), prefix, state);
  reader_begin (&reader);
  reader_expect (&reader, N_MESSAGES, N_MESSAGES + 1);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (reader.history)), ==, n_gaps);
  unused = reader_end (&reader);

  read_newest (state, prefix, N_MESSAGES + 1, way);
  test_client_stop (writer);
  test_client_free (writer);
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

/* The reader is cut off again and again, sometimes in the midst of a run. */
static void
test_cuts (gconstpointer user_data)
{
  const ServerWay *way = user_data;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("cuts %s ", id);
  g_autofree char *to = g_strdup_printf ("USER%u", READER);
  TestClient *writer = reader_start_writer (way);
  TestClient *test = server_new_user (READER, way);
  Relay *relay = server_new_relay (way->port);
  g_autoptr (GVariant) unused = NULL;
  Reader reader;
  guint n = 0;

  g_object_set (test->client, "host", "127.0.0.1", "port", (guint) relay_get_port (relay), "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  reader_make (&reader, test, prefix, NULL);
  reader_begin (&reader);
  for (guint i = 0; i < N_CUTS; i++)
    {
      reader_write_some (writer, "chat", server_get (to), prefix, n, N_MESSAGES);
      n += N_MESSAGES;
      test_spin (i * 5);
      relay_cut (relay, RELAY_END_ORDERLY);
      reader_write_some (writer, "chat", server_get (to), prefix, n, N_MESSAGES);
      n += N_MESSAGES;
      test_until (hs_client_get_state (test->client) == HS_CLIENT_STATE_READY);
    }
  reader_expect_each (&reader, 0, n);
  unused = reader_end (&reader);
  relay_free (relay);
  test_client_stop (writer);
  test_client_free (writer);
}

void
history_add_server_tests (void)
{
  static const ServerTest tests[] = { { "away", test_away }, { "cuts", test_cuts }, { NULL, NULL } };

  server_add_tests ("history", tests);
}
