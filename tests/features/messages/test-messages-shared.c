/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <malloc.h>
#include <string.h>

#include "features/messages/hs-messages-shared.h"
#include "messages-test.h"

/* What other features tell the messages: rooms, archives, and what is theirs to deal with. */

#define ROOM "room@muc.example.org"
#define JULIET "juliet@example.com/balcony"
#define ROOM_MESSAGE(nick, id, body, more)                                                         \
  "<message from='" ROOM "/" nick "' to='user@example.org/res' type='groupchat' id='" id "'><body>" body "</body>" more "</message>"
#define OCCUPANT_ID(id) "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='" id "'/>"
#define HISTORY "<delay xmlns='urn:xmpp:delay' from='" ROOM "' stamp='2026-01-02T03:04:05Z'/>"

static HsJid *
jid (const char *text)
{
  HsJid *made = hs_jid_new (text, NULL);

  g_assert_nonnull (made);
  return made;
}

static void
join (MessagesTest *f, const char *occupant_id, HsMessagesRoomFlags flags)
{
  g_autoptr (HsJid) me = jid (ROOM "/me");

  hs_messages_room_joined (f->messages, me, occupant_id, flags);
}

static char *
dup_author (MessagesTest *f)
{
  return g_strdup (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (f))));
}

/* ---- Rooms ---- */

static void
test_room (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsJid) room = jid (ROOM);

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  messages_say (&f, ROOM_MESSAGE ("nick", "m1", "early", ""), "message'early' ");
  join (&f, NULL, HS_MESSAGES_ROOM_HAS_IDS);
  /* Only the room's own ids count here, and everybody's else do not. */
  messages_say (&f,
                ROOM_MESSAGE ("nick", "m1", "1", STANZA_ID (ROOM, "r1") OWN_ID ("x"))
                ROOM_MESSAGE ("nick", "m1", "2", OWN_ID ("x"))
                ROOM_MESSAGE ("nick", "m1", "3", STANZA_ID (ROOM "/nick", "x")),
                "room<room@muc.example.org'1'#r1 room<room@muc.example.org'2' room<room@muc.example.org'3' ");
  messages_say (&f, ROOM_MESSAGE ("nick", "m1", "1", STANZA_ID (ROOM, "r1")), "");
  /* What it shows of the time before; its own words; a private message; a wrapper. */
  messages_say (&f, ROOM_MESSAGE ("nick", "m2", "old", HISTORY), "room-history<room@muc.example.org'old' ");
  g_assert_null (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f))));
  messages_say (&f, "<message from='" ROOM "' type='groupchat'><body>notice</body></message>",
                "room<room@muc.example.org'notice' ");
  messages_say (&f, CHAT (ROOM "/nick", "m3", "psst", "<x xmlns='http://jabber.org/protocol/muc#user'/>"),
                "live<room@muc.example.org/nick'psst' ");
  g_assert_cmpint (hs_chat_message_get_kind (HS_CHAT_MESSAGE (messages_last (&f))), ==, HS_CHAT_KIND_OCCUPANT);
  messages_say (&f, CHAT (ROOM "/nick", "m3", "psst2", ""), "live<room@muc.example.org/nick'psst2' ");
  g_assert_cmpint (hs_chat_message_get_kind (HS_CHAT_MESSAGE (messages_last (&f))), ==, HS_CHAT_KIND_OCCUPANT);
  messages_say (&f, CARBON (" from='user@example.org'", "received", INNER (ROOM "/nick", "user@example.org/phone", "pm", "")), "");
  /* Ids for changes: a room's. */
  messages_say (&f, ROOM_MESSAGE ("nick", "m4", "4", STANZA_ID (ROOM, "r4") "<origin-id xmlns='urn:xmpp:sid:0' id='o4'/>"),
                "room<room@muc.example.org'4'#r4 ");
  {
    HsChatMessage *chat = HS_CHAT_MESSAGE (messages_last (&f));

    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_CORRECTION), ==, "m4");
    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_REPLY), ==, "r4");
    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_REACTION), ==, "r4");
    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_RETRACTION), ==, "r4");
    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_DISPLAYED), ==, "r4");
    g_assert_cmpstr (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_MODERATION), ==, "r4");
    g_assert_null (hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_RECEIPT));
  }
  hs_messages_room_changed (f.messages, room, 0);
  messages_say (&f, ROOM_MESSAGE ("nick", "m5", "5", STANZA_ID (ROOM, "r5")), "room<room@muc.example.org'5' ");
  hs_messages_room_left (f.messages, room);
  messages_say (&f, ROOM_MESSAGE ("nick", "m1", "late", ""), "message'late' ");
  messages_stop (&f);
}

