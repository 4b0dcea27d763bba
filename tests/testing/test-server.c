/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib-test/headstock-test.h>
#include <string.h>
#include <time.h>

/* The server that programs test themselves with. */

#define FROM "juliet@example.org/balcony"
#define CHAT(body) "<message from='" FROM "' type='chat'><body>" body "</body></message>"
#define HOUR (3600 * (guint64) 1000)

typedef struct
{
  HsTestServer *server;
  HsClient *client;
  GString *record;
} Fixture;

/* What waits in vain for seconds of real time has waited when it looks at the clock for the second time. */
static gboolean is_hurried;

/* In the place of GLib's, for the library as well. */
gint64
g_get_monotonic_time (void)
{
  static gint64 skipped;
  struct timespec now;

  skipped = is_hurried ? skipped + 20 * G_USEC_PER_SEC : 0;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + skipped;
}

static HsElement *
echo_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  const char *body = hs_message_get_body (HS_MESSAGE (element));

  return body != NULL ? HS_ELEMENT (hs_message_new_chat (FROM, body)) : NULL;
}

static void
record_cb (HsClient *client, gpointer name)
{
  Fixture *f = g_object_get_data (G_OBJECT (client), "fixture");

  g_string_append_printf (f->record, "%s ", (const char *) name);
}

static void
disconnected_cb (HsClient *client, GError *error, int retry_in_msec, Fixture *f)
{
  g_string_append (f->record, retry_in_msec >= 0 ? "retry " : "end ");
}

static void
terminated_cb (HsClient *client, GError *error, Fixture *f)
{
  g_string_append (f->record, "terminated ");
}

static void
watch (Fixture *f)
{
  g_object_set_data (G_OBJECT (f->client), "fixture", f);
  g_signal_connect (f->client, "ready", G_CALLBACK (record_cb), (gpointer) "ready");
  g_signal_connect (f->client, "resumed", G_CALLBACK (record_cb), (gpointer) "resumed");
  g_signal_connect (f->client, "terminated", G_CALLBACK (terminated_cb), f);
  g_signal_connect (f->client, "disconnected", G_CALLBACK (disconnected_cb), f);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->server = hs_test_server_new ();
  f->client = hs_client_new ("bot@example.org/here", "secret");
  f->record = g_string_new (NULL);
  watch (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_test_server_stop (f->server);
  g_assert_finalize_object (f->client);
  g_assert_finalize_object (f->server);
  g_string_free (f->record, TRUE);
}

static void
start (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean started = hs_test_server_start (f->server, f->client, &error);

  g_assert_no_error (error);
  g_assert_true (started);
}

static void
feed (Fixture *f, const char *xml)
{
  g_autoptr (GError) error = NULL;
  gboolean fed = hs_test_server_feed (f->server, xml, &error);

  g_assert_no_error (error);
  g_assert_true (fed);
}

static void
resume (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  gboolean resumed = hs_test_server_resume (f->server, &error);

  g_assert_no_error (error);
  g_assert_true (resumed);
}

static void
assert_sent_body (Fixture *f, const char *body)
{
  g_autoptr (HsElement) sent = hs_test_server_take_sent (f->server);

  if (body == NULL)
    {
      g_assert_null (sent);
      return;
    }
  g_assert_true (HS_IS_MESSAGE (sent));
  g_assert_cmpstr (hs_message_get_body (HS_MESSAGE (sent)), ==, body);
}

static void
test_echo (Fixture *f, gconstpointer data)
{
  hs_client_add_handler (f->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo_cb, NULL, NULL);
  start (f);
  g_assert_cmpstr (f->record->str, ==, "ready ");
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (f->client)), ==, "bot@example.org/here");
  /* What a session begins with is not the bot's. */
  assert_sent_body (f, NULL);
  feed (f, CHAT ("one"));
  feed (f, CHAT ("two"));
  assert_sent_body (f, "one");
  assert_sent_body (f, "two");
  assert_sent_body (f, NULL);
  hs_test_server_stop (f->server);
  g_assert_cmpstr (f->record->str, ==, "ready end terminated ");
  /* Another run. */
  start (f);
  feed (f, CHAT ("three"));
  assert_sent_body (f, "three");
  g_assert_cmpuint (hs_test_server_get_n_connections (f->server), ==, 2);
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (HsElement) stanza = hs_element_new_from_string (CHAT ("as an element"), NULL);

  hs_client_add_handler (f->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo_cb, NULL, NULL);
  start (f);
  g_assert_true (hs_test_server_feed_element (f->server, stanza, NULL));
  feed (f, CHAT ("two"));
  sent = hs_test_server_list_sent (f->server);
  g_assert_cmpuint (sent->len, ==, 2);
  g_assert_cmpstr (hs_message_get_body (g_ptr_array_index (sent, 0)), ==, "as an element");
  hs_test_server_clear_sent (f->server);
  assert_sent_body (f, NULL);
}

