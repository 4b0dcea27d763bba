/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-element.h"
#include "hs-enums.h"
#include "hs-iq.h"
#include "hs-jid.h"
#include "hs-module.h"
#include "hs-presence.h"
#include "hs-security-info.h"

G_BEGIN_DECLS

#define HS_TYPE_CLIENT (hs_client_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsClient, hs_client, HS, CLIENT, GObject)

struct _HsClientClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[16];
};

HS_AVAILABLE_IN_ALL
HsClient *hs_client_new (const char *jid, const char *password);
HS_AVAILABLE_IN_ALL
HsClient *hs_client_new_for_jid (HsJid *jid, const char *password);

HS_AVAILABLE_IN_ALL
gboolean hs_client_check_thread (HsClient *self, GError **error);

/* Lifecycle */

HS_AVAILABLE_IN_ALL
void hs_client_start (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_stop (HsClient *self);
HS_AVAILABLE_IN_ALL
gboolean hs_client_run (HsClient *self, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_connect_async (HsClient *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_ALL
gboolean hs_client_connect_finish (HsClient *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_close_async (HsClient *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
HS_AVAILABLE_IN_ALL
gboolean hs_client_close_finish (HsClient *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_reconnect_now (HsClient *self);
HS_AVAILABLE_IN_ALL
GVariant *hs_client_dup_session_state (HsClient *self);
HS_AVAILABLE_IN_ALL
gboolean hs_client_set_session_state (HsClient *self, GVariant *state, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_continue_negotiation (HsClient *self, const GError *error);
HS_AVAILABLE_IN_ALL
void hs_client_proceed (HsClient *self);

/* Sending */

HS_AVAILABLE_IN_ALL
gboolean hs_client_send_stanza (HsClient *self, HsElement *stanza, GError **error);
HS_AVAILABLE_IN_ALL
gboolean hs_client_send_raw_stanza (HsClient *self, const char *xml, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_send_async (HsClient *self,
                           HsElement *stanza,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
HS_AVAILABLE_IN_ALL
gboolean hs_client_send_finish (HsClient *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_ALL
guint hs_client_get_unacknowledged (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_request_async (HsClient *self,
                              HsElement *iq,
                              int timeout_msec,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_ALL
HsIq *hs_client_request_finish (HsClient *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_ALL
void hs_client_defer_reply (HsClient *self, HsElement *iq);
HS_AVAILABLE_IN_0_2
void hs_client_take (HsClient *self, HsElement *element);
HS_AVAILABLE_IN_ALL
gboolean hs_client_is_own (HsClient *self, HsJid *jid);

/* Handlers and modules */

HS_AVAILABLE_IN_ALL
guint hs_client_add_handler (HsClient *self,
                             const char *name,
                             const char *namespace_,
                             HsHandlerFlags flags,
                             HsHandlerFunc handler,
                             gpointer user_data,
                             GDestroyNotify destroy);
HS_AVAILABLE_IN_0_2
guint hs_client_add_handler_full (HsClient *self,
                                  const char *name,
                                  const char *namespace_,
                                  const char *type,
                                  HsJid *from_jid,
                                  HsHandlerFlags flags,
                                  HsHandlerFunc handler,
                                  gpointer user_data,
                                  GDestroyNotify destroy);
HS_AVAILABLE_IN_ALL
guint hs_client_register_on_iq (HsClient *self,
                                const char *type,
                                const char *id,
                                HsHandlerFlags flags,
                                HsHandlerFunc handler,
                                gpointer user_data,
                                GDestroyNotify destroy);
HS_AVAILABLE_IN_ALL
gboolean hs_client_remove_handler (HsClient *self, guint id);
HS_AVAILABLE_IN_ALL
void hs_client_register (HsClient *self, HsModule *module);
HS_AVAILABLE_IN_ALL
void hs_client_unregister (HsClient *self, HsModule *module);
HS_AVAILABLE_IN_0_2
HsModule *hs_client_find_module (HsClient *self, GType type);
HS_AVAILABLE_IN_0_2
HsModule *hs_client_ensure_module (HsClient *self, GType type);
HS_AVAILABLE_IN_0_2
GListModel *hs_client_list_modules (HsClient *self);
HS_AVAILABLE_IN_0_2
HsElement *hs_client_get_features (HsClient *self);
HS_AVAILABLE_IN_0_2
void hs_client_prepare_presence (HsClient *self, HsPresence *presence);

/* Looking on */

HS_AVAILABLE_IN_ALL
gboolean hs_client_set_log (HsClient *self, const char *path, gboolean to_stdout, GError **error);
HS_AVAILABLE_IN_0_2
guint64 hs_client_get_log_max_size (HsClient *self);
HS_AVAILABLE_IN_0_2
void hs_client_set_log_max_size (HsClient *self, guint64 log_max_size);

/* Signing in */

HS_AVAILABLE_IN_ALL
HsChannelBinding hs_client_get_channel_binding (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_channel_binding (HsClient *self, HsChannelBinding channel_binding);
HS_AVAILABLE_IN_ALL
HsSecurityInfo *hs_client_get_security_info (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_access_token (HsClient *self, const char *access_token);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_oauth_discovery (HsClient *self);
HS_AVAILABLE_IN_ALL
GVariant *hs_client_get_login_token (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_login_token (HsClient *self, GVariant *login_token);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_user_agent_id (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_user_agent_id (HsClient *self, const char *user_agent_id);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_user_agent_software (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_user_agent_software (HsClient *self, const char *user_agent_software);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_user_agent_device (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_user_agent_device (HsClient *self, const char *user_agent_device);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_bind2 (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_bind2 (HsClient *self, gboolean bind2);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_carbons (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_carbons (HsClient *self, gboolean carbons);

HS_AVAILABLE_IN_ALL
gboolean hs_client_check_secret (HsClient *self, GError **error);

/* Properties */

HS_AVAILABLE_IN_ALL
HsJid *hs_client_get_jid (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_password (HsClient *self, const char *password);
HS_AVAILABLE_IN_ALL
char *hs_client_dup_password (HsClient *self);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_host (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_host (HsClient *self, const char *host);
HS_AVAILABLE_IN_ALL
guint hs_client_get_port (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_port (HsClient *self, guint port);
HS_AVAILABLE_IN_ALL
HsTlsMode hs_client_get_tls_mode (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_tls_mode (HsClient *self, HsTlsMode tls_mode);
HS_AVAILABLE_IN_ALL
GTlsDatabase *hs_client_get_tls_database (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_tls_database (HsClient *self, GTlsDatabase *tls_database);
HS_AVAILABLE_IN_ALL
GTlsCertificate *hs_client_get_tls_certificate (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_tls_certificate (HsClient *self, GTlsCertificate *tls_certificate);
HS_AVAILABLE_IN_ALL
GTlsCertificate *hs_client_get_pinned_certificate (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_pinned_certificate (HsClient *self, GTlsCertificate *pinned_certificate);
HS_AVAILABLE_IN_ALL
GTlsCertificate *hs_client_get_peer_certificate (HsClient *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_client_get_sasl_mechanisms (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_sasl_mechanisms (HsClient *self, const char * const *sasl_mechanisms);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_allow_plain (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_allow_plain (HsClient *self, gboolean allow_plain);
HS_AVAILABLE_IN_ALL
guint hs_client_get_min_iterations (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_min_iterations (HsClient *self, guint min_iterations);
HS_AVAILABLE_IN_ALL
GProxyResolver *hs_client_get_proxy_resolver (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_proxy_resolver (HsClient *self, GProxyResolver *proxy_resolver);
HS_AVAILABLE_IN_ALL
const char *hs_client_get_lang (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_lang (HsClient *self, const char *lang);
HS_AVAILABLE_IN_ALL
HsClientState hs_client_get_state (HsClient *self);
HS_AVAILABLE_IN_ALL
HsJid *hs_client_get_bound_jid (HsClient *self);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_auto_reconnect (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_auto_reconnect (HsClient *self, gboolean auto_reconnect);
HS_AVAILABLE_IN_ALL
guint hs_client_get_connect_timeout (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_connect_timeout (HsClient *self, guint connect_timeout);
HS_AVAILABLE_IN_ALL
guint hs_client_get_request_timeout (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_request_timeout (HsClient *self, guint request_timeout);
HS_AVAILABLE_IN_ALL
guint hs_client_get_keepalive_interval (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_keepalive_interval (HsClient *self, guint keepalive_interval);
HS_AVAILABLE_IN_ALL
guint64 hs_client_get_max_stanza_size (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_max_stanza_size (HsClient *self, guint64 max_stanza_size);
HS_AVAILABLE_IN_ALL
guint hs_client_get_max_depth (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_max_depth (HsClient *self, guint max_depth);
HS_AVAILABLE_IN_0_2
HsPresence *hs_client_get_own_presence (HsClient *self);
HS_AVAILABLE_IN_0_2
void hs_client_set_own_presence (HsClient *self, HsPresence *own_presence);
HS_AVAILABLE_IN_ALL
HsPresence *hs_client_get_initial_presence (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_initial_presence (HsClient *self, HsPresence *initial_presence);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_initial_roster (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_initial_roster (HsClient *self, gboolean initial_roster);
HS_AVAILABLE_IN_ALL
HsResendPolicy hs_client_get_resend_policy (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_resend_policy (HsClient *self, HsResendPolicy resend_policy);
HS_AVAILABLE_IN_ALL
gboolean hs_client_get_active (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_active (HsClient *self, gboolean active);
HS_AVAILABLE_IN_ALL
HsModule *hs_client_get_registration (HsClient *self);
HS_AVAILABLE_IN_ALL
void hs_client_set_registration (HsClient *self, HsModule *registration);

G_END_DECLS
