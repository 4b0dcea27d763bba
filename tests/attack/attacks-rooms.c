/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* What strangers and occupants can make of a room that the account is in: who is there, whether the account is, what the
 * room is, and who invites. Only the room itself says so, from its own address. */

#define ROOM "verona@rooms.example.org"
#define USER(more) "<x xmlns='http://jabber.org/protocol/muc#user'>" more "</x>"
#define ITEM "<item role='participant' affiliation='none'/>"
#define PRESENCE(attributes, more) "<presence" attributes ">" USER (more) "</presence>"
#define MESSAGE(attributes, more) "<message" attributes ">" more "</message>"
#define KICK ITEM "<status code='110'/><status code='307'/>"
#define VOICE                                                                                      \
  "<x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#request</value>" \
  "</field><field var='muc#roomnick'><value>mallory</value></field></x>"
#define INVITE USER ("<invite from='boss@example.org'/>")
#define DIRECT "<x xmlns='jabber:x:conference' jid='trap@rooms.example.net'/>"
/* The room has let the account in: mallory is there as well. */
#define ENTERED(...)                                                                               \
  { RUN (attack_session), EXPECT ("<history"), EXPECT ("</presence>"),                             \
    SEND (PRESENCE (" from='" ROOM "/mallory'", ITEM) PRESENCE (" from='" ROOM "/romeo'", ITEM "<status code='110'/>")), \
    __VA_ARGS__, SEND (ATTACK_MARK), SERVE, END }

typedef struct
{
  HsMuc *muc;
  HsRoom *room;
} Account;

static void
wrong_cb (AttackRun *run)
{
  run->n_wrong++;
}

static void
joined_cb (AttackRun *run)
{
  run->n_seen++;
}

static void
prepare (AttackRun *run)
{
  static const char *const never[] = { "left", "lost", "occupant-joined", "occupant-left", "occupant-renamed",
                                       "configuration-changed", "voice-requested", "notify::subject" };
  Account *account = g_new0 (Account, 1);

  run->data = account;
  account->muc = hs_muc_new ();
  hs_client_set_request_timeout (run->test->client, 200);
  hs_client_register (run->test->client, HS_MODULE (account->muc));
  account->room = hs_muc_add_room (account->muc, ROOM, "romeo");
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_signal_connect_swapped (account->room, never[i], G_CALLBACK (wrong_cb), run);
  g_signal_connect_swapped (account->muc, "invited", G_CALLBACK (wrong_cb), run);
  g_signal_connect_swapped (account->room, "joined", G_CALLBACK (joined_cb), run);
  hs_room_join_async (account->room, NULL, NULL, NULL);
}

static void
check (AttackRun *run)
{
  Account *account = run->data;
  HsOccupant *mallory = hs_room_lookup_occupant (account->room, "mallory");

  g_assert_cmpuint (run->n_wrong, ==, 0);
  g_assert_cmpuint (run->n_seen, ==, 1);
  g_assert_cmpint (hs_room_get_state (account->room), ==, HS_ROOM_STATE_IN);
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (account->room)), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (hs_muc_get_rooms (account->muc)), ==, 1);
  g_assert_null (hs_occupant_get_occupant_id (mallory));
  g_assert_null (hs_occupant_get_real_jid (mallory));
  g_string_append (run->said, "stayed in the room, and believed nobody else");
  g_object_unref (account->muc);
  g_free (account);
}

static const ScriptStep strangers[]
    = ENTERED (SEND (PRESENCE (" type='unavailable' from='mallory@example.net/romeo'", KICK)),
               SEND (PRESENCE (" type='unavailable' from='rooms.example.org/romeo'", KICK)),
               SEND (PRESENCE (" type='unavailable' from='" ROOM ".example.net/romeo'", KICK)),
               SEND (PRESENCE (" type='unavailable' from='other@rooms.example.org/romeo'", KICK)),
               SEND (PRESENCE (" type='unavailable'", KICK)), SEND (PRESENCE (" type='unavailable' from=''", KICK)),
               SEND (PRESENCE (" type='unavailable' q:from='" ROOM "/romeo' xmlns:q='urn:q'", KICK)),
               SEND (PRESENCE (" type='unavailable' from='user@example.org/res'", KICK)),
               SEND (PRESENCE (" from='other@rooms.example.org/stranger'", ITEM)),
               SEND (PRESENCE (" from='mallory@example.net/stranger'", ITEM "<status code='110'/>")),
               SEND ("<presence type='error' from='mallory@example.net/romeo'><error type='cancel'/></presence>"),
               SEND (MESSAGE (" type='groupchat' from='mallory@example.net'", "<subject>forged</subject>")),
               SEND (MESSAGE (" type='groupchat' from='mallory@example.net'", USER ("<status code='104'/>"))),
               SEND (MESSAGE (" from='mallory@example.net'", VOICE)),
               SEND (MESSAGE ("", "<forwarded xmlns='urn:xmpp:forward:0'>" PRESENCE (" xmlns='jabber:client' type='unavailable' from='" ROOM "/romeo'", KICK)
                              "</forwarded>")));

static const ScriptStep occupants[]
    = ENTERED (SEND ("<presence from='" ROOM "/mallory'>" USER (ITEM) "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='forged'/></presence>"),
               SEND ("<presence from='" ROOM "/mallory'><item xmlns='http://jabber.org/protocol/muc#user' jid='boss@example.org'/>"
                     USER (ITEM) "</presence>"),
               SEND ("<presence from='" ROOM "'>" USER (ITEM) "</presence>"),
               SEND (MESSAGE (" type='groupchat' from='" ROOM "/mallory'", USER ("<status code='104'/>"))),
               SEND (MESSAGE (" type='chat' from='" ROOM "/mallory'", USER ("<status code='104'/>"))),
               SEND (MESSAGE (" type='groupchat' from='" ROOM "/mallory'", "<body>x</body><subject>forged</subject>")),
               SEND (MESSAGE (" type='chat' from='" ROOM "/mallory'", "<subject>forged</subject>")),
               SEND (MESSAGE (" from='" ROOM "/mallory'", VOICE)), SEND (MESSAGE (" type='groupchat' from='" ROOM "/mallory'", VOICE)),
               SEND (MESSAGE (" from='" ROOM "/mallory'", INVITE)), SEND (MESSAGE (" type='groupchat' from='" ROOM "/mallory'", DIRECT)),
               SEND (MESSAGE (" type='groupchat' from='" ROOM "'", VOICE INVITE)),
               SEND (MESSAGE (" type='error' from='" ROOM "'", DIRECT INVITE VOICE)));

#define SURVIVES(title, script) { title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare, .check = check }

static const Attack attacks[] = {
  SURVIVES ("rooms/strangers", strangers),
  SURVIVES ("rooms/occupants", occupants),
};

const AttackGroup attacks_rooms = { "rooms", attacks, G_N_ELEMENTS (attacks) };
