/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* SASL2 with all that goes along in it, against a real server that tests/servers/serve.py has started with
 * sasl2=yes and, for passwords that Prosody knows by their hash, passwords=sha1. */

/* The best that there is with this version of TLS. */
static gboolean
has_exporter (void)
{
  return !g_str_equal (server_get ("OPTION_TLS"), "1.2");
}

static const char *
binding_type (void)
{
  return has_exporter () ? "tls-exporter" : "tls-unique";
}

static const char *
token_mechanism (void)
{
  if (has_exporter ())
    return "HT-SHA-256-EXPR";
  return "HT-SHA-256-UNIQ";
}

static void
note_xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  g_string_append (data, text);
}

static void
token_cb (HsClient *client, GVariant *token, gpointer data)
{
  GPtrArray *tokens = data;

  g_assert_true (hs_client_get_login_token (client) == token);
  g_ptr_array_add (tokens, token != NULL ? g_variant_ref (token) : NULL);
}

typedef struct
{
  TestClient *test;
  GString *xml;
  GPtrArray *tokens;
} Session;

static void
variant_free (gpointer variant)
{
  if (variant != NULL)
    g_variant_unref (variant);
}

static void
session_init (Session *self, const ServerWay *way)
{
  self->test = server_new_user (1, way);
  self->xml = g_string_new (NULL);
  self->tokens = g_ptr_array_new_with_free_func (variant_free);
  g_signal_connect (self->test->client, "xml", G_CALLBACK (note_xml_cb), self->xml);
  g_signal_connect (self->test->client, "login-token-changed", G_CALLBACK (token_cb),
                    self->tokens);
}

static void
session_clear (Session *self)
{
  test_client_free (self->test);
  g_string_free (self->xml, TRUE);
  g_ptr_array_unref (self->tokens);
}

static gboolean
said (Session *self, const char *text)
{
  return strstr (self->xml->str, text) != NULL;
}

static HsSecurityInfo *
info (Session *self)
{
  return hs_client_get_security_info (self->test->client);
}

static void
assert_no_tokens_in (const char *xml, GPtrArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      const char *secret = NULL;

      if (g_ptr_array_index (tokens, i) != NULL
          && g_variant_lookup (g_ptr_array_index (tokens, i), "token", "&s", &secret))
        g_assert_null (strstr (xml, secret));
    }
}

/* ---- Tests ---- */

