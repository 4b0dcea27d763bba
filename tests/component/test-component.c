/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <signal.h>
#include <string.h>

/* A component beside a client, on the server that the environment names. */

typedef struct
{
  HsClient *component;
  HsClient *client;
  GString *log;
} Fixture;

static guint
get_port (const char *variable)
{
  return g_ascii_strtoull (g_getenv (variable), NULL, 10);
}

static HsClient *
make_component (const char *secret)
{
  HsComponent *component = hs_component_new (g_getenv ("HS_TEST_COMPONENT"), secret);

  g_object_set (component, "host", g_getenv ("HS_TEST_HOST"), "port",
                get_port ("HS_TEST_COMPONENT_PORT"), NULL);
  return HS_CLIENT (component);
}

static HsClient *
make_client (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (g_getenv ("HS_TEST_CA"), &error);
  HsClient *client
      = hs_client_new (g_getenv ("HS_TEST_USER1"), g_getenv ("HS_TEST_PASSWORD1"));

  g_assert_no_error (error);
  g_object_set (client, "host", g_getenv ("HS_TEST_HOST"), "port", get_port ("HS_TEST_PORT"),
                "tls-database", database, NULL);
  return client;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->component = make_component (g_getenv ("HS_TEST_COMPONENT_SECRET"));
  f->client = make_client ();
  f->log = g_string_new (NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->component);
  g_assert_finalize_object (f->client);
  g_string_free (f->log, TRUE);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
start (HsClient *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_connect_async (client, NULL, done_cb, &result);
  hs_client_connect_finish (client, wait_for (&result), &error);
  g_assert_no_error (error);
}

static void
stop (HsClient *client)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_client_close_async (client, NULL, done_cb, &result);
  g_assert_true (hs_client_close_finish (client, wait_for (&result), NULL));
}

static HsElement *
echo_cb (HsClient *component, HsElement *element, gpointer data)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (element));
  const char *body = hs_message_get_body (HS_MESSAGE (element));
  HsStanza *reply;

  if (body == NULL || hs_client_is_own (component, from))
    return NULL;
  reply = hs_stanza_new_reply (HS_STANZA (element));
  hs_message_set_body (HS_MESSAGE (reply), body);
  return HS_ELEMENT (reply);
}

static HsElement *
pong_cb (HsClient *component, HsElement *ping, gpointer data)
{
  return HS_ELEMENT (hs_stanza_new_reply (HS_STANZA (hs_element_get_parent (ping))));
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer log)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));

  g_string_append_printf (log, "%s: %s\n", hs_jid_to_string (from), hs_message_get_body (message));
}

