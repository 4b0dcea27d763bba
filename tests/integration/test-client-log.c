/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client-test.h"

/* The log and the `xml` signal: everything that went by, and nothing secret. */

/* Of user@example.org with the password "secret". */
#define PLAIN_MESSAGE "AHVzZXIAc2VjcmV0"

typedef struct
{
  TestClient *test;
  char *path;
  GString *in;  /* from the signal */
  GString *out;
} Fixture;

static void
xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_string_append (direction == HS_DIRECTION_IN ? fixture->in : fixture->out, text);
}

static void
set_up (Fixture *fixture, gconstpointer script)
{
  int fd = g_file_open_tmp ("headstock-log-XXXXXX", &fixture->path, NULL);

  g_close (fd, NULL);
  g_unlink (fixture->path);
  fixture->in = g_string_new (NULL);
  fixture->out = g_string_new (NULL);
  fixture->test = test_client_new_for (script != NULL ? script : script_session_tls,
                                       HS_TLS_MODE_STARTTLS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (hs_client_get_state (fixture->test->client) != HS_CLIENT_STATE_DISCONNECTED)
    test_client_stop (fixture->test);
  test_client_free (fixture->test);
  g_unlink (fixture->path);
  g_free (fixture->path);
  g_string_free (fixture->in, TRUE);
  g_string_free (fixture->out, TRUE);
}

static char *
read_log (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char *log = NULL;

  g_file_get_contents (fixture->path, &log, NULL, &error);
  g_assert_no_error (error);
  return log;
}

static void
assert_has (const char *log, const char *text)
{
  if (strstr (log, text) == NULL)
    g_error ("'%s' is not in the log: %s", text, log);
}

static void
assert_has_not (const char *log, const char *text)
{
  if (strstr (log, text) != NULL)
    g_error ("'%s' is in the log: %s", text, log);
}

static void
assert_no_secrets (const char *log)
{
  static const char *const secrets[] = { "secret", PLAIN_MESSAGE, "c2VjcmV0", "hidden",
                                         "aGlkZGVu" };

  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    assert_has_not (log, secrets[i]);
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) line = g_regex_new (
      "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z (IN |OUT) [^\\n]+$", 0, 0, NULL);
  g_auto (GStrv) lines = NULL;
  GStatBuf status;

  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, &error));
  g_assert_no_error (error);
  /* What people write to each other is in it. */
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  test_client_start_until_ready (fixture->test);
  g_assert_true (hs_client_send_raw_stanza (client, "<message id='mine'/>", NULL));
  test_client_say (fixture->test, "<message id='theirs'><body>hello</body></message>");
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_has (log, "OUT <?xml version='1.0'?><stream:stream");
  assert_has (log, "<starttls");
  assert_has (log, "<proceed");
  assert_has (log, "mechanism='PLAIN'>[redacted]</auth>");
  assert_has (log, "<jid>user@example.org/res</jid>");
  assert_has (log, "OUT <message id='mine'/>");
  assert_has (log, "<message id='theirs'><body>hello</body></message>");
  assert_has (log, "OUT </stream:stream>");
  assert_no_secrets (log);
  lines = g_strsplit (log, "\n", -1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    g_assert_true (g_regex_match (line, lines[i], 0, NULL));
}

