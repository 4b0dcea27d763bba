/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "messages-test.h"
#include "resume-test.h"

/* Sessions that go on without `ready` (XEP-0198, 5): after the client has given up waiting for that, and in another
 * run of the program. */

#define ROSTER EXPECT ("<query xmlns=\"jabber:iq:roster\"/></iq>")
#define MANAGED RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable")
#define ENABLED(max) SEND ("<enabled" SM " resume='true' id='s1' max='" max "'/>"), ROSTER
#define RESUMED(h)                                                                                 \
  RUN (script_header), GATE, RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES (FEATURE_SM)),                    \
      EXPECT ("<resume"), SEND ("<resumed" SM " previd='s1' h='" h "'/>"), SERVE, END
#define ENABLE_CARBONS "<enable xmlns=\"urn:xmpp:carbons:2\"/>"
#define DISABLE_CARBONS "<disable xmlns=\"urn:xmpp:carbons:2\"/>"

static const ScriptStep short_lived[] = { MANAGED, ENABLED ("1"), GATE, RESET, END };
static const ScriptStep carbons_asked[] = { MANAGED, ENABLED ("1"), EXPECT (ENABLE_CARBONS), GATE, RESET, END };
static const ScriptStep long_lived[] = { MANAGED, ENABLED ("600"), GATE, RESET, END };
/* What was asked for at the beginning has arrived. */
static const ScriptStep resumed[] = { RESUMED ("3") };
static const ScriptStep resumed_after_one[] = { RESUMED ("4") };

static void
begin (MessagesTest *f, ResumeTest *resume, const ScriptStep *first, const ScriptStep *second)
{
  static const ScriptStep *scripts[3];

  scripts[0] = first;
  scripts[1] = second;
  messages_set_up (f, scripts);
  resume_watch (resume, f->test);
  test_client_start_until_ready (f->test);
  test_client_await_sent (f->test, "to=\"user@example.org\"");
}

static void
end (MessagesTest *f, ResumeTest *resume)
{
  messages_stop (f);
  g_string_free (resume->returned, TRUE);
}

/* Until the next connection stands at its gate. */
static void
cut (MessagesTest *f)
{
  scripted_server_open_gate (f->test->server);
  test_until (f->test->n_disconnected == 1);
}

static void
go_on (MessagesTest *f, ResumeTest *resume)
{
  scripted_server_forget_received (f->test->server);
  scripted_server_open_gate (f->test->server);
  test_until (resume->n_resumed == 1);
}

static void
send_one (MessagesTest *f, const char *body)
{
  g_autoptr (HsSentMessage) sent = messages_send (f, "juliet@example.com", body);

  assert_state (sent, WAITING);
}

static void
send_when_resumed_cb (HsClient *client, MessagesTest *f)
{
  send_one (f, "2");
}

/* After the time in which the server keeps the session, the client takes nothing more. The outbox does, and its
 * messages leave in order if the session goes on all the same. */
static void
test_queue (void)
{
  MessagesTest f = { NULL };
  ResumeTest resume = { NULL };
  g_autofree char *sent = NULL;
  g_autoptr (GError) error = NULL;
  const char *at;

  begin (&f, &resume, short_lived, resumed);
  g_signal_connect (f.test->client, "resumed", G_CALLBACK (send_when_resumed_cb), &f);
  cut (&f);
  test_spin (1100);
  g_assert_null (hs_messages_send_text (f.messages, "juliet@example.com", "never", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  hs_messages_set_queue_offline (f.messages, TRUE);
  send_one (&f, "0");
  send_one (&f, "1");
  go_on (&f, &resume);
  send_one (&f, "3");
  test_client_await_sent (f.test, "<body>3</body>");
  sent = messages_dup_sent (&f);
  at = sent;
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *body = g_strdup_printf ("<body>%u</body>", i);

      at = strstr (at, body);
      g_assert_nonnull (at);
      g_assert_null (strstr (at + 1, body));
    }
  g_assert_null (strstr (sent, "never"));
  end (&f, &resume);
}

/* The server hears of a change of the setting that was made while nobody could tell it. */
static void
test_carbons (void)
{
  MessagesTest f = { NULL };
  ResumeTest resume = { NULL };

  begin (&f, &resume, long_lived, resumed);
  cut (&f);
  hs_messages_set_carbons (f.messages, TRUE);
  go_on (&f, &resume);
  test_client_await_sent (f.test, ENABLE_CARBONS);
  hs_messages_set_carbons (f.messages, FALSE);
  test_client_await_sent (f.test, DISABLE_CARBONS);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, ENABLE_CARBONS), ==, 1);
  end (&f, &resume);
}

/* The request was on its way, and the client has given it up. */
static void
test_carbons_again (void)
{
  MessagesTest f = { NULL };
  ResumeTest resume = { NULL };

  begin (&f, &resume, carbons_asked, resumed_after_one);
  hs_messages_set_carbons (f.messages, TRUE);
  test_client_await_sent (f.test, ENABLE_CARBONS);
  cut (&f);
  test_spin (1100);
  go_on (&f, &resume);
  test_client_await_sent (f.test, ENABLE_CARBONS);
  end (&f, &resume);
}

/* The session was another run's: it goes on without having begun here. */
static void
test_restored (void)
{
  static const ScriptStep *const scripts[] = { messages_managed, resumed, NULL };
  MessagesTest f = { NULL };
  ResumeTest resume = { NULL };
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  messages_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  messages_answer_account (&f, "");
  state = hs_client_dup_session_state (f.test->client);
  g_assert_nonnull (state);
  scripted_server_forgive (f.test->server);
  messages_stop_client (&f);

  g_assert_true (hs_client_set_session_state (f.test->client, state, &error));
  hs_messages_set_queue_offline (f.messages, TRUE);
  hs_messages_set_carbons (f.messages, TRUE);
  send_one (&f, "0");
  hs_client_start (f.test->client);
  go_on (&f, &resume);
  send_one (&f, "1");
  test_client_await_sent (f.test, "<body>1</body>");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<body>0</body>"), ==, 1);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, ENABLE_CARBONS), ==, 1);
  g_assert_true (
      hs_messages_send_chat_state (f.messages, "juliet@example.com", HS_CHAT_STATE_ACTIVE, &error));
  g_assert_no_error (error);
  /* Ids of the archive are trusted as in any other session. */
  g_string_truncate (f.log, 0);
  test_client_say (f.test, CHAT ("juliet@example.com/x", "m", "hello", OWN_ID ("a1")));
  messages_answer_account (&f, MESSAGES_FEATURES);
  messages_expect_log (&f, "live<juliet@example.com'hello'#a1 ");
  end (&f, &resume);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/resumed/queue", test_queue);
  g_test_add_func ("/messages/resumed/carbons", test_carbons);
  g_test_add_func ("/messages/resumed/carbons-again", test_carbons_again);
  g_test_add_func ("/messages/resumed/restored", test_restored);
  return g_test_run ();
}
