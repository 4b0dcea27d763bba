/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Checks each state by each event of a state machine against @expected, and prints what can happen in each state.
 * @expected has @none for an event that cannot happen: it leaves the state, with a critical that names the state. The
 * functions of the machine are its _can(), _get_next() and _describe(). */
#define transition_test_table(machine, expected, none, events)                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    for (guint state_ = 0; state_ < G_N_ELEMENTS (expected); state_++)                             \
      {                                                                                            \
        g_autoptr (GString) line_ = g_string_new (NULL);                                           \
        g_autofree char *critical_                                                                 \
            = g_strdup_printf ("*cannot happen in the state \"%s\"*", machine##_describe (state_));  \
                                                                                                   \
        g_assert_cmpuint (G_N_ELEMENTS (events), ==, G_N_ELEMENTS (expected[0]));                  \
        for (guint event_ = 0; event_ < G_N_ELEMENTS (expected[0]); event_++)                      \
          {                                                                                        \
            gboolean can_ = expected[state_][event_] != none;                                      \
                                                                                                   \
            g_assert_true (machine##_can (state_, event_) == can_);                                \
            if (!can_)                                                                             \
              g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, critical_);                \
            g_assert_cmpint (machine##_get_next (state_, event_), ==,                              \
                             can_ ? (guint) expected[state_][event_] : state_);                    \
            g_test_assert_expected_messages ();                                                    \
            if (can_)                                                                              \
              g_string_append_printf (line_, "  %s: %s", events[event_],                           \
                                      machine##_describe (expected[state_][event_]));              \
          }                                                                                        \
        g_test_message ("%-12s%s", machine##_describe (state_), line_->str);                       \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END