#define MODERATION(from) "<message from='" from "' type='groupchat' id='x'><retract xmlns='urn:xmpp:message-retract:1' id='r1'>" \
  "<moderated xmlns='urn:xmpp:message-moderate:1'/></retract></message>"

static void
test_moderation (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  join (&f, NULL, HS_MESSAGES_ROOM_HAS_IDS);
  messages_say (&f, MODERATION (ROOM), "room<room@muc.example.org''@moderation:r1 ");
  g_assert_true (hs_delivery_may_change (messages_last (&f), NULL));
  messages_say (&f, MODERATION (ROOM "/nick"), "room<room@muc.example.org''@moderation:r1 ");
  g_assert_false (hs_delivery_may_change (messages_last (&f), "nick:room@muc.example.org/nick"));
  messages_stop (&f);
}

static HsJid *
real_jid (HsJid *occupant, gpointer data)
{
  return strcmp (hs_jid_get_resource (occupant), "nick") == 0 ? jid ("nurse@example.com/x") : NULL;
}

/* Equal texts are equal authors. */
static void
test_authors (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsJid) nick = jid (ROOM "/nick");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *fourth = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  /* A nickname is somebody's until it is left, and until we come again. */
  join (&f, NULL, 0);
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "1", OCCUPANT_ID ("forged")), "room<room@muc.example.org'1' ");
  first = dup_author (&f);
  g_assert_true (g_str_has_prefix (first, "nick:" ROOM "/nick#"));
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "2", ""), "room<room@muc.example.org'2' ");
  second = dup_author (&f);
  g_assert_cmpstr (first, ==, second);
  hs_messages_occupant_left (f.messages, nick);
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "3", "<replace xmlns='urn:xmpp:message-correct:0' id='m'/>"),
                "room<room@muc.example.org'3'@correction:m ");
  third = dup_author (&f);
  g_assert_cmpstr (first, !=, third);
  g_assert_false (hs_delivery_may_change (messages_last (&f), first));
  join (&f, NULL, 0);
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "4", ""), "room<room@muc.example.org'4' ");
  fourth = dup_author (&f);
  g_assert_cmpstr (first, !=, fourth);
  g_assert_cmpstr (third, !=, fourth);
  /* Occupant ids, where the room gives them; and addresses, where everybody sees them. */
  join (&f, NULL, HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS);
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "5", OCCUPANT_ID ("o1")), "room<room@muc.example.org'5' ");
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f))), ==, "id:" ROOM "/o1");
  join (&f, NULL, HS_MESSAGES_ROOM_IS_OPEN);
  hs_messages_set_real_jids (f.messages, real_jid, NULL);
  messages_say (&f, ROOM_MESSAGE ("nick", "m", "6", ""), "room<room@muc.example.org'6' ");
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f))), ==, "jid:nurse@example.com");
  messages_stop (&f);
}

