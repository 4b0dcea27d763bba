/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-discarded.h"

#include "hs-error.h"
#include "hs-jid.h"
#include "hs-namespaces.h"
#include "hs-printable.h"

#define KIB 1024
#define MIB (1024 * KIB)

static const char *
get_name (HsNode *stanza)
{
  HsNode *payload = hs_node_first_element (stanza);

  switch (hs_node_get_kind (stanza))
    {
    case HS_STANZA_KIND_MESSAGE:
      return "message";
    case HS_STANZA_KIND_PRESENCE:
      return "presence";
    case HS_STANZA_KIND_IQ:
      return payload != NULL && hs_node_matches (payload, "query", HS_NS_ROSTER) ? "roster" : "iq";
    case HS_STANZA_KIND_UNKNOWN:
    case HS_STANZA_KIND_NONE:
    default:
      return "element";
    }
}

/* Show the sender only if it is a valid address. */
static char *
get_sender (HsNode *stanza, const char *server)
{
  const char *from = hs_node_get_attribute (stanza, "from", NULL);
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (HsJid) bare = NULL;

  if (from == NULL)
    return g_strdup (server);
  jid = hs_jid_new (from, NULL);
  if (jid == NULL)
    return g_strdup ("an invalid address");
  bare = hs_jid_get_bare (jid);
  return hs_printable (hs_jid_to_string (bare), HS_PRINTABLE_TEXT);
}

static char *
format_size (guint64 size)
{
  if (size >= MIB && size % MIB == 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " MiB", size / MIB);
  if (size >= KIB && size % KIB == 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT " KiB", size / KIB);
  return g_strdup_printf ("%" G_GUINT64_FORMAT " bytes", size);
}

GError *
hs_discarded_to_error (HsNode *stanza, const HsDiscard *discard, const char *server)
{
  g_autofree char *sender = get_sender (stanza, server);
  g_autofree char *limit = format_size (discard->limit);
  g_autofree char *what = NULL;
  g_autofree char *when = NULL;

  switch (discard->reason)
    {
    case HS_DISCARD_ATTRIBUTES:
      what = g_strdup_printf ("has more than %u attributes in one tag", HS_PARSER_MAX_ATTRIBUTES);
      break;
    case HS_DISCARD_PREFIXES:
      what = g_strdup_printf ("has more than %u namespace prefixes in scope",
                              HS_PARSER_MAX_NAMESPACES);
      break;
    case HS_DISCARD_NAMES:
    case HS_DISCARD_SIZE:
    default:
      what = g_strdup_printf ("is larger than max-stanza-size (%s) in memory", limit);
    }
  when = discard->size > 0 ? g_strdup_printf ("after %" G_GUINT64_FORMAT " bytes of XML", discard->size)
                           : g_strdup ("at its start tag");
  return g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE, "The %s from %s %s; it was discarded %s",
                      get_name (stanza), sender, what, when);
}

gboolean
hs_discarded_is_needed (HsNode *node, gboolean in_session, gboolean authenticated)
{
  HsStanzaKind kind = hs_node_get_kind (node);

  if (in_session)
    return hs_namespace_equal (node->namespace_, HS_NS_STREAM)
           || hs_namespace_equal (node->namespace_, HS_NS_SM);
  return !authenticated || (kind != HS_STANZA_KIND_MESSAGE && kind != HS_STANZA_KIND_PRESENCE);
}
