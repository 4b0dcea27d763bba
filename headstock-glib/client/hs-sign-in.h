/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-security-info.h"

G_BEGIN_DECLS

/* What came of the sign-ins of a client, and what the next one learns from them. */

/* Lies inside its owner. Only hs-sign-in.c uses the fields. */
typedef struct
{
  HsSecurityInfo *security_info; /* of the last sign-in, or NULL */
  char *discovery;               /* where to get an access token, of a server that has refused one; or NULL */
  guint no_upgrade : 1;          /* a new hash of the password (XEP-0480) has ended a sign-in */
} HsSignIn;

void hs_sign_in_clear (HsSignIn *self);

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
