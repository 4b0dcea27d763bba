/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl-exchange.h"

/* SCRAM: a server that breaks each rule. */

typedef struct
{
  const char *name;
  const char *text;
  const char *reason;
} Attack;

static const Attack first_attacks[] = {
  { "nonce-not-ours", "r=Xlient0123456789serverNONCE,s=" SALT ",i=4096", "not begin with ours" },
  { "nonce-ours-later", "r=x" BOTH ",s=" SALT ",i=4096", "not begin with ours" },
  { "nonce-cut", "r=clientNONCE012345678,s=" SALT ",i=4096", "not begin with ours" },
  { "nonce-case", "r=CLIENTNONCE0123456789server,s=" SALT ",i=4096", "not begin with ours" },
  { "nonce-alone", "r=" NONCE ",s=" SALT ",i=4096", "added nothing" },
  { "nonce-space", "r=" BOTH " x,s=" SALT ",i=4096", "not printable" },
  { "nonce-not-ascii", "r=" BOTH "\u00fc,s=" SALT ",i=4096", "not printable" },
  { "nonce-missing", "s=" SALT ",i=4096", "not begin with a nonce" },
  { "nonce-empty", "r=,s=" SALT ",i=4096", "form x=value" },
  { "salt-missing", "r=" BOTH ",i=4096", "not followed by a salt" },
  { "salt-cut", "r=" BOTH, "not followed by a salt" },
  { "salt-empty", "r=" BOTH ",s=,i=4096", "form x=value" },
  { "salt-padding-alone", "r=" BOTH ",s====,i=4096", "not valid base64" },
  { "salt-not-base64", "r=" BOTH ",s=AAEC*wQF,i=4096", "not valid base64" },
  { "salt-unpadded", "r=" BOTH ",s=AAECAwQFBgcICQoLDA0ODw,i=4096", "not valid base64" },
  { "salt-space", "r=" BOTH ",s=AAEC AwQ,i=4096", "not valid base64" },
  { "salt-padded-inside", "r=" BOTH ",s=AA==AAEC,i=4096", "not valid base64" },
  { "salt-not-canonical", "r=" BOTH ",s=AAECAwQFBgcICQoLDA0ODx==,i=4096", "not valid base64" },
  { "salt-for-the-web", "r=" BOTH ",s=AA-_,i=4096", "not valid base64" },
  { "iterations-missing", "r=" BOTH ",s=" SALT, "not followed by a number" },
  { "iterations-elsewhere", "r=" BOTH ",s=" SALT ",x=y,i=4096", "i= out of place" },
  { "iterations-few", "r=" BOTH ",s=" SALT ",i=4095", "4095 iterations, of at least 4096" },
  { "iterations-one", "r=" BOTH ",s=" SALT ",i=1", "1 iterations, of at least 4096" },
  { "iterations-many", "r=" BOTH ",s=" SALT ",i=1000001",
    "1000001 iterations, of at most 1000000" },
  { "iterations-32-bit", "r=" BOTH ",s=" SALT ",i=4294971392", "of at most 1000000" },
  { "iterations-64-bit", "r=" BOTH ",s=" SALT ",i=18446744073709555712", "of at most 1000000" },
  { "iterations-endless", "r=" BOTH ",s=" SALT ",i=99999999999999999999999999999999",
    "99999999999999999999… iterations" },
  { "iterations-none", "r=" BOTH ",s=" SALT ",i=0", "not a number" },
  { "iterations-negative", "r=" BOTH ",s=" SALT ",i=-4096", "not a number" },
  { "iterations-plus", "r=" BOTH ",s=" SALT ",i=+4096", "not a number" },
  { "iterations-space", "r=" BOTH ",s=" SALT ",i= 4096", "not a number" },
  { "iterations-hexadecimal", "r=" BOTH ",s=" SALT ",i=0x4096", "not a number" },
  { "iterations-zero-first", "r=" BOTH ",s=" SALT ",i=04096", "not a number" },
  { "iterations-and-more", "r=" BOTH ",s=" SALT ",i=4096x", "not a number" },
  { "iterations-arabic", "r=" BOTH ",s=" SALT ",i=\u0664\u0660\u0669\u0666", "not a number" },
  { "extension-mandatory", "m=x,r=" BOTH ",s=" SALT ",i=4096", "extension" },
  { "extension-mandatory-late", "r=" BOTH ",s=" SALT ",i=4096,m=x", "extension" },
  { "order-salt-first", "s=" SALT ",r=" BOTH ",i=4096", "not begin with a nonce" },
  { "order-iterations-second", "r=" BOTH ",i=4096,s=" SALT, "not followed by a salt" },
  { "twice-nonce", "r=" BOTH ",s=" SALT ",i=4096,r=" BOTH "x", "r= out of place or twice" },
  { "twice-salt", "r=" BOTH ",s=" SALT ",i=4096,s=AAAA", "s= out of place or twice" },
  { "twice-iterations", "r=" BOTH ",s=" SALT ",i=1000000,i=4096", "i= out of place or twice" },
  { "empty", "", "0 octets" },
  { "comma-alone", ",", "form x=value" },
  { "comma-last", "r=" BOTH ",s=" SALT ",i=4096,", "form x=value" },
  { "comma-twice", "r=" BOTH ",,s=" SALT ",i=4096", "form x=value" },
  { "no-equals", "r=" BOTH ",s=" SALT ",i4096", "form x=value" },
  { "long-name", "r=" BOTH ",salt=" SALT ",i=4096", "form x=value" },
  { "not-utf8", "r=" BOTH ",s=" SALT ",i=4096,x=\xff", "not UTF-8" },
  { "final-too-early", "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "not begin with a nonce" },
};

static void
check_first (const char *text, gsize length, int code, const char *reason)
{
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) later = NULL;
  GBytes *response = NULL;

  g_assert_cmpint (
      hs_sasl_mechanism_challenge (mechanism, (const guint8 *) text, length, &response, &error), ==,
      HS_SASL_STEP_FAILED);
  assert_refused (error, code, reason);
  g_assert_null (response);
  g_assert_null (hs_sasl_mechanism_get_key_request (mechanism));

  /* The right message, but too late. */
  g_assert_cmpint (challenge (mechanism, usual.server_first, &response, &later), ==,
                   HS_SASL_STEP_FAILED);
  assert_refused (later, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "no sign-in");
}

