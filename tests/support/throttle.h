/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* A relay on loopback with a slow uplink: what clients send passes at so many bytes a second, through buffers
 * as small as the system has them, so that the rest stays where it was sent from. What servers send passes at
 * once. */
typedef struct _Throttle Throttle;

/* @to: the server's port. */
Throttle *throttle_new (guint16 to, guint rate);
/* Ends all connections. */
void throttle_free (Throttle *self);
guint16 throttle_get_port (Throttle *self);
guint throttle_get_n_connections (Throttle *self);
/* 0: nothing passes any more, either way, and nobody is told. */
void throttle_set_rate (Throttle *self, guint rate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Throttle, throttle_free)
