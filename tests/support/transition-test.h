/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* For an event that the table of a state machine lacks: the state stays, and a critical names the state. @next: the call
 * that asks the table. */
#define transition_assert_reported(next, state, name)                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *pattern = g_strdup_printf ("*cannot happen in the state \"%s\"*", name);      \
                                                                                                   \
    g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, pattern);                            \
    g_assert_cmpint (next, ==, state);                                                             \
    g_test_assert_expected_messages ();                                                            \
  }                                                                                                \
  G_STMT_END
