/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism-private.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "hs-error.h"

#include "hs-sasl-hmac.h"
#include "hs-sasl-prepare.h"
#include "hs-sasl-scram-message.h"
#include "hs-sasl-secret.h"

/* SCRAM (RFC 5802) with SHA-1, SHA-256 (RFC 7677) and SHA-512, with and without channel binding.
 * Names of keys and messages are the RFC's. */

#define NONCE_LENGTH 24 /* octets; a multiple of three, so that base64 wants no padding */
#define DEFAULT_MIN_ITERATIONS 4096

typedef struct
{
  HsSaslMechanism parent;
  GChecksumType hash;
  gsize hash_length;
  guint min_iterations;
  HsSaslBinding binding;
  char *binding_type;
  GBytes *binding_data;
  char *lists;               /* the server's, as it would hash them (XEP-0474) */
  gboolean lists_must_match; /* the server must say so */
  gboolean lists_match;      /* it did */
  char *authzid;
  char *username;
  char *password; /* until the key request has it */
  char *nonce;
  char *client_first_bare;
  HsSaslScramFirst server_first;
  HsSaslKeyRequest *key_request;
  guint8 server_signature[HS_SASL_HASH_MAX];
} HsSaslScram;

static gboolean
make_nonce (HsSaslScram *self, GError **error)
{
  guint8 octets[NONCE_LENGTH];
  gssize length;

  if (self->nonce != NULL) /* a test's */
    return TRUE;
  do
    length = getrandom (octets, sizeof octets, 0);
  while (length < 0 && errno == EINTR);
  if (length != (gssize) sizeof octets)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_FAILED, "No random numbers to sign in with: %s",
                   g_strerror (errno));
      return FALSE;
    }
  self->nonce = g_base64_encode (octets, sizeof octets);
  return TRUE;
}

/* RFC 5802, 7: gs2-header = gs2-cbind-flag "," [ authzid ] "," */
static GString *
make_gs2_header (HsSaslScram *self)
{
  GString *header = g_string_new (NULL);

  if (self->binding == HS_SASL_BINDING_USED)
    g_string_append_printf (header, "p=%s,", self->binding_type);
  else
    g_string_append (header, self->binding == HS_SASL_BINDING_UNAVAILABLE ? "y," : "n,");
  if (self->authzid != NULL)
    g_string_append_printf (header, "a=%s", self->authzid);
  g_string_append_c (header, ',');
  return header;
}

static HsSaslStep
hs_sasl_scram_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;
  GString *message;

  if (!make_nonce (self, error))
    return HS_SASL_STEP_FAILED;
  self->client_first_bare = g_strdup_printf ("n=%s,r=%s", self->username, self->nonce);
  message = make_gs2_header (self);
  g_string_append (message, self->client_first_bare);
  *initial_response = g_string_free_to_bytes (message);
  return HS_SASL_STEP_RESPOND;
}

/* XEP-0474, 6.2: "h=" is the hash of what the server has announced, and part of what both sides sign. */
static gboolean
check_lists (HsSaslScram *self, GError **error)
{
  const HsSaslScramFirst *first = &self->server_first;
  guint8 hash[HS_SASL_HASH_MAX];

  if (first->lists_hash == NULL)
    {
      if (!self->lists_must_match)
        return TRUE;
      g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                           "The server announces no type of channel binding that it must have: "
                           "somebody may have changed its list on the way");
      return FALSE;
    }
  hs_sasl_hash (self->hash, self->lists, strlen (self->lists), hash);
  self->lists_match = first->lists_hash_length == self->hash_length
                      && memcmp (first->lists_hash, hash, self->hash_length) == 0;
  if (!self->lists_match)
    g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                         "The mechanisms that arrived are not those that the server announced: "
                         "somebody has changed them on the way");
  return self->lists_match;
}

static HsSaslStep
take_server_first (HsSaslScram *self, const guint8 *challenge, gsize length, GError **error)
{
  if (!hs_sasl_scram_first_parse (&self->server_first, challenge, length, self->nonce,
                                  self->min_iterations, error)
      || !check_lists (self, error))
    return HS_SASL_STEP_FAILED;
  self->key_request
      = hs_sasl_key_request_new (self->hash, self->password, self->server_first.salt,
                                 self->server_first.salt_length, self->server_first.iterations);
  g_clear_pointer (&self->password, hs_sasl_secret_free);
  self->parent.phase = hs_sasl_phase_get_next (self->parent.phase, HS_SASL_ON_FIRST);
  return HS_SASL_STEP_DERIVE;
}

