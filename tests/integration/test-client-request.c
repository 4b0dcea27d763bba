/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* request_async(): what ends a request, each in its own way, and once. */

typedef struct
{
  TestClient *test;
} Fixture;

typedef struct
{
  guint n_called;
  HsIq *answer;
  GError *error;
  gint64 time;
} Outcome;

static void
outcome_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_called++;
  outcome->time = g_get_monotonic_time ();
  outcome->answer = hs_client_request_finish (HS_CLIENT (source), result, &outcome->error);
  g_assert_true ((outcome->answer != NULL) == (outcome->error == NULL));
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_object (&outcome->answer);
  g_clear_error (&outcome->error);
  outcome->n_called = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  test_client_start_until_ready (fixture->test);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->test->client != NULL && hs_client_get_state (fixture->test->client) != 0)
    test_client_stop (fixture->test);
  test_client_free (fixture->test);
}

static void
ask (TestClient *test, const char *to, const char *id, int timeout, GCancellable *cancellable,
     Outcome *outcome)
{
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:q");
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", to, query));

  if (id != NULL)
    hs_stanza_set_id (HS_STANZA (iq), id);
  hs_client_request_async (test->client, iq, timeout, cancellable, outcome_cb, outcome);
}

static void
test_result (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  HsElement *payload;

  ask (fixture->test, "a@b", "i1", -1, NULL, &outcome);
  test_client_await_sent (fixture->test, "i1");
  test_client_say (fixture->test, "<iq type='result' id='i1' from='a@b'><query xmlns='urn:q' x='y'>"
                                  "text</query></iq>");
  test_until (outcome.n_called == 1);
  g_assert_no_error (outcome.error);
  payload = hs_iq_get_payload (outcome.answer);
  g_assert_cmpstr (hs_element_get_attribute (payload, "x"), ==, "y");
  g_assert_cmpstr (hs_element_get_text (payload), ==, "text");
  /* The answer outlives the stanza it came in. */
  test_client_say (fixture->test, "<message><body>other</body></message>");
  g_assert_cmpstr (hs_element_get_text (payload), ==, "text");
}

/* Ids are made if there is none, are the client's own secret, and no two are alike. */
static void
test_ids (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  scripted_server_forget_received (fixture->test->server);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (HsElement) query = hs_element_new ("query", "urn:q");
      g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", NULL, query));

      g_assert_true (hs_client_send_stanza (fixture->test->client, iq, NULL));
      g_assert_cmpuint (strlen (hs_stanza_get_id (HS_STANZA (iq))), >=, 22);
      g_assert_true (g_hash_table_add (ids, g_strdup (hs_stanza_get_id (HS_STANZA (iq)))));
    }
}

