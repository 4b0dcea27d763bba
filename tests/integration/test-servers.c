/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <string.h>

#include "server-test.h"

/* Against a real server, which tests/servers/serve.py has started: see there for the environment. */

static void
set_mechanism (TestClient *test, const char *mechanism)
{
  const char *const mechanisms[] = { mechanism, NULL };

  g_object_set (test->client, "sasl-mechanisms", mechanisms, NULL);
}

/* ---- Signing in ---- */

static void
note_xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  g_string_append (data, text);
}

/* What the server offers on that way, without the ones with channel binding. */
static GPtrArray *
list_mechanisms (const ServerWay *way)
{
  g_autoptr (TestClient) test = server_new_user (1, way);
  g_autoptr (GString) xml = g_string_new (NULL);
  GPtrArray *mechanisms = g_ptr_array_new_with_free_func (g_free);

  set_mechanism (test, "NONE");
  g_signal_connect (test->client, "xml", G_CALLBACK (note_xml_cb), xml);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_NO_MECHANISM);
  for (const char *p = xml->str; (p = strstr (p, "<mechanism>")) != NULL; p++)
    {
      g_autofree char *name = g_strndup (p + 11, strcspn (p + 11, "<"));

      /* SASL2 lists them again. */
      if (!g_ptr_array_find_with_equal_func (mechanisms, name, g_str_equal, NULL) &&
          !g_str_has_suffix (name, "-PLUS") && !g_str_equal (name, "EXTERNAL") &&
          !g_str_equal (name, "OAUTHBEARER") && !g_str_has_prefix (name, "X-"))
        g_ptr_array_add (mechanisms, g_steal_pointer (&name));
    }
  g_assert_cmpuint (mechanisms->len, >=, 2);
  return mechanisms;
}

static void
assert_no_secrets (const char *xml, const char *password)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) password, strlen (password));
  g_autoptr (GRegex) payload = g_regex_new (
      "<(auth|response|challenge|success)\\b[^>]*>(?!\\[redacted\\])[^<]", 0, 0, NULL);

  g_assert_null (strstr (xml, password));
  g_assert_null (strstr (xml, base64));
  g_assert_false (g_regex_match (payload, xml, 0, NULL));
  g_assert_nonnull (strstr (xml, "[redacted]"));
}

static void
test_mechanisms (gconstpointer data)
{
  const ServerWay *way = data;
  g_autoptr (GPtrArray) mechanisms = list_mechanisms (way);

  g_assert_true (g_ptr_array_find_with_equal_func (mechanisms, "SCRAM-SHA-1", g_str_equal, NULL));
  for (guint i = 0; i < mechanisms->len; i++)
    {
      const char *mechanism = g_ptr_array_index (mechanisms, i);
      g_autofree char *expected
          = g_strdup_printf ("connecting connected secured authenticated(%s) ready m.ready "
                             "stopping m.stopping disconnected(end) cleanup m.cleanup "
                             "m.terminated terminated",
                             mechanism);

      g_test_message ("%s", mechanism);
      /* The third and fourth password have what is to be escaped and prepared. */
      for (guint user = 1; user <= 4; user++)
        {
          g_autoptr (TestClient) test = server_new_user (user, way);
          g_autoptr (GString) xml = g_string_new (NULL);
          g_autofree char *password = g_strdup_printf ("PASSWORD%u", user);
          g_autofree char *jid = g_strdup_printf ("user%u@%s" SERVER_RESOURCE, user, server_get ("DOMAIN"));

          set_mechanism (test, mechanism);
          g_signal_connect (test->client, "xml", G_CALLBACK (note_xml_cb), xml);
          test_client_start_until_ready (test);
          g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (test->client)), ==, jid);
          g_assert_true (hs_client_get_allow_plain (test->client)
                         == g_str_equal (mechanism, "PLAIN"));
          test_client_stop (test);
          assert_record (test, expected);
          assert_no_secrets (xml->str, server_get (password));
        }
    }
}

/* With nothing said, the best one is taken, and never PLAIN. */
static void
test_best (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);

  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(SCRAM-SHA-"));
  test_client_stop (test);
}

static void
test_wrong_password (gconstpointer data)
{
  const ServerWay *way = data;
  g_autoptr (GPtrArray) mechanisms = list_mechanisms (way);

  for (guint i = 0; i < mechanisms->len; i++)
    {
      g_autoptr (TestClient) test = server_new_client (server_get ("USER1"), "wrong", way);

      set_mechanism (test, g_ptr_array_index (mechanisms, i));
      test_client_run (test);
      g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
      assert_record (test, "connecting connected secured stopping m.stopping disconnected(end) "
                           "cleanup m.cleanup m.terminated terminated");
    }
}