/* The property reaches the file that is written: no byte is lost between the two files, and both are private. */
static void
test_rotation (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *before = g_strconcat (fixture->path, ".1", NULL);
  g_autofree char *old = NULL;
  g_autofree char *log = NULL;
  GStatBuf status;

  g_object_set (client, "log-max-size", (guint64) 4000, NULL);
  g_assert_cmpuint (hs_client_get_log_max_size (client), ==, 4000);
  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  test_client_start_until_ready (fixture->test);
  test_client_say (fixture->test, "<message id='before'/>");
  g_assert_false (g_file_test (before, G_FILE_TEST_EXISTS));
  while (!g_file_test (before, G_FILE_TEST_EXISTS))
    test_client_say (fixture->test, "<message id='during'/>");
  test_client_say (fixture->test, "<message id='after'/>");
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_has (log, "after");
  assert_has_not (log, "before");
  g_assert_true (g_file_get_contents (before, &old, NULL, NULL));
  assert_has (old, "before");
  g_assert_cmpuint (strlen (old), <=, 4000);
  g_assert_cmpint (g_stat (before, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_unlink (before);
}

/* All bytes, once each and in order; only secrets are replaced. */
static void
test_signal (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *sent = NULL;
  g_autoptr (GString) expected = NULL;

  g_signal_connect (client, "xml", G_CALLBACK (xml_cb), fixture);
  test_client_start_until_ready (fixture->test);
  g_assert_true (hs_client_send_raw_stanza (client, "<message id='mine'>\xe2\x82\xac</message>",
                                            NULL));
  test_client_say (fixture->test, "<message id='theirs'><body>\xe2\x82\xac</body></message>");
  test_client_stop (fixture->test);
  assert_no_secrets (fixture->in->str);
  assert_no_secrets (fixture->out->str);
  sent = scripted_server_dup_received (fixture->test->server);
  assert_has (sent, PLAIN_MESSAGE);
  expected = g_string_new (sent);
  g_string_replace (expected, PLAIN_MESSAGE, "[redacted]", 0);
  g_assert_cmpstr (fixture->out->str, ==, expected->str);
  g_assert_true (g_str_has_prefix (fixture->in->str, SAY_HEADER SAY_FEATURES_TLS SAY_PROCEED
                                                         SAY_HEADER));
  assert_has (fixture->in->str, "<message id='theirs'><body>\xe2\x82\xac</body></message>");
  g_assert_true (g_str_has_suffix (fixture->in->str, SAY_END));
}

/* Who begins to look later sees what comes from then on, and who looks away pays nothing. */
static void
test_later (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *log = NULL;
  gulong id;

  test_client_start_until_ready (fixture->test);
  test_client_say (fixture->test, "<message id='before'/>");
  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  test_client_say (fixture->test, "<message id='during'/>");
  g_assert_true (hs_client_set_log (client, NULL, FALSE, NULL));
  test_client_say (fixture->test, "<message id='between'/>");
  id = g_signal_connect (client, "xml", G_CALLBACK (xml_cb), fixture);
  test_client_say (fixture->test, "<message id='signal'/>");
  g_signal_handler_disconnect (client, id);
  test_client_say (fixture->test, "<message id='after'/>");
  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  test_client_say (fixture->test, "<message id='again'/>");
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_has (log, "during");
  /* It is appended to. */
  assert_has (log, "again");
  assert_has_not (log, "before");
  assert_has_not (log, "between");
  assert_has_not (log, "signal");
  assert_has_not (log, "after");
  assert_has (fixture->in->str, "signal");
  assert_has_not (fixture->in->str, "after");
  assert_has_not (fixture->in->str, "between");
}

static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  g_assert_false (hs_client_set_log (client, "/nonexistent/log", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "/nonexistent/log"));
  g_clear_error (&error);
  g_assert_false (hs_client_set_log (client, "/", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  /* The old one goes on. */
  test_client_start_until_ready (fixture->test);
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_has (log, "</auth>");
}

/* ---- Secrets ---- */

static const ScriptStep talks_of_secrets[]
    = { RUN (script_starttls),
        RUN (script_header),
        SEND (SAY_FEATURES_SASL ("PLAIN")),
        EXPECT ("</auth>"),
        /* In pieces. */
        SEND ("<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"),
        SLEEP (20),
        SEND (">aGlk"),
        SLEEP (20),
        SEND ("ZGVu"),
        SLEEP (20),
        SEND ("</succ"),
        SLEEP (20),
        SEND ("ess>"),
        RUN (script_bind),
        SEND ("<message><x xmlns='urn:x'><password>hidden</password><token>hidden</token>"
              "<y token='hidden' password=\"hidden\"/></x><body>shown</body></message>"),
        SEND ("<message><x xmlns='jabber:x:data'><field var='password' type='text-private'>"
              "<value>hidden</value></field></x></message>"),
        SERVE,
        END };

static void
test_secrets (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *log = NULL;
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("set", NULL, NULL));
  HsElement *query = hs_element_add_child (iq, "query", "jabber:iq:register");

  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  g_signal_connect (client, "xml", G_CALLBACK (xml_cb), fixture);
  test_client_start_until_ready (fixture->test);
  hs_element_add_text_child (query, "username", "jabber:iq:register", "user");
  hs_element_add_text_child (query, "password", "jabber:iq:register", "hidden");
  g_assert_true (hs_client_send_stanza (client, iq, NULL));
  g_assert_true (hs_client_send_raw_stanza (
      client, "<iq type='set' id='raw'><query xmlns='jabber:iq:register'><password>hid<![CDATA[den"
              "]]></password></query></iq>", NULL));
  test_client_await_sent (fixture->test, "raw");
  test_until (strstr (fixture->in->str, "text-private") != NULL);
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_no_secrets (log);
  assert_no_secrets (fixture->in->str);
  assert_no_secrets (fixture->out->str);
  assert_has (log, "shown");
  assert_has (log, "<username>user</username>");
}

/* Nor are they in errors. */
static const ScriptStep wrong_password[]
    = { RUN (script_starttls),
        RUN (script_header),
        SEND (SAY_FEATURES_SASL ("PLAIN")),
        EXPECT ("</auth>"),
        SEND ("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>"),
        SERVE,
        END };

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  g_assert_true (hs_client_set_log (fixture->test->client, fixture->path, FALSE, NULL));
  test_client_run (fixture->test);
  assert_no_secrets (fixture->test->error->message);
  {
    g_autofree char *log = read_log (fixture);

    assert_no_secrets (log);
    assert_has (log, "not-authorized");
  }
}

/* ---- Handlers of the signal may do as they like ---- */

static void
meddling_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  Fixture *fixture = data;

  if (direction == HS_DIRECTION_IN && strstr (text, "go-on") != NULL)
    {
      hs_client_set_log (client, NULL, FALSE, NULL);
      hs_client_send_raw_stanza (client, "<message id='from-signal'/>", NULL);
      hs_client_set_log (client, fixture->path, FALSE, NULL);
    }
  if (direction == HS_DIRECTION_IN && strstr (text, "stop-it") != NULL)
    hs_client_stop (client);
}

