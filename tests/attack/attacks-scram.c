/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <string.h>

#include "scram-server.h"

/* Sign-in: a server of SCRAM (RFC 5802) of our own, which can be honest, and all the ways in which it
 * can be something else. */

#define SERVER_NONCE "srvNONCE"
#define SALT "AAECAwQFBgcICQoLDA0ODw==" /* the octets 0 to 15 */

/* What the server says in its turn; @C is the client's nonce, @V the right signature. */
typedef struct
{
  const char *first;
  const char *final;     /* NULL: the client must not get so far */
  gboolean as_challenge; /* the final message */
  gboolean again;        /* its first message, once more, in place of the final one */
} Words;

#define FIRST(nonce, salt, iterations) "r=" nonce ",s=" salt ",i=" iterations
#define RIGHT_FIRST FIRST ("@C" SERVER_NONCE, SALT, "4096")

static const Words honest = { RIGHT_FIRST, "v=@V" };

/* ---- The server ---- */

static char *
sign (const char *client_first_bare, const char *server_first, const char *without_proof)
{
  return scram_sign (G_CHECKSUM_SHA256, ATTACK_PASSWORD, SALT, 4096, client_first_bare, server_first, without_proof);
}

/* The text of the element that has come. */
static char *
take_message (ScriptedPeer *peer, const char *end)
{
  const char *taken;
  const char *text;
  gsize length;
  g_autofree char *base64 = NULL;
  g_autofree guint8 *bytes = NULL;

  if (!scripted_peer_expect (peer, end))
    return NULL;
  taken = scripted_peer_get_taken (peer);
  text = g_strrstr (taken, "'>");
  g_assert_nonnull (text);
  base64 = g_strndup (text + 2, strcspn (text + 2, "<"));
  bytes = g_base64_decode (base64, &length);
  return g_strndup ((const char *) bytes, length);
}

static gboolean
say (ScriptedPeer *peer, const char *element, const char *message)
{
  g_autofree char *base64 = g_base64_encode ((const guint8 *) message, strlen (message));
  g_autofree char *xml = g_strdup_printf ("<%s " ATTACK_SASL ">%s</%s>", element, base64, element);

  return scripted_peer_send (peer, xml, -1);
}

static char *
fill (const char *words, const char *nonce, const char *signature)
{
  g_autoptr (GString) text = g_string_new (words);

  g_string_replace (text, "@C", nonce, 0);
  g_string_replace (text, "@V", signature, 0);
  return g_strdup (text->str);
}

static gboolean
play (ScriptedPeer *peer, gpointer data)
{
  const Words *words = data;
  g_autofree char *client_first = NULL;
  g_autofree char *client_final = NULL;
  g_autofree char *server_first = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *final = NULL;
  const char *bare;
  const char *nonce;

  if (!scripted_peer_send (peer, SAY_FEATURES_SASL ("SCRAM-SHA-256"), -1))
    return FALSE;
  client_first = take_message (peer, "</auth>");
  if (client_first == NULL)
    return FALSE;
  bare = strstr (client_first, "n=");
  if (g_str_has_prefix (client_first, "n,"))
    bare = strstr (client_first + 2, "n=");
  nonce = strstr (bare, ",r=") + 3;
  server_first = fill (words->first, nonce, "");
  if (!say (peer, "challenge", server_first))
    return FALSE;
  if (words->final == NULL)
    return TRUE;
  client_final = take_message (peer, "</response>");
  if (client_final == NULL)
    return FALSE;
  *strstr (client_final, ",p=") = '\0';
  signature = sign (bare, server_first, client_final);
  final = fill (words->again ? words->first : words->final, nonce, signature);
  return say (peer, words->as_challenge || words->again ? "challenge" : "success", final);
}

/* ---- Parts for all ---- */

const ScriptStep attack_scram[] = { CALL (play, (gpointer) &honest), END };
const ScriptStep attack_to_features[] = { RUN (script_starttls), RUN (script_header), END };
const ScriptStep attack_session[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_bind), END };

/* ---- SCRAM ---- */

#define NOT_VERIFIED hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED

