/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "features/muc/hs-room-private.h"
#include "muc-servers.h"

#include <string.h>

#include "server-test.h"

/* Two accounts in a room of a real server: created, refused, joined, talked in, moderated, destroyed; two clients of
 * one account under one nickname; and a room that puts the account out, ends without a word, and restarts. */

typedef struct
{
  TestClient *test;
  HsMuc *muc;
  HsRoom *room;
  GString *record; /* +NICK, -NICK, ~NICK, ?NICK for a request for voice, left:KIND, lost(status CODE), BODY of messages, invited */
  HsDelivery *last;
  HsInvite *invite;
  GAsyncResult *result;
} Guest;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer guest)
{
  ((Guest *) guest)->result = g_object_ref (result);
}

static void
message_cb (Guest *self, HsDelivery *delivery)
{
  g_set_object (&self->last, delivery);
  g_string_append_printf (self->record, "'%s' ",
                          hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery))));
}

static void
received_cb (Guest *self, HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  const char *body = hs_message_get_body (hs_chat_message_get_message (chat));

  if (hs_chat_message_get_kind (chat) == HS_CHAT_KIND_OCCUPANT)
    g_string_append_printf (self->record, "(%s) ", body);
}

static void
delivery_cb (Guest *self, HsDelivery *delivery)
{
  if (hs_delivery_get_change (delivery) == HS_CHANGE_KIND_MODERATION)
    g_string_append (self->record, "moderated ");
}

static void
entered_cb (Guest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "+%s ", hs_occupant_get_nick (occupant));
}

static void
gone_cb (Guest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "-%s ", hs_occupant_get_nick (occupant));
}

static void
renamed_cb (Guest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "~%s ", hs_occupant_get_nick (occupant));
}

static void
voice_cb (Guest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "?%s ", hs_occupant_get_nick (occupant));
}

static void
created_cb (Guest *self)
{
  g_string_append (self->record, "created ");
}

static void
left_cb (Guest *self, HsLeave *leave)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_LEAVE_KIND);

  g_string_append_printf (self->record, "left:%s ", g_enum_get_value (klass, hs_leave_get_kind (leave))->value_nick);
}

static void
lost_cb (Guest *self, GError *error)
{
  const char *status = strstr (error->message, "(status ");

  g_string_append_printf (self->record, "lost%s ", status != NULL ? status : "");
}

static void
invited_cb (Guest *self, HsInvite *invite)
{
  g_set_object (&self->invite, invite);
}

/* @test: a client that has not been started. */
static void
begin_with (Guest *self, TestClient *test, const char *room, const char *nick)
{
  *self = (Guest){ test, hs_muc_new (), NULL, g_string_new (NULL), NULL, NULL, NULL };
  hs_client_register (self->test->client, HS_MODULE (self->muc));
  self->room = g_object_ref (hs_muc_add_room (self->muc, room, nick));
  g_signal_connect_swapped (self->room, "message", G_CALLBACK (message_cb), self);
  g_signal_connect_swapped (self->room, "delivery", G_CALLBACK (delivery_cb), self);
  g_signal_connect_swapped (self->room, "occupant-joined", G_CALLBACK (entered_cb), self);
  g_signal_connect_swapped (self->room, "occupant-left", G_CALLBACK (gone_cb), self);
  g_signal_connect_swapped (self->room, "occupant-renamed", G_CALLBACK (renamed_cb), self);
  g_signal_connect_swapped (self->room, "voice-requested", G_CALLBACK (voice_cb), self);
  g_signal_connect_swapped (self->room, "created", G_CALLBACK (created_cb), self);
  g_signal_connect_swapped (self->room, "left", G_CALLBACK (left_cb), self);
  g_signal_connect_swapped (self->room, "lost", G_CALLBACK (lost_cb), self);
  g_signal_connect_swapped (self->muc, "invited", G_CALLBACK (invited_cb), self);
  g_signal_connect_swapped (hs_client_find_module (self->test->client, HS_TYPE_MESSAGES), "received",
                            G_CALLBACK (received_cb), self);
}

static void
begin (Guest *self, guint user, const ServerWay *way, const char *room, const char *nick)
{
  begin_with (self, server_new_user (user, way), room, nick);
  test_client_start_until_ready (self->test);
}

