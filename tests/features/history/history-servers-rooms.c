/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-servers.h"

#include "history-reader.h"

/* The archive of a room on a real server, for somebody who is in the room, cut off, away and back: each message once. */

#define N_MESSAGES 12
#define N_CUTS 3
#define NICK "reader"

typedef struct
{
  TestClient *test;
  HsRoom *room;
  GAsyncResult *result;
} Guest;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer guest)
{
  ((Guest *) guest)->result = g_object_ref (result);
}

/* @test: with a session, or about to have one. */
static void
join (Guest *self, TestClient *test, const char *room, const char *nick)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsMuc) muc = HS_MUC (g_object_ref (hs_client_ensure_module (test->client, HS_TYPE_MUC)));

  *self = (Guest){ .test = test, .room = g_object_ref (hs_muc_add_room (muc, room, nick)) };
  hs_room_join_async (self->room, NULL, result_cb, self);
  test_until (self->result != NULL);
  hs_room_join_finish (self->room, self->result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->result);
}

/* The first one in a room opens it to others. */
static void
open_room (Guest *self)
{
  g_autoptr (GError) error = NULL;

  hs_room_create_instant_async (self->room, NULL, result_cb, self);
  test_until (self->result != NULL);
  hs_room_create_instant_finish (self->room, self->result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->result);
}

/* @room: in which the reader is when this returns, up to date. */
static void
enter (Reader *reader, Guest *guest, TestClient *test, const char *prefix, const char *room, GVariant *state)
{
  reader_make (reader, test, prefix, state);
  hs_history_add_archive (reader->history, room);
  reader_begin (reader);
  join (guest, test, room, NICK);
  test_until (hs_history_is_current (reader->history, room));
}

static GVariant *
leave (Reader *reader, Guest *guest)
{
  g_clear_object (&guest->room);
  return reader_end (reader);
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

/* Returns: how many were written. */
static guint
cut_often (Reader *reader, Relay *relay, Guest *writer, const char *room, guint first)
{
  guint n = 0;

  for (guint i = 0; i < N_CUTS; i++)
    {
      reader_write_some (writer->test, "groupchat", room, reader->prefix, first + n, N_MESSAGES);
      n += N_MESSAGES;
      test_spin (i * 5);
      relay_cut (relay, i % RELAY_N_ENDS);
      reader_write_some (writer->test, "groupchat", room, reader->prefix, first + n, N_MESSAGES);
      n += N_MESSAGES;
      test_until (hs_client_get_state (reader->test->client) == HS_CLIENT_STATE_READY);
    }
  return n;
}

static void
test_room (gconstpointer data)
{
  const ServerWay *way = data;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *prefix = g_strdup_printf ("room %s ", id);
  g_autofree char *room = g_strconcat ("history@", server_get ("ROOMS"), NULL);
  TestClient *test = server_new_user (READER, way);
  Relay *relay = server_new_relay (way->port);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) later = NULL;
  g_autoptr (GVariant) unused = NULL;
  g_autoptr (HsSentMessage) own = NULL;
  Reader reader;
  Guest writer, guest, phone;
  guint n;

  join (&writer, reader_start_writer (way), room, "writer");
  open_room (&writer);
  g_object_set (test->client, "host", "127.0.0.1", "port", (guint) relay_get_port (relay), "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  enter (&reader, &guest, test, prefix, room, NULL);
  n = cut_often (&reader, relay, &writer, room, 0);
  reader_expect_each (&reader, 0, n);
  own = hs_room_send (guest.room, "own", NULL);
  test_until (hs_sent_message_get_state (own) == HS_SENT_STATE_REFLECTED);
  state = leave (&reader, &guest);

  /* Others go on, and so does the account's other device. */
  reader_write_some (writer.test, "groupchat", room, prefix, n, N_MESSAGES);
  join (&phone, reader_start_phone (way), room, "phone");
  reader_wait_for_server (writer.test);
  reader_write_some (phone.test, "groupchat", room, prefix, n + N_MESSAGES, 1);
  g_clear_object (&phone.room);
  test_client_stop (phone.test);
  test_client_free (phone.test);
  enter (&reader, &guest, server_new_user (READER, way), prefix, room, state);
  reader_expect_each (&reader, n, N_MESSAGES + 1);
  reader_write_some (writer.test, "groupchat", room, prefix, n + N_MESSAGES + 1, 1);
  reader_expect_each (&reader, n, N_MESSAGES + 2);
  later = leave (&reader, &guest);
  /* All was confirmed. */
  enter (&reader, &guest, server_new_user (READER, way), prefix, room, later);
  reader_expect (&reader, 0, 0);
  unused = leave (&reader, &guest);

  relay_free (relay);
  g_clear_object (&writer.room);
  test_client_stop (writer.test);
  test_client_free (writer.test);
}

void
history_add_room_server_tests (void)
{
  static const ServerTest tests[] = { { "room", test_room }, { NULL, NULL } };

  server_add_tests_once ("history-rooms", tests);
}
