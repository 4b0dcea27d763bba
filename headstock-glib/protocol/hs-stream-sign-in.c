/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-condition.h"
#include "sasl/hs-sasl-binding.h"
#include "sasl/hs-sasl-ht.h"

/* Signing in: the choice of profile and mechanism, pipelining, and SASL as RFC 6120, 6 has it. */

/* RFC 6120, 6.4.2: "=" stands for an empty message. An empty element would mean that there is no message. */
static void
send_sasl (HsStream *self, const char *element, const char *mechanism, GBytes *data)
{
  gsize size = 0;
  const guint8 *bytes = data != NULL ? g_bytes_get_data (data, &size) : NULL;
  g_autofree char *base64 = size > 0 ? g_base64_encode (bytes, size) : g_strdup ("=");

  self->state = HS_STREAM_STATE_SASL;
  hs_stream_write (self, "<%s xmlns='%s'", element, HS_NS_SASL);
  if (mechanism != NULL)
    hs_stream_write (self, " mechanism='%s'", mechanism);
  if (data != NULL)
    hs_stream_write (self, ">%s</%s>", base64, element);
  else
    hs_stream_write (self, "/>");
  explicit_bzero (base64, strlen (base64));
}

/* ---- Choosing a mechanism ---- */

static gboolean
select_from (HsStream *self,
             const char *const *offered,
             HsSaslCredentials *credentials,
             GError **error)
{
  return hs_sasl_binding_choose (credentials, offered, error)
         && (self->authentication.mechanism = hs_sasl_mechanism_select (offered, credentials, error)) != NULL;
}

/* XEP-0388, 2.3: SASL2 is only for connections under TLS and for the account that the header named. Its list of
 * mechanisms is preferred, except for EXTERNAL, which some servers have only in the list of SASL. */
static gboolean
prefers_sasl2 (HsStream *self, const HsSaslCredentials *credentials)
{
  const char *const *old = (const char *const *) self->features->mechanisms;
  const char *const *new = (const char *const *) self->features->sasl2;

  if (!self->secure || self->authentication.renamed || new == NULL)
    return FALSE;
  /* ejabberd 26.07 refuses SASL2 on the stream on which the account was made, and takes SASL. */
  if (self->authentication.negotiated && old != NULL)
    return FALSE;
  return !credentials->has_certificate || old == NULL || !g_strv_contains (old, "EXTERNAL")
         || g_strv_contains (new, "EXTERNAL")
         || (credentials->allowed != NULL && !g_strv_contains (credentials->allowed, "EXTERNAL"));
}

static gboolean
choose_mechanism (HsStream *self, HsSaslCredentials *credentials, GError **error)
{
  const char *const *old = (const char *const *) self->features->mechanisms;
  const char *const *new = (const char *const *) self->features->sasl2;

  self->authentication.using_token = FALSE;
  self->authentication.sasl2 = prefers_sasl2 (self, credentials);
  credentials->announced = (const char *const *) self->features->announced;
  credentials->sasl2 = self->authentication.sasl2;
  if (self->authentication.sasl2 && self->config.user_agent_id != NULL)
    self->authentication.mechanism = hs_sasl_ht_new ((const char *const *) self->features->fast, credentials);
  self->authentication.using_token = self->authentication.mechanism != NULL;
  return self->authentication.using_token
         || select_from (self, self->authentication.sasl2 ? new : old, credentials, error);
}

/* Sends the first message of the mechanism that was chosen. */
static void
start (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) initial = NULL;

  g_free (self->authentication.mechanism_name);
  self->authentication.mechanism_name = g_strdup (hs_sasl_mechanism_get_name (self->authentication.mechanism));
  if (hs_sasl_mechanism_start (self->authentication.mechanism, &initial, &error) == HS_SASL_STEP_FAILED)
    hs_stream_sasl_failed (self, g_steal_pointer (&error));
  else if (self->authentication.sasl2)
    hs_stream_authenticate (self, credentials, initial);
  else
    send_sasl (self, "auth", self->authentication.mechanism_name, initial);
}

