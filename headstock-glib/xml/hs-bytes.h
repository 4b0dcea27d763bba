/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the parser looks at itself before, or instead of, libxml2. */

/* Where a tag ends that is looked at piece by piece; all zero at its beginning. */
typedef struct
{
  char quote;     /* the quotation mark that is open */
  guint n_values; /* attribute values that have ended */
} HsTagScan;

/* Whether the tag's end is among the bytes. */
gboolean hs_tag_scan_ends (HsTagScan *self, const char *bytes, gsize length);

/* How many of the bytes end with a whole character. */
gsize hs_bytes_whole_characters (const char *bytes, gsize length);
/* How many of the bytes are UTF-8: libxml2 lets overlong forms through. */
gsize hs_bytes_valid_utf8 (const char *bytes, gsize length);
/* Whether what begins with an ampersand is a reference, or may become one: libxml2 would wait for a
 * semicolon for ever. */
gboolean hs_bytes_may_be_reference (const char *bytes, gsize length);

/* White space of XML's; g_ascii_isspace() has a form feed too, which XML does not allow. */
static inline gboolean
hs_xml_is_space (char c)
{
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

G_END_DECLS
