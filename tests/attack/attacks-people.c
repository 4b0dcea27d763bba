/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* What strangers can do to an account's contacts, and what they can learn: put themselves into the roster, have their
 * requests approved, be told when the user was there, and speak for the programs of others. */

#define FRIEND "friend@else.example"
#define ROSTER(attributes, items) "<query xmlns='jabber:iq:roster'" attributes ">" items "</query>"
/* The account sees the watched contact's presence, and not the other way round. */
#define CONTACTS                                                                                   \
  "<item jid='" FRIEND "' subscription='both'/><item jid='watched@else.example' subscription='to'/>"
#define WITH_CONTACTS(...)                                                                         \
  { RUN (attack_session), EXPECT ("jabber:iq:roster\"/></iq>"),                                    \
    SEND ("<iq type='result' id='@ID@'>" ROSTER (" ver='1'", CONTACTS) "</iq>"), __VA_ARGS__,      \
    SEND (ATTACK_MARK), SERVE, END }

static HsRoster *
get_roster (AttackRun *run)
{
  return HS_ROSTER (hs_client_find_module (run->test->client, HS_TYPE_ROSTER));
}

static void
prepare_roster (AttackRun *run)
{
  hs_client_ensure_module (run->test->client, HS_TYPE_ROSTER);
}

/* ---- Contacts ---- */

#define ADD_MALLORY ROSTER (" ver='2'", "<item jid='mallory@example.net' subscription='both'/>")
#define REMOVE_FRIEND ROSTER (" ver='2'", "<item jid='" FRIEND "' subscription='remove'/>")
#define FORGED_PUSH(from)                                                                          \
  SEND ("<iq type='set' id='p'" from ">" ADD_MALLORY "</iq><iq type='set' id='p'" from ">" REMOVE_FRIEND "</iq>"), \
      SEND ("<iq type='result' id='p'" from ">" ADD_MALLORY "</iq>")
static const ScriptStep pushes[] = WITH_CONTACTS (
    FORGED_PUSH (" from='mallory@example.net'"), FORGED_PUSH (" from='" FRIEND "'"), FORGED_PUSH (" from='example.org'"),
    FORGED_PUSH (" from='user@example.org/phone'"), FORGED_PUSH (" from='user@example.org.example.net'"),
    FORGED_PUSH (" from=''"), FORGED_PUSH (" from='@@'"),
    FORGED_PUSH (" from='mallory@example.net' q:from='user@example.org' xmlns:q='urn:q'"),
    SEND ("<message from='mallory@example.net'><iq xmlns='jabber:client' type='set' id='p'>" ADD_MALLORY "</iq></message>"),
    SEND ("<iq type='set' id='p'>" ROSTER (" ver='2'", "<item jid='mallory@example.net'/><item jid='a@b'/>") "</iq>"));

static void
check_pushes (AttackRun *run)
{
  HsRoster *roster = get_roster (run);

  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (roster)), ==, 2);
  g_assert_nonnull (hs_roster_lookup (roster, FRIEND));
  g_assert_null (hs_roster_lookup (roster, "mallory@example.net"));
  g_assert_cmpstr (hs_roster_get_version (roster), ==, "1");
  g_string_append (run->said, "kept its contacts");
}

/* ---- Requests ---- */

#define ASKS(from) SEND ("<presence type='subscribe' from='" from "'/>")
static const ScriptStep requests[] = WITH_CONTACTS (
    ASKS ("mallory@example.net"), ASKS ("user@example.org"), ASKS (""), ASKS ("@@"), ASKS ("else.example"),
    ASKS ("mallory@example.net/" FRIEND), SEND ("<presence type='subscribe'/>"), ASKS (FRIEND "/x"));

static void
prepare_requests (AttackRun *run)
{
  prepare_roster (run);
  hs_roster_set_approval (get_roster (run), HS_APPROVAL_CONTACTS);
}

static void
check_requests (AttackRun *run)
{
  g_autofree char *sent = NULL;

  test_client_await_sent (run->test, "type=\"subscribed\"");
  sent = test_client_dup_sent (run->test);
  g_assert_null (strstr (strstr (sent, "\"subscribed\"") + 1, "\"subscribed\""));
  g_assert_nonnull (strstr (sent, "<presence type=\"subscribed\" to=\"" FRIEND "\"/>"));
  g_string_append (run->said, "approved only a contact");
}

/* ---- What only contacts may know ---- */

