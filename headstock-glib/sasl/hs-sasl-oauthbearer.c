/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-printable.h"

#include "hs-sasl-scram-message.h"
#include "hs-sasl-secret.h"

/* OAUTHBEARER (RFC 7628): an access token that the program got somewhere else. */

#define SEPARATOR "\x01"
#define MAX_DISCOVERY 4096

typedef struct
{
  HsSaslMechanism parent;
  char *authzid;
  char *access_token;
} HsSaslOauthbearer;

/* RFC 7628, 3.1: gs2-header kvsep *kvpair kvsep */
static HsSaslStep
hs_sasl_oauthbearer_start (HsSaslMechanism *mechanism, GBytes **initial_response, GError **error)
{
  HsSaslOauthbearer *self = (HsSaslOauthbearer *) mechanism;
  g_autofree char *authzid = hs_sasl_scram_escape (self->authzid);
  char *message = g_strdup_printf ("n,a=%s," SEPARATOR "auth=Bearer %s" SEPARATOR SEPARATOR,
                                   authzid, self->access_token);

  *initial_response = hs_sasl_secret_bytes_new (message, strlen (message));
  hs_sasl_secret_free (message);
  return HS_SASL_STEP_RESPOND;
}

/* The text of one member of a JSON object that has only texts, as RFC 7628, 3.2.2 has it. What is odd
 * is not found. */
static char *
find_member (const char *json, const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\"%s\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  GString *plain;

  if (!g_regex_match (regex, json, 0, &match))
    return NULL;
  text = g_match_info_fetch (match, 1);
  /* Unescape only characters that stand for themselves, such as "\/" in addresses. */
  plain = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\\' && (p[1] == '/' || p[1] == '"' || p[1] == '\\'))
        p++;
      g_string_append_c (plain, *p);
    }
  return g_string_free (plain, FALSE);
}

/* RFC 7628, 3.2.2 and 3.2.3: why not, and where to find out how to get a token; the answer is one
 * separator, and the failure comes after it. */
static HsSaslStep
hs_sasl_oauthbearer_challenge (HsSaslMechanism *mechanism,
                               const guint8 *challenge,
                               gsize length,
                               GBytes **response,
                               GError **error)
{
  g_autofree char *json = NULL;
  g_autofree char *status = NULL;
  g_autofree char *shown = NULL;

  if (!hs_sasl_phase_can (mechanism->phase, HS_SASL_ON_REFUSAL) || length > MAX_DISCOVERY
      || !g_utf8_validate_len ((const char *) challenge, length, NULL))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_PROTOCOL,
                           "The server sent a challenge that OAUTHBEARER does not have");
      return HS_SASL_STEP_FAILED;
    }
  json = g_strndup ((const char *) challenge, length);
  status = find_member (json, "status");
  shown = hs_printable (status != NULL ? status : "it does not say why", 100);
  mechanism->discovery = find_member (json, "openid-configuration");
  g_set_error (&mechanism->refusal, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED,
               "The server refused the access token: %s", shown);
  *response = g_bytes_new_static (SEPARATOR, 1);
  mechanism->phase = hs_sasl_phase_get_next (mechanism->phase, HS_SASL_ON_REFUSAL);
  return HS_SASL_STEP_RESPOND;
}

static gboolean
hs_sasl_oauthbearer_success (HsSaslMechanism *mechanism,
                             const guint8 *data,
                             gsize length,
                             GError **error)
{
  if (mechanism->phase != HS_SASL_PHASE_REFUSED)
    return TRUE;
  g_propagate_error (error, g_error_copy (mechanism->refusal));
  return FALSE;
}

static void
hs_sasl_oauthbearer_free (HsSaslMechanism *mechanism)
{
  HsSaslOauthbearer *self = (HsSaslOauthbearer *) mechanism;

  g_free (self->authzid);
  hs_sasl_secret_free (self->access_token);
  g_clear_error (&mechanism->refusal);
  g_free (mechanism->discovery);
  g_free (self);
}

static const HsSaslMechanismClass hs_sasl_oauthbearer_class = {
  .start = hs_sasl_oauthbearer_start,
  .challenge = hs_sasl_oauthbearer_challenge,
  .success = hs_sasl_oauthbearer_success,
  .free = hs_sasl_oauthbearer_free,
};

HsSaslMechanism *
hs_sasl_oauthbearer_new (const HsSaslCredentials *credentials)
{
  HsSaslOauthbearer *self = g_new0 (HsSaslOauthbearer, 1);

  self->parent.klass = &hs_sasl_oauthbearer_class;
  self->parent.name = "OAUTHBEARER";
  self->authzid = g_strdup (credentials->account);
  self->access_token = g_strdup (credentials->access_token);
  return &self->parent;
}
