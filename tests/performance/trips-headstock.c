/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>

#include <stdio.h>
#include <stdlib.h>

/* One sign-in for round-trips.py: `trips-headstock starttls|direct PORT HOW`, where HOW is
 *
 *   first    without anything that is remembered
 *   again    with what the client remembers of its last sign-in, and the password
 *   token    in another client, that has a token of the first one's
 *   resume   after the connection was cut, with the token
 *   ready    as first, and no longer than to the session: for start.py
 *
 * Prints "cut" where the connection is to be cut, and the milliseconds from the start to a session and to the
 * roster; where a session was resumed there is no other one. */

static GMainLoop *loop;
static gint64 begun;
static double ready_msec;
static double roster_msec;

static double
get_msec (void)
{
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static HsClient *
make_client (const char *mode, const char *port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (g_getenv ("HS_TEST_CA"), &error);
  HsClient *client = hs_client_new (g_getenv ("HS_TEST_USER1"), g_getenv ("HS_TEST_PASSWORD1"));

  if (error != NULL)
    g_error ("%s", error->message);
  g_object_set (client, "host", "127.0.0.1", "port", atoi (port), "tls-mode",
                g_str_equal (mode, "direct") ? HS_TLS_MODE_DIRECT : HS_TLS_MODE_STARTTLS,
                "tls-database", database, "bind2", TRUE, NULL);
  return client;
}

static void
terminated_cb (HsClient *client, GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
  g_main_loop_quit (loop);
}

static void
ready_cb (void)
{
  ready_msec = get_msec ();
}

static HsElement *
roster_cb (HsClient *client, HsElement *element, gpointer data)
{
  roster_msec = get_msec ();
  g_main_loop_quit (loop);
  return NULL;
}

static void
ready_for_all_cb (void)
{
  ready_msec = roster_msec = get_msec ();
  g_main_loop_quit (loop);
}

static void
until_ready (HsClient *client)
{
  gulong ready = g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  gulong end = g_signal_connect (client, "terminated", G_CALLBACK (terminated_cb), NULL);

  hs_client_add_handler (client, "query", HS_NS_ROSTER,
                         HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_ONCE, roster_cb, NULL, NULL);
  begun = g_get_monotonic_time ();
  hs_client_start (client);
  g_main_loop_run (loop);
  g_signal_handler_disconnect (client, ready);
  g_signal_handler_disconnect (client, end);
}

static void
until_stopped (HsClient *client)
{
  gulong end = g_signal_connect (client, "terminated", G_CALLBACK (terminated_cb), NULL);

  hs_client_stop (client);
  g_main_loop_run (loop);
  g_signal_handler_disconnect (client, end);
}

static void
connecting_cb (void)
{
  begun = g_get_monotonic_time ();
}

static gboolean
quit_cb (gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
resume (HsClient *client)
{
  g_signal_connect (client, "connecting", G_CALLBACK (connecting_cb), NULL);
  g_signal_connect (client, "resumed", G_CALLBACK (ready_for_all_cb), NULL);
  /* So that the server's word on stream management has come as well. */
  g_timeout_add (1000, quit_cb, NULL);
  g_main_loop_run (loop);
  printf ("cut\n");
  fflush (stdout);
  g_main_loop_run (loop);
}

int
main (int argc, char **argv)
{
  g_autoptr (HsClient) client = NULL;
  g_autoptr (HsClient) other = NULL;
  const char *how = argc == 4 ? argv[3] : "";

  loop = g_main_loop_new (NULL, FALSE);
  client = make_client (argv[1], argv[2]);
  if (g_str_equal (how, "ready"))
    g_signal_connect (client, "ready", G_CALLBACK (ready_for_all_cb), NULL);
  until_ready (client);
  if (g_str_equal (how, "again"))
    {
      until_stopped (client);
      hs_client_set_login_token (client, NULL);
      until_ready (client);
    }
  else if (g_str_equal (how, "token"))
    {
      until_stopped (client);
      other = make_client (argv[1], argv[2]);
      hs_client_set_login_token (other, hs_client_get_login_token (client));
      until_ready (other);
    }
  else if (g_str_equal (how, "resume"))
    resume (client);
  printf ("%.1f %.1f\n", ready_msec, roster_msec);
  fflush (stdout);
  if (g_str_equal (how, "ready"))
    return 0;
  until_stopped (other != NULL ? other : client);
  return 0;
}
