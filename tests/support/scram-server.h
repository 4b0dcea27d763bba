/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* What a server computes for SCRAM (RFC 5802, 2.2 and 3), with GLib and nothing of the library's own: two programs
 * that agree because both are wrong in the same way would prove nothing. */

#define SCRAM_HASH_MAX 64

static inline gsize
scram_hmac (GChecksumType hash, const void *key, gsize key_length, const void *data, gsize length, guint8 *out)
{
  GHmac *state = g_hmac_new (hash, key, key_length);
  guint8 digest[SCRAM_HASH_MAX];
  gsize size = sizeof digest;

  g_hmac_update (state, data, length);
  g_hmac_get_digest (state, digest, &size);
  g_hmac_unref (state);
  memcpy (out, digest, size);
  return size;
}

/* Returns: the length of the key in @out. */
static inline gsize
scram_salted_password (GChecksumType hash,
                       const char *password,
                       const guint8 *salt,
                       gsize salt_length,
                       guint iterations,
                       guint8 *out)
{
  g_autofree guint8 *first = g_malloc0 (salt_length + 4);
  guint8 u[SCRAM_HASH_MAX];
  gsize size;

  memcpy (first, salt, salt_length);
  first[salt_length + 3] = 1;
  size = scram_hmac (hash, password, strlen (password), first, salt_length + 4, u);
  memcpy (out, u, size);
  for (guint i = 1; i < iterations; i++)
    {
      scram_hmac (hash, password, strlen (password), u, size, u);
      for (gsize j = 0; j < size; j++)
        out[j] ^= u[j];
    }
  return size;
}

/* The server's signature in base64, as it stands behind "v=". @salt is in base64; the other arguments are what
 * client and server have said: the client's first message without its header, the server's first message, and the
 * client's last one without its proof. */
static inline char *
scram_sign (GChecksumType hash,
            const char *password,
            const char *salt,
            guint iterations,
            const char *client_first_bare,
            const char *server_first,
            const char *without_proof)
{
  g_autofree char *all = g_strdup_printf ("%s,%s,%s", client_first_bare, server_first, without_proof);
  gsize salt_length;
  g_autofree guint8 *octets = g_base64_decode (salt, &salt_length);
  guint8 salted[SCRAM_HASH_MAX];
  guint8 code[SCRAM_HASH_MAX];
  gsize size = scram_salted_password (hash, password, octets, salt_length, iterations, salted);

  scram_hmac (hash, salted, size, "Server Key", strlen ("Server Key"), code);
  scram_hmac (hash, code, size, all, strlen (all), code);
  return g_base64_encode (code, size);
}
