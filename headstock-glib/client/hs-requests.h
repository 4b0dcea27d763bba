/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-iq-tracker.h"

G_BEGIN_DECLS

/* The requests of a client that wait for an answer, and when the first of them has waited long enough. */

typedef struct
{
  /* The time at which hs_requests_expire() is to be called, or 0. */
  void (*due_changed) (gint64 time, gpointer owner);
} HsRequestsCallbacks;

/* Lies inside its owner. Only hs-requests.c uses the fields. */
typedef struct
{
  const HsRequestsCallbacks *callbacks;
  gpointer owner;
  HsIqTracker *tracker; /* borrowed */
} HsRequests;

/* @tracker is borrowed and must live as long as the requests. */
void hs_requests_init (HsRequests *self,
                       HsIqTracker *tracker,
                       const HsRequestsCallbacks *callbacks,
                       gpointer owner);

/* The iq has been sent, and its answer may take so many milliseconds. */
HsIqRequest *hs_requests_add (HsRequests *self, HsNode *iq, guint msec, gint64 now);
/* Nobody waits for the answer any more. */
void hs_requests_remove (HsRequests *self, HsIqRequest *request);
/* Fails what has waited long enough. @last_input: when something was received last. */
void hs_requests_expire (HsRequests *self, gint64 now, gint64 last_input);
/* Something else has ended requests, or the time goes on for them: tells when they are due. */
void hs_requests_changed (HsRequests *self);

G_END_DECLS
