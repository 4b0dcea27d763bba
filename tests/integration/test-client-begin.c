/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "begin-test.h"

/* What a session begins with, in one flight with the request for its resource: what a server that
 * was one thing the last time, and may be another now, makes of it. */

#define AS_EVER "connecting connected secured authenticated(PLAIN) ready m.ready item"

/* The roster and the presence begin_count, and the program sees what it always does. */
static void
test_one_flight (void)
{
  static const ScriptStep second[] = { BEGINNING (TRUE),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  assert_record (test, AS_EVER);
  test_client_stop (test);
  g_string_truncate (test->record, 0);
  scripted_server_forget_received (test->server);
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  assert_record (test, AS_EVER);
  test_client_say (test, "<message/>");
  g_assert_cmpuint (begin_count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (begin_count (test, "<presence"), ==, 1);
  g_assert_cmpuint (begin_count (test, HS_NS_CARBONS), ==, 1);
  g_assert_cmpuint (begin_count (test, "<enable " NS_SM), ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

/* <enable/> only to whom it was offered; and where it is new, at its time. */
static void
test_unmanaged (gconstpointer data)
{
  gboolean is_new = GPOINTER_TO_INT (data);
  const ScriptStep enabling[] = { EXPECT ("<enable " NS_SM), SEND (ENABLED), END };
  const ScriptStep nothing[] = { END };
  const ScriptStep second[] = { BEGINNING (FALSE),
                                SEND (is_new ? SAY_HEADER FEATURES (SM) : SAY_HEADER FEATURES ("")),
                                SAY_BOUND_AS (NULL),
                                RUN (is_new ? enabling : nothing),
                                SAY_ROSTER,
                                SERVE,
                                END };
  const ScriptStep *const scripts[] = { begin_first_unmanaged, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  assert_record (test, AS_EVER);
  g_assert_cmpuint (begin_count (test, HS_NS_ROSTER), ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (begin_count (test, "<enable " NS_SM), ==, is_new ? 1 : 0);
}

/* What has left can't be taken back: the client begins anew, at once and once, and waits for each
 * answer. */
static void
assert_anew (const ScriptStep *misled, const ScriptStep *anew)
{
  const ScriptStep *const scripts[] = { begin_first_managed, misled, anew, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
  assert_record (test, "connecting connected secured authenticated(PLAIN) disconnected(retry) "
                       "connecting connected secured authenticated(PLAIN) ready m.ready item");
  g_assert_cmpint (test->retry, ==, 0);
  /* Nor has it waited in vain for what can't come. */
  g_assert_false (g_error_matches (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT));
  test_client_stop (test);
}

static void
test_no_management (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES ("")), READ_END, END };
  static const ScriptStep anew[] = { WAITING_UNMANAGED (FEATURES ("")), SERVE, END };

  assert_anew (misled, anew);
}

static void
test_session (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM OLD_SESSION)), READ_END, END };
  static const ScriptStep anew[] = { SIGN_IN,
                                     HEADERS,
                                     TAKE_BIND_ALONE,
                                     SEND (SAY_HEADER FEATURES (SM OLD_SESSION)),
                                     SAY_BOUND_AS (NULL),
                                     EXPECT ("</iq>"),
                                     SEND ("<iq type='result' id='@ID@'/>"),
                                     TAKE_REST (TRUE),
                                     SEND (ENABLED),
                                     SAY_ALL,
                                     SERVE,
                                     END };

  assert_anew (misled, anew);
}

/* RFC 6120, 7.7.2.2. */
static void
test_conflict (void)
{
  static const ScriptStep misled[] = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_NOT_BOUND ("modify", "conflict"), READ_END, END };
  static const ScriptStep anew[] = { SIGN_IN,
                                     HEADERS,
                                     TAKE_BIND_ALONE,
                                     SEND (SAY_HEADER FEATURES (SM)),
                                     SAY_NOT_BOUND ("modify", "conflict"),
                                     TAKE_BIND_ALONE,
                                     SAY_BOUND_AS ("user@example.org/other"),
                                     TAKE_REST (TRUE),
                                     SEND (ENABLED),
                                     SAY_ALL,
                                     SERVE,
                                     END };

  assert_anew (misled, anew);
}

static void
test_stream_error (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
          SEND ("<stream:error><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                "</stream:error>" SAY_END),
          READ_END, END };
  static const ScriptStep anew[] = { WAITING (FEATURES (SM), ENABLED), SERVE, END };

  assert_anew (misled, anew);
}

/* Also from what looked like a session: the next one waits, and so do all that follow. */
static void
test_patience (void)
{
  static const ScriptStep misled[] = {
    BEGINNING (TRUE),
    SEND (SAY_HEADER FEATURES (SM)),
    SAY_BOUND_AS (NULL),
    SEND ("<stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
          "</stream:error>" SAY_END),
    READ_END,
    END
  };
  const ScriptStep *const scripts[] = { begin_first_managed, misled, begin_first_managed, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (test);
  test_until (test->n_ready == 3);
  test_until (begin_count_items (test) == 1);
  test_client_stop (test);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 5);
}

/* A connection that is cut tells nothing of the server. */
static void
test_cut (void)
{
  static const ScriptStep cut[] = { BEGINNING (TRUE), RESET, END };
  static const ScriptStep third[] = { BEGINNING (TRUE),
                                      SEND (SAY_HEADER FEATURES (SM)),
                                      SAY_BOUND_AS (NULL),
                                      SEND (ENABLED),
                                      SAY_ALL,
                                      SERVE,
                                      END };
  const ScriptStep *const scripts[] = { begin_first_managed, cut, begin_first_managed, third, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  scripted_server_forgive (test->server);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_until (begin_count_items (test) == i + 1);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 4);
}

/* Where it does not help to begin anew, that is the end, and its reason the server's. */
static void
assert_fails (
    const ScriptStep *misled, guint n_connections, GQuark domain, int code, const char *why)
{
  const ScriptStep *const scripts[] = { begin_first_managed, misled, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, domain, code);
  g_assert_nonnull (strstr (test->error->message, why));
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1 + n_connections);
  g_assert_cmpuint (begin_count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (begin_count (test, "<presence"), ==, 1);
}

static void
test_no_bind (void)
{
  static const ScriptStep misled[]
      = { SIGN_IN,   HEADERS,
          TAKE_BIND, SEND (SAY_HEADER SAY_FEATURES (FEATURE_SM)),
          READ_END,  END };

  assert_fails (misled, 2, HS_ERROR, HS_ERROR_PROTOCOL, "does not offer to bind");
}

static void
test_bind_refused (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
          SAY_NOT_BOUND ("wait", "resource-constraint"), READ_END, END };

  assert_fails (misled, 1, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT, "refused to bind");
}