/* Whether the server has shown that it knows the password, or a hash of it. */
static gboolean
verify_server_final (HsSaslScram *self, const guint8 *data, gsize length, GError **error)
{
  g_autofree guint8 *signature = NULL;
  gsize signature_length = 0;

  signature = hs_sasl_scram_final_parse (data, length, &signature_length, error);
  if (signature == NULL)
    return FALSE;
  if (signature_length == self->hash_length
      && hs_sasl_secret_equal (signature, self->server_signature, self->hash_length))
    return TRUE;
  g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                       "The server's signature is wrong: it does not know the password");
  return FALSE;
}

static HsSaslStep
hs_sasl_scram_challenge (HsSaslMechanism *mechanism,
                         const guint8 *challenge,
                         gsize length,
                         GBytes **response,
                         GError **error)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;

  if (hs_sasl_phase_can (mechanism->phase, HS_SASL_ON_FIRST))
    return take_server_first (self, challenge, length, error);

  /* RFC 4422, 5: if the final message comes as a challenge, the answer to it is empty. */
  if (hs_sasl_phase_can (mechanism->phase, HS_SASL_ON_SIGNATURE))
    {
      if (!verify_server_final (self, challenge, length, error))
        return HS_SASL_STEP_FAILED;
      *response = g_bytes_new_static ("", 0);
      mechanism->phase = hs_sasl_phase_get_next (mechanism->phase, HS_SASL_ON_SIGNATURE);
      return HS_SASL_STEP_RESPOND;
    }

  g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                       "The server sent a challenge where SCRAM has none");
  return HS_SASL_STEP_FAILED;
}

static HsSaslKeyRequest *
hs_sasl_scram_get_key_request (HsSaslMechanism *mechanism)
{
  return ((HsSaslScram *) mechanism)->key_request;
}

/* "c=" and "r=": what was said of the channel, once more and with its data (RFC 5802, 5.1). */
static char *
make_client_final_without_proof (HsSaslScram *self)
{
  GString *channel = make_gs2_header (self);
  g_autofree char *encoded = NULL;

  if (self->binding == HS_SASL_BINDING_USED)
    {
      gsize length;
      const char *data = g_bytes_get_data (self->binding_data, &length);

      g_string_append_len (channel, data, (gssize) length);
    }
  encoded = g_base64_encode ((const guint8 *) channel->str, channel->len);
  g_string_free (channel, TRUE);
  return g_strdup_printf ("c=%s,r=%s", encoded, self->server_first.nonce);
}

/* HMAC (key, name), one of the two keys that come of the salted password. */
static void
make_key (HsSaslScram *self, GBytes *salted_password, const char *name, guint8 *key)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (salted_password, &length);
  g_autoptr (HsSaslHmac) hmac = hs_sasl_hmac_new (self->hash, data, length);

  hs_sasl_hmac_compute (hmac, name, strlen (name), key);
}

static void
sign (HsSaslScram *self, const guint8 *key, const char *auth_message, guint8 *signature)
{
  g_autoptr (HsSaslHmac) hmac = hs_sasl_hmac_new (self->hash, key, self->hash_length);

  hs_sasl_hmac_compute (hmac, auth_message, strlen (auth_message), signature);
}

/* RFC 5802, 3 */
static char *
make_proof (HsSaslScram *self, GBytes *salted_password, const char *auth_message)
{
  guint8 client_key[HS_SASL_HASH_MAX];
  guint8 stored_key[HS_SASL_HASH_MAX];
  guint8 server_key[HS_SASL_HASH_MAX];
  guint8 proof[HS_SASL_HASH_MAX];

  make_key (self, salted_password, "Client Key", client_key);
  hs_sasl_hash (self->hash, client_key, self->hash_length, stored_key);
  sign (self, stored_key, auth_message, proof);
  for (gsize i = 0; i < self->hash_length; i++)
    proof[i] ^= client_key[i];

  make_key (self, salted_password, "Server Key", server_key);
  sign (self, server_key, auth_message, self->server_signature);

  explicit_bzero (client_key, sizeof client_key);
  explicit_bzero (stored_key, sizeof stored_key);
  explicit_bzero (server_key, sizeof server_key);
  return g_base64_encode (proof, self->hash_length);
}

static HsSaslStep
hs_sasl_scram_derived (HsSaslMechanism *mechanism, GBytes *key, GBytes **response, GError **error)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;
  g_autofree char *without_proof = NULL;
  g_autofree char *auth_message = NULL;
  g_autofree char *proof = NULL;
  char *message;

  g_assert (g_bytes_get_size (key) == self->hash_length);

  without_proof = make_client_final_without_proof (self);
  auth_message = g_strdup_printf ("%s,%s,%s", self->client_first_bare, self->server_first.text,
                                  without_proof);
  proof = make_proof (self, key, auth_message);
  message = g_strdup_printf ("%s,p=%s", without_proof, proof);
  *response = g_bytes_new_take (message, strlen (message));
  g_clear_pointer (&self->key_request, hs_sasl_key_request_unref);
  mechanism->phase = hs_sasl_phase_get_next (mechanism->phase, HS_SASL_ON_KEY);
  return HS_SASL_STEP_RESPOND;
}

