/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-test.h"

#include <stdlib.h>

const char *
server_get (const char *name)
{
  g_autofree char *variable = g_strconcat ("HS_TEST_", name, NULL);
  const char *value = g_getenv (variable);

  if (value == NULL)
    g_error ("%s is not set: run this test with tests/servers/serve.py", variable);
  return value;
}

guint
server_get_number (const char *name)
{
  return atoi (server_get (name));
}

GTlsDatabase *
server_load_database (const char *variable)
{
  g_autoptr (GError) error = NULL;
  GTlsDatabase *database = g_tls_file_database_new (server_get (variable), &error);

  g_assert_no_error (error);
  return database;
}

const ServerWay server_ways[] = {
  { "starttls", HS_TLS_MODE_STARTTLS, "PORT" },
  { "direct-tls", HS_TLS_MODE_DIRECT, "TLS_PORT" },
};

TestClient *
server_new_client (const char *jid, const char *password, const ServerWay *way)
{
  g_autoptr (GTlsDatabase) database = server_load_database ("CA");
  HsClient *client = hs_client_new (jid, password);

  g_object_set (client, "host", server_get ("HOST"), "port", server_get_number (way->port),
                "tls-mode", way->mode,
                "tls-database", database, "auto-reconnect", FALSE, NULL);
  return test_client_new_alone (client);
}

TestClient *
server_new_user (guint number, const ServerWay *way)
{
  g_autofree char *user = g_strdup_printf ("USER%u", number);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", number);
  g_autofree char *jid = g_strconcat (server_get (user), SERVER_RESOURCE, NULL);

  return server_new_client (jid, server_get (password), way);
}

/* ---- A relay ---- */

struct _ServerRelay
{
  GSocketService *service;
  GSocketClient *client;
  GCancellable *cut;
  GPtrArray *connections;
  guint16 to_port;
  guint16 port;
  guint n_splices;
};

static void
spliced_cb (GObject *source, GAsyncResult *result, gpointer relay)
{
  ((ServerRelay *) relay)->n_splices--;
}

static void
splice (ServerRelay *self, GSocketConnection *from, GSocketConnection *to)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (from));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (to));

  self->n_splices++;
  g_output_stream_splice_async (out, in, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT,
                                self->cut, spliced_cb, self);
}

static gboolean
incoming_cb (ServerRelay *self, GSocketConnection *client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) server = g_socket_client_connect_to_host (
      self->client, server_get ("HOST"), self->to_port, NULL, &error);

  g_assert_no_error (error);
  g_ptr_array_add (self->connections, g_object_ref (client));
  g_ptr_array_add (self->connections, g_object_ref (server));
  splice (self, client, server);
  splice (self, server, client);
  return TRUE;
}

ServerRelay *
server_relay_new (guint16 port)
{
  ServerRelay *self = g_new0 (ServerRelay, 1);

  self->to_port = port;
  self->cut = g_cancellable_new ();
  self->connections = g_ptr_array_new_with_free_func (g_object_unref);
  self->client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (self->client, FALSE);
  self->service = g_socket_service_new ();
  self->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, NULL);
  g_signal_connect_swapped (self->service, "incoming", G_CALLBACK (incoming_cb), self);
  return self;
}

guint16
server_relay_get_port (ServerRelay *self)
{
  return self->port;
}

void
server_relay_cut (ServerRelay *self)
{
  for (guint i = 0; i < self->connections->len; i++)
    g_socket_shutdown (g_socket_connection_get_socket (g_ptr_array_index (self->connections, i)),
                       TRUE, TRUE, NULL);
  g_cancellable_cancel (self->cut);
  test_until (self->n_splices == 0);
  g_ptr_array_set_size (self->connections, 0);
  g_object_unref (self->cut);
  self->cut = g_cancellable_new ();
}

void
server_relay_free (ServerRelay *self)
{
  server_relay_cut (self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_object_unref (self->client);
  g_object_unref (self->cut);
  g_ptr_array_unref (self->connections);
  g_free (self);
}

void
server_add_tests (const char *subject, const ServerTest *tests)
{
  for (guint i = 0; i < SERVER_N_WAYS; i++)
    {
      for (const ServerTest *test = tests; test->name != NULL; test++)
        {
          g_autofree char *path
              = g_strconcat (subject != NULL ? "/" : "", subject != NULL ? subject : "", "/",
                             server_get ("SERVER"), "/", server_ways[i].name, "/", test->name, NULL);

          g_test_add_data_func (path, &server_ways[i], test->function);
        }
    }
}

void
server_test_external (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (
      server_get ("CLIENT_CERT"), server_get ("CLIENT_KEY"), &error);
  g_autoptr (TestClient) test = server_new_client (server_get ("USER1"), NULL, data);

  g_assert_no_error (error);
  g_object_set (test->client, "tls-certificate", certificate, NULL);
  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(EXTERNAL)"));
  test_client_stop (test);
}

void
server_test_anonymous (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_client (server_get ("ANON_DOMAIN"), NULL, data);
  HsJid *bound;

  test_client_start_until_ready (test);
  g_assert_nonnull (strstr (test->record->str, "authenticated(ANONYMOUS)"));
  bound = hs_client_get_bound_jid (test->client);
  g_assert_cmpstr (hs_jid_get_domain (bound), ==, server_get ("ANON_DOMAIN"));
  g_assert_nonnull (hs_jid_get_local (bound));
  test_client_stop (test);
}
