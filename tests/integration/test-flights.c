/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* What leaves together, before a real server has answered any of it; see test-client-begin.c for
 * servers that are not what they were. */

static void
note_xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  g_string_append_printf (data, "\n%c %s", direction == HS_DIRECTION_OUT ? '>' : '<', text);
}

typedef struct
{
  const char *name;
  guint way;
  gboolean certificate;
  gboolean renamed; /* an account that has another name than the header said is signed in to without
                       SASL2, which some servers always offer */
} Case;

static const Case cases[] = {
  { "starttls/password", 0, FALSE, FALSE }, { "starttls/certificate", 0, TRUE, FALSE },
  { "starttls/old", 0, FALSE, TRUE },       { "direct/password", 1, FALSE, FALSE },
  { "direct/certificate", 1, TRUE, FALSE },
};

/* The start of @text after @before, which both must be there. */
static const char *
find (const char *before, const char *text)
{
  const char *found = strstr (before, text);

  if (found == NULL)
    g_error ("There is no '%s' in '%s'", text, before);
  return found;
}

static gboolean
is_sasl2 (const char *xml)
{
  return g_str_has_prefix (find (xml, "<success"), "<success xmlns='urn:xmpp:sasl:2'");
}

/* Whether something of the server's is between the two. */
static gboolean
is_answered (const char *from, const char *to)
{
  const char *answer = strstr (from, "\n< ");

  return answer != NULL && answer < to;
}

static const ServerWay *
get_way (const Case *self)
{
  return &server_ways[self->way];
}

/* Between the header and the sign-in, as a module may (XEP-0077). */
static void
rename_cb (HsClient *client)
{
  g_autoptr (HsJid) jid = hs_jid_new (hs_jid_to_string (hs_client_get_jid (client)), NULL);

  g_object_set (client, "jid", jid, NULL);
}

static TestClient *
new_user (const Case *self, GString *xml)
{
  static const char *const plain[] = { "PLAIN", NULL };
  TestClient *test = server_new_user (1, get_way (self));

  if (self->renamed)
    {
      /* Which waits for what is offered. */
      g_object_set (test->client, "sasl-mechanisms", plain, NULL);
      g_signal_connect (test->client, "secured", G_CALLBACK (rename_cb), NULL);
    }

  if (self->certificate)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (
          server_get ("CLIENT_CERT"), server_get ("CLIENT_KEY"), &error);

      g_assert_no_error (error);
      g_object_set (test->client, "tls-certificate", certificate, "password", NULL, NULL);
    }
  hs_client_set_carbons (test->client, TRUE);
  g_signal_connect (test->client, "xml", G_CALLBACK (note_xml_cb), xml);
  return test;
}

static gboolean
has_begun (GString *xml)
{
  const char *p = strstr (xml->str, "<success");

  return p != NULL && strstr (p, "<enabled ") != NULL
         && strstr (find (p, "jabber:iq:roster") + 1, "jabber:iq:roster") != NULL;
}

static void
message_cb (HsClient *client, HsMessage *message, GString *bodies)
{
  const char *body = hs_message_get_body (message);

  if (body != NULL)
    g_string_append_printf (bodies, "%s;", body);
}

/* The session is what it would have been: others see the presence, and the server counts as we do.
 */
static void
assert_good_session (TestClient *test, const Case *self, const char *text)
{
  g_autoptr (TestClient) friend = server_new_user (2, get_way (self));
  g_autoptr (GString) bodies = g_string_new (NULL);
  g_autoptr (HsMessage) message = hs_message_new_chat (server_get ("USER1"), text);
  g_autofree char *expected = g_strconcat (text, ";", NULL);
  gulong handler = g_signal_connect (test->client, "message", G_CALLBACK (message_cb), bodies);

  test_client_start_until_ready (friend);
  hs_client_send_stanza (friend->client, HS_ELEMENT (message), NULL);
  test_until (g_str_equal (bodies->str, expected));
  g_signal_handler_disconnect (test->client, handler);
  test_client_stop (friend);
}

/* ---- Tests ---- */

