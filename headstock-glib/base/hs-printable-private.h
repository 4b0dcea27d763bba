/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-printable.h"

G_BEGIN_DECLS

/* For a log: all of @text, with white space but the space shown as its code, too. */
void hs_printable_append_line (GString *line, const char *text);

G_END_DECLS
