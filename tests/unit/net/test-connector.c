/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <netinet/tcp.h>

#include "test-connector.h"

/* ---- SRV ---- */

/* Those that do not work are passed over, in order, down to the last. */
static void
test_every_target (Fixture *fixture,
                   gconstpointer data)
{
  add_srv (fixture, SRV, "20 0 %x second.example;40 0 %d good.example;30 0 %d unknown.example");
  add_srv (fixture, TLS_SRV, "10 0 %x first.example;15 0 %x dead.example");
  test_resolver_add (test_ipv4, "first.example", "127.0.0.1 127.0.0.1");
  test_resolver_add (test_ipv4, "dead.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "second.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "good.example", "127.0.0.1");
  g_assert_true (fixture->connector == NULL);
  run (fixture);
  assert_connected (fixture, "good.example", FALSE);
  assert_asked (TLS_SRV " " SRV " first.example dead.example second.example unknown.example "
                        "good.example");
  g_assert_false (hs_connector_has_more (fixture->connector));
  run (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_socket_options (Fixture *fixture,
                     gconstpointer data)
{
  GSocket *socket;
  int nodelay = 0;

  fixture->config.host = "127.0.0.1";
  fixture->config.port = fixture->port;
  run (fixture);
  assert_connected (fixture, "127.0.0.1", FALSE);
  socket = g_socket_connection_get_socket (fixture->result->connection);
  g_assert_true (g_socket_get_option (socket, IPPROTO_TCP, TCP_NODELAY, &nodelay, NULL));
  g_assert_cmpint (nodelay, !=, 0);
  g_assert_false (g_socket_get_blocking (socket));
}

/* The caller comes again for the next target, having failed with this one later. */
static void
test_again (Fixture *fixture,
            gconstpointer data)
{
  add_srv (fixture, SRV, "1 0 %d a.example;3 0 %d c.example;2 0 %x b.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "c.example", "127.0.0.1");
  run (fixture);
  assert_connected (fixture, "a.example", FALSE);
  g_assert_true (hs_connector_has_more (fixture->connector));
  run (fixture);
  assert_connected (fixture, "c.example", FALSE);
  run (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_modes (Fixture *fixture,
            gconstpointer data)
{
  HsTlsMode mode = GPOINTER_TO_INT (data);

  fixture->config.tls_mode = mode;
  add_srv (fixture, SRV, "1 0 %d a.example");
  add_srv (fixture, TLS_SRV, "1 0 %d b.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "b.example", "127.0.0.1");
  run (fixture);

  switch (mode)
    {
    case HS_TLS_MODE_REQUIRED:
      assert_connected (fixture, "b.example", TRUE);
      assert_asked (TLS_SRV " " SRV " b.example");
      break;

    case HS_TLS_MODE_DIRECT:
      assert_connected (fixture, "b.example", TRUE);
      assert_asked (TLS_SRV " b.example");
      break;

    case HS_TLS_MODE_STARTTLS:
    case HS_TLS_MODE_NONE:
    default:
      assert_connected (fixture, "a.example", FALSE);
      assert_asked (SRV " a.example");
      break;
    }
}

/* Where there are records and all fail, the domain's addresses are not tried (RFC 6120, 3.2.1). */
static void
test_no_fallback (Fixture *fixture,
                  gconstpointer data)
{
  fixture->config.default_port = fixture->port;
  add_srv (fixture, SRV, "1 0 %x a.example;2 0 %x b.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "example.org", "127.0.0.1");
  run (fixture);
  g_assert_error (fixture->error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (fixture->error->message, "example.org"));
  g_assert_nonnull (strstr (fixture->error->message, "a.example"));
  g_assert_nonnull (strstr (fixture->error->message, "refused"));
  g_assert_nonnull (strstr (fixture->error->message, "b.example"));
  assert_asked (TLS_SRV " " SRV " a.example b.example");
}

typedef struct
{
  const char *path;
  const char *srv;
  const char *tls_srv;
  HsTlsMode tls_mode;
  const char *outcome; /* a host, or NULL: HS_ERROR_NO_SERVICE */
} Answers;

static const Answers answers[] = {
  { "/connector/none/both-absent", NULL, NULL, 0, "example.org" },
  { "/connector/none/direct", NULL, NULL, HS_TLS_MODE_DIRECT, "example.org" },
  { "/connector/none/both-fail", "!temporary", "!temporary", 0, "example.org" },
  { "/connector/none/one-fails", NULL, "!temporary", 0, "example.org" },
  { "/connector/none/one-works", "1 0 %d a.example", "!temporary", 0, "a.example" },
  { "/connector/none/direct-works", "!temporary", "1 0 %d a.example", 0, "a.example" },
  { "/connector/refused/dots", "0 0 0 .", "0 0 0 .", 0, NULL },
  { "/connector/refused/empty", "0 0 0 ", "0 0 0 ", 0, NULL },
  { "/connector/refused/one", "0 0 0 .", NULL, 0, NULL },
  { "/connector/refused/other-fails", "!temporary", "0 0 0 .", 0, NULL },
  { "/connector/refused/not-direct", "0 0 0 .", "1 0 %d a.example", 0, "a.example" },
  { "/connector/refused/not-starttls", "1 0 %d a.example", "0 0 0 ", 0, "a.example" },
  { "/connector/refused/only-direct", "1 0 %d a.example", "0 0 0 .", HS_TLS_MODE_DIRECT, NULL },
};

static void
test_answers (Fixture *fixture,
              gconstpointer data)
{
  const Answers *given = data;

  fixture->config.default_port = fixture->port;
  fixture->config.default_tls_port = fixture->dead_port;
  if (given->tls_mode == HS_TLS_MODE_DIRECT)
    {
      fixture->config.default_port = fixture->dead_port;
      fixture->config.default_tls_port = fixture->port;
    }
  fixture->config.tls_mode = given->tls_mode;
  if (given->srv != NULL)
    add_srv (fixture, SRV, given->srv);
  if (given->tls_srv != NULL)
    add_srv (fixture, TLS_SRV, given->tls_srv);
  test_resolver_add (test_ipv4, "example.org", "127.0.0.1");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  run (fixture);

  if (given->outcome != NULL)
    {
      assert_connected (fixture, given->outcome,
                        given->tls_mode == HS_TLS_MODE_DIRECT || fixture->result->direct_tls);
      return;
    }

  g_assert_error (fixture->error, HS_ERROR, HS_ERROR_NO_SERVICE);
  g_assert_nonnull (strstr (fixture->error->message, "example.org"));
  g_assert_false (hs_connector_has_more (fixture->connector));
}

/* One answer is enough, two seconds later. */
static void
test_one_never_answers (Fixture *fixture,
                        gconstpointer data)
{
  stand (fixture);
  fixture->config.timeout_msec = 10000;
  add_srv (fixture, SRV, "@20 1 0 %d a.example");
  test_resolver_add (test_srv, TLS_SRV, "!never");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  start (fixture);
  assert_done_after (fixture, 2020);
  assert_connected (fixture, "a.example", FALSE);
}

static void
test_kinds (gconstpointer data)
{
  GType (*get_type) (void) = data;
  Fixture fixture = { 0 };
  gboolean services = get_type != test_resolver_without_services_get_type;

  set_up_with (&fixture, get_type ());
  fixture.config.default_port = fixture.port;
  add_srv (&fixture, SRV, "2 0 %d a.example;1 0 %d b.example");
  add_srv (&fixture, TLS_SRV, "0 0 0 ");
  test_resolver_add (test_ipv4, "b.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "example.org", "127.0.0.1");
  run (&fixture);
  assert_connected (&fixture, services ? "b.example" : "example.org", FALSE);
  tear_down (&fixture, NULL);
}

static void
test_long_message (Fixture *fixture,
                   gconstpointer data)
{
  g_autoptr (GString) answer = g_string_new (NULL);

  for (guint i = 0; i < 40; i++)
    g_string_append_printf (answer, "%s%u 0 1 host-%u.example", i > 0 ? ";" : "", i, i);
  add_srv (fixture, SRV, answer->str);
  run (fixture);
  g_assert_error (fixture->error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  g_assert_cmpuint (strlen (fixture->error->message), <, 800);
  g_assert_nonnull (strstr (fixture->error->message, "host-0.example:1"));
  g_assert_nonnull (strstr (fixture->error->message, " more"));
}

/* ---- Bounds ---- */

/* A domain with thousands of records could make all its clients connect to somebody else's machine. */
static void
test_many_targets (Fixture *fixture,
                   gconstpointer data)
{
  const char *port = data;
  g_autoptr (GString) answer = g_string_new (NULL);
  guint n = 0;

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%u.example", i);

      g_string_append_printf (answer, "%s%u 0 %s %s", i > 0 ? ";" : "", i, port, host);
      test_resolver_add (test_ipv4, host, "127.0.0.1");
    }
  add_srv (fixture, SRV, answer->str);
  run (fixture);
  for (; fixture->result != NULL; n++)
    run (fixture);
  g_assert_cmpuint (n, ==, strcmp (port, "%d") == 0 ? 16 : 0);
  g_assert_cmpuint (test_asked->len, ==, 2 + 16);
  if (n == 0)
    g_assert_nonnull (strstr (fixture->error->message, "2984 more are not tried"));
}

static void
test_many_addresses (Fixture *fixture,
                     gconstpointer data)
{
  g_autoptr (GString) addresses = g_string_new ("127.0.0.1");
  g_autoptr (GSocket) everywhere G_GNUC_UNUSED = bind_socket ("0.0.0.0", 100, &fixture->port);
  guint n = 0;

  for (guint i = 2; i < 42; i++)
    g_string_append_printf (addresses, " 127.0.0.%u", i);
  add_srv (fixture, SRV, "1 0 %d a.example;2 0 %d b.example");
  test_resolver_add (test_ipv4, "a.example", data != NULL ? addresses->str : "127.0.0.1 127.0.0.2");
  test_resolver_add (test_ipv4, "b.example", addresses->str);
  run (fixture);
  for (; fixture->result != NULL; n++)
    {
      if (n < 31 && n % 8 == 0)
        g_assert_true (hs_connector_again (fixture->connector));
      run (fixture);
    }
  g_assert_cmpuint (n, ==, 32);
  g_assert_false (hs_connector_again (fixture->connector));
  g_assert_false (hs_connector_has_more (fixture->connector));
}

/* ---- What is found there is of no use ---- */

static void
reject (Fixture *fixture,
        GQuark domain,
        int code,
        const char *message)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, message);

  hs_connector_note_failure (fixture->connector, error);
}

/* Every address of a target, and then those of the next; the error tells of all, and is the first certificate's. */
static void
test_rejected (Fixture *fixture,
               gconstpointer data)
{
  static const char *const expected[] = { "127.0.0.1", "127.0.0.2", "127.0.0.1" };
  g_autoptr (GSocket) other = NULL;
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string ("127.0.0.2", fixture->port);
  g_autoptr (GError) failure = NULL;

  other = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_assert_true (g_socket_bind (other, address, TRUE, NULL));
  g_assert_true (g_socket_listen (other, NULL));
  add_srv (fixture, SRV, "1 0 %d a.example;2 0 %x c.example;3 0 %d b.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1 127.0.0.2");
  test_resolver_add (test_ipv4, "b.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "c.example", "127.0.0.1");
  g_assert_true (hs_connector_get_failure (fixture->connector = hs_connector_new (&fixture->config))
                 == NULL);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *text = g_strdup_printf ("%s:%u", expected[i], fixture->port);

      run (fixture);
      g_assert_no_error (fixture->error);
      g_assert_cmpstr (fixture->result->address, ==, text);
      g_assert_cmpint (hs_connector_has_more (fixture->connector), ==, i < 2);
      if (i == 1)
        reject (fixture, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "second");
      else
        reject (fixture, HS_ERROR, HS_ERROR_CONNECTION_LOST, i == 0 ? "first" : "third");
      g_assert_cmpint (hs_connector_has_refused_certificate (fixture->connector), ==, i > 0);
    }
  failure = hs_connector_get_failure (fixture->connector);
  g_assert_error (failure, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  run (fixture);
  g_assert_error (fixture->error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_cmpstr (fixture->error->message, ==, failure->message);
  for (const char *const *part = (const char *const[]){ "a.example", "127.0.0.1", "first", "127.0.0.2", "second",
                                                        "c.example", "refused", "b.example", "third", NULL };
       *part != NULL; part++)
    g_assert_nonnull (strstr (failure->message, *part));
}

/* One address, one failure: in its own words. */
static void
test_rejected_alone (Fixture *fixture,
                     gconstpointer data)
{
  fixture->config.host = "127.0.0.1";
  fixture->config.port = fixture->port;
  run (fixture);
  reject (fixture, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN, "Never heard of it");
  g_assert_false (hs_connector_has_more (fixture->connector));
  run (fixture);
  g_assert_error (fixture->error, HS_STREAM_ERROR, HS_STREAM_ERROR_HOST_UNKNOWN);
  g_assert_cmpstr (fixture->error->message, ==, "Never heard of it");
}

static void
test_again_here (Fixture *fixture,
                 gconstpointer data)
{
  add_srv (fixture, SRV, "1 0 %d a.example;2 0 %d b.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "b.example", "127.0.0.1");
  run (fixture);
  assert_connected (fixture, "a.example", FALSE);
  g_assert_true (hs_connector_again (fixture->connector));
  run (fixture);
  assert_connected (fixture, "a.example", FALSE);
  run (fixture);
  assert_connected (fixture, "b.example", FALSE);
  g_assert_false (hs_connector_has_more (fixture->connector));
}

/* ---- A proxy ---- */

/* Takes one HTTP CONNECT; the caller frees what it was asked. */
static gpointer
proxy_thread (gpointer data)
{
  g_autoptr (GSocket) socket = g_socket_accept (data, NULL, NULL);
  GString *request = g_string_new (NULL);
  char byte;

  while (strstr (request->str, "\r\n\r\n") == NULL &&
         g_socket_receive (socket, &byte, 1, NULL, NULL) == 1)
    g_string_append_c (request, byte);
  g_socket_send (socket, "HTTP/1.0 200 OK\r\n\r\n", 19, NULL, NULL);
  g_socket_receive (socket, &byte, 1, NULL, NULL);

  return g_string_free (request, FALSE);
}

static void
test_proxy (Fixture *fixture,
            gconstpointer data)
{
  guint16 port;
  g_autoptr (GSocket) listener = bind_socket ("127.0.0.1", 10, &port);
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autofree char *request = NULL;
  g_autofree char *expected = NULL;
  GThread *thread = g_thread_new ("proxy", proxy_thread, listener);
  int nodelay = 0;

  fixture->config.proxy_resolver = g_simple_proxy_resolver_new (uri, NULL);
  add_srv (fixture, SRV, "1 0 %x hidden.example");
  run (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->result->host, ==, "hidden.example");
  g_socket_get_option (g_socket_connection_get_socket (fixture->result->connection), IPPROTO_TCP,
                       TCP_NODELAY, &nodelay, NULL);
  g_assert_cmpint (nodelay, !=, 0);
  /* The name is the proxy's to look up. */
  assert_asked (TLS_SRV " " SRV);
  g_clear_pointer (&fixture->result, hs_connector_result_free);
  request = g_thread_join (thread);
  expected = g_strdup_printf ("CONNECT hidden.example:%u HTTP/1.0\r\n", fixture->dead_port);
  g_assert_true (g_str_has_prefix (request, expected));
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function)                                                                 \
  g_test_add ("/connector/" path, Fixture, data, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("every-target", NULL, test_every_target);
  ADD ("socket-options", NULL, test_socket_options);
  ADD ("again", NULL, test_again);
  ADD ("modes/required", GINT_TO_POINTER (HS_TLS_MODE_REQUIRED), test_modes);
  ADD ("modes/direct", GINT_TO_POINTER (HS_TLS_MODE_DIRECT), test_modes);
  ADD ("modes/starttls", GINT_TO_POINTER (HS_TLS_MODE_STARTTLS), test_modes);
  ADD ("modes/none", GINT_TO_POINTER (HS_TLS_MODE_NONE), test_modes);
  ADD ("no-fallback", NULL, test_no_fallback);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_test_add (answers[i].path, Fixture, &answers[i], set_up, test_answers, tear_down);
  ADD ("one-never-answers", NULL, test_one_never_answers);
  g_test_add_data_func ("/connector/kinds/service", test_resolver_with_service_get_type,
                        test_kinds);
  g_test_add_data_func ("/connector/kinds/sync-records", test_resolver_with_sync_records_get_type,
                        test_kinds);
  g_test_add_data_func ("/connector/kinds/sync-service", test_resolver_with_sync_service_get_type,
                        test_kinds);
  g_test_add_data_func ("/connector/kinds/none", test_resolver_without_services_get_type,
                        test_kinds);
  ADD ("long-message", NULL, test_long_message);
  ADD ("bounds/refused", "%x", test_many_targets);
  ADD ("bounds/reached", "%d", test_many_targets);
  ADD ("bounds/addresses", NULL, test_many_addresses);
  ADD ("bounds/addresses-of-one", "one", test_many_addresses);
  ADD ("rejected/all", NULL, test_rejected);
  ADD ("rejected/alone", NULL, test_rejected_alone);
  ADD ("rejected/again", NULL, test_again_here);
  ADD ("proxy", NULL, test_proxy);

  return g_test_run ();
}
