/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Whole groups of four, padding only at the end, and the bits that padding leaves over are zero
 * (RFC 4648, 3.2, 3.3, 3.5). */
static gboolean
is_canonical (const char *text)
{
  gsize length = strlen (text);
  gsize digits = strspn (text, alphabet);
  gsize padding = length - digits;
  gsize last;

  if (length % 4 != 0 || padding > 2 || strspn (text + digits, "=") != padding)
    return FALSE;
  if (padding == 0)
    return TRUE;
  last = (gsize) (strchr (alphabet, text[digits - 1]) - alphabet);
  return (last & (padding == 1 ? 0x03 : 0x0f)) == 0;
}

/* The octets that @text stands for, or NULL if it is not exactly what an encoder would write.
 * Not NULL for an empty text. */
guint8 *
hs_sasl_base64_decode (const char *text, gsize *length)
{
  *length = 0;
  if (!is_canonical (text))
    return NULL;
  if (*text == '\0')
    return g_malloc0 (1);
  return g_base64_decode (text, length);
}