static void
test_reflection (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;
  g_autoptr (HsSentMessage) third = NULL;
  g_autofree char *text = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  join (&f, NULL, HS_MESSAGES_ROOM_HAS_IDS);
  first = messages_send (&f, ROOM, "first");
  g_assert_cmpint (hs_chat_message_get_kind (HS_CHAT_MESSAGE (first)), ==, HS_CHAT_KIND_ROOM);
  {
    g_autofree char *sent = messages_dup_sent (&f);

    g_assert_nonnull (strstr (sent, "type=\"groupchat\""));
    g_assert_null (strstr (sent, "chatstates"));
  }
  /* Somebody else with our id. */
  text = g_strdup_printf (ROOM_MESSAGE ("nick", "%s", "first", ""), hs_sent_message_get_id (first));
  messages_say (&f, text, "room<room@muc.example.org'first' ");
  assert_state (first, WAITING);
  g_free (text);
  text = g_strdup_printf (ROOM_MESSAGE ("me", "%s", "first", STANZA_ID (ROOM, "r1")), hs_sent_message_get_id (first));
  messages_say (&f, text, "");
  assert_state (first, REFLECTED);
  assert_n_pending (&f, 0);
  g_assert_cmpstr (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (first)), ==, "r1");
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_archive (HS_CHAT_MESSAGE (first))), ==, ROOM);
  /* Another device of ours with the same nickname. */
  messages_say (&f, ROOM_MESSAGE ("me", "other", "elsewhere", ""), "room>room@muc.example.org'elsewhere' ");
  /* A room that changes the ids: the oldest with that body. */
  second = messages_send (&f, ROOM, "same");
  third = messages_send (&f, ROOM, "same");
  messages_say (&f, ROOM_MESSAGE ("me", "changed1", "same", ""), "");
  assert_state (second, REFLECTED);
  assert_state (third, WAITING);
  messages_say (&f, ROOM_MESSAGE ("me", "changed2", "same", ""), "");
  assert_state (third, REFLECTED);
  messages_say (&f, ROOM_MESSAGE ("me", "changed3", "same", ""), "room>room@muc.example.org'same' ");
  messages_stop (&f);
}

static void
assert_reply (MessagesTest *f, HsChatMessage *of, const char *to)
{
  g_autoptr (HsMessage) reply = hs_messages_make_reply (f->messages, of, "answer");
  g_autoptr (HsJid) author = hs_message_dup_reply_to (reply);

  g_assert_cmpstr (author != NULL ? hs_jid_to_string (author) : NULL, ==, to);
}

/* A reply names the author as the room knows it: the account's own address stays outside. */
static void
test_replies (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) to_room = NULL;
  g_autoptr (HsSentMessage) to_occupant = NULL;
  g_autoptr (HsSentMessage) to_person = NULL;
  g_autofree char *reflection = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  join (&f, NULL, HS_MESSAGES_ROOM_HAS_IDS);
  to_room = messages_send (&f, ROOM, "first");
  to_occupant = messages_send (&f, ROOM "/nick", "psst");
  to_person = messages_send (&f, "juliet@example.com/x", "hello");
  g_assert_null (hs_messages_make_reply (f.messages, HS_CHAT_MESSAGE (to_room), "answer"));
  reflection = g_strdup_printf (ROOM_MESSAGE ("me", "%s", "first", STANZA_ID (ROOM, "r1")),
                                hs_sent_message_get_id (to_room));
  test_client_say (f.test, reflection);
  assert_reply (&f, HS_CHAT_MESSAGE (to_room), ROOM "/me");
  assert_reply (&f, HS_CHAT_MESSAGE (to_occupant), ROOM "/me");
  assert_reply (&f, HS_CHAT_MESSAGE (to_person), "user@example.org");
  test_client_say (f.test, ROOM_MESSAGE ("nick", "m1", "theirs", STANZA_ID (ROOM, "r2")));
  assert_reply (&f, HS_CHAT_MESSAGE (messages_last (&f)), ROOM "/nick");
  test_client_say (f.test, CHAT (JULIET, "m2", "hers", ""));
  assert_reply (&f, HS_CHAT_MESSAGE (messages_last (&f)), "juliet@example.com");
  /* Another device of the account has sent it. */
  test_client_say (f.test, CARBON (" from='user@example.org'", "sent",
                                   INNER ("user@example.org/phone", ROOM "/nick", "elsewhere",
                                          "<x xmlns='http://jabber.org/protocol/muc#user'/>")));
  assert_reply (&f, HS_CHAT_MESSAGE (messages_last (&f)), ROOM "/me");
  test_client_say (f.test, CARBON (" from='user@example.org'", "sent",
                                   INNER ("user@example.org/phone", "other@muc.example.org/nick", "elsewhere",
                                          "<x xmlns='http://jabber.org/protocol/muc#user'/>")));
  assert_reply (&f, HS_CHAT_MESSAGE (messages_last (&f)), NULL);
  messages_stop (&f);
}

