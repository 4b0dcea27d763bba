/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sasl/hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* What a stream knows of its sign-in (RFC 6120, 6; XEP-0388), from the choice of the mechanism on. */

typedef struct
{
  gboolean negotiated; /* a module has asked the server something before the sign-in */
  gboolean renamed;    /* the account has another name than the header said */
  gboolean sasl2;      /* the profile in use */
  gboolean mechanism_done; /* the mechanism has accepted the server's last message */
  gboolean proved_lists;
  gboolean proved_password;
  HsSaslMechanism *mechanism;
  char *mechanism_name;
  char *channel_binding;
  char *discovery; /* where to get access tokens (RFC 7628, 3.2.2) */

  /* Tokens (XEP-0484) */
  gboolean using_token;
  GError *token_refusal;
  const char *token_mechanism; /* of the token that was asked for, static */
  char *token;                 /* the token that the server has given */
  char *token_expiry;

  /* A better hash of the password (XEP-0480) */
  int upgrade;        /* the index of the hash that was asked for, or -1 */
  gboolean upgrading; /* the task has begun, and the sign-in is not over */
  char *password;
  guint min_iterations;
  HsSaslKeyRequest *upgrade_request;
} HsAuthentication;

void hs_authentication_init (HsAuthentication *self);
void hs_authentication_clear (HsAuthentication *self);

/* The server has given a token. @expiry: when the token ends, or NULL. */
void hs_authentication_take_token (HsAuthentication *self, const char *token, const char *expiry);
/* No hash is asked for any more: the password is wiped. */
void hs_authentication_forget_upgrade (HsAuthentication *self);

G_END_DECLS
