/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-error.h"
#include "hs-room-phase-private.h"

#define NO HS_N_ROOM_STATES

static const char *const states[HS_N_ROOM_STATES] = { "out", "joining", "in", "leaving", "lost" };
static const char *const events[HS_N_ROOM_EVENTS] = {
  "join", "joined", "refused", "postponed", "leave", "give-up", "left", "dropped", "session-lost",
};

/* Every state by every event. */
static const guint expected[HS_N_ROOM_STATES][HS_N_ROOM_EVENTS] = {
#define O HS_ROOM_STATE_OUT
#define J HS_ROOM_STATE_JOINING
#define I HS_ROOM_STATE_IN
#define V HS_ROOM_STATE_LEAVING
#define L HS_ROOM_STATE_LOST
#define _ NO
  /*             join  ed refus. post. leave give  left  drop. session */
  /* out */     { J, _, _, _, _, _, _, _, _ },
  /* joining */ { _, I, O, L, V, O, O, L, L },
  /* in */      { _, _, _, _, V, _, O, L, L },
  /* leaving */ { _, _, _, _, _, _, O, _, O },
  /* lost */    { J, _, _, _, _, O, _, _, _ },
};

static void
test_table (void)
{
  for (guint state = 0; state < HS_N_ROOM_STATES; state++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint event = 0; event < HS_N_ROOM_EVENTS; event++)
        {
          gboolean can = hs_room_phase_can (state, event);

          g_assert_true (can == (expected[state][event] != NO));
          if (!can)
            {
              g_assert_cmpuint (hs_room_phase_get_next (state, event), ==, state);
              continue;
            }
          g_assert_cmpuint (hs_room_phase_get_next (state, event), ==, expected[state][event]);
          g_string_append_printf (line, "  %s: %s", events[event], states[expected[state][event]]);
        }
      g_test_message ("%-8s%s", states[state], line->str);
    }
}

/* XEP-0410, 3, and what servers do. */
static void
test_ping (void)
{
  static const struct
  {
    int code;
    HsRoomPing expected;
  } cases[] = {
    { HS_STANZA_ERROR_SERVICE_UNAVAILABLE, HS_ROOM_PING_IN },
    { HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED, HS_ROOM_PING_IN },
    { HS_STANZA_ERROR_NOT_ACCEPTABLE, HS_ROOM_PING_OUT },
    { HS_STANZA_ERROR_ITEM_NOT_FOUND, HS_ROOM_PING_OUT },
    { HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND, HS_ROOM_PING_LATER },
    { HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT, HS_ROOM_PING_LATER },
    { HS_STANZA_ERROR_FORBIDDEN, HS_ROOM_PING_OUT },
  };

  g_assert_cmpint (hs_room_phase_judge_ping (NULL, FALSE), ==, HS_ROOM_PING_IN);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (HS_STANZA_ERROR, cases[i].code, "");

      g_assert_cmpint (hs_room_phase_judge_ping (error, FALSE), ==, cases[i].expected);
      g_assert_cmpint (hs_room_phase_judge_ping (error, TRUE), ==,
                       cases[i].code == HS_STANZA_ERROR_ITEM_NOT_FOUND ? HS_ROOM_PING_REPEAT : cases[i].expected);
    }
}

static void
test_wait (void)
{
  g_assert_cmpuint (hs_room_phase_get_wait (0, 0), ==, 0);
  g_assert_cmpuint (hs_room_phase_get_wait (0, 1), ==, 5000);
  g_assert_cmpuint (hs_room_phase_get_wait (1, 0.5), ==, 10000);
  g_assert_cmpuint (hs_room_phase_get_wait (2, 1), ==, 20000);
  g_assert_cmpuint (hs_room_phase_get_wait (1000, 1), ==, 600000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/room-phase/table", test_table);
  g_test_add_func ("/room-phase/ping", test_ping);
  g_test_add_func ("/room-phase/wait", test_wait);
  return g_test_run ();
}
