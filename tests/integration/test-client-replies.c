/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Whose answers count, and the one answer that each request must have (design, rules 4, 6 and 7). */

#define ROSTER "jabber:iq:roster"

typedef struct
{
  TestClient *test;
  HsElement *kept;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  test_client_start_until_ready (fixture->test);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->kept);
  test_client_stop (fixture->test);
  test_client_free (fixture->test);
}

/* ---- Rule 4 ---- */

static HsElement *
count_cb (HsClient *client, HsElement *element, gpointer data)
{
  if (!test_is_mark (element))
    ++*(guint *) data;
  return NULL;
}

static void
count_signal_cb (HsClient *client, HsElement *element, gpointer data)
{
  count_cb (client, element, data);
}

static gboolean
count_iq_cb (HsClient *client, HsElement *element, gpointer data)
{
  count_cb (client, element, data);
  return FALSE;
}

/* Everything that could see something of an answer. */
static void
watch (TestClient *test, guint *n)
{
  hs_client_add_handler (test->client, NULL, NULL, HS_HANDLER_NESTED, count_cb, n, NULL);
  hs_client_add_handler (test->client, "x", "urn:x", HS_HANDLER_FORGET, count_cb, n, NULL);
  hs_client_register_on_iq (test->client, NULL, NULL, HS_HANDLER_DEFAULT, count_cb, n, NULL);
  g_signal_connect (test->client, "iq", G_CALLBACK (count_iq_cb), n);
  g_signal_connect (test->client, "element", G_CALLBACK (count_signal_cb), n);
}

/* Whether an answer counts, by where the request went and whom the answer is from. */
static const struct
{
  const char *to;
  const char *from;
  gboolean counts;
} answerers[] = {
  { NULL, NULL, TRUE },
  { NULL, "user@example.org", TRUE },
  { NULL, "User@Example.org", TRUE },
  { NULL, "user@example.org/res", TRUE },
  { NULL, "example.org", TRUE },
  { NULL, "user@example.org/other", FALSE },
  { NULL, "other@example.org", FALSE },
  { NULL, "example.net", FALSE },
  { NULL, "", FALSE },
  { NULL, "@@", FALSE },
  { "user@example.org", NULL, TRUE },
  { "user@example.org", "user@example.org", TRUE },
  { "user@example.org", "user@example.org/res", TRUE },
  { "user@example.org", "example.org", TRUE },
  { "user@example.org", "friend@else", FALSE },
  { "example.org", "example.org", TRUE },
  { "example.org", NULL, FALSE },
  { "example.org", "user@example.org", FALSE },
  { "Friend@ELSE/x", "friend@else/x", TRUE },
  { "friend@else/x", "friend@else/X", FALSE },
  { "friend@else/x", "friend@else", FALSE },
  { "friend@else/x", "else", FALSE },
  { "friend@else/x", "example.org", FALSE },
  { "friend@else/x", "user@example.org", FALSE },
  { "friend@else/x", NULL, FALSE },
};

static void
test_who_may_answer (Fixture *fixture, gconstpointer data)
{
  TestClient *test = fixture->test;
  guint n = 0;

  watch (test, &n);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (answerers); i++)
    {
      guint j = i / 2;
      g_autofree char *id = g_strdup_printf ("r%u", i);
      g_autofree char *from = answerers[j].from != NULL
                                  ? g_strdup_printf (" from='%s'", answerers[j].from) : g_strdup ("");
      g_autofree char *to = answerers[j].to != NULL ? g_strdup_printf (" to='%s'", answerers[j].to)
                                                : g_strdup ("");
      /* Also if the request was a string. */
      g_autofree char *request
          = g_strdup_printf ("<iq type='set' id='%s'%s><x xmlns='urn:x'/></iq>", id, to);
      g_autofree char *answer = g_strdup_printf (
          "<iq type='%s' id='%s'%s><x xmlns='urn:x'/><x xmlns='urn:y'/></iq>",
          i % 4 < 2 ? "result" : "error", id, from);
      g_autoptr (GError) error = NULL;

      if (i % 2 == 0)
        hs_client_send_raw_stanza (test->client, request, &error);
      else
        {
          g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("set", answerers[j].to, NULL));

          hs_element_add_child (iq, "x", "urn:x");
          hs_stanza_set_id (HS_STANZA (iq), id);
          hs_client_send_stanza (test->client, iq, &error);
        }
      g_assert_no_error (error);
      n = 0;
      test_client_say (test, answer);
      if (answerers[j].counts != (n > 0))
        g_error ("The answer of %s to what went to %s %s", answerers[j].from, answerers[j].to,
                 n > 0 ? "counted" : "did not count");
      /* It counts once. */
      n = 0;
      if (answerers[j].counts)
        test_client_say (test, answer);
      g_assert_cmpuint (n, ==, 0);
    }
}