static void
test_password (gconstpointer data)
{
  Session s;

  session_init (&s, data);
  g_object_set (s.test->client, "user-agent-software", "Tester & Sons", "user-agent-device", "<Desk>",
                NULL);
  test_client_start_until_ready (s.test);
  g_assert_true (said (&s, "<authenticate xmlns='urn:xmpp:sasl:2'"));
  g_assert_true (said (&s, "<software>Tester &amp; Sons</software><device>&lt;Desk&gt;</device>"));
  g_assert_false (said (&s, "<auth xmlns="));
  g_assert_true (g_str_has_suffix (hs_security_info_get_mechanism (info (&s)), "-PLUS"));
  g_assert_cmpstr (hs_security_info_get_channel_binding (info (&s)), ==, binding_type ());
  g_assert_true (hs_security_info_get_downgrade_protected (info (&s)));
  /* In the old way, and with the resource that was asked for. */
  g_assert_true (said (&s, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"));
  g_assert_cmpstr (hs_jid_get_resource (hs_client_get_bound_jid (s.test->client)), ==, "r");
  g_assert_cmpuint (s.tokens->len, ==, 1);
  assert_no_tokens_in (s.xml->str, s.tokens);
  test_client_stop (s.test);
  session_clear (&s);
}

/* The second time without the password, and with another client that only knows the token. */
static void
test_token (gconstpointer data)
{
  Session first;
  Session second;
  GVariant *token;

  session_init (&first, data);
  test_client_start_until_ready (first.test);
  token = hs_client_get_login_token (first.test->client);
  g_assert_nonnull (token);
  g_assert_cmpuint (first.tokens->len, ==, 1);
  test_client_stop (first.test);
  /* The same client. */
  g_string_truncate (first.xml, 0);
  test_client_start_until_ready (first.test);
  g_assert_cmpstr (hs_security_info_get_mechanism (info (&first)), ==, token_mechanism ());
  g_assert_cmpstr (hs_security_info_get_channel_binding (info (&first)), ==, binding_type ());
  g_assert_true (hs_client_get_allow_plain (first.test->client) == FALSE);
  test_client_stop (first.test);
  /* Prosody has given another one, and the next client uses that. */
  if (g_str_equal (server_get ("SERVER"), "prosody"))
    {
      const char *before = NULL;
      const char *after = NULL;

      g_assert_cmpuint (first.tokens->len, ==, 2);
      g_variant_lookup (g_ptr_array_index (first.tokens, 0), "token", "&s", &before);
      g_variant_lookup (g_ptr_array_index (first.tokens, 1), "token", "&s", &after);
      g_assert_cmpstr (before, !=, after);
    }
  /* Another one, later. */
  session_init (&second, data);
  hs_client_set_password (second.test->client, NULL);
  hs_client_set_login_token (second.test->client, hs_client_get_login_token (first.test->client));
  g_assert_cmpstr (hs_client_get_user_agent_id (second.test->client), ==,
                   hs_client_get_user_agent_id (first.test->client));
  test_client_start_until_ready (second.test);
  g_assert_cmpstr (hs_security_info_get_mechanism (info (&second)), ==, token_mechanism ());
  assert_no_tokens_in (second.xml->str, first.tokens);
  test_client_stop (second.test);
  session_clear (&first);
  session_clear (&second);
}

static GVariant *
with_member (GVariant *token, const char *name, const char *value)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, token);
  g_variant_dict_insert (&dict, name, "s", value);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

/* What the server does not take is followed by the password, on the same stream. */
static void
test_token_refused (gconstpointer data)
{
  Session s;
  Session without;
  g_autoptr (GVariant) wrong = NULL;
  guint n_headers;

  session_init (&s, data);
  test_client_start_until_ready (s.test);
  test_client_stop (s.test);
  wrong = with_member (hs_client_get_login_token (s.test->client), "token", "stolen");
  hs_client_set_login_token (s.test->client, wrong);
  g_string_truncate (s.xml, 0);
  test_client_start_until_ready (s.test);
  n_headers = 0;
  for (const char *p = s.xml->str; (p = strstr (p, "<stream:stream")) != NULL; p++)
    n_headers++;
  g_assert_true (said (&s, "mechanism='HT-SHA-256-"));
  g_assert_true (g_str_has_suffix (hs_security_info_get_mechanism (info (&s)), "-PLUS"));
  g_test_message ("%u headers", n_headers);
  /* The first one, that it is gone, and the second one. */
  g_assert_cmpuint (s.tokens->len, ==, 3);
  g_assert_null (g_ptr_array_index (s.tokens, 1));
  g_assert_nonnull (g_ptr_array_index (s.tokens, 2));
  test_client_stop (s.test);

  /* And with no password, that is why the run ends. */
  session_init (&without, data);
  hs_client_set_password (without.test->client, NULL);
  hs_client_set_login_token (without.test->client, wrong);
  test_client_run (without.test);
  g_assert_error (without.test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_null (hs_client_get_login_token (without.test->client));
  session_clear (&s);
  session_clear (&without);
}

/* A token is worth nothing for another account, another user agent, another mechanism or too late: it is
 * not even shown. */
static void
test_token_not_ours (gconstpointer data)
{
  static const struct
  {
    const char *member;
    const char *value;
  } changes[] = {
    { "account", "user2@example.test" },
    { "user-agent-id", "d4565fa7-4d72-4749-b3d3-740edbf87770" },
    { "mechanism", "HT-SHA-256-FUTURE" },
    { "expiry", "2020-03-12T14:36:15Z" },
  };
  Session s;

  session_init (&s, data);
  test_client_start_until_ready (s.test);
  test_client_stop (s.test);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GVariant) token = with_member (hs_client_get_login_token (s.test->client),
                                                changes[i].member, changes[i].value);

      hs_client_set_login_token (s.test->client, token);
      g_string_truncate (s.xml, 0);
      test_client_start_until_ready (s.test);
      g_assert_false (said (&s, "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='HT-"));
      g_assert_true (g_str_has_suffix (hs_security_info_get_mechanism (info (&s)), "-PLUS"));
      test_client_stop (s.test);
    }
  session_clear (&s);
}

