/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pubsub-test.h"

#include "resume-test.h"

/* Nodes from one session to the next, and publishing that is given up. */

/* Registered when the session stands: events come, and the presence tells what is watched. */
static void
test_late (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  PubSubTest f;

  pubsub_make (&f, scripts);
  hs_client_set_own_presence (f.test->client, presence);
  test_client_start_until_ready (f.test);
  hs_client_register (f.test->client, HS_MODULE (f.pubsub));
  test_client_await_sent (f.test, "<c xmlns=\"http://jabber.org/protocol/caps\"");
  scripted_server_forget_received (f.test->server);
  hs_pubsub_watch (f.pubsub, NODE);
  test_client_await_sent (f.test, "<c xmlns=\"http://jabber.org/protocol/caps\"");
  test_client_say (f.test, EVENT ("", ITEMS ("<item id='1'/>")));
  g_assert_cmpstr (f.events->str, ==, "0 user@example.org " NODE " 1|");
  hs_client_unregister (f.test->client, HS_MODULE (f.pubsub));
  g_assert_null (hs_pubsub_get_client (f.pubsub));
  test_client_say (f.test, EVENT ("", ITEMS ("<item id='2'/>")));
  g_assert_cmpstr (f.events->str, ==, "0 user@example.org " NODE " 1|");
  /* The answer is dropped now. */
  g_assert_cmpuint (f.n_messages, ==, 1);
  pubsub_tear_down (&f);
}

/* @n_answers: to the requests that come first, before it is given up. */
static void
check_given_up (guint n_answers, gboolean is_cancelled)
{
  static const char *const answers[] = { REFUSED ("item-not-found", ""), RESULT (""), CONFIG (OPEN), RESULT (""),
                                         CONFIG (PRIVATE) };
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  f.cancellable = g_cancellable_new ();
  pubsub_publish (&f, NULL, options, NO_OPTIONS);
  for (guint i = 0; i < n_answers; i++)
    {
      pubsub_await (&f, "<pubsub ");
      pubsub_say (&f, answers[i]);
    }
  pubsub_await (&f, "<pubsub ");
  if (is_cancelled)
    g_cancellable_cancel (f.cancellable);
  else
    hs_client_unregister (f.test->client, HS_MODULE (f.pubsub));
  pubsub_say (&f, answers[n_answers]);
  g_assert_null (pubsub_finish_publish (&f, &error));
  if (is_cancelled)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  test_client_say (f.test, "");
  pubsub_assert_unsent (&f, "<pubsub");
  pubsub_tear_down (&f);
}

/* Wherever publishing is given up, nothing goes out any more. */
static void
test_given_up (void)
{
  for (guint i = 0; i < 5; i++)
    {
      check_given_up (i, TRUE);
      check_given_up (i, FALSE);
    }
}

/* The program moves the module to the client of another account: that account does not publish the item. */
static void
test_other_client (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (TestClient) other = test_client_new (scripts, HS_TLS_MODE_NONE);
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  test_client_start_until_ready (other);
  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, NULL);
  pubsub_await (&f, "http://jabber.org/protocol/disco#info");
  hs_client_unregister (f.test->client, HS_MODULE (f.pubsub));
  hs_client_register (other->client, HS_MODULE (f.pubsub));
  pubsub_say (&f, "<iq type='result' id='@ID@' from='user@example.org'>"
                  "<query xmlns='http://jabber.org/protocol/disco#info'>" OPTIONS "</query></iq>");
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_free (test_client_dup_sent (other));
  g_assert_cmpuint (scripted_server_count_received (other->server, "secret"), ==, 0);
  hs_client_unregister (other->client, HS_MODULE (f.pubsub));
  test_client_stop (other);
  pubsub_tear_down (&f);
}

/* The session was interrupted for too long to wait: the program is told, and nothing of it goes out when the session
 * goes on. Then the module works as before. */
static void
test_resumed (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"),
                                      EXPECT ("</iq>"),
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  ResumeTest resume = { NULL };
  PubSubTest f;

  pubsub_make (&f, scripts);
  resume_watch (&resume, f.test);
  hs_client_register (f.test->client, HS_MODULE (f.pubsub));
  test_client_start_until_ready (f.test);
  pubsub_publish (&f, NULL, options, NULL);
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  pubsub_assert_unsent (&f, "secret");
  scripted_server_forget_received (f.test->server);
  pubsub_publish (&f, NULL, options, OPTIONS);
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, RESULT (""));
  g_clear_error (&error);
  id = pubsub_finish_publish (&f, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "1");
  test_client_say (f.test, EVENT ("", ITEMS ("<item id='1'/>")));
  g_assert_cmpstr (f.events->str, ==, "0 user@example.org " NODE " 1|");
  pubsub_tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pubsub/late", test_late);
  g_test_add_func ("/pubsub/given-up", test_given_up);
  g_test_add_func ("/pubsub/other-client", test_other_client);
  g_test_add_func ("/pubsub/resumed", test_resumed);

  return g_test_run ();
}
