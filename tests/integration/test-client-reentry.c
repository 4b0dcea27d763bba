/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "resume-test.h"

/* Handlers that end the connection, run the main loop, or send, in the midst of what the client is doing. */

/* Not for long: nothing is read meanwhile. */
static void
end (HsClient *client)
{
  g_object_set (client, "connect-timeout", 500, NULL);
  hs_client_stop (client);
}

/* ---- While a session begins ---- */

static void
nested_cb (HsClient *client, GParamSpec *spec, gpointer data)
{
  TestClient *test = data;

  if (hs_client_get_bound_jid (client) == NULL)
    return;
  end (client);
  test_client_wait_terminated (test);
}

static void
test_nested_bound (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  scripted_server_forgive (test->server);
  g_object_set (test->client, "carbons", TRUE, NULL);
  g_signal_connect (test->client, "notify::bound-jid", G_CALLBACK (nested_cb), test);
  hs_client_start (test->client);
  test_until (test->n_terminated > 0);
  test_spin (50);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
}

static void
presence_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  TestClient *test = data;

  if (direction != HS_DIRECTION_OUT || strstr (text, "<presence") == NULL)
    return;
  end (client);
  test_client_wait_terminated (test);
}

/* The same where it begins along with the request for the resource. */
static void
test_nested_begin (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsElement) presence = HS_ELEMENT (hs_presence_new (NULL));

  scripted_server_forgive (test->server);
  g_object_set (test->client, "initial-presence", presence, "carbons", TRUE, NULL);
  test_client_start_until_ready (test);
  test_client_stop (test);
  g_signal_connect (test->client, "xml", G_CALLBACK (presence_cb), test);
  hs_client_start (test->client);
  test_until (test->n_terminated > 1);
  test_spin (50);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
}

static void
nested_security_cb (HsClient *client, GParamSpec *spec, gpointer data)
{
  TestClient *test = data;
  HsSecurityInfo *info = hs_client_get_security_info (client);
  gboolean resumed = FALSE;

  g_object_get (info, "resumed", &resumed, NULL);
  if (!resumed)
    return;
  end (client);
  test_client_wait_terminated (test);
}

static void
test_nested_resumed (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("<message");
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  scripted_server_forgive (f.test->server);
  test_client_start_until_ready (f.test);
  g_signal_connect (f.test->client, "notify::security-info", G_CALLBACK (nested_security_cb), f.test);
  resume_send (&f, "chat", "m1");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_terminated > 0);
  test_spin (50);
  g_assert_cmpint (hs_client_get_state (f.test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
  resume_clear (&f);
}

/* ---- Sending ---- */

static guint n_logged;

static void
sending_xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  if (direction != HS_DIRECTION_OUT)
    return;
  if (strstr (text, "first") != NULL)
    hs_client_send_raw_stanza (client, "<message to='a@b'><body>second</body></message>", NULL);
  for (const char *p = text; (p = strstr (p, "second")) != NULL; p++)
    n_logged++;
}

/* What a handler of `xml` sends is sent once, and told once. */
static void
test_xml (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  test_client_start_until_ready (test);
  g_signal_connect (test->client, "xml", G_CALLBACK (sending_xml_cb), NULL);
  hs_client_send_raw_stanza (test->client, "<message to='a@b'><body>first</body></message>", NULL);
  hs_client_send_raw_stanza (test->client, "<message to='a@b'><body>third</body></message>", NULL);
  test_client_await_sent (test, "third");
  g_assert_cmpuint (scripted_server_count_received (test->server, "second"), ==, 1);
  g_assert_cmpuint (n_logged, ==, 1);
  test_client_stop (test);
}

#define SASL2_FEATURES SAY_FEATURES_SASL2 (MECHANISM ("PLAIN"))
#define SASL2_SUCCESS(who) \
  "<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>" who "@example.org" \
  "</authorization-identifier></success>" SAY_FEATURES_MANAGED
#define SIGN_IN(who) \
  RUN (script_starttls), EXPECT ("<stream:stream"), SEND (SAY_HEADER SASL2_FEATURES), \
  EXPECT ("</authenticate>"), SEND (SASL2_SUCCESS (who))

static void
private_xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer done)
{
  g_autoptr (GError) error = NULL;

  if (direction != HS_DIRECTION_OUT || strstr (text, "<presence") == NULL || *(gboolean *) done)
    return;
  *(gboolean *) done = TRUE;
  hs_client_send_raw_stanza (client, "<message to='a@b'><body>private</body></message>", &error);
  g_assert_no_error (error);
}

