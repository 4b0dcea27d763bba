/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client-test.h"

/* Against a real server, which tests/servers/serve.py has started: see there for the environment. */

#define RESOURCE "/r"

static const char *
get (const char *name)
{
  g_autofree char *variable = g_strconcat ("HS_TEST_", name, NULL);
  const char *value = g_getenv (variable);

  if (value == NULL)
    g_error ("%s is not set: run this test with tests/servers/serve.py", variable);
  return value;
}

static guint
get_number (const char *name)
{
  return atoi (get (name));
}

static GTlsDatabase *
load_database (const char *variable)
{
  g_autoptr (GError) error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (get (variable), &error);

  g_assert_no_error (error);
  return database;
}

typedef struct
{
  const char *name;
  HsTlsMode mode;
  const char *port;
} Way;

static const Way ways[] = {
  { "starttls", HS_TLS_MODE_STARTTLS, "PORT" },
  { "direct-tls", HS_TLS_MODE_DIRECT, "TLS_PORT" },
};

static TestClient *
new_client (const char *jid, const char *password, const Way *way)
{
  g_autoptr (GTlsDatabase) database = load_database ("CA");
  HsClient *client = hs_client_new (jid, password);

  g_object_set (client, "host", get ("HOST"), "port", get_number (way->port), "tls-mode", way->mode,
                "tls-database", database, "auto-reconnect", FALSE, NULL);
  return test_client_new_alone (client);
}

static TestClient *
new_user (guint number, const Way *way)
{
  g_autofree char *user = g_strdup_printf ("USER%u", number);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", number);
  g_autofree char *jid = g_strconcat (get (user), RESOURCE, NULL);

  return new_client (jid, get (password), way);
}

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
list_mechanisms (const Way *way)
{
  g_autoptr (TestClient) test = new_user (1, way);
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
  const Way *way = data;
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
          g_autoptr (TestClient) test = new_user (user, way);
          g_autoptr (GString) xml = g_string_new (NULL);
          g_autofree char *password = g_strdup_printf ("PASSWORD%u", user);
          g_autofree char *jid = g_strdup_printf ("user%u@%s" RESOURCE, user, get ("DOMAIN"));

          set_mechanism (test, mechanism);
          g_signal_connect (test->client, "xml", G_CALLBACK (note_xml_cb), xml);
          test_client_start_until_ready (test);
          g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (test->client)), ==, jid);
          g_assert_true (hs_client_get_allow_plain (test->client)
                         == g_str_equal (mechanism, "PLAIN"));
          test_client_stop (test);
          assert_record (test, expected);
          assert_no_secrets (xml->str, get (password));
        }
    }
}

