/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"

/* Single parts, for the files that need a few of them. */

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

HsDeadlines *
hs_client_deadlines (HsClientPrivate *priv)
{
  return &priv->deadlines;
}

HsClientDispatch *
hs_client_get_dispatch (HsClientPrivate *priv)
{
  return &priv->dispatch;
}

HsBeginning *
hs_client_beginning (HsClientPrivate *priv)
{
  return &priv->beginning;
}

HsRun *
hs_client_get_run (HsClientPrivate *priv)
{
  return &priv->run;
}

HsServerMemory *
hs_client_server_memory (HsClientPrivate *priv)
{
  return &priv->server_memory;
}

HsPump *
hs_client_get_pump (HsClientPrivate *priv)
{
  return &priv->pump;
}

HsStream *
hs_client_get_stream (HsClientPrivate *priv)
{
  return hs_client_stream (priv);
}