#define QUESTIONS(from)                                                                            \
  SEND ("<iq type='get' id='t'" from "><time xmlns='urn:xmpp:time'/></iq>"),                       \
      SEND ("<iq type='get' id='l'" from "><query xmlns='jabber:iq:last'/></iq>"),                 \
      SEND ("<message type='chat' id='m'" from "><body>x</body><request xmlns='urn:xmpp:receipts'/></message>")
/* Messages wait until it is known what the server does for the account. The friend asks last, and is told. */
static const ScriptStep questions[] = WITH_CONTACTS (
    EXPECT ("to=\"user@example.org\""), EXPECT ("disco#info\"/></iq>"),
    SEND ("<iq type='result' id='@ID@' from='user@example.org'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"),
    QUESTIONS (" from='mallory@example.net/x'"), QUESTIONS (" from='watched@else.example/x'"), QUESTIONS (" from='example.org'"),
    QUESTIONS (" from='else.example'"), QUESTIONS (" from='user@example.net/x'"), QUESTIONS (" from=''"),
    QUESTIONS (" from='@@'"), QUESTIONS (" from='mallory@example.net/" FRIEND "'"),
    QUESTIONS (" from='mallory@example.net' q:from='" FRIEND "' xmlns:q='urn:q'"), QUESTIONS (" from='" FRIEND "/x'"));

static void
prepare_questions (AttackRun *run)
{
  prepare_roster (run);
  hs_client_ensure_module (run->test->client, HS_TYPE_TIME);
  hs_client_ensure_module (run->test->client, HS_TYPE_LAST_ACTIVITY);
  hs_messages_set_carbons (HS_MESSAGES (hs_client_ensure_module (run->test->client, HS_TYPE_MESSAGES)), FALSE);
}

static void
check_questions (AttackRun *run)
{
  static const char *const told[] = { "<tzo>", "seconds=", "<received" };

  /* Two questions of each of seven that have an address. */
  test_until (scripted_server_count_received (run->test->server, "service-unavailable") == 14);
  test_client_await_sent (run->test, "<received");
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    g_assert_cmpuint (scripted_server_count_received (run->test->server, told[i]), ==, 1);
  g_assert_true (scripted_server_has_received (run->test->server, "type=\"chat\" to=\"" FRIEND "\""));
  g_string_append (run->said, "told only a contact");
}

/* ---- Capabilities ---- */

/* That of the one feature "urn:right", of which others say that it is their hash. */
#define HASH "xIwQH/S3XwvGjbzF4s1rpqg/Lr4="
#define SHOWS(from) SEND ("<presence from='" from "'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='" HASH "'/></presence>")
#define LIES(from) "<iq type='result' id='@ID@' from='" from "'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:forged'/></query></iq>"
static const ScriptStep capabilities[]
    = { RUN (attack_session), SHOWS ("mallory@example.net/x"), SHOWS (FRIEND "/x"), SEND (ATTACK_MARK),
        EXPECT ("to=\"mallory@example.net/x\""), EXPECT ("</iq>"), SEND (LIES (FRIEND "/x")), SEND (LIES ("mallory@example.net/x")),
        SERVE, END };

static void
asked_cb (GObject *disco, GAsyncResult *result, gpointer run)
{
  g_autoptr (HsDiscoInfo) info = hs_disco_query_caps_finish (HS_DISCO (disco), result, NULL);

  g_assert_true (hs_disco_info_has_feature (info, "urn:forged"));
  ((AttackRun *) run)->n_seen++;
}

static void
prepare_capabilities (AttackRun *run)
{
  hs_client_ensure_module (run->test->client, HS_TYPE_DISCO);
}

static void
check_capabilities (AttackRun *run)
{
  HsDisco *disco = HS_DISCO (hs_client_find_module (run->test->client, HS_TYPE_DISCO));

  hs_disco_query_caps_async (disco, "mallory@example.net/x", NULL, asked_cb, run);
  test_until (run->n_seen == 1);
  g_assert_null (hs_disco_peek (disco, FRIEND "/x"));
  g_string_append (run->said, "believed a liar for itself only");
}

#define SURVIVES(title, script, prepare_it, check_it, ...)                                         \
  { title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare_it, .check = check_it, __VA_ARGS__ }

static const Attack attacks[] = {
  SURVIVES ("people/roster", pushes, prepare_roster, check_pushes, .data = NULL),
  SURVIVES ("people/requests", requests, prepare_requests, check_requests, .data = NULL),
  SURVIVES ("people/questions", questions, prepare_questions, check_questions, .data = NULL),
  SURVIVES ("people/capabilities", capabilities, prepare_capabilities, check_capabilities, .data = NULL),
};

const AttackGroup attacks_people = { "people", attacks, G_N_ELEMENTS (attacks) };
