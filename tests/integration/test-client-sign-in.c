/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* A whole client, real TLS, and a server that was one thing the last time and is another now. */

#define SASL2 " xmlns='urn:xmpp:sasl:2'"
#define PLAIN MECHANISM ("PLAIN")
#define FAST FEATURE_INLINE (FEATURE_TOKENS)
#define SAY_SASL2(inside)                                                                          \
  SAY_HEADER SAY_FEATURES_SASL2 (inside)
#define SAY_SUCCESS2(inside)                                                                       \
  "<success" SASL2 ">" inside "</success>" SAY_FEATURES_BIND
#define ID "<authorization-identifier>user@example.org</authorization-identifier>"
/* HMAC-SHA-256 ("t0k3n", "Responder") */
#define PROOF                                                                                      \
  "<additional-data>Y1kHXFUuYqHCUrmkn0BOOAnjeGr8QGwahbDQ7HdwRiA=</additional-data>"
#define TOKEN "<token xmlns='urn:xmpp:fast:0' token='n3xt' expiry='2100-01-01T00:00:00Z'/>"
#define SAY_REFUSED(condition)                                                                     \
  "<failure" SASL2 "><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>"
#define BY_TOKEN EXPECT ("mechanism='HT-SHA-256-NONE'"), EXPECT ("</authenticate>")
#define BY_PASSWORD EXPECT ("mechanism='PLAIN'"), EXPECT ("</authenticate>")
#define BOUND EXPECT ("</iq>"), SEND (SAY_BOUND), SERVE, END

/* As the server once offered it. */
static GVariant *
make_token (void)
{
  const char *const plain[] = { "PLAIN", NULL };
  const char *const fast[] = { "HT-SHA-256-NONE", NULL };
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "account", "s", "user@example.org");
  g_variant_dict_insert (&dict, "user-agent-id", "s", "d4565fa7-4d72-4749-b3d3-740edbf87770");
  g_variant_dict_insert (&dict, "token", "s", "t0k3n");
  g_variant_dict_insert (&dict, "mechanism", "s", "HT-SHA-256-NONE");
  g_variant_dict_insert_value (
      &dict, "offer",
      g_variant_new ("(m^asm^asm^asm^asm^asbbbbb)", NULL, plain, NULL, fast, NULL, FALSE, FALSE,
                     FALSE, FALSE, FALSE));
  return g_variant_dict_end (&dict);
}

static TestClient *
new_client (const ScriptStep *const *scripts)
{
  TestClient *test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);

  hs_client_set_sasl_mechanisms (test->client, NULL);
  hs_client_set_login_token (test->client, make_token ());
  return test;
}

static const char *
get_mechanism (TestClient *test)
{
  return hs_security_info_get_mechanism (hs_client_get_security_info (test->client));
}

static const ScriptStep to_header[] = { RUN (script_starttls), EXPECT ("<stream:stream"), END };

/* Nothing is said before the client has signed in. */
static const ScriptStep as_ever[] = { RUN (to_header), BY_TOKEN, SEND (SAY_SASL2 (PLAIN FAST)),
                                      SEND (SAY_SUCCESS2 (ID PROOF)), BOUND };

static void
test_early (void)
{
  const ScriptStep *const scripts[] = { as_ever, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_start_until_ready (test);
  g_assert_cmpstr (get_mechanism (test), ==, "HT-SHA-256-NONE");
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
}

/* A module that takes part before the sign-in sees the features first. */
typedef struct
{
  GObject parent;
} Negotiator;

typedef struct
{
  GObjectClass parent_class;
} NegotiatorClass;

static GType negotiator_get_type (void);
static void negotiator_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Negotiator,
                         negotiator,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, negotiator_iface_init))

static gboolean
negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  g_assert_true (hs_element_matches (features, "features", HS_NS_STREAM));
  return FALSE;
}

static void
negotiator_iface_init (HsModuleInterface *iface)
{
  iface->negotiate = negotiate;
}

static void
negotiator_class_init (NegotiatorClass *klass)
{
}

static void
negotiator_init (Negotiator *self)
{
}

static void
test_negotiator (void)
{
  static const ScriptStep script[] = { RUN (to_header), SEND (SAY_SASL2 (PLAIN FAST)), BY_TOKEN,
                                       SEND (SAY_SUCCESS2 (ID PROOF)), BOUND };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  g_autoptr (HsModule) module = g_object_new (negotiator_get_type (), NULL);

  hs_client_register (test->client, module);
  test_client_start_until_ready (test);
  test_client_stop (test);
}

/* What is remembered is worth nothing where the server is another one now: the client begins anew, at once
 * and once, and goes by what is offered. */