static void
test_meddling (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;

  g_signal_connect (client, "xml", G_CALLBACK (meddling_cb), fixture);
  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  test_client_start_until_ready (fixture->test);
  test_client_say (fixture->test, "<message id='go-on'/>");
  test_client_await_sent (fixture->test, "from-signal");
  scripted_server_send (fixture->test->server, "<message id='stop-it'/>");
  test_client_wait_terminated (fixture->test);
  g_assert_no_error (fixture->test->error);
}

static void
dropping_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  TestClient *test = data;

  if (test->client != NULL && strstr (text, "drop-it") != NULL)
    test_client_drop (test);
}

/* Whoever sends something writes no line of the log and drives no terminal; before TLS everybody can. */
static const ScriptStep forging[] = {
  RUN (script_sign_in_tls),
  SEND ("<message><body>one\n2026-11-29T00:00:00.000000Z IN  &lt;forged/>\r\tx\xc2\x9b"
        "31m\xe2\x80\xae" "desrever\xe2\x80\xa8\x7f</body></message>"),
  SERVE,
  END,
};

static void
test_forging (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GRegex) line = g_regex_new (
      "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z (IN |OUT) <.+$", 0, 0, NULL);

  g_assert_true (hs_client_set_log (client, fixture->path, FALSE, NULL));
  test_client_start_until_ready (fixture->test);
  test_client_say (fixture->test, "<message id='theirs'/>");
  test_client_stop (fixture->test);
  log = read_log (fixture);
  assert_has (log, "one<U+000A>2026-11-29T00:00:00.000000Z IN  &lt;forged/><U+000D><U+0009>x<U+009B>31m"
                   "<U+202E>desrever<U+2028><U+007F></body>");
  lines = g_strsplit (log, "\n", -1);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    g_assert_true (g_regex_match (line, lines[i], 0, NULL));
  for (const char *p = log; *p != '\0'; p++)
    g_assert_true (*p == '\n' || !g_ascii_iscntrl (*p));
}

#define STREAM_ERROR(inside) "<stream:error>" inside "</stream:error>"
#define CONDITION "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
#define SAYS(text) "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>" text "</text>"

/* What is told of what a server says is one short line, whatever it says. */
static void
check_told (const ScriptStep *before, const char *said)
{
  const ScriptStep script[] = { RUN (before), SEND (said), READ_END, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);

    g_object_set (test->client, "auto-reconnect", FALSE, NULL);
  test_client_run (test);
  g_assert_nonnull (test->error);
  g_assert_true (g_utf8_validate (test->error->message, -1, NULL));
  g_assert_cmpuint (g_utf8_strlen (test->error->message, -1), <, 2000);
  for (const char *p = test->error->message; *p != '\0'; p = g_utf8_next_char (p))
    {
      if (!g_unichar_isprint (g_utf8_get_char (p)))
        g_error ("U+%04X is in '%s'", g_utf8_get_char (p), test->error->message);
    }
}

static void
test_told (void)
{
  g_autoptr (GString) many = g_string_new ("<stream:error>");
  static const ScriptStep nothing[] = { EXPECT ("<stream:stream"), EXPECT (">"), END };
  g_autoptr (GString) name = g_string_new ("<x");

  for (guint i = 0; i < 50000; i++)
    g_string_append (many, "<a/>");
  g_string_append (many, CONDITION "</stream:error>");
  /* The 64th byte is in the midst of a character. */
  for (guint i = 0; i < 200; i++)
    g_string_append (name, "\xc3\xa9");
  g_string_append (name, " xmlns='urn:x' >");
  check_told (script_sign_in, many->str);
  check_told (nothing, name->str);
  check_told (script_sign_in, STREAM_ERROR (CONDITION SAYS ("a\nb\r\t\xc2\x9b" "2J\xe2\x80\xae" "x\xe2\x80\xa8\x7f")));
  check_told (script_sign_in, STREAM_ERROR ("<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'>\xe2\x80\xae\n</conflict>"));
  check_told (script_sign_in, "<iq type='get'>\xc2\x9b\n</message>");
}

