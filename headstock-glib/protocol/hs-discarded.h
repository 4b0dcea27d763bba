/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* Says which stanza was discarded, who sent it, how large it was and which limit it passed. @server: who sent
 * it where the stanza names nobody. (transfer full) */
GError *hs_discarded_to_error (HsNode *stanza, const HsDiscard *discard, const char *server);

/* Whether a stream cannot go on without the element. In a session that is what the stream and stream management
 * say of themselves; before it all but the messages and presences that may come after the sign-in, since an iq
 * may be the answer to what the stream has asked. */
gboolean hs_discarded_is_needed (HsNode *node, gboolean in_session, gboolean authenticated);

G_END_DECLS
