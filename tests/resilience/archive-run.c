/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "archive-ledger.h"

/* serve.py [--server=NAME] --option mam=yes -- archive-run [--cuts=N] [--messages=N] [--seconds=N]
 *   [--restarts=N] [--purges=N] [--limit=N] [--page-size=N] [--seed=N]
 *
 * Two devices of an account keep up with its archive while they and somebody else exchange
 * messages. Meanwhile their connections are cut after random numbers of bytes, which is in the
 * midst of stanzas and of sign-ins. Now and then a device goes away for a while, in one of four
 * ways (DeviceLeave), and some messages later it is back. The first device keeps up oldest first,
 * the second one newest first.
 *
 * Succeeds where each message that the archive has had was given to each device exactly once, or
 * lies in a gap that is reported; what a device has sent it learns of, and the other device
 * receives it. Without --purges and --limit nothing may lie in a gap.
 *
 * --seconds: what the messages and the cuts are spread over; a server that is slower takes longer.
 * --purges: so often the archive loses all but its last few messages, while all else goes on.
 * --limit: of the second device's history. */

#define TICK_MSEC 5
/* The server acknowledges before the writer sends more. */
#define MAX_OPEN 50
/* A cut that does not come about is planned anew: its connection has nothing to carry. */
#define CUT_PATIENCE (G_USEC_PER_SEC / 2)
/* One in four is cut in its sign-in. */
#define SIGN_IN_BYTES 6000
#define SESSION_BYTES 30000
/* A transaction is made about so often, or when so much is to be stored. */
#define COMMIT_MSEC 300
#define MAX_PENDING 200
/* At the last, all must be there. */
#define FINAL_MSEC 1000
#define STUCK_SECONDS 120
#define MAX_SECONDS 3600LL
#define PROGRESS_SECONDS 60
#define N_DEVICES 2
#define N_RELAYS (N_DEVICES + 1)

typedef enum
{
  PHASE_BEGINNING,
  PHASE_GOING,
  PHASE_CALMING,   /* no more cuts, until all is acknowledged */
  PHASE_RETURNING, /* both devices are back once more, and learn what they have sent */
  PHASE_READING,   /* the archive */
} Phase;

typedef struct
{
  Device *devices[N_DEVICES];
  gint64 back_times[N_DEVICES];
  gboolean is_gone[N_DEVICES]; /* until then */
  HsClient *writer;
  Relay *writer_relay;
  guint n_written, n_writer_ready, n_writer_resumed;
  Ledger *ledger;
  GMainLoop *loop;
  GRand *rand;
  Phase phase;
  gint64 now, start, phase_start;

  int n_cuts, n_messages, seconds, n_restarts, n_purges, limit, page_size, seed;
  guint n_sent;
  guint n_left, n_purged;
  gboolean is_preparing_purge;
  gint64 cut_planned; /* 0: none is to come */
  guint n_cut_planned;
  guint64 last_progress;
  gint64 progress_time;
  int result;
} Run;

static Run run;

/* ---- The writer ---- */

static void
writer_disconnected_cb (HsClient *client)
{
  hs_client_reconnect_now (client);
}

/* Before the first cut it has been ready. */
static void
writer_terminated_cb (HsClient *client, GError *error)
{
  g_printerr ("The writer has ended: %s\n", error != NULL ? error->message : "without an error");
  run.result = 1;
  g_main_loop_quit (run.loop);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
start_writer (guint16 port)
{
  run.writer_relay = relay_new (NULL, port);
  run.writer = device_new_client (2, "writer", relay_get_port (run.writer_relay));
  g_signal_connect_swapped (run.writer, "ready", G_CALLBACK (count_cb), &run.n_writer_ready);
  g_signal_connect_swapped (run.writer, "resumed", G_CALLBACK (count_cb), &run.n_writer_resumed);
  g_signal_connect (run.writer, "disconnected", G_CALLBACK (writer_disconnected_cb), NULL);
  g_signal_connect (run.writer, "terminated", G_CALLBACK (writer_terminated_cb), NULL);
  hs_client_start (run.writer);
}

static gboolean
write_one (void)
{
  g_autofree char *body = NULL;
  g_autoptr (HsMessage) message = NULL;

  if (hs_client_get_unacknowledged (run.writer) >= MAX_OPEN)
    return FALSE;
  body = g_strdup_printf ("writer %u and some more that makes it as long as what people write",
                          run.n_written + 1);
  message = hs_message_new_chat (device_get_account (1), body);
  if (!hs_client_send_stanza (run.writer, HS_ELEMENT (message), NULL))
    return FALSE;
  run.n_written++;
  return TRUE;
}

/* ---- What happens ---- */

/* How much of the planned time has passed. */
static double
get_share (void)
{
  return MIN (1.0, (run.now - run.start) / (run.seconds * 1e6));
}

static void
send_some (void)
{
  guint due = MIN ((guint) (get_share () * run.n_messages + 1), (guint) run.n_messages);

  while (run.n_sent < due)
    {
      guint chance = g_rand_int_range (run.rand, 0, 100);

      if (!(chance < 60 ? write_one () : device_send (run.devices[chance < 80 ? 0 : 1])))
        break;
      run.n_sent++;
    }
}

static Relay *
get_relay (guint i)
{
  return i < N_DEVICES ? run.devices[i]->relay : run.writer_relay;
}

static guint
count_cuts (void)
{
  guint n = 0;

  for (guint i = 0; i < N_RELAYS; i++)
    n += relay_get_n_cuts (get_relay (i));
  return n;
}

static void
ping (HsClient *client)
{
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsElement) iq = NULL;

  if (client == NULL || hs_client_get_state (client) != HS_CLIENT_STATE_READY)
    return;
  payload = hs_element_new ("ping", "urn:xmpp:ping");
  iq = HS_ELEMENT (hs_iq_new ("get", g_getenv ("HS_TEST_DOMAIN"), payload));
  hs_client_request_async (client, iq, -1, NULL, NULL, NULL);
}

