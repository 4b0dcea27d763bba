/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "begin-test.h"
#include "hooked.h"

/* The hook `begin`: what modules ask before the first presence. */

typedef struct
{
  HsClient *client;
  gboolean pipelined; /* expected */
  guint n_answered;
  guint n_failed;
} Asker;

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Asker *asker = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (client), result, &error);

  if (iq != NULL)
    asker->n_answered++;
  else
    asker->n_failed++;
}

static void
ask (HsClient *client, Asker *asker)
{
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:test:first");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);

  hs_element_set_attribute (HS_ELEMENT (iq), "id", "first");
  hs_client_request_async (client, HS_ELEMENT (iq), -1, NULL, answered_cb, asker);
}

static void
ask_cb (Hooked *self, HsClient *client, const char *hook, gpointer data)
{
  Asker *asker = data;

  if (!g_str_equal (hook, "begin"))
    return;
  g_assert_true ((hs_client_get_bound_jid (client) == NULL) == asker->pipelined);
  ask (client, asker);
}

/* The presence has come with the request. */
static gboolean
presence_is_there (ScriptedPeer *peer, gpointer data)
{
  g_assert_nonnull (strstr (scripted_peer_get_unused (peer), "<presence>"));
  return TRUE;
}

#define TAKE_FIRST EXPECT ("urn:test:first"), CALL (presence_is_there, NULL), EXPECT ("</presence>")
#define ANSWER_FIRST SEND ("<iq type='result' id='first'/>")

static void
run_asker (TestClient *test, gboolean pipelined)
{
  Asker asker = { .pipelined = pipelined };
  Hooked *hooked = hooked_new (test->client);

  hooked->then = ask_cb;
  hooked->data = &asker;
  test_client_start_until_ready (test);
  test_until (asker.n_answered == 1);
  test_client_stop (test);
  assert_calls (hooked, "begin presence_sent ready lost terminated ");
  hooked_free (hooked, test->client);
}

/* Behind the default steps, before the presence, and in one write with it. */
static void
test_step_by_step (void)
{
  static const ScriptStep script[] = { SIGN_IN, HEADERS, TAKE_BIND_ALONE,
                                       SEND (SAY_HEADER FEATURES ("")), SAY_BOUND_AS (NULL),
                                       TAKE_REQUESTS (FALSE), TAKE_FIRST, ANSWER_FIRST, SAY_ROSTER, SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  run_asker (test, FALSE);
}

/* And along with the request for the resource: the server has not said a word. */
static void
test_pipelined (gconstpointer managed)
{
  static const ScriptStep with[] = { SIGN_IN, HEADERS, TAKE_BIND, TAKE_REQUESTS (TRUE), TAKE_FIRST,
                                     SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL), SEND (ENABLED),
                                     ANSWER_FIRST, SAY_ROSTER, SEND ("<a " NS_SM " h='4'/>"), SERVE, END };
  static const ScriptStep without[] = { SIGN_IN, HEADERS, TAKE_BIND, TAKE_REQUESTS (FALSE), TAKE_FIRST,
                                        SEND (SAY_HEADER FEATURES ("")), SAY_BOUND_AS (NULL), ANSWER_FIRST,
                                        SAY_ROSTER, SERVE, END };
  const ScriptStep *const scripts[]
      = { managed ? begin_first_managed : begin_first_unmanaged, managed ? with : without, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);

  begin_remember (test);
  run_asker (test, TRUE);
}

