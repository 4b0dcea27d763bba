/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <strophe.h>

/* libstrophe's sign-in, for round-trips.py: `trips-strophe starttls|direct PORT`. */

static int done;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static void
connection_cb (xmpp_conn_t *connection,
               xmpp_conn_event_t event,
               int error,
               xmpp_stream_error_t *stream_error,
               void *begun)
{
  if (event == XMPP_CONN_CONNECT)
    printf ("%.1f\n", now () - *(double *) begun);
  done = 1;
}

int
main (int argc, char **argv)
{
  xmpp_ctx_t *context;
  xmpp_conn_t *connection;
  double begun;
  long flags = XMPP_CONN_FLAG_TRUST_TLS;

  xmpp_initialize ();
  context = xmpp_ctx_new (NULL, NULL);
  connection = xmpp_conn_new (context);
  flags |= strcmp (argv[1], "direct") == 0 ? XMPP_CONN_FLAG_LEGACY_SSL : XMPP_CONN_FLAG_MANDATORY_TLS;
  xmpp_conn_set_flags (connection, flags);
  xmpp_conn_set_jid (connection, getenv ("HS_TEST_USER1"));
  xmpp_conn_set_pass (connection, getenv ("HS_TEST_PASSWORD1"));
  begun = now ();
  xmpp_connect_client (connection, "127.0.0.1", (unsigned short) atoi (argv[2]), connection_cb,
                       &begun);
  while (!done)
    xmpp_run_once (context, 5);
  return 0;
}
