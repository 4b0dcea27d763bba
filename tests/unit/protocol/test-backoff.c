/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-backoff.h"

static void
test_doubles (void)
{
  HsBackoff backoff = { 0 };

  for (guint bound = HS_BACKOFF_FIRST; bound < HS_BACKOFF_LAST; bound *= 2)
    g_assert_cmpuint (hs_backoff_next (&backoff, 0), ==, bound);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (hs_backoff_next (&backoff, 0), ==, HS_BACKOFF_LAST);
  hs_backoff_reset (&backoff);
  g_assert_cmpuint (hs_backoff_next (&backoff, 0), ==, HS_BACKOFF_FIRST);
}

/* How long a session must last, after a wait with this bound, for the next wait to begin anew. */
static void
test_sessions (void)
{
  static const struct
  {
    guint bound;
    guint enough;
  } cases[] = {
    { 0, HS_BACKOFF_SHORT },
    { HS_BACKOFF_FIRST, HS_BACKOFF_SHORT },
    { 16000, 16000 },
    { HS_BACKOFF_LAST, HS_BACKOFF_LASTING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HsBackoff backoff = { cases[i].bound };

      hs_backoff_next (&backoff, cases[i].enough - 1);
      g_assert_cmpuint (backoff.bound, ==, CLAMP (2 * cases[i].bound, HS_BACKOFF_FIRST, HS_BACKOFF_LAST));
      backoff.bound = cases[i].bound;
      g_assert_cmpuint (hs_backoff_next (&backoff, cases[i].enough), ==,
                        cases[i].enough < HS_BACKOFF_LASTING ? HS_BACKOFF_FIRST : 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backoff/doubles", test_doubles);
  g_test_add_func ("/backoff/sessions", test_sessions);
  return g_test_run ();
}
