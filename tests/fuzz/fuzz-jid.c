/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>

#include "fuzz.h"

/* libFuzzer target: an address (RFC 7622). What is accepted is prepared once and for all. */

static void
check_same (HsJid *jid, HsJid *other)
{
  g_assert_nonnull (other);
  g_assert_true (hs_jid_equal (jid, other));
  g_assert_cmpuint (hs_jid_hash (jid), ==, hs_jid_hash (other));
  g_assert_cmpint (hs_jid_compare (jid, other), ==, 0);
  g_assert_cmpstr (hs_jid_to_string (jid), ==, hs_jid_to_string (other));
}

static void
check_part (const char *part)
{
  if (part == NULL)
    return;
  g_assert_cmpuint (strlen (part), >, 0);
  g_assert_cmpuint (strlen (part), <=, 1023);
  g_assert_true (g_utf8_validate (part, -1, NULL));
}

static void
check (HsJid *jid)
{
  g_autoptr (HsJid) again = hs_jid_new (hs_jid_to_string (jid), NULL);
  g_autoptr (HsJid) parts = hs_jid_new_from_parts (hs_jid_get_local (jid), hs_jid_get_domain (jid),
                                                   hs_jid_get_resource (jid), NULL);
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);

  check_same (jid, again);
  check_same (jid, parts);
  check_part (hs_jid_get_local (jid));
  check_part (hs_jid_get_domain (jid));
  check_part (hs_jid_get_resource (jid));
  g_assert_nonnull (hs_jid_get_domain (jid));
  g_assert_true (hs_jid_is_bare (bare));
  g_assert_cmpint (hs_jid_is_bare (jid), ==, hs_jid_get_resource (jid) == NULL);
  if (hs_jid_get_resource (jid) != NULL)
    {
      g_autoptr (HsJid) full = hs_jid_with_resource (bare, hs_jid_get_resource (jid), NULL);

      check_same (jid, full);
    }
  else
    check_same (jid, bare);
}

/* XEP-0106: what was escaped comes back. */
static void
check_escaping (const char *text)
{
  g_autofree char *escaped = NULL;
  g_autofree char *back = NULL;

  if (!g_utf8_validate (text, -1, NULL) || *text == '\0' || *text == ' ' ||
      g_str_has_suffix (text, " "))
    return;
  escaped = hs_jid_escape_local (text);
  if (escaped == NULL)
    return;
  back = hs_jid_unescape_local (escaped);
  g_assert_cmpstr (back, ==, text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsJid) jid = hs_jid_new (text, &error);

  if (jid != NULL)
    {
      g_assert_no_error (error);
      check (jid);
    }
  else
    fuzz_check_error (error);
  check_escaping (text);
  return 0;
}
