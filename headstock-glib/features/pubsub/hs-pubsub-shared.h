/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub.h"

G_BEGIN_DECLS

/* The functions by which other features work with HsPubSub. Not installed; only features/ includes it. */

typedef void (*HsPubSubMissedFunc) (gpointer data);

/* Calls @func during a session whenever the client may have missed events of the account's own nodes: their items are to
 * be requested again. A feature requests them when a session begins, too. Ends with hs_pubsub_remove_missed(). */
void hs_pubsub_add_missed (HsPubSub *self, HsPubSubMissedFunc func, gpointer data);
void hs_pubsub_remove_missed (HsPubSub *self, gpointer data);

G_END_DECLS
