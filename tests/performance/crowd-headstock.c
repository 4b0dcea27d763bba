/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <headstock-glib/headstock.h>
#include <string.h>

/* Many clients of ours in one process and one main loop. "idle": signed in, and silent for ten
 * seconds. "pings": signed in, each answers a ping of the server's. How: "turn", beside a timer. */

#define SILENT_MSEC (10 * 1000)

static GMainLoop *loop;
static guint n_ready;

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
  static const char *const mechanisms[] = { "PLAIN", NULL };
  HsClient *client = hs_client_new ("romeo@montague.example", "secret");

  g_object_set (client,
                "host", "127.0.0.1",
                "port", bench.port,
                "tls-mode", HS_TLS_MODE_NONE,
                "initial-roster", FALSE,
                "initial-presence", NULL,
                "sasl-mechanisms", mechanisms,
                NULL);
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  g_signal_connect (client, "terminated", G_CALLBACK (terminated_cb), NULL);
  if (bench_is ("pings"))
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
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);
  long before;

  bench_init (argc, argv);
  loop = g_main_loop_new (NULL, FALSE);
  /* What the first one needs, all have. */
  g_ptr_array_add (clients, start_one ());
  while (n_ready < 1)
    g_main_context_iteration (NULL, TRUE);

  before = bench_rss ();
  bench_begin ();
  for (guint i = 1; i < bench.n_clients; i++)
    g_ptr_array_add (clients, start_one ());
  while (n_ready < bench.n_clients)
    g_main_context_iteration (NULL, TRUE);
  bench_mark ("signin");

  if (bench_is ("pings"))
    bench_note ("signed_in", bench_rss () - before);
  else
    g_timeout_add (SILENT_MSEC, quit_cb, NULL);
  g_main_loop_run (loop);
  bench_end ();
  return 0;
}