/* What stream management is not given, the rest does without. */
static void
test_not_enabled (void)
{
  static const ScriptStep second[] = { BEGINNING (TRUE),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND ("<failed " NS_SM "/>"),
                                       SAY_ROSTER,
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  test_client_say (test, "<message/>");
  test_client_stop (test);
  g_assert_cmpuint (begin_count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (begin_count (test, "<r "), ==, 0);
}

/* RFC 6120, 4.3.6: the address is the server's to say, but not at another server. */
static void
test_other_address (void)
{
  static const ScriptStep foreign[] = { SIGN_IN,
                                        HEADERS,
                                        TAKE_BIND_ALONE,
                                        SEND (SAY_HEADER FEATURES ("")),
                                        SAY_BOUND_AS ("user@example.com/res"),
                                        READ_END,
                                        END };
  static const ScriptStep renamed[] = { SIGN_IN,
                                        HEADERS,
                                        TAKE_BIND_ALONE,
                                        SEND (SAY_HEADER FEATURES ("")),
                                        SAY_BOUND_AS ("u.ser@example.org/x"),
                                        TAKE_REST (FALSE),
                                        SAY_ROSTER,
                                        SERVE,
                                        END };
  g_autoptr (TestClient) test = test_client_new_for (foreign, HS_TLS_MODE_STARTTLS);
  const ScriptStep *const scripts[] = { renamed, NULL };
  g_autoptr (TestClient) other = NULL;

  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (test->error->message, "not at example.org"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  other = begin_new_client (scripts);
  test_client_start_until_ready (other);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (other->client)), ==,
                   "u.ser@example.org/x");
  test_until (begin_count_items (other) == 1);
  test_client_stop (other);
}

static void
stop_cb (TestClient *test, const char *event, gpointer data)
{
  if (g_str_has_prefix (event, "authenticated"))
    hs_client_stop (test->client);
}

/* Nothing more leaves where a handler has stopped the client. */
static void
test_stopped (void)
{
  static const ScriptStep second[]
      = { SIGN_IN,  HEADERS, TAKE_BIND, EXPECT ("</stream:stream>"), SEND (SAY_HEADER SAY_END),
          READ_END, END };
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  test->hook = stop_cb;
  test_client_run (test);
  g_assert_no_error (test->error);
  g_assert_cmpuint (begin_count (test, HS_NS_ROSTER), ==, 0);
  g_assert_cmpuint (begin_count (test, "<enable"), ==, 0);
}

/* ---- A session that goes on ---- */

#define INTERRUPTED WAITING (FEATURES (SM), RESUMABLE), CLOSE, END

static void
resumed_cb (HsClient *client, guint *n_resumed)
{
  (*n_resumed)++;
}

/* Along with the header, to a server that had it the last time. */
static void
assert_resumes (const ScriptStep *const *then, guint n_resumed, guint n_connections)
{
  static const ScriptStep first[] = { INTERRUPTED };
  const ScriptStep *const scripts[] = { first, then[0], then[1], NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  guint n = 0;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, "carbons", TRUE, NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), &n);
  test_client_start_until_ready (test);
  test_until (n == n_resumed && test->n_ready == 2 - n_resumed
              && begin_count_items (test) == 2 - n_resumed);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, n_connections);
  test_client_stop (test);
}