static void
test_stanza_error (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  ask (fixture->test, NULL, "i1", -1, NULL, &outcome);
  test_client_say (fixture->test,
                   "<iq type='error' id='i1'><error type='cancel'><item-not-found "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>No such thing</text></error></iq>");
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  g_assert_cmpstr (outcome.error->message, ==,
                   "The server answered the request (urn:q query) with item-not-found: No such thing");
  g_assert_cmpstr (hs_stanza_error_get_error_type (outcome.error), ==, "cancel");
  g_assert_cmpstr (hs_stanza_get_id (hs_stanza_error_get_stanza (outcome.error)), ==, "i1");
}

/* Each has its own deadline, whatever the order in which they were made. */
static void
test_timeouts (Fixture *fixture, gconstpointer data)
{
  static const int timeouts[] = { 400, 100, 250, 10000, 100 };
  Outcome outcomes[G_N_ELEMENTS (timeouts)] = { { 0 } };
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    ask (fixture->test, "a@b", NULL, timeouts[i], NULL, &outcomes[i]);
  test_until (outcomes[0].n_called == 1);
  g_assert_cmpuint (outcomes[3].n_called, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      if (i == 3)
        continue;
      g_assert_cmpuint (outcomes[i].n_called, ==, 1);
      g_assert_error (outcomes[i].error, HS_ERROR, HS_ERROR_TIMED_OUT);
      g_assert_nonnull (strstr (outcomes[i].error->message, "a@b"));
      g_assert_cmpint (outcomes[i].time - start, >=, timeouts[i] * 1000);
      g_assert_cmpint (outcomes[i].time, <=, outcomes[0].time);
    }
  g_assert_cmpint (outcomes[1].time, <, outcomes[2].time);
  g_assert_cmpint (outcomes[2].time, <, outcomes[0].time);
  test_client_stop (fixture->test);
  test_until (outcomes[3].n_called == 1);
  for (guint i = 0; i < G_N_ELEMENTS (timeouts); i++)
    outcome_clear (&outcomes[i]);
}

/* The property is for those that name none; an answer that comes too late is nobody's. */
static void
test_default_timeout (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  g_object_set (fixture->test->client, "request-timeout", 50, NULL);
  ask (fixture->test, NULL, "i1", -1, NULL, &outcome);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "The server did not answer the request (urn:q query) with the id i1 within 50 milliseconds");
  test_client_say (fixture->test, "<iq type='result' id='i1'/>");
  g_assert_cmpuint (outcome.n_called, ==, 1);
  /* 0 is no time at all. */
  outcome_clear (&outcome);
  ask (fixture->test, NULL, "i2", 0, NULL, &outcome);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) other = { 0 };
  g_auto (Outcome) at_once = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *sent = NULL;

  ask (fixture->test, NULL, "i1", -1, cancellable, &outcome);
  ask (fixture->test, NULL, "i2", -1, NULL, &other);
  test_spin (5);
  g_cancellable_cancel (cancellable);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  test_client_say (fixture->test, "<iq type='result' id='i1'/><iq type='result' id='i2'/>");
  test_until (other.n_called == 1);
  g_assert_no_error (other.error);
  g_assert_cmpuint (outcome.n_called, ==, 1);
  /* What has been cancelled before is not sent. */
  ask (fixture->test, NULL, "i3", -1, cancellable, &at_once);
  test_until (at_once.n_called == 1);
  g_assert_error (at_once.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sent = test_client_dup_sent (fixture->test);
  g_assert_null (strstr (sent, "id=\"i3\""));
}

typedef struct
{
  GCancellable *cancellable;
  Outcome *outcome;
} Canceller;

static HsElement *
cancel_cb (HsClient *client, HsElement *element, gpointer data)
{
  Canceller *self = data;

  g_cancellable_cancel (self->cancellable);
  test_until (self->outcome->n_called == 1);
  return NULL;
}