static void
test_no_such_user (gconstpointer data)
{
  g_autofree char *jid = g_strconcat ("nobody@", server_get ("DOMAIN"), NULL);
  g_autoptr (TestClient) test = server_new_client (jid, "secret", data);

  test_client_run (test);
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
}

static const ServerWay no_tls = { "no-tls", HS_TLS_MODE_NONE, "PLAIN_PORT" };

static void
test_without_tls (void)
{
  g_autoptr (TestClient) test = server_new_user (1, &no_tls);
  g_autoptr (TestClient) scram = server_new_user (1, &no_tls);
  static const ServerWay insists = { NULL, HS_TLS_MODE_STARTTLS, "PLAIN_PORT" };
  g_autoptr (TestClient) strict = server_new_user (1, &insists);

  set_mechanism (test, "PLAIN");
  test_client_start_until_ready (test);
  assert_record (test, "connecting connected authenticated(PLAIN) ready m.ready");
  test_client_stop (test);
  /* PLAIN is not used there unless it was named. */
  test_client_start_until_ready (scram);
  g_assert_nonnull (strstr (scram->record->str, "authenticated(SCRAM-SHA-"));
  test_client_stop (scram);
  test_client_run (strict);
  g_assert_error (strict->error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
}

/* ---- Certificates ---- */

static void
assert_refused (TestClient *test, const char *why)
{
  test_client_run (test);
  g_assert_error (test->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  if (strstr (test->error->message, why) == NULL)
    g_error ("'%s' does not speak of '%s'", test->error->message, why);
  g_assert_nonnull (hs_client_get_peer_certificate (test->client));
  assert_record (test, "connecting connected stopping m.stopping disconnected(end) cleanup "
                       "m.cleanup m.terminated terminated");
}

static gboolean
accept_cb (HsClient *client, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           gpointer data)
{
  *(GTlsCertificateFlags *) data = errors;
  return TRUE;
}

static void
test_unknown_authority (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);
  g_autoptr (TestClient) system = server_new_user (1, data);
  g_autoptr (GTlsDatabase) other = server_load_database ("OTHER_CA");
  GTlsCertificateFlags errors = 0;

  g_object_set (test->client, "tls-database", other, NULL);
  assert_refused (test, "issuer");
  g_object_set (system->client, "tls-database", NULL, NULL);
  assert_refused (system, "issuer");
  /* What was refused can be pinned, and is trusted then. */
  g_object_set (test->client, "pinned-certificate", hs_client_get_peer_certificate (test->client),
                NULL);
  g_string_truncate (test->record, 0);
  test_client_start_until_ready (test);
  test_client_stop (test);
  /* Or accepted, and is not. */
  g_signal_connect (system->client, "accept-certificate", G_CALLBACK (accept_cb), &errors);
  set_mechanism (system, "PLAIN");
  test_client_run (system);
  g_assert_error (system->error, HS_ERROR, HS_ERROR_NO_MECHANISM);
  g_assert_true ((errors & G_TLS_CERTIFICATE_UNKNOWN_CA) != 0);
  set_mechanism (system, "SCRAM-SHA-1");
  test_client_start_until_ready (system);
  test_client_stop (system);
}

static void
test_wrong_host (gconstpointer data)
{
  g_autofree char *jid = g_strconcat ("user1@", server_get ("WRONG_HOST_DOMAIN"), NULL);
  g_autoptr (TestClient) test = server_new_client (jid, "secret1", data);

  assert_refused (test, "name");
}

static void
test_expired (void)
{
  static const ServerWay expired = { NULL, HS_TLS_MODE_DIRECT, "EXPIRED_PORT" };
  g_autoptr (TestClient) test = server_new_user (1, &expired);

  assert_refused (test, "expired");
}

static void
test_unknown_domain (void)
{
  g_autoptr (TestClient) test = server_new_client ("user1@nowhere.invalid", "secret1", &server_ways[0]);

  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN);
}

static void
test_never_answers (gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (TestClient) test = server_new_user (1, data);

  g_object_set (test->client, "port", port, "connect-timeout", 300, NULL);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
}

/* ---- A session ---- */

typedef struct
{
  guint n;
  char *name;
  char *subscription;
} Contact;

static HsElement *
contact_cb (HsClient *client, HsElement *item, gpointer data)
{
  Contact *contact = data;

  g_assert_cmpstr (hs_element_get_attribute (item, "jid"), ==, server_get ("USER2"));
  contact->name = g_strdup (hs_element_get_attribute (item, "name"));
  contact->subscription = g_strdup (hs_element_get_attribute (item, "subscription"));
  contact->n++;
  return NULL;
}

