/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

/**
 * HS_PRINTABLE_TEXT:
 *
 * How many characters of a text that a peer wrote the library quotes in a message; see [func@printable].
 */
#define HS_PRINTABLE_TEXT 300

/**
 * HS_PRINTABLE_NAME:
 *
 * How many characters of a name that a peer chose the library quotes in a message; see [func@printable].
 */
#define HS_PRINTABLE_NAME 64

HS_AVAILABLE_IN_ALL
char *hs_printable (const char *text, gsize max);

G_END_DECLS