static void
test_unasked (Fixture *fixture, gconstpointer data)
{
  static const char *const answers[] = {
    "<iq type='result' id='nobody-asked'><x xmlns='urn:x'/></iq>",
    "<iq type='error' id='nobody-asked'><x xmlns='urn:x'/></iq>",
    "<iq type='result'><x xmlns='urn:x'/></iq>",
    "<iq type='result' id=''><x xmlns='urn:x'/></iq>",
    "<p:iq xmlns:p='jabber:client' type='result' id='q'><x xmlns='urn:x'/></p:iq>",
  };
  guint n = 0;
  g_autofree char *sent = NULL;

  watch (fixture->test, &n);
  scripted_server_forget_received (fixture->test->server);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    test_client_say (fixture->test, answers[i]);
  g_assert_cmpuint (n, ==, 0);
  /* And they are never answered. */
  sent = test_client_dup_sent (fixture->test);
  g_assert_cmpstr (sent, ==, "");
}

/* ---- Rule 6 ---- */

/* All that was sent to what is said, in short: TYPE(CONDITION)@TO for each iq. */
static void
assert_answers (Fixture *fixture, const char *said, const char *expected)
{
  TestClient *test = fixture->test;
  g_autofree char *sent = NULL;
  g_autofree char *all = NULL;
  g_autoptr (HsElement) root = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) answers = g_string_new (NULL);

  scripted_server_forget_received (test->server);
  test_client_say (test, said);
  sent = test_client_dup_sent (test);
  all = g_strdup_printf ("<all xmlns='jabber:client'>%s</all>", sent);
  root = hs_element_new_from_string (all, &error);
  g_assert_no_error (error);
  for (HsElement *iq = hs_element_get_first_child (root); iq != NULL;
       iq = hs_element_get_next_sibling (iq))
    {
      HsElement *failure = hs_element_get_child (iq, "error", "jabber:client");

      g_assert_cmpstr (hs_element_get_name (iq), ==, "iq");
      g_assert_cmpstr (hs_element_get_attribute (iq, "id"), ==, "i1");
      g_string_append_printf (answers, "%s%s", answers->len > 0 ? " " : "",
                              hs_element_get_attribute (iq, "type"));
      if (failure != NULL)
        g_string_append_printf (answers, "(%s)",
                                hs_element_get_name (hs_element_get_first_child (failure)));
      if (hs_element_get_attribute (iq, "to") != NULL)
        g_string_append_printf (answers, "@%s", hs_element_get_attribute (iq, "to"));
    }
  g_assert_cmpstr (answers->str, ==, expected);
}

#define GET "<iq type='get' id='i1' from='a@b/c'><query xmlns='urn:q'/></iq>"
#define SET "<iq type='set' id='i1' from='a@b/c'><query xmlns='urn:q'><item/></query></iq>"

static void
test_unknown (Fixture *fixture, gconstpointer data)
{
  assert_answers (fixture, GET, "error(service-unavailable)@a@b/c");
  assert_answers (fixture, SET, "error(service-unavailable)@a@b/c");
  assert_answers (fixture, "<iq type='get' id='i1'><query xmlns='urn:q'/></iq>",
                  "error(service-unavailable)");
  /* Two may use the same id. */
  assert_answers (fixture, GET "<iq type='get' id='i1' from='d@e'><query xmlns='urn:q'/></iq>",
                  "error(service-unavailable)@a@b/c error(service-unavailable)@d@e");
}

