/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <headstock-glib/headstock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stream-features.h"

/* Keeping up with a large archive, through the whole library: a server in a process of its own has so many messages,
 * one a second, which the program is given oldest first and confirms by hundreds. Prints the messages a CPU second,
 * the growth of what is resident and the longest turn of the main loop, and the same for benchmark.py. The status is
 * not 0 if a goal is missed: history-headstock [MESSAGES]
 *
 * history-headstock MESSAGES MSEC: each answer of the server is so late; prints how many round trips it took. The server
 * counts them: on a busy machine an answer is later than that, and the time says little. */

#define N_MESSAGES 1000000
#define GOAL_RATE 50000.0
#define GOAL_GROWTH_KIB 4096.0
#define GOAL_TURN_MSEC 5.0
/* 2026-01-01T00:00:00Z */
#define FIRST_STAMP G_GINT64_CONSTANT (1767225600)
#define HEADER                                                                                     \
  "<?xml version='1.0'?><stream:stream from='montague.example' id='1' version='1.0' "             \
  "xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
#define BODY "A message of about as many letters as people write in one, which is some hundred on average or so."

static guint n_messages = N_MESSAGES;
static guint delay_msec;
static guint *n_trips; /* of the server's process; shared with the program */

/* ---- The server ---- */

static gboolean has_archive; /* the first question finds nothing */

static void
write_all (int fd, GString *text)
{
  for (gsize done = 0; done < text->len;)
    {
      gssize n = write (fd, text->str + done, text->len - done);

      if (n <= 0)
        _exit (0);
      done += n;
    }
  g_string_truncate (text, 0);
}

/* What stands between two texts, or NULL. */
static char *
dup_between (const char *text, const char *before, const char *after)
{
  const char *begin = strstr (text, before);
  const char *end = begin != NULL ? strstr (begin + strlen (before), after) : NULL;

  return end != NULL ? g_strndup (begin + strlen (before), end - begin - strlen (before)) : NULL;
}

static guint
read_number (const char *text, const char *before)
{
  g_autofree char *number = dup_between (text, before, "<");

  return number != NULL ? (guint) strtoul (number, NULL, 10) : 0;
}

/* Ids are numbers from 1 on. */
static void
answer_query (GString *out, const char *iq, const char *id)
{
  g_autofree char *query_id = dup_between (iq, "queryid='", "'");
  g_autofree char *start = dup_between (iq, "<field var='start'><value>", "<");
  g_autoptr (GDateTime) time = start != NULL ? g_date_time_new_from_iso8601 (start, NULL) : NULL;
  guint max = read_number (iq, "<max>");
  guint n = has_archive ? n_messages : 0;
  guint first = read_number (iq, "<after>") + 1;
  guint last;

  if (time != NULL)
    first = MAX (first, (guint) CLAMP (g_date_time_to_unix (time) - FIRST_STAMP, 1, (gint64) n + 1));
  if (strstr (iq, "<before/>") != NULL)
    first = n > max ? n - max + 1 : 1;
  last = MIN (first + max - 1, n);
  for (guint i = first; i <= last; i++)
    {
      g_autoptr (GDateTime) stamp = g_date_time_new_from_unix_utc (FIRST_STAMP + i);
      g_autofree char *text = g_date_time_format_iso8601 (stamp);

      g_string_append_printf (out,
                              "<message to='romeo@montague.example/orchard'><result xmlns='urn:xmpp:mam:2' queryid='%s' id='%u'>"
                              "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='%s'/>"
                              "<message xmlns='jabber:client' type='chat' id='m%u' from='juliet@capulet.example/balcony' "
                              "to='romeo@montague.example'><body>" BODY "</body></message></forwarded></result></message>",
                              query_id, i, text, i);
    }
  g_string_append_printf (out, "<iq type='result' id='%s'><fin xmlns='urn:xmpp:mam:2'%s>"
                               "<set xmlns='http://jabber.org/protocol/rsm'>",
                          id, last >= n ? " complete='true'" : "");
  if (first <= last)
    g_string_append_printf (out, "<first>%u</first><last>%u</last>", first, last);
  g_string_append (out, "</set></fin></iq>");
  has_archive = TRUE;
}