/* The server refuses the resource that was asked for in haste: all of it is done again. */
static void
test_refused (void)
{
  static const ScriptStep misled[] = { SIGN_IN, HEADERS, TAKE_BIND, TAKE_REQUESTS (TRUE), TAKE_FIRST,
                                       SEND (SAY_HEADER FEATURES (SM)), SAY_NOT_BOUND ("modify", "conflict"),
                                       READ_END, END };
  static const ScriptStep anew[]
      = { SIGN_IN, HEADERS, TAKE_BIND_ALONE, SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL),
          TAKE_REQUESTS (TRUE), TAKE_FIRST, SEND (ENABLED), ANSWER_FIRST, SAY_ROSTER,
          SEND ("<a " NS_SM " h='4'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { begin_first_managed, misled, anew, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  Asker asker = { .pipelined = TRUE };
  Hooked *hooked = NULL;

  begin_remember (test);
  hooked = hooked_new (test->client);
  hooked->then = ask_cb;
  hooked->data = &asker;
  hs_client_start (test->client);
  test_until (asker.n_failed == 1);
  asker.pipelined = FALSE;
  test_until (asker.n_answered == 1);
  test_client_stop (test);
  assert_calls (hooked, "begin presence_sent begin presence_sent ready lost terminated ");
  hooked_free (hooked, test->client);
}

static void
assert_refused (HsClient *client, const char *xml)
{
  g_autoptr (HsElement) stanza = hs_element_new_from_string (xml, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (stanza);
  g_assert_false (hs_client_send_stanza (client, stanza, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_clear_error (&error);
  g_assert_false (hs_client_send_raw_stanza (client, xml, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
}

static void
send_cb (Hooked *self, HsClient *client, const char *hook, gpointer data)
{
  static const char *const refused[]
      = { "<message xmlns='jabber:client' to='a@b'><body>refused</body></message>",
          "<presence xmlns='jabber:client' to='refused@b'/>",
          "<iq xmlns='jabber:client' type='result' id='refused'/>",
          "<iq xmlns='jabber:client' type='error' id='refused'/>" };
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "later"));
  g_autoptr (GError) error = NULL;

  if (g_str_equal (hook, "begin"))
    {
      for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
        assert_refused (client, refused[i]);
      g_assert_true (hs_client_send_raw_stanza (
          client, "<iq xmlns='jabber:client' type='set' id='raw'><x xmlns='urn:x'/></iq>", &error));
      g_assert_no_error (error);
    }
  else if (g_str_equal (hook, "presence_sent"))
    {
      g_assert_true (hs_client_send_stanza (client, message, &error));
      g_assert_no_error (error);
    }
}

/* Only requests are sent: anything else would hold the presence up. */
static void
test_only_requests (void)
{
  static const ScriptStep second[]
      = { SIGN_IN, HEADERS, TAKE_BIND, TAKE_REQUESTS (TRUE), EXPECT ("id='raw'"), EXPECT ("</presence>"),
          SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL), SEND (ENABLED), EXPECT ("later"),
          SAY_ROSTER, SEND ("<iq type='result' id='raw'/><a " NS_SM " h='5'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  Hooked *hooked = NULL;

  begin_remember (test);
  hooked = hooked_new (test->client);
  hooked->then = send_cb;
  test_client_start_until_ready (test);
  test_client_await_sent (test, "later");
  test_client_stop (test);
  g_assert_cmpuint (begin_count (test, "refused"), ==, 0);
  hooked_free (hooked, test->client);
}

static void
leave_cb (Hooked *self, HsClient *client, const char *hook, gpointer data)
{
  if (!g_str_equal (hook, "begin"))
    return;
  hs_client_unregister (client, HS_MODULE (self));
  hs_client_stop (client);
}

/* A module goes, and the client is stopped. */
static void
test_leaves (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  Hooked *hooked = hooked_new (test->client);

  hooked->then = leave_cb;
  test_client_run (test);
  assert_calls (hooked, "begin ");
  hooked_free (hooked, test->client);
}

/* Who comes when the client is ready has missed it, and is told of the next one. */
static void
test_late (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  Hooked *hooked = NULL;

  test_client_start_until_ready (test);
  hooked = hooked_new (test->client);
  test_client_stop (test);
  assert_calls (hooked, "lost terminated ");
  test_client_start_until_ready (test);
  test_client_stop (test);
  assert_calls (hooked, "begin ready lost terminated ");
  hooked_free (hooked, test->client);
}

#define VER "<ver xmlns='urn:xmpp:features:rosterver'/>"

/* Whether roster versions were offered; they come with the features. */
static void
features_cb (Hooked *self, HsClient *client, const char *hook, gpointer data)
{
  HsElement *features = hs_client_get_features (client);

  if (!g_str_equal (hook, "begin") && !g_str_equal (hook, "ready"))
    return;
  g_string_append_printf (self->calls, "%s ", features == NULL ? "unknown"
                          : hs_element_get_child (features, "ver", "urn:xmpp:features:rosterver") != NULL ? "ver"
                                                                                                        : "none");
  g_assert_true (features == hs_client_get_features (client));
  g_assert_true (features == NULL || hs_element_matches (features, "features", HS_NS_STREAM));
}

/* What was offered in the last session is known when the next one begins in haste, and replaced by what is offered
 * then. */
static void
test_features (gconstpointer with_module)
{
  static const ScriptStep first[] = { WAITING (FEATURES (SM VER), ENABLED), SERVE, END };
  static const ScriptStep second[] = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL),
                                       SEND (ENABLED), SAY_ALL, SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  Hooked *hooked = with_module ? hooked_new (test->client) : NULL;

  if (hooked != NULL)
    hooked->then = features_cb;
  g_assert_null (hs_client_get_features (test->client));
  begin_remember (test);
  g_assert_null (hs_client_get_features (test->client));
  if (hooked != NULL)
    assert_calls (hooked, "begin ver presence_sent ready ver lost terminated ");
  else
    {
      hooked = hooked_new (test->client);
      hooked->then = features_cb;
    }
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  test_client_stop (test);
  assert_calls (hooked, with_module ? "begin ver presence_sent ready none lost terminated "
                                    : "begin unknown presence_sent ready none lost terminated ");
  hooked_free (hooked, test->client);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-first/step-by-step", test_step_by_step);
  g_test_add_data_func ("/client-first/pipelined/managed", GINT_TO_POINTER (TRUE), test_pipelined);
  g_test_add_data_func ("/client-first/pipelined/unmanaged", GINT_TO_POINTER (FALSE), test_pipelined);
  g_test_add_func ("/client-first/refused", test_refused);
  g_test_add_func ("/client-first/only-requests", test_only_requests);
  g_test_add_data_func ("/client-first/features/remembered", GINT_TO_POINTER (TRUE), test_features);
  g_test_add_data_func ("/client-first/features/not-remembered", GINT_TO_POINTER (FALSE), test_features);
  g_test_add_func ("/client-first/leaves", test_leaves);
  g_test_add_func ("/client-first/late", test_late);
  return g_test_run ();
}
