/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-debug.h"
#include "protocol/hs-handlers.h"

G_BEGIN_DECLS

/* Prints about the topic `dispatch` of HEADSTOCK_DEBUG. Call these functions only if the topic is wanted. */

/* @account: whom the stanza came to, or NULL. @what: what becomes of it. */
void hs_dispatch_debug_stanza (HsJid *account, HsNode *stanza, const char *what);
void hs_dispatch_debug_handler (HsJid *account, const HsHandler *handler, HsNode *stanza, gboolean called);
/* An element with the handler's name came. Told once of a handler that has never matched, if the namespace is another
 * one. */
void hs_dispatch_debug_match (HsJid *account, HsHandler *handler, const char *namespace_, gboolean matches);

G_END_DECLS
