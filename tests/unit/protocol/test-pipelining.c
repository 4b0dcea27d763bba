/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-pipelining.h"

static const char *const events[HS_N_PIPELINING_EVENTS] = { "outdated", "lost", "refused", "bound", "bound-there" };

/* Every state by every event. */
static const HsPipelining expected[HS_N_PIPELINING][HS_N_PIPELINING_EVENTS] = {
#define A HS_PIPELINING_ALLOWED
#define W HS_PIPELINING_WORKED
#define U HS_PIPELINING_OFF_UNTIL_BOUND
#define S HS_PIPELINING_SUSPECTED
#define O HS_PIPELINING_OFF
  /*                    outdated lost refused bound bound-there */
  /* allowed */         { U, S, O, W, W },
  /* worked */          { U, U, O, W, W },
  /* off-until-bound */ { U, U, U, A, A },
  /* suspected */       { S, S, S, A, O },
  /* off */             { O, O, O, O, O },
};

static void
test_table (void)
{
  for (guint state = 0; state < HS_N_PIPELINING; state++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint event = 0; event < HS_N_PIPELINING_EVENTS; event++)
        {
          HsPipelining next = hs_pipelining_get_next (state, event);

          g_assert_cmpint (next, ==, expected[state][event]);
          if (next != state)
            g_string_append_printf (line, "  %s: %s", events[event], hs_pipelining_describe (next));
        }
      g_test_message ("%-16s%s", hs_pipelining_describe (state), line->str);
    }
}

/* What fails turns it off, what fails without it changes nothing, and a session brings it back unless the server is
 * known not to bear it. */
static void
test_meaning (void)
{
  for (guint state = 0; state < HS_N_PIPELINING; state++)
    {
      gboolean allowed = hs_pipelining_is_allowed (state);

      g_assert_cmpint (allowed, ==, state == A || state == W);
      for (guint event = HS_PIPELINING_ON_OUTDATED; event <= HS_PIPELINING_ON_REFUSED; event++)
        {
          HsPipelining next = hs_pipelining_get_next (state, event);

          g_assert_false (hs_pipelining_is_allowed (next));
          g_assert_true (allowed || next == state);
        }
      g_assert_cmpint (hs_pipelining_is_allowed (hs_pipelining_get_next (state, HS_PIPELINING_ON_BOUND)), ==, state != O);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipelining/table", test_table);
  g_test_add_func ("/pipelining/meaning", test_meaning);
  return g_test_run ();
}