/* Who got a private message tells about it, and nobody else in the room does. */
static void
test_occupant (void)
{
  MessagesTest f = { NULL };
  g_autoptr (HsSentMessage) message = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *right = NULL;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  join (&f, NULL, 0);
  message = messages_send (&f, ROOM "/nick", "psst");
  g_assert_cmpint (hs_chat_message_get_kind (HS_CHAT_MESSAGE (message)), ==, HS_CHAT_KIND_OCCUPANT);
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_peer (HS_CHAT_MESSAGE (message))), ==, ROOM "/nick");
  sent = messages_dup_sent (&f);
  g_assert_nonnull (strstr (sent, "<x xmlns=\"http://jabber.org/protocol/muc#user\"/>"));
  wrong = g_strdup_printf ("<message from='" ROOM "/other' id='r'><received xmlns='urn:xmpp:receipts' id='%s'/></message>"
                           "<message from='" ROOM "/other' id='%s' type='error'><error type='cancel'><gone "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
                           hs_sent_message_get_id (message), hs_sent_message_get_id (message));
  test_client_say (f.test, wrong);
  assert_state (message, WAITING);
  right = g_strdup_printf ("<message from='" ROOM "/nick' id='r'><received xmlns='urn:xmpp:receipts' id='%s'/></message>",
                           hs_sent_message_get_id (message));
  test_client_say (f.test, right);
  assert_state (message, DELIVERED);
  messages_stop (&f);
}

/* ---- Archives ---- */

typedef struct
{
  MessagesTest test;
  HsMessagesVerdict verdict;
  GString *told;
  const char *own;
} Kept;

static HsMessagesVerdict
arrived (HsDelivery *delivery, gpointer data)
{
  return ((Kept *) data)->verdict;
}

static void
delivered (HsDelivery *delivery, HsMessagesOutcome outcome, gpointer data)
{
  g_string_append_printf (((Kept *) data)->told, "%s ", hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)));
}

static void
sent (const char *origin_id, gpointer data)
{
  g_string_append (((Kept *) data)->told, "sent ");
}

static gboolean
is_own (const char *origin_id, gpointer data)
{
  return g_strcmp0 (origin_id, ((Kept *) data)->own) == 0;
}

static const HsMessagesKeeper keeper = { .arrived = arrived, .delivered = delivered, .sent = sent, .is_own = is_own };

static void
expect_told (Kept *f, const char *expected)
{
  g_assert_cmpstr (f->told->str, ==, expected);
  g_string_truncate (f->told, 0);
}

static HsMessagesOutcome
deliver (Kept *f, const char *xml, const char *archive, const char *archive_id)
{
  g_autoptr (HsElement) message = hs_element_new_from_string (xml, NULL);
  g_autoptr (HsJid) by = jid (archive);
  g_autoptr (GDateTime) stamp = g_date_time_new_from_unix_utc (1767323045);
  HsMessagesArchived archived = { by, archive_id, stamp, FALSE };
  g_autoptr (HsDelivery) delivery = NULL;

  g_assert_nonnull (message);
  delivery = hs_messages_read (f->test.messages, HS_MESSAGE (message), &archived);
  return delivery != NULL ? hs_messages_deliver (f->test.messages, delivery) : HS_MESSAGES_OUTCOME_IGNORED;
}

#define ARCHIVED(from, to, id, body)                                                               \
  "<message xmlns='jabber:client' from='" from "' to='" to "' type='chat' id='" id "'><body>" body "</body></message>"

