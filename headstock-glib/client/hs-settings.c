/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-settings.h"

#include "sasl/hs-sasl-secret.h"

static const HsSettingRange ranges[HS_N_NUMERIC_SETTINGS] = {
  [HS_SETTING_PORT] = { 0, 65535, 0 },
  [HS_SETTING_CONNECT_TIMEOUT] = { 1, G_MAXINT, 20000 },
  [HS_SETTING_REQUEST_TIMEOUT] = { 1, G_MAXINT, 60000 },
  [HS_SETTING_KEEPALIVE_INTERVAL] = { 0, G_MAXINT, 50000 },
  [HS_SETTING_MAX_STANZA_SIZE] = { 1024, G_MAXINT64, 10 * 1024 * 1024 },
  [HS_SETTING_MAX_DEPTH] = { 2, G_MAXINT, 128 },
  [HS_SETTING_MIN_ITERATIONS] = { 1, 1000000, 4096 },
};

void
hs_settings_init (HsSettings *self)
{
  *self = (HsSettings) {
    .port = ranges[HS_SETTING_PORT].initial,
    .connect_timeout = ranges[HS_SETTING_CONNECT_TIMEOUT].initial,
    .request_timeout = ranges[HS_SETTING_REQUEST_TIMEOUT].initial,
    .keepalive_interval = ranges[HS_SETTING_KEEPALIVE_INTERVAL].initial,
    .max_stanza_size = ranges[HS_SETTING_MAX_STANZA_SIZE].initial,
    .max_depth = ranges[HS_SETTING_MAX_DEPTH].initial,
    .min_iterations = ranges[HS_SETTING_MIN_ITERATIONS].initial,
    .tls_mode = HS_TLS_MODE_REQUIRED,
    .channel_binding = HS_CHANNEL_BINDING_PREFER,
    .resend_policy = HS_RESEND_POLICY_UNRECEIVED,
    .allow_plain = TRUE,
    .auto_reconnect = TRUE,
    .initial_roster = TRUE,
    .active = TRUE,
    .default_presence = TRUE,
  };
}

void
hs_settings_clear (HsSettings *self)
{
  g_clear_pointer (&self->jid, hs_jid_unref);
  g_clear_error (&self->jid_error);
  g_clear_pointer (&self->password, hs_sasl_secret_free);
  g_clear_pointer (&self->access_token, hs_sasl_secret_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->lang, g_free);
  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->tls_certificate);
  g_clear_object (&self->pinned_certificate);
  g_clear_pointer (&self->sasl_mechanisms, g_strfreev);
  g_clear_pointer (&self->user_agent_id, g_free);
  g_clear_pointer (&self->user_agent_software, g_free);
  g_clear_pointer (&self->user_agent_device, g_free);
  g_clear_object (&self->own_presence);
  g_clear_object (&self->registration);
}

const HsSettingRange *
hs_settings_get_range (HsNumericSetting setting)
{
  return &ranges[setting];
}

gboolean
hs_settings_is_in_range (HsNumericSetting setting, guint64 value)
{
  return value >= ranges[setting].minimum && value <= ranges[setting].maximum;
}

static gboolean
set_string (char **field, const char *value)
{
  char *copy;

  if (g_strcmp0 (*field, value) == 0)
    return FALSE;
  /* Copied first: the value may be part of what the getter returned. */
  copy = g_strdup (value);
  g_free (*field);
  *field = copy;
  return TRUE;
}

HsJid *
hs_settings_get_jid (const HsSettings *self)
{
  return self->jid;
}

gboolean
hs_settings_set_jid (HsSettings *self, HsJid *jid)
{
  if (self->jid == jid)
    return FALSE;
  g_clear_pointer (&self->jid, hs_jid_unref);
  self->jid = jid != NULL ? hs_jid_ref (jid) : NULL;
  g_clear_error (&self->jid_error);
  return TRUE;
}

const GError *
hs_settings_get_jid_error (const HsSettings *self)
{
  return self->jid_error;
}

