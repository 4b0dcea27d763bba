/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <headstock-glib/headstock.h>
#include <string.h>

/* Many clients of ours in one process and one main loop. "idle": signed in, and silent for ten
 * seconds. "pings": signed in, each answers a ping of the server's. "each": signed in, each answers a
 * ping of the first one's, through a server that does not know of us. How: "turn", beside a timer, from
 * the first start on.
 *
 * With HS_TEST_ANON_DOMAIN in the environment, each signs in to an account of its own at that domain, with
 * ANONYMOUS: see scale.sh. */

#define SILENT_MSEC (10 * 1000)
/* A server that shares our processors may be slow. */
#define TIMEOUT_MSEC (120 * 1000)
/* Of "each": pings that are on their way. */
#define N_IN_FLIGHT 100

static GMainLoop *loop;
static GPtrArray *clients;
static guint n_ready;
static guint n_asked;
static guint n_answered;

static HsElement *
ping_cb (HsClient *client, HsElement *iq, gpointer user_data)
{
  return HS_ELEMENT (hs_stanza_new_reply (HS_STANZA (iq)));
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
turn_cb (gpointer user_data)
{
  bench_turn ();
  return G_SOURCE_CONTINUE;
}

static void ask_next (void);

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (object), result, &error);

  if (iq == NULL)
    g_error ("A ping was not answered: %s", error->message);
  if (++n_answered == clients->len)
    g_main_loop_quit (loop);
  else
    ask_next ();
}

static void
ask_next (void)
{
  HsClient *first = g_ptr_array_index (clients, 0);
  g_autoptr (HsElement) ping = NULL;
  g_autoptr (HsIq) iq = NULL;
  HsJid *jid;

  if (n_asked == clients->len)
    return;
  jid = hs_client_get_bound_jid (g_ptr_array_index (clients, n_asked++));
  ping = hs_element_new ("ping", HS_NS_PING);
  iq = hs_iq_new ("get", hs_jid_to_string (jid), ping);
  hs_client_request_async (first, HS_ELEMENT (iq), -1, NULL, answered_cb, NULL);
}

static HsElement *
message_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  if (bench_message (hs_message_get_body (HS_MESSAGE (element))))
    g_main_loop_quit (loop);
  else if (strcmp (bench.how, "turn") == 0)
    g_timeout_add (1, turn_cb, NULL);
  return NULL;
}

static void
ready_cb (HsClient *client, gpointer user_data)
{
  n_ready++;
}

static void
terminated_cb (HsClient *client, const GError *error, gpointer user_data)
{
  if (error != NULL)
    g_error ("A client has failed: %s", error->message);
}

static HsClient *
start_one (void)
{
  static const char *const mechanisms[] = { "PLAIN", "ANONYMOUS", NULL };
  const char *domain = g_getenv ("HS_TEST_ANON_DOMAIN");
  HsClient *client = domain != NULL ? hs_client_new (domain, NULL)
                                    : hs_client_new ("romeo@montague.example", "secret");

  g_object_set (client,
                "host", "127.0.0.1",
                "port", bench.port,
                "tls-mode", HS_TLS_MODE_NONE,
                "connect-timeout", TIMEOUT_MSEC,
                "request-timeout", TIMEOUT_MSEC,
                "initial-roster", FALSE,
                "initial-presence", NULL,
                "sasl-mechanisms", mechanisms,
                NULL);
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  g_signal_connect (client, "terminated", G_CALLBACK (terminated_cb), NULL);
  if (!bench_is ("idle"))
    {
      hs_client_register_on_iq (client, "get", NULL, HS_HANDLER_DEFAULT, ping_cb, NULL, NULL);
      hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, message_cb, NULL,
                             NULL);
    }
  hs_client_start (client);
  return client;
}

int
main (int argc, char **argv)
{
  long before;

  bench_init (argc, argv);
  clients = g_ptr_array_new_with_free_func (g_object_unref);
  loop = g_main_loop_new (NULL, FALSE);
  /* What the first one needs, all have. */
  g_ptr_array_add (clients, start_one ());
  while (n_ready < 1)
    g_main_context_iteration (NULL, TRUE);

  before = bench_rss ();
  bench_begin ();
  if (strcmp (bench.how, "turn") == 0 && !bench_is ("pings"))
    g_timeout_add (1, turn_cb, NULL);
  for (guint i = 1; i < bench.n_clients; i++)
    g_ptr_array_add (clients, start_one ());
  while (n_ready < bench.n_clients)
    g_main_context_iteration (NULL, TRUE);
  bench_mark ("signin");
  bench_turns ("signin");

  if (bench_is ("idle"))
    g_timeout_add (SILENT_MSEC, quit_cb, NULL);
  else
    bench_note ("signed_in", bench_rss () - before);
  if (bench_is ("each"))
    {
      for (guint i = 0; i < N_IN_FLIGHT; i++)
        ask_next ();
    }
  g_main_loop_run (loop);
  if (bench_is ("each"))
    bench_mark ("pings");
  bench_end ();
  g_ptr_array_unref (clients);
  return 0;
}
