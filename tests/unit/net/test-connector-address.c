/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <unistd.h>

#include "test-connector.h"

/* A port at which connecting neither succeeds nor fails: its queue is full. */
static GSocket *
bind_black_hole (guint16 *port,
                 int fillers[8])
{
  GSocket *hole = bind_socket ("127.0.0.1", 0, port);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = g_htons (*port),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };

  for (guint i = 0; i < 8; i++)
    {
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      if (connect (fillers[i], (struct sockaddr *) &address, sizeof (address)) != 0)
        g_assert_cmpint (errno, ==, EINPROGRESS);
    }

  return hole;
}

/* ---- Addresses ---- */

typedef struct
{
  const char *path;
  const char *listener;
  const char *ipv4;
  const char *ipv6;
  guint after; /* milliseconds: the lookups alone take time */
} Addresses;

static const Addresses addresses[] = {
  { "/connector/addresses/ipv4-of-both", "127.0.0.1", "127.0.0.1", "::1", 0 },
  { "/connector/addresses/ipv6-of-both", "::1", "127.0.0.1", "::1", 0 },
  { "/connector/addresses/last", "127.0.0.1", "127.0.0.2 127.0.0.3 127.0.0.1", "::1", 0 },
  { "/connector/addresses/ipv4-only", "127.0.0.1", "127.0.0.1", "!not-found", 0 },
  { "/connector/addresses/ipv6-only", "::1", "!not-found", "::1", 0 },
  { "/connector/addresses/ipv6-late", "::1", "127.0.0.1", "@200 ::1", 200 },
  { "/connector/addresses/ipv6-late-and-ipv4-absent", "::1", "!not-found", "@200 ::1", 200 },
  { "/connector/addresses/ipv6-late-and-ipv4-fails", "::1", "!temporary", "@200 ::1", 200 },
  { "/connector/addresses/ipv6-never", "127.0.0.1", "127.0.0.1", "!never", 50 },
  { "/connector/addresses/ipv4-late", "127.0.0.1", "@200 127.0.0.1", "::1", 200 },
  { "/connector/addresses/ipv4-late-and-ipv6-absent", "127.0.0.1", "@200 127.0.0.1", "!not-found", 200 },
};

static void
test_addresses (Fixture *fixture,
                gconstpointer data)
{
  const Addresses *given = data;
  g_autoptr (GSocket) listener G_GNUC_UNUSED = bind_socket (given->listener, 10, &fixture->port);

  add_srv (fixture, SRV, "1 0 %d a.example");
  test_resolver_add (test_ipv4, "a.example", given->ipv4);
  test_resolver_add (test_ipv6, "a.example", given->ipv6);
  stand (fixture);
  start (fixture);
  if (given->after > 0)
    assert_done_after (fixture, given->after);
  spin_until (fixture->done);
  assert_connected (fixture, "a.example", FALSE);
}

static void
test_resolver_without_families (Fixture *fixture,
                                gconstpointer data)
{
  g_autoptr (GSocket) listener G_GNUC_UNUSED = bind_socket ("::1", 10, &fixture->port);
  g_autoptr (GResolver) resolver = g_object_new (test_resolver_without_families_get_type (), NULL);

  g_resolver_set_default (resolver);
  add_srv (fixture, SRV, "1 0 %d a.example");
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1 ::1");
  run (fixture);
  assert_connected (fixture, "a.example", FALSE);
}

/* Neither an address nor a host that was named is looked up as a service. */
static void
test_literal (Fixture *fixture,
              gconstpointer data)
{
  const char *domain = data;
  gboolean ipv6 = strchr (domain, ':') != NULL;
  g_autoptr (GSocket) listener G_GNUC_UNUSED = bind_socket (ipv6 ? "::1" : "127.0.0.1", 10, &fixture->port);

  fixture->config.domain = domain;
  fixture->config.default_port = fixture->port;
  run (fixture);
  assert_connected (fixture, ipv6 ? "::1" : domain, FALSE);
  assert_asked ("");
}

static void
test_host (Fixture *fixture,
           gconstpointer data)
{
  HsTlsMode mode = GPOINTER_TO_INT (data);

  fixture->config.host = "a.example";
  fixture->config.tls_mode = mode;
  if (mode == HS_TLS_MODE_DIRECT)
    fixture->config.default_tls_port = fixture->port;
  else
    fixture->config.default_port = fixture->port;
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  run (fixture);
  assert_connected (fixture, "a.example", mode == HS_TLS_MODE_DIRECT);
  assert_asked ("a.example");
}

static void
test_port (Fixture *fixture,
           gconstpointer data)
{
  fixture->config.port = fixture->port;
  fixture->config.tls_mode = HS_TLS_MODE_DIRECT;
  test_resolver_add (test_ipv4, "example.org", "127.0.0.1");
  run (fixture);
  assert_connected (fixture, "example.org", TRUE);
  assert_asked ("example.org");
}

/* ---- Time ---- */

