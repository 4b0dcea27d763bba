/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-mechanism.h"

#include <string.h>

#include "hs-error.h"
#include "hs-printable.h"

#include "hs-sasl-binding.h"
#include "hs-sasl-mechanism-private.h"

/* How much of a server's list goes into a message. Names have at most 20 characters (RFC
 * 4422, 3.1). */
#define NAME_MAX_SHOWN 20
#define NAMES_MAX_SHOWN 16

typedef enum
{
  KIND_EXTERNAL,
  KIND_SCRAM,
  KIND_SCRAM_PLUS,
  KIND_ANONYMOUS,
  KIND_OAUTHBEARER,
  KIND_PLAIN,
} Kind;

typedef struct
{
  const char *name;
  Kind kind;
  GChecksumType hash;
} Entry;

/* In the order of preference. EXTERNAL is the first: who has configured a certificate, has shown
 * it, and is offered EXTERNAL for it (RFC 6120, 6.3.4; XEP-0178, 2) wants to be known by it, and it
 * leaves nothing to guess passwords from. Among the others any that binds to the TLS channel comes
 * before any that does not, whichever its hash: that is what keeps a man in the middle out. */
static const Entry registry[] = {
  { "EXTERNAL", KIND_EXTERNAL, 0 },
  { "SCRAM-SHA-512-PLUS", KIND_SCRAM_PLUS, G_CHECKSUM_SHA512 },
  { "SCRAM-SHA-256-PLUS", KIND_SCRAM_PLUS, G_CHECKSUM_SHA256 },
  { "SCRAM-SHA-1-PLUS", KIND_SCRAM_PLUS, G_CHECKSUM_SHA1 },
  { "SCRAM-SHA-512", KIND_SCRAM, G_CHECKSUM_SHA512 },
  { "SCRAM-SHA-256", KIND_SCRAM, G_CHECKSUM_SHA256 },
  { "SCRAM-SHA-1", KIND_SCRAM, G_CHECKSUM_SHA1 },
  { "ANONYMOUS", KIND_ANONYMOUS, 0 },
  { "OAUTHBEARER", KIND_OAUTHBEARER, 0 },
  { "PLAIN", KIND_PLAIN, 0 },
};

/* Why a mechanism is not used. */
typedef enum
{
  REFUSAL_NONE,
  REFUSAL_UNKNOWN,
  REFUSAL_NOT_ALLOWED,
  REFUSAL_NO_BINDING,
  REFUSAL_NOT_BOUND,
  REFUSAL_PROVED,
  REFUSAL_NOT_ENCRYPTED,
  REFUSAL_NOT_TRUSTED,
  REFUSAL_HAS_USERNAME,
  REFUSAL_NO_USERNAME,
  REFUSAL_NO_CERTIFICATE,
  REFUSAL_NO_ACCESS_TOKEN,
  REFUSAL_NO_PASSWORD,
} Refusal;

static const char *const refusal_texts[] = {
  [REFUSAL_NONE] = "",
  [REFUSAL_UNKNOWN] = "not known here",
  [REFUSAL_NOT_ALLOWED] = "not in the program's list",
  [REFUSAL_NO_BINDING] = "no channel binding",
  [REFUSAL_NOT_BOUND] = "not bound to the channel, which is required",
  [REFUSAL_PROVED] = "not after a stronger one has worked for this account",
  [REFUSAL_NOT_ENCRYPTED] = "never without TLS",
  [REFUSAL_NOT_TRUSTED] = "never to a server whose certificate was not verified",
  [REFUSAL_HAS_USERNAME] = "only without a user name",
  [REFUSAL_NO_USERNAME] = "needs a user name",
  [REFUSAL_NO_CERTIFICATE] = "needs a client certificate",
  [REFUSAL_NO_ACCESS_TOKEN] = "needs an access token",
  [REFUSAL_NO_PASSWORD] = "needs a password",
};

static gboolean
is_given (const char *string)
{
  return string != NULL && *string != '\0';
}

static gboolean
contains (const char *const *names, const char *name)
{
  return names != NULL && g_strv_contains (names, name);
}