static void
test_kept (void)
{
  Kept f = { .told = g_string_new (NULL) };
  g_autoptr (HsJid) own = jid ("user@example.org");
  g_autoptr (HsJid) peer = jid ("juliet@example.com");
  g_autoptr (HsSentMessage) message = NULL;

  messages_start (&f.test, messages_session, MESSAGES_FEATURES);
  hs_messages_keep_archive (f.test.messages, own, &keeper, &f);
  message = messages_send (&f.test, "juliet@example.com", "hello");
  expect_told (&f, "sent ");
  messages_say (&f.test, CHAT (JULIET, "m", "1", OWN_ID ("a1")), "live<juliet@example.com'1'#a1 ");
  expect_told (&f, "a1 ");
  /* The keeper knows what is new, and not the list. */
  messages_say (&f.test, CHAT (JULIET, "m", "1", OWN_ID ("a1")), "live<juliet@example.com'1'#a1 ");
  f.verdict = HS_MESSAGES_VERDICT_DROP;
  messages_say (&f.test, CHAT (JULIET, "m", "2", OWN_ID ("a2")), "");
  /* The keeper is not asked about messages without an archive id. */
  messages_say (&f.test, CHAT (JULIET, "m", "3", ""), "live<juliet@example.com'3' ");
  expect_told (&f, "a1 ");
  f.verdict = HS_MESSAGES_VERDICT_HOLD;
  messages_say (&f.test, CHAT (JULIET, "m", "4", OWN_ID ("a4")) CHAT (JULIET, "m", "5", OWN_ID ("a5"))
                             CHAT (JULIET, "m", "6", OWN_ID ("a6")) CHAT (JULIET, "m", "4", OWN_ID ("a4"))
                             CHAT ("paris@example.com/x", "m", "other", OWN_ID ("a5")), "");
  g_assert_true (hs_messages_drop_held (f.test.messages, own, "a5", peer));
  g_assert_false (hs_messages_drop_held (f.test.messages, own, "a5", peer));
  hs_messages_release (f.test.messages, own);
  messages_expect_log (&f.test, "live<juliet@example.com'4'#a4 live<juliet@example.com'6'#a6 live<paris@example.com'other'#a5 ");
  expect_told (&f, "a4 a6 a5 ");
  messages_say (&f.test, CHAT (JULIET, "m", "7", OWN_ID ("a7")), "");
  hs_messages_give_up_archive (f.test.messages, own);
  messages_expect_log (&f.test, "live<juliet@example.com'7'#a7~late ");
  messages_stop (&f.test);
  g_string_free (f.told, TRUE);
}

