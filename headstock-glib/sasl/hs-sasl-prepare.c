/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-prepare.h"

#include "hs-error.h"

#include "hs-sasl-secret.h"
#include "hs-saslprep.h"

char *
hs_sasl_prepare_username (const HsSaslCredentials *credentials, GError **error)
{
  g_autofree char *prepared = hs_saslprep (credentials->username, error);

  if (prepared == NULL)
    g_prefix_error (error, "The user name cannot be used to sign in: ");
  /* RFC 5802, 5.1, on n= */
  else if (*prepared == '\0')
    g_set_error_literal (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                         "The user name cannot be used to sign in: "
                         "nothing of it is left after SASLprep (RFC 4013)");
  else
    return g_steal_pointer (&prepared);
  return NULL;
}

char *
hs_sasl_prepare_password (const HsSaslCredentials *credentials, GError **error)
{
  char *prepared = hs_saslprep (credentials->password, error);

  if (prepared == NULL)
    g_prefix_error (error, "The password cannot be used to sign in: ");
  else if (*prepared == '\0')
    {
      hs_sasl_secret_free (g_steal_pointer (&prepared));
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                           "The password cannot be used to sign in: "
                           "nothing of it is left after SASLprep (RFC 4013)");
    }
  return prepared;
}