void
hs_settings_take_jid_error (HsSettings *self, GError *error)
{
  g_clear_error (&self->jid_error);
  self->jid_error = error;
}

gboolean
hs_settings_is_component (const HsSettings *self)
{
  return self->component;
}

void
hs_settings_make_component (HsSettings *self)
{
  self->component = TRUE;
}

gboolean
hs_settings_uses_tls (const HsSettings *self)
{
  return self->tls_mode != HS_TLS_MODE_NONE;
}

const char *
hs_settings_get_password (const HsSettings *self)
{
  return self->password;
}

gboolean
hs_settings_set_password (HsSettings *self, const char *password)
{
  char *copy;

  if (g_strcmp0 (self->password, password) == 0)
    return FALSE;
  copy = g_strdup (password);
  hs_sasl_secret_free (self->password);
  self->password = copy;
  return TRUE;
}

const char *
hs_settings_get_access_token (const HsSettings *self)
{
  return self->access_token;
}

void
hs_settings_set_access_token (HsSettings *self, const char *access_token)
{
  char *copy = g_strdup (access_token);

  hs_sasl_secret_free (self->access_token);
  self->access_token = copy;
}

const char *const *
hs_settings_get_sasl_mechanisms (const HsSettings *self)
{
  return (const char *const *) self->sasl_mechanisms;
}

void
hs_settings_set_sasl_mechanisms (HsSettings *self, const char *const *sasl_mechanisms)
{
  /* Copied first: it may be what the getter returned. */
  char **copy = g_strdupv ((char **) sasl_mechanisms);

  g_strfreev (self->sasl_mechanisms);
  self->sasl_mechanisms = copy;
}

const char *
hs_settings_choose_lang (const HsSettings *self)
{
  g_autofree char *tag = NULL;
  const char *name;

  if (self->lang != NULL)
    return self->lang;
  name = g_get_language_names ()[0];
  tag = g_strdelimit (g_strndup (name, strcspn (name, ".@")), "_", '-');
  if (strcmp (tag, "C") == 0 || strcmp (tag, "POSIX") == 0)
    return "en";
  return g_intern_string (tag);
}

HsPresence *
hs_settings_get_own_presence (HsSettings *self)
{
  if (self->default_presence && self->own_presence == NULL)
    self->own_presence = hs_presence_new (NULL);
  return self->own_presence;
}

gboolean
hs_settings_set_own_presence (HsSettings *self, HsPresence *own_presence)
{
  gboolean changed = g_set_object (&self->own_presence, own_presence) || self->default_presence;

  self->default_presence = FALSE;
  return changed;
}

HsElement *
hs_settings_copy_own_presence (const HsSettings *self)
{
  if (self->own_presence != NULL)
    return hs_element_copy (HS_ELEMENT (self->own_presence));
  return self->default_presence ? HS_ELEMENT (hs_presence_new (NULL)) : NULL;
}

gboolean
hs_settings_has_presence_with_sender (const HsSettings *self)
{
  return self->own_presence != NULL
         && hs_element_get_attribute (HS_ELEMENT (self->own_presence), "from") != NULL;
}

const char *
hs_settings_get_host (const HsSettings *self)
{
  return self->host;
}

gboolean
hs_settings_set_host (HsSettings *self, const char *host)
{
  return set_string (&self->host, host);
}

const char *
hs_settings_get_lang (const HsSettings *self)
{
  return self->lang;
}

gboolean
hs_settings_set_lang (HsSettings *self, const char *lang)
{
  return set_string (&self->lang, lang);
}

const char *
hs_settings_get_user_agent_id (const HsSettings *self)
{
  return self->user_agent_id;
}

gboolean
hs_settings_set_user_agent_id (HsSettings *self, const char *user_agent_id)
{
  return set_string (&self->user_agent_id, user_agent_id);
}

const char *
hs_settings_get_user_agent_software (const HsSettings *self)
{
  return self->user_agent_software;
}

gboolean
hs_settings_set_user_agent_software (HsSettings *self, const char *user_agent_software)
{
  return set_string (&self->user_agent_software, user_agent_software);
}