static void
end (Guest *self)
{
  g_signal_handlers_disconnect_by_data (hs_client_find_module (self->test->client, HS_TYPE_MESSAGES), self);
  test_client_stop (self->test);
  test_client_free (self->test);
  g_signal_handlers_disconnect_by_data (self->muc, self);
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_clear_object (&self->last);
  g_clear_object (&self->invite);
  g_assert_finalize_object (self->muc);
  g_assert_finalize_object (self->room);
  g_string_free (self->record, TRUE);
}

static void
await (Guest *self, const char *text)
{
  gint64 deadline = test_deadline ();

  while (strstr (self->record->str, text) == NULL)
    test_iterate (deadline, text);
  g_string_truncate (self->record, 0);
}

typedef gboolean (*FinishFunc) (HsRoom *room, GAsyncResult *result, GError **error);

/* @code: -1 for success. */
static void
finish (Guest *self, FinishFunc func, int code)
{
  g_autoptr (GError) error = NULL;

  test_until (self->result != NULL);
  func (self->room, self->result, &error);
  g_clear_object (&self->result);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, HS_STANZA_ERROR, code);
}

static void
join (Guest *self, int code)
{
  hs_room_join_async (self->room, NULL, result_cb, self);
  finish (self, hs_room_join_finish, code);
}

static void
leave (Guest *self)
{
  hs_room_leave_async (self->room, NULL, NULL, result_cb, self);
  finish (self, hs_room_leave_finish, -1);
  await (self, "left:left ");
}

/* Changes a field of the room's configuration. */
static void
configure (Guest *self, const char *const *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDataForm) form = NULL;

  hs_room_query_config_async (self->room, NULL, result_cb, self);
  test_until (self->result != NULL);
  form = hs_room_query_config_finish (self->room, self->result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->result);
  for (guint i = 0; values[i] != NULL; i += 2)
    {
      /* For Prosody, a room with a password is one that has one. */
      if (hs_data_form_get_field (form, values[i]) == NULL)
        continue;
      g_assert_true (hs_data_form_set_value (form, values[i], values[i + 1], &error));
      g_assert_no_error (error);
    }
  hs_room_store_config_async (self->room, form, NULL, result_cb, self);
  finish (self, hs_room_store_config_finish, -1);
}

static char *
name_room (const ServerWay *way, const char *name)
{
  return g_strdup_printf ("%s-%u@%s", name, (guint) (way - server_ways), server_get ("ROOMS"));
}

/* ejabberd 23.01, which knows no occupant ids (XEP-0421) and lets whoever is banned into the room again. */
static gboolean
is_old_ejabberd (void)
{
  return strcmp (server_get ("SERVER"), "ejabberd") == 0 && g_ascii_strtod (server_get ("SERVER_VERSION"), NULL) < 23.10;
}

static void
talk (Guest *owner, Guest *guest)
{
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (HsSentMessage) private = NULL;
  HsOccupant *other;

  sent = hs_room_send (owner->room, "good evening", NULL);
  await (guest, "'good evening' ");
  test_until (hs_sent_message_get_state (sent) == HS_SENT_STATE_REFLECTED);
  g_assert_cmpstr (owner->record->str, ==, "");
  g_assert_nonnull (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (guest->last)));
  other = hs_room_lookup_occupant (guest->room, "owner");
  g_assert_true ((hs_occupant_get_occupant_id (other) == NULL) == is_old_ejabberd ());
  private = hs_messages_send_text (HS_MESSAGES (hs_client_find_module (guest->test->client, HS_TYPE_MESSAGES)),
                                   hs_jid_to_string (hs_occupant_get_jid (other)), "psst", NULL);
  await (owner, "(psst) ");
  hs_room_change_subject_async (owner->room, "Love", NULL, result_cb, owner);
  finish (owner, hs_room_change_subject_finish, -1);
  test_until (g_strcmp0 (hs_room_get_subject (guest->room), "Love") == 0);
  g_assert_cmpstr (hs_room_get_subject_author (guest->room), ==, "owner");
  hs_room_change_nick_async (guest->room, "friend", NULL, result_cb, guest);
  finish (guest, hs_room_change_nick_finish, -1);
  await (owner, "~friend ");
  await (guest, "~friend ");
  hs_room_change_nick_async (guest->room, "owner", NULL, result_cb, guest);
  finish (guest, hs_room_change_nick_finish, HS_STANZA_ERROR_CONFLICT);
  g_assert_cmpstr (hs_room_get_nick (guest->room), ==, "friend");
  hs_room_check_async (guest->room, NULL, result_cb, guest);
  finish (guest, hs_room_check_finish, -1);
}

