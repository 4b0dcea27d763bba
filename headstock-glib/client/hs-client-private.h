/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client-internal.h"

G_BEGIN_DECLS

/* The parts of a client, for the files that connect them. One client is one run after another; a run is one
 * connection after another; a connection is one HsAttempt. */

struct _HsClientPrivate
{
  HsSettings settings;
  HsServerMemory server_memory;
  HsModuleList modules;

  /* The run */
  HsRun run;
  HsRunLoop loop;
  HsDeadlines deadlines;
  HsReconnector reconnector;

  /* The connection */
  HsConnection connection;
  HsPump pump;
  HsSignIn sign_in;
  HsLiveness liveness;
  HsOutbox outbox;

  /* The session, which may outlive the connection */
  HsSession session;
  HsBeginning beginning;
  HsRequests requests;

  HsClientDispatch dispatch;
  HsWireLog wire_log;
};

/* The transport and the stream of the present connection; NULL: there is none. */
static inline HsTransport *
hs_client_transport (const HsClientPrivate *priv)
{
  return hs_connection_get_transport (&priv->connection);
}

static inline HsStream *
hs_client_stream (const HsClientPrivate *priv)
{
  return hs_connection_get_stream (&priv->connection);
}

static inline HsDispatcher *
hs_client_dispatcher (const HsClientPrivate *priv)
{
  return hs_client_dispatch_get_dispatcher (&priv->dispatch);
}

static inline gint64
hs_client_get_time (const HsClientPrivate *priv)
{
  return hs_run_loop_get_time (&priv->loop);
}

static inline gint64
hs_client_get_boot_time (const HsClientPrivate *priv)
{
  return hs_run_loop_get_boot_time (&priv->loop);
}

G_END_DECLS
