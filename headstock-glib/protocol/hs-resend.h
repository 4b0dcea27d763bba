/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

/* Sending a stanza again in another session than the one in which it was in flight. */

/* Whether the library may send a stanza again by itself: messages except those to rooms, which have to be
 * joined again first, and presences that ask for, grant or end a subscription. Any other stanza may have lost
 * its meaning. */
gboolean hs_resend_is_repeatable (HsNode *stanza);

/* Writes a stanza again with the time of its first sending (XEP-0198, 4; XEP-0203). @time: microseconds of
 * the wall clock. NULL if the stanza has a time already, or does not parse: it is sent as it is.
 * (transfer full) */
GByteArray *hs_resend_add_delay (const guint8 *bytes, gsize length, gint64 time);

G_END_DECLS