static void
test_first_attack (gconstpointer data)
{
  const Attack *attack = data;

  check_first (attack->text, strlen (attack->text), HS_SASL_ERROR_SERVER_NOT_VERIFIED,
               attack->reason);
}

static void
test_first_nul (void)
{
  const char text[] = "r=" BOTH ",s=" SALT ",i=4096\0,x=y";

  check_first (text, sizeof text - 1, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "not UTF-8");
}

static void
test_first_long (void)
{
  g_autofree char *more = g_strnfill (9000, 'x');
  g_autofree char *text = g_strconcat (usual.server_first, ",x=", more, NULL);

  check_first (text, strlen (text), HS_SASL_ERROR_SERVER_NOT_VERIFIED, "octets, of at most 8192");
}

static void
test_first_error (void)
{
  check_first ("e=unknown-user", 14, HS_SASL_ERROR_NOT_AUTHORIZED, "no such user (unknown-user)");
}

static const Attack final_attacks[] = {
  { "missing", NULL, "has not proved" },
  { "empty", "v=", "form x=value" },
  { "not-base64", "v=????", "not valid base64" },
  { "one-octet", "v=GQ==", "signature is wrong" },
  { "cut", "v=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVD",
    "signature is wrong" },
  { "longer",
    "v=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAwAA",
    "signature is wrong" },
  { "one-bit",
    "v=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAg==",
    "signature is wrong" },
  { "zeros",
    "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    "signature is wrong" },
  /* our own proof sent back */
  { "reflected",
    "v=1me3CgAwSV0NPi5uX0qUFBLATeguqX71xfhPBIY4WUfyK7yUKnV4k7CaGV7PN32Pl+DfxTHmZhIQJMVHnGTUoA==",
    "signature is wrong" },
  { "second",
    "x=y,"
    "v=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAw==",
    "not begin with a signature" },
  { "other-name",
    "w=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAw==",
    "not begin with a signature" },
  { "upper-case",
    "V=GSPrZ9HmaRnb2F+Z72zxFqroRXj5Mm1sJ/rat+UMWqMZbJNvH0cnobT2GxjYp8uNx8Pq2GnewMfc+KeRzoVDAw==",
    "not begin with a signature" },
  { "not-utf8", "v=\xff", "not UTF-8" },
  { "first-again", "r=" BOTH ",s=" SALT ",i=4096", "not begin with a signature" },
};

/* Each in the word of success and in a challenge; neither may end well, nor be made good later. */
static void
check_final (const char *text, int code, const char *reason)
{
  g_autoptr (HsSaslMechanism) in_success = make_proved (&usual);
  g_autoptr (HsSaslMechanism) in_challenge = make_proved (&usual);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_false (success (in_success, text, &error));
  assert_refused (error, code, reason);
  g_assert_false (success (in_success, usual.server_final, NULL));
  if (text == NULL)
    return;

  g_clear_error (&error);
  g_assert_cmpint (challenge (in_challenge, text, &response, &error), ==, HS_SASL_STEP_FAILED);
  assert_refused (error, code, reason);
  g_assert_null (response);
  g_assert_false (success (in_challenge, NULL, NULL));
  g_assert_false (success (in_challenge, usual.server_final, NULL));
}

static void
test_final_attack (gconstpointer data)
{
  const Attack *attack = data;

  check_final (attack->text, HS_SASL_ERROR_SERVER_NOT_VERIFIED, attack->reason);
}

static void
test_final_error (void)
{
  check_final ("e=invalid-proof", HS_SASL_ERROR_NOT_AUTHORIZED,
               "password is wrong (invalid-proof)");
  check_final ("e=channel-bindings-dont-match,x=y", HS_SASL_ERROR_NOT_AUTHORIZED, "in between");
  check_final ("e=server-does-support-channel-binding", HS_SASL_ERROR_NOT_AUTHORIZED, "its offer");
  check_final ("e=something-new", HS_SASL_ERROR_NOT_AUTHORIZED, "sign-in: something-new");
  check_final ("e=\x1b[2J\u202e", HS_SASL_ERROR_NOT_AUTHORIZED, "sign-in: <U+001B>[2J<U+202E>");
  check_final ("e=0123456789012345678901234567890123456789!", HS_SASL_ERROR_NOT_AUTHORIZED,
               "0123456789…");
}

static void
test_success_first (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
      g_autofree char *first G_GNUC_UNUSED = start (mechanism);
      g_autoptr (GError) error = NULL;

      g_assert_false (success (mechanism, i == 0 ? NULL : usual.server_final, &error));
      assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "has not proved");
    }
}