static void
test_bind2 (gconstpointer data)
{
  Session s;
  HsJid *bound;

  session_init (&s, data);
  g_object_set (s.test->client, "bind2", TRUE, "carbons", TRUE, NULL);
  test_client_start_until_ready (s.test);
  g_assert_true (said (&s, "<bind xmlns='urn:xmpp:bind:0'>"));
  g_assert_true (said (&s, "<enable xmlns='urn:xmpp:carbons:2'/>"));
  g_assert_false (said (&s, "xmpp-bind'><"));
  bound = hs_client_get_bound_jid (s.test->client);
  g_test_message ("%s", hs_jid_to_string (bound));
  g_assert_true (g_str_has_prefix (hs_jid_get_resource (bound), "r"));
  assert_record (s.test, s.test->record->str);
  test_client_stop (s.test);
  /* And with the token. */
  g_string_truncate (s.xml, 0);
  test_client_start_until_ready (s.test);
  g_assert_cmpstr (hs_security_info_get_mechanism (info (&s)), ==, token_mechanism ());
  g_assert_false (said (&s, "xmpp-bind'><"));
  test_client_stop (s.test);
  session_clear (&s);
}

/* Carbons come in whichever way they were asked for. */
static void
test_carbons (gconstpointer data)
{
  for (guint bind2 = 0; bind2 <= 1; bind2++)
    {
      Session s;
      g_autoptr (TestClient) other = server_new_user (1, data);
      g_autoptr (TestClient) friend = server_new_user (2, data);
      g_autoptr (HsMessage) message = NULL;
      g_autoptr (HsJid) second = NULL;

      session_init (&s, data);
      g_object_set (s.test->client, "bind2", bind2, "carbons", TRUE, NULL);
      second = hs_jid_with_resource (hs_client_get_jid (other->client), "other", NULL);
      g_object_set (other->client, "jid", second, NULL);
      test_client_start_until_ready (s.test);
      test_client_start_until_ready (other);
      test_client_start_until_ready (friend);
      message = hs_message_new_chat (hs_jid_to_string (hs_client_get_bound_jid (other->client)), "hello");
      hs_client_send_stanza (friend->client, HS_ELEMENT (message), NULL);
      test_until (said (&s, "<received xmlns='urn:xmpp:carbons:2'"));
      test_client_stop (s.test);
      test_client_stop (other);
      test_client_stop (friend);
      session_clear (&s);
    }
}

static void
count_cb (guint *n)
{
  ++*n;
}

static guint
count_bodies (Session *self, const char *body)
{
  g_autofree char *text = g_strdup_printf ("<body>%s</body>", body);
  guint n = 0;

  for (const char *p = self->xml->str; (p = strstr (p, text)) != NULL; p++)
    n++;
  return n;
}

