/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-test.h"

#include <stdlib.h>
#include <string.h>

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

gboolean
server_tells_retractions (void)
{
  return strcmp (server_get ("SERVER"), "ejabberd") != 0 || strcmp (server_get ("SERVERS"), "stable") != 0;
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

Relay *
server_new_relay (const char *port)
{
  return relay_new (server_get ("HOST"), (guint16) server_get_number (port));
}

static void
add_tests (const char *subject, const ServerTest *tests, const ServerWay *way)
{
  for (const ServerTest *test = tests; test->name != NULL; test++)
    {
      g_autofree char *path
          = g_strconcat (subject != NULL ? "/" : "", subject != NULL ? subject : "", "/",
                         server_get ("SERVER"), "/", way->name, "/", test->name, NULL);

      g_test_add_data_func (path, way, test->function);
    }
}

void
server_add_tests (const char *subject, const ServerTest *tests)
{
  for (guint i = 0; i < SERVER_N_WAYS; i++)
    add_tests (subject, tests, &server_ways[i]);
}

void
server_add_tests_once (const char *subject, const ServerTest *tests)
{
  add_tests (subject, tests, &server_ways[0]);
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
