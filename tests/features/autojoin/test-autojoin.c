/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bookmarks-test.h"

#include <string.h>

/* Rooms that are joined because their bookmarks say so. No room of this server answers before a test wants it. */

#define ROOM(number) "room" number "@rooms.example.org"
#define AUTOJOIN(number) BOOKMARK (ROOM (number), " autojoin='true'", "<nick>nick" number "</nick>")
#define OFF(number) BOOKMARK (ROOM (number), "", "")

typedef struct
{
  BookmarksTest b;
  HsMuc *muc;
  HsAutojoin *autojoin;
} AutojoinTest;

static void
set_up (AutojoinTest *f, const char *items)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, script, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  HsClient *client;

  bookmarks_make (&f->b, scripts);
  client = f->b.nodes.test->client;
  f->muc = hs_muc_new ();
  f->autojoin = hs_autojoin_new (f->b.bookmarks, f->muc);
  g_assert_true (hs_autojoin_get_bookmarks (f->autojoin) == f->b.bookmarks);
  g_assert_true (hs_autojoin_get_muc (f->autojoin) == f->muc);
  hs_client_set_own_presence (client, presence);
  /* HsAutojoin learns of each session first. */
  hs_client_register (client, HS_MODULE (f->muc));
  hs_client_register (client, HS_MODULE (f->b.bookmarks));
  hs_client_register (client, HS_MODULE (f->autojoin));
  g_assert_true (hs_autojoin_get_client (f->autojoin) == client);
  test_client_start_until_ready (f->b.nodes.test);
  bookmarks_say_features (&f->b, PEP COMPAT);
  bookmarks_answer (&f->b, "<items ", items);
  test_until (hs_bookmarks_get_is_loaded (f->b.bookmarks));
}

static void
tear_down (AutojoinTest *f)
{
  HsClient *client = f->b.nodes.test->client;

  if (hs_autojoin_get_client (f->autojoin) != NULL)
    hs_client_unregister (client, HS_MODULE (f->autojoin));
  g_assert_null (hs_autojoin_get_client (f->autojoin));
  hs_client_unregister (client, HS_MODULE (f->muc));
  test_client_say (f->b.nodes.test, "");
  g_assert_finalize_object (f->autojoin);
  g_assert_finalize_object (f->muc);
  bookmarks_tear_down (&f->b);
}

/* "NUMBER:STATE " of each room, in order. */
static void
assert_rooms (AutojoinTest *f, const char *expected)
{
  GListModel *rooms = hs_muc_get_rooms (f->muc);
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_ROOM_STATE);

  for (guint i = 0; i < g_list_model_get_n_items (rooms); i++)
    {
      g_autoptr (HsRoom) room = g_list_model_get_item (rooms, i);

      g_string_append_printf (all, "%s:%s ", hs_jid_get_local (hs_room_get_jid (room)) + strlen ("room"),
                              g_enum_get_value (klass, hs_room_get_state (room))->value_nick);
    }
  g_assert_cmpstr (all->str, ==, expected);
}

static HsRoom *
find_room (AutojoinTest *f, const char *jid)
{
  HsRoom *room = hs_muc_lookup (f->muc, jid);

  g_assert_nonnull (room);
  return room;
}

/* The room answers with a presence of the occupant with @nick. */
static void
answer_entry (AutojoinTest *f, const char *jid, const char *nick, const char *presence)
{
  g_autofree char *to = g_strdup_printf ("to=\"%s\"", jid);
  g_autofree char *occupant = g_strdup_printf ("to=\"%s/%s\"", jid, nick);
  g_autofree char *info
      = g_strdup_printf ("<iq type='error' id='@ID@' from='%s'><error type='cancel'><service-unavailable"
                         " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", jid);
  g_autofree char *reply = g_strdup_printf ("<presence from='%s/%s'%s</presence>", jid, nick, presence);
  PubSubTest *nodes = &f->b.nodes;

  pubsub_await_both (nodes, to, "http://jabber.org/protocol/disco#info");
  pubsub_say (nodes, info);
  test_client_await_sent (nodes->test, occupant);
  test_client_say (nodes->test, reply);
  test_until (hs_room_get_state (find_room (f, jid)) != HS_ROOM_STATE_JOINING);
}

