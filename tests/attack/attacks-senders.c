/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* Contacts, and strangers, who say what only the account, its server or whoever was asked may say; and
 * all the forms in which those may say it. What is forged bears the element <forged/>. */

#define FORGED "<forged xmlns='urn:forged'/>"
#define RIGHT "<right xmlns='urn:right'/>"
#define CARBON(element)                                                                            \
  "<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>"                    \
  "<message xmlns='jabber:client' from='boss@example.org'><body>x</body>" element                  \
  "</message></forwarded></received>"

static HsElement *
seen_cb (HsClient *client, HsElement *element, gpointer data)
{
  AttackRun *run = data;

  if (strcmp (hs_element_get_name (element), "forged") == 0)
    run->n_wrong++;
  else
    run->n_seen++;
  return NULL;
}

static void
check_seen (AttackRun *run)
{
  guint expected = GPOINTER_TO_UINT (run->attack->data);

  g_assert_cmpuint (run->n_wrong, ==, 0);
  g_assert_cmpuint (run->n_seen, ==, expected);
  g_string_append_printf (run->said, "believed %u and no other", expected);
}

/* ---- Answers ---- */

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  AttackRun *run = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *payload = answer != NULL ? hs_iq_get_payload (answer) : NULL;

  if (payload != NULL && hs_element_matches (payload, "right", "urn:right"))
    run->n_seen++;
  else
    run->n_wrong++;
}

static void
ask (AttackRun *run, const char *to)
{
  g_autoptr (HsElement) question = hs_element_new ("question", "urn:question");
  g_autoptr (HsIq) iq = hs_iq_new ("get", to, question);

  hs_stanza_set_id (HS_STANZA (iq), "asked");
  hs_client_request_async (run->test->client, HS_ELEMENT (iq), -1, NULL, answer_cb, run);
}

static void
ask_contact_cb (HsClient *client, gpointer data)
{
  ask (data, "friend@else.example/x");
}

static void
ask_server_cb (HsClient *client, gpointer data)
{
  ask (data, NULL);
}

static void
watch (AttackRun *run)
{
  HsClient *client = run->test->client;

  hs_client_add_handler (client, "forged", NULL, HS_HANDLER_NESTED, seen_cb, run, NULL);
  hs_client_add_handler (client, "forged", NULL, HS_HANDLER_FORGET, seen_cb, run, NULL);
}

static void
prepare_contact (AttackRun *run)
{
  watch (run);
  g_signal_connect (run->test->client, "ready", G_CALLBACK (ask_contact_cb), run);
}

static void
prepare_server (AttackRun *run)
{
  watch (run);
  g_signal_connect (run->test->client, "ready", G_CALLBACK (ask_server_cb), run);
}

#define ANSWERED(...)                                                                              \
  { RUN (attack_session), EXPECT ("urn:question"), EXPECT ("</iq>"), __VA_ARGS__,                  \
    SEND (ATTACK_MARK), SERVE, END }
#define RESULT(from, what) SEND ("<iq type='result' id='asked'" from ">" what "</iq>")
#define ERROR(from, what) SEND ("<iq type='error' id='asked'" from ">" what "</iq>")

static const ScriptStep contact_answers[]
    = ANSWERED (RESULT (" from='mallory@example.net'", FORGED),
                RESULT (" from='friend@else.example'", FORGED),
                RESULT (" from='friend@else.example/y'", FORGED),
                RESULT (" from='friend@else.example/X'", FORGED),
                RESULT (" from='else.example'", FORGED), RESULT ("", FORGED),
                RESULT (" from=''", FORGED), RESULT (" from='@@'", FORGED),
                RESULT (" from='user@example.org'", FORGED),
                RESULT (" from='user@example.org/res'", FORGED),
                RESULT (" from='example.org'", FORGED),
                RESULT (" from='mallory@example.net' q:from='friend@else.example/x' xmlns:q='urn:q'",
                        FORGED),
                RESULT (" q:from='friend@else.example/x' xmlns:q='urn:q'", FORGED),
                ERROR (" from='mallory@example.net'", FORGED),
                SEND ("<iq type='result' id='Asked' from='friend@else.example/x'>" FORGED "</iq>"),
                SEND ("<iq type='result' q:id='asked' xmlns:q='urn:q' from='friend@else.example/x'>"
                      FORGED "</iq>"),
                /* Another one, in what is parsed together with the right one, and once more after it. */
                SEND ("<iq type='result' id='asked' from='Friend@ELSE.example/x'>" RIGHT "</iq>"
                      "<iq type='result' id='asked' from='friend@else.example/x'>" FORGED "</iq>"),
                RESULT (" from='friend@else.example/x'", FORGED));
