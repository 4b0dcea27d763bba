/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-server-private.h"

/* How a test takes its client through time: from the start over cuts and waits to the end. */

/* How long to wait, in microseconds of real time, for what other threads do. */
#define PATIENCE (10 * (gint64) G_USEC_PER_SEC)
/* How often to look, in milliseconds. */
#define LOOK_MSEC 20
/* After how many turns of the main context to look whether anything but the most urgent source runs. */
#define TURNS 1000

static gboolean
look_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
note_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Whether a more urgent source is always ready, so that nothing of the client's runs. GJS has one while promises
 * wait and none can run. */
static gboolean
is_starved (HsTestServer *self)
{
  g_autoptr (GSource) probe = g_idle_source_new ();
  gboolean ran = FALSE;

  g_source_set_static_name (probe, "[headstock-test] probe");
  g_source_set_priority (probe, G_PRIORITY_DEFAULT);
  g_source_set_callback (probe, note_cb, &ran, NULL);
  g_source_attach (probe, self->context);
  for (guint i = 0; !ran && i < TURNS; i++)
    g_main_context_iteration (self->context, FALSE);
  g_source_destroy (probe);
  if (!ran)
    g_critical ("A source with a priority above G_PRIORITY_DEFAULT is always ready: nothing else runs");
  return !ran;
}

gboolean
hs_test_server_wait_until (HsTestServer *self, HsTestCondition condition, gpointer data)
{
  g_autoptr (GSource) look = g_timeout_source_new (LOOK_MSEC);
  gint64 end = g_get_monotonic_time () + PATIENCE;
  gboolean holds;
  guint n_turns = 0;

  g_source_set_static_name (look, "[headstock-test] look");
  g_source_set_callback (look, look_cb, NULL, NULL);
  g_source_attach (look, self->context);
  while (!(holds = condition (self, data)) && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (self->context, TRUE);
      if (++n_turns % TURNS == 0 && is_starved (self))
        break;
    }
  g_source_destroy (look);
  return holds;
}

static HsClientState
get_state (HsTestServer *self)
{
  g_autoptr (HsClient) client = g_weak_ref_get (&self->client);

  return client != NULL ? hs_client_get_state (client) : HS_CLIENT_STATE_DISCONNECTED;
}

/* Whether the client has come as far as it can without time. */
static gboolean
has_arrived (HsTestServer *self, gpointer data)
{
  HsClientState state = get_state (self);

  return state == HS_CLIENT_STATE_READY || state == HS_CLIENT_STATE_INTERRUPTED
         || state == HS_CLIENT_STATE_DISCONNECTED;
}

static gboolean
has_terminated (HsTestServer *self, gpointer data)
{
  return get_state (self) == HS_CLIENT_STATE_DISCONNECTED;
}

static gboolean
return_ready (HsTestServer *self, GError **error)
{
  if (get_state (self) == HS_CLIENT_STATE_READY)
    {
      hs_test_server_settle (self);
      return TRUE;
    }
  if (self->error != NULL)
    g_propagate_error (error, g_error_copy (self->error));
  else
    g_set_error_literal (error, HS_ERROR, HS_ERROR_TIMED_OUT, "The client has not become ready");
  return FALSE;
}

/**
 * hs_test_server_start:
 * @self: a server
 * @client: a client or a component, with an address
 * @error: return location for an error
 *
 * Attaches the client, starts it, and runs the main context until the client is ready. What a session begins
 * with (the roster request and presence) is not among what [method@Server.take_sent] gives.
 *
 * Errors are those of [signal@Headstock.Client::disconnected] and [signal@Headstock.Client::terminated].
 *
 * ```python
 * server = HeadstockTest.Server()
 * server.start(client)
 * server.feed("<message from='juliet@example.org/x' type='chat'><body>Hello</body></message>")
 * ```
 *
 * Returns: true if the client is ready
 *
 * Since: 0.2
 */
