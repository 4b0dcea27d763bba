/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client.h"

#include "hs-client-private.h"
#include "hs-component-private.h"
#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-message.h"

/**
 * HsClient:
 *
 * A client's connection to an XMPP server.
 *
 * Made with an address and a password, connected to signals and given handlers, then started with
 * [method@Client.start] (or [method@Client.run], [method@Client.connect_async]), a client finds the
 * server (RFC 6120, 3), secures the connection, signs in, binds a resource, and from then on tells of
 * what arrives and sends what it is given.
 *
 * A run begins with being started and ends with the signal [signal@Client::terminated]; after it the
 * client may be started again. In each run [signal@Client::stopping], [signal@Client::cleanup] and
 * `terminated` are emitted once each and in this order, however it ends.
 *
 * A running client belongs to the thread that iterates the main context in which it was started, which is
 * that thread's default one at that time. A call from another thread does nothing: it fails with
 * %HS_ERROR_WRONG_THREAD, or with a critical warning if it has no error. g_main_context_invoke() calls a
 * function in the right thread. Dropping the last reference, which is allowed in any thread, ends the client
 * without a word to anybody. A request that waits for its answer has a reference too, one of a module as well: a
 * program that goes on after it has let go of a client calls [method@Client.stop] before.
 *
 * ```python
 * client = Headstock.Client.new("juliet@example.org", "secret")
 * client.connect("ready", lambda client: print("signed in as", client.props.bound_jid))
 * client.connect("message", lambda client, message: print(message.props.from_jid, message.props.body))
 * client.run()
 * ```
 */

G_DEFINE_TYPE_WITH_PRIVATE (HsClient, hs_client, G_TYPE_OBJECT)

int hs_client_private_offset;

enum
{
  PROP_JID = 1,
  PROP_PASSWORD,
  PROP_HOST,
  PROP_PORT,
  PROP_TLS_MODE,
  PROP_TLS_DATABASE,
  PROP_TLS_CERTIFICATE,
  PROP_PINNED_CERTIFICATE,
  PROP_PEER_CERTIFICATE,
  PROP_SASL_MECHANISMS,
  PROP_ALLOW_PLAIN,
  PROP_MIN_ITERATIONS,
  PROP_PROXY_RESOLVER,
  PROP_LANG,
  PROP_STATE,
  PROP_BOUND_JID,
  PROP_AUTO_RECONNECT,
  PROP_CONNECT_TIMEOUT,
  PROP_REQUEST_TIMEOUT,
  PROP_KEEPALIVE_INTERVAL,
  PROP_LOG_MAX_SIZE,
  PROP_MAX_STANZA_SIZE,
  PROP_MAX_DEPTH,
  PROP_OWN_PRESENCE,
  PROP_INITIAL_PRESENCE,
  PROP_INITIAL_ROSTER,
  PROP_REGISTRATION,
  PROP_RESEND_POLICY,
  PROP_ACTIVE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
hs_client_dispose (GObject *object)
{
  HsClient *self = HS_CLIENT (object);
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_client_dispose_elsewhere (self, priv))
    return;
  hs_client_abandon (self);
  hs_module_list_drop (&priv->modules);
  hs_client_set_registration (self, NULL);

  G_OBJECT_CLASS (hs_client_parent_class)->dispose (object);
}

static void
hs_client_finalize (GObject *object)
{
  HsClientPrivate *priv = hs_client_private (HS_CLIENT (object));

  hs_pump_clear (&priv->pump);
  hs_connection_clear (&priv->connection);
  hs_outbox_clear (&priv->outbox);
  hs_session_clear (&priv->session);
  hs_reconnector_clear (&priv->reconnector);
  hs_liveness_clear (&priv->liveness);
  hs_client_dispatch_clear (&priv->dispatch);
  hs_wire_log_clear (&priv->wire_log);
  hs_settings_clear (&priv->settings);
  hs_server_memory_clear (&priv->server_memory);
  hs_sign_in_clear (&priv->sign_in);
  hs_beginning_clear (&priv->beginning);
  hs_run_clear (&priv->run);
  hs_module_list_clear (&priv->modules);

  G_OBJECT_CLASS (hs_client_parent_class)->finalize (object);
}

