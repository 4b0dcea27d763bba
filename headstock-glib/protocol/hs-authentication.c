/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication.h"

#include "sasl/hs-sasl-secret.h"

void
hs_authentication_init (HsAuthentication *self)
{
  *self = (HsAuthentication){ .upgrade = -1 };
}

void
hs_authentication_clear (HsAuthentication *self)
{
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  g_clear_pointer (&self->mechanism_name, g_free);
  g_clear_pointer (&self->channel_binding, g_free);
  g_clear_pointer (&self->discovery, g_free);
  g_clear_error (&self->token_refusal);
  g_clear_pointer (&self->token, hs_sasl_secret_free);
  g_clear_pointer (&self->token_expiry, g_free);
  hs_authentication_forget_upgrade (self);
}

void
hs_authentication_take_token (HsAuthentication *self, const char *token, const char *expiry)
{
  hs_sasl_secret_free (self->token);
  self->token = g_strdup (token);
  g_free (self->token_expiry);
  self->token_expiry = g_strdup (expiry);
}

void
hs_authentication_forget_upgrade (HsAuthentication *self)
{
  self->upgrade = -1;
  g_clear_pointer (&self->password, hs_sasl_secret_free);
  g_clear_pointer (&self->upgrade_request, hs_sasl_key_request_unref);
}
