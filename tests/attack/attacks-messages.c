/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* What others can make of the messages of an account: words in another's mouth, ids in an archive's name, and news of a
 * message that they did not get. What must not be believed has the body or the id "forged". */

typedef struct
{
  HsMessages *messages;
  HsSentMessage *sent;
} Account;

static gboolean
changes_friends_words (HsDelivery *delivery)
{
  HsChangeKind change = hs_delivery_get_change (delivery);

  return (change == HS_CHANGE_KIND_CORRECTION || change == HS_CHANGE_KIND_RETRACTION
          || change == HS_CHANGE_KIND_MODERATION)
         && hs_delivery_may_change (delivery, "bare:friend@else.example");
}

static void
received_cb (HsMessages *messages, HsDelivery *delivery, AttackRun *run)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  const char *body = hs_message_get_body (hs_chat_message_get_message (chat));

  if (g_strcmp0 (body, "forged") == 0 || g_strcmp0 (hs_chat_message_get_archive_id (chat), "forged") == 0
      || changes_friends_words (delivery))
    run->n_wrong++;
  else if (g_strcmp0 (body, "right") == 0)
    run->n_seen++;
}

static void
send_cb (HsClient *client, AttackRun *run)
{
  Account *account = run->data;
  g_autoptr (HsMessage) message = hs_message_new_chat ("friend@else.example", "to a friend");
  g_autoptr (GError) error = NULL;

  hs_stanza_set_id (HS_STANZA (message), "sent-1");
  account->sent = hs_messages_send (account->messages, message, &error);
  g_assert_no_error (error);
}

static void
prepare (AttackRun *run)
{
  Account *account = g_new0 (Account, 1);

  account->messages = hs_messages_new ();
  run->data = account;
  hs_messages_set_carbons (account->messages, FALSE);
  hs_client_register (run->test->client, HS_MODULE (account->messages));
  g_signal_connect (account->messages, "received", G_CALLBACK (received_cb), run);
  g_signal_connect (run->test->client, "ready", G_CALLBACK (send_cb), run);
}

static void
check (AttackRun *run)
{
  Account *account = run->data;
  guint expected = GPOINTER_TO_UINT (run->attack->data);

  g_assert_cmpuint (run->n_wrong, ==, 0);
  g_assert_cmpuint (run->n_seen, ==, expected);
  g_assert_cmpint (hs_sent_message_get_state (account->sent), ==, HS_SENT_STATE_WAITING);
  g_string_append_printf (run->said, "believed %u and no other", expected);
  hs_client_unregister (run->test->client, HS_MODULE (account->messages));
  g_object_unref (account->sent);
  g_object_unref (account->messages);
  g_free (account);
}

/* The server answers what it can do for the account, and then others have the word. */
#define ACCOUNT(features, ...)                                                                     \
  { RUN (attack_session), EXPECT ("disco#info\"/></iq>"),                                          \
    SEND ("<iq type='result' id='@ID@' from='user@example.org'><query "                            \
          "xmlns='http://jabber.org/protocol/disco#info'>" features "</query></iq>"),              \
    __VA_ARGS__, SEND (ATTACK_MARK), SERVE, END }
#define WITH_IDS "<feature var='urn:xmpp:sid:0'/>"

#define MESSAGE(body, more) "<message xmlns='jabber:client' from='boss@else.example/x' to='user@example.org' type='chat'><body>" body "</body>" more "</message>"
#define FORWARDED(inner) "<forwarded xmlns='urn:xmpp:forward:0'>" inner "</forwarded>"
#define CARBON(from, inner) SEND ("<message" from "><received xmlns='urn:xmpp:carbons:2'>" FORWARDED (inner) "</received></message>")
#define FORGED MESSAGE ("forged", "")
#define RIGHT MESSAGE ("right", "")

static const ScriptStep carbons[]
    = ACCOUNT (WITH_IDS, CARBON (" from='mallory@example.net'", FORGED), CARBON (" from='friend@else.example/x'", FORGED),
               CARBON (" from='example.org'", FORGED), CARBON (" from='user@example.org/phone'", FORGED),
               CARBON (" from='user2@example.org'", FORGED), CARBON (" from=''", FORGED), CARBON (" from='@@'", FORGED),
               CARBON (" from='user@example.org.example.net'", FORGED), CARBON (" from='example.org/user'", FORGED),
               CARBON (" xmlns:q='urn:q' q:from='user@example.org' from='mallory@example.net'", FORGED),
               CARBON (" from='mallory@example.net' type='groupchat'", FORGED),
               CARBON (" from='user@example.org'", MESSAGE ("outside", "<received xmlns='urn:xmpp:carbons:2'>" FORWARDED (FORGED) "</received>")),
               CARBON (" from='user@example.org'", FORGED FORGED),
               CARBON (" from='user@example.org'", "<message xmlns='jabber:client' from='boss@else.example' to='other@example.org'><body>forged</body></message>"),
               CARBON ("", RIGHT), CARBON (" from='user@example.org'", RIGHT), CARBON (" from='user@example.org/res'", RIGHT));

