/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-sasl-mechanism.h"
#include "hs-sasl-phase.h"

G_BEGIN_DECLS

/* The functions of a mechanism. hs-sasl-mechanism.c ensures the order of the calls: start once and first, nothing
 * after a failure or a success. *response is NULL on entry. */
typedef struct
{
  gboolean proves_password;
  HsSaslStep (*start) (HsSaslMechanism *self, GBytes **initial_response, GError **error);
  /* NULL: the mechanism knows no challenges */
  HsSaslStep (*challenge) (HsSaslMechanism *self,
                           const guint8 *challenge,
                           gsize length,
                           GBytes **response,
                           GError **error);
  /* NULL: no key is ever derived */
  HsSaslKeyRequest *(*get_key_request) (HsSaslMechanism *self);
  HsSaslStep (*derived) (HsSaslMechanism *self, GBytes *key, GBytes **response, GError **error);
  /* NULL: the mechanism knows nothing of them */
  int (*get_hash) (HsSaslMechanism *self);
  const char *(*get_binding_type) (HsSaslMechanism *self);
  gboolean (*proved_lists) (HsSaslMechanism *self);
  void (*set_lists) (HsSaslMechanism *self, char *lists);
  /* NULL: the server's word is enough */
  gboolean (*success) (HsSaslMechanism *self, const guint8 *data, gsize length, GError **error);
  void (*free) (HsSaslMechanism *self);
} HsSaslMechanismClass;


/* The first member of each mechanism's own struct. */
struct _HsSaslMechanism
{
  const HsSaslMechanismClass *klass;
  const char *name; /* of the registry, static */
  HsSaslPhase phase;
  /* The server's explanation of a failure (RFC 7628, 3.2.2): the reason, and the address at which to get a token. */
  GError *refusal;
  char *discovery;
};

/* @binding is what the gs2 header is to say, which is not always what the credentials say. */
HsSaslMechanism *hs_sasl_scram_new (const char *name,
                                    GChecksumType hash,
                                    HsSaslBinding binding,
                                    const HsSaslCredentials *credentials,
                                    GError **error);
HsSaslMechanism *hs_sasl_plain_new (const HsSaslCredentials *credentials, GError **error);
HsSaslMechanism *hs_sasl_external_new (const HsSaslCredentials *credentials);
HsSaslMechanism *hs_sasl_anonymous_new (void);
HsSaslMechanism *hs_sasl_oauthbearer_new (const HsSaslCredentials *credentials);

/* For the tests: the RFCs' examples fix the client's nonce. Only before it was started. */
void hs_sasl_scram_set_nonce (HsSaslMechanism *self, const char *nonce);

G_END_DECLS