static void
test_archived (void)
{
  Kept f = { .told = g_string_new (NULL), .own = "earlier" };
  g_autoptr (HsJid) own = jid ("user@example.org");
  g_autoptr (HsSentMessage) message = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *sent = NULL;

  messages_start (&f.test, messages_session, MESSAGES_FEATURES);
  hs_messages_keep_archive (f.test.messages, own, &keeper, &f);
  g_assert_cmpint (deliver (&f, ARCHIVED (JULIET, "user@example.org", "m1", "1"), "user@example.org", "a1"), ==,
                   HS_MESSAGES_OUTCOME_DELIVERED);
  messages_expect_log (&f.test, "archive<juliet@example.com'1'#a1 ");
  g_assert_cmpint (g_date_time_to_unix (hs_chat_message_get_time (HS_CHAT_MESSAGE (messages_last (&f.test)))), ==, 1767323045);
  /* The id is the result's, and nothing else. */
  deliver (&f, "<message xmlns='jabber:client' from='" JULIET "' to='user@example.org'><body>2</body>" OWN_ID ("x") "</message>",
           "user@example.org", "a2");
  messages_expect_log (&f.test, "archive<juliet@example.com'2'#a2 ");
  deliver (&f, ARCHIVED ("user@example.org/phone", "juliet@example.com", "m3", "3"), "user@example.org", "a3");
  messages_expect_log (&f.test, "archive>juliet@example.com'3'#a3 ");
  expect_told (&f, "a1 a2 a3 ");
  /* Neither from nor to the account; of a room's archive, from another room. */
  g_assert_cmpint (deliver (&f, ARCHIVED (JULIET, "paris@example.com", "m4", "4"), "user@example.org", "a4"), ==,
                   HS_MESSAGES_OUTCOME_IGNORED);
  g_assert_cmpint (deliver (&f, ARCHIVED ("other@muc.example.org/x", "user@example.org", "m", "x"), ROOM, "r1"), ==,
                   HS_MESSAGES_OUTCOME_IGNORED);
  messages_expect_log (&f.test, "");
  /* A message of this client, and one of an earlier run. */
  message = messages_send (&f.test, "juliet@example.com", "mine");
  xml = g_strdup_printf ("<message xmlns='jabber:client' from='user@example.org/old' to='juliet@example.com' id='%s'>"
                         "<body>mine</body><origin-id xmlns='urn:xmpp:sid:0' id='%s'/></message>",
                         hs_sent_message_get_id (message), hs_sent_message_get_id (message));
  g_assert_cmpint (deliver (&f, xml, "user@example.org", "a5"), ==, HS_MESSAGES_OUTCOME_LEARNED);
  assert_state (message, ON_SERVER);
  g_assert_cmpstr (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (message)), ==, "a5");
  expected = g_strdup_printf ("learned:%s#a5 ", hs_sent_message_get_id (message));
  messages_expect_log (&f.test, expected);
  deliver (&f, "<message xmlns='jabber:client' from='user@example.org/old' to='juliet@example.com'><body>x</body>"
               "<origin-id xmlns='urn:xmpp:sid:0' id='earlier'/></message>",
           "user@example.org", "a6");
  messages_expect_log (&f.test, "learned:earlier#a6 ");
  /* Receipts of an archive count, and get no answer. */
  g_free (xml);
  xml = g_strdup_printf ("<message xmlns='jabber:client' from='" JULIET "' to='user@example.org' id='r'>"
                         "<received xmlns='urn:xmpp:receipts' id='%s'/></message>",
                         hs_sent_message_get_id (message));
  deliver (&f, xml, "user@example.org", "a7");
  assert_state (message, DELIVERED);
  /* The receipt was sent when the message arrived. */
  scripted_server_forget_received (f.test.test->server);
  deliver (&f, "<message xmlns='jabber:client' from='" JULIET "' to='user@example.org' id='m8'><body>8</body>"
               "<request xmlns='urn:xmpp:receipts'/></message>",
           "user@example.org", "a8");
  sent = messages_dup_sent (&f.test);
  g_assert_null (strstr (sent, "<received"));
  messages_stop (&f.test);
  g_string_free (f.told, TRUE);
}

