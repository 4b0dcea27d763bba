/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "blocking-test.h"
#include "resume-test.h"

/* The block list from one session to the next, and what is told of the server. */

/* Registered when the session stands: the list is asked for, and pushes count. */
static void
test_late (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED, SEND (LIST (ITEM ("a@b"))), SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  BlockingTest f;

  blocking_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  test_client_start_until_ready (f.test);
  hs_client_register (f.test->client, HS_MODULE (f.blocking));
  test_until (hs_blocking_get_is_loaded (f.blocking));
  blocking_assert (&f, "a@b ");
  test_client_say (f.test, PUSH ("unblock", ""));
  blocking_assert (&f, "");
  hs_client_unregister (f.test->client, HS_MODULE (f.blocking));
  g_assert_null (hs_blocking_get_client (f.blocking));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  test_client_say (f.test, PUSH ("block", ITEM ("c@d")));
  blocking_assert (&f, "");
  blocking_tear_down (&f);
}

/* In the next session, only what is different changes. */
static void
test_next_session (void)
{
  static const ScriptStep first[] = { RUN (blocking_two), GATE, RESET, END };
  static const ScriptStep second[] = { RUN (script_sign_in), ASKED,
                                       SEND (LIST (ITEM ("romeo@montague.net") ITEM (
                                           "tybalt@capulet.lit") ITEM ("iago@shakespeare.lit"))),
                                       SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsBlockedAddress) romeo = NULL;
  g_autoptr (HsBlockedAddress) same = NULL;
  BlockingTest f;

  blocking_set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  romeo = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_string_truncate (f.changes, 0);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  /* What is known last. */
  g_assert_true (hs_blocking_get_is_loaded (f.blocking));
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  hs_client_reconnect_now (f.test->client);
  test_until (hs_blocking_is_blocked (f.blocking, "tybalt@capulet.lit"));
  blocking_assert (&f, "romeo@montague.net tybalt@capulet.lit iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "1-0+1 ");
  same = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_assert_true (same == romeo);
  blocking_tear_down (&f);
}

/* Another account has another list. */
static void
test_other_account (void)
{
  static const ScriptStep first[] = { RUN (blocking_two), SERVE, END };
  static const ScriptStep second[] = { RUN (script_sign_in), ASKED, SEND (REFUSED), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  BlockingTest f;

  blocking_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  test_client_stop (f.test);
  g_object_set (f.test->client, "jid", other, NULL);
  test_client_start_until_ready (f.test);
  blocking_assert (&f, "");
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  blocking_tear_down (&f);
}

/* ---- Resumed sessions ---- */

static const ScriptStep asked_and_cut[] = { RUN (resume_sign_in),
                                            EXPECT ("</iq>"),
                                            SEND (SAY_BOUND),
                                            EXPECT ("<enable"),
                                            SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"),
                                            ASKED,
                                            RESET,
                                            END };

static void
asked_cb (GObject *blocking, GAsyncResult *result, gpointer data)
{
  ResumeResult *asked = data;

  hs_blocking_block_finish (HS_BLOCKING (blocking), result, &asked->error);
  asked->done = TRUE;
}

/* The request failed while the client waited for the session to go on, and then it did. */
static void
test_resumed (void)
{
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"),
                                       ASKED,
                                       SEND (LIST (ITEM ("a@b"))),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { asked_and_cut, second, NULL };
  ResumeTest resume = { NULL };
  ResumeResult asked = { FALSE, NULL };
  BlockingTest f;

  blocking_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  hs_blocking_block_async (f.blocking, JIDS ("c@d"), NULL, asked_cb, &asked);
  test_until (asked.done);
  g_assert_error (asked.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&asked.error);
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  blocking_assert (&f, "a@b ");
  blocking_tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

/* What has been answered is not asked again. */
static void
test_not_again (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1'/>"),
                                      ASKED,
                                      SEND (LIST (ITEM ("a@b"))),
                                      GATE,
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest resume = { NULL };
  BlockingTest f;

  blocking_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_client_say (f.test, "<message/>");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
  blocking_assert (&f, "a@b ");
  blocking_tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

/* The connection is cut inside the answer, which comes again when the session goes on. */
static void
test_cut_and_resumed (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1'/>"),
                                      ASKED,
                                      SEND (PART (ITEM ("gone@example.com"))),
                                      GATE,
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (resume_sign_in),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='0'/>"),
                                       ASKED,
                                       SEND (LIST (ITEM ("a@b")) "<a" SM " h='1'/>"),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest resume = { NULL };
  BlockingTest f;

  blocking_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_spin (20);
  g_assert_false (hs_blocking_is_blocked (f.blocking, "gone@example.com"));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  blocking_assert (&f, "a@b ");
  g_assert_cmpstr (f.changes->str, ==, "0-0+1 ");
  blocking_tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

/* Nothing is believed of an answer that never ends. */
static void
test_cut (void)
{
  static const ScriptStep first[] = { RUN (blocking_two), GATE, RESET, END };
  static const ScriptStep second[]
      = { RUN (script_sign_in), ASKED, SEND (PART (ITEM ("new@example.com"))), GATE, RESET, END };
  static const ScriptStep third[]
      = { RUN (script_sign_in), ASKED, SEND (LIST (ITEM ("a@b"))), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, third, NULL };
  BlockingTest f;

  blocking_set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  g_string_truncate (f.changes, 0);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  hs_client_reconnect_now (f.test->client);
  test_until (f.test->n_ready == 2);
  test_spin (20);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 2);
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  hs_client_reconnect_now (f.test->client);
  test_until (hs_blocking_is_blocked (f.blocking, "a@b"));
  blocking_assert (&f, "a@b ");
  g_assert_cmpstr (f.changes->str, ==, "0-2+1 ");
  blocking_tear_down (&f);
}

static char *list_id;

static gboolean
keep_id (ScriptedPeer *peer, gpointer data)
{
  const char *id = strstr (scripted_peer_get_taken (peer), " id=\"") + strlen (" id=\"");

  list_id = g_strndup (id, strcspn (id, "\""));
  return TRUE;
}

static gboolean
send_list (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *kept = g_steal_pointer (&list_id);
  g_autofree char *answer = g_strdup_printf (
      "<iq type='result' id='%s'><blocklist " NS ">" ITEM ("c@d") "</blocklist></iq>", kept);

  return scripted_peer_send (peer, answer, -1);
}

/* While the list is asked for, others' answers and pushes are what they are. */
static void
test_while_asked (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in),
                                       ASKED,
                                       CALL (keep_id, NULL),
                                       SEND (PUSH ("block", ITEM ("a@b"))),
                                       EXPECT ("<block "),
                                       SEND (LIST (ITEM ("other@example.com"))),
                                       CALL (send_list, NULL),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { script, NULL };
  GError *error = NULL;
  BlockingTest f;

  blocking_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_is_blocked (f.blocking, "a@b"));
  blocking_block (&f, JIDS ("e@f"));
  g_assert_true (blocking_finish (&f, TRUE, &error));
  g_assert_no_error (error);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  blocking_assert (&f, "c@d ");
  blocking_tear_down (&f);
}

/* ---- What the server says it can do ---- */

#define DISCO_ASKED EXPECT ("<query xmlns=\"http://jabber.org/protocol/disco#info\"/></iq>")
#define DISCO(features)                                                                            \
  "<iq type='result' id='@ID@' from='example.org'><query "                                         \
  "xmlns='http://jabber.org/protocol/disco#info'>"                                                 \
  "<identity category='server' type='im'/>" features "</query></iq>"

static void
supported_cb (HsBlocking *blocking, GParamSpec *pspec, gpointer data)
{
  guint *n = data;

  (*n)++;
}

static void
assert_disco (const ScriptStep *script, gboolean disco_first, gboolean is_supported)
{
  const ScriptStep *const scripts[] = { script, NULL };
  HsDisco *disco = hs_disco_new ();
  guint n_notified = 0;
  BlockingTest f;

  blocking_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  g_signal_connect (f.blocking, "notify::is-supported", G_CALLBACK (supported_cb), &n_notified);
  hs_client_register (f.test->client, disco_first ? HS_MODULE (disco) : HS_MODULE (f.blocking));
  hs_client_register (f.test->client, disco_first ? HS_MODULE (f.blocking) : HS_MODULE (disco));
  test_client_start_until_ready (f.test);
  test_until (hs_disco_get_server_info (disco) != NULL);
  test_client_say (f.test, "<message/>");
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  g_assert_true (hs_blocking_get_is_supported (f.blocking) == is_supported);
  g_assert_cmpuint (n_notified, ==, is_supported ? 1 : 0);
  hs_client_unregister (f.test->client, HS_MODULE (disco));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  blocking_tear_down (&f);
  g_assert_finalize_object (disco);
}

static void
test_disco (void)
{
  static const ScriptStep has[] = { RUN (script_sign_in),
                                    ASKED,
                                    DISCO_ASKED,
                                    SEND (DISCO ("<feature var='urn:xmpp:blocking'/>")),
                                    SERVE,
                                    END };
  static const ScriptStep has_not[] = { RUN (script_sign_in),
                                        ASKED,
                                        DISCO_ASKED,
                                        SEND (DISCO ("<feature var='urn:xmpp:blocking:errors'/>")),
                                        SERVE,
                                        END };

  assert_disco (has, TRUE, TRUE);
  assert_disco (has, FALSE, TRUE);
  assert_disco (has_not, TRUE, FALSE);
}

static void
test_properties (void)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (HsComponent) component = hs_component_new ("example.org", "secret");
  g_autoptr (HsBlocking) blocking = hs_blocking_new ();
  g_autoptr (HsBlocking) second = hs_blocking_new ();
  g_autoptr (GListModel) blocked = NULL;
  g_autoptr (HsClient) same = NULL;
  gboolean is_supported = TRUE;
  gboolean is_loaded = TRUE;

  hs_client_register (client, HS_MODULE (blocking));
  g_object_get (blocking, "blocked", &blocked, "client", &same, "is-supported", &is_supported,
                "is-loaded", &is_loaded, NULL);
  g_assert_true (blocked == hs_blocking_get_blocked (blocking));
  g_assert_true (same == client);
  g_assert_false (is_supported);
  g_assert_false (is_loaded);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*");
  hs_client_register (client, HS_MODULE (second));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*");
  hs_client_register (HS_CLIENT (component), HS_MODULE (second));
  g_test_assert_expected_messages ();
  g_assert_null (hs_blocking_get_client (second));
  hs_client_unregister (client, HS_MODULE (blocking));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocking/late", test_late);
  g_test_add_func ("/blocking/next-session", test_next_session);
  g_test_add_func ("/blocking/other-account", test_other_account);
  g_test_add_func ("/blocking/resumed", test_resumed);
  g_test_add_func ("/blocking/not-again", test_not_again);
  g_test_add_func ("/blocking/cut-and-resumed", test_cut_and_resumed);
  g_test_add_func ("/blocking/cut", test_cut);
  g_test_add_func ("/blocking/while-asked", test_while_asked);
  g_test_add_func ("/blocking/disco", test_disco);
  g_test_add_func ("/blocking/properties", test_properties);
  return g_test_run ();
}
