/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-muc-text-private.h"

#include <string.h>

static const char *const roles[] = { "none", "visitor", "participant", "moderator" };
static const char *const affiliations[] = { "none", "outcast", "member", "admin", "owner" };

static guint
find_word (const char *const *words, guint n_words, const char *text)
{
  for (guint i = 1; text != NULL && i < n_words; i++)
    if (strcmp (words[i], text) == 0)
      return i;
  return 0;
}

HsRole
hs_muc_parse_role (const char *text)
{
  return find_word (roles, G_N_ELEMENTS (roles), text);
}

HsAffiliation
hs_muc_parse_affiliation (const char *text)
{
  return find_word (affiliations, G_N_ELEMENTS (affiliations), text);
}

const char *
hs_muc_describe_role (HsRole role)
{
  g_assert ((guint) role < G_N_ELEMENTS (roles));

  return roles[role];
}

const char *
hs_muc_describe_affiliation (HsAffiliation affiliation)
{
  g_assert ((guint) affiliation < G_N_ELEMENTS (affiliations));

  return affiliations[affiliation];
}

gboolean
hs_muc_set_string (char **place, const char *value)
{
  if (g_strcmp0 (*place, value) == 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}
