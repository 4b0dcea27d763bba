/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-dispatcher.h"

G_BEGIN_DECLS

/* The dispatcher of a client, and which of its signals somebody listens to. */

/* Lies inside its owner. Only hs-client-dispatch.c uses the fields. */
typedef struct
{
  HsDispatcher *dispatcher;
  guint heard;    /* the signal of the last stanza, if somebody was connected to it; or 0 */
  guint n_trusted; /* how often that is believed before the next look */
} HsClientDispatch;

void
hs_client_dispatch_init (HsClientDispatch *self, const HsDispatcherCallbacks *callbacks, gpointer owner);
void hs_client_dispatch_clear (HsClientDispatch *self);

HsDispatcher *hs_client_dispatch_get_dispatcher (const HsClientDispatch *self);

/* Whether to emit a signal: perhaps also if nobody is connected to it, which does no harm. */
gboolean hs_client_dispatch_is_heard (HsClientDispatch *self, gpointer emitter, guint signal);
/* Whether somebody is connected to a signal now. */
gboolean hs_client_dispatch_has_listener (gpointer emitter, guint signal);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsClientDispatch, hs_client_dispatch_clear)

G_END_DECLS
