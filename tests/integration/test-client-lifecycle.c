/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

/* The order of all signals and module calls, in the runs that end by themselves or once ready. */

#define UP "connecting connected authenticated(PLAIN) ready m.ready "
#define DOWN " stopping m.stopping disconnected(end) cleanup m.cleanup m.terminated terminated"
#define FAILED(before) before DOWN

static void
test_normal (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);

  test_client_start_until_ready (test);
  assert_record (test, "connecting connected secured authenticated(PLAIN) ready m.ready");
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (test->client)), ==,
                   "user@example.org/res");
  test_client_stop (test);
  assert_record (test, "connecting connected secured authenticated(PLAIN) ready m.ready" DOWN);
  g_assert_cmpstr (test->states->str, ==,
                   "connecting connected secured authenticated ready stopping disconnected");
  g_assert_no_error (test->error);
  g_assert_no_error (test->loss);
  g_assert_null (hs_client_get_bound_jid (test->client));
  g_assert_cmpuint (scripted_server_count_received (test->server, SAY_END), ==, 1);
}

static const ScriptStep direct_session[] = { START_TLS, RUN (script_session), END };

static void
test_direct_tls (void)
{
  g_autoptr (TestClient) test = test_client_new_for (direct_session, HS_TLS_MODE_DIRECT);

  test_client_start_until_ready (test);
  test_client_stop (test);
  assert_record (test, "connecting connected secured authenticated(PLAIN) ready m.ready" DOWN);
}

/* The header tells nobody who is calling before TLS, and says it after (RFC 6120, 4.7.1). */
static void
test_headers (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_REQUIRED);
  g_autofree char *sent = NULL;
  const char *second;

  test_client_start_until_ready (test);
  test_client_stop (test);
  sent = scripted_server_dup_received (test->server);
  second = strstr (sent, "<starttls");
  g_assert_nonnull (second);
  g_assert_null (g_strstr_len (sent, second - sent, "from="));
  g_assert_nonnull (g_strstr_len (sent, second - sent, "to='example.org'"));
  g_assert_nonnull (g_strstr_len (sent, second - sent, "version='1.0'"));
  g_assert_nonnull (g_strstr_len (sent, second - sent, "xml:lang='"));
  g_assert_nonnull (strstr (second, "from='user@example.org'"));
}

/* RFC 6121, 2.2: the roster first, then the presence, and ready waits for neither. */
static void
test_first_words (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autofree char *sent = NULL;
  const char *roster;

  hs_presence_set_show (presence, "away");
  g_object_set (test->client, "initial-roster", TRUE, "initial-presence", presence, NULL);
  test_client_start_until_ready (test);
  sent = test_client_dup_sent (test);
  roster = strstr (sent, "jabber:iq:roster");
  g_assert_nonnull (roster);
  g_assert_nonnull (strstr (roster, "<presence><show>away</show></presence>"));
  test_client_stop (test);
}

static const ScriptStep refuse_sign_in[] = {
  RUN (script_header),
  SEND (SAY_FEATURES_SASL ("PLAIN")),
  EXPECT ("</auth>"),
  SEND ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/>"
        "<text>Go away</text></failure>"),
  EXPECT (SAY_END),
  READ_END,
  END
};

