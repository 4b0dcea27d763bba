/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism.h"

#include <string.h>

#include "hs-sasl-hmac.h"
#include "hs-sasl-secret.h"

/* How often a derivation looks whether it was cancelled: about every millisecond. */
#define ITERATIONS_BETWEEN_CHECKS 1024

struct _HsSaslKeyRequest
{
  gatomicrefcount ref_count;
  GChecksumType hash;
  char *password;
  guint8 *salt; /* with the block's index behind it */
  gsize salt_length;
  guint iterations;
};

HsSaslKeyRequest *
hs_sasl_key_request_new (GChecksumType hash,
                         const char *prepared_password,
                         const guint8 *salt,
                         gsize salt_length,
                         guint iterations)
{
  HsSaslKeyRequest *self = g_new0 (HsSaslKeyRequest, 1);

  g_assert (prepared_password != NULL);
  g_assert (iterations > 0);

  g_atomic_ref_count_init (&self->ref_count);
  self->hash = hash;
  self->password = g_strdup (prepared_password);
  /* RFC 8018, 5.2: U_1 is the code of S || INT (i), and SCRAM wants the block i = 1 alone. */
  self->salt_length = salt_length + 4;
  self->salt = g_malloc0 (self->salt_length);
  if (salt_length > 0)
    memcpy (self->salt, salt, salt_length);
  self->salt[salt_length + 3] = 1;
  self->iterations = iterations;
  return self;
}

HsSaslKeyRequest *
hs_sasl_key_request_ref (HsSaslKeyRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
hs_sasl_key_request_unref (HsSaslKeyRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  hs_sasl_secret_free (self->password);
  g_free (self->salt);
  g_free (self);
}

GBytes *
hs_sasl_key_request_derive (HsSaslKeyRequest *self, GCancellable *cancellable)
{
  g_autoptr (HsSaslHmac) hmac
      = hs_sasl_hmac_new (self->hash, self->password, strlen (self->password));
  g_autoptr (GBytes) key = NULL;
  guint8 block[HS_SASL_HASH_MAX] = { 0 };
  guint8 sum[HS_SASL_HASH_MAX];
  guint done = 1;

  hs_sasl_hmac_compute (hmac, self->salt, self->salt_length, block);
  memcpy (sum, block, sizeof sum);
  for (; done < self->iterations; done++)
    {
      if (done % ITERATIONS_BETWEEN_CHECKS == 0 && g_cancellable_is_cancelled (cancellable))
        break;
      hs_sasl_hmac_repeat (hmac, block);
      for (gsize i = 0; i < sizeof sum; i++)
        sum[i] ^= block[i];
    }

  if (done == self->iterations && !g_cancellable_is_cancelled (cancellable))
    key = hs_sasl_secret_bytes_new (sum, (gsize) g_checksum_type_get_length (self->hash));
  explicit_bzero (block, sizeof block);
  explicit_bzero (sum, sizeof sum);
  return g_steal_pointer (&key);
}
