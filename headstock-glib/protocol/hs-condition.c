/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-condition.h"

/* As much of a peer's text as goes into a message of ours. */
#define MAX_TEXT 500

static char *
shorten (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, strnlen (text, MAX_TEXT));

  for (char *p = valid; *p != '\0'; p++)
    {
      if (g_ascii_iscntrl (*p))
        *p = ' ';
    }
  return g_strstrip (g_steal_pointer (&valid));
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

  for (HsNode *child = hs_node_first_element (node); child != NULL;
       child = hs_node_next_element (child))
    {
      const GEnumValue *value;
      g_autofree char *inside = hs_node_dup_value (child);
      g_autofree char *name = shorten (child->name);

      /* XEP-0388 has the text in its own namespace, and some servers have it in that of stanzas. A server
       * that is older than the RFC writes its words into the error itself. */
      if (strcmp (child->name, "text") == 0)
        {
          if (text == node || hs_namespace_equal (child->namespace_, namespace_))
            text = child;
          continue;
        }
      g_string_append_printf (message, "%s%s", separator, name);
      separator = ", ";
      if (!hs_namespace_equal (child->namespace_, namespace_))
        continue;
      value = find_value (G_ENUM_CLASS (klass), child->name);
      if (value != NULL)
        code = value->value;
      /* Where to go instead: see-other-host, gone, redirect. */
      if (inside != NULL)
        {
          g_autofree char *where = shorten (inside);

          g_string_append_printf (message, " (%s)", where);
        }
    }
  {
    g_autofree char *said = hs_node_dup_value (text);
    g_autofree char *words = said != NULL ? shorten (said) : NULL;

    if (words != NULL)
      g_string_append_printf (message, ": %s", words);
  }
  return g_error_new_literal (domain, code, message->str);
}
