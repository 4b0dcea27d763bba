/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication.h"

#include "sasl/hs-sasl-binding.h"
#include "sasl/hs-sasl-ht.h"
#include "sasl/hs-sasl-prepare.h"
#include "sasl/hs-sasl-secret.h"

static const struct
{
  const char *name;
  const char *mechanism;
  GChecksumType hash;
} upgrades[] = {
  { "UPGR-SCRAM-SHA-512", "SCRAM-SHA-512", G_CHECKSUM_SHA512 },
  { "UPGR-SCRAM-SHA-256", "SCRAM-SHA-256", G_CHECKSUM_SHA256 },
};

static void
forget_upgrade (HsAuthentication *self)
{
  self->upgrade = -1;
  g_clear_pointer (&self->password, hs_sasl_secret_free);
  g_clear_pointer (&self->upgrade_request, hs_sasl_key_request_unref);
}

void
hs_authentication_init (HsAuthentication *self)
{
  *self = (HsAuthentication){ .upgrade = -1 };
}

void
hs_authentication_clear (HsAuthentication *self)
{
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  g_clear_pointer (&self->mechanism_name, g_free);
  g_clear_pointer (&self->channel_binding, g_free);
  g_clear_pointer (&self->discovery, g_free);
  g_clear_error (&self->token_refusal);
  g_clear_pointer (&self->token, hs_sasl_secret_free);
  g_clear_pointer (&self->token_expiry, g_free);
  forget_upgrade (self);
}

/* ---- The phase ---- */

static void
on_event (HsAuthentication *self, HsAuthenticationEvent event)
{
  self->phase = hs_authentication_phase_get_next (self->phase, event);
}

HsAuthenticationPhase
hs_authentication_get_phase (const HsAuthentication *self)
{
  return self->phase;
}

/* ---- Choosing a mechanism ---- */

void
hs_authentication_note_negotiated (HsAuthentication *self)
{
  self->negotiated = TRUE;
}

void
hs_authentication_set_renamed (HsAuthentication *self, gboolean renamed)
{
  self->renamed = renamed;
}

/* XEP-0388, 2.3: SASL2 is only for connections under TLS and for the account that the header named. Its list of
 * mechanisms is preferred, except for EXTERNAL, which some servers have only in the list of SASL. */
static gboolean
prefers_sasl2 (const HsAuthentication *self,
               const HsStreamFeatures *features,
               const HsSaslCredentials *credentials)
{
  const char *const *old = (const char *const *) features->mechanisms;
  const char *const *new = (const char *const *) features->sasl2;

  if (!credentials->encrypted || self->renamed || new == NULL)
    return FALSE;
  /* ejabberd 26.07 refuses SASL2 on the stream on which the account was made, and takes SASL. */
  if (self->negotiated && old != NULL)
    return FALSE;
  return !credentials->has_certificate || old == NULL || !g_strv_contains (old, "EXTERNAL")
         || g_strv_contains (new, "EXTERNAL")
         || (credentials->allowed != NULL && !g_strv_contains (credentials->allowed, "EXTERNAL"));
}

static gboolean
select_from (HsAuthentication *self,
             const char *const *offered,
             HsSaslCredentials *credentials,
             GError **error)
{
  return hs_sasl_binding_choose (credentials, offered, error)
         && (self->mechanism = hs_sasl_mechanism_select (offered, credentials, error)) != NULL;
}

gboolean
hs_authentication_choose (HsAuthentication *self,
                          const HsStreamFeatures *features,
                          HsSaslCredentials *credentials,
                          GError **error)
{
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  self->sasl2 = prefers_sasl2 (self, features, credentials);
  credentials->announced = (const char *const *) features->announced;
  credentials->sasl2 = self->sasl2;
  if (self->sasl2)
    self->mechanism = hs_sasl_ht_new ((const char *const *) features->fast, credentials);
  self->using_token = self->mechanism != NULL;
  return self->using_token
         || select_from (self, (const char *const *) (self->sasl2 ? features->sasl2 : features->mechanisms),
                         credentials, error);
}

gboolean
hs_authentication_is_sasl2 (const HsAuthentication *self)
{
  return self->sasl2;
}

