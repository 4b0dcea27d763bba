/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-resend.h"

#include "hs-namespaces.h"
#include "xml/hs-parser.h"
#include "xml/hs-writer.h"

gboolean
hs_resend_is_repeatable (HsNode *stanza)
{
  const char *type = hs_node_get_attribute (stanza, "type", NULL);

  switch (hs_node_get_kind (stanza))
    {
    case HS_STANZA_KIND_MESSAGE:
      return g_strcmp0 (type, "groupchat") != 0;
    case HS_STANZA_KIND_PRESENCE:
      return type != NULL
             && (g_str_has_prefix (type, "subscribe") || g_str_has_prefix (type, "unsubscribe"));
    case HS_STANZA_KIND_IQ:
    case HS_STANZA_KIND_UNKNOWN:
    case HS_STANZA_KIND_NONE:
    default:
      return FALSE;
    }
}

GByteArray *
hs_resend_add_delay (const guint8 *bytes, gsize length, gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  HsNode *node = hs_parser_parse_element ((const char *) bytes, length, NULL);
  GByteArray *output = NULL;

  if (node == NULL)
    return NULL;
  if (date != NULL && hs_node_get_child (node, "delay", HS_NS_DELAY) == NULL)
    {
      g_autofree char *stamp = g_date_time_format (date, "%Y-%m-%dT%H:%M:%SZ");
      HsNode *delay = hs_node_new_copied (hs_node_get_block (node), "delay", HS_NS_DELAY);

      hs_node_set_attribute (delay, "stamp", NULL, stamp);
      hs_node_append (node, delay);
      output = g_byte_array_new ();
      hs_writer_write (output, node, node->namespace_, NULL);
    }
  hs_block_unref (hs_node_get_block (node));
  return output;
}