#define SCRAM_SCRIPT(id, ...)                                                                      \
  static const Words words_##id = { __VA_ARGS__ };                                                 \
  static const ScriptStep script_##id[]                                                            \
      = { RUN (attack_to_features), CALL (play, (gpointer) &words_##id), READ_END, END };

SCRAM_SCRIPT (foreign_nonce, FIRST ("foreignNONCEforeignNONCE", SALT, "4096"))
SCRAM_SCRIPT (short_nonce, FIRST ("@C", SALT, "4096"))
SCRAM_SCRIPT (empty_nonce, FIRST ("", SALT, "4096"))
SCRAM_SCRIPT (iterations_1, FIRST ("@C" SERVER_NONCE, SALT, "1"))
SCRAM_SCRIPT (iterations_0, FIRST ("@C" SERVER_NONCE, SALT, "0"))
SCRAM_SCRIPT (iterations_4095, FIRST ("@C" SERVER_NONCE, SALT, "4095"))
SCRAM_SCRIPT (iterations_2_31, FIRST ("@C" SERVER_NONCE, SALT, "2147483648"))
SCRAM_SCRIPT (iterations_2_32, FIRST ("@C" SERVER_NONCE, SALT, "4294971392"))
SCRAM_SCRIPT (iterations_text, FIRST ("@C" SERVER_NONCE, SALT, "4096x"))
SCRAM_SCRIPT (no_salt, FIRST ("@C" SERVER_NONCE, "", "4096"))
SCRAM_SCRIPT (bad_salt, FIRST ("@C" SERVER_NONCE, "****", "4096"))
SCRAM_SCRIPT (extension, "m=ext," RIGHT_FIRST)
SCRAM_SCRIPT (reflected, "n,,n=user,r=@C")
SCRAM_SCRIPT (server_error, "e=unknown-user")
SCRAM_SCRIPT (no_signature, RIGHT_FIRST, "")
SCRAM_SCRIPT (wrong_signature, RIGHT_FIRST, "v=cmFuZG9tcmFuZG9tcmFuZG9tcmFuZG9tcmFuZG9tMDA=")
SCRAM_SCRIPT (short_signature, RIGHT_FIRST, "v=AAAA")
SCRAM_SCRIPT (no_attribute, RIGHT_FIRST, "@V")
SCRAM_SCRIPT (other_attribute, RIGHT_FIRST, "x=1,v=@V")
SCRAM_SCRIPT (wrong_challenge, RIGHT_FIRST, "v=AAAA", TRUE)
SCRAM_SCRIPT (replayed, RIGHT_FIRST, "v=@V", FALSE, TRUE)
SCRAM_SCRIPT (final_error, RIGHT_FIRST, "e=other-error")

/* 100,000 octets of salt. */
static gboolean
play_long_salt (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *octets = g_malloc0 (100000);
  g_autofree char *salt = g_base64_encode ((const guint8 *) octets, 100000);
  g_autofree char *first = g_strdup_printf ("r=@C" SERVER_NONCE ",s=%s,i=4096", salt);
  Words words = { .first = first };

  return play (peer, &words);
}

/* ---- Around SCRAM ---- */

#define AT_AUTH                                                                                    \
  RUN (attack_to_features), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-256")), EXPECT ("</auth>")

static const ScriptStep script_long_salt[]
    = { RUN (attack_to_features), CALL (play_long_salt, NULL), READ_END, END };
static const ScriptStep script_early_success[] = { AT_AUTH, SEND (SAY_SUCCESS), READ_END, END };
static const ScriptStep script_early_final[]
    = { AT_AUTH, SEND ("<success " ATTACK_SASL ">dj1BQUFB</success>"), READ_END, END };
static const ScriptStep script_empty_challenge[]
    = { AT_AUTH, SEND ("<challenge " ATTACK_SASL "/>"), READ_END, END };
static const ScriptStep script_equals_challenge[]
    = { AT_AUTH, SEND ("<challenge " ATTACK_SASL ">=</challenge>"), READ_END, END };
static const ScriptStep script_not_base64[]
    = { AT_AUTH, SEND ("<challenge " ATTACK_SASL ">r=,s=,i=</challenge>"), READ_END, END };
static const ScriptStep script_stanza[]
    = { AT_AUTH, SEND ("<message from='boss@example.org'><body>x</body></message>"), READ_END, END };
static const ScriptStep script_refused[]
    = { AT_AUTH, SEND ("<failure " ATTACK_SASL "><not-authorized/></failure>"),
        EXPECT (SAY_END), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };

/* After the signature has come as a challenge, there is nothing more to say. */
static const Words final_challenge = { RIGHT_FIRST, "v=@V", TRUE };
static const ScriptStep script_final_challenge[]
    = { RUN (attack_to_features), CALL (play, (gpointer) &final_challenge), EXPECT ("<response"),
        SEND (SAY_SUCCESS), RUN (script_bind), SEND (ATTACK_MARK), SERVE, END };
static const ScriptStep script_challenge_after[]
    = { RUN (attack_to_features), CALL (play, (gpointer) &final_challenge), EXPECT ("<response"),
        SEND ("<challenge " ATTACK_SASL ">dj1BQUFB</challenge>"), READ_END, END };
static const ScriptStep script_more_after[]
    = { RUN (attack_to_features), CALL (play, (gpointer) &final_challenge), EXPECT ("<response"),
        SEND ("<success " ATTACK_SASL ">dj1BQUFB</success>"), READ_END, END };
static const ScriptStep script_honest[]
    = { RUN (attack_session), SEND (ATTACK_MARK), SERVE, END };
static const ScriptStep script_not_bound[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header),
        SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };

/* ---- Downgrades ---- */

static const ScriptStep script_only_plain[]
    = { RUN (attack_to_features), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };
static const ScriptStep script_plain_in_plain_text[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };
static const ScriptStep script_old_mechanisms[]
    = { RUN (attack_to_features),
        SEND (SAY_FEATURES (FEATURE_SASL (MECHANISM ("CRAM-MD5") MECHANISM ("DIGEST-MD5") MECHANISM ("LOGIN")
                                          MECHANISM ("X-TOKEN") "<mechanism/>" MECHANISM ("plain")))),
        READ_END, END };
static const ScriptStep script_no_mechanisms[]
    = { RUN (attack_to_features), SEND (SAY_FEATURES_NONE), READ_END, END };
static const ScriptStep script_plain_to_anybody[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), SEND (SAY_PROCEED),
        START_TLS, RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), READ_END, END };

