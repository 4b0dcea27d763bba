/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-enums.h"

G_BEGIN_DECLS

/* A SASL mechanism (RFC 4422) without I/O: it takes the server's octets and returns the client's. Each mechanism has a
 * file; hs-sasl-mechanism.c knows them all and chooses one. The stream encodes and decodes base64, with
 * g_base64_encode() and hs_sasl_base64_decode(). hs-sasl-phase.c has the phases of a mechanism. */

typedef struct _HsSaslMechanism HsSaslMechanism;

/* What the client says of channel binding: the gs2-cbind-flag of RFC 5802, 6. */
typedef enum
{
  HS_SASL_BINDING_NONE,        /* "n": the client does not bind */
  HS_SASL_BINDING_UNAVAILABLE, /* "y": the client could, and the server announced that it cannot */
  HS_SASL_BINDING_USED,        /* "p": bound, with a -PLUS mechanism */
} HsSaslBinding;

/* Something of the TLS connection that a sign-in can be bound to. */
typedef struct
{
  const char *type; /* "tls-exporter", ...; NULL ends a list */
  GBytes *data;
} HsSaslChannel;

/* Everything that mechanisms may need; hs_sasl_mechanism_select() copies what it keeps. An empty user name, password or
 * identity counts as NULL. */
typedef struct
{
  const char *username;       /* the JID's localpart, or NULL: ANONYMOUS */
  const char *authzid;        /* nullable */
  const char *password;       /* nullable, as the user typed it: prepared with SASLprep inside */
  const char *account;        /* the bare JID; for OAUTHBEARER */
  const char *access_token;   /* for OAUTHBEARER, nullable */
  const char *token;          /* from the server (XEP-0484), nullable */
  const char *token_mechanism; /* the only mechanism that the token is for */
  gboolean has_certificate;   /* the client showed a certificate of its own in the TLS handshake */
  gboolean encrypted;         /* the connection is under TLS */
  gboolean trusted;           /* and its certificate was verified, not only accepted by a handler */
  gboolean password_proved;   /* SCRAM or EXTERNAL once worked for this account: no PLAIN again */
  gboolean tls_mode_none;     /* the program chose HS_TLS_MODE_NONE */
  const char *const *allowed; /* the program's own list of mechanisms, or NULL */
  guint min_iterations;       /* 0: 4096 */
  HsChannelBinding channel_binding;
  const HsSaslChannel *channels; /* the channel bindings of the connection, the strongest first; nullable */

  /* What the server has announced besides its mechanisms. */
  gboolean sasl2;               /* the profile of XEP-0388 */
  const char *const *announced; /* types of channel binding (XEP-0440); NULL: none */

  /* Set by hs_sasl_binding_choose(). */
  HsSaslBinding binding;      /* USED: there is data to bind to, and the server offers a -PLUS. The mechanism
                               * that is chosen decides on the gs2 flag: it never says "y" to a server that
                               * offers a -PLUS */
  const char *binding_type;   /* "tls-exporter", ... */
  GBytes *binding_data;
  gboolean lists_must_match;  /* the server must prove that nobody changed its lists (XEP-0474) */
} HsSaslCredentials;

typedef enum
{
  HS_SASL_STEP_FAILED,  /* the error says why */
  HS_SASL_STEP_RESPOND, /* send the response; an empty one is "=" in <auth/> (RFC 6120, 6.4.2) and
                         * nothing at all in <response/>. PLAIN's is overwritten when it is freed */
  HS_SASL_STEP_DERIVE,  /* derive the key that hs_sasl_mechanism_get_key_request() describes, on a
                         * worker thread, then call hs_sasl_mechanism_derived() */
} HsSaslStep;

/* A key to be derived (RFC 5802, 2.2: Hi): immutable, counted atomically, for any thread. */
typedef struct _HsSaslKeyRequest HsSaslKeyRequest;
HsSaslKeyRequest *hs_sasl_key_request_new (GChecksumType hash,
                                           const char *prepared_password,
                                           const guint8 *salt,
                                           gsize salt_length,
                                           guint iterations);
