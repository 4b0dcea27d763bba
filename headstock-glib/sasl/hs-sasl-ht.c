/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-ht.h"

#include <string.h>

#include "hs-error.h"

#include "hs-sasl-binding.h"
#include "hs-sasl-hmac.h"
#include "hs-sasl-mechanism-private.h"
#include "hs-sasl-prepare.h"
#include "hs-sasl-secret.h"

/* HT-SHA-256-* (draft-ietf-kitten-sasl-ht): a token that the server has given out, proved in one message,
 * and the server's own proof in its answer. */

#define HASH G_CHECKSUM_SHA256
#define HASH_LENGTH 32

typedef struct
{
  HsSaslMechanism parent;
  char *username;
  char *token;
  const char *binding_type; /* static, or NULL */
  GBytes *binding_data;
} HsSaslHt;

static const struct
{
  const char *name;
  const char *binding_type; /* NULL: none */
} mechanisms[] = {
  { "HT-SHA-256-EXPR", "tls-exporter" },
  { "HT-SHA-256-UNIQ", "tls-unique" },
  { "HT-SHA-256-ENDP", "tls-server-end-point" },
  { "HT-SHA-256-NONE", NULL },
};

/* HMAC (token, who || cb-data) */
static void
prove (HsSaslHt *self, const char *who, guint8 *proof)
{
  g_autoptr (HsSaslHmac) hmac = hs_sasl_hmac_new (HASH, self->token, strlen (self->token));
  g_autoptr (GByteArray) text = g_byte_array_new ();

  g_byte_array_append (text, (const guint8 *) who, strlen (who));
  if (self->binding_data != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (self->binding_data, &length);

      g_byte_array_append (text, data, length);
    }
  hs_sasl_hmac_compute (hmac, text->data, text->len, proof);
}

static HsSaslStep
hs_sasl_ht_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  HsSaslHt *self = (HsSaslHt *) mechanism;
  guint8 proof[HASH_LENGTH];
  GByteArray *message = g_byte_array_new ();

  prove (self, "Initiator", proof);
  g_byte_array_append (message, (const guint8 *) self->username, strlen (self->username) + 1);
  g_byte_array_append (message, proof, sizeof proof);
  *initial_response = g_byte_array_free_to_bytes (message);
  return HS_SASL_STEP_RESPOND;
}

static gboolean
hs_sasl_ht_success (HsSaslMechanism *mechanism, const guint8 *data, gsize length, GError **error)
{
  HsSaslHt *self = (HsSaslHt *) mechanism;
  guint8 proof[HASH_LENGTH];

  prove (self, "Responder", proof);
  if (length == sizeof proof && hs_sasl_secret_equal (data, proof, sizeof proof))
    return TRUE;
  g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                       length == 0 ? "The server has not proved that it knows the token"
                                   : "The server's proof is wrong: it does not know the token");
  return FALSE;
}

static const char *
hs_sasl_ht_get_binding_type (HsSaslMechanism *mechanism)
{
  return ((HsSaslHt *) mechanism)->binding_type;
}

static void
hs_sasl_ht_free (HsSaslMechanism *mechanism)
{
  HsSaslHt *self = (HsSaslHt *) mechanism;

  g_free (self->username);
  hs_sasl_secret_free (self->token);
  g_clear_pointer (&self->binding_data, g_bytes_unref);
  g_free (self);
}

static const HsSaslMechanismClass hs_sasl_ht_class = {
  .start = hs_sasl_ht_start,
  .get_binding_type = hs_sasl_ht_get_binding_type,
  .success = hs_sasl_ht_success,
  .free = hs_sasl_ht_free,
};

/* Whether the client may sign in with mechanism number @i. A server can pass a sign-in without channel binding on to
 * another server. So the client does that only if the server's certificate is trusted (XEP-0484, 6). */
static gboolean
can_use (const HsSaslCredentials *credentials, guint i)
{
  if (!credentials->encrypted || credentials->username == NULL)
    return FALSE;
  if (credentials->allowed != NULL && !g_strv_contains (credentials->allowed, mechanisms[i].name))
    return FALSE;
  if (mechanisms[i].binding_type == NULL)
    return credentials->trusted && credentials->channel_binding != HS_CHANNEL_BINDING_REQUIRE;
  return credentials->channel_binding != HS_CHANNEL_BINDING_NONE
         && hs_sasl_binding_find_channel (credentials, mechanisms[i].binding_type) != NULL;
}

const char *
hs_sasl_ht_choose (const char *const *offered, const HsSaslCredentials *credentials)
{
  for (guint i = 0; offered != NULL && i < G_N_ELEMENTS (mechanisms); i++)
    {
      if (g_strv_contains (offered, mechanisms[i].name) && can_use (credentials, i))
        return mechanisms[i].name;
    }
  return NULL;
}

HsSaslMechanism *
hs_sasl_ht_new (const char *const *offered, const HsSaslCredentials *credentials)
{
  guint i = 0;
  HsSaslHt *self;
  char *username;

  if (credentials->token == NULL || credentials->token_mechanism == NULL || offered == NULL
      || !g_strv_contains (offered, credentials->token_mechanism))
    return NULL;
  while (i < G_N_ELEMENTS (mechanisms)
         && strcmp (mechanisms[i].name, credentials->token_mechanism) != 0)
    i++;
  if (i == G_N_ELEMENTS (mechanisms) || !can_use (credentials, i))
    return NULL;
  username = hs_sasl_prepare_username (credentials, NULL);
  if (username == NULL)
    return NULL;

  self = g_new0 (HsSaslHt, 1);
  self->parent.klass = &hs_sasl_ht_class;
  self->parent.name = mechanisms[i].name;
  self->username = username;
  self->token = g_strdup (credentials->token);
  self->binding_type = mechanisms[i].binding_type;
  if (self->binding_type != NULL)
    self->binding_data = g_bytes_ref (hs_sasl_binding_find_channel (credentials, self->binding_type)->data);
  return &self->parent;
}
