/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-hmac.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

/* GnuTLS uses the processor's instructions for hashes: a key of 4,096 iterations takes a tenth of what it takes
 * by GChecksum. gnutls_pbkdf2() is no quicker than this by more than a seventh, and can't be cancelled. */

struct _HsSaslHmac
{
  gnutls_hmac_hd_t handle;
  gsize length; /* of the hash */
};

static gnutls_digest_algorithm_t
algorithm_of (GChecksumType hash)
{
  switch (hash)
    {
    case G_CHECKSUM_SHA1:
      return GNUTLS_DIG_SHA1;
    case G_CHECKSUM_SHA256:
      return GNUTLS_DIG_SHA256;
    case G_CHECKSUM_SHA384:
      return GNUTLS_DIG_SHA384;
    case G_CHECKSUM_SHA512:
      return GNUTLS_DIG_SHA512;
    case G_CHECKSUM_MD5:
    default:
      g_assert_not_reached ();
    }
}

/* The hashes are there in every build of GnuTLS. It refuses them only after its own tests have failed, and then
 * there is no TLS either. */
static void
check (int status)
{
  if (status < 0)
    g_error ("GnuTLS cannot compute a hash: %s", gnutls_strerror (status));
}

void
hs_sasl_hash (GChecksumType hash, gconstpointer text, gsize length, guint8 *digest)
{
  check (gnutls_hash_fast (algorithm_of (hash), text, length, digest));
}

HsSaslHmac *
hs_sasl_hmac_new (GChecksumType hash, gconstpointer key, gsize length)
{
  HsSaslHmac *self = g_new0 (HsSaslHmac, 1);
  /* The numbers are the same for both uses of a hash. */
  gnutls_mac_algorithm_t algorithm = (gnutls_mac_algorithm_t) algorithm_of (hash);

  self->length = gnutls_hmac_get_len (algorithm);
  g_assert (self->length <= HS_SASL_HASH_MAX);
  check (gnutls_hmac_init (&self->handle, algorithm, length > 0 ? key : "", length));
  return self;
}

void
hs_sasl_hmac_free (HsSaslHmac *self)
{
  guint8 last[HS_SASL_HASH_MAX];

  /* GnuTLS overwrites what it has made of the key. */
  gnutls_hmac_deinit (self->handle, last);
  explicit_bzero (last, sizeof last);
  g_free (self);
}

void
hs_sasl_hmac_compute (HsSaslHmac *self, gconstpointer text, gsize length, guint8 *digest)
{
  check (gnutls_hmac (self->handle, text, length));
  gnutls_hmac_output (self->handle, digest);
}

void
hs_sasl_hmac_repeat (HsSaslHmac *self, guint8 *digest)
{
  hs_sasl_hmac_compute (self, digest, self->length, digest);
}