/* The one policy for everything that is secret and leaves as it is: passwords, tokens, whatever sends them.
 * A program's list of mechanisms does not open a channel, with one exception: the program also chose
 * HS_TLS_MODE_NONE, and names PLAIN. */
static Refusal
refuse_channel (const HsSaslCredentials *credentials)
{
  if (credentials->encrypted)
    return credentials->trusted ? REFUSAL_NONE : REFUSAL_NOT_TRUSTED;
  if (credentials->tls_mode_none && contains (credentials->allowed, "PLAIN"))
    return REFUSAL_NONE;
  return REFUSAL_NOT_ENCRYPTED;
}

static Refusal
refuse_plain (const HsSaslCredentials *credentials)
{
  return credentials->password_proved ? REFUSAL_PROVED : refuse_channel (credentials);
}

/* An access token has no exception for connections without TLS. */
static Refusal
refuse_oauthbearer (const HsSaslCredentials *credentials)
{
  if (!is_given (credentials->access_token) || !is_given (credentials->account))
    return REFUSAL_NO_ACCESS_TOKEN;
  return credentials->encrypted ? refuse_channel (credentials) : REFUSAL_NOT_ENCRYPTED;
}

gboolean
hs_sasl_check_secret (const HsSaslCredentials *credentials, GError **error)
{
  switch (refuse_channel (credentials))
    {
    case REFUSAL_NONE:
      return TRUE;
    case REFUSAL_NOT_TRUSTED:
      g_set_error_literal (error, HS_ERROR, HS_ERROR_TLS_REQUIRED,
                           "A password is not sent to a server whose certificate was not verified: only "
                           "accept-certificate let it through");
      return FALSE;
    default:
      g_set_error_literal (error, HS_ERROR, HS_ERROR_TLS_REQUIRED,
                           "A password is not sent without TLS, unless tls-mode is NONE and "
                           "sasl-mechanisms names PLAIN");
      return FALSE;
    }
}

static gboolean
can_bind (const HsSaslCredentials *credentials)
{
  return credentials->binding == HS_SASL_BINDING_USED && is_given (credentials->binding_type)
         && credentials->binding_data != NULL;
}

/* EXTERNAL is bound to the connection by what it is: the certificate's key signed its handshake. */
static gboolean
must_bind (const HsSaslCredentials *credentials)
{
  return credentials->channel_binding == HS_CHANNEL_BINDING_REQUIRE;
}

/* The password is looked at last: REFUSAL_NO_PASSWORD means that nothing else is missing. */
static Refusal
find_refusal (const Entry *entry, const HsSaslCredentials *credentials)
{
  Refusal refusal = REFUSAL_NONE;

  if (credentials->allowed != NULL && !contains (credentials->allowed, entry->name))
    return REFUSAL_NOT_ALLOWED;
  if (entry->kind == KIND_EXTERNAL)
    return credentials->encrypted && credentials->has_certificate ? REFUSAL_NONE
                                                                  : REFUSAL_NO_CERTIFICATE;
  if (entry->kind == KIND_ANONYMOUS && !must_bind (credentials))
    return is_given (credentials->username) ? REFUSAL_HAS_USERNAME : REFUSAL_NONE;
  if (entry->kind == KIND_SCRAM_PLUS && !can_bind (credentials))
    return REFUSAL_NO_BINDING;
  if (entry->kind != KIND_SCRAM_PLUS && must_bind (credentials))
    return REFUSAL_NOT_BOUND;
  if (entry->kind == KIND_OAUTHBEARER)
    return refuse_oauthbearer (credentials);
  if (entry->kind == KIND_PLAIN)
    refusal = refuse_plain (credentials);
  if (refusal != REFUSAL_NONE)
    return refusal;
  if (!is_given (credentials->username))
    return REFUSAL_NO_USERNAME;
  if (!is_given (credentials->password))
    return REFUSAL_NO_PASSWORD;
  return REFUSAL_NONE;
}

static const Entry *
find_entry (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (registry); i++)
    {
      if (strcmp (registry[i].name, name) == 0)
        return &registry[i];
    }
  return NULL;
}

/* RFC 5802, 6: a server that binds takes "y" for a sign that somebody has removed -PLUS from its
 * list, so it is never said where -PLUS was seen. */