/* So that a connection that is to be cut carries something. */
static void
ping_all (void)
{
  ping (run.writer);
  for (guint i = 0; i < N_DEVICES; i++)
    if (!run.devices[i]->is_leaving)
      ping (run.devices[i]->client);
}

static void
cut_some (void)
{
  guint n = count_cuts ();
  guint bytes;

  if (n >= (guint) run.n_cuts || n > get_share () * run.n_cuts)
    return;
  if (run.cut_planned != 0 && n < run.n_cut_planned && run.now - run.cut_planned < CUT_PATIENCE)
    return;
  bytes = g_rand_int_range (run.rand, 1,
                            g_rand_int_range (run.rand, 0, 4) == 0 ? SIGN_IN_BYTES : SESSION_BYTES);
  relay_cut_after (get_relay (g_rand_int_range (run.rand, 0, N_RELAYS)), bytes,
                   g_rand_int_range (run.rand, 0, RELAY_N_ENDS));
  run.cut_planned = run.now;
  run.n_cut_planned = n + 1;
  if (get_share () >= 1.0)
    ping_all ();
}

static gboolean
is_anybody_gone (void)
{
  return run.is_gone[0] || run.is_gone[1];
}

static void
leave (guint i, DeviceLeave how)
{
  run.is_gone[i] = TRUE;
  run.back_times[i]
      = run.now + g_rand_int_range (run.rand, 0, MAX (run.seconds * 1000 / 40, 2)) * 1000;
  run.n_left++;
  device_leave (run.devices[i], how);
}

static void
come_and_go (void)
{
  guint i = g_rand_int_range (run.rand, 0, N_DEVICES);

  for (guint j = 0; j < N_DEVICES; j++)
    {
      if (!run.is_gone[j] || run.now < run.back_times[j] || !device_is_away (run.devices[j]))
        continue;
      run.is_gone[j] = FALSE;
      device_start (run.devices[j]);
    }
  if (!is_anybody_gone () && run.n_left < (guint) run.n_restarts
      && (run.n_left + 1) * 1.0 / (run.n_restarts + 1) < get_share ())
    leave (i, g_rand_int_range (run.rand, 0, DEVICE_N_LEAVES));
}

/* All that is there is read before. */
static void
purge_some (void)
{
  if (run.ledger->is_reading || ledger_is_purging (run.ledger))
    return;
  if (run.is_preparing_purge)
    {
      run.is_preparing_purge = FALSE;
      run.n_purged += ledger_purge (run.ledger, g_rand_int_range (run.rand, 1, 30));
    }
  else if (run.n_purged < (guint) run.n_purges
           && (run.n_purged + 1) * 1.0 / (run.n_purges + 1) < get_share ())
    {
      run.is_preparing_purge = TRUE;
      ledger_read (run.ledger, FALSE);
    }
}

static void
commit_some (void)
{
  for (guint i = 0; i < N_DEVICES; i++)
    {
      Device *device = run.devices[i];

      device_tick (device);
      if (device->client != NULL && !device->is_leaving
          && (g_hash_table_size (device->pending) >= MAX_PENDING
              || g_rand_int_range (run.rand, 0, COMMIT_MSEC / TICK_MSEC) == 0))
        device_commit (device);
    }
}

/* ---- The phases ---- */

static void
enter (Phase phase)
{
  run.phase = phase;
  run.phase_start = run.now;
}

static gboolean
are_all_current (void)
{
  return device_is_current (run.devices[0]) && device_is_current (run.devices[1]);
}

