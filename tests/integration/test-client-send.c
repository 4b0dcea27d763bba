/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "client-test.h"

/* What may leave, how it leaves, and who hears of it (design, rule 9). */

/* ---- System calls ---- */

static GThread *main_thread;
static guint n_sends;    /* of the test's own thread, hence of the client */
static gboolean is_full;

/* In place of the C library's, for GIO as well. */
ssize_t
send (int fd, const void *bytes, size_t length, int flags)
{
  static ssize_t (*real_send) (int fd, const void *bytes, size_t length, int flags);

  if (real_send == NULL)
    real_send = dlsym (RTLD_NEXT, "send");
  if (g_thread_self () == main_thread)
    {
      n_sends++;
      if (is_full)
        {
          errno = EAGAIN;
          return -1;
        }
    }
  return real_send (fd, bytes, length, flags);
}

/* ---- */

typedef struct
{
  TestClient *test;
} Fixture;

static void
start (Fixture *fixture, TestClient *test)
{
  fixture->test = test;
  test_client_start_until_ready (test);
  scripted_server_forget_received (test->server);
}

static void
set_up (Fixture *fixture, gconstpointer script)
{
  start (fixture, test_client_new_for (script != NULL ? script : script_session, HS_TLS_MODE_NONE));
}

/* For what a socket takes. */
static void
set_up_on_loopback (Fixture *fixture, gconstpointer script)
{
  start (fixture, test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (hs_client_get_state (fixture->test->client) != HS_CLIENT_STATE_DISCONNECTED)
    test_client_stop (fixture->test);
  test_client_free (fixture->test);
}

static void
assert_nothing_sent (Fixture *fixture)
{
  g_autofree char *sent = test_client_dup_sent (fixture->test);

  g_assert_cmpstr (sent, ==, "");
  scripted_server_forget_received (fixture->test->server);
}

static void
assert_refused (Fixture *fixture, const char *raw, int code)
{
  g_autoptr (GError) error = NULL;

  {
    g_autofree char *escaped = g_strescape (raw, NULL);

    g_test_message ("%.200s", escaped);
  }
  g_assert_false (hs_client_send_raw_stanza (fixture->test->client, raw, &error));
  g_assert_error (error, HS_ERROR, code);
  assert_nothing_sent (fixture);
}

static void
assert_sent (Fixture *fixture, const char *raw)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;

  hs_client_send_raw_stanza (fixture->test->client, raw, &error);
  g_assert_no_error (error);
  sent = test_client_dup_sent (fixture->test);
  g_assert_cmpstr (sent, ==, raw);
  scripted_server_forget_received (fixture->test->server);
}

static void
test_from (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *from;
    gboolean good;
  } cases[] = {
    { NULL, TRUE },
    { "user@example.org", TRUE },
    { "User@EXAMPLE.org", TRUE },
    { "user@example.org/res", TRUE },
    { "user@example.org/other", FALSE },
    { "other@example.org", FALSE },
    { "example.org", FALSE },
    { "", FALSE },
    { "@@", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "hello"));
      g_autofree char *raw = cases[i].from != NULL
                                 ? g_strdup_printf ("<message from='%s'/>", cases[i].from)
                                 : g_strdup ("<message/>");
      g_autoptr (GError) error = NULL;

      if (cases[i].from != NULL)
        hs_element_set_attribute (message, "from", cases[i].from);
      g_assert_true (hs_client_send_stanza (fixture->test->client, message, &error)
                     == cases[i].good);
      if (cases[i].good)
        {
          g_free (test_client_dup_sent (fixture->test));
          scripted_server_forget_received (fixture->test->server);
          assert_sent (fixture, raw);
          continue;
        }
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_FROM);
      assert_nothing_sent (fixture);
      assert_refused (fixture, raw, HS_ERROR_INVALID_FROM);
    }
}

