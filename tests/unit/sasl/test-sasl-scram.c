/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl-exchange.h"

/* SCRAM: the RFCs' exchanges, exchanges that Python computed, and what the client may choose. A
 * server that breaks the rules is in test-sasl-scram-attacks.c. */

/* The first two are RFC 5802, 5 and RFC 7677, 3. The others come from a few lines of Python:
 * hashlib's pbkdf2_hmac() and new(), hmac.new(), and the formulas of RFC 5802, 3 written out; for
 * its SASLprep, the soft hyphen removed by hand. The same lines give the two RFCs' figures. */
static const Exchange exchanges[] = {
  { "rfc-5802", "SCRAM-SHA-1", HS_SASL_BINDING_NONE, NULL, "user", "pencil",
    "fyko+d2lbbFgONRv9qkxdawL", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=" },
  { "rfc-7677", "SCRAM-SHA-256", HS_SASL_BINDING_NONE, NULL, "user", "pencil",
    "rOprNGfwEbeRWgbNEkqO", "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=" },
  { "sha-512", "SCRAM-SHA-512", HS_SASL_BINDING_NONE, NULL, "julia,o=capulet", "I\u00adX pa\u00df",
    NONCE, "n,,n=julia=2Co=3Dcapulet,r=" NONCE, "r=" BOTH ",s=" SALT ",i=10000",
    "c=biws,r=" BOTH ",p=J6i0pFHxy+KahEh6Cev5XChg3GVn169wtR1EHdYAz2Er8tcXQo7GK4892PXw2E59Z7JY73qb8"
    "0o8Wg1oi7+86g==",
    "v=thU768WomVf4+2GnKZ95u9QshFJXA21qnA27Q7bQvlS64C4TYo33VPJpQkH7wa9oZ6i/gF5VquRmW18VfL90sg==" },
  /* bound to 32 octets, 200 to 231, with another identity */
  { "sha-256-plus", "SCRAM-SHA-256-PLUS", HS_SASL_BINDING_USED, "boss@example.org", "user",
    "pencil", NONCE, "p=tls-exporter,a=boss@example.org,n=user,r=" NONCE,
    "r=" BOTH ",s=" SALT ",i=4096",
    "c=cD10bHMtZXhwb3J0ZXIsYT1ib3NzQGV4YW1wbGUub3JnLMjJysvMzc7P0NHS09TV1tfY2drb3N3e3+Dh4uPk5ebn,"
    "r=" BOTH ",p=tbOhs6rhfDNEK9rvrdF32jTjVbx3gJw0GENftXrmfpw=",
    "v=Nu3GFXNF6Ybel5THpe4Nol7cvYkTB1POlBmKV6PQ+cI=" },
  USUAL_EXCHANGE,
};

static void
test_exchange (gconstpointer data)
{
  const Exchange *x = data;
  g_autoptr (HsSaslMechanism) in_success = make_proved (x);
  g_autoptr (HsSaslMechanism) in_challenge = make_proved (x);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;
  g_autofree char *answer = NULL;

  g_assert_true (hs_sasl_mechanism_proves_password (in_success));
  g_assert_true (success (in_success, x->server_final, &error));
  g_assert_no_error (error);

  g_assert_cmpint (challenge (in_challenge, x->server_final, &response, &error), ==,
                   HS_SASL_STEP_RESPOND);
  g_assert_no_error (error);
  answer = take_text (response);
  g_assert_cmpstr (answer, ==, "");
  g_assert_true (success (in_challenge, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
takes_salt (gsize length)
{
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autofree guint8 *salt = g_malloc0 (length);
  g_autofree char *encoded = g_base64_encode (salt, length);
  g_autofree char *text = g_strdup_printf ("r=%s,s=%s,i=4096", BOTH, encoded);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  if (challenge (mechanism, text, &response, &error) == HS_SASL_STEP_DERIVE)
    return TRUE;
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "octets, of at most 1024");
  return FALSE;
}

static void
test_salt_length (void)
{
  g_assert_true (takes_salt (1));
  g_assert_true (takes_salt (1024));
  g_assert_false (takes_salt (1025));
}

static gboolean
takes_iterations (guint iterations, guint min_iterations)
{
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, min_iterations);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autofree char *text = g_strdup_printf ("r=%s,s=%s,i=%u", BOTH, SALT, iterations);
  GBytes *response = NULL;

  return challenge (mechanism, text, &response, NULL) == HS_SASL_STEP_DERIVE;
}

/* The program may move the floor, not the ceiling; one that says nothing gets the usual floor. */
static void
test_iterations (void)
{
  g_assert_true (takes_iterations (4096, 4096));
  g_assert_true (takes_iterations (1000000, 4096));
  g_assert_false (takes_iterations (4095, 0));
  g_assert_true (takes_iterations (4096, 0));
  g_assert_true (takes_iterations (1000, 1000));
  g_assert_false (takes_iterations (999, 1000));
  g_assert_false (takes_iterations (4096, 10000));
  g_assert_false (takes_iterations (2000000, 2000000));
}

/* What comes after i= is not understood and does not matter, but is signed. */
static void
test_extensions (void)
{
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autofree char *final = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_cmpint (
      challenge (mechanism, "r=" BOTH ",s=" SALT ",i=4096,z=abc,x=a=b", &response, NULL), ==,
      HS_SASL_STEP_DERIVE);
  final = derive (mechanism);
  g_assert_cmpstr (final, !=, usual.client_final);
  g_assert_false (success (mechanism, usual.server_final, &error));
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "signature is wrong");
}

static void
test_final_extension (void)
{
  g_autoptr (HsSaslMechanism) mechanism = make_proved (&usual);
  g_autofree char *text = g_strconcat (usual.server_final, ",x=y", NULL);

  g_assert_true (success (mechanism, text, NULL));
}

/* 24 octets from the kernel, in base64, and never the same. */
static void
test_nonce (void)
{
  Exchange x = usual;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  x.nonce = NULL;
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (HsSaslMechanism) mechanism = make (&x, 4096);
      char *first = start (mechanism);

      g_assert_true (g_str_has_prefix (first, "y,,n=user,r="));
      g_assert_cmpuint (strlen (first), ==, strlen ("y,,n=user,r=") + 32);
      g_assert_true (g_hash_table_add (seen, first));
    }
}

