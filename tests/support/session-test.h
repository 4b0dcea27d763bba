/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-session.h"

G_BEGIN_DECLS

/* A session with its requests, for streams of tests that have no client. */

typedef struct
{
  HsIqTracker *tracker;
  HsSession session;
} TestSession;

static inline void
test_session_bound_changed_cb (gpointer owner)
{
}

/* @jid: the bound JID, or NULL */
static inline void
test_session_init (TestSession *self, HsJid *jid)
{
  static const HsSessionCallbacks callbacks = { test_session_bound_changed_cb };

  self->tracker = hs_iq_tracker_new ();
  hs_session_init (&self->session, self->tracker, &callbacks, self);
  if (jid != NULL)
    hs_session_bind (&self->session, jid);
}

static inline void
test_session_clear (TestSession *self)
{
  hs_session_clear (&self->session);
  g_clear_pointer (&self->tracker, hs_iq_tracker_free);
}

G_END_DECLS