static void
test_failed_sign_in (void)
{
  g_autoptr (TestClient) test = test_client_new_for (refuse_sign_in, HS_TLS_MODE_NONE);

  /* Not even then is it tried again. */
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_run (test);
  assert_record (test, FAILED ("connecting connected"));
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_nonnull (strstr (test->error->message, "Go away"));
  g_assert_error (test->loss, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_cmpstr (test->states->str, ==, "connecting secured stopping disconnected");
}

static const ScriptStep vanish[] = { RUN (script_sign_in), CLOSE, END };
static const ScriptStep vanish_hard[] = { RUN (script_sign_in), RESET, END };
static const ScriptStep vanish_tls[] = { RUN (script_sign_in_tls), RESET, END };
static const ScriptStep say_bye[] = { RUN (script_sign_in), SEND (SAY_END), EXPECT (SAY_END),
                                      READ_END, END };
static const ScriptStep stream_error[]
    = { RUN (script_sign_in),
        SEND ("<stream:error><system-shutdown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
              "</stream:error></stream:stream>"),
        EXPECT (SAY_END), READ_END, END };
static const ScriptStep conflict[]
    = { RUN (script_sign_in),
        SEND ("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
              "</stream:error>"),
        EXPECT (SAY_END), READ_END, END };

/* Without auto-reconnect, a lost connection is the end. */
static void
test_loss (void)
{
  static const struct
  {
    const ScriptStep *script;
    HsTlsMode mode;
    gboolean stream_error;
  } cases[] = {
    { vanish, HS_TLS_MODE_NONE, FALSE },
    { vanish_hard, HS_TLS_MODE_NONE, FALSE },
    { vanish_tls, HS_TLS_MODE_STARTTLS, FALSE },
    { say_bye, HS_TLS_MODE_NONE, FALSE },
    { stream_error, HS_TLS_MODE_NONE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (cases[i].script, cases[i].mode);

      test_client_run (test);
      assert_record (test, cases[i].mode == HS_TLS_MODE_NONE
                               ? UP "stopping m.stopping disconnected(end) cleanup m.cleanup "
                                    "m.terminated terminated"
                               : "connecting connected secured authenticated(PLAIN) ready m.ready"
                                 DOWN);
      if (cases[i].stream_error)
        g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_SYSTEM_SHUTDOWN);
      else
        g_assert_error (test->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
      g_assert_error (test->loss, test->error->domain, test->error->code);
    }
}

/* With it, the run goes on, and its stopping, cleanup and terminated are still one each. */
static void
test_reconnect (void)
{
  static const ScriptStep *const scripts[][3] = {
    { vanish, script_session, NULL },
    { vanish_hard, script_session, NULL },
    { say_bye, script_session, NULL },
    { stream_error, script_session, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autoptr (TestClient) test = test_client_new (scripts[i], HS_TLS_MODE_NONE);

      test_client_leap (test);
      g_object_set (test->client, "auto-reconnect", TRUE, NULL);
      hs_client_start (test->client);
      test_until (test->n_disconnected == 1);
      g_assert_cmpint (test->retry, >=, 0);
      g_assert_nonnull (test->loss);
      g_assert_null (hs_client_get_bound_jid (test->client));
      test_until (test->n_ready == 2);
      test_client_stop (test);
      assert_record (test, UP "disconnected(retry) " UP "stopping m.stopping disconnected(end) "
                              "cleanup m.cleanup m.terminated terminated");
      g_assert_no_error (test->error);
      g_assert_cmpstr (test->states->str, ==,
                       "connecting secured authenticated ready interrupted "
                       "connecting secured authenticated ready stopping disconnected");
    }
}

/* Tries go on while the server is away, and what does not change by waiting ends them. */
static void
test_no_way_back (void)
{
  static const ScriptStep *const scripts[] = { vanish, refuse_sign_in, NULL };
  static const ScriptStep *const kicked[] = { conflict, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_NONE);
  g_autoptr (TestClient) other = test_client_new (kicked, HS_TLS_MODE_NONE);

  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_run (test);
  assert_record (test, UP "disconnected(retry) connecting connected" DOWN);
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);

  g_object_set (other->client, "auto-reconnect", TRUE, NULL);
  test_client_run (other);
  assert_record (other, UP "stopping m.stopping disconnected(end) cleanup m.cleanup "
                           "m.terminated terminated");
  g_assert_error (other->error, HS_STREAM_ERROR, HS_STREAM_ERROR_CONFLICT);
}

static void
test_refused_again (void)
{
  static const ScriptStep gated[] = { RUN (script_sign_in), GATE, CLOSE, END };
  g_autoptr (TestClient) test = test_client_new_for (gated, HS_TLS_MODE_NONE);

  test_client_leap (test);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (test);
  scripted_server_stop_listening (test->server);
  scripted_server_open_gate (test->server);
  test_until (test->n_disconnected == 3);
  assert_record (test, UP "disconnected(retry) connecting disconnected(retry) "
                          "connecting disconnected(retry)");
  test_client_stop (test);
  g_assert_no_error (test->error);
}

/* Nobody listens: the first connection is not tried again. */
static void
test_unreachable (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  scripted_server_stop_listening (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_run (test);
  assert_record (test, FAILED ("connecting"));
  g_assert_error (test->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpstr (test->states->str, ==, "connecting stopping disconnected");
}

static void
test_restart (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  for (guint i = 0; i < 3; i++)
    {
      g_string_truncate (test->record, 0);
      test_client_start_until_ready (test);
      /* A second time makes no difference. */
      hs_client_start (test->client);
      test_client_stop (test);
      assert_record (test, UP "stopping m.stopping disconnected(end) cleanup m.cleanup "
                              "m.terminated terminated");
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
}

static void
restart_hook (TestClient *test, const char *event, gpointer data)
{
  if (g_str_equal (event, data) && test->n_ready == 1)
    hs_client_start (test->client);
}

static void
test_restart_inside (gconstpointer event)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  test->hook = restart_hook;
  test->hook_data = (gpointer) event;
  test_client_start_until_ready (test);
  hs_client_stop (test->client);
  test_until (test->n_ready == 2);
  test->hook = NULL;
  test_client_stop (test);
  g_assert_cmpuint (test->n_terminated, ==, 2);
}

/* Before the end there is a run under way, and starting does nothing. */
static void
test_start_too_early (void)
{
  static const char *const events[] = { "stopping", "disconnected(end)", "cleanup", "m.cleanup" };

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

      test->hook = restart_hook;
      test->hook_data = (gpointer) events[i];
      test_client_start_until_ready (test);
      test_client_stop (test);
      test_spin (20);
      g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
      g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
    }
}

static void
store_result_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_null (*(GAsyncResult **) data);
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
test_invalid_jid (void)
{
  g_autoptr (TestClient) test = test_client_new_alone (hs_client_new ("@@", "secret"));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  test_client_run (test);
  assert_record (test, "stopping m.stopping disconnected(end) cleanup m.cleanup m.terminated "
                       "terminated");
  g_assert_error (test->error, HS_ERROR, HS_ERROR_INVALID_JID);

  g_assert_false (hs_client_run (test->client, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);

  hs_client_connect_async (test->client, NULL, store_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_client_connect_finish (test->client, result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_assert_cmpuint (test->n_terminated, ==, 3);
}

static void
test_connect_and_close (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  GAsyncResult *results[6] = { NULL };
  g_autoptr (GError) error = NULL;

  hs_client_connect_async (test->client, NULL, store_result_cb, &results[0]);
  hs_client_connect_async (test->client, NULL, store_result_cb, &results[1]);
  test_until (results[0] != NULL && results[1] != NULL);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  /* When it stands already, too. */
  hs_client_connect_async (test->client, NULL, store_result_cb, &results[2]);
  test_until (results[2] != NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (hs_client_connect_finish (test->client, results[i], &error));
      g_assert_no_error (error);
    }
  hs_client_close_async (test->client, NULL, store_result_cb, &results[3]);
  hs_client_close_async (test->client, NULL, store_result_cb, &results[4]);
  g_assert_cmpuint (test->n_terminated, ==, 0);
  test_until (results[3] != NULL && results[4] != NULL);
  g_assert_cmpuint (test->n_terminated, ==, 1);
  /* And when there is nothing to close. */
  hs_client_close_async (test->client, NULL, store_result_cb, &results[5]);
  test_until (results[5] != NULL);
  for (guint i = 3; i < 6; i++)
    {
      g_assert_true (hs_client_close_finish (test->client, results[i], &error));
      g_assert_no_error (error);
    }
  for (guint i = 0; i < 6; i++)
    g_object_unref (results[i]);
}

/* It fails as the run does, and where the run is stopped. */
static void
test_connect_fails (void)
{
  g_autoptr (TestClient) test = test_client_new_for (refuse_sign_in, HS_TLS_MODE_NONE);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) other = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_connect_async (test->client, NULL, store_result_cb, &result);
  test_until (result != NULL);
  g_assert_false (hs_client_connect_finish (test->client, result, &error));
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_clear_error (&error);

  hs_client_connect_async (test->client, NULL, store_result_cb, &other);
  hs_client_stop (test->client);
  test_until (other != NULL);
  g_assert_false (hs_client_connect_finish (test->client, other, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancel (void)
{
  static const ScriptStep silent[] = { EXPECT ("<stream:stream"), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (silent, HS_TLS_MODE_NONE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_connect_async (test->client, cancellable, store_result_cb, &result);
  test_client_await_sent (test, "<stream:stream");
  g_cancellable_cancel (cancellable);
  test_until (result != NULL);
  g_assert_false (hs_client_connect_finish (test->client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test->n_terminated, ==, 1);
  g_assert_no_error (test->error);
}

/* Who has had enough of waiting for the end is told so at once; the end comes all the same. */
static void
test_cancel_close (void)
{
  static const ScriptStep slow_end[] = { RUN (script_sign_in), EXPECT (SAY_END), GATE,
                                         SEND (SAY_END), END };
  g_autoptr (TestClient) test = test_client_new_for (slow_end, HS_TLS_MODE_NONE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  test_client_start_until_ready (test);
  hs_client_close_async (test->client, cancellable, store_result_cb, &result);
  test_client_await_sent (test, SAY_END);
  g_cancellable_cancel (cancellable);
  test_until (result != NULL);
  g_assert_false (hs_client_close_finish (test->client, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test->n_terminated, ==, 0);
  scripted_server_open_gate (test->server);
  test_client_wait_terminated (test);
}

static void
async_in_cleanup_hook (TestClient *test, const char *event, gpointer data)
{
  GAsyncResult **results = data;

  if (!g_str_equal (event, "cleanup"))
    return;
  hs_client_connect_async (test->client, NULL, store_result_cb, &results[0]);
  hs_client_close_async (test->client, NULL, store_result_cb, &results[1]);
}

/* The run is as good as over: nobody is left to wait for ever. */
static void
test_async_in_cleanup (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  GAsyncResult *results[2] = { NULL };

  test->hook = async_in_cleanup_hook;
  test->hook_data = results;
  test_client_start_until_ready (test);
  test_client_stop (test);
  test_until (results[0] != NULL && results[1] != NULL);
  g_assert_false (hs_client_connect_finish (test->client, results[0], NULL));
  g_assert_true (hs_client_close_finish (test->client, results[1], NULL));
  g_object_unref (results[0]);
  g_object_unref (results[1]);
}

static void
stop_when_ready_hook (TestClient *test, const char *event, gpointer data)
{
  if (g_str_equal (event, "ready"))
    hs_client_stop (test->client);
}

static void
test_run (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (TestClient) failing = NULL;
  g_autoptr (GError) error = NULL;

  test->hook = stop_when_ready_hook;
  g_assert_true (hs_client_run (test->client, &error));
  g_assert_no_error (error);
  assert_record (test, UP "stopping m.stopping disconnected(end) cleanup m.cleanup m.terminated "
                          "terminated");

  failing = test_client_new_for (refuse_sign_in, HS_TLS_MODE_NONE);
  g_assert_false (hs_client_run (failing->client, &error));
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
}

/* In a context of its own, in another thread, beside the default one. */
static gpointer
run_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  gboolean good;

  g_main_context_push_thread_default (context);
  good = hs_client_run (data, NULL);
  g_main_context_pop_thread_default (context);
  return GINT_TO_POINTER (good);
}

static void
test_run_in_thread (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  GThread *thread;

  test->hook = stop_when_ready_hook;
  thread = g_thread_new ("client", run_thread, test->client);
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
  assert_record (test, "connecting connected secured authenticated(PLAIN) ready m.ready" DOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/lifecycle/normal", test_normal);
  g_test_add_func ("/client/lifecycle/direct-tls", test_direct_tls);
  g_test_add_func ("/client/lifecycle/headers", test_headers);
  g_test_add_func ("/client/lifecycle/first-words", test_first_words);
  g_test_add_func ("/client/lifecycle/failed-sign-in", test_failed_sign_in);
  g_test_add_func ("/client/lifecycle/loss", test_loss);
  g_test_add_func ("/client/lifecycle/reconnect", test_reconnect);
  g_test_add_func ("/client/lifecycle/no-way-back", test_no_way_back);
  g_test_add_func ("/client/lifecycle/refused-again", test_refused_again);
  g_test_add_func ("/client/lifecycle/unreachable", test_unreachable);
  g_test_add_func ("/client/lifecycle/restart", test_restart);
  g_test_add_data_func ("/client/lifecycle/restart-inside", "terminated", test_restart_inside);
  g_test_add_data_func ("/client/lifecycle/restart-inside-module", "m.terminated",
                        test_restart_inside);
  g_test_add_func ("/client/lifecycle/start-too-early", test_start_too_early);
  g_test_add_func ("/client/lifecycle/invalid-jid", test_invalid_jid);
  g_test_add_func ("/client/lifecycle/connect-and-close", test_connect_and_close);
  g_test_add_func ("/client/lifecycle/connect-fails", test_connect_fails);
  g_test_add_func ("/client/lifecycle/cancel", test_cancel);
  g_test_add_func ("/client/lifecycle/cancel-close", test_cancel_close);
  g_test_add_func ("/client/lifecycle/async-in-cleanup", test_async_in_cleanup);
  g_test_add_func ("/client/lifecycle/run", test_run);
  g_test_add_func ("/client/lifecycle/run-in-thread", test_run_in_thread);
  return g_test_run ();
}
