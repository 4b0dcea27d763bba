/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-enums.h"

G_BEGIN_DECLS

/* A SASL mechanism (RFC 4422) as a small machine without I/O: the server's octets go in, the
 * client's come out. One file a mechanism; hs-sasl-mechanism.c knows them all and chooses. Base64
 * is the stream's, in both directions: g_base64_encode() and hs_sasl_base64_decode(). */

typedef struct _HsSaslMechanism HsSaslMechanism;

/* How the client stands to channel binding; becomes the gs2-cbind-flag of RFC 5802, 6. */
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

/* All that mechanisms may need; hs_sasl_mechanism_select() copies what it keeps. An empty user
 * name, password or identity is none. */
typedef struct
{
  const char *username;       /* the JID's localpart, or NULL: ANONYMOUS */
  const char *authzid;        /* nullable */
  const char *password;       /* nullable, as the user typed it: prepared with SASLprep inside */
  const char *account;        /* the bare JID; for OAUTHBEARER */
  const char *access_token;   /* for OAUTHBEARER, nullable */
  const char *token;          /* that the server gave out (XEP-0484), nullable, */
  const char *token_mechanism; /* for this one alone */
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
  HsSaslBinding binding;      /* USED: wherever there is data to bind to and a -PLUS is
                               * offered; whether one is chosen is decided here, and the gs2
                               * flag with it: "y" never goes to a server that offers -PLUS */
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

/* The best mechanism of @offered that the credentials, the connection and the program's list allow:
 * EXTERNAL where a certificate was shown; any SCRAM with -PLUS, then any without, SHA-512, 256, 1;
 * ANONYMOUS without a user name; PLAIN last and never unprotected. NULL with HS_ERROR_NO_MECHANISM,
 * whose message lists what was offered and why nothing fits; or HS_ERROR_NO_CREDENTIALS, where only
 * the password or the certificate is missing, or SASLprep refuses the password or the user name. */
HsSaslMechanism *hs_sasl_mechanism_select (const char *const *offered,
                                           const HsSaslCredentials *credentials,
                                           GError **error);
void hs_sasl_mechanism_free (HsSaslMechanism *self);

const char *hs_sasl_mechanism_get_name (HsSaslMechanism *self);
/* The GChecksumType of a key that the password is made into, or -1 where it is not. */
int hs_sasl_mechanism_get_hash (HsSaslMechanism *self);
/* The type of channel binding, or NULL for none. */
const char *hs_sasl_mechanism_get_binding_type (HsSaslMechanism *self);
/* Whether the server has proved that nobody changed its lists on the way (XEP-0474). */
gboolean hs_sasl_mechanism_proved_lists (HsSaslMechanism *self);
/* The server's explanation of its refusal, or NULL: the reason, and the address of an OpenID configuration, at which
 * to get a token. */
const GError *hs_sasl_mechanism_get_refusal (HsSaslMechanism *self);
const char *hs_sasl_mechanism_get_discovery (HsSaslMechanism *self);
/* Other lists than those that the mechanism was selected by: they are what must be proved. */
void hs_sasl_mechanism_set_lists (HsSaslMechanism *self,
                                  const char *const *offered,
                                  const char *const *announced);
/* TRUE where a success means that the server proved itself, or that PLAIN was not needed. */
gboolean hs_sasl_mechanism_proves_password (HsSaslMechanism *self);

/* Once, and first. After a failure or a success every further call fails. */
HsSaslStep
hs_sasl_mechanism_start (HsSaslMechanism *self, GBytes **initial_response, GError **error);
HsSaslStep hs_sasl_mechanism_challenge (HsSaslMechanism *self,
                                        const guint8 *challenge,
                                        gsize length,
                                        GBytes **response,
                                        GError **error);
/* Borrowed, and gone once hs_sasl_mechanism_derived() was called: a worker takes a reference. */
HsSaslKeyRequest *hs_sasl_mechanism_get_key_request (HsSaslMechanism *self);
HsSaslStep
hs_sasl_mechanism_derived (HsSaslMechanism *self, GBytes *key, GBytes **response, GError **error);
/* The server said success, with additional data (NULL: none). FALSE where that is not enough. */
gboolean
hs_sasl_mechanism_success (HsSaslMechanism *self, const guint8 *data, gsize length, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSaslMechanism, hs_sasl_mechanism_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSaslKeyRequest, hs_sasl_key_request_unref)

G_END_DECLS