/* The authors of a room's archive: those that can be told. */
static void
test_room_archive (void)
{
  Kept f = { .told = g_string_new (NULL) };

  messages_start (&f.test, messages_session, MESSAGES_FEATURES);
  join (&f.test, "me-id", HS_MESSAGES_ROOM_HAS_IDS);
  deliver (&f, ARCHIVED (ROOM "/nick", "user@example.org", "m", "1"), ROOM, "r1");
  messages_expect_log (&f.test, "archive<room@muc.example.org'1'#r1 ");
  g_assert_null (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))));
  /* Our nickname may have been somebody else's. */
  deliver (&f, ARCHIVED (ROOM "/me", "user@example.org", "m", "2"), ROOM, "r2");
  messages_expect_log (&f.test, "archive<room@muc.example.org'2'#r2 ");
  join (&f.test, "me-id", HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS);
  deliver (&f, "<message xmlns='jabber:client' from='" ROOM "/old' type='groupchat'><body>3</body>" OCCUPANT_ID ("me-id") "</message>",
           ROOM, "r3");
  messages_expect_log (&f.test, "archive>room@muc.example.org'3'#r3 ");
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))), ==, "id:" ROOM "/me-id");
  join (&f.test, NULL, HS_MESSAGES_ROOM_IS_OPEN);
  deliver (&f, "<message xmlns='jabber:client' from='" ROOM "/nick' type='groupchat'><body>4</body>"
               "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='nurse@example.com/y'/></x></message>",
           ROOM, "r4");
  g_assert_cmpstr (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))), ==, "jid:nurse@example.com");
  /* One of these was written by the sender. */
  deliver (&f, "<message xmlns='jabber:client' from='" ROOM "/nick' type='groupchat'><body>5</body>"
               "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='tybalt@example.com'/></x>"
               "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='nurse@example.com/y'/></x></message>",
           ROOM, "r5");
  g_assert_null (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))));
  deliver (&f, "<message xmlns='jabber:client' from='" ROOM "/nick' type='groupchat'><body>6</body>"
               "<x xmlns='http://jabber.org/protocol/muc#user'><item jid='tybalt@example.com'/><item jid='nurse@example.com/y'/></x></message>",
           ROOM, "r6");
  g_assert_null (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))));
  join (&f.test, "me-id", HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS);
  deliver (&f, "<message xmlns='jabber:client' from='" ROOM "/nick' type='groupchat'><body>7</body>" OCCUPANT_ID ("me-id") OCCUPANT_ID ("other-id") "</message>",
           ROOM, "r7");
  g_assert_null (hs_chat_message_get_author (HS_CHAT_MESSAGE (messages_last (&f.test))));
  g_assert_false (hs_chat_message_get_is_outgoing (HS_CHAT_MESSAGE (messages_last (&f.test))));
  messages_stop (&f.test);
  g_string_free (f.told, TRUE);
}

/* What a program keeps for each message beside the message itself. (Sanitizers count memory in another way: then it is 0.) */
static void
test_size (void)
{
  MessagesTest f = { NULL };
  g_autoptr (GPtrArray) kept = g_ptr_array_new_full (1000, g_object_unref);
  g_autoptr (HsElement) message
      = hs_element_new_from_string (ARCHIVED (JULIET, "user@example.org", "m1", "hello"), NULL);
  g_autoptr (HsJid) own = jid ("user@example.org");
  HsMessagesArchived archived = { own, "1767323045000000", NULL, FALSE };
  gsize before, after;

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < 1000; i++)
    g_ptr_array_add (kept, hs_messages_read (f.messages, HS_MESSAGE (message), &archived));
  after = mallinfo2 ().uordblks;
  g_test_message ("%" G_GSIZE_FORMAT " bytes", (after - before) / 1000);
  g_assert_cmpuint ((after - before) / 1000, <=, 400);
  messages_stop (&f);
}

/* ---- What is another feature's ---- */

static HsElement *
claim_cb (HsClient *client, HsElement *element, gpointer messages)
{
  hs_messages_claim (messages, element);
  return NULL;
}

static void
test_claimed (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  hs_client_add_handler (f.test->client, "result", "urn:xmpp:mam:2", HS_HANDLER_DEFAULT, claim_cb, f.messages, NULL);
  messages_say (&f, "<message from='user@example.org'><result xmlns='urn:xmpp:mam:2' id='x'><a><b/></a></result></message>"
                    CHAT (JULIET, "m", "next", ""),
                "live<juliet@example.com'next' ");
  messages_stop (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/shared/room", test_room);
  g_test_add_func ("/messages/shared/moderation", test_moderation);
  g_test_add_func ("/messages/shared/authors", test_authors);
  g_test_add_func ("/messages/shared/reflection", test_reflection);
  g_test_add_func ("/messages/shared/replies", test_replies);
  g_test_add_func ("/messages/shared/occupant", test_occupant);
  g_test_add_func ("/messages/shared/kept", test_kept);
  g_test_add_func ("/messages/shared/archived", test_archived);
  g_test_add_func ("/messages/shared/room-archive", test_room_archive);
  g_test_add_func ("/messages/shared/size", test_size);
  g_test_add_func ("/messages/shared/claimed", test_claimed);
  return g_test_run ();
}
