/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sasl/hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* What a stream knows of its sign-in (RFC 6120, 6; XEP-0388), from the choice of the mechanism on. */

typedef struct
{
  guint negotiated : 1;      /* a module has asked the server something before the sign-in */
  guint renamed : 1;         /* the account has another name than the header said */
  guint sasl2 : 1;           /* the profile in use */
  guint mechanism_done : 1;  /* the mechanism has accepted the server's last message */
  guint proved_lists : 1;    /* nobody has changed the server's lists on the way */
  guint proved_password : 1; /* the server knows the password */
  guint using_token : 1;
  guint upgrading : 1;       /* the task of the new hash has begun, and the sign-in is not over */
  int upgrade;               /* the index of the hash that was asked for (XEP-0480), or -1 */
  HsSaslMechanism *mechanism;
  char *mechanism_name;
  char *channel_binding;
  char *discovery; /* where to get access tokens (RFC 7628, 3.2.2) */

  /* Tokens (XEP-0484) */
  GError *token_refusal;
  const char *token_mechanism; /* of the token that was asked for, static */
  char *token;                 /* the token that the server has given */
  char *token_expiry;

  /* A better hash of the password (XEP-0480) */
  char *password;
  HsSaslKeyRequest *upgrade_request;
  guint min_iterations;
} HsAuthentication;

void hs_authentication_init (HsAuthentication *self);
void hs_authentication_clear (HsAuthentication *self);

/* The server has given a token. @expiry: when the token ends, or NULL. */
void hs_authentication_take_token (HsAuthentication *self, const char *token, const char *expiry);
/* No hash is asked for any more: the password is wiped. */
void hs_authentication_forget_upgrade (HsAuthentication *self);

G_END_DECLS