const char *
hs_settings_get_user_agent_device (const HsSettings *self)
{
  return self->user_agent_device;
}

gboolean
hs_settings_set_user_agent_device (HsSettings *self, const char *user_agent_device)
{
  return set_string (&self->user_agent_device, user_agent_device);
}

GTlsDatabase *
hs_settings_get_tls_database (const HsSettings *self)
{
  return self->tls_database;
}

gboolean
hs_settings_set_tls_database (HsSettings *self, GTlsDatabase *tls_database)
{
  return g_set_object (&self->tls_database, tls_database);
}

GTlsCertificate *
hs_settings_get_tls_certificate (const HsSettings *self)
{
  return self->tls_certificate;
}

gboolean
hs_settings_set_tls_certificate (HsSettings *self, GTlsCertificate *tls_certificate)
{
  return g_set_object (&self->tls_certificate, tls_certificate);
}

GTlsCertificate *
hs_settings_get_pinned_certificate (const HsSettings *self)
{
  return self->pinned_certificate;
}

gboolean
hs_settings_set_pinned_certificate (HsSettings *self, GTlsCertificate *pinned_certificate)
{
  return g_set_object (&self->pinned_certificate, pinned_certificate);
}

GProxyResolver *
hs_settings_get_proxy_resolver (const HsSettings *self)
{
  return self->proxy_resolver;
}

gboolean
hs_settings_set_proxy_resolver (HsSettings *self, GProxyResolver *proxy_resolver)
{
  return g_set_object (&self->proxy_resolver, proxy_resolver);
}

HsModule *
hs_settings_get_registration (const HsSettings *self)
{
  return self->registration;
}

gboolean
hs_settings_set_registration (HsSettings *self, HsModule *registration)
{
  return g_set_object (&self->registration, registration);
}

guint
hs_settings_get_port (const HsSettings *self)
{
  return self->port;
}

gboolean
hs_settings_set_port (HsSettings *self, guint port)
{
  gboolean changed = self->port != port;

  g_assert (hs_settings_is_in_range (HS_SETTING_PORT, port));
  self->port = port;
  return changed;
}

guint
hs_settings_get_connect_timeout (const HsSettings *self)
{
  return self->connect_timeout;
}

gboolean
hs_settings_set_connect_timeout (HsSettings *self, guint connect_timeout)
{
  gboolean changed = self->connect_timeout != connect_timeout;

  g_assert (hs_settings_is_in_range (HS_SETTING_CONNECT_TIMEOUT, connect_timeout));
  self->connect_timeout = connect_timeout;
  return changed;
}

guint
hs_settings_get_request_timeout (const HsSettings *self)
{
  return self->request_timeout;
}

gboolean
hs_settings_set_request_timeout (HsSettings *self, guint request_timeout)
{
  gboolean changed = self->request_timeout != request_timeout;

  g_assert (hs_settings_is_in_range (HS_SETTING_REQUEST_TIMEOUT, request_timeout));
  self->request_timeout = request_timeout;
  return changed;
}

guint
hs_settings_get_keepalive_interval (const HsSettings *self)
{
  return self->keepalive_interval;
}

gboolean
hs_settings_set_keepalive_interval (HsSettings *self, guint keepalive_interval)
{
  gboolean changed = self->keepalive_interval != keepalive_interval;

  g_assert (hs_settings_is_in_range (HS_SETTING_KEEPALIVE_INTERVAL, keepalive_interval));
  self->keepalive_interval = keepalive_interval;
  return changed;
}

guint64
hs_settings_get_max_stanza_size (const HsSettings *self)
{
  return self->max_stanza_size;
}

gboolean
hs_settings_set_max_stanza_size (HsSettings *self, guint64 max_stanza_size)
{
  gboolean changed = self->max_stanza_size != max_stanza_size;

  g_assert (hs_settings_is_in_range (HS_SETTING_MAX_STANZA_SIZE, max_stanza_size));
  self->max_stanza_size = max_stanza_size;
  return changed;
}

