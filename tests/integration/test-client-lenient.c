/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Servers as they are: what they say unasked, or earlier than they should, costs neither the session nor a
 * stanza. */

static const ScriptStep to_bind[] = { RUN (script_header),      RUN (script_plain), RUN (script_header),
                                      SEND (SAY_FEATURES_BIND), EXPECT ("</iq>"),   END };

static HsElement *
note_cb (HsClient *client, HsElement *element, gpointer record)
{
  g_string_append_printf (record, " <%s>", hs_element_get_name (element));
  return NULL;
}

static void
record_elements (TestClient *test)
{
  hs_client_add_handler (test->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, note_cb,
                         test->record, NULL);
  hs_client_add_handler (test->client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, note_cb,
                         test->record, NULL);
  hs_client_add_handler (test->client, "item", HS_NS_ROSTER,
                         HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_FORGET, note_cb, test->record, NULL);
}

/* ---- Before the session ---- */

#define PUSH                                                                                       \
  "<iq type='set' id='push1'><query xmlns='jabber:iq:roster'><item jid='a@example.org'/></query></iq>"

static void
test_early (gconstpointer data)
{
  const ScriptStep early[] = { RUN (to_bind), SEND ("<message from='a@example.org'/>" PUSH "<presence/>"),
                               RUN (data),    SEND (SAY_BOUND "<message/>"), EXPECT ("push1"),
                               SERVE,         END };
  g_autoptr (TestClient) test = test_client_new_for (early, HS_TLS_MODE_NONE);

  record_elements (test);
  test_client_start_until_ready (test);
  test_client_await_sent (test, "push1");
  assert_record (test, "connecting connected authenticated(PLAIN) ready m.ready <message> <item> "
                       "<presence> <message>");
  test_client_stop (test);
}

/* Nothing of what was kept comes out of another session, or of none. */
static void
test_early_and_gone (void)
{
  static const ScriptStep gone[] = { RUN (to_bind), SEND ("<message/><message/>"), CLOSE, END };
  g_autoptr (TestClient) test = test_client_new_for (gone, HS_TLS_MODE_NONE);

  record_elements (test);
  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_CONNECTION_LOST);
  g_assert_null (strstr (test->record->str, "<message>"));
}

/* ---- In it ---- */

static const char *const unknown[] = {
  "<hello xmlns='urn:example:server-nonza'/>",
  "<hello xmlns='urn:example:server-nonza'><item xmlns='jabber:iq:roster'/>"
  "<message xmlns='jabber:client'/></hello>",
  "<message xmlns='urn:other'><body>no</body></message>",
  "<iq xmlns='urn:other' type='get' id='1'/>",
  "<r xmlns='urn:xmpp:sm:2'/>",
  "<foo xmlns='urn:xmpp:sm:3'/>",
  SAY_FEATURES_BIND,
  SAY_FEATURES_SASL ("PLAIN"),
  "<stream:unknown/>",
};

static void
test_unknown (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  test_client_start_until_ready (test);
  record_elements (test);
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_autofree char *words = g_strconcat ("<presence/>", unknown[i], "<presence/>", NULL);

      g_test_message ("%s", unknown[i]);
      g_string_truncate (test->record, 0);
      test_client_say (test, words);
      assert_record (test, " <presence> <presence> <message>");
      g_assert_cmpuint (test->n_disconnected, ==, 0);
    }
  test_client_stop (test);
}

/* They are not stanzas, and not counted as such (XEP-0198, 4). */
static void
test_uncounted (void)
{
  static const ScriptStep managed[] = {
    RUN (script_header), RUN (script_plain), RUN (script_header),
    SEND (SAY_FEATURES_MANAGED),
    EXPECT ("</iq>"), SEND ("<message/>" SAY_BOUND), EXPECT ("<enable"),
    SEND ("<enabled xmlns='urn:xmpp:sm:3'/><message/><hello xmlns='urn:x'/><message xmlns='urn:x'/><message/>"
          "<r xmlns='urn:xmpp:sm:2'/><r xmlns='urn:xmpp:sm:3'/>"),
    EXPECT ("<a xmlns='urn:xmpp:sm:3' h='2'/>"), SERVE, END
  };
  g_autoptr (TestClient) test = test_client_new_for (managed, HS_TLS_MODE_NONE);

  test_client_start_until_ready (test);
  test_client_await_sent (test, "h='2'");
  test_client_stop (test);
}

int
main (int argc, char **argv)
{
  static const ScriptStep nothing[] = { END };
  static const ScriptStep pause[] = { SLEEP (100), END };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client-lenient/early/at-once", nothing, test_early);
  g_test_add_data_func ("/client-lenient/early/then-bound", pause, test_early);
  g_test_add_func ("/client-lenient/early/gone", test_early_and_gone);
  g_test_add_func ("/client-lenient/unknown", test_unknown);
  g_test_add_func ("/client-lenient/uncounted", test_uncounted);
  return g_test_run ();
}
