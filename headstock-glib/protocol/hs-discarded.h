/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-parser.h"

G_BEGIN_DECLS

/* Says which stanza was discarded, who sent it, how large it was and which limit it passed. @server: who sent
 * it where the stanza names nobody. (transfer full) */
GError *hs_discarded_to_error (HsNode *stanza, const HsDiscard *discard, const char *server);

G_END_DECLS
