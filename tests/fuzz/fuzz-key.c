/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sasl/hs-sasl-mechanism.h"

/* Takes the place of hs-sasl-key.c: no key is derived, it is zeros. An input can hold the signatures
 * that come of it, and a million iterations take no time. */

struct _HsSaslKeyRequest
{
  gatomicrefcount ref_count;
  GChecksumType hash;
};

HsSaslKeyRequest *
hs_sasl_key_request_new (GChecksumType hash,
                         const char *prepared_password,
                         const guint8 *salt,
                         gsize salt_length,
                         guint iterations)
{
  HsSaslKeyRequest *self = g_new0 (HsSaslKeyRequest, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->hash = hash;
  g_assert_cmpuint (salt_length, >, 0);
  g_assert_cmpuint (iterations, >=, 4096);
  g_assert_cmpuint (iterations, <=, 1000000);
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
  if (g_atomic_ref_count_dec (&self->ref_count))
    g_free (self);
}

GBytes *
hs_sasl_key_request_derive (HsSaslKeyRequest *self, GCancellable *cancellable)
{
  static const guint8 zeros[64];

  return g_bytes_new_static (zeros, (gsize) g_checksum_type_get_length (self->hash));
}