static void
get_session_property (HsClient *self, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, hs_client_get_state (self));
      break;
    case PROP_BOUND_JID:
      g_value_set_boxed (value, hs_client_get_bound_jid (self));
      break;
    case PROP_AUTO_RECONNECT:
      g_value_set_boolean (value, hs_client_get_auto_reconnect (self));
      break;
    case PROP_CONNECT_TIMEOUT:
      g_value_set_uint (value, hs_client_get_connect_timeout (self));
      break;
    case PROP_REQUEST_TIMEOUT:
      g_value_set_uint (value, hs_client_get_request_timeout (self));
      break;
    case PROP_KEEPALIVE_INTERVAL:
      g_value_set_uint (value, hs_client_get_keepalive_interval (self));
      break;
    case PROP_LOG_MAX_SIZE:
      g_value_set_uint64 (value, hs_client_get_log_max_size (self));
      break;
    case PROP_MAX_STANZA_SIZE:
      g_value_set_uint64 (value, hs_client_get_max_stanza_size (self));
      break;
    case PROP_MAX_DEPTH:
      g_value_set_uint (value, hs_client_get_max_depth (self));
      break;
    case PROP_OWN_PRESENCE:
    case PROP_INITIAL_PRESENCE:
      g_value_set_object (value, hs_client_get_own_presence (self));
      break;
    case PROP_INITIAL_ROSTER:
      g_value_set_boolean (value, hs_client_get_initial_roster (self));
      break;
    case PROP_REGISTRATION:
      g_value_set_object (value, hs_client_get_registration (self));
      break;
    case PROP_RESEND_POLICY:
      g_value_set_enum (value, hs_client_get_resend_policy (self));
      break;
    case PROP_ACTIVE:
      g_value_set_boolean (value, hs_client_get_active (self));
      break;
    default:
      hs_client_sign_in_get_property (self, prop_id, value, pspec);
    }
}

static void
hs_client_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsClient *self = HS_CLIENT (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_client_get_jid (self));
      break;
    case PROP_HOST:
      g_value_set_string (value, hs_client_get_host (self));
      break;
    case PROP_PORT:
      g_value_set_uint (value, hs_client_get_port (self));
      break;
    case PROP_TLS_MODE:
      g_value_set_enum (value, hs_client_get_tls_mode (self));
      break;
    case PROP_TLS_DATABASE:
      g_value_set_object (value, hs_client_get_tls_database (self));
      break;
    case PROP_TLS_CERTIFICATE:
      g_value_set_object (value, hs_client_get_tls_certificate (self));
      break;
    case PROP_PINNED_CERTIFICATE:
      g_value_set_object (value, hs_client_get_pinned_certificate (self));
      break;
    case PROP_PEER_CERTIFICATE:
      g_value_set_object (value, hs_client_get_peer_certificate (self));
      break;
    case PROP_SASL_MECHANISMS:
      g_value_set_boxed (value, hs_client_get_sasl_mechanisms (self));
      break;
    case PROP_ALLOW_PLAIN:
      g_value_set_boolean (value, hs_client_get_allow_plain (self));
      break;
    case PROP_MIN_ITERATIONS:
      g_value_set_uint (value, hs_client_get_min_iterations (self));
      break;
    case PROP_PROXY_RESOLVER:
      g_value_set_object (value, hs_client_get_proxy_resolver (self));
      break;
    case PROP_LANG:
      g_value_set_string (value, hs_client_get_lang (self));
      break;
    default:
      get_session_property (self, prop_id, value, pspec);
    }
}

static void
set_jid (HsClient *self, HsJid *jid)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_return_if_foreign (self);

  if (hs_settings_set_jid (&priv->settings, jid))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_JID]);
}

