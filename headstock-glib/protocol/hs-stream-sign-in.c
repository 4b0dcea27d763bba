/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-condition.h"
#include "sasl/hs-sasl-base64.h"
#include "sasl/hs-sasl-binding.h"

/* Signing in with SASL (RFC 6120, 6). */

/* RFC 6120, 6.4.2: "=" is an empty message, where an empty element is none. */
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

static void
sasl_failed (HsStream *self, GError *error)
{
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

void
hs_stream_sign_in (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) initial = NULL;
  HsSaslCredentials chosen = *credentials;
  const char *const *offered;

  if (self->state != HS_STREAM_STATE_UNSIGNED || self->closing)
    return;
  self->offer = hs_stream_offer_new (self->features->node);
  hs_parser_give_back (self->parser, g_steal_pointer (&self->features));
  offered = (const char *const *) self->offer->mechanisms;
  chosen.announced = (const char *const *) self->offer->announced;
  if (hs_sasl_binding_choose (&chosen, offered, &error))
    self->mechanism = hs_sasl_mechanism_select (offered, &chosen, &error);
  if (self->mechanism == NULL)
    {
      sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  self->mechanism_name = g_strdup (hs_sasl_mechanism_get_name (self->mechanism));
  if (hs_sasl_mechanism_start (self->mechanism, &initial, &error) == HS_SASL_STEP_FAILED)
    sasl_failed (self, g_steal_pointer (&error));
  else
    send_sasl (self, "auth", self->mechanism_name, initial);
}

static void
take_step (HsStream *self, HsSaslStep step, GBytes *response, GError *error)
{
  switch (step)
    {
    case HS_SASL_STEP_RESPOND:
      send_sasl (self, "response", NULL, response);
      break;
    case HS_SASL_STEP_DERIVE:
      self->state = HS_STREAM_STATE_DERIVING;
      self->pending = HS_STREAM_EVENT_DERIVE_KEY;
      break;
    case HS_SASL_STEP_FAILED:
    default:
      hs_stream_write (self, "<abort xmlns='%s'/>", HS_NS_SASL);
      sasl_failed (self, error);
    }
}

/* The octets of a SASL element; NULL and no error for none at all. */
static guint8 *
decode (HsStream *self, HsNode *node, gsize *length)
{
  const char *text = hs_node_get_text (node);

  *length = 0;
  if (text == NULL)
    return NULL;
  if (strcmp (text, "=") == 0)
    return g_new0 (guint8, 1);
  return hs_sasl_base64_decode (text, length);
}

void
hs_stream_on_challenge (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  gsize length;
  g_autofree guint8 *challenge = decode (self, node, &length);
  HsSaslStep step;

  if (challenge == NULL && hs_node_get_text (node) != NULL)
    {
      g_set_error_literal (&error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                           "The server's challenge is not base64");
      take_step (self, HS_SASL_STEP_FAILED, NULL, g_steal_pointer (&error));
      return;
    }
  step = hs_sasl_mechanism_challenge (self->mechanism,
                                      challenge != NULL ? challenge : (const guint8 *) "", length,
                                      &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

HsSaslKeyRequest *
hs_stream_get_key_request (HsStream *self)
{
  return hs_sasl_mechanism_get_key_request (self->mechanism);
}

void
hs_stream_key_derived (HsStream *self, GBytes *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  HsSaslStep step;

  if (self->state != HS_STREAM_STATE_DERIVING || self->closing)
    return;
  step = hs_sasl_mechanism_derived (self->mechanism, key, &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

void
hs_stream_on_success (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree guint8 *data = decode (self, node, &length);

  if (data == NULL && hs_node_get_text (node) != NULL)
    {
      sasl_failed (self, g_error_new_literal (HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                                              "The server's success is not base64"));
      return;
    }
  if (!hs_sasl_mechanism_success (self->mechanism, data, length, &error))
    {
      sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  self->authenticated = TRUE;
  self->proved_lists = hs_sasl_mechanism_proved_lists (self->mechanism);
  self->channel_binding = g_strdup (hs_sasl_mechanism_get_binding_type (self->mechanism));
  self->proved_password = hs_sasl_mechanism_proves_password (self->mechanism);
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  hs_stream_send_header (self);
}

void
hs_stream_on_failure (HsStream *self, HsNode *node)
{
  sasl_failed (self, hs_condition_to_error (node, HS_SASL_ERROR, HS_TYPE_SASL_ERROR, HS_NS_SASL,
                                            HS_SASL_ERROR_UNDEFINED_CONDITION,
                                            "The server refused the sign-in"));
}