static void
test_bad_request (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = {
    "<iq id='i1' from='a@b'><query xmlns='urn:q'/></iq>",
    "<iq type='' id='i1' from='a@b'><query xmlns='urn:q'/></iq>",
    "<iq type='GET' id='i1' from='a@b'><query xmlns='urn:q'/></iq>",
    "<iq type='fetch' id='i1' from='a@b'><query xmlns='urn:q'/></iq>",
    "<iq type='get' id='i1' from='a@b'/>",
    "<iq type='get' id='i1' from='a@b'>text</iq>",
    "<iq type='set' id='i1' from='a@b'><query xmlns='urn:q'/><query xmlns='urn:q'/></iq>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_answers (fixture, bad[i], "error(bad-request)@a@b");
  assert_answers (fixture,
                  "<iq type='set' id='i1'><query xmlns='jabber:iq:roster'/><x xmlns='y'/></iq>",
                  "error(bad-request)");
}

/* There is nobody to answer, or nothing to answer to. */
static void
test_unanswerable (Fixture *fixture, gconstpointer data)
{
  assert_answers (fixture, "<iq type='get' from='a@b'><query xmlns='urn:q'/></iq>", "");
  assert_answers (fixture, "<iq type='get' id='i1' from='@@'><query xmlns='urn:q'/></iq>", "");
  assert_answers (fixture, "<iq type='get' id='i1' from=''><query xmlns='urn:q'/></iq>", "");
}

static void
test_roster_push (Fixture *fixture, gconstpointer data)
{
  static const char *const own[] = { "", "from='user@example.org'", "from='user@example.org/res'" };
  static const char *const answers[]
      = { "result", "result@user@example.org", "result@user@example.org/res" };
  guint n = 0;

  hs_client_add_handler (fixture->test->client, "item", ROSTER, HS_HANDLER_FROM_ACCOUNT, count_cb,
                         &n, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      g_autofree char *push = g_strdup_printf (
          "<iq type='set' id='i1' %s><query xmlns='jabber:iq:roster'><item jid='c@d'/></query></iq>",
          own[i]);

      assert_answers (fixture, push, answers[i]);
    }
  g_assert_cmpuint (n, ==, 3);
  assert_answers (fixture,
                  "<iq type='set' id='i1' from='stranger@else'><query xmlns='jabber:iq:roster'>"
                  "<item jid='c@d'/></query></iq>",
                  "error(service-unavailable)@stranger@else");
  assert_answers (fixture,
                  "<iq type='set' id='i1' from='user@example.org/other'>"
                  "<query xmlns='jabber:iq:roster'><item jid='c@d'/></query></iq>",
                  "error(service-unavailable)@user@example.org/other");
  g_assert_cmpuint (n, ==, 3);
  assert_answers (fixture, "<iq type='get' id='i1'><query xmlns='jabber:iq:roster'/></iq>",
                  "error(service-unavailable)");
}

/* ---- Taken ---- */

static HsStanza *
find_stanza (HsElement *element)
{
  while (!HS_IS_STANZA (element))
    element = hs_element_get_parent (element);
  return HS_STANZA (element);
}

static HsElement *
return_result_cb (HsClient *client, HsElement *element, gpointer data)
{
  return test_is_mark (element) ? NULL : HS_ELEMENT (hs_stanza_new_reply (find_stanza (element)));
}

static HsElement *
return_error_cb (HsClient *client, HsElement *element, gpointer data)
{
  return HS_ELEMENT (hs_stanza_new_error_reply (find_stanza (element),
                                                HS_STANZA_ERROR_ITEM_NOT_FOUND, NULL));
}

static HsElement *
send_result_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_autoptr (HsElement) reply = HS_ELEMENT (hs_stanza_new_reply (find_stanza (element)));
  g_autoptr (GError) error = NULL;

  hs_client_send_stanza (client, reply, &error);
  g_assert_no_error (error);
  return NULL;
}

static HsElement *
send_raw_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_autoptr (GError) error = NULL;

  hs_client_send_raw_stanza (client, "<iq type='result' id='i1' to='a@b/c'/>", &error);
  g_assert_no_error (error);
  return NULL;
}

static HsElement *
defer_cb (HsClient *client, HsElement *element, gpointer data)
{
  Fixture *fixture = data;
  HsElement *iq = HS_ELEMENT (find_stanza (element));

  hs_client_defer_reply (client, iq);
  g_set_object (&fixture->kept, iq);
  return NULL;
}

static HsElement *
send_elsewhere_cb (HsClient *client, HsElement *element, gpointer data)
{
  hs_client_send_raw_stanza (client, "<iq type='result' id='i1' to='else@where'/>", NULL);
  return NULL;
}