static const ScriptStep server_answers[]
    = ANSWERED (RESULT (" from='mallory@example.net'", FORGED),
                RESULT (" from='user@example.org/other'", FORGED),
                RESULT (" from='user@example.net'", FORGED),
                RESULT (" from='sub.example.org'", FORGED),
                RESULT (" from='example.org/x'", FORGED), RESULT (" from=''", FORGED),
                RESULT (" from='user@example.org.example.net'", FORGED), RESULT ("", RIGHT));

/* The id in something else. */
static const ScriptStep other_stanzas[]
    = ANSWERED (SEND ("<message id='asked' from='friend@else.example/x' type='result'>" RIGHT
                      "</message>"),
                SEND ("<presence id='asked' from='friend@else.example/x' type='result'/>"),
                SEND ("<iq type='get' id='asked' from='friend@else.example/x'>" RIGHT "</iq>"),
                SEND ("<message from='friend@else.example/x'><iq xmlns='jabber:client' type='result' "
                      "id='asked' from='friend@else.example/x'>" RIGHT "</iq></message>"),
                SEND ("<iq type='RESULT' id='asked' from='friend@else.example/x'>" RIGHT "</iq>"),
                RESULT (" from='friend@else.example/x'", RIGHT));

#define ALLOWED(id, from) static const ScriptStep id[] = ANSWERED (RESULT (from, RIGHT));

ALLOWED (from_nobody, "")
ALLOWED (from_bare, " from='user@example.org'")
ALLOWED (from_full, " from='user@example.org/res'")
ALLOWED (from_domain, " from='example.org'")
ALLOWED (from_capitals, " from='USER@Example.ORG/res'")

/* ---- What only the account may say ---- */

static void
prepare_account (AttackRun *run)
{
  HsClient *client = run->test->client;

  hs_client_add_handler (client, "forged", NULL, HS_HANDLER_FROM_ACCOUNT, seen_cb, run, NULL);
  hs_client_add_handler (client, "forged", NULL, HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_FORGET, seen_cb,
                         run, NULL);
  hs_client_add_handler (client, "right", NULL, HS_HANDLER_FROM_ACCOUNT, seen_cb, run, NULL);
}

#define GOES_ON(...)                                                                               \
  { RUN (attack_session), __VA_ARGS__, SEND (ATTACK_MARK), SERVE, END }
#define PUSH(from, what)                                                                           \
  SEND ("<iq type='set' id='p'" from "><query xmlns='jabber:iq:roster'>" what "</query></iq>")
#define MESSAGE(from, what) SEND ("<message" from ">" what "</message>")
#define STRANGERS(stanza)                                                                          \
  stanza (" from='mallory@example.net'", FORGED), stanza (" from='user@example.org/other'", FORGED), \
      stanza (" from='example.org'", FORGED), stanza (" from=''", FORGED),                         \
      stanza (" from='@@'", FORGED), stanza (" from='user@example.net'", FORGED),                  \
      stanza (" from='User@example.org.net'", FORGED),                                             \
      stanza (" from='mallory@example.net' q:from='user@example.org' xmlns:q='urn:q'", FORGED),    \
      stanza (" from='mallory@example.net' xml:from='user@example.org'", FORGED)
#define ACCOUNTS(stanza)                                                                           \
  stanza ("", RIGHT), stanza (" from='user@example.org'", RIGHT),                                  \
      stanza (" from='user@example.org/res'", RIGHT), stanza (" from='USER@EXAMPLE.org'", RIGHT),  \
      stanza (" q:from='mallory@example.net' xmlns:q='urn:q'", RIGHT)
#define N_ACCOUNTS GUINT_TO_POINTER (5)

static const ScriptStep pushes[] = GOES_ON (STRANGERS (PUSH), ACCOUNTS (PUSH));
#define CARBON_MESSAGE(from, what) MESSAGE (from, CARBON (what))
static const ScriptStep carbons[] = GOES_ON (STRANGERS (CARBON_MESSAGE), ACCOUNTS (CARBON_MESSAGE));
#define BOOKMARK(from, what)                                                                       \
  MESSAGE (from, "<event xmlns='http://jabber.org/protocol/pubsub#event'><items "                  \
                 "node='urn:xmpp:bookmarks:1'><item id='room@example.org'>" what                   \
                 "</item></items></event>")
static const ScriptStep bookmarks[] = GOES_ON (STRANGERS (BOOKMARK), ACCOUNTS (BOOKMARK));

