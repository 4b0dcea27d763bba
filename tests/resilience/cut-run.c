/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <stdlib.h>
#include <string.h>

#include "relay.h"

/* serve.py [--server=NAME] -- cut-run [--cuts=N] [--messages=N] [--seed=N] [--log=PREFIX] [--any-order]
 *                                     [--at-once] [--plain] [--within=SECONDS]
 *
 * Two clients of a real server send each other numbered messages while a relay cuts their connections.
 * Succeeds where each message has arrived once, in its order, and each has been acknowledged.
 *
 * --at-once: the first client hands over all its messages at the same time and the second only receives.
 * The relay cuts each connection after 6,000 to 60,000 bytes, and the clients wait for as long as they
 * choose before they reconnect.
 *
 * --plain: with --at-once, and without TLS, so that cuts leave half a stanza, after which a server may lose its
 * place in the stream (docs/resilience.md). Only the first client is cut. Sessions may be lost, and then messages
 * may come back: each has arrived once, or is told not to be known to have. The same holds with TLS for Prosody, which
 * may have read a record in parts before the cut. If no session was lost, all holds that holds for other servers.
 *
 * --within: fails where it takes longer.
 *
 * --any-order is for a server that overtakes itself: ejabberd 24.12, when a session is resumed while
 * messages for it come in, gives some that came to the old connection to the new one after later ones.
 * ejabberd 26.07 may moreover pass on what came on the old connection while the new one resumes, and name a number
 * without it: the client has to send it again, and it arrives twice. That is seen here, where what has arrived already
 * is not among what the server says it has: such a message may come once more. */

/* A client has no more of its messages unacknowledged than this before it sends more. */
#define MAX_OPEN 200
/* Between cuts, so that the messages last until the last cut. */
#define PACE_MSEC 2
/* --at-once: what a connection lives for, both ways and the sign-in included. */
#define FLAP_MIN_BYTES 6000
#define FLAP_MAX_BYTES 60000
/* If a server may lose its place: in milliseconds, so that one that answers nothing is noticed soon. */
#define SILENT_INTERVAL 3000
#define SILENT_TIMEOUT 6000
/* So that the messages last until the last cut. */
#define FLAP_PADDING ", and some more that makes it as long as what people write to each other"

typedef struct
{
  const char *name;
  HsClient *client;
  char *jid;
  guint n_ready, n_resumed, n_lost, n_failed;
  guint n_sent, n_acknowledged, n_returned;
  guint n_to_send, n_to_receive;
  guint8 *received;   /* how often, by number */
  guint8 *told;       /* by number: it may not have arrived */
  guint8 *uncounted;  /* by number: it had arrived when the server did not count it */
  guint n_received;   /* different ones */
  guint last;         /* number */
  guint n_overtaken;  /* came after later ones */
  guint n_wrong;      /* twice, or something else */
  guint n_repeated;   /* twice, since the server did not count them */
  gboolean here;    /* has a session, perhaps interrupted */
} End;

typedef struct
{
  End ends[2];
  Relay *relay;
  GMainLoop *loop;
  guint n_cuts, n_messages;
  int seed;
  gint64 start;
  guint last_progress;
  gint64 progress_time;
  int within; /* seconds, or 0 */
  gboolean any_order;
  gboolean at_once;
  gboolean plain;
  gboolean may_lose; /* sessions: then each message has arrived, or is told not to be known to have */
  gboolean has_lost; /* one */
  gboolean cutting;
  gboolean stopping;
  guint n_terminated;
  int result;
} Run;

static Run run;
static char *log_prefix;

static void
ready_cb (HsClient *client, End *end)
{
  end->n_ready++;
  end->here = TRUE;
}

static End *
get_other (End *end)
{
  return &run.ends[end == &run.ends[0] ? 1 : 0];
}

/* What is not acknowledged now is sent again: the last ones. */
static void
resumed_cb (HsClient *client, End *end)
{
  guint n = MIN (hs_client_get_unacknowledged (client), end->n_sent);

  end->n_resumed++;
  for (guint i = end->n_sent - n + 1; i <= end->n_sent; i++)
    end->uncounted[i] = get_other (end)->received[i] > 0;
}

static void
disconnected_cb (HsClient *client, GError *error, int retry, End *end)
{
  end->n_lost++;
  if (!run.at_once)
    hs_client_reconnect_now (client);
}

