/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "messages-test.h"

/* What looks like a copy of another message or a result of an archive, and is not (CVE-2017-5589). The words "buy now"
 * are in the message that must not be shown. */

#define BOSS(type, to, more)                                                                       \
  "<message xmlns='jabber:client' from='boss@example.com/desk' to='" to "' type='" type            \
  "' id='b1'><body>buy now</body>" more "</message>"
#define GOOD BOSS ("chat", "user@example.org/phone", "")
#define FORWARDED(inner) "<forwarded xmlns='urn:xmpp:forward:0'>" inner "</forwarded>"
#define RECEIVED(inner) "<received xmlns='urn:xmpp:carbons:2'>" inner "</received>"
#define SENT(inner) "<sent xmlns='urn:xmpp:carbons:2'>" inner "</sent>"
#define RESULT(ns, inner) "<result xmlns='" ns "' queryid='q' id='r1'>" inner "</result>"
#define FROM(from, inner) "<message from='" from "' to='user@example.org/res'>" inner "</message>"
#define OURS(inner) FROM ("user@example.org", inner)
#define EVIL "evil@example.com/x"

static const struct
{
  const char *name;
  const char *text;
  const char *expected;
} rows[] = {
  { "stranger, received", FROM (EVIL, RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "stranger, sent", FROM (EVIL, SENT (FORWARDED (BOSS ("chat", "juliet@example.com", "")))), "rejected:sender " },
  { "contact", FROM ("juliet@example.com/balcony", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "own server", FROM ("example.org", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "another account of the server", FROM ("user2@example.org", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "another resource of the account", FROM ("user@example.org/phone", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "longer resource", FROM ("user@example.org/res2", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "longer domain", FROM ("user@example.org.evil.com", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "no local part", FROM ("example.org/user", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "empty from", FROM ("", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "from that is no address", FROM ("@", RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "from in a namespace",
    "<message xmlns:q='urn:q' from='" EVIL "' q:from='user@example.org'>" RECEIVED (FORWARDED (GOOD)) "</message>",
    "rejected:sender " },
  { "room, groupchat",
    "<message from='room@muc.example.org/nick' type='groupchat'>" RECEIVED (FORWARDED (GOOD)) "</message>",
    "rejected:sender " },
  { "with a body of its own",
    FROM (EVIL, "<body>look</body>" RECEIVED (FORWARDED (GOOD))), "rejected:sender " },
  { "two wrappers", OURS (RECEIVED (FORWARDED (GOOD)) RECEIVED (FORWARDED (GOOD))), "rejected:form " },
  { "both wrappers", OURS (RECEIVED (FORWARDED (GOOD)) SENT (FORWARDED (GOOD))), "rejected:form " },
  { "two forwarded", OURS (RECEIVED (FORWARDED (GOOD) FORWARDED (GOOD))), "rejected:form " },
  { "two messages", OURS (RECEIVED (FORWARDED (GOOD GOOD))), "rejected:form " },
  { "nothing forwarded", OURS (RECEIVED ("")), "rejected:form " },
  { "nothing in forwarded", OURS (RECEIVED (FORWARDED (""))), "rejected:form " },
  { "not forwarded", OURS (RECEIVED (GOOD)), "rejected:form " },
  { "another namespace of forwarded",
    OURS (RECEIVED ("<forwarded xmlns='urn:xmpp:forward:1'>" GOOD "</forwarded>")), "rejected:form " },
  { "not a message", OURS (RECEIVED (FORWARDED ("<presence xmlns='jabber:client' from='a@b'/>"))), "rejected:form " },
  { "another namespace of message",
    OURS (RECEIVED (FORWARDED ("<message xmlns='jabber:server' from='a@b'><body>buy now</body></message>"))),
    "rejected:form " },
  { "to somebody else", OURS (RECEIVED (FORWARDED (BOSS ("chat", "user2@example.org", "")))), "rejected:address " },
  { "to that is no address", OURS (RECEIVED (FORWARDED (BOSS ("chat", "@", "")))), "rejected:address " },
  { "sent by somebody else", OURS (SENT (FORWARDED (BOSS ("chat", "juliet@example.com", "")))), "rejected:address " },
  { "sent to nobody",
    OURS (SENT (FORWARDED ("<message xmlns='jabber:client' from='user@example.org/phone'><body>buy now</body></message>"))),
    "rejected:address " },
  { "without a sender",
    OURS (RECEIVED (FORWARDED ("<message xmlns='jabber:client' to='user@example.org'><body>buy now</body></message>"))),
    "rejected:address " },
  { "copy of a copy",
    OURS (RECEIVED (FORWARDED (BOSS ("chat", "user@example.org", RECEIVED (FORWARDED (GOOD)))))), "rejected:nested " },
  { "copy of a result",
    OURS (RECEIVED (FORWARDED (BOSS ("chat", "user@example.org", RESULT ("urn:xmpp:mam:2", FORWARDED (GOOD)))))),
    "rejected:nested " },
  { "copy of a groupchat", OURS (RECEIVED (FORWARDED (BOSS ("groupchat", "user@example.org", "")))), "rejected:kind " },
  { "copy of an error", OURS (RECEIVED (FORWARDED (BOSS ("error", "user@example.org", "")))), "" },
  { "result of a stranger's archive", FROM (EVIL, RESULT ("urn:xmpp:mam:2", FORWARDED (GOOD))), "rejected:sender " },
  { "result of a room's archive",
    FROM ("room@muc.example.org", RESULT ("urn:xmpp:mam:2", FORWARDED (GOOD))), "rejected:sender " },
  { "result nobody asked for", OURS (RESULT ("urn:xmpp:mam:2", FORWARDED (GOOD))), "rejected:unrequested " },
  { "result of an old version", OURS (RESULT ("urn:xmpp:mam:1", FORWARDED (GOOD))), "rejected:unrequested " },
  { "result beside a copy",
    OURS (RECEIVED (FORWARDED (GOOD)) RESULT ("urn:xmpp:mam:0", FORWARDED (GOOD))), "rejected:unrequested " },
  { "inside an error",
    "<message from='user@example.org' type='error' id='e'>" RECEIVED (FORWARDED (GOOD)) "</message>", "message'' " },
  /* Of no meaning here: the outer message is what it is. */
  { "old carbons",
    FROM (EVIL, "<received xmlns='urn:xmpp:carbons:1'>" FORWARDED (GOOD) "</received>"), "live<evil@example.com'' " },
  { "somebody forwards", FROM (EVIL, "<body>look</body>" FORWARDED (GOOD)), "live<evil@example.com'look' " },
  { "deep inside",
    FROM (EVIL, "<wrap xmlns='urn:w'>" RECEIVED (FORWARDED (GOOD)) "</wrap>"), "live<evil@example.com'' " },
  { "private copy", FROM (EVIL, "<private xmlns='urn:xmpp:carbons:2'/><body>psst</body>"), "live<evil@example.com'psst' " },
  { "from that is no address, plain", FROM ("@", "<body>hello</body>"), "rejected:address " },
  { "empty from, plain", FROM ("", "<body>hello</body>"), "rejected:address " },
};

static void
test_forged (void)
{
  MessagesTest f = { NULL };

  messages_start (&f, messages_session, MESSAGES_FEATURES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].name);
      messages_say (&f, rows[i].text, rows[i].expected);
    }
  for (guint i = 0; i < f.deliveries->len; i++)
    {
      HsMessage *message = hs_chat_message_get_message (g_ptr_array_index (f.deliveries, i));

      g_assert_cmpstr (hs_message_get_body (message), !=, "buy now");
    }
  /* What the account itself says is believed, also from the bound address. */
  messages_say (&f, FROM ("user@example.org/res", RECEIVED (FORWARDED (GOOD))), "carbon<boss@example.com'buy now' ");
  messages_stop (&f);
}

/* They wait as all first messages do, and are as false afterwards. */
static void
test_waiting (void)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };
  MessagesTest f = { NULL };

  messages_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  messages_say (&f, rows[0].text, "");
  messages_answer_account (&f, MESSAGES_FEATURES);
  messages_expect_log (&f, rows[0].expected);
  messages_stop (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/forged/rows", test_forged);
  g_test_add_func ("/messages/forged/waiting", test_waiting);
  return g_test_run ();
}
