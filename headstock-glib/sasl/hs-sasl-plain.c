/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism-private.h"

#include <string.h>

#include "hs-sasl-prepare.h"
#include "hs-sasl-secret.h"

/* PLAIN (RFC 4616). Where it may be used at all is decided in hs-sasl-mechanism.c. */

typedef struct
{
  HsSaslMechanism parent;
  char *authzid;
  char *username;
  char *password;
} HsSaslPlain;

/* RFC 4616, 2: message = [authzid] NUL authcid NUL passwd */
static HsSaslStep
hs_sasl_plain_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  HsSaslPlain *self = (HsSaslPlain *) mechanism;
  const char *parts[]
      = { self->authzid != NULL ? self->authzid : "", self->username, self->password };
  gsize length = strlen (parts[0]) + strlen (parts[1]) + strlen (parts[2]) + 2;
  g_autofree char *message = g_malloc (length + 1);
  char *end = g_stpcpy (message, parts[0]);

  end = g_stpcpy (end + 1, parts[1]);
  g_stpcpy (end + 1, parts[2]);
  *initial_response = hs_sasl_secret_bytes_new (message, length);
  explicit_bzero (message, length);
  return HS_SASL_STEP_RESPOND;
}

static void
hs_sasl_plain_free (HsSaslMechanism *mechanism)
{
  HsSaslPlain *self = (HsSaslPlain *) mechanism;

  g_free (self->authzid);
  g_free (self->username);
  hs_sasl_secret_free (self->password);
  g_free (self);
}

static const HsSaslMechanismClass hs_sasl_plain_class = {
  .start = hs_sasl_plain_start,
  .free = hs_sasl_plain_free,
};

HsSaslMechanism *
hs_sasl_plain_new (const HsSaslCredentials *credentials, GError **error)
{
  HsSaslPlain *self = g_new0 (HsSaslPlain, 1);

  self->parent.klass = &hs_sasl_plain_class;
  self->parent.name = "PLAIN";
  self->authzid = g_strdup (credentials->authzid);
  self->username = hs_sasl_prepare_username (credentials, error);
  if (self->username != NULL)
    self->password = hs_sasl_prepare_password (credentials, error);
  if (self->password == NULL)
    {
      hs_sasl_plain_free (&self->parent);
      return NULL;
    }
  return &self->parent;
}