static guint
get_number (HsMessage *message)
{
  const char *body = hs_message_get_body (message);

  return body != NULL ? strtoul (body, NULL, 10) : 0;
}

static void
tell (End *end, guint number)
{
  if (number > 0 && number <= run.n_messages)
    end->told[number] = 1;
}

static void
returned_cb (HsClient *client, HsStanza *stanza, GError *error, End *end)
{
  if (!HS_IS_MESSAGE (stanza))
    return;
  end->n_returned++;
  tell (end, get_number (HS_MESSAGE (stanza)));
}

static void
terminated_cb (HsClient *client, GError *error, End *end)
{
  if (error != NULL)
    {
      g_printerr ("%s: %s\n", end->name, error->message);
      run.result = 1;
    }
  if (++run.n_terminated == 2 || error != NULL)
    g_main_loop_quit (run.loop);
}

static void
message_cb (HsClient *client, HsMessage *message, End *end)
{
  const char *body = hs_message_get_body (message);
  guint number = get_number (message);

  if (run.any_order && number > 0 && number <= end->n_to_receive && end->received[number] == 1
      && get_other (end)->uncounted[number])
    {
      end->received[number]++;
      end->n_repeated++;
      return;
    }
  if (number == 0 || number > end->n_to_receive || end->received[number]++ > 0)
    {
      if (end->n_wrong++ < 10)
        g_printerr ("%s: '%.60s' came twice, or is none of ours\n", end->name,
                    body != NULL ? body : "nothing");
      return;
    }
  end->n_received++;
  if (number < end->last && end->n_overtaken++ < 10)
    g_printerr ("%s: '%.60s' came after %u\n", end->name, body, end->last);
  end->last = MAX (end->last, number);
}

typedef struct
{
  End *end;
  guint number;
} Sent;

static void
sent_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autofree Sent *sent = data;
  End *end = sent->end;
  g_autoptr (GError) error = NULL;
  gboolean acknowledged = hs_client_send_finish (HS_CLIENT (client), result, &error);

  if (!acknowledged)
    tell (end, sent->number);
  if (acknowledged)
    end->n_acknowledged++;
  else if (end->n_failed++ < 10)
    g_printerr ("%s: %s\n", end->name, error->message);
}

static void
send_one (End *end, End *other)
{
  g_autofree char *body = g_strdup_printf ("%u of %u%s", end->n_sent + 1, end->n_to_send,
                                           run.at_once ? FLAP_PADDING : "");
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat (other->jid, body));
  Sent *sent = g_new (Sent, 1);

  sent->end = end;
  sent->number = ++end->n_sent;
  hs_client_send_async (end->client, message, NULL, sent_cb, sent);
}

static void
send_some (End *end, End *other)
{
  /* As many as fit the cuts that have been made. */
  guint64 share = ((guint64) end->n_to_send * (relay_get_n_cuts (run.relay) + 1))
                  / (run.n_cuts + 1);
  guint allowed = run.n_cuts == 0 ? end->n_to_send : MIN (end->n_to_send, share + 20);

  if (hs_client_get_unacknowledged (end->client) >= MAX_OPEN
      || (end->n_sent >= allowed
          && (hs_client_get_unacknowledged (end->client) > 0 || end->n_sent >= end->n_to_send)))
    return;
  for (guint i = 0; i < 5 && end->n_sent < end->n_to_send; i++)
    send_one (end, other);
}

/* Of the first client's messages, those that have neither arrived nor are told to be lost. */
static guint
count_missing (void)
{
  guint n = 0;

  for (guint i = 1; i <= run.n_messages; i++)
    n += run.ends[1].received[i] == 0 && run.ends[0].told[i] == 0;
  return n;
}

static gboolean
is_done (const End *end)
{
  if (end->n_acknowledged + end->n_failed < end->n_to_send)
    return FALSE;
  return run.may_lose ? count_missing () == 0 : end->n_received >= end->n_to_receive;
}

/* A run that does not get on has failed, however long it may take. */
static void
check_progress (void)
{
  guint progress = run.ends[0].n_received + run.ends[1].n_received + run.ends[0].n_lost
                   + run.ends[1].n_lost + run.ends[0].n_resumed + run.ends[1].n_resumed;
  gint64 now = g_get_monotonic_time ();

  if (progress != run.last_progress)
    {
      run.last_progress = progress;
      run.progress_time = now;
    }
  else if (now - run.progress_time > 60 * G_USEC_PER_SEC)
    {
      g_printerr ("Nothing happens any more\n");
      run.result = 1;
      g_main_loop_quit (run.loop);
    }
}