/* A handler of what is in the answer is called first, and may cancel the request. */
static void
test_cancelled_by_handler (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) other = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Canceller canceller = { cancellable, &outcome };

  hs_client_add_handler (fixture->test->client, "query", "urn:q", HS_HANDLER_ONCE, cancel_cb, &canceller, NULL);
  ask (fixture->test, NULL, "i1", -1, cancellable, &outcome);
  ask (fixture->test, NULL, "i2", -1, NULL, &other);
  test_client_await_sent (fixture->test, "i2");
  test_client_say (fixture->test, "<iq type='result' id='i1'><query xmlns='urn:q'/></iq><iq type='result' id='i2'/>");
  test_until (other.n_called == 1);
  g_assert_no_error (other.error);
  g_assert_cmpuint (outcome.n_called, ==, 1);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_session_lost (gconstpointer data)
{
  gboolean reset = GPOINTER_TO_INT (data);
  ScriptStep script[] = { RUN (script_sign_in), EXPECT ("</iq>"),
                          { .action = reset ? SCRIPT_RESET : SCRIPT_CLOSE }, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) with_cancellable = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  test_client_start_until_ready (test);
  ask (test, NULL, NULL, -1, NULL, &outcome);
  ask (test, "a@b", NULL, -1, cancellable, &with_cancellable);
  test_until (outcome.n_called == 1 && with_cancellable.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_error (with_cancellable.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  if (test->n_terminated == 0)
    test_client_wait_terminated (test);
}

static void
test_no_session (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) later = { 0 };

  ask (fixture->test, NULL, NULL, -1, NULL, &outcome);
  test_client_stop (fixture->test);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  ask (fixture->test, NULL, NULL, -1, NULL, &later);
  test_until (later.n_called == 1);
  g_assert_error (later.error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

static void
test_not_a_request (Fixture *fixture, gconstpointer data)
{
  static const char *const xml[] = { "<message xmlns='jabber:client'/>", "<presence/>",
                                     "<iq type='result' id='x'/>", "<query xmlns='urn:q'/>" };

  for (guint i = 0; i < G_N_ELEMENTS (xml); i++)
    {
      g_autoptr (HsElement) element = hs_element_new_from_string (xml[i], NULL);
      g_auto (Outcome) outcome = { 0 };
      g_autofree char *sent = NULL;

      scripted_server_forget_received (fixture->test->server);
      hs_client_request_async (fixture->test->client, element, -1, NULL, outcome_cb, &outcome);
      test_until (outcome.n_called == 1);
      g_assert_error (outcome.error, HS_ERROR, HS_ERROR_INVALID_STANZA);
      /* And nothing of it was sent. */
      sent = test_client_dup_sent (fixture->test);
      g_assert_cmpstr (sent, ==, "");
    }
}

/* An answer counts from whom it went to; all handlers see it too, the request first. */
static HsElement *
note_cb (HsClient *client, HsElement *element, gpointer data)
{
  Outcome **outcomes = data;

  outcomes[1]->n_called += 1 + outcomes[0]->n_called * 100;
  return NULL;
}

static void
test_matching (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) notes = { 0 };
  Outcome *both[] = { &outcome, &notes };

  hs_client_register_on_iq (fixture->test->client, "result", "i1", HS_HANDLER_DEFAULT, note_cb,
                            both, NULL);
  ask (fixture->test, "a@b/c", "i1", -1, NULL, &outcome);
  test_client_say (fixture->test, "<iq type='result' id='i1' from='a@b'/>"
                                  "<iq type='result' id='i1'/>"
                                  "<iq type='result' id='i1' from='evil@b/c'/>"
                                  "<iq type='result' id='i2' from='a@b/c'/>"
                                  "<message id='i1' type='result' from='a@b/c'/>"
                                  "<message from='a@b/c'><iq xmlns='jabber:client' type='result' "
                                  "id='i1' from='a@b/c'/></message>");
  g_assert_cmpuint (outcome.n_called, ==, 0);
  g_assert_cmpuint (notes.n_called, ==, 0);
  test_client_say (fixture->test, "<iq type='result' id='i1' from='A@B/c'/>");
  test_until (outcome.n_called == 1);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (notes.n_called % 100, ==, 1);
}

/* The same id to two, who answer the other way round. */
static void
test_same_id (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  ask (fixture->test, "a@b", "i1", -1, NULL, &first);
  ask (fixture->test, "c@d", "i1", -1, NULL, &second);
  test_client_say (fixture->test, "<iq type='result' id='i1' from='c@d'/>");
  test_until (second.n_called == 1);
  g_assert_cmpuint (first.n_called, ==, 0);
  test_client_say (fixture->test, "<iq type='result' id='i1' from='a@b'/>");
  test_until (first.n_called == 1);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
}

/* In a handler, and in the callback of another request. */
static HsElement *
ask_cb (HsClient *client, HsElement *element, gpointer data)
{
  gpointer *both = data;

  ask (both[0], NULL, "i1", -1, NULL, both[1]);
  return NULL;
}

static void
ask_again_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  gpointer *both = data;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, NULL);

  g_assert_nonnull (answer);
  ask (both[0], NULL, "i2", -1, NULL, both[1]);
}

