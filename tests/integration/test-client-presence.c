/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resume-test.h"

/* Both name the feature. */
#undef SM

#include "begin-test.h"
#include "hooked.h"

/* The property own-presence: what is sent when, and who is told. */

#define AWAY "<presence><show>away</show><extra xmlns=\"urn:test:extra\"/></presence>"

static HsPresence *
new_away (void)
{
  HsPresence *presence = hs_presence_new (NULL);

  hs_presence_set_show (presence, "away");
  return presence;
}

static void
count_cb (HsClient *client, GParamSpec *spec, guint *n)
{
  (*n)++;
}

/* What is set while the client is ready leaves at once, with what modules add. */
static void
test_ready (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsPresence) away = new_away ();
  Hooked *hooked = hooked_new (test->client);

  test_client_start_until_ready (test);
  test_until (hooked->calls->len > 0);
  assert_calls (hooked, "begin ready ");
  hs_client_set_own_presence (test->client, away);
  assert_calls (hooked, "presence_sent ");
  test_client_await_sent (test, AWAY);
  /* The same object again: it may have been changed. */
  hs_presence_set_show (away, "dnd");
  g_object_set (test->client, "own-presence", away, NULL);
  assert_calls (hooked, "presence_sent ");
  test_client_await_sent (test, "<presence><show>dnd</show><extra xmlns=\"urn:test:extra\"/></presence>");
  /* None is none. */
  hs_client_set_own_presence (test->client, NULL);
  assert_calls (hooked, "");
  g_assert_null (hs_element_get_child (HS_ELEMENT (away), "extra", "urn:test:extra"));
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_count_received (test->server, "<presence"), ==, 2);
  hs_client_set_own_presence (test->client, away);
  assert_calls (hooked, "lost terminated ");
  hooked_free (hooked, test->client);
}

static void
stopping_cb (HsClient *client, gpointer presence)
{
  hs_client_set_own_presence (client, presence);
}

/* What is set in a handler of `stopping` still leaves. */
static void
test_stopping (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsPresence) away = new_away ();

  g_signal_connect (test->client, "stopping", G_CALLBACK (stopping_cb), away);
  test_client_start_until_ready (test);
  test_client_stop (test);
  g_assert_true (scripted_server_has_received (test->server, "<presence><show>away</show></presence>"));
}

static void
test_alias (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsPresence) away = new_away ();
  g_autoptr (HsPresence) found = NULL;
  guint n_own = 0, n_initial = 0;

  g_signal_connect (test->client, "notify::own-presence", G_CALLBACK (count_cb), &n_own);
  g_signal_connect (test->client, "notify::initial-presence", G_CALLBACK (count_cb), &n_initial);
  g_object_set (test->client, "initial-presence", away, NULL);
  g_object_get (test->client, "own-presence", &found, NULL);
  g_assert_true (found == away);
  g_assert_true (hs_client_get_initial_presence (test->client) == away);
  hs_client_set_own_presence (test->client, NULL);
  g_assert_null (hs_client_get_initial_presence (test->client));
  g_assert_cmpuint (n_own, ==, 2);
  g_assert_cmpuint (n_initial, ==, 2);
  scripted_server_forgive (test->server);
}

static void
change_cb (Hooked *self, HsClient *client, const char *hook, gpointer presence)
{
  if (!g_str_equal (self->calls->str, "begin presence_sent "))
    return;
  g_assert_null (hs_client_get_bound_jid (client));
  hs_client_set_own_presence (client, presence);
}

/* The session has begun with another one, before there was a session. */
static void
run_changed (HsPresence *changed, const ScriptStep *second, guint n_presences, const char *calls)
{
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  Hooked *hooked = NULL;

  begin_remember (test);
  hooked = hooked_new (test->client);
  hooked->then = change_cb;
  hooked->data = changed;
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  test_client_stop (test);
  g_assert_cmpuint (begin_count (test, "<presence"), ==, n_presences);
  assert_calls (hooked, calls);
  hooked_free (hooked, test->client);
}

#define SECOND(...) { SIGN_IN, HEADERS, TAKE_BIND, TAKE_REST (TRUE), __VA_ARGS__, SERVE, END }
#define ANSWERED SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL), SEND (ENABLED)

static void
test_changed (void)
{
  static const ScriptStep second[]
      = SECOND (ANSWERED, EXPECT (AWAY), SAY_ROSTER, SEND ("<a " NS_SM " h='4'/>"));
  g_autoptr (HsPresence) away = new_away ();

  run_changed (away, second, 2, "begin presence_sent presence_sent ready lost terminated ");
}

/* One that says the same is not sent again. */
static void
test_not_changed (void)
{
  static const ScriptStep second[] = SECOND (ANSWERED, SAY_ALL);
  g_autoptr (HsPresence) same = hs_presence_new (NULL);

  run_changed (same, second, 1, "begin presence_sent ready lost terminated ");
  run_changed (NULL, second, 1, "begin presence_sent ready lost terminated ");
}

static void
set_cb (HsClient *client, GError *error, int retry, gpointer presence)
{
  if (retry >= 0)
    hs_client_set_own_presence (client, presence);
}

/* What is set while the session is interrupted waits until it goes on. */
static void
test_interrupted (void)
{
  static const ScriptStep first[] = { RUN (resume_begin), GATE, RESET, END };
  static const ScriptStep second[]
      = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<resumed " NS_SM " previd='s1' h='0'/>"),
          EXPECT (AWAY), SEND ("<a " NS_SM " h='1'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsPresence) away = new_away ();
  ResumeTest f = { NULL };
  Hooked *hooked = NULL;

  resume_set_up (&f, scripts);
  hooked = hooked_new (f.test->client);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (set_cb), away);
  test_client_start_until_ready (f.test);
  scripted_server_open_gate (f.test->server);
  test_until (f.n_resumed == 1);
  test_client_await_sent (f.test, AWAY);
  test_client_stop (f.test);
  assert_calls (hooked, "begin ready presence_sent resumed lost terminated ");
  hooked_free (hooked, f.test->client);
  resume_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-presence/ready", test_ready);
  g_test_add_func ("/client-presence/stopping", test_stopping);
  g_test_add_func ("/client-presence/alias", test_alias);
  g_test_add_func ("/client-presence/changed", test_changed);
  g_test_add_func ("/client-presence/not-changed", test_not_changed);
  g_test_add_func ("/client-presence/interrupted", test_interrupted);
  return g_test_run ();
}
