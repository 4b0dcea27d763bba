/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-dispatch.h"

/* How often a signal is emitted between two looks whether anybody is connected to it. */
#define TRUSTED 32

void
hs_client_dispatch_init (HsClientDispatch *self, const HsDispatcherCallbacks *callbacks, gpointer owner)
{
  *self = (HsClientDispatch){ .dispatcher = hs_dispatcher_new (callbacks, owner) };
}

void
hs_client_dispatch_clear (HsClientDispatch *self)
{
  g_clear_pointer (&self->dispatcher, hs_dispatcher_free);
}

HsDispatcher *
hs_client_dispatch_get_dispatcher (const HsClientDispatch *self)
{
  return self->dispatcher;
}

gboolean
hs_client_dispatch_has_listener (gpointer emitter, guint signal)
{
  return g_signal_handler_find (emitter, G_SIGNAL_MATCH_ID, signal, 0, NULL, NULL, NULL) != 0;
}

/* To ask costs half of what it costs to emit to nobody. If somebody has just listened, it is likely that somebody
 * still does. */
gboolean
hs_client_dispatch_is_heard (HsClientDispatch *self, gpointer emitter, guint signal)
{
  if (self->heard != signal || self->n_trusted == 0)
    {
      self->heard = hs_client_dispatch_has_listener (emitter, signal) ? signal : 0;
      self->n_trusted = TRUSTED;
    }
  self->n_trusted--;
  return self->heard == signal;
}