static void
set_session_property (HsClient *self, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_AUTO_RECONNECT:
      hs_client_set_auto_reconnect (self, g_value_get_boolean (value));
      break;
    case PROP_CONNECT_TIMEOUT:
      hs_client_set_connect_timeout (self, g_value_get_uint (value));
      break;
    case PROP_REQUEST_TIMEOUT:
      hs_client_set_request_timeout (self, g_value_get_uint (value));
      break;
    case PROP_KEEPALIVE_INTERVAL:
      hs_client_set_keepalive_interval (self, g_value_get_uint (value));
      break;
    case PROP_LOG_MAX_SIZE:
      hs_client_set_log_max_size (self, g_value_get_uint64 (value));
      break;
    case PROP_MAX_STANZA_SIZE:
      hs_client_set_max_stanza_size (self, g_value_get_uint64 (value));
      break;
    case PROP_MAX_DEPTH:
      hs_client_set_max_depth (self, g_value_get_uint (value));
      break;
    case PROP_OWN_PRESENCE:
    case PROP_INITIAL_PRESENCE:
      hs_client_set_own_presence (self, g_value_get_object (value));
      break;
    case PROP_INITIAL_ROSTER:
      hs_client_set_initial_roster (self, g_value_get_boolean (value));
      break;
    case PROP_REGISTRATION:
      hs_client_set_registration (self, g_value_get_object (value));
      break;
    case PROP_RESEND_POLICY:
      hs_client_set_resend_policy (self, g_value_get_enum (value));
      break;
    case PROP_ACTIVE:
      hs_client_set_active (self, g_value_get_boolean (value));
      break;
    default:
      hs_client_sign_in_set_property (self, prop_id, value, pspec);
    }
}

static void
hs_client_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsClient *self = HS_CLIENT (object);

  switch (prop_id)
    {
    case PROP_JID:
      set_jid (self, g_value_get_boxed (value));
      break;
    case PROP_PASSWORD:
      hs_client_set_password (self, g_value_get_string (value));
      break;
    case PROP_HOST:
      hs_client_set_host (self, g_value_get_string (value));
      break;
    case PROP_PORT:
      hs_client_set_port (self, g_value_get_uint (value));
      break;
    case PROP_TLS_MODE:
      hs_client_set_tls_mode (self, g_value_get_enum (value));
      break;
    case PROP_TLS_DATABASE:
      hs_client_set_tls_database (self, g_value_get_object (value));
      break;
    case PROP_TLS_CERTIFICATE:
      hs_client_set_tls_certificate (self, g_value_get_object (value));
      break;
    case PROP_PINNED_CERTIFICATE:
      hs_client_set_pinned_certificate (self, g_value_get_object (value));
      break;
    case PROP_SASL_MECHANISMS:
      hs_client_set_sasl_mechanisms (self, g_value_get_boxed (value));
      break;
    case PROP_ALLOW_PLAIN:
      hs_client_set_allow_plain (self, g_value_get_boolean (value));
      break;
    case PROP_MIN_ITERATIONS:
      hs_client_set_min_iterations (self, g_value_get_uint (value));
      break;
    case PROP_PROXY_RESOLVER:
      hs_client_set_proxy_resolver (self, g_value_get_object (value));
      break;
    case PROP_LANG:
      hs_client_set_lang (self, g_value_get_string (value));
      break;
    default:
      set_session_property (self, prop_id, value, pspec);
    }
}

static GParamSpec *
specify_uint (const char *name, HsNumericSetting setting)
{
  const HsSettingRange *range = hs_settings_get_range (setting);

  return g_param_spec_uint (name, NULL, NULL, (guint) range->minimum, (guint) range->maximum,
                            (guint) range->initial, HS_CLIENT_PARAM_RW);
}

