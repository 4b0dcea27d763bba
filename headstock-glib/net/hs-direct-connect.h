/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A TCP connection to an address that is known, without a proxy. GSocketClient would make tasks, an enumerator and
 * signals on top of that for each connection. */

typedef struct _HsDirectConnect HsDirectConnect;

/* Either @connection, whose socket does not block, or @error. May free the HsDirectConnect. */
typedef void (*HsDirectConnectFunc) (GSocketConnection *connection, const GError *error, gpointer user_data);

/* Begins to connect. @done is called once, in @context (NULL: the default one) and never before hs_direct_connect_new() has
 * returned. */
HsDirectConnect *hs_direct_connect_new (GSocketAddress *address, GMainContext *context, HsDirectConnectFunc done, gpointer user_data);
/* Gives up a connection that is not there yet; @done is not called any more. */
void hs_direct_connect_free (HsDirectConnect *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsDirectConnect, hs_direct_connect_free)

G_END_DECLS