static HsSaslBinding
choose_binding (const Entry *entry,
                const char *const *offered,
                const HsSaslCredentials *credentials)
{
  if (entry->kind == KIND_SCRAM_PLUS)
    return HS_SASL_BINDING_USED;
  if (credentials->binding != HS_SASL_BINDING_UNAVAILABLE)
    return HS_SASL_BINDING_NONE;
  for (gsize i = 0; offered[i] != NULL; i++)
    {
      if (g_str_has_suffix (offered[i], "-PLUS"))
        return HS_SASL_BINDING_NONE;
    }
  return HS_SASL_BINDING_UNAVAILABLE;
}

static HsSaslMechanism *
create (const Entry *entry,
        const char *const *offered,
        const HsSaslCredentials *credentials,
        GError **error)
{
  switch (entry->kind)
    {
    case KIND_EXTERNAL:
      return hs_sasl_external_new (credentials);
    case KIND_ANONYMOUS:
      return hs_sasl_anonymous_new ();
    case KIND_OAUTHBEARER:
      return hs_sasl_oauthbearer_new (credentials);
    case KIND_PLAIN:
      return hs_sasl_plain_new (credentials, error);
    case KIND_SCRAM:
    case KIND_SCRAM_PLUS:
    default:
      return hs_sasl_scram_new (entry->name, entry->hash,
                                choose_binding (entry, offered, credentials), credentials, error);
    }
}

/* Nothing fits: says what was offered, and of each why not. */
static void
set_no_mechanism (const char *const *offered, const HsSaslCredentials *credentials, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  gboolean only_certificate = TRUE;
  guint shown = 0;

  for (; offered[shown] != NULL; shown++)
    {
      g_autofree char *name = hs_printable (offered[shown], NAME_MAX_SHOWN);
      const Entry *entry = find_entry (offered[shown]);
      Refusal refusal = entry != NULL ? find_refusal (entry, credentials) : REFUSAL_UNKNOWN;

      only_certificate &= refusal == REFUSAL_NO_CERTIFICATE;
      if (shown < NAMES_MAX_SHOWN)
        g_string_append_printf (list, "%s%s (%s)", shown > 0 ? ", " : "", name,
                                refusal_texts[refusal]);
    }

  if (shown == 0)
    g_set_error_literal (error, HS_ERROR, HS_ERROR_NO_MECHANISM,
                         "The server offers no mechanism to sign in with");
  else if (only_certificate)
    g_set_error_literal (
        error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
        "A client certificate is needed to sign in: the server offers only EXTERNAL");
  else if (shown > NAMES_MAX_SHOWN)
    g_set_error (
        error, HS_ERROR, HS_ERROR_NO_MECHANISM,
        "None of the sign-in mechanisms that the server offers can be used: %s and %u more",
        list->str, shown - NAMES_MAX_SHOWN);
  else
    g_set_error (error, HS_ERROR, HS_ERROR_NO_MECHANISM,
                 "None of the sign-in mechanisms that the server offers can be used: %s",
                 list->str);
}

HsSaslMechanism *
hs_sasl_mechanism_select (const char *const *offered,
                          const HsSaslCredentials *credentials,
                          GError **error)
{
  static const char *const none[] = { NULL };
  const Entry *without_password = NULL;

  g_assert (credentials != NULL);

  if (offered == NULL)
    offered = none;
  for (gsize i = 0; i < G_N_ELEMENTS (registry); i++)
    {
      Refusal refusal;

      if (!g_strv_contains (offered, registry[i].name))
        continue;
      refusal = find_refusal (&registry[i], credentials);
      if (refusal == REFUSAL_NONE)
        {
          HsSaslMechanism *self = create (&registry[i], offered, credentials, error);

          if (self != NULL)
            hs_sasl_mechanism_set_lists (self, offered, credentials->announced);
          return self;
        }
      if (refusal == REFUSAL_NO_PASSWORD && without_password == NULL)
        without_password = &registry[i];
    }

  if (without_password != NULL)
    g_set_error (error, HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                 "A password is needed to sign in with %s, and none was given",
                 without_password->name);
  else
    set_no_mechanism (offered, credentials, error);
  return NULL;
}

