/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl/hs-sasl-mechanism.h"

#include "hs-error.h"
#include "sasl/hs-sasl-base64.h"
#include "sasl/hs-sasl-secret.h"

/* Which mechanism is chosen, the small mechanisms, and keys. SCRAM has test-sasl-scram.c. */

#define ALL                                                                                        \
  "PLAIN ANONYMOUS SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 "                                       \
  "SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-512-PLUS EXTERNAL DIGEST-MD5"
#define PLUS1 "SCRAM-SHA-1-PLUS SCRAM-SHA-512 SCRAM-SHA-1"

typedef enum
{
  USER = 1 << 0,
  WORD = 1 << 1, /* a password */
  CERT = 1 << 2,
  TLS = 1 << 3, /* and trusted */
  UNTRUSTED = 1 << 4,
  PROVED = 1 << 5,
  NO_TLS = 1 << 6, /* chosen by the program */
  BIND = 1 << 7,
  UNBOUND = 1 << 8, /* could, but the server cannot */
  NO_DATA = 1 << 9, /* bound, but to nothing */
} Situation;

#define USUAL (USER | WORD | TLS)

typedef struct
{
  const char *name;
  const char *offered;
  Situation situation;
  const char *allowed; /* NULL: no list */
  const char *chosen;  /* NULL: an error */
  int code;            /* of HS_ERROR */
  const char *message; /* has this */
} Policy;

