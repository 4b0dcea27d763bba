/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error-private.h"

/**
 * hs_error_quark:
 *
 * The error domain of [error@Headstock.Error]: what the library itself has to report.
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-error-quark, hs_error)

/**
 * hs_xml_error_quark:
 *
 * The error domain of [error@Headstock.XmlError]: what can be wrong with XML.
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-xml-error-quark, hs_xml_error)

/**
 * hs_stream_error_quark:
 *
 * The error domain of [error@Headstock.StreamError]: stream error conditions (RFC 6120, 4.9.3).
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-stream-error-quark, hs_stream_error)

/**
 * hs_sasl_error_quark:
 *
 * The error domain of [error@Headstock.SaslError]: what ended a sign-in (RFC 6120, 6.5).
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-sasl-error-quark, hs_sasl_error)

gboolean
hs_error_refuse (GError **error, HsError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (HS_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}
