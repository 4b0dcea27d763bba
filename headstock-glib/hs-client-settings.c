/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

/* The accessors of HsClient's properties. */

/**
 * hs_client_get_jid: (get-property jid)
 * @self: a client
 *
 * The account's address. One with a resource asks the server for that resource (RFC 6120, 7.7).
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsJid *
hs_client_get_jid (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->jid;
}

/**
 * hs_client_set_password: (set-property password)
 * @self: a client
 * @password: (nullable): the new value
 *
 * The password; it can be written and not read.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_password (HsClient *self, const char *password)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_strcmp0 (priv->password, password) == 0)
    return;
  if (priv->password != NULL)
    explicit_bzero (priv->password, strlen (priv->password));
  g_free (priv->password);
  priv->password = g_strdup (password);
  g_object_notify (G_OBJECT (self), "password");
}

/**
 * hs_client_dup_password: (skip)
 * @self: a client
 *
 * The password, for modules that make an account with it or change it (XEP-0077). The property can't be
 * read, so that a password is not shown by what shows all properties of an object.
 *
 * Returns: (transfer full) (nullable): the password, or %NULL
 */
char *
hs_client_dup_password (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return g_strdup (hs_client_private (self)->password);
}

/**
 * hs_client_get_host: (get-property host)
 * @self: a client
 *
 * The host to connect to in place of those that the DNS names for the domain; %NULL to ask the DNS.
 * The certificate must be for the domain all the same.
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_host (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->host;
}

/**
 * hs_client_set_host: (set-property host)
 * @self: a client
 * @host: (nullable): the new value
 *
 * The host to connect to in place of those that the DNS names for the domain; %NULL to ask the DNS.
 * The certificate must be for the domain all the same.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_host (HsClient *self, const char *host)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_strcmp0 (priv->host, host) == 0)
    return;
  g_free (priv->host);
  priv->host = g_strdup (host);
  g_object_notify (G_OBJECT (self), "host");
}

/**
 * hs_client_get_port: (get-property port)
 * @self: a client
 *
 * The port to connect to, or 0: as the DNS says; else 5222, or 5223 where TLS is direct.
 *
 * Returns: the value
 */
guint 
hs_client_get_port (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->port;
}

/**
 * hs_client_set_port: (set-property port)
 * @self: a client
 * @port: the new value
 *
 * The port to connect to, or 0: as the DNS says; else 5222, or 5223 where TLS is direct.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_port (HsClient *self, guint port)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->port == port)
    return;
  priv->port = port;
  g_object_notify (G_OBJECT (self), "port");
}

/**
 * hs_client_get_tls_mode: (get-property tls-mode)
 * @self: a client
 *
 * How the connection is secured.
 *
 * Returns: the value
 */
HsTlsMode 
hs_client_get_tls_mode (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->tls_mode;
}

/**
 * hs_client_set_tls_mode: (set-property tls-mode)
 * @self: a client
 * @tls_mode: the new value
 *
 * How the connection is secured.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_tls_mode (HsClient *self, HsTlsMode tls_mode)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->tls_mode == tls_mode)
    return;
  priv->tls_mode = tls_mode;
  g_object_notify (G_OBJECT (self), "tls-mode");
}

/**
 * hs_client_get_tls_database: (get-property tls-database)
 * @self: a client
 *
 * The certificates of authorities to trust, or %NULL for the system's.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GTlsDatabase *
hs_client_get_tls_database (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->tls_database;
}

/**
 * hs_client_set_tls_database: (set-property tls-database)
 * @self: a client
 * @tls_database: (nullable) (transfer none): the new value
 *
 * The certificates of authorities to trust, or %NULL for the system's.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_tls_database (HsClient *self, GTlsDatabase *tls_database)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_set_object (&priv->tls_database, tls_database))
    g_object_notify (G_OBJECT (self), "tls-database");
}

/**
 * hs_client_get_tls_certificate: (get-property tls-certificate)
 * @self: a client
 *
 * The client's own certificate with its key, for the mechanism EXTERNAL (XEP-0178), or %NULL.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GTlsCertificate *
hs_client_get_tls_certificate (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->tls_certificate;
}

/**
 * hs_client_set_tls_certificate: (set-property tls-certificate)
 * @self: a client
 * @tls_certificate: (nullable) (transfer none): the new value
 *
 * The client's own certificate with its key, for the mechanism EXTERNAL (XEP-0178), or %NULL.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_tls_certificate (HsClient *self, GTlsCertificate *tls_certificate)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_set_object (&priv->tls_certificate, tls_certificate))
    g_object_notify (G_OBJECT (self), "tls-certificate");
}

/**
 * hs_client_get_pinned_certificate: (get-property pinned-certificate)
 * @self: a client
 *
 * Where set, the server's certificate must be this one, and no other is accepted, whoever signed it.
 * A program that has asked somebody about a certificate that was refused sets it and starts again.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GTlsCertificate *
hs_client_get_pinned_certificate (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->pinned_certificate;
}

/**
 * hs_client_set_pinned_certificate: (set-property pinned-certificate)
 * @self: a client
 * @pinned_certificate: (nullable) (transfer none): the new value
 *
 * Where set, the server's certificate must be this one, and no other is accepted, whoever signed it.
 * A program that has asked somebody about a certificate that was refused sets it and starts again.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_pinned_certificate (HsClient *self, GTlsCertificate *pinned_certificate)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_set_object (&priv->pinned_certificate, pinned_certificate))
    g_object_notify (G_OBJECT (self), "pinned-certificate");
}

/**
 * hs_client_get_peer_certificate: (get-property peer-certificate)
 * @self: a client
 *
 * The server's certificate, of the present or the last connection, also where it was refused.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GTlsCertificate *
hs_client_get_peer_certificate (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->peer_certificate;
}

/**
 * hs_client_get_sasl_mechanisms: (get-property sasl-mechanisms)
 * @self: a client
 *
 * The mechanisms that may be used to sign in, or %NULL for all that are safe.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the value, or %NULL
 */
