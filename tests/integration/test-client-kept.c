/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"

/* A session that goes from one client to another (XEP-0198), and clients that go while one is resumed. */

/* ---- A session that is kept ---- */

/* What the process leaves behind when it goes without a word. */
static GVariant *
leave (ResumeTest *f)
{
  GVariant *state = NULL;

  resume_send (f, "chat", "one");
  test_client_await_sent (f->test, "one");
  /* The server may not have said yet that the session can be resumed. */
  test_until ((state = hs_client_dup_session_state (f->test->client)) != NULL);
  test_client_drop (f->test);
  g_assert_null (f->test->gone);
  return state;
}

static void
test_kept (void)
{
  static const ScriptStep gone[] = { RUN (resume_begin), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, NULL };
  static const ScriptStep again[] = { RUN (resume_sign_in), EXPECT ("<resume" SM " h='0' previd='s1'/>"),
                                      SEND ("<resumed" SM " h='0' previd='s1'/>"),
                                      EXPECT ("id='one'"), EXPECT ("id='two'"), SERVE, END };
  static const ScriptStep *const other_scripts[] = { again, NULL };
  ResumeTest f = { NULL };
  ResumeTest other = { NULL };
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) copy = NULL;
  g_autoptr (GError) error = NULL;

  resume_set_up (&f, scripts);
  scripted_server_forgive (f.test->server);
  g_assert_null (hs_client_dup_session_state (f.test->client));
  test_client_start_until_ready (f.test);
  state = leave (&f);
  resume_clear (&f);

  /* Through a file. */
  bytes = g_variant_get_data_as_bytes (state);
  copy = g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (state), bytes, FALSE));
  resume_set_up (&other, other_scripts);
  hs_client_set_session_state (other.test->client, copy, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (other.test->client)), ==,
                   "user@example.org/res");
  resume_send (&other, "chat", "two");
  hs_client_start (other.test->client);
  test_until (other.n_resumed == 1);
  g_assert_cmpuint (other.test->n_ready, ==, 0);
  test_client_await_sent (other.test, "two");
  scripted_server_send (other.test->server, "<a" SM " h='2'/>");
  test_until (hs_client_get_unacknowledged (other.test->client) == 0);
  test_client_stop (other.test);
  g_assert_null (hs_client_dup_session_state (other.test->client));
  resume_clear (&other);
}

#define STATE_TYPE "(ussx(smsuuuua(xyyay)))"

static void
assert_refused (GVariant *state, int code)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org/other", "secret");
  g_autoptr (GVariant) sunk = g_variant_ref_sink (state);
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_client_set_session_state (client, sunk, &error));
  g_assert_error (error, HS_ERROR, code);
  g_assert_null (hs_client_get_bound_jid (client));
  g_assert_cmpuint (hs_client_get_unacknowledged (client), ==, 0);
}

static GVariant *
make_state (guint version, const char *account, const char *bound, gint64 age, guint n_written)
{
  return g_variant_new (STATE_TYPE, version, account, bound,
                        g_get_real_time () / G_USEC_PER_SEC - age, "s1", NULL, 600, 0, 0, n_written,
                        NULL);
}

