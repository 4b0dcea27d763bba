/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-condition.h"

#include "hs-printable.h"

/* Each element is named that stands beside the condition; a peer may send as many as fit into a stanza. */
#define MAX_NAMES 4

static void
append_printable (
    GString *message, const char *before, const char *text, gsize max, const char *after)
{
  g_autofree char *shown = hs_printable (text, max);

  g_string_append_printf (message, "%s%s%s", before, shown, after);
}

/* Since GLib 2.90 g_enum_get_value_by_nick() takes upper case for lower case. */
static const GEnumValue *
find_value (const GEnumClass *klass, const char *nick)
{
  for (guint i = 0; i < klass->n_values; i++)
    {
      if (strcmp (klass->values[i].value_nick, nick) == 0)
        return &klass->values[i];
    }
  return NULL;
}

GError *
hs_condition_to_error (HsNode *node,
                       GQuark domain,
                       GType enum_type,
                       const char *namespace_,
                       int fallback,
                       const char *what)
{
  g_autoptr (GString) message = g_string_new (what);
  g_autoptr (GTypeClass) klass = g_type_class_ref (enum_type);
  int code = fallback;
  HsNode *text = node;
  const char *separator = ": ";
  g_autofree char *said = NULL;
  guint n_names = 0;

  for (HsNode *child = hs_node_first_element (node); child != NULL;
       child = hs_node_next_element (child))
    {
      const GEnumValue *value;
      g_autofree char *inside = hs_node_dup_value (child);

      /* XEP-0388 has the text in its own namespace, and some servers have it in that of stanzas. A server
       * that is older than the RFC writes its words into the error itself. */
      if (strcmp (child->name, "text") == 0)
        {
          if (text == node || hs_namespace_equal (child->namespace_, namespace_))
            text = child;
          continue;
        }
      value = hs_namespace_equal (child->namespace_, namespace_)
                  ? find_value (G_ENUM_CLASS (klass), child->name)
                  : NULL;
      if (value != NULL)
        code = value->value;
      if (++n_names > MAX_NAMES)
        continue;
      append_printable (message, separator, child->name, HS_PRINTABLE_NAME, "");
      separator = ", ";
      if (!hs_namespace_equal (child->namespace_, namespace_))
        continue;
      /* Add the new address of see-other-host, gone and redirect. */
      if (inside != NULL)
        append_printable (message, " (", inside, HS_PRINTABLE_TEXT, ")");
    }
  if (n_names > MAX_NAMES)
    g_string_append_printf (message, " and %u more", n_names - MAX_NAMES);
  said = hs_node_dup_value (text);
  if (said != NULL)
    append_printable (message, ": ", said, HS_PRINTABLE_TEXT, "");
  return g_error_new_literal (domain, code, message->str);
}