void
hs_sasl_mechanism_free (HsSaslMechanism *self)
{
  if (self != NULL)
    self->klass->free (self);
}

const char *
hs_sasl_mechanism_get_name (HsSaslMechanism *self)
{
  return self->name;
}

int
hs_sasl_mechanism_get_hash (HsSaslMechanism *self)
{
  return self->klass->get_hash != NULL ? self->klass->get_hash (self) : -1;
}

const char *
hs_sasl_mechanism_get_binding_type (HsSaslMechanism *self)
{
  return self->klass->get_binding_type != NULL ? self->klass->get_binding_type (self) : NULL;
}

gboolean
hs_sasl_mechanism_proved_lists (HsSaslMechanism *self)
{
  return self->klass->proved_lists != NULL && self->klass->proved_lists (self);
}

const GError *
hs_sasl_mechanism_get_refusal (HsSaslMechanism *self)
{
  return self->refusal;
}

const char *
hs_sasl_mechanism_get_discovery (HsSaslMechanism *self)
{
  return self->discovery;
}

void
hs_sasl_mechanism_set_lists (HsSaslMechanism *self,
                             const char *const *offered,
                             const char *const *announced)
{
  if (self->klass->set_lists != NULL)
    self->klass->set_lists (self, hs_sasl_binding_join_lists (offered, announced));
}

gboolean
hs_sasl_mechanism_proves_password (HsSaslMechanism *self)
{
  return self->klass->proves_password;
}

/* A message of the server before the start, or after a failure or a success, is an error. */
static gboolean
check_running (HsSaslMechanism *self, const char *what, GError **error)
{
  if (hs_sasl_phase_can (self->phase, HS_SASL_ON_SUCCESS))
    return TRUE;
  g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
               "The server sent %s while no sign-in with %s was under way", what, self->name);
  return FALSE;
}

static HsSaslStep
take_step (HsSaslMechanism *self, HsSaslStep step)
{
  if (step == HS_SASL_STEP_FAILED)
    self->phase = hs_sasl_phase_get_next (self->phase, HS_SASL_ON_FAILURE);
  return step;
}

HsSaslStep
hs_sasl_mechanism_start (HsSaslMechanism *self, GBytes **initial_response, GError **error)
{
  *initial_response = NULL;
  self->phase = hs_sasl_phase_get_next (self->phase, HS_SASL_ON_START);
  return take_step (self, self->klass->start (self, initial_response, error));
}

HsSaslStep
hs_sasl_mechanism_challenge (
    HsSaslMechanism *self, const guint8 *challenge, gsize length, GBytes **response, GError **error)
{
  *response = NULL;
  if (!check_running (self, "a challenge", error))
    return HS_SASL_STEP_FAILED;
  if (self->klass->challenge != NULL)
    return take_step (self, self->klass->challenge (self, challenge, length, response, error));

  g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL, "The server sent a challenge, and %s has none",
               self->name);
  return take_step (self, HS_SASL_STEP_FAILED);
}

HsSaslKeyRequest *
hs_sasl_mechanism_get_key_request (HsSaslMechanism *self)
{
  return self->klass->get_key_request != NULL ? self->klass->get_key_request (self) : NULL;
}

HsSaslStep
hs_sasl_mechanism_derived (HsSaslMechanism *self, GBytes *key, GBytes **response, GError **error)
{
  g_assert (self->klass->derived != NULL);
  g_assert (key != NULL);

  *response = NULL;
  if (!hs_sasl_phase_can (self->phase, HS_SASL_ON_KEY))
    {
      g_set_error_literal (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                           "The sign-in failed while its key was derived");
      return HS_SASL_STEP_FAILED;
    }
  return take_step (self, self->klass->derived (self, key, response, error));
}

gboolean
hs_sasl_mechanism_success (HsSaslMechanism *self, const guint8 *data, gsize length, GError **error)
{
  gboolean verified;

  if (!check_running (self, "success", error))
    return FALSE;
  verified = self->klass->success == NULL || self->klass->success (self, data, length, error);
  self->phase = hs_sasl_phase_get_next (self->phase, HS_SASL_ON_SUCCESS);
  return verified;
}