static void
test_drop (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  g_signal_connect (test->client, "xml", G_CALLBACK (dropping_cb), test);
  test_client_start_until_ready (test);
  scripted_server_forgive (test->server);
  scripted_server_send (test->server, "<message id='drop-it'/><message/>");
  test_until (test->client == NULL && test->gone == NULL);
}

/* What HEADSTOCK_DEBUG has printed of a session with a dropped answer, a wrong namespace and a request that nobody
 * answers, and of the log's end meanwhile. */
static void
debug_session (const char *topics)
{
  TestClient *test = NULL;
  guint n_called = 0;

  g_setenv ("HEADSTOCK_DEBUG", topics, TRUE);
  test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  hs_client_add_handler (test->client, "body", "urn:wrong", HS_HANDLER_DEFAULT, test_count_cb, &n_called, NULL);
  hs_client_add_handler (test->client, "message", HS_NS_CLIENT, HS_HANDLER_FROM_ACCOUNT, test_count_cb, &n_called, NULL);
  test_client_start_until_ready (test);
  g_assert_true (hs_client_set_log (test->client, NULL, FALSE, NULL));
  test_client_say (test, "<iq type='result' id='unasked' from='a@b'/>"
                         "<message from='a@b&#10;x'><body>one</body></message><message><body>two</body><body xmlns='urn:other'/></message>"
                         "<iq type='get' id='i7' from='a@b'><query xmlns='urn:q'/></iq>");
  test_client_stop (test);
  test_client_free (test);
}

static void
test_debug_all (void)
{
  static const char *const lines[] = {
    "* state user@example.org: connecting\n*",
    "* state user@example.org: signs in with PLAIN\n*",
    "* state user@example.org: ready as user@example.org/res\n*",
    "* state user@example.org: disconnected\n*",
    "* retry *: tries 127.0.0.1:*",
    "* retry *: is connected to 127.0.0.1:*",
    "* retry user@example.org: disconnected; the next try is never: *",
    "* xml user@example.org: OUT <?xml*",
    "* xml user@example.org: IN  *<body>one</body>*",
    "* dispatch user@example.org*<iq type='result' from='a@b' id='unasked'> answers no request *",
    "* dispatch user@example.org*: handler 1, for <body xmlns='urn:wrong'> has not matched yet, but <body> came in *'jabber:client'\n*",
    "* dispatch user@example.org*: handler 2, for <message xmlns='jabber:client'> is not called, *from='a@b x'>*",
    "* dispatch user@example.org*: handler 2, for <message xmlns='jabber:client'> is called, in <message>\n*",
    "*<iq type='get' from='a@b' id='i7'> was answered by nobody*",
  };
  static const char *const never[] = { "*has not matched*has not matched*", "*secret*", "*" PLAIN_MESSAGE "*",
                                       "*\033*", "*handler 2*has not matched*" };

  if (g_test_subprocess ())
    {
      debug_session ("all");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_test_trap_assert_stderr (lines[i]);
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    g_test_trap_assert_stderr_unmatched (never[i]);
}

static void
test_debug_state (void)
{
  if (g_test_subprocess ())
    {
      debug_session ("State");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("* state user@example.org: secured\n*");
  g_test_trap_assert_stderr_unmatched ("* xml *");
  g_test_trap_assert_stderr_unmatched ("* dispatch *");
  g_test_trap_assert_stderr_unmatched ("* retry *");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *fixture, gconstpointer data);
    const ScriptStep *script;
  } tests[] = {
    { "file", test_file, NULL },
    { "rotation", test_rotation, NULL },
    { "signal", test_signal, NULL },
    { "later", test_later, NULL },
    { "unwritable", test_unwritable, NULL },
    { "secrets", test_secrets, talks_of_secrets },
    { "errors", test_errors, wrong_password },
    { "meddling", test_meddling, NULL },
    { "forging", test_forging, forging },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/log/%s", tests[i].name);

      g_test_add (path, Fixture, tests[i].script, set_up, tests[i].function, tear_down);
    }
  g_test_add_func ("/client/log/told", test_told);
  g_test_add_func ("/client/log/drop", test_drop);
  g_test_add_func ("/client/log/debug-all", test_debug_all);
  g_test_add_func ("/client/log/debug-state", test_debug_state);
  return g_test_run ();
}