/* A stranger's push is refused, where he has an address; the account's is taken (RFC 6121, 2.1.6). */
static void
check_pushes (AttackRun *run)
{
  check_seen (run);
  test_until (scripted_server_count_received (run->test->server, "service-unavailable") == 7);
}

/* Strangers neither block somebody nor unblock themselves (XEP-0191). */
#define BLOCKING(name, item) "<" name " xmlns='urn:xmpp:blocking'>" item "</" name ">"
#define UNBLOCK_ALL(from, what) SEND ("<iq type='set' id='u'" from ">" BLOCKING ("unblock", "") "</iq>")
#define BLOCK_FRIEND(from, what)                                                                   \
  SEND ("<iq type='set' id='b'" from ">" BLOCKING ("block", "<item jid='friend@example.org'/>") "</iq>")
#define BLOCK_MALLORY(from, what)                                                                  \
  SEND ("<iq type='set' id='b'" from ">" BLOCKING ("block", "<item jid='mallory@example.net'/>") "</iq>")
static const ScriptStep block_list[]
    = GOES_ON (ACCOUNTS (BLOCK_MALLORY), STRANGERS (UNBLOCK_ALL), STRANGERS (BLOCK_FRIEND));

static void
prepare_block_list (AttackRun *run)
{
  hs_client_ensure_module (run->test->client, HS_TYPE_BLOCKING);
}

static void
check_block_list (AttackRun *run)
{
  HsBlocking *blocking = HS_BLOCKING (hs_client_find_module (run->test->client, HS_TYPE_BLOCKING));

  g_assert_true (hs_blocking_is_blocked (blocking, "mallory@example.net/x"));
  g_assert_cmpuint (g_list_model_get_n_items (hs_blocking_get_blocked (blocking)), ==, 1);
  g_string_append (run->said, "blocked whom the account blocks");
}

/* An event of the account's nodes comes from the account; what others hold is theirs (XEP-0163). */
static void
event_cb (HsPubSub *pubsub, HsPubSubEvent *event, AttackRun *run)
{
  HsElement *payload = hs_pubsub_item_get_payload (hs_pubsub_event_get_item (event));
  const char *service = hs_jid_to_string (hs_pubsub_event_get_service (event));

  if (g_str_equal (service, "user@example.org"))
    seen_cb (run->test->client, payload, run);
  else
    g_assert_true (hs_element_matches (payload, "forged", "urn:forged"));
  /* No device holds a node. */
  g_assert_null (hs_jid_get_resource (hs_pubsub_event_get_service (event)));
}

static void
prepare_events (AttackRun *run)
{
  HsModule *pubsub = hs_client_ensure_module (run->test->client, HS_TYPE_PUBSUB);

  g_signal_connect (pubsub, "event", G_CALLBACK (event_cb), run);
}

/* ---- Stanzas inside stanzas ---- */

static void
seen_signal_cb (HsClient *client, HsElement *element, gpointer data)
{
  if (!test_is_mark (element))
    seen_cb (client, element, data);
}

static HsElement *
stanza_cb (HsClient *client, HsElement *element, gpointer data)
{
  seen_signal_cb (client, element, data);
  /* Whoever looks like the boss must be the boss. */
  if (g_strcmp0 (hs_element_get_attribute (element, "from"), "boss@example.org") == 0)
    ((AttackRun *) data)->n_wrong++;
  return NULL;
}

static void
prepare_inner (AttackRun *run)
{
  HsClient *client = run->test->client;

  hs_client_add_handler (client, "message", "jabber:client", HS_HANDLER_DEFAULT, stanza_cb, run, NULL);
  hs_client_add_handler (client, "iq", NULL, HS_HANDLER_DEFAULT, stanza_cb, run, NULL);
  g_signal_connect (client, "message", G_CALLBACK (seen_signal_cb), run);
  g_signal_connect (client, "element::{jabber:client}message", G_CALLBACK (seen_signal_cb), run);
}

static const ScriptStep inner[]
    = GOES_ON (SEND ("<message from='mallory@example.net'>" CARBON ("") "</message>"),
               SEND ("<message from='mallory@example.net'><x xmlns='urn:x'><p:message "
                     "xmlns:p='jabber:client' from='boss@example.org'/></x></message>"),
               SEND ("<message from='mallory@example.net'><iq xmlns='jabber:client' type='set' "
                     "from='boss@example.org'/></message>"));

/* ---- Echoes ---- */

