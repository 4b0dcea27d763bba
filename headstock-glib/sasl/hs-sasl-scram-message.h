/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The texts of SCRAM (RFC 5802, 7): written, and read without belief. All errors are
 * HS_SASL_ERROR_SERVER_NOT_VERIFIED, but for an "e=" of the server's, which is
 * HS_SASL_ERROR_NOT_AUTHORIZED. */

#define HS_SASL_SCRAM_MAX_ITERATIONS 1000000
#define HS_SASL_SCRAM_MAX_SALT 1024
#define HS_SASL_SCRAM_MAX_MESSAGE 8192

typedef struct
{
  char *text;  /* the whole message, for the signature */
  char *nonce; /* both sides' together */
  guint8 *salt;
  gsize salt_length;
  guint iterations;
  guint8 *lists_hash; /* of mechanisms and binding types (XEP-0474), or NULL */
  gsize lists_hash_length;
} HsSaslScramFirst;

char *hs_sasl_scram_escape (const char *name);
gboolean hs_sasl_scram_first_parse (HsSaslScramFirst *self,
                                    const guint8 *data,
                                    gsize length,
                                    const char *client_nonce,
                                    guint min_iterations,
                                    GError **error);
void hs_sasl_scram_first_clear (HsSaslScramFirst *self);
guint8 *hs_sasl_scram_final_parse (const guint8 *data,
                                   gsize length,
                                   gsize *signature_length,
                                   GError **error);

G_END_DECLS
