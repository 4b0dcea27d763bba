/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sends messages, and ends when they are out.
 *
 *   send-message [--host=HOST] [--port=PORT] [--ca=FILE] JID PASSWORD TO BODY...
 *
 * Each BODY is a message of its own.  A PASSWORD of "-" is asked for and not shown; the arguments
 * of a program can be seen by everybody on the machine.
 *
 * Where the DNS does not know the server, or its certificate was signed by an authority that the
 * system does not know, --host, --port and --ca (a file of certificates in PEM format) say more;
 * or, in the environment, HEADSTOCK_HOST, HEADSTOCK_PORT and HEADSTOCK_CA.
 *
 * Shown here: settings; connecting, sending and closing as asynchronous operations, and the errors
 * of each; what a client sends unasked, and how to keep it from that. */

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>
#include <headstock-glib/headstock.h>

typedef struct
{
  GMainLoop *loop;
  const char *to;
  char **bodies;
  guint next;
  int status;
} Sending;

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sending *sending = user_data;

  hs_client_close_finish (HS_CLIENT (source), result, NULL);
  g_main_loop_quit (sending->loop);
}

static void
end (HsClient *client, Sending *sending, const GError *error)
{
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      sending->status = 1;
    }
  hs_client_close_async (client, NULL, closed_cb, sending);
}

static void send_next (HsClient *client, Sending *sending);

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsClient *client = HS_CLIENT (source);
  Sending *sending = user_data;
  g_autoptr (GError) error = NULL;

  if (hs_client_send_finish (client, result, &error))
    {
      g_print ("to %s: %s\n", sending->to, sending->bodies[sending->next++]);
      send_next (client, sending);
    }
  else
    end (client, sending, error);
}

static void
send_next (HsClient *client, Sending *sending)
{
  g_autoptr (HsMessage) message = NULL;

  if (sending->bodies[sending->next] == NULL)
    {
      end (client, sending, NULL);
      return;
    }
  message = hs_message_new_chat (sending->to, sending->bodies[sending->next]);
  hs_client_send_async (client, HS_ELEMENT (message), NULL, sent_cb, sending);
}

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsClient *client = HS_CLIENT (source);
  g_autoptr (GError) error = NULL;

  if (hs_client_connect_finish (client, result, &error))
    send_next (client, user_data);
  else
    end (client, user_data, error);
}

int
main (int argc, char **argv)
{
  g_autofree char *host = g_strdup (g_getenv ("HEADSTOCK_HOST"));
  g_autofree char *ca = g_strdup (g_getenv ("HEADSTOCK_CA"));
  int port = g_getenv ("HEADSTOCK_PORT") != NULL ? atoi (g_getenv ("HEADSTOCK_PORT")) : 0;
  const GOptionEntry entries[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING, &host, "The server's host", "HOST" },
    { "port", 0, 0, G_OPTION_ARG_INT, &port, "Its port", "PORT" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME, &ca, "The authorities to trust", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("JID PASSWORD TO BODY…");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTlsDatabase) authorities = NULL;
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GError) error = NULL;
  Sending sending = { .loop = loop };

  setlocale (LC_ALL, "");
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc < 5)
    {
      g_printerr ("%s\n", error != NULL ? error->message : "JID PASSWORD TO BODY… are needed");
      return 2;
    }
  if (ca != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (ca, NULL);

      authorities = g_tls_file_database_new (path, &error);
      if (authorities == NULL)
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }

  client = hs_client_new (argv[1], g_str_equal (argv[2], "-") ? getpass ("Password: ") : argv[2]);
  /* Without a presence nobody sends us messages, and without the roster we can do as well. */
  g_object_set (client,
                "host", host,
                "port", (guint) port,
                "tls-database", authorities,
                "initial-presence", NULL,
                "initial-roster", FALSE,
                NULL);
  sending.to = argv[3];
  sending.bodies = argv + 4;
  hs_client_connect_async (client, NULL, connected_cb, &sending);
  g_main_loop_run (loop);
  return sending.status;
}