static guint
add (Fixture *fixture, const char *name, HsHandlerFlags flags, HsHandlerFunc handler)
{
  return hs_client_add_handler (fixture->test->client, name, NULL, flags, handler, fixture, NULL);
}

static void
test_answered (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    HsHandlerFlags flags;
    HsHandlerFunc handler;
    const char *answers;
  } cases[] = {
    { "query", HS_HANDLER_DEFAULT, return_result_cb, "result@a@b/c" },
    { "item", HS_HANDLER_DEFAULT, return_result_cb, "result@a@b/c" },
    { "iq", HS_HANDLER_DEFAULT, return_result_cb, "result@a@b/c" },
    { "query", HS_HANDLER_DEFAULT, return_error_cb, "error(item-not-found)@a@b/c" },
    { "query", HS_HANDLER_DEFAULT, send_result_cb, "result@a@b/c" },
    { "query", HS_HANDLER_DEFAULT, send_raw_cb, "result@a@b/c" },
    { "iq", HS_HANDLER_DEFAULT, send_raw_cb, "result@a@b/c" },
    { "query", HS_HANDLER_DEFAULT, defer_cb, "" },
    { "iq", HS_HANDLER_DEFAULT, defer_cb, "" },
    { "query", HS_HANDLER_DEFAULT, send_elsewhere_cb,
      "result@else@where error(service-unavailable)@a@b/c" },
    { "query", HS_HANDLER_FORGET, return_result_cb, "result@a@b/c" },
    { "item", HS_HANDLER_FORGET, return_result_cb, "result@a@b/c" },
    { "query", HS_HANDLER_FORGET, send_raw_cb, "result@a@b/c" },
    { "query", HS_HANDLER_FORGET, defer_cb, "" },
    { "item", HS_HANDLER_FORGET, defer_cb, "" },
    /* What was taken out was there all the same. */
    { "query", HS_HANDLER_FORGET, count_cb, "error(service-unavailable)@a@b/c" },
  };
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gpointer user_data = cases[i].handler == count_cb ? (gpointer) &n : fixture;
      guint id = hs_client_add_handler (fixture->test->client, cases[i].name, NULL, cases[i].flags,
                                        cases[i].handler, user_data, NULL);

      g_test_message ("%u: %s", i, cases[i].name);
      assert_answers (fixture, SET, cases[i].answers);
      hs_client_remove_handler (fixture->test->client, id);
      /* Nothing is left of it. */
      assert_answers (fixture, SET, "error(service-unavailable)@a@b/c");
    }
}

static void
test_deferred (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsElement) reply = NULL;
  g_autofree char *sent = NULL;

  add (fixture, "query", HS_HANDLER_ONCE, defer_cb);
  assert_answers (fixture, GET, "");
  scripted_server_forget_received (fixture->test->server);
  reply = HS_ELEMENT (hs_stanza_new_reply (HS_STANZA (fixture->kept)));
  g_assert_true (hs_client_send_stanza (fixture->test->client, reply, NULL));
  sent = test_client_dup_sent (fixture->test);
  g_assert_nonnull (strstr (sent, "i1"));
}

/* While the stanza still comes in, and before it ends, from outside of any handler. */
static void
test_answered_meanwhile (Fixture *fixture, gconstpointer data)
{
  TestClient *test = fixture->test;
  guint n = 0;

  hs_client_add_handler (test->client, "item", NULL, HS_HANDLER_FORGET, count_cb, &n, NULL);
  scripted_server_forget_received (test->server);
  scripted_server_send (test->server, "<iq type='set' id='i1' from='a@b/c'><query xmlns='urn:q'>"
                                      "<item/>");
  test_until (n == 1);
  g_assert_true (
      hs_client_send_raw_stanza (test->client, "<iq type='result' id='i1' to='a@b/c'/>", NULL));
  test_client_say (test, "</query></iq>");
  g_free (test_client_dup_sent (test));
  g_assert_cmpuint (scripted_server_count_received (test->server, "<iq"), ==, 1);
}

static void
test_two_answers (Fixture *fixture, gconstpointer data)
{
  /* The first one counts; the second is the program's error. */
  add (fixture, "query", HS_HANDLER_ONCE, return_result_cb);
  add (fixture, "iq", HS_HANDLER_ONCE, return_error_cb);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_MESSAGE, "*answered already*");
  assert_answers (fixture, GET, "result@a@b/c");
  g_test_assert_expected_messages ();
}

