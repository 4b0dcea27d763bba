/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <headstock-glib/headstock.h>
#include <string.h>

/* One client of ours. How: "handler", "signal", "messages", HsMessages in place of the signal, or "turn", a handler beside
 * a timer. */

#define BATCH 100

static guint64 n_done;
static guint64 n_begun;
static guint64 n_items;

static void
finish (HsClient *client)
{
  bench_end ();
  hs_client_stop (client);
}

/* ---- Sending ---- */

static gboolean
send_some_cb (gpointer user_data)
{
  HsClient *client = user_data;

  for (guint i = 0; i < BATCH && n_done < bench.amount; i++, n_done++)
    {
      g_autoptr (HsMessage) message
          = hs_message_new_chat ("juliet@capulet.example", "Wherefore art thou, Romeo?");

      if (!hs_client_send_stanza (client, HS_ELEMENT (message), NULL))
        return G_SOURCE_REMOVE;
    }
  return n_done < bench.amount ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* ---- Requests ---- */

static void request (HsClient *client);

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  HsClient *client = HS_CLIENT (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (client, result, &error);

  if (answer == NULL)
    g_error ("A request failed: %s", error->message);
  if (++n_done == bench.amount)
    finish (client);
  else if (n_begun < bench.amount)
    request (client);
}

static void
request (HsClient *client)
{
  g_autoptr (HsElement) ping = hs_element_new ("ping", "urn:xmpp:ping");
  g_autoptr (HsIq) iq = hs_iq_new ("get", "montague.example", ping);

  n_begun++;
  hs_client_request_async (client, HS_ELEMENT (iq), -1, NULL, answered_cb, NULL);
}

static void
ready_cb (HsClient *client, gpointer user_data)
{
  guint in_flight = bench_is ("trips") ? 1 : bench_is ("trips100") ? 100 : 0;

  if (in_flight > 0)
    bench_begin ();
  for (guint i = 0; i < in_flight; i++)
    request (client);
}

/* ---- Receiving ---- */

static void
roster_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (object), result, &error);

  if (answer == NULL)
    g_error ("The roster did not come: %s", error->message);
  bench_note ("items", n_items);
  finish (HS_CLIENT (object));
}

static void
request_roster (HsClient *client)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_ROSTER);
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);

  hs_client_request_async (client, HS_ELEMENT (iq), 600 * 1000, NULL, roster_cb, NULL);
}

static HsElement *
item_cb (HsClient *client, HsElement *item, gpointer user_data)
{
  static gsize bytes G_GNUC_UNUSED;
  const char *jid = hs_element_get_attribute (item, "jid");

  bytes += strlen (jid);
  if ((++n_items & 0x3FFF) == 0)
    bench_sample ();
  return NULL;
}

static void
received (HsClient *client, HsMessage *message)
{
  const char *body = hs_message_get_body (message);

  if (bench_message (body))
    hs_client_stop (client);
  else if (G_UNLIKELY (body[0] == 'b') && bench_is ("send"))
    g_idle_add (send_some_cb, client);
  else if (G_UNLIKELY (body[0] == 'b') && bench_is ("roster"))
    request_roster (client);
}

static HsElement *
message_handler (HsClient *client, HsElement *element, gpointer user_data)
{
  received (client, HS_MESSAGE (element));
  return NULL;
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer user_data)
{
  received (client, message);
}

static void
delivered_cb (HsMessages *messages, HsDelivery *delivery, gpointer user_data)
{
  received (hs_messages_get_client (messages), hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)));
}

static void
register_messages (HsClient *client)
{
  g_autoptr (HsMessages) messages = hs_messages_new ();

  hs_messages_set_carbons (messages, FALSE);
  hs_client_register (client, HS_MODULE (messages));
  g_signal_connect (messages, "received", G_CALLBACK (delivered_cb), NULL);
}

static gboolean
turn_cb (gpointer user_data)
{
  bench_turn ();
  return G_SOURCE_CONTINUE;
}

static HsClient *
new_client (void)
{
  static const char *const mechanisms[] = { "PLAIN", NULL };
  HsClient *client = hs_client_new ("romeo@montague.example", "secret");
  g_autoptr (GError) error = NULL;

  g_object_set (client,
                "host", "127.0.0.1",
                "port", bench.port,
                "initial-roster", FALSE,
                "initial-presence", NULL,
                "sasl-mechanisms", mechanisms,
                NULL);
  if (bench.certificate != NULL)
    {
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (bench.certificate, &error);

      if (database == NULL)
        g_error ("%s", error->message);
      hs_client_set_tls_database (client, database);
    }
  else
    hs_client_set_tls_mode (client, HS_TLS_MODE_NONE);
  return client;
}

int
main (int argc, char **argv)
{
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GError) error = NULL;

  bench_init (argc, argv);
  client = new_client ();
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  if (strcmp (bench.how, "signal") == 0)
    g_signal_connect (client, "message", G_CALLBACK (message_cb), NULL);
  else if (strcmp (bench.how, "messages") == 0)
    register_messages (client);
  else
    hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, message_handler,
                           NULL, NULL);
  if (bench_is ("roster"))
    hs_client_add_handler (client, "item", HS_NS_ROSTER,
                           HS_HANDLER_FORGET | HS_HANDLER_FROM_ACCOUNT, item_cb, NULL, NULL);
  if (strcmp (bench.how, "turn") == 0)
    g_timeout_add (1, turn_cb, NULL);
  if (!hs_client_run (client, &error))
    g_error ("%s", error->message);
  return 0;
}