static void
test_inside (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gpointer both[] = { fixture->test, &outcome };
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:q");
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", NULL, query));

  hs_client_add_handler (fixture->test->client, "go", NULL, HS_HANDLER_ONCE, ask_cb, both, NULL);
  test_client_say (fixture->test, "<message><go/></message>");
  test_client_await_sent (fixture->test, "\"i1\"");
  test_client_say (fixture->test, "<iq type='result' id='i1'/>");
  test_until (outcome.n_called == 1);
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);

  hs_stanza_set_id (HS_STANZA (iq), "i3");
  hs_client_request_async (fixture->test->client, iq, -1, NULL, ask_again_cb, both);
  test_client_await_sent (fixture->test, "\"i3\"");
  test_client_say (fixture->test, "<iq type='result' id='i3'/>");
  test_client_await_sent (fixture->test, "\"i2\"");
  test_client_say (fixture->test, "<iq type='result' id='i2'/>");
  test_until (outcome.n_called == 1);
  g_assert_no_error (outcome.error);
}

/* A handler that waits in a main loop of its own does not get its answer there (nothing overtakes the
 * stanza it is looking at), but the deadline holds. */
static HsElement *
wait_cb (HsClient *client, HsElement *element, gpointer data)
{
  gpointer *both = data;
  Outcome *outcome = both[1];

  if (outcome->n_called > 0)
    return NULL;
  ask (both[0], NULL, "i1", 100, NULL, outcome);
  test_until (outcome->n_called == 1);
  return NULL;
}

static void
test_nested_loop (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gpointer both[] = { fixture->test, &outcome };

  hs_client_add_handler (fixture->test->client, "go", NULL, HS_HANDLER_DEFAULT, wait_cb, both, NULL);
  test_client_say (fixture->test, "<message><go/></message>");
  g_assert_cmpuint (outcome.n_called, ==, 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

/* The same where the handler was called in a later turn, when the first was full. */
static HsElement *
use_time_up_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_usleep (5000);
  return NULL;
}

static void
test_nested_loop_later (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gpointer both[] = { fixture->test, &outcome };

  hs_client_add_handler (fixture->test->client, "slow", NULL, HS_HANDLER_DEFAULT, use_time_up_cb,
                         NULL, NULL);
  hs_client_add_handler (fixture->test->client, "go", NULL, HS_HANDLER_DEFAULT, wait_cb, both, NULL);
  test_client_say (fixture->test, "<message><slow/></message><message><slow/></message>"
                                  "<message><go/></message>");
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

/* A request holds a reference on its client until it ends. */
static void
test_drop (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  ask (fixture->test, NULL, NULL, 100, NULL, &outcome);
  scripted_server_forgive (fixture->test->server);
  test_client_drop (fixture->test);
  g_assert_nonnull (fixture->test->gone);
  test_until (outcome.n_called == 1 && fixture->test->gone == NULL);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "result", test_result },
    { "ids", test_ids },
    { "stanza-error", test_stanza_error },
    { "timeouts", test_timeouts },
    { "default-timeout", test_default_timeout },
    { "cancel", test_cancel },
    { "cancelled-by-handler", test_cancelled_by_handler },
    { "no-session", test_no_session },
    { "not-a-request", test_not_a_request },
    { "matching", test_matching },
    { "same-id", test_same_id },
    { "inside", test_inside },
    { "nested-loop", test_nested_loop },
    { "nested-loop-later", test_nested_loop_later },
    { "drop", test_drop },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/requests/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].function, tear_down);
    }
  g_test_add_data_func ("/client/requests/session-lost", GINT_TO_POINTER (FALSE),
                        test_session_lost);
  g_test_add_data_func ("/client/requests/session-lost-hard", GINT_TO_POINTER (TRUE),
                        test_session_lost);
  return g_test_run ();
}
