/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-error.h"

G_BEGIN_DECLS

/* Sets an error in HS_ERROR, and returns FALSE: a check that fails ends with `return hs_error_refuse (…)`. */
gboolean
hs_error_refuse (GError **error, HsError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
