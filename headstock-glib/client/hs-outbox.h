/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-element.h"
#include "protocol/hs-stream-management.h"

G_BEGIN_DECLS

/* The tasks that wait for the delivery status of stanzas. Without stream management a stanza counts as delivered
 * when its last byte has been handed to the system. With it, HsStreamManagement decides, and the outbox tells. */

typedef struct
{
  /* Hands all output to the connection's queue. @end: the position of its last byte. FALSE: there is no
   * connection. */
  gboolean (*queue_output) (guint64 *end, gpointer owner);
  /* A stanza that nobody waits for was lost with its session. */
  void (*returned) (HsElement *stanza, const GError *error, gpointer owner);
} HsOutboxCallbacks;

/* Lies inside its owner. Only hs-outbox.c uses the fields. */
typedef struct
{
  const HsOutboxCallbacks *callbacks;
  gpointer owner;
  GQueue *unwritten; /* GTask: waits until its stanza has been handed to the system; NULL: none does */
} HsOutbox;

void hs_outbox_init (HsOutbox *self, const HsOutboxCallbacks *callbacks, gpointer owner);
void hs_outbox_clear (HsOutbox *self);

/* The task waits from here on. Its source object must keep the outbox alive. To be called before the stanza is
 * sent: who watches what is written may end the session, and with it the wait. If the task's cancellable is
 * cancelled, the task returns, and the stanza is sent all the same. */
void hs_outbox_add (HsOutbox *self, GTask *task);
/* The stanza of a task that was added was not sent. Takes @error. */
void hs_outbox_refuse (HsOutbox *self, GTask *task, GError *error);
/* The stanza of a task that was added was sent without stream management: it is the last one in the output. */
void hs_outbox_await_written (HsOutbox *self, GTask *task);

/* So many bytes of the connection have been handed to the system. */
void hs_outbox_written (HsOutbox *self, guint64 position);
/* The connection is gone. */
void hs_outbox_disconnected (HsOutbox *self);
/* Tells what stream management has decided. The tag of a stanza is its task, with a reference, or NULL. @quietly:
 * does not return what nobody waits for. */
void hs_outbox_tell (HsOutbox *self, HsStreamManagement *management, gboolean quietly);

/* The delivery status that stream management has decided for a task that has returned. HS_DELIVERY_WRITTEN, whether
 * the task succeeded or failed: without stream management there is no decision. */
HsDeliveryStatus hs_outbox_get_status (GTask *task);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsOutbox, hs_outbox_clear)

G_END_DECLS