/* An account is to be made: its password would leave as it is. */
#define FIELDS                                                                                     \
  EXPECT ("<query xmlns=\"jabber:iq:register\"/></iq>"),                                           \
      SEND ("<iq type='result' id='@ID@'><query xmlns='jabber:iq:register'><username/><password/>" \
            "</query></iq>")
static const ScriptStep script_register_in_plain_text[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), FIELDS, READ_END, END };
static const ScriptStep script_register_with_anybody[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), SEND (SAY_PROCEED),
        START_TLS, RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), FIELDS, READ_END, END };

/* SCRAM has worked for this account before. */
static void
prepare_proved (AttackRun *run)
{
  g_object_set (run->test->client, "allow-plain", FALSE, NULL);
}

static gboolean
accept_cb (HsClient *client, GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer data)
{
  return TRUE;
}

/* The program takes any certificate; the authority is not one of the system's, which are read before
 * the memory is measured. */
static void
prepare_careless (AttackRun *run)
{
  g_object_unref (g_tls_backend_get_default_database (g_tls_backend_get_default ()));
  g_object_set (run->test->client, "tls-database", NULL, NULL);
  g_signal_connect (run->test->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
}

static void
prepare_registration (AttackRun *run)
{
  g_autoptr (HsRegistration) registration = hs_registration_new ();

  hs_client_set_registration (run->test->client, HS_MODULE (registration));
}

static void
prepare_careless_registration (AttackRun *run)
{
  prepare_careless (run);
  prepare_registration (run);
}

static void
check_not_registered (AttackRun *run)
{
  g_assert_true (scripted_server_has_received (run->test->server, "jabber:iq:register"));
  g_assert_false (scripted_server_has_received (run->test->server, ATTACK_PASSWORD));
}

/* The first connection works with SCRAM; after it breaks, the attacker sits there. */
static void
prepare_once_more (AttackRun *run)
{
  /* What is to be loaded for it is not the attack's doing. */
  g_network_monitor_get_default ();
  g_object_set (run->test->client, "auto-reconnect", TRUE, NULL);
}

static gboolean
count_connection (ScriptedPeer *peer, gpointer data)
{
  return scripted_server_get_n_connections (attack_run->test->server) == 1;
}

static gboolean
first_or_attack (ScriptedPeer *peer, gpointer data)
{
  if (count_connection (peer, NULL))
    return TRUE;
  return scripted_peer_send (peer, SAY_FEATURES_SASL ("PLAIN"), -1) &&
         scripted_peer_expect (peer, "</auth>") && FALSE;
}

static const ScriptStep script_downgraded_later[]
    = { RUN (attack_to_features), CALL (first_or_attack, NULL), RUN (attack_scram),
        RUN (script_bind), CLOSE, END };

static void
check_no_plain (AttackRun *run)
{
  g_assert_false (scripted_server_has_received (run->test->server, "mechanism='PLAIN'"));
}

#define SCRAM(title, id, reason) \
  { title, script_##id, HS_TLS_MODE_STARTTLS, NOT_VERIFIED, reason, .check = check_no_plain }
#define NONE(title, id, prepare_it, mode_)                                                         \
  {                                                                                                \
    title, script_##id, mode_, hs_error_quark, HS_ERROR_NO_MECHANISM, .prepare = prepare_it,       \
        .flags = ATTACK_NO_SIGN_IN                                                                 \
  }

static const Attack attacks[] = {
  { "scram/honest server", script_honest, HS_TLS_MODE_STARTTLS },
  { "scram/signature as challenge", script_final_challenge, HS_TLS_MODE_STARTTLS },
  SCRAM ("scram/foreign nonce", foreign_nonce, "nonce"),
  SCRAM ("scram/short nonce", short_nonce, "nonce"),
  SCRAM ("scram/empty nonce", empty_nonce, NULL),
  SCRAM ("scram/1 iteration", iterations_1, "iterations"),
  SCRAM ("scram/0 iterations", iterations_0, "iteration"),
  SCRAM ("scram/4095 iterations", iterations_4095, "iterations"),
  SCRAM ("scram/2^31 iterations", iterations_2_31, "iterations"),
  SCRAM ("scram/2^32+4096 iterations", iterations_2_32, "iterations"),
  SCRAM ("scram/iterations with text", iterations_text, NULL),
  SCRAM ("scram/salt of 0 bytes", no_salt, NULL),
  SCRAM ("scram/salt of 100,000 bytes", long_salt, NULL),
  SCRAM ("scram/salt not base64", bad_salt, "salt"),
  SCRAM ("scram/extension m=", extension, "extension"),
  SCRAM ("scram/own message reflected", reflected, NULL),
  SCRAM ("scram/no v=", no_signature, NULL),
  SCRAM ("scram/wrong v=", wrong_signature, "signature"),
  SCRAM ("scram/short v=", short_signature, "signature"),
  SCRAM ("scram/signature without v=", no_attribute, NULL),
  SCRAM ("scram/something before v=", other_attribute, NULL),
  SCRAM ("scram/wrong v= as challenge", wrong_challenge, "signature"),
  SCRAM ("scram/first message replayed", replayed, NULL),
  SCRAM ("scram/success before anything", early_success, "has not proved"),
  SCRAM ("scram/final before anything", early_final, NULL),
  SCRAM ("scram/challenge after the end", challenge_after, NULL),
  SCRAM ("scram/more after the signature", more_after, NULL),
  SCRAM ("scram/empty challenge", empty_challenge, NULL),
  SCRAM ("scram/challenge '='", equals_challenge, NULL),
  SCRAM ("scram/challenge not base64", not_base64, "base64"),
  { "scram/e= at first", script_server_error, HS_TLS_MODE_STARTTLS, hs_sasl_error_quark,
    HS_SASL_ERROR_NOT_AUTHORIZED },
  { "scram/e= at last", script_final_error, HS_TLS_MODE_STARTTLS, hs_sasl_error_quark,
    HS_SASL_ERROR_NOT_AUTHORIZED },
  { "sign-in/stanza in the middle", script_stanza, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_PROTOCOL },
  { "sign-in/weaker after a refusal", script_refused, HS_TLS_MODE_STARTTLS, hs_sasl_error_quark,
    HS_SASL_ERROR_NOT_AUTHORIZED, .check = check_no_plain },
  { "sign-in/asked for again", script_not_bound, HS_TLS_MODE_STARTTLS, hs_error_quark,
    HS_ERROR_PROTOCOL, .check = check_no_plain },
  NONE ("downgrade/PLAIN after SCRAM", only_plain, prepare_proved, HS_TLS_MODE_STARTTLS),
  NONE ("downgrade/PLAIN without TLS", plain_in_plain_text, NULL, HS_TLS_MODE_NONE),
  NONE ("downgrade/PLAIN, accepted stranger", plain_to_anybody, prepare_careless,
        HS_TLS_MODE_STARTTLS),
  { "downgrade/registration without TLS", script_register_in_plain_text, HS_TLS_MODE_NONE,
    hs_error_quark, HS_ERROR_TLS_REQUIRED, .prepare = prepare_registration, .check = check_not_registered },
  { "downgrade/registration, accepted stranger", script_register_with_anybody, HS_TLS_MODE_STARTTLS,
    hs_error_quark, HS_ERROR_TLS_REQUIRED, .prepare = prepare_careless_registration,
    .check = check_not_registered },
  NONE ("downgrade/mechanisms of old", old_mechanisms, NULL, HS_TLS_MODE_STARTTLS),
  NONE ("downgrade/no mechanisms", no_mechanisms, NULL, HS_TLS_MODE_STARTTLS),
  { "downgrade/PLAIN at reconnecting", script_downgraded_later, HS_TLS_MODE_STARTTLS,
    hs_error_quark, HS_ERROR_NO_MECHANISM, .prepare = prepare_once_more, .check = check_no_plain,
    .patience_msec = 20000,
    /* Three connections, and for each GnuTLS reads all of the system's authorities in another thread. */
    .kib = 16384 },
};

const AttackGroup attacks_scram = { "scram", attacks, G_N_ELEMENTS (attacks) };
