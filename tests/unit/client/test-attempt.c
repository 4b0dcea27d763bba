/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-attempt.h"

/* An operation that is still running when its owner has lost interest finds that out, and frees the attempt. */
static void
test_abandoned (void)
{
  int owner = 0;
  HsAttempt *attempt = hs_attempt_new (NULL, &owner);
  g_autoptr (HsAttempt) running = hs_attempt_ref (attempt);
  g_autoptr (GCancellable) cancellable = g_object_ref (hs_attempt_get_cancellable (attempt));

  g_assert_true (hs_attempt_get_owner (running) == &owner);
  g_assert_null (hs_attempt_get_connector (running));
  g_assert_null (hs_attempt_get_address (running));
  hs_attempt_set_address (attempt, "192.0.2.1");
  hs_attempt_set_address (attempt, "192.0.2.2");
  g_assert_cmpstr (hs_attempt_get_address (running), ==, "192.0.2.2");
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  hs_attempt_abandon (attempt);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_null (hs_attempt_get_owner (running));
  g_assert_cmpuint (G_OBJECT (cancellable)->ref_count, ==, 2);
  g_clear_pointer (&running, hs_attempt_unref);
  g_assert_cmpuint (G_OBJECT (cancellable)->ref_count, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attempt/abandoned", test_abandoned);
  return g_test_run ();
}
