/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-tls.h"
#include "test-net.h"

/* Two ends of a connection on loopback that have done a TLS handshake: ours is a client's, for a transport. */
typedef struct
{
  GSocketConnection *ours;
  GSocketConnection *theirs;
  TestTlsServer *server;
  HsTlsResult *result;
  gboolean done;
} TestTlsPair;

static inline void
test_tls_pair_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  TestTlsPair *self = user_data;
  g_autoptr (GError) error = NULL;

  self->result = hs_tls_handshake_finish (result, NULL, &error);
  g_assert_no_error (error);
  self->done = TRUE;
}

static inline void
test_tls_pair_init (TestTlsPair *self)
{
  g_autoptr (GTlsDatabase) database = test_database ();
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTlsConfig config = { .domain = "example.org", .database = database, .loop = loop, .timeout_msec = 5000 };

  test_tcp_pair (&self->ours, &self->theirs);
  self->server = test_tls_server_new (G_IO_STREAM (self->theirs), TEST_SERVER, G_TLS_AUTHENTICATION_NONE);
  hs_tls_handshake_async (G_IO_STREAM (self->ours), &config, NULL, test_tls_pair_cb, self);
  spin_until (self->done && self->server->done);
}

/* For the transport, which keeps it as long as it lives. */
static inline GIOStream *
test_tls_pair_get_stream (TestTlsPair *self)
{
  return G_IO_STREAM (self->result->connection);
}

static inline void
test_tls_pair_clear (TestTlsPair *self)
{
  g_clear_pointer (&self->result, hs_tls_result_free);
  g_clear_pointer (&self->server, test_tls_server_free);
  test_finalize (self->ours);
  test_finalize (self->theirs);
}