gboolean
hs_test_server_start (HsTestServer *self, HsClient *client, GError **error)
{
  g_return_val_if_fail (HS_TEST_IS_SERVER (self), FALSE);
  g_return_val_if_fail (HS_IS_CLIENT (client), FALSE);

  hs_test_server_attach (self, client);
  g_clear_error (&self->error);
  hs_client_start (client);
  hs_test_server_wait_until (self, has_arrived, NULL);
  if (!return_ready (self, error))
    return FALSE;
  hs_test_server_clear_sent (self);
  return TRUE;
}

/**
 * hs_test_server_stop:
 * @self: a server
 *
 * Stops the client, and runs the main context until it has terminated.
 *
 * Since: 0.2
 */
void
hs_test_server_stop (HsTestServer *self)
{
  g_autoptr (HsClient) client = NULL;

  g_return_if_fail (HS_TEST_IS_SERVER (self));

  client = g_weak_ref_get (&self->client);
  if (client == NULL)
    return;
  hs_client_stop (client);
  hs_test_server_wait_until (self, has_terminated, NULL);
}

/**
 * hs_test_server_settle:
 * @self: a server
 *
 * Runs the main context until nothing is left to do that needs no time.
 *
 * ```python
 * client.send_stanza(Headstock.Message.new_chat("juliet@example.org", "Hello"))
 * server.settle()
 * assert len(server.list_sent()) > 0
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_settle (HsTestServer *self)
{
  gint64 end = g_get_monotonic_time () + PATIENCE;
  guint n_turns = 0;

  g_return_if_fail (HS_TEST_IS_SERVER (self));

  while (g_main_context_iteration (self->context, FALSE))
    {
      if (++n_turns % TURNS == 0 && is_starved (self))
        return;
      if (g_get_monotonic_time () < end)
        continue;
      g_critical ("The main context always has something to do");
      return;
    }
}

/* The nearest time for which anything waits, or @end. */
static gint64
get_step (HsTestServer *self, gint64 end)
{
  gint64 next = hs_loop_get_next (self->loop);

  return next != 0 && next < end ? MAX (next, hs_loop_get_time (self->loop)) : end;
}

/**
 * hs_test_server_advance:
 * @self: a server
 * @msec: milliseconds
 *
 * Has time pass for the client: keepalives, timeouts of requests, retries. What is due in between happens in its
 * order and at its time.
 *
 * ```python
 * server.advance(60000)
 * assert server.expect("ping", Headstock.NS_PING)
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_advance (HsTestServer *self, guint64 msec)
{
  gint64 end;

  g_return_if_fail (HS_TEST_IS_SERVER (self));

  end = hs_loop_get_time (self->loop) + msec * 1000;
  hs_test_server_settle (self);
  while (hs_loop_get_time (self->loop) < end)
    {
      hs_loop_set_time (self->loop, get_step (self, end));
      hs_test_server_settle (self);
    }
}

/**
 * hs_test_server_cut:
 * @self: a server
 *
 * Cuts the connection, as a network does that fails. The client notices at once; what it had sent has arrived. It
 * connects again when its time has come: see [method@Server.advance] and [method@Server.resume].
 *
 * ```python
 * server.cut()
 * server.resume()
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_cut (HsTestServer *self)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));

  hs_test_server_settle (self);
  hs_test_server_leave_connection (self, TRUE);
  hs_test_server_settle (self);
}

/**
 * hs_test_server_resume:
 * @self: a server
 * @error: return location for an error
 *
 * Advances the clock until the client that was cut off has connected again. Its session is resumed, with what was
 * fed meanwhile, unless that is refused or the server is not [property@Server:managed].
 *
 * Errors are those of [method@Server.start].
 *
 * ```python
 * server.cut()
 * server.resume()
 * ```
 *
 * Returns: true if the client is ready
 *
 * Since: 0.2
 */
gboolean
hs_test_server_resume (HsTestServer *self, GError **error)
{
  g_return_val_if_fail (HS_TEST_IS_SERVER (self), FALSE);

  hs_test_server_settle (self);
  while (get_state (self) == HS_CLIENT_STATE_INTERRUPTED && hs_loop_get_next (self->loop) != 0)
    {
      hs_loop_set_time (self->loop, get_step (self, G_MAXINT64));
      hs_test_server_settle (self);
      hs_test_server_wait_until (self, has_arrived, NULL);
    }
  return return_ready (self, error);
}