static gboolean
hs_sasl_scram_success (HsSaslMechanism *mechanism, const guint8 *data, gsize length, GError **error)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;

  if (mechanism->phase == HS_SASL_PHASE_VERIFIED && length == 0)
    return TRUE;
  if (mechanism->phase == HS_SASL_PHASE_PROVED && length > 0)
    return verify_server_final (self, data, length, error);

  if (mechanism->phase == HS_SASL_PHASE_VERIFIED)
    g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                         "The server sent more after its signature");
  else
    g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                         "The server says that the sign-in succeeded, and has not proved that it "
                         "knows the password");
  return FALSE;
}

static int
hs_sasl_scram_get_hash (HsSaslMechanism *mechanism)
{
  return ((HsSaslScram *) mechanism)->hash;
}

static const char *
hs_sasl_scram_get_binding_type (HsSaslMechanism *mechanism)
{
  return ((HsSaslScram *) mechanism)->binding_type;
}

static gboolean
hs_sasl_scram_proved_lists (HsSaslMechanism *mechanism)
{
  return ((HsSaslScram *) mechanism)->lists_match;
}

static void
hs_sasl_scram_set_lists (HsSaslMechanism *mechanism, char *lists)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;

  g_free (self->lists);
  self->lists = lists;
}

static void
hs_sasl_scram_free (HsSaslMechanism *mechanism)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;

  g_clear_pointer (&self->key_request, hs_sasl_key_request_unref);
  g_clear_pointer (&self->binding_data, g_bytes_unref);
  g_free (self->binding_type);
  g_free (self->lists);
  g_free (self->authzid);
  g_free (self->username);
  hs_sasl_secret_free (self->password);
  g_free (self->nonce);
  g_free (self->client_first_bare);
  hs_sasl_scram_first_clear (&self->server_first);
  explicit_bzero (self->server_signature, sizeof self->server_signature);
  g_free (self);
}

static const HsSaslMechanismClass hs_sasl_scram_class = {
  .proves_password = TRUE,
  .start = hs_sasl_scram_start,
  .challenge = hs_sasl_scram_challenge,
  .get_key_request = hs_sasl_scram_get_key_request,
  .derived = hs_sasl_scram_derived,
  .get_hash = hs_sasl_scram_get_hash,
  .get_binding_type = hs_sasl_scram_get_binding_type,
  .proved_lists = hs_sasl_scram_proved_lists,
  .set_lists = hs_sasl_scram_set_lists,
  .success = hs_sasl_scram_success,
  .free = hs_sasl_scram_free,
};

static gboolean
copy_credentials (HsSaslScram *self, const HsSaslCredentials *credentials, GError **error)
{
  g_autofree char *username = hs_sasl_prepare_username (credentials, error);

  if (username == NULL)
    return FALSE;
  self->username = hs_sasl_scram_escape (username);
  self->password = hs_sasl_prepare_password (credentials, error);
  if (self->password == NULL)
    return FALSE;

  if (credentials->authzid != NULL && *credentials->authzid != '\0')
    self->authzid = hs_sasl_scram_escape (credentials->authzid);
  self->min_iterations
      = credentials->min_iterations > 0 ? credentials->min_iterations : DEFAULT_MIN_ITERATIONS;
  self->lists_must_match = credentials->lists_must_match;
  if (self->binding == HS_SASL_BINDING_USED)
    {
      self->binding_type = g_strdup (credentials->binding_type);
      self->binding_data = g_bytes_ref (credentials->binding_data);
    }
  return TRUE;
}

HsSaslMechanism *
hs_sasl_scram_new (const char *name,
                   GChecksumType hash,
                   HsSaslBinding binding,
                   const HsSaslCredentials *credentials,
                   GError **error)
{
  HsSaslScram *self = g_new0 (HsSaslScram, 1);

  self->parent.klass = &hs_sasl_scram_class;
  self->parent.name = name;
  self->hash = hash;
  self->hash_length = (gsize) g_checksum_type_get_length (hash);
  self->binding = binding;
  if (!copy_credentials (self, credentials, error))
    {
      hs_sasl_scram_free (&self->parent);
      return NULL;
    }
  return &self->parent;
}

void
hs_sasl_scram_set_nonce (HsSaslMechanism *mechanism, const char *nonce)
{
  HsSaslScram *self = (HsSaslScram *) mechanism;

  g_assert (mechanism->klass == &hs_sasl_scram_class);
  g_assert (mechanism->phase == HS_SASL_PHASE_NEW);
  g_free (self->nonce);
  self->nonce = g_strdup (nonce);
}