static void
test_echo (Fixture *f, gconstpointer data)
{
  g_autofree char *bot = g_strdup_printf ("bot@%s/x", g_getenv ("HS_TEST_COMPONENT"));
  g_autofree char *expected = g_strdup_printf ("%s: hello\n", bot);
  g_autoptr (HsMessage) message = hs_message_new_chat (bot, "hello");
  g_autoptr (HsElement) ping = hs_element_new ("ping", HS_NS_PING);
  g_autoptr (HsIq) iq = hs_iq_new ("get", bot, ping);
  g_autoptr (HsIq) unknown = NULL;
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:nobody:knows");
  g_autoptr (HsIq) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_add_handler (f->component, "message", HS_NS_CLIENT, 0, echo_cb, NULL, NULL);
  hs_client_add_handler (f->component, "ping", HS_NS_PING, 0, pong_cb, NULL, NULL);
  g_signal_connect (f->client, "message", G_CALLBACK (message_cb), f->log);
  start (f->component);
  start (f->client);
  g_assert_cmpint (hs_client_get_state (f->component), ==, HS_CLIENT_STATE_READY);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (f->component)), ==,
                   g_getenv ("HS_TEST_COMPONENT"));

  g_assert_true (hs_client_send_stanza (f->client, HS_ELEMENT (message), &error));
  hs_client_request_async (f->client, HS_ELEMENT (iq), 5000, NULL, done_cb, &result);
  answer = hs_client_request_finish (f->client, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_stanza_get_stanza_type (HS_STANZA (answer)), ==, "result");
  g_assert_cmpstr (f->log->str, ==, expected);

  /* What nobody takes is answered all the same. */
  unknown = hs_iq_new ("get", bot, query);
  hs_client_request_async (f->client, HS_ELEMENT (unknown), 5000, NULL, done_cb, &second);
  g_assert_null (hs_client_request_finish (f->client, wait_for (&second), &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  stop (f->client);
  stop (f->component);
}

/* A request from an address of the component's own is answered to that address. */
static void
test_request (Fixture *f, gconstpointer data)
{
  g_autofree char *from = g_strdup_printf ("asker@%s", g_getenv ("HS_TEST_COMPONENT"));
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_DISCO_INFO);
  g_autoptr (HsIq) iq = hs_iq_new ("get", g_getenv ("HS_TEST_DOMAIN"), query);
  g_autoptr (HsIq) answer = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  start (f->component);
  hs_element_set_attribute (HS_ELEMENT (iq), "from", from);
  hs_client_request_async (f->component, HS_ELEMENT (iq), 5000, NULL, done_cb, &result);
  answer = hs_client_request_finish (f->component, wait_for (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_element_get_attribute (HS_ELEMENT (answer), "to"), ==, from);
  g_assert_nonnull (hs_element_get_child (hs_iq_get_payload (answer), "identity", NULL));
  stop (f->component);
}

static void
test_from (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = { NULL, "user1@example.test", "component.example", "@", "" };
  g_autoptr (HsMessage) message = hs_message_new_chat (g_getenv ("HS_TEST_USER1"), "hi");
  g_autofree char *raw = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  start (f->component);
  start (f->client);
  g_signal_connect (f->client, "message", G_CALLBACK (message_cb), f->log);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      hs_element_set_attribute (HS_ELEMENT (message), "from", refused[i]);
      g_assert_false (hs_client_send_stanza (f->component, HS_ELEMENT (message), &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_FROM);
      g_clear_error (&error);
    }
  g_assert_false (hs_client_send_raw_stanza (
      f->component, "<message to='user1@example.test'><body>x</body></message>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_FROM);
  g_clear_error (&error);

  /* A raw string may name jabber:client or nothing: it is in the component's namespace on the wire. */
  raw = g_strdup_printf ("<message xmlns='jabber:client' from='a@%s' to='%s'><body>one</body></message>"
                         "<message from='b@%s' to='%s'><body>two</body></message>",
                         g_getenv ("HS_TEST_COMPONENT"),
                         hs_jid_to_string (hs_client_get_bound_jid (f->client)),
                         g_getenv ("HS_TEST_COMPONENT"),
                         hs_jid_to_string (hs_client_get_bound_jid (f->client)));
  g_assert_true (hs_client_send_raw_stanza (f->component, raw, &error));
  g_assert_no_error (error);
  expected = g_strdup_printf ("a@%s: one\nb@%s: two\n", g_getenv ("HS_TEST_COMPONENT"),
                              g_getenv ("HS_TEST_COMPONENT"));
  while (f->log->len < strlen (expected))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (f->log->str, ==, expected);
  g_assert_cmpint (hs_client_get_state (f->component), ==, HS_CLIENT_STATE_READY);
  stop (f->client);
  stop (f->component);
}

static void
test_wrong_secret (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  HsClient *wrong = make_component ("wrong");

  g_assert_false (hs_client_run (wrong, &error));
  g_assert_error (error, HS_STREAM_ERROR, HS_STREAM_ERROR_NOT_AUTHORIZED);
  g_assert_finalize_object (wrong);
}

/* Prosody says that it does not know the domain; ejabberd, that the secret is wrong for it. */
static void
test_unknown_host (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  HsClient *unknown = HS_CLIENT (
      hs_component_new ("nobody.example.test", g_getenv ("HS_TEST_COMPONENT_SECRET")));

  g_object_set (unknown, "host", g_getenv ("HS_TEST_HOST"), "port",
                get_port ("HS_TEST_COMPONENT_PORT"), NULL);
  g_assert_false (hs_client_run (unknown, &error));
  if (g_str_equal (g_getenv ("HS_TEST_SERVER"), "prosody"))
    g_assert_error (error, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN);
  else
    g_assert_error (error, HS_STREAM_ERROR, HS_STREAM_ERROR_NOT_AUTHORIZED);
  g_assert_finalize_object (unknown);
}

/* Prosody refuses a second connection of one component; ejabberd shares the stanzas out among them. */
static void
test_conflict (Fixture *f, gconstpointer data)
{
  HsClient *second = make_component (g_getenv ("HS_TEST_COMPONENT_SECRET"));
  g_autoptr (GError) error = NULL;

  start (f->component);
  if (g_str_equal (g_getenv ("HS_TEST_SERVER"), "prosody"))
    {
      g_assert_false (hs_client_run (second, &error));
      g_assert_error (error, HS_STREAM_ERROR, HS_STREAM_ERROR_CONFLICT);
    }
  else
    {
      start (second);
      stop (second);
    }
  /* The first one stays. */
  g_assert_cmpint (hs_client_get_state (f->component), ==, HS_CLIENT_STATE_READY);
  g_assert_finalize_object (second);
  stop (f->component);
}

static void
test_settings (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  HsClient *wrong = HS_CLIENT (hs_component_new ("a@b@c", "x"));

  g_assert_false (hs_client_run (wrong, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  g_assert_finalize_object (wrong);
  g_assert_cmpint (hs_client_get_tls_mode (f->component), ==, HS_TLS_MODE_NONE);
  hs_client_set_tls_mode (f->component, HS_TLS_MODE_REQUIRED);
  g_assert_false (hs_client_run (f->component, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
}

static void
disconnected_cb (HsClient *client, const GError *error, int retry_in_msec, gpointer user_data)
{
  int *retry = user_data;

  g_assert_nonnull (error);
  *retry = retry_in_msec;
}

/* Last: the server is gone after it. */
static void
test_lost (Fixture *f, gconstpointer data)
{
  int retry = -2;

  g_signal_connect (f->component, "disconnected", G_CALLBACK (disconnected_cb), &retry);
  start (f->component);
  kill (g_ascii_strtoull (g_getenv ("HS_TEST_SERVER_PID"), NULL, 10), SIGKILL);
  while (retry == -2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (retry, >=, 0);
  g_assert_cmpint (hs_client_get_state (f->component), ==, HS_CLIENT_STATE_INTERRUPTED);
  g_signal_handlers_disconnect_by_data (f->component, &retry);
  stop (f->component);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/component/echo", test_echo);
  ADD ("/component/request", test_request);
  ADD ("/component/from", test_from);
  ADD ("/component/wrong-secret", test_wrong_secret);
  ADD ("/component/unknown-host", test_unknown_host);
  ADD ("/component/conflict", test_conflict);
  ADD ("/component/settings", test_settings);
  ADD ("/component/zz-lost", test_lost);

  return g_test_run ();
}
