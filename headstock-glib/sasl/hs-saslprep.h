/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* SASLprep (RFC 4013), the form in which user names and passwords are compared, for a query: what
 * Unicode 3.2 did not know yet is let through (RFC 3454, 7). NULL with HS_ERROR_NO_CREDENTIALS,
 * whose message tells what kind of character is in the way and not which or where, since the string
 * may be a password. Free with hs_sasl_secret_free(). */
char *hs_saslprep (const char *string, GError **error);

G_END_DECLS
