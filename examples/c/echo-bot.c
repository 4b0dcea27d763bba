/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A bot that answers each message with the same text, until it is interrupted (Ctrl-C).
 *
 *   echo-bot JID PASSWORD
 *
 * A PASSWORD of "-" is asked for and not shown; the arguments of a program can be seen by everybody
 * on the machine.
 *
 * Where the DNS does not know the server, or its certificate was signed by an authority that the
 * system does not know, the environment says more: HEADSTOCK_HOST, HEADSTOCK_PORT, and HEADSTOCK_CA
 * (a file of certificates in PEM format).
 *
 * Shown here: a client, its settings and signals; a handler, whose return value is sent; the
 * orderly end of a run. */

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>
#include <glib-unix.h>
#include <headstock-glib/headstock.h>

/* The handler for messages. What it returns is sent. */
static HsElement *
echo (HsClient *client, HsElement *element, gpointer user_data)
{
  HsMessage *message = HS_MESSAGE (element);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (message));
  const char *body = hs_message_get_body (message);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));

  /* An "error" is our own message, sent back with its text: who answers it begins a conversation
   * with himself that does not end.  So would answering what our own account has written. */
  if (body == NULL || from == NULL || hs_client_is_own (client, from)
      || (g_strcmp0 (type, "chat") != 0 && g_strcmp0 (type, "normal") != 0))
    return NULL;

  g_print ("%s: %s\n", hs_jid_to_string (from), body);
  return HS_ELEMENT (hs_message_new_chat (hs_jid_to_string (from), body));
}

static void
ready_cb (HsClient *client, gpointer user_data)
{
  g_print ("ready as %s\n", hs_jid_to_string (hs_client_get_bound_jid (client)));
}

/* By default a client comes back by itself after a connection was lost. */
static void
disconnected_cb (HsClient *client, GError *error, int retry_in_msec, gpointer user_data)
{
  if (retry_in_msec >= 0)
    g_print ("disconnected, back in %d ms: %s\n", retry_in_msec, error->message);
}

static gboolean
interrupted_cb (gpointer client)
{
  hs_client_stop (client);
  return G_SOURCE_CONTINUE;
}

/* What the environment has to say about the way to the server. */
static gboolean
configure (HsClient *client, GError **error)
{
  const char *host = g_getenv ("HEADSTOCK_HOST");
  const char *port = g_getenv ("HEADSTOCK_PORT");
  const char *ca = g_getenv ("HEADSTOCK_CA");

  if (host != NULL)
    hs_client_set_host (client, host);
  if (port != NULL)
    hs_client_set_port (client, atoi (port));
  if (ca != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (ca, NULL);
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, error);

      if (database == NULL)
        return FALSE;
      hs_client_set_tls_database (client, database);
    }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GError) error = NULL;
  const char *password;

  setlocale (LC_ALL, "");
  if (argc != 3)
    {
      g_printerr ("Usage: %s JID PASSWORD\n", argv[0]);
      return 2;
    }
  password = g_str_equal (argv[2], "-") ? getpass ("Password: ") : argv[2];
  client = hs_client_new (argv[1], password);
  hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo, NULL, NULL);
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  g_signal_connect (client, "disconnected", G_CALLBACK (disconnected_cb), NULL);
  g_unix_signal_add (SIGINT, interrupted_cb, client);
  g_unix_signal_add (SIGTERM, interrupted_cb, client);

  if (!configure (client, &error) || !hs_client_run (client, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_print ("stopped\n");
  return 0;
}
