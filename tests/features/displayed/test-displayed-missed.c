/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "displayed-test.h"
#include "resume-test.h"

/* What other devices have told before this one listened, or while the server sent it nothing. */

/* Nothing is published before it is known what the other devices have told. */
static void
test_catch_up (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1"))));
  displayed_mark (&f, displayed_hear (&f, CHAT ("paris@example.com/x", "m2", "two", OWN_ID ("a2"))));
  displayed_expect_silence (&f);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("paris@example.com", "user@example.org", "old")
                                     ITEM ("room@muc.example.org", "room@muc.example.org", "r1")));
  displayed_expect (&f, "moved:paris@example.com user@example.org old|moved:room@muc.example.org room@muc.example.org r1|");
  displayed_expect_sent (&f, NULL, "a1");
  /* What came in this session is later than what was told before it. */
  displayed_mark (&f, messages_last (&f.m));
  displayed_expect_sent (&f, NULL, "a2");
  displayed_stop (&f);
}

#define ASKS(from)                                                                                 \
  "<iq type='get'" from " to='user@example.org/res' id='caps'>"                                    \
  "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
#define ITEMS_REQUEST "<items node=\"" MDS "\"/>"

/* The account's server, which does not know the client's capabilities yet, asks for them. */
static void
ask_capabilities (DisplayedTest *f, const char *request)
{
  scripted_server_forget_received (f->m.test->server);
  test_client_say (f->m.test, request);
  test_client_await_sent (f->m.test, "id=\"caps\"");
}

/* Before the server knows the client's capabilities, it sends no events, and the node never sends its last item. */
static void
test_missed (void)
{
  static const char *const askers[] = { ASKS (OWN), ASKS (" from='example.org'"), ASKS (""),
                                        ASKS (" from='user@example.org/res'") };
  static const char *const others[] = { ASKS (" from='" JULIET "'"), ASKS (" from='example.com'"),
                                        ASKS (" from='user@example.org/other'") };
  DisplayedTest f = { 0 };

  displayed_start_caught_up (&f, "");
  for (guint i = 0; i < G_N_ELEMENTS (askers); i++)
    {
      g_autofree char *items = g_strdup_printf (ITEMS (ITEM ("juliet@example.com", "user@example.org", "a%u")), i);
      g_autofree char *moved = g_strdup_printf ("moved:juliet@example.com user@example.org a%u|", i);
      g_autofree char *sent = NULL;

      ask_capabilities (&f, askers[i]);
      test_client_await_sent (f.m.test, ITEMS_REQUEST);
      sent = scripted_server_dup_received (f.m.test->server);
      g_assert_true (strstr (sent, "id=\"caps\"") < strstr (sent, ITEMS_REQUEST));
      displayed_answer_items (&f, "result", items);
      displayed_expect (&f, moved);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      ask_capabilities (&f, others[i]);
      displayed_expect_silence (&f);
      g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
    }
  displayed_stop (&f);
}

/* The items that are on their way may be older than the server's knowledge. */
static void
test_missed_meanwhile (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1")));
  test_client_say (f.m.test, ASKS (OWN));
  displayed_answer_items (&f, "error", NO_NODE);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a7")));
  displayed_expect (&f, "moved:juliet@example.com user@example.org a7|");
  /* It was published after what had arrived here. */
  displayed_mark (&f, messages_last (&f.m));
  displayed_expect_sent (&f, NULL, NULL);
  displayed_stop (&f);
}

static void
set_presence (DisplayedTest *f, const char *type)
{
  g_autoptr (HsPresence) presence = hs_presence_new (type);

  hs_client_set_own_presence (f->m.test->client, presence);
}

/* A session that begins with a presence requests the items after it, and once. */
static void
test_once (void)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  DisplayedTest f = { 0 };

  messages_set_up (&f.m, scripts);
  displayed_listen (&f);
  hs_client_set_own_presence (f.m.test->client, presence);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_answer_items (&f, "error", NO_NODE);
  displayed_expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  displayed_stop (&f);
}

/* A server sends no events to who is not available. */
static void
test_missed_away (void)
{
  DisplayedTest f = { 0 };

  /* Without a presence so far. */
  displayed_start_caught_up (&f, "");
  set_presence (&f, NULL);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  displayed_answer_items (&f, "error", NO_NODE);
  set_presence (&f, NULL);
  displayed_expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  set_presence (&f, "unavailable");
  displayed_expect_silence (&f);
  g_assert_cmpuint (scripted_server_count_received (f.m.test->server, ITEMS_REQUEST), ==, 0);
  scripted_server_forget_received (f.m.test->server);
  set_presence (&f, NULL);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a1")));
  displayed_expect (&f, "moved:juliet@example.com user@example.org a1|");
  displayed_stop (&f);
}

/* A presence that is set while the session is interrupted leaves when it is resumed. */
static void
test_missed_resumed (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"),
                                      EXPECT (ITEMS_REQUEST),
                                      SEND ("<iq type='error' id='@ID@'>" NO_NODE "</iq>"),
                                      GATE,
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='4'/>"),
                                       SERVE,
                                       END };
  static const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest resume = { NULL };
  g_autofree char *sent = NULL;
  DisplayedTest f = { 0 };

  messages_set_up (&f.m, scripts);
  displayed_listen (&f);
  resume_watch (&resume, f.m.test);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  scripted_server_open_gate (f.m.test->server);
  test_until (f.m.test->n_disconnected == 1);
  set_presence (&f, NULL);
  scripted_server_forget_received (f.m.test->server);
  scripted_server_open_gate (f.m.test->server);
  test_until (resume.n_resumed == 1);
  test_client_await_sent (f.m.test, ITEMS_REQUEST);
  sent = scripted_server_dup_received (f.m.test->server);
  g_assert_nonnull (strstr (sent, "<presence"));
  g_assert_true (strstr (sent, "<presence") < strstr (sent, ITEMS_REQUEST));
  displayed_stop (&f);
  g_string_free (resume.returned, TRUE);
}

/* Where the account cannot say what they have told, this device may be behind. */
static void
test_not_told (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_answer_items (&f, "error", "<error type='wait'><internal-server-error"
                             " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m1", "one", OWN_ID ("a1") MARKABLE)));
  displayed_expect_silence (&f);
  displayed_expect_sent (&f, "m1", NULL);
  displayed_assert_position (&f, "juliet@example.com", "a1");
  displayed_stop (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/displayed/catch-up", test_catch_up);
  g_test_add_func ("/displayed/missed", test_missed);
  g_test_add_func ("/displayed/missed-meanwhile", test_missed_meanwhile);
  g_test_add_func ("/displayed/once", test_once);
  g_test_add_func ("/displayed/missed-away", test_missed_away);
  g_test_add_func ("/displayed/missed-resumed", test_missed_resumed);
  g_test_add_func ("/displayed/not-told", test_not_told);
  return g_test_run ();
}
