/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strophe.h>

/* libstrophe at the same work. */

#define BATCH 100
#define SILENT_SECONDS 10

static xmpp_ctx_t *context;
static bool done;
static bool sending;
static uint64_t n_done;
static uint64_t n_begun;
static unsigned n_ready;

static int
message_cb (xmpp_conn_t *connection, xmpp_stanza_t *stanza, void *data)
{
  xmpp_stanza_t *body = xmpp_stanza_get_child_by_name (stanza, "body");
  char *text = body != NULL ? xmpp_stanza_get_text (body) : NULL;

  if (bench_message (text))
    done = true;
  else if (text != NULL && text[0] == 'b' && bench_is ("send"))
    sending = true;
  else if (text != NULL && text[0] == 'b' && bench_is ("roster"))
    {
      xmpp_stanza_t *iq = xmpp_iq_new (context, "get", "roster");
      xmpp_stanza_t *query = xmpp_stanza_new (context);

      xmpp_stanza_set_name (query, "query");
      xmpp_stanza_set_ns (query, "jabber:iq:roster");
      xmpp_stanza_add_child_ex (iq, query, 0);
      xmpp_send (connection, iq);
      xmpp_stanza_release (iq);
    }
  if (text != NULL)
    xmpp_free (context, text);
  return 1;
}

static void
send_some (xmpp_conn_t *connection)
{
  for (int i = 0; i < BATCH && n_done < bench.amount; i++, n_done++)
    {
      char id[32];
      xmpp_stanza_t *message;

      snprintf (id, sizeof id, "m%llu", (unsigned long long) n_done);
      message = xmpp_message_new (context, "chat", "juliet@capulet.example", id);
      xmpp_message_set_body (message, "Wherefore art thou, Romeo?");
      xmpp_send (connection, message);
      xmpp_stanza_release (message);
    }
  sending = n_done < bench.amount;
}

static void request (xmpp_conn_t *connection);

static int
answered_cb (xmpp_conn_t *connection, xmpp_stanza_t *stanza, void *data)
{
  if (++n_done == bench.amount)
    {
      bench_end ();
      done = true;
    }
  else if (n_begun < bench.amount)
    request (connection);
  return 0;
}

static void
request (xmpp_conn_t *connection)
{
  char id[32];
  xmpp_stanza_t *iq;
  xmpp_stanza_t *ping = xmpp_stanza_new (context);

  snprintf (id, sizeof id, "q%llu", (unsigned long long) n_begun++);
  iq = xmpp_iq_new (context, "get", id);
  xmpp_stanza_set_to (iq, "montague.example");
  xmpp_stanza_set_name (ping, "ping");
  xmpp_stanza_set_ns (ping, "urn:xmpp:ping");
  xmpp_stanza_add_child_ex (iq, ping, 0);
  xmpp_id_handler_add (connection, answered_cb, id, NULL);
  xmpp_send (connection, iq);
  xmpp_stanza_release (iq);
}

static void
connection_cb (xmpp_conn_t *connection,
               xmpp_conn_event_t event,
               int error,
               xmpp_stream_error_t *stream_error,
               void *data)
{
  int in_flight = bench_is ("trips") ? 1 : bench_is ("trips100") ? 100 : 0;

  if (event != XMPP_CONN_CONNECT)
    {
      done = true;
      return;
    }
  n_ready++;
  if (in_flight == 0)
    {
      xmpp_handler_add (connection, message_cb, NULL, "message", NULL, NULL);
      return;
    }
  bench_begin ();
  for (int i = 0; i < in_flight; i++)
    request (connection);
}

static xmpp_conn_t *
connect_one (void)
{
  xmpp_conn_t *connection = xmpp_conn_new (context);
  long flags = bench.certificate != NULL ? XMPP_CONN_FLAG_TRUST_TLS : XMPP_CONN_FLAG_DISABLE_TLS;

  xmpp_conn_set_flags (connection, flags | XMPP_CONN_FLAG_DISABLE_SM);
  xmpp_conn_set_jid (connection, "romeo@montague.example");
  xmpp_conn_set_pass (connection, "secret");
  if (xmpp_connect_client (connection, "127.0.0.1", bench.port, connection_cb, NULL) != XMPP_EOK)
    {
      fprintf (stderr, "strophe: cannot connect\n");
      exit (1);
    }
  return connection;
}

/* As many as are asked for, signed in and silent. */
static void
crowd (void)
{
  double until;

  connect_one ();
  while (n_ready < 1)
    xmpp_run_once (context, 10);
  bench_begin ();
  for (unsigned i = 1; i < bench.n_clients; i++)
    connect_one ();
  while (n_ready < bench.n_clients && !done)
    xmpp_run_once (context, 10);
  bench_mark ("signin");
  until = bench_wall () + SILENT_SECONDS;
  while (bench_wall () < until)
    xmpp_run_once (context, 100);
  bench_end ();
}

int
main (int argc, char **argv)
{
  xmpp_conn_t *connection;

  bench_init (argc, argv);
  xmpp_initialize ();
  context = xmpp_ctx_new (NULL, NULL);
  if (bench_is ("idle"))
    {
      crowd ();
      return 0;
    }
  connection = connect_one ();
  while (!done)
    {
      if (sending)
        send_some (connection);
      xmpp_run_once (context, sending ? 0 : 10);
    }
  xmpp_disconnect (connection);
  return 0;
}
