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
