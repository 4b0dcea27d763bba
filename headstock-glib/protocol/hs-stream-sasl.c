/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "sasl/hs-sasl-base64.h"

/* The functions that both profiles of SASL use: RFC 6120, 6, and SASL2 (XEP-0388). */

void
hs_stream_sasl_failed (HsStream *self, GError *error)
{
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

/* Decodes the base64 in an element, with or without white space around it. NULL only with an error: empty
 * text, and the "=" of RFC 6120, 6.4.2, give zero octets. */
guint8 *
hs_stream_decode (HsNode *node, gsize *length, GError **error)
{
  g_autofree char *text = hs_node_dup_value (node);
  guint8 *octets;

  *length = 0;
  if (text == NULL
      || (hs_namespace_equal (node->namespace_, HS_NS_SASL) && strcmp (text, "=") == 0))
    return g_new0 (guint8, 1);
  octets = hs_sasl_base64_decode (text, length);
  if (octets == NULL)
    {
      g_autofree char *name = hs_printable (node->name, HS_PRINTABLE_NAME);

      g_set_error (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                   "The server's %s is not base64", name);
    }
  return octets;
}

/* The server said success. FALSE, and the stream has failed, where the server did not prove what the mechanism
 * demands. */
gboolean
hs_stream_finish_mechanism (HsStream *self, const guint8 *data, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (hs_authentication_finish (&self->authentication, data, length, &error))
    return TRUE;
  hs_stream_sasl_failed (self, g_steal_pointer (&error));
  return FALSE;
}