const char * const *
hs_client_get_sasl_mechanisms (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return (const char *const *) hs_client_private (self)->sasl_mechanisms;
}

/**
 * hs_client_set_sasl_mechanisms: (set-property sasl-mechanisms)
 * @self: a client
 * @sasl_mechanisms: (nullable) (array zero-terminated=1): the new value
 *
 * The mechanisms that may be used to sign in, or %NULL for all that are safe.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_sasl_mechanisms (HsClient *self, const char * const *sasl_mechanisms)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  g_strfreev (priv->sasl_mechanisms);
  priv->sasl_mechanisms = g_strdupv ((char **) sasl_mechanisms);
  g_object_notify (G_OBJECT (self), "sasl-mechanisms");
}

/**
 * hs_client_get_allow_plain: (get-property allow-plain)
 * @self: a client
 *
 * Whether the mechanism PLAIN, which shows the password to the server, may be used. The client clears
 * it once a better one has worked for the account; a program may keep that fact and set it at its next
 * start, so that nobody can talk it into showing the password.
 *
 * Returns: the value
 */
gboolean 
hs_client_get_allow_plain (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);

  return hs_client_private (self)->allow_plain;
}

/**
 * hs_client_set_allow_plain: (set-property allow-plain)
 * @self: a client
 * @allow_plain: the new value
 *
 * Whether the mechanism PLAIN, which shows the password to the server, may be used. The client clears
 * it once a better one has worked for the account; a program may keep that fact and set it at its next
 * start, so that nobody can talk it into showing the password.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_allow_plain (HsClient *self, gboolean allow_plain)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->allow_plain == allow_plain)
    return;
  priv->allow_plain = allow_plain;
  g_object_notify (G_OBJECT (self), "allow-plain");
}

/**
 * hs_client_get_min_iterations: (get-property min-iterations)
 * @self: a client
 *
 * The least number of iterations that SCRAM (RFC 5802) accepts from a server. More than 1,000,000 are
 * refused always.
 *
 * Returns: the value
 */
guint 
hs_client_get_min_iterations (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->min_iterations;
}

/**
 * hs_client_set_min_iterations: (set-property min-iterations)
 * @self: a client
 * @min_iterations: the new value
 *
 * The least number of iterations that SCRAM (RFC 5802) accepts from a server. More than 1,000,000 are
 * refused always.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_min_iterations (HsClient *self, guint min_iterations)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->min_iterations == min_iterations)
    return;
  priv->min_iterations = min_iterations;
  g_object_notify (G_OBJECT (self), "min-iterations");
}

/**
 * hs_client_get_proxy_resolver: (get-property proxy-resolver)
 * @self: a client
 *
 * What decides on proxies, or %NULL for the system's.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GProxyResolver *
hs_client_get_proxy_resolver (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->proxy_resolver;
}

/**
 * hs_client_set_proxy_resolver: (set-property proxy-resolver)
 * @self: a client
 * @proxy_resolver: (nullable) (transfer none): the new value
 *
 * What decides on proxies, or %NULL for the system's.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_proxy_resolver (HsClient *self, GProxyResolver *proxy_resolver)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_set_object (&priv->proxy_resolver, proxy_resolver))
    g_object_notify (G_OBJECT (self), "proxy-resolver");
}

/**
 * hs_client_get_lang: (get-property lang)
 * @self: a client
 *
 * The language of the stream (RFC 6120, 4.7.4), or %NULL for that of the locale.
 *
 * Returns: (nullable): the value, or %NULL
 */