static void
test_raw_good (Fixture *fixture, gconstpointer data)
{
  static const char *const good[] = {
    "<message/>",
    "<message to='a@b'><body>&lt;&amp;&#x20AC;\xe2\x82\xac</body></message>",
    "<message to=\"a@b\" ></message >",
    "<message><![CDATA[<x>]]></message>",
    "<presence/><presence type='unavailable'/>",
    " <message/>\n<presence/> ",
    "<iq type='get' id='1'><x xmlns='y'/></iq>",
    "<message xmlns='jabber:client'/>",
    "<p:message xmlns:p='jabber:client'><p:body>x</p:body></p:message>",
    "<message><x xmlns='y' xmlns:z='w' z:a='b'><z:c/></x></message>",
    "<message xml:lang='de'/>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    assert_sent (fixture, good[i]);
}

static const char *const raw_bad[] = {
  "",
  " ",
  "text",
  "text <message/>",
  "<message/> text",
  "<message>",
  "<message",
  "<message/><message>",
  "<message></presence>",
  "<message/></stream:stream>",
  "</stream:stream>",
  "<stream:error/>",
  "<stream:stream>",
  "<message xmlns='other'/>",
  "<x/>",
  "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
  "<r xmlns='urn:xmpp:sm:3'/>",
  "<?xml version='1.0'?><message/>",
  "<!DOCTYPE x><message/>",
  "<!DOCTYPE x [<!ENTITY y 'z'>]><message>&y;</message>",
  "<message>&y;</message>",
  "<message><!-- comment --></message>",
  "<!-- comment --><message/>",
  "<message><?php ?></message>",
  "<message>\x01</message>",
  "<message>&#1;</message>",
  "<message>\xff</message>",
  "<message>\xc0\x80</message>",
  "<message>\xed\xa0\x80</message>",
  "<message>&</message>",
  "<message a='1' a='2'/>",
  "<message a=1/>",
  "<message><p:x/></message>",
  "<iq id='1'><x xmlns='y'/></iq>",
  "<iq type='get'><x xmlns='y'/></iq>",
  "<iq type='fetch' id='1'><x xmlns='y'/></iq>",
  "<message/><x/>",
  "<message>]]></message>",
  /* Namespaces that are none, or not the stream's. */
  "<message xmlns=''/>",
  "<p:message xmlns:p=''/>",
  "<message xmlns:p=''/>",
  "<message p:a='1'/>",
  "<message xmlns:xmlns='urn:x'/>",
  "<message xmlns:xml='urn:x'/>",
  "<message xmlns:p='" HS_NS_XMLNS "'/>",
  "<message xmlns:p='" HS_NS_XML "'/>",
  "<message><x xmlns='" HS_NS_XMLNS "'/></message>",
  "<message><x xmlns='" HS_NS_XML "'/></message>",
  "<message><xmlns:x/></message>",
  "<message xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/>",
  "<message><a:b:c xmlns:a='u'/></message>",
  "<presence xmlns=''/>",
  "<iq xmlns='' type='result' id='1'/>",
  "<message/><message xmlns=''/>",
};

static void
test_raw_bad (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (raw_bad); i++)
    assert_refused (fixture, raw_bad[i], HS_ERROR_INVALID_STANZA);
  assert_refused (fixture, "<message to='@@'/>", HS_ERROR_INVALID_JID);
  assert_refused (fixture, "<message/><message to='@@'/>", HS_ERROR_INVALID_JID);
  assert_sent (fixture, "<message/>");
}