/* With nothing said, the best one is taken, and never PLAIN. */
static void
test_best (gconstpointer data)
{
  g_autoptr (TestClient) test = new_user (1, data);

  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(SCRAM-SHA-"));
  test_client_stop (test);
}

static void
test_wrong_password (gconstpointer data)
{
  const Way *way = data;
  g_autoptr (GPtrArray) mechanisms = list_mechanisms (way);

  for (guint i = 0; i < mechanisms->len; i++)
    {
      g_autoptr (TestClient) test = new_client (get ("USER1"), "wrong", way);

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
  g_autofree char *jid = g_strconcat ("nobody@", get ("DOMAIN"), NULL);
  g_autoptr (TestClient) test = new_client (jid, "secret", data);

  test_client_run (test);
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
}

static void
test_external (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (
      get ("CLIENT_CERT"), get ("CLIENT_KEY"), &error);
  g_autoptr (TestClient) test = new_client (get ("USER1"), NULL, data);

  g_assert_no_error (error);
  g_object_set (test->client, "tls-certificate", certificate, NULL);
  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(EXTERNAL)"));
  test_client_stop (test);
}

static void
test_anonymous (gconstpointer data)
{
  g_autoptr (TestClient) test = new_client (get ("ANON_DOMAIN"), NULL, data);
  HsJid *bound;

  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(ANONYMOUS)"));
  bound = hs_client_get_bound_jid (test->client);
  g_assert_cmpstr (hs_jid_get_domain (bound), ==, get ("ANON_DOMAIN"));
  g_assert_nonnull (hs_jid_get_local (bound));
  test_client_stop (test);
}

static const Way no_tls = { "no-tls", HS_TLS_MODE_NONE, "PLAIN_PORT" };

static void
test_without_tls (void)
{
  g_autoptr (TestClient) test = new_user (1, &no_tls);
  g_autoptr (TestClient) scram = new_user (1, &no_tls);
  static const Way insists = { NULL, HS_TLS_MODE_STARTTLS, "PLAIN_PORT" };
  g_autoptr (TestClient) strict = new_user (1, &insists);

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
  g_autoptr (TestClient) test = new_user (1, data);
  g_autoptr (TestClient) system = new_user (1, data);
  g_autoptr (GTlsDatabase) other = load_database ("OTHER_CA");
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
  g_autofree char *jid = g_strconcat ("user1@", get ("WRONG_HOST_DOMAIN"), NULL);
  g_autoptr (TestClient) test = new_client (jid, "secret1", data);

  assert_refused (test, "name");
}

static void
test_expired (void)
{
  static const Way expired = { NULL, HS_TLS_MODE_DIRECT, "EXPIRED_PORT" };
  g_autoptr (TestClient) test = new_user (1, &expired);

  assert_refused (test, "expired");
}

static void
test_unknown_domain (void)
{
  g_autoptr (TestClient) test = new_client ("user1@nowhere.invalid", "secret1", &ways[0]);

  test_client_run (test);
  g_assert_error (test->error, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN);
}

static void
test_never_answers (gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);
  g_autoptr (TestClient) test = new_user (1, data);

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

  g_assert_cmpstr (hs_element_get_attribute (item, "jid"), ==, get ("USER2"));
  contact->name = g_strdup (hs_element_get_attribute (item, "name"));
  contact->subscription = g_strdup (hs_element_get_attribute (item, "subscription"));
  contact->n++;
  return NULL;
}

/* The friend's, not one's own: not every server sends that back. */
static HsElement *
count_cb (HsClient *client, HsElement *presence, gpointer data)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (presence));

  if (!hs_client_is_own (client, from))
    ++*(guint *) data;
  return NULL;
}

