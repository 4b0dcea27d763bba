/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-security-info.h"
#include "protocol/hs-authentication.h"

G_BEGIN_DECLS

/* The results of a client's sign-ins, as far as the program or the next sign-in needs them. */

/* Lies inside its owner. Only hs-sign-in.c uses the fields. */
typedef struct
{
  GVariant *login_token;         /* what HsClient:login-token holds, or NULL */
  HsSecurityInfo *security_info; /* of the last sign-in, or NULL */
  char *discovery;               /* where to get an access token, of a server that has refused one; or NULL */
  gboolean no_upgrade;           /* a new hash of the password (XEP-0480) has ended a sign-in */
} HsSignIn;

void hs_sign_in_clear (HsSignIn *self);

/* The token for signing in without the password (XEP-0484), and what belongs to it: a dictionary with "token",
 * "mechanism", "account", "user-agent-id", "expiry" and "offer", the stream features that it was given with. */
GVariant *hs_sign_in_get_login_token (const HsSignIn *self);
/* FALSE: the token is the one that it was. */
gboolean hs_sign_in_set_login_token (HsSignIn *self, GVariant *login_token);
/* Lends the token to the credentials, if it is the one of their account and this user agent, and has not expired.
 * @now: seconds since 1970 */
void hs_sign_in_add_token (const HsSignIn *self,
                           HsSaslCredentials *credentials,
                           const char *user_agent_id,
                           gint64 now);
/* The stream features that belong to the token, if it is the account's; or NULL. (transfer full) */
GVariant *hs_sign_in_recall_features (const HsSignIn *self, const char *account);
/* The token with other features; NULL if it has these, or if there is no token. (transfer floating) */
GVariant *hs_sign_in_replace_features (const HsSignIn *self, GVariant *features);
/* A dictionary for the token that the server has given. (transfer floating) */
GVariant *hs_sign_in_make_token (const HsAuthentication *authentication,
                                 const char *account,
                                 const char *user_agent_id,
                                 GVariant *features);

HsSecurityInfo *hs_sign_in_get_security_info (const HsSignIn *self);
/* Takes @info. */
void hs_sign_in_take_security_info (HsSignIn *self, HsSecurityInfo *info);

const char *hs_sign_in_get_discovery (const HsSignIn *self);
/* FALSE: the address is the one that it was. */
gboolean hs_sign_in_set_discovery (HsSignIn *self, const char *address);

/* XEP-0388 has no way back from a task that fails but the end of the sign-in: the next ones do without. */
gboolean hs_sign_in_may_upgrade (const HsSignIn *self);
void hs_sign_in_forbid_upgrade (HsSignIn *self);

G_END_DECLS