/* Somebody might have got in between since the last connection. */
gboolean
hs_authentication_is_safe_to_pipeline (const HsAuthentication *self)
{
  const char *name = hs_sasl_mechanism_get_name (self->mechanism);

  return g_str_has_prefix (name, "SCRAM-") || g_str_has_prefix (name, "HT-") || g_str_equal (name, "EXTERNAL");
}

void
hs_authentication_note_pipelined (HsAuthentication *self)
{
  on_event (self, HS_AUTHENTICATION_ON_PIPELINE);
}

/* If the lists differ, the mechanism may be weaker than necessary, or unknown to the server. A token has one
 * mechanism only: for a token it is enough that the server still offers that one. */
gboolean
hs_authentication_take_features (HsAuthentication *self,
                                 const HsStreamFeatures *features,
                                 const HsStreamFeatures *relied)
{
  const char *const *tokens = (const char *const *) features->fast;

  if (!hs_stream_features_equal (features, relied)
      && !(self->using_token && tokens != NULL && g_strv_contains (tokens, self->mechanism_name)))
    return FALSE;
  on_event (self, HS_AUTHENTICATION_ON_FEATURES);
  return TRUE;
}

/* ---- The messages of the mechanism ---- */

HsSaslStep
hs_authentication_start (HsAuthentication *self, GBytes **initial_response, GError **error)
{
  HsSaslStep step = hs_sasl_mechanism_start (self->mechanism, initial_response, error);

  g_free (self->mechanism_name);
  self->mechanism_name = g_strdup (hs_sasl_mechanism_get_name (self->mechanism));
  if (step != HS_SASL_STEP_FAILED)
    on_event (self, HS_AUTHENTICATION_ON_START);
  return step;
}

HsSaslStep
hs_authentication_challenge (HsAuthentication *self,
                             const guint8 *challenge,
                             gsize length,
                             GBytes **response,
                             GError **error)
{
  return hs_sasl_mechanism_challenge (self->mechanism, challenge, length, response, error);
}

HsSaslStep
hs_authentication_derived (HsAuthentication *self, GBytes *key, GBytes **response, GError **error)
{
  return hs_sasl_mechanism_derived (self->mechanism, key, response, error);
}

HsSaslKeyRequest *
hs_authentication_get_key_request (const HsAuthentication *self)
{
  return self->phase == HS_AUTHENTICATION_UPGRADING ? self->upgrade_request
                                                    : hs_sasl_mechanism_get_key_request (self->mechanism);
}

gboolean
hs_authentication_finish (HsAuthentication *self, const guint8 *data, gsize length, GError **error)
{
  if (!hs_sasl_mechanism_success (self->mechanism, data, length, error))
    return FALSE;
  on_event (self, HS_AUTHENTICATION_ON_PROOF);
  self->proved_lists = hs_sasl_mechanism_proved_lists (self->mechanism);
  g_free (self->channel_binding);
  self->channel_binding = g_strdup (hs_sasl_mechanism_get_binding_type (self->mechanism));
  self->proved_password = hs_sasl_mechanism_proves_password (self->mechanism);
  return TRUE;
}

void
hs_authentication_succeed (HsAuthentication *self)
{
  on_event (self, HS_AUTHENTICATION_ON_SUCCESS);
  forget_upgrade (self);
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
}

void
hs_authentication_succeed_by_handshake (HsAuthentication *self)
{
  g_free (self->mechanism_name);
  self->mechanism_name = g_strdup ("handshake");
  on_event (self, HS_AUTHENTICATION_ON_HANDSHAKE);
}

/* ---- A refusal ---- */

GError *
hs_authentication_refuse (HsAuthentication *self)
{
  const GError *refusal = hs_sasl_mechanism_get_refusal (self->mechanism);

  if (refusal == NULL)
    return NULL;
  g_free (self->discovery);
  self->discovery = g_strdup (hs_sasl_mechanism_get_discovery (self->mechanism));
  return g_error_copy (refusal);
}

void
hs_authentication_refuse_token (HsAuthentication *self, GError *error)
{
  on_event (self, HS_AUTHENTICATION_ON_REFUSAL);
  g_clear_error (&self->token_refusal);
  self->token_refusal = error;
}

const GError *
hs_authentication_get_token_refusal (const HsAuthentication *self)
{
  return self->token_refusal;
}

