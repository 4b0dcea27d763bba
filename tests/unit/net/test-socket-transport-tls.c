/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "tls-pair.h"

/* A transport over TLS; its peer is one too, on a server's connection, where it has to read at
 * all. */

typedef struct
{
  TestTlsPair pair;
  TestOwner *owner;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  test_tls_pair_init (&fixture->pair);
  g_assert_cmpint (g_tls_connection_get_protocol_version (fixture->pair.result->connection), ==,
                   test_tls_version ());
  fixture->owner = test_owner_new (test_tls_pair_get_stream (&fixture->pair));
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  gint64 begin = g_get_monotonic_time ();

  g_clear_pointer (&fixture->owner, test_owner_free);
  g_clear_pointer (&fixture->pair.result, hs_tls_result_free);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 500 * 1000);
  test_tls_pair_clear (&fixture->pair);
}

/* Both sides send at once, and each takes only a part of what it is given. */
static void
test_both_ways (Fixture *fixture,
                gconstpointer data)
{
  const gsize size = 3000000;
  g_autofree guint8 *bytes = test_pattern (size);
  g_autoptr (TestOwner) peer = test_owner_new (G_IO_STREAM (fixture->pair.server->connection));
  gsize sent = 0;

  fixture->owner->use_at_most = GPOINTER_TO_UINT (data);
  peer->use_at_most = GPOINTER_TO_UINT (data);
  hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
  hs_transport_set_reading (peer->transport, HS_READ_MODE_READ);
  while (sent < size)
    {
      gsize length = g_random_int_range (1, 70000);

      length = MIN (length, size - sent);
      test_owner_send (fixture->owner, bytes + sent, length);
      test_owner_send (peer, bytes + sent, length);
      sent += length;
      g_main_context_iteration (NULL, FALSE);
    }

  spin_until (fixture->owner->received->len == size && peer->received->len == size);
  g_assert_cmpmem (fixture->owner->received->data, size, bytes, size);
  g_assert_cmpmem (peer->received->data, size, bytes, size);
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), ==, 0);
}

/* The bytes were read together with others, and nothing more will come that could be polled for. */
static void
test_no_more_than_a_record (Fixture *fixture,
                            gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (70000);
  g_autoptr (TestOwner) peer = test_owner_new (G_IO_STREAM (fixture->pair.server->connection));

  for (gsize length = 1; length < 70000; length = length * 3 + 1)
    {
      test_owner_send (peer, bytes, length);
      hs_transport_flush (peer->transport);
      spin_msec (2);
      hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
      spin_until (fixture->owner->received->len == length);
      g_assert_cmpmem (fixture->owner->received->data, length, bytes, length);
      g_byte_array_set_size (fixture->owner->received, 0);
      hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_STOP);
    }
}

static void
test_blocked_then_read (Fixture *fixture,
                        gconstpointer data)
{
  const gsize size = 16 * 1024 * 1024;
  g_autofree guint8 *bytes = test_pattern (size);
  g_autoptr (TestOwner) peer = test_owner_new (G_IO_STREAM (fixture->pair.server->connection));

  test_owner_send (fixture->owner, bytes, size - 5);
  spin_msec (50);
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), >, 0);
  test_owner_send (fixture->owner, bytes + size - 5, 5);
  hs_transport_flush (fixture->owner->transport);
  hs_transport_set_reading (peer->transport, HS_READ_MODE_READ);
  spin_until (peer->received->len == size);
  g_assert_cmpmem (peer->received->data, size, bytes, size);
}

/* With close_notify: the server demands it. */
static void
test_close (Fixture *fixture,
            gconstpointer data)
{
  g_autoptr (TestOwner) peer = test_owner_new (G_IO_STREAM (fixture->pair.server->connection));

  g_assert_true (g_tls_connection_get_require_close_notify (fixture->pair.server->connection));
  hs_transport_set_reading (peer->transport, HS_READ_MODE_READ);
  test_owner_send (fixture->owner, "</stream:stream>", 16);
  spin_until (peer->received->len == 16);
  if (data != NULL)
    hs_transport_close (fixture->owner->transport);
  g_clear_pointer (&fixture->owner->transport, hs_transport_unref);
  spin_until (peer->n_closed == 1);
  g_assert_no_error (peer->error);
}

/* Nobody reads, so close_notify cannot be sent: neither closing nor the last reference waits. */
static void
test_close_blocked (Fixture *fixture,
                    gconstpointer data)
{
  g_autofree guint8 *bytes = test_pattern (8000000);
  const int small = 8192;
  gint64 begin;

  /* So that a record is half written. */
  setsockopt (test_get_fd (fixture->pair.ours), SOL_SOCKET, SO_SNDBUF, &small, sizeof (small));
  setsockopt (test_get_fd (fixture->pair.theirs), SOL_SOCKET, SO_RCVBUF, &small, sizeof (small));
  test_owner_send (fixture->owner, bytes, 8000000);
  spin_msec (400);
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), >, 0);
  begin = g_get_monotonic_time ();
  if (data != NULL)
    hs_transport_close (fixture->owner->transport);
  g_clear_pointer (&fixture->owner->transport, hs_transport_unref);
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 100 * 1000);
  g_assert_true (g_socket_is_closed (g_socket_connection_get_socket (fixture->pair.ours)));
}