static void
test_refused (void)
{
  static const guint8 rubbish[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GVariant) good
      = g_variant_ref_sink (make_state (1, "user@example.org", "user@example.org/a", 599, 0));
  g_autoptr (GError) error = NULL;

  assert_refused (make_state (1, "other@example.org", "other@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  assert_refused (make_state (1, "user@example.org", "not an address", 0, 0), HS_ERROR_INVALID_STATE);
  assert_refused (make_state (1, "user@example.org", "user@example.org", 0, 0), HS_ERROR_INVALID_STATE);
  assert_refused (make_state (2, "user@example.org", "user@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  assert_refused (make_state (1, "user@example.org", "user@example.org/a", 601, 0), HS_ERROR_EXPIRED);
  assert_refused (make_state (1, "user@example.org", "boss@example.org/a", 0, 0), HS_ERROR_INVALID_STATE);
  assert_refused (make_state (1, "user@example.org", "user@example.net/a", 0, 0), HS_ERROR_INVALID_STATE);
  /* Kept before there was time. */
  assert_refused (g_variant_new (STATE_TYPE, 1, "user@example.org", "user@example.org/a", G_MININT64, "s1", NULL,
                         600, 0, 0, 0, NULL),
          HS_ERROR_EXPIRED);
  /* More written than there is. */
  assert_refused (make_state (1, "user@example.org", "user@example.org/a", 0, 1), HS_ERROR_INVALID_STATE);
  assert_refused (g_variant_new_string ("state"), HS_ERROR_INVALID_STATE);
  assert_refused (g_variant_new_from_data (G_VARIANT_TYPE (STATE_TYPE), rubbish, sizeof rubbish, FALSE, NULL,
                                   NULL),
          HS_ERROR_INVALID_STATE);
  g_assert_true (hs_client_set_session_state (client, good, &error));
  g_assert_no_error (error);
}

static void
become_other_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.org", NULL);

  g_object_set (client, "jid", jid, NULL);
}

/* What one account has sent does not leave from another. */
static void
test_other_account (void)
{
  static const ScriptStep cut[] = CUT_AFTER ("q1");
  static const ScriptStep *const scripts[] = { cut, resume_served, NULL };
  ResumeTest f = { NULL };
  ResumeResult answer = { FALSE };

  resume_set_up (&f, scripts);
  g_signal_connect (f.test->client, "disconnected", G_CALLBACK (become_other_cb), NULL);
  test_client_start_until_ready (f.test);
  resume_send (&f, "chat", "one");
  resume_ask (&f, &answer);
  test_client_await_sent (f.test, "q1");
  scripted_server_forget_received (f.test->server);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_ready == 2 && answer.done);
  g_assert_error (answer.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (f.returned->str, ==, "one ");
  g_assert_cmpuint (hs_client_get_unacknowledged (f.test->client), ==, 0);
  test_client_stop (f.test);
  g_assert_false (scripted_server_has_received (f.test->server, "<resume"));
  g_assert_false (scripted_server_has_received (f.test->server, "<message"));
  g_clear_error (&answer.error);
  resume_clear (&f);
}

/* ---- Whoever hears of it lets go of the client ---- */

static void
let_go (ResumeTest *f)
{
  if (f->test->client != NULL)
    test_client_drop (f->test);
}

static void
resumed_and_gone_cb (HsClient *client, ResumeTest *f)
{
  let_go (f);
}

static void
returned_and_gone_cb (HsClient *client, HsStanza *stanza, GError *error, ResumeTest *f)
{
  let_go (f);
}

static void
sent_and_gone_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  hs_client_send_finish (HS_CLIENT (client), result, NULL);
  let_go (data);
}

static void
answered_and_gone_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (HsIq) iq G_GNUC_UNUSED = hs_client_request_finish (HS_CLIENT (client), result, NULL);

  let_go (data);
}

typedef struct
{
  const char *name;
  const char *answer; /* to <resume/>; NULL: there is no second connection */
  gboolean signal;
  gboolean sends;
  gboolean asks;
} Drop;

static const Drop drops[] = {
  { "resumed", "<resumed" SM " h='1' previd='s1'/>", TRUE, FALSE, FALSE },
  { "acknowledged", "<resumed" SM " h='5' previd='s1'/>", FALSE, TRUE, FALSE },
  { "returned", "<failed" SM "/>", TRUE, FALSE, FALSE },
  { "returned-at-the-end", NULL, TRUE, FALSE, FALSE },
  { "sent-and-lost", "<failed" SM "/>", FALSE, TRUE, FALSE },
  { "sent-and-lost-at-the-end", NULL, FALSE, TRUE, FALSE },
  { "asked-and-lost", "<failed" SM "/>", FALSE, FALSE, TRUE },
  { "asked-and-lost-at-the-end", NULL, FALSE, FALSE, TRUE },
  { "all", "<failed" SM "/>", TRUE, TRUE, TRUE },
};

static void
test_drop_inside (gconstpointer data)
{
  const Drop *drop = data;
  static const ScriptStep cut[] = CUT_AFTER ("last");
  const ScriptStep rest[] = { RUN (resume_sign_in), EXPECT ("<resume"), SEND (drop->answer), EXPECT ("</iq>"),
                              SEND (SAY_BOUND), READ_END, END };
  const ScriptStep *const scripts[] = { cut, rest, NULL };
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "text"));
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:x");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);
  ResumeTest f = { NULL };

  resume_set_up (&f, scripts);
  scripted_server_forgive (f.test->server);
  g_object_set (f.test->client, "auto-reconnect", drop->answer != NULL, NULL);
  if (drop->signal)
    {
      g_signal_connect (f.test->client, "resumed", G_CALLBACK (resumed_and_gone_cb), &f);
      g_signal_connect (f.test->client, "returned", G_CALLBACK (returned_and_gone_cb), &f);
    }
  test_client_start_until_ready (f.test);
  for (guint i = 0; i < 2; i++)
    {
      resume_send (&f, "groupchat", "room");
      if (drop->sends)
        hs_client_send_async (f.test->client, message, NULL, sent_and_gone_cb, &f);
      if (drop->asks)
        hs_client_request_async (f.test->client, HS_ELEMENT (iq), -1, NULL, answered_and_gone_cb, &f);
      hs_element_set_attribute (HS_ELEMENT (iq), "id", "second");
    }
  resume_send (&f, "groupchat", "last");
  test_client_await_sent (f.test, "last");
  scripted_server_open_gate (f.test->server);
  test_until (f.test->client == NULL && f.test->gone == NULL);
  resume_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/kept/kept", test_kept);
  g_test_add_func ("/client/kept/refused", test_refused);
  g_test_add_func ("/client/kept/other-account", test_other_account);
  for (guint i = 0; i < G_N_ELEMENTS (drops); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/kept/drop/%s", drops[i].name);

      g_test_add_data_func (path, &drops[i], test_drop_inside);
    }
  return g_test_run ();
}