/* Each target has its own time, and one that does not answer is not the end. */
static void
test_black_hole (Fixture *fixture,
                 gconstpointer data)
{
  int fillers[8];
  guint16 port;
  g_autoptr (GSocket) hole G_GNUC_UNUSED = bind_black_hole (&port, fillers);
  g_autofree char *answer = g_strdup_printf ("1 0 %u a.example;2 0 %u b.example", port, port);
  g_autofree char *message = NULL;
  gboolean rescued = data != NULL;

  if (rescued)
    {
      g_autofree char *more = g_strconcat (answer, ";3 0 %d c.example", NULL);

      add_srv (fixture, SRV, more);
    }
  else
    add_srv (fixture, SRV, answer);

  stand (fixture);
  fixture->config.timeout_msec = 240;
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "b.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "c.example", "127.0.0.1");
  start (fixture);
  assert_done_after (fixture, 2 * 240);

  if (rescued)
    assert_connected (fixture, "c.example", FALSE);
  else
    {
      message = g_strdup_printf ("No server of example.org could be reached: Connecting to "
                                 "a.example:%u timed out; Connecting to b.example:%u timed out",
                                 port, port);
      g_assert_error (fixture->error, HS_ERROR, HS_ERROR_TIMED_OUT);
      g_assert_cmpstr (fixture->error->message, ==, message);
    }

  for (guint i = 0; i < 8; i++)
    close (fillers[i]);
}

/* Silence is not waited for, neither that of a target nor that of an address; and who was too slow is not lost. */
static void
test_raced (Fixture *fixture,
            gconstpointer data)
{
  int fillers[8];
  guint16 port;
  g_autoptr (GSocket) hole G_GNUC_UNUSED = bind_black_hole (&port, fillers);
  g_autofree char *answer = g_strdup_printf ("1 0 %u a.example;2 0 %u b.example;3 0 %%d c.example;"
                                             "4 0 %%d d.example", port, port);

  stand (fixture);
  fixture->config.timeout_msec = 20000;
  add_srv (fixture, SRV, answer);
  test_resolver_add (test_ipv4, "a.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "b.example", data != NULL ? data : "127.0.0.1");
  test_resolver_add (test_ipv4, "c.example", "127.0.0.1");
  test_resolver_add (test_ipv4, "d.example", "127.0.0.1");
  start (fixture);
  assert_done_after (fixture, 2 * 250);
  assert_connected (fixture, "c.example", FALSE);
  g_assert_true (hs_connector_has_more (fixture->connector));
  /* Those that were given up for the first one that answered keep their place. */
  start (fixture);
  assert_done_after (fixture, data != NULL ? 250 : 2 * 250);
  assert_connected (fixture, "d.example", FALSE);
  for (guint i = 0; i < 8; i++)
    close (fillers[i]);
}

/* The resolver answers nothing: half of the time is the lookup's, half the domain's own address. */
static void
test_silent_resolver (Fixture *fixture,
                      gconstpointer data)
{
  g_autofree char *message =
      g_strdup_printf ("Connecting to example.org:%u timed out", fixture->dead_port);

  stand (fixture);
  fixture->config.timeout_msec = 30000;
  test_resolver_add (test_srv, SRV, "!never");
  test_resolver_add (test_srv, TLS_SRV, "!never");
  test_resolver_add (test_ipv4, "example.org", "!never");
  test_resolver_add (test_ipv6, "example.org", "!never");
  start (fixture);
  assert_done_after (fixture, 15000 + 30000);
  g_assert_error (fixture->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_cmpstr (fixture->error->message, ==, message);
}

static void
test_cancelled (Fixture *fixture,
                gconstpointer data)
{
  guint after = GPOINTER_TO_UINT (data);
  gint64 begin;

  test_resolver_add (test_srv, SRV, after == 2 ? "!not-found" : "!never");
  test_resolver_add (test_ipv4, "example.org", "!never");
  test_resolver_add (test_ipv6, "example.org", "!never");
  if (after == 0)
    g_cancellable_cancel (fixture->cancellable);
  start (fixture);
  /* The attempt goes on without its owner. */
  if (data != NULL)
    g_clear_pointer (&fixture->connector, hs_connector_free);
  spin_msec (after * 20);
  begin = g_get_monotonic_time ();
  g_cancellable_cancel (fixture->cancellable);
  spin_until (fixture->done);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 500 * 1000);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function)                                                                 \
  g_test_add ("/connector/" path, Fixture, data, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    g_test_add (addresses[i].path, Fixture, &addresses[i], set_up, test_addresses, tear_down);
  ADD ("addresses/without-families", NULL, test_resolver_without_families);
  ADD ("literal/ipv4", "127.0.0.1", test_literal);
  ADD ("literal/ipv6", "[::1]", test_literal);
  ADD ("host/required", GINT_TO_POINTER (HS_TLS_MODE_REQUIRED), test_host);
  ADD ("host/direct", GINT_TO_POINTER (HS_TLS_MODE_DIRECT), test_host);
  ADD ("port", NULL, test_port);
  ADD ("black-hole/all", NULL, test_black_hole);
  ADD ("black-hole/rescued", "rescued", test_black_hole);
  ADD ("raced/targets", NULL, test_raced);
  ADD ("raced/lookup", "!never", test_raced);
  ADD ("silent-resolver", NULL, test_silent_resolver);
  ADD ("cancelled/before", NULL, test_cancelled);
  ADD ("cancelled/services", GUINT_TO_POINTER (1), test_cancelled);
  ADD ("cancelled/addresses", GUINT_TO_POINTER (2), test_cancelled);

  return g_test_run ();
}
