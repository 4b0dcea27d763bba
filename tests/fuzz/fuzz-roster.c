/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-roster-push-private.h"
#include "hs-state-file-private.h"

#include <headstock-glib/headstock.h>

/* libFuzzer target: a roster push (RFC 6121, 2.1.6) where the input begins with `<`, otherwise a roster's state, as it
 * is and as a file. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
push (const char *text)
{
  g_autoptr (HsElement) iq = hs_element_new_from_string (text, NULL);
  g_autoptr (HsRosterPush) read = iq != NULL ? hs_roster_push_new (iq) : NULL;

  if (read == NULL)
    return;
  g_assert_nonnull (read->item->jid);
  for (const char *const *group = read->item->groups; *group != NULL; group++)
    g_assert_cmpstr (*group, !=, "");
}

static void
restore (GVariant *state)
{
  HsRoster *roster = hs_roster_new ();

  if (hs_stateful_restore_state (HS_STATEFUL (roster), state, NULL))
    {
      g_autoptr (GVariant) again = hs_stateful_dup_state (HS_STATEFUL (roster));

      g_assert_nonnull (again);
      g_assert_true (hs_roster_get_is_loaded (roster));
    }
  g_assert_finalize_object (roster);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) unpacked = NULL;

  if (size > 0 && data[0] == '<')
    {
      push (text);
      return 0;
    }
  state = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE ("(usmsa(ssyas))"), bytes, FALSE));
  restore (state);
  unpacked = hs_state_file_unpack (bytes, NULL);
  if (unpacked != NULL)
    restore (unpacked);
  return 0;
}
