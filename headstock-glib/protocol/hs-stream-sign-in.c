/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-debug.h"
#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-condition.h"

/* The sign-in: it chooses profile and mechanism, may be pipelined, and speaks SASL as RFC 6120, 6 has it. */

/* The server's next message of the mechanism is due. */
static void
wait_for_mechanism (HsStream *self)
{
  hs_stream_change (self,
                    hs_authentication_is_sasl2 (&self->authentication) ? HS_STREAM_ON_SASL2 : HS_STREAM_ON_SASL);
}

/* RFC 6120, 6.4.2: "=" stands for an empty message. An empty element would mean that there is no message. */
static void
send_sasl (HsStream *self, const char *element, const char *mechanism, GBytes *data)
{
  gsize size = 0;
  const guint8 *bytes = data != NULL ? g_bytes_get_data (data, &size) : NULL;
  g_autofree char *base64 = size > 0 ? g_base64_encode (bytes, size) : g_strdup ("=");

  wait_for_mechanism (self);
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

/* Completes a copy of the credentials with what the mechanism that is chosen needs. */
static gboolean
choose_mechanism (HsStream *self, HsSaslCredentials *credentials, GError **error)
{
  /* A token belongs to one user agent (XEP-0484). */
  if (self->config.user_agent_id == NULL)
    credentials->token = NULL;
  return hs_authentication_choose (&self->authentication, self->features, credentials, error);
}

/* Sends the first message of the mechanism that was chosen. */
static void
start (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) initial = NULL;

  if (hs_authentication_start (&self->authentication, &initial, &error) == HS_SASL_STEP_FAILED)
    {
      hs_stream_sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  hs_debug_decided (HS_DEBUG_STATE, credentials->account, "signs in with %s%s",
                    hs_authentication_get_mechanism (&self->authentication),
                    hs_authentication_uses_token (&self->authentication) ? ", a token" : "");
  if (hs_authentication_is_sasl2 (&self->authentication))
    hs_stream_authenticate (self, credentials, initial);
  else
    send_sasl (self, "auth", hs_authentication_get_mechanism (&self->authentication), initial);
}

static void
begin (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  HsSaslCredentials chosen = *credentials;

  if (!choose_mechanism (self, &chosen, &error))
    {
      /* If the token was refused and there is no other secret, report the refusal. */
      if (hs_authentication_get_token_refusal (&self->authentication) != NULL
          && g_error_matches (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS))
        hs_stream_sasl_failed (self, hs_authentication_steal_token_refusal (&self->authentication));
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

gboolean
hs_stream_pipeline_sign_in (HsStream *self, GVariant *features, const HsSaslCredentials *credentials)
{
  HsSaslCredentials chosen = *credentials;

  if (self->state != HS_STREAM_STATE_HEADER || !credentials->encrypted || self->closing
      || hs_authentication_get_phase (&self->authentication) != HS_AUTHENTICATION_NOT_BEGUN)
    return FALSE;
  self->features = hs_stream_features_load (features);
  if (self->features == NULL)
    return FALSE;
  if (!choose_mechanism (self, &chosen, NULL)
      || !hs_authentication_is_safe_to_pipeline (&self->authentication))
    {
      g_clear_pointer (&self->features, hs_stream_features_free);
      return FALSE;
    }
  start (self, &chosen);
  if (self->error != NULL)
    return TRUE;
  hs_authentication_note_pipelined (&self->authentication);
  return TRUE;
}

/* Compares the features that a pipelined sign-in relied on with those that the server sends. */
void
hs_stream_check_features (HsStream *self, HsNode *node)
{
  g_autoptr (HsStreamFeatures) features = hs_stream_features_new (node);

  if (!hs_authentication_take_features (&self->authentication, features, self->features))
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s offers other ways to sign in than the last time",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  hs_stream_features_free (self->features);
  self->features = g_steal_pointer (&features);
  wait_for_mechanism (self);
}

/* ---- The messages of the mechanism ---- */

static void
take_step (HsStream *self, HsSaslStep step, GBytes *response, GError *error)
{
  switch (step)
    {
    case HS_SASL_STEP_RESPOND:
      if (hs_authentication_is_sasl2 (&self->authentication))
        hs_stream_respond2 (self, response);
      else
        send_sasl (self, "response", NULL, response);
      break;
    case HS_SASL_STEP_DERIVE:
      hs_stream_change (self, HS_STREAM_ON_KEY_NEEDED);
      self->pending = HS_STREAM_EVENT_DERIVE_KEY;
      break;
    case HS_SASL_STEP_FAILED:
    default:
      hs_stream_write (self, "<abort xmlns='%s'/>",
                       hs_authentication_is_sasl2 (&self->authentication) ? HS_NS_SASL2 : HS_NS_SASL);
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
    step = hs_authentication_challenge (&self->authentication, challenge, length, &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

HsSaslKeyRequest *
hs_stream_get_key_request (HsStream *self)
{
  return hs_authentication_get_key_request (&self->authentication);
}

void
hs_stream_key_derived (HsStream *self, GBytes *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  HsSaslStep step;

  if (self->state != HS_STREAM_STATE_DERIVING || self->closing)
    return;
  if (hs_authentication_get_phase (&self->authentication) == HS_AUTHENTICATION_UPGRADING)
    {
      hs_stream_send_upgrade (self, key);
      return;
    }
  step = hs_authentication_derived (&self->authentication, key, &response, &error);
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
  hs_authentication_succeed (&self->authentication);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  hs_stream_send_header (self);
  hs_stream_pipeline_bind (self);
}

void
hs_stream_on_failure (HsStream *self, HsNode *node)
{
  GError *error = hs_authentication_refuse (&self->authentication);

  if (error == NULL)
    error = hs_condition_to_error (node, HS_SASL_ERROR, HS_TYPE_SASL_ERROR, HS_NS_SASL,
                                   HS_SASL_ERROR_UNDEFINED_CONDITION, "The server refused the sign-in");
  /* XEP-0484, 4.1: try the password on the same stream. */
  if (hs_authentication_uses_token (&self->authentication))
    {
      hs_authentication_refuse_token (&self->authentication, error);
      hs_stream_change (self, HS_STREAM_ON_TOKEN_REFUSED);
      self->pending = HS_STREAM_EVENT_TOKEN_REFUSED;
      return;
    }
  hs_stream_sasl_failed (self, error);
}
