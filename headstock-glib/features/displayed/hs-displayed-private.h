/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-displayed-table-private.h"
#include "hs-displayed.h"
#include "hs-messages.h"
#include "hs-pubsub.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The struct and the functions that hs-displayed*.c share. */

struct _HsDisplayed
{
  GObject parent_instance;

  HsClient *client;     /* weak: while this module is registered with it */
  HsMessages *messages; /* weak */
  HsPubSub *pubsub;     /* weak */
  char *account;        /* the bare JID whose positions these are, or NULL before the first session */
  HsDisplayedTable table;
  gboolean has_session;
  gboolean is_caught_up;   /* the account's positions are known */
  gboolean is_unsupported; /* the account's server cannot hide the node from others */
  GCancellable *cancellable; /* of the request for the items, or NULL */
  gboolean is_outdated;      /* an item may be missing in its answer, or it has failed: another one is to be sent */
};

/* hs-displayed-sync.c: the account's other devices (XEP-0490) */
void hs_displayed_sync_start (HsDisplayed *self, HsPubSub *pubsub);
void hs_displayed_sync_stop (HsDisplayed *self);
/* A session has begun or was resumed. */
void hs_displayed_sync_ready (HsDisplayed *self);
void hs_displayed_sync_publish (HsDisplayed *self, HsDisplayedPosition *position);
/* Makes the element that describes a position. (transfer full) */
HsElement *hs_displayed_make_payload (const HsDisplayedPosition *position);

/* hs-displayed-state.c */
void hs_displayed_stateful_init (HsStatefulInterface *iface);
/* Drops the positions where they belong to another account than the client's. */
void hs_displayed_check_account (HsDisplayed *self);

G_END_DECLS