static void
refuse_entry (AutojoinTest *f, const char *jid, const char *nick)
{
  answer_entry (f, jid, nick,
                " type='error'><x xmlns='http://jabber.org/protocol/muc'/>"
                "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  g_assert_cmpint (hs_room_get_state (find_room (f, jid)), ==, HS_ROOM_STATE_OUT);
}

/* Four at a time; one that lets nobody in makes room for the next, and is not tried again in this session. */
static void
test_four (void)
{
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, AUTOJOIN ("1") AUTOJOIN ("2") OFF ("3") AUTOJOIN ("4") AUTOJOIN ("5") AUTOJOIN ("6")
                        AUTOJOIN ("7")));
  assert_rooms (&f, "1:joining 2:joining 4:joining 5:joining ");
  refuse_entry (&f, ROOM ("1"), "nick1");
  assert_rooms (&f, "1:out 2:joining 4:joining 5:joining 6:joining ");
  g_assert_cmpstr (hs_room_get_nick (find_room (&f, ROOM ("6"))), ==, "nick6");
  /* What waits and is removed meanwhile is not joined. */
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", "<retract id='" ROOM ("7") "'/>" OFF ("6")));
  assert_rooms (&f, "1:out 2:joining 4:joining 5:joining 6:out ");
  tear_down (&f);
}

/* What another device turns on is joined, what it turns off is left, and what it removes is gone. */
static void
test_changes (void)
{
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, OFF ("1")));
  assert_rooms (&f, "");
  test_client_say (f.b.nodes.test,
                   BOOKMARK_EVENT ("", BOOKMARK (ROOM ("1"), " autojoin='1'", "<password>secret</password>")
                                   AUTOJOIN ("2")));
  assert_rooms (&f, "1:joining 2:joining ");
  /* The bookmark has no nickname. */
  g_assert_cmpstr (hs_room_get_nick (find_room (&f, ROOM ("1"))), ==, "user");
  g_assert_cmpstr (hs_room_get_password (find_room (&f, ROOM ("1"))), ==, "secret");
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", OFF ("1") "<retract id='" ROOM ("2") "'/>"));
  assert_rooms (&f, "1:out ");
  /* Strangers have no say. */
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT (" from='mallory@example.org'", AUTOJOIN ("3")));
  assert_rooms (&f, "1:out ");
  tear_down (&f);
}

/* A room that the program has joined is not joined again, and one that it leaves stays left. */
static void
test_program (void)
{
  HsRoom *room;
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, AUTOJOIN ("1")));
  room = find_room (&f, ROOM ("1"));
  hs_room_leave_async (room, NULL, NULL, NULL, NULL);
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", BOOKMARK (ROOM ("1"), " autojoin='true' name='n'", "")));
  assert_rooms (&f, "1:out ");
  hs_room_join_async (hs_muc_add_room (f.muc, ROOM ("2"), "own"), NULL, NULL, NULL);
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", AUTOJOIN ("2")));
  assert_rooms (&f, "1:out 2:joining ");
  g_assert_cmpstr (hs_room_get_nick (find_room (&f, ROOM ("2"))), ==, "own");
  /* Without the module, bookmarks move nobody. */
  hs_client_unregister (f.b.nodes.test->client, HS_MODULE (f.autojoin));
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", OFF ("2") AUTOJOIN ("3")));
  assert_rooms (&f, "1:out 2:joining ");
  /* Registered again, with the bookmarks there. */
  hs_client_register (f.b.nodes.test->client, HS_MODULE (f.autojoin));
  assert_rooms (&f, "1:joining 2:joining 3:joining ");
  tear_down (&f);
}

typedef struct
{
  AutojoinTest *f;
  const char *removed; /* the room that is removed; or NULL */
  gboolean is_done;    /* this module is unregistered */
} Handler;

static void
handler_cb (GListModel *rooms, guint position, guint removed, guint added, Handler *handler)
{
  g_autoptr (HsRoom) room = added > 0 ? g_list_model_get_item (rooms, position) : NULL;

  if (room == NULL)
    return;
  if (g_strcmp0 (hs_jid_to_string (hs_room_get_jid (room)), handler->removed) == 0)
    hs_muc_remove_room (handler->f->muc, room);
  if (handler->is_done)
    hs_client_unregister (handler->f->b.nodes.test->client, HS_MODULE (handler->f->autojoin));
}

