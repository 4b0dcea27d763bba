/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

/* SASL2 (XEP-0388), channel binding and tokens: somebody in the middle who takes away or adds, and a server
 * that answers what was not asked. */

#define SASL2 " xmlns='urn:xmpp:sasl:2'"
#define ID(jid) "<authorization-identifier>" jid "</authorization-identifier>"
#define OURS ID ("user@example.org")
#define TYPES FEATURE_CHANNEL_BINDINGS (CHANNEL_BINDING ("tls-exporter"))
#define FOREIGN_TYPES FEATURE_CHANNEL_BINDINGS (CHANNEL_BINDING ("tls-future"))
#define FEATURES(types, list) SAY_FEATURES (types FEATURE_SASL2 (list))
#define BOTH MECHANISM ("SCRAM-SHA-256") MECHANISM ("SCRAM-SHA-256-PLUS")
#define INLINE FEATURE_INLINE (FEATURE_BIND2 FEATURE_SM FEATURE_TOKENS)
#define TOKENS FEATURES ("", MECHANISM ("SCRAM-SHA-256") INLINE)
#define SUCCESS(inside) "<success" SASL2 ">" inside "</success>"
#define FAILURE                                                                                    \
  "<failure" SASL2 "><not-authorized " ATTACK_SASL "/></failure>"
/* HMAC-SHA-256 ("t0k3n", "Responder") */
#define PROOF                                                                                      \
  "<additional-data>Y1kHXFUuYqHCUrmkn0BOOAnjeGr8QGwahbDQ7HdwRiA=</additional-data>"
#define NOT_VERIFIED hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED
#define BROKEN hs_error_quark, HS_ERROR_PROTOCOL
#define REFUSED hs_sasl_error_quark, HS_SASL_ERROR_NOT_AUTHORIZED
#define NO_MECHANISM hs_error_quark, HS_ERROR_NO_MECHANISM

/* ---- Lists that were changed on the way ---- */

#define LISTS(id, what)                                                                            \
  static const ScriptStep script_##id[] = { RUN (attack_to_features), SEND (what), READ_END, END };

LISTS (no_mechanism, FEATURES (TYPES, MECHANISM ("SCRAM-SHA-256")))
LISTS (only_plain, FEATURES (TYPES, MECHANISM ("PLAIN")))
LISTS (no_type, FEATURES ("", BOTH))

/* The server's first message, with something at its end. */
static gboolean
answer_first (ScriptedPeer *peer, gpointer first)
{
  g_autofree char *nonce = NULL;
  g_autofree char *text = NULL;
  g_autofree char *base64 = NULL;
  g_autofree char *xml = NULL;
  g_autofree guint8 *octets = NULL;
  g_autofree char *taken = NULL;
  const char *begin;
  gsize length;

  if (!scripted_peer_expect (peer, "</initial-response>"))
    return FALSE;
  begin = g_strrstr (scripted_peer_get_taken (peer), "<initial-response>");
  begin += strlen ("<initial-response>");
  taken = g_strndup (begin, strcspn (begin, "<"));
  octets = g_base64_decode (taken, &length);
  nonce = g_strndup ((const char *) octets, length);
  text = g_strdup_printf ("%sSERVER,s=AAECAwQFBgcICQoLDA0ODw==,i=4096%s", strstr (nonce, "r="),
                          (const char *) first);
  base64 = g_base64_encode ((const guint8 *) text, strlen (text));
  xml = g_strdup_printf ("<challenge" SASL2 ">%s</challenge>", base64);
  return scripted_peer_send (peer, xml, -1);
}

/* XEP-0474: the hash of something else, or none where one is needed. */
static const ScriptStep script_wrong_lists[]
    = { RUN (attack_to_features), SEND (FEATURES ("", MECHANISM ("SCRAM-SHA-256"))),
        CALL (answer_first, (gpointer) ",h=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        READ_END, END };
static const ScriptStep script_foreign_types[]
    = { RUN (attack_to_features), SEND (FEATURES (FOREIGN_TYPES, BOTH)),
        CALL (answer_first, (gpointer) ""), READ_END, END };

/* Both taken away: the client tells the server so ("y,,"), which then refuses. */
static const ScriptStep script_all_stripped[]
    = { RUN (attack_to_features), SEND (FEATURES ("", MECHANISM ("SCRAM-SHA-256"))),
        EXPECT ("<initial-response>eSws"), SEND (FAILURE), READ_END, END };

static void
check_no_proof (AttackRun *run)
{
  g_assert_false (scripted_server_has_received (run->test->server, "<response"));
  g_assert_false (scripted_server_has_received (run->test->server, "mechanism='PLAIN'"));
}

static void
prepare_required (AttackRun *run)
{
  g_object_set (run->test->client, "channel-binding", HS_CHANNEL_BINDING_REQUIRE, NULL);
}

LISTS (required, FEATURES ("", MECHANISM ("SCRAM-SHA-256") MECHANISM ("PLAIN")))

/* ---- Tokens ---- */

#define BY_TOKEN RUN (attack_to_features), SEND (TOKENS), EXPECT ("</authenticate>")
#define TOKEN(id, what)                                                                            \
  static const ScriptStep script_##id[] = { BY_TOKEN, SEND (what), READ_END, END };

TOKEN (no_proof, SUCCESS (OURS))
TOKEN (wrong_proof, SUCCESS (OURS "<additional-data>QUJDRA==</additional-data>"))
TOKEN (other_account, SUCCESS (ID ("boss@example.org") PROOF))
TOKEN (no_account, SUCCESS (PROOF))
TOKEN (bound_unasked, SUCCESS (ID ("user@example.org/x") PROOF "<bound xmlns='urn:xmpp:bind:0'/>"))
TOKEN (resumed_unasked, SUCCESS (OURS PROOF "<resumed xmlns='urn:xmpp:sm:3' previd='x' h='0'/>"))
TOKEN (token_challenge, "<challenge" SASL2 ">QUJD</challenge>")
TOKEN (old_success, SAY_SUCCESS)
TOKEN (second_factor, "<continue" SASL2 ">" PROOF "<tasks><task>TOTP-EXAMPLE</task></tasks></continue>")
TOKEN (task, "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='4096'>QUJD</salt>"
             "</task-data>")
TOKEN (upgrade, "<continue" SASL2 ">" PROOF "<tasks><task>UPGR-SCRAM-SHA-512</task></tasks></continue>")
TOKEN (stanza, "<message from='boss@example.org'><body>x</body></message>")

/* It is refused, and the password is asked for in the open. */
static const ScriptStep script_refused_then_plain[]
    = { RUN (attack_to_features), SEND (FEATURES ("", MECHANISM ("PLAIN") INLINE)),
        EXPECT ("</authenticate>"), SEND (FAILURE), READ_END, END };

static void
prepare_token (AttackRun *run)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "account", "s", "user@example.org");
  g_variant_dict_insert (&dict, "user-agent-id", "s", "d4565fa7-4d72-4749-b3d3-740edbf87770");
  g_variant_dict_insert (&dict, "token", "s", "t0k3n");
  g_variant_dict_insert (&dict, "mechanism", "s", "HT-SHA-256-NONE");
  hs_client_set_login_token (run->test->client, g_variant_dict_end (&dict));
}