/* The friend's resource's; some servers send one's own as well, and that the bare JID is offline. */
static HsElement *
count_cb (HsClient *client, HsElement *presence, gpointer data)
{
  g_autofree char *friend_jid = g_strconcat (server_get ("USER2"), SERVER_RESOURCE, NULL);

  if (g_strcmp0 (hs_element_get_attribute (presence, "from"), friend_jid) == 0)
    ++*(guint *) data;
  return NULL;
}

static void
test_roster (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);
  g_autoptr (TestClient) friend = server_new_user (2, data);
  Contact contact = { 0 };
  guint n_presences = 0;

  hs_client_add_handler (test->client, "item", HS_NS_ROSTER, HS_HANDLER_FROM_ACCOUNT, contact_cb,
                         &contact, NULL);
  hs_client_add_handler (test->client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, count_cb,
                         &n_presences, NULL);
  test_client_start_until_ready (test);
  test_until (contact.n == 1);
  g_assert_cmpstr (contact.name, ==, "User2");
  g_assert_cmpstr (contact.subscription, ==, "both");
  test_client_start_until_ready (friend);
  test_until (n_presences == 1);
  test_client_stop (friend);
  test_until (n_presences == 2);
  test_client_stop (test);
  g_free (contact.name);
  g_free (contact.subscription);
}

static void
answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = ((gpointer *) data)[1];

  *(HsIq **) ((gpointer *) data)[0]
      = hs_client_request_finish (HS_CLIENT (source), result, error);
  ((gpointer *) data)[2] = GINT_TO_POINTER (TRUE);
}

static void
test_requests (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);
  g_autoptr (TestClient) friend = server_new_user (2, data);
  g_autofree char *friend_jid = g_strconcat (server_get ("USER2"), SERVER_RESOURCE, NULL);
  const struct
  {
    const char *to;
    const char *namespace_;
    GQuark domain;
    int code;
  } requests[] = {
    { NULL, "urn:xmpp:ping", 0, 0 },
    { server_get ("DOMAIN"), "urn:xmpp:ping", 0, 0 },
    { NULL, "urn:never-heard-of", HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE },
    /* Our own client on the other side does not know it either, and says so. */
    { friend_jid, "urn:xmpp:ping", HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE },
  };

  test_client_start_until_ready (test);
  test_client_start_until_ready (friend);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (HsElement) ping = hs_element_new ("ping", requests[i].namespace_);
      g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", requests[i].to, ping));
      g_autoptr (HsIq) answer = NULL;
      g_autoptr (GError) error = NULL;
      gpointer answered[3] = { &answer, &error, NULL };

      hs_client_request_async (test->client, iq, -1, NULL, answer_cb, answered);
      test_until (answered[2] != NULL);
      if (requests[i].domain == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, requests[i].domain, requests[i].code);
    }
  test_client_stop (friend);
  test_client_stop (test);
}

/* ---- The end; last, since there is no server after it ---- */

static void
test_killed (void)
{
  g_autoptr (TestClient) stubborn = server_new_user (1, &server_ways[0]);
  g_autoptr (TestClient) simple = server_new_user (2, &server_ways[1]);

  g_object_set (stubborn->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (stubborn);
  test_client_start_until_ready (simple);
  g_assert_cmpint (kill (server_get_number ("SERVER_PID"), SIGKILL), ==, 0);
  test_until (simple->n_terminated == 1 && stubborn->n_disconnected >= 2);
  g_assert_error (simple->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  /* The second time, nobody is there. */
  g_assert_error (stubborn->loss, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpint (stubborn->retry, >=, 0);
  g_assert_cmpint (hs_client_get_state (stubborn->client), ==, HS_CLIENT_STATE_INTERRUPTED);
  test_client_stop (stubborn);
  g_assert_no_error (stubborn->error);
}

int
main (int argc, char **argv)
{
  static const ServerTest both[] = {
    { "mechanisms", test_mechanisms },
    { "best", test_best },
    { "wrong-password", test_wrong_password },
    { "no-such-user", test_no_such_user },
    { "external", server_test_external },
    { "anonymous", server_test_anonymous },
    { "unknown-authority", test_unknown_authority },
    { "wrong-host", test_wrong_host },
    { "never-answers", test_never_answers },
    { "roster", test_roster },
    { "requests", test_requests },
    { NULL, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  server_add_tests (NULL, both);
  {
    static const struct
    {
      const char *name;
      GTestFunc function;
    } others[] = {
      { "without-tls", test_without_tls },
      { "expired", test_expired },
      { "unknown-domain", test_unknown_domain },
      { "killed", test_killed },
    };

    for (guint i = 0; i < G_N_ELEMENTS (others); i++)
      {
        g_autofree char *path = g_strdup_printf ("/%s/other/%s", server_get ("SERVER"), others[i].name);

        g_test_add_func (path, others[i].function);
      }
  }
  return g_test_run ();
}
