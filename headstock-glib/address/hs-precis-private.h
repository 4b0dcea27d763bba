/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The limit of each part of an address, in octets of UTF-8, once it is prepared (RFC 7622, 3). */
#define HS_PRECIS_MAX_LENGTH 1023

/* The limit before preparation, in octets. The mappings shorten a string to a little more than a
 * quarter at the very most (three octets of a fullwidth letter and four of two marks that compose
 * to two octets), so what is longer than this cannot be within %HS_PRECIS_MAX_LENGTH afterwards. */
#define HS_PRECIS_MAX_INPUT (4 * HS_PRECIS_MAX_LENGTH)

/*
 * HsPrecisProperty:
 * @HS_PRECIS_PVALID: allowed in all classes
 * @HS_PRECIS_FREE_PVAL: allowed in the FreeformClass, disallowed in the IdentifierClass
 * @HS_PRECIS_CONTEXTJ: a joiner, allowed where its contextual rule says so
 * @HS_PRECIS_CONTEXTO: allowed where its contextual rule says so
 * @HS_PRECIS_DISALLOWED: disallowed everywhere
 * @HS_PRECIS_UNASSIGNED: not assigned by the Unicode version that GLib has; disallowed
 *
 * The derived property of a code point (RFC 8264, 8).
 */
typedef enum
{
  HS_PRECIS_PVALID,
  HS_PRECIS_FREE_PVAL,
  HS_PRECIS_CONTEXTJ,
  HS_PRECIS_CONTEXTO,
  HS_PRECIS_DISALLOWED,
  HS_PRECIS_UNASSIGNED,
} HsPrecisProperty;

HsPrecisProperty hs_precis_get_property (gunichar character);

gunichar hs_precis_map_width (gunichar character);
void hs_precis_append_lower (GString *string, gunichar character);
char *hs_precis_normalize (const char *string);

gboolean hs_precis_check_context (const gunichar *string, gsize length, gsize position);
gboolean hs_precis_has_rtl (const gunichar *string, gsize length);
gboolean hs_precis_check_bidi (const gunichar *string, gsize length);

char *hs_precis_prepare_username (const char *string, gsize length, GError **error);
gboolean hs_precis_is_plain_local (const char *string, gsize length);
char *hs_precis_prepare_local (const char *string, gsize length, GError **error);
gboolean hs_precis_is_plain_opaque (const char *string, gsize length);
char *hs_precis_prepare_opaque (const char *string, gsize length, GError **error);

G_END_DECLS
