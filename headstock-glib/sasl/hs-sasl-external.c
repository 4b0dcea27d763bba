/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism-private.h"

#include <string.h>

/* EXTERNAL (RFC 4422, appendix A) with the certificate that was shown in the TLS handshake
 * (XEP-0178, 2). */

typedef struct
{
  HsSaslMechanism parent;
  char *authzid;
} HsSaslExternal;

/* Empty if no identity was asked for: the server takes it from the certificate. */
static HsSaslStep
hs_sasl_external_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  HsSaslExternal *self = (HsSaslExternal *) mechanism;
  const char *authzid = self->authzid != NULL ? self->authzid : "";

  *initial_response = g_bytes_new (authzid, strlen (authzid));
  return HS_SASL_STEP_RESPOND;
}

static void
hs_sasl_external_free (HsSaslMechanism *mechanism)
{
  HsSaslExternal *self = (HsSaslExternal *) mechanism;

  g_free (self->authzid);
  g_free (self);
}

static const HsSaslMechanismClass hs_sasl_external_class = {
  .proves_password = TRUE,
  .start = hs_sasl_external_start,
  .free = hs_sasl_external_free,
};

HsSaslMechanism *
hs_sasl_external_new (const HsSaslCredentials *credentials)
{
  HsSaslExternal *self = g_new0 (HsSaslExternal, 1);

  self->parent.klass = &hs_sasl_external_class;
  self->parent.name = "EXTERNAL";
  self->authzid = g_strdup (credentials->authzid);
  return &self->parent;
}