const char *
hs_client_get_lang (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->lang;
}

/**
 * hs_client_set_lang: (set-property lang)
 * @self: a client
 * @lang: (nullable): the new value
 *
 * The language of the stream (RFC 6120, 4.7.4), or %NULL for that of the locale.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_lang (HsClient *self, const char *lang)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (g_strcmp0 (priv->lang, lang) == 0)
    return;
  g_free (priv->lang);
  priv->lang = g_strdup (lang);
  g_object_notify (G_OBJECT (self), "lang");
}

/**
 * hs_client_get_state: (get-property state)
 * @self: a client
 *
 * Where the client stands.
 *
 * Returns: the value
 */
HsClientState 
hs_client_get_state (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->state;
}

/**
 * hs_client_get_bound_jid: (get-property bound-jid)
 * @self: a client
 *
 * The full address that the server has bound (RFC 6120, 7), or %NULL without a session.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsJid *
hs_client_get_bound_jid (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->bound_jid;
}

/**
 * hs_client_get_auto_reconnect: (get-property auto-reconnect)
 * @self: a client
 *
 * Whether a connection that is lost after the client was ready is made anew.
 *
 * Returns: the value
 */
gboolean 
hs_client_get_auto_reconnect (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);

  return hs_client_private (self)->auto_reconnect;
}

/**
 * hs_client_set_auto_reconnect: (set-property auto-reconnect)
 * @self: a client
 * @auto_reconnect: the new value
 *
 * Whether a connection that is lost after the client was ready is made anew.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_auto_reconnect (HsClient *self, gboolean auto_reconnect)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->auto_reconnect == auto_reconnect)
    return;
  priv->auto_reconnect = auto_reconnect;
  g_object_notify (G_OBJECT (self), "auto-reconnect");
}

/**
 * hs_client_get_connect_timeout: (get-property connect-timeout)
 * @self: a client
 *
 * How long each stage of making a connection may take, in milliseconds: finding the server and
 * connecting to each of its addresses, the TLS handshake, each step of the negotiation, and the
 * server's end of the stream.
 *
 * Returns: the value
 */
guint 
hs_client_get_connect_timeout (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->connect_timeout;
}

/**
 * hs_client_set_connect_timeout: (set-property connect-timeout)
 * @self: a client
 * @connect_timeout: the new value
 *
 * How long each stage of making a connection may take, in milliseconds: finding the server and
 * connecting to each of its addresses, the TLS handshake, each step of the negotiation, and the
 * server's end of the stream.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_connect_timeout (HsClient *self, guint connect_timeout)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->connect_timeout == connect_timeout)
    return;
  priv->connect_timeout = connect_timeout;
  g_object_notify (G_OBJECT (self), "connect-timeout");
}

/**
 * hs_client_get_request_timeout: (get-property request-timeout)
 * @self: a client
 *
 * How long an answer to an iq is waited for where nothing else is said, in milliseconds.
 *
 * Returns: the value
 */
guint 
hs_client_get_request_timeout (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->request_timeout;
}

/**
 * hs_client_set_request_timeout: (set-property request-timeout)
 * @self: a client
 * @request_timeout: the new value
 *
 * How long an answer to an iq is waited for where nothing else is said, in milliseconds.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_request_timeout (HsClient *self, guint request_timeout)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->request_timeout == request_timeout)
    return;
  priv->request_timeout = request_timeout;
  g_object_notify (G_OBJECT (self), "request-timeout");
}

/**
 * hs_client_get_keepalive_interval: (get-property keepalive-interval)
 * @self: a client
 *
 * After how many milliseconds of silence the server is asked for a sign of life (XEP-0199), or 0 for
 * never. A server that gives none within [property@Client:connect-timeout] is lost.
 *
 * Returns: the value
 */
guint 
hs_client_get_keepalive_interval (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->keepalive_interval;
}

