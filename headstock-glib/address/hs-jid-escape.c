/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-jid.h"

#include <string.h>

/* JID Escaping (XEP-0106), of localparts. Nothing of HsJid itself is needed for it. */

/* The characters that XEP-0106 escapes, and their escapes after the backslash (3.2). */
static const struct
{
  char character;
  char code[3];
} escapes[] = {
  { ' ', "20" }, { '"', "22" }, { '&', "26" }, { '\'', "27" }, { '/', "2f" },
  { ':', "3a" }, { '<', "3c" }, { '>', "3e" }, { '@', "40" },  { '\\', "5c" },
};

/* The character that the two octets at @code stand for, or NUL. Case is significant (3.1). */
static char
find_escaped (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    if (strncmp (code, escapes[i].code, 2) == 0)
      return escapes[i].character;

  return '\0';
}

/* NULL: @character is never escaped. */
static const char *
find_code (char character)
{
  for (gsize i = 0; i < G_N_ELEMENTS (escapes); i++)
    if (character == escapes[i].character)
      return escapes[i].code;

  return NULL;
}

/**
 * hs_jid_escape_local:
 * @string: a user's name as a person typed it, or as another network has it
 *
 * Escapes what a localpart cannot hold, as XEP-0106 says: `d'artagnan` becomes `d\27artagnan`.
 *
 * A space and the characters `"&'/:<>@` are escaped; a backslash only if what follows it would
 * make it look like an escape. Escapes are recognised in lower case only.
 *
 * `\20` must not be the first or the last character of an escaped localpart (section 3.2), so a
 * space there cannot be escaped and is left as it is: a JID cannot be made of it, and @string does
 * not silently become another name. Strip what a person typed before.
 *
 * This is for the localpart alone, never for a whole address, and never for what is escaped
 * already.
 *
 * ```python
 * print(Headstock.jid_escape_local("d'artagnan"))  # d\\27artagnan
 * ```
 *
 * Returns: (transfer full): the localpart, not prepared yet; see
 * [ctor@Headstock.Jid.new_from_parts]
 */
char *
hs_jid_escape_local (const char *string)
{
  GString *escaped = NULL;

  g_return_val_if_fail (string != NULL, NULL);

  escaped = g_string_new (NULL);
  for (const char *p = string; *p != '\0'; p++)
    {
      const char *code = find_code (*p);
      gboolean at_edge = p == string || p[1] == '\0';

      if (code == NULL || (*p == ' ' && at_edge) || (*p == '\\' && find_escaped (p + 1) == '\0'))
        g_string_append_c (escaped, *p);
      else
        g_string_append_printf (escaped, "\\%s", code);
    }

  return g_string_free (escaped, FALSE);
}

/**
 * hs_jid_unescape_local:
 * @local: a localpart, such as [method@Headstock.Jid.get_local] returns
 *
 * Undoes [func@Headstock.Jid.escape_local], for showing a localpart to a person or for handing it
 * to another network (XEP-0106): `d\27artagnan` becomes `d'artagnan`.
 *
 * What is not an escape stays as it is. A localpart that begins or ends with `\20` is not an
 * escaped one (section 3.2) and stays as it is altogether.
 *
 * Do not compare or send what this returns (section 4.1); it may hold any of `"&'/:<>@` and spaces.
 *
 * Returns: (transfer full): the name to show
 */
char *
hs_jid_unescape_local (const char *local)
{
  GString *name = NULL;

  g_return_val_if_fail (local != NULL, NULL);

  if (g_str_has_prefix (local, "\\20") || g_str_has_suffix (local, "\\20"))
    return g_strdup (local);

  name = g_string_new (NULL);
  for (const char *p = local; *p != '\0'; p++)
    {
      char character = *p == '\\' ? find_escaped (p + 1) : '\0';

      if (character == '\0')
        g_string_append_c (name, *p);
      else
        {
          g_string_append_c (name, character);
          p += 2;
        }
    }

  return g_string_free (name, FALSE);
}