/* The connection is cut, and the session goes on along with the sign-in, whichever way it was begun. */
static void
check_resume (const ServerWay *way, gboolean bind2)
{
  Relay *relay = server_new_relay (way->port);
  g_autoptr (TestClient) friend = server_new_user (2, way);
  g_autoptr (HsMessage) message = NULL;
  g_autoptr (HsJid) bound = NULL;
  GVariant *state = NULL;
  Session s;
  guint n_resumed = 0;

  session_init (&s, way);
  g_object_set (s.test->client, "bind2", bind2, "auto-reconnect", TRUE, "port",
                (guint) relay_get_port (relay), NULL);
  g_signal_connect_swapped (s.test->client, "resumed", G_CALLBACK (count_cb), &n_resumed);
  test_client_start_until_ready (s.test);
  test_client_start_until_ready (friend);
  test_until ((state = hs_client_dup_session_state (s.test->client)) != NULL);
  g_variant_unref (state);
  bound = hs_jid_ref (hs_client_get_bound_jid (s.test->client));
  g_string_truncate (s.xml, 0);
  relay_cut (relay, RELAY_END_ORDERLY);
  message = hs_message_new_chat (hs_jid_to_string (bound), "meanwhile");
  hs_client_send_stanza (friend->client, HS_ELEMENT (message), NULL);
  test_until (n_resumed == 1);
  test_until (said (&s, "meanwhile"));
  g_assert_cmpuint (s.test->n_ready, ==, 1);
  g_assert_true (said (&s, "<resume xmlns='urn:xmpp:sm:3'"));
  g_assert_nonnull (strstr (strstr (s.xml->str, "<resume "), "</authenticate>"));
  g_assert_cmpstr (hs_security_info_get_mechanism (info (&s)), ==, token_mechanism ());
  g_assert_true (hs_security_info_get_resumed (info (&s)));
  g_assert_false (said (&s, "urn:ietf:params:xml:ns:xmpp-bind'><"));
  g_assert_true (hs_jid_equal (hs_client_get_bound_jid (s.test->client), bound));
  /* Nothing was said before we had signed in. */
  g_assert_true (strstr (s.xml->str, "<authenticate ") < strstr (s.xml->str, "urn:xmpp:sasl:2'><"));
  test_spin (200);
  g_assert_cmpuint (count_bodies (&s, "meanwhile"), ==, 1);
  test_client_stop (friend);
  test_client_stop (s.test);
  session_clear (&s);
  relay_free (relay);
}

static void
test_resume (gconstpointer data)
{
  check_resume (data, FALSE);
  check_resume (data, TRUE);
}