/* An unset signature is all zeros: a server that sends its signature too early must not match it. */
static void
test_success_while_deriving (void)
{
  g_autofree guint8 *zeros = g_malloc0 (64);
  g_autofree char *encoded = g_base64_encode (zeros, 64);
  g_autofree char *text = g_strconcat ("v=", encoded, NULL);
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) later = NULL;
  GBytes *response = NULL;

  g_assert_cmpint (challenge (mechanism, usual.server_first, &response, NULL), ==,
                   HS_SASL_STEP_DERIVE);
  key = hs_sasl_key_request_derive (hs_sasl_mechanism_get_key_request (mechanism), NULL);
  g_assert_false (success (mechanism, text, &error));
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "has not proved");
  g_assert_cmpint (hs_sasl_mechanism_derived (mechanism, key, &response, &later), ==,
                   HS_SASL_STEP_FAILED);
  assert_refused (later, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "while its key was derived");
  g_assert_null (response);
}

static void
test_challenge_while_deriving (void)
{
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  challenge (mechanism, usual.server_first, &response, NULL);
  g_assert_cmpint (challenge (mechanism, usual.server_first, &response, &error), ==,
                   HS_SASL_STEP_FAILED);
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "SCRAM has none");
}

/* After the signature, one empty word of success and nothing else. */
static void
test_after_the_signature (void)
{
  g_autoptr (HsSaslMechanism) again = make_proved (&usual);
  g_autoptr (HsSaslMechanism) more = make_proved (&usual);
  g_autoptr (HsSaslMechanism) twice = make_proved (&usual);
  g_autoptr (GError) error = NULL;
  GBytes *response = NULL;

  g_assert_cmpint (challenge (again, usual.server_final, &response, NULL), ==,
                   HS_SASL_STEP_RESPOND);
  g_clear_pointer (&response, g_bytes_unref);
  g_assert_cmpint (challenge (again, usual.server_final, &response, &error), ==,
                   HS_SASL_STEP_FAILED);
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "SCRAM has none");
  g_clear_error (&error);

  challenge (more, usual.server_final, &response, NULL);
  g_clear_pointer (&response, g_bytes_unref);
  g_assert_false (success (more, "x=y", &error));
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "more after its signature");
  g_clear_error (&error);

  g_assert_true (success (twice, usual.server_final, NULL));
  g_assert_false (success (twice, usual.server_final, &error));
  assert_refused (error, HS_SASL_ERROR_SERVER_NOT_VERIFIED, "no sign-in");
  g_clear_error (&error);
  g_assert_cmpint (challenge (twice, usual.server_first, &response, &error), ==,
                   HS_SASL_STEP_FAILED);
}

