/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-authentication-phase.h"
#include "protocol/hs-stream-features.h"
#include "sasl/hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* A stream's sign-in (RFC 6120, 6; XEP-0388), from the choice of the mechanism on: how far it has come, and what it
 * has learnt of the server. */

/* Lies inside its owner. Only hs-authentication.c uses the fields. */
typedef struct
{
  guint8 phase;              /* HsAuthenticationPhase */
  gint8 upgrade;             /* the index of the hash that was asked for (XEP-0480), or -1 */
  guint negotiated : 1;      /* a module has asked the server something before the sign-in */
  guint renamed : 1;         /* the account has another name than the header said */
  guint sasl2 : 1;           /* the profile in use */
  guint proved_lists : 1;    /* nobody has changed the server's lists on the way */
  guint proved_password : 1; /* the server knows the password */
  guint using_token : 1;
  guint min_iterations;      /* of a better hash */
  HsSaslMechanism *mechanism;
  char *mechanism_name;
  char *channel_binding;
  char *discovery;

  /* Tokens (XEP-0484) */
  GError *token_refusal;
  const char *token_mechanism; /* of the token that was asked for, static */
  char *token;                 /* the token that the server has given */
  char *token_expiry;

  /* A better hash of the password (XEP-0480) */
  char *password;
  HsSaslKeyRequest *upgrade_request;
} HsAuthentication;

void hs_authentication_init (HsAuthentication *self);
void hs_authentication_clear (HsAuthentication *self);

/* Facts besides the stream features on which the choice of the profile depends. */
void hs_authentication_note_negotiated (HsAuthentication *self);
void hs_authentication_set_renamed (HsAuthentication *self, gboolean renamed);

HsAuthenticationPhase hs_authentication_get_phase (const HsAuthentication *self);

/* Chooses profile and mechanism, and completes the credentials with what they need. A token in the credentials is
 * preferred. */
gboolean hs_authentication_choose (HsAuthentication *self,
                                   const HsStreamFeatures *features,
                                   HsSaslCredentials *credentials,
                                   GError **error);
/* Whether SASL2 was chosen. */
gboolean hs_authentication_is_sasl2 (const HsAuthentication *self);
/* Whether the mechanism's first message shows no secret to somebody in the middle. */
gboolean hs_authentication_is_safe_to_pipeline (const HsAuthentication *self);
/* The first message of the mechanism was sent by the stream features of the last connection. */
void hs_authentication_note_pipelined (HsAuthentication *self);
/* @features have come after the sign-in was pipelined by @relied. FALSE: they do not offer any more what was chosen. */
gboolean hs_authentication_take_features (HsAuthentication *self,
                                          const HsStreamFeatures *features,
                                          const HsStreamFeatures *relied);

/* The messages of the mechanism. */
HsSaslStep hs_authentication_start (HsAuthentication *self, GBytes **initial_response, GError **error);
HsSaslStep hs_authentication_challenge (HsAuthentication *self,
                                        const guint8 *challenge,
                                        gsize length,
                                        GBytes **response,
                                        GError **error);
HsSaslStep hs_authentication_derived (HsAuthentication *self, GBytes *key, GBytes **response, GError **error);
/* The key to derive, of the mechanism or of a better hash. */
HsSaslKeyRequest *hs_authentication_get_key_request (const HsAuthentication *self);
/* The mechanism's last message has come. FALSE: the server did not prove what the mechanism demands. */
gboolean hs_authentication_finish (HsAuthentication *self, const guint8 *data, gsize length, GError **error);

/* The server has accepted the sign-in: secrets are wiped. */
void hs_authentication_succeed (HsAuthentication *self);
/* The same, without a mechanism: the handshake of a component (XEP-0114). */
void hs_authentication_succeed_by_handshake (HsAuthentication *self);

/* The server has refused the sign-in. What the mechanism was told of the reason, or NULL. (transfer full) */
GError *hs_authentication_refuse (HsAuthentication *self);
/* The server has refused the token. Takes @error. */
void hs_authentication_refuse_token (HsAuthentication *self, GError *error);
/* Why the token was refused, or NULL. The second gives the error away. */
const GError *hs_authentication_get_token_refusal (const HsAuthentication *self);
GError *hs_authentication_steal_token_refusal (HsAuthentication *self);

/* The result of the sign-in. */
const char *hs_authentication_get_mechanism (const HsAuthentication *self);
/* The type of channel binding that the sign-in used, or NULL. */
const char *hs_authentication_get_channel_binding (const HsAuthentication *self);
/* Whether the server proved that nobody changed its lists of mechanisms and bindings (XEP-0474). */
gboolean hs_authentication_proved_lists (const HsAuthentication *self);
/* Whether the server proved that it knows the password, or PLAIN was not needed: do not use PLAIN again. */
gboolean hs_authentication_proved_password (const HsAuthentication *self);
/* The address at which to get an access token, from a server that has refused one (RFC 7628, 3.2.2); or NULL. */
const char *hs_authentication_get_discovery (const HsAuthentication *self);

/* For which mechanism to ask a token, or NULL. */
const char *hs_authentication_request_token (HsAuthentication *self,
                                             const HsStreamFeatures *features,
                                             const HsSaslCredentials *credentials);
/* The server has given a token: it is kept if it was asked for, or replaces the one in use. @expiry: when the token
 * ends, or NULL. */
void hs_authentication_take_token (HsAuthentication *self, const char *token, const char *expiry);
/* The token that the server gave, or NULL; the only mechanism it is for; and when it expires, as the server wrote
 * it (XEP-0082). */
const char *hs_authentication_get_token (const HsAuthentication *self);
const char *hs_authentication_get_token_mechanism (const HsAuthentication *self);
const char *hs_authentication_get_token_expiry (const HsAuthentication *self);
/* Whether the sign-in itself uses a token. */
gboolean hs_authentication_uses_token (const HsAuthentication *self);

/* Returns the upgrade to ask for, or NULL. The password is kept until hs_authentication_succeed(). */
const char *hs_authentication_request_upgrade (HsAuthentication *self,
                                               const HsStreamFeatures *features,
                                               const HsSaslCredentials *credentials);
/* The server demands a task. TRUE: it is the upgrade that was asked for, which begins. */
gboolean hs_authentication_begin_upgrade (HsAuthentication *self, const char *task);
/* The fewest iterations that an upgrade may have. */
guint hs_authentication_get_min_iterations (const HsAuthentication *self);
/* From here on hs_authentication_get_key_request() is the one of the upgrade. */
void hs_authentication_derive_upgrade (HsAuthentication *self, const guint8 *salt, gsize length, guint iterations);

G_END_DECLS
