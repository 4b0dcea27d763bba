/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The defined condition in an <error/> or <failure/>, with the peer's text, as an error. @enum_type's
 * nicks are the conditions; one that it has not becomes @fallback. */
GError *hs_condition_to_error (HsNode *node,
                               GQuark domain,
                               GType enum_type,
                               const char *namespace_,
                               int fallback,
                               const char *what);

G_END_DECLS
