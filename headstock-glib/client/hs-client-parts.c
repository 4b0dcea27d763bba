/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

/* Single parts, for the files that need no others. */

HsSettings *
hs_client_settings (HsClientPrivate *priv)
{
  return &priv->settings;
}

HsSignIn *
hs_client_sign_ins (HsClientPrivate *priv)
{
  return &priv->sign_in;
}

HsModuleList *
hs_client_modules (HsClientPrivate *priv)
{
  return &priv->modules;
}

HsRunLoop *
hs_client_loop (HsClientPrivate *priv)
{
  return &priv->loop;
}

HsReconnector *
hs_client_reconnector (HsClientPrivate *priv)
{
  return &priv->reconnector;
}

HsConnection *
hs_client_connection (HsClientPrivate *priv)
{
  return &priv->connection;
}

HsSession *
hs_client_session (HsClientPrivate *priv)
{
  return &priv->session;
}

HsOutbox *
hs_client_outbox (HsClientPrivate *priv)
{
  return &priv->outbox;
}

HsRequests *
hs_client_requests (HsClientPrivate *priv)
{
  return &priv->requests;
}

HsWireLog *
hs_client_wire_log (HsClientPrivate *priv)
{
  return &priv->wire_log;
}
