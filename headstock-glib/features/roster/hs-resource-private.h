/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-presence.h"
#include "hs-resource.h"

G_BEGIN_DECLS

HsResource *hs_resource_new (HsJid *jid);
/* Takes over what an available presence says. @serial grows with each presence. */
void hs_resource_update (HsResource *self, HsPresence *presence, guint64 serial);
/* Whether @self is the better one to reach somebody at: a priority that is not negative, the highest
 * priority, the most available, the newest. */
gboolean hs_resource_is_better (HsResource *self, HsResource *other);
/* The time in microseconds since 1970, or 0. */
gint64 hs_resource_peek_last_active (HsResource *self);

/* When a delayed presence or message was sent (XEP-0203), or now; in microseconds since 1970. */
gint64 hs_resource_get_time_sent (HsStanza *stanza);

G_END_DECLS