/* Both sessions stand and neither has been cut yet. */
static void
send_at_once (void)
{
  run.cutting = TRUE;
  run.start = g_get_monotonic_time ();
  relay_start_cuts (run.relay);
  while (run.ends[0].n_sent < run.ends[0].n_to_send)
    send_one (&run.ends[0], &run.ends[1]);
}

static gboolean
tick_cb (gpointer data)
{
  check_progress ();
  if (run.stopping || !run.ends[0].here || !run.ends[1].here)
    return G_SOURCE_CONTINUE;
  if (run.at_once && !run.cutting)
    send_at_once ();
  /* A session that nobody has named yet cannot be resumed. */
  if (!run.cutting && (run.ends[0].n_acknowledged == 0 || run.ends[1].n_acknowledged == 0))
    {
      if (run.ends[0].n_sent == 0)
        {
          send_some (&run.ends[0], &run.ends[1]);
          send_some (&run.ends[1], &run.ends[0]);
        }
      return G_SOURCE_CONTINUE;
    }
  run.cutting = TRUE;
  relay_start_cuts (run.relay);
  send_some (&run.ends[0], &run.ends[1]);
  send_some (&run.ends[1], &run.ends[0]);
  if (is_done (&run.ends[0]) && is_done (&run.ends[1]))
    {
      run.stopping = TRUE;
      hs_client_stop (run.ends[0].client);
      hs_client_stop (run.ends[1].client);
    }
  return G_SOURCE_CONTINUE;
}

/* Prosody reads 4 KiB at once: of a record that it has read a part of, the rest is lost with the connection. */
static gboolean
loses_its_place (void)
{
  return run.plain || (run.at_once && g_strcmp0 (g_getenv ("HS_TEST_SERVER"), "prosody") == 0);
}

static guint
get_server_port (void)
{
  return strtoul (g_getenv (run.plain ? "HS_TEST_PLAIN_PORT" : "HS_TEST_PORT"), NULL, 10);
}

static void
add_end (End *end, const char *name, guint number)
{
  g_autofree char *user = g_strdup_printf ("HS_TEST_USER%u", number);
  g_autofree char *password = g_strdup_printf ("HS_TEST_PASSWORD%u", number);
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (g_getenv ("HS_TEST_CA"), NULL);

  end->name = name;
  end->n_to_send = run.at_once && number != 1 ? 0 : run.n_messages;
  end->n_to_receive = run.at_once && number == 1 ? 0 : run.n_messages;
  end->received = g_new0 (guint8, run.n_messages + 1);
  end->told = g_new0 (guint8, run.n_messages + 1);
  end->uncounted = g_new0 (guint8, run.n_messages + 1);
  end->jid = g_strconcat (g_getenv (user), "/cut", NULL);
  end->client = hs_client_new (end->jid, g_getenv (password));
  g_object_set (end->client, "host", "127.0.0.1", "port",
                (guint) relay_get_port (run.relay), "tls-database", database, NULL);
  if (run.plain)
    g_object_set (end->client, "tls-mode", HS_TLS_MODE_NONE, NULL);
  if (run.may_lose)
    g_object_set (end->client, "keepalive-interval", SILENT_INTERVAL, "connect-timeout", SILENT_TIMEOUT, NULL);
  if (run.plain && number != 1)
    g_object_set (end->client, "port", get_server_port (), NULL);
  if (log_prefix != NULL)
    {
      g_autofree char *path = g_strconcat (log_prefix, name, NULL);

      hs_client_set_log (end->client, path, FALSE, NULL);
    }
  g_signal_connect (end->client, "ready", G_CALLBACK (ready_cb), end);
  g_signal_connect (end->client, "resumed", G_CALLBACK (resumed_cb), end);
  g_signal_connect (end->client, "disconnected", G_CALLBACK (disconnected_cb), end);
  g_signal_connect (end->client, "returned", G_CALLBACK (returned_cb), end);
  g_signal_connect (end->client, "terminated", G_CALLBACK (terminated_cb), end);
  g_signal_connect (end->client, "message", G_CALLBACK (message_cb), end);
}