static void
begin (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  HsSaslCredentials chosen = *credentials;

  self->authentication.mechanism_done = FALSE;
  g_clear_pointer (&self->authentication.mechanism, hs_sasl_mechanism_free);
  if (!choose_mechanism (self, &chosen, &error))
    {
      /* Where a token was refused and there is no other secret, the refusal is the reason. */
      if (self->authentication.token_refusal != NULL
          && g_error_matches (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS))
        hs_stream_sasl_failed (self, g_steal_pointer (&self->authentication.token_refusal));
      else
        hs_stream_sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  start (self, &chosen);
}

void
hs_stream_sign_in (HsStream *self, const HsSaslCredentials *credentials)
{
  if (self->state != HS_STREAM_STATE_UNSIGNED || self->closing)
    return;
  if (self->features_event != NULL)
    {
      g_clear_pointer (&self->features, hs_stream_features_free);
      self->features = hs_stream_features_new (self->features_event->node);
      hs_parser_give_back (self->parser, g_steal_pointer (&self->features_event));
    }
  begin (self, credentials);
}

/* ---- Pipelining ---- */

/* Whether the mechanism's first message shows no secret to somebody in the middle, who might have got between
 * since the last connection. */
static gboolean
is_safe_to_pipeline (const char *mechanism)
{
  return g_str_has_prefix (mechanism, "SCRAM-") || g_str_has_prefix (mechanism, "HT-")
         || g_str_equal (mechanism, "EXTERNAL");
}

gboolean
hs_stream_pipeline_sign_in (HsStream *self, GVariant *features, const HsSaslCredentials *credentials)
{
  HsSaslCredentials chosen = *credentials;

  if (self->state != HS_STREAM_STATE_HEADER || !self->secure || self->authenticated
      || self->closing)
    return FALSE;
  self->features = hs_stream_features_load (features);
  if (self->features == NULL)
    return FALSE;
  if (!choose_mechanism (self, &chosen, NULL)
      || !is_safe_to_pipeline (hs_sasl_mechanism_get_name (self->authentication.mechanism)))
    {
      g_clear_pointer (&self->authentication.mechanism, hs_sasl_mechanism_free);
      g_clear_pointer (&self->features, hs_stream_features_free);
      return FALSE;
    }
  start (self, &chosen);
  if (self->error != NULL)
    return TRUE;
  self->sign_in_pipelined = TRUE;
  self->pipelined_state = self->state;
  self->state = HS_STREAM_STATE_HEADER;
  return TRUE;
}

/* Compares the features that a pipelined sign-in relied on with those that the server sends. If the lists
 * differ, the mechanism may be weaker than necessary, or unknown to the server. A token has one mechanism
 * only: for a token it is enough that the server still offers that one. */
void
hs_stream_check_features (HsStream *self, HsNode *node)
{
  g_autoptr (HsStreamFeatures) features = hs_stream_features_new (node);
  gboolean same = hs_stream_features_equal (features, self->features);
  const char *const *tokens = (const char *const *) features->fast;

  if (!same && self->authentication.using_token && tokens != NULL)
    same = g_strv_contains (tokens, self->authentication.mechanism_name);
  if (!same)
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s offers other ways to sign in than the last time",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  hs_stream_features_free (self->features);
  self->features = g_steal_pointer (&features);
  self->sign_in_pipelined = FALSE;
  self->state = self->pipelined_state;
}

/* ---- The messages of the mechanism ---- */

static void
take_step (HsStream *self, HsSaslStep step, GBytes *response, GError *error)
{
  switch (step)
    {
    case HS_SASL_STEP_RESPOND:
      if (self->authentication.sasl2)
        hs_stream_respond2 (self, response);
      else
        send_sasl (self, "response", NULL, response);
      break;
    case HS_SASL_STEP_DERIVE:
      self->state = HS_STREAM_STATE_DERIVING;
      self->pending = HS_STREAM_EVENT_DERIVE_KEY;
      break;
    case HS_SASL_STEP_FAILED:
    default:
      hs_stream_write (self, "<abort xmlns='%s'/>", self->authentication.sasl2 ? HS_NS_SASL2 : HS_NS_SASL);
      hs_stream_sasl_failed (self, error);
    }
}

void
hs_stream_on_challenge (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  gsize length;
  g_autofree guint8 *challenge = hs_stream_decode (node, &length, &error);
  HsSaslStep step = HS_SASL_STEP_FAILED;

  if (challenge != NULL)
    step = hs_sasl_mechanism_challenge (self->authentication.mechanism, challenge, length, &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

HsSaslKeyRequest *
hs_stream_get_key_request (HsStream *self)
{
  return self->authentication.upgrade_request != NULL ? self->authentication.upgrade_request
                                       : hs_sasl_mechanism_get_key_request (self->authentication.mechanism);
}

void
hs_stream_key_derived (HsStream *self, GBytes *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  HsSaslStep step;

  if (self->state != HS_STREAM_STATE_DERIVING || self->closing)
    return;
  if (self->authentication.upgrade_request != NULL)
    {
      hs_stream_send_upgrade (self, key);
      return;
    }
  step = hs_sasl_mechanism_derived (self->authentication.mechanism, key, &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

void
hs_stream_on_success (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = hs_node_dup_value (node);
  gsize length;
  g_autofree guint8 *data = hs_stream_decode (node, &length, &error);

  if (data == NULL)
    {
      hs_stream_sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  if (!hs_stream_finish_mechanism (self, text != NULL ? data : NULL, length))
    return;
  self->authenticated = TRUE;
  g_clear_pointer (&self->authentication.mechanism, hs_sasl_mechanism_free);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  hs_stream_send_header (self);
  hs_stream_pipeline_bind (self);
}

void
hs_stream_on_failure (HsStream *self, HsNode *node)
{
  const GError *refusal = hs_sasl_mechanism_get_refusal (self->authentication.mechanism);
  g_autoptr (GError) error
      = hs_condition_to_error (node, HS_SASL_ERROR, HS_TYPE_SASL_ERROR, HS_NS_SASL,
                               HS_SASL_ERROR_UNDEFINED_CONDITION, "The server refused the sign-in");

  if (refusal != NULL)
    {
      self->authentication.discovery = g_strdup (hs_sasl_mechanism_get_discovery (self->authentication.mechanism));
      g_clear_error (&error);
      error = g_error_copy (refusal);
    }
  /* XEP-0484, 4.1: try the password on the same stream. */
  if (self->authentication.using_token)
    {
      g_clear_error (&self->authentication.token_refusal);
      self->authentication.token_refusal = g_steal_pointer (&error);
      self->state = HS_STREAM_STATE_UNSIGNED;
      self->pending = HS_STREAM_EVENT_TOKEN_REFUSED;
      return;
    }
  hs_stream_sasl_failed (self, g_steal_pointer (&error));
}
