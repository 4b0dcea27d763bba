/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <loudmouth/loudmouth.h>
#include <stdlib.h>

/* Loudmouth at the same work. */

#define BATCH 100
#define SILENT_MSEC (10 * 1000)

static GMainLoop *loop;
static guint64 n_done;
static guint64 n_begun;
static guint n_ready;

static gboolean
send_some_cb (gpointer user_data)
{
  LmConnection *connection = user_data;

  for (guint i = 0; i < BATCH && n_done < bench.amount; i++, n_done++)
    {
      LmMessage *message = lm_message_new_with_sub_type (
          "juliet@capulet.example", LM_MESSAGE_TYPE_MESSAGE, LM_MESSAGE_SUB_TYPE_CHAT);

      lm_message_node_add_child (lm_message_get_node (message), "body",
                                 "Wherefore art thou, Romeo?");
      lm_connection_send (connection, message, NULL);
      lm_message_unref (message);
    }
  return n_done < bench.amount ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static LmMessage *
new_request (const char *to, const char *child, const char *namespace_)
{
  LmMessage *iq
      = lm_message_new_with_sub_type (to, LM_MESSAGE_TYPE_IQ, LM_MESSAGE_SUB_TYPE_GET);
  LmMessageNode *node = lm_message_node_add_child (lm_message_get_node (iq), child, NULL);

  lm_message_node_set_attribute (node, "xmlns", namespace_);
  return iq;
}

static void request (LmConnection *connection);

static LmHandlerResult
answered_cb (LmMessageHandler *handler,
             LmConnection *connection,
             LmMessage *message,
             gpointer user_data)
{
  if (++n_done == bench.amount)
    {
      bench_end ();
      g_main_loop_quit (loop);
    }
  else if (n_begun < bench.amount)
    request (connection);
  return LM_HANDLER_RESULT_REMOVE_MESSAGE;
}

static void
request (LmConnection *connection)
{
  LmMessage *iq = new_request ("montague.example", "ping", "urn:xmpp:ping");
  LmMessageHandler *handler = lm_message_handler_new (answered_cb, NULL, NULL);

  n_begun++;
  lm_connection_send_with_reply (connection, iq, handler, NULL);
  lm_message_handler_unref (handler);
  lm_message_unref (iq);
}

static LmHandlerResult
message_cb (LmMessageHandler *handler,
            LmConnection *connection,
            LmMessage *message,
            gpointer user_data)
{
  LmMessageNode *body = lm_message_node_get_child (lm_message_get_node (message), "body");
  const char *text = body != NULL ? lm_message_node_get_value (body) : NULL;

  if (bench_message (text))
    g_main_loop_quit (loop);
  else if (text != NULL && text[0] == 'b' && bench_is ("send"))
    g_idle_add (send_some_cb, connection);
  else if (text != NULL && text[0] == 'b' && bench_is ("roster"))
    {
      LmMessage *iq = new_request (NULL, "query", "jabber:iq:roster");

      lm_connection_send (connection, iq, NULL);
      lm_message_unref (iq);
    }
  return LM_HANDLER_RESULT_REMOVE_MESSAGE;
}

static gboolean
silent_cb (gpointer user_data)
{
  bench_end ();
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
signed_in_cb (LmConnection *connection, gboolean success, gpointer user_data)
{
  int in_flight = bench_is ("trips") ? 1 : bench_is ("trips100") ? 100 : 0;

  if (!success)
    g_error ("loudmouth: signing in failed");
  if (++n_ready == bench.n_clients && bench_is ("idle"))
    {
      bench_mark ("signin");
      g_timeout_add (SILENT_MSEC, silent_cb, NULL);
    }
  if (in_flight > 0)
    bench_begin ();
  for (int i = 0; i < in_flight; i++)
    request (connection);
}

static void
opened_cb (LmConnection *connection, gboolean success, gpointer user_data)
{
  GError *error = NULL;

  if (!success ||
      !lm_connection_authenticate (connection, "romeo", "secret", "orchard", signed_in_cb, NULL,
                                   NULL, &error))
    g_error ("loudmouth: %s", error != NULL ? error->message : "opening failed");
}

static LmSSLResponse
certificate_cb (LmSSL *ssl, LmSSLStatus status, gpointer user_data)
{
  return LM_SSL_RESPONSE_CONTINUE;
}

static void
connect_one (void)
{
  LmConnection *connection = lm_connection_new ("127.0.0.1");
  LmMessageHandler *handler = lm_message_handler_new (message_cb, NULL, NULL);
  GError *error = NULL;

  lm_connection_set_port (connection, bench.port);
  lm_connection_set_jid (connection, "romeo@montague.example");
  if (bench.certificate != NULL)
    {
      LmSSL *ssl = lm_ssl_new (NULL, certificate_cb, NULL, NULL);

      lm_ssl_use_starttls (ssl, TRUE, TRUE);
      lm_connection_set_ssl (connection, ssl);
      lm_ssl_unref (ssl);
    }
  lm_connection_register_message_handler (connection, handler, LM_MESSAGE_TYPE_MESSAGE,
                                          LM_HANDLER_PRIORITY_NORMAL);
  if (!lm_connection_open (connection, opened_cb, NULL, NULL, &error))
    g_error ("loudmouth: %s", error->message);
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);
  loop = g_main_loop_new (NULL, FALSE);
  connect_one ();
  if (bench_is ("idle"))
    {
      while (n_ready < 1)
        g_main_context_iteration (NULL, TRUE);
      bench_begin ();
      for (guint i = 1; i < bench.n_clients; i++)
        connect_one ();
    }
  g_main_loop_run (loop);
  return 0;
}