static void
test_feed_errors (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_test_server_feed (f->server, CHAT ("x"), &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  start (f);
  g_assert_false (hs_test_server_feed (f->server, "<message>", &error));
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_NOT_WELL_FORMED);
  g_clear_error (&error);
  g_assert_false (hs_test_server_feed (f->server, "<a xmlns='b'/>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_clear_error (&error);
  g_assert_false (hs_test_server_feed (f->server, CHAT ("x") CHAT ("y"), &error));
  g_assert_error (error, HS_XML_ERROR, HS_XML_ERROR_NOT_WELL_FORMED);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GString *record = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *payload = iq != NULL ? hs_iq_get_payload (iq) : NULL;

  if (error != NULL)
    g_string_append_printf (record, "%s:%d ", g_quark_to_string (error->domain), error->code);
  else
    g_string_append_printf (record, "%s ", payload != NULL ? hs_element_get_name (payload) : "result");
}

static void
request (Fixture *f, const char *to, const char *name, int timeout_msec)
{
  g_autoptr (HsElement) payload = hs_element_new (name, "urn:test");
  g_autoptr (HsIq) iq = hs_iq_new ("get", to, payload);

  hs_client_request_async (f->client, HS_ELEMENT (iq), timeout_msec, NULL, answered_cb, f->record);
  hs_test_server_settle (f->server);
}

/* The script: what the server answers. */
static void
test_answers (Fixture *f, gconstpointer data)
{
  g_autoptr (HsElement) sent = NULL;
  g_autofree char *reply = NULL;

  start (f);
  g_string_truncate (f->record, 0);
  request (f, NULL, "unknown", -1);
  g_assert_cmpstr (f->record->str, ==, "hs-stanza-error-quark:18 ");
  g_string_truncate (f->record, 0);
  hs_test_server_answer (f->server, "weather", "urn:test", "<sunny xmlns='urn:test'/>");
  hs_test_server_answer (f->server, "nothing", NULL, NULL);
  hs_test_server_answer_error (f->server, "secret", "urn:test", HS_STANZA_ERROR_FORBIDDEN);
  request (f, NULL, "weather", -1);
  request (f, "service.example.net", "weather", -1);
  request (f, FROM, "nothing", -1);
  request (f, NULL, "secret", -1);
  hs_test_server_answer (f->server, "secret", "urn:test", "<open xmlns='urn:test'/>");
  request (f, NULL, "secret", -1);
  g_assert_cmpstr (f->record->str, ==, "sunny sunny result hs-stanza-error-quark:3 open ");
  /* Nobody answers for others, until the test does. */
  g_string_truncate (f->record, 0);
  hs_test_server_clear_sent (f->server);
  request (f, FROM, "other", -1);
  g_assert_cmpstr (f->record->str, ==, "");
  sent = hs_test_server_take_sent (f->server);
  reply = g_strdup_printf ("<iq type='result' id='%s' from='" FROM "'/>", hs_element_get_attribute (sent, "id"));
  feed (f, reply);
  g_assert_cmpstr (f->record->str, ==, "result ");
}

/* Hours pass in no time, and in their order. */
static void
test_clock (Fixture *f, gconstpointer data)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GPtrArray) sent = NULL;

  hs_test_server_set_managed (f->server, FALSE);
  start (f);
  g_string_truncate (f->record, 0);
  request (f, FROM, "late", 2 * HOUR);
  request (f, FROM, "soon", HOUR);
  hs_test_server_advance (f->server, HOUR - 1);
  g_assert_cmpstr (f->record->str, ==, "");
  hs_test_server_advance (f->server, 1);
  g_assert_cmpstr (f->record->str, ==, "hs-error-quark:8 ");
  hs_test_server_advance (f->server, 24 * HOUR);
  g_assert_cmpstr (f->record->str, ==, "hs-error-quark:8 hs-error-quark:8 ");
  /* The client has pinged all the while, as the server has answered. */
  sent = hs_test_server_list_sent (f->server);
  g_assert_cmpuint (sent->len, >, 24 * 3600 / 50 / 2);
  g_assert_cmpint (hs_client_get_state (f->client), ==, HS_CLIENT_STATE_READY);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 30 * G_USEC_PER_SEC);
}

