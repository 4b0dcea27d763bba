/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-requests.h"

void
hs_requests_init (HsRequests *self,
                  HsIqTracker *tracker,
                  const HsRequestsCallbacks *callbacks,
                  gpointer owner)
{
  *self = (HsRequests){ .callbacks = callbacks, .owner = owner, .tracker = tracker };
}

void
hs_requests_changed (HsRequests *self)
{
  self->callbacks->due_changed (hs_iq_tracker_get_deadline (self->tracker), self->owner);
}

HsIqRequest *
hs_requests_add (HsRequests *self, HsNode *iq, guint msec, gint64 now)
{
  const gint64 timeout = msec * (gint64) 1000;
  /* Time stands still while the session is interrupted. A deadline of 0 means that there is none. */
  gint64 deadline = hs_iq_tracker_get_time (self->tracker, now) + timeout;
  HsIqRequest *request = hs_iq_tracker_add (self->tracker, hs_node_get_attribute (iq, "id", NULL),
                                            hs_node_get_attribute (iq, "to", NULL),
                                            hs_node_get_attribute (iq, "from", NULL), MAX (deadline, 1));

  hs_iq_request_set_timeout (request, timeout);
  hs_requests_changed (self);
  return request;
}

void
hs_requests_remove (HsRequests *self, HsIqRequest *request)
{
  hs_iq_tracker_remove (self->tracker, request);
  hs_requests_changed (self);
}

void
hs_requests_expire (HsRequests *self, gint64 now, gint64 last_input)
{
  hs_iq_tracker_expire (self->tracker, now, last_input);
  hs_requests_changed (self);
}
