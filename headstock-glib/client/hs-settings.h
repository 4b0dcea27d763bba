/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "hs-jid.h"
#include "hs-module.h"
#include "hs-presence.h"

G_BEGIN_DECLS

/* The settings that the program has made on a client: its account, how it connects and signs in, its timeouts and
 * limits.
 *
 * Getters lend what they return; setters copy strings and take references of their own. A setter returns whether
 * the value is another one than before: the client then notifies the property. */

/* The settings that are numbers. */
typedef enum /*< skip >*/
{
  HS_SETTING_PORT,
  HS_SETTING_CONNECT_TIMEOUT,
  HS_SETTING_REQUEST_TIMEOUT,
  HS_SETTING_KEEPALIVE_INTERVAL,
  HS_SETTING_MAX_STANZA_SIZE,
  HS_SETTING_MAX_DEPTH,
  HS_SETTING_MIN_ITERATIONS,
  HS_N_NUMERIC_SETTINGS
} HsNumericSetting;

typedef struct
{
  guint64 minimum;
  guint64 maximum;
  guint64 initial;
} HsSettingRange;

typedef struct
{
  HsJid *jid;
  GError *jid_error; /* why there is no address, or NULL */
  char *password;
  char *access_token;

  char *host;
  char *lang;
  GProxyResolver *proxy_resolver;
  GTlsDatabase *tls_database;
  GTlsCertificate *tls_certificate;
  GTlsCertificate *pinned_certificate;
  char **sasl_mechanisms;

  char *user_agent_id;
  char *user_agent_software;
  char *user_agent_device;

  HsPresence *own_presence;
  HsModule *registration;

  guint64 max_stanza_size;
  guint max_depth;
  guint connect_timeout;
  guint request_timeout;
  guint keepalive_interval;
  guint min_iterations;
  HsResendPolicy resend_policy;
  guint16 port;
  guint8 tls_mode;        /* HsTlsMode */
  guint8 channel_binding; /* HsChannelBinding */

  guint component : 1; /* XEP-0114 */
  guint allow_plain : 1;
  guint auto_reconnect : 1;
  guint initial_roster : 1;
  guint bind2 : 1;
  guint carbons : 1;
  guint active : 1;           /* XEP-0352 */
  guint default_presence : 1; /* none was set: an empty one, made when somebody asks for it */
} HsSettings;

void hs_settings_init (HsSettings *self);
void hs_settings_clear (HsSettings *self);

const HsSettingRange *hs_settings_get_range (HsNumericSetting setting);
gboolean hs_settings_is_in_range (HsNumericSetting setting, guint64 value);

/* The account. */
HsJid *hs_settings_get_jid (const HsSettings *self);
gboolean hs_settings_set_jid (HsSettings *self, HsJid *jid);
const GError *hs_settings_get_jid_error (const HsSettings *self);
void hs_settings_take_jid_error (HsSettings *self, GError *error);
gboolean hs_settings_is_component (const HsSettings *self);
void hs_settings_make_component (HsSettings *self);

/* Whether connections have TLS, started in the stream or direct. */
gboolean hs_settings_uses_tls (const HsSettings *self);

/* Secrets: the memory of a password or an access token is wiped before it is freed. */
const char *hs_settings_get_password (const HsSettings *self);
gboolean hs_settings_set_password (HsSettings *self, const char *password);
const char *hs_settings_get_access_token (const HsSettings *self);
void hs_settings_set_access_token (HsSettings *self, const char *access_token);

const char *const *hs_settings_get_sasl_mechanisms (const HsSettings *self);
void hs_settings_set_sasl_mechanisms (HsSettings *self, const char *const *sasl_mechanisms);

/* The language of the stream: the one that is set, else the one of the locale. */
const char *hs_settings_choose_lang (const HsSettings *self);

/* The account's own presence (RFC 6121, 4). */
HsPresence *hs_settings_get_own_presence (HsSettings *self);
gboolean hs_settings_set_own_presence (HsSettings *self, HsPresence *own_presence);
HsElement *hs_settings_copy_own_presence (const HsSettings *self);
gboolean hs_settings_has_presence_with_sender (const HsSettings *self);

