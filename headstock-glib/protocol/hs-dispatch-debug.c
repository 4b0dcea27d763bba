/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-dispatch-debug.h"

#include "hs-printable.h"

static const char *
get_name (HsJid *account)
{
  return account != NULL ? hs_jid_to_string (account) : NULL;
}

static void
append_attribute (GString *tag, HsNode *node, const char *name)
{
  const char *value = hs_node_get_attribute (node, name, NULL);
  g_autofree char *shown = value != NULL ? hs_printable (value, HS_PRINTABLE_NAME) : NULL;

  if (shown != NULL)
    g_string_append_printf (tag, " %s='%s'", name, shown);
}

static char *
describe_stanza (HsNode *stanza)
{
  static const char *const names[] = { "type", "from", "id" };
  g_autofree char *name = hs_printable (stanza->name, HS_PRINTABLE_NAME);
  GString *tag = g_string_new (NULL);

  g_string_append_printf (tag, "<%s", name);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    append_attribute (tag, stanza, names[i]);
  g_string_append_c (tag, '>');
  return g_string_free (tag, FALSE);
}

/* How the program named what the handler is for. */
static char *
describe_handler (const HsHandler *handler)
{
  if (handler->for_iq)
    return g_strdup_printf ("handler %u, for iqs of the type %s", handler->id,
                            handler->name != NULL ? handler->name : "get, set, result or error");
  if (handler->namespace_ == NULL)
    return g_strdup_printf ("handler %u, for <%s> in any namespace", handler->id,
                            handler->name != NULL ? handler->name : "*");
  return g_strdup_printf ("handler %u, for <%s xmlns='%s'>", handler->id, handler->name != NULL ? handler->name : "*",
                          handler->namespace_);
}

void
hs_dispatch_debug_stanza (HsJid *account, HsNode *stanza, const char *what)
{
  g_autofree char *tag = describe_stanza (stanza);

  hs_debug_print (HS_DEBUG_DISPATCH, get_name (account), "%s %s", tag, what);
}

void
hs_dispatch_debug_handler (HsJid *account, const HsHandler *handler, HsNode *stanza, gboolean called)
{
  g_autofree char *name = describe_handler (handler);
  g_autofree char *tag = describe_stanza (stanza);

  if (called)
    hs_debug_print (HS_DEBUG_DISPATCH, get_name (account), "%s is called, in %s", name, tag);
  else
    hs_debug_print (HS_DEBUG_DISPATCH, get_name (account),
                    "%s is not called, in %s: it was removed, or is for another sender or type, or for the account's own, or "
                    "the element is a stanza inside of another one", name, tag);
}

void
hs_dispatch_debug_match (HsJid *account, HsHandler *handler, const char *namespace_, gboolean matches)
{
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  if (matches)
    handler->matched = TRUE;
  if (handler->matched || handler->told || handler->for_iq || handler->name == NULL)
    return;
  handler->told = TRUE;
  name = describe_handler (handler);
  shown = hs_printable (namespace_ != NULL ? namespace_ : "", HS_PRINTABLE_NAME);
  hs_debug_print (HS_DEBUG_DISPATCH, get_name (account),
                  "%s has not matched yet, but <%s> came in the namespace '%s'", name, handler->name, shown);
}