static void
answer_iq (GString *out, const char *iq)
{
  g_autofree char *id = dup_between (iq, " id='", "'");
  g_autofree char *to = dup_between (iq, " to='", "'");

  if (strstr (iq, "xmpp-bind") != NULL)
    g_string_append_printf (out, "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                                 "<jid>romeo@montague.example/orchard</jid></bind></iq>", id);
  else if (strstr (iq, "disco#info") != NULL)
    g_string_append_printf (out, "<iq type='result' id='%s' from='%s'><query xmlns='http://jabber.org/protocol/disco#info'>"
                                 "<feature var='urn:xmpp:mam:2'/></query></iq>", id, to);
  else if (strstr (iq, "urn:xmpp:mam:2") != NULL)
    answer_query (out, iq, id);
  else
    g_string_append_printf (out, "<iq type='error' id='%s'><error type='cancel'>"
                                 "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>", id);
}

static void
answer_one (GString *out, const char *text, gboolean *is_signed_in)
{
  if (strstr (text, "<auth ") != NULL)
    {
      *is_signed_in = TRUE;
      g_string_append (out, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>");
    }
  else if (strstr (text, "<stream:stream") != NULL)
    g_string_append_printf (out, HEADER SAY_FEATURES ("%s"),
                            *is_signed_in ? FEATURE_BIND : FEATURE_SASL (MECHANISM ("PLAIN")));
  else if (strstr (text, "<iq ") != NULL)
    answer_iq (out, strstr (text, "<iq "));
}

/* The end of what can be answered, or NULL. */
static const char *
find_end (const char *text)
{
  static const char *const ends[] = { "</iq>", "</auth>" };
  const char *header = strstr (text, "<stream:stream");
  const char *found = header != NULL ? strchr (header, '>') : NULL;

  if (found != NULL)
    return found + 1;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const char *end = strstr (text, ends[i]);

      if (end != NULL && (found == NULL || end + strlen (ends[i]) < found))
        found = end + strlen (ends[i]);
    }
  return found;
}

static void
serve (int fd)
{
  g_autoptr (GString) in = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean is_signed_in = FALSE;
  char buffer[4096];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    {
      const char *end;

      /* What the client sends in one write is one round trip. */
      g_atomic_int_inc (n_trips);
      g_usleep (delay_msec * 1000);
      g_string_append_len (in, buffer, n);
      while ((end = find_end (in->str)) != NULL)
        {
          g_autofree char *one = g_strndup (in->str, end - in->str);

          /* The client uses both; text has none. */
          g_strdelimit (one, "\"", '\'');
          answer_one (out, one, &is_signed_in);
          g_string_erase (in, 0, end - in->str);
        }
      write_all (fd, out);
    }
}

/* Returns: its port. */
static guint
start_server (pid_t *child)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GInetAddress) any = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_socket_bind (socket, address, TRUE, &error) || !g_socket_listen (socket, &error))
    g_error ("%s", error->message);
  bound = g_socket_get_local_address (socket, NULL);
  n_trips = mmap (NULL, sizeof *n_trips, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (n_trips == MAP_FAILED)
    g_error ("mmap(): %s", g_strerror (errno));
  *child = fork ();
  if (*child == 0)
    {
      g_autoptr (GSocket) connection = g_socket_accept (socket, NULL, NULL);

      /* Whatever GSocket is told, its descriptor does not block. */
      fcntl (g_socket_get_fd (connection), F_SETFL, 0);
      serve (g_socket_get_fd (connection));
      _exit (0);
    }
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

/* ---- The program ---- */

typedef struct
{
  HsClient *client;
  HsHistory *history;
  guint n_received;
  guint n_caught_up;
  double cpu; /* when it began */
  gint64 time; /* likewise, in microseconds */
  guint n_trips; /* likewise */
  double rss;
  double max_rss;
  double longest;
} Program;

static double
get_cpu (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

static double
get_rss_kib (void)
{
  unsigned long resident = 0;
  FILE *file = fopen ("/proc/self/statm", "r");

  if (file == NULL || fscanf (file, "%*u %lu", &resident) != 1)
    g_error ("/proc/self/statm cannot be read");
  fclose (file);
  return resident * (double) sysconf (_SC_PAGESIZE) / 1024;
}

static void
received_cb (HsMessages *messages, HsDelivery *delivery, Program *program)
{
  program->n_received++;
  if (strtoul (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)), NULL, 10) != program->n_received)
    g_error ("Not message %u", program->n_received);
  if (program->n_received % 100 == 0 || program->n_received == n_messages)
    hs_history_confirm (program->history, delivery);
  if (program->n_received % 10000 == 0)
    program->max_rss = MAX (program->max_rss, get_rss_kib ());
}