static void
other_account_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.org", NULL);

  g_object_set (client, "jid", jid, NULL);
}

/* What one account has sent before it had a session does not leave from another. */
static void
test_account (void)
{
  static const ScriptStep cut[] = { SIGN_IN ("user"), EXPECT ("<presence"), RESET, END };
  static const ScriptStep second[] = { SIGN_IN ("other"), EXPECT ("</iq>"), SEND (SAY_BOUND),
                                       SEND ("<enabled xmlns='urn:xmpp:sm:3'/>"), SERVE, END };
  static const ScriptStep *const scripts[] = { cut, second, NULL };
  g_autoptr (TestClient) test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  gboolean done = FALSE;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "initial-presence", presence, NULL);
  g_signal_connect (test->client, "xml", G_CALLBACK (private_xml_cb), &done);
  g_signal_connect (test->client, "disconnected", G_CALLBACK (other_account_cb), NULL);
  test_client_start_until_ready (test);
  g_assert_true (done);
  g_object_set (test->client, "connect-timeout", 500, NULL);
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_count_received (test->server, "private"), ==, 0);
}

static void
other_settings_cb (HsClient *client, GParamSpec *spec, gpointer n)
{
  g_autofree char *password = g_strnfill (4096, 'p');
  g_autofree char *lang = g_strnfill (4096, 'l');
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.net", NULL);

  ++*(guint *) n;
  g_object_set (client, "jid", jid, "password", password, "lang", lang, "user-agent-software", password, NULL);
}

/* What a connection began with is not what a handler sets while it is told of the id that the client made. */
static void
test_user_agent (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  guint n = 0;

  g_signal_connect (test->client, "notify::user-agent-id", G_CALLBACK (other_settings_cb), &n);
  scripted_server_forgive (test->server);
  hs_client_start (test->client);
  test_until (n > 0);
  test_client_stop (test);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (scripted_server_has_received (test->server, "to='example.org'"));
}

static void
unset_cb (HsClient *client, gpointer data)
{
  g_object_set (client, "jid", NULL, NULL);
}

/* The connection that stands goes on, and its end is told with the name of its server; there is no next one. */
static void
test_unset (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SEND (SAY_END), EXPECT (SAY_END), END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);

  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  g_signal_connect (test->client, "ready", G_CALLBACK (unset_cb), NULL);
  g_signal_connect_swapped (test->client, "disconnected", G_CALLBACK (hs_client_reconnect_now), test->client);
  hs_client_start (test->client);
  test_until (test->n_disconnected > 0);
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  g_assert_cmpstr (test->loss->message, ==, "example.org ended the stream");
  test_until (test->n_terminated > 0);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_INVALID_JID);
}

static void
disposing_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  if (strstr (text, data) != NULL)
    g_object_run_dispose (G_OBJECT (client));
}

/* The client may be disposed of by whoever watches what goes by: in, out, and the last words. */
static void
test_disposed (void)
{
  static const char *const texts[] = { "<stream:stream", "<auth", "<success", "<bind", "<jid", "</stream:stream>" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

      scripted_server_forgive (test->server);
      g_signal_connect (test->client, "xml", G_CALLBACK (disposing_cb), (gpointer) texts[i]);
      hs_client_start (test->client);
      for (guint n = 0; n < 200 && hs_client_get_state (test->client) != HS_CLIENT_STATE_READY; n++)
        test_spin (1);
      hs_client_stop (test->client);
      test_spin (20);
      g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_DISCONNECTED);
    }
}

/* A setter may be given what the getter returned. */
static void
test_own_value (void)
{
  static const char *const plain[] = { "PLAIN", NULL };
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");

  hs_client_set_sasl_mechanisms (client, plain);
  hs_client_set_sasl_mechanisms (client, hs_client_get_sasl_mechanisms (client));
  g_assert_true (g_strv_equal (hs_client_get_sasl_mechanisms (client), plain));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/reentry/bound", test_nested_bound);
  g_test_add_func ("/client/reentry/begin", test_nested_begin);
  g_test_add_func ("/client/reentry/resumed", test_nested_resumed);
  g_test_add_func ("/client/reentry/xml", test_xml);
  g_test_add_func ("/client/reentry/account", test_account);
  g_test_add_func ("/client/reentry/user-agent", test_user_agent);
  g_test_add_func ("/client/reentry/unset", test_unset);
  g_test_add_func ("/client/reentry/disposed", test_disposed);
  g_test_add_func ("/client/reentry/own-value", test_own_value);
  return g_test_run ();
}