static const Policy policies[] = {
  /* the order */
  { "usual", ALL, USUAL, NULL, "SCRAM-SHA-512", 0, NULL },
  { "256-before-1", "SCRAM-SHA-1 SCRAM-SHA-256 PLAIN", USUAL, NULL, "SCRAM-SHA-256", 0, NULL },
  { "1-before-plain", "PLAIN SCRAM-SHA-1", USUAL, NULL, "SCRAM-SHA-1", 0, NULL },
  { "plain-last", "PLAIN X-OTHER", USUAL, NULL, "PLAIN", 0, NULL },
  { "bound", ALL, USUAL | BIND, NULL, "SCRAM-SHA-512-PLUS", 0, NULL },
  { "bound-256", "SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS", USUAL | BIND, NULL, "SCRAM-SHA-256-PLUS", 0,
    NULL },
  { "any-plus-first", PLUS1, USUAL | BIND, NULL, "SCRAM-SHA-1-PLUS", 0, NULL },
  { "plus-without-binding", PLUS1, USUAL, NULL, "SCRAM-SHA-512", 0, NULL },
  { "plus-unbound", PLUS1, USUAL | UNBOUND, NULL, "SCRAM-SHA-512", 0, NULL },
  { "plus-without-data", PLUS1, USUAL | BIND | NO_DATA, NULL, "SCRAM-SHA-512", 0, NULL },
  { "only-plus", "SCRAM-SHA-1-PLUS", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "SCRAM-SHA-1-PLUS (no channel binding)" },
  /* EXTERNAL */
  { "certificate-first", ALL, USUAL | CERT | BIND, NULL, "EXTERNAL", 0, NULL },
  { "certificate-alone", ALL, USER | TLS | CERT, NULL, "EXTERNAL", 0, NULL },
  { "certificate-no-user", ALL, TLS | CERT, NULL, "EXTERNAL", 0, NULL },
  { "certificate-without-tls", "EXTERNAL SCRAM-SHA-1", USER | WORD | CERT, NULL, "SCRAM-SHA-1", 0,
    NULL },
  { "certificate-missing", "EXTERNAL", USUAL, NULL, NULL, HS_ERROR_NO_CREDENTIALS,
    "client certificate" },
  { "certificate-not-offered", "SCRAM-SHA-1", USUAL | CERT, NULL, "SCRAM-SHA-1", 0, NULL },
  { "certificate-not-allowed", ALL, USUAL | CERT, "SCRAM-SHA-1 PLAIN", "SCRAM-SHA-1", 0, NULL },
  /* ANONYMOUS */
  { "anonymous", ALL, TLS, NULL, "ANONYMOUS", 0, NULL },
  { "anonymous-with-user", "ANONYMOUS", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "ANONYMOUS (only without a user name)" },
  { "user-missing", "SCRAM-SHA-1 PLAIN", TLS | WORD, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "SCRAM-SHA-1 (needs a user name), PLAIN (needs a user name)" },
  /* PLAIN */
  { "plain-no-tls", "PLAIN", USER | WORD, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (never without TLS)" },
  { "plain-no-tls-chosen", "PLAIN", USER | WORD | NO_TLS, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (never without TLS)" },
  { "plain-no-tls-named", "PLAIN", USER | WORD, "PLAIN", NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (never without TLS)" },
  { "plain-no-tls-both", "PLAIN", USER | WORD | NO_TLS, "SCRAM-SHA-1 PLAIN", "PLAIN", 0, NULL },
  { "plain-no-tls-both-still-last", "PLAIN SCRAM-SHA-1", USER | WORD | NO_TLS, "PLAIN SCRAM-SHA-1",
    "SCRAM-SHA-1", 0, NULL },
  { "plain-untrusted", "PLAIN", USER | WORD | TLS | UNTRUSTED, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (never to a server whose certificate was not verified)" },
  { "plain-untrusted-all-else", "PLAIN", USER | WORD | TLS | UNTRUSTED | NO_TLS, "PLAIN", NULL,
    HS_ERROR_NO_MECHANISM, "PLAIN (never to a server whose certificate was not verified)" },
  { "scram-untrusted", ALL, USER | WORD | TLS | UNTRUSTED, NULL, "SCRAM-SHA-512", 0, NULL },
  { "plain-proved", "PLAIN", USUAL | PROVED, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (not after a stronger one has worked for this account)" },
  { "plain-proved-named", "PLAIN", USUAL | PROVED, "PLAIN", NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (not after" },
  { "plain-proved-no-tls", "PLAIN", USER | WORD | NO_TLS | PROVED, "PLAIN", NULL,
    HS_ERROR_NO_MECHANISM, "PLAIN (not after" },
  { "scram-proved", ALL, USUAL | PROVED, NULL, "SCRAM-SHA-512", 0, NULL },
  { "scram-no-tls", "PLAIN SCRAM-SHA-256", USER | WORD | NO_TLS, NULL, "SCRAM-SHA-256", 0, NULL },
  /* the program's list */
  { "list-filters", ALL, USUAL, "SCRAM-SHA-1", "SCRAM-SHA-1", 0, NULL },
  { "list-does-not-order", ALL, USUAL, "PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "SCRAM-SHA-256", 0,
    NULL },
  { "list-has-case", "SCRAM-SHA-1", USUAL, "scram-sha-1", NULL, HS_ERROR_NO_MECHANISM,
    "SCRAM-SHA-1 (not in the program's list)" },
  { "list-of-none", ALL, USUAL, "", NULL, HS_ERROR_NO_MECHANISM, "(not in the program's list)" },
  { "list-binds-nothing", ALL, USUAL, "SCRAM-SHA-1-PLUS", NULL, HS_ERROR_NO_MECHANISM,
    "SCRAM-SHA-1-PLUS (no channel binding)" },
  { "list-plain-over-tls", ALL, USUAL, "PLAIN", "PLAIN", 0, NULL },
  /* what is missing or strange */
  { "password-missing", "PLAIN SCRAM-SHA-1 X-OTHER", USER | TLS, NULL, NULL,
    HS_ERROR_NO_CREDENTIALS, "password is needed to sign in with SCRAM-SHA-1" },
  { "password-would-not-help", "PLAIN", USER, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "PLAIN (never without TLS)" },
  { "nothing-offered", "", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM, "offers no mechanism" },
  { "nothing-known", "DIGEST-MD5 GSSAPI", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "DIGEST-MD5 (not known here), GSSAPI (not known here)" },
  { "offer-has-case", "scram-sha-1", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "scram-sha-1 (not known here)" },
  { "not-printable", "X\x1b[2J\u00fc", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "X<U+001B>[2J\u00fc (not known here)" },
  { "long-name", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "ABCDEFGHIJKLMNOPQRST… (not known here)" },
  { "long-list", "A B C D E F G H I J K L M N O P Q R", USUAL, NULL, NULL, HS_ERROR_NO_MECHANISM,
    "P (not known here) and 2 more" },
};

static void
fill_credentials (HsSaslCredentials *credentials, Situation situation)
{
  static guint8 binding[] = { 1, 2, 3 };

  *credentials = (HsSaslCredentials){
    .username = situation & USER ? "juliet" : NULL,
    .password = situation & WORD ? "r0m30myr0m30" : NULL,
    .has_certificate = (situation & CERT) != 0,
    .encrypted = (situation & TLS) != 0,
    .trusted = (situation & TLS) && !(situation & UNTRUSTED),
    .password_proved = (situation & PROVED) != 0,
    .tls_mode_none = (situation & NO_TLS) != 0,
    .min_iterations = 4096,
    .binding = situation & BIND      ? HS_SASL_BINDING_USED
               : situation & UNBOUND ? HS_SASL_BINDING_UNAVAILABLE
                                     : HS_SASL_BINDING_NONE,
  };
  if ((situation & BIND) && !(situation & NO_DATA))
    {
      credentials->binding_type = "tls-exporter";
      credentials->binding_data = g_bytes_new_static (binding, sizeof binding);
    }
}

static HsSaslMechanism *
choose (const char *offered, Situation situation, const char *allowed, GError **error)
{
  g_auto (GStrv) names = g_strsplit (offered, " ", -1);
  g_auto (GStrv) list = allowed != NULL ? g_strsplit (allowed, " ", -1) : NULL;
  HsSaslCredentials credentials;
  HsSaslMechanism *mechanism;

  fill_credentials (&credentials, situation);
  credentials.allowed = (const char *const *) list;
  mechanism = hs_sasl_mechanism_select ((const char *const *) names, &credentials, error);
  g_clear_pointer (&credentials.binding_data, g_bytes_unref);
  return mechanism;
}

static void
test_policy (gconstpointer data)
{
  const Policy *p = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsSaslMechanism) mechanism = choose (p->offered, p->situation, p->allowed, &error);

  if (p->chosen != NULL)
    {
      g_assert_no_error (error);
      g_assert_nonnull (mechanism);
      g_assert_cmpstr (hs_sasl_mechanism_get_name (mechanism), ==, p->chosen);
      g_assert_cmpint (hs_sasl_mechanism_proves_password (mechanism), ==,
                       g_str_has_prefix (p->chosen, "SCRAM-")
                           || g_str_equal (p->chosen, "EXTERNAL"));
      return;
    }
  g_assert_null (mechanism);
  g_assert_error (error, HS_ERROR, p->code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, p->message));
  g_assert_null (strstr (error->message, "r0m30"));
}

static void
test_no_list_offered (void)
{
  HsSaslCredentials credentials;
  g_autoptr (GError) error = NULL;

  fill_credentials (&credentials, USUAL);
  g_assert_null (hs_sasl_mechanism_select (NULL, &credentials, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NO_MECHANISM);
}

/* A password or a name that SASLprep refuses ends the attempt before anything is sent, and the
 * message tells which of the two and not what is in it. */
static void
test_unprepared (void)
{
  const char *const offered[][2] = { { "PLAIN" }, { "SCRAM-SHA-1" } };
  const char *const bad[] = { "secret\a", "\u00ad", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (offered) * G_N_ELEMENTS (bad) * 2; i++)
    {
      gboolean bad_name = i % 2 == 0;
      HsSaslCredentials credentials;
      g_autoptr (GError) error = NULL;

      fill_credentials (&credentials, USUAL);
      *(bad_name ? &credentials.username : &credentials.password) = bad[i / 2 % 3];
      g_assert_null (hs_sasl_mechanism_select (offered[i / 6], &credentials, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS);
      g_assert_true (
          g_str_has_prefix (error->message, bad_name ? "The user name" : "The password"));
      g_assert_null (strstr (error->message, "secret"));
    }
}

static void
assert_bytes (GBytes *bytes, const char *expected, gsize length)
{
  gsize size;
  const void *data;

  g_assert_nonnull (bytes);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpmem (data, size, expected, length);
}

static void
check_first (const char *name,
             const char *authzid,
             const char *user,
             const char *password,
             const char *expected,
             gsize length)
{
  const char *const offered[] = { name, NULL };
  HsSaslCredentials credentials;
  g_autoptr (HsSaslMechanism) mechanism = NULL;
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GError) error = NULL;

  fill_credentials (&credentials, TLS | CERT);
  credentials.authzid = authzid;
  credentials.username = user;
  credentials.password = password;
  mechanism = hs_sasl_mechanism_select (offered, &credentials, &error);
  g_assert_no_error (error);
  g_assert_cmpint (hs_sasl_mechanism_start (mechanism, &response, &error), ==,
                   HS_SASL_STEP_RESPOND);
  g_assert_no_error (error);
  assert_bytes (response, expected, length);
  g_assert_null (hs_sasl_mechanism_get_key_request (mechanism));
  g_assert_true (hs_sasl_mechanism_success (mechanism, NULL, 0, &error));
  g_assert_no_error (error);
}

#define CHECK_FIRST(name, authzid, user, password, expected)                                       \
  check_first (name, authzid, user, password, expected, sizeof expected - 1)

static void
test_plain (void)
{
  /* RFC 4616, 4, both examples */
  CHECK_FIRST ("PLAIN", NULL, "tim", "tanstaaftanstaaf", "\0tim\0tanstaaftanstaaf");
  CHECK_FIRST ("PLAIN", "Ursel", "Kurt", "xipj3plmq", "Ursel\0Kurt\0xipj3plmq");
  /* prepared: RFC 4616, 2 */
  CHECK_FIRST ("PLAIN", NULL, "I\u00adX", "\u2168\u00a0", "\0IX\0IX ");
}

static void
test_external (void)
{
  CHECK_FIRST ("EXTERNAL", NULL, "juliet", NULL, "");
  CHECK_FIRST ("EXTERNAL", "juliet@example.org", "juliet", NULL, "juliet@example.org");
}

static void
test_anonymous (void)
{
  CHECK_FIRST ("ANONYMOUS", NULL, NULL, NULL, "");
}

/* The small mechanisms are one message long; nothing after it, and nothing before. */
static void
test_order (void)
{
  const struct
  {
    const char *name;
    Situation situation;
  } small[] = { { "PLAIN", USUAL }, { "EXTERNAL", USUAL | CERT }, { "ANONYMOUS", TLS } };

  for (gsize i = 0; i < G_N_ELEMENTS (small); i++)
    {
      g_autoptr (HsSaslMechanism) mechanism
          = choose (small[i].name, small[i].situation, NULL, NULL);
      g_autoptr (GBytes) first = NULL;
      g_autoptr (GError) error = NULL;
      GBytes *response;

      g_assert_false (hs_sasl_mechanism_success (mechanism, NULL, 0, &error));
      g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
      g_clear_error (&error);
      g_assert_cmpint (hs_sasl_mechanism_start (mechanism, &first, NULL), ==, HS_SASL_STEP_RESPOND);
      response = first;
      g_assert_cmpint (
          hs_sasl_mechanism_challenge (mechanism, (const guint8 *) "x", 1, &response, &error), ==,
          HS_SASL_STEP_FAILED);
      g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
      g_assert_null (response);
      g_clear_error (&error);
      g_assert_false (hs_sasl_mechanism_success (mechanism, NULL, 0, &error));
      g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED);
    }
}

typedef struct
{
  GChecksumType hash;
  const char *password;
  const char *salt;
  gsize salt_length;
  guint iterations;
  const char *key;
} KeyCase;

#define SALT(text) text, sizeof text - 1
#define LONG_SALT SALT ("saltSALTsaltSALTsaltSALTsaltSALTsalt")
#define K32 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

/* The first four are RFC 6070, 2. Left out of it: the one of 16,777,216 iterations, which takes six
 * seconds and is more than SCRAM here allows; the one whose password has a NUL, which no prepared
 * password has (the salt is tried with one instead). Of the one of 25 octets, the first block. The
 * two "passwd" and "Password" are the first blocks of RFC 7914, 11. The others are from Python:
 * hashlib.pbkdf2_hmac (hash, password, salt, iterations).hex (), which also gives the RFCs'. */
static const KeyCase key_cases[] = {
  { G_CHECKSUM_SHA1, "password", SALT ("salt"), 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6" },
  { G_CHECKSUM_SHA1, "password", SALT ("salt"), 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957" },
  { G_CHECKSUM_SHA1, "password", SALT ("salt"), 4096, "4b007901b765489abead49d926f721d065a429c1" },
  { G_CHECKSUM_SHA1, "passwordPASSWORDpassword", LONG_SALT, 4096,
    "3d2eec4fe41c849b80c8d83662c0e44a8b291a96" },
  { G_CHECKSUM_SHA1, "password", SALT ("sa\0lt"), 4096,
    "22c159d1a94adf95533ef8f65e40091a0c9118fa" },
  { G_CHECKSUM_SHA256, "passwd", SALT ("salt"), 1,
    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc" },
  { G_CHECKSUM_SHA256, "Password", SALT ("NaCl"), 80000,
    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56" },
  { G_CHECKSUM_SHA256, "password", SALT ("sa\0lt"), 4096,
    "383cdfb26c954eed461bbb627a575fecd7519bac31a81851ad27c3b462a666c1" },
  /* passwords of a block, of one octet more: RFC 2104 hashes the second */
  { G_CHECKSUM_SHA256, K32 K32, SALT ("salt"), 3,
    "59e38449e5b5499366e8ef715d2cb11880bafafa02ff5699caa77948092dc60c" },
  { G_CHECKSUM_SHA256, K32 K32 "k", SALT ("salt"), 3,
    "37681f3749277f6b4ddde0ffeb99b3fcf332f61ba1ee3612ed0fd921583c6cfe" },
  { G_CHECKSUM_SHA512, K32 K32 K32 K32, SALT ("salt"), 3,
    "abdcbe5c83ebca2ad4616dffff43e3080f93d57eabbce87c047e16926bf4b16a"
    "dc76f2170994ecb59e3608a739cad20653929c499607687651a271c8d62aea03" },
  { G_CHECKSUM_SHA512, K32 K32 K32 K32 "k", SALT ("salt"), 3,
    "e1ef2201eada65739fddeefdbaee39063df583be213382491bbed430b9b1de56"
    "9c6306f8bff8b2e5219e3b4f020945541a6d77e883b569bf98be01db2eaad79d" },
  { G_CHECKSUM_SHA512, "password", SALT ("salt"), 1,
    "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
    "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce" },
  { G_CHECKSUM_SHA512, "password", SALT ("salt"), 4096,
    "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
    "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5" },
  { G_CHECKSUM_SHA512, "passwordPASSWORDpassword", LONG_SALT, 4096,
    "8c0511f4c6e597c6ac6315d8f0362e225f3c501495ba23b868c005174dc4ee71"
    "115b59f9e60cd9532fa33e0f75aefe30225c583a186cd82bd4daea9724a3d3b8" },
};

static char *
to_hex (GBytes *bytes)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < g_bytes_get_size (bytes); i++)
    g_string_append_printf (hex, "%02x", ((const guint8 *) g_bytes_get_data (bytes, NULL))[i]);
  return g_string_free (hex, FALSE);
}

static void
test_keys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key_cases); i++)
    {
      const KeyCase *c = &key_cases[i];
      g_autoptr (HsSaslKeyRequest) request = hs_sasl_key_request_new (
          c->hash, c->password, (const guint8 *) c->salt, c->salt_length, c->iterations);
      g_autoptr (GBytes) key = hs_sasl_key_request_derive (request, NULL);
      g_autofree char *hex = to_hex (key);

      g_assert_cmpstr (hex, ==, c->key);
    }
}

static gpointer
derive_thread (gpointer data)
{
  g_autoptr (HsSaslKeyRequest) request = data;

  return hs_sasl_key_request_derive (request, NULL);
}

/* A request may be derived in several threads at once and outlive whoever made it. */
static void
test_key_threads (void)
{
  GThread *threads[4];
  HsSaslKeyRequest *request
      = hs_sasl_key_request_new (G_CHECKSUM_SHA1, "password", (const guint8 *) "salt", 4, 4096);

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("derive", derive_thread, hs_sasl_key_request_ref (request));
  hs_sasl_key_request_unref (request);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (GBytes) key = g_thread_join (threads[i]);
      g_autofree char *hex = to_hex (key);

      g_assert_cmpstr (hex, ==, "4b007901b765489abead49d926f721d065a429c1");
    }
}

static gpointer
cancel_thread (gpointer data)
{
  g_usleep (20 * 1000);
  g_cancellable_cancel (data);
  return NULL;
}

/* A hundred million iterations would take a minute; a cancelled derivation ends and has no key. */
static void
test_key_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (HsSaslKeyRequest) request
      = hs_sasl_key_request_new (G_CHECKSUM_SHA512, "password", NULL, 0, 100 * 1000 * 1000);
  g_autoptr (HsSaslKeyRequest) short_request
      = hs_sasl_key_request_new (G_CHECKSUM_SHA512, "password", NULL, 0, 1);
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  gint64 start = g_get_monotonic_time ();

  g_assert_null (hs_sasl_key_request_derive (request, cancellable));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  g_thread_join (thread);
  g_assert_null (hs_sasl_key_request_derive (short_request, cancellable));
}

static void
test_base64 (void)
{
  const char *const bad[] = { "=",
                              "A",
                              "AA",
                              "AAA",
                              "AAA==",
                              "A===",
                              "====",
                              "AA=A",
                              "AA==AAAA",
                              "AAAA=",
                              " AAAA",
                              "AAAA\n",
                              "AA A",
                              "AA-_",
                              "AB==",
                              "AE==",
                              "AI==",
                              "AAB=",
                              "AAAA====",
                              ("\xc3\xbc"
                               "AA") };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      gsize length = 7;

      g_assert_null (hs_sasl_base64_decode (bad[i], &length));
      g_assert_cmpuint (length, ==, 0);
    }
  for (gsize n = 0; n < 70; n++)
    {
      guint8 octets[70];
      g_autofree char *text = NULL;
      g_autofree guint8 *decoded = NULL;
      gsize length;

      for (gsize i = 0; i < n; i++)
        octets[i] = (guint8) g_test_rand_int ();
      text = g_base64_encode (octets, n);
      decoded = hs_sasl_base64_decode (text, &length);
      g_assert_nonnull (decoded);
      g_assert_cmpmem (decoded, length, octets, n);
    }
}

static void
test_secrets (void)
{
  guint8 a[3] = { 1, 2, 3 };
  g_autoptr (GBytes) empty = hs_sasl_secret_bytes_new (NULL, 0);
  g_autoptr (GBytes) bytes = hs_sasl_secret_bytes_new (a, sizeof a);

  g_assert_cmpuint (g_bytes_get_size (empty), ==, 0);
  assert_bytes (bytes, "\1\2\3", 3);
  hs_sasl_secret_free (NULL);
  for (gsize i = 0; i < 24; i++)
    {
      guint8 b[3] = { 1, 2, 3 };

      g_assert_true (hs_sasl_secret_equal (a, b, sizeof a));
      b[i / 8] ^= (guint8) (1 << i % 8);
      g_assert_false (hs_sasl_secret_equal (a, b, sizeof a));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sasl/policy/%s", policies[i].name);

      g_test_add_data_func (path, &policies[i], test_policy);
    }
  g_test_add_func ("/sasl/policy/no-list-offered", test_no_list_offered);
  g_test_add_func ("/sasl/unprepared", test_unprepared);
  g_test_add_func ("/sasl/plain", test_plain);
  g_test_add_func ("/sasl/external", test_external);
  g_test_add_func ("/sasl/anonymous", test_anonymous);
  g_test_add_func ("/sasl/order", test_order);
  g_test_add_func ("/sasl/key/vectors", test_keys);
  g_test_add_func ("/sasl/key/threads", test_key_threads);
  g_test_add_func ("/sasl/key/cancelled", test_key_cancelled);
  g_test_add_func ("/sasl/base64", test_base64);
  g_test_add_func ("/sasl/secrets", test_secrets);
  return g_test_run ();
}
