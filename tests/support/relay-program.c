/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "relay.h"

/* The relay as a program, for tests that are not in C:
 *
 *   test-relay [--listen=PORT] [--certificate=FILE --key=FILE] [--to-tls] [--host=HOST] PORT
 *
 * It prints the port that it is at. SIGUSR1: loses what clients send, and prints "holding". SIGUSR2: ends all
 * connections with a reset, passes all on again, and prints "cut". It ends with the program that reads what it
 * prints. */

static gboolean
hold_cb (gpointer relay)
{
  relay_hold (relay);
  puts ("holding");
  fflush (stdout);
  return G_SOURCE_CONTINUE;
}

static gboolean
cut_cb (gpointer relay)
{
  relay_cut (relay, RELAY_END_RESET);
  puts ("cut");
  fflush (stdout);
  return G_SOURCE_CONTINUE;
}

static gboolean
reader_gone_cb (int fd, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static GTlsCertificate *
load_certificate (const char *certificate, const char *key)
{
  g_autoptr (GError) error = NULL;
  GTlsCertificate *pair = g_tls_certificate_new_from_files (certificate, key, &error);

  if (pair == NULL)
    g_error ("%s", error->message);
  return pair;
}

int
main (int argc, char **argv)
{
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  g_autofree char *host = NULL;
  int port = 0;
  gboolean to_tls = FALSE;
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_INT, &port, NULL, NULL },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &certificate, NULL, NULL },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &key, NULL, NULL },
    { "to-tls", 0, 0, G_OPTION_ARG_NONE, &to_tls, NULL, NULL },
    { "host", 0, 0, G_OPTION_ARG_STRING, &host, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("PORT");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTlsCertificate) pair = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Relay) relay = NULL;
  guint64 to_port = 0;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)
      || !g_ascii_string_to_unsigned (argc == 2 ? argv[1] : "", 10, 1, G_MAXUINT16, &to_port, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  if (certificate != NULL)
    pair = load_certificate (certificate, key);
  relay = relay_new_full (&(RelaySettings){ .host = host,
                                            .to_port = (guint16) to_port,
                                            .port = (guint16) port,
                                            .certificate = pair,
                                            .to_tls = to_tls });
  if (relay == NULL)
    return 1;
  g_unix_signal_add (SIGUSR1, hold_cb, relay);
  g_unix_signal_add (SIGUSR2, cut_cb, relay);
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR | G_IO_HUP, reader_gone_cb, loop);
  printf ("%u\n", relay_get_port (relay));
  fflush (stdout);
  g_main_loop_run (loop);
  return 0;
}