/* A message of the server's with a few things wrong: octets changed, removed, doubled, cut. */
static GByteArray *
spoil (const char *text)
{
  GByteArray *octets = g_byte_array_new ();
  gint changes = g_test_rand_int_range (0, 5);

  g_byte_array_append (octets, (const guint8 *) text, (guint) strlen (text));
  for (; changes > 0 && octets->len > 0; changes--)
    {
      guint at = (guint) g_test_rand_int_range (0, (gint) octets->len);
      guint8 octet = (guint8) g_test_rand_int ();

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
          octets->data[at] = octet;
          break;
        case 1:
          octets->data[at] = (guint8) ",=rsimve019A/"[octet % 13];
          break;
        case 2:
          g_byte_array_remove_index (octets, at);
          break;
        case 3:
          g_byte_array_append (octets, (const guint8 *) ",i=4096", 7);
          break;
        default:
          g_byte_array_set_size (octets, at);
        }
    }
  return octets;
}

/* Random calls in random order with spoiled messages. The true signature is among none of them, so
 * nothing may end in success; nor may anything crash or fail without saying why. */
static void
fuzz_once (void)
{
  const char *const texts[]
      = { usual.server_first, usual.server_first,
          usual.server_first, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
          "e=other-error",    "m=x,r=" BOTH };
  g_autoptr (HsSaslMechanism) mechanism = make (&usual, 4096);
  g_autofree char *first G_GNUC_UNUSED = start (mechanism);
  g_autoptr (GBytes) key = g_bytes_new_take (g_malloc0 (64), 64);
  gboolean deriving = FALSE;
  HsSaslStep step;

  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GByteArray) octets
          = spoil (texts[g_test_rand_int_range (0, G_N_ELEMENTS (texts))]);
      g_autoptr (GBytes) response = NULL;
      g_autoptr (GError) error = NULL;

      if (g_test_rand_int_range (0, 4) == 0)
        {
          g_assert_false (hs_sasl_mechanism_success (mechanism, octets->data, octets->len, &error));
          g_assert_nonnull (error);
          continue;
        }
      if (deriving && g_test_rand_bit ())
        step = hs_sasl_mechanism_derived (mechanism, key, &response, &error);
      else
        step
            = hs_sasl_mechanism_challenge (mechanism, octets->data, octets->len, &response, &error);
      g_assert_true ((step == HS_SASL_STEP_FAILED) == (error != NULL));
      g_assert_true ((step == HS_SASL_STEP_RESPOND) == (response != NULL));
      deriving = step == HS_SASL_STEP_DERIVE;
    }
}

static void
test_fuzz (void)
{
  guint rounds = g_test_quick () ? 20000 : 1000000;

  for (guint i = 0; i < rounds; i++)
    fuzz_once ();
}

static void
add_attacks (const char *folder, const Attack *attacks, gsize n_attacks, GTestDataFunc function)
{
  for (gsize i = 0; i < n_attacks; i++)
    {
      g_autofree char *path
          = g_strdup_printf ("/sasl-scram-attacks/%s/%s", folder, attacks[i].name);

      g_test_add_data_func (path, &attacks[i], function);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_attacks ("first", first_attacks, G_N_ELEMENTS (first_attacks), test_first_attack);
  add_attacks ("final", final_attacks, G_N_ELEMENTS (final_attacks), test_final_attack);
  g_test_add_func ("/sasl-scram-attacks/first/nul", test_first_nul);
  g_test_add_func ("/sasl-scram-attacks/first/long", test_first_long);
  g_test_add_func ("/sasl-scram-attacks/first/error", test_first_error);
  g_test_add_func ("/sasl-scram-attacks/final/error", test_final_error);
  g_test_add_func ("/sasl-scram-attacks/order/success-first", test_success_first);
  g_test_add_func ("/sasl-scram-attacks/order/success-while-deriving", test_success_while_deriving);
  g_test_add_func ("/sasl-scram-attacks/order/challenge-while-deriving",
                   test_challenge_while_deriving);
  g_test_add_func ("/sasl-scram-attacks/order/after-the-signature", test_after_the_signature);
  g_test_add_func ("/sasl-scram-attacks/fuzz", test_fuzz);
  return g_test_run ();
}
