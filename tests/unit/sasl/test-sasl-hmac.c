/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "sasl/hs-sasl-hmac.h"

/* HMAC and hashes, against those of GLib. Built twice: with what the library uses, and with the code that is used
 * where it is built without GnuTLS. */

static const GChecksumType hashes[] = { G_CHECKSUM_SHA1, G_CHECKSUM_SHA256, G_CHECKSUM_SHA512 };

static char *
to_hex (const guint8 *digest, GChecksumType hash)
{
  GString *hex = g_string_new (NULL);

  for (gssize i = 0; i < g_checksum_type_get_length (hash); i++)
    g_string_append_printf (hex, "%02x", digest[i]);
  return g_string_free (hex, FALSE);
}

static void
assert_code (HsSaslHmac *hmac, GChecksumType hash, GBytes *key, const guint8 *text, gsize length)
{
  guint8 digest[HS_SASL_HASH_MAX];
  g_autofree char *hex = NULL;
  g_autofree char *expected
      = g_compute_hmac_for_data (hash, g_bytes_get_data (key, NULL), g_bytes_get_size (key), text, length);

  hs_sasl_hmac_compute (hmac, text, length, digest);
  hex = to_hex (digest, hash);
  g_assert_cmpstr (hex, ==, expected);
}

/* Keys shorter than a block, as long, and longer (RFC 2104, 2), each over several texts. */
static void
test_codes (void)
{
  guint8 text[300];

  for (gsize i = 0; i < sizeof text; i++)
    text[i] = (guint8) (i * 7 + 3);
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      for (gsize length = 0; length <= 260; length += length < 60 ? 20 : 1)
        {
          g_autoptr (GBytes) key = g_bytes_new (text, length);
          g_autoptr (HsSaslHmac) hmac = hs_sasl_hmac_new (hashes[i], text, length);

          assert_code (hmac, hashes[i], key, text, 0);
          assert_code (hmac, hashes[i], key, text, sizeof text);
          assert_code (hmac, hashes[i], key, text, length);
        }
    }
}

static void
test_repeat (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      gsize length = (gsize) g_checksum_type_get_length (hashes[i]);
      g_autoptr (HsSaslHmac) hmac = hs_sasl_hmac_new (hashes[i], "key", 3);
      guint8 digest[HS_SASL_HASH_MAX] = { 1 };
      guint8 expected[HS_SASL_HASH_MAX];

      for (guint n = 0; n < 5; n++)
        {
          hs_sasl_hmac_compute (hmac, digest, length, expected);
          hs_sasl_hmac_repeat (hmac, digest);
          g_assert_cmpmem (digest, length, expected, length);
        }
    }
}

static void
test_hash (void)
{
  static const char text[] = "tls-exporter,tls-server-end-point";

  for (gsize i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      for (gsize length = 0; length < sizeof text; length++)
        {
          guint8 digest[HS_SASL_HASH_MAX];
          g_autofree char *expected
              = g_compute_checksum_for_data (hashes[i], (const guint8 *) text, length);
          g_autofree char *hex = NULL;

          hs_sasl_hash (hashes[i], text, length, digest);
          hex = to_hex (digest, hashes[i]);
          g_assert_cmpstr (hex, ==, expected);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl-hmac/codes", test_codes);
  g_test_add_func ("/sasl-hmac/repeat", test_repeat);
  g_test_add_func ("/sasl-hmac/hash", test_hash);
  return g_test_run ();
}
