/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <malloc.h>
#include <string.h>

#include "sasl/hs-sasl-hmac.h"
#include "sasl/hs-sasl-mechanism.h"
#include "sasl/hs-sasl-secret.h"

/* No memory that is given back holds a secret: every free() of the program, and of the libraries that it uses,
 * goes through the one below. */

#define PASSWORD "correct horse battery staple 4711"

void __libc_free (void *memory);

static struct
{
  guint8 bytes[HS_SASL_HASH_MAX];
  gsize length;
} secrets[4];
static guint n_secrets;
static int n_found;

void
free (void *memory)
{
  for (guint i = 0; memory != NULL && i < n_secrets; i++)
    {
      if (memmem (memory, malloc_usable_size (memory), secrets[i].bytes, secrets[i].length) != NULL)
        g_atomic_int_inc (&n_found);
    }
  __libc_free (memory);
}

static void
add_secret (const void *bytes, gsize length, guint8 with)
{
  for (gsize i = 0; i < length; i++)
    secrets[n_secrets].bytes[i] = ((const guint8 *) bytes)[i] ^ with;
  secrets[n_secrets++].length = length;
}

static GBytes *
derive (GChecksumType hash)
{
  g_autoptr (HsSaslKeyRequest) request
      = hs_sasl_key_request_new (hash, PASSWORD, (const guint8 *) "salt", 4, 4096);

  return hs_sasl_key_request_derive (request, NULL);
}

/* The password, the pads that HMAC makes of it, and the key. */
static void
test_key (gconstpointer data)
{
  GChecksumType hash = GPOINTER_TO_INT (data);
  GBytes *key = derive (hash);
  guint8 copy[HS_SASL_HASH_MAX];
  gsize length;

  length = g_bytes_get_size (key);
  memcpy (copy, g_bytes_get_data (key, NULL), length);
  n_found = 0;
  add_secret (PASSWORD, strlen (PASSWORD), 0);
  add_secret (PASSWORD, strlen (PASSWORD), 0x36);
  add_secret (PASSWORD, strlen (PASSWORD), 0x5c);
  add_secret (copy, length, 0);
  g_bytes_unref (derive (hash));
  g_bytes_unref (key);
  n_secrets = 0;
  g_assert_cmpint (n_found, ==, 0);
}

/* What the test looks for would be found. */
static void
test_found (void)
{
  n_found = 0;
  add_secret (PASSWORD, strlen (PASSWORD), 0);
  hs_sasl_secret_free (g_strdup (PASSWORD));
  g_assert_cmpint (n_found, ==, 0);
  g_free (g_strdup (PASSWORD));
  g_assert_cmpint (n_found, ==, 1);
  n_secrets = 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl-wiped/found", test_found);
  g_test_add_data_func ("/sasl-wiped/sha1", GINT_TO_POINTER (G_CHECKSUM_SHA1), test_key);
  g_test_add_data_func ("/sasl-wiped/sha256", GINT_TO_POINTER (G_CHECKSUM_SHA256), test_key);
  g_test_add_data_func ("/sasl-wiped/sha512", GINT_TO_POINTER (G_CHECKSUM_SHA512), test_key);
  return g_test_run ();
}