static void
assert_element_refused (Fixture *fixture, HsElement *element, const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *raw = NULL;

  g_assert_false (hs_client_send_stanza (fixture->test->client, element, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_assert_nonnull (strstr (error->message, reason));
  raw = hs_element_to_string (element);
  assert_refused (fixture, raw, HS_ERROR_INVALID_STANZA);
}

/* What RFC 6121 does not know is taken for something else by who gets it. */
static void
test_words (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "<message type='groupchatt'/>",
    "<message type=''/>",
    "<message type='Chat'/>",
    "<presence type='away'/>",
    "<presence type=''/>",
    "<presence><show>awayy</show></presence>",
    "<presence type='unavailable'><show>DND</show></presence>",
  };
  static const char *const good[] = {
    "<message type='headline'/>",
    "<presence><show>xa</show></presence>",
    "<presence><show> dnd\n</show></presence>",
    "<presence><show xmlns='urn:x'>what</show></presence>",
  };
  g_autoptr (HsElement) message = NULL;
  g_autoptr (HsElement) presence = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (fixture, bad[i], HS_ERROR_INVALID_STANZA);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    assert_sent (fixture, good[i]);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*not 'groupchatt'");
  message = g_object_new (HS_TYPE_MESSAGE, "stanza-type", "groupchatt", NULL);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*not 'awayy'");
  presence = g_object_new (HS_TYPE_PRESENCE, "show", "awayy", NULL);
  g_test_assert_expected_messages ();
  assert_element_refused (fixture, message, "groupchatt");
  assert_element_refused (fixture, presence, "awayy");
}

static HsElement *
nest (guint depth)
{
  HsElement *message = hs_element_new ("message", HS_NS_CLIENT);
  HsElement *element = message;

  while (--depth > 0)
    element = hs_element_add_child (element, "x", "urn:x");
  return message;
}

/* What our own side of a stream would not read is not sent. */
static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsElement) plain = hs_element_new ("message", "");
  g_autoptr (HsElement) reserved = hs_element_new ("message", HS_NS_CLIENT);
  g_autoptr (HsElement) child = hs_element_new ("message", HS_NS_CLIENT);
  g_autoptr (HsElement) attribute = hs_element_new ("message", HS_NS_CLIENT);
  g_autoptr (HsElement) wide = hs_element_new ("message", HS_NS_CLIENT);
  g_autoptr (HsElement) deep = nest (129);
  g_autoptr (HsElement) bearable = nest (128);
  g_autoptr (GError) error = NULL;
  g_autofree char *sent = NULL;

  hs_element_set_attribute_ns (reserved, "p", HS_NS_XMLNS, "urn:x");
  assert_element_refused (fixture, reserved, HS_NS_XMLNS);
  hs_element_add_child (child, "x", HS_NS_XMLNS);
  assert_element_refused (fixture, child, HS_NS_XMLNS);
  hs_element_set_attribute_ns (hs_element_add_child (attribute, "x", "urn:x"), "y", HS_NS_XMLNS, "z");
  assert_element_refused (fixture, attribute, HS_NS_XMLNS);
  assert_element_refused (fixture, deep, "max-depth");
  for (guint i = 0; i <= 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("a%u", i);

      hs_element_set_attribute (wide, name, "");
    }
  assert_element_refused (fixture, wide, "1001 attributes");

  g_assert_true (hs_client_send_stanza (fixture->test->client, bearable, &error));
  g_assert_no_error (error);
  g_assert_true (hs_client_send_stanza (fixture->test->client, plain, &error));
  g_assert_no_error (error);
  sent = test_client_dup_sent (fixture->test);
  g_assert_true (g_str_has_suffix (sent, "<message/>"));
}

