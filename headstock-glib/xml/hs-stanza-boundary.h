/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Finds where bytes of a stream that the library has written can be divided: after whole stanzas. The bytes
 * must begin where a stanza does, and must be well-formed: this is no parser, it only counts tags.
 *
 * Returns: how many of @length bytes are the most stanzas that fit into @max bytes. Where the first stanza
 * alone is larger than @max, the length of that stanza. The request for an acknowledgement (XEP-0198, <r/>)
 * that follows a stanza stays with that stanza, unless only the stanza fits. */
gsize hs_stanza_boundary_find (const guint8 *bytes, gsize length, gsize max);

/* Appends an element of a stream to @frame in the form in which it stands alone (RFC 7395, 3.3): without white
 * space before it, and with @default_namespace declared unless it declares a default namespace itself. The
 * element must be well-formed. */
void hs_stanza_boundary_frame (GByteArray *frame,
                               const guint8 *element,
                               gsize length,
                               const char *default_namespace);

G_END_DECLS