static void
test_roster (gconstpointer data)
{
  g_autoptr (TestClient) test = new_user (1, data);
  g_autoptr (TestClient) friend = new_user (2, data);
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
  g_autoptr (TestClient) test = new_user (1, data);
  g_autoptr (TestClient) friend = new_user (2, data);
  g_autofree char *friend_jid = g_strconcat (get ("USER2"), RESOURCE, NULL);
  const struct
  {
    const char *to;
    const char *namespace_;
    GQuark domain;
    int code;
  } requests[] = {
    { NULL, "urn:xmpp:ping", 0, 0 },
    { get ("DOMAIN"), "urn:xmpp:ping", 0, 0 },
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

/* ---- Two clients ---- */

typedef struct
{
  TestClient *from;
  TestClient *to;
  char *to_jid;
  GPtrArray *bodies; /* that have come */
  guint n;
} Pair;

static HsElement *
body_cb (HsClient *client, HsElement *message, gpointer data)
{
  Pair *pair = data;

  g_ptr_array_add (pair->bodies, g_strdup (hs_message_get_body (HS_MESSAGE (message))));
  return NULL;
}

static void
pair_init (Pair *pair, const Way *way)
{
  pair->from = new_user (1, way);
  pair->to = new_user (2, way);
  pair->to_jid = g_strconcat (get ("USER2"), RESOURCE, NULL);
  pair->bodies = g_ptr_array_new_with_free_func (g_free);
  hs_client_add_handler (pair->to->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, body_cb,
                         pair, NULL);
  test_client_start_until_ready (pair->to);
  test_client_start_until_ready (pair->from);
}

static void
pair_clear (Pair *pair)
{
  test_client_stop (pair->from);
  test_client_stop (pair->to);
  test_client_free (pair->from);
  test_client_free (pair->to);
  g_free (pair->to_jid);
  g_ptr_array_unref (pair->bodies);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
pair_send (Pair *pair, const char *text)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat (pair->to_jid, text));
  g_autoptr (GError) error = NULL;

  hs_client_send_stanza (pair->from->client, message, &error);
  g_assert_no_error (error);
}

static gboolean
is_xml_character (gunichar c)
{
  return c == 0x9 || c == 0xa || c == 0xd || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* For text that is too long to be shown. */
static void
assert_same_text (const char *text, const char *expected)
{
  gsize i = 0;

  while (text[i] != '\0' && text[i] == expected[i])
    i++;
  if (text[i] != expected[i])
    g_error ("Byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " is %02x and not %02x (%.20s)", i,
             strlen (expected), (guchar) text[i], (guchar) expected[i], expected + i);
}

/* All 1,112,033 characters that XML 1.0 allows. */
static void
test_characters (gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GString) text = g_string_new ("a\r\nb\rc\n\td  e]]>f&amp;<g attribute='\"'/>");

  pair_init (&pair, data);
  for (gunichar c = 1; c <= 0x10ffff; c++)
    {
      if (is_xml_character (c))
        g_string_append_unichar (text, c);
    }
  pair_send (&pair, text->str);
  test_until (pair.bodies->len == 1);
  assert_same_text (g_ptr_array_index (pair.bodies, 0), text->str);
}

/* In order, none lost, one of them as large as it may be on its way in. */
static void
test_ten_thousand (gconstpointer data)
{
  g_auto (Pair) pair = { NULL };
  guint n = g_getenv ("HS_TEST_VALGRIND") != NULL ? 500 : 10000;
  /* What the stanza takes in memory beside its text. */
  gsize size = 10 * 1024 * 1024 - 8192;
  g_autofree char *large = g_strnfill (size, 'x');

  pair_init (&pair, data);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Message %u", i);

      if (i % 1000 == 0)
        test_spin (1);
      pair_send (&pair, i == n / 2 ? large : text);
    }
  test_until (pair.bodies->len >= n || pair.to->n_terminated > 0);
  g_assert_no_error (pair.to->error);
  g_assert_cmpuint (pair.bodies->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Message %u", i);

      if (i == n / 2)
        assert_same_text (g_ptr_array_index (pair.bodies, i), large);
      else
        g_assert_cmpstr (g_ptr_array_index (pair.bodies, i), ==, text);
    }
}

/* ---- The end; last, since there is no server after it ---- */

static void
test_killed (void)
{
  g_autoptr (TestClient) stubborn = new_user (1, &ways[0]);
  g_autoptr (TestClient) simple = new_user (2, &ways[1]);

  g_object_set (stubborn->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (stubborn);
  test_client_start_until_ready (simple);
  g_assert_cmpint (kill (get_number ("SERVER_PID"), SIGKILL), ==, 0);
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
  static const struct
  {
    const char *name;
    GTestDataFunc function;
  } both[] = {
    { "mechanisms", test_mechanisms },
    { "best", test_best },
    { "wrong-password", test_wrong_password },
    { "no-such-user", test_no_such_user },
    { "external", test_external },
    { "anonymous", test_anonymous },
    { "unknown-authority", test_unknown_authority },
    { "wrong-host", test_wrong_host },
    { "never-answers", test_never_answers },
    { "roster", test_roster },
    { "requests", test_requests },
    { "characters", test_characters },
    { "ten-thousand", test_ten_thousand },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (both); j++)
        {
          g_autofree char *path = g_strdup_printf ("/%s/%s/%s", get ("SERVER"), ways[i].name,
                                                   both[j].name);

          g_test_add_data_func (path, &ways[i], both[j].function);
        }
    }
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
        g_autofree char *path = g_strdup_printf ("/%s/other/%s", get ("SERVER"), others[i].name);

        g_test_add_func (path, others[i].function);
      }
  }
  return g_test_run ();
}
