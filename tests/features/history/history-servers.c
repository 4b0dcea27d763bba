/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-servers.h"

#include <string.h>

#include "server-test.h"

/* Somebody who is away, cut off and back again on a real server, while somebody else writes: each message once. */

#define READER 4
#define WRITER 5
#define N_MESSAGES 20
#define N_CUTS 4
#define PAGE_SIZE 7

typedef struct
{
  TestClient *test;
  HsMessages *messages;
  HsHistory *history;
  const char *prefix;
  GPtrArray *bodies; /* of messages with the prefix, in the order received */
  GAsyncResult *result;
} Reader;

static void
received_cb (HsMessages *messages, HsDelivery *delivery, Reader *self)
{
  const char *body = hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)));

  g_assert_nonnull (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)));
  if (body != NULL && g_str_has_prefix (body, self->prefix))
    g_ptr_array_add (self->bodies, g_strdup (body + strlen (self->prefix)));
  hs_history_confirm (self->history, delivery);
}

static void
result_cb (GObject *source, GAsyncResult *result, gpointer reader)
{
  ((Reader *) reader)->result = g_object_ref (result);
}

static void
make (Reader *self, TestClient *test, const char *prefix, GVariant *state)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  GError *error = NULL;

  *self = (Reader){ test, hs_messages_new (), hs_history_new (), prefix, g_ptr_array_new_with_free_func (g_free), NULL };
  hs_client_set_own_presence (test->client, presence);
  hs_history_set_page_size (self->history, PAGE_SIZE);
  g_signal_connect (self->messages, "received", G_CALLBACK (received_cb), self);
  if (state != NULL)
    hs_stateful_restore_state (HS_STATEFUL (self->history), state, &error);
  g_assert_no_error (error);
  hs_client_register (test->client, HS_MODULE (self->messages));
  hs_client_register (test->client, HS_MODULE (self->history));
}

static void
begin (Reader *self)
{
  test_client_start_until_ready (self->test);
  test_until (hs_history_is_current (self->history, NULL));
}

/* The state of what was received; the reader is gone. */
static GVariant *
end (Reader *self)
{
  GVariant *state = hs_stateful_dup_state (HS_STATEFUL (self->history));

  test_client_stop (self->test);
  test_client_free (self->test);
  g_ptr_array_unref (self->bodies);
  g_assert_finalize_object (self->history);
  g_assert_finalize_object (self->messages);
  return state;
}

static char *
make_body (const char *prefix, guint number)
{
  return g_strdup_printf ("%s%03u", prefix, number);
}

/* With the numbers from @first on. */
static void
write_some (TestClient *writer, const char *to, const char *prefix, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *body = make_body (prefix, i);
      g_autoptr (HsMessage) message = hs_message_new_chat (to, body);

      g_assert_true (hs_client_send_stanza (writer->client, HS_ELEMENT (message), NULL));
    }
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer answered)
{
  *(gboolean *) answered = TRUE;
}

/* A server works on what comes over one connection in its order. */
static void
wait_for_server (TestClient *writer)
{
  g_autoptr (HsPing) ping = hs_ping_new ();
  gboolean is_answered = FALSE;

  hs_client_register (writer->client, HS_MODULE (ping));
  hs_ping_send_async (ping, hs_jid_get_domain (hs_client_get_bound_jid (writer->client)), NULL, answered_cb, &is_answered);
  test_until (is_answered);
  hs_client_unregister (writer->client, HS_MODULE (ping));
}

/* All numbers from @first on, in order, and nothing else. */
static void
expect (Reader *self, guint first, guint n)
{
  test_until (self->bodies->len >= n);
  test_spin (100);
  g_assert_cmpuint (self->bodies->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%03u", first + i);

      g_assert_cmpstr (self->bodies->pdata[i], ==, number);
    }
}

