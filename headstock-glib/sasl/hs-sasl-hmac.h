/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* HMAC (RFC 2104) with one key over many texts. Not GHmac: that hashes the key's pads anew for each
 * text (half of the time of PBKDF2) or copies more than is needed, and leaves the key in freed
 * memory. */

#define HS_SASL_HASH_MAX 64 /* octets of a SHA-512 */

typedef struct
{
  GChecksum *inner; /* both have taken in the key's pad, and are copied for each text */
  GChecksum *outer;
  gsize length; /* of the hash */
  gsize block_length;
} HsSaslHmac;

void hs_sasl_hmac_init (HsSaslHmac *self, GChecksumType hash, gconstpointer key, gsize length);
void hs_sasl_hmac_clear (HsSaslHmac *self);
void hs_sasl_hmac_compute (HsSaslHmac *self, gconstpointer text, gsize length, guint8 *digest);
void hs_sasl_hmac_repeat (HsSaslHmac *self, guint8 *digest);

/* The plain hash, here for what it shares. */
void hs_sasl_hash (GChecksumType hash, gconstpointer text, gsize length, guint8 *digest);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsSaslHmac, hs_sasl_hmac_clear)

G_END_DECLS