static void
test_resume (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SEND ("<resumed " NS_SM " h='3' previd='s1'/>"),
                                       SERVE,
                                       END };
  const ScriptStep *const then[] = { second, NULL };

  assert_resumes (then, 1, 2);
}

static void
test_not_resumed (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SEND ("<failed " NS_SM "/>"),
                                       TAKE_BIND_ALONE,
                                       SAY_BOUND_AS (NULL),
                                       TAKE_REST (TRUE),
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };
  const ScriptStep *const then[] = { second, NULL };

  assert_resumes (then, 0, 2);
}

static void
test_resume_not_offered (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES ("")),
                                       READ_END,
                                       END };
  static const ScriptStep third[] = { SIGN_IN,
                                      HEADERS,
                                      SEND (SAY_HEADER FEATURES ("")),
                                      TAKE_BIND_ALONE,
                                      SAY_BOUND_AS (NULL),
                                      TAKE_REST (FALSE),
                                      SAY_ROSTER,
                                      SERVE,
                                      END };
  const ScriptStep *const then[] = { second, third, NULL };

  assert_resumes (then, 0, 3);
}

/* The session itself is not given up for it. */
static void
test_resume_again (void)
{
  static const ScriptStep second[]
      = { SIGN_IN,
          HEADERS,
          EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
          SEND (SAY_HEADER "<stream:error><unsupported-stanza-type "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END),
          READ_END,
          END };
  static const ScriptStep third[] = { SIGN_IN,
                                      HEADERS,
                                      SEND (SAY_HEADER FEATURES (SM)),
                                      EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                      SEND ("<resumed " NS_SM " h='3' previd='s1'/>"),
                                      SERVE,
                                      END };
  const ScriptStep *const then[] = { second, third, NULL };

  assert_resumes (then, 1, 3);
}

/* A presence that says whom it is from can be sent once that is known. */
static void
test_named_address (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsElement) presence = HS_ELEMENT (hs_presence_new (NULL));

  hs_element_set_attribute (presence, "from", "user@example.org");
  g_object_set (test->client, "initial-presence", presence, NULL);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_count_received (test->server, "<presence"), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-begin/one-flight", test_one_flight);
  g_test_add_data_func ("/client-begin/no-management", GINT_TO_POINTER (FALSE), test_unmanaged);
  g_test_add_data_func ("/client-begin/new-management", GINT_TO_POINTER (TRUE), test_unmanaged);
  g_test_add_func ("/client-begin/anew/no-management", test_no_management);
  g_test_add_func ("/client-begin/anew/session", test_session);
  g_test_add_func ("/client-begin/anew/conflict", test_conflict);
  g_test_add_func ("/client-begin/anew/stream-error", test_stream_error);
  g_test_add_func ("/client-begin/patience", test_patience);
  g_test_add_func ("/client-begin/named-address", test_named_address);
  g_test_add_func ("/client-begin/cut", test_cut);
  g_test_add_func ("/client-begin/no-bind", test_no_bind);
  g_test_add_func ("/client-begin/bind-refused", test_bind_refused);
  g_test_add_func ("/client-begin/not-enabled", test_not_enabled);
  g_test_add_func ("/client-begin/other-address", test_other_address);
  g_test_add_func ("/client-begin/stopped", test_stopped);
  g_test_add_func ("/client-begin/resume", test_resume);
  g_test_add_func ("/client-begin/not-resumed", test_not_resumed);
  g_test_add_func ("/client-begin/resume-not-offered", test_resume_not_offered);
  g_test_add_func ("/client-begin/resume-again", test_resume_again);
  return g_test_run ();
}