static void
test_changed (gconstpointer data)
{
  const ScriptStep misled[] = { RUN (to_header), BY_TOKEN, SEND ((const char *) data), READ_END,
                                END };
  static const ScriptStep anew[] = { RUN (script_starttls), RUN (script_sign_in), SERVE, END };
  const ScriptStep *const scripts[] = { misled, anew, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  g_assert_cmpstr (get_mechanism (test), ==, "PLAIN");
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
  g_assert_cmpuint (test->n_disconnected, ==, 1);
  g_assert_cmpint (test->retry, ==, 0);
  test_client_stop (test);
}

/* Where it does not help to begin anew, that is the end. */
static void
test_changed_for_ever (void)
{
  static const ScriptStep misled[] = { RUN (to_header), SEND (SAY_HEADER SAY_END), READ_END, END };
  const ScriptStep *const scripts[] = { misled, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_nonnull (test->error);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

/* There is no session, nor may modules take part any more. */
static void
token_changed_cb (HsClient *client, GVariant *token, gpointer data)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "early"));
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_client_send_stanza (client, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

static void
test_refused (gconstpointer data)
{
  const ScriptStep script[] = { RUN (to_header), BY_TOKEN, SEND (SAY_SASL2 (PLAIN FAST)),
                                SEND ((const char *) data), BY_PASSWORD,
                                SEND (SAY_SUCCESS2 (ID TOKEN)), BOUND };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  const char *token = NULL;

  g_signal_connect (test->client, "login-token-changed", G_CALLBACK (token_changed_cb), NULL);
  test_client_start_until_ready (test);
  g_assert_cmpstr (get_mechanism (test), ==, "PLAIN");
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  g_variant_lookup (hs_client_get_login_token (test->client), "token", "&s", &token);
  g_assert_cmpstr (token, ==, "n3xt");
  test_client_stop (test);
}

/* Whose it is not, or not any more, is not shown. */
static void
test_not_ours (void)
{
  static const struct
  {
    const char *member;
    const char *value;
  } changes[] = {
    { "account", "other@example.org" },
    { "user-agent-id", "00000000-7d72-4749-b3d3-740edbf87770" },
    { "expiry", "2020-03-12T14:36:15Z" },
  };
  static const ScriptStep script[] = { RUN (to_header), SEND (SAY_SASL2 (PLAIN FAST)), BY_PASSWORD,
                                       SEND (SAY_SUCCESS2 (ID)), BOUND };
  const ScriptStep *const scripts[] = { script, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (TestClient) test = new_client (scripts);
      GVariantDict dict;

      g_variant_dict_init (&dict, hs_client_get_login_token (test->client));
      g_variant_dict_insert (&dict, changes[i].member, "s", changes[i].value);
      hs_client_set_login_token (test->client, g_variant_dict_end (&dict));
      test_client_start_until_ready (test);
      g_assert_cmpstr (get_mechanism (test), ==, "PLAIN");
      g_assert_false (scripted_server_has_received (test->server, "mechanism='HT-SHA-256-NONE'>"));
      test_client_stop (test);
    }
}

static void
fail (const char *answer, GQuark domain, int code)
{
  const ScriptStep script[] = { RUN (to_header), BY_TOKEN, SEND (SAY_SASL2 (PLAIN FAST)),
                                SEND (answer), READ_END, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, domain, code);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1);
  g_assert_false (scripted_server_has_received (test->server, "mechanism='PLAIN'"));
}

/* Who stole the server's name does not have its tokens; and a token that is proved is kept. */
static void
test_not_proved (void)
{
  fail (SAY_SUCCESS2 (ID), HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
  fail (SAY_SUCCESS2 (ID "<additional-data>QUJD</additional-data>"), HS_SASL_ERROR,
        HS_SASL_ERROR_SERVER_NOT_VERIFIED);
}

static void
test_wrong_account (void)
{
  fail (SAY_SUCCESS2 ("<authorization-identifier>other@example.org</authorization-identifier>" PROOF),
        HS_ERROR, HS_ERROR_PROTOCOL);
}

/* ---- What comes along with the sign-in ---- */

#define SM " xmlns='urn:xmpp:sm:3'"
#define ONLY_SM FEATURE_INLINE (FEATURE_SM)
#define SAY_FEATURES_SM SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_CSI)

static void
resumed_cb (HsClient *client, guint *n_resumed)
{
  (*n_resumed)++;
}

/* What the server takes is told after the session went on already. */
static void
test_inactive (void)
{
  static const ScriptStep first[]
      = { RUN (to_header), SEND (SAY_SASL2 (PLAIN ONLY_SM)), BY_PASSWORD,
          SEND ("<success" SASL2 ">" ID "</success>" SAY_FEATURES_SM), EXPECT ("</iq>"),
          SEND (SAY_BOUND), EXPECT ("<enable"), SEND ("<enabled" SM " resume='true' id='s1'/>"),
          EXPECT ("<inactive"), RESET, END };
  static const ScriptStep again[]
      = { RUN (to_header), SEND (SAY_SASL2 (PLAIN ONLY_SM)),
          EXPECT ("<resume" SM " h='0' previd='s1'/>"), EXPECT ("</authenticate>"),
          SEND ("<success" SASL2 ">" ID "<resumed" SM " h='0' previd='s1'/></success>" SAY_FEATURES_SM),
          EXPECT ("<inactive"), SERVE, END };
  const ScriptStep *const scripts[] = { first, again, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  guint n_resumed = 0;

  g_object_set (test->client, "login-token", NULL, "auto-reconnect", TRUE, "active", FALSE, NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), &n_resumed);
  test_client_start_until_ready (test);
  test_until (n_resumed == 1);
  test_until (scripted_server_count_received (test->server, "<inactive") == 2);
  test_client_stop (test);
}

static void
send_early (TestClient *test, const char *event, gpointer data)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "early"));
  g_autoptr (GError) error = NULL;

  if (!g_str_has_prefix (event, "authenticated"))
    return;
  g_assert_false (hs_client_send_stanza (test->client, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  (*(guint *) data)++;
}

/* Nothing can be sent before the address is told, even where the server has told both at once. */
static void
test_not_yet (void)
{
  static const ScriptStep script[]
      = { RUN (to_header), SEND (SAY_SASL2 (PLAIN FEATURE_INLINE (FEATURE_BIND2_WITH (FEATURE_VAR ("urn:xmpp:sm:3"))))),
          BY_PASSWORD,
          SEND ("<success" SASL2 "><authorization-identifier>user@example.org/x"
                "</authorization-identifier><bound xmlns='urn:xmpp:bind:0'/></success>"
                SAY_FEATURES_NONE),
          SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  guint n_tried = 0;

  g_object_set (test->client, "login-token", NULL, "bind2", TRUE, NULL);
  test->hook = send_early;
  test->hook_data = &n_tried;
  test_client_start_until_ready (test);
  g_assert_cmpuint (n_tried, ==, 1);
  test_client_stop (test);
  g_assert_false (scripted_server_has_received (test->server, "early"));
}

static void
send_large (TestClient *test, const char *event, gpointer data)
{
  g_autofree char *body = g_strnfill (20000, 'x');
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", body));
  g_autoptr (GError) error = NULL;

  if (!g_str_has_prefix (event, "disconnected") || *(guint *) data > 0)
    return;
  g_assert_false (hs_client_send_stanza (test->client, message, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  (*(guint *) data)++;
}

/* What waits for the interrupted session goes to the server that has said last, after the session had begun, how much
 * it takes. */
static void
test_late_limit (void)
{
  static const ScriptStep script[]
      = { RUN (to_header), SEND (SAY_SASL2 (PLAIN FEATURE_INLINE (FEATURE_BIND2_WITH (FEATURE_VAR ("urn:xmpp:sm:3"))))),
          BY_PASSWORD,
          SEND ("<success" SASL2 "><authorization-identifier>user@example.org/x"
                "</authorization-identifier><bound xmlns='urn:xmpp:bind:0'>"
                "<enabled" SM " resume='true' id='s1'/></bound></success>"
                SAY_FEATURES (FEATURE_CSI "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>10000</max-bytes>"
                                          "</limits>")),
          EXPECT ("<inactive"), RESET, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  guint n_tried = 0;

  g_object_set (test->client, "login-token", NULL, "bind2", TRUE, "auto-reconnect", TRUE, "active", FALSE, NULL);
  test->hook = send_large;
  test->hook_data = &n_tried;
  test_client_start_until_ready (test);
  test_until (n_tried == 1);
  test_client_stop (test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-sign-in/early", test_early);
  g_test_add_func ("/client-sign-in/negotiator", test_negotiator);
  g_test_add_data_func ("/client-sign-in/changed/no-tokens", SAY_SASL2 (PLAIN), test_changed);
  g_test_add_data_func ("/client-sign-in/changed/no-sasl2", SAY_HEADER SAY_FEATURES_SASL ("PLAIN"),
                        test_changed);
  g_test_add_data_func (
      "/client-sign-in/changed/ended",
      SAY_HEADER "<stream:error><unsupported-stanza-type "
                 "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END,
      test_changed);
  g_test_add_func ("/client-sign-in/changed/for-ever", test_changed_for_ever);
  g_test_add_data_func ("/client-sign-in/token/stolen", SAY_REFUSED ("not-authorized"),
                        test_refused);
  g_test_add_data_func ("/client-sign-in/token/expired", SAY_REFUSED ("credentials-expired"),
                        test_refused);
  g_test_add_func ("/client-sign-in/token/not-ours", test_not_ours);
  g_test_add_func ("/client-sign-in/not-proved", test_not_proved);
  g_test_add_func ("/client-sign-in/wrong-account", test_wrong_account);
  g_test_add_func ("/client-sign-in/inactive", test_inactive);
  g_test_add_func ("/client-sign-in/not-yet", test_not_yet);
  g_test_add_func ("/client-sign-in/late-limit", test_late_limit);
  return g_test_run ();
}
