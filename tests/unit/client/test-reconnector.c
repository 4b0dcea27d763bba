/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-reconnector.h"

#define SECOND G_USEC_PER_SEC
#define NOW (1000 * SECOND)

typedef struct
{
  HsReconnector reconnector;
  HsLoop *loop;
  GObject *owner;
  gint64 due;
} Fixture;

static void
set_due_cb (gint64 time, gpointer owner)
{
  ((Fixture *) g_object_get_data (owner, "fixture"))->due = time;
}

static gint64
get_due_cb (gpointer owner)
{
  return ((Fixture *) g_object_get_data (owner, "fixture"))->due;
}

static const HsReconnectorCallbacks callbacks = { set_due_cb, get_due_cb };

/* The longest wait. */
static guint
choose (guint bound)
{
  return bound;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->loop = hs_loop_get (NULL);
  hs_loop_set_time (f->loop, NOW);
  f->owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_object_set_data (f->owner, "fixture", f);
  hs_reconnector_init (&f->reconnector, &callbacks, f->owner);
  hs_retry_policy_set_random (hs_reconnector_get_policy (&f->reconnector), choose);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_reconnector_stop (&f->reconnector);
  hs_reconnector_clear (&f->reconnector);
  hs_loop_set_time (f->loop, 0);
  hs_loop_unref (f->loop);
  g_assert_finalize_object (f->owner);
}

static void
test_wait (Fixture *f, gconstpointer data)
{
  hs_reconnector_hurry (&f->reconnector, hs_loop_get_time (f->loop));
  hs_reconnector_network_changed (&f->reconnector, hs_loop_get_time (f->loop));
  g_assert_cmpint (f->due, ==, 0);
  hs_reconnector_wait (&f->reconnector, f->loop, 0);
  g_assert_cmpint (f->due, ==, NOW);
  hs_reconnector_wait (&f->reconnector, f->loop, 30000);
  g_assert_cmpint (f->due, ==, NOW + 30 * SECOND);
  hs_reconnector_stop (&f->reconnector);
  g_assert_cmpint (f->due, ==, 0);
}

static void
test_hurry (Fixture *f, gconstpointer data)
{
  hs_reconnector_wait (&f->reconnector, f->loop, 30000);
  hs_loop_set_time (f->loop, NOW + 5 * SECOND);
  hs_reconnector_hurry (&f->reconnector, hs_loop_get_time (f->loop));
  g_assert_cmpint (f->due, ==, NOW + 5 * SECOND);
}

/* When the network changes, the next try comes within a second, and never later than it was due. */
static void
test_network (Fixture *f, gconstpointer data)
{
  hs_reconnector_wait (&f->reconnector, f->loop, 30000);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", FALSE);
  g_assert_cmpint (f->due, ==, NOW + 30 * SECOND);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_assert_cmpint (f->due, ==, NOW + SECOND);
  hs_loop_set_time (f->loop, NOW + SECOND / 2);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_assert_cmpint (f->due, ==, NOW + SECOND);
  hs_reconnector_stop (&f->reconnector);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_assert_cmpint (f->due, ==, 0);
}

/* A client that tries again at once asks nobody about the network. */
static void
test_no_watch (Fixture *f, gconstpointer data)
{
  hs_reconnector_wait (&f->reconnector, f->loop, 0);
  hs_loop_set_time (f->loop, NOW - 5 * SECOND);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  g_assert_cmpint (f->due, ==, NOW);
}

static void
test_addresses (Fixture *f, gconstpointer data)
{
  HsConnectorConfig config = { .domain = "example.com", .host = "127.0.0.1", .port = 1, .loop = f->loop };
  HsConnector *first = hs_connector_new (&config);
  HsConnector *second = hs_connector_new (&config);

  g_assert_null (hs_reconnector_take_connector (&f->reconnector));
  hs_reconnector_keep (&f->reconnector, first);
  g_assert_true (hs_reconnector_take_connector (&f->reconnector) == first);
  g_assert_null (hs_reconnector_take_connector (&f->reconnector));
  hs_reconnector_keep (&f->reconnector, first);
  /* Frees the first; the second is freed at the end. */
  hs_reconnector_keep (&f->reconnector, second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function) \
  g_test_add ("/reconnector/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("wait", test_wait);
  ADD ("hurry", test_hurry);
  ADD ("network", test_network);
  ADD ("no-watch", test_no_watch);
  ADD ("addresses", test_addresses);

  return g_test_run ();
}