guint
hs_settings_get_max_depth (const HsSettings *self)
{
  return self->max_depth;
}

gboolean
hs_settings_set_max_depth (HsSettings *self, guint max_depth)
{
  gboolean changed = self->max_depth != max_depth;

  g_assert (hs_settings_is_in_range (HS_SETTING_MAX_DEPTH, max_depth));
  self->max_depth = max_depth;
  return changed;
}

guint
hs_settings_get_min_iterations (const HsSettings *self)
{
  return self->min_iterations;
}

gboolean
hs_settings_set_min_iterations (HsSettings *self, guint min_iterations)
{
  gboolean changed = self->min_iterations != min_iterations;

  g_assert (hs_settings_is_in_range (HS_SETTING_MIN_ITERATIONS, min_iterations));
  self->min_iterations = min_iterations;
  return changed;
}

HsTlsMode
hs_settings_get_tls_mode (const HsSettings *self)
{
  return self->tls_mode;
}

gboolean
hs_settings_set_tls_mode (HsSettings *self, HsTlsMode tls_mode)
{
  gboolean changed = self->tls_mode != tls_mode;

  self->tls_mode = tls_mode;
  return changed;
}

HsChannelBinding
hs_settings_get_channel_binding (const HsSettings *self)
{
  return self->channel_binding;
}

gboolean
hs_settings_set_channel_binding (HsSettings *self, HsChannelBinding channel_binding)
{
  gboolean changed = self->channel_binding != channel_binding;

  self->channel_binding = channel_binding;
  return changed;
}

HsResendPolicy
hs_settings_get_resend_policy (const HsSettings *self)
{
  return self->resend_policy;
}

const HsResendPolicy *
hs_settings_lend_resend_policy (const HsSettings *self)
{
  return &self->resend_policy;
}

gboolean
hs_settings_set_resend_policy (HsSettings *self, HsResendPolicy resend_policy)
{
  gboolean changed = self->resend_policy != resend_policy;

  self->resend_policy = resend_policy;
  return changed;
}

gboolean
hs_settings_get_allow_plain (const HsSettings *self)
{
  return self->allow_plain;
}

gboolean
hs_settings_set_allow_plain (HsSettings *self, gboolean allow_plain)
{
  gboolean changed = self->allow_plain != !!allow_plain;

  self->allow_plain = !!allow_plain;
  return changed;
}

gboolean
hs_settings_get_auto_reconnect (const HsSettings *self)
{
  return self->auto_reconnect;
}

gboolean
hs_settings_set_auto_reconnect (HsSettings *self, gboolean auto_reconnect)
{
  gboolean changed = self->auto_reconnect != !!auto_reconnect;

  self->auto_reconnect = !!auto_reconnect;
  return changed;
}

gboolean
hs_settings_get_initial_roster (const HsSettings *self)
{
  return self->initial_roster;
}

gboolean
hs_settings_set_initial_roster (HsSettings *self, gboolean initial_roster)
{
  gboolean changed = self->initial_roster != !!initial_roster;

  self->initial_roster = !!initial_roster;
  return changed;
}

gboolean
hs_settings_get_bind2 (const HsSettings *self)
{
  return self->bind2;
}

gboolean
hs_settings_set_bind2 (HsSettings *self, gboolean bind2)
{
  gboolean changed = self->bind2 != !!bind2;

  self->bind2 = !!bind2;
  return changed;
}

gboolean
hs_settings_get_carbons (const HsSettings *self)
{
  return self->carbons;
}

gboolean
hs_settings_set_carbons (HsSettings *self, gboolean carbons)
{
  gboolean changed = self->carbons != !!carbons;

  self->carbons = !!carbons;
  return changed;
}

gboolean
hs_settings_get_active (const HsSettings *self)
{
  return self->active;
}

gboolean
hs_settings_set_active (HsSettings *self, gboolean active)
{
  gboolean changed = self->active != !!active;

  self->active = !!active;
  return changed;
}
