/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

/* A proxy on loopback that passes bytes on and cuts each connection after a random number of them, in a
 * random way, until it has made as many cuts as it was to make. Has threads of its own. */

typedef struct _CuttingProxy CuttingProxy;

CuttingProxy *cutting_proxy_new (guint16 server_port, guint n_cuts, guint32 seed);
/* So many bytes in each direction together for each connection, in place of the default. */
void cutting_proxy_set_range (CuttingProxy *self, guint min_bytes, guint max_bytes);
/* Not before. */
void cutting_proxy_start (CuttingProxy *self);
void cutting_proxy_free (CuttingProxy *self);
guint16 cutting_proxy_get_port (CuttingProxy *self);
/* So far. */
guint cutting_proxy_get_n_cuts (CuttingProxy *self);
guint cutting_proxy_get_n_connections (CuttingProxy *self);
guint64 cutting_proxy_get_n_bytes (CuttingProxy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CuttingProxy, cutting_proxy_free)