static gboolean
take_iq_cb (HsClient *client, HsIq *iq, gpointer data)
{
  guint *n = data;

  ++*n;
  return *n % 2 == 1;
}

static gboolean
answer_iq_cb (HsClient *client, HsIq *iq, gpointer data)
{
  send_result_cb (client, HS_ELEMENT (iq), NULL);
  return FALSE;
}

static void
test_iq_signal (Fixture *fixture, gconstpointer data)
{
  guint n = 0;
  guint later = 0;
  gulong id
      = g_signal_connect (fixture->test->client, "iq", G_CALLBACK (take_iq_cb), &n);

  g_signal_connect (fixture->test->client, "iq", G_CALLBACK (count_iq_cb), &later);
  assert_answers (fixture, GET, "");
  /* Who has said that it is taken ends the emission. */
  g_assert_cmpuint (later, ==, 0);
  assert_answers (fixture, GET, "error(service-unavailable)@a@b/c");
  g_assert_cmpuint (later, ==, 1);
  g_signal_handler_disconnect (fixture->test->client, id);
  g_signal_connect (fixture->test->client, "iq", G_CALLBACK (answer_iq_cb), NULL);
  assert_answers (fixture, GET, "result@a@b/c");
}

static void
test_register_on_iq (Fixture *fixture, gconstpointer data)
{
  guint id = hs_client_register_on_iq (fixture->test->client, "get", NULL, HS_HANDLER_DEFAULT,
                                       return_result_cb, NULL, NULL);

  assert_answers (fixture, GET, "result@a@b/c");
  assert_answers (fixture, SET, "error(service-unavailable)@a@b/c");
  g_assert_true (hs_client_remove_handler (fixture->test->client, id));
  hs_client_register_on_iq (fixture->test->client, "get", NULL,
                            HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_ONCE, return_result_cb, NULL,
                            NULL);
  assert_answers (fixture, GET, "error(service-unavailable)@a@b/c");
  assert_answers (fixture, "<iq type='get' id='i1'><query xmlns='urn:q'/></iq>", "result");
  assert_answers (fixture, "<iq type='get' id='i1'><query xmlns='urn:q'/></iq>",
                  "error(service-unavailable)");
}

/* Rule 7: after all handlers of that element, before those of the next. */
static HsElement *
say_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_autofree char *raw = g_strdup_printf ("<message id='%s-sent'/>", hs_element_get_name (element));
  g_autofree char *id = g_strdup_printf ("%s-returned", hs_element_get_name (element));
  HsMessage *message = hs_message_new (NULL, NULL);

  hs_client_send_raw_stanza (client, raw, NULL);
  hs_stanza_set_id (HS_STANZA (message), id);
  return HS_ELEMENT (message);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sent = NULL;

  for (guint i = 0; i < 2; i++)
    {
      add (fixture, "a", HS_HANDLER_DEFAULT, say_cb);
      add (fixture, "b", HS_HANDLER_DEFAULT, say_cb);
    }
  scripted_server_forget_received (fixture->test->server);
  test_client_say (fixture->test, "<message><b><a/></b></message>");
  sent = test_client_dup_sent (fixture->test);
  g_strdelimit (sent, "\"", '\'');
  g_assert_cmpstr (sent, ==,
                   "<message id='a-sent'/><message id='a-sent'/>"
                   "<message id='a-returned'/><message id='a-returned'/>"
                   "<message id='b-sent'/><message id='b-sent'/>"
                   "<message id='b-returned'/><message id='b-returned'/>");
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "who-may-answer", test_who_may_answer },
    { "unasked", test_unasked },
    { "unknown", test_unknown },
    { "bad-request", test_bad_request },
    { "unanswerable", test_unanswerable },
    { "roster-push", test_roster_push },
    { "answered", test_answered },
    { "deferred", test_deferred },
    { "answered-meanwhile", test_answered_meanwhile },
    { "two-answers", test_two_answers },
    { "iq-signal", test_iq_signal },
    { "register-on-iq", test_register_on_iq },
    { "order", test_order },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/replies/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].function, tear_down);
    }
  return g_test_run ();
}