GError *
hs_authentication_steal_token_refusal (HsAuthentication *self)
{
  return g_steal_pointer (&self->token_refusal);
}

/* ---- What came of the sign-in ---- */

const char *
hs_authentication_get_mechanism (const HsAuthentication *self)
{
  return self->mechanism_name;
}

const char *
hs_authentication_get_channel_binding (const HsAuthentication *self)
{
  return self->channel_binding;
}

gboolean
hs_authentication_proved_lists (const HsAuthentication *self)
{
  return self->proved_lists;
}

gboolean
hs_authentication_proved_password (const HsAuthentication *self)
{
  return self->proved_password;
}

const char *
hs_authentication_get_discovery (const HsAuthentication *self)
{
  return self->discovery;
}

/* ---- Tokens ---- */

/* Only a sign-in with the user's own secret asks for a token: what it replaces is that secret. */
const char *
hs_authentication_request_token (HsAuthentication *self,
                                 const HsStreamFeatures *features,
                                 const HsSaslCredentials *credentials)
{
  self->token_mechanism = NULL;
  if (!self->using_token && credentials->username != NULL && !g_str_equal (self->mechanism_name, "EXTERNAL"))
    self->token_mechanism = hs_sasl_ht_choose ((const char *const *) features->fast, credentials);
  return self->token_mechanism;
}

void
hs_authentication_take_token (HsAuthentication *self, const char *token, const char *expiry)
{
  if (self->using_token)
    self->token_mechanism = self->mechanism_name;
  if (self->token_mechanism == NULL)
    return;
  hs_sasl_secret_free (self->token);
  self->token = g_strdup (token);
  g_free (self->token_expiry);
  self->token_expiry = g_strdup (expiry);
}

const char *
hs_authentication_get_token (const HsAuthentication *self)
{
  return self->token;
}

const char *
hs_authentication_get_token_mechanism (const HsAuthentication *self)
{
  return self->token_mechanism;
}

const char *
hs_authentication_get_token_expiry (const HsAuthentication *self)
{
  return self->token_expiry;
}

gboolean
hs_authentication_uses_token (const HsAuthentication *self)
{
  return self->using_token;
}

/* ---- A better hash ---- */

/* XEP-0480. Anybody who reads the new hash can sign in with it: send it only if the sign-in is bound to
 * the TLS connection. Only a stronger hash than the one that the sign-in used is stored. */
const char *
hs_authentication_request_upgrade (HsAuthentication *self,
                                   const HsStreamFeatures *features,
                                   const HsSaslCredentials *credentials)
{
  int used = hs_sasl_mechanism_get_hash (self->mechanism);

  forget_upgrade (self);
  if (used < 0 || hs_sasl_mechanism_get_binding_type (self->mechanism) == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (upgrades); i++)
    {
      if (features->upgrades == NULL
          || !g_strv_contains ((const char *const *) features->upgrades, upgrades[i].name)
          || g_strv_contains ((const char *const *) features->sasl2, upgrades[i].mechanism)
          || g_checksum_type_get_length ((GChecksumType) used)
                 >= g_checksum_type_get_length (upgrades[i].hash))
        continue;
      self->password = hs_sasl_prepare_password (credentials, NULL);
      if (self->password == NULL)
        return NULL;
      self->upgrade = (int) i;
      self->min_iterations = credentials->min_iterations;
      return upgrades[i].name;
    }
  return NULL;
}

gboolean
hs_authentication_begin_upgrade (HsAuthentication *self, const char *task)
{
  if (self->upgrade < 0 || !hs_authentication_phase_can (self->phase, HS_AUTHENTICATION_ON_UPGRADE)
      || !g_str_equal (task, upgrades[self->upgrade].name))
    return FALSE;
  on_event (self, HS_AUTHENTICATION_ON_UPGRADE);
  return TRUE;
}

guint
hs_authentication_get_min_iterations (const HsAuthentication *self)
{
  return self->min_iterations > 0 ? self->min_iterations : 4096;
}

void
hs_authentication_derive_upgrade (HsAuthentication *self, const guint8 *salt, gsize length, guint iterations)
{
  self->upgrade_request
      = hs_sasl_key_request_new (upgrades[self->upgrade].hash, self->password, salt, length, iterations);
}
