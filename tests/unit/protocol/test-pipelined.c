/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-pipelined.h"

static const char *const events[HS_N_PIPELINED_EVENTS] = {
  "starttls", "bind", "resume", "session", "step", "refusal", "enabling", "answer",
};

/* Every state by every event. */
static const HsPipelined expected[HS_N_PIPELINED][HS_N_PIPELINED_EVENTS] = {
#define N HS_PIPELINED_NOTHING
#define T HS_PIPELINED_STARTTLS_SENT
#define B HS_PIPELINED_BIND_SENT
#define R HS_PIPELINED_RESUME_SENT
#define S HS_PIPELINED_SESSION_SENT
#define L HS_PIPELINED_SESSION_ALONE
#define E HS_PIPELINED_ENABLE_SENT
#define A HS_PIPELINED_ACCEPTED
  /*                  starttls bind resume session step refusal enabling answer */
  /* nothing */       { T, B, R, L, N, N, N, N },
  /* starttls-sent */ { T, T, T, T, N, T, T, T },
  /* bind-sent */     { B, B, B, S, N, B, B, B },
  /* resume-sent */   { R, R, R, R, R, R, R, N },
  /* session-sent */  { S, S, S, S, L, B, S, S },
  /* session-alone */ { L, L, L, L, L, N, E, A },
  /* enable-sent */   { E, E, E, E, E, E, E, A },
  /* accepted */      { A, A, A, A, A, A, A, A },
};

static void
test_table (void)
{
  for (guint state = 0; state < HS_N_PIPELINED; state++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint event = 0; event < HS_N_PIPELINED_EVENTS; event++)
        {
          HsPipelined next = hs_pipelined_get_next (state, event);

          g_assert_cmpint (next, ==, expected[state][event]);
          if (next != state)
            g_string_append_printf (line, "  %s: %s", events[event], hs_pipelined_describe (next));
        }
      g_test_message ("%-14s%s", hs_pipelined_describe (state), line->str);
    }
}

/* What each state says: waiting, session waiting, bind, session. */
static void
test_meaning (void)
{
  static const char *const meanings[HS_N_PIPELINED] = { "----", "w---", "w-b-", "ws--", "wsbS", "ws-S", "ws-S", "---S" };

  for (guint state = 0; state < HS_N_PIPELINED; state++)
    {
      const char meaning[] = {
        hs_pipelined_is_waiting (state) ? 'w' : '-',
        hs_pipelined_is_session_waiting (state) ? 's' : '-',
        hs_pipelined_has_bind (state) ? 'b' : '-',
        hs_pipelined_has_session (state) ? 'S' : '-',
        '\0',
      };

      g_assert_cmpstr (meaning, ==, meanings[state]);
    }
}

/* What the server answers always ends the wait: a refusal, or the answers in their order. */
static void
test_end (void)
{
  for (guint state = 0; state < HS_N_PIPELINED; state++)
    {
      HsPipelined accepted = hs_pipelined_get_next (hs_pipelined_get_next (state, HS_PIPELINED_ON_STEP),
                                                    HS_PIPELINED_ON_ANSWER);
      HsPipelined refused = hs_pipelined_get_next (hs_pipelined_get_next (state, HS_PIPELINED_ON_REFUSAL),
                                                   HS_PIPELINED_ON_STEP);

      g_assert_false (hs_pipelined_is_waiting (accepted));
      g_assert_true (hs_pipelined_has_session (accepted) == hs_pipelined_has_session (state));
      if (state != R && state != E)
        g_assert_false (hs_pipelined_is_waiting (refused));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pipelined/table", test_table);
  g_test_add_func ("/pipelined/meaning", test_meaning);
  g_test_add_func ("/pipelined/end", test_end);
  return g_test_run ();
}
