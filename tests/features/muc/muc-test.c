/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "muc-test.h"

#include <string.h>

const ScriptStep muc_session[] = { RUN (script_sign_in), SERVE, END };

/* ---- What the program is told ---- */

static void
state_cb (MucTest *self)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_ROOM_STATE);

  g_string_append_printf (self->record, "state:%s ", g_enum_get_value (klass, hs_room_get_state (self->room))->value_nick);
}

static void
joined_cb (MucTest *self)
{
  g_string_append (self->record, "joined ");
}

static void
created_cb (MucTest *self)
{
  g_string_append (self->record, "created ");
}

static void
lost_cb (MucTest *self, GError *error)
{
  g_assert_nonnull (error);
  g_string_append (self->record, "lost ");
}

static void
left_cb (MucTest *self, HsLeave *leave)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_LEAVE_KIND);
  HsJid *alternative = hs_leave_get_alternative (leave);

  g_string_append_printf (self->record, "left:%s(%s,%s,%s) ", g_enum_get_value (klass, hs_leave_get_kind (leave))->value_nick,
                          hs_leave_get_actor (leave) != NULL ? hs_leave_get_actor (leave) : "",
                          hs_leave_get_reason (leave) != NULL ? hs_leave_get_reason (leave) : "",
                          alternative != NULL ? hs_jid_to_string (alternative) : "");
}

static void
entered_cb (MucTest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "+%s ", hs_occupant_get_nick (occupant));
}

static void
gone_cb (MucTest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "-%s ", hs_occupant_get_nick (occupant));
}

static void
renamed_cb (MucTest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "~%s ", hs_occupant_get_nick (occupant));
}

static void
voice_cb (MucTest *self, HsOccupant *occupant)
{
  g_string_append_printf (self->record, "voice:%s ", hs_occupant_get_nick (occupant));
}

static void
config_cb (MucTest *self, char **codes)
{
  g_autofree char *text = g_strjoinv (",", codes);

  g_string_append_printf (self->record, "config:%s ", text);
}

static void
items_changed_cb (MucTest *self)
{
  self->n_changes++;
  g_string_append (self->record, "list ");
}

static void
add_body (MucTest *self, const char *what, HsDelivery *delivery)
{
  const char *body = hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)));

  g_string_append_printf (self->record, "%s:%s ", what, body != NULL ? body : "");
}

static void
message_cb (MucTest *self, HsDelivery *delivery)
{
  add_body (self, "message", delivery);
}

static void
delivery_cb (MucTest *self, HsDelivery *delivery)
{
  add_body (self, "delivery", delivery);
}

static void
room_message_cb (MucTest *self, HsRoom *room, HsDelivery *delivery)
{
  g_assert_true (room == self->room);
  add_body (self, "room-message", delivery);
}

static void
invited_cb (MucTest *self, HsInvite *invite)
{
  g_string_append_printf (self->record, "invited:%s ", hs_jid_to_string (hs_invite_get_room (invite)));
}

