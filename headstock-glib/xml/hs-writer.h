/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "xml/hs-node.h"

G_BEGIN_DECLS

/* Appends @node as XML, where @default_namespace is the default already. With @error NULL, what XML
 * does not allow becomes U+FFFD; otherwise it is HS_ERROR_INVALID_STANZA, and nothing is appended. */
gboolean hs_writer_write (GByteArray *buffer,
                          HsNode *node,
                          const char *default_namespace,
                          GError **error);
/* Appends text, escaped for the inside of an attribute in quotation marks, and so for text too. */
void hs_writer_append_escaped (GByteArray *buffer, const char *text);
/* Appends what is written in @format, in which %s is text, escaped for the inside of an element or of an attribute in
 * quotation marks or apostrophes, and %u a number. There is nothing else in it. What XML does not allow becomes U+FFFD. */
void hs_writer_append_format (GByteArray *buffer, const char *format, va_list args) G_GNUC_PRINTF (2, 0);
/* Whether a string can be an element's or an attribute's local name. */
gboolean hs_xml_is_name (const char *string);

G_END_DECLS