static void
moderate (Guest *owner, Guest *guest)
{
  HsOccupant *friend = hs_room_lookup_occupant (owner->room, "friend");
  const char *jid = hs_jid_to_string (hs_client_get_bound_jid (guest->test->client));
  g_autoptr (GPtrArray) banned = NULL;

  if ((hs_room_get_features (owner->room) & HS_ROOM_FEATURE_MODERATION) != 0)
    {
      hs_room_moderate_async (owner->room, hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (guest->last)), "rude", NULL,
                              result_cb, owner);
      finish (owner, hs_room_moderate_finish, -1);
      await (guest, "moderated ");
    }
  g_string_truncate (owner->record, 0);
  hs_room_change_role_async (owner->room, friend, HS_ROLE_VISITOR, NULL, NULL, result_cb, owner);
  finish (owner, hs_room_change_role_finish, -1);
  test_until (hs_occupant_get_role (hs_room_get_own_occupant (guest->room)) == HS_ROLE_VISITOR);
  hs_room_request_voice_async (guest->room, NULL, result_cb, guest);
  finish (guest, hs_room_request_voice_finish, -1);
  await (owner, "?friend ");
  hs_room_kick_async (guest->room, hs_room_get_own_occupant (guest->room), NULL, NULL, result_cb, guest);
  finish (guest, hs_room_kick_finish, HS_STANZA_ERROR_NOT_ALLOWED);
  hs_room_kick_async (owner->room, friend, "late", NULL, result_cb, owner);
  finish (owner, hs_room_kick_finish, -1);
  await (owner, "-friend ");
  await (guest, "left:kicked ");
  join (guest, -1);
  await (owner, "+friend ");
  hs_room_ban_async (owner->room, jid, "duel", NULL, result_cb, owner);
  finish (owner, hs_room_ban_finish, -1);
  await (guest, "left:banned ");
  await (owner, "-friend ");
  join (guest, is_old_ejabberd () ? -1 : HS_STANZA_ERROR_FORBIDDEN);
  hs_room_query_affiliations_async (owner->room, HS_AFFILIATION_OUTCAST, NULL, result_cb, owner);
  test_until (owner->result != NULL);
  banned = hs_room_query_affiliations_finish (owner->room, owner->result, NULL);
  g_clear_object (&owner->result);
  g_assert_cmpuint (banned->len, ==, 1);
  g_assert_true (g_str_has_prefix (jid, hs_jid_to_string (hs_affiliate_get_jid (banned->pdata[0]))));
  hs_room_change_affiliation_async (owner->room, jid, HS_AFFILIATION_NONE, NULL, NULL, result_cb, owner);
  finish (owner, hs_room_change_affiliation_finish, -1);
}

static void
test_room (gconstpointer way)
{
  g_autofree char *jid = name_room (way, "verona");
  Guest owner, guest;

  begin (&owner, 1, way, jid, "owner");
  begin (&guest, 2, way, jid, "owner");
  join (&owner, -1);
  await (&owner, "created ");
  hs_room_create_instant_async (owner.room, NULL, result_cb, &owner);
  finish (&owner, hs_room_create_instant_finish, -1);
  g_assert_cmpint (hs_occupant_get_affiliation (hs_room_get_own_occupant (owner.room)), ==, HS_AFFILIATION_OWNER);
  join (&guest, HS_STANZA_ERROR_CONFLICT);
  hs_room_change_nick_async (guest.room, "guest", NULL, NULL, NULL);
  join (&guest, -1);
  await (&owner, "+guest ");
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (guest.room)), ==, 2);
  g_string_truncate (guest.record, 0);
  talk (&owner, &guest);
  moderate (&owner, &guest);
  end (&guest);
  hs_room_destroy_async (owner.room, "over", NULL, NULL, result_cb, &owner);
  finish (&owner, hs_room_destroy_finish, -1);
  await (&owner, "left:destroyed ");
  end (&owner);
}