static void
be_available (Program *program, int priority)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);

  hs_presence_set_priority (presence, priority);
  hs_client_set_own_presence (program->client, presence);
}

/* With nothing at first; then again from the beginning. */
static void
caught_up_cb (HsHistory *history, HsJid *archive, Program *program)
{
  if (++program->n_caught_up > 1)
    return;
  be_available (program, -1);
  be_available (program, 0);
  program->rss = program->max_rss = get_rss_kib ();
  program->cpu = get_cpu ();
  program->time = g_get_monotonic_time ();
  program->n_trips = g_atomic_int_get (n_trips);
}

static void
terminated_cb (HsClient *client, const GError *error, gpointer user_data)
{
  if (error != NULL)
    g_error ("The client has failed: %s", error->message);
}

static void
run (Program *program)
{
  while (program->n_caught_up < 2)
    {
      double before = get_cpu ();

      g_main_context_iteration (NULL, TRUE);
      if (program->n_caught_up > 0)
        program->longest = MAX (program->longest, get_cpu () - before);
    }
  program->cpu = get_cpu () - program->cpu;
  program->time = g_get_monotonic_time () - program->time;
  program->n_trips = g_atomic_int_get (n_trips) - program->n_trips;
  program->max_rss = MAX (program->max_rss, get_rss_kib ());
  if (program->n_received != n_messages)
    g_error ("%u messages of %u", program->n_received, n_messages);
}

/* Whether the goals are reached. */
static gboolean
report (const Program *program)
{
  double rate = n_messages / program->cpu;
  double growth = program->max_rss - program->rss;
  double turn = program->longest * 1000;

  if (delay_msec > 0)
    printf ("%u messages: %u round trips, each answer %u ms late\n", n_messages, program->n_trips, delay_msec);
  else
    printf ("%u messages: %.0f a CPU second (at least %.0f), %.0f KiB more resident (at most %.0f), "
            "the longest turn %.1f ms (at most %.0f)\n",
            n_messages, rate, GOAL_RATE, growth, GOAL_GROWTH_KIB, turn, GOAL_TURN_MSEC);
  printf ("count=%u cpu=%.6f wall=%.6f peak=%.0f turn_cpu=%.6f trips=%u\n", n_messages, program->cpu, program->time / 1e6,
          growth, program->longest, program->n_trips);
  return delay_msec > 0 || (rate >= GOAL_RATE && growth <= GOAL_GROWTH_KIB && turn <= GOAL_TURN_MSEC);
}

int
main (int argc, char **argv)
{
  static const char *const mechanisms[] = { "PLAIN", NULL };
  g_autoptr (HsMessages) messages = NULL;
  Program program = { NULL };
  pid_t child;

  if (argc > 1)
    n_messages = (guint) strtoul (argv[1], NULL, 10);
  if (argc > 2)
    delay_msec = (guint) strtoul (argv[2], NULL, 10);
  messages = hs_messages_new ();
  program.history = hs_history_new ();
  program.client = hs_client_new ("romeo@montague.example/orchard", "secret");
  g_object_set (program.client, "host", "127.0.0.1", "port", start_server (&child), "tls-mode", HS_TLS_MODE_NONE,
                "initial-roster", FALSE, "sasl-mechanisms", mechanisms, NULL);
  g_signal_connect (program.client, "terminated", G_CALLBACK (terminated_cb), NULL);
  g_signal_connect (messages, "received", G_CALLBACK (received_cb), &program);
  g_signal_connect (program.history, "caught-up", G_CALLBACK (caught_up_cb), &program);
  hs_client_register (program.client, HS_MODULE (messages));
  hs_client_register (program.client, HS_MODULE (program.history));
  be_available (&program, 0);
  hs_client_start (program.client);
  run (&program);

  kill (child, SIGTERM);
  waitpid (child, NULL, 0);
  g_object_unref (program.history);
  g_object_unref (program.client);
  return report (&program) ? 0 : 1;
}
