/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-client-dispatch.h"

static void
heard_cb (void)
{
}

static const HsDispatcherCallbacks callbacks = { NULL };

/* The first listener of a signal is noticed at once; that the last one has gone is noticed later. */
static void
test_listeners (void)
{
  g_auto (HsClientDispatch) dispatch = { 0 };
  g_autoptr (GObject) emitter = g_object_new (G_TYPE_OBJECT, NULL);
  guint signal = g_signal_lookup ("notify", G_TYPE_OBJECT);
  gulong id;
  guint n = 0;

  hs_client_dispatch_init (&dispatch, &callbacks, NULL);
  g_assert_nonnull (hs_client_dispatch_get_dispatcher (&dispatch));
  for (guint i = 0; i < 3; i++)
    g_assert_false (hs_client_dispatch_is_heard (&dispatch, emitter, signal));
  g_assert_false (hs_client_dispatch_has_listener (emitter, signal));
  id = g_signal_connect (emitter, "notify", heard_cb, NULL);
  for (guint i = 0; i < 100; i++)
    g_assert_true (hs_client_dispatch_is_heard (&dispatch, emitter, signal));
  g_signal_handler_disconnect (emitter, id);
  while (hs_client_dispatch_is_heard (&dispatch, emitter, signal))
    n++;
  g_test_message ("%u more", n);
  g_assert_cmpuint (n, <, 100);
  g_signal_connect (emitter, "notify", heard_cb, NULL);
  g_assert_true (hs_client_dispatch_is_heard (&dispatch, emitter, signal));
  g_assert_true (hs_client_dispatch_has_listener (emitter, signal));
}

/* That somebody listens to one signal says nothing of another. */
static void
test_other (void)
{
  g_auto (HsClientDispatch) dispatch = { 0 };
  g_autoptr (GObject) emitter = g_object_new (G_TYPE_SIMPLE_ACTION, "name", "a", NULL);
  guint activate = g_signal_lookup ("activate", G_TYPE_SIMPLE_ACTION);
  guint change = g_signal_lookup ("change-state", G_TYPE_SIMPLE_ACTION);

  hs_client_dispatch_init (&dispatch, &callbacks, NULL);
  g_signal_connect (emitter, "activate", heard_cb, NULL);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (hs_client_dispatch_is_heard (&dispatch, emitter, activate));
      g_assert_false (hs_client_dispatch_is_heard (&dispatch, emitter, change));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-dispatch/listeners", test_listeners);
  g_test_add_func ("/client-dispatch/other", test_other);
  return g_test_run ();
}
