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

/* Makes the configuration of a node that only the account itself may read, and that keeps an item for each of many things
 * (XEP-0402, XEP-0490). If the service cannot set how many items the node keeps, or when the last one is sent, that is not
 * required. (transfer full) */
HsNodeConfig *hs_pubsub_new_list_config (void);

G_END_DECLS