static void
prepare_token_not_plain (AttackRun *run)
{
  prepare_token (run);
  g_object_set (run->test->client, "allow-plain", FALSE, NULL);
}

/* ---- Access tokens ---- */

static void
prepare_access_token (AttackRun *run)
{
  hs_client_set_password (run->test->client, NULL);
  hs_client_set_access_token (run->test->client, ATTACK_PASSWORD);
}

static gboolean
accept_cb (HsClient *client, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

static void
prepare_careless (AttackRun *run)
{
  prepare_access_token (run);
  g_object_set (run->test->client, "tls-database", NULL, NULL);
  g_signal_connect (run->test->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
}

LISTS (oauth, FEATURES ("", MECHANISM ("OAUTHBEARER")))

static const ScriptStep script_discovery[]
    = { RUN (attack_to_features), SEND (FEATURES ("", MECHANISM ("OAUTHBEARER"))),
        EXPECT ("</authenticate>"), SEND ("<challenge" SASL2 ">AAAA</challenge>"), READ_END, END };

#define ENDS(title, id, error, prepare_it)                                                         \
  {                                                                                                \
    title, script_##id, HS_TLS_MODE_STARTTLS, error, .prepare = prepare_it,                        \
        .check = check_no_proof                                                                    \
  }

static const Attack attacks[] = {
  { "sign-in/-PLUS stripped", script_no_mechanism, HS_TLS_MODE_STARTTLS, NOT_VERIFIED,
    .flags = ATTACK_NO_SIGN_IN },
  { "sign-in/all but PLAIN stripped", script_only_plain, HS_TLS_MODE_STARTTLS, NOT_VERIFIED,
    .flags = ATTACK_NO_SIGN_IN },
  { "sign-in/types stripped", script_no_type, HS_TLS_MODE_STARTTLS, NOT_VERIFIED,
    .flags = ATTACK_NO_SIGN_IN },
  ENDS ("sign-in/both stripped", all_stripped,
        REFUSED, NULL),
  ENDS ("sign-in/types replaced", foreign_types, NOT_VERIFIED, NULL),
  ENDS ("sign-in/lists changed", wrong_lists, NOT_VERIFIED, NULL),
  { "sign-in/binding required", script_required, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_NO_MECHANISM, .prepare = prepare_required, .flags = ATTACK_NO_SIGN_IN },
  ENDS ("token/not proved", no_proof, NOT_VERIFIED, prepare_token),
  ENDS ("token/wrong proof", wrong_proof, NOT_VERIFIED, prepare_token),
  ENDS ("token/refused, then PLAIN", refused_then_plain,
        NO_MECHANISM, prepare_token_not_plain),
  ENDS ("token/another account", other_account, BROKEN, prepare_token),
  ENDS ("token/no account", no_account, BROKEN, prepare_token),
  ENDS ("token/resource not asked for", bound_unasked, BROKEN, prepare_token),
  ENDS ("token/resumed what never was", resumed_unasked, BROKEN, prepare_token),
  ENDS ("token/challenge", token_challenge, BROKEN, prepare_token),
  ENDS ("token/success of another profile", old_success, BROKEN, prepare_token),
  ENDS ("token/second factor", second_factor, NO_MECHANISM,
        prepare_token),
  ENDS ("token/task not asked for", task, BROKEN, prepare_token),
  ENDS ("token/new hash not asked for", upgrade, NO_MECHANISM,
        prepare_token),
  ENDS ("token/stanza", stanza, BROKEN, prepare_token),
  { "access token/any certificate", script_oauth, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_NO_MECHANISM, .prepare = prepare_careless, .flags = ATTACK_NO_SIGN_IN },
  ENDS ("access token/discovery not text", discovery, BROKEN, prepare_access_token),
};

const AttackGroup attacks_sign_in = { "sign-in", attacks, G_N_ELEMENTS (attacks) };
