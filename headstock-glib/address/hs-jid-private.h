/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* Whether hs_jid_new() would take it. Most addresses are plain ASCII, and nothing is allocated for those. */
gboolean hs_jid_check (const char *string, GError **error);

G_END_DECLS
