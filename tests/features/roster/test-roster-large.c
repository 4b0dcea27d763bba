/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <string.h>
#include <sys/resource.h>

#include "roster-test.h"

/* A roster of 100,000 contacts with the default limits: what it costs, and how long the main loop stands still. */

#define N_CONTACTS 100000

static GString *answer;

static gboolean
send_answer (ScriptedPeer *peer, gpointer data)
{
  const char *id = strstr (scripted_peer_get_taken (peer), " id=\"");
  g_autofree char *start = NULL;

  g_assert_nonnull (id);
  start = g_strdup_printf ("<iq type='result' id='%.*s'>", (int) strcspn (id + 5, "\""), id + 5);
  return scripted_peer_send (peer, start, -1) && scripted_peer_send (peer, answer->str, (gssize) answer->len);
}

/* The CPU time of this thread only: the server has its own thread. */
static double
cpu_time (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, guint *n)
{
  (*n)++;
}

typedef struct
{
  double cpu;
  double longest; /* milliseconds of CPU in one turn */
  guint n_turns;
} Cost;

static void
spend (Cost *cost, RosterTest *f, gboolean *done)
{
  double begin = cpu_time ();
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!*done)
    {
      double before = cpu_time ();
      double spent;

      g_main_context_iteration (NULL, TRUE);
      spent = (cpu_time () - before) * 1000;
      cost->longest = MAX (cost->longest, spent);
      cost->n_turns++;
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
  cost->cpu = cpu_time () - begin;
}

static void
done_cb (gboolean *done)
{
  *done = TRUE;
}

static void
test_large (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ROSTER_ASKED, CALL (send_answer, NULL), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  Cost cost = { 0 };
  gboolean done = FALSE;
  guint n_changes = 0;
  gsize before, grown;
  HsContact *contact;

  answer = g_string_new ("<query xmlns='jabber:iq:roster' ver='v1'>");
  for (guint i = 0; i < N_CONTACTS; i++)
    g_string_append_printf (answer, "<item jid='contact%u@example.com' name='Contact %u' subscription='both'><group>Group %u</group></item>",
                            i, i, i % 50);
  g_string_append (answer, "</query></iq>");
  roster_watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  g_signal_handlers_disconnect_by_data (hs_roster_get_contacts (f.roster), &f);
  g_signal_connect (hs_roster_get_contacts (f.roster), "items-changed", G_CALLBACK (changed_cb), &n_changes);
  g_signal_connect_swapped (f.roster, "notify::is-loaded", G_CALLBACK (done_cb), &done);
  hs_client_register (f.test->client, HS_MODULE (f.roster));
  before = test_resident ();
  hs_client_start (f.test->client);
  spend (&cost, &f, &done);
  grown = test_resident () - before;
  g_test_message ("%.3f s CPU, longest turn %.2f ms of %u, %" G_GSIZE_FORMAT " KiB, %u changes", cost.cpu,
                  cost.longest, cost.n_turns, grown, n_changes);
  g_assert_cmpuint (g_list_model_get_n_items (hs_roster_get_contacts (f.roster)), ==, N_CONTACTS);
  g_assert_cmpuint (n_changes, <=, 10);
  contact = hs_roster_lookup (f.roster, "contact99999@example.com");
  g_assert_cmpstr (hs_contact_get_name (contact), ==, "Contact 99999");
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    {
      g_assert_cmpfloat (cost.cpu, <=, 0.6);
      g_assert_cmpfloat (cost.longest, <=, 5.0);
      g_assert_cmpuint (grown, <=, 40 * 1024);
    }
  test_client_stop (f.test);
  roster_clear (&f);
  g_string_free (answer, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/large/load", test_large);
  return g_test_run ();
}