/* RFC 5802, 6: "y" tells a server that nothing of binding was seen, so it must be true. */
static void
test_gs2_flag (void)
{
  const struct
  {
    HsSaslBinding binding;
    const char *other;
    const char *header;
  } cases[] = {
    { HS_SASL_BINDING_NONE, NULL, "n,," },
    { HS_SASL_BINDING_NONE, "SCRAM-SHA-1-PLUS", "n,," },
    { HS_SASL_BINDING_UNAVAILABLE, NULL, "y,," },
    { HS_SASL_BINDING_UNAVAILABLE, "SCRAM-SHA-1-PLUS", "n,," },
    { HS_SASL_BINDING_USED, NULL, "n,," },
    { HS_SASL_BINDING_USED, "SCRAM-SHA-1-PLUS", "n,," },
  };
  const char *const allowed[] = { "SCRAM-SHA-1", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const offered[] = { "SCRAM-SHA-1", cases[i].other, NULL };
      g_autoptr (GBytes) data = g_bytes_new_static ("x", 1);
      HsSaslCredentials credentials = { .username = "user",
                                        .password = "pencil",
                                        .encrypted = TRUE,
                                        .trusted = TRUE,
                                        .allowed = allowed,
                                        .binding = cases[i].binding,
                                        .binding_type = "tls-exporter",
                                        .binding_data = data };
      g_autoptr (HsSaslMechanism) mechanism
          = hs_sasl_mechanism_select (offered, &credentials, NULL);
      g_autofree char *first = start (mechanism);

      g_assert_true (g_str_has_prefix (first, cases[i].header));
    }
}

static void
test_authzid_escaped (void)
{
  Exchange x = usual;
  g_autoptr (HsSaslMechanism) mechanism = NULL;
  g_autofree char *first = NULL;

  x.authzid = "a=b,c";
  mechanism = make (&x, 4096);
  first = start (mechanism);
  g_assert_cmpstr (first, ==, "y,a=a=3Db=2Cc,n=user,r=" NONCE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (exchanges); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sasl-scram/exchange/%s", exchanges[i].name);

      g_test_add_data_func (path, &exchanges[i], test_exchange);
    }
  g_test_add_func ("/sasl-scram/salt-length", test_salt_length);
  g_test_add_func ("/sasl-scram/iterations", test_iterations);
  g_test_add_func ("/sasl-scram/extensions", test_extensions);
  g_test_add_func ("/sasl-scram/extension-in-final", test_final_extension);
  g_test_add_func ("/sasl-scram/nonce", test_nonce);
  g_test_add_func ("/sasl-scram/gs2-flag", test_gs2_flag);
  g_test_add_func ("/sasl-scram/authzid-escaped", test_authzid_escaped);
  return g_test_run ();
}