static void
test_elements (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "<x xmlns='urn:x'/>", "<message xmlns='urn:x'/>",
                                     "<body xmlns='jabber:client'/>",
                                     "<iq xmlns='jabber:client' type='other' id='x'/>",
                                     "<iq xmlns='jabber:client' type='result'/>" };
  static const char *const invalid[] = { "\x01", "\xef\xbf\xbe", "a\x0b" };
  g_autoptr (HsElement) plain = hs_element_new ("message", NULL);
  g_autofree char *sent = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (HsElement) element = hs_element_new_from_string (bad[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (hs_client_send_stanza (fixture->test->client, element, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
      assert_nothing_sent (fixture);
    }
  /* What XML can't say is not said at all, not even in part. */
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autoptr (HsElement) text = HS_ELEMENT (hs_message_new_chat ("a@b", invalid[i]));
      g_autoptr (HsElement) attribute = HS_ELEMENT (hs_message_new_chat ("a@b", "good"));
      g_autoptr (GError) error = NULL;

      hs_element_set_attribute (attribute, "id", invalid[i]);
      g_assert_false (hs_client_send_stanza (fixture->test->client, text, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
      g_clear_error (&error);
      g_assert_false (hs_client_send_stanza (fixture->test->client, attribute, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
      assert_nothing_sent (fixture);
    }
  /* In no namespace, it takes on the stream's. */
  g_assert_true (hs_client_send_stanza (fixture->test->client, plain, NULL));
  sent = test_client_dup_sent (fixture->test);
  g_assert_cmpstr (sent, ==, "<message/>");
}

/* XEP-0478 */
static const ScriptStep script_limited[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header),
        SEND (SAY_FEATURES (FEATURE_BIND FEATURE_MAX_BYTES ("20000"))),
        EXPECT ("</iq>"), SEND (SAY_BOUND), SERVE, END };

static void
test_limit (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autofree char *text = g_strnfill (20000 - strlen ("<message></message>"), 'x');
  g_autofree char *fits = g_strdup_printf ("<message>%s</message>", text);
  g_autofree char *larger = g_strdup_printf ("<message>%sx</message>", text);
  g_autoptr (HsElement) message = hs_element_new ("message", NULL);
  g_autoptr (HsElement) other = hs_element_new ("message", NULL);
  g_autoptr (GError) error = NULL;

  assert_sent (fixture, fits);
  assert_refused (fixture, larger, HS_ERROR_TOO_LARGE);
  hs_element_set_text (message, text);
  g_assert_true (hs_client_send_stanza (client, message, NULL));
  hs_element_set_text (other, text);
  hs_element_append_text (other, "x");
  g_assert_false (hs_client_send_stanza (client, other, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
}

/* Each stanza has the limit to itself. */
static void
test_limit_of_each (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (15000, 'x');
  g_autofree char *two = g_strdup_printf ("<message>%s</message><message>%s</message>", text, text);

  assert_sent (fixture, two);
}

static void
test_not_connected (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "x"));
  g_autoptr (GError) error = NULL;

  test_client_stop (fixture->test);
  g_assert_false (hs_client_send_stanza (client, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  g_assert_false (hs_client_send_raw_stanza (client, "<message/>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  hs_client_start (client);
  g_assert_false (hs_client_send_raw_stanza (client, "<message/>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  test_until (fixture->test->n_ready == 2);
  g_assert_true (hs_client_send_stanza (client, message, NULL));
}

/* All that is sent in one turn leaves in one system call, at its end. */
static gboolean
send_many_cb (gpointer data)
{
  HsClient *client = data;

  n_sends = 0;
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "x"));

      g_assert_true (hs_client_send_raw_stanza (client, "<message/>", NULL));
      g_assert_true (hs_client_send_stanza (client, message, NULL));
    }
  g_assert_cmpuint (n_sends, ==, 0);
  return G_SOURCE_REMOVE;
}

static HsElement *
echo_cb (HsClient *client, HsElement *element, gpointer data)
{
  return HS_ELEMENT (hs_message_new_chat ("a@b", "echo"));
}

static void
test_one_write (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) many = g_string_new (NULL);

  g_idle_add (send_many_cb, fixture->test->client);
  test_until (scripted_server_count_received (fixture->test->server, "<message") == 100);
  g_assert_cmpuint (n_sends, ==, 1);
  /* So do the answers to what came together. */
  hs_client_add_handler (fixture->test->client, "ping", NULL, HS_HANDLER_DEFAULT, echo_cb, NULL,
                         NULL);
  for (guint i = 0; i < 50; i++)
    g_string_append (many, "<message><ping/></message>");
  n_sends = 0;
  test_client_say (fixture->test, many->str);
  test_until (scripted_server_count_received (fixture->test->server, "echo") == 50);
  /* Unless they took more than a turn. */
  g_assert_cmpuint (n_sends, <=, g_getenv ("HS_TEST_VALGRIND") != NULL ? 25 : 5);
}

typedef struct
{
  guint n_called;
  GError *error;
} Outcome;

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;
  gboolean good = hs_client_send_finish (HS_CLIENT (source), result, &outcome->error);

  g_assert_true (good == (outcome->error == NULL));
  outcome->n_called++;
}

static void
send_async (Fixture *fixture, GCancellable *cancellable, Outcome *outcome)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "x"));

  hs_client_send_async (fixture->test->client, message, cancellable, sent_cb, outcome);
}

static void
test_send_async (Fixture *fixture, gconstpointer data)
{
  Outcome outcomes[4] = { { 0 } };
  g_autoptr (HsElement) bad = hs_element_new ("x", NULL);

  for (guint i = 0; i < 3; i++)
    send_async (fixture, NULL, &outcomes[i]);
  hs_client_send_async (fixture->test->client, bad, NULL, sent_cb, &outcomes[3]);
  test_until (outcomes[0].n_called + outcomes[1].n_called + outcomes[2].n_called == 3);
  for (guint i = 0; i < 3; i++)
    g_assert_no_error (outcomes[i].error);
  test_until (outcomes[3].n_called == 1);
  g_assert_error (outcomes[3].error, HS_ERROR, HS_ERROR_INVALID_STANZA);
  g_clear_error (&outcomes[3].error);
}

/* Not before the system has it; and who has had enough of waiting is told so. */
static void
test_send_async_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };
  Outcome cancelled = { 0 };
  Outcome lost = { 0 };

  is_full = TRUE;
  send_async (fixture, NULL, &outcome);
  send_async (fixture, cancellable, &cancelled);
  test_spin (20);
  g_assert_cmpuint (outcome.n_called + cancelled.n_called, ==, 0);
  g_cancellable_cancel (cancellable);
  test_until (cancelled.n_called == 1);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (outcome.n_called, ==, 0);
  is_full = FALSE;
  test_until (outcome.n_called == 1);
  g_assert_no_error (outcome.error);
  /* It was sent all the same. */
  test_until (scripted_server_count_received (fixture->test->server, "<message") == 2);

  is_full = TRUE;
  send_async (fixture, NULL, &lost);
  g_object_set (fixture->test->client, "connect-timeout", 100, NULL);
  test_client_stop (fixture->test);
  is_full = FALSE;
  test_until (lost.n_called == 1);
  g_assert_error (lost.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&lost.error);
  g_clear_error (&cancelled.error);
}

