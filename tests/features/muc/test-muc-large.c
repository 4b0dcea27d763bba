/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <string.h>
#include <sys/resource.h>

#include "muc-test.h"

/* A room of 5,000 occupants with 50 programs: what entering it costs, and how long the main loop stands still. */

#define N_OCCUPANTS 5000
#define N_PROGRAMS 50

/* The CPU time of this thread only: the server has its own thread. */
static double
cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

typedef struct
{
  double cpu;
  double longest; /* milliseconds of CPU in one turn */
  guint n_turns;
} Cost;

static void
spend (Cost *cost, HsRoom *room, HsRoomState state)
{
  double begin = cpu_time ();
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (hs_room_get_state (room) != state)
    {
      double before = cpu_time ();

      g_main_context_iteration (NULL, TRUE);
      cost->longest = MAX (cost->longest, (cpu_time () - before) * 1000);
      cost->n_turns++;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  cost->cpu += cpu_time () - begin;
}

static char *
make_presences (void)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < N_OCCUPANTS; i++)
    g_string_append_printf (text,
                            PRESENCE_WITH ("occupant%u", ITEM, "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='id%u'/>"
                                           "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://example.org/%u' "
                                           "ver='q07IKJEyjvHSyhy//CH0CxmKi8%u'/>"
                                           "<x xmlns='vcard-temp:x:update'><photo>01b87fcd030b72895ff8e88db57ec525450f000d</photo></x>"),
                            i, i, i % N_PROGRAMS, i % N_PROGRAMS);
  g_string_append (text, PRESENCE ("romeo", ITEM SELF));
  return g_string_free (text, FALSE);
}

static void
test_large (void)
{
  MucTest f;
  Cost cost = { 0 };
  Cost leaving = { 0 };
  g_autofree char *presences = make_presences ();
  gsize before, grown;

  muc_test_start (&f, NULL);
  before = test_resident ();
  g_free (muc_test_ask_entry (&f, FEATURE ("urn:xmpp:occupant-id:0")));
  scripted_server_forget_received (f.test->server);
  g_string_truncate (f.record, 0);
  scripted_server_send (f.test->server, presences);
  spend (&cost, f.room, HS_ROOM_STATE_IN);
  grown = test_resident () - before;
  g_test_message ("%.3f s CPU, longest turn %.2f ms of %u, %" G_GSIZE_FORMAT " KiB", cost.cpu, cost.longest, cost.n_turns, grown);
  muc_test_say_nothing (&f);
  muc_test_assert (&f, "list state:in joined ");
  g_assert_cmpuint (f.n_changes, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (hs_room_get_occupants (f.room)), ==, N_OCCUPANTS + 1);
  g_assert_true (hs_room_lookup_occupant_id (f.room, "id4711") == hs_room_lookup_occupant (f.room, "occupant4711"));
  /* Nobody is asked what their programs can do. */
  test_spin (50);
  g_assert_false (scripted_server_has_received (f.test->server, "disco#info"));
  /* And when it is left. */
  scripted_server_send (f.test->server, GONE ("romeo", ITEM SELF));
  spend (&leaving, f.room, HS_ROOM_STATE_OUT);
  g_test_message ("leaving: %.3f s CPU, longest turn %.2f ms", leaving.cpu, leaving.longest);
  g_assert_cmpuint (f.n_changes, ==, 2);
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    {
      g_assert_cmpfloat (cost.cpu, <=, 0.1);
      g_assert_cmpfloat (MAX (cost.longest, leaving.longest), <=, 5.0);
    }
  muc_test_end (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/muc/large", test_large);
  return g_test_run ();
}