static void
specify_account (void)
{
  /**
   * HsClient:jid: (getter get_jid)
   *
   * The account's address. One with a resource asks the server for that resource (RFC 6120, 7.7). The default is
   * %NULL.
   *
   * A change takes effect with the next connection. A session of another account is lost then.
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:password: (setter set_password)
   *
   * The password; it can be written and not read. The default is %NULL.
   *
   * A change takes effect with the next sign-in. A request of a registration that is sent from now on has the new
   * one, too.
   */
  props[PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, HS_CLIENT_PARAM_WO);

  /**
   * HsClient:host: (getter get_host) (setter set_host)
   *
   * The host to connect to in place of those that the DNS names for the domain; %NULL to ask the DNS.
   * The certificate must be for the domain all the same. The default is %NULL.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:port: (getter get_port) (setter set_port)
   *
   * The port to connect to, or 0: as the DNS says; else 5222, or 5223 if TLS is direct. The default is 0, the range
   * 0 to 65,535.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_PORT] = specify_uint ("port", HS_SETTING_PORT);

  /**
   * HsClient:tls-mode: (getter get_tls_mode) (setter set_tls_mode)
   *
   * How the connection is secured. The default is %HS_TLS_MODE_REQUIRED.
   *
   * A change takes effect with the next connection. The rule for secrets ([method@Client.check_secret]) follows it at
   * once.
   */
  props[PROP_TLS_MODE] = g_param_spec_enum ("tls-mode", NULL, NULL, HS_TYPE_TLS_MODE, HS_TLS_MODE_REQUIRED, HS_CLIENT_PARAM_RW);
}