static void
test_begin (gconstpointer data)
{
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (TestClient) test = new_user (data, xml);
  const char *success, *bind, *presence;

  test_client_start_until_ready (test);
  test_until (has_begun (xml));
  test_client_stop (test);
  g_assert_no_error (test->error);
  g_string_truncate (xml, 0);
  test_client_start_until_ready (test);
  test_until (has_begun (xml));
  assert_good_session (test, data, "first");
  test_client_stop (test);
  g_assert_no_error (test->error);
  g_assert_cmpint (test->retry, ==, -1);
  g_assert_false (((const Case *) data)->renamed && is_sasl2 (xml->str));
  success = find (xml->str, "<success");
  bind = find (success, "<resource>");
  presence = find (bind, "<presence");
  g_assert_true (find (bind, "<enable xmlns='urn:xmpp:sm:3'") < presence);
  g_assert_true (find (bind, "urn:xmpp:carbons:2") < presence);
  g_assert_true (find (bind, "jabber:iq:roster") < presence);
  g_assert_false (is_answered (bind, presence));
  /* The features of SASL2 come after its success, without being asked for. */
  g_assert_true (is_sasl2 (xml->str) || !is_answered (success, bind));
  g_assert_null (strstr (find (presence + 1, "\n"), "\n> <presence"));
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_resume (gconstpointer data)
{
  const Case *self = data;
  Relay *relay = server_new_relay (get_way (self)->port);
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (TestClient) test = new_user (self, xml);
  guint n_resumed = 0;
  GVariant *state = NULL;
  const char *success, *resume;

  g_object_set (test->client, "auto-reconnect", TRUE, "port", (guint) relay_get_port (relay),
                NULL);
  g_signal_connect_swapped (test->client, "resumed", G_CALLBACK (count_cb), &n_resumed);
  test_client_start_until_ready (test);
  test_until ((state = hs_client_dup_session_state (test->client)) != NULL);
  g_variant_unref (state);
  for (guint i = 1; i <= 2; i++)
    {
      g_string_truncate (xml, 0);
      relay_cut (relay, RELAY_END_ORDERLY);
      test_until (n_resumed == i);
      if (is_sasl2 (xml->str))
        continue;
      success = find (xml->str, "<success");
      resume = find (success, "<resume ");
      g_assert_false (is_answered (success, resume));
      g_assert_null (strstr (resume + 1, "<resume "));
      g_assert_null (strstr (xml->str, "<resource>"));
    }
  assert_good_session (test, self, "resumed");
  g_assert_cmpuint (test->n_ready, ==, 1);
  test_client_stop (test);
  relay_free (relay);
}

/* Another client has ended the session: a new one begins on the same stream. */
static void
test_not_resumed (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (GString) xml = g_string_new (NULL);
  g_autoptr (GString) other_xml = g_string_new (NULL);
  g_autoptr (TestClient) test = new_user (self, xml);
  g_autoptr (TestClient) other = new_user (self, other_xml);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;
  const char *success, *resume;
  guint n_resumed = 0;

  g_signal_connect_swapped (test->client, "resumed", G_CALLBACK (count_cb), &n_resumed);
  test_client_start_until_ready (other);
  test_until ((state = hs_client_dup_session_state (other->client)) != NULL);
  test_client_drop (other);
  hs_client_set_session_state (test->client, state, &error);
  g_assert_no_error (error);
  hs_client_start (test->client);
  test_until (n_resumed == 1);
  test_client_stop (test);
  g_string_truncate (xml, 0);
  hs_client_set_session_state (test->client, state, &error);
  g_assert_no_error (error);
  test_client_start_until_ready (test);
  success = find (xml->str, "<success");
  resume = find (xml->str, "<resume ");
  g_assert_true (is_sasl2 (xml->str) || (success < resume && !is_answered (success, resume)));
  test_until (has_begun (xml));
  assert_good_session (test, self, "anew");
  g_assert_cmpuint (n_resumed, ==, 1);
  test_client_stop (test);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestDataFunc function;
  } tests[] = {
    { "begin", test_begin },
    { "resume", test_resume },
    { "not-resumed", test_not_resumed },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
        {
          g_autofree char *path
              = g_strdup_printf ("/%s/%s/%s", server_get ("SERVER"), cases[i].name, tests[j].name);

          g_test_add_data_func (path, &cases[i], tests[j].function);
        }
    }
  return g_test_run ();
}