static gboolean
are_all_acknowledged (void)
{
  return hs_client_get_state (run.writer) == HS_CLIENT_STATE_READY
         && hs_client_get_unacknowledged (run.writer) == 0
         && hs_client_get_unacknowledged (run.devices[0]->client) == 0
         && hs_client_get_unacknowledged (run.devices[1]->client) == 0;
}

static void
go_on (void)
{
  send_some ();
  cut_some ();
  come_and_go ();
  purge_some ();
  if (run.n_sent >= (guint) run.n_messages && count_cuts () >= (guint) run.n_cuts
      && !is_anybody_gone () && run.n_left >= (guint) run.n_restarts
      && run.n_purged >= (guint) run.n_purges)
    enter (PHASE_CALMING);
}

static void
calm_down (void)
{
  if (!are_all_current () || !are_all_acknowledged ())
    return;
  for (guint i = 0; i < N_DEVICES; i++)
    {
      leave (i, DEVICE_LEAVE_END);
      run.back_times[i] = run.now;
    }
  enter (PHASE_RETURNING);
}

static void
return_all (void)
{
  come_and_go ();
  if (is_anybody_gone () || !are_all_current ())
    {
      run.phase_start = run.now;
      return;
    }
  if (run.now - run.phase_start < FINAL_MSEC * 1000)
    return;
  device_commit (run.devices[0]);
  device_commit (run.devices[1]);
  ledger_read (run.ledger, TRUE);
  enter (PHASE_READING);
}

static void
give_up_if (gboolean is_hopeless, const char *why)
{
  if (!is_hopeless)
    return;
  g_printerr ("%s, in phase %u: %u sent, %u cuts, %u times left\n", why, run.phase, run.n_sent, count_cuts (),
              run.n_left);
  run.result = 1;
  g_main_loop_quit (run.loop);
}

/* A run in which nothing is carried has failed, however long it may take. A device that catches up may read again for
 * minutes what it has: its mark is a minute behind the newest message that it was given, and a minute is thousands of
 * messages here. */
static void
check_progress (void)
{
  guint64 progress = run.n_sent + run.n_left + run.n_purged + count_cuts () + run.phase + run.ledger->n_there;

  for (guint i = 0; i < N_RELAYS; i++)
    progress += relay_get_n_bytes (get_relay (i));
  if (progress != run.last_progress)
    {
      run.last_progress = progress;
      run.progress_time = run.now;
    }
  give_up_if (run.now - run.progress_time >= STUCK_SECONDS * G_USEC_PER_SEC, "Nothing is carried any more");
  give_up_if (run.start != 0 && run.now - run.start >= MAX_SECONDS * G_USEC_PER_SEC, "It takes too long");
}

static gboolean
progress_cb (gpointer data)
{
  g_print ("%4.0f s: %u sent, %u cuts, %u times away, %u purges\n",
           run.start != 0 ? (run.now - run.start) / 1e6 : 0, run.n_sent, count_cuts (), run.n_left,
           run.n_purged);
  for (guint i = 0; i < N_DEVICES; i++)
    device_print_state (run.devices[i]);
  return G_SOURCE_CONTINUE;
}

static gboolean
tick_cb (gpointer data)
{
  run.now = g_get_monotonic_time ();
  check_progress ();
  commit_some ();
  switch (run.phase)
    {
    case PHASE_BEGINNING:
      if (are_all_current () && hs_client_get_state (run.writer) == HS_CLIENT_STATE_READY
          && hs_client_get_state (run.ledger->client) == HS_CLIENT_STATE_READY)
        {
          /* Whoever crashes now has begun: what comes from now on is not from before its first
           * start. */
          for (guint i = 0; i < N_DEVICES; i++)
            device_commit (run.devices[i]);
          run.start = run.now;
          enter (PHASE_GOING);
        }
      break;
    case PHASE_GOING:
      go_on ();
      break;
    case PHASE_CALMING:
      calm_down ();
      break;
    case PHASE_RETURNING:
      return_all ();
      break;
    case PHASE_READING:
    default:
      if (!run.ledger->is_reading)
        g_main_loop_quit (run.loop);
    }
  return G_SOURCE_CONTINUE;
}

/* ---- The result ---- */

/* A server may purge what it had not shown when the archive was read before that: with purges, some
 * may be unknown. */
static void
report (Device *device)
{
  LedgerFigures figures = { 0 };

  ledger_compare (run.ledger, device, &figures);
  device_print (device);
  g_print ("    of %u messages of the archive: %u given, %u learned, %u in %u gaps, %u twice, %u "
           "lost; %u that the archive never "
           "had; own ones received like another's %u; %u gaps found\n",
           run.ledger->entries->len, figures.n_given, figures.n_learned, figures.n_in_gaps,
           figures.n_gaps, device->figures.n_twice, figures.n_lost, figures.n_unknown,
           device->figures.n_own_received, device->figures.n_gaps_found);
  ledger_print_gaps (device);
  if (figures.n_lost > 0 || (figures.n_unknown > 0 && run.n_purges == 0)
      || device->figures.n_wrong > 0
      || (figures.n_in_gaps > 0 && run.n_purges == 0 && run.limit == 0))
    run.result = 1;
}

