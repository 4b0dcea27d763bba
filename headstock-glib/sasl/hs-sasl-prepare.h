/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* Return the user name and the password of @credentials, prepared with SASLprep (RFC 4013) as PLAIN (RFC 4616, 2) and
 * SCRAM (RFC 5802, 5.1) send or hash them. Return NULL with an error if SASLprep refuses the text, or leaves nothing of
 * it. The caller frees the password with hs_sasl_secret_free(). */
char *hs_sasl_prepare_username (const HsSaslCredentials *credentials, GError **error);
char *hs_sasl_prepare_password (const HsSaslCredentials *credentials, GError **error);

G_END_DECLS