/* Many servers end without close_notify: that is an end. */
static void
test_cut (Fixture *fixture,
          gconstpointer data)
{
  hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
  spin_msec (20);
  g_assert_true (g_socket_shutdown (g_socket_connection_get_socket (fixture->pair.theirs), FALSE, TRUE,
                                    NULL));
  spin_until (fixture->owner->n_closed == 1);
  g_assert_no_error (fixture->owner->error);
}

static void
test_reset (Fixture *fixture,
            gconstpointer data)
{
  const struct linger abort = { .l_onoff = 1, .l_linger = 0 };

  hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
  spin_msec (20);
  setsockopt (test_get_fd (fixture->pair.theirs), SOL_SOCKET, SO_LINGER, &abort, sizeof (abort));
  g_socket_close (g_socket_connection_get_socket (fixture->pair.theirs), NULL);
  spin_until (fixture->owner->n_closed == 1);
  g_assert_nonnull (fixture->owner->error);
}

/* Bytes that are not TLS in the middle of it are an error, and never given on. */
static void
test_garbage (Fixture *fixture,
              gconstpointer data)
{
  hs_transport_set_reading (fixture->owner->transport, HS_READ_MODE_READ);
  spin_msec (20);
  g_assert_cmpint (g_socket_send (g_socket_connection_get_socket (fixture->pair.theirs),
                                  "<message from='mallory@example.org'/>", 37, NULL, NULL),
                   ==, 37);
  spin_until (fixture->owner->n_closed == 1);
  g_assert_error (fixture->owner->error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_cmpuint (fixture->owner->received->len, ==, 0);
}

typedef struct
{
  HsTlsConfig config;
  gboolean done;
} Starter;

static void
started_cb (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  TestOwner *owner = user_data;
  Starter *starter = owner->data;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_transport_start_tls_finish (owner->transport, result, &certificate, &error));
  g_assert_no_error (error);
  g_assert_nonnull (certificate);
  starter->done = TRUE;
}

static void
start_tls (TestOwner *owner)
{
  Starter *starter = owner->data;

  owner->on_received = NULL;
  hs_transport_set_reading (owner->transport, HS_READ_MODE_STOP);
  hs_transport_start_tls_async (owner->transport, &starter->config, NULL, started_cb, owner);
}

/* STARTTLS from within received(). Plain text behind what was used is not taken for what came through TLS. */
static void
test_starttls (void)
{
  GSocketConnection *ours, *theirs;
  g_autoptr (GTlsDatabase) database = test_database ();
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  Starter starter = { .config = { .domain = "example.org", .database = database, .loop = loop, .timeout_msec = 5000 } };
  TestTlsServer *server;
  TestOwner *owner;
  GOutputStream *output;

  test_tcp_pair (&ours, &theirs);
  owner = test_owner_new (G_IO_STREAM (ours));
  owner->use_at_most = 10;
  owner->on_received = start_tls;
  owner->data = &starter;
  g_assert_false (hs_transport_is_secure (owner->transport));
  g_assert_null (hs_transport_get_tls (owner->transport));
  g_assert_cmpint (g_socket_send (g_socket_connection_get_socket (theirs), "<proceed/><injected/>", 21, NULL, NULL), ==, 21);
  hs_transport_set_reading (owner->transport, HS_READ_MODE_READ);
  spin_until (owner->received->len == 10);
  server = test_tls_server_new (G_IO_STREAM (theirs), TEST_SERVER, G_TLS_AUTHENTICATION_NONE);
  spin_until (starter.done && server->done);
  g_assert_true (hs_transport_is_secure (owner->transport) && hs_transport_is_trusted (owner->transport));
  g_assert_false (hs_transport_has_used_certificate (owner->transport));
  g_assert_nonnull (hs_transport_get_tls (owner->transport));
  hs_transport_set_reading (owner->transport, HS_READ_MODE_READ);
  output = g_io_stream_get_output_stream (G_IO_STREAM (server->connection));
  g_assert_cmpint (g_output_stream_write (output, "<through/>", 10, NULL, NULL), ==, 10);
  spin_until (owner->received->len >= 20);
  g_assert_cmpmem (owner->received->data, owner->received->len, "<proceed/><through/>", 20);
  test_owner_free (owner);
  test_tls_server_free (server);
  test_finalize (ours);
  test_finalize (theirs);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("/transport-tls/both-ways", NULL, test_both_ways);
  ADD ("/transport-tls/both-ways/leftovers", GUINT_TO_POINTER (5000), test_both_ways);
  ADD ("/transport-tls/no-more-than-a-record", NULL, test_no_more_than_a_record);
  ADD ("/transport-tls/blocked-then-read", NULL, test_blocked_then_read);
  ADD ("/transport-tls/close", "close", test_close);
  ADD ("/transport-tls/drop", NULL, test_close);
  ADD ("/transport-tls/close-blocked", "close", test_close_blocked);
  ADD ("/transport-tls/drop-blocked", NULL, test_close_blocked);
  ADD ("/transport-tls/cut", NULL, test_cut);
  ADD ("/transport-tls/reset", NULL, test_reset);
  ADD ("/transport-tls/garbage", NULL, test_garbage);
  g_test_add_func ("/transport-tls/starttls", test_starttls);
  test_add_again_with_tls_1_2 ("/transport-tls/all-with-tls-1.2", argv[0]);

  return g_test_run ();
}