const char *hs_settings_get_host (const HsSettings *self);
gboolean hs_settings_set_host (HsSettings *self, const char *host);
const char *hs_settings_get_lang (const HsSettings *self);
gboolean hs_settings_set_lang (HsSettings *self, const char *lang);
const char *hs_settings_get_user_agent_id (const HsSettings *self);
gboolean hs_settings_set_user_agent_id (HsSettings *self, const char *user_agent_id);
const char *hs_settings_get_user_agent_software (const HsSettings *self);
gboolean hs_settings_set_user_agent_software (HsSettings *self, const char *user_agent_software);
const char *hs_settings_get_user_agent_device (const HsSettings *self);
gboolean hs_settings_set_user_agent_device (HsSettings *self, const char *user_agent_device);
GTlsDatabase *hs_settings_get_tls_database (const HsSettings *self);
gboolean hs_settings_set_tls_database (HsSettings *self, GTlsDatabase *tls_database);
GTlsCertificate *hs_settings_get_tls_certificate (const HsSettings *self);
gboolean hs_settings_set_tls_certificate (HsSettings *self, GTlsCertificate *tls_certificate);
GTlsCertificate *hs_settings_get_pinned_certificate (const HsSettings *self);
gboolean hs_settings_set_pinned_certificate (HsSettings *self, GTlsCertificate *pinned_certificate);
GProxyResolver *hs_settings_get_proxy_resolver (const HsSettings *self);
gboolean hs_settings_set_proxy_resolver (HsSettings *self, GProxyResolver *proxy_resolver);
HsModule *hs_settings_get_registration (const HsSettings *self);
gboolean hs_settings_set_registration (HsSettings *self, HsModule *registration);
guint hs_settings_get_port (const HsSettings *self);
gboolean hs_settings_set_port (HsSettings *self, guint port);
guint hs_settings_get_connect_timeout (const HsSettings *self);
gboolean hs_settings_set_connect_timeout (HsSettings *self, guint connect_timeout);
guint hs_settings_get_request_timeout (const HsSettings *self);
gboolean hs_settings_set_request_timeout (HsSettings *self, guint request_timeout);
guint hs_settings_get_keepalive_interval (const HsSettings *self);
gboolean hs_settings_set_keepalive_interval (HsSettings *self, guint keepalive_interval);
guint64 hs_settings_get_max_stanza_size (const HsSettings *self);
gboolean hs_settings_set_max_stanza_size (HsSettings *self, guint64 max_stanza_size);
guint hs_settings_get_max_depth (const HsSettings *self);
gboolean hs_settings_set_max_depth (HsSettings *self, guint max_depth);
guint hs_settings_get_min_iterations (const HsSettings *self);
gboolean hs_settings_set_min_iterations (HsSettings *self, guint min_iterations);
HsTlsMode hs_settings_get_tls_mode (const HsSettings *self);
gboolean hs_settings_set_tls_mode (HsSettings *self, HsTlsMode tls_mode);
HsChannelBinding hs_settings_get_channel_binding (const HsSettings *self);
gboolean hs_settings_set_channel_binding (HsSettings *self, HsChannelBinding channel_binding);
HsResendPolicy hs_settings_get_resend_policy (const HsSettings *self);
/* For what decides by it, and outlives a change. */
const HsResendPolicy *hs_settings_lend_resend_policy (const HsSettings *self);
gboolean hs_settings_set_resend_policy (HsSettings *self, HsResendPolicy resend_policy);
gboolean hs_settings_get_allow_plain (const HsSettings *self);
gboolean hs_settings_set_allow_plain (HsSettings *self, gboolean allow_plain);
gboolean hs_settings_get_auto_reconnect (const HsSettings *self);
gboolean hs_settings_set_auto_reconnect (HsSettings *self, gboolean auto_reconnect);
gboolean hs_settings_get_initial_roster (const HsSettings *self);
gboolean hs_settings_set_initial_roster (HsSettings *self, gboolean initial_roster);
gboolean hs_settings_get_bind2 (const HsSettings *self);
gboolean hs_settings_set_bind2 (HsSettings *self, gboolean bind2);
gboolean hs_settings_get_carbons (const HsSettings *self);
gboolean hs_settings_set_carbons (HsSettings *self, gboolean carbons);
gboolean hs_settings_get_active (const HsSettings *self);
gboolean hs_settings_set_active (HsSettings *self, gboolean active);

G_END_DECLS
