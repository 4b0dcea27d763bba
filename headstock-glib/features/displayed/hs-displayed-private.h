/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-displayed-table-private.h"
#include "hs-displayed.h"
#include "hs-messages.h"
#include "hs-pubsub.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* What hs-displayed*.c share. */

struct _HsDisplayed
{
  GObject parent_instance;

  HsClient *client;     /* weak: while we are its module */
  HsMessages *messages; /* weak */
  HsPubSub *pubsub;     /* weak */
  char *account;        /* whose positions they are; NULL: nobody's yet */
  HsDisplayedTable table;
  gboolean has_session;
  gboolean is_caught_up;   /* the account's positions are known */
  gboolean is_unsupported; /* the account cannot keep them to itself */
  GCancellable *cancellable; /* of what is asked */
};

/* hs-displayed-sync.c: the account's other devices (XEP-0490) */
void hs_displayed_sync_start (HsDisplayed *self, HsPubSub *pubsub);
void hs_displayed_sync_stop (HsDisplayed *self);
/* A session begins, or goes on. */
void hs_displayed_sync_ready (HsDisplayed *self);
void hs_displayed_sync_publish (HsDisplayed *self, HsDisplayedPosition *position);
/* The element that tells a position. (transfer full) */
HsElement *hs_displayed_make_payload (const HsDisplayedPosition *position);

/* hs-displayed-state.c */
void hs_displayed_stateful_init (HsStatefulInterface *iface);
/* Drops what is another account's. */
void hs_displayed_check_account (HsDisplayed *self);

G_END_DECLS