static void
specify_certificates (void)
{
  /**
   * HsClient:tls-database: (getter get_tls_database) (setter set_tls_database)
   *
   * The certificates of authorities to trust, or %NULL, the default, for the system's.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_TLS_DATABASE] = g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:tls-certificate: (getter get_tls_certificate) (setter set_tls_certificate)
   *
   * The client's own certificate with its key, for the mechanism EXTERNAL (XEP-0178), or %NULL, the default.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_TLS_CERTIFICATE] = g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:pinned-certificate: (getter get_pinned_certificate) (setter set_pinned_certificate)
   *
   * Where set, the server's certificate must be this one, and no other is accepted, whoever signed it.
   * A program that has asked somebody about a certificate that was refused sets it and starts again. The default is
   * %NULL.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_PINNED_CERTIFICATE] = g_param_spec_object ("pinned-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:peer-certificate: (getter get_peer_certificate)
   *
   * The server's certificate, of the present or the last connection, also if it was refused.
   */
  props[PROP_PEER_CERTIFICATE] = g_param_spec_object ("peer-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, HS_CLIENT_PARAM_RO);
}

static void
specify_sign_in (void)
{
  /**
   * HsClient:sasl-mechanisms: (getter get_sasl_mechanisms) (setter set_sasl_mechanisms)
   *
   * The mechanisms that may be used to sign in, or %NULL, the default, for all that are safe.
   *
   * A change takes effect with the next sign-in. The rule for secrets ([method@Client.check_secret]) follows it at
   * once.
   */
  props[PROP_SASL_MECHANISMS] = g_param_spec_boxed ("sasl-mechanisms", NULL, NULL, G_TYPE_STRV, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:allow-plain: (getter get_allow_plain) (setter set_allow_plain)
   *
   * Whether the mechanism PLAIN, which shows the password to the server, may be used. The client clears
   * it once a better one has worked for the account; a program may keep that fact and set it at its next
   * start, so that nobody can talk it into showing the password. The default is %TRUE.
   *
   * A change takes effect with the next sign-in. A registration follows it at once.
   */
  props[PROP_ALLOW_PLAIN] = g_param_spec_boolean ("allow-plain", NULL, NULL, TRUE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:min-iterations: (getter get_min_iterations) (setter set_min_iterations)
   *
   * The least number of iterations that SCRAM (RFC 5802) accepts from a server. More than 1,000,000 are
   * refused always. The default is 4,096 iterations, the range 1 to 1,000,000.
   *
   * A change takes effect with the next sign-in.
   */
  props[PROP_MIN_ITERATIONS] = specify_uint ("min-iterations", HS_SETTING_MIN_ITERATIONS);

  /**
   * HsClient:proxy-resolver: (getter get_proxy_resolver) (setter set_proxy_resolver)
   *
   * What decides on proxies, or %NULL, the default, for the system's.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_PROXY_RESOLVER] = g_param_spec_object ("proxy-resolver", NULL, NULL, G_TYPE_PROXY_RESOLVER, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:lang: (getter get_lang) (setter set_lang)
   *
   * The language of the stream (RFC 6120, 4.7.4), or %NULL, the default, for that of the locale.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_LANG] = g_param_spec_string ("lang", NULL, NULL, NULL, HS_CLIENT_PARAM_RW);
}

static void
specify_times (void)
{
  /**
   * HsClient:auto-reconnect: (getter get_auto_reconnect) (setter set_auto_reconnect)
   *
   * Whether a connection that is lost after the client was ready is made anew. The default is %TRUE.
   *
   * A change takes effect at once: the end of the connection that stands is followed by another one, or not, as the
   * value is then.
   */
  props[PROP_AUTO_RECONNECT] = g_param_spec_boolean ("auto-reconnect", NULL, NULL, TRUE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:connect-timeout: (getter get_connect_timeout) (setter set_connect_timeout)
   *
   * How long each stage of making a connection may take, in milliseconds: finding the server and
   * connecting to each of its addresses, the TLS handshake, each step of the negotiation, and the
   * server's end of the stream. While other addresses wait to be tried, one that is silent before a
   * stream with TLS stands has a quarter of that time, but at least two seconds. The default is 20,000 milliseconds,
   * the least 1.
   *
   * A change takes effect at once, for each stage that begins from now on and for the answer to a sign of life that
   * is asked for; a stage that has begun keeps its time.
   */
  props[PROP_CONNECT_TIMEOUT] = specify_uint ("connect-timeout", HS_SETTING_CONNECT_TIMEOUT);

  /**
   * HsClient:request-timeout: (getter get_request_timeout) (setter set_request_timeout)
   *
   * How long an answer to an iq is waited for if nothing else is set, in milliseconds. The default is 60,000
   * milliseconds, the least 1.
   *
   * A change takes effect at once, for the requests that are sent from now on; those that wait keep their time.
   */
  props[PROP_REQUEST_TIMEOUT] = specify_uint ("request-timeout", HS_SETTING_REQUEST_TIMEOUT);

  /**
   * HsClient:keepalive-interval: (getter get_keepalive_interval) (setter set_keepalive_interval)
   *
   * After how many milliseconds of silence the server is asked for a sign of life (XEP-0199), or 0 for
   * never. A server that gives none within [property@Client:connect-timeout] is lost. While
   * [property@Client:active] is false, the interval is four times as long.
   *
   * The time for the answer begins when the question has left this machine, and until then any
   * progress of what is sent counts as a sign of life. The default is 50,000 milliseconds; the range is 0 to
   * 2,147,483,647.
   *
   * A change takes effect at once, in the session that stands as well.
   */
  props[PROP_KEEPALIVE_INTERVAL] = specify_uint ("keepalive-interval", HS_SETTING_KEEPALIVE_INTERVAL);
}

static void
specify_limits (void)
{
  const HsSettingRange *size = hs_settings_get_range (HS_SETTING_MAX_STANZA_SIZE);

  /**
   * HsClient:max-stanza-size: (getter get_max_stanza_size) (setter set_max_stanza_size)
   *
   * How many bytes of memory one stanza from the server may take. A larger one is discarded and the session
   * goes on: see [signal@Client::stanza-discarded]. Past 16 times the limit, the stream ends.
   *
   * What a handler with %HS_HANDLER_FORGET has seen and what was forgotten after it does not count. The default is
   * 10,485,760 bytes (10 MiB), the least 1,024.
   *
   * A change takes effect with the next connection.
   */
  props[PROP_MAX_STANZA_SIZE] = g_param_spec_uint64 ("max-stanza-size", NULL, NULL, size->minimum, size->maximum, size->initial,
                                                     HS_CLIENT_PARAM_RW);

  /**
   * HsClient:log-max-size: (getter get_log_max_size) (setter set_log_max_size)
   *
   * How many bytes the file of [method@Client.set_log] may have: before a line that would make it larger, it is renamed
   * to its name with `.1` at the end, in place of the one that had this name before, and another file begins.
   *
   * The default is 0: the file grows without a limit. A change takes effect at once. A line is never divided: a file
   * with one line alone may be larger. What is not a file, such as a pipe, and a file that cannot be renamed grow on.
   *
   * Since: 0.2
   */
  props[PROP_LOG_MAX_SIZE] = g_param_spec_uint64 ("log-max-size", NULL, NULL, 0, G_MAXUINT64, 0, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:max-depth: (getter get_max_depth) (setter set_max_depth)
   *
   * How deep elements in one stanza may be nested. The default is 128 levels, the least 2.
   *
   * A change takes effect with the next connection for what is received, and at once for what is sent.
   */
  props[PROP_MAX_DEPTH] = specify_uint ("max-depth", HS_SETTING_MAX_DEPTH);
}

static void
specify_session (void)
{
  /**
   * HsClient:state: (getter get_state)
   *
   * Where the client stands.
   */
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, HS_TYPE_CLIENT_STATE, HS_CLIENT_STATE_DISCONNECTED, HS_CLIENT_PARAM_RO);

  /**
   * HsClient:bound-jid: (getter get_bound_jid)
   *
   * The full address that the server has bound (RFC 6120, 7), or %NULL without a session.
   */
  props[PROP_BOUND_JID] = g_param_spec_boxed ("bound-jid", NULL, NULL, HS_TYPE_JID, HS_CLIENT_PARAM_RO);

  /**
   * HsClient:resend-policy: (getter get_resend_policy) (setter set_resend_policy)
   *
   * Which stanzas that were not acknowledged when their session was lost are sent again in the next one,
   * oldest first and with the time at which they were sent first (XEP-0198, 4; XEP-0203). All others
   * come back with [signal@Client::returned]. The default is %HS_RESEND_POLICY_UNRECEIVED.
   *
   * A change takes effect at once, for each session that is lost from then on.
   */
  props[PROP_RESEND_POLICY] = g_param_spec_enum ("resend-policy", NULL, NULL, HS_TYPE_RESEND_POLICY,
                                                 HS_RESEND_POLICY_UNRECEIVED, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:active: (getter get_active) (setter set_active)
   *
   * Whether somebody is looking at what arrives. The server is told (XEP-0352) when it changes and again
   * in each session. The default is %TRUE.
   *
   * A change takes effect at once.
   */
  props[PROP_ACTIVE] = g_param_spec_boolean ("active", NULL, NULL, TRUE, HS_CLIENT_PARAM_RW);
}

static void
specify_beginning (void)
{
  /**
   * HsClient:own-presence: (getter get_own_presence) (setter set_own_presence)
   *
   * The presence of this client (RFC 6121, 4), an empty one if nothing was set; %NULL for none. Each new
   * session begins with it, and it is sent with what modules add when it is set while the client is ready. The default
   * is an empty presence.
   *
   * A change takes effect at once.
   *
   * Since: 0.2
   */
  props[PROP_OWN_PRESENCE] = g_param_spec_object ("own-presence", NULL, NULL, HS_TYPE_PRESENCE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:initial-presence: (getter get_initial_presence) (setter set_initial_presence)
   *
   * Another name of [property@Client:own-presence]. The default is an empty presence.
   *
   * A change takes effect at once.
   */
  props[PROP_INITIAL_PRESENCE]
      = g_param_spec_object ("initial-presence", NULL, NULL, HS_TYPE_PRESENCE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:initial-roster: (getter get_initial_roster) (setter set_initial_roster)
   *
   * Whether the roster is asked for when a new session stands (RFC 6121, 2.2). The default is %TRUE.
   *
   * A change takes effect when the next session begins.
   */
  props[PROP_INITIAL_ROSTER] = g_param_spec_boolean ("initial-roster", NULL, NULL, TRUE, HS_CLIENT_PARAM_RW);

  /**
   * HsClient:registration: (getter get_registration) (setter set_registration)
   *
   * A module that takes part before the client signs in, such as one that makes the account. The default is %NULL.
   *
   * A change takes effect with the next connection, for the account; the module is attached, and the old one
   * detached, at once.
   */
  props[PROP_REGISTRATION] = g_param_spec_object ("registration", NULL, NULL, HS_TYPE_MODULE, HS_CLIENT_PARAM_RW);
}

static void
hs_client_class_init (HsClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  hs_debug_init ();
  hs_client_private_offset = HsClient_private_offset;
  object_class->dispose = hs_client_dispose;
  object_class->finalize = hs_client_finalize;
  object_class->get_property = hs_client_get_property;
  object_class->set_property = hs_client_set_property;

  specify_account ();
  specify_certificates ();
  specify_sign_in ();
  specify_times ();
  specify_session ();
  specify_limits ();
  specify_beginning ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  hs_client_sign_in_class_init (object_class);
  hs_client_install_signals ();
}

static void
hs_client_init (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_settings_init (&priv->settings);
  hs_server_memory_init (&priv->server_memory);
  hs_deadlines_init (&priv->deadlines, &hs_client_deadlines_callbacks, self);
  hs_module_list_init (&priv->modules, &hs_client_module_list_callbacks, self);
  hs_wire_log_init (&priv->wire_log, &hs_client_wire_log_callbacks, self);
  hs_reconnector_init (&priv->reconnector, &hs_client_reconnector_callbacks, G_OBJECT (self));
  hs_liveness_init (&priv->liveness, 0);
  hs_outbox_init (&priv->outbox, &hs_client_outbox_callbacks, self);
  /* Not later: languages may add handlers while an object that C makes is still being made. */
  hs_client_dispatch_init (&priv->dispatch, &hs_client_dispatcher_callbacks, self);
  hs_connection_init (&priv->connection, &hs_client_connection_callbacks, self);
  hs_pump_init (&priv->pump, hs_client_dispatcher (priv), &hs_client_pump_callbacks, self);
  hs_session_init (&priv->session, hs_dispatcher_get_tracker (hs_client_dispatcher (priv)),
                   &hs_client_session_callbacks, self);
  hs_requests_init (&priv->requests, hs_dispatcher_get_tracker (hs_client_dispatcher (priv)),
                    &hs_client_requests_callbacks, self);
}

void
hs_client_make_component (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_settings_make_component (&priv->settings);
  hs_iq_tracker_make_strict (hs_dispatcher_get_tracker (hs_client_dispatcher (priv)));
}

void
hs_client_take_jid_error (HsClient *self, GError *error)
{
  hs_settings_take_jid_error (&hs_client_private (self)->settings, error);
}

/**
 * hs_client_new:
 * @jid: an address; one with a resource asks the server for that resource
 * @password: (nullable): its password
 *
 * Makes a client.
 *
 * Where @jid is not an address, starting the client in any way ends at once with
 * %HS_ERROR_INVALID_JID.
 *
 * ```c
 * g_autoptr (HsClient) client = hs_client_new ("juliet@example.org", "secret");
 * ```
 *
 * Returns: (transfer full): the new client
 */
HsClient *
hs_client_new (const char *jid, const char *password)
{
  g_autoptr (HsJid) parsed = NULL;
  g_autoptr (GError) error = NULL;
  HsClient *self;

  g_return_val_if_fail (jid != NULL, NULL);

  parsed = hs_jid_new (jid, &error);
  self = hs_client_new_for_jid (parsed, password);
  hs_client_take_jid_error (self, g_steal_pointer (&error));
  return self;
}

/**
 * hs_client_new_for_jid:
 * @jid: (nullable): an address
 * @password: (nullable): its password
 *
 * Makes a client for an address that has been parsed.
 *
 * ```python
 * client = Headstock.Client.new_for_jid(Headstock.Jid("romeo@montague.example"), "secret")
 * ```
 *
 * Returns: (transfer full): the new client
 */
HsClient *
hs_client_new_for_jid (HsJid *jid, const char *password)
{
  return g_object_new (HS_TYPE_CLIENT, "jid", jid, "password", password, NULL);
}

/**
 * hs_client_check_thread:
 * @self: a client
 * @error: return location for an error
 *
 * Asks whether the calling thread may use the client.
 *
 * A running client belongs to the thread that iterates the main context in which it was started. Every other
 * function refuses to be called from another thread: with %HS_ERROR_WRONG_THREAD if it has an error, and
 * with a critical warning if it has none. Languages turn that warning into an exception by asking first.
 *
 * Returns: true if it may; false, with %HS_ERROR_WRONG_THREAD, if the client runs in another thread
 */
gboolean
hs_client_check_thread (HsClient *self, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);

  return !hs_client_refuse_with (hs_client_private (self), NULL, error);
}
