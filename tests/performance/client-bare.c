/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <libxml/parser.h>
#include <string.h>

/* The limit: libxml2's push parser reads the same bytes from the same socket, and nothing is done
 * with them. */

#define READ_SIZE (64 * 1024)
#define STREAM \
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " \
  "to='montague.example' version='1.0'>"

static void
on_start (void *data,
          const xmlChar *name,
          const xmlChar *prefix,
          const xmlChar *uri,
          int n_namespaces,
          const xmlChar **namespaces,
          int n_attributes,
          int n_defaulted,
          const xmlChar **attributes)
{
}

static void
on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
}

static void
on_characters (void *data, const xmlChar *text, int length)
{
}

static xmlSAXHandler handler = {
  .initialized = XML_SAX2_MAGIC,
  .startElementNs = on_start,
  .endElementNs = on_end,
  .characters = on_characters,
};

static gssize
receive (GIOStream *stream, char *buffer)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, READ_SIZE, NULL,
                                  &error);

  if (n <= 0)
    g_error ("Reading: %s", error != NULL ? error->message : "the end");
  return n;
}

static void
say (GIOStream *stream, const char *bytes, const char *wait_for)
{
  char buffer[READ_SIZE + 1];

  if (!g_output_stream_write_all (g_io_stream_get_output_stream (stream), bytes, strlen (bytes),
                                  NULL, NULL, NULL))
    g_error ("Writing failed");
  while (wait_for != NULL)
    {
      buffer[receive (stream, buffer)] = '\0';
      if (strstr (buffer, wait_for) != NULL)
        break;
    }
}

static GIOStream *
secure (GIOStream *plain)
{
  GError *error = NULL;
  GIOStream *stream;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("montague.example", 5222);

  if (bench.certificate == NULL)
    return plain;
  say (plain, STREAM, "</stream:features>");
  say (plain, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "<proceed");
  database = g_tls_file_database_new (bench.certificate, &error);
  if (database == NULL)
    g_error ("%s", error->message);
  stream = g_tls_client_connection_new (plain, identity, &error);
  g_tls_connection_set_database (G_TLS_CONNECTION (stream), database);
  if (!g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, &error))
    g_error ("%s", error->message);
  return stream;
}

static GIOStream *
sign_in (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GError *error = NULL;
  GIOStream *stream = G_IO_STREAM (
      g_socket_client_connect_to_host (client, "127.0.0.1", bench.port, NULL, &error));

  if (stream == NULL)
    g_error ("%s", error->message);
  stream = secure (stream);
  say (stream, STREAM, "</stream:features>");
  say (stream, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'/>", "<success");
  say (stream, STREAM, "</stream:features>");
  say (stream, "<iq type='set' id='1'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>",
       "</iq>");
  return stream;
}

static gboolean
ends_with (const char *bytes, gssize length, const char *body)
{
  gssize wanted = strlen (body);

  return length >= wanted && memcmp (bytes + length - wanted, body, wanted) == 0;
}

int
main (int argc, char **argv)
{
  char buffer[READ_SIZE];
  GIOStream *stream;
  xmlParserCtxtPtr context;

  bench_init (argc, argv);
  stream = sign_in ();
  context = xmlCreatePushParserCtxt (&handler, NULL, NULL, 0, NULL);
  xmlParseChunk (context, STREAM, strlen (STREAM), 0);
  for (;;)
    {
      gssize n = receive (stream, buffer);

      xmlParseChunk (context, buffer, n, 0);
      if (ends_with (buffer, n, "end</body></message>"))
        break;
      if (ends_with (buffer, n, "begin</body></message>"))
        {
          bench_begin ();
          if (bench_is ("roster"))
            say (stream, "<iq type='get' id='r'><query xmlns='jabber:iq:roster'/></iq>", NULL);
        }
    }
  bench_end ();
  say (stream, "</stream:stream>", NULL);
  return 0;
}