/* Rooms with a password, and for members only: an invitation from the room makes a member. */
static void
test_closed (gconstpointer way)
{
  g_autofree char *jid = name_room (way, "mantua");
  Guest owner, guest;

  begin (&owner, 1, way, jid, "owner");
  begin (&guest, 2, way, jid, "guest");
  join (&owner, -1);
  configure (&owner, (const char *const[]){ "muc#roomconfig_passwordprotectedroom", "1", "muc#roomconfig_roomsecret", "mask", NULL });
  join (&guest, HS_STANZA_ERROR_NOT_AUTHORIZED);
  hs_room_set_password (guest.room, "mask");
  join (&guest, -1);
  g_assert_true ((hs_room_get_features (guest.room) & HS_ROOM_FEATURE_PASSWORD) != 0);
  leave (&guest);
  configure (&owner, (const char *const[]){ "muc#roomconfig_passwordprotectedroom", "0", "muc#roomconfig_roomsecret", "", "muc#roomconfig_membersonly", "1", NULL });
  test_until ((hs_room_get_features (owner.room) & HS_ROOM_FEATURE_MEMBERS_ONLY) != 0);
  join (&guest, HS_STANZA_ERROR_REGISTRATION_REQUIRED);
  g_assert_true (hs_room_invite (owner.room, hs_jid_to_string (hs_client_get_bound_jid (guest.test->client)), "dance", FALSE, NULL));
  test_until (guest.invite != NULL);
  g_assert_cmpstr (hs_jid_to_string (hs_invite_get_room (guest.invite)), ==, jid);
  g_assert_cmpstr (hs_invite_get_reason (guest.invite), ==, "dance");
  join (&guest, -1);
  g_clear_object (&guest.invite);
  g_assert_true (hs_room_invite (owner.room, hs_jid_to_string (hs_client_get_bound_jid (guest.test->client)), NULL, TRUE, NULL));
  test_until (guest.invite != NULL);
  g_assert_true (hs_invite_get_is_direct (guest.invite));
  end (&guest);
  end (&owner);
}

/* Another client of the owner's account, which asks to be let in before it has signed in. */
static void
begin_phone (Guest *self, const ServerWay *way, const char *room)
{
  g_autofree char *jid = g_strconcat (server_get ("USER1"), "/phone", NULL);

  begin_with (self, server_new_client (jid, server_get ("PASSWORD1"), way), room, "owner");
  hs_room_join_async (self->room, NULL, result_cb, self);
  test_client_start_until_ready (self->test);
  finish (self, hs_room_join_finish, -1);
}

static void
assert_both_there (Guest *self)
{
  g_assert_cmpint (hs_room_get_state (self->room), ==, HS_ROOM_STATE_IN);
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (self->room)), ==, 2);
  g_assert_nonnull (hs_room_lookup_occupant (self->room, "owner"));
}

/* Two clients of an account share a nickname (XEP-0045, 7.2.8): one that leaves takes nobody else with it. */
static void
test_shared (gconstpointer way)
{
  g_autofree char *jid = name_room (way, "padua");
  g_autoptr (HsSentMessage) sent G_GNUC_UNUSED = NULL;
  g_autoptr (HsSentMessage) answer G_GNUC_UNUSED = NULL;
  Guest desk, phone, guest;

  begin (&desk, 1, way, jid, "owner");
  begin (&guest, 2, way, jid, "guest");
  join (&desk, -1);
  hs_room_create_instant_async (desk.room, NULL, result_cb, &desk);
  finish (&desk, hs_room_create_instant_finish, -1);
  join (&guest, -1);
  await (&desk, "+guest ");
  begin_phone (&phone, way, jid);
  g_string_truncate (guest.record, 0);
  sent = hs_room_send (phone.room, "both of us", NULL);
  await (&guest, "'both of us' ");
  assert_both_there (&desk);
  assert_both_there (&guest);
  leave (&phone);
  answer = hs_room_send (guest.room, "still there?", NULL);
  await (&desk, "'still there?' ");
  g_assert_null (strstr (guest.record->str, "-owner"));
  assert_both_there (&desk);
  assert_both_there (&guest);
  hs_room_check_async (desk.room, NULL, result_cb, &desk);
  finish (&desk, hs_room_check_finish, -1);
  end (&phone);
  end (&guest);
  end (&desk);
}

