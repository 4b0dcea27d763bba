/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

HS_AVAILABLE_IN_0_2
GPtrArray *hs_styling_parse (const char *body);
HS_AVAILABLE_IN_0_2
gboolean hs_styling_is_action (const char *body);

G_END_DECLS
