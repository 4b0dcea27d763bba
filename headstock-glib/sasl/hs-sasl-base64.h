/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Base64 as RFC 4648, 4 has it, and nothing besides: g_base64_decode() skips over what it does not
 * know, so that many texts would mean the same octets. Encoding is g_base64_encode(). */
guint8 *hs_sasl_base64_decode (const char *text, gsize *length);

G_END_DECLS
