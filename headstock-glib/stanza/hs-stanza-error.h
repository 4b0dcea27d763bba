/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-stanza.h"

G_BEGIN_DECLS

HS_AVAILABLE_IN_0_2
const char *hs_stanza_error_get_condition (const GError *error);
HS_AVAILABLE_IN_0_2
const char *hs_stanza_error_get_error_type (const GError *error);
HS_AVAILABLE_IN_0_2
const char *hs_stanza_error_get_text (const GError *error);
HS_AVAILABLE_IN_0_2
HsStanza *hs_stanza_error_get_stanza (const GError *error);
HS_AVAILABLE_IN_0_2
HsStanza *hs_stanza_error_steal_last (void);

G_END_DECLS