static void
test_wrong_password (gconstpointer data)
{
  Session s;

  session_init (&s, data);
  hs_client_set_password (s.test->client, "wrong");
  test_client_run (s.test);
  g_assert_error (s.test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_true (said (&s, "<authenticate "));
  g_assert_cmpuint (s.tokens->len, ==, 0);
  session_clear (&s);
}

/* Prosody has OAUTHBEARER. */
static void
test_access_token (gconstpointer data)
{
  g_autofree char *path = g_build_filename (server_get ("DIR"), "access-token", NULL);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf ("https://%s/.well-known/openid-configuration",
                                               server_get ("DOMAIN"));
  Session s;

  if (!g_str_equal (server_get ("SERVER"), "prosody"))
    return;
  g_file_get_contents (path, &token, NULL, &error);
  g_assert_no_error (error);
  session_init (&s, data);
  hs_client_set_password (s.test->client, NULL);
  hs_client_set_access_token (s.test->client, token);
  test_client_start_until_ready (s.test);
  g_assert_cmpstr (hs_security_info_get_mechanism (info (&s)), ==, "OAUTHBEARER");
  g_assert_true (hs_client_get_allow_plain (s.test->client));
  g_assert_null (hs_client_get_oauth_discovery (s.test->client));
  g_assert_null (strstr (s.xml->str, token));
  /* There is a login token for the next time. */
  g_assert_nonnull (hs_client_get_login_token (s.test->client));
  test_client_stop (s.test);
  /* A wrong one is refused, and where there are others is told. */
  hs_client_set_login_token (s.test->client, NULL);
  hs_client_set_access_token (s.test->client, "wrong");
  test_client_run (s.test);
  g_assert_error (s.test->error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_nonnull (strstr (s.test->error->message, "invalid_token"));
  g_assert_cmpstr (hs_client_get_oauth_discovery (s.test->client), ==, expected);
  session_clear (&s);
}

/* What came while nobody was there is thrown away with Bind 2, and only then (with an archive, as both
 * servers have here). */
static void
test_offline_messages (gconstpointer data)
{
  Session s;
  g_autoptr (TestClient) friend = server_new_user (2, data);
  g_autoptr (HsMessage) message
      = hs_message_new_chat (server_get ("USER1"), "while you were out");

  session_init (&s, data);
  test_client_start_until_ready (friend);
  hs_client_send_stanza (friend->client, HS_ELEMENT (message), NULL);
  test_client_stop (friend);
  test_client_start_until_ready (s.test);
  test_until (said (&s, "while you were out"));
  test_client_stop (s.test);
  session_clear (&s);
}

static void
leave_message (const ServerWay *way, const char *text)
{
  g_autoptr (TestClient) friend = server_new_user (2, way);
  g_autoptr (HsMessage) message = hs_message_new_chat (server_get ("USER1"), text);

  test_client_start_until_ready (friend);
  hs_client_send_stanza (friend->client, HS_ELEMENT (message), NULL);
  test_client_stop (friend);
}

/* Why Bind 2 has to be asked for: ejabberd, which has the archive, keeps nothing for who binds so. */
static void
test_thrown_away (gconstpointer data)
{
  Session s;

  if (!g_str_equal (server_get ("SERVER"), "ejabberd"))
    return;
  session_init (&s, data);
  leave_message (data, "for the archive");
  hs_client_set_bind2 (s.test->client, TRUE);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (s.test);
      /* What was kept would stand before it. */
      leave_message (data, i == 0 ? "first mark" : "second mark");
      test_until (said (&s, i == 0 ? "first mark" : "second mark"));
      test_client_stop (s.test);
      hs_client_set_bind2 (s.test->client, FALSE);
    }
  g_assert_true (said (&s, "<bind xmlns='urn:xmpp:bind:0'>"));
  g_assert_false (said (&s, "for the archive"));
  session_clear (&s);
}

/* A server that does not know SASL2 is signed in to in the old way, whatever was wished for. */
static void
test_old_server (gconstpointer data)
{
  Session s;

  session_init (&s, data);
  g_object_set (s.test->client, "bind2", TRUE, "carbons", TRUE, "user-agent-software", "Test", NULL);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (s.test);
      g_assert_true (said (&s, "<auth xmlns="));
      g_assert_false (said (&s, "<authenticate "));
      test_until (said (&s, "urn:xmpp:carbons:2"));
      g_assert_cmpstr (hs_jid_get_resource (hs_client_get_bound_jid (s.test->client)), ==, "r");
      g_assert_null (hs_client_get_login_token (s.test->client));
      test_client_stop (s.test);
    }
  session_clear (&s);
}

static const ServerTest with_sasl2[] = {
  { "password", test_password },
  { "token", test_token },
  { "token-refused", test_token_refused },
  { "token-not-ours", test_token_not_ours },
  { "bind2", test_bind2 },
  { "carbons", test_carbons },
  { "resume", test_resume },
  { "wrong-password", test_wrong_password },
  { "access-token", test_access_token },
  { "offline-messages", test_offline_messages },
  { "thrown-away", test_thrown_away },
  { "external", server_test_external },
  { "anonymous", server_test_anonymous },
  { NULL, NULL },
};

static const ServerTest without_sasl2[] = {
  { "old-server", test_old_server },
  { NULL, NULL },
};

int
main (int argc, char **argv)
{
  gboolean old = g_str_equal (server_get ("SERVERS"), "stable");

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("sasl2", old ? without_sasl2 : with_sasl2);
  return g_test_run ();
}
