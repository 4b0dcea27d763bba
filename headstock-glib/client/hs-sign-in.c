/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sign-in.h"

void
hs_sign_in_clear (HsSignIn *self)
{
  g_clear_pointer (&self->login_token, g_variant_unref);
  g_clear_object (&self->security_info);
  g_clear_pointer (&self->discovery, g_free);
}

/* ---- The token ---- */

GVariant *
hs_sign_in_get_login_token (const HsSignIn *self)
{
  return self->login_token;
}

gboolean
hs_sign_in_set_login_token (HsSignIn *self, GVariant *login_token)
{
  if (self->login_token == login_token
      || (self->login_token != NULL && login_token != NULL && g_variant_equal (self->login_token, login_token)))
    return FALSE;
  g_clear_pointer (&self->login_token, g_variant_unref);
  self->login_token = login_token != NULL ? g_variant_ref_sink (login_token) : NULL;
  return TRUE;
}

/* Whether a string of the token is the one that is given. */
static gboolean
token_has (const HsSignIn *self, const char *key, const char *value)
{
  const char *own = NULL;

  return self->login_token != NULL && g_variant_lookup (self->login_token, key, "&s", &own)
         && g_strcmp0 (own, value) == 0;
}

static gboolean
has_expired (const HsSignIn *self, gint64 now)
{
  g_autoptr (GDateTime) end = NULL;
  const char *expiry = NULL;

  if (g_variant_lookup (self->login_token, "expiry", "&s", &expiry))
    end = g_date_time_new_from_iso8601 (expiry, NULL);
  return end != NULL && g_date_time_to_unix (end) <= now;
}

void
hs_sign_in_add_token (const HsSignIn *self, HsSaslCredentials *credentials, const char *user_agent_id, gint64 now)
{
  if (!token_has (self, "account", credentials->account) || !token_has (self, "user-agent-id", user_agent_id)
      || has_expired (self, now))
    return;
  g_variant_lookup (self->login_token, "token", "&s", &credentials->token);
  g_variant_lookup (self->login_token, "mechanism", "&s", &credentials->token_mechanism);
}

GVariant *
hs_sign_in_recall_features (const HsSignIn *self, const char *account)
{
  GVariant *features = NULL;

  if (token_has (self, "account", account))
    g_variant_lookup (self->login_token, "offer", "@" HS_STREAM_FEATURES_TYPE, &features);
  return features;
}

GVariant *
hs_sign_in_replace_features (const HsSignIn *self, GVariant *features)
{
  g_autoptr (GVariant) own = NULL;
  GVariantDict dict;

  if (self->login_token == NULL)
    return NULL;
  own = g_variant_lookup_value (self->login_token, "offer", NULL);
  if (own != NULL && g_variant_equal (own, features))
    return NULL;
  g_variant_dict_init (&dict, self->login_token);
  g_variant_dict_insert_value (&dict, "offer", features);
  return g_variant_dict_end (&dict);
}

GVariant *
hs_sign_in_make_token (const HsAuthentication *authentication,
                       const char *account,
                       const char *user_agent_id,
                       GVariant *features)
{
  const char *expiry = hs_authentication_get_token_expiry (authentication);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "account", "s", account);
  g_variant_dict_insert (&dict, "user-agent-id", "s", user_agent_id);
  g_variant_dict_insert (&dict, "token", "s", hs_authentication_get_token (authentication));
  g_variant_dict_insert (&dict, "mechanism", "s", hs_authentication_get_token_mechanism (authentication));
  if (expiry != NULL)
    g_variant_dict_insert (&dict, "expiry", "s", expiry);
  g_variant_dict_insert_value (&dict, "offer", features);
  return g_variant_dict_end (&dict);
}

/* ---- What came of it ---- */

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
