/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* HMAC (RFC 2104) with one key over many texts: with GnuTLS (hs-sasl-hmac-gnutls.c), or by GLib's hashes
 * where the library is built without it (hs-sasl-hmac.c). Both overwrite the key when it goes. */

#define HS_SASL_HASH_MAX 64 /* octets of a SHA-512 */

typedef struct _HsSaslHmac HsSaslHmac;

HsSaslHmac *hs_sasl_hmac_new (GChecksumType hash, gconstpointer key, gsize length);
void hs_sasl_hmac_free (HsSaslHmac *self);
/* Writes the code of @text to @digest, which has room for the hash. */
void hs_sasl_hmac_compute (HsSaslHmac *self, gconstpointer text, gsize length, guint8 *digest);
/* Replaces @digest by its own code: PBKDF2's inner loop. */
void hs_sasl_hmac_repeat (HsSaslHmac *self, guint8 *digest);

/* The plain hash, here for what it shares. */
void hs_sasl_hash (GChecksumType hash, gconstpointer text, gsize length, guint8 *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSaslHmac, hs_sasl_hmac_free)

G_END_DECLS