/**
 * hs_client_set_keepalive_interval: (set-property keepalive-interval)
 * @self: a client
 * @keepalive_interval: the new value
 *
 * After how many milliseconds of silence the server is asked for a sign of life (XEP-0199), or 0 for
 * never. A server that gives none within [property@Client:connect-timeout] is lost.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_keepalive_interval (HsClient *self, guint keepalive_interval)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->keepalive_interval == keepalive_interval)
    return;
  priv->keepalive_interval = keepalive_interval;
  g_object_notify (G_OBJECT (self), "keepalive-interval");
}

/**
 * hs_client_get_max_stanza_size: (get-property max-stanza-size)
 * @self: a client
 *
 * How many bytes of memory one stanza from the server may take. The connection is closed on a larger
 * one.
 *
 * Returns: the value
 */
guint64 
hs_client_get_max_stanza_size (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->max_stanza_size;
}

/**
 * hs_client_set_max_stanza_size: (set-property max-stanza-size)
 * @self: a client
 * @max_stanza_size: the new value
 *
 * How many bytes of memory one stanza from the server may take. The connection is closed on a larger
 * one.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_max_stanza_size (HsClient *self, guint64 max_stanza_size)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->max_stanza_size == max_stanza_size)
    return;
  priv->max_stanza_size = max_stanza_size;
  g_object_notify (G_OBJECT (self), "max-stanza-size");
}

/**
 * hs_client_get_max_depth: (get-property max-depth)
 * @self: a client
 *
 * How deep elements in one stanza may be nested.
 *
 * Returns: the value
 */
guint 
hs_client_get_max_depth (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), 0);

  return hs_client_private (self)->max_depth;
}

/**
 * hs_client_set_max_depth: (set-property max-depth)
 * @self: a client
 * @max_depth: the new value
 *
 * How deep elements in one stanza may be nested.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_max_depth (HsClient *self, guint max_depth)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->max_depth == max_depth)
    return;
  priv->max_depth = max_depth;
  g_object_notify (G_OBJECT (self), "max-depth");
}

/**
 * hs_client_get_initial_presence: (get-property initial-presence)
 * @self: a client
 *
 * What is sent when a new session stands (RFC 6121, 4.2), an empty presence where nothing was set;
 * %NULL for nothing.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsPresence *
hs_client_get_initial_presence (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  if (priv->default_presence && priv->initial_presence == NULL)
    priv->initial_presence = hs_presence_new (NULL);
  return priv->initial_presence;
}

/**
 * hs_client_set_initial_presence: (set-property initial-presence)
 * @self: a client
 * @initial_presence: (nullable) (transfer none): the new value
 *
 * What is sent when a new session stands (RFC 6121, 4.2), an empty presence where nothing was set;
 * %NULL for nothing.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_initial_presence (HsClient *self, HsPresence *initial_presence)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (!g_set_object (&priv->initial_presence, initial_presence) && !priv->default_presence)
    return;
  priv->default_presence = FALSE;
  g_object_notify (G_OBJECT (self), "initial-presence");
}

/**
 * hs_client_get_initial_roster: (get-property initial-roster)
 * @self: a client
 *
 * Whether the roster is asked for when a new session stands (RFC 6121, 2.2).
 *
 * Returns: the value
 */
gboolean 
hs_client_get_initial_roster (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);

  return hs_client_private (self)->initial_roster;
}

/**
 * hs_client_set_initial_roster: (set-property initial-roster)
 * @self: a client
 * @initial_roster: the new value
 *
 * Whether the roster is asked for when a new session stands (RFC 6121, 2.2).
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_initial_roster (HsClient *self, gboolean initial_roster)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->initial_roster == initial_roster)
    return;
  priv->initial_roster = initial_roster;
  g_object_notify (G_OBJECT (self), "initial-roster");
}

/**
 * hs_client_get_registration: (get-property registration)
 * @self: a client
 *
 * A module that takes part before the client signs in, such as one that makes the account.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsModule *
hs_client_get_registration (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);

  return hs_client_private (self)->registration;
}

/**
 * hs_client_set_registration: (set-property registration)
 * @self: a client
 * @registration: (nullable) (transfer none): the new value
 *
 * A module that takes part before the client signs in, such as one that makes the account.
 *
 * A change takes effect with the next connection.
 */
void
hs_client_set_registration (HsClient *self, HsModule *registration)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->registration == registration)
    return;
  if (priv->registration != NULL)
    hs_client_unregister (self, priv->registration);
  g_set_object (&priv->registration, registration);
  if (registration != NULL)
    hs_client_register (self, registration);
  g_object_notify (G_OBJECT (self), "registration");
}