static HsElement *
echo_cb (HsClient *client, HsElement *element, gpointer data)
{
  HsStanza *stanza = HS_STANZA (element);
  const char *body = hs_message_get_body (HS_MESSAGE (element));
  const char *type = hs_stanza_get_stanza_type (stanza);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);

  if (body == NULL || from == NULL || hs_client_is_own (client, from) ||
      !(g_str_equal (type, "chat") || g_str_equal (type, "normal")))
    return NULL;
  return HS_ELEMENT (hs_message_new_chat (hs_jid_to_string (from), body));
}

static void
prepare_echo (AttackRun *run)
{
  hs_client_add_handler (run->test->client, "message", "jabber:client", HS_HANDLER_DEFAULT, echo_cb,
                         NULL, NULL);
}

static const ScriptStep echoes[]
    = GOES_ON (MESSAGE (" from='user@example.org/other' type='chat'", "<body>echoed</body>"),
               MESSAGE (" from='user@example.org/res' type='chat'", "<body>echoed</body>"),
               MESSAGE (" from='user@example.org' type='chat'", "<body>echoed</body>"),
               MESSAGE (" from='a@b' type='error'", "<body>echoed</body><error type='cancel'/>"),
               MESSAGE (" from='a@b' type='groupchat'", "<body>echoed</body>"),
               MESSAGE (" from='a@b' type='headline'", "<body>echoed</body>"),
               MESSAGE (" from='@' type='chat'", "<body>echoed</body>"),
               MESSAGE (" from='a@b' type='chat'", "<body>answered</body>"));

static void
check_echoes (AttackRun *run)
{
  test_client_await_sent (run->test, "answered");
  g_assert_false (scripted_server_has_received (run->test->server, "echoed"));
}

/* Errors and results are never answered, whatever they hold. */
static const ScriptStep never_answered[]
    = GOES_ON (SEND ("<iq type='error' id='e' from='a@b'><error type='cancel'/></iq>"
                     "<iq type='result' id='r' from='a@b'/><message type='error' id='m' from='a@b'/>"
                     "<presence type='error' id='p' from='a@b'/>"));

static void
check_silent (AttackRun *run)
{
  g_autofree char *sent = test_client_dup_sent (run->test);

  for (const char *const *id = (const char *const[]){ "'e'", "'r'", "'m'", "'p'", NULL }; *id != NULL;
       id++)
    g_assert_null (strstr (sent, *id));
}

#define SURVIVES(title, script, prepare_it, check_it, ...)                                         \
  { title, script, HS_TLS_MODE_STARTTLS, .prepare = prepare_it, .check = check_it, __VA_ARGS__ }
#define ONE .data = GUINT_TO_POINTER (1)

static const Attack attacks[] = {
  SURVIVES ("forged/answers of strangers", contact_answers, prepare_contact, check_seen, ONE),
  SURVIVES ("forged/answers of the server", server_answers, prepare_server, check_seen, ONE),
  SURVIVES ("forged/id in other stanzas", other_stanzas, prepare_contact, check_seen, ONE),
  SURVIVES ("forged/roster pushes", pushes, prepare_account, check_pushes, .data = N_ACCOUNTS),
  SURVIVES ("forged/block list", block_list, prepare_block_list, check_block_list, .data = NULL),
  SURVIVES ("forged/events", bookmarks, prepare_events, check_seen, .data = N_ACCOUNTS),
  SURVIVES ("forged/carbons", carbons, prepare_account, check_seen, .data = N_ACCOUNTS),
  SURVIVES ("forged/bookmarks", bookmarks, prepare_account, check_seen, .data = N_ACCOUNTS),
  SURVIVES ("forged/stanzas in stanzas", inner, prepare_inner, check_seen,
            .data = GUINT_TO_POINTER (9)),
  SURVIVES ("right/answer from nobody", from_nobody, prepare_server, check_seen, ONE),
  SURVIVES ("right/answer from the bare JID", from_bare, prepare_server, check_seen, ONE),
  SURVIVES ("right/answer from the full JID", from_full, prepare_server, check_seen, ONE),
  SURVIVES ("right/answer from the domain", from_domain, prepare_server, check_seen, ONE),
  SURVIVES ("right/answer in capitals", from_capitals, prepare_server, check_seen, ONE),
  SURVIVES ("echo/own, errors, groups", echoes, prepare_echo, check_echoes, .data = NULL),
  SURVIVES ("echo/errors and results", never_answered, NULL, check_silent, .data = NULL),
};

const AttackGroup attacks_senders = { "senders", attacks, G_N_ELEMENTS (attacks) };