/* @on_server: numbers of what the server is said to have, or NULL for all. */
static void
report_missing (const char *sender, guint n_sent, GHashTable *on_server)
{
  guint n_missing;

  if (run.n_purges > 0 || run.phase != PHASE_READING)
    return;
  n_missing = ledger_count_missing (run.ledger, sender, n_sent, on_server);
  g_print ("  %s: %u messages sent, %u of them acknowledged, and of these %u are not in the archive\n", sender, n_sent,
           on_server != NULL ? g_hash_table_size (on_server) : n_sent, n_missing);
  if (n_missing > 0)
    run.result = 1;
}

static void
report_all (void)
{
  g_print ("%s %s, seed %d: %u messages sent, %u cuts, %u times away, %u purges, in %.1f s; %u are "
           "in the archive, %u of them "
           "once more\n",
           g_getenv ("HS_TEST_SERVER"), g_getenv ("HS_TEST_SERVER_VERSION"), run.seed, run.n_sent,
           count_cuts (), run.n_left, run.n_purged, (run.now - run.start) / 1e6,
           run.ledger->n_there, run.ledger->n_doubled);
  g_print ("  writer: %u written, %u sessions, %u times resumed\n", run.n_written,
           run.n_writer_ready, run.n_writer_resumed);
  report_missing ("writer", run.n_written, NULL);
  for (guint i = 0; i < N_DEVICES; i++)
    {
      Device *device = run.devices[i];

      report_missing (device->name, device->n_sent, device->on_server);
      report (device);
    }
  g_print ("%s\n", run.result != 0 ? "FAILED" : "Each message once, or in a gap");
}

static void
parse (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  GOptionEntry entries[] = {
    { "cuts", 0, 0, G_OPTION_ARG_INT, &run.n_cuts, "How many cuts", "N" },
    { "messages", 0, 0, G_OPTION_ARG_INT, &run.n_messages, "In all", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &run.seconds, "That they are spread over", "N" },
    { "restarts", 0, 0, G_OPTION_ARG_INT, &run.n_restarts, "How often a device is away", "N" },
    { "purges", 0, 0, G_OPTION_ARG_INT, &run.n_purges, "How often the archive is purged", "N" },
    { "limit", 0, 0, G_OPTION_ARG_INT, &run.limit, "Of the second device's history", "N" },
    { "page-size", 0, 0, G_OPTION_ARG_INT, &run.page_size, "Of both histories", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &run.seed, "Of all that is random", "N" },
    G_OPTION_ENTRY_NULL
  };

  run.n_cuts = 10;
  run.n_messages = 300;
  run.seconds = 3;
  run.n_restarts = 4;
  run.page_size = 20;
  run.seed = g_random_int_range (1, G_MAXINT32);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    g_error ("%s", error->message);
}

int
main (int argc, char **argv)
{
  guint16 port;

  setvbuf (stdout, NULL, _IOLBF, 0);
  parse (&argc, &argv);
  g_print ("Seed %d\n", run.seed);
  run.rand = g_rand_new_with_seed (run.seed);
  run.loop = g_main_loop_new (NULL, FALSE);
  run.progress_time = g_get_monotonic_time ();
  port = (guint16) strtoul (g_getenv ("HS_TEST_PORT"), NULL, 10);
  run.devices[0] = device_new ("one", device_get_account (2), port, HS_HISTORY_ORDER_OLDEST_FIRST,
                               run.page_size);
  run.devices[1] = device_new ("two", device_get_account (2), port, HS_HISTORY_ORDER_NEWEST_FIRST,
                               run.page_size);
  run.devices[1]->limit = run.limit;
  start_writer (port);
  run.ledger = ledger_new (port);
  for (guint i = 0; i < N_DEVICES; i++)
    device_start (run.devices[i]);
  g_timeout_add (TICK_MSEC, tick_cb, NULL);
  g_timeout_add_seconds (PROGRESS_SECONDS, progress_cb, NULL);
  g_main_loop_run (run.loop);
  report_all ();
  for (guint i = 0; i < N_DEVICES; i++)
    device_free (run.devices[i]);
  ledger_free (run.ledger);
  g_signal_handlers_disconnect_by_func (run.writer, writer_terminated_cb, NULL);
  g_object_unref (run.writer);
  relay_free (run.writer_relay);
  g_rand_free (run.rand);
  g_main_loop_unref (run.loop);
  return run.result;
}