static void
test_resumed (Fixture *f, gconstpointer data)
{
  g_autoptr (HsElement) sent = NULL;

  hs_client_add_handler (f->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo_cb, NULL, NULL);
  start (f);
  hs_test_server_cut (f->server);
  g_assert_cmpint (hs_client_get_state (f->client), ==, HS_CLIENT_STATE_INTERRUPTED);
  /* What comes and goes meanwhile waits on either side. */
  feed (f, CHAT ("meanwhile"));
  request (f, FROM, "mine", HOUR);
  assert_sent_body (f, NULL);
  resume (f);
  g_assert_cmpstr (f->record->str, ==, "ready retry resumed ");
  sent = hs_test_server_expect (f->server, "mine", "urn:test", NULL);
  g_assert_nonnull (sent);
  assert_sent_body (f, "meanwhile");
  /* And the counts are right: nothing comes twice. */
  hs_test_server_cut (f->server);
  resume (f);
  assert_sent_body (f, NULL);
}

static void
test_not_resumed (Fixture *f, gconstpointer data)
{
  start (f);
  hs_test_server_cut (f->server);
  hs_test_server_refuse (f->server, HS_TEST_REFUSAL_RESUMPTION, 1);
  resume (f);
  g_assert_cmpstr (f->record->str, ==, "ready retry ready ");
  hs_test_server_cut (f->server);
  resume (f);
  g_assert_cmpstr (f->record->str, ==, "ready retry ready retry resumed ");
}

