/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-hmac.h"

#include <string.h>

/* Not GHmac: that hashes the key's pads anew for each text (half of the time of PBKDF2) or copies more than is
 * needed, and leaves the key in freed memory. */

#define BLOCK_MAX 128 /* octets of a block of SHA-512 */

struct _HsSaslHmac
{
  GChecksum *inner; /* both have taken in the key's pad, and are copied for each text */
  GChecksum *outer;
  gsize length; /* of the hash */
  gsize block_length;
};

static gsize
block_length_of (GChecksumType hash)
{
  return hash == G_CHECKSUM_SHA384 || hash == G_CHECKSUM_SHA512 ? 128 : 64;
}

/* A GChecksum keeps the last block it has read, which may be the key, and the digest, as octets and
 * in hexadecimal. It does not overwrite them when it is freed, so that is done from outside: the
 * text through the pointer that GLib gives out, the rest by hashing something else. */
static void
wipe_and_free (GChecksum *checksum, gsize block_length)
{
  static const guint8 zeros[BLOCK_MAX];
  char *text = (char *) g_checksum_get_string (checksum);

  explicit_bzero (text, strlen (text));
  g_checksum_reset (checksum);
  g_checksum_update (checksum, zeros, (gssize) block_length);
  g_checksum_free (checksum);
}

static GChecksum *
pad_key (GChecksumType hash, const guint8 *key, gsize length, guint8 with)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (hash);
  guint8 pad[BLOCK_MAX];

  memset (pad, with, length);
  for (gsize i = 0; i < length; i++)
    pad[i] ^= key[i];
  g_checksum_update (checksum, pad, (gssize) length);
  explicit_bzero (pad, sizeof pad);
  return g_steal_pointer (&checksum);
}

void
hs_sasl_hash (GChecksumType hash, gconstpointer text, gsize length, guint8 *digest)
{
  GChecksum *checksum = g_checksum_new (hash);
  gsize digest_length = HS_SASL_HASH_MAX;

  g_checksum_update (checksum, text, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  wipe_and_free (checksum, block_length_of (hash));
}

HsSaslHmac *
hs_sasl_hmac_new (GChecksumType hash, gconstpointer key, gsize length)
{
  HsSaslHmac *self = g_new (HsSaslHmac, 1);
  guint8 block[BLOCK_MAX] = { 0 };

  self->length = (gsize) g_checksum_type_get_length (hash);
  self->block_length = block_length_of (hash);
  g_assert (self->length <= HS_SASL_HASH_MAX);

  /* RFC 2104, 2: a key that is longer than a block is hashed first. */
  if (length > self->block_length)
    hs_sasl_hash (hash, key, length, block);
  else if (length > 0)
    memcpy (block, key, length);

  self->inner = pad_key (hash, block, self->block_length, 0x36);
  self->outer = pad_key (hash, block, self->block_length, 0x5c);
  explicit_bzero (block, sizeof block);
  return self;
}

void
hs_sasl_hmac_free (HsSaslHmac *self)
{
  wipe_and_free (self->inner, self->block_length);
  wipe_and_free (self->outer, self->block_length);
  g_free (self);
}

void
hs_sasl_hmac_compute (HsSaslHmac *self, gconstpointer text, gsize length, guint8 *digest)
{
  GChecksum *checksum = g_checksum_copy (self->inner);
  gsize digest_length = self->length;

  g_checksum_update (checksum, text, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  wipe_and_free (checksum, self->block_length);

  checksum = g_checksum_copy (self->outer);
  g_checksum_update (checksum, digest, (gssize) digest_length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  wipe_and_free (checksum, self->block_length);
}

/* Nothing is overwritten between: the copies do not hold the key any more (each has read a whole block since), and of thousands of
 * intermediate values none tells the result; overwriting would take as long again. */
void
hs_sasl_hmac_repeat (HsSaslHmac *self, guint8 *digest)
{
  GChecksum *masters[] = { self->inner, self->outer };

  for (guint i = 0; i < G_N_ELEMENTS (masters); i++)
    {
      g_autoptr (GChecksum) checksum = g_checksum_copy (masters[i]);
      gsize digest_length = self->length;

      g_checksum_update (checksum, digest, (gssize) digest_length);
      g_checksum_get_digest (checksum, digest, &digest_length);
    }
}