/* ---- Coming back ---- */

/* All waits are shorter than usual, and the guest asks the room after each interruption. */
static const HsRoomTimes quick
    = { .silence = 1000000, .missed = 0, .renamed = 60000, .later = { 100, 200, 300 }, .settled = 60000, .wait_unit = 10 };

typedef struct
{
  Guest guest;
  Relay *relay;
  HsHistory *history;
  GString *heard; /* "BODY " of each message of the room */
} Reader;

static void
heard_cb (Reader *self, HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  const char *body = hs_message_get_body (hs_chat_message_get_message (chat));

  if (hs_chat_message_get_kind (chat) == HS_CHAT_KIND_ROOM && body != NULL)
    g_string_append_printf (self->heard, "%s ", body);
  hs_history_confirm (self->history, delivery);
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

/* The guest keeps up with the room's archive, and can be cut off. */
static void
begin_reader (Reader *self, const ServerWay *way, const char *room)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  TestClient *test = server_new_user (2, way);

  self->relay = server_new_relay (way->port);
  self->history = hs_history_new ();
  self->heard = g_string_new (NULL);
  g_object_set (test->client, "host", "127.0.0.1", "port", (guint) relay_get_port (self->relay), "auto-reconnect", TRUE, NULL);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  hs_client_set_own_presence (test->client, presence);
  begin_with (&self->guest, test, room, "guest");
  self->guest.room->times = &quick;
  g_signal_connect_swapped (hs_client_find_module (test->client, HS_TYPE_MESSAGES), "received", G_CALLBACK (heard_cb), self);
  hs_client_register (test->client, HS_MODULE (self->history));
  hs_history_add_archive (self->history, room);
  test_client_start_until_ready (test);
  join (&self->guest, -1);
  test_until (hs_history_is_current (self->history, room));
}

static void
end_reader (Reader *self)
{
  g_signal_handlers_disconnect_by_data (hs_client_find_module (self->guest.test->client, HS_TYPE_MESSAGES), self);
  end (&self->guest);
  g_assert_finalize_object (self->history);
  relay_free (self->relay);
  g_string_free (self->heard, TRUE);
}

/* The owner says something. Asserts that the reader has then heard @heard and nothing else. */
static void
say (Guest *owner, Reader *reader, const char *body, const char *heard)
{
  g_autoptr (HsSentMessage) sent = hs_room_send (owner->room, body, NULL);

  test_until (hs_sent_message_get_state (sent) == HS_SENT_STATE_REFLECTED);
  if (heard == NULL)
    return;
  test_until (reader->heard->len >= strlen (heard));
  g_assert_cmpstr (reader->heard->str, ==, heard);
}

/* What the service for rooms is to do; done when this returns. */
static void
command_rooms (const char *command)
{
  g_autofree char *path = g_build_filename (server_get ("DIR"), "rooms-command", NULL);
  g_autofree char *line = g_strconcat (command, "\n", NULL);

  g_assert_true (g_file_set_contents (path, line, -1, NULL));
  test_until (!g_file_test (path, G_FILE_TEST_EXISTS));
}

/* @lost: the reason in the signal. */
static void
await_return (Guest *self, const char *lost)
{
  await (self, lost);
  test_until (hs_room_get_state (self->room) == HS_ROOM_STATE_IN);
}

/* An error comes back for what the room has sent. Prosody says that it puts the guest out for a technical reason (status
 * 333), and the room is entered again. ejabberd gives no reason, as if the guest had left. */
static void
bounce (Guest *owner, Reader *reader)
{
  Guest *guest = &reader->guest;
  g_autoptr (HsMessage) message = hs_message_new ("error", hs_jid_to_string (hs_room_get_jid (guest->room)));
  HsElement *error = hs_element_add_child (HS_ELEMENT (message), "error", HS_NS_CLIENT);

  hs_element_set_attribute (error, "type", "cancel");
  hs_element_add_child (error, "recipient-unavailable", HS_NS_STANZAS);
  g_assert_true (hs_client_send_stanza (guest->test->client, HS_ELEMENT (message), NULL));
  await (owner, "-guest ");
  say (owner, reader, "two", NULL);
  if (strcmp (server_get ("SERVER"), "prosody") == 0)
    await_return (guest, "lost(status 333) ");
  else
    {
      await (guest, "left:left ");
      join (guest, -1);
    }
  say (owner, reader, "three", "one two three ");
}