HsSaslKeyRequest *hs_sasl_key_request_ref (HsSaslKeyRequest *self);
void hs_sasl_key_request_unref (HsSaslKeyRequest *self);
/* PBKDF2-HMAC (RFC 8018) with one block: the salted password. NULL when cancelled. Takes up to a
 * second (a million iterations); the result is overwritten when it is freed. */
GBytes *hs_sasl_key_request_derive (HsSaslKeyRequest *self, GCancellable *cancellable);

/* Whether a password may be sent as it is through the connection that @credentials describe: the policy of
 * PLAIN for passwords that other protocols send. Reads encrypted, trusted, tls_mode_none and allowed only. */
gboolean hs_sasl_check_secret (const HsSaslCredentials *credentials, GError **error);

/* Returns the best mechanism of @offered that the credentials, the connection and the program's list allow: EXTERNAL if
 * the client has shown a certificate; any SCRAM with -PLUS, then any without, SHA-512, 256, 1; ANONYMOUS without a user
 * name; PLAIN last, and never unprotected. Returns NULL with HS_ERROR_NO_MECHANISM, whose message lists what was
 * offered and why nothing fits; or with HS_ERROR_NO_CREDENTIALS, if only the password or the certificate is missing, or
 * SASLprep refuses the password or the user name. */
HsSaslMechanism *hs_sasl_mechanism_select (const char *const *offered,
                                           const HsSaslCredentials *credentials,
                                           GError **error);
void hs_sasl_mechanism_free (HsSaslMechanism *self);

const char *hs_sasl_mechanism_get_name (HsSaslMechanism *self);
/* Returns the GChecksumType of the key that is derived from the password, or -1 if the mechanism derives none. */
int hs_sasl_mechanism_get_hash (HsSaslMechanism *self);
/* The type of channel binding, or NULL for none. */
const char *hs_sasl_mechanism_get_binding_type (HsSaslMechanism *self);
/* Whether the server has proved that nobody changed its lists on the way (XEP-0474). */
gboolean hs_sasl_mechanism_proved_lists (HsSaslMechanism *self);
/* The server's explanation of its refusal, or NULL: the reason, and the address of an OpenID configuration, at which
 * to get a token. */
const GError *hs_sasl_mechanism_get_refusal (HsSaslMechanism *self);
const char *hs_sasl_mechanism_get_discovery (HsSaslMechanism *self);
/* Sets the lists that the server must prove (XEP-0474), in place of those by which the mechanism was selected. */
void hs_sasl_mechanism_set_lists (HsSaslMechanism *self,
                                  const char *const *offered,
                                  const char *const *announced);
/* Whether a success shows that the account need not use PLAIN: the server has proved that it knows the password, or the
 * client has signed in with its certificate. */
gboolean hs_sasl_mechanism_proves_password (HsSaslMechanism *self);

/* Called once, before all other messages. After a failure or a success, each call fails. */
HsSaslStep
hs_sasl_mechanism_start (HsSaslMechanism *self, GBytes **initial_response, GError **error);
HsSaslStep hs_sasl_mechanism_challenge (HsSaslMechanism *self,
                                        const guint8 *challenge,
                                        gsize length,
                                        GBytes **response,
                                        GError **error);
/* Valid until hs_sasl_mechanism_derived() is called: a worker takes a reference. (transfer none) */
HsSaslKeyRequest *hs_sasl_mechanism_get_key_request (HsSaslMechanism *self);
HsSaslStep
hs_sasl_mechanism_derived (HsSaslMechanism *self, GBytes *key, GBytes **response, GError **error);
/* The server said success, with additional data, or NULL. Returns FALSE if the mechanism needs more than that. */
gboolean
hs_sasl_mechanism_success (HsSaslMechanism *self, const guint8 *data, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSaslMechanism, hs_sasl_mechanism_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSaslKeyRequest, hs_sasl_key_request_unref)

G_END_DECLS