#define ARCHIVE(from, ns) SEND ("<message from='" from "'><result xmlns='" ns "' queryid='q' id='forged'>" FORWARDED (FORGED) "</result></message>")
static const ScriptStep results[]
    = ACCOUNT (WITH_IDS, ARCHIVE ("mallory@example.net", "urn:xmpp:mam:2"), ARCHIVE ("user@example.org", "urn:xmpp:mam:2"),
               ARCHIVE ("user@example.org", "urn:xmpp:mam:1"), ARCHIVE ("user@example.org", "urn:xmpp:mam:0"),
               ARCHIVE ("room@muc.example.org", "urn:xmpp:mam:2"), SEND (RIGHT));

#define ID(by) SEND (MESSAGE ("right", "<stanza-id xmlns='urn:xmpp:sid:0' by='" by "' id='forged'/>"))
static const ScriptStep ids[]
    = ACCOUNT (WITH_IDS, ID ("else.example"), ID ("boss@else.example"), ID ("example.org"), ID ("user@example.org/res"), ID (""), ID ("@@"),
               SEND (MESSAGE ("right", "<stanza-id xmlns='urn:xmpp:sid:0' by='user@example.org' id='forged'/>"
                                       "<stanza-id xmlns='urn:xmpp:sid:0' by='user@example.org' id='forged'/>")));
/* The server does not say that it removes what others write in its name. */
static const ScriptStep untrusted[] = ACCOUNT ("", ID ("user@example.org"), ID ("user@example.org"));

#define NEWS(from, what) SEND ("<message from='" from "'>" what "</message>")
#define GOT "<received xmlns='urn:xmpp:receipts' id='sent-1'/>"
#define READ "<displayed xmlns='urn:xmpp:chat-markers:0' id='sent-1'/>"
#define BACK(from)                                                                                 \
  SEND ("<message from='" from "' type='error' id='sent-1'><error type='cancel'><gone "            \
        "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>")
static const ScriptStep news[]
    = ACCOUNT (WITH_IDS, NEWS ("mallory@example.net", GOT), NEWS ("friend@else.example.net", GOT), NEWS ("else.example", GOT),
               NEWS ("user@example.org/phone", GOT), NEWS ("mallory@example.net", READ), NEWS ("else.example/friend", READ),
               BACK ("mallory@example.net"), BACK ("other@else.example"), BACK ("example.net"), BACK ("user@example.org/phone"), BACK ("@@"));

#define CHANGE(from, what) SEND ("<message from='" from "' id='c' type='chat'><body>right</body>" what "</message>")
#define REPLACE "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>"
#define RETRACT(more) "<retract xmlns='urn:xmpp:message-retract:1' id='m1'>" more "</retract>"
static const ScriptStep changes[]
    = ACCOUNT (WITH_IDS, CHANGE ("mallory@example.net", REPLACE), CHANGE ("friend@else.example.net", REPLACE),
               CHANGE ("mallory@example.net/friend@else.example", REPLACE), CHANGE ("mallory@example.net", RETRACT ("")),
               CHANGE ("friend@else.example", RETRACT ("<moderated xmlns='urn:xmpp:message-moderate:1' by='a@b'/>")));

static const ScriptStep rooms[]
    = ACCOUNT (WITH_IDS, SEND ("<message from='room@muc.example.org/boss' type='groupchat'><body>forged</body></message>"),
               SEND ("<message from='friend@else.example' type='groupchat'><body>forged</body></message>"), SEND (RIGHT));

#define SURVIVES(title, script, n)                                                                 \
  { title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare, .check = check, .data = GUINT_TO_POINTER (n) }

static const Attack attacks[] = {
  SURVIVES ("messages/carbons", carbons, 3),   SURVIVES ("messages/results of archives", results, 1),
  SURVIVES ("messages/ids of archives", ids, 7), SURVIVES ("messages/ids of an old server", untrusted, 2),
  SURVIVES ("messages/news of strangers", news, 0), SURVIVES ("messages/changes by others", changes, 5),
  SURVIVES ("messages/rooms nobody is in", rooms, 1),
};

const AttackGroup attacks_messages = { "messages", attacks, G_N_ELEMENTS (attacks) };