static void
report (const End *end)
{
  g_print ("  %s: %u sessions, %u connections lost, %u times resumed; %u sent, %u acknowledged, %u "
           "failed, %u returned; %u received, %u of them after later ones, %u twice, and %u that the server did not count\n",
           end->name, end->n_ready, end->n_lost, end->n_resumed, end->n_sent, end->n_acknowledged,
           end->n_failed, end->n_returned, end->n_received, end->n_overtaken, end->n_wrong,
           end->n_repeated);
  if (run.has_lost)
    {
      if (end->n_wrong > 0 || count_missing () > 0)
        run.result = 1;
      return;
    }
  if (end->n_received != end->n_to_receive || end->n_wrong > 0
      || (end->n_overtaken > 0 && !run.any_order) || end->n_failed > 0
      || end->n_returned > 0 || end->n_acknowledged != end->n_to_send || end->n_ready != 1)
    run.result = 1;
}

int
main (int argc, char **argv)
{
  int n_cuts = 20, n_messages = 1000, seed = 1;
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  GOptionEntry entries[] = { { "cuts", 0, 0, G_OPTION_ARG_INT, &n_cuts, "How many cuts", "N" },
                             { "messages", 0, 0, G_OPTION_ARG_INT, &n_messages, "Each way", "N" },
                             { "log", 0, 0, G_OPTION_ARG_STRING, &log_prefix, "Of each client", "PREFIX" },
                             { "any-order", 0, 0, G_OPTION_ARG_NONE, &run.any_order,
                               "The server may overtake itself", NULL },
                             { "at-once", 0, 0, G_OPTION_ARG_NONE, &run.at_once,
                               "The first client hands over all of them at once", NULL },
                             { "plain", 0, 0, G_OPTION_ARG_NONE, &run.plain, "Without TLS", NULL },
                             { "within", 0, 0, G_OPTION_ARG_INT, &run.within, "The time allowed",
                               "SECONDS" },
                             { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Of the relay", "N" },
                             { NULL } };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  run.n_cuts = n_cuts;
  run.n_messages = n_messages;
  run.loop = g_main_loop_new (NULL, FALSE);
  run.start = run.progress_time = g_get_monotonic_time ();
  run.relay = relay_new (NULL, get_server_port ());
  relay_plan_cuts (run.relay, n_cuts, seed, run.at_once ? FLAP_MIN_BYTES : 0, run.at_once ? FLAP_MAX_BYTES : 0);
  run.may_lose = loses_its_place ();
  add_end (&run.ends[0], "one", 1);
  add_end (&run.ends[1], "two", 2);
  hs_client_start (run.ends[0].client);
  hs_client_start (run.ends[1].client);
  g_timeout_add (PACE_MSEC, tick_cb, NULL);
  g_main_loop_run (run.loop);
  g_print ("%s %s: %u cuts of %u connections, %.1f MB passed on, in %.1f s\n",
           g_getenv ("HS_TEST_SERVER"), g_getenv ("HS_TEST_SERVER_VERSION"),
           relay_get_n_cuts (run.relay), relay_get_n_connections (run.relay),
           relay_get_n_bytes (run.relay) / 1e6,
           (g_get_monotonic_time () - run.start) / 1e6);
  run.has_lost = run.may_lose && run.ends[0].n_ready + run.ends[1].n_ready > 2;
  report (&run.ends[0]);
  report (&run.ends[1]);
  /* What comes back is not sent, and so not cut. */
  if ((!run.plain && !run.has_lost && relay_get_n_cuts (run.relay) < run.n_cuts)
      || (run.within > 0 && g_get_monotonic_time () - run.start > run.within * G_USEC_PER_SEC))
    run.result = 1;
  g_print ("%s\n", run.result != 0 ? "FAILED" : run.has_lost ? "All arrived or came back, none twice" : run.any_order ? "All arrived, none twice"
                                               : "All arrived, in order, none twice");
  for (guint i = 0; i < 2; i++)
    {
      g_object_unref (run.ends[i].client);
      g_free (run.ends[i].jid);
      g_free (run.ends[i].received);
      g_free (run.ends[i].told);
      g_free (run.ends[i].uncounted);
    }
  relay_free (run.relay);
  g_main_loop_unref (run.loop);
  return run.result;
}
