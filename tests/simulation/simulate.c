/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim.h"

/* simulate [--seeds=N] [--first=N] [--jobs=N] [--seed=N] [--verbose]
 *
 * Runs as many seeds, one after another, and says what has happened in all of them; or one, step by
 * step. Ends with 1 at the first seed in which an invariant does not hold. */

#define STEPS 160
/* One in so many runs ends with a network that flaps. The bytes are those of both directions. */
#define FLAP_EVERY 20
#define FLAP_STANZAS 1000
#define FLAP_MIN_BYTES 6000
#define FLAP_MAX_BYTES 60000
#define MAX_IDLE_FLAPS 20
/* Without faults, a session settles within so many. */
#define MAX_SETTLING 3000
/* The server's numbers begin anew after 2^32 stanzas: some sessions are about to. */
#define NEAR_THE_END (G_MAXUINT32 - 40)

typedef struct
{
  guint64 stanzas_up, stanzas_down, cuts, resumed, lost, restarts, requests, flaps, told[4];
  guint64 tokens, refused, early, anew, impostors, misnamed, unasked, begun, pipelined;
} Figures;

static Figures figures;

/* ---- Chance: splitmix64 ---- */

static guint64
next_random (World *w)
{
  guint64 z = (w->random += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

guint
sim_random (World *w, guint n)
{
  return next_random (w) % n;
}

gboolean
sim_chance (World *w, guint percent)
{
  return sim_random (w, 100) < percent;
}

/* ---- What is said of a run ---- */

void
sim_fail (World *w, const char *invariant, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  printf ("seed %" G_GUINT64_FORMAT ", step %u: %s: %s\n", w->seed, w->step, invariant, text);
  printf ("again: %s --seed=%" G_GUINT64_FORMAT " --verbose\n", g_get_prgname (), w->seed);
  fflush (stdout);
  exit (1);
}

void
sim_note (World *w, const char *format, ...)
{
  va_list args;

  if (G_LIKELY (!w->verbose))
    return;
  va_start (args, format);
  printf ("%4u %8.3f s  ", w->step, w->now / 1e6);
  vprintf (format, args);
  putchar ('\n');
  va_end (args);
}

/* ---- The pipe ---- */

static void
send_cb (const char *text, gpointer user_data)
{
  Conn *conn = user_data;

  if (!conn->server_closed)
    g_byte_array_append (conn->down, (const guint8 *) text, strlen (text));
}

Conn *
sim_conn_new (void)
{
  Conn *conn = g_new0 (Conn, 1);

  conn->stream = (HsTestStream){
    .send = send_cb, .owner = conn, .mechanism = "PLAIN", .attributes = "id='x' version='1.0'"
  };

  conn->up = g_byte_array_new ();
  conn->down = g_byte_array_new ();
  conn->parser = hs_parser_new ("jabber:client", NULL, NULL);
  hs_parser_set_limits (conn->parser, G_MAXSSIZE, 100);
  return conn;
}

void
sim_conn_free (Conn *conn)
{
  g_byte_array_unref (conn->up);
  g_byte_array_unref (conn->down);
  hs_parser_free (conn->parser);
  g_free (conn);
}

void
sim_conn_write (Conn *conn, gboolean up, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (!conn->server_closed)
    g_byte_array_append (up ? conn->up : conn->down, (const guint8 *) text, strlen (text));
}

/* As much as arrives now: often all, sometimes a byte. */
static gsize
choose_length (World *w, gsize length)
{
  if (length == 0 || sim_chance (w, 50))
    return length;
  return 1 + sim_random (w, sim_chance (w, 50) ? length : MIN (length, 40));
}

/* The callee may end the connection, or append to the buffer. */
static void
deliver_up (World *w, Conn *conn)
{
  gsize length = choose_length (w, conn->up->len - conn->up_used);
  g_autofree char *bytes = NULL;

  if (length == 0 || conn->server_closed)
    return;
  bytes = g_memdup2 (conn->up->data + conn->up_used, length);
  conn->up_used += length;
  sim_server_feed (w, conn, bytes, length);
}

static void
deliver_down (World *w)
{
  Conn *conn = w->conn;
  gsize length = conn != NULL ? choose_length (w, conn->down->len - conn->down_used) : 0;
  g_autofree char *bytes = NULL;

  if (length == 0)
    return;
  bytes = g_memdup2 (conn->down->data + conn->down_used, length);
  conn->down_used += length;
  sim_client_feed (w, bytes, length);
}

/* A connection that the client has left: some of what was on its way still comes, and then the server
 * notices. */
static void
deliver_old (World *w)
{
  Conn *conn;

  if (w->old->len == 0)
    return;
  conn = g_ptr_array_index (w->old, 0);
  if (sim_chance (w, 60) && !conn->server_closed)
    {
      deliver_up (w, conn);
      return;
    }
  sim_note (w, "server notices the cut");
  sim_server_close (w, conn);
  g_ptr_array_remove_index (w->old, 0);
}

/* ---- One step ---- */

static void
send_burst (World *w)
{
  guint n = sim_random (w, 80) > 0 ? 1 + sim_random (w, 5) : 100 + sim_random (w, 600);

  for (guint i = 0; i < n; i++)
    sim_client_send (w);
}

static void
send_burst_down (World *w)
{
  guint n = sim_random (w, 30) > 0 ? 1 + sim_random (w, 3) : 20 + sim_random (w, 200);

  for (guint i = 0; i < n; i++)
    sim_server_send (w);
}

static void
connect_or_see_the_end (World *w)
{
  if (w->conn == NULL)
    {
      sim_client_connect (w);
      /* Mostly the sign-in is not what is cut. */
      for (guint i = sim_chance (w, 70) ? 0 : 8; i < 8 && w->conn != NULL && !w->client.ready; i++)
        {
          deliver_up (w, w->conn);
          deliver_down (w);
        }
    }
  else if (w->conn->server_closed)
    sim_client_cut (w);
}

static void
fault (World *w)
{
  switch (sim_random (w, 8))
    {
    case 0:
    case 1:
    case 2:
      figures.cuts += w->conn != NULL;
      sim_client_cut (w);
      break;
    case 3:
      sim_server_restart (w, sim_chance (w, 60));
      break;
    case 4:
      w->server.refuses = sim_chance (w, 30);
      w->server.forgetful = sim_chance (w, 50);
      break;
    case 5:
      figures.restarts++;
      sim_client_restart (w);
      break;
    case 6:
      if (w->conn != NULL)
        sim_server_close (w, w->conn);
      break;
    case 7:
    default:
      /* Longer than a session is kept, sometimes. */
      w->now += sim_random (w, 400) * G_USEC_PER_SEC;
      break;
    }
}

static void
step (World *w)
{
  guint what = sim_random (w, 100);

  w->step++;
  w->now += sim_random (w, 200) * 1000;
  sim_server_expire (w);
  if (what < 18)
    send_burst (w);
  else if (what < 32)
    send_burst_down (w);
  else if (what < 55 && w->conn != NULL)
    deliver_up (w, w->conn);
  else if (what < 78)
    deliver_down (w);
  else if (what < 82)
    deliver_old (w);
  else if (what < 86 && w->conn != NULL)
    sim_server_answer_later (w, w->conn);
  else if (what < 95)
    connect_or_see_the_end (w);
  else
    fault (w);
  sim_client_poll (w);
  sim_client_check (w);
  sim_server_check (w);
}

static void
step_without_faults (World *w)
{
  w->now += 100000;
  connect_or_see_the_end (w);
  deliver_old (w);
  if (w->conn != NULL)
    deliver_up (w, w->conn);
  deliver_down (w);
  if (w->conn != NULL)
    sim_server_answer_later (w, w->conn);
  sim_client_poll (w);
  sim_client_check (w);
  sim_server_check (w);
}

/* ---- A network that flaps: each connection carries so much, and goes with all that is under way ---- */

/* What is written in one round trip arrives whole or, where the connection has not so many bytes left, is lost
 * with it. FALSE: it was. */
static gboolean
carry_round (World *w, gsize *n_left)
{
  Conn *conn = w->conn;
  gsize n = conn->up->len - conn->up_used + conn->down->len - conn->down_used;

  if (n > *n_left)
    {
      g_byte_array_set_size (conn->up, conn->up_used);
      g_byte_array_set_size (conn->down, conn->down_used);
      return FALSE;
    }
  *n_left -= n;
  while (w->conn == conn && !conn->server_closed && conn->up_used < conn->up->len)
    deliver_up (w, conn);
  if (w->conn == conn && !conn->server_closed)
    sim_server_answer_later (w, conn);
  while (w->conn == conn && conn->down_used < conn->down->len)
    deliver_down (w);
  return w->conn == conn && !conn->server_closed;
}

static void
carry (World *w, gsize n_bytes)
{
  if (w->conn == NULL)
    sim_client_connect (w);
  while (carry_round (w, &n_bytes) && hs_stream_management_get_unacknowledged (w->client.management) > 0)
    {
      w->step++;
      w->now += 100000;
      sim_client_poll (w);
      sim_client_check (w);
      sim_server_check (w);
    }
  sim_client_cut (w);
  while (w->old->len > 0)
    deliver_old (w);
  figures.flaps++;
}

/* Thousands that are handed over at once all get through. */
static void
flap (World *w)
{
  guint before = 0;
  guint n_idle = 0;

  w->server.refuses = FALSE;
  w->server.calm = TRUE;
  for (guint i = 0; i < MAX_SETTLING && !w->client.ready; i++)
    step_without_faults (w);
  for (guint i = 0; i < FLAP_STANZAS; i++)
    sim_client_send (w);
  while (hs_stream_management_get_unacknowledged (w->client.management) > 0)
    {
      guint n = hs_stream_management_get_unacknowledged (w->client.management);

      n_idle = n == before ? n_idle + 1 : 0;
      if (n_idle > MAX_IDLE_FLAPS)
        sim_fail (w, "gets on", "%u connections have carried none of %u stanzas", n_idle, n);
      before = n;
      carry (w, FLAP_MIN_BYTES + sim_random (w, FLAP_MAX_BYTES - FLAP_MIN_BYTES));
    }
}

/* ---- The end: no more faults, and each stanza has its delivery status ---- */

static gboolean
is_settled (World *w)
{
  return w->conn != NULL && !w->conn->server_closed && w->client.ready && w->old->len == 0 &&
         w->conn->up_used == w->conn->up->len && w->conn->down_used == w->conn->down->len &&
         hs_stream_management_get_unacknowledged (w->client.management) == 0;
}

static void
settle (World *w)
{
  w->server.refuses = FALSE;
  w->server.calm = TRUE;
  for (guint i = 0; !is_settled (w); i++)
    {
      w->step++;
      if (i == MAX_SETTLING)
        sim_fail (w, "no stall", "%u stanzas are still not acknowledged",
                  hs_stream_management_get_unacknowledged (w->client.management));
      step_without_faults (w);
    }
}

static void
check_deliveries (World *w)
{
  for (guint i = 1; i < w->n_sent; i++)
    {
      Sent *sent = &w->sent[i];

      figures.told[sent->status] += sent->told;
      if (sent->tracked && !sent->told)
        sim_fail (w, "deliveries", "nobody was told what became of %u", i);
      if (!sent->told && sent->n_received == 0 && (sent->flags & HS_OUT_OWN) == 0)
        sim_fail (w, "none lost", "%u was not received, and did not come back", i);
    }
  figures.stanzas_up += w->server.n_stanzas;
  figures.stanzas_down += w->server.next_number;
  figures.lost += w->server.n_sessions;
  figures.requests += w->server.n_requests;
  figures.tokens += w->signs.n_tokens;
  figures.refused += w->signs.n_refused;
  figures.early += w->signs.n_early;
  figures.anew += w->signs.n_anew;
  figures.impostors += w->signs.n_impostors;
  figures.misnamed += w->signs.n_misnamed;
  figures.unasked += w->signs.n_unasked;
  figures.begun += w->signs.n_begun;
  figures.pipelined += w->signs.n_pipelined;
}

static void
begin_near_the_end (World *w)
{
  Session *session = sim_server_add_session (w, TRUE);

  session->counts.sent = session->counts.acknowledged = NEAR_THE_END + sim_random (w, 40);
  session->left = w->now;
  session->counts.received = NEAR_THE_END + sim_random (w, 40);
  sim_client_restore (w, session->counts.sent, session->counts.received, session->number);
}

static void
run (guint64 seed, gboolean verbose)
{
  World *w = g_new0 (World, 1);
  guint policy;

  w->seed = w->random = seed;
  w->verbose = verbose;
  /* The numbers are tags, and 0 is none. */
  w->n_sent = 1;
  w->now = 1000 * G_USEC_PER_SEC;
  w->old = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_conn_free);
  policy = sim_random (w, 4);
  w->policy = policy == 0   ? HS_RESEND_POLICY_NEVER
              : policy == 1 ? HS_RESEND_POLICY_ALWAYS
                            : HS_RESEND_POLICY_UNRECEIVED;
  sim_client_init (w);
  if (sim_chance (w, 25))
    begin_near_the_end (w);
  while (w->step < STEPS)
    step (w);
  if (seed % FLAP_EVERY == 1)
    flap (w);
  settle (w);
  check_deliveries (w);
  /* Its sessions know their connections. */
  sim_server_clear (w);
  g_clear_pointer (&w->conn, sim_conn_free);
  g_ptr_array_unref (w->old);
  sim_client_clear (w);
  g_free (w);
}

/* ---- All of them ---- */

static void G_GNUC_NORETURN
run_range (guint64 first, guint64 n, guint job, guint n_jobs, int result)
{
  /* A broken library may never end: what waits for it may be killed, and this is then to end as well. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  for (guint64 seed = first + job; seed < first + n; seed += n_jobs)
    run (seed, FALSE);
  if (write (result, &figures, sizeof figures) != sizeof figures)
    exit (2);
  exit (0);
}

/* Whether all processes succeeded; when one has not, nobody waits for the others. */
static gboolean
wait_for_all (pid_t *pids, guint n_jobs)
{
  gboolean good = TRUE;
  pid_t ended;
  int status;

  while ((ended = wait (&status)) > 0)
    {
      gboolean failed = !WIFEXITED (status) || WEXITSTATUS (status) != 0;

      for (guint job = 0; job < n_jobs; job++)
        {
          if (pids[job] == ended)
            pids[job] = 0;
          else if (failed && good && pids[job] > 0)
            kill (pids[job], SIGKILL);
        }
      good = good && !failed;
    }
  return good;
}

static int
run_all (guint64 first, guint64 n, guint n_jobs)
{
  g_autofree pid_t *pids = g_new0 (pid_t, n_jobs);
  gint64 start = g_get_monotonic_time ();
  Figures all = { 0 };
  struct rusage usage;
  int results[2];

  if (pipe (results) != 0)
    return 2;
  for (guint job = 0; job < n_jobs; job++)
    {
      fflush (stdout);
      pids[job] = fork ();
      if (pids[job] < 0)
        return 2;
      if (pids[job] == 0)
        run_range (first, n, job, n_jobs, results[1]);
    }
  if (!wait_for_all (pids, n_jobs))
    return 1;
  for (guint job = 0; job < n_jobs; job++)
    {
      if (read (results[0], &figures, sizeof figures) != sizeof figures)
        return 2;
      for (guint i = 0; i < sizeof figures / sizeof (guint64); i++)
        ((guint64 *) &all)[i] += ((guint64 *) &figures)[i];
    }
  getrusage (RUSAGE_CHILDREN, &usage);
  printf ("%" G_GUINT64_FORMAT " seeds in %.1f s, with %.1f s of processor time in %u processes: every "
          "invariant held after every step\n",
          n, (g_get_monotonic_time () - start) / 1e6,
          usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
              + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
          n_jobs);
  printf ("  %" G_GUINT64_FORMAT " sessions, %" G_GUINT64_FORMAT " cuts, %" G_GUINT64_FORMAT
          " restarts of the client; %" G_GUINT64_FORMAT " connections that could carry little\n",
          all.lost, all.cuts, all.restarts, all.flaps);
  printf ("  %" G_GUINT64_FORMAT " stanzas to the server, with %" G_GUINT64_FORMAT
          " requests; %" G_GUINT64_FORMAT " to the client\n",
          all.stanzas_up, all.requests, all.stanzas_down);
  printf ("  delivery statuses: %" G_GUINT64_FORMAT " acknowledged, %" G_GUINT64_FORMAT
          " written, %" G_GUINT64_FORMAT " unreceived, %" G_GUINT64_FORMAT " unknown\n",
          all.told[0], all.told[1], all.told[2], all.told[3]);
  printf ("  %" G_GUINT64_FORMAT " sign-ins with tokens, %" G_GUINT64_FORMAT " refused; %" G_GUINT64_FORMAT
          " before the features, %" G_GUINT64_FORMAT " of them begun anew\n",
          all.tokens, all.refused, all.early, all.anew);
  printf ("  %" G_GUINT64_FORMAT " servers that did not know the token, %" G_GUINT64_FORMAT
          " wrong addresses, %" G_GUINT64_FORMAT " sessions that nobody asked for\n",
          all.impostors, all.misnamed, all.unasked);
  printf ("  %" G_GUINT64_FORMAT " sessions begun before there was one; %" G_GUINT64_FORMAT
          " times by what was not offered any more\n",
          all.begun, all.pipelined);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 seed = -1, first = 1, n = 5000;
  int n_jobs = g_get_num_processors ();
  gboolean verbose = FALSE;
  GOptionEntry entries[] = {
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "One seed", "N" },
    { "seeds", 0, 0, G_OPTION_ARG_INT64, &n, "How many seeds", "N" },
    { "first", 0, 0, G_OPTION_ARG_INT64, &first, "The first of them", "N" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &n_jobs, "Processes", "N" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "Tell each step", NULL },
    { NULL },
  };

  g_set_prgname (argv[0]);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (seed < 0)
    return run_all (first, n, MAX (1, n_jobs));
  run (seed, verbose);
  printf ("seed %" G_GINT64_FORMAT ": every invariant held after every step\n", seed);
  return 0;
}
