/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-read-gate.h"

static const struct
{
  HsReadReason reason;
  const char *name;
} reasons[] = {
  { HS_READ_NESTED_LOOP, "NESTED_LOOP" },
  { HS_READ_OUTPUT_FULL, "OUTPUT_FULL" },
  { HS_READ_TURN_OVER, "TURN_OVER" },
  { HS_READ_STARTTLS, "STARTTLS" },
};

static const char *const modes[HS_N_READ_MODES] = { "STOP", "HOLD", "READ" };

/* A gate at which exactly the reasons of the mask hold. */
static HsReadGate
make_gate (guint mask)
{
  HsReadGate gate = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (mask & reasons[i].reason)
        hs_read_gate_block (&gate, reasons[i].reason);
    }
  return gate;
}

/* What the mode has to be, said in another way than the table says it. */
static HsReadMode
get_expected (guint mask)
{
  if (mask == 0)
    return HS_READ_MODE_READ;
  return mask == HS_READ_TURN_OVER ? HS_READ_MODE_HOLD : HS_READ_MODE_STOP;
}

static char *
describe (guint mask)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (mask & reasons[i].reason)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", reasons[i].name);
    }
  return g_string_free (text, FALSE);
}

/* Every set of reasons by every event. */
static void
test_table (void)
{
  g_assert_cmpuint (1u << G_N_ELEMENTS (reasons), ==, HS_READ_N_MASKS);
  for (guint mask = 0; mask < HS_READ_N_MASKS; mask++)
    {
      HsReadGate gate = make_gate (mask);
      g_autofree char *text = describe (mask);

      g_test_message ("%-48s %s", text, modes[hs_read_gate_get_mode (&gate)]);
      g_assert_cmpint (hs_read_gate_get_mode (&gate), ==, get_expected (mask));
      for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
        {
          HsReadGate blocked = gate, unblocked = gate;
          guint more = mask | reasons[i].reason;
          guint fewer = mask & ~(guint) reasons[i].reason;

          g_assert_true (hs_read_gate_block (&blocked, reasons[i].reason)
                         == (get_expected (more) != get_expected (mask)));
          g_assert_cmpint (hs_read_gate_get_mode (&blocked), ==, get_expected (more));
          g_assert_true (hs_read_gate_is_blocked (&blocked, reasons[i].reason));
          g_assert_true (hs_read_gate_unblock (&unblocked, reasons[i].reason)
                         == (get_expected (fewer) != get_expected (mask)));
          g_assert_cmpint (hs_read_gate_get_mode (&unblocked), ==, get_expected (fewer));
          g_assert_false (hs_read_gate_is_blocked (&unblocked, reasons[i].reason));
          g_test_message ("    + %-12s %s    - %-12s %s", reasons[i].name,
                          modes[hs_read_gate_get_mode (&blocked)], reasons[i].name,
                          modes[hs_read_gate_get_mode (&unblocked)]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

  g_test_add_func ("/read-gate/table", test_table);

  return g_test_run ();
}
