/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "net/hs-direct-connect.h"

typedef struct
{
  GMainContext *context;
  GSocket *listener;
  GSocketAddress *address;
  HsDirectConnect *connect;
  guint n_calls;
  GSocketConnection *connection;
  GError *error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;

  fixture->context = g_main_context_new ();
  fixture->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_bind (fixture->listener, any, FALSE, &error);
  g_assert_no_error (error);
  fixture->address = g_socket_get_local_address (fixture->listener, &error);
  g_assert_no_error (error);
}

static void
listen_now (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_socket_listen (fixture->listener, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->connect, hs_direct_connect_free);
  g_clear_object (&fixture->connection);
  g_clear_error (&fixture->error);
  g_object_unref (fixture->address);
  g_object_unref (fixture->listener);
  g_main_context_unref (fixture->context);
}

static void
done_cb (GSocketConnection *connection, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_calls++;
  g_set_object (&fixture->connection, connection);
  if (error != NULL)
    fixture->error = g_error_copy (error);
  /* The function may free the HsDirectConnect. */
  g_clear_pointer (&fixture->connect, hs_direct_connect_free);
}

static void
begin (Fixture *fixture)
{
  fixture->connect = hs_direct_connect_new (fixture->address, fixture->context, done_cb, fixture);
  g_assert_cmpuint (fixture->n_calls, ==, 0);
}

static void
run (Fixture *fixture)
{
  begin (fixture);
  while (fixture->n_calls == 0)
    g_main_context_iteration (fixture->context, TRUE);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->n_calls, ==, 1);
}

static void
test_connected (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) remote = NULL;

  listen_now (fixture);
  run (fixture);
  g_assert_no_error (fixture->error);
  g_assert_true (G_IS_TCP_CONNECTION (fixture->connection));
  g_assert_false (g_socket_get_blocking (g_socket_connection_get_socket (fixture->connection)));
  remote = g_socket_connection_get_remote_address (fixture->connection, NULL);
  g_assert_cmpuint (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (remote)), ==,
                    g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (fixture->address)));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  run (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_cmpstr (fixture->error->message, ==, "Could not connect to 127.0.0.1: Connection refused");
  g_assert_null (fixture->connection);
}

/* A failure at once is reported from the main loop, too. TCP cannot connect to a multicast address. */
static void
test_fails_at_once (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->address);
  fixture->address = g_inet_socket_address_new_from_string ("224.0.0.1", 5222);
  run (fixture);
  g_assert_nonnull (fixture->error);
  g_assert_true (g_str_has_prefix (fixture->error->message, "Could not connect to 224.0.0.1: "));
  g_assert_null (fixture->connection);
}

static void
test_given_up (Fixture *fixture, gconstpointer data)
{
  listen_now (fixture);
  begin (fixture);
  g_clear_pointer (&fixture->connect, hs_direct_connect_free);
  g_assert_false (g_main_context_iteration (fixture->context, FALSE));
  g_assert_cmpuint (fixture->n_calls, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add ("/direct-connect/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("connected", test_connected);
  ADD ("refused", test_refused);
  ADD ("fails-at-once", test_fails_at_once);
  ADD ("given-up", test_given_up);
#undef ADD

  return g_test_run ();
}
