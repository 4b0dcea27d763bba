/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Decodes base64 (RFC 4648, 4), and returns NULL for all other text: g_base64_decode() skips characters that it does
 * not know, so that many texts would mean the same octets. To encode, use g_base64_encode(). */
guint8 *hs_sasl_base64_decode (const char *text, gsize *length);

G_END_DECLS