/* Megabytes arrive as they were, also if the peer takes its time. */
static void
test_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (HsElement) message = NULL;
  g_autofree char *sent = NULL;

  for (guint i = 0; text->len < 3 * 1024 * 1024; i++)
    g_string_append_printf (text, "%u ", i);
  message = HS_ELEMENT (hs_message_new_chat ("a@b", text->str));
  g_assert_true (hs_client_send_stanza (fixture->test->client, message, NULL));
  sent = test_client_dup_sent (fixture->test);
  g_assert_nonnull (strstr (sent, text->str));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *fixture, gconstpointer data);
    const ScriptStep *script;
    gboolean on_loopback;
  } tests[] = {
    { "from", test_from, NULL, FALSE },
    { "raw-good", test_raw_good, NULL, FALSE },
    { "raw-bad", test_raw_bad, NULL, FALSE },
    { "words", test_words, NULL, FALSE },
    { "unreadable", test_unreadable, NULL, FALSE },
    { "elements", test_elements, NULL, FALSE },
    { "limit", test_limit, script_limited, FALSE },
    { "limit-of-each", test_limit_of_each, script_limited, FALSE },
    { "not-connected", test_not_connected, NULL, FALSE },
    { "one-write", test_one_write, NULL, TRUE },
    { "async", test_send_async, NULL, FALSE },
    { "async-waits", test_send_async_waits, NULL, TRUE },
    { "large", test_large, NULL, FALSE },
  };

  g_test_init (&argc, &argv, NULL);
  main_thread = g_thread_self ();
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/send/%s", tests[i].name);

      g_test_add (path, Fixture, tests[i].script, tests[i].on_loopback ? set_up_on_loopback : set_up,
                  tests[i].function, tear_down);
    }
  return g_test_run ();
}