/* A handler of a new room may remove it, and unregister the module. */
static void
test_handler (void)
{
  AutojoinTest f;
  Handler handler = { &f, ROOM ("1"), FALSE };

  set_up (&f, ITEMS_OF (BOOKMARKS, OFF ("9")));
  g_signal_connect (hs_muc_get_rooms (f.muc), "items-changed", G_CALLBACK (handler_cb), &handler);
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", AUTOJOIN ("1") AUTOJOIN ("2")));
  assert_rooms (&f, "2:joining ");
  handler = (Handler){ &f, NULL, TRUE };
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", AUTOJOIN ("3") AUTOJOIN ("4")));
  assert_rooms (&f, "2:out 3:out ");
  g_signal_handlers_disconnect_by_data (hs_muc_get_rooms (f.muc), &handler);
  tear_down (&f);
}

/* A room that is being joined when the module is unregistered is left; one that was joined stays. */
static void
test_unregister (void)
{
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, AUTOJOIN ("1") AUTOJOIN ("2")));
  answer_entry (&f, ROOM ("1"), "nick1",
                "><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/>"
                "<status code='110'/></x>");
  assert_rooms (&f, "1:in 2:joining ");
  hs_client_unregister (f.b.nodes.test->client, HS_MODULE (f.autojoin));
  assert_rooms (&f, "1:in 2:out ");
  /* And it is joined again when the module is back. */
  hs_client_register (f.b.nodes.test->client, HS_MODULE (f.autojoin));
  assert_rooms (&f, "1:in 2:joining ");
  tear_down (&f);
}

static void
unregistered_cb (HsAutojoin *autojoin, GParamSpec *pspec, AutojoinTest *f)
{
  g_autoptr (HsClient) client = NULL;

  g_object_get (autojoin, "client", &client, NULL);
  if (client == NULL)
    hs_client_register (f->b.nodes.test->client, HS_MODULE (autojoin));
}

/* A handler that learns of the end of a registration may begin the next one. */
static void
test_register_again (void)
{
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, AUTOJOIN ("1") AUTOJOIN ("2") AUTOJOIN ("3") AUTOJOIN ("4") AUTOJOIN ("5")));
  refuse_entry (&f, ROOM ("1"), "nick1");
  assert_rooms (&f, "1:out 2:joining 3:joining 4:joining 5:joining ");
  g_signal_connect (f.autojoin, "notify::client", G_CALLBACK (unregistered_cb), &f);
  hs_client_unregister (f.b.nodes.test->client, HS_MODULE (f.autojoin));
  g_signal_handlers_disconnect_by_func (f.autojoin, unregistered_cb, &f);
  /* The new registration tries the first room again, and keeps the others. */
  assert_rooms (&f, "1:joining 2:joining 3:joining 4:joining 5:joining ");
  refuse_entry (&f, ROOM ("1"), "nick1");
  test_client_say (f.b.nodes.test, BOOKMARK_EVENT ("", AUTOJOIN ("6")));
  assert_rooms (&f, "1:out 2:joining 3:joining 4:joining 5:joining 6:joining ");
  tear_down (&f);
}

/* The program gives the client another account, which is not to be seen in the rooms of the first one. */
static void
test_other_account (void)
{
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  AutojoinTest f;

  set_up (&f, ITEMS_OF (BOOKMARKS, AUTOJOIN ("1") OFF ("2")));
  assert_rooms (&f, "1:joining ");
  hs_client_set_connect_timeout (f.b.nodes.test->client, 500);
  test_client_stop (f.b.nodes.test);
  g_object_set (f.b.nodes.test->client, "jid", other, NULL);
  scripted_server_forget_received (f.b.nodes.test->server);
  test_client_start_until_ready (f.b.nodes.test);
  assert_rooms (&f, "");
  g_free (test_client_dup_sent (f.b.nodes.test));
  g_assert_cmpuint (scripted_server_count_received (f.b.nodes.test->server, ROOM ("1")), ==, 0);
  bookmarks_assert (&f.b, "");
  g_assert_false (hs_bookmarks_get_is_loaded (f.b.bookmarks));
  bookmarks_say_features (&f.b, PEP COMPAT);
  bookmarks_answer (&f.b, "<items ", ITEMS_OF (BOOKMARKS, AUTOJOIN ("3")));
  test_until (hs_bookmarks_get_is_loaded (f.b.bookmarks));
  assert_rooms (&f, "3:joining ");
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/autojoin/four", test_four);
  g_test_add_func ("/autojoin/changes", test_changes);
  g_test_add_func ("/autojoin/program", test_program);
  g_test_add_func ("/autojoin/handler", test_handler);
  g_test_add_func ("/autojoin/unregister", test_unregister);
  g_test_add_func ("/autojoin/register-again", test_register_again);
  g_test_add_func ("/autojoin/other-account", test_other_account);

  return g_test_run ();
}
