/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sign-in.h"

void
hs_sign_in_clear (HsSignIn *self)
{
  g_clear_object (&self->security_info);
  g_clear_pointer (&self->discovery, g_free);
}

HsSecurityInfo *
hs_sign_in_get_security_info (const HsSignIn *self)
{
  return self->security_info;
}

void
hs_sign_in_take_security_info (HsSignIn *self, HsSecurityInfo *info)
{
  g_clear_object (&self->security_info);
  self->security_info = info;
}

const char *
hs_sign_in_get_discovery (const HsSignIn *self)
{
  return self->discovery;
}

gboolean
hs_sign_in_set_discovery (HsSignIn *self, const char *address)
{
  char *copy;

  if (g_strcmp0 (self->discovery, address) == 0)
    return FALSE;
  copy = g_strdup (address);
  g_free (self->discovery);
  self->discovery = copy;
  return TRUE;
}

gboolean
hs_sign_in_may_upgrade (const HsSignIn *self)
{
  return !self->no_upgrade;
}

void
hs_sign_in_forbid_upgrade (HsSignIn *self)
{
  self->no_upgrade = TRUE;
}
