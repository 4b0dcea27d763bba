/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "scram-server.h"

/* A server of SCRAM-SHA-256-PLUS (RFC 5802) under SASL2 that stores a better hash of the password
 * along with the sign-in (XEP-0480), or fails to. */

#define SASL2 " xmlns='urn:xmpp:sasl:2'"
#define TASK "UPGR-SCRAM-SHA-512"
#define SAY_UPGRADE                                                                                \
  SAY_HEADER                                                                                       \
  SAY_FEATURES (FEATURE_SASL2 (MECHANISM ("SCRAM-SHA-256") MECHANISM ("SCRAM-SHA-256-PLUS") FEATURE_UPGRADE (TASK)) \
                FEATURE_CHANNEL_BINDINGS (CHANNEL_BINDING ("tls-server-end-point")))
#define CONTINUE(data)                                                                             \
  "<continue" SASL2 "><additional-data>" data "</additional-data><tasks><task>" TASK               \
  "</task></tasks></continue>"
#define SUCCESS(data)                                                                              \
  "<success" SASL2 ">" data "<authorization-identifier>user@example.org</"                         \
  "authorization-identifier></success>" SAY_FEATURES_BIND
#define SALT(iterations)                                                                           \
  "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='" iterations             \
  "'>QUJDREVGR0g=</salt></task-data>"

/* Of "secret", salted with "salt". */
static char *
sign (const char *first_bare, const char *server_first, const char *without_proof)
{
  return scram_sign (G_CHECKSUM_SHA256, "secret", "c2FsdA==", 4096, first_bare, server_first, without_proof);
}

/* What the mechanism says in the element that has come. */
static char *
take_message (ScriptedPeer *peer, const char *start, const char *end)
{
  const char *text;
  g_autofree char *base64 = NULL;
  gsize length;
  guint8 *bytes;

  if (!scripted_peer_expect (peer, end))
    return NULL;
  text = strstr (scripted_peer_get_taken (peer), start);
  g_assert_nonnull (text);
  text += strlen (start);
  base64 = g_strndup (text, strcspn (text, "<"));
  bytes = g_base64_decode (base64, &length);
  bytes = g_realloc (bytes, length + 1);
  bytes[length] = '\0';
  return (char *) bytes;
}

/* Each half of the exchange; @data is what follows, with the signature for @V@. */
static gboolean
play (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *first = take_message (peer, "<initial-response>", "</authenticate>");
  g_autofree char *server_first = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *challenge = NULL;
  g_autofree char *final = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *words = NULL;
  g_autofree char *last = NULL;
  g_autoptr (GString) text = g_string_new (data);

  if (first == NULL)
    return FALSE;
  g_assert_true (g_str_has_prefix (first, "p=tls-server-end-point,,"));
  server_first = g_strdup_printf ("%sSERVER,s=c2FsdA==,i=4096", strstr (first, "r="));
  base64 = g_base64_encode ((const guint8 *) server_first, strlen (server_first));
  challenge = g_strdup_printf ("<challenge" SASL2 ">%s</challenge>", base64);
  if (!scripted_peer_send (peer, challenge, -1))
    return FALSE;
  final = take_message (peer, "'>", "</response>");
  if (final == NULL)
    return FALSE;
  *strstr (final, ",p=") = '\0';
  signature = sign (strstr (first, ",,") + 2, server_first, final);
  words = g_strconcat ("v=", signature, NULL);
  last = g_base64_encode ((const guint8 *) words, strlen (words));
  g_string_replace (text, "@V@", last, 0);
  return scripted_peer_send (peer, text->str, -1);
}

#define PLAY(answer)                                                                               \
  RUN (script_starttls), EXPECT ("<stream:stream"), SEND (SAY_UPGRADE),                           \
      CALL (play, (gpointer) (answer))
#define NEXT EXPECT ("<next xmlns='urn:xmpp:sasl:2' task='" TASK "'/>")
#define BOUND EXPECT ("</iq>"), SEND (SAY_BOUND), SERVE, END

static const ScriptStep without_upgrade[]
    = { PLAY (SUCCESS ("<additional-data>@V@</additional-data>")), BOUND };

static TestClient *
new_client (const ScriptStep *const *scripts)
{
  TestClient *test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  hs_client_set_sasl_mechanisms (test->client, NULL);
  scripted_server_forgive (test->server);
  return test;
}

static void
test_done (void)
{
  static const ScriptStep script[]
      = { PLAY (CONTINUE ("@V@")), NEXT, SEND (SALT ("4096")), EXPECT ("</hash></task-data>"),
          SEND (SUCCESS ("")),     BOUND };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_start_until_ready (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  test_client_stop (test);
}

/* The sign-in itself was good: it goes on without, on another connection, and from then on. */
static void
test_failed (gconstpointer data)
{
  const ScriptStep failing[]
      = { PLAY (CONTINUE ("@V@")), NEXT, SEND ((const char *) data), READ_END, END };
  const ScriptStep *const scripts[] = { failing, without_upgrade, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_start_until_ready (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
  g_assert_cmpuint (test->n_disconnected, ==, 1);
  g_assert_cmpint (test->retry, ==, 0);
  test_client_stop (test);
  test_client_start_until_ready (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_count_received (test->server, "<upgrade "), ==, 1);
}

/* One that has not proved itself is not given another chance. */
static void
test_not_proved (void)
{
  static const ScriptStep script[] = { PLAY (CONTINUE ("dj1RVUpE")), READ_END, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_run (test);
  g_assert_error (test->error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
}

/* Nor is it tried for ever. */
static void
test_always_fails (void)
{
  static const ScriptStep script[]
      = { PLAY (CONTINUE ("@V@")), EXPECT ("/>"),
          SEND ("<failure" SASL2 "><temporary-auth-failure "
                "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>"),
          READ_END, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_run (test);
  g_assert_nonnull (test->error);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-upgrade/done", test_done);
  g_test_add_data_func ("/client-upgrade/failed/iterations", SALT ("1"), test_failed);
  g_test_add_data_func ("/client-upgrade/failed/nothing", "<task-data" SASL2 "/>", test_failed);
  g_test_add_data_func ("/client-upgrade/failed/refused",
                        "<failure" SASL2
                        "><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
                        "</failure>",
                        test_failed);
  g_test_add_data_func ("/client-upgrade/failed/ended",
                        "<stream:error><internal-server-error "
                        "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END,
                        test_failed);
  g_test_add_data_func ("/client-upgrade/failed/again", CONTINUE (""), test_failed);
  g_test_add_func ("/client-upgrade/not-proved", test_not_proved);
  g_test_add_func ("/client-upgrade/always-fails", test_always_fails);
  return g_test_run ();
}