static int
compare_bodies (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* Likewise, in any order. */
static void
expect_each (Reader *self, guint first, guint n)
{
  test_until (self->bodies->len >= n);
  g_ptr_array_sort (self->bodies, compare_bodies);
  expect (self, first, n);
}

static TestClient *
start_writer (guint number, const ServerWay *way)
{
  TestClient *writer = server_new_user (number, way);

  test_client_start_until_ready (writer);
  return writer;
}

/* What the account's other device sends while this one is away is received too. */
static void
write_from_phone (const char *to, const char *prefix, guint number, const ServerWay *way)
{
  g_autofree char *variable = g_strdup_printf ("USER%u", READER);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", READER);
  g_autofree char *jid = g_strconcat (server_get (variable), "/phone", NULL);
  TestClient *phone = server_new_client (jid, server_get (password), way);

  test_client_start_until_ready (phone);
  write_some (phone, to, prefix, number, 1);
  test_client_stop (phone);
  test_client_free (phone);
}

/* Newest first with a limit: the rest is a gap, and the gap is filled. */
static void
read_newest (GVariant *state, const char *prefix, guint n, const ServerWay *way)
{
  g_autoptr (GVariant) unused = NULL;
  g_autoptr (HsGap) gap = NULL;
  g_autoptr (GError) error = NULL;
  Reader reader;
  GListModel *gaps;

  make (&reader, server_new_user (READER, way), prefix, state);
  hs_history_set_order (reader.history, HS_HISTORY_ORDER_NEWEST_FIRST);
  hs_history_set_limit (reader.history, PAGE_SIZE);
  begin (&reader);
  g_assert_cmpuint (reader.bodies->len, ==, PAGE_SIZE);
  gaps = hs_history_get_gaps (reader.history);
  gap = g_list_model_get_item (gaps, g_list_model_get_n_items (gaps) - 1);
  g_assert_cmpint (hs_gap_get_reason (gap), ==, HS_GAP_REASON_LIMIT);
  hs_history_fill_async (reader.history, gap, 0, NULL, result_cb, &reader);
  test_until (reader.result != NULL);
  g_assert_true (hs_history_fill_finish (reader.history, reader.result, &error));
  g_assert_no_error (error);
  g_assert_false (hs_gap_get_is_open (gap));
  expect_each (&reader, N_MESSAGES, n);
  g_clear_object (&reader.result);
  unused = end (&reader);
}

static void
test_away (gconstpointer way)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("away %s ", id);
  g_autofree char *to = g_strdup_printf ("USER%u", READER);
  g_autofree char *from = g_strdup_printf ("USER%u", WRITER);
  TestClient *writer = start_writer (WRITER, way);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) unused = NULL;
  g_autoptr (HsSentMessage) own = NULL;
  Reader reader;
  guint n_gaps;

  make (&reader, server_new_user (READER, way), prefix, NULL);
  begin (&reader);
  n_gaps = g_list_model_get_n_items (hs_history_get_gaps (reader.history));
  write_some (writer, server_get (to), prefix, 0, N_MESSAGES);
  expect (&reader, 0, N_MESSAGES);
  /* What this device sends is not received. */
  own = hs_messages_send_text (reader.messages, server_get (from), prefix, NULL);
  test_until (hs_sent_message_get_state (own) == HS_SENT_STATE_ON_SERVER);
  state = end (&reader);

  write_some (writer, server_get (to), prefix, N_MESSAGES, N_MESSAGES);
  wait_for_server (writer);
  write_from_phone (server_get (from), prefix, 2 * N_MESSAGES, way);
  make (&reader, server_new_user (READER, way), prefix, state);
  begin (&reader);
  expect (&reader, N_MESSAGES, N_MESSAGES + 1);
  g_assert_cmpuint (g_list_model_get_n_items (hs_history_get_gaps (reader.history)), ==, n_gaps);
  unused = end (&reader);

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
  TestClient *writer = start_writer (WRITER, way);
  TestClient *test = server_new_user (READER, way);
  Relay *relay = server_new_relay (way->port);
  g_autoptr (GVariant) unused = NULL;
  Reader reader;
  guint n = 0;

  g_object_set (test->client, "host", "127.0.0.1", "port", (guint) relay_get_port (relay), "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  make (&reader, test, prefix, NULL);
  begin (&reader);
  for (guint i = 0; i < N_CUTS; i++)
    {
      write_some (writer, server_get (to), prefix, n, N_MESSAGES);
      n += N_MESSAGES;
      test_spin (i * 5);
      relay_cut (relay, RELAY_END_ORDERLY);
      write_some (writer, server_get (to), prefix, n, N_MESSAGES);
      n += N_MESSAGES;
      test_until (hs_client_get_state (test->client) == HS_CLIENT_STATE_READY);
    }
  expect_each (&reader, 0, n);
  unused = end (&reader);
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