static void
test_unmanaged (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_object_set (f->server, "managed", FALSE, NULL);
  g_assert_false (hs_test_server_get_managed (f->server));
  start (f);
  hs_test_server_cut (f->server);
  g_assert_false (hs_test_server_feed (f->server, CHAT ("lost"), &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  resume (f);
  g_assert_cmpstr (f->record->str, ==, "ready retry ready ");
}

static void
test_refused (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  hs_test_server_refuse (f->server, HS_TEST_REFUSAL_SIGN_IN, 1);
  g_assert_false (hs_test_server_start (f->server, f->client, &error));
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_clear_error (&error);
  g_assert_cmpint (hs_client_get_state (f->client), ==, HS_CLIENT_STATE_DISCONNECTED);
  start (f);
  /* Nobody listens for a while: the client tries, each time after a longer wait. */
  hs_test_server_refuse (f->server, HS_TEST_REFUSAL_CONNECTION, 5);
  hs_test_server_cut (f->server);
  hs_test_server_advance (f->server, HOUR);
  g_assert_cmpint (hs_client_get_state (f->client), ==, HS_CLIENT_STATE_READY);
  g_assert_nonnull (strstr (f->record->str, "retry retry retry retry retry retry r"));
}

static void
test_expect (Fixture *f, gconstpointer data)
{
  g_autoptr (HsElement) sent = NULL;

  hs_client_add_handler (f->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo_cb, NULL, NULL);
  start (f);
  feed (f, CHAT ("one"));
  request (f, FROM, "deep", -1);
  feed (f, CHAT ("two"));
  sent = hs_test_server_expect (f->server, "deep", NULL, NULL);
  g_assert_true (HS_IS_IQ (sent));
  assert_sent_body (f, "two");
}

static void
assert_vain (Fixture *f, const char *name, const char *namespace_, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (hs_test_server_expect (f->server, name, namespace_, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_expect_vain (Fixture *f, gconstpointer data)
{
  start (f);
  is_hurried = TRUE;
  assert_vain (f, "message", NULL, "The client has not sent <message> in any namespace; it has sent: nothing");
  assert_vain (f, "deep", "urn:test", "The client has not sent <deep xmlns='urn:test'>; it has sent: nothing");
  assert_vain (f, "deep", "", "The client has not sent <deep xmlns=''>; it has sent: nothing");
  is_hurried = FALSE;
}

/* The error is the library's: a program gets the same one from a real server. */
static void
test_no_address (void)
{
  static const char *const addresses[] = { "@@", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (HsTestServer) server = hs_test_server_new ();
      g_autoptr (HsClient) client = addresses[i] != NULL ? hs_client_new (addresses[i], "secret")
                                                         : g_object_new (HS_TYPE_CLIENT, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (hs_test_server_start (server, client, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
      hs_test_server_stop (server);
    }
}

static void
test_component (void)
{
  g_autoptr (HsTestServer) server = hs_test_server_new ();
  HsClient *component = HS_CLIENT (hs_component_new ("echo.example.org", "secret"));
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) sent = NULL;

  hs_test_server_refuse (server, HS_TEST_REFUSAL_SIGN_IN, 1);
  g_assert_false (hs_test_server_start (server, component, &error));
  g_clear_error (&error);
  hs_test_server_stop (server);
  g_assert_true (hs_test_server_start (server, component, &error));
  g_assert_true (hs_test_server_feed (
      server, "<iq type='get' id='1' from='" FROM "' to='echo.example.org'><ping xmlns='urn:x'/></iq>", &error));
  sent = hs_test_server_take_sent (server);
  g_assert_cmpstr (hs_element_get_attribute (sent, "from"), ==, "echo.example.org");
  hs_test_server_stop (server);
  g_assert_finalize_object (component);
}

/* With its server goes the client's run. Another run has no way out to the network. */
static void
test_server_gone (void)
{
  HsTestServer *server = hs_test_server_new ();
  HsClient *client = hs_client_new ("bot@example.org", "secret");
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_test_server_start (server, client, &error));
  g_assert_finalize_object (server);
  while (hs_client_get_state (client) != HS_CLIENT_STATE_DISCONNECTED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (hs_client_run (client, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_finalize_object (client);
}

/* Two servers share the clock of their main context, which goes again when the last one has gone. */
static void
test_two (void)
{
  g_autoptr (GError) error = NULL;
  HsTestServer *servers[2];
  HsClient *clients[2];

  for (guint i = 0; i < 2; i++)
    {
      servers[i] = hs_test_server_new ();
      clients[i] = hs_client_new (i == 0 ? "a@example.org" : "b@example.net", "secret");
      g_assert_true (hs_test_server_start (servers[i], clients[i], &error));
    }
  for (guint i = 0; i < 2; i++)
    hs_test_server_cut (servers[i]);
  hs_test_server_advance (servers[0], HOUR);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (hs_client_get_state (clients[i]), ==, HS_CLIENT_STATE_READY);
      hs_test_server_stop (servers[i]);
      g_assert_finalize_object (clients[i]);
      g_assert_finalize_object (servers[i]);
    }
}

static gboolean
again_cb (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_CONTINUE;
}

/* Nothing of the client's runs while a more urgent source is always ready: no function waits for it. */
static void
test_starved (Fixture *f, gconstpointer data)
{
  guint n_calls = 0;
  guint id;

  g_assert_true (hs_test_server_start (f->server, f->client, NULL));
  id = g_idle_add_full (G_PRIORITY_HIGH, again_cb, &n_calls, NULL);
  g_test_expect_message ("HeadstockTest", G_LOG_LEVEL_CRITICAL, "*G_PRIORITY_DEFAULT is always ready*");
  hs_test_server_settle (f->server);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_calls, <=, 10000);
  g_test_expect_message ("HeadstockTest", G_LOG_LEVEL_CRITICAL, "*G_PRIORITY_DEFAULT is always ready*");
  hs_test_server_stop (f->server);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (n_calls, <=, 20000);
  g_source_remove (id);
  hs_test_server_stop (f->server);
}

/* A main context of its own, as a thread has. */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Fixture f;

  g_main_context_push_thread_default (context);
  set_up (&f, NULL);
  test_echo (&f, NULL);
  tear_down (&f, NULL);
  g_main_context_pop_thread_default (context);
}

#define ADD(path, func) g_test_add ("/test-server/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("echo", test_echo);
  ADD ("list", test_list);
  ADD ("feed-errors", test_feed_errors);
  ADD ("answers", test_answers);
  ADD ("clock", test_clock);
  ADD ("resumed", test_resumed);
  ADD ("not-resumed", test_not_resumed);
  ADD ("unmanaged", test_unmanaged);
  ADD ("refused", test_refused);
  ADD ("expect", test_expect);
  ADD ("expect-vain", test_expect_vain);
  ADD ("starved", test_starved);
  g_test_add_func ("/test-server/no-address", test_no_address);
  g_test_add_func ("/test-server/component", test_component);
  g_test_add_func ("/test-server/server-gone", test_server_gone);
  g_test_add_func ("/test-server/two", test_two);
  g_test_add_func ("/test-server/context", test_context);
  return g_test_run ();
}