static void
listen (MucTest *self)
{
  static const struct
  {
    const char *name;
    GCallback callback;
  } signals[] = {
    { "notify::state", G_CALLBACK (state_cb) },   { "joined", G_CALLBACK (joined_cb) },
    { "created", G_CALLBACK (created_cb) },       { "lost", G_CALLBACK (lost_cb) },
    { "left", G_CALLBACK (left_cb) },             { "occupant-joined", G_CALLBACK (entered_cb) },
    { "occupant-left", G_CALLBACK (gone_cb) },    { "occupant-renamed", G_CALLBACK (renamed_cb) },
    { "voice-requested", G_CALLBACK (voice_cb) }, { "configuration-changed", G_CALLBACK (config_cb) },
    { "message", G_CALLBACK (message_cb) },       { "delivery", G_CALLBACK (delivery_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (self->room, signals[i].name, signals[i].callback, self);
  g_signal_connect_swapped (hs_room_get_occupants (self->room), "items-changed", G_CALLBACK (items_changed_cb), self);
  g_signal_connect_swapped (self->muc, "room-message", G_CALLBACK (room_message_cb), self);
  g_signal_connect_swapped (self->muc, "invited", G_CALLBACK (invited_cb), self);
}

/* ---- The session ---- */

/* The last request to an address with such a payload. */
static char *
find_request (MucTest *self, const char *to, const char *namespace_)
{
  g_autofree char *sent = scripted_server_dup_received (self->test->server);
  g_autofree char *address = g_strdup_printf (" to=\"%s", to);
  g_auto (GStrv) stanzas = g_strsplit (sent, "<iq ", -1);
  char *found = NULL;

  for (guint i = stanzas[0] != NULL ? 1 : 0; stanzas[i] != NULL; i++)
    {
      char *end = strstr (stanzas[i], "</iq>");

      if (end == NULL)
        continue;
      end[strlen ("</iq>")] = '\0';
      if (strstr (stanzas[i], address) == NULL || strstr (stanzas[i], namespace_) == NULL)
        continue;
      g_free (found);
      found = g_strconcat ("<iq ", stanzas[i], NULL);
    }
  return found;
}

static char *
answer (MucTest *self, const char *to, const char *namespace_, const char *type, const char *inner)
{
  char *request = NULL;
  g_autoptr (HsElement) iq = NULL;
  g_autofree char *text = NULL;

  test_until ((request = find_request (self, to, namespace_)) != NULL);
  iq = hs_element_new_from_string (request, NULL);
  g_assert_nonnull (iq);
  text = g_strdup_printf ("<iq type='%s' from='%s' id='%s'>%s</iq>", type, hs_element_get_attribute (iq, "to"),
                          hs_element_get_attribute (iq, "id"), inner);
  scripted_server_forget_received (self->test->server);
  test_client_say (self->test, text);
  return request;
}

void
muc_test_answer_account (MucTest *self)
{
  g_free (answer (self, "user@example.org\"", "disco#info", "result",
                  "<query xmlns='http://jabber.org/protocol/disco#info'>" FEATURE ("urn:xmpp:sid:0") "</query>"));
}

void
muc_test_prepare (MucTest *self, const ScriptStep *const *scripts)
{
  static const ScriptStep *const usual[] = { muc_session, NULL };

  self->test = test_client_new (scripts != NULL ? scripts : usual, HS_TLS_MODE_NONE);
  self->muc = hs_muc_new ();
  self->record = g_string_new (NULL);
  self->n_changes = 0;
  hs_client_register (self->test->client, HS_MODULE (self->muc));
  self->room = g_object_ref (hs_muc_add_room (self->muc, ROOM, "romeo"));
  listen (self);
}

void
muc_test_start (MucTest *self, const ScriptStep *const *scripts)
{
  muc_test_prepare (self, scripts);
  test_client_start_until_ready (self->test);
  muc_test_answer_account (self);
}

void
muc_test_end (MucTest *self)
{
  if (self->test->n_terminated == 0)
    test_client_stop (self->test);
  test_client_free (self->test);
  g_signal_handlers_disconnect_by_data (self->muc, self);
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_signal_handlers_disconnect_by_data (hs_room_get_occupants (self->room), self);
  g_assert_finalize_object (self->muc);
  g_assert_finalize_object (self->room);
  g_string_free (self->record, TRUE);
}

/* ---- The room ---- */

char *
muc_test_await (MucTest *self, const char *namespace_)
{
  char *request = NULL;

  test_until ((request = find_request (self, ROOM, namespace_)) != NULL);
  return request;
}

char *
muc_test_answer (MucTest *self, const char *namespace_, const char *type, const char *inner)
{
  return answer (self, ROOM, namespace_, type, inner);
}

void
muc_test_describe (MucTest *self, const char *features)
{
  g_autofree char *inner = g_strconcat ("<query xmlns='http://jabber.org/protocol/disco#info'>"
                                        "<identity category='conference' type='text' name='Verona'/>"
                                        FEATURE ("http://jabber.org/protocol/muc"), features, "</query>", NULL);

  g_free (muc_test_answer (self, "disco#info", "result", inner));
}

static char *
await_entry (MucTest *self)
{
  g_autofree char *sent = NULL;
  g_autoptr (HsElement) presence = NULL;
  char *start, *end;

  test_client_await_sent (self->test, "http://jabber.org/protocol/muc\"");
  sent = test_client_dup_sent (self->test);
  start = g_strrstr (sent, "<presence ");
  end = strstr (start, "</presence>");
  end[strlen ("</presence>")] = '\0';
  presence = hs_element_new_from_string (start, NULL);
  g_assert_nonnull (presence);
  return g_strdup (hs_element_get_attribute (presence, "id"));
}

char *
muc_test_ask_entry (MucTest *self, const char *features)
{
  if (hs_room_get_state (self->room) != HS_ROOM_STATE_JOINING)
    hs_room_join_async (self->room, NULL, NULL, NULL);
  muc_test_describe (self, features);
  return await_entry (self);
}

void
muc_test_enter (MucTest *self, const char *features, const char *presences)
{
  g_free (muc_test_ask_entry (self, features));
  scripted_server_forget_received (self->test->server);
  muc_test_say (self, presences);
  g_assert_cmpint (hs_room_get_state (self->room), ==, HS_ROOM_STATE_IN);
  g_string_truncate (self->record, 0);
  self->n_changes = 0;
}

void
muc_test_say (MucTest *self, const char *text)
{
  test_client_say (self->test, text);
  muc_test_say_nothing (self);
}

/* The list of occupants tells once a turn. */
void
muc_test_say_nothing (MucTest *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
muc_test_assert (MucTest *self, const char *expected)
{
  g_assert_cmpstr (self->record->str, ==, expected);
  g_string_truncate (self->record, 0);
}

void
muc_test_result_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

char *
muc_test_list (MucTest *self)
{
  GListModel *occupants = hs_room_get_occupants (self->room);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (occupants); i++)
    {
      g_autoptr (HsOccupant) occupant = g_list_model_get_item (occupants, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", hs_occupant_get_nick (occupant));
    }
  return g_strdup (text->str);
}