/* All rooms end without a word while the guest is cut off. The owner asks the room at once, the guest when its session is
 * resumed. */
static void
vanish (Guest *owner, Reader *reader)
{
  Guest *guest = &reader->guest;
  g_autoptr (GError) error = NULL;

  relay_set_rate (reader->relay, 0);
  relay_cut (reader->relay, RELAY_END_ORDERLY);
  test_until (hs_client_get_state (guest->test->client) != HS_CLIENT_STATE_READY);
  command_rooms ("forget");
  g_string_truncate (owner->record, 0);
  hs_room_check_async (owner->room, NULL, result_cb, owner);
  test_until (owner->result != NULL);
  g_assert_false (hs_room_check_finish (owner->room, owner->result, &error));
  g_clear_object (&owner->result);
  g_assert_true (error->domain == HS_STANZA_ERROR);
  await_return (owner, "lost ");
  say (owner, reader, "four", NULL);
  relay_set_rate (reader->relay, RELAY_UNLIMITED);
  await_return (guest, "lost ");
  say (owner, reader, "five", "one two three four five ");
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (guest->room)), ==, 2);
}

/* Asks whether the room still has the guest, and waits until the guest is in it, if necessary after joining again. */
static void
ask_and_be_in (Guest *self)
{
  g_autoptr (GError) error = NULL;

  hs_room_check_async (self->room, NULL, result_cb, self);
  test_until (self->result != NULL);
  if (!hs_room_check_finish (self->room, self->result, &error))
    g_test_message ("%s: %s", self->record->str, error->message);
  g_clear_object (&self->result);
  test_until (hs_room_get_state (self->room) == HS_ROOM_STATE_IN);
}

/* The service restarts. ejabberd says so (status 332) if it has the time, and has forgotten all occupants; Prosody keeps
 * them, and ejabberd 23.01 does so now and then. An occupant that asks is in the room again. */
static void
restart (Guest *owner, Reader *reader)
{
  Guest *guest = &reader->guest;
  gboolean forgets = strcmp (server_get ("SERVER"), "ejabberd") == 0;
  gboolean may_keep = forgets && strcmp (server_get ("SERVERS"), "stable") == 0;

  g_string_truncate (owner->record, 0);
  g_string_truncate (guest->record, 0);
  command_rooms ("restart");
  ask_and_be_in (owner);
  ask_and_be_in (guest);
  if (!may_keep)
    {
      g_assert_cmpint (strstr (owner->record->str, "lost") != NULL, ==, forgets);
      g_assert_cmpint (strstr (guest->record->str, "lost") != NULL, ==, forgets);
    }
  hs_room_check_async (guest->room, NULL, result_cb, guest);
  finish (guest, hs_room_check_finish, -1);
  say (owner, reader, "six", "one two three four five six ");
  g_assert_null (strstr (guest->record->str, "left:"));
}

static void
test_return (gconstpointer way)
{
  g_autofree char *jid = name_room (way, "vienna");
  Guest owner;
  Reader reader;

  begin (&owner, 1, way, jid, "owner");
  owner.room->times = &quick;
  join (&owner, -1);
  configure (&owner, (const char *const[]){ "muc#roomconfig_persistentroom", "1", NULL });
  begin_reader (&reader, way, jid);
  say (&owner, &reader, "one", "one ");
  bounce (&owner, &reader);
  vanish (&owner, &reader);
  restart (&owner, &reader);
  end_reader (&reader);
  hs_room_destroy_async (owner.room, NULL, NULL, NULL, result_cb, &owner);
  finish (&owner, hs_room_destroy_finish, -1);
  end (&owner);
}

void
muc_add_server_tests (void)
{
  static const ServerTest tests[] = {
    { "room", test_room }, { "closed", test_closed }, { "shared", test_shared }, { "return", test_return }, { NULL, NULL }
  };

  server_add_tests ("muc", tests);
}
