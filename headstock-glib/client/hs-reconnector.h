/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-connector.h"
#include "net/hs-loop.h"
#include "protocol/hs-retry-policy.h"

G_BEGIN_DECLS

/* When the next connection is made, and with which addresses. HsRetryPolicy decides; the reconnector waits, and watches
 * the network meanwhile: when the network changes, the next try comes earlier. */

typedef struct
{
  /* Sets and gets the time at which the next connection is due, monotonic; 0: no connection is due. The owner keeps
   * the time among its other deadlines. */
  void (*set_due) (gint64 time, gpointer owner);
  gint64 (*get_due) (gpointer owner);
} HsReconnectorCallbacks;

typedef struct _HsNetworkWatch HsNetworkWatch;

/* Lies inside its owner. Only hs-reconnector.c uses the fields. */
typedef struct
{
  const HsReconnectorCallbacks *callbacks;
  GObject *owner;
  HsRetryPolicy policy;
  HsConnector *next_connector; /* has more addresses for the attempt, or NULL */
  HsNetworkWatch *watch;       /* or NULL */
} HsReconnector;

void hs_reconnector_init (HsReconnector *self,
                          const HsReconnectorCallbacks *callbacks,
                          GObject *owner);
void hs_reconnector_clear (HsReconnector *self);
HsRetryPolicy *hs_reconnector_get_policy (HsReconnector *self);

/* The next connection goes on with the addresses of @connector. Takes @connector. */
void hs_reconnector_keep (HsReconnector *self, HsConnector *connector);
/* (transfer full) (nullable): a new attempt begins */
HsConnector *hs_reconnector_take_connector (HsReconnector *self);

/* The next connection is due after @msec. The caller keeps @loop until hs_reconnector_stop(). */
void hs_reconnector_wait (HsReconnector *self, HsLoop *loop, guint msec);
/* The next connection begins, or there will be none. */
void hs_reconnector_stop (HsReconnector *self);
/* The next connection is due now. Does nothing if none is due. */
void hs_reconnector_hurry (HsReconnector *self, gint64 now);
/* The network is another, or the machine was asleep. Does nothing if no connection is due. Many clients may have the same network: they
 * come back within a second, not at once. */
void hs_reconnector_network_changed (HsReconnector *self, gint64 now);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsReconnector, hs_reconnector_clear)

G_END_DECLS
