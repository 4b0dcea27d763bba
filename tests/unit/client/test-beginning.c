/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-beginning.h"

#include "transition-test.h"

#define NO HS_N_BEGINNING_STEPS

/* Every step by every event. */
static void
test_table (void)
{
  static const char *const events[HS_N_BEGINNING_EVENTS] = { "start", "presence", "end" };
  static const HsBeginningStep expected[HS_N_BEGINNING_STEPS][HS_N_BEGINNING_EVENTS] = {
    /*              start                   presence                end */
    /* not */      { HS_BEGINNING_REQUESTS, NO,                    HS_BEGINNING_NOT },
    /* requests */ { NO,                    HS_BEGINNING_PRESENCE, HS_BEGINNING_NOT },
    /* presence */ { NO,                    NO,                    HS_BEGINNING_NOT },
  };

  transition_test_table (hs_beginning_step, expected, NO, events);
}

static void
test_steps (void)
{
  HsBeginning beginning = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (hs_beginning_get_step (&beginning), ==, HS_BEGINNING_NOT);
      hs_beginning_start (&beginning);
      g_assert_cmpint (hs_beginning_get_step (&beginning), ==, HS_BEGINNING_REQUESTS);
      hs_beginning_go_on (&beginning, NULL);
      g_assert_cmpint (hs_beginning_get_step (&beginning), ==, HS_BEGINNING_PRESENCE);
      hs_beginning_end (&beginning);
    }
  g_assert_cmpint (hs_beginning_get_step (&beginning), ==, HS_BEGINNING_NOT);
  hs_beginning_clear (&beginning);
}

/* The presence is compared with the present one when the session stands, also after all has been sent. */
static void
test_presence (void)
{
  HsBeginning beginning = { 0 };
  HsElement *first = hs_element_new ("presence", "jabber:client");
  HsElement *second = hs_element_new ("presence", "jabber:client");
  gpointer left = first;

  g_object_add_weak_pointer (G_OBJECT (first), &left);
  hs_beginning_start (&beginning);
  hs_beginning_go_on (&beginning, first);
  hs_beginning_end (&beginning);
  hs_beginning_start (&beginning);
  hs_beginning_go_on (&beginning, g_object_ref (second));
  g_assert_null (left);
  hs_beginning_end (&beginning);
  g_assert_true (hs_beginning_take_presence (&beginning) == second);
  g_assert_null (hs_beginning_take_presence (&beginning));
  g_object_unref (second);
  hs_beginning_start (&beginning);
  hs_beginning_go_on (&beginning, g_object_ref (second));
  hs_beginning_clear (&beginning);
  g_assert_finalize_object (second);
}

static void
test_abandoned (void)
{
  HsBeginning beginning = { 0 };

  hs_beginning_start (&beginning);
  hs_beginning_abandon (&beginning);
  g_assert_cmpint (hs_beginning_get_step (&beginning), ==, HS_BEGINNING_NOT);
  hs_beginning_start (&beginning);
  hs_beginning_go_on (&beginning, hs_element_new ("presence", "jabber:client"));
  hs_beginning_abandon (&beginning);
  g_assert_null (hs_beginning_take_presence (&beginning));
  hs_beginning_clear (&beginning);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/beginning/table", test_table);
  g_test_add_func ("/beginning/steps", test_steps);
  g_test_add_func ("/beginning/presence", test_presence);
  g_test_add_func ("/beginning/abandoned", test_abandoned);
  return g_test_run ();
}
