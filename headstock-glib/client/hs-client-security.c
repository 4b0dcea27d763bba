/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* The accessors of the properties that say how a client and its server prove who they are. */

/**
 * hs_client_set_password: (set-property password)
 * @self: a client
 * @password: (nullable): the new value
 *
 * The password; it can be written and not read.
 *
 * A change takes effect with the next sign-in. A request of a registration that is sent from now on has
 * the new one, too.
 */
void
hs_client_set_password (HsClient *self, const char *password)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_password (hs_client_settings (priv), password))
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
  hs_client_return_val_if_foreign (self, NULL);

  return g_strdup (hs_settings_get_password (hs_client_settings (hs_client_private (self))));
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
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_tls_mode (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_tls_mode: (set-property tls-mode)
 * @self: a client
 * @tls_mode: the new value
 *
 * How the connection is secured.
 *
 * A change takes effect with the next connection. The rule for secrets ([method@Client.check_secret])
 * follows it at once.
 */
void
hs_client_set_tls_mode (HsClient *self, HsTlsMode tls_mode)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "tls-mode", tls_mode))
    return;

  if (hs_settings_set_tls_mode (hs_client_settings (priv), tls_mode))
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
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_tls_database (hs_client_settings (hs_client_private (self)));
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
  hs_client_return_if_foreign (self);

  if (hs_settings_set_tls_database (hs_client_settings (priv), tls_database))
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
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_tls_certificate (hs_client_settings (hs_client_private (self)));
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
  hs_client_return_if_foreign (self);

  if (hs_settings_set_tls_certificate (hs_client_settings (priv), tls_certificate))
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
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_pinned_certificate (hs_client_settings (hs_client_private (self)));
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
  hs_client_return_if_foreign (self);

  if (hs_settings_set_pinned_certificate (hs_client_settings (priv), pinned_certificate))
    g_object_notify (G_OBJECT (self), "pinned-certificate");
}

/**
 * hs_client_get_peer_certificate: (get-property peer-certificate)
 * @self: a client
 *
 * The server's certificate, of the present or the last connection, also if it was refused.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
GTlsCertificate *
hs_client_get_peer_certificate (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_connection_get_peer_certificate (hs_client_connection (hs_client_private (self)));
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
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_sasl_mechanisms (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_sasl_mechanisms: (set-property sasl-mechanisms)
 * @self: a client
 * @sasl_mechanisms: (nullable) (array zero-terminated=1): the new value
 *
 * The mechanisms that may be used to sign in, or %NULL for all that are safe.
 *
 * A change takes effect with the next sign-in. The rule for secrets
 * ([method@Client.check_secret]) follows it at once.
 */
void
hs_client_set_sasl_mechanisms (HsClient *self, const char * const *sasl_mechanisms)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  hs_settings_set_sasl_mechanisms (hs_client_settings (priv), sasl_mechanisms);
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
  hs_client_return_val_if_foreign (self, FALSE);

  return hs_settings_get_allow_plain (hs_client_settings (hs_client_private (self)));
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
 * A change takes effect with the next sign-in. A registration follows it at once.
 */
void
hs_client_set_allow_plain (HsClient *self, gboolean allow_plain)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_settings_set_allow_plain (hs_client_settings (priv), allow_plain))
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
  hs_client_return_val_if_foreign (self, 0);

  return hs_settings_get_min_iterations (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_min_iterations: (set-property min-iterations)
 * @self: a client
 * @min_iterations: the new value
 *
 * The least number of iterations that SCRAM (RFC 5802) accepts from a server. More than 1,000,000 are
 * refused always.
 *
 * A change takes effect with the next sign-in.
 */
void
hs_client_set_min_iterations (HsClient *self, guint min_iterations)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "min-iterations", min_iterations))
    return;

  if (hs_settings_set_min_iterations (hs_client_settings (priv), min_iterations))
    g_object_notify (G_OBJECT (self), "min-iterations");
}
